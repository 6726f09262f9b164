"""Reads the boundary of a city, its beats and its stations, as a user gives them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment

from sim.arrays import Array
from sim.city.beats import MIN_CELLS_PER_BEAT, BeatPlan, in_line, plan_of_cells
from sim.city.city import CityParameters, FileReport
from sim.city.file_columns import place_columns, plain
from sim.city.grid import Grid
from sim.city.notices import Notice, Weight
from sim.city.places import Source, coordinates
from sim.city.tables import Sieve, read_table
from sim.city.vector_files import read_map
from sim.parameters import BadInput

BOUNDARY, BEATS, STATIONS = "city.boundary_file", "city.beats_file", "city.stations_csv"
BEAT_NAMES = (
    "beat",
    "beatnum",
    "beatname",
    "beatno",
    "beatid",
    "sector",
    "zone",
    "reportingarea",
    "name",
    "id",
    "警区",
    "巡区",
)
DISTRICT_NAMES = ("district", "districtno", "distnum", "dist", "precinct", "division", "subdivision", "派出所", "分局")
FAR_KM = 20.0  # a station this far from the city is another city's


class Beats(NamedTuple):
    """Beats as a map draws them."""

    report: FileReport
    names: list[str]  # [beats]
    shapes: Array  # [beats] polygons in degrees
    district: Array | None  # [beats] number of the district, in the order of their names; None: the map has none


def read_boundary(parameters: CityParameters) -> tuple[Any, FileReport]:
    """Return the area of a city in degrees, all polygons of its map together, and what became of the file.

    Raises
    ------
    BadInput
        If the file cannot be read or has no polygons.
    """
    path = str(parameters.boundary_file)
    layer, lost = _polygons(path, BOUNDARY, parameters.crs)
    area = shapely.union_all(layer.geometry.to_numpy())
    return area, FileReport(
        path, len(layer) + lost, len(layer), notices=_without_area(lost), what="shapes", key=BOUNDARY
    )


def read_beats(parameters: CityParameters) -> Beats:
    """Return the beats of a map; shapes of one name are one beat.

    Raises
    ------
    BadInput
        If the file cannot be read, has no polygons, or not the column of districts that the user names.
    """
    path = str(parameters.beats_file)
    layer, lost = _polygons(path, BEATS, parameters.crs)
    columns = {plain(name): name for name in layer.columns if name != layer.geometry.name}
    by_name = next(
        (columns[name] for name in BEAT_NAMES if name in columns and layer[columns[name]].nunique() > 1), None
    )
    given = parameters.columns.district
    if given is not None and plain(given) not in columns:
        words = "a column of {file}, which has {columns}"
        raise BadInput("city.columns.district", given, Notice(words, file=path, columns=tuple(columns.values())))
    by_district = columns[plain(given)] if given else next((columns[n] for n in DISTRICT_NAMES if n in columns), None)
    said = _without_area(lost)
    if by_name is None:
        names = [str(i + 1) for i in range(len(layer))]
        shapes, rows = layer.geometry.to_numpy(), np.arange(len(layer))
    else:
        texts = layer[by_name].astype(str).to_numpy()
        names, rows = np.unique(texts, return_index=True)[0].tolist(), np.unique(texts, return_index=True)[1]
        shapes = np.array([shapely.union_all(layer.geometry.to_numpy()[texts == name]) for name in names])
        said += (Notice("beats are the shapes of one {column!r}", column=by_name),)
    district = None
    if by_district is not None:
        district = np.unique(layer[by_district].astype(str).to_numpy(), return_inverse=True)[1][rows]
        said += (
            Notice(
                "districts are taken from {column!r}: {districts}", settings=("city.columns.district",),
                column=by_district, districts=int(district.max()) + 1,
            ),
        )  # fmt: skip
    report = FileReport(path, len(layer) + lost, len(layer), notices=said, what="shapes", key=BEATS)
    return Beats(report, names, shapes, district)


def plan_of(beats: Beats, grid: Grid, inside: Array, to_degrees: Any, parameters: CityParameters) -> BeatPlan:
    """Lay beats on the grid: each cell of the city belongs to the beat of its middle, or else to the nearest.

    Parameters
    ----------
    beats : Beats
        From `read_beats`.
    grid, inside : Grid, array of bool [cells]
        The cells, and those of the city.
    to_degrees : callable
        (x_m, y_m) arrays → (longitude, latitude) arrays.
    parameters : CityParameters
        Number of districts.

    Raises
    ------
    BadInput
        If a beat is too small for the cells, or the districts are not as many as `city.districts`.
    """
    path, cells = beats.report.path, np.flatnonzero(inside)
    points = shapely.points(*to_degrees(grid.x_m[cells], grid.y_m[cells]))
    of_cell = shapely.STRtree(beats.shapes).nearest(points)
    count = np.bincount(of_cell, minlength=len(beats.names))
    small = int(np.argmin(count))
    if count[small] < MIN_CELLS_PER_BEAT:
        said = (
            "beats of at least {least} cells of {side:g} m within the city; beat {beat!r} has {cells}: lower "
            "city.cell_m, or leave the beat out"
        )
        raise BadInput(
            BEATS, path,
            Notice(said, least=MIN_CELLS_PER_BEAT, side=grid.cell_m, beat=beats.names[small], cells=int(count[small])),
        )  # fmt: skip
    n = len(beats.names)
    middle = np.array([[grid.x_m[cells[of_cell == b]].mean(), grid.y_m[cells[of_cell == b]].mean()] for b in range(n)])
    order = in_line(middle)
    if beats.district is None:
        districts = min(parameters.districts, n)
        district = np.empty(n, dtype=np.int64)
        district[order] = np.arange(n) * districts // n
    else:
        district, districts = beats.district, int(beats.district.max()) + 1
    if districts != parameters.districts:
        said = Notice("the {districts} districts of {file}: city.districts={districts}", districts=districts, file=path)
        raise BadInput("city.districts", parameters.districts, said)
    order = order[np.argsort(district[order], kind="stable")]  # those of one district stand together
    number = np.empty(n, dtype=np.int16)
    number[order] = np.arange(n)
    beat = np.full(grid.n_cells, -1, dtype=np.int16)
    beat[cells] = number[of_cell]
    return plan_of_cells(grid, beat, district[order].astype(np.int16))


def with_stations(plan: BeatPlan, grid: Grid, project: Any, parameters: CityParameters) -> tuple[BeatPlan, FileReport]:
    """Return a plan whose stations stand where a file says, one a district, so that they are near their districts.

    Of all ways to share out stations, the one with the shortest distances to the middles of the districts.

    Raises
    ------
    BadInput
        If the file cannot be read, has not one station a district, or has one far from the city.
    """
    path = str(parameters.stations_csv)
    table = read_table(path, STATIONS)
    columns = place_columns(table.frame, STATIONS, path, parameters.columns)
    sieve = Sieve(table.frame.height)
    latitude, longitude, said = coordinates(columns, sieve, Source(path, STATIONS, None, parameters.crs, None))
    use = sieve.usable
    districts = len(plan.station_cell)
    if use.sum() != districts:
        placed = int(use.sum())
        words = (
            "one station a district, {districts}; {placed} of its {rows} rows have a place: city.districts={enough}, "
            "or another file"
        )
        raise BadInput(
            STATIONS, path, Notice(words, districts=districts, placed=placed, rows=len(use), enough=max(placed, 1))
        )
    x, y = project(longitude[use], latitude[use])
    cells = np.flatnonzero(plan.beat >= 0)
    away = np.hypot(grid.x_m[cells] - x[:, None], grid.y_m[cells] - y[:, None])
    nearest, away_m = cells[away.argmin(axis=1)], away.min(axis=1)
    if away_m.max() > 1000 * FAR_KM:
        line = table.lines[use][away_m.argmax()]
        words = "stations of the city; that of line {line} lies {km:,.0f} km from it"
        raise BadInput(STATIONS, path, Notice(words, line=int(line), km=float(away_m.max()) / 1000))
    of_cell = plan.district[plan.beat[cells]]
    middle = np.array(
        [[grid.x_m[cells[of_cell == d]].mean(), grid.y_m[cells[of_cell == d]].mean()] for d in range(districts)]
    )
    station, district = linear_sum_assignment(np.hypot(x[:, None] - middle[:, 0], y[:, None] - middle[:, 1]))
    station_cell = np.empty(districts, dtype=np.int32)
    station_cell[district] = nearest[station]
    outside = away_m > grid.cell_m
    at_edge = Notice(
        "{stations} stations lie outside the city and stand at its edge, up to {away:,.0f} m away", Weight.ASSUMED,
        ("city.boundary_file",), stations=int(outside.sum()), away=float(away_m.max()),
    )  # fmt: skip
    said = (*table.notices, *said, *([at_edge] if outside.any() else []))
    report = FileReport(
        path,
        len(use),
        int(use.sum()),
        sieve.rejected(table.lines),
        table.encoding,
        notices=said,
        what="stations",
        key=STATIONS,
    )
    return plan._replace(station_cell=station_cell), report


def _polygons(path: str, field: str, crs: str | None) -> tuple[Any, int]:
    """Return the polygons of a map, mended and flat, and how many shapes are none."""
    layers = read_map(path, field, crs)
    if not layers:
        raise BadInput(field, path, Notice("a map with areas (polygons); this one is empty"))
    with_areas = {name: layer[layer.geom_type.isin(("Polygon", "MultiPolygon"))] for name, layer in layers.items()}
    name = max(with_areas, key=lambda name: len(with_areas[name]))
    layer = with_areas[name]
    layer = layer[shapely.area(layer.geometry.to_numpy()) > 0]
    if layer.empty:
        kinds = tuple(sorted({str(kind) for layer in layers.values() for kind in layer.geom_type}))
        raise BadInput(
            field, path, Notice("a map with areas (polygons); this one has {kinds}", kinds=kinds or Notice("nothing"))
        )
    layer = layer.reset_index(drop=True)
    layer = layer.set_geometry(shapely.make_valid(shapely.force_2d(layer.geometry.to_numpy())), crs=layer.crs)
    return layer, sum(map(len, layers.values())) - len(layer)


def _without_area(lost: int) -> tuple[Notice, ...]:
    said = Notice("{shapes:,} shapes are no areas, or in another layer, and are not used", Weight.LOST, shapes=lost)
    return (said,) if lost else ()
