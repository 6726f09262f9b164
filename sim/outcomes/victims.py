"""Who suffers which crime how often, and at which hours of the week homes and shops are burgled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.clock import HOURS_PER_WEEK
from sim.incident_types import TARGET_NAMES, Target
from sim.incidents.target_parameters import AGE_BANDS, BAND_NAMES
from sim.outcomes.offending import by_hour_of_week
from sim.outcomes.tables import Columns

PERSON, HOUSEHOLD, SHOP = 0, 1, 2
VICTIMS = np.array(["person", "household", "shop"])
TIMES = np.array(["1", "2", "3+"])
HOMES = tuple(TARGET_NAMES[target] for target in (Target.EMPTY_HOME, Target.SLEEPING_HOME))
WEEKEND_HOURS = 2 * 24  # the last of the week


def victim_table(incidents: Columns) -> Columns:
    """Count victims by type, age and how often they suffered the type, in the format of `victims.parquet`.

    Parameters
    ----------
    incidents : dict
        Columns of `incident_table`; crimes without a victim of the city are left out.

    Returns
    -------
    dict
        `type, subtype, victim` (person, household or shop), `age_band` (of persons), `times` (1, 2 or 3+), `victims`.
    """
    target = np.ma.filled(incidents["target"], "")
    of = np.where(target == TARGET_NAMES[Target.SHOP], SHOP, np.where(np.isin(target, HOMES), HOUSEHOLD, PERSON))
    who = np.where(of == SHOP, np.ma.filled(incidents["shop_id"], -1), np.ma.filled(incidents["victim_id"], -1))
    band = np.where(of == PERSON, np.searchsorted(AGE_BANDS, np.ma.filled(incidents["victim_age"], 0), "right"), -1)
    subtype = np.ma.filled(incidents["subtype"], "")
    kinds, kind = np.unique(np.stack([incidents["type"].astype(str), subtype.astype(str)]), axis=1, return_inverse=True)
    suffered = np.stack([kind.ravel(), of, band, who], axis=1)[who >= 0]
    one, crimes = np.unique(suffered, axis=0, return_counts=True)
    times = np.minimum(crimes, len(TIMES)) - 1
    rows, victims = np.unique(np.column_stack([one[:, :3], times]), axis=0, return_counts=True)
    name, of_row, band_row, times_row = rows.T
    return {
        "type": kinds[0, name],
        "subtype": np.ma.masked_array(kinds[1, name], mask=kinds[1, name] == ""),
        "victim": VICTIMS[of_row],
        "age_band": np.ma.masked_array(np.array(BAND_NAMES)[band_row], mask=band_row < 0),
        "times": TIMES[times_row],
        "victims": victims,
    }


def burglary_hours(incidents: Mapping[str, Any], start_weekday: int) -> dict[str, Array]:
    """Count burglaries by hour of the week: those of `empty_home`, `sleeping_home` and `shop`.

    Parameters
    ----------
    incidents : mapping
        Columns of `incident_table`.
    start_weekday : int
        Weekday of the first measured day, 0 is Monday.

    Returns
    -------
    dict
        Name of the target → counts from Monday, midnight, on, shape [168].
    """
    target, burglary = np.ma.filled(incidents["target"], ""), np.asarray(incidents["type"]) == "burglary"
    return {
        name: by_hour_of_week(np.asarray(incidents["time_min"])[burglary & (target == name)], start_weekday)
        for name in (*HOMES, TARGET_NAMES[Target.SHOP])
    }


def share_between(by_hour: Array, first: int, end: int) -> float | None:
    """Return the share of what is counted by hour of the week, shape [168], from one hour of the day to another."""
    of_day = by_hour.reshape(-1, 24).sum(axis=0)
    return float(of_day[first:end].sum() / of_day.sum()) if of_day.any() else None


def weekend_ratio(by_hour: Array) -> float | None:
    """Return how much there is on a day of the weekend for one on a weekday, by hour of the week, shape [168]."""
    weekdays = by_hour[: HOURS_PER_WEEK - WEEKEND_HOURS].sum() / 5
    return float(by_hour[HOURS_PER_WEEK - WEEKEND_HOURS :].sum() / 2 / weekdays) if weekdays else None
