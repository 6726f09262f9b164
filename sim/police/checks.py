"""Stops and checks (盘查): what officers at a stop do to the people there whom they check, most of whom have done nothing."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground, faded
from sim.clock import hour_of_week
from sim.incidents.log import VISITS, Logs
from sim.kernels import inner_kernel, kernel, row
from sim.people.feelings import Feelings, stir
from sim.people.offenders import MEMORIES, YOUNGEST, BeliefRule, take_into_custody
from sim.people.residents import Society, person_at
from sim.randomness import Stream, uniform, uniform4

SECONDS = 60  # of a minute: two stops at one cell that begin in the same second check the same people
MOST_LOOKS = 64
ARREST_DRAWS = 1 << 20  # first index of the draws of arrests, beyond the number of checks of any stop


class CheckRule(NamedTuple):
    """What a check is like; times in minutes."""

    per_min: float  # checks a minute of a stop
    looks: int  # people looked over for a check
    trust_loss: float
    found: float  # probability that evidence is found on an offender who has some
    evidence_min: float
    custody_min: float  # mean
    processing_min: float  # mean
    belief: BeliefRule
    desist_at_arrest: float


def rows_of_offenders(offenders: Array, found: Array) -> None:
    """Write down for each resident the row of the offender that it is at present, −1 for none; careers end and begin.

    Parameters
    ----------
    offenders : Array
        Table of `OFFENDER_COLUMNS`.
    found : array of int32 [residents]
        It is written.
    """
    found.fill(-1)
    found[offenders["resident_id"]] = np.arange(len(offenders))


@kernel
def check_people(
    seed: int, now_min: float, first: int, rule: CheckRule, offender_of: Array,
    society: Society, offenders: Array, ground: Ground, logs: Logs, feelings: Feelings,
) -> tuple[int, int, float]:  # fmt: skip
    """Let the patrol stops that ended since the last time have checked people, and return how many: done once a day (assumption: it tells overnight).

    A stop of `dwell` minutes checks `dwell · per_min` people, rounded up or down by chance. For each of them officers look over `looks` residents who
    are there at that hour, and pick an offender if there is one (assumption: who is up to something behaves so, or is known to them), otherwise
    anybody. A check costs trust. Of safety it neither gives nor takes any: the stop in sight of the residents of the cell reassures them
    already, see `sim.incidents.judgement`.

    An offender who has succeeded within `evidence_min` carries something or is looked for, and is found out with probability `found`. Every
    other offender learns that nothing happens: `h ← h + step · (1 − h)` for the habituation h, which dulls the sight of police from then on.

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
    offender_of : array of int32 [residents]
        See `rows_of_offenders`.
    society, offenders, ground, logs, feelings
        State; feelings of residents and offenders change.

    Returns
    -------
    tuple
        People checked, offenders arrested, and the minutes of processing that these arrests take.
    """
    checks, arrests, owed_min = 0, 0, 0.0
    for v in range(first, logs.used[VISITS]):
        visit = logs.visits[v]
        cell, second = row(visit.cell), row(visit.start_min * SECONDS)
        n = int(visit.dwell_min * rule.per_min + uniform(seed, Stream.CHECK, cell, second, 0))
        for k in range(n):
            at_min = visit.start_min + (k + 0.5) / rule.per_min
            who = _pick(seed, at_min, cell, second, 1 + k * MOST_LOOKS, rule.looks, offender_of, society, offenders, ground)
            if who < 0:
                continue
            checks += 1
            i = row(offender_of[who])
            u_found, u_custody, u_processing, _ = uniform4(seed, Stream.CHECK, cell, second, ARREST_DRAWS + k)
            stir(society.residents, who, now_min, -rule.trust_loss, 0.0, 0.0, feelings, ground)
            if i >= 0 and _last_success_min(offenders, i) >= visit.start_min - rule.evidence_min and u_found < rule.found:
                until_min = now_min - math.log(u_custody) * rule.custody_min
                take_into_custody(seed, offenders, i, cell, until_min, ground.n_cols, rule.belief, rule.desist_at_arrest)
                owed_min -= math.log(u_processing) * rule.processing_min
                arrests += 1
            elif i >= 0:
                _get_used_to_it(offenders, i, now_min, rule.belief)
    return checks, arrests, owed_min


@inner_kernel
def _pick(
    seed: int, at_min: float, cell: int, second: int, index: int, looks: int, offender_of: Array, society: Society, offenders: Array, ground: Ground
) -> int:  # fmt: skip
    """Return whom officers check of the people whom they look over: the first offender, or else the first of all; −1 if nobody is there.

    Children and those in custody are not among them.
    """
    hour = hour_of_week(at_min, ground.start_weekday)
    picked = -1
    for c in range(looks):
        u_kind, u_who, _, _ = uniform4(seed, Stream.CHECK, cell, second, index + c)
        who = person_at(society.places, society.dwellings, cell, hour, u_kind, u_who)
        if who < 0 or society.residents[who].age < YOUNGEST:
            continue
        i = row(offender_of[who])
        if i >= 0 and at_min < offenders[i].custody_until_min:
            continue
        if i >= 0:
            return who
        if picked < 0:
            picked = who
    return picked


@inner_kernel
def _last_success_min(offenders: Array, i: int) -> float:
    """Return when an offender last succeeded, −infinity if never."""
    latest = -np.inf
    for m in range(MEMORIES):
        latest = max(latest, offenders[i].success_min[m])
    return latest


@inner_kernel
def _get_used_to_it(offenders: Array, i: int, now_min: float, belief: BeliefRule) -> None:
    """Let an offender who was checked and let go lose a part of the impression that visible police make."""
    one = offenders[i]
    before = faded(one.habituation, one.habituation_min, now_min, belief.habituation_min)
    one.habituation = before + belief.habituation * (1.0 - before)
    one.habituation_min = now_min
