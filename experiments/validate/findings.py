"""What `validate` found: the scoreboard and the tables behind it, with verdicts in words, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.presentation.wording import cities_note, number
from experiments.validate import scoreboard
from experiments.validate.force_tables import coordination_table, spiral_table
from experiments.validate.scoreboard import NOT_MEASURED, OUTSIDE, WITHIN

if TYPE_CHECKING:
    import polars as pl

    from experiments.validate.kept import Portrait
    from sim.scenario import Scenario


@dataclass(frozen=True)
class Validation:
    """Everything that `validate` found.

    Attributes
    ----------
    scenarios : dict
        Study → scenario with the first seed.
    portraits : dict
        Study → its replications.
    titles : dict
        Study → its city and mix in words.
    tables : mapping
        `patterns` (the scoreboard), `rates`, `calls`, `knox` → frame, see `experiments.validate.scoreboard`; `spiral`,
        `coordination` → frame of the force, see `experiments.validate.force_tables`.
    replications : int
        Runs of each study.
    provenance : dict
        What made it.
    """

    scenarios: dict[str, Scenario]
    portraits: dict[str, list[Portrait]]
    titles: dict[str, str]
    tables: Mapping[str, pl.DataFrame]
    replications: int
    provenance: dict[str, Any]


def findings(
    points: dict[str, Scenario], portraits: dict[str, list[Portrait]], replications: int, provenance: dict[str, Any]
) -> Validation:
    """Make the tables."""
    titles = scoreboard.titles_of(portraits, points)
    tables = {
        "patterns": scoreboard.patterns_table(portraits, titles),
        "rates": scoreboard.rates_table(portraits, points),
        "calls": scoreboard.calls_table(portraits, points),
        "knox": scoreboard.knox_frame(portraits),
        "spiral": spiral_table(portraits),
        "coordination": coordination_table(portraits),
    }
    return Validation(points, portraits, titles, tables, replications, provenance)


def _decimals_of(row: dict[str, Any]) -> int:
    """Decimals that suit a row: two for what lies around 1, one for other numbers."""
    largest = max(
        (abs(row[name]) for name in ("mean", "published_low", "published_high") if row[name] is not None), default=0
    )
    return 2 if largest < 10 else 1


def simulated(row: dict[str, Any]) -> str:
    """Write `43.2 (42.9 to 43.5)`: the mean and its 95 % interval."""
    digits = _decimals_of(row)
    if row["lower"] is None:
        return number(row["mean"], digits)
    return f"{number(row['mean'], digits)} ({number(row['lower'], digits)} to {number(row['upper'], digits)})"


def band(low: float | None, high: float | None) -> str:
    """Write a published band: `42 to 46`, `over 1.1`."""
    if low is None and high is None:
        return "–"
    if high is None:
        return f"over {low:g}"
    return f"under {high:g}" if low is None else f"{low:g} to {high:g}"


def judged(row: dict[str, Any]) -> str:
    """Write the verdict, with a question mark when the interval crosses a limit of the band."""
    return f"{row['verdict']}?" if row["sure"] is False else str(row["verdict"])


def tally(validation: Validation) -> str:
    """Say how many patterns lie within their bands, and which do not."""
    patterns = validation.tables["patterns"]
    within, outside = (patterns.filter(patterns["verdict"] == word) for word in (WITHIN, OUTSIDE))
    text = f"{within.height} of {within.height + outside.height} published patterns are within their bands."
    missing = patterns.filter(patterns["verdict"] == NOT_MEASURED).height
    if missing:
        text += f" {missing} could not be measured."
    return text


def footnote(validation: Validation) -> str:
    """Say what the numbers are."""
    n = validation.replications
    interval = "95 % interval of the mean (Student's t)" if n >= FEWEST_FOR_INTERVAL else "too few for an interval"
    return (
        f"Means over {n} {'replication' if n == 1 else 'replications'}, {interval}; a verdict is about the mean, "
        "with a question mark when the interval crosses a limit of the band. Use: what the project used the datum for; "
        "specify: it is a parameter, calibrate: parameters were set with an eye on it, validate: they were not. "
        f"{cities_note(validation.scenarios['china'].city)}"
    )
