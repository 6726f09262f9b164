"""The life of a call: call-taking, turn-out, drive, scene, follow-up at the station, paperwork.

Which stage comes when, how long it is, and that every minute of it is booked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from laboratory import Laboratory, generator, line, poisson_times

from sim.arrays import Array
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.demand import DemandParameters
from sim.incidents.log import Discoverer
from sim.kernels import allocating_kernel
from sim.police.patrol.stages import StageParameters
from sim.police.patrol.units import Activity
from sim.randomness import lognormal
from sim.scenario import Scenario

STREET = line(40)
EXACT = 0.01  # variation of stages that are to be as long as their mean: within 5 % at five standard deviations
ORDER = ("received_min", "taken_min", "dispatched_min", "under_way_min", "arrived_min", "cleared_min", "freed_min")


def stages(**means: Any) -> StageParameters:
    return StageParameters(**{"taking_cv": EXACT, "turn_out_cv": EXACT, "follow_up_cv": EXACT} | means)


def always_followed_up(minutes: float) -> DemandParameters:
    return DemandParameters.model_validate({"service": {"follow_up_probability": 1.0, "follow_up_min": minutes}})


def moments(lab: Laboratory, call: int = 0) -> list[float]:
    return [float(lab.calls[name][call]) for name in ORDER]


def test_without_stages_a_call_is_sent_and_under_way_at_once() -> None:
    lab = Laboratory([0], STREET)
    lab.call(10.0, cell=5, on_scene_min=20.0, paperwork_min=4.0)
    lab.serve(100.0)
    assert moments(lab) == [10.0, 10.0, 10.0, 10.0, 15.0, 35.0, 39.0]


def test_the_stages_follow_each_other() -> None:
    lab = Laboratory(
        [0], STREET, stages=stages(taking_min=(1.0, 2.0, 4.0), turn_out_station_min=3.0),
        demand=always_followed_up(30.0),
    )  # fmt: skip
    lab.call(10.0, cell=5, on_scene_min=20.0, paperwork_min=6.0)
    lab.serve(200.0)
    lengths = np.diff(moments(lab))
    assert lengths == pytest.approx([4.0, 0.0, 3.0, 5.0, 20.0, 41.0], rel=0.05)
    assert lab.units["to_cell"][0] == 0
    booked = lab.ledger.sum(axis=0)
    assert booked[Activity.TURN_OUT] == pytest.approx(lengths[2])
    assert booked[Activity.FOLLOW_UP] == pytest.approx(5.0 + 30.0, rel=0.05), "the way to the station is part of it"
    assert booked[Activity.PAPERWORK] == 6.0
    assert booked.sum() == pytest.approx(200.0)


@pytest.mark.parametrize(("priority", "minutes"), [(1, 1.0), (2, 2.0), (3, 4.0)])
def test_call_taking_is_shorter_for_the_urgent(priority: int, minutes: float) -> None:
    lab = Laboratory([0], STREET, stages=stages(taking_min=(1.0, 2.0, 4.0)))
    lab.call(10.0, priority=priority)
    lab.serve(20.0)
    assert lab.calls["taken_min"][0] == pytest.approx(10.0 + minutes, rel=0.05)


def test_what_a_unit_sees_itself_needs_no_call_taking() -> None:
    lab = Laboratory([0], STREET, stages=stages(taking_min=(5.0, 5.0, 5.0)))
    seen, told = (lab.crime(IncidentType.BRAWL, 10.0) for _ in range(2))
    lab.incidents["discovered_by"][seen] = Discoverer.PATROL
    calls = [lab.call(10.0, incident=crime) for crime in (seen, told)]
    lab.serve(40.0)
    assert lab.calls["taken_min"][calls] == pytest.approx([10.0, 15.0], rel=0.05)


def test_the_wait_for_help_begins_when_the_dispatcher_has_the_call_and_patience_when_it_is_made() -> None:
    rules: dict[str, Any] = {"pooling": "beat", "surge_help_waiting": None, "help_after_min": (9.0, 9.0, 9.0)}
    beats = np.repeat([0, 1], 20)
    lab = Laboratory(
        [0, 39], STREET, covers=[(0, 1), (1, 2)], beat_of_cell=beats, stages=stages(taking_min=(2.0, 2.0, 2.0)), **rules
    )
    lab.call(1.0, cell=0, on_scene_min=500.0)
    helped = lab.call(10.0, cell=3)
    lab.serve(100.0)
    assert lab.calls["dispatched_min"][helped] == pytest.approx(lab.calls["taken_min"][helped] + 9.0)
    lab = Laboratory([0], STREET, stages=stages(taking_min=(2.0, 2.0, 2.0)), patience_min=(30.0, 30.0, 30.0))
    lab.call(1.0, on_scene_min=500.0)
    lab.call(10.0)
    lab.serve(39.9)
    assert lab.outcomes[1] == "open"
    lab.serve(40.1)
    assert lab.outcomes[1] == "expired"


def test_a_unit_turns_out_later_from_its_station_than_from_the_road() -> None:
    lab = Laboratory([0], STREET, stages=stages(turn_out_station_min=3.0, turn_out_road_min=0.5))
    at_station = lab.call(10.0, cell=20, on_scene_min=10.0)
    on_its_way_back = lab.call(48.0, cell=20)
    lab.serve(100.0)
    turn_outs = (lab.calls["under_way_min"] - lab.calls["dispatched_min"])[[at_station, on_its_way_back]]
    assert turn_outs == pytest.approx([3.0, 0.5], rel=0.05)


def test_a_second_unit_that_has_not_set_off_when_all_is_over_never_does() -> None:
    """On seed 6 the second of two units takes longer to turn out than the first needs for all that there is to do."""
    lab = Laboratory([0, 0], STREET, stages=stages(turn_out_station_min=8.0, turn_out_cv=1.5), seed=6)
    lab.call(10.0, cell=5, needed=2, on_scene_min=0.01)
    lab.serve(300.0)
    booked = lab.ledger.sum(axis=0)
    assert booked[Activity.RESPONSE_DRIVE] == pytest.approx(5.0), "of the first"
    assert booked[Activity.ON_SCENE] == pytest.approx(0.01, rel=1e-3)
    assert booked.sum() == pytest.approx(600.0)


def test_who_arrests_on_scene_processes_the_arrest_and_has_no_follow_up() -> None:
    certain = {"arrest_probability": 1.0, "follow_up_probability": 1.0, "follow_up_min": 60.0}
    demand = DemandParameters.model_validate({"brawl": certain})
    for culprit in (0, -1):
        lab = Laboratory([0], STREET, demand=demand, arrest_decay_min=1000.0, stages=stages())
        lab.call(10.0, incident=lab.crime(IncidentType.BRAWL, 10.0, culprit=culprit))
        lab.serve(1000.0)
        booked = lab.ledger.sum(axis=0)
        assert (booked[Activity.FOLLOW_UP] > 0) == (culprit < 0)
        assert (booked[Activity.ARREST_PROCESSING] > 0) == (culprit >= 0)
        assert lab.calls["freed_min"][0] == pytest.approx(
            20.0 + booked[[Activity.FOLLOW_UP, Activity.ARREST_PROCESSING]].sum()
        )


@allocating_kernel
def _drawn(n: int, cv: float) -> Array:
    """Return lognormal numbers."""
    out = np.empty(n)
    for i in range(n):
        out[i] = lognormal(cv, 1, Draw.FOLLOW_UP_TIME, i, 0)
    return out


@pytest.mark.parametrize("cv", [0.3, 1.0])
def test_lognormal_stages_have_the_mean_and_the_variation_that_they_say(cv: float) -> None:
    """Means within five standard errors of 100,000 draws, which a right one misses once in two million seeds."""
    found = _drawn(100_000, cv)
    sigma = np.sqrt(np.log(1 + cv * cv))
    logs = np.log(found)
    assert found.mean() == pytest.approx(1.0, abs=5 * cv / np.sqrt(found.size))
    assert logs.std() == pytest.approx(sigma, abs=5 * sigma / np.sqrt(2 * found.size))
    assert logs.mean() == pytest.approx(-sigma * sigma / 2, abs=5 * sigma / np.sqrt(found.size))


def test_units_are_as_busy_as_the_stages_of_their_calls_say() -> None:
    """Load = rate × (turn-out + scene + share · follow-up + paperwork).

    Within five standard errors of the mean of days, which a right one misses once in two million seeds.
    """
    rng, n, per_min, share = generator(5), 12_000, 0.02, 0.3
    demand = DemandParameters.model_validate({"service": {"follow_up_probability": share, "follow_up_min": 60.0}})
    means = StageParameters(
        taking_min=(1.0, 2.0, 3.0), turn_out_station_min=2.0, turn_out_road_min=2.0, follow_up_cv=1.2
    )
    received = poisson_times(rng, n, per_min)
    lab = Laboratory([0] * 8, stages=means, demand=demand, days=int(received[-1] // 1440) + 2)
    lab.run(received, rng.exponential(20.0, n), paperwork_min=5.0)
    busy = lab.ledger[1 : int(received[-1] // 1440), Activity.RESPONSE_DRIVE :].sum(axis=1) / 1440
    load = per_min * (2.0 + 20.0 + share * 60.0 + 5.0)
    assert busy.mean() == pytest.approx(load, abs=5 * 1.5 * busy.std() / np.sqrt(busy.size))
    followed = lab.calls["freed_min"] - lab.calls["cleared_min"] > 5.0 + 1e-6
    seen = lab.calls["freed_min"] >= 0
    error = np.sqrt(share * (1 - share) / seen.sum())
    assert followed[seen].mean() == pytest.approx(share, abs=5 * error)
    chain = np.array([lab.calls[name][seen] for name in ORDER])
    assert (np.diff(chain, axis=0) >= 0).all()
    assert lab.ledger.sum() == pytest.approx(8 * lab.now_min)


def test_bad_stages_are_refused_in_one_line() -> None:
    from pydantic import ValidationError

    from sim.parameters import one_line

    for given, told in (
        ({"calls": {"taking_min": (1.0, 2.0, 500.0)}}, "calls.taking_min.2: 500.0 is not allowed"),
        ({"calls": {"turn_out_cv": 0.0}}, "calls.turn_out_cv: 0.0 is not allowed"),
        ({"dispatch": {"move_up_leaving": 0}}, "dispatch.move_up_leaving: 0 is not allowed"),
        ({"demand": {"alarm": {"follow_up_probability": 1.5}}}, "demand.alarm.follow_up_probability: 1.5 is not"),
    ):
        with pytest.raises(ValidationError) as caught:
            Scenario.model_validate(given)
        assert str(one_line(caught.value)).startswith(told)
