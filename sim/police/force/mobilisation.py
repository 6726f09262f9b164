"""What is ordered for everybody for a while.

Overtime, heads of other posts on patrol, and time off in lieu afterwards.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.police.posts import Post

MOST_OVERTIME = (
    0.5  # of the hours of a duty, the bound of force.overtime_share as well: longer duties would run into the next one
)
NOBODY_LENT = np.zeros(len(Post))


class Mobilisation(NamedTuple):
    """An order to the whole force, see `sim.police.force.staff.Staff.order`."""

    overtime_share: float = 0.0  # of the hours of a duty, beyond force.overtime_share
    lent_share: Array = NOBODY_LENT  # [posts] of the duties of each post but patrol: so many are patrol duties
    duty_share: float = 1.0  # of the usual number of duties; the rest is time off in lieu


def spread_over(heads: Array, districts: Array, first_unit: int) -> list[tuple[int, int]]:
    """Return pairs of a head and a district: heads are spread evenly over the units of a shift.

    Parameters
    ----------
    heads : array of int [heads]
        Rows of the officers.
    districts : array of int [units]
        District of each unit; without units the heads wait in the first district.
    first_unit : int
        Number of the unit of the first head, counted round and round; another one each day is fair to the districts.
    """
    where = districts if len(districts) else np.zeros(1, dtype=np.int64)
    place = (np.arange(len(heads)) * len(where) // max(len(heads), 1) + first_unit) % len(where)
    return list(zip(heads.tolist(), where[place].tolist(), strict=True))
