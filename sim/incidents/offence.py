"""One tick of offending: whoever is due searches, and an offence leaves a row of truth, an aftermath and perhaps a call."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground, faded
from sim.clock import hour_of_week
from sim.incidents.demand import DemandRule, IncidentType
from sim.incidents.log import INCIDENTS, NEVER, Discoverer, Logs
from sim.incidents.reporting import report
from sim.kernels import inlined, inner_kernel, kernel
from sim.people.offenders import MEMORIES, BeliefRule, cell_distance, learn, next_gap
from sim.people.residents import Places, person_at
from sim.people.search import MAX_TRIES, SearchRule, preferred_type, search_place, worth
from sim.police.presence import PresenceRule
from sim.randomness import Stream, uniform4


class OffendingRules(NamedTuple):
    """The rules that offending obeys."""

    search: SearchRule
    belief: BeliefRule
    presence: PresenceRule
    demand: DemandRule


class Targets(NamedTuple):
    """Whom and what offenders meet."""

    residents: Array
    dwellings: Array
    places: Places
    appeal: Array  # [types, 168 or 1, cells]
    activity: Array  # [types, 168] chance that a moment of search is used, at most 1


@kernel
def offend(seed: int, until_min: float, offenders: Array, due: Array, targets: Targets, ground: Ground, logs: Logs, rules: OffendingRules) -> None:
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
        _search(seed, now_min, i, offenders, targets, ground, logs, rules)
        offenders[i].searches += 1
        offenders[i].next_search_min = now_min + next_gap(offenders, i, seed)
        if offenders[i].next_search_min >= until_min:
            n -= 1
            due[first] = due[n]


@inlined
def _search(seed: int, now_min: float, i: int, offenders: Array, targets: Targets, ground: Ground, logs: Logs, rules: OffendingRules) -> None:
    """One search: a type by preference, thinned by hour; up to four places; at each the choice to offend, try elsewhere or give up."""
    if now_min < offenders[i].custody_until_min:
        return
    number = offenders[i].searches
    u_type, u_hour, _, _ = uniform4(seed, Stream.SEARCH_TYPE, i, number, 0)
    kind = preferred_type(offenders, i, u_type)
    hour = hour_of_week(now_min, ground.start_weekday)
    if u_hour > targets.activity[kind, hour]:
        return
    for attempt in range(MAX_TRIES):
        u_offend, u_again, _, _ = uniform4(seed, Stream.OFFENCE, i, number, attempt)
        cell = search_place(seed, offenders, i, number, attempt, now_min, ground.n_rows, ground.n_cols, rules.search)
        if cell >= 0:
            here = ground.cells[cell]
            boost = faded(here.boost, here.boost_min, now_min, rules.demand.boost_min) if kind == IncidentType.BURGLARY else 0.0
            chance = worth(
                offenders, i, kind, cell, hour, now_min, targets.appeal, ground.cells, boost,
                ground.n_rows, ground.n_cols, rules.search, rules.belief, rules.presence,
            )  # fmt: skip
            if u_offend < chance:
                _commit(seed, now_min, i, kind, cell, hour, offenders, targets, ground, logs, rules)
                return
        if u_again > rules.search.try_again:
            return


@inlined
def _commit(
    seed: int, now_min: float, i: int, kind: int, cell: int, hour: int,
    offenders: Array, targets: Targets, ground: Ground, logs: Logs, rules: OffendingRules,
) -> None:  # fmt: skip
    """Write the offence down, choose its victim, leave its aftermath, and let it be reported."""
    number = offenders[i].searches
    u_x, u_y, u_kind, u_who = uniform4(seed, Stream.TARGET, i, number, 0)
    n = logs.used[INCIDENTS]
    if n >= len(logs.incidents):
        raise IndexError("the log of crimes is full")
    logs.used[INCIDENTS] += 1
    crime = logs.incidents[n]
    crime.x_m = (cell % ground.n_cols + u_x) * ground.cell_m
    crime.y_m = (cell // ground.n_cols + u_y) * ground.cell_m
    crime.victim_id = -1
    if kind == IncidentType.BURGLARY:
        dwelling = _choose_dwelling(u_who, cell, now_min, targets, rules.demand)
        if dwelling >= 0:
            home = targets.dwellings[dwelling]
            crime.x_m, crime.y_m = home.x_m, home.y_m
            crime.victim_id = home.first_resident if home.residents > 0 else -1
            home.burgled_min = now_min
        _boost_around(cell, now_min, ground, rules.demand)
    else:
        crime.victim_id = person_at(targets.places, targets.dwellings, cell, hour, u_kind, u_who)
    crime.type = kind
    crime.time_min = now_min
    crime.cell = cell
    crime.offender_id = i
    crime.call_id = -1
    crime.discovered_by = Discoverer.NOBODY
    crime.recorded_time_min = NEVER
    crime.recorded_cell = -1
    crime.cleared = False
    crime.arrest_time_min = NEVER
    crime.harm = rules.demand.harm_days[kind]
    _remember(offenders, i, cell, now_min)
    learn(offenders, i, cell, 0.0, rules.belief.unpunished, ground.n_cols, rules.belief)
    report(seed, n, number, hour, targets, ground, logs, rules.demand)


@inlined
def _choose_dwelling(u: float, cell: int, now_min: float, targets: Targets, demand: DemandRule) -> int:
    """Return a dwelling of the cell with probability ∝ appeal × (1 + boost · exp(−age / boost_min)), −1 if there is none."""
    first, last = targets.places.dwelling_start[cell], targets.places.dwelling_start[cell + 1]
    total = 0.0
    for d in range(first, last):
        total += _dwelling_weight(targets.dwellings, d, now_min, demand)
    pick = u * total
    for d in range(first, last):
        pick -= _dwelling_weight(targets.dwellings, d, now_min, demand)
        if pick < 0.0:
            return int(d)
    return int(last - 1) if last > first else -1


@inner_kernel
def _dwelling_weight(dwellings: Array, d: int, now_min: float, demand: DemandRule) -> float:
    """Weight of one dwelling: its lasting appeal, flagged for a while by the last burglary (event dependence)."""
    home = dwellings[d]
    return float(home.appeal * (1.0 + faded(demand.dwelling_boost, home.burgled_min, now_min, demand.boost_min)))


@inlined
def _boost_around(cell: int, now_min: float, ground: Ground, demand: DemandRule) -> None:
    """Raise the appeal of dwellings around a burgled one, by near_boost · exp(−distance / reach), out to three times the reach."""
    if demand.near_boost <= 0.0:
        return
    reach = math.ceil(3.0 * demand.boost_reach_cells)
    row, col = cell // ground.n_cols, cell % ground.n_cols
    for r in range(max(0, row - reach), min(ground.n_rows, row + reach + 1)):
        for c in range(max(0, col - reach), min(ground.n_cols, col + reach + 1)):
            there = ground.cells[r * ground.n_cols + c]
            distance = cell_distance(cell, r * ground.n_cols + c, ground.n_cols)
            there.boost = faded(there.boost, there.boost_min, now_min, demand.boost_min) + demand.near_boost * np.exp(-distance / demand.boost_reach_cells)
            there.boost_min = now_min


@inlined
def _remember(offenders: Array, i: int, cell: int, now_min: float) -> None:
    """Make a place of success a node of the offender's space, in place of the oldest one (foraging)."""
    oldest = 0
    for m in range(1, MEMORIES):
        if offenders[i].success_min[m] < offenders[i].success_min[oldest]:
            oldest = m
    offenders[i].success_cell[oldest] = cell
    offenders[i].success_min[oldest] = now_min
    offenders[i].offences += 1
