"""Inspections and rounds in turn: where the last one is longest ago comes first."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.police.post_ledger import Hours, Work

NEVER_MIN = -np.inf


class Inspections:
    """Whom to inspect, when each was inspected last, and the minutes that an unfinished one has had.

    Attributes
    ----------
    last_min : array [places]
        When each was inspected, minutes since the start, −inf if never.
    """

    def __init__(self, places: int) -> None:
        self.last_min = np.full(places, NEVER_MIN)
        self._begun_min = 0.0

    def due(self, now_min: float, hours: Hours, share: float, takes_min: float, least_days: float) -> Array:
        """Spend a share of the free minutes of a post on inspections, and return the places that are finished today.

        Their `last_min` is for the caller to set, by `done`, once their books are read.

        Parameters
        ----------
        now_min : float
            Minutes since the start.
        hours : Hours
            Of the post.
        share : float
            Of its free minutes, at most.
        takes_min, least_days : float
            Of an inspection; from one of a place to its next, at least.
        """
        waiting = np.flatnonzero(now_min - self.last_min >= 1440.0 * least_days)
        waiting = waiting[np.argsort(self.last_min[waiting], kind="stable")]
        spent = min(share * hours.able(), max(0.0, len(waiting) * takes_min - self._begun_min))
        hours.spend(Work.COMMUNITY_WORK, spent)
        self._begun_min += spent
        n = min(len(waiting), int(self._begun_min / takes_min + 1e-9))
        self._begun_min -= n * takes_min
        return waiting[:n]

    def done(self, places: Array, now_min: float) -> Array:
        """Note that places were inspected, and return when each was last inspected before."""
        before: Array = self.last_min[places]
        self.last_min[places] = now_min
        return before
