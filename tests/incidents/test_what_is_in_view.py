"""What is in view puts offenders off by distance and by crime, what is felt does so everywhere, and each can be off."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from small_runs import MUCH_CRIME, in_town

from sim.arrays import Array
from sim.incidents.search import deterrents
from sim.incidents.true_risk import Horizon, expected_offences
from sim.model import CityModel

SIGHT_M = 60.0


@cache
def town() -> CityModel:
    return CityModel(in_town(demand=MUCH_CRIME))


def risk(changes: dict[str, Any] | None = None, at: int | slice = slice(None), **search: Any) -> Array:
    """Return the crimes expected on a day, shape [cells], with columns of some cells and parameters changed."""
    world, grid = town().world, town().city.grid
    cells = world.ground.cells.copy()
    for name, value in (changes or {}).items():
        cells[name][at] = value
    searching = world.rules.search._replace(**search)
    rules = world.rules._replace(
        search=searching,
        deterrents=deterrents(searching, SIGHT_M, grid.cell_m),
        belief=world.rules.belief._replace(seen_police=0.0),  # nobody learns from what is only imagined
    )
    out = np.zeros(grid.n_cells)
    ahead = Horizon(0.0, 1440.0, 300)
    expected_offences(
        1, ahead, world.offenders.copy(), world.opportunity, world.ground._replace(cells=cells), rules, out
    )
    return out


FULL_STOP = {"deterrence": 1.0, "deterrence_min": 720.0}  # at noon, so that it counts half a day more and half less


def test_police_who_are_felt_put_offenders_off_everywhere_unless_it_is_switched_off() -> None:
    felt = {"felt": 1.0}
    assert 0.7 * risk().sum() < risk(felt).sum() < 0.95 * risk().sum()
    assert np.array_equal(risk(felt, felt_police=0.0), risk(felt_police=0.0))


@pytest.mark.parametrize(
    ("what", "weight"), [({"police_now": 0.5}, "seen_police"), (FULL_STOP, "residual"), ({"watch_now": 1}, "watched")]
)
def test_who_is_indoors_sees_less_and_nobody_is_put_off_by_what_has_no_weight(
    what: dict[str, Any], weight: str
) -> None:
    prevented = {
        name: 1.0 - risk(what, **search).sum() / risk(**search).sum()
        for name, search in {"as it is": {}, "all in view": {"in_view": np.ones(7)}, "off": {weight: 0.0}}.items()
    }
    print(prevented)
    assert 0.0 < prevented["as it is"] < 0.96 * prevented["all in view"]
    assert prevented["off"] == pytest.approx(0.0, abs=1e-9), "but for rounding, which processors do differently"


def test_cameras_put_nobody_off_who_is_violent_unless_they_are_said_to() -> None:
    filmed = {"camera": 1.0}
    property_alone, violence_too = (risk(filmed, camera_violence=share).sum() for share in (0.0, 1.0))
    assert violence_too < property_alone < risk().sum()


def test_a_stop_is_felt_in_the_next_block_and_no_more_three_blocks_on() -> None:
    grid = town().city.grid
    usual = risk()
    near = usual.reshape(grid.n_rows, grid.n_cols)[5:-5, 5:-5]
    row, col = (int(i) + 5 for i in np.unravel_index(np.argmax(near), near.shape))
    here = row * grid.n_cols + col
    stopped = risk({"police_now": 3.0}, at=here, seen_police=3.0)
    left = []
    for away in (0, 1, 4):
        around = np.array([here - away, here + away, here - away * grid.n_cols, here + away * grid.n_cols])
        there = around[usual[around] > 0]
        left.append(float(stopped[there].sum() / usual[there].sum()))
    print(left)
    assert left[0] < 0.3 < left[1] < 0.8 < 0.9 < left[2]
