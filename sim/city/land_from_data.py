"""Guesses the use of land in a city that is read from files; each guess is an assumption."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.city.city import CRIME_EVIDENCE, CrimeEvidence, LandUse
from sim.city.evidence import overall_surface, relative, smooth
from sim.city.extent import cells_along, count_in_cells
from sim.city.grid import Grid
from sim.city.placed_streets import PlacedStreets
from sim.city.read_rows import Rows
from sim.draws import Stream
from sim.randomness import generator

HOUSING_EVEN_SHARE = 0.5  # assumption: half the dwellings everywhere alike, half where rows fall
LAND_BANDWIDTH_M = 250.0  # assumption: how far land use reaches round a row or a street
SHOPS_OFF_ARTERIALS = 0.05  # of those along them, in a city of streets only; assumption
CELLS_PER_SPOT = 160  # of nightlife, in a city of streets only; as in a made-up city
NIGHT = (20, 4)  # nightlife from 20 h to 4 h
MIN_NIGHT_ROWS = 20


def land_of_rows(
    files: list[Rows], cells: list[Array], crime: CrimeEvidence | None, grid: Grid, inside: Array
) -> LandUse:
    """Guess the use of land from recorded rows; each guess is an assumption.

    Housing: half everywhere alike, half as all rows fall (rows as a proxy of the people around, Malleson & Andresen
    2015). Commerce: as thefts fall, or else as all rows do. Nightlife: as assaults and robberies from 20 h to 4 h fall,
    or else as assaults at any hour do. Schools, transit, industry and parks: unknown, zero.
    """
    rows_fall = relative(overall_surface(count_in_cells(cells, grid), grid, inside)[0], inside)
    theft, robbery, assault = (CRIME_EVIDENCE.index(name) for name in ("theft", "robbery", "assault"))
    night_cells = []
    for rows, cell in zip(files, cells, strict=True):
        hour = rows.stamp.astype(np.int64) // 3600 % 24
        night = (hour >= NIGHT[0]) | (hour < NIGHT[1])
        night_cells.append(cell[np.isin(rows.crime, (robbery, assault)) & night & rows.has_clock])
    at_night = count_in_cells(night_cells, grid)
    commerce = rows_fall if crime is None else crime.surface[theft]
    nightlife = commerce if crime is None else crime.surface[assault]
    if at_night.sum() >= MIN_NIGHT_ROWS:
        nightlife = smooth(at_night, grid, LAND_BANDWIDTH_M) * inside
    housing = (HOUSING_EVEN_SHARE + (1 - HOUSING_EVEN_SHARE) * rows_fall) * inside
    zero = np.zeros(grid.n_cells)
    return LandUse(housing, commerce, nightlife, zero, zero, zero, zero)


def land_of_streets(placed: PlacedStreets, grid: Grid, inside: Array, seed: int) -> LandUse:
    """Guess the use of land from streets alone; each guess is an assumption.

    Housing: as long as the streets of the cell and around are. Commerce: along arterials, with a little everywhere.
    Nightlife: a few spots of very unequal size drawn where commerce is, as in a made-up city. Schools, transit,
    industry and parks: unknown, zero.
    """
    cells, arterial = cells_along(grid, placed)
    length, busy = count_in_cells([cells], grid), count_in_cells([cells[arterial]], grid)
    reach_m = max(grid.cell_m, LAND_BANDWIDTH_M / 2)
    housing = relative(smooth(length, grid, reach_m), inside)
    commerce = (relative(smooth(busy, grid, reach_m), inside) + SHOPS_OFF_ARTERIALS) * inside
    rng = generator(seed, Stream.CITY, time=1)
    spots = min(max(6, int(inside.sum()) // CELLS_PER_SPOT), int(inside.sum()))
    nightlife = np.zeros(grid.n_cells)
    nightlife[rng.choice(grid.n_cells, size=spots, replace=False, p=commerce / commerce.sum())] = rng.lognormal(
        0.0, 1.0, spots
    )
    zero = np.zeros(grid.n_cells)
    return LandUse(housing, commerce, nightlife, zero, zero, zero, zero)
