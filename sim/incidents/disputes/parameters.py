"""Disputes: how many arise, between whom and when, how they grow, escalate, are reported and mediated."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field, field_validator, model_validator

from sim.arrays import Array
from sim.incidents.disputes.log import Subject
from sim.incidents.disputes.mediation import MediationParameters, MediationRule, mediation_rule
from sim.incidents.profiles import HandlingParameters
from sim.parameters import adding_up, parameter, rule_of
from sim.people.ties import N_KINDS, TieKind

Share = Annotated[float, Field(ge=0, le=1)]

TIES_OF = {  # between whom a dispute about a subject can arise
    Subject.FAMILY: (TieKind.HOUSEHOLD, TieKind.KIN),
    Subject.NEIGHBOUR: (TieKind.NEIGHBOUR,),
    Subject.DEBT: (TieKind.KIN, TieKind.FRIEND),
    Subject.WORK: (TieKind.WORK,),
    Subject.LAND: (TieKind.NEIGHBOUR,),
}
# Quarrels by hour of day, only ratios count; assumption: at home when both are in, most in the evening; at work in
# working hours
AT_HOME_BY_HOUR = (
    1.0, 0.6, 0.35, 0.25, 0.2, 0.3, 0.6, 0.9, 0.9, 0.9, 1.0, 1.2,
    1.4, 1.1, 1.0, 1.1, 1.3, 1.7, 2.2, 2.6, 2.8, 2.7, 2.2, 1.5,
)  # fmt: skip
AT_WORK_BY_HOUR = (
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.4, 1.0, 1.3, 1.4, 1.4,
    0.9, 0.9, 1.2, 1.3, 1.4, 1.5, 0.9, 0.4, 0.3, 0.2, 0.1, 0.0,
)  # fmt: skip


class DisputeParameters(HandlingParameters):
    """How disputes arise, grow and end; a call about one takes the times of `HandlingParameters`."""

    per_1000_year: float = parameter(
        20.0,
        unit="new disputes per 1,000 residents per year",
        ge=0,
        le=2000,
        source="assumption: three times the 6 that are mediated",
        doc="New disputes.",
    )
    subjects: tuple[Share, Share, Share, Share, Share] = parameter(
        (0.3, 0.3, 0.15, 0.15, 0.1), unit="shares",
        source="assumption: family and neighbours first, as in the statistics of people's mediation",
        doc="Shares of disputes about family, neighbours, debt, work and land; they must add up to 1.",
    )  # fmt: skip
    first_tension: float = parameter(
        1.0,
        unit="1",
        ge=0.001,
        le=100,
        source="assumption: it sets the scale of tension",
        doc="Mean tension of a new dispute; gamma, shape 2.",
    )
    shown_spread: float = parameter(
        0.5, unit="standard deviation of the log", ge=0, le=4,
        source="assumption: some parties complain of little, others keep quiet about much",
        doc="Spread of how tense a dispute looks to mediators, relative to how tense it is; lognormal, of mean 1.",
    )  # fmt: skip
    drift_per_day: float = parameter(
        0.01, unit="1/day", ge=-10, le=10, source="assumption", doc="Mean growth of the tension."
    )
    volatility: float = parameter(
        0.1, unit="per square root of days", ge=0, le=10, source="assumption", doc="Spread of the growth of a day."
    )
    cooling_per_day: float = parameter(
        0.04, unit="probability per day", ge=0, le=1, source="assumption", doc="The parties give way by themselves."
    )
    cooled_by: float = parameter(
        0.6,
        unit="1",
        ge=0,
        le=100,
        source="assumption",
        doc="Tension that goes when they do. At tension 0 the dispute is over.",
    )
    assault_per_day: float = parameter(
        0.0013, unit="1/day at tension 1", ge=0, le=10,
        source="assumption, so that 5–10 % of unmediated disputes escalate within two months",
        doc="Hazard of assault of a new dispute: × tension × (1 + age / assault_age_days).",
    )  # fmt: skip
    assault_age_days: float = parameter(
        60.0, unit="days", ge=0.01, le=36_500, source="assumption", doc="Age at which this hazard has doubled."
    )
    assault_relief: float = parameter(
        0.4,
        unit="share of tension",
        ge=0,
        le=1,
        source="assumption",
        doc="Share of the tension that an assault lets off.",
    )
    report_per_day: float = parameter(
        0.0025, unit="1/day at tension 1 and trust 0.5", ge=0, le=10,
        source="assumption, so that about 0.15 of disputes are reported",
        doc="Hazard of a call to the police: × tension × exp(slope · (trust − 0.5)) with the slope of reporting.",
    )  # fmt: skip
    urgent_tension: float = parameter(
        2.5,
        unit="1",
        ge=0,
        le=1000,
        source="assumption",
        doc="From this tension a call about it is priority 2, below 3.",
    )
    calmed_by_police: float = parameter(
        0.4,
        unit="share of tension",
        ge=0,
        le=1,
        source="assumption",
        doc="Share of the tension that a unit on scene takes off.",
    )
    found_by_grid_per_day: float = parameter(
        0.003, unit="1/day", ge=0, le=10,
        source="assumption: with calls, about 6 per 1,000 residents per year reach mediators (China 2017)",
        doc="Hazard that grid workers or visits find a dispute, without any programme.",
    )  # fmt: skip
    mediation: MediationParameters = MediationParameters()

    @field_validator("subjects")
    @classmethod
    def _add_up(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        return adding_up(shares)

    @model_validator(mode="after")
    def _can_be(self) -> DisputeParameters:
        if self.drift_per_day >= self.cooling_per_day * self.cooled_by:
            raise ValueError(
                "drift_per_day must be below cooling_per_day × cooled_by, or disputes never end by themselves"
            )
        return self


class DisputeRule(NamedTuple):
    """The parameters for the kernels."""

    per_day: float
    subject_cumulative: Array  # [subjects]
    between: Array  # bool [subjects, tie kinds]
    hour_cumulative: Array  # [subjects, 24]
    first_tension: float
    shown_spread: float
    drift_per_day: float
    volatility: float
    cooling_per_day: float
    cooled_by: float
    assault_per_day: float
    assault_age_days: float
    assault_relief: float
    report_per_day: float
    urgent_tension: float
    calmed_by_police: float
    found_by_grid_per_day: float
    mediation: MediationRule


def dispute_rule(parameters: DisputeParameters, residents: int) -> DisputeRule:
    """Return the parameters as kernels take them, for a city of this many residents."""
    between = np.zeros((len(Subject), N_KINDS), dtype=np.bool_)
    for subject, kinds in TIES_OF.items():
        between[subject, list(kinds)] = True
    hours = np.array([AT_WORK_BY_HOUR if subject == Subject.WORK else AT_HOME_BY_HOUR for subject in Subject])
    return rule_of(
        DisputeRule,
        parameters,
        per_day=parameters.per_1000_year * residents / 1000 / 365,
        subject_cumulative=np.cumsum(parameters.subjects),
        between=between,
        hour_cumulative=np.cumsum(hours, axis=1) / hours.sum(axis=1, keepdims=True),
        mediation=mediation_rule(parameters.mediation, residents),
    )
