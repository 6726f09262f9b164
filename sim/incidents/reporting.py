"""From a crime to a call.

Who notices it, when, whether the police are told, what they are told, and what police records will say.
"""

from __future__ import annotations

import math

from sim.agenda import put
from sim.city.state import Ground, faded, people_in_view
from sim.clock import hour_of_week
from sim.draws import Draw
from sim.incident_types import IncidentType, Target
from sim.incidents.log import CALL_RECEIVED, CallState, Discoverer, Logs, add_call
from sim.incidents.profiles import DemandRule
from sim.incidents.service import time_on_scene
from sim.incidents.town import Town
from sim.kernels import inner_kernel, kernel, row
from sim.people.feelings import felt_trust
from sim.people.trusting import INDIFFERENT, at_odds, odds_by_trust
from sim.people.whereabouts import person_at
from sim.randomness import exponential, gamma, normal, uniform, uniform4

AT_ONCE_MIN = 0.01  # a call comes after the offence, however soon


@kernel
def harm_of(seed: int, kind: int, key_entity: int, key_time: int, demand: DemandRule) -> float:
    """Return the harm of one incident in days: lognormal around the severity of its type."""
    spread = demand.harm_spread
    return float(
        demand.harm_days[kind]
        * math.exp(spread * normal(seed, Draw.HARM, key_entity, key_time) - 0.5 * spread * spread)
    )


@kernel
def report(seed: int, n: int, key_entity: int, key_time: int, town: Town, demand: DemandRule) -> None:
    """Decide who tells the police of crime n, and when.

    A unit or a volunteer in view or an operator may see it, seldom if it is behind walls, or a member of a watch scheme
    who is at home, or somebody who is there, see `_comes_forward`; these call at once and can say when it was, as do
    those who hold who did it.
    Otherwise the victim, who finds out at `latest_min` and knows no more than that it was after `earliest_min`, reports
    with `logit P = logit p₀ + κ·(trust − 0.5) + η·log(harm / severity of the type)`, after an exponential delay. Draws
    are keyed by the identity of the crime (`key_entity`, `key_time`), which no strategy changes.
    """
    society, feelings, ground, logs = town
    crime = logs.incidents[n]
    kind, cell = row(crime.type), row(crime.cell)
    u_seen, u_report, u_place, u_type = uniform4(seed, Draw.REPORT, key_entity, key_time)
    here = ground.cells[cell]
    in_sight = demand.in_sight[kind]
    units, watch = people_in_view(cell, ground)
    on_view = in_sight * demand.on_view_probability * min(units, 1.0)
    volunteer = (1.0 - on_view) * in_sight * demand.volunteer_sees_probability * min(watch, 1.0)
    operator = (1.0 - on_view - volunteer) * in_sight * here.operator
    witness = (1.0 - on_view - volunteer - operator) * _comes_forward(seed, n, key_entity, key_time, town, demand)
    delay = exponential(seed, Draw.REPORT_DELAY, key_entity, key_time) * demand.delay_min
    chance = demand.held_probability[kind]
    held = chance > 0.0 and uniform(seed, Draw.HELD, key_entity, key_time) < chance
    if u_seen < on_view:
        by, received = Discoverer.PATROL, crime.time_min + AT_ONCE_MIN
    elif u_seen < on_view + volunteer:
        by, received = Discoverer.VOLUNTEER, crime.time_min + delay / 4
    elif u_seen < on_view + volunteer + operator:
        by, received = Discoverer.CAMERA, crime.time_min + AT_ONCE_MIN
    elif u_seen < on_view + volunteer + operator + witness or held:
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
    c = add_call(logs, said, cell, row(here.beat), key_entity, key_time, crime.time_min, received)
    call = logs.calls[c]
    call.true_type = kind
    call.priority, call.needed = urgency(
        said,
        received - (crime.earliest_min + crime.latest_min) / 2.0,
        by != Discoverer.VICTIM or (crime.target == Target.SLEEPING_HOME and crime.latest_min == crime.time_min),
        demand.in_progress_min,
    )
    call.incident_id = n
    call.held = held
    call.caller_id = crime.victim_id if by == Discoverer.VICTIM else -1
    expect_unit(seed, c, logs, demand)
    crime.call_id = c


@inner_kernel
def _comes_forward(seed: int, n: int, key_entity: int, key_time: int, town: Town, demand: DemandRule) -> float:
    """Return the probability that somebody who is there sees a crime and tells: `logit p₀ + κ·(trust − 0.5)`.

    The trust is that of the bystander, whom the routine of the hour brings there; where it brings nobody, 0.5. Members
    of a watch scheme notice it from their homes, as far as they are in: one at least with probability
    `1 − exp(−lookouts · share who are in)`.
    """
    crime, places = town.logs.incidents[n], town.society.places
    u_kind, u_who, _, _ = uniform4(seed, Draw.BYSTANDER, key_entity, key_time)
    hour = hour_of_week(crime.time_min, town.ground.start_weekday)
    who = person_at(places, town.society.dwellings, row(crime.cell), hour, u_kind, u_who)
    p = float(demand.witness_probability[crime.type])
    if who >= 0 and who != crime.victim_id and who != crime.culprit_id:
        trust = felt_trust(town.society.residents, who, crime.time_min, town.feelings.rule)
        p = at_odds(p, odds_by_trust(trust, demand.trust_slope))
    lookouts = town.ground.cells[crime.cell].lookouts * (1.0 - places.away[hour])
    return float(1.0 - (1.0 - p) * math.exp(-lookouts))


@inner_kernel
def as_told(kind: int, u: float, demand: DemandRule) -> int:
    """Return the type of incident that a caller describes: sometimes not what the unit will find."""
    return int(demand.taken_for[kind]) if u < demand.wrong_at_call else int(kind)


@kernel
def expect_unit(seed: int, c: int, logs: Logs, demand: DemandRule) -> None:
    """Put a call on the agenda of the dispatcher, once all is written that its caller says and what it is about."""
    _draw_handling(seed, c, logs, demand)
    put(logs.agenda, float(logs.calls[c].received_min), CALL_RECEIVED, c, 0)


@kernel
def take_down(seed: int, c: int, logs: Logs, demand: DemandRule) -> None:
    """Have a call taken down at the desk of a station: it is not urgent, and no unit is sent."""
    call = logs.calls[c]
    call.state = CallState.AT_DESK
    call.priority = 3
    call.needed = 0
    _draw_handling(seed, c, logs, demand)


@inner_kernel
def _draw_handling(seed: int, c: int, logs: Logs, demand: DemandRule) -> None:
    """Draw the times on scene and of paperwork of a call about the means of its true type.

    What is handled is what is found, whatever the caller said.
    """
    call = logs.calls[c]
    entity, time, kind, shape = row(call.key_entity), row(call.key_time), call.true_type, demand.service_shape
    scene = time_on_scene(demand.on_scene_cv[kind], shape, seed, Draw.SCENE_TIME, entity, time)
    call.on_scene_min = scene * demand.on_scene_min[kind, call.priority - 1]
    call.paperwork_min = gamma(shape, seed, Draw.PAPERWORK_TIME, entity, time) / shape * demand.paperwork_min[kind]


@inner_kernel
def is_violent(said: int) -> bool:
    """Whether a caller speaks of violence."""
    return bool(IncidentType.ROBBERY <= said and said <= IncidentType.SCHOOL_VIOLENCE)


@inner_kernel
def urgency(said: int, age_min: float, seen: bool, in_progress_min: float) -> tuple[int, int]:
    """Return (priority, units needed) of a crime as described.

    Violence just now is priority 1 with two units, what goes on 2, the rest 3.

    `age_min` is how long ago it was as far as the caller can say; `seen` that the caller saw it, or woke by it.
    """
    violent = is_violent(said)
    if violent and age_min < in_progress_min:
        return 1, 2
    if seen and age_min < in_progress_min:
        return 1 if said == IncidentType.BURGLARY else 2, 1
    if violent or said == IncidentType.BURGLARY:
        return 2, 1
    return 3, 1


@kernel
def recorded_cell(
    seed: int, key_entity: int, key_time: int, cell: int, u: float, now_min: float, ground: Ground, demand: DemandRule
) -> int:
    """Return where police records will place it.

    Wrong by up to `wrong_place_m` each way with probability 0.3 (1 − q), less where base data are fresh.
    """
    gain = faded(ground.cells[cell].data_gain, ground.cells[cell].data_min, now_min, demand.data_decay_min)
    if u >= demand.wrong_place_probability * (1.0 - gain):
        return cell
    u_row, u_col, u_north, u_east = uniform4(seed, Draw.RECORDED_CELL, key_entity, key_time)
    reach = demand.wrong_place_cells
    north = math.floor(cell // ground.n_cols + u_north + (2.0 * u_row - 1.0) * reach)
    east = math.floor(cell % ground.n_cols + u_east + (2.0 * u_col - 1.0) * reach)
    moved = int(min(max(north, 0), ground.n_rows - 1) * ground.n_cols + min(max(east, 0), ground.n_cols - 1))
    return moved if ground.cells[moved].beat >= 0 else cell
