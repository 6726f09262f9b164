"""Accident black spots: found in the police's own calls, paid for in hours and money, safer there alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from made_up_days import Days
from scipy import stats
from small_runs import in_town

from sim.incident_types import IncidentType
from sim.incidents.log import CALLS, CallState
from sim.model import CityModel
from sim.police.post_ledger import Work
from sim.programmes.black_spots import BlackSpots

ALARM = 1e-5  # chance that a right rule fails a claim on a seed that nobody has tried
MANY = {"traffic": {"per_1000_year": 500.0}}
WILLING = {"wellbeing": {"active": False}}


def accidents(days: Days, cell: int, n: int, cleared_min: float = 0.0, state: CallState = CallState.SERVED) -> None:
    """Write accidents to which units went."""
    first = int(days.logs.used[CALLS])
    days.logs.used[CALLS] += n
    calls = days.logs.calls[first : first + n]
    calls["true_type"], calls["cell"], calls["state"], calls["cleared_min"] = (
        IncidentType.TRAFFIC,
        cell,
        state,
        cleared_min,
    )


def programme(**changes: Any) -> BlackSpots:
    settings = {"hours_share": 1.0, "control_share": 0.0, "work_hours": 10.0, "list_min": 0.0, **changes}
    return BlackSpots(BlackSpots.Parameters(**settings))


def test_the_worst_square_is_dealt_with_first_and_only_what_is_a_pattern() -> None:
    days = Days(programme(), community_min=600.0)
    accidents(days, 3, 5)
    accidents(days, 60, 9)
    accidents(days, 120, 3)
    accidents(days, 200, 30, state=CallState.EXPIRED)  # nobody found anything there
    days.pass_by(8)
    squares = [one.square for one in days.programme.spots]
    assert squares == [days.programme._square[60], days.programme._square[3]]
    assert [one.since_day for one in days.programme.spots] == [0, 1]
    assert days.spent(Work.COMMUNITY_WORK) == pytest.approx(2 * 600.0)
    assert days.total("others_cost") == 2 * 60_000.0
    safer = np.flatnonzero(days.ground.cells["safer_road"])
    assert set(days.programme._square[safer]) == set(squares)
    assert np.isin([3, 60], safer).all()


def test_changed_roads_wear_and_controls_fade() -> None:
    one = programme(control_share=0.5, change_half_life_years=1.0)
    days = Days(one, community_min=600.0)
    accidents(days, 60, 9)
    days.pass_by(102)
    spent_from = one.spots[0].since_day + 1  # the first day with a spot to control
    hours = sum(5.0 * 0.5 ** (age / 14.0) for age in range(102 - spent_from))
    control = 0.2 * (1.0 - np.exp(-hours / 4.0))
    change = 0.15 * 0.5 ** ((101 - one.spots[0].since_day) / 365.0)
    assert days.ground.cells["safer_road"][60] == pytest.approx(1.0 - (1.0 - control) * (1.0 - change), rel=1e-5)
    assert days.total("control_hours") == pytest.approx(5.0 * (102 - spent_from))
    one.end(days.today())
    assert days.ground.cells["safer_road"][60] == pytest.approx(change, rel=1e-2)


def test_old_accidents_do_not_count() -> None:
    days = Days(programme(look_back_days=30), community_min=600.0)
    accidents(days, 60, 9, cleared_min=-31 * 1440.0)
    days.pass_by(5)
    assert not days.programme.spots
    assert days.spent(Work.COMMUNITY_WORK) == 0.0


@cache
def year(safer: float) -> CityModel:
    """Return 60 days of a town with many accidents; in half of its cells a share is prevented from the start."""
    model = CityModel(in_town(days=60, demand=MANY, force=WILLING))
    half = np.arange(model.city.grid.n_cells) % 2 == 0
    model.world.ground.cells["safer_road"] = np.where(half, safer, 0.0)
    model.run()
    return model


def test_safer_roads_prevent_their_share_of_accidents_there_and_move_no_other_call() -> None:
    """Binomial, false alarm 1e-5."""
    before, after = (model.world.logs.calls[: model.world.logs.used[CALLS]] for model in (year(0.0), year(0.3)))
    accident = [calls[calls["true_type"] == IncidentType.TRAFFIC] for calls in (before, after)]
    there = [rows["cell"] % 2 == 0 for rows in accident]
    prevented = int(there[0].sum() - there[1].sum())
    assert stats.binomtest(prevented, int(there[0].sum()), 0.3).pvalue > ALARM
    assert there[0].sum() > 100
    keys = [
        {(int(one["key_entity"]), int(one["key_time"]), float(one["received_min"])) for one in rows}
        for rows in (before, after)
    ]
    assert keys[1] < keys[0]
    lost = keys[0] - keys[1]
    assert len(lost) == prevented
    assert (~there[0]).sum() == (~there[1]).sum()


def test_in_a_town_the_programme_finds_spots_and_pays_for_them() -> None:
    strategy = {"name": "reactive", "programmes": ["black_spots"]}
    settings = {"black_spots": {"hours_share": 1.0, "least": 2}}
    model = CityModel(in_town(days=60, demand=MANY, strategy=strategy, programmes=settings, force=WILLING))
    model.run()
    found = model.results().indicators
    assert found["black_spots_spots_changed"] >= 1
    assert found["cost_others_black_spots"] == 60_000.0 * found["black_spots_spots_changed"]
    assert found["black_spots_control_hours"] > 0


def test_the_list_of_accidents_costs_minutes_every_day_and_nothing_is_found_without_it() -> None:
    days = Days(programme(list_min=12.0), community_min=600.0)
    accidents(days, 3, 1)
    days.pass_by(5)
    assert days.spent(Work.COMMUNITY_WORK) == pytest.approx(5 * 12.0)
    short = Days(programme(list_min=12.0), community_min=10.0)
    accidents(short, 3, 9)
    short.pass_by(5)
    assert short.spent(Work.COMMUNITY_WORK) == pytest.approx(5 * 10.0)
    assert short.programme.spots == []
