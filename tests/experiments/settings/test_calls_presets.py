"""What `calls=…` brings into a run: stages of calls that lie within what is published about them."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.run import scenario
from sim.model import CityModel
from sim.outcomes.results import Results

ALONE = {"force.wellbeing.active": False}


def fortnight(calls: str, preset: str = "county_china") -> Results:
    chosen = scenario(preset=preset, calls=calls, strategy="reactive", days=14, warmup_days=0, seed=7, settings=ALONE)
    model = CityModel(chosen)
    model.run()
    return model.results()


def unit_minutes(results: Results) -> np.ndarray:
    """Return how long each call that was served kept its first unit, all that came of it included."""
    calls = results.tables["calls"]
    done = (calls["discovered_by"] == "caller") & ~np.ma.getmaskarray(calls["freed_min"])
    return np.ma.getdata(calls["freed_min"] - calls["dispatched_min"])[done]


@pytest.mark.parametrize(
    ("calls", "preset", "mean", "sent"),
    [("county_china", "county_china", (75, 100), (60, 125)), ("city_western", "city_western", (35, 60), (60, 160))],
)
def test_a_preset_lies_within_the_published_bands(
    calls: str, preset: str, mean: tuple[float, float], sent: tuple[float, float]
) -> None:
    """Bands of minutes of a unit per call, and of seconds from receipt to dispatch of urgent calls.

    That of the county is higher by 5 minutes: a fortnight has few calls, and their times are long-tailed.
    """
    found = fortnight(calls, preset)
    minutes = unit_minutes(found)
    assert mean[0] < minutes.mean() < mean[1]
    assert sent[0] < 60 * found.indicators["dispatch_p1_median_min"] < sent[1]


def test_stages_lengthen_the_response_by_themselves_and_fill_the_ledger() -> None:
    without, with_them = fortnight("at_once"), fortnight("county_china")
    assert without.indicators["turn_out_p1_p90_min"] == 0.0
    assert without.indicators["officer_hours_follow_up"] == without.indicators["officer_hours_turn_out"] == 0.0
    assert with_them.indicators["officer_hours_follow_up"] > 100
    assert with_them.indicators["utilisation"] > 1.4 * without.indicators["utilisation"]
    parts = sum(with_them.indicators[f"{part}_p1_median_min"] for part in ("dispatch", "turn_out", "drive"))
    assert with_them.indicators["response_p1_median_min"] == pytest.approx(parts, rel=0.25), (
        "medians of parts do not add up"
    )
    assert with_them.indicators["response_p1_median_min"] > 1.4 * without.indicators["response_p1_median_min"]
