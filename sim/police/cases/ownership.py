"""Who works on a case: the post as a whole, or the officer who answers for it (主办侦查员责任制)."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.draws import Draw
from sim.kernels import inner_kernel, row
from sim.police.cases.case_log import Cases, CaseState, Hands, Situation, Squad
from sim.police.cases.parameters import InvestigationRule
from sim.randomness import uniform

NOBODY = -1


def of_post(skill: float, absent: float, officers: int) -> Hands:
    """Return one hand for all who are on duty at a post.

    Parameters
    ----------
    skill : float
        Their mean.
    absent : float
        Share of the post's officers who have no duty today.
    officers : int
        In the table of officers.
    """
    nobody, none = np.array([NOBODY]), np.zeros(1, dtype=np.int64)
    return Hands(nobody, np.array([skill]), np.zeros(1), none, np.full(officers, np.inf), absent)


def of_owners(on_duty: Array, officers: Array, post: int) -> Hands:
    """Return a hand for each officer on duty at a post, who owns cases.

    Parameters
    ----------
    on_duty : array of int [hands]
        Rows of the sworn officers who have duty at the post.
    officers : array
        Table of officers.
    post : int
        The post.
    """
    n = len(on_duty)
    serves = (officers["post"] == post) & (officers["left_day"] < 0) & ~officers["away"]
    since_min = np.where(serves, 1440.0 * officers["joined_day"], np.inf)
    skill = officers["skill"][on_duty].astype(float)
    return Hands(on_duty.astype(np.int64), skill, np.zeros(n), np.zeros(n, dtype=np.int64), since_min, 0.0)


@inner_kernel
def share_out(left_min: float, by_age: Array, squad: Squad, cases: Cases) -> None:
    """Give each hand an equal part of the minutes that are left, and count the cases that it has in hand."""
    hands = squad.hands
    hands.left_min[:] = left_min / max(len(hands.left_min), 1)
    hands.cases[:] = 0
    for k in range(len(by_age)):
        c = row(by_age[k])
        if cases.rows[c].state == CaseState.WORKED:
            h = _hand_of(c, squad, cases)
            if h >= 0:
                hands.cases[h] += 1


@inner_kernel
def whose(c: int, squad: Squad, rule: InvestigationRule, cases: Cases) -> int:
    """Return the hand that works on a case today, −1 for none.

    A case in hand stays with its owner as long as he is at the post, and waits for him; any other goes to the hand with
    the fewest cases of those that have minutes left and room for one more, of equals to the most skilled.
    """
    hands = squad.hands
    if cases.rows[c].state == CaseState.WORKED and _is_his(c, squad, cases):
        h = _hand_of(c, squad, cases)
        return h if h >= 0 and hands.left_min[h] > 0.0 else -1
    best = -1
    for h in range(len(hands.officer)):
        if hands.left_min[h] > 0.0 and hands.cases[h] + 1 <= rule.cases_per_detective * squad.heads:
            fewer = best < 0 or hands.cases[h] < hands.cases[best]
            if fewer or (hands.cases[h] == hands.cases[best] and hands.skill[h] > hands.skill[best]):
                best = h
    return best


@inner_kernel
def take(
    seed: int, c: int, h: int, now_min: float, squad: Squad, rule: InvestigationRule, cases: Cases, city: Situation
) -> None:
    """Put a case into a hand that works on it today; who takes it over from somebody else has to read in.

    Of a post's cases somebody else does with the share of its officers who are absent, on every day after the first.
    """
    case, hands = cases.rows[c], squad.hands
    before, case.owner = row(case.owner), hands.officer[h]
    if rule.reading_in_min == 0.0 or case.worked_min == 0.0:
        return
    handed_over = before != hands.officer[h]
    if before < 0 and hands.officer[h] < 0:
        call = city.logs.calls[city.logs.incidents[case.incident_id].call_id]
        day = int(now_min / 1440.0)
        u = uniform(seed, Draw.HANDED_OVER + day, row(call.key_entity), row(call.key_time))
        handed_over = u < hands.absent
    if handed_over:
        case.needed_min += rule.reading_in_min
        case.handed_over += 1


@inner_kernel
def _hand_of(c: int, squad: Squad, cases: Cases) -> int:
    """Return the hand of the owner of a case, −1 if he has no duty today."""
    for h in range(len(squad.hands.officer)):
        if squad.hands.officer[h] == cases.rows[c].owner:
            return h
    return -1


@inner_kernel
def _is_his(c: int, squad: Squad, cases: Cases) -> bool:
    """Whether those who had a case, the post or an officer, have it still."""
    case, hands = cases.rows[c], squad.hands
    if case.owner < 0:
        return len(hands.officer) == 1 and hands.officer[0] < 0
    return bool(hands.since_min[case.owner] <= case.begun_min)
