"""How a case is opened, with the leads that the first unit could secure."""

from __future__ import annotations

import math

from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import CALLS, NEVER, CallState, Discoverer
from sim.kernels import inner_kernel, kernel, row
from sim.people.feelings import felt_trust
from sim.people.trusting import INDIFFERENT
from sim.police.cases.case_log import (
    COMING,
    OPEN,
    ROWS,
    SEEN,
    Bureau,
    Cases,
    CaseState,
    Situation,
    arrival_min,
    enlist,
)
from sim.police.cases.targets import turned_away
from sim.police.posts import Post
from sim.randomness import gamma, uniform4


@kernel
def open_cases(seed: int, now_min: float, bureau: Bureau, cases: Cases, city: Situation) -> None:
    """Open a case for every crime in police records by now that has none, unless its offender was caught on scene.

    Crimes come to the police by calls, those that are found on patrol or told to mediators among them. Where the
    clearance rate is a target, some victims are turned away instead, and their crimes are in no records.
    """
    for c in range(cases.used[SEEN], city.logs.used[CALLS]):
        if city.logs.calls[c].incident_id >= 0:
            enlist(cases, cases.coming, COMING, row(city.logs.calls[c].incident_id))
    cases.used[SEEN] = city.logs.used[CALLS]
    left = 0
    for k in range(cases.used[COMING]):
        n = row(cases.coming[k])
        crime = city.logs.incidents[n]
        recorded = crime.recorded_time_min
        if 0.0 <= recorded and recorded <= now_min and not crime.cleared:
            _open(seed, n, bureau, cases, city)
            if bureau.rule.targets.pressure > 0.0 and turned_away(seed, n, now_min, bureau, cases, city):
                cases.used[ROWS] -= 1
                cases.used[OPEN] -= 1
                cases.case_of[n] = 0
        elif not crime.cleared:
            cases.coming[left] = n
            left += 1
    cases.used[COMING] = left


@inner_kernel
def _open(seed: int, n: int, bureau: Bureau, cases: Cases, city: Situation) -> None:
    """Write the case of crime n.

    All draws are keyed by the identity of its call, so that a later arrival finds a subset of the leads.
    """
    rule, crime = bureau.rule, city.logs.incidents[n]
    call = city.logs.calls[crime.call_id]
    entity, time = row(call.key_entity), row(call.key_time)
    c = cases.used[ROWS]
    cases.used[ROWS] += 1
    enlist(cases, cases.open, OPEN, c)
    cases.case_of[n] = c + 1
    case = cases.rows[c]
    kind = row(crime.recorded_type)
    case.incident_id = n
    case.type = kind
    case.post = rule.post[kind]
    case.opened_min = crime.recorded_time_min
    case.begun_min = -1.0
    case.closed_min = -1.0
    case.state = CaseState.NEW
    case.needed_min = (
        gamma(rule.hours_shape, seed, Draw.CASE_WORK, entity, time) / rule.hours_shape * rule.work_min[kind]
    )
    case.linked_to = -1
    case.series_known_min = NEVER
    case.series = -1
    case.suspect_id = -1
    case.owner = -1
    beat = row(city.ground.cells[crime.cell].beat)
    channels = bureau.channels
    case.office = channels.office[beat]
    file_route = channels.to_anti_fraud if case.post == Post.ANTI_FRAUD else channels.to_detectives
    case.known_min = arrival_min(seed, case.opened_min, beat, file_route, Draw.FILE_TRAVELS, entity, time)
    case.reached_min = arrival_min(seed, case.opened_min, beat, channels.to_analysts, Draw.ANALYSTS_HEAR, entity, time)
    _find_leads(seed, c, bureau, cases, city)


@inner_kernel
def _find_leads(seed: int, c: int, bureau: Bureau, cases: Cases, city: Situation) -> None:
    """Find what the first unit can: witnesses, traces, a name, a picture.

    Each found one adds its weight to the log-odds of clearance.

    `P(witness) = p · exp(−(arrival − offence) / witness_stays_min)`, with p = 1 if one called, otherwise `logit p =
    logit p₀ + κ·(trust − 0.5)`; volunteers and patrols who saw it do not go away, nor does a neighbour who tells.
    `P(trace) = p · exp(−(arrival − call) / trace_lasts_min)`. Where no unit came, neither. What is there to be found
    depends on what happened and when, whatever police records say of it: witnesses forget and go from the true moment
    on, and a crime leaves what its true type leaves. The trail of money of a fraud is found more often if it leads to
    an account of a resident. What is made of it afterwards depends on the books.
    """
    rule, case = bureau.rule, cases.rows[c]
    crime = city.logs.incidents[case.incident_id]
    call = city.logs.calls[crime.call_id]
    u_witness, u_trace, u_named, u_camera = uniform4(seed, Draw.LEADS, row(call.key_entity), row(call.key_time))
    by, kind = crime.discovered_by, row(crime.type)
    witness = 1.0
    if by == Discoverer.VICTIM:
        trust = INDIFFERENT
        if call.caller_id >= 0:
            trust = felt_trust(city.residents, row(call.caller_id), crime.time_min, city.feelings.rule)
        witness = 1.0 / (1.0 + math.exp(-rule.witness_logit[kind] - rule.trust_slope * (trust - INDIFFERENT)))
    came = call.state == CallState.SERVED
    if by != Discoverer.VOLUNTEER and by != Discoverer.PATROL and by != Discoverer.TIP:
        witness *= math.exp(-(call.arrived_min - call.occurred_min) / rule.witness_stays_min) if came else 0.0
    trace = rule.trace[kind] * math.exp(-(call.arrived_min - call.received_min) / rule.trace_lasts_min) if came else 0.0
    case.witness = u_witness < witness
    case.trace = u_trace < trace
    lent_here = kind == IncidentType.FRAUD and crime.culprit_id >= 0
    case.named = u_named < (rule.account_trail if lent_here else rule.named[kind])
    case.camera = by == Discoverer.CAMERA or u_camera < city.ground.cells[crime.cell].camera
    worth = 0.0
    if case.witness:
        worth += rule.witness_weight
    if case.trace:
        worth += rule.trace_weight
    if case.named:
        worth += rule.named_weight
    if case.camera:
        worth += rule.camera_weight
    case.leads = worth
    case.leads_min = case.opened_min
