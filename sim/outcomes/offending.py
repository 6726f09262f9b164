"""Who offends how often, who suffers more than once, how far from home crime is, and at which hours of the week."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import HOURS_PER_WEEK

MINUTES_PER_HOUR = 60


def offences_by_offender(offender_id: Any, co_offender_id: Any = None) -> Array:
    """Count the offences of each offender who is known to the model; an offence of two counts for each.

    Parameters
    ----------
    offender_id, co_offender_id : Array
        Row of the offender, and of a second one, shape [incidents]; masked where there is none.

    Returns
    -------
    Array
        Offences of those with at least one, most first.
    """
    ids = [np.ma.compressed(np.ma.asarray(column)) for column in (offender_id, co_offender_id) if column is not None]
    out: Array = np.sort(np.unique(np.concatenate(ids), return_counts=True)[1])[::-1]
    return out


class RepeatVictims(NamedTuple):
    """Victims of two or more crimes: their share of the victims, and the share of the crimes that they suffer."""

    of_victims: float | None
    of_crimes: float | None


def repeat_victims(victim_id: Any) -> RepeatVictims:
    """Measure repeat victimisation.

    Parameters
    ----------
    victim_id : Array
        Resident who suffered the incident, shape [incidents]; masked where it was none, as in a shop.

    Returns
    -------
    RepeatVictims
        None without any victim.
    """
    crimes = np.unique(np.ma.compressed(np.ma.asarray(victim_id)), return_counts=True)[1]
    if not len(crimes):
        return RepeatVictims(None, None)
    again = crimes[crimes > 1]
    return RepeatVictims(float(len(again) / len(crimes)), float(again.sum() / crimes.sum()))


def median_of_counts(counts: Array, edges: Array) -> float | None:
    """Return the median of what a histogram counts, values taken as evenly spread in each bin; None when it is empty.

    Parameters
    ----------
    counts : Array
        Values by bin, shape [bins].
    edges : Array
        Limits of the bins, ascending, shape [bins + 1].
    """
    total = counts.sum()
    if total <= 0:
        return None
    return float(np.interp(0.5, np.concatenate([[0.0], np.cumsum(counts) / total]), edges))


def by_hour_of_week(time_min: Array, start_weekday: int) -> Array:
    """Count events by hour of the week.

    Parameters
    ----------
    time_min : Array
        Times in minutes since midnight of the first day, shape [events].
    start_weekday : int
        Weekday of the first day, 0 is Monday.

    Returns
    -------
    Array
        Events from Monday, midnight, on, shape [168].
    """
    hour = (np.asarray(time_min) // MINUTES_PER_HOUR).astype(np.int64) + 24 * start_weekday
    out: Array = np.bincount(hour % HOURS_PER_WEEK, minlength=HOURS_PER_WEEK)
    return out


def relative_to_mean(counts: Array) -> Array:
    """Return counts divided by their mean; not a number when all are 0."""
    mean = counts.mean()
    out: Array = counts / mean if mean > 0 else np.full(len(counts), np.nan)
    return out
