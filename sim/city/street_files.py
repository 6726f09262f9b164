"""Reads streets, in degrees, and keeps what a car may drive."""

from __future__ import annotations

import ast
import math
import re
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import pyproj

from sim.arrays import Array
from sim.city.notices import Notice
from sim.city.street_classes import ARTERIAL, LOCAL, listed, street_kind
from sim.city.street_formats import STREETS, raw_streets
from sim.city.streets import StreetParameters
from sim.parameters import BadInput

KMH_PER_MPH = 1.609344
SLOWEST_KMH, FASTEST_KMH = 5.0, 130.0
NUMBER = r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?"


class StreetNet(NamedTuple):
    """Driven streets of one file, in degrees."""

    path: str
    graph: nx.MultiDiGraph[
        Any
    ]  # edges `kind`, `speed_kmh`, `length_m` (None where the file has none), `line` [points, 2] longitude, latitude
    place: dict[Any, tuple[float, float]]  # longitude, latitude of each node
    latitude: float  # median of the nodes
    longitude: float
    notices: tuple[Notice, ...]  # what was guessed or lost


def read_streets(path: str, parameters: StreetParameters, crs: str | None = None) -> StreetNet:
    """Read the streets that a car may drive.

    Speed is the limit where the file states one, else by class: from tertiary upwards `arterial_speed_kmh`, below
    `local_speed_kmh`.

    Parameters
    ----------
    path : str
        GraphML (of OSMnx or others; nodes with `x`, `y` or `lon`, `lat`), OpenStreetMap XML, or lines in GeoJSON,
        GeoPackage or a shapefile; plain or packed.
    parameters : StreetParameters
        Speeds.
    crs : str, optional
        Coordinate system of a file that names none and is not in degrees.

    Raises
    ------
    BadInput
        If the file cannot be read, is neither, or has no street for cars.
    """
    raw, notices = raw_streets(path, crs)
    roads = Notice(
        "a file with streets for cars, that is with ways whose highway is {classes} or the like",
        classes=(*ARTERIAL, *LOCAL[:2]),
    )
    if raw.number_of_edges() == 0:
        raise BadInput(STREETS, path, roads)
    to_degrees = _to_degrees(raw, path, crs)
    place = dict(zip(raw.nodes, _places(raw, path, to_degrees), strict=True))
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph.add_nodes_from(place)
    for a, b, edge in raw.edges(data=True):
        kind = street_kind(edge)
        if kind is None:
            continue
        default = parameters.arterial_speed_kmh if kind == "arterial" else parameters.local_speed_kmh
        line = _line(edge.get("geometry"), to_degrees)
        if line is not None and not (np.abs(line) <= (180, 90)).all():
            through = str(line[(np.abs(line) <= (180, 90)).all(axis=1).argmin()])
            said = "streets in degrees; the course of one goes through {place}"
            raise BadInput(STREETS, path, Notice(said, place=through))
        line = np.array([place[a], place[b]]) if line is None else line
        graph.add_edge(
            a,
            b,
            kind=kind,
            speed_kmh=_limit_kmh(edge.get("maxspeed")) or default,
            length_m=_number(edge.get("length")),
            line=line,
        )
    graph.remove_nodes_from([name for name in list(graph.nodes) if graph.degree(name) == 0])
    if graph.number_of_edges() == 0:
        raise BadInput(STREETS, path, roads)
    longitude, latitude = np.median([place[name] for name in graph.nodes], axis=0)
    return StreetNet(
        path, graph, {name: place[name] for name in graph.nodes}, float(latitude), float(longitude), notices
    )


def _limit_kmh(value: Any) -> float | None:
    """Return the lowest speed limit in a tag such as `50`, `30 mph` or `['50', '30']`, or None."""
    limits = []
    for text in listed(value):
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?\s*", text)
        if found:
            limits.append(float(found[1]) * (KMH_PER_MPH if found[2] == "mph" else 1.0))
    return min(max(min(limits), SLOWEST_KMH), FASTEST_KMH) if limits else None


def _number(value: Any) -> float | None:
    """Return a positive number, or None."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def _to_degrees(graph: Any, path: str, crs: str | None) -> Any:
    """Return a function (x, y) → (longitude, latitude) for the coordinates that a graph, or else the user, says it has.

    Degrees where neither says anything.
    """
    system = written = graph.graph.get("crs", crs)
    if isinstance(system, str) and system.startswith("{"):  # as OSMnx wrote it before pyproj had names for systems
        try:
            system = ast.literal_eval(system).get("init")
        except (ValueError, SyntaxError, AttributeError):
            system = str(written)
    if system is None:
        return lambda x, y: (x, y)
    try:
        known = pyproj.CRS.from_user_input(system)
    except pyproj.exceptions.CRSError:
        said = "a graph in a known coordinate system; this one says {system!r}"
        raise BadInput(STREETS, path, Notice(said, system=str(system)[:60])) from None
    if known.is_geographic:
        return lambda x, y: (x, y)
    return pyproj.Transformer.from_crs(known, "EPSG:4326", always_xy=True).transform


def _places(graph: Any, path: str, to_degrees: Any) -> list[tuple[float, float]]:
    """Return longitude and latitude of each node, in the order of the graph."""
    node: dict[str, Any] = next(iter(graph.nodes.values()), {})
    names = next(
        ((a, b) for a, b in (("x", "y"), ("lon", "lat"), ("longitude", "latitude")) if a in node and b in node), None
    )
    try:
        if names is None:
            raise KeyError
        x, y = np.array([[float(node[name]) for name in names] for node in graph.nodes.values()]).T
    except (KeyError, ValueError, TypeError):
        said = "nodes with numbers x and y, or lon and lat; the first one has {has}"
        raise BadInput(STREETS, path, Notice(said, has=tuple(map(str, node)) or Notice("nothing"))) from None
    longitude, latitude = to_degrees(x, y)
    wrong = np.flatnonzero(~((np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)))
    if len(wrong):
        said = "nodes in degrees; one lies at {x:.6g}, {y:.6g}, and the graph names no coordinate system for that"
        raise BadInput(STREETS, path, Notice(said, x=float(x[wrong[0]]), y=float(y[wrong[0]])))
    return list(zip(longitude.tolist(), latitude.tolist(), strict=True))


def _line(geometry: Any, to_degrees: Any) -> Array | None:
    """Return the course of an edge [points, 2] in degrees from its geometry (shapely, or well-known text), or None."""
    if hasattr(geometry, "coords"):
        x, y = np.array(geometry.coords)[:, :2].T
    else:
        pairs = re.findall(rf"({NUMBER})\s+({NUMBER})", geometry) if isinstance(geometry, str) else []
        if len(pairs) < 2:
            return None
        x, y = np.array(pairs, dtype=float).T
    return np.column_stack(to_degrees(x, y))
