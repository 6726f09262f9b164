"""Inspections of dealers: they cost minutes, bring leads to recorded crimes, and keep the books honest for a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from small_runs import MUCH_CRIME, audit, in_town

from sim.incident_types import IncidentType
from sim.incidents.log import CALLS, INCIDENTS, Logs, new_logs
from sim.model import CityModel
from sim.programmes.special_trades import SpecialTrades, Trade, read_book

ALARM = 1e-5  # chance that a right rule fails a claim on a seed that nobody has tried
DAY = 1440.0
SURE = Trade(sold=1.0, sale_min=1e-6, usual_share=1.0, inspected_share=1.0, half_life_min=DAY, recognised=1.0)


def thefts(n: int, time_min: float = 0.0) -> Logs:
    """Return recorded thefts, each of a culprit of its own."""
    logs = new_logs(n)
    logs.used[INCIDENTS] = logs.used[CALLS] = n
    crimes = logs.incidents[:n]
    crimes["type"], crimes["culprit_id"], crimes["call_id"] = IncidentType.BURGLARY, np.arange(n), np.arange(n)
    crimes["time_min"], crimes["recorded_time_min"] = time_min, time_min
    logs.calls["key_entity"][:n] = np.arange(n)
    return logs


def found_by(logs: Logs, trade: Trade, now_min: float = 30 * DAY, since_min: float = -np.inf, dealers: int = 1) -> Any:
    books = np.zeros((dealers, logs.used[INCIDENTS]), dtype=bool)
    for dealer in range(dealers):
        last_min = np.full(dealers, np.inf)
        last_min[dealer] = since_min
        read_book(1, now_min, last_min, trade, logs, books[dealer])
    return books


def test_a_culprit_sells_to_one_dealer_and_dealers_share_them_evenly() -> None:
    """A χ² test, false alarm 1e-5."""
    books = found_by(thefts(4000), SURE, dealers=5)
    assert (books.sum(axis=0) == 1).all()
    assert stats.chisquare(books.sum(axis=1)).pvalue > ALARM


@pytest.mark.parametrize("since_days", [10.0, 25.0])
def test_what_is_found_is_what_was_sold_written_down_and_recognised(since_days: float) -> None:
    """Binomial, false alarm 1e-5: goods of a moment, sold some days after the last inspection."""
    trade = SURE._replace(sold=0.5, usual_share=0.1, inspected_share=0.7, half_life_min=10 * DAY, recognised=0.8)
    since_min = 28 * DAY - since_days * DAY
    found = found_by(thefts(8000, 28 * DAY), trade, since_min=since_min)
    expected = 0.5 * 0.8 * (0.1 + 0.6 * 0.5 ** (since_days / 10.0))
    assert stats.binomtest(int(found.sum()), 8000, expected).pvalue > ALARM


def test_only_recorded_thefts_that_nobody_was_caught_for_are_found_and_once() -> None:
    logs = thefts(6)
    crimes = logs.incidents
    crimes["recorded_time_min"][0], crimes["recorded_time_min"][1] = -1.0, 40 * DAY
    crimes["cleared"][2], crimes["culprit_id"][3], crimes["type"][4] = True, -1, IncidentType.BRAWL
    assert found_by(logs, SURE)[0].tolist() == [False, False, False, False, False, True]
    assert not found_by(logs, SURE, since_min=1.0).any(), "it was in the book at the inspection before"


def test_in_a_town_inspections_cost_hours_and_reopen_cases() -> None:
    found = []
    for share in (0.0, 1.0):
        model = CityModel(
            in_town(
                days=120, demand=MUCH_CRIME, strategy={"name": "reactive", "programmes": ["special_trades"]},
                programmes={"special_trades": {"hours_share": share, "dealers_per_1000": 1.0, "sold": 1.0}}, seed=3,
            )
        )  # fmt: skip
        model.run()
        (programme,) = model.programmes
        assert isinstance(programme, SpecialTrades)
        assert len(programme.inspections.last_min) == 10
        results = model.results()
        audit(results)
        found.append(results.indicators)
    without, inspected = found
    assert without["special_trades_inspections"] == without["special_trades_goods_found"] == 0
    assert inspected["special_trades_inspections"] > 50
    assert inspected["officer_hours_community_work"] >= (
        without["officer_hours_community_work"] + inspected["special_trades_inspections"] - 1
    )
    assert inspected["special_trades_goods_found"] > 20
    assert inspected["special_trades_cases_reopened"] > 5
    assert inspected["cases_filed"] < without["cases_filed"], "whether they are solved is up to the detectives' hours"
