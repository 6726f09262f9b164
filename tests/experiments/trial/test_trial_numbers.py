"""What biases consist of, whom police choose after a bad month, and what trials are worth: cases that are known."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

pytest.importorskip("statsmodels")

from experiments.estimates.estimate import Estimate
from experiments.trial.choice import after_bad_month, badness, redrawn
from experiments.trial.findings import trusted
from experiments.trial.kept import Events, Seen, _places
from experiments.trial.numbers import PARTS, Runs, powers, trials
from experiments.trial.operating import log_ratio, needed, pseudo_values, share, worths
from experiments.trial.panel import panel_of, together, untouched_elsewhere
from experiments.trial.rollout import AT_ONCE, IN_STEPS, Rollout, at_once, by_lot, in_steps
from sim.city.grid import Grid
from sim.incident_types import CRIME_NAMES
from sim.programmes.field_trial import FieldTrial, Places

DISTRICTS, WEEKS = 3, 8
BURGLARY = CRIME_NAMES.index("burglary")
PLAN = {
    "designs": ["differences"], "outcomes": ["burglary"], "begin": "planned", "before_days": 28, "after_days": 28,
    "cities": 1, "replications": 3, "seed": 1,
}  # fmt: skip


def events(counts):
    """Return burglaries by district and week: the district is the cell, and all are known on their day."""
    counts = np.asarray(counts, dtype=int)
    cell, week = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), counts.shape[1])
    day = (7 * week).astype(np.int32)
    return Events(np.full(len(day), BURGLARY, dtype=np.int8), day, cell.astype(np.int32), day)


def seen(true, recorded=None):
    nothing, none = events(np.zeros((DISTRICTS, WEEKS))), np.zeros(0, dtype=int)
    records = events(true if recorded is None else recorded)
    people, districts = np.full(DISTRICTS, 1000.0), np.arange(DISTRICTS)
    return Seen(people, districts, none, none > 0, Grid(1, DISTRICTS, 100.0), records, nothing, events(true))


def usual(r):
    """Return counts that differ a little by district, week and run."""
    return 40 + 4 * np.arange(DISTRICTS)[:, None] + (np.arange(WEEKS) + r) % 2 + (np.arange(DISTRICTS)[:, None] + r) % 2


def study(treated, recorded=lambda counts, _where: counts, rollout=None):
    """Return the worth of difference in differences, of three trials in which district 0 is treated from day 28 on."""
    rollout = rollout or at_once(28, [0], DISTRICTS)
    where = np.array([[start is not None and 7 * w >= start for w in range(WEEKS)] for start in rollout.starts])
    waiting = [seen(usual(r)) for r in range(3)]
    there = []
    for r in range(3):
        true = np.round(usual(r) * np.exp(treated(where))).astype(int)
        there.append(seen(true, recorded(true, where)))
    runs = Runs(waiting, {("hotspot", AT_ONCE): [rollout] * 3}, {("hotspot", AT_ONCE): there}, 1)
    return worths(trials(runs, PLAN))[0]


def test_an_effect_where_nothing_else_goes_on_is_found_without_a_bias():
    one = study(lambda where: np.where(where, math.log(0.5), 0.0))
    assert one.truth.mean == pytest.approx(math.log(0.5), abs=0.02)
    assert one.bias.mean == pytest.approx(0.0, abs=0.02)
    assert one.parts["displacement"].mean == 0.0
    assert one.parts["selection"].mean == 0.0
    assert one.elsewhere.mean == 0.0


def test_changed_recording_is_told_from_the_effect():
    one = study(lambda _where: 0.0, recorded=lambda counts, where: counts * np.where(where, 2, 1))
    assert one.truth.mean == 0.0
    assert one.parts["recording"].mean == pytest.approx(math.log(2))
    assert sum(one.parts[part].mean for part in PARTS) == pytest.approx(one.bias.mean)


def test_crime_that_moves_to_the_others_is_told_from_the_effect():
    def moves(where):
        return np.where(where, math.log(0.5), np.where(where.any(axis=0), math.log(1.25), 0.0))

    one = study(moves)
    assert one.parts["displacement"].mean == pytest.approx(-math.log(1.25), abs=0.02)
    assert one.elsewhere.mean == pytest.approx(math.log(1.25), abs=0.02)
    assert one.bias.mean == pytest.approx(one.parts["displacement"].mean, abs=0.03)
    assert sum(one.parts[part].mean for part in PARTS) == pytest.approx(one.bias.mean)


def test_panels_count_by_district_and_week_and_put_cities_together():
    found = panel_of(seen(usual(0)), "true", "burglary", at_once(28, [1], DISTRICTS), (4, 4))
    assert np.array_equal(found.counts, usual(0))
    assert found.treated[1].tolist() == [False] * 4 + [True] * 4
    assert not found.treated[[0, 2]].any()
    both = together([found, found])
    assert both.counts.shape == (2 * DISTRICTS, WEEKS)
    assert found.first_weeks(1).counts.shape == (DISTRICTS, 5)
    other = found._replace(counts=found.counts + 7)
    assert (untouched_elsewhere(other, found).counts - found.counts == 7 * found.treated).all()


def test_police_begin_where_and_when_the_last_month_was_bad():
    by_day = np.full((140, 2), 2.0)
    by_day[84:112, 1] = 3.0
    plan = {"start_day": 56, "looks": 4, "bad_month": 1.4, "treated": 1}
    assert badness(by_day[:112]) == pytest.approx([1.0, 84.5 / 56.5], abs=0.001)
    assert after_bad_month(by_day, plan) == Rollout(112, (None, 112))
    assert after_bad_month(by_day, {**plan, "bad_month": 9.0}).begin == 140, "the last look"
    assert after_bad_month(by_day, {**plan, "bad_month": 0.5}) == Rollout(56, (56, None)), "the first of equals"


def test_steps_follow_each_other_and_later_ones_carry_out_less():
    wedge = in_steps([2, 0, 1], begin=28, days=64, steps=3)
    assert wedge == Rollout(28, (49, 70, 28))
    phases = wedge.course(1.0, 0.7)["phases"]
    assert [(one["start_day"], one["districts"]) for one in phases] == [(28, [2]), (49, [0]), (70, [1])]
    assert [one["handing_down"]["station_share"] for one in phases] == [1.0, 0.7, 0.7]
    assert in_steps([0, 1, 2, 3], 28, 56, 2).starts == (28, 28, 56, 56)
    drawn = redrawn(wedge, 5)
    assert sorted(drawn.starts) == [28, 49, 70]
    assert IN_STEPS != AT_ONCE


def test_truth_is_the_ratio_of_sums_and_its_pseudo_values_have_it_as_their_mean():
    counts = np.array([[8.0, 10.0], [9.0, 10.0], [10.0, 10.0]])
    found = log_ratio(counts)
    assert found.mean == pytest.approx(math.log(0.9))
    assert found.lower < found.mean < found.upper
    assert pseudo_values(counts).mean() == pytest.approx(found.mean, abs=0.005)
    assert log_ratio(np.zeros((3, 2))).mean is None


def test_shares_have_wilsons_interval():
    found = share(np.array([True] * 8 + [False] * 2))
    assert (found.mean, found.lower, found.upper) == pytest.approx((0.8, 0.490, 0.943), abs=0.001)
    assert share(np.zeros(0, dtype=bool)).mean is None


def test_what_it_takes_is_the_fewest_districts_and_then_days():
    rows = [("a", 3, 28, 0.5), ("a", 3, 56, 0.9), ("a", 6, 28, 0.95), ("b", 3, 28, 0.1), ("b", 6, 28, 0.3)]
    frame = pl.DataFrame(
        [{"design": d, "strategy": "s", "districts": n, "days": days, "power": p} for d, n, days, p in rows]
    )
    found = needed(frame)
    assert found.select("design", "districts", "days", "power").rows() == [("a", 3, 56, 0.9), ("b", None, None, None)]
    assert found["most_power"].to_list() == [0.95, 0.3]


def test_power_grows_with_the_cities_that_are_put_together():
    draws, rollout = np.random.default_rng(3), at_once(28, [0], DISTRICTS)
    effect = np.where(np.arange(DISTRICTS)[:, None] == 0, np.where(np.arange(WEEKS) >= 4, 0.4, 1.0), 1.0)
    there = [seen(draws.poisson(12 * effect)) for _ in range(32)]
    runs = Runs(there, {("hotspot", AT_ONCE): [rollout] * 32}, {("hotspot", AT_ONCE): there}, 1)
    found = powers(runs, PLAN).filter(pl.col("days") == 28)
    assert found["districts"].to_list() == [3, 6, 12]
    assert found["trials"].to_list() == [32, 16, 8]
    assert found["power"][0] < 0.5 < 0.9 <= found["power"][2]


def test_places_drawn_by_lot_are_areas_of_their_own():
    trial = FieldTrial()
    parts = {"place": np.array([0, 0, 1]), "cell": np.array([0, 1, 1]), "share": np.array([0.7, 0.3, 1.0])}
    trial.places = Places(np.array([2.0, 1.0]), np.zeros(2, dtype=int), np.array([True, False]), **parts)
    city = SimpleNamespace(grid=Grid(1, DISTRICTS, 100.0))
    place, drawn = _places(SimpleNamespace(programmes=[trial], city=city))
    assert place.tolist() == [0, 1, -1], "a cell of two places is of that of which it is the larger part"
    there = seen(usual(0))
    rollout = by_lot(28, SimpleNamespace(drawn=drawn, place=place))
    assert rollout.starts == (28, None)
    found = panel_of(there, "true", "burglary", rollout, (4, 4))
    assert np.array_equal(found.counts, usual(0)[:2])
    assert found.ever.tolist() == [True, False]
    assert _places(SimpleNamespace(programmes=[], city=city))[1].size == 0


def test_a_design_that_is_biased_is_not_trusted_however_wide_its_intervals():
    fair = study(lambda where: np.where(where, math.log(0.5), 0.0))
    wide = fair._replace(coverage=Estimate(1.0, 0.9, 1.0), false_alarms=Estimate(0.0, 0.0, 0.1))
    assert trusted(wide._replace(bias=Estimate(0.01, -0.02, 0.04)))
    assert not trusted(wide._replace(bias=Estimate(0.09, 0.05, 0.13)))
    assert not trusted(wide._replace(bias=Estimate(0.01, -0.02, 0.04), coverage=Estimate(0.6, 0.45, 0.74)))
    assert not trusted(wide._replace(bias=Estimate(0.01, -0.02, 0.04), false_alarms=Estimate(0.6, 0.5, 0.7)))
