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
from sim.incident_types import IncidentType
from sim.incidents.hardening import appeal_left, update_target_hardening
from sim.incidents.log import add_incident
from sim.incidents.opportunity import Opportunity
from sim.incidents.profiles import DemandRule
from sim.incidents.reporting import harm_of, report
from sim.incidents.search import (
    MAX_TRIES,
    OffendingRules,
    offence_probability,
    preferred_type,
    search_place,
)
from sim.incidents.town import Town
from sim.kernels import inlined, inner_kernel, kernel, row
from sim.people.aftermath import aftermath
from sim.people.beliefs import learn_together
from sim.people.custody import in_custody
from sim.people.feelings import HardeningRule, felt_awareness
from sim.people.needs import looks_on, next_search
from sim.people.offenders import ASSOCIATES, MEMORIES, begin_career, cell_distance
from sim.people.residents import Society
from sim.people.whereabouts import home_again, nobody_in, out_since, person_at
from sim.randomness import uniform4

MEETINGS = 8  # tries to meet somebody; who meets none of the city meets a stranger


@kernel
def offend(
    seed: int, until_min: float, offenders: Array, due: Array, opportunity: Opportunity, town: Town,
    rules: OffendingRules,
) -> None:  # fmt: skip
    """Let every offender whose moment comes before `until_min` search, in exact order of time.

    `due` is scratch space of at least as many rows as there are offenders.
    """
    n = 0
    for i in range(len(offenders)):
        if offenders[i].next_search_min < until_min:
            due[n] = i
            n += 1
    while n > 0:
        first = 0
        for j in range(1, n):
            if offenders[due[j]].next_search_min < offenders[due[first]].next_search_min:
                first = j
        i = due[first]
        now_min = offenders[i].next_search_min
        if now_min >= offenders[i].desist_min:
            offenders[i].searches += 1
            offenders[i].generation += 1
            begin_career(offenders, i, now_min, seed, town.society.residents, rules.career, rules.belief)
        else:
            _search(seed, now_min, i, offenders, opportunity, town, rules)
            offenders[i].searches += 1
            offenders[i].next_search_min = next_search(offenders, i, now_min, seed, rules.search.needs)
        if offenders[i].next_search_min >= until_min:
            n -= 1
            due[first] = due[n]


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
    """Write the offence down, choose its victim, leave its aftermath, and let it be reported.

    The victim can say from when until when it may have been. A burglar has chosen a home with nobody in: from when the
    last of the household left until the first comes home. A purse: between two looks at it, which come at any time. A
    vehicle: while it stood there. Whoever is robbed, snatched from or beaten was there, and of shops only those report
    whose staff saw it (assumption). Victims feel it from the offence on (assumption: hours do not matter beside the
    half-lives of months).
    """
    society, feelings, ground, logs = town
    number = offenders[i].searches
    u_x, u_y, u_since, u_who = uniform4(seed, Draw.OFFENCE_VICTIM, i, number)
    u_joins, u_partner, u_found, u_harden = uniform4(seed, Draw.OFFENCE_SEQUEL, i, number)
    x_m, y_m = point_in(cell, ground, u_x, u_y)
    residents, own_dwelling = society.residents, row(society.residents[offenders[i].resident_id].dwelling)
    victim, since_min, found_min = row(-1), now_min, now_min
    if kind == IncidentType.BURGLARY:
        dwelling = break_in(u_who, cell, now_min, own_dwelling, society, ground, rules.demand, feelings.rule.hardening)
        if dwelling >= 0:
            home = society.dwellings[dwelling]
            x_m, y_m = home.x_m, home.y_m
            if home.residents > 0:
                victim = row(home.first_resident)
                since_min = out_since(
                    now_min,
                    -math.log(u_since),
                    victim,
                    row(home.residents),
                    ground.start_weekday,
                    residents,
                    society.places,
                )
                found_min = home_again(
                    now_min,
                    -math.log(u_found),
                    victim,
                    row(home.residents),
                    ground.start_weekday,
                    residents,
                    society.places,
                )
            wary = felt_awareness(society.residents, victim, now_min, feelings.rule) if victim >= 0 else 0.0
            if u_harden < feelings.rule.harden_probability * wary:
                home.hardened_min = now_min
        update_target_hardening(cell, now_min, society, ground, rules.demand, feelings.rule.hardening)
    elif kind != IncidentType.SHOPLIFTING:
        victim = _meet(seed, now_min, i, cell, hour_of_week(now_min, ground.start_weekday), offenders, society)
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
    crime.earliest_min = since_min
    crime.latest_min = found_min
    remember(offenders, i, cell, now_min)
    learn_together(offenders, i, cell, now_min, 1.0, 0.0, ground.n_cols, rules.belief)
    partner = row(offenders[i].associate[int(u_partner * ASSOCIATES)])
    if (
        u_joins < rules.career.co_offending
        and partner >= 0
        and _joins(now_min, kind, victim, partner, offenders, residents)
    ):
        crime.co_offender_id = partner
        crime.co_culprit_id = offenders[partner].resident_id
        remember(offenders, partner, cell, now_min)
        learn_together(offenders, partner, cell, now_min, 1.0, 0.0, ground.n_cols, rules.belief)
    report(seed, n, i, number, town, rules.demand)
    if victim >= 0:
        aftermath(victim, harm, now_min, society, feelings, ground)


@inlined
def _meet(seed: int, now_min: float, i: int, cell: int, hour: int, offenders: Array, society: Society) -> int:
    """Return whom an offender meets at a cell.

    Neither himself nor somebody in custody, and −1 where there is nobody else of the city.
    """
    for attempt in range(MEETINGS):
        u_kind, u_who, _, _ = uniform4(seed, Draw.MEETING + attempt, i, offenders[i].searches)
        who = person_at(society.places, society.dwellings, cell, hour, u_kind, u_who)
        if who != offenders[i].resident_id and not in_custody(offenders, who, now_min):
            return int(who)
    return -1


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
    u: float, cell: int, now_min: float, own_dwelling: int, society: Society, ground: Ground, demand: DemandRule,
    hardening: HardeningRule
) -> int:  # fmt: skip
    """Choose the dwelling that is burgled, flag it and the cells around it.

    Return its row, −1 if the cell has none but the burglar's own.
    """
    hour = hour_of_week(now_min, ground.start_weekday)
    dwelling = _choose_dwelling(u, cell, now_min, hour, own_dwelling, society, demand, hardening)
    if dwelling >= 0:
        society.dwellings[dwelling].burgled_min = now_min
    _boost_around(cell, now_min, ground, demand)
    return dwelling


@inlined
def _choose_dwelling(
    u: float, cell: int, now_min: float, hour: int, own_dwelling: int, society: Society, demand: DemandRule,
    hardening: HardeningRule
) -> int:  # fmt: skip
    """Return a dwelling of the cell, −1 if there is none but the burglar's own.

    It is drawn with probability ∝ chance that nobody is in × appeal × (1 + boost · exp(−age / boost_min)).
    """
    first, last = society.places.dwelling_start[cell], society.places.dwelling_start[cell + 1]
    total = 0.0
    for d in range(first, last):
        if d != own_dwelling:
            total += nobody_in(society, d, hour) * _dwelling_weight(society.dwellings, d, now_min, demand, hardening)
    pick, chosen = u * total, row(-1)
    for d in range(first, last):
        if d != own_dwelling and pick >= 0.0:
            chosen = row(d)
            pick -= nobody_in(society, d, hour) * _dwelling_weight(society.dwellings, d, now_min, demand, hardening)
    return chosen


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
def remember(offenders: Array, i: int, cell: int, now_min: float) -> None:
    """Make a place of success a node of the offender's space, in place of the oldest one (foraging); need ends."""
    oldest = 0
    for m in range(1, MEMORIES):
        if offenders[i].success_min[m] < offenders[i].success_min[oldest]:
            oldest = m
    offenders[i].success_cell[oldest] = cell
    offenders[i].success_min[oldest] = now_min
    offenders[i].deterred_min = -np.inf
    offenders[i].offences += 1
