"""When a shortage feeds on itself and when it does not, where it tips, and what stops it.

Of 8,000 heads at full strength, the rate at which the headcount shrinks in two years has a standard deviation below
0.004 a year; margins are about four of them or more, so that a claim that is right fails on a seed that nobody has
tried with a probability of about 1e-4 or less.
"""

from __future__ import annotations

import logging

import numpy as np
import pytest
from made_up_force import Years, patrol_years

FULL = 8000  # heads at full strength

log = logging.getLogger("spiral")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def curves() -> dict[int, Years]:
    return {percent: patrol_years(percent / 100, full=FULL) for percent in (0, 10, 20, 30, 40)}


def test_small_shortages_are_stable_and_large_ones_feed_on_themselves(curves: dict[int, Years]) -> None:
    for percent, run in curves.items():
        quarters = [int(run.heads[min(91 * quarter, 729)]) for quarter in range(9)]
        log.info(
            "%2d %% short: heads by quarter %s, load %.2f → %.2f, fatigue %.2f",
            percent,
            quarters,
            run.load[0],
            run.load[-1],
            run.fatigue(729),
        )
    for percent in (0, 10):
        assert curves[percent].heads.min() > 0.985 * curves[percent].heads[0]
        assert curves[percent].fatigue(729) < 0.15
    for percent in (30, 40):
        assert curves[percent].heads[729] < 0.96 * curves[percent].heads[0]
        assert curves[percent].load[729] > curves[percent].load[60] > curves[percent].load[0]
        assert curves[percent].fatigue(729) > 0.5
    assert curves[40].loss(0, 729) > curves[30].loss(0, 729) > curves[20].loss(0, 729) > curves[10].loss(0, 729) - 0.001


def test_it_tips_where_those_who_leave_outnumber_the_recruits() -> None:
    """3 % (1 + 4F²) exceeds recruitment of 4 % from F = 0.29 on."""
    stable, tipped = patrol_years(0.14, 5, FULL), patrol_years(0.20, 5, FULL)
    assert stable.fatigue(1824) < 0.29 < tipped.fatigue(1824)
    assert stable.heads[1824] > 0.985 * stable.heads[0]
    assert tipped.heads[1824] < 0.965 * tipped.heads[0]
    log.info(
        "14 %% short: %d → %d heads in five years; 20 %% short: %d → %d",
        *(run.heads[day] for run in (stable, tipped) for day in (0, 1824)),
    )


def test_the_loop_itself_makes_it_worse(curves: dict[int, Years]) -> None:
    cut = patrol_years(0.3, full=FULL, fed_back=False)
    log.info("30 %% short, loss a year: %.3f with the loop, %.3f without", curves[30].loss(0, 729), cut.loss(0, 729))
    assert np.ptp(cut.load) < 0.02 < curves[30].load[729] - curves[30].load[0]
    assert curves[30].loss(0, 729) > cut.loss(0, 729) + 0.01
    assert curves[30].fatigue(729) > cut.fatigue(729) + 0.1


@pytest.mark.parametrize("remedy", [{"hires_per_year": 0.10}, {"incentive_per_month": 5000.0}, {"full_load": 0.65}])
def test_hiring_incentives_or_less_work_stop_it(remedy: dict[str, float], curves: dict[int, Years]) -> None:
    run = patrol_years(0.3, full=FULL, **remedy)
    log.info(
        "30 %% short with %s: %d → %d heads, fatigue %.2f, %.0f yuan",
        remedy,
        run.heads[0],
        run.heads[729],
        run.fatigue(729),
        run.days["incentive_cost"].sum(),
    )
    assert run.heads[729] > 0.985 * run.heads[0]
    assert run.heads[729] > 1.03 * curves[30].heads[729]
    head_months = run.heads.sum() / (365 / 12)
    assert run.days["incentive_cost"].sum() == pytest.approx(remedy.get("incentive_per_month", 0.0) * head_months)
