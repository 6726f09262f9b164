"""How fresh the registers of addresses are, cell by cell: what a check gains, and what is left of it later."""

from __future__ import annotations

from sim.arrays import Array
from sim.city.state import Ground, faded
from sim.kernels import kernel


@kernel
def refresh(ground: Ground, cell: int, share: float, now_min: float, decay_min: float) -> float:
    """Make a share of the addresses of a cell that are not fresh as fresh as they can be.

    Return by how much the gain of the cell rises; it fades with `decay_min`.
    """
    here = ground.cells[cell]
    before = faded(here.data_gain, here.data_min, now_min, decay_min)
    here.data_gain = before + (1.0 - before) * share
    here.data_min = now_min
    return float(here.data_gain - before)


@kernel
def mean_gain(dwellings: Array, ground: Ground, now_min: float, decay_min: float) -> float:
    """Return the mean over dwellings of what is fresh now; `dwellings` is their number by cell, shape [cells]."""
    fresh, all_of_them = 0.0, 0.0
    for cell in range(len(dwellings)):
        here = ground.cells[cell]
        fresh += dwellings[cell] * faded(here.data_gain, here.data_min, now_min, decay_min)
        all_of_them += dwellings[cell]
    return fresh / all_of_them
