"""What a briefing tells of calls and stops is brought up to date day by day; it is what the whole logs say."""

from __future__ import annotations

import numpy as np

from sim.incidents.log import CALLS, VISITS, calls_between
from sim.model import CityModel
from sim.scenario import Scenario
from sim.strategies.knowledge import Books

TOWN = {"name": "town", "residents": 5_000, "area_km2": 5, "beats": 2, "districts": 1, "centres": 1}


def test_books_kept_from_day_to_day_are_those_of_the_whole_logs() -> None:
    model = CityModel(Scenario(city=TOWN, strategy={"name": "random_patrol"}, days=40, warmup_days=3))
    told = []
    for days in (1, 0.4, 2.6, 0, 30):
        model.run(days)
        told.append(model.briefing())
    logs, last = model.world.logs, told[-1]
    rows = logs.calls[: logs.used[CALLS]]
    known = rows[calls_between(rows, 0.0, model.now_min)]
    assert len(known) > 50
    assert np.array_equal(last.calls.received_min, known["received_min"])
    assert np.array_equal(last.calls.by_patrol, known["on_view"])
    assert known["on_view"].any()
    for name in ("type", "cell", "priority"):
        assert np.array_equal(getattr(last.calls, name), known[name])
    assert np.array_equal(last.visits.start_min, logs.visits["start_min"][: logs.used[VISITS]])
    at_once = Books()
    at_once.bring_up_to(model.now_min, rows, logs.visits[: logs.used[VISITS]])
    assert np.array_equal(at_once.calls.written.cell, last.calls.cell)
    for before in told[:-1]:  # what a strategy was told stays as it was
        n = len(before.calls.cell)
        assert (before.calls.received_min < before.now_min).all()
        assert n <= len(last.calls.cell)
        assert np.array_equal(before.calls.cell, last.calls.cell[:n])
        assert not before.calls.cell.flags.writeable
