"""What units are ordered where several strategies are in force: of each plan what lies in the districts of its own."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from made_up_days import town
from small_runs import in_town

from sim.course.plans import Plans
from sim.strategies.base import Briefing, Strategy
from sim.strategies.chosen import chosen
from sim.strategies.plan import ANY_UNIT, PatrolPlan

BEATS = town().beats
CELLS = [int(np.flatnonzero(BEATS.beat == b)[0]) for b in range(4)]  # one of each beat; two beats a district


class Told(Strategy):
    """Plans what it is told."""

    name = "told_for_a_test"
    review_days = 5
    planned: ClassVar[list[Any]] = []

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        type(self).planned.append(briefing)
        return PatrolPlan.of([*CELLS, CELLS[0], CELLS[2]], 1.0, np.arange(6.0), [0, 2, 2, 3, ANY_UNIT, ANY_UNIT])


RANDOM, WAIT = chosen({"name": "random_patrol"}), chosen({"name": "reactive"})


def told() -> tuple[Plans, Any]:
    scenario = in_town()
    return Plans(scenario, Told()), scenario.strategy


def briefing(_: Strategy) -> Any:
    from sim.city.grid import Grid

    class Made:
        grid: Grid = town().grid
        beats = BEATS

    return Made()


def rows(plan: PatrolPlan) -> list[tuple[int, float, int]]:
    return sorted(zip(plan.cell.tolist(), plan.dwell_min.tolist(), plan.beat.tolist(), strict=True))


def test_a_single_plan_is_handed_on_as_it_is() -> None:
    plans, order = told()
    plans.follow([order, order], 0)
    assert plans.review(0, briefing, BEATS)
    assert plans.joined(BEATS) is plans._standing[0].plan


@pytest.mark.parametrize(
    ("district", "expected"),
    [
        (0, [(CELLS[0], 0.0, 0), (CELLS[0], 4.0, 0), (CELLS[0], 4.0, 1), (CELLS[1], 1.0, 1)]),
        (1, [(CELLS[2], 2.0, 2), (CELLS[2], 5.0, 2), (CELLS[2], 5.0, 3), (CELLS[3], 3.0, 3)]),
    ],
)
def test_of_a_plan_in_one_district_there_is_what_lies_there_for_units_of_its_beats(
    district: int, expected: list[tuple[int, float, int]]
) -> None:
    """Cell 1 is of beat 1, but the plan gives it to beat 2 of the other district: it stays where it lies."""
    plans, order = told()
    plans.follow([order if d == district else WAIT for d in range(2)], 0)
    plans.review(0, briefing, BEATS)
    assert rows(plans.joined(BEATS)) == sorted(expected)


def test_two_strategies_share_the_city() -> None:
    plans, order = told()
    plans.follow([order, RANDOM], 0)
    plans.review(0, briefing, BEATS)
    plan = plans.joined(BEATS)
    of_1 = np.isin(plan.beat, [2, 3])
    assert set(plan.cell[of_1].tolist()) == set(np.flatnonzero(np.isin(BEATS.beat, [2, 3])).tolist())
    assert np.array_equal(plan.beat[of_1], BEATS.beat[plan.cell[of_1]])


def test_a_strategy_that_goes_on_keeps_its_plan_and_its_days() -> None:
    plans, order = told()
    Told.planned.clear()
    plans.follow([WAIT, order], 0)
    for day in range(12):
        if day == 7:
            plans.follow([order, order], 7)
        plans.review(day, briefing, BEATS)
    assert len(Told.planned) == 3
    assert plans.of(0) is plans.of(1)
    plans.follow([WAIT, WAIT], 12)
    assert plans.of(0).name == "reactive"
    assert not plans.review(13, briefing, BEATS)


def test_your_own_strategy_is_not_the_one_whose_parameters_it_stands_for() -> None:
    plans, order = told()
    plans.follow([order, WAIT], 0)
    assert order == WAIT
    assert [plans.of(d).name for d in (0, 1)] == ["told_for_a_test", "reactive"]
