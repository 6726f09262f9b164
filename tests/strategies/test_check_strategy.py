"""The conformance check passes what is registered and tells the author of any other strategy what to do."""

from __future__ import annotations

import random
from typing import Any, ClassVar

import numpy as np
import pytest

from sim.parameters import BadInput, parameter
from sim.strategies.base import Briefing, Recorded, Strategy, StrategyParameters, registered
from sim.strategies.check import check_strategy
from sim.strategies.plan import ANY_UNIT, PatrolPlan


@pytest.mark.parametrize("name", registered())
def test_every_registered_strategy_conforms(name: str) -> None:
    check_strategy(name)


def test_strategies_conform_with_other_parameters_too() -> None:
    check_strategy("hotspot", dwell_min=0.0, spots_per_beat=1000, smoothing_m=0.0, spot_m=150.0)
    check_strategy("random_patrol", dwell_min=240.0)


class Corners(Strategy):
    """A good strategy of one's own: it draws from the given generator and cares for cells inside the city."""

    name = "corners"

    class Parameters(StrategyParameters):
        stops: int = parameter(3, unit="cells", ge=0, le=100, source="test", doc="Stops.")

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        inside = np.flatnonzero(briefing.beats.beat >= 0)
        return PatrolPlan.of(rng.choice(inside, self.parameters.stops), 1.0, 10.0, ANY_UNIT)


def test_a_strategy_of_ones_own_conforms_without_being_registered() -> None:
    check_strategy(Corners)
    check_strategy(Corners, stops=0)
    assert "corners" not in registered()


def test_a_strategy_that_nobody_knows_and_an_option_that_is_not_allowed_are_refused() -> None:
    with pytest.raises(BadInput, match=r"^strategy: 'hotsopt' is not allowed: .*hotspot"):
        check_strategy("hotsopt")
    with pytest.raises(BadInput, match=r"strategy\.dwell_min: -1 is not allowed"):
        check_strategy("hotspot", dwell_min=-1)
    with pytest.raises(BadInput, match=r"^strategy\.dwell: 5 is not allowed"):
        check_strategy("hotspot", dwell=5)


def strategy(plan: Any, **members: Any) -> type[Strategy]:
    """Return a strategy with this plan."""
    return type("Made", (Strategy,), {"name": "made", "plan": plan, **members})


def refusal(kind: Any, of: type[Exception] = AssertionError) -> str:
    with pytest.raises(of) as error:
        check_strategy(kind)
    return str(error.value)


def inside(briefing: Briefing) -> Any:
    return np.flatnonzero(briefing.beats.beat >= 0)


def test_a_draw_from_the_global_generator_is_caught() -> None:
    def of_python(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.of(random.choice(inside(briefing).tolist()), 1.0, 10.0, 0)

    def of_numpy(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.of(np.random.choice(inside(briefing)), 1.0, 10.0, 0)  # noqa: NPY002

    for plan in (of_python, of_numpy):
        assert "draw from rng" in refusal(strategy(plan))


def test_a_generator_of_the_systems_own_entropy_is_caught() -> None:
    def plan(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.of(
            inside(briefing)[0], 1.0, np.random.default_rng().uniform(1.0, 100.0), 0
        )  # never the same twice, unlike one of a few cells

    assert "two new instances" in refusal(strategy(plan))


def test_global_state_is_caught() -> None:
    calls: list[int] = []

    def plan(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        calls.append(1)
        return PatrolPlan.of(inside(briefing)[0], 1.0, float(len(calls)), 0)

    assert "no global or class variable" in refusal(strategy(plan))


class Alternating(Strategy):
    """Plans one way and then the other, by a list that two instances of it do not share."""

    name = "alternating"

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.before: list[int] = []

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        self.before.append(len(briefing.recorded.cell))
        return PatrolPlan.of(inside(briefing)[0], 1.0, float(max(self.before)), 0)


def test_state_that_a_strategy_keeps_is_caught() -> None:
    def counting(self: Any, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        self.plans = getattr(self, "plans", 0) + 1
        return PatrolPlan.none()

    def in_the_class(self: Any, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        type(self).latest = briefing
        return PatrolPlan.none()

    assert "changed the attribute 'plans'" in refusal(strategy(counting))
    assert "changed the attribute 'latest'" in refusal(strategy(in_the_class))
    assert "planned before" in refusal(Alternating)


def test_a_strategy_that_writes_to_its_briefing_is_caught() -> None:
    def sorts(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        briefing.recorded.cell.sort()
        return PatrolPlan.none()

    def insists(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        briefing.beats.district.flags.writeable = True
        briefing.beats.district[:] = 0
        return PatrolPlan.none()

    def replaces(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        nothing = np.empty(0, dtype=int)
        object.__setattr__(briefing, "recorded", Recorded(*[nothing] * 8))
        return PatrolPlan.none()

    def flattens(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        if briefing.analysis.surface is not None:
            briefing.analysis.surface[:] = 1.0
        return PatrolPlan.none()

    def forgets_alerts(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        briefing.analysis.alert_weight.flags.writeable = True
        briefing.analysis.alert_weight[:] = 0.0
        return PatrolPlan.none()

    assert "writes to an array" in refusal(strategy(sorts))
    assert "with a surface and alerts: plan()" in refusal(strategy(flattens))
    assert "changed the briefing" in refusal(strategy(forgets_alerts))
    assert "changed the briefing" in refusal(strategy(insists))
    assert "changed the briefing" in refusal(strategy(replaces))


def test_a_strategy_is_told_the_truth_only_if_it_is_a_bound() -> None:
    def needs_truth(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        assert briefing.truth is not None
        return PatrolPlan.of(np.argmax(np.where(briefing.beats.beat < 0, -1.0, briefing.truth)), 1.0, 10.0, ANY_UNIT)

    def improves_truth(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        if briefing.truth is not None:
            briefing.truth[:] = 0.0
        return PatrolPlan.none()

    check_strategy(strategy(needs_truth, knows_truth=True))
    assert "fails with AssertionError" in refusal(strategy(needs_truth))
    assert "writes to an array" in refusal(strategy(improves_truth, knows_truth=True))


@pytest.mark.parametrize(
    ("orders", "complaint"),
    [
        ({"cell": 0}, "a stop lies outside the city"),  # the corner of the grid
        ({"cell": 10_000}, "a stop lies outside the city"),
        ({"weight": np.nan}, "weights are finite"),
        ({"weight": -1.0}, "weights are finite and not negative"),
        ({"dwell_min": -5.0}, "dwell_min is not negative"),
        ({"dwell_min": np.nan}, "dwell_min is not negative"),
        ({"beat": 99}, "beats are 0 to"),
        ({"beat": -2}, "beats are 0 to"),
    ],
)
def test_orders_that_are_not_legal_are_caught(orders: dict[str, Any], complaint: str) -> None:
    def plan(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.of(
            **{"cell": inside(briefing)[0], "weight": 1.0, "dwell_min": 10.0, "beat": ANY_UNIT, **orders}
        )

    message = refusal(strategy(plan), ValueError)
    assert "'made', with no recorded crimes" in message
    assert complaint in message


def test_a_plan_that_is_illegal_at_one_hour_of_the_week_only_is_caught() -> None:
    def plan(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.of(inside(briefing)[0], 1.0, -1.0 if briefing.hour_of_week == 167 else 1.0, ANY_UNIT)

    assert "hour 167 of the week" in refusal(strategy(plan), ValueError)


def test_a_strategy_that_fails_in_some_situation_is_told_in_which() -> None:
    def latest(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.of(briefing.recorded.cell[-1], 1.0, 10.0, ANY_UNIT)

    def neighbouring_beat(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.of(briefing.beats.centre_cell[1], 1.0, 10.0, 1)

    def whole_units(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.of(inside(briefing)[: 10 // int(briefing.units_on_duty)], 1.0, 10.0, ANY_UNIT)

    assert "first day: plan()" in refusal(strategy(latest))
    assert "no recorded crimes: plan()" in refusal(strategy(neighbouring_beat))
    assert "0.4 units on duty: plan()" in refusal(strategy(whole_units))


def test_what_is_no_plan_is_caught() -> None:
    def forgets(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> None:
        return None

    def lists(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan([1], [1.0], [1.0], [0])  # type: ignore[arg-type]

    def fractions(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        one = np.ones(1)
        return PatrolPlan(one, one, one, one)

    assert "plan() returned NoneType; return PatrolPlan.of" in refusal(strategy(forgets))
    assert "make the plan with PatrolPlan.of" in refusal(strategy(lists))
    assert "cell of the plan" in refusal(strategy(fractions))


def test_a_class_that_is_no_strategy_or_says_too_little_of_itself_is_refused() -> None:
    def plan(self: Strategy, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.none()

    class Parameters:
        pass

    assert "derive a class from" in refusal(dict)
    assert "the class, not" in refusal(Corners())
    assert "has no name" in refusal(strategy(plan, name=""))
    assert "review_days is 0" in refusal(strategy(plan, review_days=0))
    assert "derive its Parameters" in refusal(strategy(plan, Parameters=Parameters))
    assert "write plan()" in refusal(type("Idle", (Strategy,), {"name": "idle"}))


def test_what_a_briefing_does_not_have_is_answered_by_what_it_has() -> None:
    said = refusal(strategy(lambda _, briefing, __: PatrolPlan.of(briefing.incidents, 1, 5, -1)))
    assert "plan() asks for 'incidents'" in said
    assert "now_min, hour_of_week, grid, beats, units_on_duty, recorded" in said
    said = refusal(strategy(lambda _, briefing, __: PatrolPlan.of(briefing.recorded.cells, 1, 5, -1)))
    assert "plan() asks for 'cells'" in said
    assert "it has type, time_min, cell" in said
    said = refusal(strategy(lambda _, briefing, __: PatrolPlan.of(briefing.recorded.cell, 1, 5)))
    assert "fails with TypeError" in said
    assert "Return a plan there too" not in said


class Bare(StrategyParameters):
    """A number that says nothing of itself."""

    stops: int = 7


def test_parameters_say_their_unit_bounds_and_source() -> None:
    said = refusal(strategy(lambda *_: PatrolPlan.none(), Parameters=Bare))
    assert ".stops: it lacks unit and source and doc" in said
    assert "lower bound (ge or gt)" in said
    assert "upper bound (le or lt)" in said


class NotForFiles(Strategy):
    """Its parameter cannot be read back from a file."""

    name = "not_for_files"

    class Parameters(StrategyParameters):
        model_config: ClassVar[Any] = {"arbitrary_types_allowed": True}
        lookup: Any = object()

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.none()


class Rounding(NotForFiles):
    """What is read back differs from what was written."""

    name = "rounding"

    class Parameters(StrategyParameters):
        stops: int | str = "7"

        def model_dump(self, **how: Any) -> dict[str, Any]:
            return {"name": self.name, "stops": int(self.stops)}


def test_parameters_that_do_not_survive_a_file_are_refused() -> None:
    assert "do not survive a JSON file" in refusal(NotForFiles)
    assert "JSON file" in refusal(Rounding)
