"""Squares of some hundred metres, in which police look for what recurs, whatever the size of a cell."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.city.grid import Grid


def squares(grid: Grid, side_m: float) -> Array:
    """Return the number of the square in which each cell lies, by rows from 0, shape [cells].

    Parameters
    ----------
    grid : Grid
        The cells.
    side_m : float
        Side of a square, rounded to whole cells, at least one.
    """
    side = max(1, round(side_m / grid.cell_m))
    rows, cols = np.divmod(np.arange(grid.n_cells), grid.n_cols)
    found: Array = rows // side * -(-grid.n_cols // side) + cols // side
    return found
