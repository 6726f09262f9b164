"""Claims about figures for paper and projectors, in grey, in further formats, and about the tables beside them."""

from __future__ import annotations

import csv
import io
import itertools
import re

import polars as pl
import pytest
from made_up_comparison import comparison, nine, reported
from matplotlib.colors import to_rgb

from experiments.compare.files import tables_of, texts_of
from experiments.compare.findings import findings
from experiments.compare.forest import MARKERS, SERIES
from experiments.compare.shortage_figures import POSTS
from experiments.compare.strategy_figures import COLOURS
from experiments.presentation.dictionary import dictionary
from experiments.presentation.exports import latex, write_exports
from experiments.presentation.looks import LOOKS, MM_PER_IN, PAPER_MM, PRINT, PROJECTOR, SCREEN, columns, looking
from experiments.presentation.style import LINES

LEAST_CONTRAST = 0.06  # of the grey of two areas with the same hatch


def grey(colour: object) -> float:
    """Return how light a colour is on paper without colours (Rec. 601), 0 to 1."""
    red, green, blue = to_rgb(colour)  # type: ignore[arg-type]
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize("areas", [COLOURS, POSTS], ids=["activities", "assignments"])
def test_areas_are_told_apart_without_colours(areas) -> None:
    same = [
        (one, other)
        for (one, (colour, hatch, *_)), (other, (colour2, hatch2, *_)) in itertools.combinations(areas.items(), 2)
        if hatch == hatch2 and abs(grey(colour) - grey(colour2)) < LEAST_CONTRAST
    ]
    assert same == []


def test_lines_and_markers_differ_by_their_form() -> None:
    assert len({str(style) for _, style in LINES}) == len(LINES)
    assert len(set(MARKERS)) == len(MARKERS) == len(SERIES)


def test_panels_stand_in_fewer_columns_where_letters_are_large() -> None:
    found = {}
    for name, look in LOOKS.items():
        with looking(look):
            found[name] = columns(4)
    assert found == {SCREEN: 4, PRINT: 3, PROJECTOR: 2}
    with looking(LOOKS[PRINT]._replace(width_in=PAPER_MM[0] / MM_PER_IN)):
        assert columns(4) == 1


def test_a_look_for_print_writes_text_as_text_and_both_widths_of_paper(tmp_path) -> None:
    from PIL import Image

    reported(comparison(crimes={"hotspot": -10.0}), tmp_path, LOOKS[PRINT]._replace(formats=("svg", "pdf")))
    figures = tmp_path / "figures"
    with Image.open(figures / "effects.png") as image:
        assert image.width == pytest.approx(183 / MM_PER_IN * 200, abs=1)
    assert "<text" in (figures / "effects_text.svg").read_text()
    assert "<text" not in (figures / "effects.svg").read_text(), "a page must not hang on the fonts of its reader"
    for width_mm in PAPER_MM:
        box = re.search(rb"/MediaBox \[\s*0 0 ([\d.]+)", (figures / f"effects_{width_mm}mm.pdf").read_bytes())
        assert box is not None
        assert float(box[1]) / 72 * MM_PER_IN == pytest.approx(width_mm, abs=0.1)


def test_by_default_nothing_is_written_but_png_and_svg(tmp_path) -> None:
    reported(comparison(crimes={"hotspot": -10.0}), tmp_path)
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert {name.rpartition(".")[2] for name in names} == {"png", "svg"}
    assert not [name for name in names if "_text" in name]


def test_every_column_that_a_comparison_writes_is_in_the_data_dictionary() -> None:
    found = nine()
    tables = tables_of(found) | {
        name: pl.read_csv(io.StringIO(text), infer_schema_length=None)
        for name, text in texts_of(findings(found)).items()
    }
    explained = dictionary(tables, ("comparison", "columns"))
    assert explained.height == sum(table.width for table in tables.values())
    lacking = explained.filter((pl.col("meaning") == "") | (pl.col("unit") == ""))
    assert lacking.select("table", "column").rows() == []
    crimes = explained.filter((pl.col("table") == "summary") & (pl.col("column") == "crimes_total"))
    assert crimes["unit"].item() == "in the run", "the table of runs has counts, not rates"


def test_counts_stand_beside_rates() -> None:
    found = comparison(crimes={"hotspot": -10.0})
    table = findings(found).table
    rows = list(csv.DictReader(io.StringIO(table.csv)))
    raw = found.runs.group_by("shortage", "strategy").agg(pl.col("crimes_total").mean())
    counts = {(one, other): value for one, other, value in raw.iter_rows()}
    for row in rows:
        assert float(row["crimes_a_run"]) == pytest.approx(counts[row["shortage"], row["strategy"]], rel=1e-4)
    assert table.rows[0].counts["crimes"].replace(",", "").isdigit()


def test_tables_are_written_as_csv_and_latex(tmp_path) -> None:
    table = pl.DataFrame({"name": ["a_b"], "value": [1.25]})
    write_exports(
        tmp_path, ("csv", "latex", "pdf"), {"one": table}, {"one": [["Name", "%"], ["a_b", "−1.3 (−2 to 0)†"]]}
    )
    assert (tmp_path / "tables" / "one.csv").read_text() == "name,value\na_b,1.25\n"
    text = (tmp_path / "tables" / "one.tex").read_text()
    assert r"\begin{tabular}{lr}" in text
    assert r"a\_b & $-$1.3 ($-$2 to 0)\dag{} \\" in text
    assert r"Name & \% \\" in text
    assert latex([["中文"]]).count("中文") == 1


def test_a_workbook_has_a_sheet_a_table(tmp_path) -> None:
    pytest.importorskip("xlsxwriter", reason="comes with the extra excel")
    table = pl.DataFrame({"name": ["a"], "value": [float("inf")]})
    write_exports(tmp_path, ("xlsx",), {"one": table, "two": table}, {})
    assert pl.read_excel(tmp_path / "tables.xlsx", sheet_name="two")["name"].to_list() == ["a"]
