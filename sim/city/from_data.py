"""Builds a city from real files: recorded incidents, calls for service, streets, or any of the three."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import pyproj
from scipy.ndimage import distance_transform_edt, label

from sim.arrays import Array
from sim.city.beats import divide
from sim.city.city import CRIME_EVIDENCE, CallEvidence, City, CityParameters, CrimeEvidence, LandUse
from sim.city.evidence import Events, call_evidence, crime_evidence, overall_surface, relative, smooth
from sim.city.file_columns import check_given_names
from sim.city.grid import Grid
from sim.city.read_rows import CALLS, INCIDENTS, Rows, kilometres, offsets_km, read_rows, read_table
from sim.city.recorded_types import NO_CALL, NO_CRIME
from sim.city.street_files import STREETS, PlacedStreets, StreetNet, place_streets, read_streets
from sim.city.streets import lattice
from sim.city.type_columns import TypeSettings
from sim.draws import Stream
from sim.parameters import BadInput
from sim.randomness import generator

MAX_CELLS = 250_000
RESIDENTS_PER_KM2 = 3000.0  # assumption: a built-up city; used when the user gives no number
FEWEST_RESIDENTS, MOST_RESIDENTS = 200, 5_000_000
REACH_M = 300.0  # a cell this near to a row or a street is part of the city; assumption
GAP_KM2 = 1.0  # a gap up to this size with the city all round belongs to it, such as a park; assumption
STREET_MARGIN_M = 500.0  # streets this far beyond the cells may be driven; assumption
SAME_PLACE_KM = 200.0
HOUSING_EVEN_SHARE = 0.5  # assumption: half the dwellings everywhere alike, half where rows fall
LAND_BANDWIDTH_M = 250.0  # assumption: how far land use reaches round a row or a street
SHOPS_OFF_ARTERIALS = 0.05  # of those along them, in a city of streets only; assumption
CELLS_PER_SPOT = 160  # of nightlife, in a city of streets only; as in a made-up city
NIGHT = (20, 4)  # nightlife from 20 h to 4 h
MIN_NIGHT_ROWS = 20


class _Ground(NamedTuple):
    """Where the grid lies on the earth."""

    grid: Grid
    project: Any  # (longitude, latitude) → (x_m, y_m) in the frame of the grid


def build_from_data(parameters: CityParameters) -> City:
    """Build the city that `incidents_csv`, `calls_csv` and `streets_file` describe, any non-empty combination of them.

    Places are projected to metres (azimuthal equidistant round their median) and the grid covers all usable rows, or
    else all streets, with one cell more on each side. A cell belongs to the city if a row or a driven street lies
    within 300 m (at least 1.5 cells). Crimes come from the incidents, or else from calls whose nature is one of the
    four; calls of traffic, service, alarms and disorder are `City.calls`; those of disputes, frauds and violence at
    schools say where people are, for the model brings these about itself. Without a streets file there is the lattice
    of a made-up city. Assumptions, used for what the files do not say: 3,000 residents per km² of the city;
    `_land_use`.

    Parameters
    ----------
    parameters : CityParameters
        With `kind="from_data"`.

    Returns
    -------
    City
        The same for the same files and parameters.

    Raises
    ------
    BadInput
        If a file cannot be used, the files lie in different places, or the city has too few cells for its beats or too
        many to simulate.
    """
    tables = [
        (read_table(path, field), path, field)
        for field, path in ((INCIDENTS, parameters.incidents_csv), (CALLS, parameters.calls_csv))
        if path
    ]
    check_given_names([(path, table.frame) for table, path, _ in tables], parameters.columns)
    said = TypeSettings.of(parameters)
    files = [read_rows(*table, parameters.columns, said) for table in tables]
    net = read_streets(parameters.streets_file, parameters.streets) if parameters.streets_file else None
    _check_same_place(files, net)
    ground = _ground(files, net, parameters)
    grid = ground.grid
    cells = [grid.cell_at(*ground.project(rows.longitude, rows.latitude)) for rows in files]
    placed = _placed(net, ground, parameters)
    streets: nx.Graph[Any] = (
        lattice(grid, parameters.streets, generator(parameters.seed, Stream.CITY)) if placed is None else placed.graph
    )
    if files and len(np.unique(np.concatenate(cells))) == 1:
        raise BadInput(
            tables[0][2],
            tables[0][1],
            f"rows at several places; all that can be used lie in one cell of {grid.cell_m:g} m",
        )
    inside = _inside(grid, [*cells, *([] if placed is None else [_cells_along(grid, placed)[0]])])
    residents = parameters.residents or _estimated_residents(grid, inside)
    crime, calls = _evidence(files, cells, residents, grid, inside)
    land = (
        _land_use(files, cells, crime, grid, inside)
        if files or placed is None
        else _land_along_streets(placed, grid, inside, parameters.seed)
    )
    demand = smooth(_count(cells, grid), grid, LAND_BANDWIDTH_M) * inside if files else land.housing
    return City(
        name=parameters.name,
        residents=residents,
        grid=grid,
        inside=inside,
        land=land,
        streets=streets,
        local_speed_kmh=parameters.streets.local_speed_kmh,
        beats=divide(grid, inside, demand, parameters.beats, parameters.districts),
        crime=crime,
        calls=calls,
        files=tuple(rows.report for rows in files),
    )


def rejected_rows(city: City) -> dict[str, Array]:
    """Return the rows of a city's files that could not be used.

    Returns
    -------
    dict of str to array [rejected]
        `file` and `reason` (text) and `line` (int64, the header being line 1), in the order of files and lines.
    """
    rows = [(report.path, line, reason) for report in city.files for line, reason in report.rejected]
    file, line, reason = zip(*rows, strict=True) if rows else ((), (), ())
    return {
        "file": np.array(file, dtype=np.str_),
        "line": np.array(line, dtype=np.int64),
        "reason": np.array(reason, dtype=np.str_),
    }


def _check_same_place(files: list[Rows], net: StreetNet | None) -> None:
    """Raise `BadInput` if two files lie over 200 km apart.

    Says so if only the sign or the order of the coordinates sets them apart.
    """
    places = [
        (rows.field, rows.report.path, float(np.median(rows.latitude)), float(np.median(rows.longitude)))
        for rows in files
    ]
    if net is not None:
        places.append((STREETS, "", net.latitude, net.longitude))
    for i, (field, path, lat, lon) in enumerate(places):
        for other, _, to_lat, to_lon in places[i + 1 :]:
            apart = kilometres(lat, lon, to_lat, to_lon)
            if apart <= SAME_PLACE_KM:
                continue
            turned = {
                "the longitude of one of them looks to be in the wrong hemisphere; change its sign": (lat, -lon),
                "the latitude of one of them looks to be in the wrong hemisphere; change its sign": (-lat, lon),
                "latitude and longitude of one of them look swapped": (lon, lat),
            }
            why = next(
                (text for text, at in turned.items() if kilometres(*at, to_lat, to_lon) <= SAME_PLACE_KM),
                "give files of one city",
            )
            where = f"it lies at {lat:.3f}, {lon:.3f} and {other} at {to_lat:.3f}, {to_lon:.3f}, {apart:,.0f} km apart"
            raise BadInput(field, path, f"a file of the same place as {other}; {where}: {why}")
    if len(files) == 2:
        _check_overlap(files[0], files[1])


def _check_overlap(a: Rows, b: Rows) -> None:
    """Raise `BadInput` if the boxes round the rows of two files do not meet."""
    x, y = offsets_km(b.latitude, b.longitude, float(a.latitude[0]), float(a.longitude[0]))
    own_x, own_y = offsets_km(a.latitude, a.longitude, float(a.latitude[0]), float(a.longitude[0]))
    if x.min() > own_x.max() or x.max() < own_x.min() or y.min() > own_y.max() or y.max() < own_y.min():
        apart = math.hypot(float(np.median(x) - np.median(own_x)), float(np.median(y) - np.median(own_y)))
        raise BadInput(
            b.field,
            b.report.path,
            f"a file of the same city as {a.field}; their rows do not overlap and lie {apart:.0f} km apart",
        )


def _ground(files: list[Rows], net: StreetNet | None, parameters: CityParameters) -> _Ground:
    """Lay the grid round the rows, or else round the streets, with a margin of one cell."""
    if net is not None and not files:
        earth = pyproj.Proj(proj="aeqd", lat_0=net.latitude, lon_0=net.longitude, datum="WGS84")
        everywhere = place_streets(net, earth, None, str(parameters.streets_file))
        x, y = everywhere.x_m, everywhere.y_m
    else:
        longitude, latitude = (
            np.concatenate([getattr(rows, name) for rows in files]) for name in ("longitude", "latitude")
        )
        earth = pyproj.Proj(
            proj="aeqd", lat_0=float(np.median(latitude)), lon_0=float(np.median(longitude)), datum="WGS84"
        )
        x, y = earth(longitude, latitude)
    side = parameters.cell_m
    west, south = (math.floor(float(v.min()) / side) * side - side for v in (x, y))
    n_cols, n_rows = (math.floor((float(v.max()) - start) / side) + 2 for v, start in ((x, west), (y, south)))
    if n_cols * n_rows > MAX_CELLS:
        enough = math.ceil(side * math.sqrt(n_cols * n_rows / MAX_CELLS) / 10) * 10
        size = (
            f"{np.ptp(x) / 1000:.0f} × {np.ptp(y) / 1000:.0f} km take {n_cols * n_rows:,} cells, more than "
            f"{MAX_CELLS:,}"
        )
        raise BadInput(
            "city.cell_m", side, f"{size}; use at least city.cell_m={enough}, or cut the file to a smaller area"
        )

    def project(lon: Array, lat: Array) -> tuple[Array, Array]:
        east, north = earth(lon, lat)
        return np.asarray(east) - west, np.asarray(north) - south

    return _Ground(Grid(n_rows, n_cols, side), project)


def _placed(net: StreetNet | None, ground: _Ground, parameters: CityParameters) -> PlacedStreets | None:
    """Lay the streets, if there are any, on the grid, cropped to it with a margin."""
    if net is None:
        return None
    grid, margin = ground.grid, STREET_MARGIN_M
    box = (-margin, -margin, grid.n_cols * grid.cell_m + margin, grid.n_rows * grid.cell_m + margin)
    return place_streets(net, ground.project, box, str(parameters.streets_file))


def _cells_along(grid: Grid, placed: PlacedStreets) -> tuple[Array, Array]:
    """Return the cells of the points along the streets that lie on the grid, and which of these are on an arterial."""
    on = (
        (placed.x_m >= 0)
        & (placed.x_m < grid.n_cols * grid.cell_m)
        & (placed.y_m >= 0)
        & (placed.y_m < grid.n_rows * grid.cell_m)
    )
    return grid.cell_at(placed.x_m[on], placed.y_m[on]), placed.arterial[on]


def _count(cells: list[Array], grid: Grid) -> Array:
    """Return how many rows fall in each cell [cells]."""
    return np.bincount(np.concatenate([np.zeros(0, dtype=np.int32), *cells]), minlength=grid.n_cells).astype(float)


def _inside(grid: Grid, cells: list[Array]) -> Array:
    """Return which cells belong to the city: those near enough to one of `cells`, and small gaps that they surround."""
    empty = np.ones((grid.n_rows, grid.n_cols), dtype=bool)
    empty.ravel()[np.concatenate(cells)] = False
    distance_m = distance_transform_edt(empty) * grid.cell_m
    city = distance_m <= max(REACH_M, 1.5 * grid.cell_m)
    gap, n = label(~city)
    size_km2 = np.bincount(gap.ravel(), minlength=n + 1) * (grid.cell_m / 1000) ** 2
    border = np.unique(np.concatenate([gap[0], gap[-1], gap[:, 0], gap[:, -1]]))
    small = (size_km2 <= GAP_KM2) & ~np.isin(np.arange(n + 1), border)
    out: Array = (city | small[gap]).ravel()
    return out


def _estimated_residents(grid: Grid, inside: Array) -> int:
    """Return the residents of a city whose number nobody gave: its area times a density (assumption)."""
    km2 = float(inside.sum()) * (grid.cell_m / 1000) ** 2
    return min(max(round(RESIDENTS_PER_KM2 * km2), FEWEST_RESIDENTS), MOST_RESIDENTS)


def _evidence(
    files: list[Rows], cells: list[Array], residents: int, grid: Grid, inside: Array
) -> tuple[CrimeEvidence | None, CallEvidence | None]:
    """Return what the files say about crimes (incidents, or else calls that report one), and about calls."""
    crime: CrimeEvidence | None = None
    calls: CallEvidence | None = None
    for rows, cell in zip(files, cells, strict=True):
        is_crime = rows.crime != NO_CRIME
        if crime is None and is_crime.any():
            events = Events(cell[is_crime], rows.stamp[is_crime], rows.has_clock, rows.has_day)
            crime = crime_evidence(events, rows.crime[is_crime], rows.stamp, residents, grid, inside)
        is_call = rows.call != NO_CALL
        if rows.field == CALLS and is_call.any():
            events = Events(cell[is_call], rows.stamp[is_call], rows.has_clock, rows.has_day)
            calls = call_evidence(events, rows.call[is_call], rows.stamp, residents, grid, inside)
    return crime, calls


def _land_use(files: list[Rows], cells: list[Array], crime: CrimeEvidence | None, grid: Grid, inside: Array) -> LandUse:
    """Guess the use of land from recorded rows; each guess is an assumption.

    Housing: half everywhere alike, half as all rows fall (rows as a proxy of the people around, Malleson & Andresen
    2015). Commerce: as thefts fall, or else as all rows do. Nightlife: as assaults and robberies from 20 h to 4 h fall,
    or else as assaults at any hour do. Schools, transit, industry and parks: unknown, zero.
    """
    rows_fall = relative(overall_surface(_count(cells, grid), grid, inside)[0], inside)
    theft, robbery, assault = (CRIME_EVIDENCE.index(name) for name in ("theft", "robbery", "assault"))
    night_cells = []
    for rows, cell in zip(files, cells, strict=True):
        hour = rows.stamp.astype(np.int64) // 3600 % 24
        night = (hour >= NIGHT[0]) | (hour < NIGHT[1])
        night_cells.append(cell[np.isin(rows.crime, (robbery, assault)) & night & rows.has_clock])
    at_night = _count(night_cells, grid)
    commerce = rows_fall if crime is None else crime.surface[theft]
    nightlife = commerce if crime is None else crime.surface[assault]
    if at_night.sum() >= MIN_NIGHT_ROWS:
        nightlife = smooth(at_night, grid, LAND_BANDWIDTH_M) * inside
    housing = (HOUSING_EVEN_SHARE + (1 - HOUSING_EVEN_SHARE) * rows_fall) * inside
    zero = np.zeros(grid.n_cells)
    return LandUse(housing, commerce, nightlife, zero, zero, zero, zero)


def _land_along_streets(placed: PlacedStreets, grid: Grid, inside: Array, seed: int) -> LandUse:
    """Guess the use of land from streets alone; each guess is an assumption.

    Housing: as long as the streets of the cell and around are. Commerce: along arterials, with a little everywhere.
    Nightlife: a few spots of very unequal size drawn where commerce is, as in a made-up city. Schools, transit,
    industry and parks: unknown, zero.
    """
    cells, arterial = _cells_along(grid, placed)
    length, busy = _count([cells], grid), _count([cells[arterial]], grid)
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
