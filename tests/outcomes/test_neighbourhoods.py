"""Who is policed against who is victimised: what is added up where, and what equity of contact says."""

from __future__ import annotations

import numpy as np
import pytest
from small_runs import MUCH_CRIME, after, in_town

from sim.city.build import build_city
from sim.outcomes.equity import COUNTED, FIFTHS, by_fifths, contact_equity, neighbourhood_of


def table(patrol, crimes, **columns):
    n = len(patrol)
    return {
        **{name: np.zeros(n) for name in COUNTED}, "patrol_minutes": np.array(patrol, dtype=float),
        "crimes": np.array(crimes), **columns,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("patrol", "crimes", "equity"),
    [
        ([10, 20, 30], [1, 2, 3], 1.0),
        ([60, 0], [0, 5], 0.0),
        ([50, 50], [1, 0], 0.5),
        ([30, 70], [50, 50], 0.8),
        ([0, 0], [1, 2], None),
        ([5, 5], [0, 0], None),
    ],
)
def test_equity_of_contact_is_the_share_of_patrol_that_is_where_crime_is(patrol, crimes, equity):
    found = contact_equity(table(patrol, crimes))
    assert found == (None if equity is None else pytest.approx(equity))


def test_fifths_are_of_neighbourhoods_and_those_with_most_crimes_come_first():
    crimes = np.arange(10)
    found = by_fifths(table(np.ones(10), crimes, residents=np.full(10, 100)))
    assert found["crimes"].tolist() == [17, 13, 9, 5, 1]
    assert found["residents"].tolist() == [200] * FIFTHS
    few = by_fifths(table([1.0, 2.0], [1, 5]))
    assert (few["crimes"].sum(), few["patrol_minutes"].sum()) == (6, 3)


@pytest.fixture(scope="module")
def run():
    scenario = in_town(days=7, demand=MUCH_CRIME, strategy={"name": "random_patrol"})
    return after(scenario), build_city(scenario.city)


def test_neighbourhoods_are_squares_of_half_a_kilometre(run):
    _, city = run
    of_cell = neighbourhood_of(city)
    for axis in (city.grid.x_m, city.grid.y_m):
        for one in np.unique(of_cell)[:20]:
            assert np.ptp(axis[of_cell == one]) <= 500 - city.grid.cell_m + 1e-9


def test_a_run_tells_where_crime_victims_arrests_and_patrol_are_and_nothing_is_lost(run):
    results, city = run
    found, crimes = results.tables["neighbourhoods"], results.tables["incidents"]
    with_place = crimes["type"] != "fraud"
    assert found["residents"].sum() == city.residents
    assert found["crimes"].sum() == with_place.sum() > 30
    assert found["recorded"].sum() == crimes["recorded_cell"][with_place].count()
    assert found["victims"].sum() == crimes["victim_id"][with_place].count()
    assert found["patrol_minutes"].sum() == pytest.approx(results.tables["cells"]["patrol_minutes"].sum())
    assert found["arrests"].sum() == crimes["arrest_time_min"][with_place].count()
    assert 0.0 < results.indicators["contact_equity"] < 1.0
    assert results.indicators["contact_equity"] == contact_equity(found)
