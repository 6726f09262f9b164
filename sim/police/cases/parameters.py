"""The parameters of investigation.

What a case of each type takes and offers, how detectives work, how series are found.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.incident_types import CRIME_NAMES, CRIMES, TYPE_NAMES, IncidentType
from sim.parameters import Parameters, parameter, rule_of
from sim.police.cases.ownership_parameters import OwnershipParameters
from sim.police.cases.target_parameters import TargetParameters, TargetRule
from sim.police.posts import Post

REQUIRED: Any = ...  # no default: each type has its own
SKILLED = 0.8  # skill at which the chances and hours below hold: that of a specialist

_TUNED = (
    "calibrated: with the others, for cleared shares near FBI 2019 (violence 45 %, robbery 30 %, burglary 14 %, "
    "property 17 %; recalled)"
)


class CaseParameters(Parameters):
    """What a case of one type takes, and what there is to find."""

    hours: float = parameter(
        REQUIRED, unit="h", ge=0.01, le=1000,
        source="assumption, of the order of a public modeller's: burglary 3, violence 11, fraud 15 hours",
        doc="Mean hours of specialists to work a case up.",
    )  # fmt: skip
    chance_without_leads: float = parameter(
        REQUIRED, unit="probability", gt=0, lt=1, source=_TUNED, doc="A case without any lead is cleared once worked."
    )
    witness: float = parameter(
        REQUIRED,
        unit="probability",
        ge=0,
        lt=1,
        source="assumption",
        doc="Somebody saw it who did not call, at trust 0.5 of the one who reports.",
    )
    trace: float = parameter(
        REQUIRED,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="Usable physical traces, if the police came with the call.",
    )
    named: float = parameter(
        REQUIRED,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="The victim knows the culprit, or how to find him.",
    )


def _case(hours: float, chance: float, witness: float, trace: float, named: float) -> CaseParameters:
    return CaseParameters(hours=hours, chance_without_leads=chance, witness=witness, trace=trace, named=named)


def _log_odds(default: float, doc: str, source: str = "assumption") -> Any:
    return parameter(default, unit="log-odds", ge=0, le=10, source=source, doc=doc)


class InvestigationParameters(Parameters):
    """How recorded crimes are investigated."""

    burglary: CaseParameters = _case(3, 0.035, 0.2, 0.32, 0.05)
    pickpocketing: CaseParameters = _case(2, 0.03, 0.55, 0.05, 0.04)
    shoplifting: CaseParameters = _case(2, 0.035, 0.65, 0.2, 0.1)
    vehicle_theft: CaseParameters = _case(2, 0.035, 0.35, 0.4, 0.08)
    robbery: CaseParameters = _case(11, 0.035, 0.75, 0.35, 0.08)
    snatching: CaseParameters = _case(11, 0.035, 0.75, 0.25, 0.06)
    brawl: CaseParameters = _case(11, 0.035, 0.85, 0.25, 0.18)
    dispute_assault: CaseParameters = _case(11, 0.04, 0.6, 0.2, 0.8)
    school_violence: CaseParameters = _case(11, 0.03, 0.7, 0.1, 0.7)
    fraud: CaseParameters = _case(15, 0.04, 0.0, 0.0, 0.0)

    witness_stays_min: float = parameter(
        30.0, unit="min", ge=0.1, le=1e6, source="assumption: bystanders leave within the hour",
        doc=(
            "Decay, with the minutes from the offence to the arrival of the first unit, "
            "of the chance that a witness is still there."
        ),
    )  # fmt: skip
    trace_lasts_min: float = parameter(
        90.0, unit="min", ge=0.1, le=1e6, source="assumption: people tidy up, and rain and feet do",
        doc="Decay of the chance of traces with the minutes from call to arrival."
    )  # fmt: skip
    trust_slope: float = parameter(
        1.5, unit="log-odds", ge=0, le=10, source="assumption, as in reporting",
        doc="Change of the log-odds that a witness speaks per unit of trust of the one who reports."
    )  # fmt: skip
    money_trail: float = parameter(
        0.22,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="A fraud left a trail of money that leads to somebody.",
    )
    account_trail: float = parameter(
        0.6,
        unit="probability",
        ge=0,
        le=1,
        source="assumption: accounts are opened under real names, but some are traded on before they are used",
        doc="The same of one that was paid into an account of a resident, see `demand.fraud.supply`.",
    )
    witness_weight: float = _log_odds(3.0, "What a witness adds to the log-odds of clearance.")
    trace_weight: float = _log_odds(2.2, "What physical traces add.")
    named_weight: float = _log_odds(2.5, "What a culprit whom the victim names adds, or the trail of money of a fraud.")
    camera_weight: float = _log_odds(2.0, "What a picture of the culprit adds.")
    lead_half_life_days: float = parameter(
        10.0, unit="days", ge=0.01, le=1e5, source="assumption: memories and traces fade within weeks",
        doc="Half-life of what leads are worth until somebody works on them."
    )  # fmt: skip

    screening_min: float = parameter(
        10.0,
        unit="min",
        ge=0,
        le=600,
        source="assumption",
        doc="Time to read a new case and judge whether it can be solved.",
    )
    worth_working: float = parameter(
        0.05, unit="probability", ge=0, le=1,
        source="assumption: solvability factors; most cases are filed early (Greenwood, Chaiken & Petersilia 1977)",
        doc="A case whose chance seems lower is filed without work.",
    )  # fmt: skip
    cases_per_detective: float = parameter(
        12.0,
        unit="cases",
        ge=0.1,
        le=1000,
        source="assumption: 10–20",
        doc="Cases of which a detective on the strength is in charge at one time.",
    )
    investigators_per_case: float = parameter(
        2.0, unit="officers", ge=1, le=10,
        source=(
            "assumption: as the Criminal Procedure Law of China has it (recalled), at least two question, "
            "search and examine"
        ),
        doc=(
            "Officers who work on a case together: each hour of work takes this many officer-hours. "
            "Cases are read, and compared, by one."
        ),
    )  # fmt: skip
    case_hours_per_day: float = parameter(
        2.0,
        unit="h/day",
        ge=0.01,
        le=24,
        source="assumption: people and laboratories keep one waiting",
        doc="Hours that can be spent on one case in a day.",
    )
    hours_shape: float = parameter(
        2.0,
        unit="1",
        gt=0.05,
        le=100,
        source="assumption, as of handling times",
        doc="Shape of the gamma of the hours of a case.",
    )
    untrained_pace: float = parameter(
        0.5,
        unit="share of a specialist's pace",
        ge=0.01,
        le=1,
        source="assumption: generalists need up to twice the hours",
        doc="Pace of work at skill 0; it is 1 at skill 0.8.",
    )
    skill_weight: float = _log_odds(
        1.5, "Change of the log-odds of clearance per unit of skill of those who worked the case."
    )
    arrest_processing_min: float = parameter(
        960.0, unit="officer-min", ge=0, le=10_000,
        source=(
            "assumption: some 16 officer-hours, for two officers at each interrogation, search of the home, detention, "
            "the file for the prosecutor"
        ),
        doc="Mean officer-minutes to process somebody who was arrested.",
    )  # fmt: skip
    consideration_min: float = parameter(
        60.0, unit="officer-min", ge=0, le=10_000, source="assumption: an interview and paperwork",
        doc="Time to close a case by a culprit who is in custody, or was found by another of its series."
    )  # fmt: skip
    partner_found: float = parameter(
        0.5,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="A co-offender is arrested along with the offender.",
    )
    dropped_trust_loss: float = parameter(
        0.01,
        unit="points on a 0–1 scale",
        ge=0,
        le=1,
        source="assumption: small beside the spread of people",
        doc="Trust that a victim loses when the case is filed unsolved.",
    )
    fraud_post: Literal["detectives", "anti_fraud"] = parameter(
        "anti_fraud", unit="name", source="assumption", doc="The assignment that investigates fraud."
    )

    comparison_min: float = parameter(
        15.0,
        unit="min",
        ge=0,
        le=600,
        source="assumption",
        doc="Time of an analyst to compare a new case with earlier ones.",
    )
    link_probability: float = parameter(
        0.5,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="A skilled analyst sees that two cases of one offender, close in place and time, belong together.",
    )
    false_link_probability: float = parameter(
        0.005,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="The same analyst takes two such cases of different offenders for one series.",
    )
    link_reach_m: float = parameter(
        1500.0,
        unit="m",
        ge=1,
        le=1e5,
        source="assumption: series cluster in place (Woodhams, Hollin & Bull 2007)",
        doc="Decay of both with distance.",
    )
    link_days: float = parameter(
        30.0,
        unit="days",
        ge=0.01,
        le=3650,
        source="assumption",
        doc="Decay of both with the days between; cases three times as far apart are not compared.",
    )
    link_weight: float = _log_odds(
        0.8,
        "What each true link to another case adds to the log-odds of clearance, up to three, once the detectives know "
        "of it.",
    )
    joint_link_factor: float = parameter(
        1.5, unit="times", ge=1, le=10,
        source="assumption: traces, pictures and statements of all cases lie on one table (合成打击)",
        doc="Value of a link to a joint team, relative to that without one; see the programme joint_strike.",
    )  # fmt: skip
    false_link_hours: float = parameter(
        2.0, unit="h", ge=0, le=100, source="assumption", doc="Hours of work that each false link wastes, once known."
    )
    ownership: OwnershipParameters = OwnershipParameters()
    targets: TargetParameters = TargetParameters()

    def case(self, kind: IncidentType) -> CaseParameters:
        """Return the parameters of the cases of a type of crime."""
        found: CaseParameters = getattr(self, kind.name.lower())
        return found


class InvestigationRule(NamedTuple):
    """The parameters for the kernels; arrays by type of crime, times in minutes."""

    work_min: Array  # [crimes]
    prior: Array  # [crimes] log-odds without leads
    witness_logit: Array  # [crimes]
    trace: Array  # [crimes]
    named: Array  # [crimes]
    account_trail: float
    family: Array  # [crimes] types that are compared with each other have one number
    post: Array  # [crimes]
    witness_stays_min: float
    trace_lasts_min: float
    trust_slope: float
    witness_weight: float
    trace_weight: float
    named_weight: float
    camera_weight: float
    half_life_min: float
    screening_min: float
    least_log_odds: float
    cases_per_detective: float
    investigators: float
    case_day_min: float
    hours_shape: float
    untrained_pace: float
    skill_weight: float
    arrest_processing_min: float
    consideration_min: float
    partner_found: float
    dropped_trust_loss: float
    comparison_min: float
    link_probability: float
    false_link_probability: float
    link_reach_m: float
    link_min: float
    link_weight: float
    joint_link_factor: float
    false_link_min: float
    owned: bool  # by officers, not by the post
    reading_in_min: float
    targets: TargetRule


def investigation_rule(parameters: InvestigationParameters) -> InvestigationRule:
    """Return the parameters as kernels take them."""
    p, fraud = parameters, CRIMES.index(IncidentType.FRAUD)
    cases = [p.case(kind) for kind in CRIMES]
    named, post = np.array([case.named for case in cases]), np.full(len(CRIMES), Post.DETECTIVES, dtype=np.int64)
    named[fraud], post[fraud] = p.money_trail, Post[p.fraud_post.upper()]
    return rule_of(
        InvestigationRule,
        p,
        work_min=np.array([60 * case.hours for case in cases]),
        prior=_logit(np.array([case.chance_without_leads for case in cases])),
        witness_logit=_logit(np.array([case.witness for case in cases])),
        trace=np.array([case.trace for case in cases]),
        named=named,
        family=np.array([CRIME_NAMES.index(TYPE_NAMES[kind]) for kind in CRIMES]),
        post=post,
        half_life_min=1440 * p.lead_half_life_days,
        least_log_odds=float(_logit(np.array(p.worth_working))) - p.ownership.leniency,
        investigators=p.investigators_per_case,
        case_day_min=60 * p.case_hours_per_day,
        owned=p.ownership.held_by == "owner",
        reading_in_min=p.ownership.reading_in_min,
        targets=rule_of(TargetRule, p.targets),
    )


def _logit(probability: Array) -> Array:
    """Return log-odds; those of 0 and 1 are infinite."""
    with np.errstate(divide="ignore"):
        out: Array = np.log(probability) - np.log1p(-probability)
    return out
