"""Field trials of patrol: half of the places by lot, from police records, and each treated place gets its dose."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from made_up_days import Days
from scipy import stats
from small_runs import MUCH_CRIME, in_town

from sim.arrays import Array
from sim.city.city import CityParameters
from sim.model import CityModel
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.field_trial import FIRST_PULL_MIN, FieldTrial, Places, half_of_each, turn_in
from sim.scenario import Scenario
from sim.strategies.check import check_strategy

SMALL = CityParameters(name="small", residents=4000, area_km2=4, beats=2, districts=1, centres=1)
BEFORE, DAYS, SETTLED, DOSE_MIN = 28, 63, 35, 90.0  # after five reviews places get their dose
TRIAL = {"places": 8, "place_m": 100.0, "apart_m": 200.0, "dose_min": DOSE_MIN, "review_min": 0.0}
HOURS = {"first_hour": 10, "end_hour": 2, "dwell_min": 15.0}


def scenario(strategy: dict[str, Any], seed: int = 1, **trial: Any) -> Scenario:
    return in_town(
        city=SMALL, days=DAYS, warmup_days=BEFORE, seed=seed, demand=MUCH_CRIME, force={"patrol_units": 4},
        strategy={"programmes": ("field_trial",), **strategy},
        programmes={"field_trial": {**TRIAL, **trial}},
    )  # fmt: skip


def run(given: Scenario, days: int = DAYS) -> tuple[CityModel, FieldTrial, Places]:
    model = CityModel(given)
    model.run(days)
    (trial,) = model.programmes
    assert isinstance(trial, FieldTrial)
    assert trial.places is not None
    return model, trial, trial.places


@cache
def directed() -> tuple[CityModel, FieldTrial, Places]:
    return run(scenario({"name": "directed_patrol", **HOURS}))


def stops_of(model: CityModel) -> tuple[Array, Array, Array]:
    """Return cell, start and minutes of all stops that lasted."""
    visits = model.results().tables["visits"]
    lasted = np.asarray(visits["dwell_min"]) > 0
    cell, start_min, dwell_min = (np.asarray(visits[name])[lasted] for name in ("cell", "start_min", "dwell_min"))
    return cell, start_min, dwell_min


def test_half_of_each_block_is_drawn_and_each_half_as_often() -> None:
    block = np.repeat([0, 1, 2], [4, 4, 2])
    rng = np.random.default_rng(1)
    drawn = np.array([half_of_each(block, rng) for _ in range(3000)])
    assert (np.add.reduceat(drawn, [0, 4, 8], axis=1) == [2, 2, 1]).all()
    halves = np.unique(drawn[:, :4] @ [1, 2, 4, 8], return_counts=True)[1]
    assert len(halves) == 6
    assert stats.chisquare(halves).pvalue > 0.001  # false alarm: 1 in 1,000, seed fixed
    assert half_of_each(np.zeros(0, dtype=int), rng).size == 0


def test_places_and_lot_hang_on_the_seed_alone_and_not_on_what_is_done_there() -> None:
    _, _, places = directed()
    _, _, without = run(scenario({"name": "random_patrol"}), days=1)
    for one, other in zip(places, without, strict=True):
        assert np.array_equal(one, other)
    _, _, elsewhere = run(scenario({"name": "random_patrol"}, seed=2), days=1)
    assert not np.array_equal(places.treated, elsewhere.treated)


def test_places_are_the_worst_of_the_records_and_apart() -> None:
    model, _, places = directed()
    recorded = model.briefing().recorded
    before = recorded.entered_min <= BEFORE * 1440
    at_places = np.isin(recorded.type, range(7))
    counts = np.bincount(recorded.cell[before & at_places], minlength=model.city.grid.n_cells)
    assert places.recorded == pytest.approx(counts[places.cell])
    assert places.recorded[0] == counts.max()
    assert (np.diff(places.recorded) <= 0).all()
    rows, cols = np.divmod(places.cell, model.city.grid.n_cols)
    gap = np.maximum(np.abs(rows[:, None] - rows), np.abs(cols[:, None] - cols))
    assert gap[~np.eye(len(gap), dtype=bool)].min() >= 3  # cells of 100 m: two between them
    assert places.treated.reshape(-1, 2).sum(axis=1).tolist() == [1] * 4


def test_treated_places_get_their_dose_within_the_hours_and_others_nothing() -> None:
    model, trial, places = directed()
    cell, start_min, dwell_min = stops_of(model)
    later = start_min >= SETTLED * 1440
    by_cell = np.bincount(cell[later], weights=dwell_min[later], minlength=model.city.grid.n_cells)[places.cell]
    a_day = by_cell / (DAYS - SETTLED)
    assert a_day[places.treated] == pytest.approx(DOSE_MIN, rel=0.25)
    assert a_day[places.treated].mean() == pytest.approx(DOSE_MIN, rel=0.1)
    assert a_day[~places.treated].max() == 0.0
    hour = start_min % 1440 / 60
    assert not ((hour > 2.5) & (hour < 10)).any()  # who was on the way at two has arrived by then
    noted = trial.diary["minutes_treated"][BEFORE + SETTLED + 1 : BEFORE + DAYS].mean()
    assert noted == pytest.approx(DOSE_MIN, rel=0.1)


def test_the_minutes_of_a_dose_are_officer_minutes_of_the_ledger() -> None:
    model, _, _ = directed()
    ledger = model.results().tables["ledger"]
    booked = np.asarray(ledger["officer_minutes"])[np.asarray(ledger["activity"]) == "patrol_stop"].sum()
    stopped = stops_of(model)[2].sum() * model.scenario.force.crew
    assert stopped <= booked <= stopped + 4 * model.scenario.force.crew * 15.0  # stops under way at the end


@pytest.mark.parametrize("post", [Post.HEADQUARTERS, Post.COMMUNITY])
def test_the_list_and_each_review_take_hours(post: Post) -> None:
    days = Days(FieldTrial(FieldTrial.Parameters(review_min=90.0)), community_min=0.0)
    days.minutes = {other: 100.0 * (other == post) for other in (Post.HEADQUARTERS, Post.COMMUNITY)}
    days.pass_by(9)
    assert days.ledger[:9, post, Work.SUPERVISION].tolist() == [90.0, *[0.0] * 6, 90.0, 0.0]


def test_without_hours_for_a_review_nothing_changes() -> None:
    model, trial, places = run(scenario({"name": "directed_patrol", **HOURS}, review_min=6000.0), days=16)
    assert model.results().indicators["officer_hours_supervision"] == 0.0
    weights = model.briefing().programmes["field_trial"]["weight"]
    assert weights.tolist() == [DOSE_MIN / FIRST_PULL_MIN] * places.treated.sum()
    assert trial.diary["minutes_treated"].any()


def test_a_list_of_treated_places_stands_in_for_the_lot() -> None:
    _, _, none = run(scenario({"name": "directed_patrol"}, treated=()), days=1)
    assert not none.treated.any()
    model, _, two = run(scenario({"name": "directed_patrol", **HOURS}, treated=(0, 1)), days=1)
    assert np.flatnonzero(two.treated).tolist() == [0, 1]
    assert set(stops_of(model)[0].tolist()) == set(two.cell[:2].tolist())


def test_a_beat_has_no_more_places_than_asked_for() -> None:
    model, _, places = run(scenario({"name": "random_patrol"}, per_beat=1), days=1)
    assert sorted(model.city.beats.beat[places.cell].tolist()) == [0, 1]
    assert turn_in(np.array([3, 1, 3, 3, 1])).tolist() == [0, 0, 1, 2, 1]


def test_on_foot_crews_walk_at_the_places_of_their_own_beat() -> None:
    model, _, _ = run(scenario({"name": "directed_patrol", **HOURS, "on_foot": True}), days=2)
    plan = model.plans.joined(model.city.beats)
    assert plan.on_foot is not None
    assert (plan.beat[plan.on_foot] == model.city.beats.beat[plan.cell[plan.on_foot]]).all()
    visits = model.briefing().visits
    assert set(visits.cell[visits.on_foot].tolist()) == set(plan.cell[plan.on_foot].tolist())


def test_what_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="an even number"):
        scenario({"name": "directed_patrol"}, block=3)
    with pytest.raises(ValueError, match="another hour than first_hour"):
        scenario({"name": "directed_patrol", "first_hour": 3})
    with pytest.raises(ValueError, match="with the programme field_trial"):
        in_town(strategy={"name": "directed_patrol", "programmes": ()})


def test_the_strategy_conforms() -> None:
    check_strategy("directed_patrol", on_foot=True)
