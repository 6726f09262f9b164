"""Sight is in metres: what is in view, and what it takes off, come out alike whatever the side of a cell is."""

from __future__ import annotations

import numpy as np
import pytest

from sim.arrays import Array
from sim.city.grid import Grid
from sim.city.presence import PresenceParameters, take_notice
from sim.city.sight import in_view, taken_off, taken_off_while_it_fades
from sim.city.state import CELL_COLUMNS, Ground, people_in_view, view_of
from sim.columns import table
from sim.strategies.heat import hot_spots

SIGHT_M = 60.0
SIDES_M = (10.0, 50.0, 100.0, 150.0, 200.0, 500.0)
AREA_M2 = 2.0 * np.pi * SIGHT_M**2


@pytest.mark.parametrize("cell_m", SIDES_M)
def test_the_area_in_view_is_the_same_on_all_cells(cell_m: float) -> None:
    table_of = in_view(SIGHT_M, cell_m)
    assert table_of.sum() * cell_m**2 == pytest.approx(AREA_M2, rel=0.01)
    assert np.array_equal(table_of, table_of[::-1])
    assert np.allclose(table_of, table_of.T, rtol=1e-12)
    middle = len(table_of) // 2
    assert table_of.max() == table_of[middle, middle]
    assert (np.diff(table_of[middle, middle:]) < 0).all()


@pytest.mark.parametrize("cell_m", SIDES_M)
@pytest.mark.parametrize("off", [taken_off, taken_off_while_it_fades])
def test_a_small_weight_takes_off_the_same_in_all_on_all_cells(off: object, cell_m: float) -> None:
    weight = 0.01
    assert off(weight, SIGHT_M, cell_m).sum() * cell_m**2 == pytest.approx(weight * AREA_M2, rel=0.01)  # type: ignore[operator]


@pytest.mark.parametrize("weight", [0.5, 3.0])
@pytest.mark.parametrize("parts", [2, 4])
def test_offences_on_large_cells_are_the_mean_of_those_on_the_small_ones_that_they_are_made_of(
    weight: float, parts: int
) -> None:
    """Odds are averaged: a unit somewhere in a large cell leaves as many offences there as one in any of its parts."""
    large, small = (np.exp(-taken_off(weight, SIGHT_M, cell_m)) for cell_m in (50.0 * parts, 50.0))
    reach = len(large) // 2
    padded = np.ones((2 * 60 + 1, 2 * 60 + 1))
    edge = len(small) // 2
    padded[60 - edge : 60 + edge + 1, 60 - edge : 60 + edge + 1] = small
    for north in range(reach + 1):
        for east in range(reach + 1):
            apart = [
                padded[60 + north * parts + i - k, 60 + east * parts + j - m]
                for i in range(parts) for j in range(parts) for k in range(parts) for m in range(parts)
            ]  # fmt: skip
            assert large[north + reach, east + reach] == pytest.approx(np.mean(apart), abs=2e-3)


def test_what_fades_takes_off_more_than_in_proportion_on_large_cells_alone() -> None:
    """Within a small cell the odds hardly differ, and one log-odds is as good as the other."""
    ratios = [
        taken_off_while_it_fades(2.0, SIGHT_M, cell_m).max() / taken_off(2.0, SIGHT_M, cell_m).max()
        for cell_m in (10.0, 50.0, 200.0)
    ]
    assert ratios[0] == pytest.approx(1.0, abs=0.002)
    assert 1.0 < ratios[1] < 1.02 < ratios[2] < 1.25


def test_who_is_in_view_counts_by_how_much_of_the_place_is_and_nothing_beyond_the_edge() -> None:
    cells = table(CELL_COLUMNS, 7 * 9)
    ground = Ground(cells, 7, 9, 100.0, 0, in_view(SIGHT_M, 100.0))
    cells["police_now"][[0, 31, 32, 62]], cells["watch_now"][[22]] = (1.0, 0.5, 2.0, 1.0), 3
    units, watch = people_in_view(31, ground)
    assert units == pytest.approx(0.5 * ground.in_view[2, 2] + 2.0 * ground.in_view[2, 3])
    assert watch == pytest.approx(3 * ground.in_view[1, 2])
    assert people_in_view(0, ground)[0] == pytest.approx(ground.in_view[2, 2])
    assert view_of(31, 62, ground) == 0.0
    alone = ground._replace(in_view=np.ones((1, 1)))
    assert people_in_view(31, alone) == (0.5, 0.0)


def town_of(cell_m: float) -> Grid:
    """Return 3.6 km × 3.6 km."""
    side = round(3600 / cell_m)
    return Grid(side, side, cell_m)


@pytest.mark.parametrize("cell_m", [50.0, 100.0, 150.0, 200.0])
def test_police_on_the_beat_are_felt_by_minutes_in_view_on_all_cells(cell_m: float) -> None:
    """In the long run, 400 unit-minutes a day and km² are 9.05 minutes a day in view; what is seen far off is not."""
    grid, parameters = town_of(cell_m), PresenceParameters()
    cells = table(CELL_COLUMNS, grid.n_cells)
    cells["beat"][grid.x_m > 3000] = -1
    felt = []
    for _ in range(200):
        cells["shown_min"] = 400.0 * (cell_m / 1000) ** 2
        take_notice(cells, grid, parameters)
        felt.append(float(cells["felt"].max()))
    inside = cells["beat"] >= 0
    assert cells["felt"][inside] == pytest.approx(np.log1p(400e-6 * AREA_M2 / 15.0), rel=1e-3)
    assert not cells["felt"][~inside].any()
    assert not cells["shown_min"].any()
    assert np.expm1(felt[13]) == pytest.approx(np.expm1(felt[-1]) / 2, rel=0.01), "half of it after a half-life"
    one_place = table(CELL_COLUMNS, grid.n_cells)
    one_place["shown_min"][grid.cell_at(1800.0, 1800.0)] = 1000.0
    take_notice(one_place, grid, parameters)
    here, far = (one_place["felt"][grid.cell_at(x, 1800.0)] for x in (1800.0, 3500.0))
    assert here > 10 * far


def areas_in(cell_m: float, side_m: float, most: int) -> tuple[Array, Array, float]:
    """Return x, y and the mean area of the hottest squares of a smooth surface with four hills."""
    grid = town_of(cell_m)
    hills = ((900.0, 900.0, 1.0), (2700.0, 1500.0, 0.9), (1500.0, 2700.0, 0.8), (2700.0, 2700.0, 0.7))
    values = sum(h * np.exp(-((grid.x_m - x) ** 2 + (grid.y_m - y) ** 2) / (2 * 150.0**2)) for x, y, h in hills)
    found = hot_spots(values, np.ones(grid.n_cells, dtype=bool), grid, side_m, most)
    assert np.bincount(found.spot, weights=found.share) == pytest.approx(np.ones(len(found.heat)))
    assert (np.diff(found.heat) <= 0).all()
    assert len(np.unique(found.cell)) == len(found.cell), "two areas have a cell in common"
    treated = sum(1.0 / found.share[found.spot == s].max() for s in range(len(found.heat))) / len(found.heat)
    return found.x_m, found.y_m, float(treated) * cell_m**2


@pytest.mark.parametrize("cell_m", [25.0, 50.0, 100.0, 150.0, 200.0])
def test_hot_spots_are_the_same_squares_on_all_cells(cell_m: float) -> None:
    x, y, area_m2 = areas_in(cell_m, 200.0, 4)
    assert area_m2 == pytest.approx(200.0**2)
    assert np.hypot(x[0] - 900.0, y[0] - 900.0) <= 150.0
    beside = np.maximum(np.abs(x[:, None] - x), np.abs(y[:, None] - y)) + 1e9 * np.eye(4)
    assert beside.min() >= 200.0 - 1e-9


def test_hot_spots_end_where_nothing_is_hot_and_at_the_edge_of_what_is_looked_after() -> None:
    grid = Grid(6, 6, 100.0)
    values, where = np.zeros(36), np.ones(36, dtype=bool)
    assert len(hot_spots(values, where, grid, 200.0, 5).cell) == 0
    values[[0, 35]] = 1.0, 2.0
    where[34] = False
    found = hot_spots(values, where, grid, 200.0, 5)
    assert found.heat.tolist() == [2.0, 1.0]
    assert found.cell.tolist() == [28, 29, 35, 0, 1, 6, 7]
    assert found.share[:3] == pytest.approx(1 / 3)
    whole = hot_spots(values, where, grid, 2000.0, 5)
    assert whole.heat.tolist() == [3.0]
    assert len(whole.cell) == 35
