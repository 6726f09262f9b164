"""What is ordered for everybody for a while: overtime, personnel of other posts on patrol, then time off in lieu."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.parameters import BadInput
from sim.police.posts import Post

MOST_OVERTIME = 0.5  # of a duty, the bound of force.overtime_share as well: longer ones would run into the next duty
NOBODY_LENT = np.zeros(len(Post))


class Mobilisation(NamedTuple):
    """An order to the whole force, see `sim.police.force.staff.Staff.order`."""

    overtime_share: float = 0.0  # of the hours of a duty, beyond force.overtime_share
    lent_share: Array = NOBODY_LENT  # [posts] of the duties of each post but patrol: so many are patrol duties
    duty_share: float = 1.0  # of the usual number of duties; the rest is time off in lieu


def check_order(order: Mobilisation, most_lent_share: float) -> None:
    """Raise `BadInput` if more than `most_lent_share` of the personnel are lent, or a share is none."""
    lent = order.lent_share
    if lent[Post.PATROL] or lent.min() < 0 or lent.max() > most_lent_share:
        allowed = f"0 to {most_lent_share:g}, which is force.most_lent_share, and 0 for patrol"
        raise BadInput("lent_share", lent.tolist(), allowed)
    if not (0 <= order.overtime_share <= MOST_OVERTIME and 0 <= order.duty_share <= 1):
        allowed = f"overtime of 0 to {MOST_OVERTIME:g} of a duty, and 0 to 1 of the usual duties"
        raise BadInput("mobilisation", order[::2], allowed)


def spread_over(heads: int, districts: Array, first_unit: int) -> Array:
    """Return the district of each of some personnel who are spread evenly over the units of a shift, [heads].

    Parameters
    ----------
    heads : int
        How many they are.
    districts : array of int [units]
        District of each unit; without units the personnel wait in the first district.
    first_unit : int
        Number of the unit of the first head, counted round and round; another one each day is fair to the districts.
    """
    where = districts.astype(np.int64) if len(districts) else np.zeros(1, dtype=np.int64)
    found: Array = where[(np.arange(heads) * len(where) // max(heads, 1) + first_unit) % len(where)]
    return found
