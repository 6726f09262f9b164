"""From here, otherwise: a run whose past is that of another to the bit, and whose future is ordered anew."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, overload

from pydantic import ValidationError

from sim.clock import MINUTES_PER_DAY
from sim.course.phases import CoursePhase
from sim.course.stages import phases_of
from sim.model import CityModel
from sim.parameters import BadInput, one_line
from sim.scenario import Scenario
from sim.snapshot import resume, snapshot
from sim.strategies.base import StrategyParameters
from sim.strategies.chosen import chosen

NAME = "branch"
Order = str | Mapping[str, Any] | None
Added = Mapping[str, Mapping[str, Any]] | Iterable[str]
Dated = Sequence[Any]


@overload
def branch(
    run: Scenario, at_min: float | None = None, *, strategy: Order = None, programmes: Added = (), heads: Dated = (),
    changes: Dated = (),
) -> Scenario: ...  # fmt: skip


@overload
def branch(
    run: CityModel, at_min: float | None = None, *, strategy: Order = None, programmes: Added = (), heads: Dated = (),
    changes: Dated = (),
) -> CityModel: ...  # fmt: skip


def branch(
    run: Scenario | CityModel, at_min: float | None = None, *, strategy: Order = None, programmes: Added = (),
    heads: Dated = (), changes: Dated = (),
) -> Scenario | CityModel:  # fmt: skip
    """Return a run that is the same up to a moment, to the bit, and goes on otherwise.

    Orders begin with a day: what is new holds from the briefing of the next morning on, in the whole city and to the
    end, in place of phases that a course still had (assumption: nobody reorganises a shift that is under way). It is a
    phase of `strategy_course`, so that the run can be written, compared and done again as any other.

    Parameters
    ----------
    run : Scenario or CityModel
        A scenario is run from its start again. A model goes on from where it stands, which is faster; it is copied,
        as `snapshot` and `resume` do, and stays as it is.
    at_min : float, optional
        Minutes since the end of the warm-up, as in all tables; by default, and at the earliest, where a model stands.
    strategy : str or mapping, optional
        Name, or `{"name": …, <its parameters>}`; by default that which holds.
    programmes : mapping, list of str or str, optional
        Programmes that are added to it: name → parameters, or names alone.
    heads, changes : sequence of mapping
        Personnel who are missing, moved or added, and parameters of the police that differ, as in a phase of a course;
        days count from the day on which the branch begins, also those of its programmes.

    Returns
    -------
    Scenario or CityModel
        As was given.

    Raises
    ------
    BadInput
        For a moment outside the run, and for all that a phase of a course may not be.
    """
    if isinstance(run, CityModel):
        now_min = run.now_min - run.first_day * MINUTES_PER_DAY
        day = _next_morning(run.scenario, now_min if at_min is None else at_min, now_min)
        if run.course.own is not None and strategy is None and programmes:
            raise BadInput(
                "programmes", [*programmes], "left out, or a strategy named: a strategy of your own that was handed "
                "over goes on as it is alone",
            )  # fmt: skip
        found = resume(snapshot(run))
        found.follow(_otherwise(found.scenario, day, strategy, programmes, heads, changes))
        return found
    day = _next_morning(run, 0.0 if at_min is None else at_min, 0.0)
    return _otherwise(run, day, strategy, programmes, heads, changes)


def _next_morning(scenario: Scenario, at_min: Any, earliest_min: float) -> int:
    """Return the measured day on which what is ordered at a moment begins to hold; the first one has begun."""
    last_min = (scenario.days - 1) * MINUTES_PER_DAY
    number = isinstance(at_min, int | float) and not isinstance(at_min, bool)
    if not number or not earliest_min <= at_min <= last_min or scenario.days == 1:
        raise BadInput(
            "at_min", at_min,
            f"{earliest_min:g} to {last_min}: minutes since the end of the warm-up, before the last morning of the run",
        )  # fmt: skip
    return max(math.ceil(float(at_min) / MINUTES_PER_DAY), 1)


def _otherwise(
    scenario: Scenario, day: int, strategy: Order, programmes: Added, heads: Dated, changes: Dated
) -> Scenario:
    """Return a scenario in which something else holds from a measured day on."""
    phases = [_open_ended(phase, day) for phase in phases_of(scenario) if phase.start_day < day]
    names = [programmes] if isinstance(programmes, str) else programmes
    added = names if isinstance(names, Mapping) else {name: {} for name in names}
    begins: dict[str, Any] = {"name": NAME, "start_day": day, "heads": heads, "changes": changes}
    if strategy is None:
        holds = _holding(scenario, day)
        order = holds.strategy or scenario.strategy
        begins |= {"strategy": holds.strategy, "handing_down": holds.handing_down}
    else:
        begins["strategy"] = order = chosen({"name": strategy} if isinstance(strategy, str) else strategy)
    if added:
        mix = tuple(dict.fromkeys([*(order.programmes or ()), *added]))
        begins["strategy"] = order = order.model_copy(update={"programmes": mix})
    orders = [scenario.strategy, *(phase.strategy for phase in phases if phase.strategy)]
    going_on = [name for name in scenario.programmes if any(name in (one.programmes or ()) for one in orders)]
    mine = _programmes({name: scenario.programmes[name] for name in going_on}, order, added)
    told = {"strategy_course": {"phases": [*phases, begins]}, "programmes": mine}
    try:
        return Scenario.model_validate({**dict(scenario), **told})
    except ValidationError as error:
        raise one_line(error) from error


def _open_ended(phase: CoursePhase, day: int) -> CoursePhase:
    """Return a phase that gives way on a day, if it would still last then."""
    lasts = phase.days is not None and phase.start_day + phase.days > day
    return phase.model_copy(update={"days": None}) if lasts else phase


def _holding(scenario: Scenario, day: int) -> CoursePhase:
    """Return the phase that would hold on a day.

    Raises
    ------
    BadInput
        If it depends on the district or on police records, or would change personnel or parameters itself.
    """
    begun = [phase for phase in phases_of(scenario) if phase.start_day <= day]
    last = begun[-1] if begun else None
    if last and last.days is not None and last.start_day + last.days <= day:
        last = None
    if last is None or last.districts or last.scale_up or last.heads or last.changes:
        raise BadInput(
            "strategy", None, "the name of one: what would hold then is not one phase of strategy_course for the whole "
            "city, without personnel and parameters of its own",
        )  # fmt: skip
    return last


def _programmes(known: Mapping[str, Any], order: StrategyParameters, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of all programmes; those of a programme that the run has already stay as they are."""
    found = dict(known)
    for name in order.programmes or ():
        own = given.get(name, {})
        if name not in found:
            found[name] = own
        elif own:
            raise BadInput(
                f"programmes.{name}", own, "left out: the run has it already, with one set of parameters to its end"
            )
    return found
