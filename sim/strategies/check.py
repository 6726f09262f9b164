"""The conformance check of strategies.

Deterministic, pure, with legal orders in every situation that a police force may be in.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import random
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.authors import OutsideWatch, staying, within
from sim.clock import MINUTES_PER_DAY
from sim.parameters import check_declared, one_line
from sim.people.venues import PublicPlaces, Venues
from sim.strategies.base import Analysis, Briefing, Recorded, Strategy, StrategyParameters, strategy_class
from sim.strategies.knowledge import Calls, Visits
from sim.strategies.plan import PatrolPlan, check_plan
from sim.strategies.situations import Situation, situations, told

_TOLD = Briefing | Recorded | Analysis | Calls | Visits | PublicPlaces | Venues
MOST_SECONDS = 20.0  # for one plan of a small town


def check_strategy(strategy: str | type[Strategy], **options: Any) -> None:
    """Try a strategy in many situations, and say what its author should change.

    Two instances plan for the same briefings, one forwards, one backwards, each time with a generator in the same
    state. Their plans must be legal and the same to the bit, briefings and attributes unchanged, the global generators
    of random numbers untouched; its parameters must say their unit, bounds and source. The situations: books that are
    empty, short, full, or full of one place, with as many calls and stops of patrol; a single beat; a part of a unit on
    duty; a city that does not fill its grid; each of these with and without a campaign; analysts who have released
    nothing, alerts, a surface or both; every hour of the week. A strategy that says `knows_truth` is told a truth in
    each.

    Parameters
    ----------
    strategy : str or type
        A registered name, or a class that derives from `Strategy`.
    **options
        Parameters to try it with; by default its own.

    Raises
    ------
    AssertionError
        If the strategy is not deterministic, is not pure, asks the clock or another source outside the model, fails,
        takes longer than 20 s for a plan, or its parameters cannot be written to a file.
    ValueError
        If a plan is not legal or an option is not allowed (`BadInput`, also for a name that is not registered).
    """
    kind = strategy_class(strategy) if isinstance(strategy, str) else strategy
    _check_class(kind)
    _check_parameters(_made(kind, options))
    check_declared(kind.Parameters, _who(kind))
    forwards, backwards = _made(kind, options), _made(kind, options)
    to_try = [told(situation) if kind.knows_truth else situation for situation in situations()]
    plans = []
    for situation in to_try:
        plan = _plan(forwards, situation)
        plans.append(plan)
        if situation.briefing.hour_of_week == 0:
            new, another = (_plan(_made(kind, options), situation) for _ in range(2))
            if _differ(new, another):
                raise AssertionError(
                    f"{_who(kind, situation)}: two new instances returned different plans for the same briefing "
                    "and generator. Let plan() follow from briefing, self.parameters and rng alone: "
                    "no other generator, no clock, no global or class variable, no loop over a set"
                )
            _check_memory(plan, new, kind, situation)
    for situation, plan in zip(reversed(to_try), reversed(plans), strict=True):
        _check_memory(_plan(backwards, situation), plan, kind, situation)


def _check_memory(plan: PatrolPlan, other: PatrolPlan, kind: type, situation: Situation) -> None:
    """Check that plans for one briefing are the same after different pasts."""
    if _differ(plan, other):
        raise AssertionError(
            f"{_who(kind, situation)}: the plan depends on what was planned before. "
            "Keep no state between calls of plan(): what it needs to remember is in briefing.recorded"
        )


def _who(kind: type, situation: Situation | None = None) -> str:
    name = getattr(kind, "name", "") or getattr(kind, "__name__", repr(kind))
    return f"strategy {name!r}" + (f", with {situation.words}" if situation else "")


def _check_class(kind: Any) -> None:
    """Check what a class says of itself."""
    if not (isinstance(kind, type) and issubclass(kind, Strategy)):
        raise AssertionError(
            f"{kind!r} is no strategy: derive a class from sim.strategies.base.Strategy, and give the class, not an "
            "object of it"
        )
    if not isinstance(kind.name, str) or not kind.name:
        raise AssertionError(f"class {kind.__name__} has no name: write name = '…', by which it is chosen")
    if not isinstance(kind.review_days, int) or kind.review_days < 1:
        raise AssertionError(
            f"{_who(kind)}: review_days is {kind.review_days!r}; it is a whole number of days between plans, at least 1"
        )
    if not issubclass(kind.Parameters, StrategyParameters):
        raise AssertionError(
            f"{_who(kind)}: derive its Parameters from StrategyParameters, so that a scenario can hold them"
        )


def _made(kind: type[Strategy], options: dict[str, Any]) -> Strategy:
    who, advice = _who(kind), "let it take **parameters and call super().__init__(**parameters), or leave it out"
    try:
        with staying(), within(MOST_SECONDS):
            strategy = kind(**options)
    except ValidationError as error:
        raise one_line(error, "strategy") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise AssertionError(f"{who}: __init__() fails with {type(error).__name__}: {error}; {advice}") from error
    if not isinstance(getattr(strategy, "parameters", None), StrategyParameters):
        raise AssertionError(f"{who}: __init__() leaves no self.parameters; {advice}")
    return strategy


def _check_parameters(strategy: Strategy) -> None:
    """Check that the parameters survive a file."""
    given = strategy.parameters
    advice = (
        "let every parameter be a number, a text, a truth value or a tuple of these, so that a scenario can be "
        "written to a file and read again"
    )
    try:
        again = type(given).model_validate(json.loads(json.dumps(given.model_dump(mode="json"), allow_nan=False)))
    except (TypeError, ValueError) as error:
        raise AssertionError(
            f"{_who(type(strategy))}: its parameters do not survive a JSON file ({error}); {advice}"
        ) from error
    if again != given:
        raise AssertionError(
            f"{_who(type(strategy))}: its parameters come back from a JSON file as {again!r} instead of {given!r}; "
            f"{advice}"
        )


def _plan(strategy: Strategy, situation: Situation) -> PatrolPlan:
    """Return a legal plan, made without side effects."""
    kind, briefing = type(strategy), situation.briefing
    who = _who(kind, situation)
    attributes, content, chance = _attributes(strategy), fingerprint(briefing), global_chance()
    watch = OutsideWatch(kind)
    try:
        with staying(), within(MOST_SECONDS), watch:
            plan = strategy.plan(briefing, np.random.default_rng(situation.seed))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too, which would end the command of whoever compares it
        if isinstance(error, ValueError) and "read-only" in str(error):
            raise AssertionError(
                f"{who}: plan() writes to an array of the briefing, which others read too; change a copy of it"
            ) from error
        if isinstance(error, AttributeError) and isinstance(error.obj, _TOLD):
            has = ", ".join(error.obj.__annotations__)
            raise AssertionError(
                f"{who}: plan() asks for {error.name!r}, which a {type(error.obj).__name__} does not have; it has {has}"
            ) from error
        day = briefing.now_min // MINUTES_PER_DAY
        advice = (
            ""
            if isinstance(error, AttributeError | TypeError | NameError)
            else ". Return a plan there too, if only PatrolPlan.none()"
        )
        raise AssertionError(
            f"{who}: plan() fails with {type(error).__name__} on day {day:.0f}: {error}{advice}"
        ) from error
    if fingerprint(briefing) != content:
        raise AssertionError(f"{who}: plan() changed the briefing, which others read too; change a copy of it")
    if global_chance() != chance:
        raise AssertionError(
            f"{who}: plan() draws from the global generator of numpy or of Python; draw from rng, which makes runs "
            "repeatable"
        )
    if watch.seen:
        raise AssertionError(
            f"{who}: plan() asks {watch.seen}; what it returns follows from briefing, self.parameters and rng alone"
        )
    changed = sorted(
        name for name, value in _attributes(strategy).items() if name not in attributes or attributes[name] is not value
    )
    if changed:
        raise AssertionError(
            f"{who}: plan() changed the attribute {changed[0]!r}. Keep no state between calls: work it out in plan(), "
            "or once in __init__"
        )
    _check_form(plan, who)
    try:
        check_plan(plan, briefing.beats)
    except ValueError as error:
        raise ValueError(f"{who}: {error}") from None
    return plan


def _check_form(plan: Any, who: str) -> None:
    """Check that a plan is made of arrays of numbers."""
    if not isinstance(plan, PatrolPlan):
        raise AssertionError(
            f"{who}: plan() returned {type(plan).__name__}; return PatrolPlan.of(cell, weight, dwell_min, beat), or "
            "PatrolPlan.none()"
        )
    for name, kinds in (("cell", "iu"), ("weight", "fiu"), ("dwell_min", "fiu"), ("beat", "iu")):
        column = getattr(plan, name)
        if not isinstance(column, np.ndarray) or column.dtype.kind not in kinds:
            raise AssertionError(
                f"{who}: {name} of the plan is no array of {'whole ' if kinds == 'iu' else ''}numbers; make the plan "
                "with PatrolPlan.of"
            )
    for name, maker in (("hours", "during"), ("on_foot", "of"), ("cars", "with_cars")):
        column = getattr(plan, name)
        if column is not None and not isinstance(column, np.ndarray):
            raise AssertionError(f"{who}: {name} of the plan is no array; make it with PatrolPlan.{maker}")


def _differ(one: PatrolPlan, other: PatrolPlan) -> bool:
    return _digest(one) != _digest(other)


def _attributes(strategy: Strategy) -> dict[str, Any]:
    return {**vars(type(strategy)), **getattr(strategy, "__dict__", {})}


def global_chance() -> tuple[Any, ...]:
    """Return the state of the generators that all code of a process shares."""
    numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002 (looked at, to see that nobody draws from it)
    return (random.getstate(), repr(numpy_state["state"]["pos"]), numpy_state["state"]["key"].tobytes())


def fingerprint(briefing: Briefing) -> str:
    """Return a digest of all that a briefing says."""
    return _digest(briefing)


def _digest(value: Any) -> str:
    """Return a digest of an array, a number, a text, a mapping, or a tuple or dataclass of such values."""
    if isinstance(value, np.ndarray):
        content = repr((value.dtype, value.shape)).encode() + value.tobytes()
    elif is_dataclass(value):
        content = repr([_digest(getattr(value, part.name)) for part in fields(value)]).encode()
    elif isinstance(value, tuple):
        content = repr([_digest(part) for part in value]).encode()
    elif isinstance(value, Mapping):
        content = pickle.dumps(dict(value))
    else:
        content = repr(value).encode()
    return hashlib.blake2b(content).hexdigest()
