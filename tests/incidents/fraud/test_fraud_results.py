"""What fraud costs, what is reported of it and comes back, that nothing else in the city reaches it.

And how its results read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from made_up_frauds import BUSY, CHANCE, DAY, DEMAND, Met, bits, busy_town, made_up_society, meet
from pydantic import ValidationError
from scipy import stats

from sim.incident_types import IncidentType
from sim.incidents.fraud.audience import audience
from sim.incidents.fraud.parameters import CHANNEL_NAMES, SCHEME_NAMES, FraudParameters, Scheme, fraud_rule
from sim.incidents.log import CallState, Discoverer
from sim.outcomes.fraud_results import fraud_contacts, fraud_indicators, fraud_table
from sim.parameters import BadInput, one_line
from sim.people.feelings import shift_feelings

# Money, report and freeze


def test_losses_are_lognormal_by_scheme_and_few_lose_most() -> None:
    """Kolmogorov–Smirnov of the log of losses, which fails by chance once in 1,000 a scheme."""
    defaults, paid = FraudParameters(), busy_town().paid
    for scheme in Scheme:
        z = (
            np.log(paid["loss"][paid["scheme"] == scheme]) - np.log(defaults.loss_median[scheme])
        ) / defaults.loss_spread[scheme]
        assert len(z) > 150
        assert stats.kstest(z, "norm").pvalue > CHANCE
    largest = np.sort(paid["loss"])[::-1]
    assert largest[: len(largest) // 10].sum() > 0.5 * largest.sum(), (
        "a tenth of the victims bear more than half of the loss"
    )


def test_harm_follows_the_loss_around_the_mean_of_the_type() -> None:
    met = busy_town()
    crimes = met.incidents
    assert np.array_equal(crimes["loss"], met.paid["loss"][np.argsort(met.paid["incident_id"])].astype(np.float32))
    ratio = crimes["harm"] / np.sqrt(crimes["loss"])
    assert ratio == pytest.approx(ratio[0] * np.ones(len(ratio)), rel=1e-5)
    assert crimes["harm"].mean() == pytest.approx(DEMAND.harm_days[IncidentType.FRAUD], rel=0.1)


def test_reports_follow_baseline_trust_and_loss() -> None:
    """Counts in 16 groups by trust and loss against the formula.

    A chi-square test that fails by chance once in 1,000.
    """
    met, rule = busy_town(), fraud_rule(FraudParameters(**BUSY), 20_000)
    known = met.paid[met.paid["next_min"] < 60 * DAY]
    trust = met.society.residents["trust_base"][known["victim_id"]]
    log_loss = np.log(known["loss"] / rule.typical_loss)
    chance = 1 / (
        1 + np.exp(-(DEMAND.report_logit[IncidentType.FRAUD] + DEMAND.trust_slope * (trust - 0.5) + 0.5 * log_loss))
    )
    reported = met.incidents["call_id"][known["incident_id"]] >= 0
    group = 4 * np.searchsorted(np.quantile(trust, (0.25, 0.5, 0.75)), trust) + np.searchsorted(
        np.quantile(log_loss, (0.25, 0.5, 0.75)), log_loss
    )
    found, expected, variance = (
        np.bincount(group, weights=w, minlength=16) for w in (reported, chance, chance * (1 - chance))
    )
    assert stats.chi2.sf(((found - expected) ** 2 / variance).sum(), 16) > CHANCE
    share = found / np.bincount(group)
    assert share[15] > 2 * share[0]


def test_a_freeze_halves_with_every_half_life_since_the_payment() -> None:
    """Recovered payments by time against `0.8 · 0.5^(hours / 1.5)`.

    A chi-square test that fails by chance once in 1,000.
    """
    met = busy_town()
    crimes = met.incidents[met.paid["incident_id"]]
    called = crimes["call_id"] >= 0
    hours = (met.calls["received_min"][crimes["call_id"][called]] - crimes["time_min"][called]) / 60
    back = met.paid["recovered"][called] > 0
    chance = 0.8 * 0.5 ** (hours / 1.5)
    bins = np.searchsorted((0.5, 1, 2, 3, 4.5, 7), hours)
    found, expected, variance = (np.bincount(bins, weights=w) for w in (back, chance, chance * (1 - chance)))
    assert expected.min() > 1
    assert stats.chi2.sf(((found - expected) ** 2 / variance).sum(), len(found)) > CHANCE
    assert np.isin(met.paid["recovered"] / met.paid["loss"], (0.0, 1.0)).all()
    assert (met.paid["recovered"][~called] == 0).all()


def test_the_quicker_the_freeze_or_the_report_the_more_comes_back() -> None:
    society = made_up_society(3000)
    slow, usual, quick = (
        meet(society, 60, **BUSY, **c).paid["recovered"].sum()
        for c in ({"report_hours": 24}, {}, {"realise_hours": 0.5, "report_hours": 0.1})
    )
    assert slow < usual < quick
    assert meet(society, 60, **BUSY, freeze_at_once=0).paid["recovered"].sum() == 0


def test_a_report_is_left_at_the_desk_which_has_yet_to_enter_it_in_the_books() -> None:
    met = busy_town()
    crimes, calls = met.incidents, met.calls
    assert 0.2 < len(calls) / len(crimes) < 0.45
    assert (calls["state"] == CallState.AT_DESK).all()
    assert (calls["needed"] == 0).all()
    assert (calls["on_scene_min"] > 0).all()
    of_call = crimes[calls["incident_id"]]
    assert np.array_equal(of_call["call_id"], np.arange(len(calls)))
    assert (of_call["recorded_time_min"] == -1).all()
    assert np.array_equal(of_call["recorded_cell"], of_call["cell"])
    assert (of_call["discovered_by"] == Discoverer.VICTIM).all()
    assert (calls["received_min"] > of_call["time_min"]).all()
    silent = crimes[crimes["call_id"] < 0]
    assert (silent["recorded_time_min"] == -1).all()
    assert (silent["discovered_by"] == Discoverer.NOBODY).all()
    people, homes = met.society.residents[crimes["victim_id"]], met.society.dwellings
    assert np.array_equal(crimes["cell"], people["home_cell"])
    assert np.array_equal(crimes["x_m"], homes["x_m"][people["dwelling"]])
    assert (crimes["offender_id"] == -1).all()
    assert (crimes["culprit_id"] == -1).all()


# Out of reach


def place_crime_happens(met: Met, day: int) -> None:
    for r in range(0, len(met.society.residents), 7):
        shift_feelings(met.society.residents, r, day * DAY + 1000.0, -0.3, -0.4, 0.5, met.feelings, met.ground)


def police_come(met: Met, day: int) -> None:
    for name in ("police_now", "watch_now"):
        met.ground.cells[name] = day % 5
    met.ground.cells["deterrence"] = 0.9
    met.ground.cells["patrol_min"] += 60.0
    met.ground.cells["boost"] += 1.0


def trust_is_won(met: Met, day: int) -> None:
    people = met.society.residents
    for name in ("trust", "perceived_safety", "awareness"):
        people[name] = 1.0
    people["felt_min"] = day * DAY


@pytest.mark.parametrize("meddle", [place_crime_happens, police_come, trust_is_won])
def test_nothing_at_places_and_no_trust_of_the_day_moves_a_bit_of_fraud(meddle: Any) -> None:
    society = made_up_society(3000)
    left_alone, meddled = meet(society, 40, **BUSY), meet(society, 40, meddle=meddle, **BUSY)
    assert len(left_alone.paid) > 50
    assert len(left_alone.calls) > 20
    assert bits(left_alone) == bits(meddled)


def test_what_fraud_may_depend_on_does_move_it() -> None:
    """The comparison above can fail: baseline trust moves reports, awareness of fraud moves frauds."""
    society = made_up_society(3000)

    def teach(met: Met, day: int) -> None:
        met.society.residents["fraud_awareness"] = 0.9
        met.society.residents["fraud_felt_min"] = day * DAY

    trusting = society._replace(residents=society.residents.copy())
    trusting.residents["trust_base"] = 1.0
    alone, taught, more_trust = (
        meet(society, 40, **BUSY),
        meet(society, 40, meddle=teach, **BUSY),
        meet(trusting, 40, **BUSY),
    )
    assert len(taught.paid) < 0.7 * len(alone.paid)
    assert np.array_equal(more_trust.paid["loss"], alone.paid["loss"])
    assert len(more_trust.calls) > len(alone.calls)


# Results and bad input


def test_the_table_and_its_indicators_agree_with_the_log_of_crimes() -> None:
    met = busy_town()
    now = 60 * DAY
    found = fraud_table(met.frauds, met.logs, 0.0, now)
    numbers = fraud_indicators(found, fraud_contacts(met.frauds, 0.0, now), 0.0)
    crimes = met.incidents
    assert numbers["fraud_victims"] == len(np.unique(crimes["victim_id"]))
    assert numbers["fraud_loss"] == pytest.approx(crimes["loss"].sum(dtype=float), rel=1e-6)
    assert numbers["fraud_contacts"] == met.frauds.contacts.sum()
    assert 0 < numbers["fraud_recovered"] < numbers["fraud_loss"]
    assert set(found["outcome"]) == {"open", "broken_off", "paid"}
    assert set(found["channel"]) == set(CHANNEL_NAMES)
    assert set(found["scheme"]) == set(SCHEME_NAMES)
    assert np.array_equal(np.ma.getmaskarray(found["ended_min"]), found["outcome"] == "open")
    assert np.array_equal(np.ma.getmaskarray(found["reported_min"]), ~found["reported"])
    assert found["reported"].sum() == (met.calls["received_min"] <= now).sum() < len(met.calls), (
        "a report to come is none yet"
    )
    assert (found["reported_min"].compressed() <= now).all()
    assert (found["recovered"][~found["reported"]] == 0).all()
    assert (found["loss"][found["outcome"] != "paid"] == 0).all()


def test_payments_count_where_they_were_made_also_if_the_contact_was_before() -> None:
    met = busy_town()
    half = 30 * DAY
    whole, late = (fraud_table(met.frauds, met.logs, start, 60 * DAY) for start in (0.0, half))
    assert (late["contact_min"] < 0).any()
    early_loss = met.incidents["loss"][met.incidents["time_min"] < half].sum(dtype=float)
    assert late["loss"].sum() + early_loss == pytest.approx(whole["loss"].sum(), rel=1e-6)
    assert fraud_contacts(met.frauds, 0.0, half) + fraud_contacts(met.frauds, half, 60 * DAY) == fraud_contacts(
        met.frauds, 0.0, 60 * DAY
    )


def test_a_run_without_fraud_has_an_empty_table_and_zeros() -> None:
    met = meet(made_up_society(300), 3, contacts_per_resident_month=0)
    found = fraud_table(met.frauds, met.logs, 0.0, 3 * DAY)
    assert all(len(column) == 0 for column in found.values())
    assert set(fraud_indicators(found, fraud_contacts(met.frauds, 0.0, 3 * DAY), 0.0).values()) == {0.0}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("channel_shares", (0.3, 0.2, 0.3, 0.1), "add up to 1, not 0.9"),
        ("scheme_shares", (0.3, 0.3, 0.3, 0.3, 0.3), "add up to 1, not 1.5"),
        ("waking_hours", (22.0, 8.0), "the earlier first"),
        ("contacts_per_resident_month", -1.0, "greater than or equal to 0"),
        ("loss_median", (0.0, 1.0, 1.0, 1.0, 1.0), "greater than 0"),
        ("witness_probability", 0.1, "less than or equal to 0"),
        ("harm_days", None, "valid number"),
    ],
)
def test_bad_input_is_refused_in_a_line_that_names_it(field: str, value: Any, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        FraudParameters(**{field: value})
    bad = one_line(caught.value, "demand.fraud")
    assert bad.field.startswith(f"demand.fraud.{field}")
    assert said in str(bad)


def test_more_than_a_sure_engagement_is_refused() -> None:
    with pytest.raises(BadInput, match=r"demand.fraud.engaging_probability: 0.9 .* at most 0\.\d"):
        audience(made_up_society(300).residents, FraudParameters(engaging_probability=0.9))
