"""What incidents do to people: trust in the police, perceived safety, awareness of crime at places and of fraud.

Each feeling relaxes to the baseline of its person and is moved by what happens to that person, to ties and to
neighbours. Nothing is done per resident per tick: a value is brought up to date when somebody needs it, and the means
of the city are kept as running totals.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import Field

from sim.arrays import Array
from sim.city.state import Ground, faded
from sim.kernels import inner_kernel, kernel, row
from sim.parameters import Parameters, decay_min, parameter, rule_of
from sim.people.residents import Society

YEAR_MIN = 365 * 1440.0
Share = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(gt=0, le=10_000)]


BASELINES = ("trust_base", "safety_base", "awareness_base", "fraud_awareness_base")  # columns, in the order of Feeling


class Feeling(IntEnum):
    """The feelings, in the order of their totals."""

    TRUST = 0
    SAFETY = 1
    AWARENESS = 2
    FRAUD_AWARENESS = 3


def _step(default: float, doc: str) -> Any:
    return parameter(
        default,
        unit="points on a 0–1 scale",
        ge=0,
        le=1,
        source="assumption: small beside the spread of people",
        doc=doc,
    )


def _half_life(default: float, what: str) -> Any:
    doc = f"Half-life of a change of {what}; it relaxes to the person's baseline."
    return parameter(default, unit="days", ge=0.01, le=36_500, source="assumption", doc=doc)


class FeelingParameters(Parameters):
    """How far events move people, and for how long."""

    trust_half_life_days: float = _half_life(180.0, "trust in the police")
    safety_half_life_days: float = _half_life(60.0, "perceived safety")
    awareness_half_life_days: float = _half_life(120.0, "awareness, of place crime and of fraud")
    victim_safety_loss: float = _step(
        0.25, "Perceived safety that a victim of the gravest crime loses; lighter ones by the log of their harm."
    )
    victim_trust_loss: float = _step(0.04, "Trust that such a victim loses.")
    victim_awareness_gain: float = _step(0.3, "Awareness that such a victim gains.")
    fraud_trust_loss: float = _step(0.02, "Trust that a victim of fraud loses.")
    fraud_awareness_gain: float = _step(0.5, "Awareness of fraud that its victim gains.")
    tie_shares: tuple[Share, Share, Share, Share, Share] = parameter(
        (0.5, 0.25, 0.15, 0.05, 0.15), unit="share of the victim's change",
        source=(
            "assumption: people talk; vicarious victimisation is weaker "
            "than direct victimisation (Skogan & Maxfield 1981)"
        ),
        doc="What household, kin, neighbours, colleagues and friends of the victim feel of it.",
    )  # fmt: skip
    quick_response_gain: float = _step(0.02, "Trust that a quick response wins with the caller.")
    slow_response_loss: float = _step(0.03, "Trust that a slow response loses.")
    no_response_loss: float = _step(0.06, "Trust that a call loses to which nobody came.")
    arrest_gain: float = _step(0.05, "Trust of the victim when somebody is arrested for the crime.")
    unheard_loss: float = _step(0.02, "Trust that a victim loses who never hears what became of the case.")
    unheard_days: float = parameter(
        60.0, unit="days", ge=1, le=3650, source="assumption: by then nobody waits for news any more",
        doc="Days from a crime that was reported until its victim, who has heard nothing, gives up.",
    )  # fmt: skip
    fair_gain: float = _step(0.005, "Trust that a contact wins in which people are treated with respect and heard.")
    unfair_loss: float = parameter(
        0.03, unit="points on a 0–1 scale", ge=0, le=1,
        source="assumption: a bad contact weighs several times as much as a good one (Skogan 2006, recalled)",
        doc="Trust that a contact loses in which they are not.",
    )  # fmt: skip
    unfair_share: float = parameter(
        0.15, unit="probability", ge=0, le=1, source="assumption: about one contact in seven",
        doc=("A contact with rested officers is unfair; with tired ones also as often as their work goes wrong. It "
            "balances gain and loss."),
    )  # fmt: skip
    unfair_when_busy: float = parameter(
        0.0, unit="probability", ge=0, le=1,
        source=("assumption: 0 is that haste makes nobody unfriendly; in the trial of Weisburd et al. 2022 officers "
            "without special training were disrespectful in one observed contact in four or fewer"),
        doc=("A contact is unfair because the crew came from call after call, if all of its duty so far went into "
            "calls; in proportion below."),
    )  # fmt: skip
    encounters_told: float = parameter(
        0.5, unit="share of the tie shares", ge=0, le=1,
        source="assumption: a contact with the police is told less often than a crime suffered; 0: nobody hears of it",
        doc="What ties hear of how the police treated somebody, relative to what they feel of a crime.",
    )  # fmt: skip
    quick_min: tuple[Minutes, Minutes, Minutes] = parameter(
        (8.0, 15.0, 30.0), unit="min", source="assumption: what callers expect, by priority",
        doc="Response times up to this are quick, by priority.",
    )  # fmt: skip
    slow_min: tuple[Minutes, Minutes, Minutes] = parameter(
        (15.0, 40.0, 90.0), unit="min", source="assumption: what callers expect, by priority",
        doc="Response times from this on are slow, by priority.",
    )  # fmt: skip
    patrol_reassurance: float = parameter(
        0.002, unit="points on a 0–1 scale", ge=0, le=1,
        source="assumption: reassurance by visible patrol is small (Dalgaard et al. 2022)",
        doc=("Perceived safety that residents gain from a patrol stop of ten minutes or more in full view of their "
            "home; from shorter ones in proportion."),
    )  # fmt: skip
    disorder_safety_loss: float = parameter(
        0.002, unit="points on a 0–1 scale", ge=0, le=1,
        source=("assumption: as much as a patrol stop reassures; that disorder nobody deals with breeds fear is said "
            "by Skogan 1990 (not read)"),
        doc=("Perceived safety that residents lose by disorder in full view of their home that nobody reports and no "
            "patrol settles."),
    )  # fmt: skip
    harden_probability: float = parameter(
        0.4, unit="probability", ge=0, le=1,
        source="assumption: one household in three improves its locks after a burglary",
        doc="A burgled household hardens its home, at full awareness; in proportion below.",
    )  # fmt: skip
    harden_effect: float = parameter(
        0.5, unit="points on a 0–1 scale", ge=0, le=1,
        source="assumption, below the 50–70 % of combined devices (Tseloni et al. 2017)",
        doc="Appeal that a home loses when it is hardened.",
    )  # fmt: skip
    harden_half_life_years: float = parameter(
        7.0, unit="years", ge=0.01, le=100,
        source="assumption: locks wear, alarms fall silent, a household in ten moves a year; 100: all but for good",
        doc="Half-life of what hardening takes from the appeal of a home.",
    )  # fmt: skip


class HardeningRule(NamedTuple):
    """What hardening does to a home, and for how long."""

    effect: float  # share of its appeal that it takes away at first
    decay_min: float


NO_HARDENING = HardeningRule(0.0, 1.0)


class FeelingRule(NamedTuple):
    """The parameters for the kernels; times in minutes."""

    decay_min: Array  # [feelings]
    victim_safety_loss: float
    victim_trust_loss: float
    victim_awareness_gain: float
    fraud_trust_loss: float
    fraud_awareness_gain: float
    tie_shares: Array  # [tie kinds]
    quick_response_gain: float
    slow_response_loss: float
    no_response_loss: float
    arrest_gain: float
    unheard_loss: float
    unheard_days: float
    fair_gain: float
    unfair_loss: float
    unfair_share: float
    unfair_when_busy: float
    encounters_told: float
    quick_min: Array  # [priorities]
    slow_min: Array  # [priorities]
    patrol_reassurance: float
    disorder_safety_loss: float
    harden_probability: float
    hardening: HardeningRule


class Feelings(NamedTuple):
    """The rule, and the running totals of the city's deviations from its baseline."""

    rule: FeelingRule
    total: Array  # [feelings] sum over residents of value − baseline, at since_min
    since_min: Array  # [feelings]


def feeling_rule(parameters: FeelingParameters) -> FeelingRule:
    """Return the parameters as kernels take them."""
    p = parameters
    half_lives = (
        p.trust_half_life_days,
        p.safety_half_life_days,
        p.awareness_half_life_days,
        p.awareness_half_life_days,
    )
    return rule_of(
        FeelingRule,
        p,
        decay_min=np.array([decay_min(days * 1440) for days in half_lives]),
        hardening=HardeningRule(p.harden_effect, decay_min(p.harden_half_life_years * YEAR_MIN)),
    )


def new_feelings(parameters: FeelingParameters) -> Feelings:
    """Return the feelings of a city in which nothing has happened yet."""
    return Feelings(feeling_rule(parameters), np.zeros(len(Feeling)), np.zeros(len(Feeling)))


@inner_kernel
def _relaxed(value: float, base: float, since_min: float, now_min: float, decay_min: float) -> float:
    """Return a value that relaxes exponentially to its baseline, brought up to date."""
    if value == base:
        return base
    return base + (value - base) * math.exp(-(now_min - since_min) / decay_min)


@inner_kernel
def felt_trust(residents: Array, r: int, now_min: float, rule: FeelingRule) -> float:
    """Return the trust of a resident now."""
    one = residents[r]
    return _relaxed(one.trust, one.trust_base, one.felt_min, now_min, rule.decay_min[Feeling.TRUST])


@inner_kernel
def felt_awareness(residents: Array, r: int, now_min: float, rule: FeelingRule) -> float:
    """Return the awareness of place crime of a resident now."""
    one = residents[r]
    return _relaxed(one.awareness, one.awareness_base, one.felt_min, now_min, rule.decay_min[Feeling.AWARENESS])


@inner_kernel
def felt_fraud_awareness(residents: Array, r: int, now_min: float, rule: FeelingRule) -> float:
    """Return the awareness of fraud of a resident now."""
    one = residents[r]
    return _relaxed(
        one.fraud_awareness,
        one.fraud_awareness_base,
        one.fraud_felt_min,
        now_min,
        rule.decay_min[Feeling.FRAUD_AWARENESS],
    )


@inner_kernel
def add_to_city(feelings: Feelings, k: int, change: float, now_min: float) -> None:
    """Add a change to a total of the city, brought up to date.

    Deviations of all residents fade alike, so their sum does too.
    """
    if feelings.since_min[k] != now_min:
        feelings.total[k] *= math.exp(-(now_min - feelings.since_min[k]) / feelings.rule.decay_min[k])
        feelings.since_min[k] = now_min
    feelings.total[k] += change


@kernel
def shift_feelings(
    residents: Array,
    r: int,
    now_min: float,
    trust: float,
    safety: float,
    awareness: float,
    feelings: Feelings,
    ground: Ground,
) -> None:
    """Move the feelings of a resident by these steps, within 0 and 1.

    The totals of the city and the alertness of the cell follow.
    """
    rule, one = feelings.rule, residents[r]
    since = one.felt_min
    old_trust = _relaxed(one.trust, one.trust_base, since, now_min, rule.decay_min[Feeling.TRUST])
    old_safety = _relaxed(one.perceived_safety, one.safety_base, since, now_min, rule.decay_min[Feeling.SAFETY])
    old_awareness = _relaxed(one.awareness, one.awareness_base, since, now_min, rule.decay_min[Feeling.AWARENESS])
    one.trust = min(max(old_trust + trust, 0.0), 1.0)
    one.perceived_safety = min(max(old_safety + safety, 0.0), 1.0)
    one.awareness = min(max(old_awareness + awareness, 0.0), 1.0)
    one.felt_min = now_min
    add_to_city(feelings, Feeling.TRUST, one.trust - old_trust, now_min)
    if safety != 0.0:
        add_to_city(feelings, Feeling.SAFETY, one.perceived_safety - old_safety, now_min)
    if awareness != 0.0:
        risen = one.awareness - old_awareness
        add_to_city(feelings, Feeling.AWARENESS, risen, now_min)
        home = ground.cells[one.home_cell]
        home.alert = faded(home.alert, home.alert_min, now_min, rule.decay_min[Feeling.AWARENESS]) + risen / max(
            home.residents, 1
        )
        home.alert_min = now_min


@kernel
def teach_fraud(residents: Array, r: int, now_min: float, gain: float, feelings: Feelings) -> None:
    """Change the awareness of fraud of a resident, within 0 and 1.

    It has a clock of its own, so that nothing at places can touch it, not even by rounding.
    """
    one = residents[r]
    old = felt_fraud_awareness(residents, r, now_min, feelings.rule)
    one.fraud_awareness = min(max(old + gain, 0.0), 1.0)
    one.fraud_felt_min = now_min
    add_to_city(feelings, Feeling.FRAUD_AWARENESS, one.fraud_awareness - old, now_min)


@kernel
def tell_of_police(r: int, now_min: float, trust: float, society: Society, feelings: Feelings, ground: Ground) -> None:
    """Move the trust of a resident by what the police did, and that of ties by what they hear of it.

    A tie moves by `told · share of the kind of tie` of the change: people tell how they were treated.
    """
    residents, ties, rule = society.residents, society.ties, feelings.rule
    shift_feelings(residents, r, now_min, trust, 0.0, 0.0, feelings, ground)
    heard = rule.encounters_told * trust
    if heard != 0.0:
        for t in range(ties.start[r], ties.start[r + 1]):
            one, change = row(ties.other[t]), heard * rule.tie_shares[ties.kind[t]]
            shift_feelings(residents, one, now_min, change, 0.0, 0.0, feelings, ground)


@inner_kernel
def treatment(u: float, mistakes: float, busy: float, trained: float, rule: FeelingRule) -> float:
    """Return the change of trust by how somebody was treated in a contact with the police.

    It is fair, with respect and a hearing, with probability `(1 − unfair_share · (1 − trained)) · (1 − mistakes) · (1 −
    unfair_when_busy · busy)`, where mistakes is the share of their work that goes wrong with officers as tired as
    these, busy the share of their duty so far that calls took, and trained what training in fair treatment has taken
    off their own share of unfair contacts.
    """
    fair = (1.0 - rule.unfair_share * (1.0 - trained)) * (1.0 - mistakes) * (1.0 - rule.unfair_when_busy * busy)
    return rule.fair_gain if u < fair else -rule.unfair_loss


def city_means(feelings: Feelings, baseline: Array, residents: int, now_min: float) -> Array:
    """Return the mean of each feeling over the residents of the city now, shape [feelings]; nothing is changed.

    Parameters
    ----------
    feelings : Feelings
        The running totals.
    baseline : Array
        Mean baseline of each feeling, shape [feelings].
    residents : int
        Residents of the city.
    now_min : float
        Minutes since the start of the run.
    """
    faded_total = feelings.total * np.exp(-(now_min - feelings.since_min) / feelings.rule.decay_min)
    out: Array = baseline + faded_total / residents
    return out
