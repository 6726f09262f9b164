"""Detectives read new cases, work the solvable ones while their minutes last, and arrest whom they find."""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.kernels import allocating_kernel, inner_kernel, kernel, row
from sim.people.custody import Arrest, custody_time, take_into_custody
from sim.people.feelings import shift_feelings
from sim.police.cases.case_log import (
    OPEN,
    ROWS,
    Bureau,
    Cases,
    CaseState,
    Situation,
    Spent,
    Squad,
    log_odds,
    misleading,
    same_culprit,
)
from sim.police.cases.ownership import share_out, take, whose
from sim.police.cases.parameters import SKILLED, InvestigationRule
from sim.police.cases.targets import ease
from sim.randomness import uniform, uniform4

IN_HAND_FIRST = 1e6  # beyond any log-odds
JOINT_FIRST = 2.0 * IN_HAND_FIRST
BAND = 1.0  # cases whose log-odds seem to differ by less count as equally solvable


def investigate(seed: int, day: int, squad: Squad, bureau: Bureau, cases: Cases, city: Situation) -> float:
    """Let a post spend its minutes of a day on the cases that have reached it, all at the start of the day.

    First come arrests that are not processed yet, then new cases are read, oldest first, and the hopeless ones filed.
    Then cases are worked, by the post or by their owners (see `ownership`): those of a joint team first, those in hand
    before those that wait, the more solvable first (by steps of `BAND`), the oldest first among equals.

    Parameters
    ----------
    seed, day : int
        Seed of the replication, day of the run.
    squad : Squad
        The post, and what it has on the day.
    bureau : Bureau
        Rules.
    cases, city : Cases, Situation
        State; all of it but the ground changes when somebody is arrested or a case dropped.

    Returns
    -------
    float
        Officer-minutes used, at most those available.
    """
    now_min = day * float(MINUTES_PER_DAY)
    by_age, by_rank = queues(now_min, squad.post, cases, bureau.rule)
    if not len(by_age) and not cases.owed_min[squad.post]:
        return 0.0
    used: float = work(seed, now_min, squad, by_age, by_rank, bureau, cases, city)
    return used


@allocating_kernel
def queues(now_min: float, post: int, cases: Cases, rule: InvestigationRule) -> tuple[Array, Array]:
    """Return the open cases that a post knows of: oldest first, and in the order in which they are worked.

    False links look like true ones.
    """
    rows = cases.rows
    here = np.empty(cases.used[OPEN], dtype=np.int64)
    n, left = 0, 0
    for k in range(cases.used[OPEN]):
        c = row(cases.open[k])
        if rows[c].state < CaseState.CLEARED:
            cases.open[left] = c
            left += 1
            if rows[c].post == post and rows[c].known_min <= now_min:
                here[n] = c
                n += 1
    cases.used[OPEN] = left
    opened, order = np.empty(n), np.empty(n)
    for k in range(n):
        opened[k] = rows[here[k]].opened_min
    by_age = here[:n][np.argsort(opened, kind="mergesort")]
    for k in range(n):
        c = by_age[k]
        waits = 0.0 if rows[c].state == CaseState.WORKED else IN_HAND_FIRST
        if rows[c].joint:
            waits -= JOINT_FIRST
        seems = log_odds(cases, c, now_min, rows[c].links, rule)
        order[k] = waits - math.floor(ease(seems, rows[c].needed_min, rule.targets) / BAND)
    return by_age, by_age[np.argsort(order, kind="mergesort")]


@kernel
def work(
    seed: int,
    now_min: float,
    squad: Squad,
    by_age: Array,
    by_rank: Array,
    bureau: Bureau,
    cases: Cases,
    city: Situation,
) -> float:
    """Spend a day's minutes on cases in the orders given, see `investigate`; return the minutes used."""
    rule, rows, post = bureau.rule, cases.rows, squad.post
    left_min = squad.available_min - _process(squad.available_min, post, cases)
    for k in range(len(by_age)):
        c = by_age[k]
        if rows[c].state == CaseState.NEW and left_min >= rule.screening_min:
            left_min -= _screen(c, now_min, post, bureau, cases, city)
    hands = squad.hands
    share_out(left_min, by_age, squad, cases)
    for k in range(len(by_rank)):
        c = by_rank[k]
        case = rows[c]
        h = whose(c, squad, rule, cases) if _is_to_be_worked(c, cases) else -1
        if h < 0:
            continue
        if case.state == CaseState.WAITING:
            if log_odds(cases, c, now_min, case.links, rule) < rule.least_log_odds:  # its leads have faded meanwhile
                _file(c, now_min, bureau, cases, city)
                continue
            case.begun_min = now_min
        if case.state == CaseState.WAITING or case.owner != hands.officer[h]:
            hands.cases[h] += 1
        case.state = CaseState.WORKED
        take(seed, c, h, now_min, squad, rule, cases, city)
        skill = hands.skill[h]
        pace = rule.untrained_pace + (1.0 - rule.untrained_pace) * skill / SKILLED
        most_min = hands.left_min[h] / rule.investigators
        together = min(most_min, rule.case_day_min, (case.needed_min - case.done_min) / pace)
        spent = together * rule.investigators
        case.skill = (case.skill * case.worked_min + skill * spent) / max(case.worked_min + spent, 1e-9)
        case.worked_min += spent
        case.done_min += together * pace
        hands.left_min[h] -= spent
        cases.spent_min[post, Spent.CASE_WORK] += spent
        if case.done_min >= case.needed_min - 1e-3:
            hands.cases[h] -= 1
            _decide(seed, c, now_min, squad, bureau, cases, city)
    left_min = hands.left_min.sum()
    left_min -= _process(left_min, post, cases)
    return float(squad.available_min - left_min)


@inner_kernel
def _is_to_be_worked(c: int, cases: Cases) -> bool:
    """Whether a case has been found worth working, and is not closed."""
    return bool(cases.rows[c].state == CaseState.WAITING or cases.rows[c].state == CaseState.WORKED)


@inner_kernel
def _process(left_min: float, post: int, cases: Cases) -> float:
    """Spend what is left, as far as needed, on arrests that are not processed yet; return the minutes used."""
    used = min(left_min, cases.owed_min[post])
    cases.owed_min[post] -= used
    cases.spent_min[post, Spent.PROCESSING] += used
    return float(used)


@inner_kernel
def _screen(c: int, now_min: float, post: int, bureau: Bureau, cases: Cases, city: Situation) -> float:
    """Read a case and file it if it seems hopeless; return the minutes used."""
    case = cases.rows[c]
    case.state = CaseState.WAITING
    if log_odds(cases, c, now_min, case.links, bureau.rule) < bureau.rule.least_log_odds:
        _file(c, now_min, bureau, cases, city)
    cases.spent_min[post, Spent.SCREENING] += bureau.rule.screening_min
    return float(bureau.rule.screening_min)


@inner_kernel
def _file(c: int, now_min: float, bureau: Bureau, cases: Cases, city: Situation) -> None:
    """Close a case unsolved; its victim thinks the less of the police."""
    case = cases.rows[c]
    case.state = CaseState.FILED
    case.closed_min = now_min
    victim = row(city.logs.incidents[case.incident_id].victim_id)
    loss = bureau.rule.dropped_trust_loss
    if victim >= 0 and loss > 0.0:
        shift_feelings(city.residents, victim, now_min, -loss, 0.0, 0.0, city.feelings, city.ground)


@inner_kernel
def _decide(seed: int, c: int, now_min: float, squad: Squad, bureau: Bureau, cases: Cases, city: Situation) -> None:
    """Clear a case whose work is done with probability P · (1 − mistakes), or else file it.

    `logit P = log-odds of its true leads and links + skill_weight · (skill − 0.8)`: false links are worked like true
    ones, and lead nowhere, and so do leads that name somebody else.
    """
    case = cases.rows[c]
    crime = city.logs.incidents[case.incident_id]
    call = city.logs.calls[crime.call_id]
    entity, time = row(call.key_entity), row(call.key_time)
    odds = log_odds(cases, c, now_min, case.true_links, bureau.rule) + bureau.rule.skill_weight * (case.skill - SKILLED)
    odds -= misleading(cases, c, now_min, bureau.rule)
    if uniform(seed, Draw.CLEARANCE, entity, time) >= (1.0 - squad.mistakes) / (1.0 + math.exp(-odds)):
        _file(c, now_min, bureau, cases, city)
        return
    solve(seed, c, now_min, squad.post, bureau, cases, city)


@kernel
def solve(seed: int, c: int, now_min: float, post: int, bureau: Bureau, cases: Cases, city: Situation) -> None:
    """Clear a case by the arrest of who did it, whose processing the post will owe.

    A culprit who was found confesses to the other cases of the series that are his, and to no others (assumption: who
    did what is known then, and not before), as far as the detectives know of the series and of the cases.
    """
    case = cases.rows[c]
    call = city.logs.calls[city.logs.incidents[case.incident_id].call_id]
    entity, time = row(call.key_entity), row(call.key_time)
    _clear(c, now_min, post, cases, city)
    case.arrests = _arrest(seed, c, now_min, bureau, cases, city)
    u_processing = uniform(seed, Draw.CLEARANCE_PROCESSING, entity, time)
    owed_min = bureau.rule.consideration_min
    if case.arrests > 0:
        owed_min = -math.log(u_processing) * bureau.rule.arrest_processing_min * case.arrests
    cases.owed_min[post] += owed_min
    if case.series >= 0:
        for other in range(cases.used[ROWS]):
            linked = cases.rows[other]
            known = linked.series == case.series and linked.known_min <= now_min
            his = same_culprit(city.logs, row(linked.incident_id), row(case.incident_id))
            if known and linked.state != CaseState.CLEARED and his:
                _clear(other, now_min, post, cases, city)
                cases.owed_min[post] += bureau.rule.consideration_min


@inner_kernel
def _clear(c: int, now_min: float, post: int, cases: Cases, city: Situation) -> None:
    """Close a case as solved; its victim thinks the better of the police."""
    case = cases.rows[c]
    case.state = CaseState.CLEARED
    case.closed_min = now_min
    cases.successes[post] += 1.0
    crime = city.logs.incidents[case.incident_id]
    crime.cleared = True
    crime.arrest_time_min = now_min
    if crime.victim_id >= 0:
        gain, victim = city.feelings.rule.arrest_gain, row(crime.victim_id)
        shift_feelings(city.residents, victim, now_min, gain, 0.0, 0.0, city.feelings, city.ground)


@inner_kernel
def _arrest(seed: int, c: int, now_min: float, bureau: Bureau, cases: Cases, city: Situation) -> int:
    """Arrest who did it, perhaps also who joined in, and return how many people were arrested.

    An offender who is in custody already is not arrested again, and one who has desisted since (the row is somebody
    else's now) loses no time to offend. A fraudster is arrested elsewhere, a party to a dispute or a pupil here, and
    neither is an offender of the city.
    """
    crime, offenders = city.logs.incidents[cases.rows[c].incident_id], city.offenders
    call = city.logs.calls[crime.call_id]
    entity, time = row(call.key_entity), row(call.key_time)
    demand = bureau.demand
    custody = custody_time(
        uniform(seed, Draw.CLEARANCE_CUSTODY, entity, time),
        demand.custody_min[crime.type],
        demand.custody_most_min[crime.type],
    )
    u_partner, _, _, _ = uniform4(seed, Draw.CO_OFFENDER_FOUND, entity, time)
    arrests = 0
    for k in range(2):
        i, who = row(crime.offender_id), row(crime.culprit_id)
        if k == 1:
            i, who = row(crime.co_offender_id), row(crime.co_culprit_id)
            if i < 0 or u_partner >= bureau.rule.partner_found:
                break
        if i < 0 or offenders[i].resident_id != who:
            arrests += 1
        elif now_min >= offenders[i].custody_until_min:
            arrest = Arrest(row(crime.cell), crime.time_min, now_min, now_min + custody)
            desist = bureau.career.desist_at_arrest
            take_into_custody(seed, offenders, i, arrest, city.ground.n_cols, bureau.belief, desist)
            arrests += 1
    return arrests
