"""The decision to scale a pilot up (试点推广), on nothing but what the police can see."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import PLACE_CRIMES
from sim.parameters import Parameters, parameter
from sim.strategies.base import Recorded


class ScaleUp(Parameters):
    """A rule on recorded crime: the phase begins once records have fallen in the pilot district against the others.

    The pilot is the phase before it.
    """

    fall: float = parameter(
        0.1, unit="share", ge=-1, lt=1, source="assumption: a tenth",
        doc="Fall of recorded crime at places in the pilot districts, relative to that in the others, that is enough.",
    )  # fmt: skip
    days: int = parameter(
        56, unit="days", ge=1, le=7300, source="assumption: eight weeks",
        doc="Days up to the decision that are compared with as many days before the pilot began.",
    )  # fmt: skip
    review_days: int = parameter(
        28, unit="days", ge=1, le=7300, source="assumption: once a month",
        doc="Days from one look at the records to the next; the first is on the start_day of the phase.",
    )  # fmt: skip


def relative_change(recorded: Recorded, pilot: Array, begun_min: float, now_min: float, days: float) -> float:
    """Return recorded crime in the pilot after and before, relative to the same elsewhere; infinity without records.

    `(pilot now / pilot before) / (others now / others before)`, by the days on which crimes entered police records.

    Parameters
    ----------
    recorded : Recorded
        What police records say.
    pilot : array of bool [cells]
        Where the pilot is.
    begun_min, now_min : float
        When it began, and now, in minutes since the start of the run.
    days : float
        Length of both periods.
    """
    known = recorded.of(PLACE_CRIMES)
    inside = pilot[known.cell]

    def count(until_min: float) -> tuple[int, int]:
        there = (known.entered_min < until_min) & (known.entered_min >= until_min - days * MINUTES_PER_DAY)
        return int(np.count_nonzero(there & inside)), int(np.count_nonzero(there & ~inside))

    (before, before_elsewhere), (now, now_elsewhere) = count(begun_min), count(now_min)
    if not (before and before_elsewhere and now_elsewhere):
        return float("inf")
    return (now / before) / (now_elsewhere / before_elsewhere)
