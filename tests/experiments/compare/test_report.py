"""The report of a comparison stands alone: well formed, complete, and in need of nothing from outside."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import numpy as np
import polars as pl
import pytest
from made_up_comparison import comparison, reported, rows, sentences

from experiments.compare.comparison import Comparison
from experiments.compare.figures import draw_findings
from experiments.compare.findings import findings
from experiments.compare.page import PAGES

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Collects what a self-contained, well-formed page is judged by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.images: list[dict[str, str]] = []
        self.tags: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.add(tag)
        self.links += [found[name] for name in ("src", "href") if name in found]
        self.ids += [found["id"]] if "id" in found else []
        if tag == "img":
            self.images.append(found)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> tuple[Path, str, Comparison]:
    found = comparison(
        crimes={"hotspot": -10.0},
        files=[
            {
                "path": "c.csv",
                "rows_read": 1200,
                "rows_used": 1190,
                "rejected": {"no <place>": 3, "no time": 7},
                "types": [
                    {"type": "QX <7>", "kind": "theft", "rows": 1100, "used": 1090, "lost": "no time (10)", "why": "x"}
                ],
                "types_of_all": 2,
                "notices": ["covers <i>31</i> days"],
            }
        ],
    )
    folder = tmp_path_factory.mktemp("report")
    return folder, reported(found, folder).read_text(encoding="utf-8"), found


def pages(report) -> str:
    """Return the text of all pages."""
    return "".join((report[0] / name).read_text(encoding="utf-8") for name in PAGES)


def test_the_report_is_well_formed_and_needs_nothing_from_outside(report):
    _, text, _ = report
    page = Page(text)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    beside = {"brief.html", "report.html", "appendix.html", "inspect.html"}
    assert {link for link in page.links if not link.startswith(("data:", "#"))} <= beside
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert "script" not in page.tags
    assert "url(" not in text.replace("url(data:", "")
    assert "@import" not in text
    assert len(text) < 3_000_000


def test_every_figure_has_a_text_alternative_and_files_of_both_kinds(report):
    folder, text, _ = report
    images = Page(text).images
    assert len(images) == 7
    assert all(len(image["alt"]) > 60 for image in images)
    for name in ("effects", "lives", "maps", "hours", "calls", "shortages", "duty"):
        assert (folder / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (folder / "figures" / f"{name}.svg").read_text(encoding="utf-8")


def test_the_report_has_the_answer_and_the_numbers_of_the_terminal(report):
    folder, text, found = report
    plain = unescape(text.replace("\u00a0", " "))
    for sentence in sentences(found):
        assert sentence in plain
    for row in rows(found):
        assert all(f"<span>{value}</span>" in plain for value in row.texts.values())
    assert quote(findings(found).table.csv.splitlines()[3]) in text
    appendix = (folder / "appendix.html").read_text(encoding="utf-8").replace("&#39;", "'")
    assert "python -m experiments.compare 'strategies=[reactive]'" in appendix


def test_what_comes_from_outside_is_escaped(report):
    text = pages(report)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "no &lt;place&gt;" in text


def test_rejected_rows_are_told_with_their_reasons_most_frequent_first(report):
    text = pages(report)
    assert "<td>1,200</td><td>1,190</td>" in text
    assert text.index("7: no time") < text.index("3: no &lt;place&gt;")
    assert "<br>covers &lt;i&gt;31&lt;/i&gt; days" in text


def test_each_type_of_a_file_is_told_with_its_class_and_rows(report):
    text = pages(report)
    assert "QX &lt;7&gt;</th>" in text
    assert "<td>1,100</td><td>1,090</td><td>10</td>" in text


def test_a_comparison_without_variants_has_no_section_of_them(report):
    _, text, _ = report
    assert 'id="shortages"' in text
    assert 'id="ablation"' not in text


def test_a_report_leaves_nothing_else_in_the_folder(report):
    folder, _, _ = report
    assert sorted(path.name for path in folder.iterdir()) == sorted(["figures", *PAGES])


def test_one_strategy_and_empty_tables_still_make_a_report(tmp_path):
    found = comparison(n=2, strategies=("reactive",), shortages=("none",))
    found = comparison(
        n=2, strategies=("reactive",), shortages=("none",), ledger=found.ledger.clear(),
        profiles=found.profiles.clear(), fifths=found.fifths.clear(),
    )  # fmt: skip
    text = reported(found, tmp_path).read_text(encoding="utf-8")
    assert Page(text).open == []
    assert "nothing to compare it with" in text
    assert 'id="shortages"' not in text
    assert sorted(path.stem for path in (tmp_path / "figures").glob("*.svg")) == ["maps"]


def test_maps_have_north_up_and_leave_the_outside_blank():
    from experiments.compare import maps as figures

    found = comparison()
    south = found.cells.with_columns(crimes=pl.when(pl.col("row") < 2).then(1.0).otherwise(0.0))
    figure, *_ = figures._maps(findings(comparison(cells=south)))
    axes = figure.axes[0]
    raster = axes.images[0].get_array()
    bottom = round(min(axes.get_ylim()) + 0.5)  # the row of the array that is drawn lowest
    assert axes.get_ylim()[0] < axes.get_ylim()[1]
    assert raster[bottom, 20] > 0
    assert raster[-1, 20] == 0
    assert np.ma.getmaskarray(np.ma.masked_invalid(raster))[:, :4].all()


def test_a_large_map_is_shown_in_blocks_and_the_report_stays_small(tmp_path):
    side = 300
    cell = np.arange(side * side)
    columns = {
        "cell": cell,
        "row": cell // side,
        "col": cell % side,
        "inside": cell >= 0,
        "crimes": cell % 97 / 50,
        "patrol_minutes": cell % 13,
    }
    cells = pl.DataFrame({"shortage": "none", "strategy": "reactive", **columns})
    report = reported(comparison(n=6, strategies=("reactive",), shortages=("none",), cells=cells), tmp_path)
    assert report.stat().st_size < 1_000_000
    assert "square of 500 m" in (tmp_path / "figures" / "maps.svg").read_text(encoding="utf-8")


def test_two_processes_draw_what_one_draws(tmp_path):
    found, folders = (
        comparison(n=6, strategies=("reactive", "hotspot"), shortages=("none",)),
        {workers: tmp_path / str(workers) for workers in (1, 2)},
    )
    for workers, folder in folders.items():
        folder.mkdir()
        pictures = draw_findings(findings(found), folder, workers)
        assert sorted(path.name for path in folder.iterdir()) == sorted(
            f"{name}.{kind}" for name in pictures for kind in ("png", "svg")
        )
    assert {path.name: path.read_bytes() for path in folders[1].iterdir()} == {
        path.name: path.read_bytes() for path in folders[2].iterdir()
    }
