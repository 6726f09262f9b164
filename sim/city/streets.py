"""Streets as a networkx graph, and the travel times between cells that follow from them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.city.grid import Grid
from sim.kernels import allocating_kernel, kernel
from sim.parameters import Parameters, parameter

if TYPE_CHECKING:
    import networkx as nx

MAX_ACCESS_NODES = 2500
METRES_PER_MIN = 1000 / 60  # of one km/h


class StreetParameters(Parameters):
    """Streets of a made-up city, and speeds."""

    spacing_m: float = parameter(
        200.0,
        unit="m",
        ge=20,
        le=2000,
        source="assumption: a block of a Chinese county-level city",
        doc="Distance between local streets.",
    )
    arterial_every: int = parameter(
        5, unit="streets", ge=1, le=50, source="assumption", doc="One street in this many is an arterial."
    )
    missing_share: float = parameter(
        0.1,
        unit="1",
        ge=0,
        le=0.4,
        source="assumption",
        doc="Share of local street pieces that do not exist; the net stays connected.",
    )
    arterial_speed_kmh: float = parameter(
        45.0, unit="km/h", ge=1, le=200, source="assumption: urban traffic", doc="Speed of a police car on an arterial."
    )
    local_speed_kmh: float = parameter(
        25.0,
        unit="km/h",
        ge=1,
        le=200,
        source="assumption: urban traffic",
        doc="Speed of a police car on a local street.",
    )


class TravelTimes(NamedTuple):
    """Look-up of driving minutes and kilometres between cells.

    `minutes[j, i]` and `km[j, i]` go from access node i **to** access node j, so that the look-ups of one call lie in
    one row. A drive starts at the centre of a cell, goes to its access node, along the streets, and from a node to the
    centre of the last cell.
    """

    minutes: Array  # [nodes, nodes]
    km: Array  # [nodes, nodes]
    node: Array  # [cells] access node of each cell
    access_minutes: Array  # [cells] from the centre of the cell to its access node
    access_km: Array  # [cells]

    @classmethod
    def of_graph(
        cls, graph: nx.Graph[Any], grid: Grid, local_speed_kmh: float, inside: Array | None = None
    ) -> TravelTimes:
        """Measure a street graph.

        Parameters
        ----------
        graph : networkx.Graph or networkx.DiGraph
            Nodes carry `x_m`, `y_m` (metres in the grid's frame); edges carry `length_m` and `speed_kmh`. A directed
            edge can be driven one way only. It must be connected (strongly, if directed).
        grid : Grid
            The cells to serve.
        local_speed_kmh : float
            Speed between the centre of a cell and its access node.
        inside : array of bool [cells], optional
            Cells that need access nodes near by; by default all.

        Returns
        -------
        TravelTimes
            Among at most `MAX_ACCESS_NODES` access nodes; in a larger net several cells share one.
        """
        from scipy.spatial import cKDTree

        xy, pieces = junctions(graph), pieces_of(graph)
        access = access_nodes(xy, grid, inside)
        leaving = np.argsort(pieces.origin, kind="stable")
        start = np.searchsorted(pieces.origin[leaving], np.arange(len(xy) + 1))
        to, took, long = (column[leaving] for column in (pieces.end, pieces.minutes, pieces.km))
        time, distance = _fastest(start, to, took, long, access)
        centres = np.column_stack([grid.x_m, grid.y_m])
        off, nearest = cKDTree(xy[access]).query(centres)
        times = cls(
            minutes=time,
            km=distance,
            node=nearest.astype(np.int32),
            access_minutes=(off / (local_speed_kmh * METRES_PER_MIN)).astype(np.float32),
            access_km=(off / 1000).astype(np.float32),
        )
        return frozen(times)


class Pieces(NamedTuple):
    """The pieces of street between two junctions, one for each way in which it can be driven."""

    origin: Array  # [pieces] number of the junction, in the order of the graph
    end: Array  # [pieces]
    minutes: Array  # [pieces] above 0
    km: Array  # [pieces]


def pieces_of(graph: nx.Graph[Any]) -> Pieces:
    """Return the pieces of a street graph."""
    index = {name: i for i, name in enumerate(graph.nodes)}
    both_ways = [1] if graph.is_directed() else [1, -1]
    rows, cols, minutes, km = [], [], [], []
    for a, b, edge in graph.edges(data=True):
        for way in both_ways:
            u, v = (index[a], index[b])[::way]
            rows.append(u)
            cols.append(v)
            minutes.append(max(edge["length_m"], 1e-3) / (edge["speed_kmh"] * METRES_PER_MIN))
            km.append(edge["length_m"] / 1000)
    return Pieces(*(np.array(column) for column in (rows, cols, minutes, km)))


def junctions(graph: nx.Graph[Any]) -> Array:
    """Return where the junctions of a street graph are, east and north in metres, shape [junctions, 2]."""
    return np.array([(node["x_m"], node["y_m"]) for _, node in graph.nodes(data=True)], dtype=float)


def access_nodes(xy: Array, grid: Grid, inside: Array | None) -> Array:
    """Return the numbers of the junctions [junctions, 2] from which cells are reached, in order."""
    from scipy.spatial import cKDTree

    found: Array = np.unique(cKDTree(xy).query(_access_points(grid, inside))[1])
    return found


def _access_points(grid: Grid, inside: Array | None) -> Array:
    """Return the points that want an access node.

    Every cell inside, or every k-th row and column where these are too many.
    """
    wanted = np.ones(grid.n_cells, dtype=bool) if inside is None else inside
    step = int(np.ceil(np.sqrt(np.count_nonzero(wanted) / MAX_ACCESS_NODES)))
    cell = np.arange(grid.n_cells)
    kept = wanted & (cell % grid.n_cols % step == step // 2) & (cell // grid.n_cols % step == step // 2)
    return np.column_stack([grid.x_m, grid.y_m])[kept if kept.any() else wanted]


@allocating_kernel
def _fastest(start: Array, to: Array, minutes: Array, km: Array, access: Array) -> tuple[Array, Array]:
    """Return minutes of the fastest ways between access nodes, and kilometres along these ways, both [to, from].

    From each source, nodes that were reached sooner than before stand in line to tell their neighbours, until the line
    is empty (Moore 1959, *The shortest path through a maze*): where few streets meet at a node, few stand there twice.

    Parameters
    ----------
    start, to, minutes, km : array
        The pieces of street from node i are rows start[i] … start[i + 1] − 1: where each leads, its minutes, above 0,
        and kilometres.
    access : array
        Access nodes.
    """
    n, m = len(start) - 1, len(access)
    all_minutes, all_km = np.empty((m, m), dtype=np.float32), np.empty((m, m), dtype=np.float32)
    line, waits = np.empty(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    for s in range(m):
        time, length = np.full(n, np.inf), np.zeros(n)
        time[access[s]], line[0], first, waiting = 0.0, access[s], 0, 1
        while waiting > 0:
            i = line[first]
            first, waiting, waits[i] = (first + 1) % n, waiting - 1, False
            for piece in range(start[i], start[i + 1]):
                j = to[piece]
                if time[i] + minutes[piece] < time[j]:
                    time[j], length[j] = time[i] + minutes[piece], length[i] + km[piece]
                    if not waits[j]:
                        line[(first + waiting) % n], waits[j] = j, True
                        waiting += 1
        for a in range(m):
            all_minutes[a, s], all_km[a, s] = time[access[a]], length[access[a]]
    return all_minutes, all_km


@kernel
def drive_minutes(travel: TravelTimes, origin: int, destination: int) -> float:
    """Return the minutes of a drive at normal speed between two cells; within one cell it is zero."""
    if origin == destination:
        return 0.0
    a, b = travel.node[origin], travel.node[destination]
    return float(travel.minutes[b, a] + travel.access_minutes[origin] + travel.access_minutes[destination])


@kernel
def drive_km(travel: TravelTimes, origin: int, destination: int) -> float:
    """Return the kilometres of the fastest drive between two cells; within one cell it is zero."""
    if origin == destination:
        return 0.0
    a, b = travel.node[origin], travel.node[destination]
    return float(travel.km[b, a] + travel.access_km[origin] + travel.access_km[destination])


def lattice(width_m: float, height_m: float, parameters: StreetParameters, rng: np.random.Generator) -> nx.Graph[Any]:
    """Lay out the streets of a made-up city: a lattice with arterials and some missing local pieces, always connected.

    In a large area the streets lie wider apart than asked, so that there are at most `MAX_ACCESS_NODES` crossings.
    """
    import networkx as nx

    step = max(parameters.spacing_m, math.sqrt(width_m * height_m / MAX_ACCESS_NODES))
    nx_, ny_ = (max(2, round(side / step)) for side in (width_m, height_m))
    graph: nx.Graph[Any] = nx.Graph()
    for i in range(nx_):
        for j in range(ny_):
            graph.add_node((i, j), x_m=(i + 0.5) * step, y_m=(j + 0.5) * step)
    every = parameters.arterial_every
    half = every // 2
    for i in range(nx_):
        for j in range(ny_):
            for other, line in (((i + 1, j), j), ((i, j + 1), i)):
                if other in graph:
                    arterial = line % every == half
                    speed = parameters.arterial_speed_kmh if arterial else parameters.local_speed_kmh
                    graph.add_edge(
                        (i, j), other, length_m=step, speed_kmh=speed, kind="arterial" if arterial else "local"
                    )
    local = [edge for edge in graph.edges if graph.edges[edge]["kind"] == "local"]
    doomed = [local[k] for k in np.flatnonzero(rng.random(len(local)) < parameters.missing_share)]
    keep = nx.minimum_spanning_edges(graph, weight="length_m", data=False)
    needed = {frozenset(edge) for edge in keep}
    graph.remove_edges_from([edge for edge in doomed if frozenset(edge) not in needed])
    return graph
