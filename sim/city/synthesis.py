"""A made-up city: centres, housing, shops, nightlife, schools, transit, industry and parks on a lattice of streets."""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import gaussian_filter

from sim.arrays import Array
from sim.city.beats import divide
from sim.city.city import City, CityParameters, LandUse
from sim.city.grid import Grid
from sim.city.streets import lattice
from sim.draws import Stream
from sim.parameters import BadInput
from sim.randomness import generator

RESIDENTS_PER_KM2 = 1562.5  # assumption: 100,000 residents on 64 km²
RESIDENTS_PER_SCHOOL = 4000.0  # assumption
MAX_CELLS = 250_000


def build_synthetic(parameters: CityParameters) -> City:
    """Make up a city from its seed.

    Density falls exponentially with the distance to the nearest of several centres (Clark 1951, *Urban population
    densities*), with spatially smooth noise; shops and nightlife are few and very unequal, which is what lets crime
    concentrate. All shapes are assumptions, and no cell is told how much crime it will have.

    Raises
    ------
    BadInput
        If the city has too few cells for its beats, or too many to simulate.
    """
    side = max(2, round(math.sqrt(parameters.area_km2) * 1000 / parameters.cell_m))
    if side * side > MAX_CELLS:
        raise BadInput(
            "city.cell_m",
            parameters.cell_m,
            f"{side * side:,} cells are more than {MAX_CELLS:,}; use larger cells or a smaller area",
        )
    grid = Grid(side, side, parameters.cell_m)
    rng = generator(parameters.seed, Stream.CITY)
    streets = lattice(grid, parameters.streets, rng)
    land = _land_use(grid, parameters, rng)
    residents = parameters.residents or round(RESIDENTS_PER_KM2 * parameters.area_km2)
    inside = np.ones(grid.n_cells, dtype=bool)
    weight = land.housing / land.housing.sum() + land.commerce / land.commerce.sum()
    return City(
        name=parameters.name,
        residents=residents,
        grid=grid,
        inside=inside,
        land=land,
        streets=streets,
        local_speed_kmh=parameters.streets.local_speed_kmh,
        beats=divide(grid, inside, weight, parameters.beats, parameters.districts),
    )


def _land_use(grid: Grid, parameters: CityParameters, rng: np.random.Generator) -> LandUse:
    """Lay out the uses of land around the centres."""
    x, y = grid.x_m, grid.y_m
    width = grid.n_cols * grid.cell_m
    spread = width / 8  # how far a centre reaches, in metres
    main = np.array([[width / 2, width / 2]])
    others = rng.uniform(0.15 * width, 0.85 * width, size=(parameters.centres - 1, 2))
    centres = np.vstack([main, others])
    pull = np.concatenate([[1.0], rng.uniform(0.25, 0.6, parameters.centres - 1)])
    distance = np.hypot(x[:, None] - centres[:, 0], y[:, None] - centres[:, 1])
    density = (pull * np.exp(-distance / spread)).sum(axis=1)
    core = (pull * np.exp(-distance / (spread / 2))).sum(axis=1)

    park = _blobs(grid, rng, 6, width / 30)
    industry = _blobs(grid, rng, 3, width / 18, low=0.05, high=0.95) * (density < np.median(density) * 1.5)
    open_land = (park > 0.3) | (industry > 0.3)
    housing = np.where(open_land, 0.0, (density + 0.03) * np.exp(0.6 * _noise(grid, rng, 3.0)))
    commerce = (core + 0.15 * density) * np.exp(0.9 * _noise(grid, rng, 1.0)) * ~open_land
    venues = np.zeros(grid.n_cells)
    spots = rng.choice(
        grid.n_cells,
        size=min(max(6, grid.n_cells // 80), int(np.count_nonzero(commerce))),
        replace=False,
        p=commerce / commerce.sum(),
    )
    venues[spots] = rng.lognormal(0.0, 0.8, len(spots))
    nightlife = gaussian_filter(venues.reshape(grid.n_rows, grid.n_cols), 0.7, mode="constant", truncate=2).ravel()
    residents = parameters.residents or RESIDENTS_PER_KM2 * parameters.area_km2
    school = _points(grid, rng, max(1, round(residents / RESIDENTS_PER_SCHOOL)), housing)
    transit = _points(grid, rng, max(2, grid.n_cells // 400), commerce + 0.02 * housing)
    return LandUse(housing, commerce, nightlife, school, transit, industry, park)


def _noise(grid: Grid, rng: np.random.Generator, smooth_cells: float) -> Array:
    """Return a field of smooth normal noise with standard deviation 1, shape [cells]."""
    field = gaussian_filter(rng.normal(size=(grid.n_rows, grid.n_cols)), smooth_cells, mode="wrap")
    out: Array = ((field - field.mean()) / field.std()).ravel()
    return out


def _blobs(grid: Grid, rng: np.random.Generator, n: int, radius_m: float, low: float = 0.1, high: float = 0.9) -> Array:
    """Return n bell-shaped blobs of height 1 at random places, shape [cells]."""
    width = grid.n_cols * grid.cell_m
    at = rng.uniform(low * width, high * width, size=(n, 2))
    squared = (grid.x_m[:, None] - at[:, 0]) ** 2 + (grid.y_m[:, None] - at[:, 1]) ** 2
    out: Array = np.exp(-squared / (2 * radius_m**2)).max(axis=1)
    return out


def _points(grid: Grid, rng: np.random.Generator, n: int, where: Array) -> Array:
    """Return the number of points by cell when n points fall in proportion to `where`, shape [cells]."""
    cells = rng.choice(grid.n_cells, size=n, p=where / where.sum())
    return np.bincount(cells, minlength=grid.n_cells).astype(float)
