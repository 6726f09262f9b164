"""Fraud built anew from the text of `docs/odd.md`: every contact is made, one person at a time, with numpy's numbers.

It reads declared parameters and the society that is given, and no rule of `sim.incidents.fraud`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.incidents.demand import DemandParameters
from sim.incidents.fraud.parameters import BAND_FROM_AGE, FraudParameters
from sim.people.residents import Society

DAY, MONTH_DAYS = 1440.0, 365.25 / 12


class Twins(NamedTuple):
    """What became of each contact that would engage somebody unaware; all of shape [contacts]."""

    contact_min: Array
    channel: Array
    scheme: Array
    victim: Array
    engaged: Array  # bool
    paid: Array  # bool
    ended_min: Array  # paid or broken off; NaN if refused
    loss: Array  # NaN if not paid
    harm_days: Array
    reported: Array  # bool
    report_min: Array  # since the payment; NaN if not reported
    recovered: Array  # bool


def after_waking(from_min: Array, minutes: Array, dawn: float, dusk: float) -> Array:
    """Return the moments that so many waking minutes after others are; those others are waking moments."""
    waking = (from_min // DAY) * (dusk - dawn) + from_min % DAY - dawn + minutes
    return (waking // (dusk - dawn)) * DAY + dawn + waking % (dusk - dawn)


def campaigns(p: FraudParameters, days: int, rng: np.random.Generator) -> list[tuple[float, float, int, int, float]]:
    """Return start, end, channel, scheme and size of campaigns that may run in these days."""
    before = 1.5 * p.campaign_days
    n = rng.poisson((days + before) * p.campaigns_at_once / p.campaign_days)
    start = rng.uniform(-before, days, n)
    end = start + (0.5 + rng.random(n)) * p.campaign_days
    channel = rng.choice(len(p.channel_shares), n, p=p.channel_shares)
    scheme = rng.choice(len(p.scheme_shares), n, p=p.scheme_shares)
    return list(zip(start * DAY, end * DAY, channel, scheme, rng.exponential(size=n), strict=True))


def contacts(
    p: FraudParameters, society: Society, days: int, rng: np.random.Generator
) -> tuple[Array, Array, Array, Array]:
    """Return moment, channel, scheme and person of all contacts that would engage a person who is not aware."""
    residents = society.residents
    band = np.searchsorted(BAND_FROM_AGE, residents["age"], side="right") - 1
    dawn, dusk = 60 * p.waking_hours[0], 60 * p.waking_hours[1]
    a_minute = p.contacts_per_resident_month * len(residents) / MONTH_DAYS / (dusk - dawn) / p.campaigns_at_once
    found: list[tuple[Array, ...]] = []
    for start, end, channel, scheme, size in campaigns(p, days, rng):
        reach = np.array(p.reach_by_age)[channel][band]
        chance = p.engaging_probability * np.array(p.yielding_by_age)[scheme][band] * residents["susceptibility"]
        for day in range(days):
            first, last = max(start, day * DAY + dawn), min(end, day * DAY + dusk)
            if first < last:
                n = rng.poisson(size * a_minute * (last - first))
                who = rng.choice(len(residents), n, p=reach / reach.sum())
                when = rng.uniform(first, last, n)
                would = rng.random(n) < chance[who]
                of = np.full((2, would.sum()), [[channel], [scheme]])
                found.append((when[would], *of, who[would]))
    when, channels, schemes, people = (np.concatenate(column) for column in zip(*found, strict=True))
    return when, channels, schemes, people


def twins(society: Society, days: int, seed: int, demand: DemandParameters, p: FraudParameters) -> Twins:
    """Let a society meet the frauds of some days, in which nobody learns and no centre helps."""
    rng = np.random.default_rng(seed)
    when, channel, scheme, who = contacts(p, society, days, rng)
    n, people, ties = len(when), society.residents, society.ties
    dawn, dusk = 60 * p.waking_hours[0], 60 * p.waking_hours[1]
    aware = people["fraud_awareness_base"].astype(float)
    around = np.array([
        aware[ties.other[ties.start[r] : ties.start[r + 1]]].mean() if ties.start[r] < ties.start[r + 1] else 0.0
        for r in who
    ])  # fmt: skip
    engaged = rng.random(n) < np.exp(-p.awareness_effect * aware[who])

    mean = 60 * np.array(p.persuasion_hours)[scheme]
    pays_after = mean * rng.gamma(p.persuasion_shape, size=n) / p.persuasion_shape
    eta = p.second_thoughts * aware[who] + p.advice * around
    breaks_off_after = mean * rng.exponential(size=n) / np.maximum(eta, 1e-12)
    paid = engaged & (pays_after <= breaks_off_after)
    ended = after_waking(when, np.minimum(pays_after, breaks_off_after), dawn, dusk)

    shares, medians, spreads = (np.array(one) for one in (p.scheme_shares, p.loss_median, p.loss_spread))
    typical = np.exp(shares @ np.log(medians))
    loss = medians[scheme] * np.exp(spreads[scheme] * rng.normal(size=n))
    mean_power = shares @ ((medians / typical) ** p.harm_loss_power * np.exp((p.harm_loss_power * spreads) ** 2 / 2))
    harm = p.harm_days * (loss / typical) ** p.harm_loss_power / mean_power

    realised = 60 * p.realise_hours * np.exp(p.realise_spread * rng.normal(size=n))
    told = realised + 60 * p.report_hours * np.exp(p.report_spread * rng.normal(size=n))
    logit = np.log(p.report_probability / (1 - p.report_probability))
    logit = logit + demand.reporting.trust_slope * (people["trust_base"][who] - 0.5)
    logit = logit + p.report_loss_slope * np.log(loss / typical)
    reported = paid & (rng.random(n) < 1 / (1 + np.exp(-logit)))
    back = reported & (rng.random(n) < p.freeze_at_once * 0.5 ** (told / 60 / p.freeze_half_life_hours))
    return Twins(
        when, channel, scheme, who, engaged, paid, np.where(engaged, ended, np.nan), np.where(paid, loss, np.nan),
        np.where(paid, harm, np.nan), reported, np.where(reported, told, np.nan), back,
    )  # fmt: skip
