"""Who comes to a meeting, and talk along ties (安全文化), which exchanges awareness and adds nothing to it."""

from __future__ import annotations

import math

from sim.arrays import Array
from sim.draws import Draw
from sim.kernels import inner_kernel, kernel, row
from sim.people.feelings import Feelings, felt_awareness, felt_fraud_awareness, shift_feelings, teach_fraud
from sim.people.residents import Society
from sim.programmes.public import Public
from sim.randomness import uniform, uniform4


@kernel
def draw_listeners(seed: int, day: int, people: Array, came_day: Array, listeners: Array) -> None:
    """Draw who comes to the meetings of a day: anybody, each as likely as the other, and nobody twice.

    The n-th to come is the same however many do.

    Parameters
    ----------
    seed, day : int
        Of the replication; of the run.
    people : array of int [people]
        Residents who may come.
    came_day : array of int [people]
        Day on which each came last; is written.
    listeners : array of int
        Is written: who comes, at most as many as there are people.
    """
    n, k = 0, 0
    while n < len(listeners):
        one = int(uniform(seed, Draw.MEETING_LISTENER, k, day) * len(people))
        if came_day[one] != day:
            came_day[one] = day
            listeners[n] = people[one]
            n += 1
        k += 1


@kernel
def spread_awareness(
    seed: int,
    week: int,
    now_min: float,
    contacts: float,
    step: float,
    fraud_share: float,
    begins: Array,
    public: Public,
) -> int:
    """Let people talk about safety.

    In a Poisson number of contacts each of two moves towards the other by `step` of the difference (DeGroot 1974).

    Each contact is between two residents with a tie, each tie being as likely, and about one subject: fraud, or crime
    at places. The one grows as careless as the other grows careful, so that talk spreads what was learnt elsewhere and
    keeps the sum. Awareness relaxes as always (`sim.people.feelings`). The n-th contact of a week is the same whatever
    their number.

    Parameters
    ----------
    seed, week : int
        Of the replication; of the run.
    now_min : float
        When they talk, minutes since the start.
    contacts : float
        Expected number of contacts.
    step, fraud_share : float
        Share of the difference, at most one half; share of contacts that are about fraud.
    begins : array of bool [residents]
        Who begins to talk; the contacts of others do not happen.
    public : Public
        Residents and their ties; the rules of feelings and the totals of the city; the cells, whose alertness is kept.

    Returns
    -------
    int
        Contacts of people who were not alike.
    """
    society, feelings, ground = public.society, public.feelings, public.ground
    residents, ties = society.residents, society.ties
    sides = len(ties.other)  # each tie stands with both of its ends
    taught, k = 0, 0
    u_gap, u_one, u_other, u_topic = uniform4(seed, Draw.CULTURE_TALK, k, week)
    moment = -math.log(u_gap)
    while sides > 0 and moment < contacts:
        one = row(ties.other[int(u_one * sides)])  # as likely as there are ties, and then one of these
        first, after = row(ties.start[one]), row(ties.start[one + 1])
        other = row(ties.other[first + int(u_other * (after - first))])
        if not begins[one]:
            pass
        elif u_topic < fraud_share:
            taught += _talk_of_fraud(one, other, now_min, step, society, feelings)
        else:
            ahead = felt_awareness(residents, one, now_min, feelings.rule) - felt_awareness(
                residents, other, now_min, feelings.rule
            )
            if ahead != 0.0:
                shift_feelings(residents, one, now_min, 0.0, 0.0, -step * ahead, feelings, ground)
                shift_feelings(residents, other, now_min, 0.0, 0.0, step * ahead, feelings, ground)
                taught += 1
        k += 1
        u_gap, u_one, u_other, u_topic = uniform4(seed, Draw.CULTURE_TALK, k, week)
        moment -= math.log(u_gap)
    return taught


@inner_kernel
def _talk_of_fraud(one: int, other: int, now_min: float, step: float, society: Society, feelings: Feelings) -> int:
    """Let two people talk about fraud; return whether they were not alike."""
    residents = society.residents
    ahead = felt_fraud_awareness(residents, one, now_min, feelings.rule) - felt_fraud_awareness(
        residents, other, now_min, feelings.rule
    )
    if ahead == 0.0:
        return 0
    teach_fraud(residents, one, now_min, -step * ahead, feelings)
    teach_fraud(residents, other, now_min, step * ahead, feelings)
    return 1
