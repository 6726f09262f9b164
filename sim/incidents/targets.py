"""Whom or what an offender takes at a place: the same target again, a person whom he meets, a shop."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.arrays import Array
from sim.city.state import faded
from sim.draws import Draw
from sim.incident_types import IncidentType, Target
from sim.incidents.hardening import protection
from sim.incidents.profiles import DemandRule
from sim.incidents.search import OffendingRules
from sim.incidents.target_parameters import AGE_BANDS
from sim.kernels import inlined, inner_kernel, kernel, row
from sim.people.custody import in_custody
from sim.people.feelings import HardeningRule
from sim.people.offenders import MEMORIES
from sim.people.residents import Society
from sim.people.ties import TieKind
from sim.people.whereabouts import home_again, is_at, nobody_in, out_since, passer_by, person_at, stretch
from sim.randomness import uniform4

LOOKED_AT = 8  # people whom an offender looks over; who meets none of the city meets a stranger


class Occasion(NamedTuple):
    """What an offender does where and when."""

    now_min: float
    hour: int  # of the week
    kind: int  # IncidentType
    cell: int
    number: int  # of the search


@kernel
def age_band(age: int) -> int:
    """Return the band of an age, see `AGE_BANDS`."""
    band = 0
    for first in AGE_BANDS:
        if age >= first:
            band += 1
    return band


@kernel
def recalled(
    seed: int, i: int, at: Occasion, lots: tuple[float, float], offenders: Array, society: Society,
    rules: OffendingRules, hardening: HardeningRule,
) -> tuple[int, int]:  # fmt: skip
    """Return the target of an earlier success that the offender takes again, and its row; NONE and −1 if there is none.

    Who has set out to come back (see `SearchParameters.same_target`) thinks of the latest target of the same type of
    crime in this cell with exp(−age / foraging_min), and takes it if it can be had: an empty home, a sleeping one, a
    shop that is closed or open, a person who is there, each with its chance at the hour.
    """
    _, u_back, _, _ = uniform4(seed, Draw.SEARCH_NODE, i, at.number)
    u_again, u_can = lots
    me, latest, nothing = offenders[i], -1, (row(Target.NONE), row(-1))
    for m in range(MEMORIES):
        fits = me.success_cell[m] == at.cell and me.success_type[m] == at.kind and me.success_row[m] >= 0
        if fits and (latest < 0 or me.success_min[m] > me.success_min[latest]):
            latest = m
    if latest < 0 or u_back >= rules.search.same_target:
        return nothing
    if u_again >= faded(1.0, me.success_min[latest], at.now_min, rules.search.foraging_min):
        return nothing
    target, taken, places = row(me.success_target[latest]), row(me.success_row[latest]), society.places
    if target == Target.PERSON:
        return (target, taken) if u_can < is_at(society, taken, at.cell, at.hour) else nothing
    if target == Target.SHOP:
        closed = places.closed[at.hour]
        can = closed
        if at.kind == IncidentType.SHOPLIFTING:
            can = 1.0 if closed == 0.0 else 0.0
        return (target, taken) if u_can < can else nothing
    soft = 1.0 - hardening.effect * protection(society.dwellings, taken, at.now_min, hardening)
    empty, asleep = ways_in(society, taken, at.hour, rules.demand)
    if u_can < soft * empty:
        return row(Target.EMPTY_HOME), taken
    return (row(Target.SLEEPING_HOME), taken) if u_can < soft * (empty + min(asleep, 1.0 - empty)) else nothing


@inner_kernel
def ways_in(society: Society, dwelling: int, hour: int, demand: DemandRule) -> tuple[float, float]:
    """Return what a home offers a burglar at an hour of the week.

    As an empty one the chance that nobody is in, as a sleeping one that all who are in sleep, times how readily he
    enters such a home.
    """
    empty = nobody_in(society, dwelling, hour)
    return empty, demand.sleeping_homes * (1.0 - empty) * society.places.asleep[hour]


@inner_kernel
def shop_weight(shops: Array, s: int, at: Occasion, demand: DemandRule) -> float:
    """Weight of one shop: its lasting appeal, flagged for a while by the last crime of the type (event dependence)."""
    shop = shops[s]
    since_min = shop.burgled_min if at.kind == IncidentType.BURGLARY else shop.lifted_min
    return float(shop.appeal * (1.0 + faded(demand.shop_boost, since_min, at.now_min, demand.boost_min)))


@inlined
def lift(u: float, known: tuple[int, int], at: Occasion, society: Society, demand: DemandRule) -> int:
    """Choose the shop that is stolen from and flag it; return its row, −1 if the cell has none.

    It is `known` if that is a shop, else drawn by weight.
    """
    first, last = society.places.shop_start[at.cell], society.places.shop_start[at.cell + 1]
    chosen, total = row(known[1]), 0.0
    if chosen < 0:
        for s in range(first, last):
            total += shop_weight(society.shops, s, at, demand)
        pick = u * total
        for s in range(first, last):
            if pick >= 0.0:
                chosen = row(s)
                pick -= shop_weight(society.shops, s, at, demand)
    if chosen >= 0:
        society.shops[chosen].lifted_min = at.now_min
    return chosen


@inlined
def meet(
    seed: int, i: int, known: tuple[int, int], at: Occasion, lots: tuple[float, float], offenders: Array,
    society: Society, demand: DemandRule,
) -> int:  # fmt: skip
    """Return whose purse, vehicle or body the offender goes for, and flag the person.

    The same person again if `known` says so; sometimes an acquaintance; else one of up to `LOOKED_AT` people who may be
    there, by weight: out in the street, or for a vehicle anybody whom the routine brings there. Neither himself nor
    somebody in custody, and −1 where there is nobody of the city whom he would choose.
    """
    me = row(offenders[i].resident_id)
    u_known, u_tie = lots
    victim = row(known[1])
    if victim < 0 and u_known < demand.acquaintances[at.kind]:
        victim = _acquaintance(u_tie, me, at, society, demand)
    if victim >= 0 and in_custody(offenders, victim, at.now_min):
        victim = row(-1)
    if victim < 0:
        total = 0.0
        for k in range(LOOKED_AT):
            u_kind, u_who, u_pick, _ = uniform4(seed, Draw.MEETING + k, i, at.number)
            if at.kind == IncidentType.VEHICLE_THEFT:
                who = row(person_at(society.places, society.dwellings, at.cell, at.hour, u_kind, u_who))
                there = 1.0
            else:
                who, there = passer_by(society, at.cell, at.hour, u_kind, u_who)
            if who >= 0 and who != me:
                weight = there * person_weight(society.residents, who, at, demand)
                if u_pick * (total + weight) < weight and not in_custody(offenders, who, at.now_min):
                    victim = who
                total += weight
    if victim >= 0:
        society.residents[victim].victim_min = at.now_min
    return victim


@inner_kernel
def person_weight(residents: Array, who: int, at: Occasion, demand: DemandRule) -> float:
    """Weight of one person as the victim of a type of crime: by age, lasting, and for a while after the last one."""
    one = residents[who]
    flag = faded(demand.person_boost, one.victim_min, at.now_min, demand.boost_min)
    return float(demand.age_weights[at.kind, age_band(one.age)] * one.appeal * (1.0 + flag))


@inner_kernel
def _acquaintance(u: float, me: int, at: Occasion, society: Society, demand: DemandRule) -> int:
    """Return a neighbour, colleague or friend by weight, −1 if there is none of a fitting age.

    What happens in a household or among kin is a dispute.
    """
    ties, chosen, total = society.ties, row(-1), 0.0
    for t in range(ties.start[me], ties.start[me + 1]):
        if ties.kind[t] >= TieKind.NEIGHBOUR:
            total += person_weight(society.residents, row(ties.other[t]), at, demand)
    pick = u * total
    for t in range(ties.start[me], ties.start[me + 1]):
        if ties.kind[t] >= TieKind.NEIGHBOUR and pick >= 0.0 and total > 0.0:
            weight = person_weight(society.residents, row(ties.other[t]), at, demand)
            if weight > 0.0:
                chosen = row(ties.other[t])
            pick -= weight
    return chosen


@inner_kernel
def window(
    at: Occasion, target: int, taken: int, lots: tuple[float, float, float], society: Society, demand: DemandRule,
    start_weekday: int,
) -> tuple[float, float]:  # fmt: skip
    """Return between when a burglary must have been, as who suffers it can say; by the end of it, it is found.

    An empty home: from when the last of the household left until the first comes home. A sleeping one: from when they
    went to sleep until they rise, or at that minute if one of them wakes. A shop: from closing to opening.
    """
    u_since, u_found, u_woken = lots
    now_min, places, residents = at.now_min, society.places, society.residents
    if target == Target.SHOP:
        return stretch(now_min, 0.0, places.closed, start_weekday)
    if target == Target.SLEEPING_HOME and u_woken >= demand.woken_probability:
        slept, rose = stretch(now_min, u_found * places.asleep[at.hour], places.asleep, start_weekday)
        return slept - 60.0 * u_since, rose + 60.0 * u_since
    if target == Target.EMPTY_HOME and society.dwellings[taken].residents > 0:
        first, members = row(society.dwellings[taken].first_resident), row(society.dwellings[taken].residents)
        return (
            out_since(now_min, -math.log(u_since), first, members, start_weekday, residents, places),
            home_again(now_min, -math.log(u_found), first, members, start_weekday, residents, places),
        )
    return now_min, now_min
