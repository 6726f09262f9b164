"""A pilot is judged by recorded crime at places, against the districts without it, and by nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.course.evidence import relative_change
from sim.incident_types import IncidentType
from sim.strategies.base import Recorded

DAY = 1440.0
PILOT = np.array([True, False])


def records(*entered: tuple[float, int], kind: IncidentType = IncidentType.BURGLARY) -> Recorded:
    """Return records that entered on a day, in a cell."""
    day, cell = (np.array(column) for column in zip(*entered, strict=True))
    minutes, nobody = day * DAY, np.full(len(day), -1)
    return Recorded(np.full(len(day), kind), minutes, cell.astype(int), minutes, minutes, minutes, nobody, nobody)


def many(*counts: tuple[int, float, int]) -> list[tuple[float, int]]:
    return [(day, cell) for number, day, cell in counts for _ in range(number)]


def test_the_change_is_that_of_the_pilot_relative_to_the_others() -> None:
    known = records(*many((10, 95, 0), (20, 95, 1), (6, 195, 0), (24, 195, 1)))
    assert relative_change(known, PILOT, 100 * DAY, 200 * DAY, 10) == pytest.approx((6 / 10) / (24 / 20))


def test_days_outside_both_periods_and_other_crimes_do_not_count() -> None:
    known = many((10, 95, 0), (20, 95, 1), (6, 195, 0), (24, 195, 1))
    noise = many((50, 80, 0), (50, 120, 0), (50, 201, 1))
    one, other = (relative_change(records(*rows), PILOT, 100 * DAY, 200 * DAY, 10) for rows in (known, known + noise))
    assert one == other
    frauds = records(*known, kind=IncidentType.FRAUD)
    assert relative_change(frauds, PILOT, 100 * DAY, 200 * DAY, 10) == math.inf


@pytest.mark.parametrize("gone", [0, 1, 3])
def test_without_records_nothing_is_known(gone: int) -> None:
    counts = [(10, 95.0, 0), (20, 95.0, 1), (6, 195.0, 0), (24, 195.0, 1)]
    del counts[gone]
    assert relative_change(records(*many(*counts)), PILOT, 100 * DAY, 200 * DAY, 10) == math.inf
