"""What analysts work with: cases that reached them, cells that near repeats and series warn of, workload of beats."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.city.grid import Grid
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incident_types import IncidentType, at_places
from sim.incidents.log import CALLS, INCIDENTS, CallState, Logs, said_min
from sim.kernels import kernel, row
from sim.police.cases.case_log import ROWS, Cases
from sim.police.cases.parameters import SKILLED
from sim.police.posts import Post
from sim.randomness import uniform

REACHES = 3.0  # distances and ages beyond so many of their decays count for nothing


class Known(NamedTuple):
    """The cases at places of which analysts know, as police records have them; equal shapes [cases]."""

    row: Array  # of the cases
    call: Array  # rows of their calls
    office: Array  # the analysts who see it
    type: Array  # IncidentType
    time_min: Array  # best guess of when it happened, see sim.incidents.log.said_min
    cell: Array  # where


def known_to_analysts(cases: Cases, logs: Logs, now_min: float, days: float = math.inf) -> Known:
    """Return the cases of crimes at places that have reached analysts by now.

    Crimes whose offender was caught on scene have none.

    Parameters
    ----------
    cases, logs : Cases, Logs
        The case files, and what police records say of their crimes.
    now_min : float
        Minutes since the start of the run.
    days : float
        Cases of all crimes that entered police records in this many days before now, and of none from a day earlier.
    """
    first = _first_since(now_min - days * MINUTES_PER_DAY, cases)
    return _known(first + np.arange(cases.used[ROWS] - first), cases, logs, now_min)


@kernel
def _first_since(from_min: float, cases: Cases) -> int:
    """Return the first case after which all are that opened since then; rows are in order of days."""
    first = int(cases.used[ROWS])
    while first > 0 and cases.rows[first - 1].opened_min >= from_min - MINUTES_PER_DAY:
        first -= 1
    return first


def _known(some: Array, cases: Cases, logs: Logs, now_min: float) -> Known:
    """Return what analysts know of some cases, as far as these have reached them and are of crimes at places."""
    rows = cases.rows.take(some)  # which are wide: each is read once, then its columns
    known = np.flatnonzero((rows["reached_min"] <= now_min) & at_places(rows["type"]))
    rows, some = rows.take(known), some.take(known)
    crimes = logs.incidents.take(rows["incident_id"])
    return Known(
        row=some,
        call=crimes["call_id"],
        office=rows["office"],
        type=rows["type"],
        time_min=said_min(crimes),
        cell=crimes["recorded_cell"],
    )


def near_repeats(
    seed: int, now_min: float, skill: float, known: Known, logs: Logs, near_m: float, near_days: float, grid: Grid
) -> Array:
    """Return how strongly the burglaries of the last weeks warn of each cell, shape [cells].

    Each burglary that an analyst notices warns by `exp(−distance / near_m) · exp(−age / near_days)`, and is noticed
    with probability `skill / 0.8`; its draw is its own, so that the more skilled notice what the less skilled do, and
    more.

    Parameters
    ----------
    seed : int
        Seed of the replication.
    now_min : float
        Minutes since the start of the run.
    skill : float
        Mean skill of the analysts, 0 to 1.
    known : Known
        The cases that they see.
    logs : Logs
        Of which the identities of the calls are read.
    near_m, near_days : float
        Decays.
    grid : Grid
        The cells.
    """
    age_days = (now_min - known.time_min) / MINUTES_PER_DAY
    recent = np.flatnonzero((known.type == IncidentType.BURGLARY) & (age_days <= REACHES * near_days))
    calls = logs.calls.take(known.call[recent])
    lots = np.empty(len(calls))
    _draw_lots(seed, calls, lots)
    seen = recent[lots * SKILLED < skill]
    return _around(known.cell[seen], np.exp(-age_days[seen] / near_days), near_m, grid)


@kernel
def _draw_lots(seed: int, calls: Array, lots: Array) -> None:
    """Draw a number for the case of each of these calls."""
    for i in range(len(calls)):
        lots[i] = uniform(seed, Draw.CASE_SEEN, calls[i].key_entity, calls[i].key_time)


def _around(cell: Array, weight: Array, reach_m: float, grid: Grid) -> Array:
    """Return weights that spread from cells by `exp(−distance / reach)`, added up, shape [cells]."""
    reach = int(REACHES * reach_m / grid.cell_m)
    offset = np.arange(-reach, reach + 1)
    spread = np.exp(-np.hypot(offset[:, None], offset) * grid.cell_m / reach_m)
    found = np.zeros((grid.n_rows, grid.n_cols))
    _add_around(cell, weight, spread, found)
    return found.ravel()


@kernel
def _add_around(cell: Array, weight: Array, spread: Array, found: Array) -> None:
    """Add the weight of each of these cells to all around it, times its spread to there, [2 reach + 1, 2 reach + 1]."""
    rows, cols = found.shape
    reach = len(spread) // 2
    for i in range(len(cell)):
        r, c = divmod(row(cell[i]), cols)
        for y in range(max(0, r - reach), min(rows, r + reach + 1)):
            for x in range(max(0, c - reach), min(cols, c + reach + 1)):
                found[y, x] += weight[i] * spread[y - r + reach, x - c + reach]


def fresh_series(cases: Cases, logs: Logs, now_min: float, days: float, latest: int) -> Array:
    """Return the cells of the latest cases of each series of which there was news in the last days.

    News is a link of which the detectives have heard.
    """
    rows = cases.rows[: cases.used[ROWS]]
    news = rows["heard"] & (now_min - rows["series_known_min"] <= days * MINUTES_PER_DAY)
    in_series = np.flatnonzero(rows["series"] >= 0)
    known = _known(in_series[np.isin(rows["series"][in_series], rows["series"][news])], cases, logs, now_min)
    series = rows["series"][known.row]
    order = np.lexsort((known.time_min, series))
    series = series[order]
    later = np.searchsorted(series, series, side="right") - np.arange(len(series))  # of its series, itself among them
    return known.cell[order[later <= latest]]


def mean_skill(officers: Array, post: Post, day: int) -> float:
    """Return the mean skill of the personnel of a post who are on duty on a day, 0 if nobody is."""
    there = (officers["post"] == post) & (officers["last_duty_day"] == day)
    return float(officers["skill"][there].mean()) if there.any() else 0.0


def workload(logs: Logs, beats: BeatPlan, from_min: float, now_min: float, crime_min: float) -> Array:
    """Return the minutes of work that each beat gave patrol in some time by police records, shape [beats].

    A call counts the unit-minutes from dispatch until it was cleared, one that no unit came to the mean of the others;
    each recorded crime at a place adds `crime_min`, which preventing such crimes is taken to be worth.
    """
    calls = logs.calls[: logs.used[CALLS]]
    asked = np.isin(calls["state"], (CallState.SERVED, CallState.EXPIRED)) & (calls["beat"] >= 0)
    asked &= (calls["received_min"] >= from_min) & (calls["received_min"] < now_min)
    calls = calls.take(np.flatnonzero(asked))
    served = calls["state"] == CallState.SERVED
    minutes = np.where(served, calls["sent"] * (calls["cleared_min"] - calls["dispatched_min"]), 0.0)
    minutes[~served] = minutes[served].mean() if served.any() else 0.0
    n = len(beats.district)
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    entered = (
        (crimes["recorded_time_min"] >= max(from_min, 0.0))
        & (crimes["recorded_time_min"] < now_min)
        & at_places(crimes["recorded_type"])
    )
    beat = beats.beat[crimes["recorded_cell"][entered]]
    found: Array = np.bincount(calls["beat"], weights=minutes, minlength=n) + crime_min * np.bincount(
        beat[beat >= 0], minlength=n
    )
    return found
