"""Ways along the streets from cell to cell, as somebody draws them who looks at a run; the run needs none."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from sim.arrays import Array, frozen
from sim.city.grid import Grid
from sim.city.streets import TravelTimes, access_nodes, junctions, pieces_of

if TYPE_CHECKING:
    import networkx as nx

REMEMBERED = 100_000  # ways; with more, all are forgotten
STARTS_REMEMBERED = 256  # junctions from which the fastest ways to all others are known

Key = TypeVar("Key")


class Ways:
    """The fastest ways between cells of a city, of which `TravelTimes` has the minutes and kilometres.

    Parameters
    ----------
    streets : networkx.Graph or networkx.DiGraph
        As in `TravelTimes.of_graph`; an edge may have `bends_m`, points [bends, 2] between its junctions.
    grid : Grid
        The cells.
    inside : array of bool [cells]
        Those of the city.
    travel : TravelTimes
        Of these streets, this grid and these cells.
    """

    def __init__(self, streets: nx.Graph[Any], grid: Grid, inside: Array, travel: TravelTimes) -> None:
        from scipy.sparse import csr_array

        self._streets, self._names = streets, list(streets.nodes)
        self._junctions, pieces = junctions(streets), pieces_of(streets)
        n = len(self._junctions)
        self._minutes = csr_array((pieces.minutes, (pieces.origin, pieces.end)), shape=(n, n))
        self._junction = access_nodes(self._junctions, grid, inside)[travel.node]
        self._centres = np.column_stack([grid.x_m, grid.y_m])
        self._before: dict[int, Array] = {}
        self._known: dict[tuple[int, int], Array] = {}

    def between(self, origin: int, destination: int) -> Array:
        """Return the points [points, 2] of the way between two cells, in metres; one point where they are the same."""
        return _remembered((origin, destination), self._known, REMEMBERED, lambda: self._way(origin, destination))

    def _way(self, origin: int, destination: int) -> Array:
        ends = self._centres[[origin, destination]]
        if origin == destination:
            return frozen(ends[:1].copy())
        passed = self._passed(int(self._junction[origin]), int(self._junction[destination]))
        streets = [self._junctions[passed[:1]]]
        streets += [self._street(a, b) for a, b in pairwise(passed)]
        points = np.vstack([ends[:1], *streets, ends[1:]])
        moved = np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))
        return frozen(points[moved].copy())

    def _passed(self, origin: int, destination: int) -> list[int]:
        """Return the junctions on the fastest way between two, both among them."""
        before = _remembered(origin, self._before, STARTS_REMEMBERED, lambda: self._all_before(origin))
        passed = [destination]
        while passed[-1] != origin:
            passed.append(int(before[passed[-1]]))
        return passed[::-1]

    def _all_before(self, origin: int) -> Array:
        """Return the junction before each one on the fastest way to it, shape [junctions]."""
        from scipy.sparse.csgraph import dijkstra

        _, before = dijkstra(self._minutes, indices=origin, return_predecessors=True)
        return np.asarray(before, dtype=np.int32)

    def _street(self, origin: int, end: int) -> Array:
        """Return the points of a piece of street after its first junction, up to its last."""
        edge: dict[str, Any] = self._streets.edges[self._names[origin], self._names[end]]
        bends, here, there = edge.get("bends_m"), self._junctions[origin], self._junctions[end]
        if bends is None:
            return np.atleast_2d(there)
        forwards = np.hypot(*(bends[0] - here)) <= np.hypot(*(bends[-1] - here))
        points: Array = np.vstack([bends if forwards else bends[::-1], there])
        return points


def _remembered(key: Key, known: dict[Key, Array], most: int, work_out: Callable[[], Array]) -> Array:
    """Return what is known of a key, or else work it out and know it from now on."""
    if key not in known:
        if len(known) >= most:
            known.clear()
        known[key] = work_out()
    return known[key]
