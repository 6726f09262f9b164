"""Fraud campaigns and the contacts that they make in a day.

Only contacts that may engage somebody are events, the rest is a number.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.columns import Column, grown, table
from sim.draws import Draw
from sim.incidents.fraud.audience import Audience
from sim.incidents.fraud.centre import Alert, Centre, no_centre
from sim.incidents.fraud.parameters import Channel, FraudRule
from sim.incidents.fraud.supply import NOBODY, Market, Supply, find_helper, new_supply
from sim.incidents.log import FRAUD_KEYS
from sim.kernels import inlined, inner_kernel, kernel
from sim.people.feelings import FeelingRule
from sim.randomness import choose, exponential, uniform4

# added to days in the draws of campaigns, which also start before day 0; above 1.5 times the longest mean length
DAYS_BEFORE = 1000
COUNTED = FRAUD_KEYS - 1  # key of the number of contacts that engage nobody


class Stage(IntEnum):
    """Where a fraud stands; EXPECTED and OPEN ones may go on."""

    EXPECTED = 0  # the contact is still to come
    NOT_MADE = 1  # its campaign had no accounts and cards then
    REFUSED = 2  # the awareness of the person was too high: it was one contact of many
    OPEN = 3  # being persuaded
    BROKEN_OFF = 4
    WARNED = 5
    CUT_OFF = 6  # the accounts into which the person was to pay were frozen
    PAID = 7


CAMPAIGN_COLUMNS = (
    Column("start_min", "f8", "min since start", "when it begins, before 0 for those that run already"),
    Column("end_min", "f8", "min since start", "when it ends"),
    Column("channel", "i1", "Channel", "how it reaches people"),
    Column("scheme", "i1", "Scheme", "its story"),
    Column("size", "f8", "times the mean", "contacts in a minute relative to other campaigns"),
    Column("helper_id", "i4", "row", "whose accounts and cards it uses, −1 if nobody's of the city"),
    Column("cut_min", "f8", "min since start", "from when on it has none, its beginning if nobody lent any"),
)
FRAUD_COLUMNS = (
    Column("campaign_id", "i4", "row", "the campaign"),
    Column("channel", "i1", "Channel", "how it reached the person"),
    Column("scheme", "i1", "Scheme", "its story"),
    Column("victim_id", "i4", "row", "resident who is contacted"),
    Column("contact_min", "f8", "min since start", "when"),
    Column("stage", "i1", "Stage", "where it stands"),
    Column("next_min", "f8", "min since start", "when it goes on: paid or stopped if open, seen through if paid"),
    Column("pay_min", "f8", "min since start", "when the payment is due if nothing stops it"),
    Column("stops_as", "i1", "Stage", "what stops it before, OPEN if nothing does"),
    Column("ended_min", "f8", "min since start", "when it was paid or stopped, −1 while neither"),
    Column(
        "told_min", "f8", "min since start", "when the person told the ten-household group, −1 if that has not heard"
    ),
    Column("incident_id", "i4", "row", "the crime, −1 if not paid"),
    Column("loss", "f8", "currency", "what was paid"),
    Column("recovered", "f8", "currency", "what a freeze brings back at the report"),
    Column("alert", "i1", "Alert", "what the anti-fraud centre does next about it"),
    Column("alert_min", "f8", "min since start", "when it does, infinity if nothing"),
)


class Frauds(NamedTuple):
    """The frauds of a run: rows in order of contact, campaigns, and what is under way."""

    rows: Array
    campaigns: Array
    running: Array  # rows of frauds that go on by themselves: being persuaded, or paid and not yet seen through
    contacts: Array  # [days] contacts by day, all of them
    due_min: Array  # [1] when anything happens next, or earlier
    used: Array  # int64 [5], see below
    centre: Centre  # the anti-fraud centre
    supply: Supply  # residents who lend accounts and cards


ROWS, NEXT, RUNNING, CAMPAIGNS, BEGUN = range(
    5
)  # in `used`: rows; next expected row; running; campaigns; days whose campaigns are drawn + DAYS_BEFORE


def new_frauds(rule: FraudRule) -> Frauds:
    """Return the empty tables; the first campaigns will be those that may still run on day 0."""
    used = np.zeros(5, dtype=np.int64)
    used[BEGUN] = DAYS_BEFORE - math.ceil(1.5 * rule.campaign_min / 1440)
    return Frauds(
        table(FRAUD_COLUMNS, 64), table(CAMPAIGN_COLUMNS, 64), np.zeros(64, dtype=np.int32),
        np.zeros(64, dtype=np.int64), np.full(1, np.inf), used,
        no_centre(len(Channel)), new_supply(),
    )  # fmt: skip


def frauds_with_room(frauds: Frauds, spare: int) -> Frauds:
    """Return the frauds with room for this many more rows and campaigns."""

    def wide(rows: Array, needed: int) -> Array:
        return rows if needed <= len(rows) else grown(rows, 2 * needed)

    used = frauds.used
    return frauds._replace(
        rows=wide(frauds.rows, used[ROWS] + spare),
        campaigns=wide(frauds.campaigns, used[CAMPAIGNS] + spare),
        running=wide(frauds.running, rows_under_way(frauds) + spare),
        supply=frauds.supply._replace(helpers=wide(frauds.supply.helpers, int(frauds.supply.used[0]) + spare)),
    )


def rows_under_way(frauds: Frauds) -> int:
    """Return how many frauds may still go on.

    Each can write at most one incident and one call, and nothing on the agenda.
    """
    used = frauds.used
    return int(used[RUNNING] + used[ROWS] - used[NEXT])


def frauds_of_day(
    seed: int, day: int, frauds: Frauds, people: Audience, rule: FraudRule, residents: Array, feelings: FeelingRule
) -> Frauds:  # fmt: skip
    """Draw the campaigns that start on a day and the contacts of the day; days must come in order, from 0 on.

    Parameters
    ----------
    seed : int
        Seed of the replication.
    day : int
        Day since the start of the run.
    frauds : Frauds
        The frauds before.
    people : Audience
        Whom campaigns reach.
    rule : FraudRule
        The rule.
    residents, feelings : Array, FeelingRule
        Whom groups may ask for accounts, and how awareness fades.
    """
    if day >= len(frauds.contacts):
        frauds = frauds._replace(contacts=grown(frauds.contacts, 2 * day + 2))
    if rule.contacts_per_min <= 0.0:
        return frauds
    days = day + 1 + DAYS_BEFORE - int(frauds.used[BEGUN])
    frauds = frauds_with_room(frauds, _surely(days * rule.campaigns_per_day))
    begin_campaigns(seed, day, frauds, rule, Market(people.young_adults, residents, feelings))
    frauds = frauds_with_room(frauds, _surely(expected_contacts(day, frauds, people, rule)))
    approach(seed, day, frauds, people, rule)
    return frauds


def _surely(mean: float) -> int:
    """Return a number that a Poisson number of this mean exceeds with a probability below 10⁻²⁰."""
    return math.ceil(mean + 10 * math.sqrt(mean) + 30)


@kernel
def expected_contacts(day: int, frauds: Frauds, people: Audience, rule: FraudRule) -> float:
    """Return the mean number of the day's contacts that may engage somebody."""
    total = 0.0
    for k in range(frauds.used[CAMPAIGNS]):
        one = frauds.campaigns[k]
        minutes = min(one.end_min, day * 1440 + rule.dusk_min) - max(one.start_min, day * 1440 + rule.dawn_min)
        if minutes > 0.0:
            total += minutes * one.size * rule.contacts_per_min * people.engaging[one.channel, one.scheme]
    return total


@kernel
def begin_campaigns(seed: int, day: int, frauds: Frauds, rule: FraudRule, market: Market) -> None:
    """Draw the campaigns that start up to the end of a day: a Poisson process, keyed by day and number.

    Of those that need accounts of the city, the ones for which nobody lends any have their row and nothing else, so
    that a helper more or less renumbers no other.
    """
    used = frauds.used
    while used[BEGUN] <= day + DAYS_BEFORE:
        key = used[BEGUN]
        minute, number = 0.0, 0
        while True:
            minute += exponential(seed, Draw.FRAUD_CAMPAIGN, number, key) * 1440.0 / rule.campaigns_per_day
            if minute >= 1440.0:
                break
            if used[CAMPAIGNS] >= len(frauds.campaigns):
                raise IndexError("the table of campaigns is full")
            u_length, u_channel, u_scheme, u_supply = uniform4(seed, Draw.FRAUD_CAMPAIGN, number, key)
            one = frauds.campaigns[used[CAMPAIGNS]]
            used[CAMPAIGNS] += 1
            one.start_min = (key - DAYS_BEFORE) * 1440.0 + minute
            one.end_min = one.start_min + (0.5 + u_length) * rule.campaign_min
            one.channel = choose(rule.channel_cumulative, 0, len(rule.channel_cumulative), u_channel)
            one.scheme = choose(rule.scheme_cumulative, 0, len(rule.scheme_cumulative), u_scheme)
            one.size = exponential(seed, Draw.FRAUD_CAMPAIGN_SIZE, number, key)
            one.helper_id = NOBODY
            one.cut_min = np.inf
            if u_supply < rule.supply.local_share:
                one.helper_id = find_helper(seed, number, key, one.start_min, frauds.supply, market, rule.supply)
                if one.helper_id == NOBODY:
                    one.cut_min = one.start_min
                else:
                    frauds.supply.helpers[one.helper_id].busy_until_min = one.end_min
            number += 1
        used[BEGUN] += 1


@kernel
def approach(seed: int, day: int, frauds: Frauds, people: Audience, rule: FraudRule) -> None:
    """Draw the contacts of a day: rows for those that would engage a person, a number for the others.

    Contacts are a Poisson process in waking hours. Split by a chance that belongs to the person alone, the two parts
    are independent Poisson processes, so that nothing is lost by counting one of them. A campaign without accounts has
    rows for the contacts that it would make, so that no other person's fraud is drawn anew, and makes none.
    """
    used = frauds.used
    first, made = used[ROWS], 0
    dull = 0.0
    for c in range(used[CAMPAIGNS]):
        one = frauds.campaigns[c]
        minute = max(one.start_min, day * 1440.0 + rule.dawn_min)
        until = min(one.end_min, day * 1440.0 + rule.dusk_min)
        if minute >= until:
            continue
        engaging = people.engaging[one.channel, one.scheme]
        rate = rule.contacts_per_min * one.size
        dull += rate * (1.0 - engaging) * max(0.0, min(until, one.cut_min) - minute)
        number = 0
        while engaging > 0.0:
            minute += exponential(seed, Draw.FRAUD_CONTACT + number, c, day) / (rate * engaging)
            if minute >= until:
                break
            u_band, u_who, _, _ = uniform4(seed, Draw.FRAUD_CONTACT + number, c, day)
            _expect(frauds, first, c, minute, _person(people, one.channel, one.scheme, u_band, u_who))
            made += minute < one.cut_min
            number += 1
    frauds.contacts[day] = made + _poisson(dull, seed, Draw.FRAUD_REFUSALS, COUNTED, day)
    if used[NEXT] < used[ROWS]:
        frauds.due_min[0] = min(frauds.due_min[0], frauds.rows[used[NEXT]].contact_min)


@inlined
def _person(people: Audience, channel: int, scheme: int, u_band: float, u_who: float) -> int:
    """Return whom a contact engages: an age band by reach and yielding, in it a person by susceptibility."""
    bands = people.band_cumulative[channel, scheme]
    band = choose(bands, 0, len(bands), u_band)
    first, end = people.band_start[band], people.band_start[band + 1]
    below = people.cumulative[first - 1] if first > 0 else 0.0
    return int(
        people.people[choose(people.cumulative, first, end, below + u_who * (people.cumulative[end - 1] - below))]
    )


@inlined
def _expect(frauds: Frauds, first: int, campaign: int, contact_min: float, person: int) -> None:
    """Write a contact among those of the day, which begin at row `first`, in order of time."""
    rows, i = frauds.rows, frauds.used[ROWS]
    if i >= len(rows):
        raise IndexError("the table of frauds is full")
    frauds.used[ROWS] += 1
    while i > first and rows[i - 1].contact_min > contact_min:
        rows[i] = rows[i - 1]
        i -= 1
    one = rows[i]
    one.campaign_id = campaign
    one.channel = frauds.campaigns[campaign].channel
    one.scheme = frauds.campaigns[campaign].scheme
    one.victim_id = person
    one.contact_min = contact_min
    one.stage = Stage.EXPECTED if contact_min < frauds.campaigns[campaign].cut_min else Stage.NOT_MADE
    one.next_min = contact_min
    one.pay_min = np.inf
    one.stops_as = Stage.OPEN
    one.ended_min = -1.0
    one.told_min = -1.0
    one.incident_id = -1
    one.loss = 0.0
    one.recovered = 0.0
    one.alert = Alert.NONE
    one.alert_min = np.inf


@inner_kernel
def _poisson(mean: float, seed: int, draw: int, entity: int, time: int) -> int:
    """Return a Poisson number, by gaps for small means and by transformed rejection for others (Hörmann 1993, PTRS)."""
    if mean < 10.0:
        n, passed = 0, exponential(seed, draw, entity, time)
        while passed < mean:
            n += 1
            passed += exponential(seed, draw + n, entity, time)
        return n
    b = 0.931 + 2.53 * math.sqrt(mean)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    quick = 0.9277 - 3.6224 / (b - 2.0)
    trial = 0
    while True:
        u, v, _, _ = uniform4(seed, draw + trial, entity, time)
        trial += 1
        u -= 0.5
        side = 0.5 - abs(u)
        k = math.floor((2.0 * a / side + b) * u + mean + 0.43)
        if side >= 0.07 and v <= quick:
            return int(k)
        if k < 0 or (side < 0.013 and v > side):
            continue
        if math.log(v) + math.log(inverse_alpha) - math.log(a / (side * side) + b) <= -mean + k * math.log(
            mean
        ) - math.lgamma(k + 1.0):
            return int(k)
