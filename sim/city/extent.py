"""Where a city from files lies on the earth, and which cells belong to it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import shapely

from sim.arrays import Array
from sim.city.city import FEWEST_RESIDENTS, MOST_RESIDENTS, CityParameters
from sim.city.grid import Grid
from sim.city.notices import Notice
from sim.city.place_on_earth import PlaceOnEarth
from sim.city.placed_streets import PlacedStreets, place_streets
from sim.city.read_rows import Rows
from sim.city.street_files import StreetNet
from sim.parameters import BadInput

MAX_CELLS = 250_000
RESIDENTS_PER_KM2 = 3000.0  # assumption: a built-up city; used when the user gives no number
REACH_M = 300.0  # a cell this near to the hull of the rows or streets is part of the city; assumption
HULL_RATIO = 0.1  # how far the hull follows bays: 0 as far as it can, 1 not at all (convex); assumption


class Ground(NamedTuple):
    """The grid, and where it lies on the earth."""

    grid: Grid
    place: PlaceOnEarth


def lay_ground(files: list[Rows], net: StreetNet | None, boundary: Any, parameters: CityParameters) -> Ground:
    """Lay the grid round the boundary, or else round the rows, or else round the streets, with a margin of one cell.

    Raises
    ------
    BadInput
        If it takes too many cells.
    """
    if boundary is not None:
        longitude, latitude = shapely.get_coordinates(boundary).T
    elif files:
        longitude, latitude = (
            np.concatenate([getattr(rows, name) for rows in files]) for name in ("longitude", "latitude")
        )
    if boundary is None and not files and net is not None:
        place = PlaceOnEarth(net.latitude, net.longitude)
        everywhere = place_streets(net, place.project, None, str(parameters.streets_file))
        x, y = everywhere.x_m, everywhere.y_m
    else:
        place = PlaceOnEarth(float(np.median(latitude)), float(np.median(longitude)))
        x, y = place.project(longitude, latitude)
    side = parameters.cell_m
    west, south = (math.floor(float(v.min()) / side) * side - side for v in (x, y))
    n_cols, n_rows = (math.floor((float(v.max()) - start) / side) + 2 for v, start in ((x, west), (y, south)))
    if n_cols * n_rows > MAX_CELLS:
        enough = math.ceil(side * math.sqrt(n_cols * n_rows / MAX_CELLS) / 10) * 10
        said = (
            "{east_km:.0f} × {north_km:.0f} km take {cells:,} cells, more than {most:,}; use at least "
            "city.cell_m={enough}, or cut the file to a smaller area"
        )
        raise BadInput(
            "city.cell_m", side,
            Notice(
                said, east_km=float(np.ptp(x)) / 1000, north_km=float(np.ptp(y)) / 1000, cells=n_cols * n_rows,
                most=MAX_CELLS, enough=enough,
            ),
        )  # fmt: skip
    return Ground(Grid(n_rows, n_cols, side), place._replace(west_m=west, south_m=south))


def cells_within(ground: Ground, boundary: Any) -> Array:
    """Return which cells have their middle within a boundary in degrees, bool [cells]."""
    shapely.prepare(boundary)
    out: Array = shapely.contains_xy(boundary, *ground.place.to_degrees(ground.grid.x_m, ground.grid.y_m))
    return out


def cells_of_hull(grid: Grid, cells: list[Array]) -> Array:
    """Return which cells belong to a city of which some cells are known, bool [cells].

    They are those within the concave hull of the known ones (Duckham et al. 2008, as in GEOS), without holes, widened
    by 300 m (at least 1.5 cells): people live between the places where something was recorded, too.
    """
    known = np.unique(np.concatenate(cells))
    hull = shapely.concave_hull(shapely.multipoints(np.column_stack([grid.x_m[known], grid.y_m[known]])), HULL_RATIO)
    hull = shapely.buffer(hull, max(REACH_M, 1.5 * grid.cell_m))
    shapely.prepare(hull)
    out: Array = shapely.contains_xy(hull, grid.x_m, grid.y_m)
    return out


def estimated_residents(grid: Grid, inside: Array) -> int:
    """Return the residents of a city whose number nobody gave: its area times a density (assumption)."""
    km2 = float(inside.sum()) * (grid.cell_m / 1000) ** 2
    return min(max(round(RESIDENTS_PER_KM2 * km2), FEWEST_RESIDENTS), MOST_RESIDENTS)


def cells_along(grid: Grid, placed: PlacedStreets) -> tuple[Array, Array]:
    """Return the cells of the points along the streets that lie on the grid, and which of these are on an arterial."""
    on = (
        (placed.x_m >= 0)
        & (placed.x_m < grid.n_cols * grid.cell_m)
        & (placed.y_m >= 0)
        & (placed.y_m < grid.n_rows * grid.cell_m)
    )
    return grid.cell_at(placed.x_m[on], placed.y_m[on]), placed.arterial[on]


def count_in_cells(cells: list[Array], grid: Grid) -> Array:
    """Return how many rows fall in each cell [cells]."""
    return np.bincount(np.concatenate([np.zeros(0, dtype=np.int32), *cells]), minlength=grid.n_cells).astype(float)
