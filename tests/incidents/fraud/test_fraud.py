"""Telecom fraud: exact in what it draws, in order however time is cut, and steered by awareness."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_frauds import BUSY, CHANCE, DAY, UNMOVED, Met, bits, busy_town, made_up_society, meet
from scipy import stats

from sim.arrays import Array
from sim.incidents.fraud.audience import audience
from sim.incidents.fraud.campaigns import (
    CAMPAIGNS,
    RUNNING,
    Stage,
    approach,
    frauds_of_day,
    frauds_with_room,
    new_frauds,
    rows_under_way,
)
from sim.incidents.fraud.parameters import DAYS_PER_MONTH, SCHEME_NAMES, FraudParameters, Scheme, fraud_rule
from sim.incidents.fraud.persuasion import awake_after, warn
from sim.incidents.log import CALLS, INCIDENTS
from sim.people.feelings import FeelingParameters, feeling_rule
from sim.people.residents import Society

COUNTY = 150_000


@cache
def county(seed: int) -> Met:
    """Return a year of the county at the defaults."""
    return meet(made_up_society(COUNTY), 365, seed)


# What is drawn


def unthinned(met: Met, days: int, parameters: FraudParameters, rng: np.random.Generator) -> tuple[int, Array, Array]:
    """Make each contact of these campaigns one by one; return their number, and who engaged and in which hour."""
    people, rule = met.society.residents, fraud_rule(parameters, len(met.society.residents))
    band = np.searchsorted((0, 12, 18, 41, 66), people["age"], side="right") - 1
    dawn, dusk = rule.dawn_min, rule.dusk_min
    number, who, hour = 0, [], []
    for one in met.frauds.campaigns[: met.frauds.used[CAMPAIGNS]]:
        reach = np.array(parameters.reach_by_age)[one["channel"]][band]
        chance = (
            parameters.engaging_probability
            * np.array(parameters.yielding_by_age)[one["scheme"]][band]
            * people["susceptibility"]
        )
        chance = chance * np.exp(-parameters.awareness_effect * people["fraud_awareness_base"])
        for day in range(days):
            first, last = max(one["start_min"], day * DAY + dawn), min(one["end_min"], day * DAY + dusk)
            if first >= last:
                continue
            contacts = rng.poisson(rule.contacts_per_min * one["size"] * (last - first))
            reached = rng.choice(len(people), contacts, p=reach / reach.sum())
            engaged = rng.random(contacts) < chance[reached]
            number += contacts
            who.append(reached[engaged])
            hour.append(rng.uniform(first, last, contacts)[engaged] % DAY // 60)
    return number, np.concatenate(who), np.concatenate(hour).astype(int)


def test_thinned_contacts_are_those_of_a_simulation_that_makes_each_of_them() -> None:
    """Number, persons and hours, by tests of which each fails by chance once in 1,000."""
    often = {**BUSY, "contacts_per_resident_month": 120.0}
    parameters = FraudParameters(**often)
    days, people, runs = 300, 40, 10
    met = meet(made_up_society(people), days, feeling=UNMOVED, **often)
    engaged = met.rows[met.rows["stage"] >= Stage.OPEN]
    rng = np.random.default_rng(1)
    brute = [unthinned(met, days, parameters, rng) for _ in range(runs)]
    contacts = float(np.mean([number for number, _, _ in brute]))
    bound = stats.norm.isf(CHANCE / 2) * np.sqrt(1 + 1 / runs)
    assert abs(met.frauds.contacts.sum() - contacts) < bound * np.sqrt(contacts)
    for own, others in (
        (engaged["victim_id"], [who for _, who, _ in brute]),
        (engaged["contact_min"] % DAY // 60, [hour for _, _, hour in brute]),
    ):
        together = np.concatenate(others)
        assert abs(len(own) - len(together) / runs) < bound * np.sqrt(len(together) / runs)
        counts = np.array([np.bincount(values.astype(int), minlength=people) for values in (own, together)])
        counts = counts[:, counts.sum(axis=0) >= 5 * (runs + 1)]  # at least five expected
        assert counts.shape[1] > 10
        assert stats.chi2_contingency(counts).pvalue > CHANCE
    print(
        f"{met.frauds.contacts.sum()} contacts ({contacts:.0f} one by one), {len(engaged)} engaged "
        f"({len(together) / runs:.0f} one by one)"
    )


@pytest.mark.parametrize("monthly", [0.5, 4.0, 300.0])
def test_the_number_of_contacts_of_a_day_is_poisson(monthly: float) -> None:
    """One campaign without end: a test of fit that fails by chance once in 1,000."""
    parameters = FraudParameters(contacts_per_resident_month=monthly, campaigns_at_once=1)
    society = made_up_society(60)
    rule, people = fraud_rule(parameters, 60), audience(society.residents, parameters)
    days = 4000
    frauds = frauds_with_room(new_frauds(rule), 5000)._replace(contacts=np.zeros(days, dtype=np.int64))
    frauds.used[CAMPAIGNS] = 1
    frauds.campaigns[0] = (0.0, days * DAY, 0, 0, 1.0, -1, np.inf)
    for day in range(days):
        approach(5, day, frauds, people, rule)
    mean = monthly * 60 / DAYS_PER_MONTH
    edges = np.unique(stats.poisson.ppf(np.linspace(0, 1, 12)[1:-1], mean))
    found = np.bincount(np.searchsorted(edges, frauds.contacts), minlength=len(edges) + 1)
    expected = days * np.diff(np.concatenate([[0.0], stats.poisson.cdf(edges, mean), [1.0]]))
    assert stats.chisquare(found, expected).pvalue > CHANCE


def test_no_contacts_no_fraud_and_nothing_drawn() -> None:
    met = meet(made_up_society(3000), 30, contacts_per_resident_month=0)
    assert (
        len(met.rows)
        == len(met.incidents)
        == len(met.calls)
        == met.frauds.used[CAMPAIGNS]
        == met.frauds.contacts.sum()
        == 0
    )
    assert np.isinf(met.frauds.due_min[0])


def test_campaigns_last_about_two_weeks_and_as_many_run_at_the_start_as_later() -> None:
    """Means of 800 starts; the normal bounds fail by chance once in 1,000 each."""
    society = made_up_society(30)
    at_start, at_end, lengths = [], [], []
    for seed in range(1, 41):
        met = meet(society, 40, seed)
        campaigns = met.frauds.campaigns[: met.frauds.used[CAMPAIGNS]]
        for count, moment in ((at_start, 0.0), (at_end, 40 * DAY)):
            count.append(((campaigns["start_min"] <= moment) & (campaigns["end_min"] > moment)).sum())
        lengths += list(campaigns["end_min"] - campaigns["start_min"])
    for count in (at_start, at_end):
        assert abs(np.mean(count) - 20) < stats.norm.isf(CHANCE / 2) * np.sqrt(20 / 40)
    assert min(lengths) > 7 * DAY
    assert max(lengths) < 21 * DAY


def test_contacts_of_many_years_are_as_many_as_was_asked_for() -> None:
    """The mean of 40 years at 2 a month; years differ by about 6.5 %.

    The normal bound fails by chance once in 1,000.
    """
    society = made_up_society(300)
    parameters = FraudParameters(contacts_per_resident_month=2.0)
    rule, people = fraud_rule(parameters, 300), audience(society.residents, parameters)
    years, fading = [], feeling_rule(FeelingParameters())
    for seed in range(1, 41):
        frauds = new_frauds(rule)
        for day in range(365):
            frauds = frauds_of_day(seed, day, frauds, people, rule, society.residents, fading)
        years.append(frauds.contacts.sum() / 300 / (365 / DAYS_PER_MONTH))
    assert abs(np.mean(years) - 2.0) < stats.t.isf(CHANCE / 2, 39) * stats.sem(years)
    assert 0.03 < np.std(years) / np.mean(years) < 0.12


# Order


def every(minutes: float) -> list[float]:
    return [*np.arange(minutes, DAY, minutes), DAY]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, DAY), max_size=40))
def test_frauds_are_the_same_to_the_bit_however_time_is_cut_into_ticks(cuts: list[float]) -> None:
    society = made_up_society(300)
    assert bits(meet(society, 20, ticks=[*sorted(cuts), DAY], **BUSY)) == bits(meet(society, 20, **BUSY))


def test_rows_stand_in_order_of_contact_and_a_day_writes_no_more_than_what_is_under_way() -> None:
    before: list[tuple[int, int, int]] = []

    def watch(met: Met, day: int) -> None:
        before.append((rows_under_way(met.frauds), int(met.logs.used[INCIDENTS]), int(met.logs.used[CALLS])))

    met = meet(made_up_society(3000), 60, ticks=every(10), meddle=watch, **BUSY)
    assert len(met.paid) > 100
    assert (np.diff(met.rows["contact_min"]) >= 0).all()
    assert met.logs.agenda.size[0] == 0
    for (room, incidents, calls), (_, more_incidents, more_calls) in pairwise(before):
        assert more_incidents - incidents <= room
        assert more_calls - calls <= room
    assert (
        met.frauds.used[RUNNING] == (met.rows["stage"] == Stage.OPEN).sum() + (met.paid["next_min"] >= 60 * DAY).sum()
    )


# Who engages, and who pays


def test_two_to_three_in_a_thousand_pay_in_a_year_and_their_ages_and_schemes_are_near_the_published() -> None:
    """Calibration, not validation: three years of a county of 150,000 at the defaults.

    Years differ by about 7 %, since campaigns are few and unequal.
    """
    paid = np.concatenate([county(seed).paid for seed in (1, 2, 3)])
    age = county(1).society.residents["age"][paid["victim_id"]]
    ages = ((age >= 18) & (age <= 40)).mean(), ((age >= 41) & (age <= 65)).mean()
    of_scheme = np.bincount(paid["scheme"], minlength=len(Scheme)) / len(paid)
    money = np.bincount(paid["scheme"], weights=paid["loss"], minlength=len(Scheme)) / paid["loss"].sum()
    per_1000 = 1000 * len(paid) / 3 / COUNTY
    print(
        f"{per_1000:.2f} payments per 1,000 residents a year, mean loss {paid['loss'].mean():.0f}; ages 18–40 "
        f"{ages[0]:.2f}, 41–65 {ages[1]:.2f}"
    )
    print(
        {
            name: (round(cases, 2), round(lost, 2))
            for name, cases, lost in zip(SCHEME_NAMES, of_scheme, money, strict=True)
        }
    )
    assert 2 < per_1000 < 3
    assert (age >= 12).all()
    assert ages == pytest.approx((0.621, 0.331), abs=0.08)
    assert of_scheme[Scheme.BRUSHING] == pytest.approx(1 / 3, abs=0.08)
    assert 0.2 < money[Scheme.INVESTMENT] < 0.5
    assert money.argmax() == Scheme.INVESTMENT


def with_awareness(society: Society, factor: float) -> Society:
    people = society.residents.copy()
    people["fraud_awareness"] = people["fraud_awareness_base"] = np.minimum(factor * people["fraud_awareness_base"], 1)
    return society._replace(residents=people)


def test_the_more_aware_people_are_the_fewer_pay_and_none_pays_who_would_not_have_paid_before() -> None:
    society = made_up_society(20_000)
    lost, before = [], None
    for factor in (0.0, 0.5, 1.0, 1.5):
        met = meet(with_awareness(society, factor), 60, feeling=UNMOVED, **BUSY)
        payments = set(zip(met.paid["contact_min"].tolist(), met.paid["loss"].tolist(), strict=True))
        lost.append(met.paid["loss"].sum())
        contacts = met.frauds.contacts.sum()
        assert before is None or (payments < before[0] and contacts == before[1]), "contacts are the offenders' choice"
        before = payments, contacts
    assert all(less < 0.95 * more for more, less in pairwise(lost))


def test_a_person_engages_and_pays_as_often_as_the_formulas_say() -> None:
    """Everybody equally aware: engaged `exp(−2 w)`, paid `(1 + 4 w / 2)^−2`.

    Binomial tests that fail by chance once in 1,000.
    """
    aware = 0.4
    met = meet(made_up_society(20_000, awareness=aware, same_awareness=True), 60, feeling=UNMOVED, **BUSY)
    engaged = met.rows["stage"] >= Stage.OPEN
    assert stats.binomtest(int(engaged.sum()), len(engaged), np.exp(-2 * aware)).pvalue > CHANCE
    early = met.rows[engaged & (met.rows["contact_min"] < 20 * DAY)]
    assert not (early["stage"] == Stage.OPEN).any()
    assert (
        stats.binomtest(int((early["stage"] == Stage.PAID).sum()), len(early), (1 + 4 * aware / 2) ** -2).pvalue
        > CHANCE
    )


def test_without_second_thoughts_and_advice_everybody_who_engages_pays_and_advice_alone_stops_some() -> None:
    society = made_up_society(3000)
    first_days = {name: meet(society, 40, **BUSY, **changes) for name, changes in
                  {"neither": {"second_thoughts": 0, "advice": 0}, "advice": {"second_thoughts": 0},
                      "own": {"advice": 0}}.items()}  # fmt: skip
    stages = {
        name: set(met.rows["stage"][met.rows["contact_min"] < 5 * DAY].tolist()) for name, met in first_days.items()
    }
    assert stages == {
        "neither": {Stage.REFUSED, Stage.PAID},
        **{name: {Stage.REFUSED, Stage.BROKEN_OFF, Stage.PAID} for name in ("advice", "own")},
    }


def test_victims_and_their_ties_learn_about_fraud_and_are_engaged_less_afterwards() -> None:
    """The same contacts meet people who learn and people who do not."""
    society = made_up_society(3000)
    learning, unmoved = meet(society, 120, **BUSY), meet(society, 120, feeling=UNMOVED, **BUSY)
    assert learning.society.residents["fraud_awareness"].mean() > society.residents["fraud_awareness"].mean() + 0.02
    assert np.array_equal(unmoved.society.residents["fraud_awareness"], society.residents["fraud_awareness"])
    assert len(learning.paid) < 0.9 * len(unmoved.paid)
    for feeling in ("awareness", "perceived_safety"):
        assert np.array_equal(learning.society.residents[feeling], society.residents[feeling])


def test_persuasion_rests_at_night() -> None:
    ended = busy_town().rows
    ended = ended[ended["ended_min"] >= 0]
    for moment in (ended["ended_min"], busy_town().rows["contact_min"]):
        assert (moment % DAY >= 8 * 60).all()
        assert (moment % DAY < 23 * 60 + 1e-6).all()
    assert (ended["ended_min"] > ended["contact_min"]).all()


minutes = st.floats(0, 5000)


@given(st.floats(0, 1e6), minutes, minutes, st.floats(0, 700), st.floats(710, 1440))
def test_so_many_waking_minutes_pass_and_no_more(
    time_min: float, one: float, other: float, dawn: float, dusk: float
) -> None:
    def awake(moment: float) -> float:
        """Return the waking minutes since the start."""
        day = moment // DAY
        return float(day * (dusk - dawn) + np.clip(moment - day * DAY, dawn, dusk) - dawn)

    later = awake_after(time_min, one, dawn, dusk)
    latest = awake_after(later, other, dawn, dusk)
    assert awake(later) == pytest.approx(awake(time_min) + one, abs=1e-5)
    assert awake(latest) == pytest.approx(awake(time_min) + one + other, abs=1e-5)
    assert later >= time_min - 1e-6
    assert dawn - 1e-6 <= (later + 1e-6) % DAY <= dusk + 1e-5


def test_a_warning_before_the_end_stops_a_fraud_and_a_later_one_does_nothing() -> None:
    society = made_up_society(3000)
    warned: set[int] = set()

    def call_up(met: Met, day: int) -> None:
        for f in met.frauds.running[: met.frauds.used[RUNNING]].copy():
            if warn(met.frauds, int(f), day * DAY + 500.0):
                warned.add(int(f))
            assert not warn(met.frauds, int(f), day * DAY + 900.0)

    def call_late(met: Met, day: int) -> None:
        for f in range(len(met.rows)):
            assert met.rows["stage"][f] in (Stage.OPEN, Stage.EXPECTED) or not warn(met.frauds, f, day * DAY)

    helped, alone, late = (
        meet(society, 40, meddle=meddle, feeling=UNMOVED, **BUSY) for meddle in (call_up, None, call_late)
    )
    assert set(np.flatnonzero(helped.rows["stage"] == Stage.WARNED)) == {
        f for f in warned if helped.rows["ended_min"][f] >= 0
    }
    assert len(warned) > 50
    assert 0 < len(helped.paid) < len(alone.paid)
    assert (helped.rows["incident_id"][sorted(warned)] == -1).all()
    untouched = np.setdiff1d(np.arange(len(alone.rows)), sorted(warned))
    assert np.array_equal(helped.rows["loss"][untouched], alone.rows["loss"][untouched]), (
        "a warning moves nobody else's draws"
    )
    assert bits(late) != bits(helped)
