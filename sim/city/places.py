"""Checks the places of a file's rows, as a whole and row by row, and brings them to degrees."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyproj
import shapely
from scipy.spatial import cKDTree

from sim.arrays import Array
from sim.city.file_columns import PlaceColumns
from sim.city.notices import Notice
from sim.city.projections import coordinate_system, likely_systems
from sim.city.tables import Sieve
from sim.parameters import BadInput

MIN_PLACES = 50
KM_PER_DEGREE = 111.2
MAX_REACH_KM = 60.0  # from the median: a city is meant
MIN_MARGIN_KM = 2.0
LONELY_KM = 1.0
NO_COORDINATE = 1e8  # metres or feet, in any system of coordinates
MOST_POLAR = 72.0  # degrees; no city lies nearer to a pole, so a latitude beyond it is a longitude
OUT_OF_AREA = 2.0  # degrees beyond the area for which a coordinate system is made


class Source(NamedTuple):
    """What is known about the places of a file before they are read."""

    path: str
    field: str  # the key that names the file
    portal: tuple[str, float, float, float] | None  # name, latitude, longitude, radius in km
    crs: str | None  # coordinate system of places that are not in degrees
    boundary: Any  # polygon in degrees, beyond which rows do not count; None: there is none

    @property
    def near(self) -> tuple[float, float] | None:
        """Latitude and longitude near which the places must lie, as far as that is known."""
        if self.boundary is not None:
            return float(self.boundary.centroid.y), float(self.boundary.centroid.x)
        return None if self.portal is None else self.portal[1:3]


def coordinates(columns: PlaceColumns, sieve: Sieve, source: Source) -> tuple[Array, Array, tuple[Notice, ...]]:
    """Return latitude and longitude [rows], NaN where rejected, and what a user should know about them.

    Raises
    ------
    BadInput
        If the file as a whole has no places, places in metres or feet of no known system, swapped columns, or places in
        the wrong hemisphere.
    """
    path, field = source.path, source.field
    texts = (columns.latitude, columns.longitude)
    missing = texts[0].is_null().to_numpy() | texts[1].is_null().to_numpy()
    sieve.reject(missing, "coordinates are missing")
    latitude, longitude = (
        text.str.strip_chars()
        .str.replace(r"^(-?\d+),(\d+)$", "${1}.${2}")
        .cast(pl.Float64, strict=False)
        .fill_null(np.nan)
        .to_numpy(writable=True)
        for text in texts
    )
    sieve.reject(~(np.isfinite(latitude) & np.isfinite(longitude)), "coordinates are no numbers")
    sieve.reject((np.abs(latitude) < 1e-6) & (np.abs(longitude) < 1e-6), "coordinates are zero")
    for axis in (latitude, longitude):
        axis[~(np.abs(axis) < NO_COORDINATE)] = np.nan
    sieve.reject(~(np.isfinite(latitude) & np.isfinite(longitude)), "coordinates are impossible")
    good = np.isfinite(latitude) & np.isfinite(longitude) & ~((np.abs(latitude) < 1e-6) & (np.abs(longitude) < 1e-6))
    if not good.any():
        said = "a file with coordinates in degrees in columns {latitude!r} and {longitude!r}"
        raise BadInput(field, path, Notice(said, latitude=columns.latitude_name, longitude=columns.longitude_name))
    notices = _to_degrees(latitude, longitude, good, columns, source)
    good &= np.isfinite(latitude)
    lat0, lon0 = float(np.median(latitude[good])), float(np.median(longitude[good]))
    _check_whole(columns, source, lat0, lon0)
    sieve.reject(good & ((np.abs(latitude) > 90) | (np.abs(longitude) > 180)), "coordinates are impossible")
    fits = _fence(latitude[good], longitude[good], lat0, lon0, path, field)
    sieve.reject(
        good & ~fits(latitude, longitude) & fits(latitude, -longitude), "longitude has the opposite sign of the rest"
    )
    sieve.reject(
        good & ~fits(latitude, longitude) & fits(-latitude, longitude), "latitude has the opposite sign of the rest"
    )
    sieve.reject(good & ~fits(latitude, longitude) & fits(longitude, latitude), "latitude and longitude are swapped")
    sieve.reject(good & ~fits(latitude, longitude), "far from the others")
    if source.boundary is not None:
        shapely.prepare(source.boundary)
        sieve.reject(good & ~shapely.contains_xy(source.boundary, longitude, latitude), "outside the boundary")
        return latitude, longitude, notices
    near = np.flatnonzero(good & fits(latitude, longitude))
    sieve.reject(
        np.isin(np.arange(len(good)), near[_lonely(latitude[near], longitude[near], lat0, lon0)]), "far from the others"
    )
    return latitude, longitude, notices


def _to_degrees(
    latitude: Array, longitude: Array, good: Array, columns: PlaceColumns, source: Source
) -> tuple[Notice, ...]:
    """Bring places in a coordinate system to degrees, in place; return what a user should know about it."""
    if source.crs is None:
        return ()
    system = coordinate_system(source.crs)
    middle = float(np.median(latitude[good])), float(np.median(longitude[good]))
    if system.is_projected and abs(middle[0]) <= 90 and abs(middle[1]) <= 180:
        return (Notice("its places are in degrees already: city.crs={crs} is not used", crs=source.crs),)
    to_degrees = pyproj.Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    area = system.area_of_use

    def lies(x: float, y: float) -> tuple[float, float] | None:
        lon, lat = to_degrees.transform(x, y)
        if not np.isfinite([lon, lat]).all():
            return None
        inside = area is None or (
            area.south - OUT_OF_AREA <= lat <= area.north + OUT_OF_AREA
            and (area.west > area.east or area.west - OUT_OF_AREA <= lon <= area.east + OUT_OF_AREA)
        )
        return (lon, lat) if inside else None

    if lies(middle[1], middle[0]) is None:
        said = (
            "the coordinate system of {file}; latitude (y) and longitude (x) look swapped: give "
            "city.columns.latitude={longitude!r} city.columns.longitude={latitude!r}"
            if lies(*middle) is not None
            else "the coordinate system of {file}; the medians of {latitude!r} and {longitude!r}, {y:.8g} and {x:.8g}, "
            "lie outside its area ({area}): metres and feet have different numbers"
        )
        raise BadInput(
            "city.crs", source.crs,
            Notice(
                said, file=source.path, latitude=columns.latitude_name, longitude=columns.longitude_name,
                y=float(middle[0]), x=float(middle[1]), area=Notice("the earth") if area is None else area.name,
            ),
        )  # fmt: skip
    longitude[good], latitude[good] = to_degrees.transform(longitude[good], latitude[good])
    for axis in (latitude, longitude):
        axis[~np.isfinite(axis)] = np.nan
    said = "its places are brought to degrees from {crs} ({name})"
    return (Notice(said, settings=("city.crs",), crs=source.crs, name=system.name),)


def _check_whole(columns: PlaceColumns, source: Source, lat0: float, lon0: float) -> None:
    """Raise `BadInput` if the median place shows that the columns as a whole are wrong."""
    path, field, portal = source[:3]
    names: dict[str, Any] = {
        "latitude": columns.latitude_name,
        "longitude": columns.longitude_name,
        "y": lat0,
        "x": lon0,
    }
    swapped = Notice(
        "latitude and longitude look swapped: {latitude!r} has the median {y:.4g}; give "
        "city.columns.latitude={longitude!r} city.columns.longitude={latitude!r}, or swap the columns", **names,
    )  # fmt: skip
    if (abs(lat0) > 90 and abs(lon0) > 90) or max(abs(lat0), abs(lon0)) > 180:
        said = (
            "coordinates in degrees; the medians of {latitude!r} and {longitude!r} are {y:.6g} and {x:.6g}, which look "
            "like metres or feet; give their coordinate system (it stands in the description of the file), such as "
            "city.crs={systems}, or columns in degrees as city.columns.latitude and city.columns.longitude"
        )
        raise BadInput(field, path, Notice(said, **names, systems=likely_systems(lon0, lat0, source.near)))
    if abs(lat0) > MOST_POLAR and abs(lon0) <= MOST_POLAR:
        raise BadInput(field, path, swapped)
    if portal is None:
        return
    name, home_lat, home_lon, reach_km = portal
    if kilometres(lat0, lon0, home_lat, home_lon) <= reach_km:
        return
    for lat, lon, what in (
        (lat0, -lon0, "longitude"),
        (-lat0, lon0, "latitude"),
        (-lat0, -lon0, "latitude and longitude"),
    ):
        if kilometres(lat, lon, home_lat, home_lon) <= reach_km:
            said = (
                "the columns are those of {portal}, but the median place is {y:.4f}, {x:.4f}: the wrong hemisphere; "
                "change the sign of {what} (or rename the columns if the place is right)"
            )
            raise BadInput(field, path, Notice(said, portal=name, y=lat0, x=lon0, what=Notice(what)))
    if kilometres(lon0, lat0, home_lat, home_lon) <= reach_km:
        raise BadInput(field, path, swapped)


class _Fence(NamedTuple):
    """A box in kilometres round a median place."""

    lat0: float
    lon0: float
    west_km: float
    east_km: float
    south_km: float
    north_km: float

    def __call__(self, latitude: Array, longitude: Array) -> Array:
        x, y = offsets_km(latitude, longitude, self.lat0, self.lon0)
        out: Array = (x >= self.west_km) & (x <= self.east_km) & (y >= self.south_km) & (y <= self.north_km)
        return out


def _fence(latitude: Array, longitude: Array, lat0: float, lon0: float, path: str, field: str) -> _Fence:
    """Return the box beyond which a row is far from the others.

    On each axis it spans the 2.5 % to 97.5 % quantiles of the rows within 60 km of the median, widened on both sides by
    half that range (at least 2 km), and never reaches more than 60 km: the fences of Tukey's box plot (1977), with
    outer quantiles because crime crowds.
    """
    x, y = offsets_km(latitude, longitude, lat0, lon0)
    near = (np.abs(x) <= MAX_REACH_KM) & (np.abs(y) <= MAX_REACH_KM)
    if near.mean() < 0.5:
        said = "rows of one city; more than half lie over {reach:.0f} km from their median place {y:.3f}, {x:.3f}"
        raise BadInput(field, path, Notice(said, reach=MAX_REACH_KM, y=lat0, x=lon0))
    sides = []
    for along in (x[near], y[near]):
        low, high = np.quantile(along, [0.025, 0.975])
        margin = max(0.5 * (high - low), MIN_MARGIN_KM)
        sides += [max(low - margin, -MAX_REACH_KM), min(high + margin, MAX_REACH_KM)]
    return _Fence(lat0, lon0, *(float(side) for side in sides))


def _lonely(latitude: Array, longitude: Array, lat0: float, lon0: float) -> Array:
    """Return which rows lie alone.

    A place is lonely if it has at most three rows, and its third nearest place with rows is over 1 km, and over three
    times as far away as that of 95 % of the places.
    """
    places, rows = counted_places(latitude, longitude)
    if len(places) < MIN_PLACES:
        return np.zeros(len(latitude), dtype=bool)
    at = np.column_stack(offsets_km(places[:, 0], places[:, 1], lat0, lon0))
    third = cKDTree(at).query(at, k=4)[0][:, 3]
    lonely = (rows <= 3) & (third > max(LONELY_KM, 3 * float(np.quantile(third, 0.95))))
    alone = pl.DataFrame({"latitude": places[lonely, 0], "longitude": places[lonely, 1]}).with_columns(alone=True)
    each = pl.DataFrame({"latitude": latitude, "longitude": longitude})
    joined = each.join(alone, on=["latitude", "longitude"], how="left", maintain_order="left")
    out: Array = joined["alone"].is_not_null().to_numpy()
    return out


def counted_places(latitude: Array, longitude: Array) -> tuple[Array, Array]:
    """Return the places [places, 2] of rows, latitude and longitude in their order, and how many rows each has."""
    each = pl.DataFrame({"latitude": latitude, "longitude": longitude})
    counted = each.group_by("latitude", "longitude").len("rows").sort("latitude", "longitude")
    return counted.select("latitude", "longitude").to_numpy(), counted["rows"].to_numpy()


def offsets_km(latitude: Array, longitude: Array, lat0: float, lon0: float) -> tuple[Array, Array]:
    """Return how far east and north of a place others lie, in km, on a flat earth: it tells near from far."""
    east = (np.asarray(longitude) - lon0 + 180) % 360 - 180
    return east * KM_PER_DEGREE * np.cos(np.radians(lat0)), (np.asarray(latitude) - lat0) * KM_PER_DEGREE


def kilometres(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the great-circle distance between two places in degrees, in kilometres (haversine)."""
    a, b = np.radians(lat_a), np.radians(lat_b)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon_b - lon_a) / 2) ** 2
    return float(2 * KM_PER_DEGREE * np.degrees(np.arcsin(min(1.0, np.sqrt(h)))))
