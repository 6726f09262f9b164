"""What programmes did in the measured days: their diaries as a table, and the indicators that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

import numpy as np

from sim.arrays import Array

Columns = dict[str, Any]
EXPENSES = {
    "cost": "cost_police",
    "others_cost": "cost_others",
}  # total in yuan that a programme may note → whose account it enters


class Diarist(Protocol):
    """What keeps a diary of a run, see `sim.programmes.base.Programme`."""

    name: ClassVar[str]
    totals: ClassVar[tuple[str, ...]]
    means: ClassVar[tuple[str, ...]]
    diary: dict[str, Array]


def programme_table(programmes: Sequence[Diarist], first: int, last: int) -> Columns:
    """Return one row a programme, measure and day with something to tell, in the format of `programmes.parquet`.

    Days count from the first.
    """
    parts = [
        (programme.name, measure, int(day), float(values[first + day]))
        for programme in programmes
        for measure, values in programme.diary.items()
        for day in np.flatnonzero(values[first:last])
    ]
    name, measure, day, value = zip(*parts, strict=True) if parts else ((), (), (), ())
    return {
        "programme": np.array(name, dtype=str),
        "measure": np.array(measure, dtype=str),
        "day": np.array(day, dtype=int),
        "value": np.array(value),
    }


def programme_indicators(programmes: Sequence[Diarist], first: int, last: int) -> dict[str, float | None]:
    """Return the total or the mean over days first … last − 1 of what programmes noted, as `<programme>_<measure>`.

    Yuan are in the accounts.
    """
    found: dict[str, float | None] = {}
    for programme in programmes:
        for measures, reduced in (
            (programme.totals, float),
            (programme.means, lambda total: float(total) / max(last - first, 1)),
        ):
            found |= {
                f"{programme.name}_{measure}": reduced(programme.diary[measure][first:last].sum())
                for measure in measures
                if measure not in EXPENSES
            }
    return found
