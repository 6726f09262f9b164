"""What `validate` found: the scoreboard and the tables behind it, with verdicts in words, worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.languages.speech import ENGLISH, in_words, opened, say, sentences, spoken
from experiments.patterns.pattern import USES
from experiments.patterns.published import rows
from experiments.patterns.studies import PLACES, STRUCTURES, STUDIES
from experiments.presentation.names import noun
from experiments.presentation.wording import cities_note, number
from experiments.validate import scoreboard
from experiments.validate.force_tables import coordination_table, spiral_studies, spiral_table
from experiments.validate.verdict import NO_BAND, NOT_MEASURED, OUTSIDE, UNDECIDED, WITHIN

if TYPE_CHECKING:
    from experiments.patterns.portrait import Portrait
    from experiments.validate.scoreboard import Judgements
    from sim.city.notices import Notice
    from sim.scenario import Scenario

VERDICTS = (WITHIN, OUTSIDE, UNDECIDED, NO_BAND, NOT_MEASURED)


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
    more : int
        Rows of the scoreboard of these places that need `scope=full`.
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
    more: int
    provenance: dict[str, Any]
    language: str = ENGLISH

    @property
    def place(self) -> str:
        """The first place, which is also the study of the place as it is."""
        return next(place for place in PLACES if place in self.scenarios)

    @property
    def first(self) -> Scenario:
        """Its scenario, with the first seed."""
        return self.scenarios[self.place]

    @property
    def own_place(self) -> str:
        """Say whose bands are used for a city of the user's own."""
        if not self.first.city.paths:
            return ""
        names = in_words(", ").join(place for place in PLACES if place in self.scenarios)
        return say("The city is your own, read from files: the bands are those of {names}.", names=names)

    @property
    def groups(self) -> dict[str, list[dict[str, Any]]]:
        """Headings of the scoreboard → their rows, as the reader's language has them."""
        shown = [scoreboard.group_of(it, study, self.titles) for it, study in rows() if study in self.titles]
        headings = {str(one): one for one in shown}
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.tables["patterns"].iter_rows(named=True):
            found.setdefault(say(headings[row["group"]]), []).append(_shown(row))
        return found


def findings(
    points: dict[str, Scenario],
    portraits: dict[str, list[Portrait]],
    experiments: Judgements,
    replications: int,
    provenance: dict[str, Any],
) -> Validation:
    """Make the tables of the studies that were run.

    Parameters
    ----------
    points, portraits : dict
        Study → its scenario with the first seed, its replications.
    experiments : mapping
        Name of a field experiment and place → its number in each replication.
    replications : int
        Runs of each study.
    provenance : dict
        What made it.
    """
    titles = scoreboard.titles_of(portraits, points)
    tables = {
        "patterns": scoreboard.patterns_table(portraits, titles, experiments),
        "rates": scoreboard.rates_table(portraits, points),
        "calls": scoreboard.calls_table(portraits, points),
        "knox": scoreboard.knox_frame(portraits),
    }
    if portraits.keys() >= spiral_studies().keys():
        tables["spiral"] = spiral_table(portraits)
    if portraits.keys() >= STRUCTURES.keys():
        tables["coordination"] = coordination_table(portraits)
    places = {STUDIES[study].preset for study in portraits}
    of_places = sum(STUDIES[study].preset in places for _, study in rows())
    more = of_places - tables["patterns"].height
    return Validation(points, portraits, titles, tables, replications, more, provenance, spoken())


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the scoreboard in the words that are shown."""
    said = {name: say(row[name]) for name in ("name", "unit", "use", "quality", "source")}
    said["note"] = say(row["note"]) if row["note"] else ""
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
    """Write the verdict, with the replications that would decide where these do not."""
    if row["needed"] is None:
        return say(row["verdict"])
    return say("{verdict} ({n} replications would)", verdict=say(row["verdict"]), n=f"{row['needed']:,}")


def counts(patterns: pl.DataFrame) -> dict[str, int]:
    """Count the patterns of each verdict."""
    return {word: patterns.filter(pl.col("verdict") == word).height for word in VERDICTS}


def tally(validation: Validation) -> str:
    """Say how many patterns lie within their bands, outside, and how many are not decided."""
    n = counts(validation.tables["patterns"])
    banded = n[WITHIN] + n[OUTSIDE] + n[UNDECIDED]
    return sentences([
        say("{within} of {n} published patterns are within their bands, {outside} are outside, {undecided} are not "
            "decided.", within=n[WITHIN], n=banded, outside=n[OUTSIDE], undecided=n[UNDECIDED]),
        say("{n} could not be measured.", n=n[NOT_MEASURED]) if n[NOT_MEASURED] else "",
        say("{n} more are measured with scope=full.", n=validation.more) if validation.more else "",
    ])  # fmt: skip


def tallies(validation: Validation) -> list[dict[str, Any]]:
    """Return the counts of verdicts by place and use, a row each."""
    found = []
    for place, of_place in validation.tables["patterns"].group_by("place", maintain_order=True):
        for use in USES:
            rows = of_place.filter(pl.col("use") == use)
            if rows.height:
                found.append({"place": place[0], "use": use, "rows": rows.height, "counts": counts(rows)})
    return found


def footnote(validation: Validation) -> str:
    """Say what the numbers are."""
    n = validation.replications
    said = "95 % interval of the mean (Student's t)" if n >= FEWEST_FOR_INTERVAL else "too few for an interval"
    return sentences([
        say(
            "Means over {n} replication, {interval}; a pattern is within or outside its band when its whole "
            "interval is."
            if n == 1
            else "Means over {n} replications, {interval}; a pattern is within or outside its band when its whole "
            "interval is.",
            n=n, interval=say(said),
        ),
        say("Use: what the project used the datum for; specify: it is a parameter, calibrate: parameters were set with "
            "an eye on it, validate: they were not."),
        validation.own_place,
        cities_note(validation.first.city),
    ])  # fmt: skip
