"""Units that differ in place and are preferred in different order by different areas: the hypercube of Larson (1974).

Calls are lost when all units are busy. The shares of time are those between the calls' dispatch and clearing; every
claim is an interval of batch means that misses the truth with probability 1e-5.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from laboratory import Laboratory, Streets, claim, generator, log, poisson_times, streets_of

from sim.arrays import Array
from sim.city.grid import Grid
from sim.incidents.log import CallState
from sim.police.patrol.units import Activity

# so long that the half minute of the way back to the station, when a unit is not where its area expects it, is nothing
MEAN_MIN = 10_000.0
CALLS = 400_000
THREE = (
    0.375,
    0.132353,
    0.125460,
    0.078125,
    0.117187,
    0.061581,
    0.047794,
    0.0625,
)  # states 000 … 111, unit 0 the lowest bit


def street(columns: int) -> Streets:
    """Return one street of cells of 10 m that are crossed in 0.003 min."""
    return streets_of(nx.grid_2d_graph(1, columns), Grid(1, columns, 10.0), 200.0)


def run(stations: list[int], columns: int, seed: int) -> Laboratory:
    """Serve one call a mean service time, from each station's cell as often as from the others."""
    rng = generator(seed)
    lab = Laboratory(stations, street(columns), patience_min=(0.0, 0.0, 0.0))
    lab.run(
        poisson_times(rng, CALLS, 1 / MEAN_MIN),
        rng.exponential(MEAN_MIN, CALLS),
        cell=np.array(stations)[rng.integers(0, len(stations), CALLS)],
    )
    return lab


def states(lab: Laboratory, batches: int = 100) -> Array:
    """Return the share of time in each state of the units, a bit a unit, by batch; shape [batches, states]."""
    served = lab.calls[lab.calls["state"] == CallState.SERVED]
    bit = 1 << served["unit_id"].astype(np.int64)
    times = np.concatenate([served["dispatched_min"], served["cleared_min"]])
    order = np.argsort(times, kind="stable")
    state = np.cumsum(np.concatenate([bit, -bit])[order])[:-1]
    assert state.min() >= 0
    assert state.max() < 1 << len(lab.units), "a unit served two calls at once"
    lasted = np.diff(times[order])
    size = len(state) // batches
    shares = [
        np.bincount(state[k * size : (k + 1) * size], lasted[k * size : (k + 1) * size], 1 << len(lab.units))
        for k in range(batches)
    ]
    return np.array([share / share.sum() for share in shares])


def test_three_units_are_in_each_state_as_long_as_larson_says() -> None:
    # units 0, 1, 2 stand at columns 2, 0, 5: area 0 prefers them in the order 0, 1, 2, area 1 1, 0, 2 and area 2 2, 0,
    # 1
    lab = run([2, 0, 5], 6, seed=1)
    shares = states(lab)
    for state, exact in enumerate(THREE):
        claim(f"three units, state {state:03b}", shares[:, state], exact, 0.05)
    lost = lab.calls["state"] == CallState.EXPIRED
    claim("three units, P(lost)", lost[: CALLS // 100 * 100].reshape(100, -1).mean(axis=1), THREE[7], 0.05)
    found = shares.mean(axis=0)
    busy = lab.ledger[:, [Activity.RESPONSE_DRIVE, Activity.ON_SCENE]].sum() / lab.now_min
    log.info(
        "three units, busy units by the ledger %.6f, by the states %.6f",
        busy,
        sum(bin(s).count("1") * share for s, share in enumerate(found)),
    )
    assert busy == pytest.approx(sum(bin(s).count("1") * share for s, share in enumerate(found)), rel=1e-3)


def test_areas_get_the_unit_that_they_prefer_among_the_free() -> None:
    lab = run([2, 0, 5], 6, seed=2)
    served = lab.calls[lab.calls["state"] == CallState.SERVED]
    preferences = {2: (0, 1, 2), 0: (1, 0, 2), 5: (2, 0, 1)}
    times = np.concatenate([served["dispatched_min"], served["cleared_min"]])
    bit = 1 << served["unit_id"].astype(np.int64)
    order = np.argsort(times, kind="stable")
    before = np.empty(len(times), dtype=np.int64)
    change = np.concatenate([bit, -bit])
    before[order] = np.cumsum(change[order]) - change[order]
    unpreferred = 0
    for cell, units in preferences.items():
        here = np.flatnonzero(served["cell"] == cell)
        busy = before[here]
        expected = np.select([(busy >> u) & 1 == 0 for u in units], units, default=-1)
        unpreferred += np.count_nonzero(served["unit_id"][here] != expected)
    assert unpreferred < 1e-3 * len(served), "more than the few that meet a unit in its half minute on the way back"


def test_five_units_are_all_free_and_all_busy_as_long_as_erlang_says() -> None:
    shares = states(run([0, 3, 7, 12, 18], 19, seed=3))
    claim("five units, P(all free)", shares[:, 0], 0.36809816, 0.02)
    claim("five units, P(all busy)", shares[:, 31], 0.00306748, 0.2)
