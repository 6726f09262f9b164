"""Travel times between cells are those of the fastest ways through the streets, one-way streets among them."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from sim.city.grid import Grid
from sim.city.streets import TravelTimes

SIDE = 9


@pytest.mark.parametrize("seed", range(6))
def test_they_are_those_that_networkx_finds(seed: int) -> None:
    """A lattice with random lengths, so that no two ways take the same time; of its nodes those that can be left."""
    rng = np.random.default_rng(seed)
    net = nx.DiGraph()
    for node, at in enumerate(np.ndindex(SIDE, SIDE)):
        net.add_node(at, x_m=100.0 * at[1] + 50, y_m=100.0 * at[0] + 50, number=node)
    for (a, b), goes_back in zip(nx.grid_2d_graph(SIDE, SIDE).edges, rng.random(2 * SIDE * SIDE) < 0.7, strict=False):
        for ends in ((a, b), (b, a)) if goes_back or 0 in (*a, *b) else ((a, b),):
            net.add_edge(*ends, length_m=rng.uniform(50, 400), speed_kmh=rng.choice([25.0, 45.0]))
    net = net.subgraph(max(nx.strongly_connected_components(net), key=len)).copy()
    grid = Grid(SIDE, SIDE, 100.0)
    found = TravelTimes.of_graph(net, grid, 25.0)
    for _, _, piece in net.edges(data=True):
        piece["minutes"] = piece["length_m"] / piece["speed_kmh"] * 60 / 1000
    node = {found.node[grid.cell_at(net.nodes[n]["x_m"], net.nodes[n]["y_m"])]: n for n in net}
    assert len(node) == len(net) > SIDE * SIDE / 2
    for a, origin in node.items():
        minutes, ways = nx.single_source_dijkstra(net, origin, weight="minutes")
        for b, destination in node.items():
            assert found.minutes[b, a] == pytest.approx(minutes[destination], rel=1e-5)
            km = nx.path_weight(net, ways[destination], "length_m") / 1000
            assert found.km[b, a] == pytest.approx(km, rel=1e-5)
