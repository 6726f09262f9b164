"""Reads streets from GraphML or OpenStreetMap XML, keeps what a car may drive, and lays it on the grid."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import pyproj

from sim.arrays import Array
from sim.city.real_files import check_xml, is_streets
from sim.city.streets import StreetParameters
from sim.parameters import BadInput

STREETS = "city.streets_file"
# The 'drive' network of OSMnx (Boeing 2017) is made of these classes; service roads are left out as there.
ARTERIAL = ("motorway", "trunk", "primary", "secondary", "tertiary")
LOCAL = ("unclassified", "residential", "living_street", "road")
DRIVEN = {
    name: kind
    for kind, names in (("arterial", ARTERIAL), ("local", LOCAL))
    for base in names
    for name in (base, f"{base}_link")
}
CLOSED = {
    "access": {"no", "private"},
    "motor_vehicle": {"no", "private"},
    "motorcar": {"no", "private"},
    "area": {"yes"},
}
KMH_PER_MPH = 1.609344
SLOWEST_KMH, FASTEST_KMH = 5.0, 130.0
POINT_EVERY_M = 50.0
WRONG_TIMES = 10.0  # a length that is so many times that of its line, or less than such a part, is an error of the file
MOST_STREET_KM = 200_000.0  # some times those of the largest cities, both ways counted
NUMBER = r"-?\d+(?:\.\d+)?(?:[eE]-?\d+)?"


class StreetNet(NamedTuple):
    """Driven streets of one file, in degrees."""

    graph: nx.MultiDiGraph[
        Any
    ]  # edges `kind`, `speed_kmh`, `length_m` (None where the file has none), `line` [points, 2] longitude, latitude
    place: dict[Any, tuple[float, float]]  # longitude, latitude of each node
    latitude: float  # median of the nodes
    longitude: float


class PlacedStreets(NamedTuple):
    """Driven streets on the grid."""

    graph: nx.DiGraph[Any]  # nodes `x_m`, `y_m`; edges `length_m`, `speed_kmh`, `kind`
    x_m: Array  # [points] every 50 m or less along the streets
    y_m: Array  # [points]
    arterial: Array  # [points] bool


def read_streets(path: str, parameters: StreetParameters) -> StreetNet:
    """Read the streets that a car may drive.

    Speed is the limit where the file states one, else by class: from tertiary upwards `arterial_speed_kmh`, below
    `local_speed_kmh`.

    Parameters
    ----------
    path : str
        GraphML (of OSMnx or others; nodes with `x`, `y` or `lon`, `lat`) or OpenStreetMap XML, plain, `.bz2` or `.gz`.
    parameters : StreetParameters
        Speeds.

    Raises
    ------
    BadInput
        If the file cannot be read, is neither, or has no street for cars.
    """
    raw = _graph_of(path)
    roads = (
        f"a file with streets for cars, that is with ways whose highway is {', '.join(ARTERIAL)}, "
        f"{', '.join(LOCAL[:2])} or the like"
    )
    if raw.number_of_edges() == 0:
        raise BadInput(STREETS, path, roads)
    to_degrees = _to_degrees(raw, path)
    place = dict(zip(raw.nodes, _places(raw, path, to_degrees), strict=True))
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph.add_nodes_from(place)
    for a, b, edge in raw.edges(data=True):
        kind = _kind(edge)
        if kind is None:
            continue
        default = parameters.arterial_speed_kmh if kind == "arterial" else parameters.local_speed_kmh
        line = _line(edge.get("geometry"), to_degrees)
        if line is not None and not (np.abs(line) <= (180, 90)).all():
            raise BadInput(
                STREETS,
                path,
                "streets in degrees; the course of one goes through "
                f"{line[(np.abs(line) <= (180, 90)).all(axis=1).argmin()]}",
            )
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
    return StreetNet(graph, {name: place[name] for name in graph.nodes}, float(latitude), float(longitude))


def place_streets(
    net: StreetNet, project: Any, box_m: tuple[float, float, float, float] | None, path: str
) -> PlacedStreets:
    """Lay streets on the ground.

    Crop them to a box and keep the largest part within which one can drive from anywhere to anywhere.

    Of parallel edges the fastest is kept, and nodes are numbered in the order of the file.

    Parameters
    ----------
    net : StreetNet
        From `read_streets`.
    project : callable
        (longitude, latitude) arrays → (x_m, y_m) arrays.
    box_m : tuple of float or None
        West, south, east, north; None keeps all.
    path : str
        The file, for errors.

    Raises
    ------
    BadInput
        If fewer than two connected junctions lie in the box.
    """
    names = list(net.place)
    x, y = project(*np.array(list(net.place.values())).T)
    at = {name: (float(a), float(b)) for name, a, b in zip(names, x, y, strict=True)}
    if box_m is not None:
        west, south, east, north = box_m
        names = [name for name in names if west <= at[name][0] <= east and south <= at[name][1] <= north]
    part = net.graph.subgraph(names)
    largest: set[Any] = max(nx.strongly_connected_components(part), key=len, default=set())
    if len(largest) < 2:
        where = "" if box_m is None else " where the incidents or calls lie"
        raise BadInput(STREETS, path, f"a file with at least two junctions that are connected both ways{where}")
    number = {name: i for i, name in enumerate(name for name in names if name in largest)}
    graph: nx.DiGraph[Any] = nx.DiGraph()
    for name, i in number.items():
        graph.add_node(i, x_m=at[name][0], y_m=at[name][1])
    kept = part.subgraph(largest)
    lines = [edge["line"] for _, _, edge in kept.edges(data=True)]
    ground = np.split(np.column_stack(project(*np.vstack(lines).T)), np.cumsum([len(line) for line in lines])[:-1])
    total_km = sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in ground) / 1000
    if not total_km <= MOST_STREET_KM:
        raise BadInput(
            STREETS,
            path,
            f"streets of one city, of at most {MOST_STREET_KM:,.0f} km; these are {total_km:,.0f} km long",
        )
    points, arterial = [], []
    for (a, b, edge), line in zip(kept.edges(data=True), ground, strict=True):
        drawn = float(np.hypot(*np.diff(line, axis=0).T).sum())
        given = edge["length_m"]
        length = given if given and drawn <= WRONG_TIMES * given <= WRONG_TIMES**2 * max(drawn, 1.0) else drawn
        i, j = number[a], number[b]
        if not graph.has_edge(j, i):  # the other way has not been walked along yet
            points.append(_along(line))
            arterial.append(np.full(len(points[-1]), edge["kind"] == "arterial"))
        if i == j:
            continue
        if (
            not graph.has_edge(i, j)
            or length / edge["speed_kmh"] < graph.edges[i, j]["length_m"] / graph.edges[i, j]["speed_kmh"]
        ):
            graph.add_edge(i, j, length_m=float(length), speed_kmh=float(edge["speed_kmh"]), kind=edge["kind"])
    all_x, all_y = np.vstack(points).T
    return PlacedStreets(graph, all_x, all_y, np.concatenate(arterial))


def _along(line: Array) -> Array:
    """Return points every 50 m or less along a line [points, 2] in metres."""
    step = np.hypot(*np.diff(line, axis=0).T)
    run = np.concatenate([[0.0], np.cumsum(step)])
    at = np.linspace(0.0, run[-1], max(2, math.ceil(run[-1] / POINT_EVERY_M) + 1))
    return np.column_stack([np.interp(at, run, line[:, 0]), np.interp(at, run, line[:, 1])])


def _graph_of(path: str) -> Any:
    """Return the graph of a file, of whatever kind of networkx."""
    head = check_xml(path, STREETS)
    if not is_streets(head):
        raise BadInput(
            STREETS,
            path,
            "GraphML or OpenStreetMap XML, plain, .gz or .bz2; this one is neither (a .pbf has to be converted, such "
            "as with osmium)",
        )
    file = Path(path).expanduser()
    try:
        if b"<graphml" in head:
            graph = nx.read_graphml(file, force_multigraph=True)
            return graph if graph.is_directed() else graph.to_directed()
        return _from_osm(file)
    except Exception as error:  # whatever the libraries make of a file that is not as it should be
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise BadInput(
            STREETS, path, f"GraphML or OpenStreetMap XML, plain, .gz or .bz2; this one cannot be read ({reason})"
        ) from None


def _from_osm(file: Path) -> Any:
    """Return the driven ways of an OpenStreetMap file, nodes between junctions merged."""
    import osmnx  # takes two seconds, and only this kind of file needs it

    graph = osmnx.graph_from_xml(file, simplify=False, retain_all=True)
    graph.remove_edges_from(
        [(a, b, key) for a, b, key, edge in graph.edges(keys=True, data=True) if _kind(edge) is None]
    )
    graph.remove_nodes_from(list(nx.isolates(graph)))
    return osmnx.simplify_graph(graph, edge_attrs_differ=["highway", "maxspeed"]) if graph.number_of_edges() else graph


def _listed(value: Any) -> list[str]:
    """Return a tag's values; OSMnx writes several as the text of a list."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return [value]
    return [str(v) for v in value] if isinstance(value, (list, tuple)) else [str(value)]


def _kind(edge: dict[str, Any]) -> str | None:
    """Return `arterial` or `local`, or None if a car may not drive here.

    An edge without a class, from a plain graph, is local.
    """
    if any(set(_listed(edge[tag])) & values for tag, values in CLOSED.items() if tag in edge):
        return None
    if "highway" not in edge:
        return None if "osmid" in edge else "local"
    kinds = [DRIVEN[name] for name in _listed(edge["highway"]) if name in DRIVEN]
    return min(kinds, default=None)


def _limit_kmh(value: Any) -> float | None:
    """Return the lowest speed limit in a tag such as `50`, `30 mph` or `['50', '30']`, or None."""
    limits = []
    for text in _listed(value):
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


def _to_degrees(graph: Any, path: str) -> Any:
    """Return a function (x, y) → (longitude, latitude) for the coordinates that a graph says it is in.

    Degrees where it says nothing.
    """
    system = graph.graph.get("crs")
    if system is None:
        return lambda x, y: (x, y)
    try:
        known = pyproj.CRS.from_user_input(system)
    except pyproj.exceptions.CRSError:
        raise BadInput(
            STREETS, path, f"a graph in a known coordinate system; this one says {str(system)[:60]!r}"
        ) from None
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
        raise BadInput(
            STREETS,
            path,
            f"nodes with numbers x and y, or lon and lat; the first one has {', '.join(map(str, node)) or 'nothing'}",
        ) from None
    longitude, latitude = to_degrees(x, y)
    wrong = np.flatnonzero(~((np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)))
    if len(wrong):
        raise BadInput(
            STREETS,
            path,
            f"nodes in degrees; one lies at {x[wrong[0]]:.6g}, {y[wrong[0]]:.6g}, and the graph names no coordinate "
            "system for that",
        )
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
