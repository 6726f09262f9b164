"""What is kept of a run is what its tables hold."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_portraits import a_portrait

from experiments.patterns.portrait import kinds_in, kinds_of, portrait_of
from experiments.validate.scoreboard import rows_of
from sim.model import CityModel
from sim.scenario import Scenario


def test_a_kind_is_named_by_type_and_subtype():
    subtypes = np.ma.masked_equal(np.array(["shoplifting", "", "robbery"]), "")
    types = np.array(["theft", "burglary", "robbery"])
    assert kinds_of({"type": types, "subtype": subtypes}).tolist() == [
        "theft: shoplifting",
        "burglary",
        "robbery: robbery",
    ]
    assert kinds_of({"type": types}).tolist() == types.tolist()
    assert rows_of(["robbery: robbery", "burglary", "theft: a", "theft: b"]) == [
        ("burglary", False), ("theft", True), ("theft: a", False), ("theft: b", False), ("robbery", True),
        ("robbery: robbery", False),
    ]  # fmt: skip
    assert len(kinds_in(a_portrait(), "theft")) == 3


def test_a_portrait_counts_what_the_tables_of_a_run_hold():
    model = CityModel(
        Scenario(
            city={"residents": 2000, "area_km2": 2, "beats": 1, "districts": 1, "centres": 1}, days=20, warmup_days=3
        )
    )
    model.run()
    tables = model.results().tables
    distance = np.ma.masked_array(
        np.full(len(tables["incidents"]["type"]), 1.02), np.arange(len(tables["incidents"]["type"])) % 2 == 0
    )
    delay = np.ma.masked_array([1.5, 0.0], [False, True])
    days = {name: np.full(20, number) for name, number in (("heads", 7.0), ("fatigue_mean", 0.1), ("sick", 1.0))}
    force = {"force": {**tables["force"], **days}, "series": {"delay_days": delay}}
    found = portrait_of(
        {**tables, **force, "incidents": {**tables["incidents"], "home_distance_km": distance}},
        {"clearance_series": 0.5, "utilisation": 0.25},
        model,
        True,
    )
    assert (found.force.heads.sum(), found.force.series_delay_days.tolist(), found.force.clearance_series) == (
        140,
        [1.5, np.inf],
        0.5,
    )
    books = tables["recorded"]
    assert sum(recorded for recorded, _ in found.force.cleared.values()) == len(books["type"])
    assert sum(cleared for _, cleared in found.force.cleared.values()) == books["cleared"].sum()
    assert sum(kind.true for kind in found.kinds.values()) == len(distance)
    assert found.crimes.sum() == np.count_nonzero(tables["incidents"]["type"] != "fraud")
    assert sum(kind.recorded for kind in found.kinds.values()) == tables["incidents"]["recorded_time_min"].count()
    assert sum(kind.by_distance.sum() for kind in found.kinds.values()) == distance.count()
    assert sum(hours.sum() for hours in found.calls.values()) == len(tables["calls"]["call_id"])
    assert sum(days.sum() for days in found.by_day.values()) == len(distance)
    assert found.force.sick_percent == pytest.approx(100 / 7)
    assert found.indicators == {"clearance_series": 0.5, "utilisation": 0.25}
    assert found.knox.observed[:3, :2].sum() == found.knox_window.observed[0, 0]
    first = int(
        (tables["calls"]["received_min"][0] // 60 + 24 * 3) % 168
    )  # three days of warm-up: the first measured day is a Thursday
    assert sum(hours[first] for hours in found.calls.values()) > 0
