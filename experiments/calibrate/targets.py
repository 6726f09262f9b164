"""What a calibration aims at: the band in which the number of each pattern should lie, and how far one is from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.city.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Values = NDArray[np.float64]


class Target(NamedTuple):
    """The band of one pattern.

    Attributes
    ----------
    name : str
        Of the pattern.
    title : str or Notice
        What tables call it.
    unit, source : str
        Of its numbers.
    low, high : float or None
        Limits of the band; None: it is open on that side.
    observed_runs : float
        0: what was published is free of chance. Else the datum is itself one realisation, as long as so many runs.
    """

    name: str
    title: str | Notice
    unit: str
    source: str
    low: float | None
    high: float | None
    observed_runs: float = 0.0

    @property
    def aim(self) -> float:
        """The middle of the band, or its one limit."""
        low, high = self.low, self.high
        if low is None or high is None:
            return float(high if low is None else low)  # type: ignore[arg-type]  # one of them is there
        return (low + high) / 2

    @property
    def half_width(self) -> float:
        """Half of the width of the band; 0 where it has one limit only."""
        return 0.0 if self.low is None or self.high is None else (self.high - self.low) / 2


def limits(targets: Sequence[Target]) -> tuple[Values, Values]:
    """Return lower and upper limits, each of shape [targets], infinite where a band is open."""
    low = np.array([-np.inf if one.low is None else one.low for one in targets])
    return low, np.array([np.inf if one.high is None else one.high for one in targets])


def beyond(values: Values, targets: Sequence[Target]) -> Values:
    """Return by how much values of shape [..., targets] lie beyond their bands, with its sign; 0 within them."""
    low, high = limits(targets)
    return values - np.clip(values, low, high)


def flattened(values: Values, targets: Sequence[Target]) -> Values:
    """Return values of shape [..., targets] in which what an open band allows counts as its limit."""
    low, high = limits(targets)
    least = np.where(np.isinf(low), high, -np.inf)
    most = np.where(np.isinf(high), low, np.inf)
    return np.clip(values, least, most)
