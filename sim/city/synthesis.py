"""A made-up city: centres, housing, shops, nightlife, schools, transit, industry and parks on a lattice of streets.

It is drawn in metres, on plots of about 50 m; cells only say how finely it is looked at.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.sparse import csr_array

from sim.arrays import Array
from sim.city.beats import divide_plots
from sim.city.city import City, CityParameters, LandUse
from sim.city.grid import Grid
from sim.city.streets import lattice
from sim.draws import Stream
from sim.parameters import BadInput
from sim.randomness import generator

RESIDENTS_PER_KM2 = 1562.5  # assumption: 100,000 residents on 64 km²
RESIDENTS_PER_SCHOOL = 4000.0  # assumption
VENUES_PER_KM2 = 1.25  # of nightlife; assumption
STOPS_PER_KM2 = 0.25  # of transit; assumption
HOUSING_SMOOTH_M, SHOPS_SMOOTH_M = 300.0, 100.0  # reach of the chance in where they are; assumption
VENUE_REACH_M, STOP_REACH_M = 70.0, 50.0  # how far round them their guests and passengers are; assumption
PLOT_M = 50.0  # side of a plot
MOST_PLOTS = 500  # along a side; in a larger city plots are larger
MAX_CELLS = 250_000


def build_synthetic(parameters: CityParameters) -> City:
    """Make up a city from its seed.

    Density falls exponentially with the distance to the nearest of several centres (Clark 1951, *Urban population
    densities*), with spatially smooth noise; shops and nightlife are few and very unequal, which is what lets crime
    concentrate. All shapes are assumptions, and no cell is told how much crime it will have. Everything is drawn in
    metres, so that one seed is one city, whatever the side of its cells; the last row and column of cells hold what is
    left over where the side of the city is no whole number of them.

    Raises
    ------
    BadInput
        If the city has too few cells for its beats, or too many to simulate.
    """
    width_m = max(math.sqrt(parameters.area_km2) * 1000, 2 * parameters.cell_m)
    side = round(width_m / parameters.cell_m)
    if side * side > MAX_CELLS:
        raise BadInput(
            "city.cell_m",
            parameters.cell_m,
            f"{side * side:,} cells are more than {MAX_CELLS:,}; use larger cells or a smaller area",
        )
    grid = Grid(side, side, parameters.cell_m)
    across = max(2, min(round(width_m / PLOT_M), MOST_PLOTS))
    plots = Grid(across, across, width_m / across)
    rng = generator(parameters.seed, Stream.CITY)
    streets = lattice(width_m, width_m, parameters.streets, rng)
    land = _land_use(plots, parameters, rng)
    weight = land.housing / land.housing.sum() + land.commerce / land.commerce.sum()
    return City(
        name=parameters.name,
        residents=_residents(parameters),
        grid=grid,
        inside=np.ones(grid.n_cells, dtype=bool),
        land=_by_cell(land, plots, grid),
        plots=plots,
        plot_land=land,
        streets=streets,
        local_speed_kmh=parameters.streets.local_speed_kmh,
        beats=divide_plots(plots, grid, weight, parameters.beats, parameters.districts),
    )


def _residents(parameters: CityParameters) -> int:
    return parameters.residents or round(RESIDENTS_PER_KM2 * parameters.area_km2)


def _land_use(plots: Grid, parameters: CityParameters, rng: np.random.Generator) -> LandUse:
    """Lay out the uses of land around the centres, by plot."""
    x, y = plots.x_m, plots.y_m
    width = plots.size_m[0]
    area_km2 = (width / 1000) ** 2
    spread = width / 8  # how far a centre reaches, in metres
    main = np.array([[width / 2, width / 2]])
    others = rng.uniform(0.15 * width, 0.85 * width, size=(parameters.centres - 1, 2))
    pull = np.concatenate([[1.0], rng.uniform(0.25, 0.6, parameters.centres - 1)])
    density, core = np.zeros(plots.n_cells), np.zeros(plots.n_cells)
    for strength, (at_x, at_y) in zip(pull, np.vstack([main, others]), strict=True):
        near = np.exp(-np.hypot(x - at_x, y - at_y) / spread)
        density += strength * near
        core += strength * near**2

    park = _blobs(plots, rng, 6, width / 30)
    industry = _blobs(plots, rng, 3, width / 18, low=0.05, high=0.95) * (density < np.median(density) * 1.5)
    open_land = (park > 0.3) | (industry > 0.3)
    housing = np.where(open_land, 0.0, (density + 0.03) * np.exp(0.6 * _noise(plots, rng, HOUSING_SMOOTH_M)))
    commerce = (core + 0.15 * density) * np.exp(0.9 * _noise(plots, rng, SHOPS_SMOOTH_M)) * ~open_land
    spots = rng.choice(
        plots.n_cells,
        size=min(max(6, round(VENUES_PER_KM2 * area_km2)), int(np.count_nonzero(commerce))),
        replace=False,
        p=commerce / commerce.sum(),
    )
    venues = np.zeros(plots.n_cells)
    venues[spots] = rng.lognormal(0.0, 0.8, len(spots))
    school = _points(plots, rng, max(1, round(_residents(parameters) / RESIDENTS_PER_SCHOOL)), housing)
    stops = _points(plots, rng, max(2, round(STOPS_PER_KM2 * area_km2)), commerce + 0.02 * housing)
    return LandUse(
        housing, commerce, _around(plots, venues, VENUE_REACH_M), school, _around(plots, stops, STOP_REACH_M),
        industry, park,
    )  # fmt: skip


def _noise(plots: Grid, rng: np.random.Generator, smooth_m: float) -> Array:
    """Return a field of smooth normal noise with standard deviation 1, shape [plots]."""
    field = gaussian_filter(rng.normal(size=(plots.n_rows, plots.n_cols)), smooth_m / plots.cell_m, mode="wrap")
    out: Array = ((field - field.mean()) / field.std()).ravel()
    return out


def _blobs(
    plots: Grid, rng: np.random.Generator, n: int, radius_m: float, low: float = 0.1, high: float = 0.9
) -> Array:
    """Return n bell-shaped blobs of height 1 at random places, shape [plots]."""
    width = plots.size_m[0]
    out = np.zeros(plots.n_cells)
    for at_x, at_y in rng.uniform(low * width, high * width, size=(n, 2)):
        squared = (plots.x_m - at_x) ** 2 + (plots.y_m - at_y) ** 2
        np.maximum(out, np.exp(-squared / (2 * radius_m**2)), out=out)
    return out


def _points(plots: Grid, rng: np.random.Generator, n: int, where: Array) -> Array:
    """Return the number of points by plot when n points fall in proportion to `where`, shape [plots]."""
    fallen = rng.choice(plots.n_cells, size=n, p=where / where.sum())
    return np.bincount(fallen, minlength=plots.n_cells).astype(float)


def _around(plots: Grid, points: Array, reach_m: float) -> Array:
    """Return points spread by a normal kernel cut at two standard deviations of `reach_m`, shape [plots]."""
    field = points.reshape(plots.n_rows, plots.n_cols)
    out: Array = gaussian_filter(field, reach_m / plots.cell_m, mode="constant", truncate=2).ravel()
    return out


def _by_cell(land: LandUse, plots: Grid, grid: Grid) -> LandUse:
    """Return the land use of cells: of each plot the share that lies in the cell, but schools are points."""
    west = np.arange(plots.n_cols) * plots.cell_m
    edges = np.append(np.arange(grid.n_cols) * grid.cell_m, plots.size_m[0])
    overlap = np.minimum(edges[1:, None], west + plots.cell_m) - np.maximum(edges[:-1, None], west)
    share = csr_array(np.maximum(overlap, 0.0) / plots.cell_m)  # [columns of cells, columns of plots]; rows likewise
    square = plots.n_rows, plots.n_cols
    cells = LandUse(*((share @ (share @ use.reshape(square)).T).T.ravel() for use in land))
    school = np.bincount(grid.cell_at(plots.x_m, plots.y_m), weights=land.school, minlength=grid.n_cells)
    return cells._replace(school=school)
