"""Fraud built anew from the text of `docs/odd.md` by somebody who had never seen the program, with numpy's numbers.

He had that page, the table of parameters and a made-up society; only names, types and the two ends of it are ours. It
reads declared parameters and the society that is given, and no rule of `sim.incidents.fraud`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.incidents.demand import DemandParameters
from sim.incidents.fraud.parameters import BAND_FROM_AGE, FraudParameters
from sim.people.residents import Society

DAY = 1440.0


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


def awake_until(moment_min: Array, dawn: float, waking: float) -> Array:
    """Return the waking minutes from minute 0 to some moments."""
    day = np.floor(moment_min / DAY)
    return day * waking + np.clip(moment_min - day * DAY - dawn, 0.0, waking)


def moment(awake: Array, dawn: float, waking: float) -> Array:
    """Return the moments at which so many waking minutes have passed since minute 0."""
    day = np.floor(awake / waking)
    return day * DAY + dawn + (awake - day * waking)


def contacts(
    p: FraudParameters, society: Society, days: int, rng: np.random.Generator
) -> tuple[Array, Array, Array, Array]:
    """Return waking moment, channel, scheme and person of all contacts that would engage somebody who is not aware."""
    n, length = p.campaigns_at_once, p.campaign_days
    longest = 1.5 * length  # what begins so long before day 0 may still run on it
    number = rng.poisson(n / length * (days + longest))
    start = rng.uniform(-longest * DAY, days * DAY, number)
    end = start + (0.5 + rng.random(number)) * length * DAY
    channels = rng.choice(len(p.channel_shares), number, p=p.channel_shares)
    schemes = rng.choice(len(p.scheme_shares), number, p=p.scheme_shares)
    size = rng.exponential(1.0, number)

    dawn, waking = 60.0 * p.waking_hours[0], 60.0 * (p.waking_hours[1] - p.waking_hours[0])
    begin_awake, end_awake = (awake_until(np.clip(one, 0.0, days * DAY), dawn, waking) for one in (start, end))
    residents = society.residents
    a_minute = p.contacts_per_resident_month * len(residents) / (30.44 * waking) / n
    band = np.searchsorted(BAND_FROM_AGE, residents["age"], side="right") - 1
    reach, yielding = np.array(p.reach_by_age)[:, band], np.array(p.yielding_by_age)[:, band]
    parts: list[tuple[Array, ...]] = []
    for c, (channel, scheme) in enumerate(zip(channels, schemes, strict=True)):
        weight = reach[channel] * yielding[scheme] * residents["susceptibility"]
        thinned = p.engaging_probability * weight.sum() / reach[channel].sum()
        k = rng.poisson(size[c] * a_minute * thinned * (end_awake[c] - begin_awake[c]))
        awake = rng.uniform(begin_awake[c], end_awake[c], k)
        who = np.searchsorted(np.cumsum(weight) / weight.sum(), rng.random(k), side="right")
        parts.append((awake, np.full(k, channel), np.full(k, scheme), np.minimum(who, len(residents) - 1)))
    awake, channel, scheme, victim = (np.concatenate(column) for column in zip(*parts, strict=True))
    return awake, channel, scheme, victim


def awareness_around(society: Society) -> Array:
    """Return the mean awareness of fraud of each resident's ties, 0 without any."""
    ties, aware = society.ties, society.residents["fraud_awareness_base"].astype(float)
    count = np.diff(ties.start)
    sums = np.concatenate(([0.0], np.cumsum(aware[ties.other])))
    return np.where(count > 0, (sums[ties.start[1:]] - sums[ties.start[:-1]]) / np.maximum(count, 1), 0.0)


def twins(society: Society, days: int, seed: int, demand: DemandParameters, p: FraudParameters) -> Twins:
    """Let a society meet the frauds of some days, in which nobody learns and no centre helps."""
    rng = np.random.default_rng(seed)
    awake, channel, scheme, victim = contacts(p, society, days, rng)
    rows, people = len(awake), society.residents
    dawn, waking = 60.0 * p.waking_hours[0], 60.0 * (p.waking_hours[1] - p.waking_hours[0])
    own = people["fraud_awareness_base"].astype(float)[victim]
    engaged = rng.random(rows) < np.exp(-p.awareness_effect * own)

    mean_min = 60.0 * np.array(p.persuasion_hours)[scheme]
    pays_after = mean_min * rng.gamma(p.persuasion_shape, 1.0, rows) / p.persuasion_shape
    eta = p.second_thoughts * own + p.advice * awareness_around(society)[victim]
    with np.errstate(divide="ignore"):
        breaks_off_after = np.where(eta > 0, mean_min * rng.exponential(1.0, rows) / eta, np.inf)
    paid = engaged & (breaks_off_after >= pays_after)
    ended = moment(awake + np.minimum(pays_after, breaks_off_after), dawn, waking)

    shares, medians, spreads = (np.array(one) for one in (p.scheme_shares, p.loss_median, p.loss_spread))
    typical, power = np.exp(shares @ np.log(medians)), p.harm_loss_power
    loss = medians[scheme] * np.exp(spreads[scheme] * rng.standard_normal(rows))
    mean_harm = shares @ ((medians / typical) ** power * np.exp(power**2 * spreads**2 / 2))
    harm = p.harm_days * (loss / typical) ** power / mean_harm

    seen = 60.0 * p.realise_hours * np.exp(p.realise_spread * rng.standard_normal(rows))
    logit = np.log(p.report_probability / (1 - p.report_probability))
    logit = logit + demand.reporting.trust_slope * (people["trust_base"][victim] - 0.5)
    logit = logit + p.report_loss_slope * np.log(loss / typical)
    reported = paid & (rng.random(rows) < 1.0 / (1.0 + np.exp(-logit)))
    told = seen + 60.0 * p.report_hours * np.exp(p.report_spread * rng.standard_normal(rows))
    comes_back = p.freeze_at_once * 2.0 ** (-told / (60.0 * p.freeze_half_life_hours))
    recovered = reported & (rng.random(rows) < comes_back)
    return Twins(
        moment(awake, dawn, waking), channel, scheme, victim, engaged, paid, np.where(engaged, ended, np.nan),
        np.where(paid, loss, np.nan), np.where(paid, harm, np.nan), reported, np.where(reported, told, np.nan),
        recovered,
    )  # fmt: skip
