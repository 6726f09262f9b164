"""Telecom fraud (电信网络诈骗).

Its channels and schemes, whom they reach, who yields, what they cost, what is reported and recovered.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import Field, field_validator

from sim.arrays import Array
from sim.incidents.fraud.supply import SupplyParameters, SupplyRule
from sim.incidents.profiles import CrimeParameters
from sim.parameters import adding_up, parameter, rule_of

DAYS_PER_MONTH = 365.25 / 12


class Channel(IntEnum):
    """How a campaign reaches people."""

    PHONE_CALL = 0
    TEXT_MESSAGE = 1
    MESSAGING_APP = 2
    ONLINE_SHOP = 3


class Scheme(IntEnum):
    """The story that a campaign tells.

    The five that made up about 80 % of the cases of China (Ministry of Public Security, May 2022).
    """

    BRUSHING = 0  # 刷单返利: paid clicks and made-up orders
    INVESTMENT = 1  # 虚假投资理财, with and without a romance before it (杀猪盘)
    LOAN = 2  # 虚假网络贷款
    CUSTOMER_SERVICE = 3  # 冒充客服
    AUTHORITY = 4  # 冒充公检法: the false police, prosecutor or court


CHANNEL_NAMES = tuple(channel.name.lower() for channel in Channel)
SCHEME_NAMES = tuple(scheme.name.lower() for scheme in Scheme)
BAND_FROM_AGE = (0, 12, 18, 41, 66)  # first year of each age band; those of the published ages of victims

Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(ge=0, le=100)]
Hours = Annotated[float, Field(gt=0, le=2000)]
Money = Annotated[float, Field(gt=0, le=1e9)]
Spread = Annotated[float, Field(ge=0, le=3)]
ByChannel = tuple[Share, Share, Share, Share]
ByAge = tuple[Factor, Factor, Factor, Factor, Factor]

_CHANNELS = "; order: phone call, text message, messaging app, online shop or advertisement"
_SCHEMES = "; order: brushing, investment and romance, loan, customer service, false authority"
_AGES = "; ages 0–11, 12–17, 18–40, 41–65, 66 and over"
_AGE_SOURCE = (
    "assumption, set with the ages of victims in view: 62.1 % are 18 to 40 and 33.1 % are 41 to 65 (Ministry of "
    "Public Security, June 2024); "
    "the young shop and message, brushing draws students, the false authority and investments draw older people with "
    "savings"
)
_LOSS_SOURCE = (
    "assumption, after recalled press figures by scheme; 37,600 yuan per recorded case in 2015 (22.2 billion yuan, "
    "590,000 cases), and investments about a third of all money (Ministry of Public Security, May 2022)"
)


class FraudParameters(CrimeParameters):
    """Campaigns of remote offenders, their targets, and what follows a payment. No police presence enters anywhere."""

    harm_days: float = parameter(
        20.0,
        unit="days",
        ge=0,
        le=20_000,
        source="assumption: as grave as a burglary, whose losses are of the same order",
        doc="Severity: mean crime harm, in sentence-days, of one fraud.",
    )
    report_probability: float = parameter(
        0.3,
        unit="probability",
        gt=0,
        lt=1,
        source="assumption",
        doc="The victim reports it, at trust 0.5 and the typical loss.",
    )
    witness_probability: float = parameter(
        0.0, unit="probability", ge=0, le=0, source="assumption: it has no place", doc="Nobody else sees it."
    )
    arrest_probability: float = parameter(
        0.0, unit="probability", ge=0, le=0, source="assumption: it has no scene", doc="Nobody is there to arrest."
    )
    custody_days: float = parameter(
        0.0, unit="days", ge=0, le=0, source="assumption: out of reach", doc="Time in custody after an arrest on scene."
    )
    custody_most_days: float | None = parameter(
        None,
        unit="days",
        ge=0.01,
        le=3650,
        source="assumption: out of reach",
        doc="Longest time in custody; absent: no limit.",
    )
    on_scene_min: float = parameter(
        40.0,
        unit="min",
        ge=0.1,
        le=600,
        source="assumption; gamma distributed",
        doc="Mean time to take the report down at the desk.",
    )
    paperwork_min: float = parameter(
        40.0,
        unit="min",
        ge=0,
        le=600,
        source="assumption: statements, accounts, requests to banks",
        doc="Mean time of paperwork after it.",
    )
    contacts_per_resident_month: float = parameter(
        2.0,
        unit="contacts per resident per month",
        ge=0,
        le=300,
        source="assumption: 1 to 3",
        doc="Calls, messages and baits that reach people; 0 is no fraud.",
    )
    campaigns_at_once: float = parameter(
        20.0,
        unit="campaigns",
        gt=0,
        le=10_000,
        source="assumption: many groups, each small",
        doc="Mean number that target the city at a time.",
    )
    campaign_days: float = parameter(
        14.0, unit="days", ge=1, le=365,
        source="assumption: numbers and accounts last about two weeks until they are blocked",
        doc="Mean length of a campaign; lengths are uniform between half and one and a half times it.",
    )  # fmt: skip
    channel_shares: ByChannel = parameter(
        (0.35, 0.2, 0.3, 0.15),
        unit="share of campaigns",
        source="assumption",
        doc="Channels of campaigns; they add up to 1" + _CHANNELS,
    )
    scheme_shares: tuple[Share, Share, Share, Share, Share] = parameter(
        (0.28, 0.17, 0.2, 0.23, 0.12), unit="share of campaigns",
        source="assumption, so that brushing is about a third of the cases (Ministry of Public Security, May 2022)",
        doc="Schemes of campaigns; they add up to 1" + _SCHEMES,
    )  # fmt: skip
    reach_by_age: tuple[ByAge, ByAge, ByAge, ByAge] = parameter(
        ((0.0, 0.3, 1.0, 1.0, 1.0), (0.0, 0.3, 1.0, 1.0, 0.8), (0.0, 0.6, 1.3, 0.9, 0.4), (0.0, 0.5, 1.3, 0.8, 0.25)),
        unit="relative", source=_AGE_SOURCE,
        doc="How often a channel reaches a person, one row per channel" + _CHANNELS + _AGES,
    )  # fmt: skip
    yielding_by_age: tuple[ByAge, ByAge, ByAge, ByAge, ByAge] = parameter(
        ((0.0, 1.0, 1.8, 0.7, 0.2), (0.0, 0.1, 1.1, 1.2, 0.7), (0.0, 0.1, 1.5, 0.9, 0.2), (0.0, 0.8, 1.2, 1.0, 0.6),
            (0.0, 0.8, 0.9, 0.9, 1.5)),
        unit="relative", source=_AGE_SOURCE,
        doc="How readily a person who is reached engages, one row per scheme" + _SCHEMES + _AGES,
    )  # fmt: skip
    engaging_probability: float = parameter(
        0.0005, unit="probability per contact", ge=0, le=1,
        source="assumption; about 1 in 1,000 fraudulent calls came near to success (Beijing News, October 2016)",
        doc="A person of susceptibility 1, age factor 1 and no awareness of fraud engages when contacted.",
    )  # fmt: skip
    awareness_effect: float = parameter(
        2.0, unit="per unit of awareness", ge=0, le=50, source="assumption: full awareness leaves 14 % of the chance",
        doc="The chance to engage is multiplied by exp(−awareness_effect · awareness of fraud).",
    )  # fmt: skip
    waking_hours: tuple[float, float] = parameter(
        (8.0, 23.0),
        unit="hour of day",
        source="assumption",
        doc="First and last hour in which people are contacted and talked to; persuasion rests at night.",
    )
    persuasion_hours: tuple[Hours, Hours, Hours, Hours, Hours] = parameter(
        (5.0, 40.0, 4.0, 2.0, 3.0), unit="waking hours",
        source=(
            "assumption: within hours, but for investments, which are groomed for days; "
            "calls of over 30 minutes mostly succeed (360 Security, 2016)"
        ),
        doc="Mean time from contact to payment" + _SCHEMES,
    )  # fmt: skip
    persuasion_shape: float = parameter(
        2.0,
        unit="1",
        gt=0.05,
        le=100,
        source="assumption; 1 makes it exponential",
        doc="Shape of the gamma distribution of that time.",
    )
    second_thoughts: float = parameter(
        2.0, unit="per persuasion", ge=0, le=100, source="assumption",
        doc=(
            "Times that a person of full awareness would break off within a persuasion of mean length; "
            "in proportion to awareness below."
        ),
    )  # fmt: skip
    advice: float = parameter(
        2.0, unit="per persuasion", ge=0, le=100,
        source="assumption: friends and family who are told talk most out of it",
        doc=(
            "Times that ties of full awareness would talk a person out of it within a persuasion of mean length; "
            "in proportion to their mean awareness."
        ),
    )  # fmt: skip
    currency: str = parameter(
        "CNY",
        unit="ISO 4217",
        min_length=3,
        max_length=3,
        source="assumption: each mix names its own",
        doc="Currency of all losses.",
    )
    loss_median: tuple[Money, Money, Money, Money, Money] = parameter(
        (8_000.0, 20_000.0, 8_000.0, 6_000.0, 20_000.0),
        unit="currency",
        source=_LOSS_SOURCE,
        doc="Median loss of those who pay" + _SCHEMES,
    )
    loss_spread: tuple[Spread, Spread, Spread, Spread, Spread] = parameter(
        (1.4, 1.4, 1.0, 1.3, 1.5), unit="standard deviation of the log",
        source="assumption: heavy-tailed, one in a hundred above 25 times the median",
        doc="Spread of the lognormal loss" + _SCHEMES,
    )  # fmt: skip
    harm_loss_power: float = parameter(
        0.5, unit="1", ge=0, le=2,
        source=(
            "assumption, after recalled thresholds of sentence in China (3,000, 30,000, 500,000 yuan): "
            "some 20 times the sentence for 167 times the money"
        ),
        doc="Harm grows with this power of the loss, about its mean for the type.",
    )  # fmt: skip
    realise_hours: float = parameter(
        3.0,
        unit="h",
        ge=0.01,
        le=10_000,
        source="assumption: some at once, some when the gain is not paid out",
        doc="Median time from payment to seeing it.",
    )
    realise_spread: float = parameter(
        1.6, unit="standard deviation of the log", ge=0, le=4, source="assumption", doc="Spread of that lognormal time."
    )
    report_hours: float = parameter(
        1.5,
        unit="h",
        ge=0.01,
        le=10_000,
        source="assumption",
        doc="Median time from then to the report, of those who report.",
    )
    report_spread: float = parameter(
        1.2, unit="standard deviation of the log", ge=0, le=4, source="assumption", doc="Spread of that lognormal time."
    )
    report_loss_slope: float = parameter(
        0.5, unit="log-odds per log of loss", ge=0, le=10, source="assumption: the graver, the likelier (Skogan 1984)",
        doc="Change of the log-odds of reporting with the log of the loss over the typical loss.",
    )  # fmt: skip
    freeze_at_once: float = parameter(
        0.8,
        unit="probability",
        ge=0,
        le=1,
        source="assumption",
        doc="The payment is frozen and comes back, if it was reported at the moment it was made.",
    )
    freeze_half_life_hours: float = parameter(
        1.5,
        unit="h",
        ge=0.01,
        le=1000,
        source="assumption: it halves every hour or two; money is split and passed on",
        doc="That chance halves in such a time.",
    )
    supply: SupplyParameters = SupplyParameters()

    @field_validator("channel_shares", "scheme_shares")
    @classmethod
    def _add_up(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        return adding_up(shares)

    @field_validator("waking_hours")
    @classmethod
    def _of_one_day(cls, hours: tuple[float, float]) -> tuple[float, float]:
        if not 0 <= hours[0] < hours[1] <= 24:
            raise ValueError("two hours of a day, the earlier first, within 0 and 24")
        return hours


class FraudRule(NamedTuple):
    """The parameters for the kernels; times in minutes, money in the currency."""

    contacts_per_min: float  # of a campaign of mean size in waking hours
    campaigns_per_day: float
    campaign_min: float
    channel_cumulative: Array  # [channels]
    scheme_cumulative: Array  # [schemes]
    awareness_effect: float
    dawn_min: float
    dusk_min: float
    persuasion_min: Array  # [schemes]
    persuasion_shape: float
    second_thoughts: float
    advice: float
    loss_median: Array  # [schemes]
    loss_spread: Array  # [schemes]
    typical_loss: float
    harm_loss_power: float
    mean_loss_power: float  # mean of (loss / typical loss) ** harm_loss_power
    realise_min: float
    realise_spread: float
    report_min: float
    report_spread: float
    report_loss_slope: float
    freeze_at_once: float
    freeze_half_life_min: float
    supply: SupplyRule


def fraud_rule(parameters: FraudParameters, residents: int) -> FraudRule:
    """Return the parameters as kernels take them, for a city of this many residents.

    The typical loss is the geometric mean of the schemes' medians by their shares.
    """
    p = parameters
    dawn, dusk = (60.0 * hour for hour in p.waking_hours)
    shares, median, spread = (np.array(values) for values in (p.scheme_shares, p.loss_median, p.loss_spread))
    typical, power = math.exp(shares @ np.log(median)), p.harm_loss_power
    per_day = p.contacts_per_resident_month * residents / DAYS_PER_MONTH
    return rule_of(
        FraudRule,
        p,
        contacts_per_min=per_day / (dusk - dawn) / p.campaigns_at_once,
        campaigns_per_day=p.campaigns_at_once / p.campaign_days,
        channel_cumulative=np.cumsum(p.channel_shares),
        scheme_cumulative=np.cumsum(p.scheme_shares),
        dawn_min=dawn,
        dusk_min=dusk,
        typical_loss=typical,
        mean_loss_power=float(shares @ ((median / typical) ** power * np.exp((power * spread) ** 2 / 2))),
        supply=rule_of(SupplyRule, p.supply, lends_min=1440.0 * p.supply.lends_days),
    )
