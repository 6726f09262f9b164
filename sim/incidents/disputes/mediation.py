"""Mediation of disputes (人民调解) at three levels.

Found ones wait for a session, which takes mediator-hours and resolves, postpones or fails.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incidents.disputes.log import (
    AVAILABLE,
    FROM_POLICE,
    HELP_HOURS,
    OPEN,
    PAID,
    TOP,
    WORKED,
    Disputes,
    Finder,
    Level,
    Outcome,
    end_dispute,
)
from sim.kernels import inner_kernel, kernel, row
from sim.parameters import Parameters, parameter, rule_of
from sim.randomness import gamma, uniform4

_SUCCESS = "assumption: 0.5–0.9; published rates (China 2017) are unreliable"


class MediationParameters(Parameters):
    """People's mediators of the villages and their work. Their hours are not officers' hours."""

    mediator_hours_per_1000_week: float = parameter(
        0.5, unit="h per 1,000 residents per week", ge=0, le=10_000,
        source=(
            "China 2017: 2.57 mediators per 1,000 residents with 2.4 disputes each per year, "
            "at 3 hours per session and 1.4 sessions per dispute (assumption)"
        ),
        doc="Mediator-hours available, the same every day; unused hours do not carry over. 0 is no mediation.",
    )  # fmt: skip
    yuan_per_hour: float = parameter(
        25.0, unit="yuan/h", ge=0, le=10_000, source="assumption: allowances by the case, some 100 yuan for each",
        doc="Cost of an hour of these mediators to the village or town; not paid by the police.",
    )  # fmt: skip
    session_hours: float = parameter(
        3.0, unit="h", ge=0.01, le=100, source="assumption: 2–6 hours", doc="Mean mediator-hours of a session."
    )
    session_shape: float = parameter(
        4.0, unit="1", gt=0.05, le=1000, source="assumption", doc="Shape of the gamma distribution of these hours."
    )
    notice_days: int = parameter(
        3,
        unit="days",
        ge=0,
        le=365,
        source="assumption",
        doc="Days from finding a dispute, or from a session, to the next session.",
    )
    success_fresh: float = parameter(
        0.9, unit="probability", ge=0, le=1, source=_SUCCESS, doc="A session resolves a fresh, mild dispute."
    )
    success_stale: float = parameter(
        0.5, unit="probability", ge=0, le=1, source=_SUCCESS, doc="A session resolves an old, tense dispute."
    )
    stale_days: float = parameter(
        90.0,
        unit="days",
        ge=0.01,
        le=36_500,
        source="assumption",
        doc="Age at which a dispute has gone far from fresh to stale.",
    )
    stale_tension: float = parameter(
        4.0, unit="1", ge=0.001, le=1000, source="assumption", doc="Tension that has the same effect."
    )
    postponed: float = parameter(
        0.5,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="A session that does not resolve is followed by another; otherwise the mediation fails.",
    )
    failed_by: float = parameter(
        0.3,
        unit="1",
        ge=0,
        le=100,
        source="assumption: a failed mediation hardens both",
        doc="Tension that a failure adds; the dispute can be found again.",
    )


class MediationRule(NamedTuple):
    """The parameters of one level for the kernels."""

    hours_per_day: float
    session_hours: float
    session_shape: float
    notice_days: int
    success_fresh: float
    success_stale: float
    stale_days: float
    stale_tension: float
    postponed: float
    failed_by: float


def mediation_rule(parameters: MediationParameters, residents: int) -> MediationRule:
    """Return the parameters as kernels take them, for a city of this many residents."""
    return rule_of(
        MediationRule, parameters, hours_per_day=parameters.mediator_hours_per_1000_week * residents / 1000 / 7
    )


@kernel
def hand_over(disputes: Disputes, d: int, finder: int, day: int, rule: MediationRule) -> None:
    """Hand a dispute to the mediators at the start of a day; who found it first is kept.

    It begins near home, or where the levels agreed that those begin which the police found, and never below the level
    that failed it before.
    """
    one = disputes.rows[d]
    if one.in_mediation:
        return
    one.in_mediation = True
    one.ready_day = day + rule.notice_days
    one.impression = one.tension * one.shown
    if finder == Finder.POLICE or finder == Finder.ASSAULT:
        one.level = max(one.level, int(disputes.joined[FROM_POLICE]))
    if one.found_by == Finder.NOBODY:
        one.found_by = finder
        one.found_min = day * float(MINUTES_PER_DAY)


@kernel
def mediate(seed: int, day: int, disputes: Disputes, rule: MediationRule, level: int) -> float:
    """Spend the mediator-hours of a level on a day, and return those that were worked.

    Sessions begun go on, then what seems worst comes first.

    Mediators do not see the tension, from which assaults follow. They know how tense a dispute looked when they last
    met its parties, which some show more of than others, and the calls to the police about it since it was found
    (`seems`). A session that the day's hours do not finish goes on on the next day. Volunteers help in the villages;
    paid and unpaid hours are used in proportion.
    """
    available = rule.hours_per_day
    if level == Level.VILLAGE:
        available += disputes.joined[HELP_HOURS]
    left = available
    paid = rule.hours_per_day / available if available > 0.0 else 0.0
    disputes.hours[level, AVAILABLE] += left
    while left > 0.0:
        d = _next(disputes, day, level)
        if d < 0:
            break
        one = disputes.rows[d]
        if one.hours_left <= 0.0:
            one.sessions += 1
            one.hours_left = (
                gamma(rule.session_shape, seed, Draw.SESSION_HOURS, d, one.sessions)
                / rule.session_shape
                * rule.session_hours
            )
        worked = min(left, one.hours_left)
        left -= worked
        one.hours_left -= worked
        disputes.hours[level, WORKED] += worked
        disputes.hours[level, PAID] += paid * worked
        if one.hours_left <= 0.0:
            _conclude(seed, day, d, disputes, rule)
    return available - left


@inner_kernel
def _next(disputes: Disputes, day: int, level: int) -> int:
    """Return the dispute that the mediators of a level turn to.

    One in session, else the one that seems worst of those ready, the older of equals, else −1.
    """
    best, worst = -1, -1.0
    for k in range(disputes.used[OPEN]):
        d = row(disputes.open[k])
        one = disputes.rows[d]
        if one.in_mediation and one.level == level and one.ready_day <= day and one.outcome == Outcome.OPEN:
            if one.hours_left > 0.0:
                return d
            if seems(disputes, d) > worst:
                best, worst = d, seems(disputes, d)
    return best


@inner_kernel
def seems(disputes: Disputes, d: int) -> float:
    """Return how bad a dispute seems to mediators.

    The impression of its parties, and 1 for each call to the police and each recorded assault.
    """
    one = disputes.rows[d]
    return float(one.impression + one.calls + one.heard)


@inner_kernel
def _conclude(seed: int, day: int, d: int, disputes: Disputes, rule: MediationRule) -> None:
    """End a session: `P(resolved) = stale + (fresh − stale) · exp(−age / stale_days − tension / stale_tension)`.

    Else postpone or fail.

    What failed is handed up to the next level if there is one in reach, and otherwise leaves mediation.
    """
    one = disputes.rows[d]
    one.impression = one.tension * one.shown
    u_resolved, u_postponed, _, _ = uniform4(seed, Draw.SESSION_RESULT, d, one.sessions)
    age_days = day - one.began_min / MINUTES_PER_DAY
    freshness = math.exp(-age_days / rule.stale_days - one.tension / rule.stale_tension)
    if u_resolved < rule.success_stale + (rule.success_fresh - rule.success_stale) * freshness:
        end_dispute(disputes, d, Outcome.MEDIATED, day)
    elif u_postponed < rule.postponed:
        one.ready_day = day + max(rule.notice_days, 1)
    else:
        one.tension += rule.failed_by
        if one.level < disputes.joined[TOP]:
            one.level += 1
            one.handed_up += 1
            one.ready_day = day + max(rule.notice_days, 1)
        else:
            one.in_mediation = False
