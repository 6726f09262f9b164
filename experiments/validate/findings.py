"""What `validate` found: the scoreboard and the tables behind it, with verdicts in words, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.languages.speech import ENGLISH, opened, say, sentences, spoken
from experiments.patterns.published import rows
from experiments.presentation.names import noun
from experiments.presentation.wording import cities_note, number
from experiments.validate import scoreboard
from experiments.validate.force_tables import coordination_table, spiral_table
from experiments.validate.scoreboard import NOT_MEASURED, OUTSIDE, WITHIN

if TYPE_CHECKING:
    import polars as pl

    from experiments.patterns.portrait import Portrait
    from sim.city.notices import Notice
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
    language : str
        In which it is printed, drawn and told.
    """

    scenarios: dict[str, Scenario]
    portraits: dict[str, list[Portrait]]
    titles: dict[str, Notice]
    tables: Mapping[str, pl.DataFrame]
    replications: int
    provenance: dict[str, Any]
    language: str = ENGLISH

    @property
    def groups(self) -> dict[str, list[dict[str, Any]]]:
        """Headings of the scoreboard → their rows, as the reader's language has them."""
        headings = {str(one): one for one in (scoreboard.group_of(it, study, self.titles) for it, study in rows())}
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.tables["patterns"].iter_rows(named=True):
            found.setdefault(say(headings[row["group"]]), []).append(_shown(row))
        return found


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
    return Validation(points, portraits, titles, tables, replications, provenance, spoken())


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the scoreboard in the words that are shown."""
    said = {name: say(row[name]) for name in ("name", "unit", "use", "source")}
    published = band(row["published_low"], row["published_high"])
    return {**row, **said, "simulated": simulated(row), "published": published, "judged": judged(row)}


def kind_name(kind: str) -> str:
    """Write a kind of incidents, with its type: `Theft: vehicle theft`."""
    family, _, subtype = kind.partition(": ")
    return opened(say("{name}: {text}", name=noun(family), text=noun(subtype)) if subtype else noun(family))


def _decimals_of(row: dict[str, Any]) -> int:
    """Decimals that suit a row: two for what lies around 1, one for other numbers."""
    largest = max(
        (abs(row[name]) for name in ("mean", "published_low", "published_high") if row[name] is not None), default=0
    )
    return 2 if largest < 10 else 1


def simulated(row: dict[str, Any]) -> str:
    """Write `43.2 (42.9 to 43.5)`: the mean and its 95 % interval."""
    digits = _decimals_of(row)
    mean = number(row["mean"], digits)
    if row["lower"] is None:
        return mean
    return f"{mean} ({interval_text(row['lower'], row['upper'], digits)})"


def interval_text(low: float, high: float, decimals: int) -> str:
    """Write the limits of an interval: `42.9 to 43.5`."""
    return say("{low} to {high}", low=number(low, decimals), high=number(high, decimals))


def band(low: float | None, high: float | None) -> str:
    """Write a published band: `42 to 46`, `over 1.1`."""
    if low is None and high is None:
        return "–"
    if high is None:
        return say("over {low}", low=f"{low:g}")
    return (
        say("under {high}", high=f"{high:g}")
        if low is None
        else say("{low} to {high}", low=f"{low:g}", high=f"{high:g}")
    )


def judged(row: dict[str, Any]) -> str:
    """Write the verdict, with a question mark when the interval crosses a limit of the band."""
    return say(row["verdict"]) + (say("?") if row["sure"] is False else "")


def tally(validation: Validation) -> str:
    """Say how many patterns lie within their bands, and which do not."""
    patterns = validation.tables["patterns"]
    within, outside, missing = (
        patterns.filter(patterns["verdict"] == word).height for word in (WITHIN, OUTSIDE, NOT_MEASURED)
    )
    return sentences([
        say("{within} of {n} published patterns are within their bands.", within=within, n=within + outside),
        say("{n} could not be measured.", n=missing) if missing else "",
    ])  # fmt: skip


def footnote(validation: Validation) -> str:
    """Say what the numbers are."""
    n = validation.replications
    said = "95 % interval of the mean (Student's t)" if n >= FEWEST_FOR_INTERVAL else "too few for an interval"
    return sentences([
        say(
            "Means over {n} replication, {interval}; a verdict is about the mean, with a question mark when the "
            "interval crosses a limit of the band."
            if n == 1
            else "Means over {n} replications, {interval}; a verdict is about the mean, with a question mark when the "
            "interval crosses a limit of the band.",
            n=n, interval=say(said),
        ),
        say("Use: what the project used the datum for; specify: it is a parameter, calibrate: parameters were set with "
            "an eye on it, validate: they were not."),
        cities_note(validation.scenarios["county_china"].city),
    ])  # fmt: skip
