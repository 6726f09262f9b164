"""Claims about frauds, violence at schools and disputes of files: a run records as many as a file has."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from made_up_city import made_up, save

from sim.city.city import CityParameters
from sim.incidents.arising import USUALLY_RECORDED, Factors, first_factors, recorded_so_far
from sim.incidents.rate_fit import RateFit
from sim.model import CityModel
from sim.scenario import Scenario
from sim.world import at_rates

RESIDENTS, DAYS = 10_000, 728
YEARS = RESIDENTS / 1000 * DAYS / 365.25


def city_with(path: Path, **rows: int) -> CityParameters:
    """Return a city whose year of calls has some of a kind beside 400 of noise and thefts."""
    words = {"fraud": "FRAUD", "school_violence": "SCHOOL BULLYING", "dispute": "FAMILY DISPUTE"}
    kinds = ["NOISE"] * 200 + ["THEFT"] * 200 + [words[name] for name, n in rows.items() for _ in range(n)]
    table = made_up(len(kinds))
    table["Offense"] = np.random.default_rng(4).permutation(kinds).tolist()
    calls = save(path / f"{'_'.join(map(str, rows.values()))}.csv", table)
    return CityParameters(
        kind="from_data", calls_csv=str(calls), residents=RESIDENTS, cell_m=200.0, beats=2, districts=1
    )


@cache
def recorded_by(city: CityParameters, seed: int) -> Factors:
    """Return what is recorded in two years of a settled city, per 1,000 residents a year."""
    model = CityModel(Scenario(city=city, days=DAYS, seed=seed))
    before = recorded_so_far(model.world.logs)
    model.run()
    after = recorded_so_far(model.world.logs)
    return Factors(*((np.array(after) - np.array(before)) / YEARS).tolist())


@pytest.mark.parametrize("kind", ["dispute", "fraud"])
def test_a_file_with_twice_as_many_gives_about_twice_as_many_records(kind: str, tmp_path: Path) -> None:
    """Means of two seeds; each run has over 200 records, fitted by as many: two standard errors are some 15 %."""
    one, two = (
        np.mean([getattr(recorded_by(city_with(tmp_path, **{kind: rows}), seed), kind) for seed in (1, 2)])
        for rows in (100, 200)
    )
    assert one == pytest.approx(100 / RESIDENTS * 1000, rel=0.15)
    assert two == pytest.approx(200 / RESIDENTS * 1000, rel=0.15)
    assert two / one == pytest.approx(2.0, rel=0.2)


def test_four_times_as_many_disputes_in_a_file_are_not_three_times_as_many_assaults(tmp_path: Path) -> None:
    """Disputes beyond those of the settings are milder; as mediators have more of them, some more do escalate.

    Of some 55 assaults and half as many again the ratio has a standard deviation of 0.3.
    """

    def assaults(rows: int) -> int:
        model = CityModel(Scenario(city=city_with(tmp_path, dispute=rows), days=DAYS))
        model.run()
        return int((np.asarray(model.results().tables["incidents"]["subtype"], dtype=str) == "dispute").sum())

    few, many = assaults(32), assaults(128)
    assert few > 20
    assert many < 3 * few


def test_what_no_file_has_is_as_common_as_the_settings_say(tmp_path: Path) -> None:
    model = CityModel(Scenario(city=city_with(tmp_path, dispute=100), warmup_days=0))
    first = first_factors(model.city)
    assert (first.fraud, first.school_violence) == (1.0, 1.0)
    assert first.dispute == pytest.approx(100 / 10 / USUALLY_RECORDED.dispute, rel=0.05)
    usual = CityModel(Scenario(city={"residents": RESIDENTS}, warmup_days=0))
    per_head = [m.world.fraud_rule.contacts_per_min / m.city.residents for m in (model, usual)]
    assert per_head[0] == pytest.approx(per_head[1])
    told = " ".join(map(str, model.city.files[0].notices))
    assert "no file has rows of fraud" in told
    assert "no file has rows of dispute" not in told


def test_factors_follow_what_they_give() -> None:
    """Disputes are recorded exactly as the factor says, a third as often as wanted: after some reviews as wanted."""
    model = CityModel(Scenario(city={"residents": RESIDENTS}, warmup_days=0))
    model.city.arising["dispute"] = wanted = 50.0
    try:
        fit, logs = RateFit(model.city, model.scenario.demand, 728), model.world.logs
        first, day_s = fit.factors.dispute, RESIDENTS / 1000 * wanted / 365
        calls, used = np.zeros(60_000, dtype=logs.calls.dtype), 0.0
        calls["type"] = 10
        for day in range(728):
            logs.used[1] = int(used)
            fit.review(day, np.zeros(7), logs._replace(calls=calls))
            used += day_s / 3 * fit.factors.dispute / first
        assert fit.factors.dispute / first == pytest.approx(3.0, rel=0.05)
        assert fit.factors.fraud == 1.0
    finally:
        del model.city.arising["dispute"]


def test_waits_shrink_as_pairs_meet_more_often() -> None:
    world = CityModel(Scenario(city={"residents": RESIDENTS}, warmup_days=0)).world
    waits = world.school.pairs["next_min"].copy()
    faster = at_rates(world, Factors(), Factors(school_violence=2.0), 0.0)
    assert faster.school.pairs["next_min"] == pytest.approx(waits / 2)
    assert faster.dispute_rule.per_day == world.dispute_rule.per_day
