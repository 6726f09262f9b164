"""Telecom fraud.

From contact over persuasion to payment, and from payment to report and freeze, with what an anti-fraud centre does
about it.

The offenders are out of reach, and nothing here reads where police, volunteers or offenders of the city are, how people
trust the police now, or how they fear crime at places: only their awareness of fraud, which nothing but fraud and its
prevention moves.
"""

from __future__ import annotations

import math

import numpy as np

from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.fraud.campaigns import NEXT, ROWS, RUNNING, Frauds, Stage
from sim.incidents.fraud.centre import Alert, Desk, Done, join, tomorrow
from sim.incidents.fraud.parameters import FraudRule
from sim.incidents.fraud.supply import NOBODY
from sim.incidents.log import FRAUD_KEYS, Discoverer, Logs, add_call, add_incident
from sim.incidents.profiles import DemandRule
from sim.incidents.reporting import take_down
from sim.incidents.town import Town
from sim.kernels import inlined, inner_kernel, kernel, row
from sim.people.aftermath import aftermath_of_fraud
from sim.people.feelings import FeelingRule, Feelings, felt_fraud_awareness, teach_fraud
from sim.people.residents import Society
from sim.randomness import gamma, normal, uniform4


@inlined
def defraud(seed: int, until_min: float, frauds: Frauds, town: Town, demand: DemandRule, rule: FraudRule) -> None:
    """Let contacts, alerts, ends of persuasions and insights after a payment happen, in exact order of time.

    Only those due before `until_min` are handled.
    """
    if frauds.due_min[0] < until_min:
        _go_on(seed, until_min, frauds, town, demand, rule)


@inner_kernel
def _go_on(seed: int, until_min: float, frauds: Frauds, town: Town, demand: DemandRule, rule: FraudRule) -> None:
    """Let happen what is due before `until_min`, one after the other."""
    society, feelings, logs = town.society, town.feelings, town.logs
    k = _first(frauds)
    while frauds.due_min[0] < until_min:
        now_min = frauds.due_min[0]
        if k < 0:
            f = row(frauds.used[NEXT])
            frauds.used[NEXT] += 1
            _contact(seed, now_min, f, society, frauds, feelings, rule)
        else:
            f = row(frauds.running[k])
            goes_on = False
            if frauds.rows[f].alert == Alert.HOTLINE:
                _freeze(seed, f, frauds, logs, rule, _ask_banks(now_min, f, frauds, logs))
            elif frauds.rows[f].alert_min < frauds.rows[f].next_min:
                _answer(seed, now_min, f, society, frauds, feelings)
                goes_on = True
            elif frauds.rows[f].stage == Stage.PAID:
                _see_through(seed, now_min, f, frauds, town, demand, rule)
                goes_on = frauds.rows[f].alert == Alert.HOTLINE
            elif frauds.rows[f].stops_as != Stage.OPEN:
                frauds.rows[f].stage = frauds.rows[f].stops_as
                frauds.rows[f].ended_min = now_min
            else:
                _pay(seed, now_min, f, society, frauds, logs, demand, rule)
                goes_on = True
            if not goes_on:
                frauds.used[RUNNING] -= 1
                frauds.running[k] = frauds.running[frauds.used[RUNNING]]
        k = _first(frauds)


@kernel
def warn(frauds: Frauds, f: int, at_min: float) -> bool:
    """Warn a person who is being persuaded at a moment not in the past; return whether that ends it, see `stop`."""
    return stop(frauds, f, at_min, Stage.WARNED)


@kernel
def stop(frauds: Frauds, f: int, at_min: float, stops_as: int) -> bool:
    """End an open persuasion at a moment not in the past, if that is before it ends by itself.

    Return whether it will.
    """
    one = frauds.rows[f]
    if one.stage != Stage.OPEN or at_min >= one.next_min:
        return False
    one.stops_as = stops_as
    one.next_min = at_min
    frauds.due_min[0] = min(frauds.due_min[0], at_min)
    return True


@kernel
def tip_off(frauds: Frauds, f: int, at_min: float) -> bool:
    """Tell the centre of an open persuasion at a moment not in the past.

    Return whether it will begin to do something because of that.
    """
    one = frauds.rows[f]
    if one.stage != Stage.OPEN or one.alert > Alert.RAISED or at_min >= min(one.alert_min, one.next_min):
        return False
    one.alert = Alert.TO_CALL
    one.alert_min = at_min
    frauds.centre.done[Done.ALERTS] += 1
    frauds.due_min[0] = min(frauds.due_min[0], at_min)
    return True


@inner_kernel
def _first(frauds: Frauds) -> int:
    """Return the place in `running` of the fraud that goes on first, −1 if a contact comes before; note when."""
    used, rows = frauds.used, frauds.rows
    when = rows[used[NEXT]].contact_min if used[NEXT] < used[ROWS] else np.inf
    first = -1
    for k in range(used[RUNNING]):
        one = rows[frauds.running[k]]
        if min(one.next_min, one.alert_min) < when:
            first, when = k, min(one.next_min, one.alert_min)
    frauds.due_min[0] = when
    return first


@inlined
def _contact(
    seed: int, now_min: float, f: int, society: Society, frauds: Frauds, feelings: Feelings, rule: FraudRule
) -> None:
    """Engage a person with probability `exp(−awareness_effect · awareness)`, and begin to persuade.

    The rest of the chance is in the contact. The payment is due after a gamma number of waking hours. Before it the
    person breaks off with a hazard of `(second_thoughts · own awareness + advice · mean awareness of ties) / mean time
    of the scheme`. A bank, an operator or the person's own question may alert the centre. Once the accounts are frozen
    nothing can be paid.
    """
    one = frauds.rows[f]
    if one.stage == Stage.NOT_MADE:
        return
    key, day = FRAUD_KEYS + f, int(now_min // 1440.0)
    u_engage, u_stop, _, _ = uniform4(seed, Draw.FRAUD_COURSE, key, day)
    aware = felt_fraud_awareness(society.residents, row(one.victim_id), now_min, feelings.rule)
    if u_engage >= math.exp(-rule.awareness_effect * aware):
        one.stage = Stage.REFUSED
        return
    one.stage = Stage.OPEN
    mean_min = rule.persuasion_min[one.scheme]
    talk = gamma(rule.persuasion_shape, seed, Draw.FRAUD_TALK, key, day) / rule.persuasion_shape * mean_min
    one.pay_min = awake_after(now_min, talk, rule.dawn_min, rule.dusk_min)
    one.next_min = one.pay_min
    hazard = rule.second_thoughts * aware + rule.advice * _awareness_around(
        society, row(one.victim_id), now_min, feelings.rule
    )
    if -math.log(u_stop) * mean_min < talk * hazard:
        one.stops_as = Stage.BROKEN_OFF
        one.next_min = awake_after(now_min, -math.log(u_stop) * mean_min / hazard, rule.dawn_min, rule.dusk_min)
    stop(frauds, f, frauds.campaigns[one.campaign_id].cut_min, Stage.CUT_OFF)
    centre = frauds.centre
    if centre.alert_share[one.channel] > 0.0:
        u_alert, u_delay, _, _ = uniform4(seed, Draw.CENTRE_ALERT, key, day)
        if u_alert < centre.alert_share[one.channel]:
            one.alert = Alert.RAISED
            one.alert_min = now_min - math.log(u_delay) * centre.rule[0].alert_delay_min
    frauds.running[frauds.used[RUNNING]] = f
    frauds.used[RUNNING] += 1


@inlined
def _awareness_around(society: Society, r: int, now_min: float, rule: FeelingRule) -> float:
    """Return the mean awareness of fraud of a resident's ties now, 0 without any."""
    ties = society.ties
    first, end = row(ties.start[r]), row(ties.start[r + 1])
    total = 0.0
    for t in range(first, end):
        total += felt_fraud_awareness(society.residents, row(ties.other[t]), now_min, rule)
    return total / max(end - first, 1)


@kernel
def awake_after(time_min: float, minutes: float, dawn_min: float, dusk_min: float) -> float:
    """Return the moment after this many waking minutes; the clock rests from dusk to the next dawn."""
    day = math.floor(time_min / 1440.0)
    spent = min(max(time_min - day * 1440.0, dawn_min), dusk_min) - dawn_min + minutes
    nights = math.floor(spent / (dusk_min - dawn_min))
    return (day + nights) * 1440.0 + dawn_min + spent - nights * (dusk_min - dawn_min)


@inlined
def _pay(
    seed: int, now_min: float, f: int, society: Society, frauds: Frauds, logs: Logs, demand: DemandRule, rule: FraudRule
) -> None:
    """Let the victim pay a lognormal loss: the crime, of which nobody knows yet, happens at home.

    Its harm follows its loss.
    """
    one = frauds.rows[f]
    key, day = FRAUD_KEYS + f, int(one.contact_min // 1440.0)
    one.stage = Stage.PAID
    one.alert = Alert.NONE
    one.alert_min = np.inf
    one.ended_min = now_min
    one.loss = rule.loss_median[one.scheme] * math.exp(
        rule.loss_spread[one.scheme] * normal(seed, Draw.FRAUD_LOSS, key, day)
    )
    one.next_min = now_min + rule.realise_min * math.exp(
        rule.realise_spread * normal(seed, Draw.FRAUD_REALISED, key, day)
    )
    victim = society.residents[one.victim_id]
    home = society.dwellings[victim.dwelling]
    harm = (
        demand.harm_days[IncidentType.FRAUD]
        * (one.loss / rule.typical_loss) ** rule.harm_loss_power
        / rule.mean_loss_power
    )
    x_m, y_m = np.float64(home.x_m), np.float64(home.y_m)
    one.incident_id = add_incident(logs, IncidentType.FRAUD, now_min, row(victim.home_cell), x_m, y_m, harm)
    crime = logs.incidents[one.incident_id]
    crime.victim_id = one.victim_id
    crime.loss = one.loss
    helper = frauds.campaigns[one.campaign_id].helper_id
    if helper != NOBODY:
        crime.culprit_id = frauds.supply.helpers[helper].resident_id


@inlined
def _see_through(
    seed: int, now_min: float, f: int, frauds: Frauds, town: Town, demand: DemandRule, rule: FraudRule
) -> None:
    """Let the victim see the fraud, learn from it with ties, and perhaps report it at the desk.

    A quick report may freeze the payment.

    The desk records it when it gets to it. Where there is a centre, the victim calls it on the way.

    `logit P(report) = logit p₀ + κ·(baseline trust − 0.5) + η·log(loss / typical loss)`. The trust of the day is left
    out: police at other work must not move fraud.
    """
    society, feelings, ground, logs = town
    one = frauds.rows[f]
    key, day = FRAUD_KEYS + f, int(one.contact_min // 1440.0)
    _, _, u_report, _ = uniform4(seed, Draw.FRAUD_COURSE, key, day)
    who = row(one.victim_id)
    aftermath_of_fraud(who, now_min, society, feelings, ground)
    victim = society.residents[who]
    logit = demand.report_logit[IncidentType.FRAUD] + demand.trust_slope * (victim.trust_base - 0.5)
    logit += rule.report_loss_slope * math.log(one.loss / rule.typical_loss)
    if u_report >= 1.0 / (1.0 + math.exp(-logit)):
        return
    received = now_min + rule.report_min * math.exp(
        rule.report_spread * normal(seed, Draw.FRAUD_REPORT_DELAY, key, day)
    )
    crime = logs.incidents[one.incident_id]
    cell = row(crime.cell)
    kind, beat = row(IncidentType.FRAUD), row(ground.cells[cell].beat)
    c = add_call(logs, kind, cell, beat, key, day, crime.time_min, received)
    logs.calls[c].incident_id = one.incident_id
    logs.calls[c].caller_id = who
    take_down(seed, c, logs, demand)
    crime.call_id = c
    crime.discovered_by = Discoverer.VICTIM
    crime.recorded_cell = cell
    if frauds.centre.rule[0].hotline_min > 0.0:
        one.alert = Alert.HOTLINE
        one.next_min = max(now_min, received - frauds.centre.rule[0].hotline_min)
    else:
        _freeze(seed, f, frauds, logs, rule, received)


@inlined
def _answer(seed: int, now_min: float, f: int, society: Society, frauds: Frauds, feelings: Feelings) -> None:
    """Let the centre go on with an alert.

    Call the resident, and send somebody if the call does not help, each when there are minutes for it.

    What finds no minutes today waits for tomorrow. A call or a visit teaches the resident whether it is heeded or not.
    Draws belong to the fraud alone, so that what is done about one shifts no other.
    """
    one, centre = frauds.rows[f], frauds.centre
    how = centre.rule[0]
    key, day = FRAUD_KEYS + f, int(one.contact_min // 1440.0)
    u_accepted, u_call, u_visit, _ = uniform4(seed, Draw.CENTRE_ANSWER, key, day)
    step = one.alert
    one.alert_min = np.inf
    if step == Alert.RAISED:
        centre.done[Done.ALERTS] += 1
        if u_accepted >= how.accepted:
            one.alert = Alert.NONE
            return
    desk = Desk.CALLS if step <= Alert.TO_CALL else Desk.VISITS
    if step == Alert.CALLED or step == Alert.VISITED:
        heeded = u_call < how.call_success if step == Alert.CALLED else u_visit < how.visit_success
        centre.done[Done.CALLS if step == Alert.CALLED else Done.VISITS] += 1
        who = row(one.victim_id)
        aware = felt_fraud_awareness(society.residents, who, now_min, feelings.rule)
        teach_fraud(society.residents, who, now_min, how.lesson * (1.0 - aware), feelings)
        if heeded:
            centre.done[Done.CALLS_HEEDED if step == Alert.CALLED else Done.VISITS_HEEDED] += 1
            warn(frauds, f, now_min)
        if heeded or step == Alert.VISITED:
            one.alert = Alert.CLOSED
            return
    work = how.call_min if desk == Desk.CALLS else how.visit_min
    ends = join(centre, desk, now_min, work, False) + work
    waits = ends == np.inf
    if desk == Desk.CALLS:
        one.alert = Alert.TO_CALL if waits else Alert.CALLED
    else:
        one.alert = Alert.TO_VISIT if waits else Alert.VISITED
    one.alert_min = tomorrow(now_min) if waits else ends


@inlined
def _ask_banks(now_min: float, f: int, frauds: Frauds, logs: Logs) -> float:
    """Return when banks are asked to freeze a payment.

    They are when the centre takes the victim's call, at the latest when the report comes in.
    """
    one, centre = frauds.rows[f], frauds.centre
    received = logs.calls[logs.incidents[one.incident_id].call_id].received_min
    one.alert = Alert.CLOSED
    begins = join(centre, Desk.CALLS, now_min, centre.rule[0].freeze_min, True)
    if begins < received:
        centre.done[Done.HOTLINE] += 1
    return float(min(begins, received))


@inlined
def _freeze(seed: int, f: int, frauds: Frauds, logs: Logs, rule: FraudRule, asked_min: float) -> None:
    """Bring the payment back with probability `freeze_at_once · 0.5^(time since payment / half-life)`."""
    one = frauds.rows[f]
    _, _, _, u_freeze = uniform4(seed, Draw.FRAUD_COURSE, FRAUD_KEYS + f, int(one.contact_min // 1440.0))
    if u_freeze < rule.freeze_at_once * 0.5 ** (
        (asked_min - logs.incidents[one.incident_id].time_min) / rule.freeze_half_life_min
    ):
        one.recovered = one.loss
        if one.alert == Alert.CLOSED:
            frauds.centre.done[Done.FREEZES] += 1
