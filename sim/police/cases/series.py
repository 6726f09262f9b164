"""Analysts compare new cases, take some for a series of one offender, rightly or wrongly, and tell the detectives."""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import Logs
from sim.kernels import allocating_kernel, inner_kernel, kernel, row
from sim.people.offenders import cell_distance
from sim.police.cases.case_log import (
    NEWS,
    ROWS,
    Bureau,
    Cases,
    CaseState,
    Situation,
    Spent,
    Squad,
    arrival_min,
    enlist,
    reopen,
    same_culprit,
)
from sim.police.cases.parameters import SKILLED, InvestigationRule
from sim.randomness import uniform

FARTHEST = 3.0  # in units of the decay: cases farther apart are not compared
WORDS = 4294967296.0


def link_series(seed: int, day: int, squad: Squad, bureau: Bureau, cases: Cases, city: Situation) -> float:
    """Let analysts spend minutes of a day on comparing the cases that have reached them, oldest first.

    What they find is on its way to the detectives from then on, see `hear_of_series`. Cases that waited for more than
    three times `link_days` are left aside. Frauds come from outside and are not compared.

    Parameters
    ----------
    seed, day : int
        Seed of the replication, day of the run.
    squad : Squad
        The analysts, and what they have on the day.
    bureau : Bureau
        Rules.
    cases, city : Cases, Situation
        Cases gain links; of the city only the truth of the logs is read, by which a link is a true one.

    Returns
    -------
    float
        Officer-minutes used, at most those available.
    """
    now_min = day * float(MINUTES_PER_DAY)
    return compare(seed, now_min, squad, _waiting(now_min, FARTHEST * bureau.rule.link_min, cases), bureau, cases, city)


@allocating_kernel
def _waiting(now_min: float, patience_min: float, cases: Cases) -> Array:
    """Return the cases that wait to be compared, oldest first."""
    rows, c = cases.rows, cases.used[ROWS] - 1
    first_min = now_min - patience_min - MINUTES_PER_DAY  # rows are in order of days
    here, opened = np.empty(cases.used[ROWS], dtype=np.int64), np.empty(cases.used[ROWS])
    n = len(here)
    while c >= 0 and rows[c].opened_min >= first_min:
        comparable = rows[c].type != IncidentType.FRAUD and now_min - rows[c].opened_min <= patience_min
        if comparable and not rows[c].compared and rows[c].reached_min <= now_min:
            n -= 1
            here[n], opened[n] = c, rows[c].opened_min
        c -= 1
    return here[n:][np.argsort(opened[n:], kind="mergesort")]


@kernel
def compare(
    seed: int, now_min: float, squad: Squad, by_age: Array, bureau: Bureau, cases: Cases, city: Situation
) -> float:
    """Compare each case in turn with all that were compared before it, while minutes last; return the minutes used."""
    used = 0.0
    for k in range(len(by_age)):
        if used + bureau.rule.comparison_min > squad.available_min:
            break
        used += bureau.rule.comparison_min
        b = by_age[k]
        a = _best_match(seed, b, squad.skill, bureau, cases, city)
        cases.rows[b].compared = True
        if a >= 0:
            new = cases.rows[b]
            new.linked_to = a
            entity, time = _pair(_mark(seed, a, cases, city.logs), _mark(seed, b, cases, city.logs))
            new.series_known_min = arrival_min(
                seed, now_min, row(new.office), bureau.channels.from_analysts, Draw.SERIES_TRAVELS, entity, time
            )
            if new.series_known_min < np.inf:
                enlist(cases, cases.news, NEWS, b)
    cases.spent_min[squad.post, Spent.COMPARISON] += used
    return used


@inner_kernel
def _best_match(seed: int, b: int, skill: float, bureau: Bureau, cases: Cases, city: Situation) -> int:
    """Return the latest of the cases that seem to belong with case b, −1 if none.

    Two cases of a like type, seen by the same analysts, are linked with probability `p · skill / 0.8 · exp(−distance /
    reach) · exp(−time between / link_days)`, p being that of true or of false links; each pair has a draw of its own.
    """
    rule, rows, logs = bureau.rule, cases.rows, city.logs
    new, mark = rows[b], _mark(seed, b, cases, logs)
    found, latest = -1, -np.inf
    first_min = new.opened_min - FARTHEST * rule.link_min - MINUTES_PER_DAY  # rows are in order of days
    a = cases.used[ROWS] - 1
    while a >= 0 and rows[a].opened_min >= first_min:
        old = rows[a]
        if old.compared and a != b and old.office == new.office and rule.family[old.type] == rule.family[new.type]:
            apart = abs(new.opened_min - old.opened_min) / rule.link_min
            here, there = logs.incidents[new.incident_id], logs.incidents[old.incident_id]
            cells = cell_distance(there.recorded_cell, here.recorded_cell, city.ground.n_cols)
            far = cells * city.ground.cell_m / rule.link_reach_m
            if apart <= FARTHEST and far <= FARTHEST and old.opened_min > latest:
                true = same_culprit(logs, row(old.incident_id), row(new.incident_id))
                p = rule.link_probability if true else rule.false_link_probability
                chance = min(p * skill / SKILLED, 1.0) * math.exp(-far - apart)
                entity, time = _pair(_mark(seed, a, cases, logs), mark)
                if uniform(seed, Draw.CASE_LINK, entity, time) < chance:
                    found, latest = a, old.opened_min
        a -= 1
    return found


@inner_kernel
def _mark(seed: int, c: int, cases: Cases, logs: Logs) -> float:
    """Return the mark of a case, by the identity of its call."""
    call = logs.calls[logs.incidents[cases.rows[c].incident_id].call_id]
    return uniform(seed, Draw.CASE_MARK, row(call.key_entity), row(call.key_time))


@inner_kernel
def _pair(mark: float, other_mark: float) -> tuple[int, int]:
    """Return the key of the draws of a pair of cases from their marks, in either order."""
    return int(min(mark, other_mark) * WORDS), int(max(mark, other_mark) * WORDS)


@kernel
def hear_of_series(now_min: float, bureau: Bureau, cases: Cases, logs: Logs) -> None:
    """Let the detectives hear of the links of which the news has reached them by now.

    What got lost on its way they never hear.

    Parameters
    ----------
    now_min : float
        Minutes since the start of the run.
    bureau : Bureau
        Rules.
    cases, logs : Cases, Logs
        Cases gain links and series; of the logs only the truth is read, by which a link is a true one.
    """
    rows, left = cases.rows, 0
    for k in range(cases.used[NEWS]):
        b = row(cases.news[k])
        if rows[b].series_known_min <= now_min:
            rows[b].heard = True
            _believe(row(rows[b].linked_to), b, now_min, bureau.rule, cases, logs)
        else:
            cases.news[left] = b
            left += 1
    cases.used[NEWS] = left


@kernel
def link_by_name(b: int, now_min: float, rule: InvestigationRule, cases: Cases, logs: Logs) -> bool:
    """Put a case that has got a name in one series with the latest other one of its office that names the same person.

    Return whether there is one.
    """
    rows, a = cases.rows, cases.used[ROWS] - 1
    while a >= 0:
        same = rows[a].suspect_id == rows[b].suspect_id and rows[a].office == rows[b].office
        if same and a != b and (rows[a].series < 0 or rows[a].series != rows[b].series):
            _believe(row(a), b, now_min, rule, cases, logs)
            return True
        a -= 1
    return False


@inner_kernel
def _believe(a: int, b: int, now_min: float, rule: InvestigationRule, cases: Cases, logs: Logs) -> None:
    """Put the two cases of a link in one series.

    A true link is evidence for both, a false one costs hours of both while they are open. A case that
    was filed is reopened if the link makes it seem worth working, be it true or false.
    """
    rows = cases.rows
    _join(a, b, cases)
    true = same_culprit(logs, row(rows[a].incident_id), row(rows[b].incident_id))
    for c in (a, b):
        case = rows[c]
        case.links += 1
        reopen(cases, c, now_min, rule)
        if true:
            case.true_links += 1
        elif case.state < CaseState.CLEARED:
            case.needed_min += rule.false_link_min


@inner_kernel
def _join(a: int, b: int, cases: Cases) -> None:
    """Make one series of those of two cases."""
    rows = cases.rows
    series, old = row(rows[a].series), row(rows[b].series)
    if series < 0:
        series = old if old >= 0 else a
    if old >= 0 and old != series:
        for c in range(cases.used[ROWS]):
            if rows[c].series == old:
                rows[c].series = series
    rows[a].series = series
    rows[b].series = series
