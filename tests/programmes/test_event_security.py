"""Security of events: posts bind units for their hours, are seen, are no calls, and cost hours that others lack."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest
from small_runs import audit, different_columns, in_town

from sim.incidents.log import CALLS, PLANNED_KEYS
from sim.model import CityModel
from sim.parameters import BadInput
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.event_security import Event, EventSecurity, turns
from sim.scenario import Scenario

MANY_CARS = {"officers": 400, "auxiliaries": 0, "patrol_units": 40, "wellbeing": {"active": False}}
CONCERT = {"start_day": 2, "from_hour": 16, "to_hour": 23, "cells": [5, 77], "units": 3}


@cache
def town(events: str = "", days: int = 5, **force: Any) -> CityModel:
    """Return a run of a town; `events` is JSON, so that it can be remembered."""
    model = scenario_of(events, days, **force)
    model.run()
    return model


def scenario_of(events: str, days: int, **force: Any) -> CityModel:
    with_events: dict[str, Any] = {"strategy": {"name": "reactive"}}
    if events:
        with_events = {
            "strategy": {"name": "reactive", "programmes": ("event_security",)},
            "programmes": {"event_security": {"events": json.loads(events)}},
        }
    return CityModel(in_town(days=days, force={**MANY_CARS, **force}, **with_events))


def concert(**changes: Any) -> str:
    return json.dumps([CONCERT | changes])


def orders(model: CityModel) -> np.ndarray:
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    return calls[calls["key_entity"] >= PLANNED_KEYS]


def test_posts_are_held_by_so_many_units_for_their_hours_and_handed_over() -> None:
    model = town(concert())
    rows = orders(model)
    assert [(int(one["cell"]), float(one["received_min"]) / 60 - 48) for one in rows] == [
        (5, 16.0), (77, 16.0), (5, 20.0), (77, 20.0)
    ]  # fmt: skip
    assert (rows["sent"] == 3).all()
    late = rows["arrived_min"] - rows["received_min"]
    assert (late < 60).all()
    ends = rows["received_min"] + np.array([240, 240, 180, 180])
    assert rows["cleared_min"] == pytest.approx(ends), "a post ends at the hour that was planned, however late it began"
    found = model.results()
    audit(found)
    assert found.indicators["event_security_posts"] == 4
    assert found.indicators["event_security_unit_hours"] == pytest.approx(3 * 14.0, rel=0.1)
    assert found.indicators["event_security_missing_units"] == 0


def test_a_post_is_no_call_and_is_in_no_table_of_calls() -> None:
    one, other = town(concert()).results(), town().results()
    assert one.indicators["calls_total"] == other.indicators["calls_total"]
    assert one.indicators["disorder_settled"] <= other.indicators["disorder_settled"] + 3
    for column in ("type", "received_min", "cell"):
        of = [
            table["calls"][column][table["calls"]["discovered_by"] == "caller"] for table in (one.tables, other.tables)
        ]
        assert np.array_equal(*of)
    assert len(town(concert()).briefing().calls.cell) <= len(town().briefing().calls.cell) + 3


def test_units_at_posts_are_seen_as_patrols_are() -> None:
    model = scenario_of(concert(), 5)
    model.run_ticks(6 * (2 * 24 + 18))
    assert (model.world.ground.cells["police_now"][CONCERT["cells"]] >= 3.0).all()


def test_units_that_are_bound_are_missing_elsewhere_and_calls_wait() -> None:
    few = {"patrol_units": 4, "officers": 60}
    huge = concert(units=50, to_hour=24, from_hour=8)
    bound, free = town(huge, **few).results().indicators, town(**few).results().indicators
    assert bound["event_security_missing_units"] > 50
    assert bound["calls_waiting_mean"] > 2 * free["calls_waiting_mean"]
    assert bound["utilisation"] > free["utilisation"]


def test_headquarters_plans_and_sensitive_days_are_worked_longer() -> None:
    model, plain = town(concert(days=2, overtime_share=0.25, lent_share=0.5)), town()
    booked = model.posts.ledger[:, :, Work.OPERATIONS].sum(axis=1)
    assert np.flatnonzero(booked).tolist() == [2, 3]
    assert (booked[2:4] >= 480.0).all(), "the tired take longer"
    found = model.results()
    audit(found)
    assert found.indicators["event_security_planning_hours"] == pytest.approx(16.0)
    assert found.indicators["overtime_hours"] > plain.results().indicators["overtime_hours"] + 100
    assert [int(model.staff.overtime_min[day] > 0) for day in range(5)] == [0, 0, 1, 1, 0]
    on_duty = [one.staff.hours[:, Post.HEADQUARTERS].sum(axis=1) for one in (model, plain)]
    assert on_duty[0][2] < 0.8 * on_duty[1][2]
    assert on_duty[0][4] == pytest.approx(on_duty[1][4], abs=8.0), "but for the duty that rounding owes"


def test_before_the_event_nothing_is_different_to_the_bit() -> None:
    one, other = town(concert(start_day=30)), town()
    assert different_columns(one.results(), other.results(), ("incidents", "calls", "visits", "ledger")) == []


def test_turns_cover_the_hours_once() -> None:
    event = Event(from_hour=8, to_hour=19)
    assert turns(event, 4) == [(8, 4), (12, 4), (16, 3)]


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"to_hour": 12}, "later than from_hour, 17"),
        ({"cells": [10**8]}, "cells of the city"),
        ({"places": 41}, "less than or equal to 40"),
    ],
)
def test_what_cannot_be_is_refused(event: dict[str, Any], says: str) -> None:
    strategy = {"name": "reactive", "programmes": ("event_security",)}
    with pytest.raises((BadInput, ValueError), match=says):
        CityModel(in_town(strategy=strategy, programmes={"event_security": {"events": [event]}}))


def test_too_many_posts_and_two_programmes_that_order_everybody_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 500 on a day"):
        EventSecurity.Parameters(events=({"places": 40, "from_hour": 0, "to_hour": 24},) * 3, relief_hours=2)
    both = {"name": "reactive", "programmes": ("campaign", "event_security")}
    scenario = Scenario(strategy=both, programmes={"event_security": {"events": [{"overtime_share": 0.2}]}})
    with pytest.raises(BadInput, match="neither together with the programme campaign"):
        CityModel(scenario)
