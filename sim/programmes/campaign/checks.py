"""Stops and checks (盘查): what officers at a stop do to people there, most of whom have done nothing.

A check is an identity card and some questions. A search of clothes and bags needs a reason: a sign, or a name in the
police's files.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground, faded
from sim.clock import MINUTES_PER_DAY, hour_of_week
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import INCIDENTS, VISITS, Logs
from sim.kernels import inner_kernel, kernel, row
from sim.people.custody import NO_CRIME, Arrest, custody_time, rows_of_offenders, take_into_custody
from sim.people.feelings import Feelings, tell_of_police, treatment
from sim.people.offenders import YOUNGEST, BeliefRule
from sim.people.residents import Society
from sim.people.whereabouts import person_at
from sim.police.cases.case_log import Cases
from sim.police.cases.caught import clear_crime, is_pending
from sim.police.cases.leads import suspects
from sim.programmes.base import Truth
from sim.randomness import uniform, uniform4

SECONDS = 60  # of a minute: a unit begins one stop in a second
MOST_LOOKS = 64


class CheckRule(NamedTuple):
    """What a check is like; times in minutes."""

    per_min: float  # checks a minute of a stop
    looks: int  # people looked over for a check
    trust_loss: float
    sign: float  # probability that who carries stolen goods behaves suspiciously
    false_sign: float  # that anybody else does
    carried: float  # probability that a thief has the goods on him
    goods_min: float  # how long he has them
    other_arrest: float  # probability that a search ends in an arrest for what is no crime of the model
    detention_min: float  # mean for these
    detention_most_min: float
    custody_min: Array  # [crimes] mean for crimes of the model
    custody_most_min: Array
    processing_min: float  # mean for crimes of the model
    other_processing_min: float  # mean for the others
    belief: BeliefRule
    desist_at_arrest: float


class Street(NamedTuple):
    """Whom and what checks can meet."""

    society: Society
    offenders: Array
    ground: Ground
    logs: Logs
    cases: Cases
    feelings: Feelings
    offender_of: Array  # int32 [residents], see `rows_of_offenders`
    suspects: Array  # bool [residents], see `named_suspects`


class Tally(NamedTuple):
    """What came of the checks of a day."""

    checks: int  # people, those who were searched among them
    searches: int
    arrests: int  # for crimes of the model, each of which is cleared
    other_arrests: int  # for drugs, weapons, warrants and other things that are no crimes of the model
    owed_min: float  # processing of the arrests for crimes of the model
    other_owed_min: float  # of the others


def stops_so_far(logs: Logs) -> int:
    """Return how many stops of patrol units have ended."""
    return int(logs.used[VISITS])


def check_since(seed: int, now_min: float, first: int, rule: CheckRule, truth: Truth, cases: Cases) -> Tally:
    """Let the patrol stops from number `first` on have checked people, see `check_people`."""
    t, n = truth, len(truth.society.residents)
    offender_of, wanted = rows_of_offenders(t.offenders, n), named_suspects(cases, t.logs, now_min, n)
    street = Street(t.society, t.offenders, t.ground, t.logs, cases, t.feelings, offender_of, wanted)
    return check_people(seed, now_min, first, rule, street)


def named_suspects(cases: Cases, logs: Logs, now_min: float, residents: int) -> Array:
    """Return whom victims of uncleared thefts, burglaries and robberies, or evidence, have named, bool [residents].

    Parameters
    ----------
    cases, logs : Cases, Logs
        The files that have arrived, and who it was whom they name.
    now_min : float
        Minutes since the start.
    residents : int
        How many there are.
    """
    found = np.zeros(residents, dtype=bool)
    who = suspects(cases, logs, now_min)
    kinds = logs.incidents["recorded_type"][cases.rows["incident_id"][: len(who)]]
    found[who[(kinds < IncidentType.BRAWL) & (who >= 0)]] = True
    return found


@kernel
def check_people(seed: int, now_min: float, first: int, rule: CheckRule, street: Street) -> Tally:
    """Let the patrol stops that ended since the last time have checked people.

    It is done once a day (assumption: it tells overnight). A stop of `dwell` minutes checks `dwell · per_min` people,
    rounded up or down by chance. For each of them officers look over `looks` residents who are there at that hour.
    They see who behaves suspiciously, which who carries stolen goods does with probability `sign` and anybody else
    with `false_sign`, and they know those whom the files name. The first of these they check and search; if there is
    none, they check the first of all and let him go. A check costs trust, more if
    it is unfair, and those who are tied to the checked hear of it. Of safety it neither gives nor takes any:
    the stop in sight of the residents of the cell reassures them already, see `sim.incidents.judgement`.

    Who stole within `goods_min` carries some of it with probability `carried`, and a search finds it. Then the latest
    such crime is cleared, its victim hears of it, and if nobody had reported it, it enters police records. Who joined
    in and is not there stays unknown, and so do other crimes of the same culprit (assumption: he owns up to what is
    found). Any other search ends in an arrest for something else with probability `other_arrest`, for up to
    `detention_most_min`, see `sim.people.custody.custody_time`. An offender who is let go learns that nothing
    happens: `h ← h + step · (1 − h)` for the habituation h, which dulls the sight of police from then on.

    Parameters
    ----------
    seed : int
        Of the replication.
    now_min : float
        Minutes since the start.
    first : int
        The first visit of the log that counts.
    rule : CheckRule
        The parameters.
    street : Street
        State; crimes, cases, and feelings of residents and offenders change.
    """
    checks, searches, arrests, other_arrests, owed_min, other_owed_min = 0, 0, 0, 0, 0.0, 0.0
    offenders = street.offenders
    for v in range(first, street.logs.used[VISITS]):
        visit = street.logs.visits[v]
        cell, unit, second = row(visit.cell), row(visit.unit_id), row(visit.start_min * SECONDS)
        n = int(visit.dwell_min * rule.per_min + uniform(seed, Draw.CHECKS_AT_STOP, unit, second))
        for k in range(n):
            at_min = visit.start_min + (k + 0.5) / rule.per_min
            who, reason, goods = _pick(seed, at_min, cell, unit, second, k * MOST_LOOKS, rule, street)
            if who < 0:
                continue
            checks += 1
            u_fair = uniform(seed, Draw.CHECK_TREATMENT + k, unit, second)
            lost = treatment(u_fair, 0.0, 0.0, 0.0, street.feelings.rule) - rule.trust_loss
            tell_of_police(who, now_min, lost, street.society, street.feelings, street.ground)
            i = row(street.offender_of[who])
            u_other, u_custody, u_processing, _ = uniform4(seed, Draw.CHECK_ARREST + k, unit, second)
            away_min, crime_min, pace = 0.0, NO_CRIME, -math.log(u_processing)
            if reason:
                searches += 1
            if reason and goods >= 0:
                arrests += 1
                owed_min += pace * rule.processing_min
                kind, crime_min = street.logs.incidents[goods].type, street.logs.incidents[goods].time_min
                away_min = custody_time(u_custody, rule.custody_min[kind], rule.custody_most_min[kind])
                clear_crime(
                    goods, now_min, street.logs, street.cases, street.society.residents, street.feelings, street.ground
                )
            elif reason and u_other < rule.other_arrest:
                other_arrests += 1
                other_owed_min += pace * rule.other_processing_min
                away_min = custody_time(u_custody, rule.detention_min, rule.detention_most_min)
            elif i >= 0:
                _get_used_to_it(offenders, i, now_min, rule.belief)
            if i >= 0 and away_min > 0.0:
                arrest = Arrest(cell, crime_min, now_min, now_min + away_min)
                desist, n_cols = rule.desist_at_arrest, street.ground.n_cols
                take_into_custody(seed, offenders, i, arrest, n_cols, rule.belief, desist)
    return Tally(checks, searches, arrests, other_arrests, owed_min, other_owed_min)


@inner_kernel
def _pick(
    seed: int, at_min: float, cell: int, unit: int, second: int, looked: int, rule: CheckRule, street: Street
) -> tuple[int, bool, int]:  # fmt: skip
    """Return whom officers check of those whom they look over, whether they search him, and the crime of his goods.

    It is the first who gives a reason, or else the first of all; −1 if nobody is there. Children and those in custody
    are not among them.
    """
    society, hour = street.society, hour_of_week(at_min, street.ground.start_weekday)
    picked = -1
    for c in range(rule.looks):
        u_kind, u_who, u_sign, u_carried = uniform4(seed, Draw.CHECK_LOOK + looked + c, unit, second)
        who = person_at(society.places, society.dwellings, cell, hour, u_kind, u_who)
        if who < 0 or society.residents[who].age < YOUNGEST:
            continue
        i = row(street.offender_of[who])
        if i >= 0 and at_min < street.offenders[i].custody_until_min:
            continue
        goods = _stolen(who, at_min, rule.goods_min, street.logs) if i >= 0 and u_carried < rule.carried else -1
        if street.suspects[who] or u_sign < (rule.sign if goods >= 0 else rule.false_sign):
            return who, True, goods
        if picked < 0:
            picked = who
    return picked, False, -1


@inner_kernel
def _stolen(who: int, at_min: float, goods_min: float, logs: Logs) -> int:
    """Return the latest uncleared crime of a resident of which there are goods, −1 if there is none.

    One whose call is under way is left to those who answer it.
    """
    for n in range(logs.used[INCIDENTS] - 1, -1, -1):
        crime = logs.incidents[n]
        age_min = at_min - crime.time_min
        if age_min > goods_min + MINUTES_PER_DAY:  # the log is in order of time but for some minutes
            break
        his = crime.culprit_id == who or crime.co_culprit_id == who
        goods = crime.type < IncidentType.BRAWL and 0.0 <= age_min and age_min <= goods_min
        if his and goods and not crime.cleared and not is_pending(n, logs):
            return n
    return -1


@inner_kernel
def _get_used_to_it(offenders: Array, i: int, now_min: float, belief: BeliefRule) -> None:
    """Let an offender who was checked and let go lose a part of the impression that visible police make."""
    one = offenders[i]
    before = faded(one.habituation, one.habituation_min, now_min, belief.habituation_min)
    one.habituation = before + belief.habituation * (1.0 - before)
    one.habituation_min = now_min
