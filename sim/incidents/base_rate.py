"""The intercepts of the offenders' choice, so that a city without police has the base rates that the user asked for.

This is the only place where a rate of the whole city enters, and it holds no strategy: what police, volunteers, custody
and what offenders learn do to crime follows from the rules alone.
"""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Array, frozen
from sim.city.city import CRIME_EVIDENCE, City
from sim.city.presence import PresenceParameters, presence_rule
from sim.city.state import Ground, new_cells
from sim.clock import MINUTES_PER_DAY, hour_of_week
from sim.disk_cache import answers_kept
from sim.draws import Draw
from sim.incident_types import PLACE_CRIMES, TYPE_NAMES, IncidentType
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.offence import break_in, remember, update_target_hardening
from sim.incidents.opportunity import NOTHING, Opportunity
from sim.incidents.search import (
    MAX_TRIES,
    OffendingRules,
    SearchRule,
    offence_probability,
    preferred_type,
    search_place,
)
from sim.kernels import kernel, row
from sim.parameters import BadInput
from sim.people.offenders import OffenderParameters, belief_rule, career_rule, draw_offenders, next_gap
from sim.people.residents import Society
from sim.randomness import uniform4

REFERENCE_SHARE, MOST_IN_CROWD = (
    0.2,
    20_000,
)  # of residents: far more offenders than there are, so that no few of them decide the rates
GLANCES, GLANCE_SEARCHES = 6, 50_000  # first the level, in a city without memory, from so many searches, in whole weeks
PLAYS, PLAY_SEARCHES, MEMORY_WEEKS = (
    2,
    250_000,
    3,
)  # then with foraging and near repeats, after some weeks in which memories build up
MOST_SUCCESS = 0.9
ANY_PRICE = 60.0  # an intercept at which every target is taken


def base_rates(city: City, demand: DemandParameters) -> Array:
    """Return the true offences per 1,000 residents per year by type of place crime: as given, or from files.

    Files tell recorded rates of fewer types; each is split over its types as the given rates would be recorded, and
    divided by the chance to be recorded.
    """
    given = np.array([demand.place_crime(kind).rate_per_1000 for kind in PLACE_CRIMES])
    if city.crime is None:
        return given
    crimes = [demand.place_crime(kind) for kind in PLACE_CRIMES]
    chance = np.array([c.witness_probability + (1 - c.witness_probability) * c.report_probability for c in crimes])
    family = np.array([CRIME_EVIDENCE.index(TYPE_NAMES[kind]) for kind in PLACE_CRIMES])
    all_recorded = np.bincount(family, weights=given * chance)
    out: Array = city.crime.recorded_per_1000_year[family] * given / np.maximum(all_recorded[family], 1e-12)
    return out


@answers_kept
def intercepts(
    city: City,
    society: Society,
    opportunity: Opportunity,
    demand: DemandParameters,
    offenders: OffenderParameters,
    rule: SearchRule,
    seed: int,
) -> Array:
    """Return α of each type of place crime at which the base rates come out, in a city without police.

    There are no volunteers in it either, and nobody learns a lesson. A crowd of offenders, many more than there are,
    plays the rules of search itself, with foraging and near repeats (each flag weaker by as much as the crowd is
    larger); the chances of what it meets are added up, which tells a rate far better than counts.

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
    flags = demand_rule(demand, city.grid.cell_m)
    flags = flags._replace(dwelling_boost=flags.dwelling_boost / times, near_boost=flags.near_boost / times)
    rules = OffendingRules(rule, belief, career, presence_rule(PresenceParameters()), flags)

    def played(alpha: Array, enough: int, memory_weeks: int) -> Array:
        """Return the expected offences a day of the crowd by type, after weeks of memory.

        They are those of whole weeks with at least so many searches.
        """
        weeks, out = math.ceil(enough / (7 * searches.sum())), np.zeros(len(PLACE_CRIMES))
        ground = Ground(
            new_cells(city, np.ones(city.grid.n_cells, dtype=int)),
            city.grid.n_rows,
            city.grid.n_cols,
            city.grid.cell_m,
            0,
        )
        people, first, days = (
            society._replace(dwellings=society.dwellings.copy()),
            7 * memory_weeks,
            7 * (memory_weeks + weeks),
        )
        playing = rules._replace(search=rule._replace(intercept=alpha))
        _play(seed, (first, days), crowd.copy(), people, chances, ground, playing, out)
        a_day: Array = out / (days - first)
        return a_day

    some = wanted > 0
    most = played(np.full(len(wanted), ANY_PRICE), GLANCE_SEARCHES, 0)
    for kind in np.flatnonzero(most < wanted):
        raise _too_much(int(kind), rates, "too few searches end where there is any target")
    alpha = np.where(some, np.log(np.maximum(wanted, 1e-30) / np.maximum(most, 1e-30)) - 2.0, NOTHING)
    for step in range(GLANCES + PLAYS):
        found = played(alpha, GLANCE_SEARCHES, 0) if step < GLANCES else played(alpha, PLAY_SEARCHES, MEMORY_WEEKS)
        alpha[some] += np.log(wanted[some] / np.maximum(found[some], 1e-30))
    return alpha


def _too_much(kind: int, rates: Array, why: str) -> BadInput:
    return BadInput(f"demand.{IncidentType(kind).name.lower()}.rate_per_1000", round(float(rates[kind]), 2), why)


@kernel
def _play(
    seed: int, measured: tuple[int, int], crowd: Array, society: Society, opportunity: Opportunity, ground: Ground,
    rules: OffendingRules, out: Array,
) -> None:  # fmt: skip
    """Let a crowd search until the end of the days `measured`; add up by type the chance that what it meets is taken.

    If these begin after day 0, the crowd remembers what it did before. The steps are those of `sim.incidents.offence`,
    with nobody to be seen, nothing reported and nothing learnt.
    """
    first_day, end = measured
    for day in range(end):
        for i in range(len(crowd)):
            while crowd[i].next_search_min < (day + 1) * MINUTES_PER_DAY:
                now_min, number = crowd[i].next_search_min, crowd[i].searches
                crowd[i].searches += 1
                crowd[i].next_search_min = now_min + next_gap(crowd, i, seed)
                u_type, u_hour, _, _ = uniform4(seed, Draw.SEARCH_TYPE, i, number)
                kind, hour = preferred_type(crowd, i, u_type), hour_of_week(now_min, ground.start_weekday)
                if u_hour > opportunity.activity[kind, hour]:
                    continue
                for attempt in range(MAX_TRIES):
                    u_offend, u_again, u_who, _ = uniform4(seed, Draw.OFFENCE_CHOICE + attempt, i, number)
                    cell = search_place(seed, crowd, i, number, attempt, now_min, ground, rules.search)
                    if cell >= 0:
                        chance = offence_probability(crowd, i, kind, cell, now_min, opportunity, ground, rules)
                        if day >= first_day:
                            out[kind] += chance
                        if u_offend < chance:
                            if first_day > 0:
                                remember(crowd, i, cell, now_min)
                                if kind == IncidentType.BURGLARY:
                                    own_dwelling = row(society.residents[crowd[i].resident_id].dwelling)
                                    break_in(u_who, cell, now_min, own_dwelling, society, ground, rules.demand, 0.0)
                                    update_target_hardening(cell, now_min, society, ground, rules.demand, 0.0)
                            break
                    if u_again > rules.search.try_again:
                        break
