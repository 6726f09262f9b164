"""Writes `validate.html`.

One file that opens from disk with no network, with the scoreboard, the tables and the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import say, sentences
from experiments.patterns.left_out import EXACT, LEFT_OUT
from experiments.patterns.studies import MIX_OF, PLACES
from experiments.presentation.page import write_page
from experiments.presentation.wording import number, promise
from experiments.validate.findings import VERDICTS, band, footnote, interval_text, judged, tallies, tally
from experiments.validate.force_tables import COORDINATION_NUMBERS, SPIRAL_NUMBERS, tipping
from experiments.validate.verdict import OUTSIDE, UNDECIDED, WITHIN

if TYPE_CHECKING:
    import polars as pl

    from experiments.presentation.pictures import Picture
    from experiments.validate.findings import Validation

REPORT = "validate.html"
MARKS = {WITHIN: "✓", OUTSIDE: "✗", UNDECIDED: "?"}
TOLD = ("name", "simulated", "unit", "published")  # of a pattern in a line


def write_report(validation: Validation, pictures: Mapping[str, Picture], folder: Path) -> Path:
    """Write `folder/validate.html`.

    Parameters
    ----------
    validation : Validation
        What was found.
    pictures : mapping
        The figures that were drawn, by name.
    folder : Path
        An existing folder.
    """
    first = validation.first
    return write_page(
        folder / REPORT,
        pictures,
        validation.provenance,
        validation=validation,
        days=first.days,
        warmup_days=first.warmup_days,
        strategy=first.strategy.name,
        tally=tally(validation),
        outside=_outside(validation),
        footnote=footnote(validation),
        promise=promise,
        groups=validation.groups,
        mixes=_mixes(validation),
        windows=_windows(validation.tables["knox"]),
        tallies=tallies(validation),
        verdicts=VERDICTS,
        left_out=LEFT_OUT,
        exact=EXACT,
        **_of_the_force(validation.tables),
        marks=MARKS,
        judged=judged,
    )


def _of_the_force(tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Return the tables of the force as they are shown, as far as their studies were run."""
    if "spiral" not in tables or "coordination" not in tables:
        return {"spirals": [], "structures": []}
    numbers = [f"{name}{what}" for name in COORDINATION_NUMBERS for what in ("", "_difference")]
    return {
        "spirals": [_cells(row, SPIRAL_NUMBERS) for row in _rows(tables["spiral"])],
        "tipping": tipping(tables["spiral"]),
        "structures": [_cells(row, numbers) for row in _rows(tables["coordination"])],
    }


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return list(frame.iter_rows(named=True))


def _outside(validation: Validation) -> dict[str, list[str]]:
    """Patterns outside their bands, a line each, by group."""
    found = {
        group: [
            sentences(
                [
                    say("{name}: {simulated} {unit}; published {published}.", **{name: row[name] for name in TOLD}),
                    row["note"],
                ]
            )
            for row in rows
            if row["verdict"] == OUTSIDE
        ]
        for group, rows in validation.groups.items()
    }
    return {group: lines for group, lines in found.items() if lines}


def _mixes(validation: Validation) -> dict[str, dict[str, Any]]:
    """Rates and calls of each mix."""
    found: dict[str, dict[str, Any]] = {
        MIX_OF[study]: {"title": validation.titles[study], "rates": [], "calls": []}
        for study in PLACES
        if study in validation.titles
    }
    for row in _rows(validation.tables["rates"]):
        found[row["mix"]]["rates"].append({
            **row,
            "true": _with_interval(row, "true_per_1000_year"),
            "recorded": _with_interval(row, "recorded_per_1000_year"),
            "share": _with_interval(row, "recorded_share", 1),
            "published": band(row["published_low"], row["published_high"]),
            "causes": list(zip(row["drivers"], row["sources"], strict=True)),
        })  # fmt: skip
    for row in _rows(validation.tables["calls"]):
        causes = list(zip(row["drivers"], row["sources"], strict=True))
        found[row["mix"]]["calls"].append(
            {
                **row,
                "rate": _with_interval(row, "per_1000_year", 1),
                "of_all": _with_interval(row, "share", 1),
                "causes": causes,
            }
        )
    return found


def _with_interval(row: dict[str, Any], name: str, decimals: int = 2) -> tuple[str, str]:
    """Write a mean, and its interval in brackets."""
    lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
    interval = "" if lower is None else f"({interval_text(lower, upper, decimals)})"
    return number(row[name], decimals), interval


def _cells(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return a row of a table in which each of these numbers is written, with its interval."""
    return {**row, **{name: _with_interval(row, name, 1) for name in names}}


def _windows(knox: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of the Knox table for the whole window, which pointpats tested."""
    return [row for row in _rows(knox) if row["band"] == "window"]
