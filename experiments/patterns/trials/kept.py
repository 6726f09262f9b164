"""A field experiment carried out in the model: with the treatment, and in the same city and chances without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from experiments.patterns.trials.records import (
    AFTER,
    Outcomes,
    Periods,
    Told,
    Units,
    around_units,
    by_kind_and_period,
    told,
)
from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incidents.log import INCIDENTS
from sim.programmes.base import Programme
from sim.programmes.field_trial import FieldTrial
from sim.strategies.base import Briefing, Strategy

if TYPE_CHECKING:
    from sim.model import CityModel
    from sim.scenario import Scenario

Kind = TypeVar("Kind", bound=Programme)


class Truth(NamedTuple):
    """True crimes after the start, which no analyst of the experiment has; of the first outcome, by unit."""

    inside: Array  # [units]
    around: Array  # [units]
    city: float


class Enacted(NamedTuple):
    """One replication of an experiment."""

    treatment: Told
    without: Told  # the same units, and nothing is done
    truth: Truth
    truth_without: Truth


RECORDS = Told, Truth, Enacted  # for the store


class Carried(NamedTuple):
    """A run with the treatment that has been carried out, as those know it who chose its units."""

    briefing: Briefing  # at the end
    programmes: tuple[Programme, ...]
    seed: int
    first_day: int  # of the treatment

    def programme(self, kind: type[Kind]) -> Kind:
        """Return the programme of a class."""
        (found,) = (one for one in self.programmes if isinstance(one, kind))
        return found


class Plan(NamedTuple):
    """How an experiment is carried out and what is counted."""

    outcomes: Outcomes
    before_days: int
    after_days: int
    units_of: Callable[[Carried], Units]
    pause_days: int = 0
    hours: tuple[int, int] | None = None
    around_m: float = 0.0
    crimes: tuple[int, ...] = ()  # true crimes of these types are counted; none: those of the first outcome
    strategy: Callable[[], Strategy] | None = None  # of one's own, for the run with the treatment


def enact(task: Mapping[str, Any], plan: Plan) -> Enacted:
    """Carry out one replication.

    Parameters
    ----------
    task : mapping
        `scenario` and `without`: the scenarios with the treatment and without it, as plain values.
    plan : Plan
        What is done and counted.
    """
    from sim.model import CityModel
    from sim.scenario import Scenario

    treated = CityModel(Scenario.model_validate(task["scenario"]), plan.strategy() if plan.strategy else None)
    treated.run()
    units = plan.units_of(
        Carried(treated.briefing(), tuple(treated.programmes), treated.scenario.seed, treated.first_day)
    )
    around = around_units(units, treated.city.grid, treated.city.inside, plan.around_m)
    periods = Periods(
        float(treated.first_day * MINUTES_PER_DAY), plan.before_days, plan.after_days, plan.pause_days, plan.hours
    )
    said, truth = _seen(treated, units, around, plan, periods)
    untreated = CityModel(Scenario.model_validate(task["without"]))
    untreated.run()
    said_without, truth_without = _seen(untreated, units, around, plan, periods)
    return Enacted(said, said_without, truth, truth_without)


def _seen(model: CityModel, units: Units, around: Units, plan: Plan, periods: Periods) -> tuple[Told, Truth]:
    said = told(model.briefing(), units, around, plan.outcomes, periods)
    crimes = model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
    kinds = {"": plan.crimes or next(iter(plan.outcomes.kinds.values()))}
    anytime = periods._replace(hours=None)
    by_cell = by_kind_and_period(
        crimes["type"], crimes["cell"], crimes["time_min"], kinds, anytime, model.city.grid.n_cells
    )[0, AFTER]
    return said, Truth(units.add_up(by_cell), around.add_up(by_cell), float(by_cell.sum()))


def places_of_trial(carried: Carried) -> Units:
    """Return the places of the programme `field_trial`."""
    places = carried.programme(FieldTrial).places
    assert places is not None
    return Units(places.treated, places.place, places.cell)


def tasks_of(
    name: str, scenario: Scenario, replications: int, treatment: Mapping[str, Any], without: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return one task a replication for `enact`.

    Parameters
    ----------
    name : str
        Of the experiment: two that have the same scenarios may do and count other things.
    scenario : Scenario
        The place, with the first seed.
    replications : int
        How many.
    treatment, without : mapping
        What differs from the place in either arm, as keywords of `Scenario`.
    """
    from experiments.runs.cases import with_seeds
    from sim.scenario import Scenario

    one, other = (
        with_seeds(Scenario.model_validate({**dict(scenario), **changes}), replications)
        for changes in (treatment, without)
    )
    return [
        {"experiment": name, "scenario": given, "without": nothing} for given, nothing in zip(one, other, strict=True)
    ]
