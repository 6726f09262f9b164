"""The conformance check of strategies.

Deterministic, pure, with legal orders in every situation that a police force may be in.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import random
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, NamedTuple

import numpy as np
from pydantic import ValidationError

from sim.arrays import frozen
from sim.authors import OutsideWatch, staying, within
from sim.city.beats import BeatPlan, divide
from sim.city.grid import Grid
from sim.clock import HOURS_PER_WEEK, MINUTES_PER_DAY
from sim.incident_types import CRIMES
from sim.parameters import check_declared, one_line
from sim.strategies.base import (
    Analysis,
    Briefing,
    PatrolPlan,
    Recorded,
    Strategy,
    StrategyParameters,
    check_plan,
    strategy_class,
)

FULL_BOOK = 5000
MOST_SECONDS = 20.0  # for one plan of a small town
WEEKS_SO_FAR = 8


class Town(NamedTuple):
    """Where a situation takes place."""

    grid: Grid
    beats: BeatPlan


class Situation(NamedTuple):
    """A briefing that a strategy must cope with, in words and in numbers.

    The seed is that of the generator that goes with it.
    """

    words: str
    briefing: Briefing
    seed: int


def check_strategy(strategy: str | type[Strategy], **options: Any) -> None:
    """Try a strategy in many situations, and say what its author should change.

    Two instances plan for the same briefings, one forwards, one backwards, each time with a generator in the same
    state. Their plans must be legal and the same to the bit, briefings and attributes unchanged, the global generators
    of random numbers untouched; its parameters must say their unit, bounds and source. The situations: books that are
    empty, short, full, or full of one place; a single beat; a part of a unit on duty; a city that does not fill its
    grid; each of these with and without a campaign; analysts who have released nothing, alerts, a surface or both;
    every hour of the week. A strategy that says `knows_truth` is told a truth in each.

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
    situations = [_told(situation) if kind.knows_truth else situation for situation in _situations()]
    plans = []
    for situation in situations:
        plan = _plan(forwards, situation)
        plans.append(plan)
        if situation.briefing.hour_of_week == 0:
            new, another = (_plan(_made(kind, options), situation) for _ in range(2))
            if _differ(new, another):
                raise AssertionError(
                    f"{_who(kind, situation)}: two new instances returned different plans for the same briefing and "
                    "generator. Let plan() follow from "
                    "briefing, self.parameters and rng alone: no other generator, no clock, no global or class "
                    "variable, no loop over a set"
                )
            _check_memory(plan, new, kind, situation)
    for situation, plan in zip(reversed(situations), reversed(plans), strict=True):
        _check_memory(_plan(backwards, situation), plan, kind, situation)


def _check_memory(plan: PatrolPlan, other: PatrolPlan, kind: type, situation: Situation) -> None:
    """Check that plans for one briefing are the same after different pasts."""
    if _differ(plan, other):
        raise AssertionError(
            f"{_who(kind, situation)}: the plan depends on what was planned before. Keep no state between calls of "
            "plan(): what it needs to remember is in "
            "briefing.recorded"
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
        if isinstance(error, AttributeError) and isinstance(error.obj, Briefing | Recorded | Analysis):
            has = ", ".join(field.name for field in fields(error.obj))
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
        check_plan(plan, briefing)
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


def _differ(one: PatrolPlan, other: PatrolPlan) -> bool:
    return any(
        getattr(one, name).tobytes() != getattr(other, name).tobytes()
        for name in ("cell", "weight", "dwell_min", "beat")
    )


def _attributes(strategy: Strategy) -> dict[str, Any]:
    return {**vars(type(strategy)), **getattr(strategy, "__dict__", {})}


def global_chance() -> tuple[Any, ...]:
    """Return the state of the generators that all code of a process shares."""
    numpy_state = np.random.get_state(legacy=False)  # noqa: NPY002 (looked at, to see that nobody draws from it)
    return (random.getstate(), repr(numpy_state["state"]["pos"]), numpy_state["state"]["key"].tobytes())


def fingerprint(briefing: Briefing) -> str:
    """Return a digest of all that a briefing says."""
    digest = hashlib.blake2b(
        repr(
            (briefing.now_min, briefing.hour_of_week, briefing.grid, briefing.units_on_duty, briefing.campaign)
        ).encode()
    )
    released = (briefing.analysis.surface, briefing.analysis.alert_cell, briefing.analysis.alert_weight, briefing.truth)
    books = (getattr(briefing.recorded, column.name) for column in fields(briefing.recorded))
    for column in (*briefing.beats, *books, *released):
        digest.update(b"absent" if column is None else repr((column.dtype, column.shape)).encode() + column.tobytes())
    digest.update(pickle.dumps(dict(briefing.programmes)))
    return digest.hexdigest()


def _situations() -> Iterator[Situation]:
    """Yield the situations; those at hour 0 are planned for by two new instances as well."""
    round_town, one_beat = _town(12, 15, beats=6, districts=2), _town(6, 5, beats=1, districts=1)
    now = WEEKS_SO_FAR * 7.0 * MINUTES_PER_DAY
    somewhere = int(round_town.beats.centre_cell[0])
    cases = (
        ("no recorded crimes on the first day", round_town, 0.0, 6.0, _book(round_town, 0, 0.0)),
        ("no recorded crimes after some weeks", round_town, now, 6.0, _book(round_town, 0, now)),
        ("one recorded crime", round_town, now, 6.0, _book(round_town, 1, now)),
        (f"{FULL_BOOK} recorded crimes", round_town, now, 6.0, _book(round_town, FULL_BOOK, now)),
        ("all recorded crimes in one cell", round_town, now, 6.0, _book(round_town, 50, now, somewhere)),
        ("4.2 units on duty for six beats", round_town, now, 4.2, _book(round_town, 200, now)),
        ("0.4 units on duty", round_town, now, 0.4, _book(round_town, 200, now)),
        ("more units than beats", round_town, now, 31.0, _book(round_town, 200, now)),
        ("one beat and no recorded crimes", one_beat, now, 1.0, _book(one_beat, 0, now)),
        ("one beat and many recorded crimes", one_beat, now, 0.7, _book(one_beat, FULL_BOOK, now)),
    )
    for seed, (words, town, now_min, units, recorded) in enumerate(cases):
        for campaign in (False, True):
            briefing = Briefing(now_min, 0, town.grid, town.beats, units, recorded, campaign=campaign)
            yield Situation(f"{words}, while a campaign is on" if campaign else words, briefing, seed)
    for seed, (words, analysis) in enumerate(_analyses(round_town)):
        yield Situation(
            words,
            Briefing(now, 0, round_town.grid, round_town.beats, 5.5, _book(round_town, 200, now), analysis),
            50 + seed,
        )
    for hour in range(1, HOURS_PER_WEEK):
        then = now + hour * 60.0
        briefing = Briefing(then, hour, round_town.grid, round_town.beats, 5.5, _book(round_town, 40, then))
        yield Situation(f"hour {hour} of the week", briefing, 100 + hour)


def _town(n_rows: int, n_cols: int, beats: int, districts: int) -> Town:
    """Return a city in the shape of an ellipse, with corners of its grid outside and more demand in the middle."""
    grid = Grid(n_rows, n_cols, 100.0)
    off = np.hypot(grid.x_m / (n_cols * 50.0) - 1.0, grid.y_m / (n_rows * 50.0) - 1.0)
    plan = divide(grid, off < 1.05, np.exp(-2.0 * off), beats, districts)
    return Town(grid, frozen(plan))


def _analyses(town: Town) -> Iterator[tuple[str, Analysis]]:
    """Yield what analysts may have released; a surface, or a list of alerts by mistake, may reach beyond the city."""
    rng = np.random.default_rng(1)
    surface, alerts, urgency = (
        rng.exponential(1.0, town.grid.n_cells),
        rng.permutation(town.grid.n_cells)[:30].astype(np.int32),
        rng.random(30),
    )
    nothing = np.zeros_like(surface)
    for words, (risk, listed) in {
        "a surface and alerts": (surface, True),
        "a surface without alerts": (surface, False),
        "alerts without a surface": (None, True),
        "alerts and a surface of zeros": (nothing, True),
        "a surface of zeros": (nothing, False),
    }.items():
        known = Analysis(None if risk is None else frozen(risk))
        yield words, replace(known, alert_cell=frozen(alerts), alert_weight=frozen(urgency)) if listed else known


def _told(situation: Situation) -> Situation:
    """Return the situation with a truth, which is as it may be in a city: nothing at most cells, or nothing at all."""
    risk = np.maximum(np.random.default_rng(situation.seed).normal(-1.0, 1.0, situation.briefing.grid.n_cells), 0.0) * (
        situation.seed != 1
    )
    return situation._replace(briefing=replace(situation.briefing, truth=frozen(risk)))


def _book(town: Town, n: int, now_min: float, cell: int | None = None) -> Recorded:
    """Return n recorded crimes before now, oldest entry first, which is not the order in which they happened.

    Few cells have most.
    """
    rng = np.random.default_rng(n)
    inside = np.flatnonzero(town.beats.beat >= 0)
    entered = np.sort(rng.random(n)) * now_min
    latest = np.maximum(entered - rng.exponential(60.0, n), 0.0)
    earliest = np.where(rng.random(n) < 0.5, latest, np.maximum(latest - rng.exponential(600.0, n), 0.0))
    cells = inside[(len(inside) * rng.random(n) ** 3).astype(int)] if cell is None else np.full(n, cell)
    kinds = rng.integers(0, len(CRIMES), n)
    victims = rng.integers(-1, 3000, n)
    columns = (kinds.astype(np.int8), (earliest + latest) / 2, cells.astype(np.int32), earliest, latest, entered,
        victims.astype(np.int32))  # fmt: skip
    return Recorded(*(frozen(column) for column in columns))
