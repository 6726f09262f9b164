"""Every parameter of a run in one frozen tree; each class is declared beside the behaviour that it governs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationError

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
from sim.police.dispatch import DispatchParameters
from sim.police.force import ForceParameters, ShortageParameters
from sim.police.patrol import PatrolParameters
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
    """A city, its people, its police, a shortage, a strategy, and how long to look."""

    city: CityParameters = CityParameters()
    clock: ClockParameters = ClockParameters()
    demand: DemandParameters = DemandParameters()
    opportunity: OpportunityParameters = OpportunityParameters()
    people: PeopleParameters = PeopleParameters()
    force: ForceParameters = ForceParameters()
    patrol: PatrolParameters = PatrolParameters()
    presence: PresenceParameters = PresenceParameters()
    dispatch: DispatchParameters = DispatchParameters()
    shortage: ShortageParameters = ShortageParameters()
    strategy: Annotated[SerializeAsAny[StrategyParameters], BeforeValidator(_choose_strategy)] = Field(default_factory=dict, validate_default=True)
    days: int = parameter(28, unit="days", ge=1, le=36_500, source="user", doc="Days measured.")
    warmup_days: int = parameter(28, unit="days", ge=0, le=36_500, source="assumption: some weeks of records", doc="Days before them, not measured.")
    seed: int = parameter(1, unit="1", ge=0, le=MAX_SEED, source="user", doc="Seed of the replication.")
