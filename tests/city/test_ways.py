"""Ways between cells are the fastest ones along the streets, with their bends, and as long as the drives of the run."""

from __future__ import annotations

import pickle

import networkx as nx
import numpy as np
import pytest

from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.city.grid import Grid
from sim.city.streets import TravelTimes, drive_km, drive_minutes
from sim.city.ways import Ways

TOWN = CityParameters(name="town", residents=5000, area_km2=8, beats=2, districts=1, centres=1)


def long_km(points: np.ndarray) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) / 1000


def test_in_a_made_up_city_they_follow_its_streets() -> None:
    city = build_city(TOWN)
    corners = {tuple(np.round((node["x_m"], node["y_m"]), 3)) for node in city.streets.nodes.values()}
    rng = np.random.default_rng(1)
    cells = np.flatnonzero(city.inside)
    for origin, end in rng.choice(cells, size=(200, 2)):
        way = city.way(origin, end)
        assert way[0].tolist() == [city.grid.x_m[origin], city.grid.y_m[origin]]
        assert way[-1].tolist() == [city.grid.x_m[end], city.grid.y_m[end]]
        inner = {tuple(np.round(point, 3)) for point in way[1:-1]}
        assert inner <= corners
        if origin != end:
            assert long_km(way) == pytest.approx(drive_km(city.travel, origin, end), rel=0.35)
            assert long_km(way) >= long_km(way[[0, -1]]) - 1e-9
    assert city.way(cells[3], cells[3]).shape == (1, 2)
    copied = pickle.loads(pickle.dumps(city))
    assert np.array_equal(copied.way(cells[0], cells[-1]), city.way(cells[0], cells[-1]))


def net(both_ways: bool) -> nx.DiGraph:
    """A detour over three fast streets, of which one has bends, and a slow direct street."""
    graph = nx.DiGraph()
    for name, (x, y) in {"a": (50, 50), "b": (50, 450), "c": (850, 450), "d": (850, 50)}.items():
        graph.add_node(name, x_m=float(x), y_m=float(y))
    for one, other, speed in (("a", "b", 60.0), ("b", "c", 60.0), ("c", "d", 60.0), ("d", "a", 5.0)):
        for ends in ((one, other), (other, one)) if both_ways or one == "d" else ((one, other),):
            graph.add_edge(*ends, length_m=800.0, speed_kmh=speed)
    graph.edges["b", "c"]["bends_m"] = np.array([[250.0, 550.0], [650.0, 550.0]], dtype=np.float32)
    if both_ways:  # as a file has it that gives both ways the course of one
        graph.edges["c", "b"]["bends_m"] = graph.edges["b", "c"]["bends_m"]
    return graph


@pytest.mark.parametrize("both_ways", [True, False])
def test_they_have_the_bends_of_real_streets_and_keep_to_their_direction(both_ways: bool) -> None:
    grid, streets = Grid(6, 9, 100.0), net(both_ways)
    inside = np.ones(grid.n_cells, dtype=bool)
    ways = Ways(streets, grid, inside, TravelTimes.of_graph(streets, grid, 25.0))
    a, d = grid.cell_at(np.array([50.0, 850.0]), np.array([50.0, 50.0]))
    there = [[50, 50], [50, 450], [250, 550], [650, 550], [850, 450], [850, 50]]
    assert ways.between(a, d).tolist() == there
    assert ways.between(d, a).tolist() == (there[::-1] if both_ways else [[850, 50], [50, 50]])


def test_ways_of_drives_are_as_fast_as_they_are_driven() -> None:
    grid, streets = Grid(6, 9, 100.0), net(True)
    travel = TravelTimes.of_graph(streets, grid, 25.0)
    ways = Ways(streets, grid, np.ones(grid.n_cells, dtype=bool), travel)
    a, d = grid.cell_at(np.array([50.0, 850.0]), np.array([50.0, 50.0]))
    assert drive_minutes(travel, a, d) == pytest.approx(3 * 0.8)
    assert len(ways.between(a, d)) == 6
