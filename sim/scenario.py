"""Every parameter of a run in one frozen tree; each class is declared beside the behaviour that it governs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field, SerializeAsAny, ValidationError, model_validator

import sim.mesa_core  # noqa: F401 (first: to name its logger Mesa reads the source of every frame of the stack)
from sim.authors import code_of
from sim.city.city import CityParameters
from sim.city.presence import PresenceParameters
from sim.clock import ClockParameters
from sim.course.phases import CourseParameters
from sim.course.stages import check_course
from sim.incidents.demand import DemandParameters
from sim.incidents.opportunity import OpportunityParameters
from sim.incidents.search import SearchParameters
from sim.parameters import CHOSEN, BadInput, Parameters, Unusable, one_line, parameter
from sim.people.feelings import FeelingParameters
from sim.people.offenders import OffenderParameters
from sim.people.residents import ResidentParameters
from sim.people.volunteers import VolunteerParameters
from sim.periods import check_no_contradiction
from sim.police.cases.coordination import CoordinationParameters, units_and_lines
from sim.police.cases.parameters import InvestigationParameters
from sim.police.day_work import PostParameters
from sim.police.force.establishment import ForceParameters
from sim.police.force.head_changes import check_heads
from sim.police.parameter_changes import ParameterChange, value_on
from sim.police.patrol.free_time import PatrolParameters
from sim.police.patrol.queue import DispatchParameters
from sim.police.patrol.stages import StageParameters
from sim.programmes.base import Programme, ProgrammeParameters, programme_class
from sim.randomness import MAX_SEED
from sim.strategies.base import StrategyParameters, strategy_class
from sim.strategies.chosen import chosen, plain
from sim.strategies.organisations import organised


class PeopleParameters(Parameters):
    """The people of the city."""

    residents: ResidentParameters = ResidentParameters()
    offenders: OffenderParameters = OffenderParameters()
    search: SearchParameters = SearchParameters()
    volunteers: VolunteerParameters = VolunteerParameters()
    feelings: FeelingParameters = FeelingParameters()


def course_of(given: Any) -> CourseParameters:
    """Read `{phases: [{start_day: …, districts: […], strategy: {…}}, …]}`.

    Raises
    ------
    BadInput
        If phases cannot be read, stand out of order, or contradict each other.
    """
    try:
        return CourseParameters.model_validate(given)
    except ValidationError as error:
        raise one_line(error, "strategy_course") from error


def _programmes(given: Any, names: Sequence[str]) -> dict[str, ProgrammeParameters]:
    """Read the parameters of the programmes of a strategy, in its order; of those that are not given, the defaults."""
    if not isinstance(given, Mapping):
        raise BadInput("programmes", given, "{<name of a programme>: {<its parameters>}}")
    for name in given:
        if name not in names:
            programme_class(name, "programmes")
            raise BadInput(
                f"programmes.{name}",
                "its parameters",
                f"a programme of strategy.programmes: {', '.join(names) or 'it has none'}",
            )
    found: dict[str, ProgrammeParameters] = {}
    for name in names:
        kind, settings = programme_class(name).Parameters, given.get(name, {})
        if name in found:
            raise Unusable("strategy.programmes", name, "{} is listed twice")
        try:
            found[name] = settings if isinstance(settings, ProgrammeParameters) else kind.model_validate(settings)
        except ValidationError as error:
            raise one_line(error, f"programmes.{name}") from error
    return found


class Scenario(Parameters):
    """A city, its people, its police, a strategy, and how long to look.

    What a shortage changes stands in force, demand and changes, whose days count from the end of the warm-up.
    """

    city: CityParameters = CityParameters()
    clock: ClockParameters = ClockParameters()
    demand: DemandParameters = DemandParameters()
    opportunity: OpportunityParameters = OpportunityParameters()
    people: PeopleParameters = PeopleParameters()
    force: ForceParameters = ForceParameters()
    patrol: PatrolParameters = PatrolParameters()
    presence: PresenceParameters = PresenceParameters()
    dispatch: DispatchParameters = DispatchParameters()
    calls: StageParameters = StageParameters()
    posts: PostParameters = PostParameters()
    investigation: InvestigationParameters = InvestigationParameters()
    coordination: CoordinationParameters = CoordinationParameters()
    shortage_name: str = parameter(
        "none",
        unit="name",
        source=CHOSEN,
        doc="Shortages and levers that were applied, for tables; what they do stands in the parameters.",
        max_length=1000,
    )
    changes: tuple[ParameterChange, ...] = parameter(
        (), unit="changes", source=CHOSEN, doc="Days on which parameters of the police differ."
    )
    strategy: SerializeAsAny[StrategyParameters] = StrategyParameters()
    strategy_course: CourseParameters = CourseParameters()
    programmes: dict[str, SerializeAsAny[ProgrammeParameters]] = Field(default_factory=dict)
    days: int = parameter(
        28,
        unit="days",
        ge=1,
        le=7300,
        source=CHOSEN,
        doc="Measured days, after the warm-up; at most twenty years, since no city stays the same for longer.",
    )
    warmup_days: int = parameter(
        728,
        unit="days",
        ge=0,
        le=7300,
        source="assumption: four half-lives of what offenders have learnt of arrests, the slowest memory of the city",
        doc="Warm-up: days in which the city settles under its status quo, before the strategy and any change begin.",
    )
    fade_out_days: int = parameter(
        0,
        unit="days",
        ge=0,
        le=7300,
        source=CHOSEN,
        doc="Days after the measured ones in which strategy and programmes have ended and the status quo goes on.",
    )
    status_quo: str = parameter(
        "reactive", unit="name", source="assumption: units wait for calls", min_length=1, max_length=200,
        doc="Strategy whose plan the units follow in the warm-up and the fade-out, with no programme.",
    )  # fmt: skip
    seed: int = parameter(1, unit="1", ge=0, le=MAX_SEED, source=CHOSEN, doc="Seed of the replication.")

    @model_validator(mode="before")
    @classmethod
    def _choose(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        strategy, course = chosen(given.get("strategy", {})), course_of(given.get("strategy_course", {}))
        names = list(strategy.programmes or ())
        for later in course.strategies:
            names += [name for name in later.programmes or () if name not in names]
        return {
            **given,
            "strategy": strategy,
            "strategy_course": course,
            "programmes": _programmes(given.get("programmes", {}), names),
        }

    @model_validator(mode="after")
    def _changes_fit(self) -> Scenario:
        check_heads(self.force.changes, self.city.districts, len(self.force.shift_starts_hour))
        check_no_contradiction(self.changes, "changes")
        check_no_contradiction(self.force.roster_changes, "force.roster_changes")
        units_and_lines(self.coordination, self.city.districts)
        for change in self.changes:
            _with_value(self, change.name.split("."), change.value)
        if self.strategy_course.phases:
            check_course(self)
        else:
            _check_mix(self)
        strategy_class(self.status_quo, "status_quo")
        return self


def _check_mix(scenario: Scenario) -> None:
    """Refuse programmes and deployments that mean nothing together."""
    organised_for = organised(scenario)
    structure, mix = organised_for.coordination.structure, tuple(scenario.programmes)
    deployment = scenario.strategy.deployment or scenario.strategy.name
    for needed in strategy_class(deployment).needs:
        if needed not in mix:
            raise BadInput(
                "strategy.deployment", deployment, f"with the programme {needed}, from which its plan follows"
            )
    for name in mix:
        kind = programme_class(name)
        for needed in kind.needs:
            if needed not in mix:
                raise BadInput("strategy.programmes", name, f"with the programme {needed}, on which it builds")
        if kind.structures and structure not in kind.structures:
            raise BadInput(
                "strategy.programmes",
                name,
                f"with coordination.structure {' or '.join(kind.structures)}, not {structure}: choose an organisation "
                "that has it",
            )


def prepared(scenario: Scenario, programmes: Sequence[Programme] = ()) -> Scenario:
    """Return the scenario as it is carried out: organised for its strategy, with what its programmes change for good.

    Its dated changes count from the start of the run, those of a scenario from the end of the warm-up.

    Parameters
    ----------
    scenario : Scenario
        As a user describes it.
    programmes : sequence of Programme
        Programmes of one's own, carried out after those of the scenario.

    Raises
    ------
    BadInput
        If what the strategy changes does not go together with what the scenario does, such as more personnel missing
        than there are.
    """
    try:
        found = Scenario.model_validate(dict(organised(scenario)))
    except ValidationError as error:
        raise one_line(error, f"strategy {scenario.strategy.name}") from error
    own = [programme_class(name)(parameters) for name, parameters in scenario.programmes.items()]
    for programme in (*own, *programmes):
        with code_of(f"programme {programme.name!r}", None):
            made = programme.prepare(found)
            if not isinstance(made, Scenario):
                raise TypeError(f"prepare() returns a scenario, not {type(made).__name__}")
            found = Scenario.model_validate(dict(made))
    return _later(found, found.warmup_days)


def _later(scenario: Scenario, days: int) -> Scenario:
    """Return a scenario whose dated changes begin so many days later."""

    def moved(changes: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(change.model_copy(update={"start_day": change.start_day + days}) for change in changes)

    force, demand = scenario.force, scenario.demand
    later = {"changes": moved(demand.changes), "diversion": moved(demand.diversion)}
    return scenario.model_copy(
        update={
            "force": force.model_copy(
                update={"changes": moved(force.changes), "roster_changes": moved(force.roster_changes)}
            ),
            "demand": demand.model_copy(update=later),
            "changes": moved(scenario.changes),
        }
    )


def status_quo(scenario: Scenario) -> Scenario:
    """Return the scenario of the warm-up: the city and its force as they are, before anything begins."""
    force, demand = scenario.force, scenario.demand
    return Scenario.model_validate(
        {
            **dict(scenario),
            "force": force.model_copy(update={"changes": (), "roster_changes": ()}),
            "demand": demand.usual,
            "changes": (),
            "strategy": plain(scenario.status_quo),
            "programmes": {},
            "strategy_course": {},
            "shortage_name": "none",
            "days": max(scenario.warmup_days, 1),
            "warmup_days": 0,
            "fade_out_days": 0,
        }
    )


def _with_value(part: Any, path: list[str], value: Any, above: str = "") -> Any:
    """Return a copy of a part of a scenario in which one parameter has another value.

    Raises
    ------
    BadInput
        If the parameter does not allow the value.
    """
    name, *rest = path
    inner = _with_value(getattr(part, name), rest, value, f"{above}{name}.") if rest else value
    if not rest:
        try:
            type(part).model_validate({**dict(part), name: value})
        except ValidationError as error:
            raise one_line(error, above.rstrip(".")) from error
    return part.model_copy(update={name: inner})


def scenario_on(scenario: Scenario, day: int) -> Scenario:
    """Return the scenario with the values that its parameters have on a day of the run.

    Itself if none of them changes.
    """
    found = scenario
    for name in dict.fromkeys(change.name for change in scenario.changes):
        usual: Any = scenario
        for step in name.split("."):
            usual = getattr(usual, step)
        found = _with_value(found, name.split("."), value_on(scenario.changes, name, usual, day))
    return found
