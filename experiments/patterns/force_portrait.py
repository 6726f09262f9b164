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


def force_portrait_of(tables: Mapping[str, Mapping[str, Any]], indicators: Mapping[str, float | None]) -> ForcePortrait:
    """Make the portrait of the force from the tables and indicators of a run."""
    force, recorded = tables["force"], tables["recorded"]
    types, cleared = np.asarray(recorded["type"]), np.asarray(recorded["cleared"])
    return ForcePortrait(
        heads=np.asarray(force["heads"], dtype=float),
        fatigue=np.asarray(force["fatigue_mean"], dtype=float),
        cleared={
            str(name): (int((types == name).sum()), int(cleared[types == name].sum())) for name in np.unique(types)
        },
        response_slope=_response_slope(tables),
        series_delay_days=np.ma.filled(np.ma.asarray(tables["series"]["delay_days"], dtype=float), np.inf),
        clearance_series=indicators.get("clearance_series"),
    )


def _response_slope(tables: Mapping[str, Mapping[str, Any]]) -> float | None:
    """Percentage points of clearance that go with 10 % more response time; None with too few crimes."""
    from sim.outcomes.investigation_results import clearance_by_response

    found = clearance_by_response(dict(tables["incidents"]), dict(tables["calls"]))
    return None if found is None else float(found.points)
