"""The portrait of the force in one run.

Personnel by day, what was cleared, how response time went with it, when news of a series came.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ForcePortrait(NamedTuple):
    """What is kept of the force of one run."""

    heads: NDArray[np.float64]  # [days]
    fatigue: NDArray[np.float64]  # [days] mean over the heads, 0 to 1
    cleared: dict[str, tuple[int, int]]  # type in police records → crimes recorded, of these cleared
    response_slope: float | None  # percentage points of clearance per 10 % more response time
    series_delay_days: NDArray[
        np.float64
    ]  # of each case that belongs with an earlier one: until the detectives knew, infinity if never
    clearance_series: float | None
    officers_per_1000: float
    auxiliaries_per_1000: float
    cars_per_100000: float  # patrol units on duty at one time, mean of the hours of the day
    cars_at_night: float  # from 0 to 6 h, of that mean
    cars_in_the_evening: float  # from 18 to 24 h
    hours_a_week: float | None  # that one of the personnel works
    sick_percent: float | None  # of the personnel, at one time


def force_portrait_of(
    tables: Mapping[str, Mapping[str, Any]], indicators: Mapping[str, float | None], residents: int, crew: int
) -> ForcePortrait:
    """Make the portrait of the force from the tables and indicators of a run.

    Parameters
    ----------
    tables, indicators : mapping
        Of the run.
    residents : int
        People of the city.
    crew : int
        People in a patrol unit.
    """
    force, recorded = tables["force"], tables["recorded"]
    types, cleared = np.asarray(recorded["type"]), np.asarray(recorded["cleared"])
    heads, auxiliaries, sick, worked_hours = (
        np.asarray(force[name], dtype=float) for name in ("heads", "auxiliaries", "sick", "worked_hours")
    )
    cars = np.asarray(tables["duty"]["officers"], dtype=float)[np.asarray(tables["duty"]["post"]) == "patrol"] / crew
    mean_cars = float(cars.mean())
    return ForcePortrait(
        heads=heads,
        fatigue=np.asarray(force["fatigue_mean"], dtype=float),
        cleared={
            str(name): (int((types == name).sum()), int(cleared[types == name].sum())) for name in np.unique(types)
        },
        response_slope=_response_slope(tables),
        series_delay_days=np.ma.filled(np.ma.asarray(tables["series"]["delay_days"], dtype=float), np.inf),
        clearance_series=indicators.get("clearance_series"),
        officers_per_1000=1000 * float((heads - auxiliaries).mean()) / residents,
        auxiliaries_per_1000=1000 * float(auxiliaries.mean()) / residents,
        cars_per_100000=1e5 * mean_cars / residents,
        cars_at_night=float(cars[:6].mean()) / mean_cars if mean_cars else 0.0,
        cars_in_the_evening=float(cars[18:].mean()) / mean_cars if mean_cars else 0.0,
        hours_a_week=7 * float(worked_hours.sum() / heads.sum()) if heads.sum() else None,
        sick_percent=100 * float(sick.sum() / heads.sum()) if heads.sum() else None,
    )


def _response_slope(tables: Mapping[str, Mapping[str, Any]]) -> float | None:
    """Percentage points of clearance that go with 10 % more response time; None with too few crimes."""
    from sim.outcomes.investigation_results import clearance_by_response

    found = clearance_by_response(dict(tables["incidents"]), dict(tables["calls"]))
    return None if found is None else float(found.points)
