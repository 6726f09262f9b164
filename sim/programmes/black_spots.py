"""Accident black spots (交通事故黑点治理): roads are changed where accidents recur, and drivers controlled there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.incident_types import IncidentType
from sim.incidents.log import CALLS, CallState, Logs
from sim.parameters import parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.squares import squares


class Spot(NamedTuple):
    """A square whose roads were changed."""

    square: int
    since_day: int


class BlackSpots(Programme):
    """Officers find out where accidents recur, have the roads there changed, and control drivers at these places.

    A list of accidents is kept every day. A spot is the square of some hundred metres with most calls about
    accidents that has not been dealt with. Its analysis costs hours, and others pay for signs, crossings and
    barriers, which prevent a share of the accidents there and wear. Controls of speed and alcohol cost hours every
    day, go to the spot that had least of late, and prevent a share that grows with the hours and fades within
    weeks. Where many accidents were by chance, fewer come whatever is done: compare with the same city without the
    programme, never before with after (Elvik 1997).
    """

    name = "black_spots"
    totals = ("spots_changed", "control_hours", "others_cost")
    means = ("spots",)

    class Parameters(ProgrammeParameters):
        """How spots are found, and what work there takes and does."""

        hours_share: float = parameter(
            0.2, unit="share of free hours", ge=0, le=1, source="assumption",
            doc="Hours of community officers for accidents, of those that the programmes listed before leave.",
        )  # fmt: skip
        control_share: float = parameter(
            0.5, unit="share of these hours", ge=0, le=1, source="assumption",
            doc="Part of these hours for controls at spots that were dealt with; the rest is for new spots.",
        )  # fmt: skip
        square_m: float = parameter(
            200.0, unit="m", ge=10, le=5000, source="assumption: a crossing with its approaches",
            doc="Side of the square of a spot, at least a cell.",
        )  # fmt: skip
        list_min: float = parameter(
            10.0, unit="min per day", ge=0, le=480, source="assumption: the accidents of the day are put on a map",
            doc="Work of community officers on the list of accidents, from which spots are found.",
        )  # fmt: skip
        look_back_days: int = parameter(
            365, unit="days", ge=7, le=3650, source="assumption: accidents are rare, a year is the least that tells",
            doc="Calls about accidents within this time count.",
        )  # fmt: skip
        least: int = parameter(
            4, unit="accidents", ge=1, le=10_000, source="assumption: fewer are no pattern",
            doc="Accidents that make a black spot.",
        )  # fmt: skip
        work_hours: float = parameter(
            24.0, unit="h per spot", ge=0.1, le=10_000,
            source="assumption: three days of one officer for the files, the site and the road authority",
            doc="Work of community officers until the roads of a spot are changed.",
        )  # fmt: skip
        change_yuan: float = parameter(
            60_000.0, unit="yuan per spot", ge=0, le=1e8, source="assumption: signals, markings, a refuge, a barrier",
            doc="Cost of changed roads, which others pay.",
        )  # fmt: skip
        change_effect: float = parameter(
            0.15, unit="share of accidents", ge=0, le=1,
            source=(
                "assumption, at the low end: the better studies are controlled, the less black-spot treatment is found "
                "to prevent (Elvik 1997)"
            ),
            doc="Accidents that changed roads prevent at first.",
        )  # fmt: skip
        change_half_life_years: float = parameter(
            10.0, unit="years", ge=0.1, le=100, source="assumption: paint wears, signals stay",
            doc="Half-life of that.",
        )  # fmt: skip
        control_effect: float = parameter(
            0.2, unit="share of accidents", ge=0, le=1,
            source=(
                "assumption, after about a fifth fewer accidents on roads of Friesland with mobile speed controls "
                "(Goldenbeld & van Schagen 2005; figure recalled)"
            ),
            doc="Accidents that controls without end prevent at a spot.",
        )  # fmt: skip
        control_hours: float = parameter(
            4.0, unit="h", ge=0.01, le=1000, source="assumption",
            doc="Hours of control, as far as they have not faded, that give 1 − e⁻¹ of this effect.",
        )  # fmt: skip
        control_half_life_days: float = parameter(
            14.0, unit="days", ge=0.1, le=3650, source="assumption: drivers remember a control for some weeks",
            doc="Half-life of what an hour of control counts for.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """Lay squares over the grid."""
        self._square = squares(site.city.grid, self.parameters.square_m)
        self._squares = int(self._square.max()) + 1
        self.spots: list[Spot] = []
        self._controlled_hours = np.zeros(self._squares)  # as far as they have not faded
        self._found, self._done_min = -1, 0.0  # the spot that is being dealt with, and minutes so far

    def day(self, today: Today) -> None:
        """Control drivers, work on the spot of the day, and let the accidents of the day follow."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        listing_min = min(p.list_min, p.hours_share * hours.able())
        hours.spend(Work.COMMUNITY_WORK, listing_min)
        minutes = p.hours_share * hours.able()
        self._control(today, p.control_share * minutes if self.spots else 0.0)
        if self._found < 0 and listing_min >= p.list_min:
            self._found = self._worst(today)
        if self._found >= 0:
            spent = min((1.0 - p.control_share) * minutes, 60.0 * p.work_hours - self._done_min)
            hours.spend(Work.COMMUNITY_WORK, spent)
            self._done_min += spent
            if self._done_min >= 60.0 * p.work_hours - 1e-6:
                self.spots.append(Spot(self._found, today.day))
                self.note(today.day, "spots_changed", 1.0)
                self.note(today.day, "others_cost", p.change_yuan)
                self._found, self._done_min = -1, 0.0
        self.note(today.day, "spots", float(len(self.spots)))
        make_safer(today.truth.ground, self._prevented(today.day)[self._square])

    def end(self, today: Today) -> None:
        """Let the roads stay changed, and controls end."""
        self._controlled_hours[:] = 0.0
        make_safer(today.truth.ground, self._prevented(today.day)[self._square])

    def _control(self, today: Today, minutes: float) -> None:
        """Spend minutes on controls at the spot that had least of late."""
        self._controlled_hours *= 0.5 ** (1.0 / self.parameters.control_half_life_days)
        if minutes > 0.0:
            spot = min((one.square for one in self.spots), key=lambda square: self._controlled_hours[square])
            today.hours[Post.COMMUNITY].spend(Work.COMMUNITY_WORK, minutes)
            self._controlled_hours[spot] += minutes / 60.0
            self.note(today.day, "control_hours", minutes / 60.0)

    def _worst(self, today: Today) -> int:
        """Return the square with most accidents that has not been dealt with, −1 if none has many."""
        by_cell = accidents_by_cell(today.truth.logs, today.now_min, self.parameters.look_back_days, len(self._square))
        counts = np.bincount(self._square, weights=by_cell, minlength=self._squares)
        counts[[one.square for one in self.spots]] = 0.0
        worst = int(np.argmax(counts))
        return worst if counts[worst] >= self.parameters.least else -1

    def _prevented(self, day: int) -> Array:
        """Return the share of accidents that is prevented on a day, shape [squares]."""
        p = self.parameters
        kept = 1.0 - p.control_effect * (1.0 - np.exp(-self._controlled_hours / p.control_hours))
        for one in self.spots:
            left = 0.5 ** ((day - one.since_day) / (365.0 * p.change_half_life_years))
            kept[one.square] *= 1.0 - p.change_effect * left
        found: Array = 1.0 - kept
        return found


def accidents_by_cell(logs: Logs, now_min: float, days: float, cells: int) -> Array:
    """Return the accidents of some days that units found, by cell, shape [cells]: the police's own record of calls."""
    calls = logs.calls[: logs.used[CALLS]]
    lately = (calls["cleared_min"] >= now_min - 1440.0 * days) & (calls["cleared_min"] <= now_min)
    found = lately & (calls["state"] == CallState.SERVED) & (calls["true_type"] == IncidentType.TRAFFIC)
    counts: Array = np.bincount(calls["cell"][found], minlength=cells)
    return counts


def make_safer(ground: Ground, prevented: Array) -> None:
    """Let a share of the accidents not happen from now on, shape [cells]."""
    ground.cells["safer_road"] = prevented
