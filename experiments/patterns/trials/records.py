"""What the analyst of a field experiment has: counts of police records by unit, before and after, and the estimators.

Nothing here has seen the truth: counts are made of a `Briefing`, which holds what the police know.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from sim.arrays import Array
from sim.city.grid import Grid
from sim.clock import MINUTES_PER_DAY
from sim.strategies.base import Briefing

BEFORE, AFTER = 0, 1


class Units(NamedTuple):
    """The units of an experiment, treated ones and their controls, and the cells of which they consist."""

    treated: Array  # [units] bool, or a level of treatment
    unit: Array  # [parts] row of the unit of which a cell is a part
    cell: Array  # [parts]

    def add_up(self, by_cell: Array) -> Array:
        """Return values by unit of values by cell, shape [..., cells] → [..., units]."""
        member = np.zeros((by_cell.shape[-1], len(self.treated)))
        member[self.cell, self.unit] = 1.0
        found: Array = by_cell @ member
        return found


class Periods(NamedTuple):
    """What is compared: from so many days before the start, and after a pause, in some hours of the day or in all."""

    start_min: float
    before_days: int
    after_days: int
    pause_days: int = 0
    hours: tuple[int, int] | None = None  # the first and the one after the last; 11 to 3 is over midnight

    def of(self, time_min: Array) -> Array:
        """Return which moments are before, and which after, shape [2, moments], bool."""
        after_min = self.start_min + self.pause_days * MINUTES_PER_DAY
        before = (time_min >= self.start_min - self.before_days * MINUTES_PER_DAY) & (time_min < self.start_min)
        after = (time_min >= after_min) & (time_min < after_min + self.after_days * MINUTES_PER_DAY)
        within = np.ones(len(time_min), dtype=bool)
        if self.hours is not None:
            first, end = self.hours
            within = (time_min % MINUTES_PER_DAY / 60 - first) % 24 < (end - first) % 24
        return np.stack([before, after]) & within


class Outcomes(NamedTuple):
    """What an experiment counts: calls by the public, or recorded crimes; the first is the one that was published."""

    kinds: Mapping[str, tuple[int, ...]]  # name → types of incidents
    of_calls: bool = False


class Told(NamedTuple):
    """What police records say of the units of an experiment."""

    treated: Array  # [units]
    counts: Array  # [outcomes, 2, units] before and after
    around: Array  # [outcomes, 2, units] in the cells around each unit
    stopped_min: Array  # [units] minutes a day of stops of patrol after the start


def told(briefing: Briefing, units: Units, around: Units, what: Outcomes, periods: Periods) -> Told:
    """Count what police records say of the units of an experiment, and of the cells around them.

    Parameters
    ----------
    briefing : Briefing
        What the police know at the end.
    units, around : Units
        The units, and what lies around each.
    what : Outcomes
        What is counted.
    periods : Periods
        When.
    """
    n = briefing.grid.n_cells
    if what.of_calls:
        calls = briefing.calls
        by_public = ~calls.by_patrol
        kind, cell, time_min = calls.type[by_public], calls.cell[by_public], calls.received_min[by_public]
    else:
        kind, cell, time_min = briefing.recorded.type, briefing.recorded.cell, briefing.recorded.time_min
    by_cell = by_kind_and_period(kind, cell, time_min, what.kinds, periods, n)
    visits = briefing.visits
    later = visits.start_min >= periods.start_min
    stopped = np.bincount(visits.cell[later], weights=visits.dwell_min[later], minlength=n)
    days = max((briefing.now_min - periods.start_min) / MINUTES_PER_DAY, 1.0)
    return Told(units.treated, units.add_up(by_cell), around.add_up(by_cell), units.add_up(stopped) / days)


def by_kind_and_period(
    kind: Array, cell: Array, time_min: Array, kinds: Mapping[str, tuple[int, ...]], periods: Periods, n_cells: int
) -> Array:
    """Count incidents by outcome, period and cell, shape [outcomes, 2, cells]."""
    when = periods.of(time_min)
    found = np.zeros((len(kinds), 2, n_cells))
    for k, types in enumerate(kinds.values()):
        for p in (BEFORE, AFTER):
            found[k, p] = np.bincount(cell[when[p] & np.isin(kind, types)], minlength=n_cells)
    return found


def around_units(units: Units, grid: Grid, inside: Array, within_m: float) -> Units:
    """Return the cells of the city around each unit that belong to none, each to the nearest unit.

    Parameters
    ----------
    units : Units
        The units.
    grid, inside : Grid, array of bool [cells]
        The cells, and those of the city.
    within_m : float
        Distance from centre to centre.
    """
    free = inside.copy()
    free[units.cell] = False
    cells = np.flatnonzero(free)
    places = np.column_stack([grid.x_m, grid.y_m])
    if not len(units.cell) or within_m <= 0.0:
        return Units(units.treated, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    apart, part = cKDTree(places[units.cell]).query(places[cells], distance_upper_bound=within_m + 1e-6)
    near = np.isfinite(apart)
    return Units(units.treated, units.unit[part[near]], cells[near])


def totals(counts: Array, treated: Array) -> tuple[Array, Array]:
    """Return counts of all treated units and of all controls, shape [2]: before, after."""
    of = treated.astype(bool)
    return counts[:, of].sum(axis=1), counts[:, ~of].sum(axis=1)


def relative_change(treated: Array, control: Array) -> float | None:
    """Return the change of treated units against that of controls, in per cent: `100·[(T₁/T₀)/(C₁/C₀) − 1]`.

    Parameters
    ----------
    treated, control : array [2]
        Counts before and after.

    Returns
    -------
    float or None
        None where one of the first three counts is 0.
    """
    if treated[BEFORE] == 0 or control.min() == 0:
        return None
    return float(100.0 * (treated[AFTER] / treated[BEFORE] * control[BEFORE] / control[AFTER] - 1.0))


def odds_ratio(treated: Array, control: Array) -> tuple[float, float] | None:
    """Return `(a·d)/(b·c)` with the standard error of its logarithm, `√(1/a + 1/b + 1/c + 1/d)`.

    a and b are counts of treated units before and after, c and d those of controls; above 1 treated units did better
    (Farrington et al. 2007; Bennett, Holloway & Farrington 2008). None where a count is 0.
    """
    (a, b), (c, d) = treated, control
    if min(a, b, c, d) == 0:
        return None
    return float(a * d / (b * c)), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)


def significant_share(counts: Array, level: Array, alpha: float = 0.05) -> float | None:
    """Return of how many comparisons of two levels, in per cent, the change of their units differs significantly.

    Each outcome is compared between each two levels by Student's t on the change of each unit.

    Parameters
    ----------
    counts : array [outcomes, 2, units]
        Before and after.
    level : array of int [units]
        Level of treatment.
    alpha : float
        Level of significance.
    """
    from scipy import stats  # a second to import

    change = counts[:, AFTER] - counts[:, BEFORE]
    levels = np.unique(level)
    p_values = [
        stats.ttest_ind(row[level == one], row[level == other]).pvalue
        for row in change
        for one in levels
        for other in levels[levels > one]
        if np.ptp(row) > 0
    ]
    return 100.0 * float(np.mean(np.array(p_values) < alpha)) if p_values else None
