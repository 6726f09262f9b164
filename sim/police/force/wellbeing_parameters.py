"""Parameters of how work wears the personnel of the force out, how they recover, and what follows.

Leave, attrition, hiring, buy-in, incentives.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.parameters import CHOSEN, Parameters, parameter, rule_of
from sim.police.force.officers import HeadParameters, HeadRule, head_rule

DAYS_PER_YEAR = 365.0
DAYS_PER_MONTH = DAYS_PER_YEAR / 12


class WellbeingParameters(Parameters):
    """How work wears one person out, how it recovers, and what follows."""

    active: bool = parameter(
        True,
        unit="yes or no",
        source=CHOSEN,
        doc=("Off: nobody tires, leaves or changes buy-in, and sick leave is that of rested personnel."),
    )
    heads: HeadParameters = HeadParameters()
    sustainable_share: float = parameter(
        0.6, unit="share of a working day", ge=0.01, le=1,
        source="McCabe 2013 (ICMA; year recalled): at most 60 % of patrol time on calls (rule of 60)",
        doc="Time on calls and cases that an officer on patrol can sustain; that is a load of 1.",
    )  # fmt: skip
    sustainable_share_office: float = parameter(
        0.85,
        unit="share of a working day",
        ge=0.01,
        le=1,
        source="assumption: no need to be free for the next call",
        doc="The same for all other assignments.",
    )
    working_day_min: float = parameter(
        480.0,
        unit="min",
        ge=0.1,
        le=1440,
        source="assumption: a 40-hour week of five days",
        doc="Regular duty, which load is relative to.",
    )
    load_memory_duties: float = parameter(
        7.0, unit="duties", ge=1, le=1000,
        source="assumption: busy and quiet duties of a week or two even out; the rule of 60 is an average as well",
        doc="Load is the mean over recent duties with exponentially fading weights of this time constant.",
    )  # fmt: skip
    overload_gain: float = parameter(
        0.15,
        unit="strain per unit of load above 1 per duty",
        ge=0,
        le=10,
        source="assumption: a load of 1.3 wears out over weeks",
        doc="Strain of overload.",
    )
    night_gain: float = parameter(
        0.002, unit="strain/h", ge=0, le=1,
        source="assumption: below half of fatigue even with nights only; that they tire: Riedy et al. 2020",
        doc="Strain of an hour of duty at night.",
    )  # fmt: skip
    overtime_gain: float = parameter(
        0.003,
        unit="strain/h",
        ge=0,
        le=1,
        source="assumption: a little more than a night hour",
        doc="Strain of overtime.",
    )
    necessary_hours: float = parameter(
        10.0,
        unit="h per day",
        ge=0,
        le=24,
        source="assumption: sleep, meals, the way to work",
        doc="Hours of a day that are neither work nor free.",
    )
    recovery_per_hour: float = parameter(
        0.004,
        unit="1/h",
        ge=0,
        le=1,
        source="assumption: half in about three weeks of normal duty",
        doc="Rate at which fatigue fades in free hours.",
    )
    slower: float = parameter(
        0.3, unit="1", ge=0, le=10, source="assumption", doc="Service takes 1 + this × fatigue times as long."
    )
    mistakes: float = parameter(
        0.03,
        unit="share of tasks",
        ge=0,
        le=1,
        source="assumption",
        doc="Share of tasks that rested personnel get wrong.",
    )
    mistakes_gain: float = parameter(
        2.0, unit="1", ge=0, le=100, source="assumption", doc="This share × (1 + this × fatigue)."
    )
    effort_loss: float = parameter(
        0.5, unit="1", ge=0, le=1, source="assumption", doc="Share of free time used as planned × (1 − this × fatigue)."
    )
    sick_per_year: float = parameter(
        1.5, unit="1/year", ge=0, le=100,
        source="assumption: 2 % of days; of shifts in Buffalo 0.95 % were single sick days (Riedy et al. 2020)",
        doc="Spells of sick leave of a rested officer or auxiliary.",
    )  # fmt: skip
    sick_gain: float = parameter(
        2.0,
        unit="1",
        ge=0,
        le=100,
        source="assumption; the odds rise with fatigue: Riedy et al. 2020",
        doc="This rate × (1 + this × fatigue).",
    )
    sick_days: float = parameter(
        5.0, unit="days", ge=1, le=365, source="assumption", doc="Mean length of a spell, geometrically distributed."
    )
    attrition_per_year: float = parameter(
        0.03,
        unit="1/year",
        ge=0,
        le=10,
        source="assumption: retirements included",
        doc="Hazard that a rested officer leaves.",
    )
    auxiliary_attrition_per_year: float = parameter(
        0.1,
        unit="1/year",
        ge=0,
        le=10,
        source="assumption: worse paid and without tenure",
        doc="Hazard that a rested auxiliary leaves.",
    )
    attrition_gain: float = parameter(
        4.0, unit="1", ge=0, le=100, source="assumption", doc="Both × (1 + this × fatigue²)."
    )
    hires_per_year: float = parameter(
        0.04, unit="share of established officer positions", ge=0, le=10,
        source="assumption: a little more than leave without overload",
        doc=(
            "Officers who can be hired in a year; they take vacant places only, and what is not needed is not saved up."
        ),
    )  # fmt: skip
    auxiliary_hires_per_year: float = parameter(
        0.13,
        unit="share of established auxiliary positions",
        ge=0,
        le=10,
        source="assumption, as for officers",
        doc="Auxiliaries who can be hired in a year.",
    )
    basic_training_months: float = parameter(
        6.0, unit="months", ge=0, le=60, source="assumption", doc="From joining to work, officers."
    )
    auxiliary_basic_training_months: float = parameter(
        1.0, unit="months", ge=0, le=60, source="assumption", doc="From joining to work, auxiliaries."
    )
    buy_in_half_life_days: float = parameter(
        180.0, unit="days", ge=0.01, le=36_500, source="assumption: slow", doc="Relaxation time of buy-in to its goal."
    )
    leadership: float = parameter(
        0.0,
        unit="−1 to 1",
        ge=-1,
        le=1,
        source=CHOSEN,
        doc="How much leaders stand for proactive work: 1 convinces, −1 discourages, 0 is neither.",
    )
    leadership_reach: float = parameter(
        0.3,
        unit="1",
        ge=0,
        le=1,
        source="assumption",
        doc="Share of the way to 1, or to 0, that leadership of 1, or −1, moves the goal of buy-in.",
    )
    success_gain: float = parameter(
        0.02,
        unit="step towards 1",
        ge=0,
        le=1,
        source="assumption",
        doc="Rise of buy-in by an arrest or a cleared case.",
    )
    overload_doubt: float = parameter(
        0.003,
        unit="buy-in per unit of load above 1 per duty",
        ge=0,
        le=1,
        source="assumption: no time for what is planned",
        doc="Fall of buy-in by overload.",
    )
    incentive_per_month: float = parameter(
        0.0,
        unit="yuan per person per month",
        ge=0,
        le=1_000_000,
        source=CHOSEN,
        doc="Spending on pay and honours; it is part of the cost of the police.",
    )
    incentive_scale: float = parameter(
        1000.0,
        unit="yuan per person per month",
        ge=1,
        le=1_000_000,
        source="assumption: some 15 % of pay",
        doc="Incentive x has x/(x + this) of its full effect.",
    )
    incentive_retention: float = parameter(
        0.6, unit="1", ge=0, le=1, source="assumption", doc="Full effect: share of leaving that it prevents."
    )
    incentive_reach: float = parameter(
        0.2,
        unit="1",
        ge=0,
        le=1,
        source="assumption",
        doc="Full effect: share of the way to 1 that it moves the goal of buy-in.",
    )


class WellbeingRule(NamedTuple):
    """The parameters for the kernels; rates by day."""

    heads: HeadRule
    sustainable_min: float
    sustainable_office_min: float
    load_memory: float  # weight of the latest duty
    overload_gain: float
    night_gain_per_min: float
    overtime_gain_per_min: float
    free_min: float  # neither sleep, meals nor the way to work, on a day off
    recovery_per_min: float
    slower: float
    mistakes: float
    mistakes_gain: float
    effort_loss: float
    sick: float
    sick_gain: float
    sick_days: float
    attrition: tuple[float, float]  # officers, auxiliaries; as long as nobody is tired, incentives included
    attrition_gain: float
    hires: tuple[float, float]
    basic_training_days: tuple[int, int]
    buy_in_step: float
    raised: float  # shares of the way to 1 and to 0 by which the goal of buy-in is moved
    lowered: float
    success_gain: float
    overload_doubt: float
    incentive_per_day: float


def wellbeing_rule(parameters: WellbeingParameters) -> WellbeingRule:
    """Return the parameters as kernels take them."""
    p = parameters
    incentive = p.incentive_per_month / (p.incentive_per_month + p.incentive_scale)
    stays = (1 - p.incentive_retention * incentive) / DAYS_PER_YEAR
    led = p.leadership * p.leadership_reach
    return rule_of(
        WellbeingRule,
        p,
        heads=head_rule(p.heads),
        sustainable_min=p.sustainable_share * p.working_day_min,
        sustainable_office_min=p.sustainable_share_office * p.working_day_min,
        load_memory=1 / p.load_memory_duties,
        night_gain_per_min=p.night_gain / 60,
        overtime_gain_per_min=p.overtime_gain / 60,
        free_min=(24 - p.necessary_hours) * 60,
        recovery_per_min=p.recovery_per_hour / 60,
        sick=p.sick_per_year / DAYS_PER_YEAR,
        attrition=(p.attrition_per_year * stays, p.auxiliary_attrition_per_year * stays),
        hires=(p.hires_per_year / DAYS_PER_YEAR, p.auxiliary_hires_per_year / DAYS_PER_YEAR),
        basic_training_days=(
            round(p.basic_training_months * DAYS_PER_MONTH),
            round(p.auxiliary_basic_training_months * DAYS_PER_MONTH),
        ),
        buy_in_step=1 - 0.5 ** (1 / p.buy_in_half_life_days),
        raised=1 - (1 - max(led, 0.0)) * (1 - p.incentive_reach * incentive),
        lowered=max(-led, 0.0),
        incentive_per_day=p.incentive_per_month / DAYS_PER_MONTH,
    )


def usual_sick_share(rule: WellbeingRule) -> float:
    """Return the share of a rested force that is on sick leave, h · L / (1 + h · L) for hazard h and length L.

    A relief factor has it in it.
    """
    return rule.sick * rule.sick_days / (1 + rule.sick * rule.sick_days)
