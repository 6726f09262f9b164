"""Coordination: the organisation as a graph of units, along whose edges information travels with delay and loss."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import StringConstraints

from sim.arrays import Array
from sim.parameters import CHOSEN, BadInput, Parameters, parameter
from sim.police.cases.case_log import Channels, Route

if TYPE_CHECKING:
    import networkx as nx

STATION, DETECTIVES, ANTI_FRAUD, INTELLIGENCE, HEADQUARTERS = (
    "station",
    "detectives",
    "anti_fraud",
    "intelligence",
    "headquarters",
)
COMMAND_CENTRE = "command_centre"
OFFICES = (DETECTIVES, ANTI_FRAUD, INTELLIGENCE, HEADQUARTERS)  # what every force has, besides its stations
FIELD = "coordination.edges"

UnitName = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Carried = Literal["all", "files", "news"]


class Edge(Parameters):
    """A line between two units, along which information goes either way."""

    between: tuple[UnitName, UnitName] = parameter(
        ...,
        unit="units",
        source=CHOSEN,
        doc=(
            "station_0, station_1, … one a district; detectives, anti_fraud, intelligence, headquarters, "
            "command_centre."
        ),
    )
    delay_h: float = parameter(
        ...,
        unit="h",
        ge=0,
        le=10_000,
        source=CHOSEN,
        doc="Mean of the exponential time that information takes along it.",
    )
    loss: float = parameter(
        ..., unit="probability", ge=0, lt=1, source=CHOSEN, doc="Share of information that never gets to its other end."
    )
    carries: Carried = parameter(
        "all",
        unit="name",
        source=CHOSEN,
        doc="Files: of cases, by the book; news: all else that units tell each other; or all.",
    )


class LineParameters(Parameters):
    """The lines of one structure."""

    delay_h: float = parameter(
        ...,
        unit="h",
        ge=0,
        le=10_000,
        source="assumption",
        doc="Mean time that news takes along a line of this structure.",
    )
    loss: float = parameter(
        ...,
        unit="probability",
        ge=0,
        lt=1,
        source="assumption",
        doc="Share of news that never gets to the other end of such a line.",
    )
    file_delay_h: float = parameter(
        24.0,
        unit="h",
        ge=0,
        le=10_000,
        source="assumption: delivered on the next day",
        doc="Mean time of a case file from a station to investigators.",
    )
    file_loss: float = parameter(
        0.01,
        unit="probability",
        ge=0,
        lt=1,
        source="assumption: small, for registers are checked",
        doc="Share of case files that get stuck at the station.",
    )


class CoordinationParameters(Parameters):
    """How the units of the force tell each other what they know."""

    structure: Literal["silos", "joint_room", "joint_centre"] = parameter(
        "silos", unit="name", source=CHOSEN,
        doc=(
            "Silos: news goes up to headquarters and down again, and the analysts of each station see the cases "
            "of their district alone. Joint room: stations and specialists also meet one office of analysts, "
            "the unit intelligence, on some days of the week. Joint centre: "
            "one office of analysts sits in a command centre with lines to everybody."
        ),
    )  # fmt: skip
    silos: LineParameters = parameter(
        LineParameters(delay_h=48, loss=0.3), unit="lines",
        source="assumption: one to three days, and 0.3, at each step of the hierarchy",
        doc="Lines to headquarters, which every structure has.",
    )  # fmt: skip
    joint_room: LineParameters = parameter(
        LineParameters(delay_h=24, loss=0.15), unit="lines",
        source="assumption: who meets every other day waits for a day on average",
        doc="Lines of the unit intelligence to stations and specialists.",
    )  # fmt: skip
    joint_centre: LineParameters = parameter(
        LineParameters(delay_h=2, loss=0.05, file_delay_h=2), unit="lines",
        source="assumption: people and a platform that are there all day",
        doc="Lines of the command centre to all other units.",
    )  # fmt: skip
    joint_room_yuan: float = parameter(
        0.5, unit="yuan per resident per year", ge=0, le=1000,
        source="assumption: a room, its lines and its upkeep, a tenth and less of a centre",
        doc="What a joint room costs the police, in addition to the hours of its staff.",
    )  # fmt: skip
    joint_centre_yuan: float = parameter(
        7.0, unit="yuan per resident per year", ge=0, le=1000,
        source=(
            "assumption: 9 + 10 million yuan for the platforms of the county of Jieshou, over its 620,000 residents "
            "(both recalled, not read), used for eight years, with a tenth per year for upkeep"
        ),
        doc="What a joint centre and its platform cost the police, in addition to the hours of its staff.",
    )  # fmt: skip
    edges: tuple[Edge, ...] = parameter(
        (),
        unit="edges",
        source=CHOSEN,
        doc=("A graph given by the user; absent: that of the structure, which otherwise only says where analysts sit."),
    )


def graph(parameters: CoordinationParameters, districts: int) -> nx.Graph[Any]:
    """Return the organisation as a graph of units.

    Parameters
    ----------
    parameters : CoordinationParameters
        The structure, or a graph of the user's own.
    districts : int
        Number of districts, each with a station.

    Returns
    -------
    networkx.Graph
        Nodes are names of units: `station_0` and so on, `detectives`, `anti_fraud`, `intelligence`, `headquarters`, and
        `command_centre` where there is one. Edges have `delay_h` (mean), `loss` and `carries` ("all", "files" or
        "news").

    Raises
    ------
    BadInput
        As `units_and_lines` does.
    """
    import networkx as nx

    units, lines = units_and_lines(parameters, districts)
    whole: nx.Graph[Any] = nx.Graph()
    whole.add_nodes_from(units)
    for line in lines:
        whole.add_edge(*line.between, delay_h=line.delay_h, loss=line.loss, carries=line.carries)
    return whole


def units_and_lines(parameters: CoordinationParameters, districts: int) -> tuple[list[str], Sequence[Edge]]:
    """Return the units of the organisation and the lines between them, checked; `graph` says what they are.

    Raises
    ------
    BadInput
        If an edge names a unit that there is not, joins a unit to itself or is there twice, or if nobody can reach a
        unit.
    """
    stations = _stations(districts)
    edges = parameters.edges or _edges(parameters, stations)
    units = [*stations, *OFFICES]
    if parameters.structure == "joint_centre" or any(COMMAND_CENTRE in edge.between for edge in edges):
        units.append(COMMAND_CENTRE)
    joined: dict[str, set[str]] = {unit: set() for unit in units}
    for number, edge in enumerate(edges):
        field, pair = f"{FIELD}.{number}.between", " to ".join(edge.between)
        for unit in edge.between:
            if unit not in joined:
                raise BadInput(
                    field,
                    unit,
                    f"one of {stations[0]} to {stations[-1]} (one a district), {', '.join(OFFICES)}, {COMMAND_CENTRE}",
                )
        one, other = edge.between
        if one == other:
            raise BadInput(field, pair, "an edge joins two different units")
        if other in joined[one]:
            raise BadInput(field, pair, "at most one edge between two units; it leads either way")
        joined[one].add(other)
        joined[other].add(one)
    reached, waiting = {HEADQUARTERS}, [HEADQUARTERS]
    while waiting:
        further = joined[waiting.pop()] - reached
        reached |= further
        waiting += further
    for unit in units:
        if unit not in reached:
            raise BadInput(
                FIELD,
                unit,
                "a unit that the others can reach; give edges that lead from it, directly or not, to headquarters",
            )
    return units, edges


def _stations(districts: int) -> list[str]:
    return [f"{STATION}_{d}" for d in range(districts)]


def _edges(parameters: CoordinationParameters, stations: list[str]) -> list[Edge]:
    """Return the edges of a structure.

    The hierarchy, the direct way of case files, and the short ways that a joint room or centre adds.
    """
    slow, lines = parameters.silos, getattr(parameters, parameters.structure)
    below = [*stations, DETECTIVES, ANTI_FRAUD, INTELLIGENCE]
    members = {"silos": [], "joint_room": [*stations, DETECTIVES, ANTI_FRAUD], "joint_centre": [*below, HEADQUARTERS]}[
        parameters.structure
    ]
    hub = INTELLIGENCE if parameters.structure == "joint_room" else COMMAND_CENTRE
    return [
        *(Edge(between=(unit, HEADQUARTERS), delay_h=slow.delay_h, loss=slow.loss, carries="news") for unit in below),
        *(
            Edge(between=(station, post), delay_h=lines.file_delay_h, loss=lines.file_loss, carries="files")
            for station in stations
            for post in (DETECTIVES, ANTI_FRAUD)
        ),
        *(Edge(between=(unit, hub), delay_h=lines.delay_h, loss=lines.loss, carries="news") for unit in members),
    ]


def channels(parameters: CoordinationParameters, district_of_beat: Array) -> Channels:
    """Return the ways of what is booked in each beat to those who investigate, and of series to detectives.

    Information takes the way of the smallest mean delay. The delay of a way is the sum of those of its edges, each
    exponential, and its loss is 1 − Π (1 − loss of an edge).

    Parameters
    ----------
    parameters : CoordinationParameters
        The structure, or a graph of the user's own.
    district_of_beat : array of int [beats]
        District of each beat.

    Raises
    ------
    BadInput
        If the graph is wrong, see `graph`, or has no way for case files to the investigators, or for news to and from
        the analysts.
    """
    district = np.asarray(district_of_beat, dtype=np.int64)
    stations = _stations(int(district.max()) + 1)
    units = graph(parameters, len(stations))
    shared = {"silos": None, "joint_room": INTELLIGENCE, "joint_centre": COMMAND_CENTRE}[parameters.structure]
    offices = stations if shared is None else [shared]
    return Channels(
        to_detectives=_route(units, "files", [(station, DETECTIVES) for station in stations], district),
        to_anti_fraud=_route(units, "files", [(station, ANTI_FRAUD) for station in stations], district),
        to_analysts=_route(units, "news", [(station, shared or station) for station in stations], district),
        from_analysts=_route(units, "news", [(office, DETECTIVES) for office in offices], np.arange(len(offices))),
        office=district if shared is None else np.zeros_like(district),
    )


def _route(units: nx.Graph[Any], carried: Carried, ends: list[tuple[str, str]], senders: Array) -> Route:
    """Return the fastest ways between pairs of units, over edges that carry files or news.

    `senders` says which pair is whose.
    """
    import networkx as nx

    passable: nx.Graph[Any] = nx.Graph()
    passable.add_nodes_from(units)
    passable.add_edges_from(
        (a, b, line) for a, b, line in units.edges(data=True) if line["carries"] in ("all", carried)
    )
    ways: list[list[tuple[float, float]]] = []
    for start, end in ends:
        if not nx.has_path(passable, start, end):
            raise BadInput(
                FIELD,
                f"{start} to {end}",
                f"a graph with a way for {carried} between these; give edges that carry {carried}, or all",
            )
        path = nx.shortest_path(passable, start, end, weight="delay_h")
        ways.append([(passable.edges[edge]["delay_h"], passable.edges[edge]["loss"]) for edge in pairwise(path)])
    delay_h, loss = delays_and_loss(ways)
    return Route(60.0 * delay_h[senders], loss[senders])


def delays_and_loss(ways: list[list[tuple[float, float]]]) -> tuple[Array, Array]:
    """Return the mean delays of the edges of each way, and the loss of the whole way.

    Parameters
    ----------
    ways : list of list of (float, float)
        Delay, h, and loss of each edge of each way.

    Returns
    -------
    delay_h : array of float [ways, edges]
        0 where a way has fewer edges.
    loss : array of float [ways]
        1 − Π (1 − loss of an edge).
    """
    delay_h = np.zeros((len(ways), max([1, *map(len, ways)])))
    for number, way in enumerate(ways):
        delay_h[number, : len(way)] = [hours for hours, _ in way]
    return delay_h, np.array([1.0 - np.prod([1.0 - lost for _, lost in way]) for way in ways])
