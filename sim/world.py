"""Everything that a run consists of, put together from a scenario."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import City, CityParameters
from sim.city.state import Ground, new_cells
from sim.incidents.base_rate import intercepts
from sim.incidents.calls import CallSource, call_sources
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.log import Logs, new_logs
from sim.incidents.offence import OffendingRules, Targets
from sim.incidents.opportunity import Opportunity, OpportunityParameters, opportunity
from sim.people.offenders import OffenderParameters, belief_rule, draw_offenders
from sim.people.residents import ResidentParameters, Society, settle
from sim.people.search import SearchParameters, search_rule
from sim.people.volunteers import draw_volunteers
from sim.police.dispatch import Desk, dispatch_rule, new_queue
from sim.police.force import Roster, units_on_duty
from sim.police.patrol import Orders, PatrolRule, Police
from sim.police.presence import presence_rule
from sim.police.units import new_ledger
from sim.scenario import Scenario
from sim.strategies.base import ANY_UNIT, PatrolPlan


class World(NamedTuple):
    """The state of a run as the kernels see it."""

    offenders: Array
    due: Array  # scratch of the offenders
    volunteers: Array
    watch_reach_cells: float
    targets: Targets
    ground: Ground
    logs: Logs
    police: Police
    desk: Desk
    rules: OffendingRules


class Setting(NamedTuple):
    """What all replications in one city share."""

    city: City
    society: Society
    opportunity: Opportunity
    intercept: Array
    sources: list[CallSource]


@lru_cache(maxsize=4)
def setting(
    city: CityParameters, demand: DemandParameters, chances: OpportunityParameters, residents: ResidentParameters,
    offenders: OffenderParameters, search: SearchParameters,
) -> Setting:  # fmt: skip
    """Build the place, its people, their opportunities and the base rates, once a process."""
    place = build_city(city)
    society = settle(place, residents, city.seed)
    offered = opportunity(place, society.places, chances, residents.awareness_mean)
    intercept = intercepts(place, society, offered, demand, offenders, search, city.seed)
    return Setting(place, society, offered, intercept, call_sources(place, society.places, demand))


def setting_of(scenario: Scenario) -> Setting:
    """Return the setting of a scenario."""
    people = scenario.people
    return setting(scenario.city, scenario.demand, scenario.opportunity, people.residents, people.offenders, people.search)


def build_world(scenario: Scenario) -> tuple[World, Setting, Roster]:
    """Put a run together.

    Raises
    ------
    BadInput
        If the city, the rates or the force of the scenario cannot be.
    """
    shared = setting_of(scenario)
    city, people, demand = shared.city, scenario.people, scenario.demand
    residents, dwellings = shared.society.residents.copy(), shared.society.dwellings.copy()
    peak = float(shared.opportunity.activity.max())
    offenders = draw_offenders(shared.society, people.offenders, peak, scenario.seed)
    cell_m = city.grid.cell_m
    roster = Roster(scenario.force, units_on_duty(scenario.force, scenario.shortage, city.residents), city.beats)
    rules = OffendingRules(
        search=search_rule(people.search, shared.intercept, cell_m),
        belief=belief_rule(people.offenders, cell_m),
        presence=presence_rule(scenario.presence),
        demand=demand_rule(demand, cell_m),
    )
    shift_min = scenario.force.shift_min
    world = World(
        offenders=offenders,
        due=np.zeros(len(offenders), dtype=np.int64),
        volunteers=draw_volunteers(residents, people.volunteers, scenario.seed),
        watch_reach_cells=people.volunteers.reach_m / cell_m,
        targets=Targets(residents, dwellings, shared.society.places, shared.opportunity.appeal, shared.opportunity.activity / peak),
        ground=Ground(new_cells(city), city.grid.n_rows, city.grid.n_cols, cell_m, scenario.clock.start_weekday),
        logs=new_logs(),
        police=Police(
            units=roster.units(),
            ledger=new_ledger(scenario.warmup_days + scenario.days + 2),
            travel=city.travel,
            orders=orders_of(PatrolPlan.none(), len(city.beats.district)),
            patrol=PatrolRule(scenario.patrol.speed_share, scenario.patrol.break_min),
            presence=rules.presence,
        ),
        desk=Desk(dispatch_rule(scenario.dispatch), rules.demand, rules.belief, new_queue(), shift_min, 0.5 * min(shift_min, 1e9)),
        rules=rules,
    )
    return world, shared, roster


def orders_of(plan: PatrolPlan, beats: int) -> Orders:
    """Sort a plan by beat; stops for any unit are listed under every beat."""
    everyone = plan.beat == ANY_UNIT
    own = np.flatnonzero(~everyone)
    shared = np.flatnonzero(everyone)
    stop = np.concatenate([own, np.tile(shared, beats)])
    beat = np.concatenate([plan.beat[own], np.repeat(np.arange(beats), len(shared))])
    order = np.argsort(beat, kind="stable")
    stop, beat = stop[order], beat[order]
    return Orders(
        start=np.searchsorted(beat, np.arange(beats + 1)).astype(np.int64),
        cell=plan.cell[stop].astype(np.int32),
        cumulative=np.concatenate([[0.0], np.cumsum(plan.weight[stop])]),
        dwell_min=plan.dwell_min[stop].astype(float),
    )
