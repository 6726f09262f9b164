"""What police records hold of some days, counted alike in a file and in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from experiments.presentation.indicators import DAYS_A_YEAR
from sim.city.city import CRIME_EVIDENCE
from sim.city.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEAST_ROWS = 20  # a window, of a type; fewer say next to nothing
QUARTERS = ((0, 6), (6, 12), (12, 18))  # of the day; the fourth follows from them


class Records(NamedTuple):
    """Crimes in police records.

    Attributes
    ----------
    days : float
        So many days.
    types : dict
        Type → crimes.
    hours : array
        Crimes by hour of the day, shape [24].
    cells : array
        Crimes of each cell that has any, most first.
    """

    days: float
    types: dict[str, int]
    hours: NDArray[np.int64]
    cells: NDArray[np.int64]


class Measure(NamedTuple):
    """A number of records: what tables call it, and its unit."""

    title: Notice
    unit: str


MEASURES = {
    **{
        f"recorded_{name}": Measure(Notice("recorded: {type}", type=Notice(name)), "per 1,000 a year")
        for name in CRIME_EVIDENCE
    },
    **{
        f"hours_{first:02}_to_{end:02}": Measure(Notice("recorded from {first} to {end} h", first=first, end=end), "%")
        for first, end in QUARTERS
    },
    "cells_with_half": Measure(Notice("cells with half of what is recorded"), "per 100 crimes"),
}


def measure(name: str, records: Records, residents: int) -> float:
    """Return a number of records, NaN where there is nothing to measure."""
    every = int(records.hours.sum())
    if name.startswith("recorded_"):
        count = records.types[name.removeprefix("recorded_")]
        return count * 1000 / residents * DAYS_A_YEAR / records.days
    if not every:
        return float("nan")
    if name == "cells_with_half":
        return 100 * float(np.searchsorted(np.cumsum(records.cells), every / 2) + 1) / every
    first, end = (int(hour) for hour in name.removeprefix("hours_").split("_to_"))
    return 100 * float(records.hours[first:end].sum()) / every


def enough(name: str, windows: Sequence[Records]) -> bool:
    """Whether every window has enough rows for a number."""
    if name.startswith("recorded_"):
        return all(one.types[name.removeprefix("recorded_")] >= LEAST_ROWS for one in windows)
    return all(int(one.hours.sum()) >= 2 * LEAST_ROWS for one in windows)
