"""How many replications: as many as it takes until the interval of every paired difference is as narrow as was asked.

Replications are added in batches, each at most as large as all before, and after each the widest 95 % interval is
looked at: the rule of Chow & Robbins (1965, Annals of Mathematical Statistics 36, 457–462,
doi:10.1214/aoms/1177700156), which stops at the first number at which the interval is narrow enough. It stops rather
too early, where the variance happens to look small, so that such intervals hold the truth less often than they say
(Starr 1966, recalled, not read). Two things mend that: nothing is looked at below `FEWEST` replications, and after the
last look `MORE` are added, whatever they bring: some fixed number is enough for normal differences (Simons 1968,
recalled, not read). The interval is that of all replications, so it may be a little wider than was asked in the end.
`tests/stopping` measures how often it holds the truth.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

FEWEST = 20  # before the first look
MORE = 5  # after the last one


class Stopped(NamedTuple):
    """Where replications ended.

    Attributes
    ----------
    replications : int
        How many there are.
    half_width : float
        Half the widest interval of all of them, in the unit of `precision`; infinite where some difference has none.
    precision : float
        What was asked for.
    enough : bool
        Whether it had been reached at a look, and not the largest number of replications.
    """

    replications: int
    half_width: float
    precision: float
    enough: bool


def replicate(half_width: Callable[[int], float | None], precision: float, fewest: int, most: int) -> Stopped:
    """Add replications until the widest interval is narrow enough, or there are as many as may be.

    Parameters
    ----------
    half_width : callable
        Carries out replications up to a number, and returns half the widest interval of the differences between them,
        infinite where one has none; None: it cannot carry them out, they end here.
    precision : float
        Half-width that is wanted.
    fewest, most : int
        Replications; below `FEWEST` there is no look, whatever is asked for.
    """
    number = min(max(fewest, FEWEST), most)
    while True:
        half = half_width(number)
        if half is None:
            return Stopped(number, math.inf, precision, False)
        if half <= precision or number >= most:
            break
        needed = 2 * number if math.isinf(half) else math.ceil(number * (half / precision) ** 2)
        number = min(max(needed, number + 1), 2 * number, most)
    enough = half <= precision
    if enough and number < most:
        number = min(number + MORE, most)
        half = half_width(number)
    return Stopped(number, math.inf if half is None else half, precision, enough)


def precision_so_far(replications: int, half_width: float, precision: float) -> str:
    """Say, after what is under way, how precise it is."""
    return f" (± {half_width:.3g} after {replications} replications, asked for is ± {precision:g})"
