"""What happened by quarter adds up to what happened, and the weeks of the warm-up to the warm-up."""

from __future__ import annotations

import numpy as np
import pytest
from small_runs import in_town

from experiments.runs.simulation import run_through
from sim.incident_types import at_places
from sim.incidents.log import INCIDENTS
from sim.model import CityModel
from sim.outcomes.paths import COUNTED, first_days


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (0, []),
        (1, [0]),
        (49, [0]),
        (136, [0]),
        (137, [0, 91]),
        (182, [0, 91]),
        (364, [0, 91, 182, 273]),
        (365, [0, 91, 182, 273]),
        (728, [91 * q for q in range(8)]),
    ],
)
def test_quarters_have_91_days_and_the_last_has_the_rest(days, first):
    assert first_days(days).tolist() == first


@pytest.fixture(scope="module")
def model():
    made = CityModel(in_town(days=182, warmup_days=21, fade_out_days=60, strategy={"name": "integrated"}))
    made.measured = run_through(made)
    return made


def test_quarters_add_up_to_the_run(model):
    results = model.results_of_model()
    quarters, indicators = results.tables["quarters"], results.indicators
    assert quarters["first_day"].tolist() == [0, 91, 182]
    assert quarters["days"].tolist() == [91, 91, 60]
    assert quarters["ended"].tolist() == [False, False, True]
    for name in {*COUNTED, "crimes_place"} & set(indicators):
        assert quarters[name].sum() == pytest.approx(indicators[name]), name
    for name in ("trust", "perceived_safety"):
        assert quarters[name] @ quarters["days"] / 242 == pytest.approx(indicators[name])


def test_indicators_are_those_of_the_measured_days_and_quarters_go_on(model):
    results = model.measured
    assert results.indicators["days"] == 182
    assert len(results.tables["daily"]["day"]) == 182
    quarters = results.tables["quarters"]
    assert quarters["crimes_total"][:2].sum() == results.indicators["crimes_total"]
    assert len(quarters["quarter"]) == 3


def test_one_quarter_alone_has_the_response_of_the_run():
    made = CityModel(in_town(days=28, warmup_days=0))
    made.run()
    results = made.results()
    quarters = results.tables["quarters"]
    for name in ("response_p1_median_min", "response_p1_p90_min", "calls_unserved_share"):
        assert quarters[name].tolist() == [results.indicators[name]]


def test_weeks_of_the_warm_up_hold_its_crimes(model):
    warmup, crimes = model.measured.tables["warmup"], model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
    early = crimes[(crimes["time_min"] < 21 * 1440) & at_places(crimes["type"])]
    assert len(warmup["week"]) == 3
    assert warmup["crimes_place"].sum() == len(early)
    assert warmup["trust"][0] == pytest.approx(np.mean([day[0] for day in model.moods[:7]]))


def test_a_run_without_warm_up_has_no_weeks_of_it():
    made = CityModel(in_town(days=1))
    made.run()
    assert len(made.results().tables["warmup"]["week"]) == 0
