"""How well a plan foretells where crime will be.

Its stops as a forecast, scored with the crimes that follow until the next plan.

PAI, the predictive accuracy index, is the share of crimes that the stops hit over their share of the area (Chainey,
Tompson & Uhlig 2008). PEI, the predictive efficiency index, is their hits over the most that as many cells could have
hit (Hunt 2016). Both are scored by weeks and pooled over them, so that weeks with few crimes count little. A plan that
works spoils its own score: crimes that its patrols deter are not there to be hit.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import at_places
from sim.incidents.log import INCIDENTS, Logs, said_min

WEEK_DAYS = 7
MOST_SHARE = 0.5  # of the cells of a city: who stops at more of them foretells nothing


class Forecast(NamedTuple):
    """The cells at which a plan stops, each once, in force from the start of a day until the next plan."""

    day: int
    cells: Array


class Accuracy(NamedTuple):
    """Scores of the forecasts of a run; None without a forecast or without a crime."""

    pai: float | None
    pei: float | None


def accuracy(
    forecasts: Sequence[Forecast], time_min: Array, cell: Array, cells: int, first: int, last: int
) -> Accuracy:
    """Score forecasts with crimes, by weeks that count from the first day.

    Parameters
    ----------
    forecasts : sequence of Forecast
        In order of days.
    time_min, cell : Array
        When, in minutes since the start of the run, and where crimes were, shape [crimes].
    cells : int
        Cells of the city.
    first, last : int
        The first day that counts, and the day after the last.

    Returns
    -------
    Accuracy
        PAI and PEI. Days of plans that stop nowhere, or at half of the cells or more, are left out. Within a week the
        most hits possible are those of the cells with most crimes of the scored days, as many as the forecasts had on
        average, or the hits of a plan that changes and does better.
    """
    order = np.argsort(time_min, kind="stable")
    when, where = time_min[order], cell[order]
    starts = [forecast.day for forecast in forecasts]
    hits = crimes = best = 0.0
    area = 0.0  # share of the area, weighted with the crimes of its week
    for begin in range(first, last, WEEK_DAYS):
        end = min(begin + WEEK_DAYS, last)
        in_force = slice(max(bisect_right(starts, begin) - 1, 0), bisect_left(starts, end))
        week = _week(forecasts[in_force], when, where, cells, begin, end)
        crimes += week.crimes
        hits += week.hits
        best += week.best
        area += week.area_share * week.crimes
    if not crimes:
        return Accuracy(None, None)
    return Accuracy(hits / area, hits / best)


class _Week(NamedTuple):
    crimes: int
    hits: int
    best: int
    area_share: float


def _week(forecasts: Sequence[Forecast], when: Array, where: Array, cells: int, begin: int, end: int) -> _Week:
    """Add up the days of a week that selective plans cover; crimes are in order of time."""
    days = hits = foretold = 0
    met: list[Array] = []
    ends = [*(forecast.day for forecast in forecasts[1:]), end]
    for forecast, until in zip(forecasts, ends, strict=False):
        start = max(forecast.day, begin)
        if start >= until or not 0 < len(forecast.cells) < MOST_SHARE * cells:
            continue
        first, last = np.searchsorted(when, [start * MINUTES_PER_DAY, until * MINUTES_PER_DAY])
        met.append(where[first:last])
        days += until - start
        foretold += (until - start) * len(forecast.cells)
        hits += int(np.isin(met[-1], forecast.cells).sum())
    if not days:
        return _Week(0, 0, 0, 0.0)
    there = np.concatenate(met)
    by_cell = np.sort(np.unique(there, return_counts=True)[1])[::-1]
    best = int(by_cell[: max(1, round(foretold / days))].sum())
    return _Week(len(there), hits, max(best, hits), foretold / days / cells)


def forecast_indicators(
    forecasts: Sequence[Forecast], logs: Logs, inside: Array, first: int, last: int
) -> dict[str, float | None]:
    """Return `pai` and `pei` by the true crimes at places, `pai_recorded` and `pei_recorded` by recorded ones.

    Parameters
    ----------
    forecasts : sequence of Forecast
        Those of the run, in order of days.
    logs : Logs
        The crimes of the run.
    inside : Array
        Whether each cell belongs to the city, shape [cells].
    first, last : int
        The first day that counts, and the day after the last.
    """
    crimes, cells = logs.incidents[: logs.used[INCIDENTS]], int(np.count_nonzero(inside))
    true = crimes[at_places(crimes["type"])]
    books = crimes[
        at_places(crimes["recorded_type"])
        & (crimes["recorded_time_min"] >= 0)
        & (crimes["recorded_time_min"] < last * MINUTES_PER_DAY)
    ]
    by_truth = accuracy(forecasts, true["time_min"], true["cell"], cells, first, last)
    by_books = accuracy(forecasts, said_min(books), books["recorded_cell"], cells, first, last)
    return {"pai": by_truth.pai, "pei": by_truth.pei, "pai_recorded": by_books.pai, "pei_recorded": by_books.pei}
