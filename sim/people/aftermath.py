"""The aftermath of a crime: what its victim feels, and those who are tied to the victim."""

from __future__ import annotations

import math

from sim.city.state import Ground
from sim.kernels import kernel, row
from sim.people.feelings import Feelings, shift_feelings, teach_fraud
from sim.people.residents import Society

GRAVEST_DAYS = 365.0  # of harm: from here on an incident moves people fully


@kernel
def aftermath(
    victim: int, harm_days: float, now_min: float, society: Society, feelings: Feelings, ground: Ground
) -> None:
    """Let a crime be felt: the victim loses safety and trust and grows alert, ties feel a share of it.

    The step is proportional to `log(1 + harm) / log(1 + 365)`, at most 1: people fear by kind of crime, not by days of
    sentence.
    """
    rule, ties = feelings.rule, society.ties
    gravity = min(math.log1p(harm_days) / math.log1p(GRAVEST_DAYS), 1.0)
    trust, safety, awareness = (
        -gravity * rule.victim_trust_loss,
        -gravity * rule.victim_safety_loss,
        gravity * rule.victim_awareness_gain,
    )
    shift_feelings(society.residents, victim, now_min, trust, safety, awareness, feelings, ground)
    for t in range(ties.start[victim], ties.start[victim + 1]):
        share = rule.tie_shares[ties.kind[t]]
        shift_feelings(
            society.residents,
            row(ties.other[t]),
            now_min,
            share * trust,
            share * safety,
            share * awareness,
            feelings,
            ground,
        )


@kernel
def aftermath_of_fraud(victim: int, now_min: float, society: Society, feelings: Feelings, ground: Ground) -> None:
    """Let a fraud be felt: it teaches its victim, and ties a share of it, about fraud.

    It says nothing about the safety of places.
    """
    rule, ties = feelings.rule, society.ties
    shift_feelings(society.residents, victim, now_min, -rule.fraud_trust_loss, 0.0, 0.0, feelings, ground)
    teach_fraud(society.residents, victim, now_min, rule.fraud_awareness_gain, feelings)
    for t in range(ties.start[victim], ties.start[victim + 1]):
        teach_fraud(
            society.residents,
            row(ties.other[t]),
            now_min,
            rule.tie_shares[ties.kind[t]] * rule.fraud_awareness_gain,
            feelings,
        )
