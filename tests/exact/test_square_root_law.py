"""The distance to the nearest free unit follows the square-root law of Kolesar & Blum (1973).

With streets that run at right angles.

Distances are read from the calls. Units and calls are at centres of cells, so that the law is known for these cells
too, and how far it is from the law for a plane. Every claim is an interval of means of replications that misses the
truth with probability 1e-5.
"""

from __future__ import annotations

import math
from functools import cache

import networkx as nx
import numpy as np
import pytest
from laboratory import Laboratory, Streets, claim, generator, streets_of

from sim.arrays import Array
from sim.city.grid import Grid
from sim.incidents.log import CallState

CELL_KM = 0.1
APART_MIN = 100.0  # between calls: the unit is back at its station before the next
RANDOM, CENTRE = 0.6267, 0.5  # √(π/8) and 2 × 1/4


@cache
def lattice(side: int, periodic: bool) -> Streets:
    """Return streets through the centre of every cell; a periodic lattice has no border."""
    return streets_of(nx.grid_2d_graph(side, side, periodic=periodic), Grid(side, side, 1000 * CELL_KM), 60.0)


def distances(lab: Laboratory, cells: Array) -> Array:
    """Return the kilometres to calls in these cells, so far apart that every unit is at its station at each."""
    times = lab.now_min + APART_MIN * np.arange(1, len(cells) + 1)
    lab.run(times, np.full(len(cells), 1.0), cell=cells)
    lab.serve(times[-1] + APART_MIN)
    calls = lab.calls[-len(cells) :]
    assert (calls["state"] == CallState.SERVED).all()
    assert (calls["dispatched_min"] == calls["received_min"]).all()
    return calls["distance_km"].astype(float)


def on_lattice(units: int, side: int) -> float:
    """Return the exact mean over 0.6267·√(A/N) on a periodic lattice.

    P(nearest > d) = (1 − (2d² + 2d + 1) / side²)^N.
    """
    d = np.arange(side // 2)
    beyond = np.maximum(1 - (2 * d**2 + 2 * d + 1) / side**2, 0.0) ** units
    return float(beyond.sum()) / (math.sqrt(math.pi / 8) * side / math.sqrt(units))


@pytest.mark.parametrize("units", [20, 36])
def test_the_nearest_of_units_placed_at_random_is_0_6267_root_of_area_per_unit_away(units: int) -> None:
    side, replications, calls = 45, 3000, 40
    rng = generator(units)
    lab = Laboratory([0] * units, lattice(side, True))
    lab.serve(1.0)
    law_km = RANDOM * math.sqrt((side * CELL_KM) ** 2 / units)
    found = np.empty(replications)
    for k in range(replications):
        lab.place(rng.integers(0, side**2, units))
        found[k] = distances(lab, rng.integers(0, side**2, calls)).mean()
    expected = on_lattice(units, side)
    # the plane has no cells and Poisson many units: 1 − 3/8N − N/2side² in the leading order
    assert expected == pytest.approx(1 - 3 / (8 * units) - units / (2 * side**2), abs=2e-3)
    assert abs(expected - 1) < 0.025
    claim(f"{units} units at random, km", found, law_km * expected, 0.01)
    assert found.mean() == pytest.approx(law_km, rel=0.03)


def test_a_unit_at_the_centre_of_its_square_beat_is_half_the_root_of_its_area_away() -> None:
    beat_side, beats, calls = 21, 2, 200_000
    side = beat_side * beats
    row, col = np.divmod(np.arange(side**2), side)
    beat = row // beat_side * beats + col // beat_side
    middle = np.flatnonzero((row % beat_side == beat_side // 2) & (col % beat_side == beat_side // 2))
    lab = Laboratory(
        middle.tolist(),
        lattice(side, False),
        beat_of_cell=beat,
        covers=[(int(b), int(b) + 1) for b in beat[middle]],
        pooling="beat",
        help_after_min=(1000.0,) * 3,
    )
    cells = generator(3).integers(0, side**2, calls)
    found = distances(lab, cells)
    assert np.array_equal(lab.calls["unit_id"], np.argsort(beat[middle])[beat[cells]])
    law_km = CENTRE * beat_side * CELL_KM
    claim(
        "the unit of the beat, km", found.reshape(100, -1).mean(axis=1), law_km * (1 - 1 / beat_side**2), 0.006
    )  # cells: 1/21² = 0.2 % less
    assert found.mean() == pytest.approx(law_km, rel=0.008)
