"""The picture of the two networks, social governance and police, and of the fusion between them (双网融合)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from experiments.languages.speech import in_words, say
from experiments.presentation.looks import width_in
from experiments.presentation.names import noun
from experiments.presentation.style import BLUE, GREY, INK, ORANGE, PALE, VERMILLION, Drawn
from sim.city.build import build_city
from sim.people.residents import settle
from sim.people.ties import GROUP_DWELLINGS
from sim.police.cases.coordination import (
    ANTI_FRAUD,
    COMMAND_CENTRE,
    DETECTIVES,
    HEADQUARTERS,
    INTELLIGENCE,
    STATION,
    graph,
)
from sim.programmes.social_governance.networks import (
    COMMUNITY,
    FUSED,
    GOVERNANCE_CENTRE,
    GRID,
    POLICE,
    SLOW,
    SOCIAL,
    NetworkParameters,
    neighbourhoods,
    network,
    ways_to,
)

if TYPE_CHECKING:
    import networkx as nx

    from sim.programmes.social_governance.tips import Neighbourhoods
    from sim.scenario import Scenario

COLUMNS = (  # of the picture from left to right: those that fusion joins stand towards the middle
    (GOVERNANCE_CENTRE,), (COMMUNITY,), (GRID,), (STATION,), (HEADQUARTERS, COMMAND_CENTRE),
    (DETECTIVES, ANTI_FRAUD, INTELLIGENCE),
)  # fmt: skip
PLACES = (0.0, 1.1, 2.2, 3.6, 4.7, 5.8)
Dash = Literal["-", ":"] | tuple[float, tuple[float, ...]]  # as matplotlib names a style of line
LINES: dict[str, tuple[str, Dash, float, str]] = {  # colour, style, width, words
    SOCIAL: (GREY, "-", 1.0, "social governance"), POLICE: (BLUE, "-", 1.4, "police"),
    SLOW: (VERMILLION, ":", 2.2, "the one line without fusion"),
    FUSED: (ORANGE, (0, (4, 1.5)), 1.2, "fusion"),
}  # fmt: skip
MOST_LABELS = 8  # names of a column with more nodes are left out, but for the first and the last


def governance_network(scenario: Scenario) -> Drawn:
    """Draw both networks of a scenario's city side by side, with the edges of fusion between them.

    Parameters
    ----------
    scenario : Scenario
        City and coordination; of the programme `social_governance` its network, if it is among the scenario's.

    Returns
    -------
    tuple
        Figure, title, description, caption; small cities are readable.
    """
    parameters = getattr(scenario.programmes.get("social_governance"), "network", NetworkParameters())
    city = build_city(scenario.city)
    society = settle(city, scenario.people.residents, scenario.city.seed)
    hoods = neighbourhoods(society.dwellings, city.grid, city.beats, parameters)
    units = graph(scenario.coordination, len(city.beats.station_cell))
    apart, fused = (network(hoods, parameters, units, fusion) for fusion in (False, True))
    figure = Figure(figsize=(width_in(), 5.4), layout="constrained")
    _draw(figure, fused)
    hours = {whole: _hours(whole, hoods, parameters) for whole in (apart, fused)}
    counts = say(
        "{groups} groups of ten households in {grids} grids and {communities} communities", groups=len(hoods.grid_of),
        grids=len(hoods.district), communities=int(hoods.community.max()) + 1,
    )  # fmt: skip
    ways = in_words(", ").join(
        say("to {unit} {fused:.0f} instead of {apart:.0f} hours", unit=say(unit), fused=hours[fused][unit],
            apart=hours[apart][unit]) for unit in hours[fused]
    )  # fmt: skip
    caption = say(
        "{city}: {counts}. Mean time of what a group knows, with fusion and without: {ways}. Without fusion all of it "
        "goes up to the social governance centre, to headquarters, and down again; nodes of groups are not drawn.",
        city=noun(city.name), counts=counts, ways=ways,
    )  # fmt: skip
    alt = say(
        "Two networks side by side: on the left {counts} and their centre, on the right the units of the police; "
        "dashed lines of fusion join them. {ways}.", counts=counts, ways=ways,
    )  # fmt: skip
    return figure, say("How does what residents know get to the police?"), alt, caption


def _draw(figure: Figure, whole: nx.Graph[Any]) -> None:
    axes = figure.subplots()
    place = _places(whole)
    axes.axvspan(-0.5, 2.75, color=PALE, alpha=0.5, linewidth=0)
    for a, b, line in sorted(whole.edges(data=True), key=lambda edge: list(LINES).index(edge[2]["kind"])):
        _edge(axes, place[a], place[b], line["kind"])
    _edge(axes, place[GOVERNANCE_CENTRE], place[HEADQUARTERS], SLOW)
    for node, side in whole.nodes(data="side"):
        x, y = place[node]
        small = node.startswith(GRID)
        colour, marker = (INK, "o") if side == SOCIAL else (BLUE, "s")
        axes.plot(x, y, marker, color=colour, markersize=4 if small else 9, zorder=3)
    for column in _columns(whole):
        for number, node in enumerate(column):
            if len(column) <= MOST_LABELS or number in (0, len(column) - 1):
                x, y = place[node]
                offset = (0, -15) if len(column) > MOST_LABELS and number else (0, 8)
                words, box = _node_name(node), {"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.5}
                axes.annotate(
                    words,
                    (x, y),
                    offset,
                    textcoords="offset points",
                    ha="center",
                    fontsize=8.5,
                    color=INK,
                    bbox=box,
                    zorder=4,
                )
    axes.text(1.1, 1.11, say("social governance"), ha="center", fontsize=11, fontweight="bold", color=INK)
    axes.text(4.7, 1.11, say("police"), ha="center", fontsize=11, fontweight="bold", color=BLUE)
    axes.set_xlim(-0.5, 6.3)
    axes.set_ylim(-0.16, 1.2)
    axes.axis("off")
    shown = [
        Line2D([], [], color=colour, linestyle=style, linewidth=width, label=say(words))
        for colour, style, width, words in LINES.values()
    ]
    figure.legend(handles=shown, loc="outside lower center", ncols=len(shown), frameon=False, fontsize=9)


def _node_name(node: str) -> str:
    """`grid_12` → `grid 12`."""
    kind, _, last = node.rpartition("_")
    return f"{noun(kind)} {last}" if last.isdigit() else noun(node)


def _columns(whole: nx.Graph[Any]) -> list[list[str]]:
    """Return the nodes of each column in the order of their numbers."""

    def of(kind: str) -> list[str]:
        return sorted(
            (node for node in whole if node == kind or node.startswith(f"{kind}_")), key=lambda node: (len(node), node)
        )

    return [[node for kind in kinds for node in of(kind)] for kinds in COLUMNS]


def _places(whole: nx.Graph[Any]) -> dict[str, tuple[float, float]]:
    """Return where each node stands: columns from left to right, evenly from top to bottom."""
    found: dict[str, tuple[float, float]] = {}
    for x, column in zip(PLACES, _columns(whole), strict=True):
        heights = (
            [0.5]
            if len(column) == 1
            else np.linspace(0.96, 0.04, len(column)).tolist()
            if len(column) > 3
            else np.linspace(0.8, 0.2, len(column)).tolist()
        )
        found |= {node: (x, y) for node, y in zip(column, heights, strict=True)}
    return found


def _edge(axes: Any, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
    """Draw one line; those that pass over other columns bend below them."""
    colour, style, width, _ = LINES[kind]
    far = abs(end[0] - start[0]) > 1.6
    bend = (0.35 if kind == SLOW else 0.25) if far else 0.0
    left, right = sorted((start, end))
    axes.add_patch(
        FancyArrowPatch(left, right, arrowstyle="-", connectionstyle=f"arc3,rad={bend}", color=colour, linestyle=style,
            linewidth=width, alpha=0.85, zorder=1)
    )  # fmt: skip


def _hours(whole: nx.Graph[Any], hoods: Neighbourhoods, parameters: NetworkParameters) -> dict[str, float]:
    """Return the mean hours of the ways of news from groups to the unit that can act on it."""
    targets = {
        "the station": [f"{STATION}_{district}" for district in hoods.district],
        "detectives": [DETECTIVES] * len(hoods.district),
        "the anti-fraud centre": [ANTI_FRAUD] * len(hoods.district),
    }  # fmt: skip
    ways = {unit: ways_to(whole, ends, parameters) for unit, ends in targets.items()}
    weight = np.diff(hoods.start) * GROUP_DWELLINGS
    return {
        unit: float(np.average(way.outside_h.sum(axis=1) + way.inside_h.sum(axis=1), weights=weight))
        for unit, way in ways.items()
    }
