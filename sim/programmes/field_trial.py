"""A field trial of patrol (随机对照试验): the worst places of police records, half of which get a dose by lot."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import numpy as np
from pydantic import Field, model_validator

from sim.arrays import Array
from sim.incident_types import PLACE_CRIMES, IncidentType
from sim.incidents.log import VISITS, Logs
from sim.parameters import CHOSEN, BadInput, parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.strategies.base import Briefing
from sim.strategies.heat import hot_spots

RANKED_BY = {
    "crimes": PLACE_CRIMES,
    "violence": (IncidentType.ROBBERY, IncidentType.SNATCHING, IncidentType.BRAWL),
    "burglary": (IncidentType.BURGLARY,),
}
REVIEW_DAYS = 7  # as often as the strategy plans
MOST_AT_ONCE = 3.0  # times as strongly, or as weakly, from one review to the next: assumption
FIRST_PULL_MIN = 180.0  # a dose for which a place at first draws units as strongly as all the rest: assumption
CANDIDATES = 20  # times as many places are looked at where beats have few of them
STRONGEST = 1000.0  # a place can hardly be stopped at more often than always
PlaceNumber = Annotated[int, Field(ge=0, le=1999)]


class Places(NamedTuple):
    """The places of a trial, the worst first, and the cells of which they consist."""

    recorded: Array  # [places] recorded crimes by which they were ranked
    block: Array  # [places] places of one block have had about as much
    treated: Array  # [places] bool
    place: Array  # [parts] row of the place of which a cell is a part
    cell: Array  # [parts]
    share: Array  # [parts] of the place that lies in the cell; they add up to 1 for each


class FieldTrial(Programme):
    """Places with most recorded crime are listed, and a lot decides which half of each block is treated.

    Once a week commanders look up how long units stopped at each treated place, and have them stop there more or less
    often, until each gets its dose of presence; elsewhere nothing changes. The strategy `directed_patrol` goes there.
    With another strategy the same places are drawn, and nobody is sent to them.

    Attributes
    ----------
    places : Places or None
        Those of the trial, from its first day on.
    """

    name = "field_trial"
    means = ("minutes_treated", "minutes_untreated")

    class Parameters(ProgrammeParameters):
        """Which places, which of them are treated, and how much."""

        places: int = parameter(
            40, unit="places", ge=2, le=2000, source="assumption: as many as a city of 100,000 residents has",
            doc="Places in the trial, half of them treated; fewer where police records have fewer, an even number.",
        )  # fmt: skip
        place_m: float = parameter(
            200.0, unit="m", ge=10, le=5000, source="assumption, as hotspot", doc="Side of a place, a square."
        )
        apart_m: float = parameter(
            100.0, unit="m", ge=0, le=5000,
            source="assumption: out of sight of each other, as in Minneapolis (Sherman & Weisburd 1995)",
            doc="Least distance between two places.",
        )  # fmt: skip
        record_days: int = parameter(
            365, unit="days", ge=1, le=3650, source="Sherman & Weisburd 1995: a year",
            doc="Crimes that entered police records in this time before the trial rank the places.",
        )  # fmt: skip
        ranked_by: Literal["crimes", "violence", "burglary"] = parameter(
            "crimes", unit="name", source=CHOSEN,
            doc="Recorded crimes that rank the places: all at places, robberies and brawls, or burglaries.",
        )  # fmt: skip
        per_beat: int | None = parameter(
            None, unit="places", ge=1, le=2000, source="absent: wherever they are",
            doc="Most places in a beat, for crews who have one of their own.",
        )  # fmt: skip
        block: int = parameter(
            2, unit="places", ge=2, le=2000, source="Ratcliffe et al. 2011: pairs",
            doc="Places that follow each other on the list, of which half are drawn; an even number.",
        )  # fmt: skip
        treated: tuple[PlaceNumber, ...] | None = parameter(
            None, unit="places", source="absent: half of each block, by lot",
            doc="Numbers of the treated places on the list, 0 is the worst; (): none is treated.",
        )  # fmt: skip
        dose_min: float = parameter(
            180.0, unit="min of presence per place per day", ge=1, le=2880,
            source="Sherman & Weisburd 1995: three hours a day",
            doc="Presence that each treated place is to get, in the mean over a week; as far as units are free.",
        )  # fmt: skip
        review_min: float = parameter(
            120.0, unit="min per week", ge=0, le=6000, source="assumption: two hours of an officer",
            doc=(
                "Work on the list of places and on each weekly review, of headquarters, or of community officers where "
                "these have no hours; without it everything stays as it was for another week."
            ),
        )  # fmt: skip

        @model_validator(mode="after")
        def _halves(self) -> FieldTrial.Parameters:
            if self.block % 2:
                raise BadInput("block", self.block, "an even number: half of a block is treated")
            return self

    def begin(self, site: Site) -> None:
        """Learn where the city lies; the places are drawn on the first day, from the records up to it."""
        self.places: Places | None = None
        self._grid, self._beat = site.city.grid, site.city.beats.beat
        self._looked = 0  # visits of the log that have been looked at
        self._pull = self._week_min = np.zeros(0)
        self._begun = 0

    def day(self, today: Today) -> None:
        """Draw the places on the first day; note what they got, and once a week change how strongly units are sent."""
        if self.places is None:
            self._work(today)
            self.places, self._begun = self._drawn(today), today.day
            self._pull = np.full(len(self.places.treated), self.parameters.dose_min / FIRST_PULL_MIN)
            self._week_min = np.zeros(len(self.places.treated))
            self._looked = stops_so_far(today.truth.logs)
            return
        given = minutes_at(self.places, today.truth.logs, self._looked, self._grid.n_cells)
        self._looked = stops_so_far(today.truth.logs)
        self._week_min = self._week_min + given
        for measure, group in (("minutes_treated", self.places.treated), ("minutes_untreated", ~self.places.treated)):
            if group.any():
                self.note(today.day, measure, float(given[group].mean()))
        if (today.day - self._begun) % REVIEW_DAYS == 0:
            self._review(today)

    def _drawn(self, today: Today) -> Places:
        """List the places by their records, and draw the treated ones."""
        p = self.parameters
        recorded = today.recorded(p.record_days, RANKED_BY[p.ranked_by])
        counts = np.bincount(recorded.cell, minlength=self._grid.n_cells).astype(float)
        most = p.places if p.per_beat is None else CANDIDATES * p.places
        spots = hot_spots(counts, self._beat >= 0, self._grid, p.place_m, most, p.apart_m)
        beat = self._beat[self._grid.cell_at(spots.x_m, spots.y_m)]
        rows = np.flatnonzero(turn_in(beat) < (p.per_beat or most))[: p.places]
        rows = rows[: len(rows) // 2 * 2]
        number = np.full(len(spots.heat), -1)
        number[rows] = np.arange(len(rows))
        place = number[spots.spot]
        parts, block = place >= 0, np.arange(len(rows)) // p.block
        treated = np.isin(np.arange(len(rows)), p.treated or ())
        if p.treated is None:
            treated = half_of_each(block, self.rng(today))
        return Places(spots.heat[rows], block, treated, place[parts], spots.cell[parts], spots.share[parts])

    def _review(self, today: Today) -> None:
        """Send units to each place as much more strongly as it got too little in the week, or more weakly."""
        if self._work(today):
            wanted = REVIEW_DAYS * self.parameters.dose_min / np.maximum(self._week_min, 1.0)
            change = np.clip(wanted, 1.0 / MOST_AT_ONCE, MOST_AT_ONCE)
            self._pull = np.minimum(self._pull * change, STRONGEST)
        self._week_min = np.zeros_like(self._week_min)

    def _work(self, today: Today) -> bool:
        """Book the work on a list or a review, and say whether anybody had the hours."""
        minutes = self.parameters.review_min
        for post in (Post.HEADQUARTERS, Post.COMMUNITY):
            if today.hours[post].able() >= minutes:
                today.hours[post].spend(Work.SUPERVISION, minutes)
                return True
        return False

    def brief(self, briefing: Briefing) -> Briefing:
        """Say which cells units are to stop at, and how strongly.

        The weight of a treated place is relative to all other free time of a beat, times as many beats as go there.
        """
        if self.places is None:
            return briefing
        parts = self.places.treated[self.places.place]
        weight = self._pull[self.places.place] * self.places.share
        return briefing.with_word_of(self.name, {"cell": self.places.cell[parts], "weight": weight[parts]})


def half_of_each(block: Array, rng: np.random.Generator) -> Array:
    """Draw half of each block by lot, shape [places], bool; every half of a block is equally likely.

    Parameters
    ----------
    block : array of int [places]
        Ascending, each an even number of times.
    rng : Generator
        Of the lot.
    """
    lot = rng.random(len(block))
    order = np.lexsort((lot, block))
    first = np.searchsorted(block, block)  # row of the first place of its block
    size = np.bincount(block)[block] if len(block) else block
    treated = np.zeros(len(block), dtype=bool)
    treated[order] = np.arange(len(block)) - first < size // 2
    return treated


def turn_in(group: Array) -> Array:
    """Return how many of the same group come before each, shape [members]."""
    order = np.argsort(group, kind="stable")
    of_group = group[order]
    turn = np.empty(len(group), dtype=np.int64)
    turn[order] = np.arange(len(group)) - np.searchsorted(of_group, of_group)
    return turn


def stops_so_far(logs: Logs) -> int:
    """Return how many stops of patrol units have ended."""
    return int(logs.used[VISITS])


def minutes_at(places: Places, logs: Logs, first: int, n_cells: int) -> Array:
    """Return the minutes of the stops from number `first` on at each place, shape [places].

    A stop in a cell of which only a part is of a place counts in full.
    """
    stops = logs.visits[first : logs.used[VISITS]]
    by_cell = np.bincount(stops["cell"], weights=stops["dwell_min"], minlength=n_cells)
    return np.bincount(places.place, weights=by_cell[places.cell], minlength=len(places.treated))
