"""Accuracy of forecasts: cases that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.incident_types import IncidentType
from sim.incidents.log import INCIDENTS, new_logs
from sim.outcomes.forecasts import Accuracy, Forecast, accuracy, forecast_indicators

CELLS = 100


def forecast(day: int, *cells: int) -> Forecast:
    return Forecast(day, np.array(cells, dtype=np.int32))


def scored(forecasts: list[Forecast], crimes: list[tuple[float, int]], first: int = 0, last: int = 14) -> Accuracy:
    """Return the accuracy with crimes (day, cell)."""
    when, where = np.array(crimes, dtype=float).reshape(-1, 2).T
    return accuracy(forecasts, when * 1440, where.astype(int), CELLS, first, last)


def test_a_weekly_plan_is_scored_with_the_crimes_of_its_own_week() -> None:
    """Week 1: 2 of 4 crimes in 2 % of the area, 3 possible. Week 2: 3 of 4 in 2 %, 3 possible.

    Crimes of day 0 in the second week's cells are no hits.
    """
    plans = [forecast(0, 1, 2), forecast(7, 3, 4)]
    crimes = [(0.0, 1), (6.9, 2), (1.0, 3), (2.0, 3), (7.0, 3), (8.0, 4), (9.0, 4), (13.9, 1)]
    assert scored(plans, crimes) == Accuracy(pytest.approx((5 / 8) / 0.02), pytest.approx(5 / 6))


def test_the_best_plan_has_efficiency_one_and_a_plan_of_the_coldest_cells_nothing() -> None:
    crimes = [(0.1, 5), (0.2, 5), (0.3, 6), (4.0, 7)]
    assert scored([forecast(0, 5)], crimes, last=7) == Accuracy(pytest.approx(50.0), 1.0)
    assert scored([forecast(0, 9)], crimes, last=7) == Accuracy(0.0, 0.0)
    assert scored([forecast(0, *range(4, 8))], crimes, last=7).pei == 1.0


def test_daily_plans_are_pooled_by_weeks() -> None:
    """Seven plans of one cell and two of three: on average (5 + 6) / 7 cells, so that two could hold 3 of the 4 crimes.

    2 are hit in 11 / 700 of the area.
    """
    plans = [forecast(day, 1) for day in range(5)] + [forecast(5, 1, 2, 3), forecast(6, 1, 2, 3)]
    crimes = [(0.5, 1), (5.5, 2), (1.5, 2), (6.5, 9)]
    assert scored(plans, crimes, last=7) == Accuracy(pytest.approx(0.5 / (11 / 700)), pytest.approx(2 / 3))


def test_a_plan_that_changes_and_beats_every_plan_that_stays_has_efficiency_one() -> None:
    plans = [forecast(day, day) for day in range(7)]
    assert scored(plans, [(day + 0.5, day) for day in range(7)], last=7).pei == 1.0


def test_a_plan_stays_in_force_until_the_next_and_counts_for_the_days_that_are_measured() -> None:
    """A plan of day 3 goes on through the third week; the days before the first measured one do not count."""
    plans = [forecast(0, 1), forecast(3, 2)]
    assert scored(plans, [(1.0, 1), (4.0, 2)], first=3, last=10) == Accuracy(pytest.approx(100.0), 1.0)
    assert scored(plans, [(17.0, 2), (18.0, 3)], first=0, last=21) == Accuracy(pytest.approx(50.0), 1.0)
    assert scored([forecast(5, 2)], [(4.9, 2), (5.0, 2)], first=0, last=7) == Accuracy(pytest.approx(100.0), 1.0), (
        "before it there was no forecast"
    )


def test_plans_that_stop_nowhere_or_everywhere_foretell_nothing() -> None:
    crimes = [(0.5, 1), (8.5, 1)]
    for cells in ((), range(50), range(CELLS)):
        assert scored([forecast(0, *cells)], crimes) == Accuracy(None, None)
    assert scored([], crimes) == Accuracy(None, None)
    assert scored([forecast(0), forecast(7, 1)], crimes) == Accuracy(pytest.approx(100.0), 1.0), (
        "only the second week has one"
    )
    assert scored([forecast(0, 1)], []) == Accuracy(None, None), "without a crime nothing can be said"


def test_a_forecast_that_knows_nothing_has_an_index_of_one() -> None:
    """Random cells and random crimes.

    8,000 crimes, of which a tenth is hit, ± 0.13 at four standard errors (once in 16,000 by chance).
    """
    rng = np.random.default_rng(1)
    plans = [forecast(7 * week, *rng.choice(CELLS, 10, replace=False)) for week in range(20)]
    found = accuracy(plans, rng.uniform(0, 140, 8000) * 1440, rng.integers(0, CELLS, 8000), CELLS, 0, 140)
    assert found.pai == pytest.approx(1.0, abs=0.14)


def test_the_truth_and_the_books_are_scored_apart() -> None:
    """Three crimes at places.

    One unknown to the police, one with a wrong place in the books, one entered too late to count; and a fraud.
    """
    logs = new_logs(4)
    logs.used[INCIDENTS] = 4
    crimes = logs.incidents[:4]
    crimes["type"] = crimes["recorded_type"] = IncidentType.BURGLARY
    crimes["type"][3] = crimes["recorded_type"][3] = IncidentType.FRAUD
    crimes["time_min"], crimes["cell"] = 1440.0, [1, 2, 1, 1]
    crimes["recorded_time_min"], crimes["recorded_cell"] = [-1.0, 2000.0, 8 * 1440.0, 2000.0], [-1, 3, 1, 1]
    inside = np.ones(CELLS, dtype=bool)
    inside[50:] = False
    found = forecast_indicators([forecast(0, 1)], logs, inside, 0, 7)
    assert found == {"pai": pytest.approx(2 / 3 * 50), "pei": 1.0, "pai_recorded": 0.0, "pei_recorded": 0.0}
