"""The situations that every strategy must cope with, of which its check makes plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sim.arrays import frozen
from sim.city.beats import BeatPlan, divide
from sim.city.grid import Grid
from sim.clock import HOURS_PER_WEEK, MINUTES_PER_DAY
from sim.incident_types import CRIMES, IncidentType
from sim.incidents.log import Discoverer
from sim.people.venues import PublicPlaces, Venues
from sim.strategies.base import Analysis, Briefing, Recorded
from sim.strategies.knowledge import Calls, Visits

FULL_BOOK = 5000


WEEKS_SO_FAR = 8


class Town(NamedTuple):
    """Where a situation takes place."""

    grid: Grid
    beats: BeatPlan


class Situation(NamedTuple):
    """A briefing that a strategy must cope with, in words and in numbers.

    The seed is that of the generator that goes with it.
    """

    words: str
    briefing: Briefing
    seed: int


def situations() -> Iterator[Situation]:
    """Yield the situations; those at hour 0 are planned for by two new instances as well."""
    round_town, one_beat = _town(12, 15, beats=6, districts=2), _town(6, 5, beats=1, districts=1)
    now = WEEKS_SO_FAR * 7.0 * MINUTES_PER_DAY
    somewhere = int(round_town.beats.centre_cell[0])
    cases = (
        ("no recorded crimes on the first day", round_town, 0.0, 6.0, _book(round_town, 0, 0.0)),
        ("no recorded crimes after some weeks", round_town, now, 6.0, _book(round_town, 0, now)),
        ("one recorded crime", round_town, now, 6.0, _book(round_town, 1, now)),
        (f"{FULL_BOOK} recorded crimes", round_town, now, 6.0, _book(round_town, FULL_BOOK, now)),
        ("all recorded crimes in one cell", round_town, now, 6.0, _book(round_town, 50, now, somewhere)),
        ("4.2 units on duty for six beats", round_town, now, 4.2, _book(round_town, 200, now)),
        ("0.4 units on duty", round_town, now, 0.4, _book(round_town, 200, now)),
        ("more units than beats", round_town, now, 31.0, _book(round_town, 200, now)),
        ("one beat and no recorded crimes", one_beat, now, 1.0, _book(one_beat, 0, now)),
        ("one beat and many recorded crimes", one_beat, now, 0.7, _book(one_beat, FULL_BOOK, now)),
    )
    for seed, (words, town, now_min, units, recorded) in enumerate(cases):
        for campaign in (False, True):
            briefing = _briefing(town, now_min, units, recorded, campaign=campaign)
            yield Situation(f"{words}, while a campaign is on" if campaign else words, briefing, seed)
    for seed, (words, analysis) in enumerate(_analyses(round_town)):
        yield Situation(words, _briefing(round_town, now, 5.5, _book(round_town, 200, now), analysis), 50 + seed)
    for hour in range(1, HOURS_PER_WEEK):
        then = now + hour * 60.0
        briefing = _briefing(round_town, then, 5.5, _book(round_town, 40, then))
        yield Situation(f"hour {hour} of the week", briefing, 100 + hour)


def _briefing(
    town: Town,
    now_min: float,
    units: float,
    recorded: Recorded,
    analysis: Analysis | None = None,
    campaign: bool = False,
) -> Briefing:
    """Return a briefing with as many calls and stops of patrol as there are recorded crimes."""
    rng, n = np.random.default_rng(len(recorded.cell)), len(recorded.cell)
    inside = np.flatnonzero(town.beats.beat >= 0).astype(np.int32)
    at = np.sort(rng.random(n)) * now_min
    kinds = rng.integers(0, len(IncidentType), n).astype(np.int8)
    calls = Calls(kinds, rng.choice(inside, n), at, rng.integers(1, 4, n).astype(np.int8), rng.random(n) < 0.2)
    visits = Visits(rng.choice(inside, n), at, rng.exponential(10.0, n).astype(np.float32), rng.random(n) < 0.2)
    week = np.arange(HOURS_PER_WEEK)
    places = PublicPlaces(
        Venues(inside[::40], np.full(len(inside[::40]), 300.0), (week < 120) & (week % 24 >= 8) & (week % 24 < 16)),
        Venues(inside[::3], np.ones(len(inside[::3])), (week % 24 >= 9) & (week % 24 < 22)),
        Venues(inside[:0], np.zeros(0), week % 24 >= 18),
    )
    districts = len(town.beats.station_cell)
    by_hour = np.full((districts, HOURS_PER_WEEK), units / districts)
    told = frozen((calls, visits, places, by_hour))
    hour = int(now_min // 60) % HOURS_PER_WEEK
    return Briefing(now_min, hour, town.grid, town.beats, units, recorded, analysis or Analysis(), *told, campaign)


def _town(n_rows: int, n_cols: int, beats: int, districts: int) -> Town:
    """Return a city in the shape of an ellipse, with corners of its grid outside and more demand in the middle."""
    grid = Grid(n_rows, n_cols, 100.0)
    off = np.hypot(grid.x_m / (n_cols * 50.0) - 1.0, grid.y_m / (n_rows * 50.0) - 1.0)
    plan = divide(grid, off < 1.05, np.exp(-2.0 * off), beats, districts)
    return Town(grid, frozen(plan))


def _analyses(town: Town) -> Iterator[tuple[str, Analysis]]:
    """Yield what analysts may have released; a surface, or a list of alerts by mistake, may reach beyond the city."""
    rng = np.random.default_rng(1)
    surface, alerts, urgency = (
        rng.exponential(1.0, town.grid.n_cells),
        rng.permutation(town.grid.n_cells)[:30].astype(np.int32),
        rng.random(30),
    )
    nothing = np.zeros_like(surface)
    for words, (risk, listed) in {
        "a surface and alerts": (surface, True),
        "a surface without alerts": (surface, False),
        "alerts without a surface": (None, True),
        "alerts and a surface of zeros": (nothing, True),
        "a surface of zeros": (nothing, False),
    }.items():
        known = Analysis(None if risk is None else frozen(risk))
        yield words, replace(known, alert_cell=frozen(alerts), alert_weight=frozen(urgency)) if listed else known


def told(situation: Situation) -> Situation:
    """Return the situation with a truth, which is as it may be in a city: nothing at most cells, or nothing at all."""
    risk = np.maximum(np.random.default_rng(situation.seed).normal(-1.0, 1.0, situation.briefing.grid.n_cells), 0.0) * (
        situation.seed != 1
    )
    return situation._replace(briefing=replace(situation.briefing, truth=frozen(risk)))


def _book(town: Town, n: int, now_min: float, cell: int | None = None) -> Recorded:
    """Return n recorded crimes before now, oldest entry first, which is not the order in which they happened.

    Few cells have most.
    """
    rng = np.random.default_rng(n)
    inside = np.flatnonzero(town.beats.beat >= 0)
    entered = np.sort(rng.random(n)) * now_min
    latest = np.maximum(entered - rng.exponential(60.0, n), 0.0)
    earliest = np.where(rng.random(n) < 0.5, latest, np.maximum(latest - rng.exponential(600.0, n), 0.0))
    cells = inside[(len(inside) * rng.random(n) ** 3).astype(int)] if cell is None else np.full(n, cell)
    kinds = rng.integers(0, len(CRIMES), n)
    victims = rng.integers(-1, 3000, n)
    discoverers = rng.integers(Discoverer.VICTIM, len(Discoverer), n)
    columns = (kinds.astype(np.int8), (earliest + latest) / 2, cells.astype(np.int32), earliest, latest, entered,
        victims.astype(np.int32), discoverers.astype(np.int8))  # fmt: skip
    return Recorded(*(frozen(column) for column in columns))
