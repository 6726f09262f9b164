"""What studies share: every case on every seed, in its order, whichever process ran it; intervals and tables."""

import numpy as np
import pytest

from sim.model import CityModel
from tests.support.studies import Runs, half_width, interval, model_of, number, run_cases, table

TOWN = {"city": "town", "days": 1, "settings": {"warmup_days": 0}}


def measure(model: CityModel) -> dict[str, float]:
    return number(model, ("calls_total", "clearance_series"))


def test_values_stand_in_the_order_of_seeds_and_cases_of_a_seed_are_paired():
    runs = run_cases(measure, {"one": {**TOWN, "strategy": "reactive"}, "same": {**TOWN, "strategy": "reactive"}}, 3)
    alone = [measure(model_of(TOWN, seed))["calls_total"] for seed in (1, 2, 3)]
    assert runs.values["one"]["calls_total"].tolist() == runs.values["same"]["calls_total"].tolist() == alone
    assert np.isnan(runs.values["one"]["clearance_series"]).all()  # nobody has three crimes on a day
    assert runs.difference("same", "one", "calls_total") == "+0.0 ± 0.0"


def test_an_interval_is_that_of_student():
    values = np.array([1.0, 2.0, 3.0, 4.0])
    assert half_width(values) == pytest.approx(3.18245 * 1.29099 / 2, rel=1e-4)
    assert interval(1000 * values, 0, "+") == "+2,500 ± 2,054"
    runs = Runs({"a": {"x": values}, "b": {"x": values + 1}}, 4, 12.0)
    assert runs.percent("b", "a", "x", 0) == "+40 ± 0"
    assert str(runs) == "2 cases on seeds 1 to 4, 12 s of processor"


def test_a_table_is_markdown():
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
