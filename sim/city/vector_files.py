"""Opens maps of areas or streets: GeoJSON, KML, GeoPackage, or a shapefile, each also alone in a .zip."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from sim.city import real_files
from sim.city.notices import Notice
from sim.city.projections import coordinate_system
from sim.city.real_files import first_bytes, packing, regular_file, told_by
from sim.parameters import BadInput

if TYPE_CHECKING:
    import geopandas

ENDINGS = (".shp", ".geojson", ".json", ".kml", ".gpkg")
MAPS = Notice("GeoJSON, KML, GeoPackage or a shapefile (.shp, or a .zip of it)")


def is_map(head: bytes) -> bool:
    """Return whether a file that begins so may be one of the kinds that are read here."""
    return (
        head.startswith((b"SQLite format 3\0", b"\x00\x00\x27\x0a"))
        or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        or b"<kml" in head
    )


def holds_map(path: str) -> bool:
    """Return whether a zip holds a map, by the names of its members."""
    try:
        with zipfile.ZipFile(Path(path).expanduser()) as archive:
            return any(PurePosixPath(name).suffix.lower() in ENDINGS for name in archive.namelist())
    except (OSError, zipfile.BadZipFile, ValueError):
        return False


def read_map(path: str, field: str, crs: str | None) -> dict[str, geopandas.GeoDataFrame]:
    """Return the layers of a map that have shapes, by name, in degrees (WGS 84).

    Parameters
    ----------
    path, field : str
        The file, and the key that names it.
    crs : str or None
        Coordinate system of a map that names none and is not in degrees.

    Raises
    ------
    BadInput
        If it cannot be read, is none of the kinds, is too large, or is in no known coordinate system.
    """
    source = _opened(path, field)
    import geopandas  # takes two seconds
    import pyogrio

    try:
        with warnings.catch_warnings(action="ignore"):  # what matters of it shows below
            names = [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
            layers = {name: geopandas.read_file(source, layer=name) for name in names}
        return {
            name: _in_degrees(layer[~(layer.geometry.isna() | layer.geometry.is_empty)], path, field, crs)
            for name, layer in layers.items()
        }
    except BadInput:
        raise
    except Exception as error:  # whatever the libraries make of a file that is not as it should be
        said = "{forms}; this one cannot be read ({why})"
        raise BadInput(field, path, Notice(said, forms=MAPS, why=told_by(error))) from None


def _opened(path: str, field: str) -> str:
    """Return what the library opens, having looked that it is one of the kinds and not too large."""
    file, kind = regular_file(path, field), packing(path, field)
    try:
        if kind in ("zip", "workbook"):
            return _in_zip(file, path, field)
        head = first_bytes(path, field)
    except BadInput:
        raise
    except (OSError, zipfile.BadZipFile, RuntimeError, ValueError) as error:
        said = "a file that is whole; this one cannot be read ({why})"
        raise BadInput(field, path, Notice(said, why=str(error))) from None
    if not is_map(head):
        raise BadInput(field, path, Notice("{forms}; this one is none of them", forms=MAPS))
    _check_size(file.stat().st_size, path, field)
    return str(file)


def _in_zip(file: Path, path: str, field: str) -> str:
    """Return the one map in a zip, as the library names it."""
    with zipfile.ZipFile(file) as archive:
        members = [member for member in archive.infolist() if not member.filename.startswith("__MACOSX/")]
        maps = [member.filename for member in members if PurePosixPath(member.filename).suffix.lower() in ENDINGS]
        if len(maps) != 1:
            said = "a .zip with one map ({endings}); this one holds {maps} ({shown})"
            shown = tuple(maps[:5]) or Notice("nothing")
            raise BadInput(field, path, Notice(said, endings=ENDINGS, maps=len(maps), shown=shown))
        _check_size(sum(member.file_size for member in members), path, field)
        with archive.open(maps[0]) as stream:
            if not is_map(stream.read(4096)):
                said = "{forms}; {file} in this .zip is none of them"
                raise BadInput(field, path, Notice(said, forms=MAPS, file=maps[0]))
    return f"/vsizip/{file.resolve()}/{maps[0]}"


def _check_size(size: int, path: str, field: str) -> None:
    most = real_files.MOST_STREET_BYTES
    if size > most:
        said = "a map of at most {most:,} MB, unpacked; cut it to the city"
        raise BadInput(field, path, Notice(said, most=most >> 20))


def _in_degrees(layer: Any, path: str, field: str, crs: str | None) -> geopandas.GeoDataFrame:
    """Bring a layer to degrees; one that names no system is in that of the user, or else has to be in degrees."""
    west, south, east, north = layer.total_bounds if len(layer) else (0.0, 0.0, 0.0, 0.0)
    degrees = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    if layer.crs is None and not degrees and crs is None:
        raise BadInput(
            field,
            path,
            Notice(
                "a map that names its coordinate system (a shapefile has a .prj for that); this one is in metres or "
                "feet: give city.crs=EPSG:…"
            ),
        )
    if layer.crs is None:
        layer = layer.set_crs("EPSG:4326" if degrees else coordinate_system(str(crs)))
    layer = layer.to_crs("EPSG:4326")
    if not (abs(layer.total_bounds) <= (180, 90, 180, 90)).all() and len(layer):
        said = "a map on the earth; this one reaches to {bounds}"
        raise BadInput(field, path, Notice(said, bounds=str(layer.total_bounds.round(3).tolist())))
    return layer
