"""Fraud needs accounts and cards: residents lend them if they know no better, and an arrest takes them away."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from made_up_frauds import BUSY, CHANCE, DAY, UNMOVED, Met, made_up_society, meet
from scipy import stats

from sim.arrays import Array
from sim.incidents.fraud.campaigns import CAMPAIGNS, Stage
from sim.incidents.fraud.seizure import arrest_helpers
from sim.incidents.fraud.supply import NOBODY
from sim.outcomes.fraud_results import fraud_table, helpers_arrested

ARREST_DAY = 30


def supplied(society: Any, days: int, meddle: Any = None, campaigns: float = 20.0, seed: int = 1, **supply: Any) -> Met:
    changes: Any = {**BUSY, "campaigns_at_once": campaigns, "supply": supply}
    return meet(society, days, seed, feeling=UNMOVED, meddle=meddle, **changes)


def campaigns_of(met: Met) -> Array:
    return met.frauds.campaigns[: met.frauds.used[CAMPAIGNS]]


def helpers_of(met: Met) -> Array:
    return met.frauds.supply.helpers[: met.frauds.supply.used[0]]


def test_by_default_all_supply_is_elsewhere() -> None:
    met = meet(made_up_society(3000), 30, **BUSY)
    assert met.frauds.supply.used[0] == 0
    assert (campaigns_of(met)["helper_id"] == NOBODY).all()
    assert np.isinf(campaigns_of(met)["cut_min"]).all()
    assert set(met.rows["stage"]).isdisjoint({Stage.NOT_MADE, Stage.CUT_OFF})
    assert (met.incidents["culprit_id"] == -1).all()


@pytest.mark.parametrize(("awareness", "asked", "share"), [(0.0, 1, 1.0), (0.5, 1, 1.0), (0.5, 3, 1.0), (0.5, 3, 0.4)])
def test_a_group_finds_a_helper_by_what_those_know_whom_it_asks(awareness: float, asked: int, share: float) -> None:
    """Two binomial tests of thousands of campaigns, each false once in 1,000.

    Who lends for a day serves one campaign.
    """
    society = made_up_society(6000, awareness=awareness, same_awareness=True)
    met = supplied(society, 20, None, 2000.0, local_share=share, asked=asked, lends_probability=0.6, lends_days=1.0)
    campaigns = campaigns_of(met)
    local = (campaigns["helper_id"] != NOBODY) | ~np.isinf(campaigns["cut_min"])
    assert len(campaigns) > 4000
    assert stats.binomtest(int(local.sum()), len(campaigns), share).pvalue > CHANCE
    fresh = campaigns["start_min"] < 0.0  # of later ones, some ask in vain who lends already
    found = campaigns["helper_id"][local & fresh] != NOBODY
    expected = 1.0 - (1.0 - 0.6 * math.exp(-2.0 * awareness)) ** asked
    assert stats.binomtest(int(found.sum()), len(found), expected).pvalue > CHANCE


def test_who_lends_is_18_to_40_and_serves_one_campaign_at_a_time_while_the_accounts_last() -> None:
    society = made_up_society(3000)
    met = supplied(society, 200, None, 40.0, local_share=1.0)
    helpers, campaigns = helpers_of(met), campaigns_of(met)
    age = society.residents["age"][helpers["resident_id"]]
    assert age.min() >= 18
    assert age.max() <= 40
    served = campaigns[campaigns["helper_id"] != NOBODY]
    assert len(served) > 1.2 * len(helpers), "some serve again and again"
    assert (served["start_min"] < helpers["until_min"][served["helper_id"]]).all()
    for h in range(len(helpers)):
        mine = served[served["helper_id"] == h]
        assert (mine["start_min"][1:] >= mine["end_min"][:-1]).all()


def test_a_campaign_for_which_nobody_lends_reaches_nobody_and_leaves_the_others_as_they_were() -> None:
    society = made_up_society(3000)
    free, refused = (supplied(society, 60, None, local_share=share, lends_probability=0.0) for share in (0.0, 0.5))
    for name in ("campaign_id", "victim_id", "contact_min"):
        assert np.array_equal(free.rows[name], refused.rows[name]), name
    none = campaigns_of(refused)["cut_min"] == campaigns_of(refused)["start_min"]
    theirs = none[refused.rows["campaign_id"]]
    assert (refused.rows["stage"][theirs] == Stage.NOT_MADE).all()
    assert np.array_equal(refused.rows["stage"][~theirs], free.rows["stage"][~theirs])
    assert np.array_equal(refused.rows["loss"][~theirs], free.rows["loss"][~theirs])
    assert refused.frauds.contacts.sum() == pytest.approx((1 - none.mean()) * free.frauds.contacts.sum(), rel=0.3)
    assert 100 < theirs.sum() < len(theirs) - 100


@cache
def with_arrests(arrests: bool) -> tuple[Met, tuple[int, ...]]:
    """Return 60 days, and the helpers who were arrested on day 30 for frauds that were paid by then."""
    arrested: list[int] = []

    def meddle(met: Met, day: int) -> None:
        if day == ARREST_DAY:
            before = helpers_of(met)["arrested_min"].copy()
            crimes = np.arange(len(met.incidents))
            assert arrest_helpers(met.frauds, crimes, day * DAY) == (helpers_of(met)["arrested_min"] >= 0).sum()
            assert (before == -1).all()
            assert arrest_helpers(met.frauds, crimes, day * DAY) == 0, "nobody is arrested twice"
            arrested.extend(np.flatnonzero(helpers_of(met)["arrested_min"] >= 0))

    met = supplied(made_up_society(3000), 60, meddle if arrests else None, local_share=0.7)
    return met, tuple(arrested)


def test_an_arrest_ends_the_campaigns_of_the_helper_at_midnight_and_no_others() -> None:
    (met, arrested), (as_it_was, _) = with_arrests(True), with_arrests(False)
    frozen = (ARREST_DAY + 1) * DAY
    campaign = campaigns_of(met)[met.rows["campaign_id"]]
    his = np.isin(campaign["helper_id"], arrested)
    late = met.rows["contact_min"] >= frozen
    assert len(arrested) > 3
    for name in ("campaign_id", "victim_id", "contact_min"):
        assert np.array_equal(met.rows[name], as_it_was.rows[name]), "who would be contacted when does not change"
    assert (met.rows["stage"][his & late] == Stage.NOT_MADE).all()
    assert (his & late).sum() > 20
    cut = met.rows["stage"] == Stage.CUT_OFF
    assert set(cut[his]) == {False, True}
    assert not cut[~his].any()
    assert (met.rows["ended_min"][cut] == frozen).all()
    assert (as_it_was.rows["next_min"][cut] >= frozen).all(), "what ends before is paid or ends as it would"
    paid = met.rows["stage"][his] == Stage.PAID
    assert (met.rows["ended_min"][his][paid] < frozen).all()
    before = ~late & ~cut
    assert np.array_equal(met.rows["stage"][before & his], as_it_was.rows["stage"][before & his])
    elsewhere = campaign["helper_id"] == NOBODY
    begun = np.isinf(campaign["cut_min"])
    for name in ("stage", "loss", "recovered", "ended_min"):
        assert np.array_equal(met.rows[name][elsewhere & begun], as_it_was.rows[name][elsewhere & begun]), name
    assert met.frauds.contacts.sum() < as_it_was.frauds.contacts.sum()


def test_who_was_arrested_never_lends_again_and_stands_in_the_results() -> None:
    met, arrested = with_arrests(True)
    helpers, campaigns = helpers_of(met), campaigns_of(met)
    people = set(helpers["resident_id"][list(arrested)])
    later = helpers["until_min"] > (ARREST_DAY + 1) * DAY
    assert people.isdisjoint(helpers["resident_id"][later])
    assert not np.isin(campaigns["helper_id"][campaigns["start_min"] >= (ARREST_DAY + 1) * DAY], arrested).any()
    assert helpers_arrested(met.frauds, 0.0, 60 * DAY) == len(arrested)
    assert helpers_arrested(met.frauds, (ARREST_DAY + 1) * DAY, 60 * DAY) == 0
    outcome = fraud_table(met.frauds, met.logs, 0.0, 60 * DAY)["outcome"]
    assert (outcome == "cut_off").sum() == (met.rows["stage"] == Stage.CUT_OFF).sum() > 0
    assert "not_made" not in outcome


def test_a_fraud_leads_to_whoever_lent_the_account_into_which_it_was_paid() -> None:
    met, _ = with_arrests(False)
    paid = met.paid
    helper = campaigns_of(met)["helper_id"][paid["campaign_id"]]
    culprit = met.incidents["culprit_id"][paid["incident_id"]]
    assert np.array_equal(culprit[helper == NOBODY], np.full((helper == NOBODY).sum(), -1))
    assert np.array_equal(culprit[helper != NOBODY], helpers_of(met)["resident_id"][helper[helper != NOBODY]])
    assert (culprit >= 0).sum() > 50


def test_the_sooner_helpers_are_arrested_the_less_is_paid() -> None:
    """On one seed: everybody whose account was used is arrested some days after the payment, or never."""
    society, paid = made_up_society(3000), []
    for delay_days in (1, 14, 1000):

        def arrest(met: Met, day: int, delay_days: int = delay_days) -> None:
            old = met.incidents["time_min"] < (day - delay_days) * DAY
            arrest_helpers(met.frauds, np.flatnonzero(old), day * DAY)

        paid.append(len(supplied(society, 200, arrest, local_share=1.0).paid))
    assert paid[0] < 0.9 * paid[1]
    assert paid[1] < paid[2]
