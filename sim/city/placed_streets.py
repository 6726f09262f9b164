"""Lays streets on the grid, keeps those from which one can drive everywhere, and says what they leave out."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from scipy.spatial import cKDTree

from sim.arrays import Array, frozen
from sim.city.notices import Notice, Weight
from sim.city.street_files import StreetNet
from sim.city.street_formats import STREETS
from sim.parameters import BadInput

POINT_EVERY_M = 50.0
WRONG_TIMES = 10.0  # a length that is so many times that of its line, or less than such a part, is an error of the file
MOST_STREET_KM = 200_000.0  # some times those of the largest cities, both ways counted
NEAR_M = 500.0  # a place this near to a street is reached by it; assumption
LEAST_REACHED, WELL_REACHED = 0.5, 0.95  # shares of the places: below, streets are refused; below, it is said


class PlacedStreets(NamedTuple):
    """Driven streets on the grid."""

    graph: nx.DiGraph[Any]  # nodes `x_m`, `y_m`; edges `length_m`, `speed_kmh`, `kind`, `bends_m`
    x_m: Array  # [points] every 50 m or less along the streets
    y_m: Array  # [points]
    arterial: Array  # [points] bool
    notices: tuple[Notice, ...]  # what was left out


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
        said = (
            "a file with at least two junctions that are connected both ways"
            if box_m is None
            else "a file with at least two junctions that are connected both ways where the incidents or calls lie"
        )
        raise BadInput(STREETS, path, Notice(said))
    number = {name: i for i, name in enumerate(name for name in names if name in largest)}
    graph: nx.DiGraph[Any] = nx.DiGraph()
    for name, i in number.items():
        graph.add_node(i, x_m=at[name][0], y_m=at[name][1])
    kept = part.subgraph(largest)
    lines = [edge["line"] for _, _, edge in kept.edges(data=True)]
    ground = np.split(np.column_stack(project(*np.vstack(lines).T)), np.cumsum([len(line) for line in lines])[:-1])
    total_km = sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in ground) / 1000
    if not total_km <= MOST_STREET_KM:
        said = "streets of one city, of at most {most:,.0f} km; these are {km:,.0f} km long"
        raise BadInput(STREETS, path, Notice(said, most=MOST_STREET_KM, km=float(total_km)))
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
            if len(line) > 2:
                graph.edges[i, j]["bends_m"] = frozen(line[1:-1].astype(np.float32))
    all_x, all_y = np.vstack(points).T
    return PlacedStreets(graph, all_x, all_y, np.concatenate(arterial), (*net.notices, *_left_out(part, kept, project)))


def check_reach(placed: PlacedStreets, x_m: Array, y_m: Array, path: str) -> tuple[Notice, ...]:
    """Return what to say about the share of places [places] of a city that lie within 500 m of its streets.

    Raises
    ------
    BadInput
        If it is less than half: the streets would be those of another part, and all ways longer than they are.
    """
    away = cKDTree(np.column_stack([placed.x_m, placed.y_m])).query(np.column_stack([x_m, y_m]))[0]
    share = float((away <= NEAR_M).mean())
    if share < LEAST_REACHED:
        words = (
            "streets of the whole city, that is at least {least:.0%} of its places within {near:.0f} m of one; of "
            "these, {share:.0%}: give the streets of the whole city, or the area that they cover as city.boundary_file"
        )
        raise BadInput(STREETS, path, Notice(words, least=LEAST_REACHED, near=NEAR_M, share=share))
    said = Notice(
        "they cover a part of the city: {share:.0%} of the places lie within {near:.0f} m of a street; beyond, units "
        "leave the streets", Weight.DOUBTFUL, ("city.streets_file", "city.boundary_file"), share=share, near=NEAR_M,
    )  # fmt: skip
    return (said,) if share < WELL_REACHED else ()


def _left_out(part: Any, kept: Any, project: Any) -> tuple[Notice, ...]:
    """Say how many junctions and kilometres are left out because no car comes from them, or to them, and back."""
    lost = part.number_of_nodes() - kept.number_of_nodes()
    if not lost:
        return ()
    lines = [edge["line"] for a, b, edge in part.edges(data=True) if a not in kept or b not in kept]
    seen = {frozenset(map(tuple, line.tolist())): line for line in lines}  # both ways of a street are one
    km = (
        sum(float(np.hypot(*np.diff(np.column_stack(project(*line.T)), axis=0).T).sum()) for line in seen.values())
        / 1000
    )
    said = Notice(
        "{lost:,} of {junctions:,} junctions and {km:,.1f} km of streets are left out: one cannot drive from there to "
        "all others and back (one-way streets that end, or parts that nothing joins)", Weight.LOST,
        ("city.streets_file",), lost=lost, junctions=part.number_of_nodes(), km=km,
    )  # fmt: skip
    return (said,)


def _along(line: Array) -> Array:
    """Return points every 50 m or less along a line [points, 2] in metres."""
    step = np.hypot(*np.diff(line, axis=0).T)
    run = np.concatenate([[0.0], np.cumsum(step)])
    at = np.linspace(0.0, run[-1], max(2, math.ceil(run[-1] / POINT_EVERY_M) + 1))
    return np.column_stack([np.interp(at, run, line[:, 0]), np.interp(at, run, line[:, 1])])
