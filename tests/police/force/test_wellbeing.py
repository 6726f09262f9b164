"""What wears a head of the force out, what restores it, and what follows.

Sick leave, attrition, hiring, buy-in, slower work.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_force import STEADY, UNTIRING, book, patrol, patrol_years, rule_of, serving
from pydantic import ValidationError
from scipy.stats import norm

from sim.arrays import Array
from sim.police.force.officers import fit_for_duty, in_turn, is_fit
from sim.police.force.wellbeing import character, effects, live, load, new_force_days, wellbeing_indicators
from sim.police.force.wellbeing_parameters import WellbeingParameters, usual_sick_share
from sim.police.posts import Post

FALSE_ALARM = 1e-6  # chance that a right rule fails one claim about a mean on a seed that nobody has tried
Z = float(norm.ppf(1 - FALSE_ALARM / 2))

log = logging.getLogger("wellbeing")


def test_parameters_that_cannot_be_are_refused() -> None:
    for wrong in (
        {"attrition_per_year": -0.1},
        {"leadership": 2},
        {"sick_days": 0},
        {"incentive_per_month": -1},
        {"heads": {"buy_in_mean": 1}},
        {"mood": 1},
    ):
        with pytest.raises(ValidationError):
            WellbeingParameters(**wrong)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(0, 40),
    auxiliaries=st.integers(0, 20),
    work=st.lists(
        st.tuples(
            st.floats(0, 1440),
            st.floats(0, 1),
            st.floats(0, 1),
            st.floats(0, 1),
            st.integers(0, 30),
            st.integers(0, 60),
        ),
        max_size=25,
    ),
    attrition=st.floats(0, 10),
    hires=st.floats(0, 10),
    sick=st.floats(0, 100),
    gain=st.floats(0, 10),
    leadership=st.floats(-1, 1),
    incentive=st.floats(0, 1e5),
    months=st.floats(0, 3),
)
def test_feelings_stay_within_bounds_and_heads_are_conserved(
    seed: int,
    n: int,
    auxiliaries: int,
    work: list[Any],
    attrition: float,
    hires: float,
    sick: float,
    gain: float,
    leadership: float,
    incentive: float,
    months: float,
) -> None:
    rule = rule_of(
        attrition_per_year=attrition, auxiliary_attrition_per_year=attrition, hires_per_year=hires,
        auxiliary_hires_per_year=hires, sick_per_year=sick,
        overload_gain=gain, leadership=leadership, incentive_per_month=incentive, basic_training_months=months,
    )  # fmt: skip
    officers = patrol(n, auxiliaries, seed)
    days = new_force_days(len(work) + 1)
    for day, (worked, demanding, overtime, night, successes, wanted) in enumerate(work):
        fit = np.array([is_fit(officers, i, day) for i in range(len(officers))], dtype=bool)
        assert np.array_equal(fit, fit_for_duty(officers, day))
        assert not (fit & ~serving(officers)).any()
        chosen = in_turn(officers, fit)[:wanted]
        assert len(chosen) == len(set(chosen.tolist())) == min(wanted, fit.sum())
        assert fit[chosen].all()
        book(officers, chosen, worked, worked * demanding, worked * overtime, worked * night, successes)
        before = serving(officers).sum()
        live(seed, day, officers, days, rule)
        for name in ("fatigue", "buy_in", "skill"):
            assert ((officers[name] >= 0) & (officers[name] <= 1)).all()
        assert days[day]["heads"] == before
        assert serving(officers).sum() == before - days[day]["left"] + days[day]["hired"]
        assert days[day]["sick"] + days[day]["recruits"] == before - fit.sum()
        assert days[day]["worked_min"] == pytest.approx(worked * len(chosen), rel=1e-5)
        for name in ("worked_min", "demanding_min", "overtime_min", "night_min", "successes"):
            assert not officers[name].any()
        assert set(officers["post"].tolist()) <= {Post.PATROL}


def test_what_happens_to_a_head_does_not_depend_on_its_row() -> None:
    one, other = patrol(500), patrol(500)[::-1].copy()
    rule = rule_of(attrition_per_year=1.0, hires_per_year=0.0)
    for day in range(200):
        for officers in (one, other):
            book(officers, np.arange(500), 480.0, 350.0, night=100.0)
            live(7, day, officers, new_force_days(1), rule)
    assert 0 < serving(one).sum() < 500
    others = [name for name in one.dtype.names if name != "turn"]
    assert np.array_equal(one[others], other[::-1][others])


def test_a_normal_week_with_nights_in_rotation_is_stable_well_below_half() -> None:
    run = patrol_years(0.0, 1, 300, **STEADY)
    assert max(run.fatigue(day) for day in range(60, 365)) < 0.15
    assert abs(run.fatigue(360) - run.fatigue(276)) < 0.005  # a whole number of rotations apart


def test_a_load_of_one_and_a_third_wears_out_over_weeks_and_rest_restores() -> None:
    run = patrol_years(0.0, 0.5, 300, full_load=1.2, **STEADY)  # grows to 1.3 to 1.4 by slowness
    weeks = [run.fatigue(7 * week) for week in (1, 4, 12, 25)]
    log.info(
        "fatigue at loads of %.2f to %.2f after 1, 4, 12 and 25 weeks: %s",
        run.load[0],
        run.load[-1],
        np.round(weeks, 2),
    )
    assert 1.25 < run.load[50:].mean() < 1.45
    assert weeks[0] < 0.15 < weeks[1] < 0.4 < weeks[2]
    assert weeks[2] - 0.02 < weeks[3] < 0.65
    officers, rule, days = run.officers.copy(), rule_of(**STEADY), new_force_days(1)
    for day in range(28):
        live(1, day, officers, days, rule)
    assert officers["fatigue"].mean() < 0.3 * run.officers["fatigue"].mean()


def test_busy_and_quiet_duties_even_out_and_lasting_overload_does_not() -> None:
    even, lumpy, forgetful = (
        patrol_years(0.0, 0.5, 300, **STEADY, **case)
        for case in ({}, {"lumpiness": 0.4}, {"lumpiness": 0.4, "load_memory_duties": 1.0})
    )
    log.info(
        "fatigue with even duties %.2f, lumpy ones %.2f, without a memory %.2f",
        *(run.fatigue(180) for run in (even, lumpy, forgetful)),
    )
    assert lumpy.fatigue(180) < even.fatigue(180) + 0.05
    assert forgetful.fatigue(180) > lumpy.fatigue(180) + 0.1


@pytest.mark.parametrize("cause", ["nights", "overtime", "overload"])
def test_nights_overtime_and_overload_each_tire(cause: str) -> None:
    extra = {
        "nights": (480.0, 200.0, 0.0, 400.0),
        "overtime": (600.0, 200.0, 120.0, 0.0),
        "overload": (480.0, 450.0, 0.0, 0.0),
    }[cause]
    officers, rule = patrol(2), rule_of(**STEADY)
    officers["fatigue"], officers["recent_load"] = 0.2, 1.0
    book(officers, np.array([0]), 480.0, 200.0)
    book(officers, np.array([1]), *extra)
    live(1, 0, officers, new_force_days(1), rule)
    assert officers["fatigue"][1] > officers["fatigue"][0] + 0.002


def test_a_longer_duty_leaves_less_time_to_recover() -> None:
    officers, rule = patrol(3), rule_of(**STEADY)
    officers["fatigue"] = 0.5
    for head, worked_min in enumerate((0.0, 480.0, 720.0)):
        book(officers, np.array([head]), worked_min, 0.0)
    live(1, 0, officers, new_force_days(1), rule)
    assert officers["fatigue"] == pytest.approx(0.5 * np.exp(-0.004 * np.array([14, 6, 2])), rel=1e-5)


def test_office_work_sustains_more_cases_than_patrol_sustains_calls() -> None:
    officers, rule = patrol(2), rule_of()
    officers["post"][1] = Post.DETECTIVES
    book(officers, np.arange(2), 480.0, 288.0)
    assert load(officers, 0, rule) == pytest.approx(1.0)
    assert load(officers, 1, rule) == pytest.approx(0.6 / 0.85)


@pytest.mark.parametrize("fatigue", [0.0, 0.5, 1.0])
def test_sick_leave_begins_with_the_stated_hazard_and_lasts_as_long_as_stated(fatigue: float) -> None:
    parameters = {**UNTIRING, **STEADY, "sick_per_year": 1.5}
    officers, rule, days = patrol(5000), rule_of(**parameters), new_force_days(365)
    officers["fatigue"] = fatigue
    spells, at_risk = 0, 0
    for day in range(300):
        free = officers["sick_until_day"] <= day
        live(11, day, officers, days, rule)
        at_risk += free.sum()
        spells += (free & (officers["sick_until_day"] > day)).sum()
    for day in range(300, 365):  # nobody falls sick any more, so that all spells end
        live(11, day, officers, days, rule_of(**{**parameters, "sick_per_year": 0.0}))
    expected = at_risk * -np.expm1(-1.5 / 365 * (1 + 2 * fatigue))
    assert abs(spells - expected) < Z * np.sqrt(expected)
    assert days["sick"][-1] == 0
    assert abs(days["sick"].sum() / spells - 5.0) < Z * np.sqrt(20.0 / spells)  # geometric: sd √20
    share = wellbeing_indicators(days, 50, 300)["sick_share"]
    assert share == pytest.approx(days["sick"][50:300].mean() / 5000)
    if fatigue == 0.0:
        assert share == pytest.approx(
            usual_sick_share(rule), abs=Z * 0.14 * np.sqrt(2 * 5 / (5000 * 250))
        )  # spells of 5 days follow one another


@pytest.mark.parametrize(
    ("fatigue", "auxiliary", "a_year"), [(0.0, 0, 0.03), (0.5, 0, 0.06), (1.0, 0, 0.15), (1.0, 1, 0.5)]
)
def test_attrition_has_the_stated_hazard(fatigue: float, auxiliary: int, a_year: float) -> None:
    officers = patrol(5000 * (1 - auxiliary), 5000 * auxiliary)
    rule, days = (
        rule_of(hires_per_year=0.0, auxiliary_hires_per_year=0.0, sick_per_year=0.0, **UNTIRING),
        new_force_days(365),
    )
    officers["fatigue"] = fatigue
    for day in range(365):
        live(11, day, officers, days, rule)
    expected = days["heads"].sum() * -np.expm1(-a_year / 365)
    assert days["left"].sum() == 5000 - serving(officers).sum()
    assert abs(days["left"].sum() - expected) < Z * np.sqrt(expected)


# Hiring


def test_vacant_places_are_filled_by_as_many_recruits_as_a_year_brings_and_not_more() -> None:
    officers, rule, days = (
        patrol(1000),
        rule_of(hires_per_year=0.05, **{**STEADY, "attrition_per_year": 0.3}),
        new_force_days(730),
    )
    for day in range(730):
        live(1, day, officers, days, rule)
    assert abs(days["hired"][60:].sum() - 0.05 * 1000 * 670 / 365) <= 2
    full, rule, days = patrol(1000), rule_of(hires_per_year=5.0, **STEADY), new_force_days(100)
    for day in range(100):
        live(1, day, full, days, rule)
    assert days["hired"].sum() == 0
    assert (full["joined_day"] == 0).all()


def test_a_recruit_works_after_basic_training_and_not_before_and_begins_rested_with_a_character_of_its_own() -> None:
    officers, days = patrol(1), new_force_days(400)
    officers["left_day"], officers["fatigue"] = 0, 0.9
    before = officers.copy()
    rule = rule_of(hires_per_year=10.0, basic_training_months=6.0, **STEADY)
    day = 0
    while not serving(officers)[0]:
        live(1, day, officers, days, rule)
        day += 1
    assert officers["joined_day"][0] == day
    assert officers["fatigue"][0] == 0
    assert officers["skill"][0] != before["skill"][0]
    ready = [later for later in range(day, day + 400) if fit_for_duty(officers, later).any()]
    assert ready[0] == day + round(6 * 365 / 12)


# Buy-in


def drift(days: int, load_of_1: float = 0.0, successes: int = 0, **parameters: Any) -> Array:
    """Return how buy-in changed over some days, by head."""
    officers, rule = patrol(200), rule_of(**STEADY, **parameters)
    before = officers["buy_in"].copy()
    for day in range(days):
        book(
            officers,
            np.arange(200),
            480.0,
            load_of_1 * rule.sustainable_min,
            successes=successes if day % 10 == 0 else 0,
        )
        live(1, day, officers, new_force_days(1), rule)
    out: Array = officers["buy_in"] - before
    return out


def test_buy_in_moves_with_success_leadership_incentives_and_overload_and_otherwise_not() -> None:
    assert np.abs(drift(100)).max() < 1e-4
    assert drift(100, successes=2).min() > 0
    assert drift(100, load_of_1=1.5).max() < 0
    assert drift(100, leadership=1.0).min() > 0
    assert drift(100, leadership=-1.0).max() < 0
    assert drift(100, incentive_per_month=500.0).min() > 0
    assert np.abs(drift(100, load_of_1=1.0)).max() < 1e-4


# Effects


def test_fatigue_slows_errs_and_saps_effort_as_stated() -> None:
    rule = rule_of()
    officers = patrol(3)
    officers["fatigue"], officers["buy_in"] = (0.0, 1.0, 0.5), (0.6, 0.6, 0.0)
    each = effects(character(officers, rule), np.arange(3)[:, None])
    assert each.slow == pytest.approx([1.0, 1.3, 1.15])
    assert each.mistakes == pytest.approx([0.03, 0.09, 0.06])
    assert each.effort == pytest.approx([0.6, 0.3, 0.0])
    assert (effects(character(officers, rule_of(mistakes=0.9)), np.array([[1]])).mistakes == 1.0).all()
    crew = effects(character(officers, rule), np.array([0, 1]))
    assert (crew.slow, crew.mistakes, crew.effort) == pytest.approx((1.15, 0.06, 0.45))
    assert crew.skill == pytest.approx(officers["skill"][:2].mean())


def test_indicators_are_ratios_of_sums_and_not_a_number_without_heads() -> None:
    run = patrol_years(0.1, 0.25, 500)
    found = wellbeing_indicators(run.days, 0, 91)
    assert found["headcount"] == run.heads[90]
    assert found["attrition"] == pytest.approx(run.days["left"].sum() / run.heads.sum() * 365)
    assert 0 < found["fatigue_mean"] < found["buy_in_mean"] < 1
    assert found["overtime_share"] == 0
    assert np.isnan(wellbeing_indicators(new_force_days(3), 0, 3)["fatigue_mean"])
    assert np.isnan(wellbeing_indicators(new_force_days(3), 2, 2)["headcount"])
