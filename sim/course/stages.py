"""A stage of a course: which phase holds in which district, and the scenario that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.course.phases import FIELD, CoursePhase, called
from sim.parameters import BadInput
from sim.periods import Period
from sim.police.force.head_changes import HeadChange
from sim.police.posts import STATION_POSTS, Post
from sim.programmes.base import programme_class, programmes
from sim.strategies.base import StrategyParameters
from sim.strategies.chosen import USUAL, plain
from sim.strategies.organisations import moves_within

STATUS_QUO = -1  # in place of the number of a phase
AT_ONCE = (CoursePhase(),)  # the course of a scenario without phases: its strategy, everywhere, from the first day


class Stage(NamedTuple):
    """What holds where, and since when."""

    phase: Array  # [districts] number of the phase, or STATUS_QUO
    begun: Mapping[int, int]  # phase → measured day on which it began

    def places(self, phase: int) -> Array:
        """Return the districts in which a phase holds."""
        return np.flatnonzero(self.phase == phase)


def phases_of(scenario: Any) -> Sequence[CoursePhase]:
    """Return the phases of a scenario: without a course there is one."""
    return scenario.strategy_course.phases or AT_ONCE


def orders(scenario: Any, stage: Stage) -> list[StrategyParameters]:
    """Return the strategy that is ordered in each district."""
    phases = phases_of(scenario)
    return [plain(scenario.status_quo) if i == STATUS_QUO else phases[i].strategy or scenario.strategy
            for i in stage.phase.tolist()]  # fmt: skip


def same_order(one: StrategyParameters, other: StrategyParameters, own: StrategyParameters | None) -> bool:
    """Return whether two orders are one; that of `own`, which stands for code of the user, is no other's."""
    return one == other and (one is own) == (other is own)


def in_force(scenario: Any, stage: Stage) -> Any:
    """Return the scenario of a stage, without a course: one strategy of the city, with what holds in a part of it.

    Its strategy is that of most districts, its programmes are those of all of them.

    Parameters
    ----------
    scenario : Scenario
        With a course.
    stage : Stage
        Which phase holds where.

    Raises
    ------
    BadInput
        If something holds in some districts that can only hold in all, or two things contradict each other.
    """
    ordered = orders(scenario, stage)
    _check_programmes(scenario, stage, ordered)
    kinds = list({id(order): order for order in ordered}.values())
    most = max(kinds, key=lambda order: sum(other == order for other in ordered))
    organisation, moves = _organisation(scenario, stage, ordered)
    names = [name for name in scenario.programmes if any(name in (order.programmes or ()) for order in kinds)]
    mix = {"programmes": tuple(names), "organisation": organisation}
    return type(scenario).model_validate(
        {
            **dict(scenario),
            "strategy_course": {},
            "strategy": most.model_copy(update=mix),
            "programmes": {name: scenario.programmes[name] for name in names},
            "force": scenario.force.model_copy(
                update={"changes": (*scenario.force.changes, *moves, *_heads(scenario, stage))}
            ),
            "changes": (*scenario.changes, *_changes(scenario, stage)),
        }
    )


def check_course(scenario: Any) -> None:
    """Refuse a course that cannot be carried out: each stage of it, with and without the phases that may not begin.

    Raises
    ------
    BadInput
        For the first contradiction.
    """
    phases = phases_of(scenario)
    scenario.strategy_course.check_districts(scenario.city.districts)
    for phase in phases:
        order = phase.strategy or scenario.strategy
        own = {name: scenario.programmes[name] for name in order.programmes or ()}
        type(scenario).model_validate({**dict(scenario), "strategy_course": {}, "strategy": order, "programmes": own})
    for scaled_up in (True, False):
        for stage in _stages(phases, scenario.city.districts, scaled_up):
            in_force(scenario, stage)


def _stages(phases: Sequence[CoursePhase], districts: int, scaled_up: bool) -> Iterator[Stage]:
    """Yield the stages of a course in which all pilots are scaled up as soon as they may, or none."""
    stage = Stage(np.full(districts, STATUS_QUO), {})
    days = {phase.start_day for phase in phases} | {p.start_day + p.days for p in phases if p.days is not None}
    for day in sorted(days):
        stage = moved_on(stage, phases, day, lambda _: scaled_up)
        yield stage


def moved_on(stage: Stage, phases: Sequence[CoursePhase], day: int, scales_up: Any) -> Stage:
    """Return the stage of a measured day, from that of the day before.

    A phase ends when its days are over, then others begin; one that waits for its rule is given up once a later phase
    has begun.

    Parameters
    ----------
    stage : Stage
        Of the day before.
    phases : sequence of CoursePhase
        Of the course.
    day : int
        Measured day, from 0.
    scales_up : callable
        Number of a phase with a rule → whether it begins today.
    """
    phase, begun = stage.phase.copy(), dict(stage.begun)
    for i, since in begun.items():
        length = phases[i].days
        if length is not None and day >= since + length:
            phase[phase == i] = STATUS_QUO
    for i, one in enumerate(phases):
        due = day >= one.start_day and i not in begun and not any(later > i for later in begun)
        if due and (one.scale_up is None or scales_up(i)):
            phase[[one.holds_in(d) for d in range(len(phase))]] = i
            begun[i] = day
    return Stage(phase, begun)


def _check_programmes(scenario: Any, stage: Stage, ordered: Sequence[StrategyParameters]) -> None:
    """Refuse a programme in some districts that serves the whole city."""
    local = [name for name, kind in sorted(programmes().items()) if kind.local]
    for d, order in enumerate(ordered):
        for name in order.programmes or ():
            if not programme_class(name).local and any(name not in (other.programmes or ()) for other in ordered):
                raise BadInput(
                    _named(scenario, stage, d),
                    name,
                    f"programme {name} cannot be limited to districts, as {', '.join(local)} can; let its phase hold "
                    "in the whole city, or list other strategy.programmes",
                )


def _organisation(scenario: Any, stage: Stage, ordered: Sequence[StrategyParameters]) -> tuple[str, list[HeadChange]]:
    """Return the organisation of the city, and the personnel that organisations of some districts move there."""
    names = {order.organisation or USUAL for order in ordered}
    if len(names) == 1:
        return names.pop(), []
    moves: list[HeadChange] = []
    for name in sorted(names - {USUAL}):
        districts = [d for d, order in enumerate(ordered) if order.organisation == name]
        found = moves_within(name, districts, len(ordered))
        if found is None:
            raise BadInput(
                f"{_named(scenario, stage, districts[0])}.organisation",
                name,
                f"organisation {name} cannot be limited to districts, as {USUAL} and neighbourhoods can; let its phase "
                "hold in the whole city, or choose another",
            )
        moves += found
    return USUAL, moves


def _named(scenario: Any, stage: Stage, district: int) -> str:
    """Return the field of the strategy that holds in a district."""
    i = int(stage.phase[district])
    own = i != STATUS_QUO and phases_of(scenario)[i].strategy is not None
    return f"{FIELD}.{i}.strategy" if own else "strategy"


def _heads(scenario: Any, stage: Stage) -> Iterator[HeadChange]:
    """Yield the changes of personnel of the phases that hold, in the districts in which they do."""
    for i, since in stage.begun.items():
        phase, places = phases_of(scenario)[i], stage.places(i).tolist()
        everywhere = len(places) == len(stage.phase)
        for n, change in enumerate(phase.heads):
            dated = _dated(change, since, i, phase)
            if everywhere or change.district in places:
                yield dated
            elif change.district is None and change.post is not None and Post[change.post.upper()] in STATION_POSTS:
                for d in places:
                    yield dated.model_copy(update={"district": d})
            elif places:
                raise BadInput(
                    f"{FIELD}.{i}.heads.{n}", change.whom(),
                    f"personnel of stations in its districts: {called(i, phase)} does not hold in the whole city",
                )  # fmt: skip


def _changes(scenario: Any, stage: Stage) -> Iterator[Any]:
    """Yield the changes of parameters of the phase that holds in the whole city."""
    for i, since in stage.begun.items():
        phase, places = phases_of(scenario)[i], stage.places(i)
        if phase.changes and 0 < len(places) < len(stage.phase):
            raise BadInput(
                f"{FIELD}.{i}.changes", phase.changes[0].whom(),
                f"none in a part of the city: it is one for all districts, and {called(i, phase)} does not hold in all",
            )  # fmt: skip
        yield from (_dated(change, since, i, phase) for change in phase.changes if len(places))


def _dated(change: Period, since: int, number: int, phase: CoursePhase) -> Any:
    """Return a change of a phase whose days count from the first measured day."""
    cause = change.cause or called(number, phase)
    return change.model_copy(update={"start_day": since + change.start_day, "cause": cause})
