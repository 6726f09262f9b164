"""From a crime to a call: who notices it, when, whether the police are told, and what the books will say."""

from __future__ import annotations

import math
from typing import Any

from sim.agenda import put
from sim.arrays import Array
from sim.city.state import Ground
from sim.clock import HOURS_PER_WEEK
from sim.incidents.demand import DemandRule, IncidentType
from sim.incidents.log import CALL_RECEIVED, Discoverer, Logs, add_call
from sim.kernels import inlined, inner_kernel, kernel
from sim.people.residents import Places
from sim.randomness import Stream, choose, exponential, gamma, uniform4

AT_ONCE_MIN = 0.01  # a call comes after the offence, however soon


@inlined
def report(seed: int, n: int, number: int, hour: int, targets: Any, ground: Ground, logs: Logs, demand: DemandRule) -> None:
    """Decide who tells the police of crime n, and when.

    A unit or a volunteer in the cell may see it, or a passer-by; these call at once. Otherwise the victim finds out (a burglary when
    somebody comes home) and reports with `logit P = logit p₀ + κ·(trust − 0.5)`, after an exponential delay.
    """
    crime = logs.incidents[n]
    i, kind, cell = crime.offender_id, crime.type, crime.cell
    u_seen, u_report, u_place, u_home = uniform4(seed, Stream.REPORT, i, number, 0)
    here = ground.cells[cell]
    on_view = demand.on_view_probability if here.police_now > 0 else 0.0
    volunteer = (1.0 - on_view) * (demand.volunteer_sees_probability if here.watch_now > 0 else 0.0)
    witness = (1.0 - on_view - volunteer) * demand.witness_probability[kind]
    delay = exponential(seed, Stream.REPORT, i, number, 1) * demand.report_delay_min
    if u_seen < on_view:
        by, received = Discoverer.PATROL, crime.time_min + AT_ONCE_MIN
    elif u_seen < on_view + volunteer:
        by, received = Discoverer.VOLUNTEER, crime.time_min + delay / 4
    elif u_seen < on_view + volunteer + witness:
        by, received = Discoverer.WITNESS, crime.time_min + delay / 4
    else:
        trust = targets.residents[crime.victim_id].trust if crime.victim_id >= 0 else 0.5
        logit = demand.report_logit[kind] + demand.report_trust_slope * (trust - 0.5)
        if u_report > 1.0 / (1.0 + math.exp(-logit)):
            return
        found = crime.time_min
        if kind == IncidentType.BURGLARY and crime.victim_id >= 0:
            found = _somebody_comes_home(crime.time_min, hour, u_home, targets.dwellings[targets.residents[crime.victim_id].dwelling].residents, targets.places)
        by, received = Discoverer.VICTIM, found + delay
    crime.discovered_by = by
    crime.recorded_cell = _recorded_cell(seed, i, number, cell, u_place, ground, demand)
    priority, needed = _urgency(kind, received - crime.time_min, by, demand.in_progress_min)
    shape = demand.service_shape
    scene = gamma(shape, seed, Stream.SERVICE, i, number, 0) / shape * demand.on_scene_min[kind, priority - 1]
    paper = gamma(shape, seed, Stream.SERVICE, i, number, 1) / shape * demand.paperwork_min[kind]
    crime.call_id = add_call(logs, kind, priority, needed, cell, here.beat, n, i, number, crime.time_min, received, scene, paper)
    put(logs.agenda, received, CALL_RECEIVED, crime.call_id, 0)


@inner_kernel
def _urgency(kind: int, age_min: float, by: int, in_progress_min: float) -> tuple[int, int]:
    """Return (priority, units needed): violence just now is priority 1 with two units; burglary and what others saw 2; the rest 3."""
    violent = kind in (IncidentType.ROBBERY, IncidentType.ASSAULT)
    if violent and age_min < in_progress_min:
        return 1, 2
    if by != Discoverer.VICTIM and age_min < in_progress_min:
        return 1 if kind == IncidentType.BURGLARY else 2, 1
    if violent or kind == IncidentType.BURGLARY:
        return 2, 1
    return 3, 1


@inner_kernel
def _somebody_comes_home(time_min: float, hour: int, u: float, household: int, places: Places) -> float:
    """Return when a member of the household is first at home: hour by hour, by the routine of the city."""
    for later in range(HOURS_PER_WEEK):
        at_home = 1.0 - places.away[(hour + later) % HOURS_PER_WEEK] ** household
        if u < at_home:
            return time_min if later == 0 else (time_min // 60.0 + later) * 60.0 + 60.0 * (u / at_home)
    return time_min + HOURS_PER_WEEK * 60.0


@inner_kernel
def _recorded_cell(seed: int, i: int, number: int, cell: int, u: float, ground: Ground, demand: DemandRule) -> int:
    """Return where the books will place it: wrong by up to two cells each way with probability 0.3 (1 − q)."""
    if u >= demand.wrong_place_probability:
        return cell
    u_row, u_col, _, _ = uniform4(seed, Stream.REPORT, i, number, 2)
    row = min(max(cell // ground.n_cols + int(u_row * 5) - 2, 0), ground.n_rows - 1)
    col = min(max(cell % ground.n_cols + int(u_col * 5) - 2, 0), ground.n_cols - 1)
    moved = row * ground.n_cols + col
    return moved if ground.cells[moved].beat >= 0 else cell


@kernel
def draw_exogenous_calls(
    seed: int, kind: int, day: int, per_day: float, day_profile: Array, cell_cumulative: Array, priority_cumulative: Array,
    cells: Array, logs: Logs, demand: DemandRule,
) -> None:  # fmt: skip
    """Write a day's calls of one type that is no crime: Poisson in time, thinned by hour; cells by their share.

    `day_profile` is [24], relative to the mean of the week. Draws are keyed by day and number, so that no strategy shifts them.
    """
    peak = 1e-12
    for relative in day_profile:
        peak = max(peak, relative)
    minute, number = 0.0, 0
    while per_day > 0.0:
        minute += exponential(seed, Stream.EXOGENOUS_CALL, number, day, kind) * 1440.0 / (per_day * peak)
        if minute >= 1440.0:
            break
        u_hour, u_cell, u_priority, _ = uniform4(seed, Stream.EXOGENOUS_CALL, number, day, kind)
        if u_hour * peak < day_profile[int(minute // 60)]:
            cell = choose(cell_cumulative, 0, len(cell_cumulative), u_cell)
            priority = 1
            while priority < 3 and u_priority > priority_cumulative[priority - 1]:
                priority += 1
            needed = 2 if kind == IncidentType.DISORDER and priority == 1 else 1
            shape = demand.service_shape
            scene = gamma(shape, seed, Stream.EXOGENOUS_SERVICE, number, day, kind) / shape * demand.on_scene_min[kind, priority - 1]
            paper = gamma(shape, seed, Stream.EXOGENOUS_SERVICE, number, day, kind + 100) / shape * demand.paperwork_min[kind]
            time_min = day * 1440.0 + minute
            add_call(logs, kind, priority, needed, cell, cells[cell].beat, -1, number, day, time_min, time_min, scene, paper)
        number += 1
