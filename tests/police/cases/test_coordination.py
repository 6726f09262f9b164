"""Coordination.

How long news takes through the organisation and how often it gets lost, and which graphs are no organisation.
"""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pytest
from precinct import DAY, PEOPLE, SIDE, Precinct
from pydantic import ValidationError
from scipy.stats import binomtest, gamma, kstest

from sim.arrays import Array
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.outcomes.investigation_results import series_delay, series_indicators
from sim.parameters import BadInput, one_line
from sim.police.cases.case_log import Route, arrival_min
from sim.police.cases.coordination import CoordinationParameters, Edge, channels, graph

FALSE_ALARM = 1e-6  # chance that a right rule fails one claim on a seed that nobody has tried
STRUCTURES = ("silos", "joint_room", "joint_centre")
DISTRICT_OF_BEAT = np.array([0, 0, 1, 2])


def delays(way: Route, sender: int, n: int = 4_000, draw: Draw = Draw.SERIES_TRAVELS) -> Array:
    """Return the delays of n pieces of information in minutes, infinite where they got lost."""
    return np.array([arrival_min(7, 0.0, sender, way, draw, entity, 3) for entity in range(n)])


def own(*edges: tuple[Any, ...], **more: Any) -> CoordinationParameters:
    """Return a graph of one's own: (unit, unit, hours, loss, carried)."""
    made = tuple(
        Edge(between=edge[:2], delay_h=edge[2], loss=edge[3], **({"carries": edge[4]} if len(edge) > 4 else {}))
        for edge in edges
    )
    return CoordinationParameters(edges=made, **more)


WHOLE = (
    ("station_0", "headquarters", 5, 0.0), ("station_1", "headquarters", 5, 0.0),
    ("detectives", "headquarters", 5, 0.0),
    ("anti_fraud", "headquarters", 5, 0.0), ("intelligence", "headquarters", 5, 0.0),
)  # fmt: skip


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_delay_of_news_is_the_sum_of_the_exponentials_of_its_edges(structure: str) -> None:
    """Kolmogorov–Smirnov against the gamma that edges of equal means add up to.

    A right rule fails with probability 1e-6.
    """
    parameters = CoordinationParameters(structure=structure)
    edges = {"silos": 2, "joint_room": 1, "joint_centre": 1}[
        structure
    ]  # up to headquarters and down again; across the table
    lines = getattr(parameters, structure)
    took = delays(channels(parameters, DISTRICT_OF_BEAT).from_analysts, 0)
    there = took[np.isfinite(took)]
    assert kstest(there, gamma(edges, scale=60 * lines.delay_h).cdf).pvalue > FALSE_ALARM
    assert binomtest(int(np.isinf(took).sum()), len(took), 1 - (1 - lines.loss) ** edges).pvalue > FALSE_ALARM


@pytest.mark.parametrize("structure", STRUCTURES)
def test_case_files_go_directly_to_the_investigators_whatever_the_structure(structure: str) -> None:
    parameters = CoordinationParameters(structure=structure)
    lines, found = getattr(parameters, structure), channels(parameters, DISTRICT_OF_BEAT)
    for way in (found.to_detectives, found.to_anti_fraud):
        assert np.allclose(way.delay_min.sum(axis=1), 60 * lines.file_delay_h)
        assert np.allclose(way.loss, lines.file_loss)
        assert len(way.loss) == len(DISTRICT_OF_BEAT)


def test_silos_keep_the_cases_of_a_district_to_its_station_and_others_bring_them_together() -> None:
    silos, room, centre = (
        channels(CoordinationParameters(structure=structure), DISTRICT_OF_BEAT) for structure in STRUCTURES
    )
    assert silos.office.tolist() == DISTRICT_OF_BEAT.tolist()
    assert silos.to_analysts.delay_min.max() == silos.to_analysts.loss.max() == 0
    assert len(silos.from_analysts.loss) == 3
    for joint, hours in ((room, 24), (centre, 2)):
        assert joint.office.max() == 0
        assert np.allclose(joint.to_analysts.delay_min.sum(axis=1), 60 * hours)
        assert len(joint.from_analysts.loss) == 1


def test_the_same_news_never_takes_longer_or_gets_lost_more_in_a_joint_centre_than_in_a_room_than_in_silos() -> None:
    silos, room, centre = (
        delays(channels(CoordinationParameters(structure=structure), DISTRICT_OF_BEAT).from_analysts, 0)
        for structure in STRUCTURES
    )
    for faster, slower in ((centre, room), (room, silos)):
        assert (faster <= slower).all()
        assert (faster < slower)[np.isfinite(faster)].all()
        assert np.isinf(faster).sum() < np.isinf(slower).sum()


def test_the_draws_of_a_file_of_what_analysts_see_and_of_their_news_are_not_the_same() -> None:
    way = Route(np.array([[60.0, 60.0]]), np.array([0.5]))
    took = [delays(way, 0, draw=draw) for draw in (Draw.FILE_TRAVELS, Draw.ANALYSTS_HEAR, Draw.SERIES_TRAVELS)]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        both = np.isfinite(took[one]) & np.isfinite(took[other])
        assert abs(np.corrcoef(took[one][both], took[other][both])[0, 1]) < 5 / np.sqrt(
            both.sum()
        )  # 5 sigma: below 1e-6
        assert binomtest(int(both.sum()), len(both), 0.25).pvalue > FALSE_ALARM


def test_information_takes_the_fastest_way_and_only_edges_that_carry_it() -> None:
    edges = (
        *WHOLE,
        ("station_0", "detectives", 12, 0.5),
        ("station_1", "detectives", 1, 0.2, "files"),
        ("intelligence", "detectives", 4, 0.1, "news"),
    )
    found = channels(own(*edges, structure="joint_room"), np.array([0, 1]))
    assert found.to_detectives.delay_min.sum(axis=1).tolist() == [600.0, 60.0], (
        "5 h + 5 h by way of headquarters beats 12 h; 1 h beats both"
    )
    assert found.to_detectives.loss.tolist() == [0.0, pytest.approx(0.2)]
    assert found.from_analysts.delay_min.sum() == 240.0
    assert found.from_analysts.loss.tolist() == [pytest.approx(0.1)]
    assert found.to_analysts.delay_min.sum(axis=1).tolist() == [600.0, 600.0]


def test_losses_along_a_way_add_up_as_chances_do() -> None:
    edges = (
        ("station_0", "headquarters", 1, 0.1),
        ("headquarters", "detectives", 1, 0.2),
        ("detectives", "anti_fraud", 1, 0.3),
        ("intelligence", "detectives", 0, 0),
    )
    found = channels(own(*edges), np.zeros(3, dtype=int))
    assert np.allclose(found.to_detectives.loss, 1 - 0.9 * 0.8)
    assert np.allclose(found.to_anti_fraud.loss, 1 - 0.9 * 0.8 * 0.7)


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("districts", [1, 2, 7])
def test_every_structure_is_a_connected_graph_for_pictures_and_gives_ways_for_any_number_of_districts(
    structure: str, districts: int
) -> None:
    parameters = CoordinationParameters(structure=structure)
    units = graph(parameters, districts)
    assert nx.is_connected(units)
    assert ("command_centre" in units) == (structure == "joint_centre")
    assert len(units) == districts + 4 + (structure == "joint_centre")
    assert all({"delay_h", "loss", "carries"} == set(data) for _, _, data in units.edges(data=True))
    found = channels(parameters, np.repeat(np.arange(districts), 2))
    assert len(found.to_detectives.loss) == len(found.office) == 2 * districts


# What is no organisation


@pytest.mark.parametrize(
    ("edges", "field", "value", "says"),
    [
        (
            (*WHOLE, ("station_2", "detectives", 1, 0)),
            "coordination.edges.5.between",
            "station_2",
            "station_0 to station_1",
        ),
        ((*WHOLE, ("canteen", "detectives", 1, 0)), "coordination.edges.5.between", "canteen", "anti_fraud"),
        (
            (*WHOLE, ("headquarters", "detectives", 1, 0)),
            "coordination.edges.5.between",
            "headquarters to detectives",
            "at most one edge",
        ),
        (
            (*WHOLE, ("detectives", "detectives", 1, 0)),
            "coordination.edges.5.between",
            "detectives to detectives",
            "two different units",
        ),
        (WHOLE[1:], "coordination.edges", "station_0", "can reach"),
        (WHOLE[:-1], "coordination.edges", "intelligence", "can reach"),
        (
            (*WHOLE[:2], ("detectives", "headquarters", 5, 0, "news"), *WHOLE[3:]),
            "coordination.edges",
            "station_0 to detectives",
            "a way for files",
        ),
        (
            (*WHOLE[:2], ("detectives", "headquarters", 5, 0, "files"), *WHOLE[3:]),
            "coordination.edges",
            "station_0 to detectives",
            "a way for news",
        ),
    ],
    ids=[
        "no such station",
        "no such unit",
        "twice",
        "to itself",
        "station apart",
        "analysts apart",
        "no way for files",
        "no way for news",
    ],
)
def test_a_wrong_graph_is_refused_by_the_name_of_what_is_wrong(edges: Any, field: str, value: str, says: str) -> None:
    with pytest.raises(BadInput) as refused:
        channels(own(*edges), np.array([0, 1]))
    assert (refused.value.field, refused.value.value) == (field, value)
    assert says in refused.value.allowed


def test_a_joint_centre_needs_its_command_centre_in_a_graph_of_ones_own() -> None:
    with pytest.raises(BadInput, match="command_centre"):
        channels(own(*WHOLE, structure="joint_centre"), np.array([0, 1]))
    joined = channels(own(*WHOLE, ("command_centre", "headquarters", 1, 0), structure="joint_centre"), np.array([0, 1]))
    assert joined.from_analysts.delay_min.sum() == 360.0


@pytest.mark.parametrize(
    ("edge", "field"),
    [
        ({"loss": 1.0}, "coordination.edges.0.loss"),
        ({"loss": -0.1}, "coordination.edges.0.loss"),
        ({"delay_h": -1}, "coordination.edges.0.delay_h"),
        ({"between": ("detectives",)}, "coordination.edges.0.between.1"),
        ({"carries": "gossip"}, "coordination.edges.0.carries"),
        ({"colour": "red"}, "coordination.edges.0.colour"),
    ],
)
def test_a_wrong_edge_is_refused_by_its_number_and_field(edge: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CoordinationParameters.model_validate(
            {"edges": [{"between": ("detectives", "headquarters"), "delay_h": 1, "loss": 0.1} | edge]}
        )
    assert one_line(refused.value, "coordination").field == field


# What it does to series


def test_a_joint_centre_knows_more_series_and_sooner_than_a_room_and_a_room_than_silos() -> None:
    """Culprits who burgle in all districts, the same on one seed; nobody is arrested."""
    n, culprits = 1_200, PEOPLE
    rng = np.random.Generator(np.random.Philox(9))
    culprit, day, cell = np.arange(n) % culprits, rng.uniform(0, 60, n), rng.integers(0, 4, n)
    known, median, within = [], [], []
    for structure in STRUCTURES:
        ways = channels(CoordinationParameters(structure=structure), np.arange(4))
        precinct = Precinct(
            n,
            IncidentType.BURGLARY,
            culprit=culprit,
            cell=cell,
            recorded_day=day,
            beats=np.arange(SIDE * SIDE) % 4,
            bureau={"channels": ways},
        )
        for today in range(90):
            precinct.open(today)
            precinct.link(today)
        found = series_delay(precinct.cases, precinct.logs, 0.0, 90 * DAY)
        numbers = series_indicators(precinct.cases, precinct.logs, 0.0, 90 * DAY)
        assert len(found["case_id"]) == n - culprits
        assert numbers["series_known_share"] == found["delay_days"].count() / (n - culprits)
        known.append(numbers["series_known_share"])
        median.append(numbers["series_delay_median_days"])
        within.append(precinct.rows["office"].max())
    assert within == [3, 0, 0]
    assert known[0] < known[1] < known[2]
    assert median[0] > median[1] > median[2]
