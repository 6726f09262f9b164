"""Everything that a run consists of, put together from a scenario."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, frozen, own
from sim.city.build import build_city
from sim.city.city import City, CityParameters
from sim.city.file_contents import contents
from sim.city.presence import PresenceParameters, presence_rule
from sim.city.sight import in_view
from sim.city.state import Ground, new_cells
from sim.incidents.arising import Factors, disputes_at, first_factors, frauds_at, school_at
from sim.incidents.base_rate import first_guess
from sim.incidents.calls import CallSources, call_sources
from sim.incidents.crises import Crises, draw_crises
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.disputes.course import begin_disputes
from sim.incidents.disputes.log import Disputes
from sim.incidents.disputes.parameters import DisputeRule, dispute_rule
from sim.incidents.fraud.audience import Audience, audience
from sim.incidents.fraud.campaigns import Frauds, new_frauds
from sim.incidents.fraud.parameters import FraudRule, fraud_rule
from sim.incidents.handling import with_times_of_files
from sim.incidents.hardening import begin_hardened
from sim.incidents.judgement import nothing_judged
from sim.incidents.log import Logs, new_logs
from sim.incidents.opportunity import Opportunity, OpportunityParameters, opportunity
from sim.incidents.school import School, open_school
from sim.incidents.search import OffendingRules, SearchRule, deterrents, search_rule
from sim.kernels import forget_arguments
from sim.mapped import mapped
from sim.orders import orders_of
from sim.parameters import rule_of
from sim.people.feelings import Feelings, feeling_rule, new_feelings
from sim.people.first_offenders import draw_offenders
from sim.people.offenders import belief_rule, career_rule
from sim.people.residents import Society, settle
from sim.people.volunteers import draw_volunteers
from sim.police.cases.case_log import Bureau, new_cases
from sim.police.cases.coordination import channels
from sim.police.cases.parameters import investigation_rule
from sim.police.day_work import PostsAtWork
from sim.police.force.staff import Staff
from sim.police.patrol.free_time import PatrolRule, Police
from sim.police.patrol.queue import Desk, open_desk
from sim.police.patrol.stages import stage_rule
from sim.police.patrol.units import new_ledger, no_tracks
from sim.scenario import PeopleParameters, Scenario, scenario_on
from sim.strategies.plan import PatrolPlan


class World(NamedTuple):
    """The state of a run as the kernels see it."""

    society: Society
    opportunity: Opportunity  # its activity relative to the peak: the chance that a moment of search is used
    offenders: Array
    due: Array  # scratch of the offenders
    volunteers: Array
    school: School
    frauds: Frauds
    disputes: Disputes
    crises: Crises
    feelings: Feelings
    judged: Array  # see sim.incidents.judgement
    ground: Ground
    logs: Logs
    police: Police
    desk: Desk
    rules: OffendingRules
    fraud_rule: FraudRule
    dispute_rule: DisputeRule


class Setting(NamedTuple):
    """What all replications in one city share, read-only."""

    city: City
    society: Society
    opportunity: Opportunity
    intercept: Array
    sources: CallSources
    audience: Audience


@lru_cache(maxsize=4)
def setting(
    city: CityParameters, demand: DemandParameters, chances: OpportunityParameters, people: PeopleParameters
) -> Setting:
    """Build the place, its people, their opportunities and the base rates, once on a machine; processes share them.

    Parameters
    ----------
    city, demand, chances, people
        Parameters of the place, its incidents, opportunities and people; what changes from day to day left out.

    Raises
    ------
    BadInput
        If the city or its rates cannot be.
    """
    kept = (city, demand, chances, people)
    told = [part.model_dump_json() for part in kept] + [
        digest for path in city.paths.values() for digest in contents(path)
    ]
    name = hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
    return mapped("cities", __name__, name, lambda: _built(*kept))


def _built(
    city: CityParameters, demand: DemandParameters, chances: OpportunityParameters, people: PeopleParameters
) -> Setting:
    """Build what all replications share, see `setting`."""
    place = build_city(city)
    frozen(place.travel)  # worked out now, and kept with the city
    society = settle(place, people.residents, city.seed)
    offered = opportunity(place, society, chances, demand.burglary, people.residents.awareness_mean)
    rule = _search_rule(people, chances, np.zeros(offered.appeal.shape[0]), place.grid.cell_m)
    intercept = first_guess(place, society, offered, demand, people.offenders, rule, city.seed)
    sources, reached = call_sources(place, society.places, demand), audience(society.residents, demand.fraud)
    forget_arguments()  # they are as large as the city
    return Setting(place, society, offered, intercept, sources, reached)


def _search_rule(
    people: PeopleParameters, chances: OpportunityParameters, intercept: Array, cell_m: float
) -> SearchRule:
    awareness, feelings = people.residents.awareness_mean, people.feelings
    return search_rule(
        people.search, intercept, cell_m, chances.guardianship, awareness, feelings.awareness_half_life_days,
        feeling_rule(feelings).hardening.decay_min,
    )  # fmt: skip


class Origin(NamedTuple):
    """What the runs of a seed begin with, whatever their strategy and force."""

    society: Society
    opportunity: Opportunity
    offenders: Array
    volunteers: Array
    school: School
    disputes: Disputes
    crises: Crises
    ground: Ground
    rules: OffendingRules
    dispute_rule: DisputeRule

    def copied(self) -> Origin:
        """Return it with tables and rules of its own: runs share nothing that can be written to."""
        copied: Origin = own(self)
        return copied


@lru_cache(maxsize=1)
def origin(
    city: CityParameters, demand: DemandParameters, chances: OpportunityParameters, people: PeopleParameters,
    presence: PresenceParameters,
    start_weekday: int, seed: int,
) -> Origin:  # fmt: skip
    """Draw the people of a replication and let their disputes grow, once for runs of a seed that follow each other.

    Parameters
    ----------
    city, demand, chances, people, presence
        Parameters of the place, its incidents, opportunities, people and police presence.
    start_weekday : int
        Weekday of the first day, 0 for Monday.
    seed : int
        Seed of the replication.
    """
    shared = setting(city, demand, chances, people)
    place, peak = shared.city, float(shared.opportunity.activity.max())
    society = shared.society._replace(
        residents=shared.society.residents.copy(),
        dwellings=shared.society.dwellings.copy(),
        shops=shared.society.shops.copy(),
    )
    cell_m = place.grid.cell_m
    searching = _search_rule(people, chances, shared.intercept.copy(), cell_m)
    rules = OffendingRules(
        search=searching,
        deterrents=deterrents(searching, presence.sight_m, cell_m),
        belief=belief_rule(people.offenders, cell_m),
        career=career_rule(people.offenders, society.residents, peak),
        presence=presence_rule(presence),
        demand=demand_rule(with_times_of_files(demand, place), cell_m),
    )
    ground = Ground(
        new_cells(place, np.bincount(society.residents["home_cell"], minlength=place.grid.n_cells)),
        place.grid.n_rows, place.grid.n_cols, cell_m, start_weekday, in_view(presence.sight_m, cell_m),
    )  # fmt: skip
    homes_a_year = demand.burglary.rate_per_1000 / 1000 * len(society.residents) / len(society.dwellings)
    begin_hardened(
        society, ground.cells, homes_a_year, people.feelings.harden_probability,
        rules.demand, feeling_rule(people.feelings).hardening, seed,
    )  # fmt: skip
    usual, factors = Factors(), first_factors(place)
    disputing = disputes_at(dispute_rule(demand.disputes, place.residents), usual, factors)
    return Origin(
        society=society,
        opportunity=frozen(Opportunity(shared.opportunity.appeal, shared.opportunity.activity / peak)),
        offenders=draw_offenders(
            society, people.offenders.share, rules.career, rules.belief, place.grid, seed, people.offenders.groups
        ),
        volunteers=draw_volunteers(society.residents, people.volunteers, cell_m, seed),
        school=school_at(open_school(demand.school_violence, society, place.grid.n_cells, seed), usual, factors, 0.0),
        disputes=begin_disputes(seed, society, ground, rules.demand, new_feelings(people.feelings), disputing),
        crises=draw_crises(demand.crises, society, seed),
        ground=ground,
        rules=rules,
        dispute_rule=disputing,
    )


def let_go_of_cities() -> None:
    """Let go of the cities that this process has built, with their people and base rates."""
    for kept in (origin, setting, build_city):
        kept.cache_clear()


class Build(NamedTuple):
    """A run, put together."""

    world: World
    setting: Setting
    staff: Staff
    posts: PostsAtWork


def setting_of(scenario: Scenario) -> Setting:
    """Return what all replications of a scenario share; what changes by day does not touch what is built once."""
    return setting(scenario.city, scenario.demand.usual, scenario.opportunity, scenario.people)


def build_world(scenario: Scenario) -> Build:
    """Put a run together.

    Raises
    ------
    BadInput
        If the city, the rates or the force of the scenario cannot be.
    """
    scenario = scenario_on(scenario, 0)
    people, demand, seed = scenario.people, scenario.demand, scenario.seed
    shared = setting_of(scenario)
    drawn = (
        scenario.city, demand.usual, scenario.opportunity, people, scenario.presence, scenario.clock.start_weekday, seed
    )  # fmt: skip
    begun = (origin.__wrapped__ if scenario.warmup_days else origin)(*drawn).copied()  # a city that settles is kept
    city, rules = shared.city, begun.rules
    defrauding = frauds_at(fraud_rule(demand.fraud, city.residents), Factors(), first_factors(city))
    days = scenario.warmup_days + scenario.days + 2
    staff = Staff(scenario.force, city.residents, city.beats, seed, days, scenario.clock.start_weekday)
    bureau = _bureau(scenario, rules, city)
    posts = PostsAtWork(scenario.posts, staff, bureau, new_cases(), city.residents, days)
    world = World(
        society=begun.society,
        opportunity=begun.opportunity,
        offenders=begun.offenders,
        due=np.zeros(len(begun.offenders), dtype=np.int64),
        volunteers=begun.volunteers,
        school=begun.school,
        frauds=new_frauds(defrauding),
        disputes=begun.disputes,
        crises=begun.crises,
        feelings=new_feelings(people.feelings),
        judged=nothing_judged(),
        ground=begun.ground,
        logs=new_logs(),
        police=Police(
            units=staff.roster.units(),
            ledger=new_ledger(days),
            tracks=no_tracks(),
            travel=city.travel,
            orders=orders_of(PatrolPlan.none(), len(city.beats.district)),
            patrol=rule_of(PatrolRule, scenario.patrol),
            presence=rules.presence,
        ),
        desk=open_desk(
            scenario.dispatch,
            stage_rule(scenario.calls, city),
            rules.demand,
            rules.belief,
            rules.career,
            city.beats.district,
            scenario.force.shift_min,
            scenario.force.overtime_share,
        ),
        rules=rules,
        fraud_rule=defrauding,
        dispute_rule=begun.dispute_rule,
    )
    forget_arguments()  # those of what was drawn are as large as the city
    return Build(world, shared, staff, posts)


def at_rates(world: World, before: Factors, now: Factors, now_min: float) -> World:
    """Let what comes about by itself come about as much more often, from now on, as factors are above those before."""
    return world._replace(
        school=school_at(world.school, before, now, now_min),
        fraud_rule=frauds_at(world.fraud_rule, before, now),
        dispute_rule=disputes_at(world.dispute_rule, before, now),
    )


def reorganised(scenario: Scenario, world: World, staff: Staff, posts: PostsAtWork) -> World:
    """Let a city that has settled go on as another scenario says: other orders, people, lines and rules of the police.

    Parameters
    ----------
    scenario : Scenario
        As it is carried out, see `sim.scenario.prepared`.
    world, staff, posts : World, Staff, PostsAtWork
        Where the run stands; staff and posts are changed, the world is returned.
    """
    presence, sight_m, cell_m = presence_rule(scenario.presence), scenario.presence.sight_m, world.ground.cell_m
    rules = world.rules._replace(presence=presence, deterrents=deterrents(world.rules.search, sight_m, cell_m))
    police = world.police._replace(
        units=staff.reorganise(scenario.force, world.police.units),
        patrol=rule_of(PatrolRule, scenario.patrol),
        presence=presence,
    )
    posts.reorganise(scenario.posts, _bureau(scenario, rules, setting_of(scenario).city))
    return world._replace(police=police, rules=rules, ground=world.ground._replace(in_view=in_view(sight_m, cell_m)))


def _bureau(scenario: Scenario, rules: OffendingRules, city: City) -> Bureau:
    lines = channels(scenario.coordination, city.beats.district)
    return Bureau(investigation_rule(scenario.investigation), rules.demand, rules.belief, rules.career, channels=lines)
