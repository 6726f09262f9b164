"""Builds a city from real files: recorded incidents, calls for service, streets, or any of the three."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import shapely

from sim.arrays import Array
from sim.city.areas import Beats, plan_of, read_beats, read_boundary, with_stations
from sim.city.beats import divide
from sim.city.city import City, CityParameters, FileReport
from sim.city.coarse_places import about_places
from sim.city.evidence import smooth
from sim.city.extent import (
    Ground,
    cells_along,
    cells_of_hull,
    cells_within,
    count_in_cells,
    estimated_residents,
    lay_ground,
)
from sim.city.file_columns import check_given_names
from sim.city.file_evidence import file_evidence, noted
from sim.city.grid import Grid
from sim.city.land_from_data import LAND_BANDWIDTH_M, land_of_rows, land_of_streets
from sim.city.notices import Notice, Weight
from sim.city.placed_streets import PlacedStreets, check_reach, place_streets
from sim.city.places import kilometres, offsets_km
from sim.city.read_rows import CALLS, INCIDENTS, Rows, check_enough, read_rows
from sim.city.street_files import StreetNet, read_streets
from sim.city.street_formats import STREETS
from sim.city.streets import lattice
from sim.city.tables import read_table
from sim.city.type_columns import TypeSettings
from sim.draws import Stream
from sim.parameters import BadInput
from sim.randomness import generator

STREET_MARGIN_M = 500.0  # streets this far beyond the cells may be driven; assumption
SAME_PLACE_KM = 200.0


class Given(NamedTuple):
    """What the files of a city hold, before a city is made of it."""

    parameters: CityParameters
    files: list[Rows]  # of incidents and calls
    net: StreetNet | None
    boundary: Any  # area of the city in degrees; None: no file says it
    beats: Beats | None
    reports: list[FileReport]  # of the boundary

    @property
    def read(self) -> list[FileReport]:
        """What became of the rows of all files that are read, before a city is made of them."""
        beats = [] if self.beats is None else [self.beats.report]
        return [*(rows.report for rows in self.files), *self.reports, *beats]


def read_given(parameters: CityParameters) -> Given:
    """Read the files of a city.

    Raises
    ------
    BadInput
        If one cannot be read.
    """
    beats = read_beats(parameters) if parameters.beats_file else None
    boundary, reports = _boundary(parameters, None if beats is None else beats.shapes)
    files = _rows(parameters, boundary)
    net = read_streets(parameters.streets_file, parameters.streets, parameters.crs) if parameters.streets_file else None
    return Given(parameters, files, net, boundary, beats, reports)


def build_from_data(parameters: CityParameters) -> City:
    """Build the city that the files of `parameters`, with `kind="from_data"`, describe; see `city_of`.

    Raises
    ------
    BadInput
        As `read_given` and `city_of`.
    """
    return city_of(read_given(parameters))


def city_of(given: Given) -> City:
    """Build the city that `incidents_csv`, `calls_csv` and `streets_file` describe, any non-empty combination of them.

    Places are projected to metres (azimuthal equidistant round their median). The city is what the boundary encloses,
    or else the beats, or else the hull of all usable rows and driven streets (`cells_of_hull`). Crimes come from the
    incidents, or else from calls whose nature is one of the four; calls of traffic, service, alarms and disorder are
    `City.calls`; those of disputes, frauds and violence at schools say where people are, for the model brings these
    about itself. Without a streets file there is the lattice of a made-up city. Assumptions, used for what the files do
    not say: 3,000 residents per km² of the city; `sim.city.land_from_data`.

    Parameters
    ----------
    given : Given
        From `read_given`.

    Returns
    -------
    City
        The same for the same files and parameters.

    Raises
    ------
    BadInput
        If a file has too few usable rows, the files lie in different places, the streets are those of a part, or the
        city has too few cells for its beats or too many to simulate.
    """
    parameters, files, net, boundary, beats, reports = given
    for rows in files:
        check_enough(rows)
    _check_same_place(files, net)
    ground = lay_ground(files, net, boundary, parameters)
    grid, place = ground
    cells = [grid.cell_at(*place.project(rows.longitude, rows.latitude)) for rows in files]
    if files and len(np.unique(np.concatenate(cells))) == 1:
        only = files[0]
        said = "rows at several places; all that can be used lie in one cell of {side:g} m"
        raise BadInput(only.field, only.report.path, Notice(said, side=grid.cell_m))
    placed = _placed(net, ground, bool(files) or boundary is not None, str(parameters.streets_file))
    streets: nx.Graph[Any] = (
        lattice(*grid.size_m, parameters.streets, generator(parameters.seed, Stream.CITY))
        if placed is None
        else placed.graph
    )
    if boundary is None:
        inside = cells_of_hull(grid, [*cells, *([] if placed is None else [cells_along(grid, placed)[0]])])
    else:
        inside = cells_within(ground, boundary)
        inside[np.concatenate([np.zeros(0, dtype=np.int32), *cells])] = True  # of a row at the edge
    residents = parameters.residents or estimated_residents(grid, inside)
    crime, calls, arising, of_files = file_evidence(files, cells, residents, grid, inside, parameters.complete)
    land = (
        land_of_rows(files, cells, crime, grid, inside)
        if files or placed is None
        else land_of_streets(placed, grid, inside, parameters.seed)
    )
    demand = smooth(count_in_cells(cells, grid), grid, LAND_BANDWIDTH_M) * inside if files else land.housing
    plan = (
        divide(grid, inside, demand, parameters.beats, parameters.districts)
        if beats is None
        else plan_of(beats, grid, inside, place.to_degrees, parameters)
    )
    reports = list(of_files) + _of_streets(net, placed, cells, grid, inside) + reports
    if parameters.residents is None:
        said = "city.residents is not given: {residents:,} are assumed, on which all rates depend"
        reports[0] = noted(reports[0], Notice(said, Weight.DOUBTFUL, ("city.residents",), residents=residents))
    if parameters.stations_csv:
        plan, stations = with_stations(plan, grid, place.project, parameters)
        reports.append(stations)
    if beats is not None:
        reports.append(beats.report)
    return City(
        name=parameters.name,
        residents=residents,
        grid=grid,
        inside=inside,
        land=land,
        plots=grid,
        plot_land=land,
        streets=streets,
        local_speed_kmh=parameters.streets.local_speed_kmh,
        beats=plan,
        crime=crime,
        calls=calls,
        handling=next((rows.handling for rows in files if rows.handling is not None), None),
        turn_out=next((rows.turn_out for rows in files if rows.turn_out is not None), None),
        arising=arising,
        files=tuple(reports),
        place=place,
    )


def _boundary(parameters: CityParameters, beats: Array | None) -> tuple[Any, list[FileReport]]:
    """Return the area of the city in degrees, None if no file says it, and what became of the file."""
    if parameters.boundary_file:
        boundary, report = read_boundary(parameters)
        return boundary, [report]
    return (None if beats is None else shapely.union_all(beats)), []


def _rows(parameters: CityParameters, boundary: Any) -> list[Rows]:
    """Read incidents and calls, as far as they are given."""
    given = [
        (read_table(path, field), path, field)
        for field, path in ((INCIDENTS, parameters.incidents_csv), (CALLS, parameters.calls_csv))
        if path
    ]
    check_given_names([(path, table.frame) for table, path, _ in given], parameters.columns)
    said = TypeSettings.of(parameters)
    files = [read_rows(*table, parameters.columns, said, parameters.crs, boundary) for table in given]
    return [rows._replace(report=_with_exactness(rows, parameters.cell_m)) for rows in files]


def _with_exactness(rows: Rows, cell_m: float) -> FileReport:
    said = about_places(rows.latitude, rows.longitude, cell_m)
    return replace(rows.report, notices=(*rows.report.notices, *said))


def _of_streets(
    net: StreetNet | None, placed: PlacedStreets | None, cells: list[Array], grid: Grid, inside: Array
) -> list[FileReport]:
    """Say what became of the streets, and refuse those of a part of the city."""
    if net is None or placed is None:
        return []
    where = np.concatenate(cells) if cells else np.flatnonzero(inside)
    said = check_reach(placed, grid.x_m[where], grid.y_m[where], net.path)
    used = placed.graph.number_of_edges()
    return [
        FileReport(
            net.path,
            net.graph.number_of_edges(),
            used,
            notices=(*placed.notices, *said),
            what="streets, each way",
            key=STREETS,
        )
    ]


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
                Notice("the longitude of one of them looks to be in the wrong hemisphere; change its sign"): (
                    lat,
                    -lon,
                ),
                Notice("the latitude of one of them looks to be in the wrong hemisphere; change its sign"): (-lat, lon),
                Notice("latitude and longitude of one of them look swapped"): (lon, lat),
            }
            why = next(
                (text for text, at in turned.items() if kilometres(*at, to_lat, to_lon) <= SAME_PLACE_KM),
                Notice("give files of one city"),
            )
            said = (
                "a file of the same place as {other}; it lies at {lat:.3f}, {lon:.3f} and {other} at {to_lat:.3f}, "
                "{to_lon:.3f}, {apart:,.0f} km apart: {why}"
            )
            raise BadInput(
                field, path,
                Notice(said, other=other, lat=lat, lon=lon, to_lat=to_lat, to_lon=to_lon, apart=apart, why=why),
            )  # fmt: skip
    if len(files) == 2:
        _check_overlap(files[0], files[1])


def _check_overlap(a: Rows, b: Rows) -> None:
    """Raise `BadInput` if the boxes round the rows of two files do not meet."""
    x, y = offsets_km(b.latitude, b.longitude, float(a.latitude[0]), float(a.longitude[0]))
    own_x, own_y = offsets_km(a.latitude, a.longitude, float(a.latitude[0]), float(a.longitude[0]))
    if x.min() > own_x.max() or x.max() < own_x.min() or y.min() > own_y.max() or y.max() < own_y.min():
        apart = math.hypot(float(np.median(x) - np.median(own_x)), float(np.median(y) - np.median(own_y)))
        said = "a file of the same city as {other}; their rows do not overlap and lie {apart:.0f} km apart"
        raise BadInput(b.field, b.report.path, Notice(said, other=a.field, apart=apart))


def _placed(net: StreetNet | None, ground: Ground, crop: bool, path: str) -> PlacedStreets | None:
    """Lay the streets, if there are any, on the grid, cropped to it with a margin if it is not laid round them."""
    if net is None:
        return None
    grid, margin = ground.grid, STREET_MARGIN_M
    box = (-margin, -margin, grid.n_cols * grid.cell_m + margin, grid.n_rows * grid.cell_m + margin)
    return place_streets(net, ground.place.project, box if crop else None, path)
