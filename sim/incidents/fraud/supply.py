"""What fraud needs of the city (两卡): residents who lend accounts and telephone cards to groups far away."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.columns import Column, table
from sim.draws import Draw
from sim.kernels import inner_kernel, row
from sim.parameters import Parameters, parameter
from sim.people.feelings import FeelingRule, felt_fraud_awareness
from sim.randomness import uniform4

NOBODY = -1

HELPER_COLUMNS = (
    Column("resident_id", "i4", "row", "who lends"),
    Column("until_min", "f8", "min since start", "when the accounts are blocked, given up or frozen"),
    Column("busy_until_min", "f8", "min since start", "when the latest campaign ends that they serve"),
    Column("arrested_min", "f8", "min since start", "when the helper was arrested, −1 if not"),
)


class SupplyParameters(Parameters):
    """Who lends accounts and cards, and for how long; an arrest takes them away."""

    local_share: float = parameter(
        0.0, unit="share of campaigns", ge=0, le=1,
        source=(
            "assumption: 0 puts all supply out of reach, as those who call are; Ningbo found 1,423 accounts of its own "
            "residents in frauds of nine months of 2020, and 416 people who had traded in them (press)"
        ),
        doc=(
            "Campaigns that need accounts and cards of a resident of the city, and end when he is arrested; the others "
            "have theirs elsewhere."
        ),
    )  # fmt: skip
    asked: int = parameter(
        5, unit="residents per campaign", ge=1, le=100, source="assumption: friends of friends, part-time job groups",
        doc=(
            "Residents of 18 to 40 whom a group asks one after the other when nobody is free who lends already; if all "
            "refuse, there is no campaign."
        ),
    )  # fmt: skip
    lends_probability: float = parameter(
        0.5, unit="probability", ge=0, le=1,
        source=(
            "assumption; of those tried for such help 55 % were 18 to 28 years old, and half had helped with payments "
            "(China Justice Big Data Institute, August 2022)"
        ),
        doc="One who is asked lends, at no awareness of fraud.",
    )  # fmt: skip
    awareness_effect: float = parameter(
        2.0, unit="per unit of awareness", ge=0, le=50, source="assumption: as of those who are called",
        doc="That chance is multiplied by exp(−awareness_effect · awareness of fraud).",
    )  # fmt: skip
    lends_days: float = parameter(
        60.0, unit="days", ge=1, le=3650, source="assumption: until banks see through it or he has second thoughts",
        doc="Mean time for which accounts and cards can be used, exponential.",
    )  # fmt: skip


class SupplyRule(NamedTuple):
    """The parameters for the kernels; times in minutes."""

    local_share: float
    asked: int
    lends_probability: float
    awareness_effect: float
    lends_min: float


class Supply(NamedTuple):
    """The residents who have lent accounts and cards so far; rows never move."""

    helpers: Array  # HELPER_COLUMNS
    used: Array  # int64 [1]: rows used


class Market(NamedTuple):
    """Whom groups ask for accounts, and what they know of fraud."""

    adults: Array  # rows of residents of 18 to 40
    residents: Array
    feelings: FeelingRule


def new_supply() -> Supply:
    """Return a city in which nobody has lent anything yet."""
    return Supply(table(HELPER_COLUMNS, 64), np.zeros(1, dtype=np.int64))


@inner_kernel
def find_helper(
    seed: int, number: int, key: int, start_min: float, supply: Supply, market: Market, rule: SupplyRule
) -> int:
    """Return the row of a helper for a campaign that begins, −1 if there is none.

    It is one who lends already and serves no other campaign, or else the first of those who are asked who agrees, with
    probability `lends · exp(−awareness_effect · awareness)`. Who lends already, or has been arrested for it and may
    open no account any more, is asked in vain. Draws belong to the campaign.
    """
    for h in range(supply.used[0]):
        one = supply.helpers[h]
        if one.busy_until_min <= start_min and start_min < one.until_min:
            return h
    for attempt in range(rule.asked if len(market.adults) else 0):
        u_who, u_lends, u_days, _ = uniform4(seed, Draw.LENDER + attempt, number, key)
        who = row(market.adults[int(u_who * len(market.adults))])
        aware = felt_fraud_awareness(market.residents, who, start_min, market.feelings)
        lends = rule.lends_probability * math.exp(-rule.awareness_effect * aware)
        if u_lends < lends and _may_lend(who, start_min, supply):
            if supply.used[0] >= len(supply.helpers):
                raise IndexError("the table of helpers is full")
            h = row(supply.used[0])
            supply.used[0] += 1
            one = supply.helpers[h]
            one.resident_id = who
            one.until_min = start_min - math.log(u_days) * rule.lends_min
            one.busy_until_min = start_min
            one.arrested_min = -1.0
            return h
    return NOBODY


@inner_kernel
def _may_lend(who: int, now_min: float, supply: Supply) -> bool:
    """Whether a resident has accounts to lend: does not lend already, and was never arrested for it."""
    for h in range(supply.used[0]):
        one = supply.helpers[h]
        if one.resident_id == who and (one.until_min > now_min or one.arrested_min >= 0.0):
            return False
    return True
