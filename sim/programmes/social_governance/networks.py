"""The social governance side of a city and the police side as one network (双网融合).

Groups, grids, communities, centre, and units.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.city.grid import Grid
from sim.parameters import Parameters, parameter
from sim.people.ties import GROUP_DWELLINGS
from sim.police.cases.coordination import COMMAND_CENTRE, HEADQUARTERS, STATION, delays_and_loss
from sim.programmes.social_governance.tips import Neighbourhoods

if TYPE_CHECKING:
    import networkx as nx

GRID, COMMUNITY, GOVERNANCE_CENTRE = "grid", "community", "governance_centre"
SOCIAL, POLICE, SLOW, FUSED = (
    "social",
    "police",
    "slow",
    "fused",
)  # kinds of edges; the first two are sides of nodes too


class TellingLine(Parameters):
    """How news goes along one line of the network."""

    delay_h: float = parameter(
        ...,
        unit="h",
        ge=0,
        le=10_000,
        source="assumption",
        doc="Mean of the exponential time that news takes along it.",
    )
    loss: float = parameter(
        ..., unit="probability", ge=0, lt=1, source="assumption", doc="Share of news that never gets to its other end."
    )


class NetworkParameters(Parameters):
    """The units of social governance, and the lines between them and to the police."""

    groups_per_grid: int = parameter(
        30, unit="groups", ge=1, le=1000,
        source="assumption: a grid worker (网格员) for about 300 households, as cities have them",
        doc="Ten-household groups (十户联防) of a grid.",
    )  # fmt: skip
    grids_per_community: int = parameter(
        10,
        unit="grids",
        ge=1,
        le=1000,
        source="assumption: communities of about 3,000 households",
        doc="Grids of a community (社区).",
    )
    group_line: TellingLine = parameter(
        TellingLine(delay_h=6, loss=0.1), unit="line",
        source="assumption: neighbours meet and write to each other every day",
        doc="From the leader of a group to the grid worker.",
    )  # fmt: skip
    social_line: TellingLine = parameter(
        TellingLine(delay_h=24, loss=0.15), unit="line",
        source="assumption: reports of the day, as in a joint room of the police",
        doc="Between a grid and its community, and a community and the social governance centre.",
    )  # fmt: skip
    slow_line: TellingLine = parameter(
        TellingLine(delay_h=72, loss=0.3), unit="line",
        source="assumption: letters between offices, slower than a step of the hierarchy of the police",
        doc="Between the social governance centre and headquarters: the only one without fusion.",
    )  # fmt: skip
    fused_line: TellingLine = parameter(
        TellingLine(delay_h=2, loss=0.05), unit="line", source="assumption: as the lines of a joint command centre",
        doc=(
            "Fusion: between a grid and the station of its district, "
            "and between communities or the centre and the command centre, or headquarters."
        ),
    )  # fmt: skip


class Ways(NamedTuple):
    """The ways of news from the groups of each grid to the unit that can act on it."""

    outside_h: (
        Array  # f8 [grids, edges] mean delay of each edge up to the first unit of the police, 0 where there are fewer
    )
    outside_loss: Array  # f8 [grids]
    inside_h: Array  # f8 [grids, edges] the same of the edges from there on
    inside_loss: Array  # f8 [grids]


class Round:
    """Visits to all grids in turn, each of them again after some days if there are the minutes.

    Parameters
    ----------
    grids : int
        How many there are.
    days : float
        Days of a round.
    minutes : float
        Minutes of a visit.

    Attributes
    ----------
    last_day : array [grids]
        Day of the last visit, −infinity before the first.
    """

    def __init__(self, grids: int, days: float, minutes: float) -> None:
        self.days, self.minutes = days, minutes
        self.last_day = np.full(grids, -np.inf)
        self._next, self._due = 0, 0.0

    def go(self, day: int, able_min: float, there: Array) -> float:
        """Make the visits that are due, as far as the minutes go; return the minutes used.

        What is not made stays due, up to one round.

        Parameters
        ----------
        day : int
            Of the run.
        able_min : float
            Minutes that there are.
        there : array of bool [grids]
            Which grids are visited at all.
        """
        rows = np.flatnonzero(there)
        grids = len(rows)
        self._due = min(self._due + grids / self.days, float(grids))
        visits = (
            int(self._due + 1e-9)
            if self.minutes == 0.0
            else min(int(self._due + 1e-9), int(able_min / self.minutes + 1e-9))
        )
        if visits:
            visited = rows[(np.searchsorted(rows, self._next) + np.arange(visits)) % grids]
            self.last_day[visited] = day
            self._next = int(visited[-1] + 1) % len(self.last_day)
        self._due = max(0.0, self._due - visits)
        return min(visits * self.minutes, able_min)

    def kept(self, day: int) -> Array:
        """Return whether each grid was visited within the last two rounds, shape [grids]."""
        found: Array = self.last_day >= day - 2.0 * self.days
        return found


def neighbourhoods(dwellings: Array, grid: Grid, beats: BeatPlan, parameters: NetworkParameters) -> Neighbourhoods:
    """Divide the ten-household groups of a city into grids, and these into communities.

    Groups are taken beat by beat, within a beat along a Z-curve (Morton 1966), so that the groups of a grid lie
    together and no grid crosses the border of a beat, nor a community that of a district.

    Parameters
    ----------
    dwellings : array
        Table of the city's dwellings, sorted by cell.
    grid, beats : Grid, BeatPlan
        Its cells and beats.
    parameters : NetworkParameters
        Sizes.
    """
    cell = dwellings["cell"][::GROUP_DWELLINGS]
    beat = np.maximum(beats.beat[cell], 0)
    order = np.lexsort((_along_curve(cell // grid.n_cols, cell % grid.n_cols), beat))
    of_sorted = _pieces(beat[order], parameters.groups_per_grid)
    grid_of = np.empty(len(cell), dtype=np.int32)
    grid_of[order] = of_sorted
    start = np.searchsorted(of_sorted, np.arange(of_sorted[-1] + 2)).astype(np.int32)
    district = beats.district[beat[order][start[:-1]]].astype(np.int32)
    return Neighbourhoods(
        grid_of,
        start,
        order.astype(np.int32),
        district,
        _pieces(district, parameters.grids_per_community).astype(np.int32),
    )


def _along_curve(row: Array, col: Array) -> Array:
    """Return the place of cells along a Z-curve, by interleaving the bits of row and column."""
    place = np.zeros(len(row), dtype=np.int64)
    for bit in range(16):
        place |= (row.astype(np.int64) >> bit & 1) << (2 * bit + 1) | (col.astype(np.int64) >> bit & 1) << (2 * bit)
    return place


def _pieces(block: Array, size: int) -> Array:
    """Cut each block of a sorted column into pieces of about equal size; return each row's piece."""
    _, first, count = np.unique(block, return_index=True, return_counts=True)
    pieces = np.maximum(1, np.round(count / size)).astype(np.int64)
    before = np.cumsum(pieces) - pieces
    which = np.repeat(np.arange(len(count)), count)
    found: Array = before[which] + (np.arange(len(block)) - first[which]) * pieces[which] // count[which]
    return found


def network(hoods: Neighbourhoods, parameters: NetworkParameters, units: nx.Graph[Any], fusion: bool) -> nx.Graph[Any]:
    """Return both sides as one graph.

    Parameters
    ----------
    hoods : Neighbourhoods
        Grids and communities.
    parameters : NetworkParameters
        Their lines.
    units : networkx.Graph
        The organisation of the police, see `sim.police.cases.coordination.graph`; lines that carry files alone do not
        carry news.
    fusion : bool
        Whether the two sides are fused.

    Returns
    -------
    networkx.Graph
        Nodes `grid_0`, …, `community_0`, …, `governance_centre` and the units, with `side` (`social` or `police`);
        edges with `delay_h`, `loss` and `kind` (`social`, `police`, `slow` or `fused`).
    """
    import networkx as nx

    whole: nx.Graph[Any] = nx.Graph()
    whole.add_nodes_from(units, side=POLICE)
    for a, b, line in units.edges(data=True):
        if line["carries"] != "files":
            whole.add_edge(a, b, delay_h=line["delay_h"], loss=line["loss"], kind=POLICE)
    hub = COMMAND_CENTRE if COMMAND_CENTRE in units else HEADQUARTERS

    def join(a: str, b: str, line: TellingLine, kind: str) -> None:
        whole.add_edge(a, b, delay_h=line.delay_h, loss=line.loss, kind=kind)

    whole.add_node(GOVERNANCE_CENTRE, side=SOCIAL)
    join(GOVERNANCE_CENTRE, HEADQUARTERS, parameters.slow_line, SLOW)
    if fusion:
        join(GOVERNANCE_CENTRE, hub, parameters.fused_line, FUSED)
    for k in range(int(hoods.community.max()) + 1):
        whole.add_node(f"{COMMUNITY}_{k}", side=SOCIAL)
        join(f"{COMMUNITY}_{k}", GOVERNANCE_CENTRE, parameters.social_line, SOCIAL)
        if fusion:
            join(f"{COMMUNITY}_{k}", hub, parameters.fused_line, FUSED)
    for g, (k, district) in enumerate(zip(hoods.community.tolist(), hoods.district.tolist(), strict=True)):
        whole.add_node(f"{GRID}_{g}", side=SOCIAL)
        join(f"{GRID}_{g}", f"{COMMUNITY}_{k}", parameters.social_line, SOCIAL)
        if fusion:
            join(f"{GRID}_{g}", f"{STATION}_{district}", parameters.fused_line, FUSED)
    return whole


def ways_to(whole: nx.Graph[Any], targets: list[str], parameters: NetworkParameters) -> Ways:
    """Return the ways of the smallest mean delay from each grid to its target, after the line from group to grid.

    The delay of a way is the sum of those of its edges, each exponential, and its loss is 1 − Π (1 − loss of an edge).
    There is one search for each target, not for each grid.

    Parameters
    ----------
    whole : networkx.Graph
        Of `network`.
    targets : list of str
        Target of each grid: a unit of the police, or the grid itself.
    parameters : NetworkParameters
        The line of groups.
    """
    import networkx as nx

    found = {
        target: nx.single_source_dijkstra_path(whole, target, weight="delay_h")
        for target in dict.fromkeys(targets)
        if not target.startswith(GRID)
    }
    ways: tuple[list[list[tuple[float, float]]], ...] = ([], [])
    for g, target in enumerate(targets):
        path = [] if target.startswith(GRID) else found[target][f"{GRID}_{g}"][::-1]
        lines = [(whole.edges[step]["delay_h"], whole.edges[step]["loss"]) for step in pairwise(path)]
        first_inside = next((k for k, node in enumerate(path) if whole.nodes[node]["side"] == POLICE), 0)
        ways[0].append([(parameters.group_line.delay_h, parameters.group_line.loss), *lines[:first_inside]])
        ways[1].append(lines[first_inside:])
    return Ways(*delays_and_loss(ways[0]), *delays_and_loss(ways[1]))
