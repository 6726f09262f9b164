"""The ledger of the posts that do not patrol, and work that waits.

Every minute on duty is booked, what finds no minutes grows old in a queue.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from enum import IntEnum
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.police.posts import Post


class Work(IntEnum):
    """What the personnel of a post do; each is a column of the ledger of the posts."""

    CASE_WORK = 0
    OTHER_CASES = 1
    SERIES_ANALYSIS = 2
    CALL_TAKING = 3
    REPORTS = 4
    COUNTER = 5
    ADMINISTRATION = 6
    COMMUNITY_WORK = 7
    TRAINING = 8
    VISITS = 9
    EDUCATION = 10
    MEDIATION = 11
    ORGANISING = 12
    LIAISON = 13
    FRAUD_WARNING = 14
    DISSUASION = 15
    DAILY_ANALYSIS = 16
    WEEKLY_ANALYSIS = 17
    MONTHLY_REVIEW = 18
    VIDEO_PATROL = 19
    BASE_DATA = 20
    STANDBY = 21
    SUPERVISION = 22
    OPERATIONS = 23  # mass incidents and the security of events


_ROUNDING = 1e-9
WORK_NAMES = tuple(work.name.lower() for work in Work)


def new_post_ledger(days: int) -> Array:
    """Return an empty ledger of head-minutes, shape [days, posts, works]; patrol has a ledger of its own."""
    return np.zeros((days, len(Post), len(Work)))


class Hours:
    """The minutes of a post on a day, and where they go.

    Parameters
    ----------
    ledger : array [works]
        The post's row of the ledger for the day, which is written.
    sworn_min, auxiliary_min : float
        Head-minutes on duty.
    slow : float
        Work takes this many times as long as the rested need.
    """

    def __init__(self, ledger: Array, sworn_min: float, auxiliary_min: float, slow: float) -> None:
        self._ledger, self.slow = ledger, slow
        self.sworn_min, self.auxiliary_min = sworn_min, auxiliary_min
        self._kept = 0.0, 0.0

    @property
    def left_min(self) -> float:
        """Minutes that are not booked yet."""
        return self.sworn_min + self.auxiliary_min

    def able(self, sworn_only: bool = False) -> float:
        """Return how much work, in minutes of rested personnel, can still be done."""
        return (self.sworn_min if sworn_only else self.left_min) / self.slow

    def spend(self, work: Work, amount: float, sworn_only: bool = False) -> None:
        """Book work in minutes of rested personnel, which takes the tired longer; auxiliaries do it first if they may.

        Raises
        ------
        ValueError
            If the post does not have the minutes.
        """
        minutes = amount * self.slow
        there = self.sworn_min if sworn_only else self.left_min
        if not 0.0 <= minutes <= there * (1 + 1e-9) + 1e-6:
            raise ValueError(f"{minutes} minutes of {work.name} cannot be booked: the post has {there}")
        self._ledger[work] += minutes
        by_auxiliaries = 0.0 if sworn_only else min(minutes, self.auxiliary_min)
        self.auxiliary_min -= by_auxiliaries
        self.sworn_min = max(0.0, self.sworn_min - (minutes - by_auxiliaries))

    def keep_back(self, share: float) -> None:
        """Put a share of what is left out of reach of those who order work, until it is given back."""
        self._kept = share * self.sworn_min, share * self.auxiliary_min
        self.sworn_min, self.auxiliary_min = self.sworn_min - self._kept[0], self.auxiliary_min - self._kept[1]

    def give_back(self) -> None:
        """Put what was kept back to what is left."""
        self.sworn_min, self.auxiliary_min = self.sworn_min + self._kept[0], self.auxiliary_min + self._kept[1]
        self._kept = 0.0, 0.0

    @contextmanager
    def within(self, share: float) -> Iterator[None]:
        """Leave only a share of what is left in reach until the block ends."""
        others = (1.0 - share) * self.sworn_min, (1.0 - share) * self.auxiliary_min
        self.sworn_min, self.auxiliary_min = self.sworn_min - others[0], self.auxiliary_min - others[1]
        yield
        self.sworn_min, self.auxiliary_min = self.sworn_min + others[0], self.auxiliary_min + others[1]

    def close(self) -> float:
        """Book what is left as standby, and return the minutes that were spent on work."""
        self._ledger[Work.STANDBY] += self.left_min
        self.sworn_min = self.auxiliary_min = 0.0
        return float(self._ledger.sum() - self._ledger[Work.STANDBY])


class PostHours(dict[Post, Hours]):
    """The hours of a day by post; units of patrol work on the grid and have none here."""

    def within(self, shares: Mapping[Post, float]) -> ExitStack:
        """Leave only a share of what some posts have left in reach until the block ends."""
        kept = ExitStack()
        for post, share in shares.items():
            kept.enter_context(self[post].within(share))
        return kept

    def __missing__(self, post: Any) -> Hours:
        raise KeyError(
            f"{post!r} has no hours by the day; posts that have are {', '.join(f'Post.{one.name}' for one in self)}"
        )


class Queue:
    """Work in minutes that waits, the oldest first."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, int, float]] = deque()  # day on which it came, subject, minutes

    @property
    def minutes(self) -> float:
        """Minutes of work that wait."""
        return sum(minutes for _, _, minutes in self._waiting)

    def age_days(self, day: int) -> int:
        """Return the age of the oldest work, 0 if none waits."""
        return day - self._waiting[0][0] if self._waiting else 0

    def add(self, day: int, minutes: float, subject: int = -1) -> None:
        """Let work wait that came on a day, about a subject or none."""
        self._waiting.append((day, subject, minutes))

    def older_than(self, day: int) -> float:
        """Return the minutes of work that came before a day."""
        return sum(minutes for came, _, minutes in self._waiting if came < day)

    def take(self, minutes: float) -> tuple[float, list[int]]:
        """Do at most this many minutes of work; return how many were done, and the subjects that are finished."""
        left, finished = minutes, []
        while self._waiting and left >= self._waiting[0][2] - _ROUNDING:
            _, subject, needed = self._waiting.popleft()
            left = max(0.0, left - needed)
            finished.append(subject)
        if self._waiting and left > 0.0:
            came, subject, needed = self._waiting[0]
            self._waiting[0] = came, subject, needed - left
            left = 0.0
        return minutes - left, finished
