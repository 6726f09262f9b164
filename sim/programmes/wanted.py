"""Those whom case files name: who of them is at large, and what comes of it when one is brought in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incidents.log import Logs
from sim.kernels import kernel, row
from sim.people.custody import rows_of_offenders
from sim.people.feelings import Feelings, tell_of_police
from sim.people.residents import Society
from sim.police.cases.case_log import Bureau, Cases, CaseState, Situation
from sim.police.cases.investigation import solve
from sim.police.cases.leads import suspects
from sim.police.posts import Post
from sim.programmes.base import Today, Truth
from sim.randomness import uniform


class Circle(NamedTuple):
    """The people whom measures meet, and what is known of them."""

    society: Society
    offenders: Array
    ground: Ground
    logs: Logs
    feelings: Feelings
    cases: Cases
    bureau: Bureau
    offender_of: Array  # int32 [residents], see `rows_of_offenders`


class Proof(NamedTuple):
    """What comes of it when somebody is brought in."""

    holds: float  # probability that the case against the right one holds
    trust_loss: float  # of the wrong one


def circle_of(truth: Truth, cases: Cases, bureau: Bureau) -> Circle:
    """Return whom measures meet today."""
    t = truth
    offender_of = rows_of_offenders(t.offenders, len(t.society.residents))
    return Circle(t.society, t.offenders, t.ground, t.logs, t.feelings, cases, bureau, offender_of)


def at_large(people: Array, truth: Truth, now_min: float) -> Array:
    """Return those of some residents who are not in custody, in their order."""
    held = truth.offenders["resident_id"][truth.offenders["custody_until_min"] > now_min]
    free: Array = people[~np.isin(people, held)]
    return free


class Wanted:
    """The cases that name somebody who has not been brought in for them yet, to be asked day by day."""

    def __init__(self) -> None:
        self._done: Array = np.zeros(0, dtype=bool)  # by case: somebody was brought in for it

    def today(self, today: Today) -> tuple[Array, Array]:
        """Return the cases and whom each names, rows of cases and of residents, shape [cases] each."""
        named = suspects(today.cases, today.truth.logs, today.now_min)
        self._done = np.concatenate([self._done, np.zeros(len(named) - len(self._done), dtype=bool)])
        files = np.flatnonzero((named >= 0) & ~self._done)
        return files, named[files]

    def brought_in(self, case: int) -> None:
        """Note that somebody was brought in for a case."""
        self._done[case] = True


@kernel
def bring_in(seed: int, day: int, c: int, who: int, proof: Proof, circle: Circle) -> bool:
    """Confront somebody with the case that names him; return whether it is cleared by it.

    The case against the right one holds or does not, by the one lot that each case has: what it lacks it lacks whoever
    brings it forward. The wrong one is let go, and the name struck off.
    """
    now_min, case = day * float(MINUTES_PER_DAY), circle.cases.rows[c]
    crime = circle.logs.incidents[case.incident_id]
    call = circle.logs.calls[crime.call_id]
    if who != crime.culprit_id:
        tell_of_police(who, now_min, -proof.trust_loss, circle.society, circle.feelings, circle.ground)
        case.suspect_id = -1
        case.leads -= case.misled
        case.misled = 0.0
        return False
    if uniform(seed, Draw.CLEARANCE, row(call.key_entity), row(call.key_time)) >= proof.holds:
        return False
    city = Situation(circle.logs, circle.offenders, circle.society.residents, circle.ground, circle.feelings)
    solve(seed, c, now_min, row(Post.DETECTIVES), circle.bureau, circle.cases, city)
    return bool(case.state == CaseState.CLEARED)
