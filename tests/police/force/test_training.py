"""Training of specialists: it takes a trainer, hours and months."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_force import full_force

from sim.arrays import Array
from sim.police.force.officers import HeadParameters, draw_officers
from sim.police.force.training import TrainingParameters, train, training_rule
from sim.police.posts import SPECIALIST_POSTS, Post


def detectives(trainers: int, generalists: int) -> Array:
    counts = np.zeros((2, len(Post), 1), dtype=int)
    counts[0, Post.DETECTIVES, 0] = trainers + generalists
    officers = draw_officers(counts, HeadParameters(), 1)
    officers["skill"] = np.where(np.arange(len(officers)) < trainers, 0.8, 0.4)
    return officers


def test_a_generalist_becomes_a_specialist_in_the_stated_months_and_hours() -> None:
    officers, rule = detectives(1, 2), training_rule(TrainingParameters(trainees=2), 0.4)
    used_min, day = 0.0, 0
    while (officers["skill"] < 0.79).any():
        used_min += train(day, officers, Post.DETECTIVES, 1e9, rule)
        day += 1
    assert day == pytest.approx(9 * 365 / 12, rel=0.05)
    assert used_min / 60 == pytest.approx(2 * (1 + 0.5) * 8 * day / 7, rel=1e-6)
    for later in range(day, day + 20):
        train(later, officers, Post.DETECTIVES, 1e9, rule)
    assert not officers["trainee"].any()
    assert train(day + 20, officers, Post.DETECTIVES, 1e9, rule) == 0


def test_nobody_learns_without_a_trainer_without_time_or_on_sick_leave() -> None:
    rule = training_rule(TrainingParameters(trainees=5), 0.4)
    for officers, available_min in ((detectives(0, 5), 1e9), (detectives(1, 5), 0.0)):
        assert train(0, officers, Post.DETECTIVES, available_min, rule) == 0
        assert (officers["skill"][officers["skill"] < 0.7] == np.float32(0.4)).all()
    officers = detectives(1, 5)
    officers["sick_until_day"][0] = 10
    assert train(0, officers, Post.DETECTIVES, 1e9, rule) == 0
    assert train(10, officers, Post.DETECTIVES, 1e9, rule) == pytest.approx(
        2 * 1.5 * rule.day_min
    )  # one trainer takes two of the five


@settings(deadline=None)
@given(available=st.floats(0, 500), trainees=st.integers(0, 8), trainers=st.integers(0, 4))
def test_training_takes_no_more_minutes_than_there_are_and_gives_skill_only_for_minutes(
    available: float, trainees: int, trainers: int
) -> None:
    officers, rule = detectives(trainers, 6), training_rule(TrainingParameters(trainees=trainees), 0.4)
    before = officers["skill"].sum(dtype=float)
    used = train(0, officers, Post.DETECTIVES, available, rule)
    assert 0 <= used <= available
    assert officers["skill"].sum(dtype=float) - before == pytest.approx(used / 1.5 * rule.gain_per_min, abs=1e-5)
    assert officers["trainee"].sum() <= trainees


def test_training_is_only_for_specialist_skill_of_the_post_asked() -> None:
    officers = draw_officers(full_force(), HeadParameters(), 1)
    before = officers["skill"].copy()
    assert train(0, officers, Post.DETECTIVES, 1e9, training_rule(TrainingParameters(trainees=5), 0.4)) > 0
    assert set(officers["post"][officers["skill"] != before]) == {Post.DETECTIVES} <= set(SPECIALIST_POSTS)
