"""What is done to known persons: officers call on them, watch them, and fetch those whom an old case names."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incidents.log import INCIDENTS
from sim.kernels import kernel, row
from sim.people.beliefs import learn
from sim.people.custody import Arrest, custody_time, take_into_custody
from sim.people.feelings import tell_of_police, treatment
from sim.police.cases.caught import clear_crime, is_pending
from sim.police.posts import Post
from sim.programmes.wanted import Circle, Proof, bring_in
from sim.randomness import uniform, uniform4


class Call(NamedTuple):
    """What a call on somebody is like."""

    at_home: float  # probability
    trust_loss: float
    impression: float  # so much of a crime that ended in an arrest, in the eyes of an offender


class Search(NamedTuple):
    """How somebody is fetched."""

    at_home: float  # probability that he is found by those who go there
    by_cameras: float  # probability that a camera at a place where he is every day tells where he is
    proof: Proof


@kernel
def call_on(seed: int, day: int, people: Array, call: Call, circle: Circle) -> int:
    """Call on people in a register, and return how many were met.

    Whoever is met thinks the less of the police, and says so. An offender learns that they have an eye on him: to his
    belief it counts as `impression` of a crime that ended in an arrest, around his home.
    """
    met, now_min, offenders = 0, day * float(MINUTES_PER_DAY), circle.offenders
    for k in range(len(people)):
        who = row(people[k])
        u_met, u_fair, _, _ = uniform4(seed, Draw.CALLED_ON, who, day)
        if u_met >= call.at_home:
            continue
        met += 1
        change = treatment(u_fair, 0.0, 0.0, 0.0, circle.feelings.rule) - call.trust_loss
        tell_of_police(who, now_min, change, circle.society, circle.feelings, circle.ground)
        i = row(circle.offender_of[who])
        if i >= 0:
            home, n_cols = row(circle.society.residents[who].home_cell), circle.ground.n_cols
            learn(offenders, i, home, now_min, call.impression, call.impression, n_cols, circle.bureau.belief)
    return met


@kernel
def catch_in_the_act(seed: int, day: int, people: Array, sees: float, circle: Circle) -> int:
    """Let those who watched people yesterday have caught them at what they did; return how many crimes that were.

    It is reckoned with on the next morning. Each crime is seen with probability `sees`; one that was reported and is
    being dealt with is left to those who do. Detectives will owe the processing of the arrest.
    """
    caught, now_min, logs, bureau = 0, day * float(MINUTES_PER_DAY), circle.logs, circle.bureau
    for k in range(len(people)):
        who = row(people[k])
        i = row(circle.offender_of[who])
        for n in range(logs.used[INCIDENTS] - 1, -1, -1):
            crime = logs.incidents[n]
            if crime.time_min < now_min - 2.0 * MINUTES_PER_DAY:  # the log is in order of time but for some minutes
                break
            yesterday = now_min - MINUTES_PER_DAY <= crime.time_min and crime.time_min < now_min
            if i < 0 or crime.culprit_id != who or not yesterday:
                continue
            if crime.cleared or is_pending(n, logs) or circle.offenders[i].custody_until_min > now_min:
                continue
            u_seen, u_custody, u_processing, _ = uniform4(seed, Draw.UNDER_WATCH, who, row(crime.time_min))
            if u_seen >= sees:
                continue
            caught += 1
            clear_crime(n, now_min, logs, circle.cases, circle.society.residents, circle.feelings, circle.ground)
            demand = bureau.demand
            away_min = custody_time(u_custody, demand.custody_min[crime.type], demand.custody_most_min[crime.type])
            arrest = Arrest(row(crime.cell), crime.time_min, now_min, now_min + away_min)
            n_cols, desist = circle.ground.n_cols, bureau.career.desist_at_arrest
            take_into_custody(seed, circle.offenders, i, arrest, n_cols, bureau.belief, desist)
            circle.cases.owed_min[Post.DETECTIVES] -= np.log(u_processing) * bureau.rule.arrest_processing_min
    return caught


@kernel
def fetch(seed: int, day: int, c: int, who: int, search: Search, circle: Circle) -> tuple[bool, bool]:
    """Go and get whom a case names; return whether he was found, and whether the case is cleared by it.

    He is found at home with a probability, or by a camera at one of the places where he is every day, by how much of it
    cameras show; for the rest see `bring_in`.
    """
    one, cells = circle.society.residents[who], circle.ground.cells
    missed = 1.0 - search.at_home
    for cell in (one.home_cell, one.work_cell, one.leisure_cell):
        missed *= 1.0 - search.by_cameras * cells[cell].camera
    if uniform(seed, Draw.FETCHED, who, day) < missed:
        return False, False
    return True, bring_in(seed, day, c, who, search.proof, circle)
