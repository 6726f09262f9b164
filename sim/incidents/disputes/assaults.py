"""Assaults arising from disputes: between two who know each other, at a time of its own on the day."""

from __future__ import annotations

import numpy as np

from sim.city.state import point_in
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.disputes.log import PLANNED, Disputes, Subject, age_days
from sim.incidents.log import DISPUTE_KEYS, add_incident
from sim.incidents.profiles import DemandRule
from sim.incidents.reporting import harm_of, report
from sim.incidents.town import Town
from sim.kernels import inlined, inner_kernel, row
from sim.people.aftermath import aftermath
from sim.randomness import uniform4


@inlined
def escalate(seed: int, until_min: float, disputes: Disputes, town: Town, demand: DemandRule, relief: float) -> None:
    """Let every dispute whose planned moment comes before `until_min` escalate.

    `relief` is the share of tension that it lets off.
    """
    for k in range(disputes.used[PLANNED]):
        d = row(disputes.planned[k])
        if disputes.rows[d].planned_min < until_min:
            _assault(seed, d, disputes.rows[d].planned_min, disputes, town, demand)
            disputes.rows[d].tension *= 1.0 - relief
            disputes.rows[d].planned_min = np.inf


@inner_kernel
def _assault(seed: int, d: int, now_min: float, disputes: Disputes, town: Town, demand: DemandRule) -> None:
    """Write the assault down, at the work place or the home of one of the two, and let it be felt and reported."""
    society, feelings, ground, logs = town
    one = disputes.rows[d]
    age = age_days(disputes, d, int(now_min // MINUTES_PER_DAY))
    u_who, u_place, u_x, u_y = uniform4(seed, Draw.DISPUTE_ASSAULT, d, age)
    aggressor, victim = (
        (row(one.party_id), row(one.other_id)) if u_who < 0.5 else (row(one.other_id), row(one.party_id))
    )
    key, kind = DISPUTE_KEYS + d, row(IncidentType.DISPUTE_ASSAULT)
    cell, x_m, y_m = row(one.cell), 0.0, 0.0
    if one.subject == Subject.WORK:
        x_m, y_m = point_in(cell, ground, u_x, u_y)
    else:
        host = victim if u_place < 0.5 else aggressor
        home = society.dwellings[society.residents[host].dwelling]
        cell, x_m, y_m = row(home.cell), float(home.x_m), float(home.y_m)
    harm = harm_of(seed, kind, key, 2 * age, demand)
    n = add_incident(logs, kind, now_min, cell, x_m, y_m, harm)
    crime = logs.incidents[n]
    crime.culprit_id = aggressor
    crime.victim_id = victim
    crime.dispute_id = d
    one.assaults += 1
    one.assault_min = now_min
    one.incident_id = n
    one.heard = False
    report(seed, n, key, 2 * age, town, demand)
    aftermath(victim, harm, now_min, society, feelings, ground)
