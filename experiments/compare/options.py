"""What a planner can choose: the strategies under a shortage, and the levers, each against the status quo."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from experiments.compare.comparison import Comparison, Point


class Option(NamedTuple):
    """A strategy or a lever.

    Attributes
    ----------
    name : str
        Of the strategy, or of the lever.
    point : tuple of str
        The shortage or lever, and the strategy, of its runs.
    against : tuple of str
        Those of the status quo.
    """

    name: str
    point: Point
    against: Point

    def change(self, comparison: Comparison, indicator: str) -> np.ndarray:
        """Return the paired differences of an indicator to the status quo, shape [replications]."""
        found: np.ndarray = comparison.values(*self.point, indicator) - comparison.values(*self.against, indicator)
        return found


def options(comparison: Comparison, shortage: str) -> list[Option]:
    """Return the policies under a shortage against the baseline; under the first of the list the levers, too.

    Levers are judged with the baseline strategy, against the first shortage.
    """
    status_quo = shortage, comparison.baseline
    found = [Option(name, (shortage, name), status_quo) for name in comparison.policies if name != comparison.baseline]
    if shortage == comparison.shortages[0]:
        levers = [name for name in comparison.levers if name != shortage]
        found += [Option(name, (name, comparison.baseline), status_quo) for name in levers]
    return found
