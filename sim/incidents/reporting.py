"""From a crime to a call.

Who notices it, when, whether the police are told, what they are told, and what the books will say.
"""

from __future__ import annotations

import math
from typing import Any

from sim.agenda import put
from sim.city.state import Ground, faded
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import CALL_RECEIVED, Discoverer, Logs, add_call
from sim.incidents.profiles import DemandRule
from sim.kernels import inner_kernel, kernel
from sim.people.feelings import Feelings, felt_trust
from sim.randomness import exponential, gamma, normal, uniform4

AT_ONCE_MIN = 0.01  # a call comes after the offence, however soon
INDIFFERENT = 0.5  # trust at which the base probability to report holds; also of those who are no residents


@kernel
def harm_of(seed: int, kind: int, key_entity: int, key_time: int, demand: DemandRule) -> float:
    """Return the harm of one incident in days: lognormal around the severity of its type."""
    spread = demand.harm_spread
    return float(
        demand.harm_days[kind]
        * math.exp(spread * normal(seed, Draw.HARM, key_entity, key_time) - 0.5 * spread * spread)
    )


@kernel
def report(
    seed: int,
    n: int,
    key_entity: int,
    key_time: int,
    society: Any,
    ground: Ground,
    logs: Logs,
    demand: DemandRule,
    feelings: Feelings,
) -> None:
    """Decide who tells the police of crime n, and when.

    A unit, a volunteer in the cell or an operator may see it, seldom if it is behind walls, or a passer-by; these call
    at once and can say when it was. Otherwise the victim, who finds out at `latest_min` and knows no more than that it
    was after `earliest_min`, reports with `logit P = logit p₀ + κ·(trust − 0.5) + η·log(harm / severity of the type)`,
    after an exponential delay. Draws are keyed by the identity of the crime (`key_entity`, `key_time`), which no
    strategy changes.
    """
    crime = logs.incidents[n]
    kind, cell = crime.type, crime.cell
    u_seen, u_report, u_place, u_type = uniform4(seed, Draw.REPORT, key_entity, key_time)
    here = ground.cells[cell]
    in_sight = demand.in_sight[kind]
    on_view = in_sight * demand.on_view_probability * min(here.police_now, 1.0)
    volunteer = (1.0 - on_view) * (in_sight * demand.volunteer_sees_probability if here.watch_now > 0 else 0.0)
    operator = (1.0 - on_view - volunteer) * in_sight * here.operator
    witness = (1.0 - on_view - volunteer - operator) * demand.witness_probability[kind]
    delay = exponential(seed, Draw.REPORT_DELAY, key_entity, key_time) * demand.delay_min
    if u_seen < on_view:
        by, received = Discoverer.PATROL, crime.time_min + AT_ONCE_MIN
    elif u_seen < on_view + volunteer:
        by, received = Discoverer.VOLUNTEER, crime.time_min + delay / 4
    elif u_seen < on_view + volunteer + operator:
        by, received = Discoverer.CAMERA, crime.time_min + AT_ONCE_MIN
    elif u_seen < on_view + volunteer + operator + witness:
        by, received = Discoverer.WITNESS, crime.time_min + delay / 4
    else:
        trust = (
            felt_trust(society.residents, crime.victim_id, crime.time_min, feelings.rule)
            if crime.victim_id >= 0
            else INDIFFERENT
        )
        logit = demand.report_logit[kind] + demand.trust_slope * (trust - INDIFFERENT)
        if crime.harm > 0.0:
            logit += demand.harm_slope * math.log(crime.harm / demand.harm_days[kind])
        if u_report > 1.0 / (1.0 + math.exp(-logit)):
            return
        by, received = Discoverer.VICTIM, crime.latest_min + delay
    crime.discovered_by = by
    if by != Discoverer.VICTIM:
        crime.earliest_min = crime.time_min
        crime.latest_min = crime.time_min
    crime.recorded_cell = recorded_cell(seed, key_entity, key_time, cell, u_place, crime.time_min, ground, demand)
    if u_type < demand.wrong_type_probability:
        crime.recorded_type = demand.booked_as[kind]
    u_said, _, _, _ = uniform4(seed, Draw.CALLERS_WORDS, key_entity, key_time)
    said = kind if by == Discoverer.PATROL else as_told(kind, u_said, demand)
    priority, needed = urgency(
        said, received - (crime.earliest_min + crime.latest_min) / 2.0, by, demand.in_progress_min
    )
    caller = crime.victim_id if by == Discoverer.VICTIM else -1
    crime.call_id = make_call(
        seed, said, kind, priority, needed, cell, n, caller, key_entity, key_time, crime.time_min, received, ground,
        logs, demand
    )  # fmt: skip


@inner_kernel
def as_told(kind: int, u: float, demand: DemandRule) -> int:
    """Return the type of incident that a caller describes: sometimes not what the unit will find."""
    return int(demand.taken_for[kind]) if u < demand.wrong_at_call else int(kind)


@kernel
def make_call(
    seed: int, said: int, kind: int, priority: int, needed: int, cell: int, incident: int, caller: int, key_entity: int,
    key_time: int,
    occurred_min: float, received_min: float, ground: Ground, logs: Logs, demand: DemandRule,
) -> int:  # fmt: skip
    """Write a call about something of type `kind` that its caller describes as `said`, put it on the agenda.

    And return its row.

    The unit handles what it finds: times on scene and of paperwork are gamma distributed about the means of the true
    type.
    """
    shape = demand.service_shape
    scene = gamma(shape, seed, Draw.SCENE_TIME, key_entity, key_time) / shape * demand.on_scene_min[kind, priority - 1]
    paper = gamma(shape, seed, Draw.PAPERWORK_TIME, key_entity, key_time) / shape * demand.paperwork_min[kind]
    c = add_call(
        logs,
        said,
        kind,
        priority,
        needed,
        cell,
        ground.cells[cell].beat,
        incident,
        caller,
        key_entity,
        key_time,
        occurred_min,
        received_min,
        scene,
        paper,
    )
    put(logs.agenda, received_min, CALL_RECEIVED, c, 0)
    return c


@inner_kernel
def is_violent(said: int) -> bool:
    """Whether a caller speaks of violence."""
    return bool(IncidentType.ROBBERY <= said and said <= IncidentType.SCHOOL_VIOLENCE)


@inner_kernel
def urgency(said: int, age_min: float, by: int, in_progress_min: float) -> tuple[int, int]:
    """Return (priority, units needed) of a crime as described.

    Violence just now is priority 1 with two units, what goes on 2, the rest 3.

    `age_min` is how long ago it was as far as the caller can say.
    """
    violent = is_violent(said)
    if violent and age_min < in_progress_min:
        return 1, 2
    if by != Discoverer.VICTIM and age_min < in_progress_min:
        return 1 if said == IncidentType.BURGLARY else 2, 1
    if violent or said == IncidentType.BURGLARY:
        return 2, 1
    return 3, 1


@kernel
def recorded_cell(
    seed: int, key_entity: int, key_time: int, cell: int, u: float, now_min: float, ground: Ground, demand: DemandRule
) -> int:
    """Return where the books will place it.

    Wrong by up to two cells each way with probability 0.3 (1 − q), less where base data are fresh.
    """
    gain = faded(ground.cells[cell].data_gain, ground.cells[cell].data_min, now_min, demand.data_decay_min)
    if u >= demand.wrong_place_probability * (1.0 - gain):
        return cell
    u_row, u_col, _, _ = uniform4(seed, Draw.RECORDED_CELL, key_entity, key_time)
    row = min(max(cell // ground.n_cols + int(u_row * 5) - 2, 0), ground.n_rows - 1)
    col = min(max(cell % ground.n_cols + int(u_col * 5) - 2, 0), ground.n_cols - 1)
    moved = row * ground.n_cols + col
    return moved if ground.cells[moved].beat >= 0 else cell
