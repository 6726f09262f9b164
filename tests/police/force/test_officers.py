"""Heads of the force: who there is, who is fit, who works today, and that nobody is lost or in two places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_force import full_force, patrol
from scipy.stats import norm

from sim.arrays import Array
from sim.parameters import BadInput
from sim.police.force.officers import (
    NONE,
    OFFICER_COLUMNS,
    HeadParameters,
    Officer,
    begin_duty,
    draw_officers,
    fit_for_duty,
    in_turn,
    night_minutes,
)
from sim.police.posts import Post
from sim.population import Population

FALSE_ALARM = 1e-6  # chance that a right rule fails one claim about a mean on a seed that nobody has tried
Z = float(norm.ppf(1 - FALSE_ALARM / 2))


def test_every_head_has_one_post_one_place() -> None:
    counts = full_force()
    officers = draw_officers(counts, HeadParameters(), 1)
    assert len(np.unique(officers["key"])) == len(officers) == counts.sum()
    for kind, post, place in np.ndindex(counts.shape):
        there = (
            (officers["auxiliary"] == kind)
            & (officers["post"] == post)
            & (officers["district"] == (NONE if place == 3 else place))
        )
        assert there.sum() == counts[kind, post, place]


def test_one_head_more_leaves_the_character_of_all_others_as_it_was() -> None:
    counts = full_force()
    more = counts.copy()
    more[0, Post.HEADQUARTERS, 3] += 1
    more[1, Post.PATROL, 0] += 1
    before, after = (draw_officers(c, HeadParameters(), 5) for c in (counts, more))
    others = after[np.isin(after["key"], before["key"])]
    assert np.array_equal(np.sort(before, order="key"), np.sort(others, order="key"))
    assert len(after) == len(others) + 2


def test_buy_in_and_skill_have_the_stated_distributions() -> None:
    counts = np.zeros((2, len(Post), 1), dtype=int)
    counts[0, [Post.PATROL, Post.DETECTIVES], 0] = 8000
    officers = draw_officers(counts, HeadParameters(), 3)
    buy_in = officers["buy_in"].astype(float)
    sd = np.sqrt(0.6 * 0.4 / 5)
    assert abs(buy_in.mean() - 0.6) < Z * sd / np.sqrt(len(buy_in))
    assert buy_in.std() == pytest.approx(sd, rel=0.05)
    generalists, mixed = (
        officers["skill"][officers["post"] == post].astype(float) for post in (Post.PATROL, Post.DETECTIVES)
    )
    assert abs(generalists.mean() - 0.4) < Z * 0.1 / np.sqrt(8000)
    assert (
        abs(mixed.mean() - (0.7 * 0.8 + 0.3 * 0.4)) < Z * np.hypot(0.1, 0.4 * np.sqrt(0.21)) / np.sqrt(8000) + 0.001
    )  # cut at 1
    assert (
        abs((mixed > 0.6).mean() - 0.7) < Z * np.sqrt(0.21 / 8000) + 0.01
    )  # 2 % of each kind lie beyond the middle, and cancel in part


@pytest.mark.parametrize(
    "heads",
    [
        np.zeros((2, 3, 1), dtype=int),
        np.full((2, len(Post), 1), -1),
        np.full((2, len(Post), 1), 0.5),
        np.full((2, len(Post), 1), 2**18),
    ],
)
def test_heads_that_cannot_be_are_refused(heads: Array) -> None:
    with pytest.raises(BadInput, match=r"^heads: .* shape|^force: .* people per assignment"):
        draw_officers(heads, HeadParameters(), 1)


def test_the_heads_are_a_population_of_mesa_agents() -> None:
    class Owner:
        random = None

    owner = Owner()
    force = Population(owner, Officer, draw_officers(full_force(), HeadParameters(), 1), OFFICER_COLUMNS)
    assert len(force.select(where=lambda heads: heads["post"] == Post.ANTI_FRAUD)) == 17
    assert 0 <= force[0].fatigue <= 0.2


def test_duties_and_days_off_are_shared_out_evenly() -> None:
    officers = patrol(70)
    duties = np.zeros(70)
    for day in range(140):
        heads = in_turn(officers, fit_for_duty(officers, day))[:50]
        begin_duty(officers, heads, day, 0, 480.0, 0.0, 0.0)
        duties[heads] += 1
    assert (duties == 100).all()


@settings(deadline=None)
@given(start=st.integers(0, 3000), length=st.integers(0, 1500))
def test_night_minutes_are_counted_as_on_a_clock(start: int, length: int) -> None:
    minute = np.arange(start, start + length) % 1440
    assert night_minutes(float(start), float(start + length)) == ((minute >= 1380) | (minute < 360)).sum()
