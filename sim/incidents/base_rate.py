"""The intercepts of the offenders' choice, so that a settled city has the base rates that the user asked for.

This is the only place where a rate of the whole city enters: that of the city as it is, under its status quo. What any
other strategy, programme or force does to crime follows from the rules alone.
"""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Array, frozen
from sim.city.city import CRIME_EVIDENCE, City
from sim.city.presence import PresenceParameters, presence_rule
from sim.city.state import Ground, new_cells
from sim.clock import MINUTES_PER_DAY, hour_of_week
from sim.draws import Draw
from sim.incident_types import PLACE_CRIMES, TYPE_NAMES, IncidentType
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.opportunity import NOTHING, Opportunity
from sim.incidents.search import (
    MAX_TRIES,
    OffendingRules,
    SearchRule,
    deterrents,
    offence_probability,
    preferred_type,
    search_place,
)
from sim.kernels import kernel
from sim.parameters import BadInput
from sim.people.first_offenders import draw_offenders
from sim.people.needs import looks_on, next_search
from sim.people.offenders import OffenderParameters, belief_rule, career_rule
from sim.people.residents import Society
from sim.randomness import uniform4

REFERENCE_SHARE, MOST_IN_CROWD = (
    0.2,
    20_000,
)  # of residents: far more offenders than there are, so that no few of them decide the rates
GLANCES, GLANCE_SEARCHES = 4, 30_000  # of the first guess: so many searches each, in whole weeks
MOST_SUCCESS = 0.9
ANY_PRICE = 60.0  # an intercept at which every target is taken
FAMILY = np.array([CRIME_EVIDENCE.index(TYPE_NAMES[kind]) for kind in PLACE_CRIMES])  # what files tell of each type


def base_rates(city: City, demand: DemandParameters, recorded: Array | None = None) -> Array:
    """Return the true offences per 1,000 residents per year by type of place crime: as given, or from files.

    Files tell recorded rates of fewer types; each is split over its types as the given rates would be recorded, and
    divided by the chance to be recorded.

    Parameters
    ----------
    city, demand : City, DemandParameters
        Where the rates come from.
    recorded : array [place crimes], optional
        Offences in police records for each true one; absent: as they would be at middling trust.
    """
    given = np.array([demand.place_crime(kind).rate_per_1000 for kind in PLACE_CRIMES])
    if city.crime is None:
        return given
    usual = usually_recorded(demand)
    all_recorded = np.bincount(FAMILY, weights=given * usual)
    chance = usual if recorded is None else recorded
    out: Array = (
        city.crime.recorded_per_1000_year[FAMILY] * given * usual / np.maximum(all_recorded[FAMILY] * chance, 1e-12)
    )
    return out


def usually_recorded(demand: DemandParameters) -> Array:
    """Return the chance that a crime at a place enters police records at middling trust, shape [place crimes]."""
    crimes = [demand.place_crime(kind) for kind in PLACE_CRIMES]
    return np.array([c.witness_probability + (1 - c.witness_probability) * c.report_probability for c in crimes])


def first_guess(
    city: City,
    society: Society,
    opportunity: Opportunity,
    demand: DemandParameters,
    offenders: OffenderParameters,
    rule: SearchRule,
    seed: int,
) -> Array:
    """Return α of each type of place crime at which the base rates come out where nobody has any history.

    There are no police and no volunteers, nobody learns a lesson and nobody remembers. A crowd of offenders, many more
    than there are, plays the rules of search; the chances of what it meets are added up, which tells a rate far better
    than counts. `sim.incidents.rate_fit` goes on from there.

    Parameters
    ----------
    city, society, opportunity : City, Society, Opportunity
        The place, its people and what it offers.
    demand, offenders : DemandParameters, OffenderParameters
        The rates to match, and who offends.
    rule : SearchRule
        How offenders search; its intercepts are not read.
    seed : int
        Seed of the city.

    Raises
    ------
    BadInput
        If the offenders search too seldom for a rate, or too few of their searches end where there is a target.
    """
    peak = float(opportunity.activity.max())
    chances = frozen(Opportunity(opportunity.appeal, opportunity.activity / peak))
    belief, career = belief_rule(offenders, city.grid.cell_m), career_rule(offenders, society.residents, peak)
    share = max(offenders.share, min(REFERENCE_SHARE, MOST_IN_CROWD / city.residents))
    crowd = draw_offenders(society, share, career, belief, city.grid, seed)
    times = len(crowd) / max(1, round(offenders.share * city.residents))
    rates = base_rates(city, demand)
    wanted = rates * city.residents / 1000 / 365 * times  # a day, of the crowd
    shares = np.diff(np.concatenate([np.zeros((len(crowd), 1)), crowd["preference"]], axis=1), axis=1)
    searches = (crowd["rate_per_min"][:, None] * shares).sum(axis=0) * MINUTES_PER_DAY / peak
    for kind in np.flatnonzero(wanted > MOST_SUCCESS * searches):
        most = rates[kind] * MOST_SUCCESS * searches[kind] / wanted[kind]
        raise _too_much(
            int(kind),
            rates,
            f"the offenders search too seldom for it; at most {most:.1f}, or raise people.offenders.share",
        )
    nobody, cell_m = PresenceParameters(), city.grid.cell_m
    put_off = deterrents(rule, nobody.sight_m, cell_m)
    rules = OffendingRules(rule, put_off, belief, career, presence_rule(nobody), demand_rule(demand, cell_m))
    cells = new_cells(city, np.ones(city.grid.n_cells, dtype=int))
    ground = Ground(cells, city.grid.n_rows, city.grid.n_cols, cell_m, 0)
    days = 7 * math.ceil(GLANCE_SEARCHES / (7 * searches.sum()))

    def glance(alpha: Array) -> Array:
        """Return the expected offences a day of the crowd by type."""
        out = np.zeros(len(PLACE_CRIMES))
        _play(seed, days, crowd.copy(), chances, ground, rules._replace(search=rule._replace(intercept=alpha)), out)
        expected: Array = out / days
        return expected

    some = wanted > 0
    most = glance(np.full(len(wanted), ANY_PRICE))
    for kind in np.flatnonzero(most < wanted):
        raise _too_much(int(kind), rates, "too few searches end where there is any target")
    alpha = np.where(some, np.log(np.maximum(wanted, 1e-30) / np.maximum(most, 1e-30)) - 2.0, NOTHING)
    for _ in range(GLANCES):
        alpha[some] += np.log(wanted[some] / np.maximum(glance(alpha)[some], 1e-30))
    return alpha


def _too_much(kind: int, rates: Array, why: str) -> BadInput:
    return BadInput(f"demand.{IncidentType(kind).name.lower()}.rate_per_1000", round(float(rates[kind]), 2), why)


@kernel
def _play(
    seed: int, days: int, crowd: Array, opportunity: Opportunity, ground: Ground, rules: OffendingRules, out: Array
) -> None:
    """Let a crowd search for some days; add up by type the chance that what it meets is taken.

    The steps are those of `sim.incidents.offence`, with nobody to be seen, nothing reported, remembered and learnt.
    """
    for i in range(len(crowd)):
        while crowd[i].next_search_min < days * MINUTES_PER_DAY:
            now_min, number = crowd[i].next_search_min, crowd[i].searches
            u_type, u_hour, _, _ = uniform4(seed, Draw.SEARCH_TYPE, i, number)
            kind, hour = preferred_type(crowd, i, u_type), hour_of_week(now_min, ground.start_weekday)
            active = u_hour <= opportunity.activity[kind, hour]
            for attempt in range(MAX_TRIES if active else 0):
                u_offend, u_again, _, _ = uniform4(seed, Draw.OFFENCE_CHOICE + attempt, i, number)
                cell = search_place(seed, crowd, i, number, attempt, now_min, ground, rules.search)
                put_off = False
                if cell >= 0:
                    chance, without_risk = offence_probability(
                        crowd, i, kind, cell, now_min, opportunity, ground, rules
                    )
                    out[kind] += chance
                    put_off = chance <= u_offend < without_risk
                    if u_offend < chance:
                        crowd[i].deterred_min = -np.inf
                        break
                if not looks_on(crowd, i, now_min, put_off, u_again, rules.search.needs):
                    break
            crowd[i].searches += 1
            crowd[i].next_search_min = next_search(crowd, i, now_min, seed, rules.search.needs)
