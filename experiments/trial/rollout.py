"""Roll-outs: which districts get the strategy on which day, and the course of a scenario that carries them out so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.trial.design import HOT_SPOTS, STEPPED_WEDGE, WEEK

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.trial.kept import Seen

KINDS = AT_ONCE, IN_STEPS, BY_LOT = ("at_once", "in_steps", "by_lot")


class Rollout(NamedTuple):
    """Which areas get the strategy when.

    Attributes
    ----------
    begin : int
        The first measured day on which it is ordered somewhere.
    starts : tuple of int or None
        Of each area the first day on which it is ordered; None: never.
    area : array of int [cells] or None
        The area of each cell, −1 for none; None: areas are the districts.
    """

    begin: int
    starts: tuple[int | None, ...]
    area: NDArray[np.int64] | None = None

    def course(self, fidelity: float, later: float) -> dict[str, Any]:
        """Return the course of a scenario that carries its strategy out so.

        Parameters
        ----------
        fidelity, later : float
            What of it the first districts carry out at first, and those that follow (试点 → 推广).
        """
        everywhere = all(start == self.begin for start in self.starts)
        return {
            "phases": [
                {
                    "start_day": day,
                    "districts": None if everywhere else [d for d, start in enumerate(self.starts) if start == day],
                    "handing_down": {"station_share": fidelity if day == self.begin else later},
                }
                for day in sorted({start for start in self.starts if start is not None})
            ]
        }


def kind_of(design: str) -> str:
    """Return the kind of roll-out that a design needs; designs of one kind share their runs."""
    return {STEPPED_WEDGE: IN_STEPS, HOT_SPOTS: BY_LOT}.get(design, AT_ONCE)


def by_lot(begin: int, seen: Seen) -> Rollout:
    """Return the roll-out at the places that the lot has drawn, in a run in which there was a field trial."""
    return Rollout(begin, tuple(begin if one else None for one in seen.drawn.tolist()), seen.place)


def at_once(begin: int, treated: list[int], districts: int) -> Rollout:
    """Return the roll-out in some districts on one day."""
    return Rollout(begin, tuple(begin if d in treated else None for d in range(districts)))


def in_steps(order: list[int], begin: int, days: int, steps: int) -> Rollout:
    """Return the roll-out of a stepped wedge: as many districts in each step as in the others, as far as that goes.

    Parameters
    ----------
    order : list of int
        The districts in their order.
    begin, days, steps : int
        The first day, days from it to the end of the trial, and how many steps there are.
    """
    length = days // WEEK // steps * WEEK
    starts: list[int | None] = [None] * len(order)
    for place, district in enumerate(order):
        starts[district] = begin + length * (place * steps // len(order))
    return Rollout(begin, tuple(starts))
