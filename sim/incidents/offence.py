"""One tick of offending.

Whoever is due searches, and an offence leaves a row of truth, an aftermath and perhaps a call.
"""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground, faded, point_in
from sim.clock import hour_of_week
from sim.draws import Draw
from sim.incident_types import IncidentType, Target
from sim.incidents.hardening import appeal_left, update_target_hardening
from sim.incidents.log import add_incident
from sim.incidents.opportunity import Opportunity
from sim.incidents.profiles import DemandRule
from sim.incidents.reporting import harm_of, report
from sim.incidents.search import MAX_TRIES, OffendingRules, offence_probability, preferred_type, search_place
from sim.incidents.targets import Occasion, lift, meet, recalled, shop_weight, ways_in, window
from sim.incidents.town import Town
from sim.kernels import inlined, inner_kernel, kernel, row
from sim.people.aftermath import aftermath
from sim.people.beliefs import learn_together
from sim.people.feelings import HardeningRule, felt_awareness
from sim.people.groups import ASSOCIATES
from sim.people.needs import looks_on, next_search
from sim.people.offenders import MEMORIES, CareerRule, begin_career, cell_distance
from sim.people.residents import Society
from sim.people.whereabouts import eldest
from sim.randomness import uniform, uniform4


@kernel
def look_ahead(until_min: float, offenders: Array, due: Array) -> int:
    """List the offenders whose next moment comes before `until_min` in `due`, and return how many they are.

    Nothing but a search of one's own moves one's next moment, so that up to then the moments of all others are later.
    """
    n = 0
    for i in range(len(offenders)):
        if offenders[i].next_search_min < until_min:
            due[n] = i
            n += 1
    return n


@kernel
def offend(
    seed: int, until_min: float, offenders: Array, due: Array, opportunity: Opportunity, town: Town,
    rules: OffendingRules,
) -> None:  # fmt: skip
    """Let every offender whose moment comes before `until_min` search, in exact order of time.

    `due` holds all offenders whose moment may come by then, see `look_ahead`.
    """
    while True:
        i, now_min = -1, until_min
        for k in due:
            if offenders[k].next_search_min < now_min:
                i, now_min = k, offenders[k].next_search_min
        if i < 0:
            return
        if now_min >= offenders[i].desist_min:
            offenders[i].searches += 1
            offenders[i].generation += 1
            begin_career(offenders, i, now_min, seed, town.society.residents, rules.career, rules.belief)
        else:
            _search(seed, now_min, i, offenders, opportunity, town, rules)
            offenders[i].searches += 1
            offenders[i].next_search_min = next_search(offenders, i, now_min, seed, rules.search.needs)


@inlined
def _search(
    seed: int, now_min: float, i: int, offenders: Array, opportunity: Opportunity, town: Town, rules: OffendingRules
) -> None:
    """Search once: a type by preference, thinned by hour, and up to four places.

    At each place the choice is to offend, to try elsewhere or to give up.
    """
    if now_min < offenders[i].custody_until_min:
        return
    number = offenders[i].searches
    u_type, u_hour, _, _ = uniform4(seed, Draw.SEARCH_TYPE, i, number)
    kind = preferred_type(offenders, i, u_type)
    if u_hour > opportunity.activity[kind, hour_of_week(now_min, town.ground.start_weekday)]:
        return
    for attempt in range(MAX_TRIES):
        u_offend, u_again, _, _ = uniform4(seed, Draw.OFFENCE_CHOICE + attempt, i, number)
        cell = search_place(seed, offenders, i, number, attempt, now_min, town.ground, rules.search)
        put_off = False
        if cell >= 0:
            chance, without_risk = offence_probability(
                offenders, i, kind, cell, now_min, opportunity, town.ground, rules
            )
            town.logs.chances[kind] += chance
            if u_offend < chance:
                _commit(seed, now_min, i, kind, cell, offenders, town, rules)
                return
            put_off = u_offend < without_risk
        if not looks_on(offenders, i, now_min, put_off, u_again, rules.search.needs):
            return


@inlined
def _commit(
    seed: int, now_min: float, i: int, kind: int, cell: int, offenders: Array, town: Town, rules: OffendingRules
) -> None:
    """Write the offence down, choose its target, leave its aftermath, and let it be reported.

    The victim can say from when until when it may have been: of a burglary see `window`. A purse: between two looks at
    it, which come at any time. A vehicle: while it stood there. Whoever is robbed, snatched from or beaten was there,
    and of shops that are open only those report whose staff saw it (assumption). Victims feel it from the offence on
    (assumption: hours do not matter beside the half-lives of months).
    """
    society, feelings, ground, logs = town
    number, hardening = row(offenders[i].searches), feelings.rule.hardening
    u_x, u_y, u_since, u_who = uniform4(seed, Draw.OFFENCE_VICTIM, i, number)
    u_joins, u_partner, u_found, u_harden = uniform4(seed, Draw.OFFENCE_SEQUEL, i, number)
    at = Occasion(now_min, hour_of_week(now_min, ground.start_weekday), row(kind), row(cell), number)
    x_m, y_m = point_in(cell, ground, u_x, u_y)
    residents, own_dwelling = society.residents, row(society.residents[offenders[i].resident_id].dwelling)
    victim, since_min, found_min = row(-1), now_min, now_min
    u_again, u_can, u_known, u_more = uniform4(seed, Draw.OFFENCE_TARGET, i, number)
    target, taken = recalled(seed, i, at, (u_again, u_can), offenders, society, rules, hardening)
    if kind == IncidentType.BURGLARY:
        target, taken = break_in(u_who, (target, taken), at, own_dwelling, society, ground, rules.demand, hardening)
        since_min, found_min = window(
            at, target, taken, (u_since, u_found, u_more), society, rules.demand, ground.start_weekday
        )
        if target == Target.EMPTY_HOME or target == Target.SLEEPING_HOME:
            home = society.dwellings[taken]
            x_m, y_m = home.x_m, home.y_m
            victim = eldest(society, taken)
            wary = felt_awareness(residents, victim, now_min, feelings.rule) if victim >= 0 else 0.0
            if u_harden < feelings.rule.harden_probability * wary:
                home.hardened_min = now_min
        update_target_hardening(cell, now_min, society, ground, rules.demand, hardening)
    elif kind == IncidentType.SHOPLIFTING:
        taken = lift(u_who, (target, taken), at, society, rules.demand)
        target = row(Target.SHOP) if taken >= 0 else row(Target.NONE)
    else:
        victim = meet(seed, i, (target, taken), at, (u_known, u_more), offenders, society, rules.demand)
        target, taken = row(Target.PERSON), victim
        if kind == IncidentType.VEHICLE_THEFT:
            since_min, found_min = (
                now_min - rules.demand.parked_min * (1.0 - u_found),
                now_min + rules.demand.parked_min * u_found,
            )
        elif kind == IncidentType.PICKPOCKETING:
            since_min, found_min = (
                now_min + rules.demand.purse_min * math.log(u_since),
                now_min - rules.demand.purse_min * math.log(u_found),
            )
    harm = harm_of(seed, kind, i, number, rules.demand)
    n = add_incident(logs, kind, now_min, cell, x_m, y_m, harm)
    crime = logs.incidents[n]
    crime.offender_id = i
    crime.culprit_id = offenders[i].resident_id
    crime.victim_id = victim
    crime.target = target
    if target == Target.SHOP:
        crime.shop_id = taken
        crime.x_m, crime.y_m = society.shops[taken].x_m, society.shops[taken].y_m
    crime.earliest_min = since_min
    crime.latest_min = found_min
    remember(offenders, i, at, target, taken)
    learn_together(offenders, i, cell, now_min, 1.0, 0.0, ground.n_cols, rules.belief)
    partner = row(offenders[i].associate[int(u_partner * ASSOCIATES)])
    joins = rules.career.group_co_offending if offenders[i].group > 0 else rules.career.co_offending
    if u_joins < joins and partner >= 0 and _joins(now_min, kind, victim, partner, offenders, residents):
        crime.co_offender_id = partner
        crime.co_culprit_id = offenders[partner].resident_id
        remember(offenders, partner, at, target, taken)
        learn_together(offenders, partner, cell, now_min, 1.0, 0.0, ground.n_cols, rules.belief)
    if offenders[i].group > 0:
        _tell_group(seed, i, at, target, taken, offenders, rules.career)
    report(seed, n, i, number, town, rules.demand)
    if victim >= 0:
        aftermath(victim, harm, now_min, society, feelings, ground)


@inner_kernel
def _joins(now_min: float, kind: int, victim: int, partner: int, offenders: Array, residents: Array) -> bool:
    """Whether an associate can join in: active, at large, and neither the victim nor one of the burgled household."""
    other = offenders[partner]
    if now_min < other.custody_until_min or now_min >= other.desist_min or victim == other.resident_id:
        return False
    return bool(
        kind != IncidentType.BURGLARY
        or victim < 0
        or residents[victim].dwelling != residents[other.resident_id].dwelling
    )


@kernel
def break_in(
    u: float, known: tuple[int, int], at: Occasion, own_dwelling: int, society: Society, ground: Ground,
    demand: DemandRule, hardening: HardeningRule,
) -> tuple[int, int]:  # fmt: skip
    """Choose the home or shop that is burgled, flag it and the cells around it.

    Return what it is and its row, NONE and −1 if the cell has none but the burglar's own home. It is `known`, if that
    says so, else drawn with probability ∝ appeal × (1 + flag), times the chance that nobody is in (an empty home), that
    all sleep × how readily burglars enter (a sleeping home), or that it is closed × how readily they break in (a shop).
    """
    target, taken = known
    if taken < 0:
        target, taken = _choose(u, at, own_dwelling, society, demand, hardening)
    if target == Target.SHOP:
        society.shops[taken].burgled_min = at.now_min
    elif target != Target.NONE:
        society.dwellings[taken].burgled_min = at.now_min
    _boost_around(at.cell, at.now_min, ground, demand)
    return target, taken


@inlined
def _choose(
    u: float, at: Occasion, own_dwelling: int, society: Society, demand: DemandRule, hardening: HardeningRule
) -> tuple[int, int]:
    """Return what a burglar chooses in a cell and its row, see `break_in`."""
    places = society.places
    first, last = places.dwelling_start[at.cell], places.dwelling_start[at.cell + 1]
    first_shop, last_shop = places.shop_start[at.cell], places.shop_start[at.cell + 1]
    closed = demand.closed_shops * places.closed[at.hour]
    total = 0.0
    for d in range(first, last):
        if d != own_dwelling:
            empty, asleep = ways_in(society, d, at.hour, demand)
            total += (empty + asleep) * _dwelling_weight(society.dwellings, d, at.now_min, demand, hardening)
    if closed > 0.0:
        for s in range(first_shop, last_shop):
            total += closed * shop_weight(society.shops, s, at, demand)
    pick, target, chosen = u * total, row(Target.NONE), row(-1)
    for d in range(first, last):
        if d != own_dwelling and pick >= 0.0:
            empty, asleep = ways_in(society, d, at.hour, demand)
            weight = _dwelling_weight(society.dwellings, d, at.now_min, demand, hardening)
            target = row(Target.EMPTY_HOME) if pick < empty * weight else row(Target.SLEEPING_HOME)
            chosen = row(d)
            pick -= (empty + asleep) * weight
    if closed > 0.0:
        for s in range(first_shop, last_shop):
            if pick >= 0.0:
                target, chosen = row(Target.SHOP), row(s)
                pick -= closed * shop_weight(society.shops, s, at, demand)
    return target, chosen


@inner_kernel
def _dwelling_weight(dwellings: Array, d: int, now_min: float, demand: DemandRule, hardening: HardeningRule) -> float:
    """Weight of one dwelling.

    Its lasting appeal, less as hardened, flagged for a while by the last burglary (event dependence).
    """
    flag = faded(demand.dwelling_boost, dwellings[d].burgled_min, now_min, demand.boost_min)
    return float(appeal_left(dwellings, d, now_min, hardening) * (1.0 + flag))


@inlined
def _boost_around(cell: int, now_min: float, ground: Ground, demand: DemandRule) -> None:
    """Raise the appeal of dwellings around a burgled one by near_boost · exp(−distance / reach).

    Out to three times the reach.
    """
    reach = math.ceil(3.0 * demand.boost_reach_cells) if demand.near_boost > 0.0 else 0
    north, east = cell // ground.n_cols, cell % ground.n_cols
    for r in range(max(0, north - reach), min(ground.n_rows, north + reach + 1)):
        for c in range(max(0, east - reach), min(ground.n_cols, east + reach + 1)):
            there = ground.cells[r * ground.n_cols + c]
            rise = demand.near_boost * math.exp(
                -cell_distance(cell, r * ground.n_cols + c, ground.n_cols) / demand.boost_reach_cells
            )
            there.own_boost = faded(there.own_boost, there.boost_min, now_min, demand.boost_min)
            there.boost = faded(there.boost, there.boost_min, now_min, demand.boost_min) + rise
            there.boost_min = now_min


@inner_kernel
def remember(offenders: Array, i: int, at: Occasion, target: int, taken: int) -> None:
    """Make a place of success a node of the offender's space, in place of the oldest one (foraging); need ends.

    He remembers what he took from, to take it again.
    """
    _keep_in_mind(offenders, i, at, target, taken)
    offenders[i].deterred_min = -np.inf
    offenders[i].offences += 1


@inner_kernel
def _keep_in_mind(offenders: Array, i: int, at: Occasion, target: int, taken: int) -> None:
    """Write a place into the memory of an offender, over the oldest one."""
    me, oldest = offenders[i], 0
    for m in range(1, MEMORIES):
        if me.success_min[m] < me.success_min[oldest]:
            oldest = m
    me.success_cell[oldest] = at.cell
    me.success_min[oldest] = at.now_min
    me.success_type[oldest] = at.kind
    me.success_target[oldest] = target
    me.success_row[oldest] = taken


@inner_kernel
def _tell_group(seed: int, i: int, at: Occasion, target: int, taken: int, offenders: Array, rule: CareerRule) -> None:
    """Let a member of a group tell the others of a place where it went well, each with probability `tells_of_places`.

    Who is told has the place in mind as if he had been there himself.
    """
    for a in range(ASSOCIATES):
        other = row(offenders[i].associate[a])
        fellow = other >= 0 and offenders[other].group == offenders[i].group
        if fellow and uniform(seed, Draw.TOLD_OF_PLACE + a, i, at.number) < rule.tells_of_places:
            _keep_in_mind(offenders, other, at, target, taken)
