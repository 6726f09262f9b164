"""The square cells of a city and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arrays import Array, frozen
from sim.kernels import kernel


@dataclass(frozen=True)
class Grid:
    """Square cells, numbered row by row from the south-west corner: `cell = row * n_cols + col`.

    They have nothing to do with the grids of social governance (网格), which are groups of households under one grid
    worker: see `sim.programmes.social_governance.tips.Neighbourhoods`.
    """

    n_rows: int
    n_cols: int
    cell_m: float

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return self.n_rows * self.n_cols

    @property
    def size_m(self) -> tuple[float, float]:
        """Width (east) and height (north) in metres."""
        return self.n_cols * self.cell_m, self.n_rows * self.cell_m

    @cached_property
    def x_m(self) -> Array:
        """The x (east) of each cell's centre in metres, shape [cells], read-only."""
        return frozen((np.arange(self.n_cells) % self.n_cols + 0.5) * self.cell_m)

    @cached_property
    def y_m(self) -> Array:
        """The y (north) of each cell's centre in metres, shape [cells], read-only."""
        return frozen((np.arange(self.n_cells) // self.n_cols + 0.5) * self.cell_m)

    def cell_at(self, x_m: Array, y_m: Array) -> Array:
        """Return the cell that holds each point; a point outside is moved to the nearest cell."""
        col = np.clip(np.floor(np.asarray(x_m) / self.cell_m), 0, self.n_cols - 1)
        row = np.clip(np.floor(np.asarray(y_m) / self.cell_m), 0, self.n_rows - 1)
        cell: Array = (row * self.n_cols + col).astype(np.int32)
        return cell


@kernel
def cell_on_line(origin: int, destination: int, share: float, n_cols: int) -> int:
    """Return the cell a share (0 to 1) of the way along the straight line between the centres of two cells."""
    r0, c0 = origin // n_cols, origin % n_cols
    r1, c1 = destination // n_cols, destination % n_cols
    row = int(r0 + (r1 - r0) * share + 0.5)
    col = int(c0 + (c1 - c0) * share + 0.5)
    return row * n_cols + col
