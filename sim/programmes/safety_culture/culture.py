"""Talk along ties (安全文化): awareness of crime at places and of fraud is exchanged, which adds nothing to it."""

from __future__ import annotations

from sim.draws import Draw
from sim.kernels import inner_kernel, kernel, row
from sim.people.feelings import Feelings, felt_awareness, felt_fraud_awareness, shift_feelings, teach_fraud
from sim.people.residents import Society
from sim.programmes.public import Public
from sim.randomness import choose, exponential, uniform, uniform4


@kernel
def spread_awareness(
    seed: int,
    week: int,
    now_min: float,
    contacts: float,
    step: float,
    fraud_share: float,
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
    moment = exponential(seed, Draw.CULTURE_GAP, 0, week)
    while sides > 0 and moment < contacts:
        side = int(uniform(seed, Draw.CULTURE_TIE, k, week) * sides)
        one, other = choose(ties.start, 1, len(ties.start), side) - 1, row(ties.other[side])
        u_topic, _, _, _ = uniform4(seed, Draw.CULTURE_TOPIC, k, week)
        if u_topic < fraud_share:
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
        moment += exponential(seed, Draw.CULTURE_GAP, k, week)
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
