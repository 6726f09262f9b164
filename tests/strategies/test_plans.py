"""Plans of patrol: hours of stops, crews on foot and cars that move; what is no plan is refused with its field."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.orders import HourlyOrders, orders_of, shift_weights
from sim.strategies.base import Briefing, Strategy
from sim.strategies.check import check_strategy
from sim.strategies.plan import ANY_UNIT, PatrolPlan, hours_of_week


def refusal(change: Any) -> str:
    """Return what the check says of a strategy with two stops, in the beats of their cells, that are changed."""

    def plan(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        cells = briefing.beats.centre_cell[[0, -1]]
        return change(PatrolPlan.of(cells, 1.0, 10.0, briefing.beats.beat[cells]), briefing)  # type: ignore[no-any-return]

    made = type("Made", (Strategy,), {"name": "made", "plan": plan})
    with pytest.raises((ValueError, AssertionError)) as error:
        check_strategy(made)
    (line,) = str(error.value).splitlines()
    assert line.startswith("strategy 'made'")
    return line


def districts(briefing: Briefing) -> int:
    return len(briefing.beats.station_cell)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda plan, _: plan.during(np.zeros(168)), "hours: stop 0, in cell"),
        (lambda plan, _: plan.during(np.ones(169)), "hours: bool of shape (2, 169) is not allowed"),
        (lambda plan, _: plan.during([7, 8, 31]), "hours: bool of shape (2, 3) is not allowed"),
        (lambda plan, _: plan.during(np.ones((3, 168))), "hours: bool of shape (3, 168) is not allowed"),
        (lambda plan, _: plan.during(hours_of_week([7], 8, 9)), "days: [7] is not allowed"),
        (lambda plan, _: plan.during(hours_of_week([0], 8, 25)), "hours: 8 to 25 is not allowed"),
        (lambda plan, _: plan.during(hours_of_week([0], 8, 8)), "hours: 8 to 8 is not allowed"),
        (lambda plan, _: PatrolPlan.of(plan.cell, 1.0, 10.0, plan.beat[::-1], True), "a crew walks in its own beat"),
        (
            lambda plan, _: PatrolPlan.of(plan.cell, 1.0, 10.0, ANY_UNIT, True),
            "is for any unit; a crew walks in its own",
        ),
        (lambda plan, _: PatrolPlan.of(plan.cell, 1.0, 0.0, plan.beat, True), "has a dwell_min of 0"),
        (lambda plan, _: replace(plan, on_foot=np.ones(3, dtype=bool)), "on_foot: bool of shape (3,)"),
        (lambda plan, briefing: plan.with_cars(np.ones((districts(briefing), 24))), "cars: shape"),
        (lambda plan, briefing: plan.with_cars(-np.ones((districts(briefing), 168))), "cars: -1 is not allowed"),
        (
            lambda plan, briefing: plan.with_cars(np.zeros((districts(briefing), 168))),
            "cars: no district gets one in hour 0",
        ),
        (
            lambda plan, briefing: (q := plan.with_cars(np.ones((districts(briefing), 168)))) + q,
            "cars: both of two plans",
        ),
    ],
)
def test_a_plan_that_cannot_be_followed_is_refused_in_a_line_with_its_field(change: Any, says: str) -> None:
    if says.endswith("own beat"):  # of one beat there is no other
        assert says in refusal(lambda plan, b: change(plan, b) if len(b.beats.district) > 1 else plan)
    else:
        assert says in refusal(change)


def test_hours_of_the_week_go_on_into_the_next_day_and_the_next_week() -> None:
    assert np.flatnonzero(hours_of_week([0, 2], 7, 9)).tolist() == [7, 8, 55, 56]
    assert np.flatnonzero(hours_of_week([6], 22, 2)).tolist() == [0, 1, 166, 167]
    assert hours_of_week(range(7), 0, 24).all()


def test_plans_add_up_and_keep_hours_and_walks_of_each() -> None:
    morning = hours_of_week(range(7), 6, 9)
    both = PatrolPlan.of([1, 2], 1.0, 5.0, 0).during(morning) + PatrolPlan.of([3], 2.0, 6.0, 1, True)
    assert both.cell.tolist() == [1, 2, 3]
    assert both.on_foot is not None
    assert both.on_foot.tolist() == [False, False, True]
    assert both.at(7).tolist() == [0, 1, 2]
    assert both.at(9).tolist() == [2]
    assert both.turns.tolist() == sorted([*(24 * d + 6 for d in range(7)), *(24 * d + 9 for d in range(7))])


def test_the_orders_of_an_hour_are_those_of_its_stops_whenever_they_are_asked_for() -> None:
    plan = PatrolPlan.of([1, 2, 3], [1.0, 2.0, 4.0], 5.0, [1, 0, ANY_UNIT]).during(
        np.stack([hours_of_week([0], 5, 7), hours_of_week(range(7), 0, 24), hours_of_week([6], 23, 6)])
    )
    hourly = HourlyOrders(plan, beats=2)
    for hour in np.random.default_rng(1).permutation(168).tolist():
        wanted, given = orders_of(plan, 2, hour), hourly.at(hour)
        assert all(np.array_equal(one, other) for one, other in zip(wanted, given, strict=True))
    turns = [hour for hour in range(168) if hourly.turn_in(hour)]
    assert turns == [5, 6, 7, 167]
    assert [hourly.next_turn(hour) for hour in (0, 5, 7, 167)] == [5, 1, 160, 6]
    assert HourlyOrders(PatrolPlan.none(), 2).next_turn(30) == 168


def test_shifts_have_the_cars_of_their_hours_and_a_week_as_many_as_ever() -> None:
    cars = np.ones((2, 168))
    night = hours_of_week([4, 5], 20, 4)
    cars[:, night] = 3.0
    weights = shift_weights(cars, 0, (0.0, 8.0, 16.0))
    assert weights.mean() == pytest.approx(1.0)
    raw = weights / weights[0, 0]
    assert raw[4] == pytest.approx([1.0, 1.0, 2.0])  # Friday: four of the eight hours of the evening shift
    assert raw[5] == pytest.approx([2.0, 1.0, 2.0])
    assert raw[6] == pytest.approx([2.0, 1.0, 1.0])
    assert shift_weights(cars, 4, (0.0, 8.0, 16.0))[0] == pytest.approx(weights[4])
    straddling = shift_weights(cars, 0, (7.5, 19.5))
    assert straddling[4] / straddling[0, 0] == pytest.approx([1.0, (4 + 3 * 8) / 12])
