"""Every parameter of a run in one frozen tree; each class is declared beside the behaviour that it governs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationError, model_validator

from sim.city.city import CityParameters
from sim.clock import ClockParameters
from sim.incidents.demand import DemandParameters
from sim.incidents.opportunity import OpportunityParameters
from sim.parameters import Parameters, one_line, parameter
from sim.people.feelings import FeelingParameters
from sim.people.offenders import OffenderParameters
from sim.people.residents import ResidentParameters
from sim.people.search import SearchParameters
from sim.people.volunteers import VolunteerParameters
from sim.police.case_parameters import InvestigationParameters
from sim.police.changes import ParameterChange, check_heads, check_no_contradiction, value_on
from sim.police.coordination import CoordinationParameters, graph
from sim.police.desk import DispatchParameters
from sim.police.force import ForceParameters
from sim.police.patrol import PatrolParameters
from sim.police.posts_at_work import PostParameters
from sim.police.presence import PresenceParameters
from sim.randomness import MAX_SEED
from sim.strategies.base import StrategyParameters, parameters_class


class PeopleParameters(Parameters):
    """The people of the city."""

    residents: ResidentParameters = ResidentParameters()
    offenders: OffenderParameters = OffenderParameters()
    search: SearchParameters = SearchParameters()
    volunteers: VolunteerParameters = VolunteerParameters()
    feelings: FeelingParameters = FeelingParameters()


def _choose_strategy(value: Any) -> Any:
    """Read `{name: …, <its own parameters>}` with the parameter class of the strategy of that name."""
    if not isinstance(value, dict):
        return value
    name = value.get("name", "reactive")
    try:
        return parameters_class(name).model_validate({**value, "name": name})
    except ValidationError as error:
        raise one_line(error, "strategy") from error


class Scenario(Parameters):
    """A city, its people, its police, a strategy, and how long to look; what a shortage changes stands in force, demand and changes."""

    city: CityParameters = CityParameters()
    clock: ClockParameters = ClockParameters()
    demand: DemandParameters = DemandParameters()
    opportunity: OpportunityParameters = OpportunityParameters()
    people: PeopleParameters = PeopleParameters()
    force: ForceParameters = ForceParameters()
    patrol: PatrolParameters = PatrolParameters()
    presence: PresenceParameters = PresenceParameters()
    dispatch: DispatchParameters = DispatchParameters()
    posts: PostParameters = PostParameters()
    investigation: InvestigationParameters = InvestigationParameters()
    coordination: CoordinationParameters = CoordinationParameters()
    shortage_name: str = parameter(
        "none", unit="name", source="user", doc="Shortages and levers that were applied, for tables; what they do stands in the parameters.", max_length=1000
    )
    changes: tuple[ParameterChange, ...] = parameter((), unit="changes", source="user", doc="Days on which parameters of the police differ.")
    strategy: Annotated[SerializeAsAny[StrategyParameters], BeforeValidator(_choose_strategy)] = Field(default_factory=dict, validate_default=True)
    days: int = parameter(28, unit="days", ge=1, le=36_500, source="user", doc="Days measured.")
    warmup_days: int = parameter(28, unit="days", ge=0, le=36_500, source="assumption: some weeks of records", doc="Days before them, not measured.")
    seed: int = parameter(1, unit="1", ge=0, le=MAX_SEED, source="user", doc="Seed of the replication.")

    @model_validator(mode="after")
    def _changes_fit(self) -> Scenario:
        check_heads(self.force.changes, self.city.districts, len(self.force.shift_starts_hour))
        check_no_contradiction(self.changes, "changes")
        graph(self.coordination, self.city.districts)
        for change in self.changes:
            _with_value(self, change.name.split("."), change.value)
        return self


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
    """Return the scenario with the values that its parameters have on a day of the run; itself if none of them changes."""
    found = scenario
    for name in dict.fromkeys(change.name for change in scenario.changes):
        usual: Any = scenario
        for step in name.split("."):
            usual = getattr(usual, step)
        found = _with_value(found, name.split("."), value_on(scenario.changes, name, usual, day))
    return found
