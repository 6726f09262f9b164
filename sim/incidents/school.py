"""School violence (校园暴力).

The same pupils hurt the same pupils, at school and on the way home, and few tell the police.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.grid import cell_on_line
from sim.city.state import Ground, point_in
from sim.clock import HOURS_PER_WEEK, hour_of_week
from sim.columns import Column, table
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import SCHOOL_KEYS, add_incident
from sim.incidents.profiles import CrimeParameters
from sim.incidents.reporting import harm_of, report
from sim.incidents.search import OffendingRules, deterrence
from sim.incidents.town import Town
from sim.kernels import inlined, inner_kernel, kernel
from sim.parameters import parameter, rule_of
from sim.people.aftermath import aftermath
from sim.people.residents import Society
from sim.people.routine import HOME_TIME, RoutineClass, lessons
from sim.randomness import exponential, gamma, uniform, uniform4

BULLYING_COLUMNS = (
    Column("bully_id", "i4", "row", "the resident who hurts"),
    Column("victim_id", "i4", "row", "the resident who is hurt, of the same school"),
    Column("rate_per_min", "f8", "1/min", "rate of incidents at the busiest hour"),
    Column("next_min", "f8", "min since start", "next moment at which it may happen, before thinning by hour"),
    Column("ends_min", "f8", "min since start", "when it ends and another pair takes the row"),
    Column("generation", "i4", "1", "pairs of this row before this one"),
    Column("moments", "i4", "1", "moments of this row so far"),
    Column("incidents", "i4", "1", "incidents of this pair so far"),
    Column("stopped", "?", "1", "somebody has seen to it that there are no more"),
)


class SchoolParameters(CrimeParameters):
    """Violence between pupils."""

    harm_days: float = parameter(
        8.0,
        unit="days",
        ge=0,
        le=20_000,
        source="assumption: below a brawl among adults",
        doc="Severity: mean crime harm, in sentence-days, of one offence.",
    )
    report_probability: float = parameter(
        0.15,
        unit="probability",
        gt=0,
        lt=1,
        source="assumption: 0.1–0.3",
        doc="The victim reports it, at trust 0.5 and typical harm.",
    )
    witness_probability: float = parameter(
        0.05,
        unit="probability",
        ge=0,
        le=1,
        source="assumption: a teacher or parent",
        doc="Somebody else calls at once.",
    )
    arrest_probability: float = parameter(
        0.1,
        unit="probability",
        ge=0,
        le=1,
        source="assumption: most culprits are under age",
        doc="Arrest on scene if the police arrived at once.",
    )
    custody_days: float = parameter(
        1.0, unit="days", ge=0, le=3650, source="assumption", doc="Mean time in custody after an arrest."
    )
    custody_most_days: float | None = parameter(
        15.0,
        unit="days",
        ge=0.01,
        le=3650,
        source="assumption: detention by the police, as for a brawl",
        doc="The longest that the law allows.",
    )
    on_scene_min: float = parameter(
        40.0, unit="min", ge=0.1, le=600, source="assumption; gamma distributed", doc="Mean time on scene."
    )
    paperwork_min: float = parameter(
        30.0, unit="min", ge=0, le=600, source="assumption", doc="Mean time of paperwork after it."
    )
    pairs_per_1000_pupils: float = parameter(
        8.0, unit="pairs per 1,000 pupils", ge=0, le=500,
        source="assumption: of some 10 % bullied in a year (OECD PISA 2018) some of them by force",
        doc="Pupils who are being hurt by another at one time.",
    )  # fmt: skip
    incidents_per_pair_year: float = parameter(
        4.0,
        unit="1/year",
        ge=0,
        le=500,
        source="assumption: repeated, but mostly below force",
        doc="Mean incidents of a pair in a calendar year.",
    )
    inequality: float = parameter(
        0.5,
        unit="1",
        gt=0.01,
        le=100,
        source="assumption: few pairs make most of it",
        doc="Shape of the gamma of rates over pairs; small is unequal.",
    )
    pair_days: float = parameter(
        150.0,
        unit="days",
        ge=0.01,
        le=36_500,
        source="assumption: about a school term",
        doc="Mean time that a pair lasts.",
    )
    way_home_weight: float = parameter(
        2.0,
        unit="times",
        ge=0,
        le=100,
        source="assumption: no teacher is near",
        doc="Rate in the hour after school relative to the school day.",
    )


class SchoolRule(NamedTuple):
    """The parameters for the kernels; times in minutes."""

    pupils: Array  # rows of pupils by school
    first: Array  # [pupils] first pupil of the same school, a position in `pupils`
    end: Array  # [pupils] one after its last
    rate_per_min: float  # mean of a pair at the busiest hour
    inequality: float
    pair_min: float
    profile: Array  # [168] relative to the busiest hour


class School(NamedTuple):
    """Who hurts whom, and the rule."""

    pairs: Array
    rule: SchoolRule
    gates: Array  # f8 [cells] officers who stand at the gate of the school in a cell today, in the hour after lessons


def open_school(parameters: SchoolParameters, society: Society, cells: int, seed: int) -> School:
    """Draw the pairs of a replication.

    Parameters
    ----------
    parameters : SchoolParameters
        How many pairs, how often, how long.
    society : Society
        The people of the city; pupils of one school are those with one work cell.
    cells : int
        Of the grid.
    seed : int
        Seed of the replication.
    """
    residents = society.residents
    pupils = np.flatnonzero(residents["routine"] == RoutineClass.PUPIL)
    pupils = pupils[np.argsort(residents["work_cell"][pupils], kind="stable")].astype(np.int32)
    school = residents["work_cell"][pupils]
    hour, day = np.arange(HOURS_PER_WEEK) % 24, np.arange(HOURS_PER_WEEK) // 24
    profile = np.where(lessons(), 1.0, np.where((day < 5) & (hour == HOME_TIME), parameters.way_home_weight, 0.0))
    peak = max(float(profile.max()), 1e-12)
    rule = rule_of(
        SchoolRule,
        parameters,
        pupils=pupils,
        first=np.searchsorted(school, school, side="left").astype(np.int32),
        end=np.searchsorted(school, school, side="right").astype(np.int32),
        rate_per_min=parameters.incidents_per_pair_year / (365 * 1440) * peak / max(float(profile.mean()), 1e-12),
        profile=profile / peak,
    )
    n = round(parameters.pairs_per_1000_pupils * len(pupils) / 1000) if parameters.incidents_per_pair_year > 0 else 0
    pairs = table(BULLYING_COLUMNS, n)
    _begin_all(pairs, seed, rule)
    return School(pairs, rule, np.zeros(cells))


@kernel
def _begin_all(pairs: Array, seed: int, rule: SchoolRule) -> None:
    """Let every pair begin, in the middle of its time (exponential times have no memory)."""
    for p in range(len(pairs)):
        _begin(pairs, p, 0.0, seed, rule)


@inner_kernel
def _begin(pairs: Array, p: int, now_min: float, seed: int, rule: SchoolRule) -> None:
    """Give a row a new pair: any pupil as the victim, another of the same school as the bully."""
    pair = pairs[p]
    g = pair.generation
    u_victim, u_bully, u_end, _ = uniform4(seed, Draw.SCHOOL_PAIR, p, g)
    v = int(u_victim * len(rule.pupils))
    first, others = rule.first[v], rule.end[v] - rule.first[v] - 1
    b = v
    if others > 0:
        b = first + int(u_bully * others)
        if b >= v:
            b += 1
    pair.victim_id = rule.pupils[v]
    pair.bully_id = rule.pupils[b]
    alone = 0.0 if b == v else 1.0  # the only pupil of a school is safe there
    pair.rate_per_min = (
        alone * gamma(rule.inequality, seed, Draw.SCHOOL_RATE, p, g) / rule.inequality * rule.rate_per_min
    )
    pair.ends_min = now_min - math.log(u_end) * rule.pair_min
    pair.incidents = 0
    pair.stopped = False
    pair.next_min = now_min + _gap(pairs, p, seed)


@inner_kernel
def _gap(pairs: Array, p: int, seed: int) -> float:
    """Return the minutes to the next moment of a pair: exponential, keyed by row and number."""
    return exponential(seed, Draw.SCHOOL_GAP, p, pairs[p].moments) / max(float(pairs[p].rate_per_min), 1e-12)


@inlined
def bully(seed: int, until_min: float, school: School, town: Town, rules: OffendingRules) -> None:
    """Let every pair whose moment comes before `until_min` meet.

    This makes an incident in school hours, and on the way home unless police are about. In lessons the street and its
    patrols are out of sight. On the way home police in sight, their residue and the watch lower the odds as they do for
    any offender, and so do officers at the gate of the school. A pair that was stopped meets no more until its time is
    over and another takes its row.
    """
    pairs, rule, _ = school
    for p in range(len(pairs)):
        while pairs[p].next_min < until_min:
            now_min = pairs[p].next_min
            hour = hour_of_week(now_min, town.ground.start_weekday)
            if uniform(seed, Draw.SCHOOL_MOMENT, p, pairs[p].moments) < rule.profile[hour] and not pairs[p].stopped:
                _hurt(seed, p, now_min, hour, school, town, rules)
            pairs[p].moments += 1
            if now_min >= pairs[p].ends_min:
                pairs[p].generation += 1
                _begin(pairs, p, now_min, seed, rule)
            else:
                pairs[p].next_min = now_min + _gap(pairs, p, seed)


@inner_kernel
def _hurt(seed: int, p: int, now_min: float, hour: int, school: School, town: Town, rules: OffendingRules) -> None:
    """Write down one incident of a pair, unless police or watch on the way home prevent it."""
    society, feelings, ground, logs = town
    pair = school.pairs[p]
    number = pair.moments
    u_along, u_off, u_x, u_y = uniform4(seed, Draw.SCHOOL_PLACE, p, number)
    victim = society.residents[pair.victim_id]
    cell = victim.work_cell
    if hour % 24 >= HOME_TIME:
        on_the_way = cell_on_line(victim.work_cell, victim.home_cell, u_along, ground.n_cols)
        cell = (
            on_the_way if ground.cells[on_the_way].beat >= 0 else cell
        )  # the straight line can leave a city of odd shape
        put_off, _ = deterrence(IncidentType.ROBBERY, cell, now_min, 1.0, ground, rules)  # violence in the open, too
        put_off += school.gates[victim.work_cell] * _in_view(cell, victim.work_cell, ground, rules)
        if u_off > math.exp(-put_off):
            return
    pair.incidents += 1
    key = SCHOOL_KEYS + p
    harm = harm_of(seed, IncidentType.SCHOOL_VIOLENCE, key, number, rules.demand)
    x_m, y_m = point_in(cell, ground, u_x, u_y)
    n = add_incident(logs, IncidentType.SCHOOL_VIOLENCE, now_min, cell, x_m, y_m, harm)
    logs.incidents[n].culprit_id = pair.bully_id
    logs.incidents[n].victim_id = pair.victim_id
    report(seed, n, key, number, town, rules.demand)
    aftermath(pair.victim_id, harm, now_min, society, feelings, ground)


@inner_kernel
def _in_view(cell: int, gate: int, ground: Ground, rules: OffendingRules) -> float:
    """Return what an officer at the gate takes off violence in the open in a cell, as a patrol unit in sight does."""
    seen = rules.deterrents.police
    reach = seen.shape[1] // 2
    north, east = gate // ground.n_cols - cell // ground.n_cols, gate % ground.n_cols - cell % ground.n_cols
    if abs(north) > reach or abs(east) > reach:
        return 0.0
    return float(seen[IncidentType.ROBBERY, north + reach, east + reach])
