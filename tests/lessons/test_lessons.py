"""Claims about lessons: each shows what its sheet promises on its own seed.

Runs are fixed by their seeds, so that nothing here fails by chance. The study beside this file has twenty seeds more.
"""

from __future__ import annotations

import pytest

from experiments.lesson.check import check_lesson
from experiments.lesson.findings import promises_kept
from experiments.lesson.folder import load
from experiments.lesson.kept import gather, tasks
from scenarios.lessons.found import lesson_folders

LESSONS = tuple(lesson_folders())


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_shows_what_it_promises_on_its_own_seed(name: str) -> None:
    check_lesson(load(name).folder, workers=1)


@pytest.mark.parametrize("name", LESSONS)
def test_the_towns_of_a_lesson_are_of_its_size_and_its_arms_are_paired(name: str) -> None:
    lesson = load(name)
    every = tasks(lesson, {})
    for arm in every.values():
        assert [one["scenario"]["seed"] for one in arm] == list(range(1, lesson.replications + 1))
        assert all(30_000 <= one["scenario"]["city"]["residents"] <= 60_000 for one in arm)
        assert len({one["scenario"]["city"]["seed"] for one in arm}) == 1, "one town, which a class gets to know"


def test_every_value_of_a_knob_makes_towns() -> None:
    for name in LESSONS:
        lesson = load(name)
        for knob, told in lesson.knobs.items():
            made = [tasks(lesson, {knob: value}) for value in told.allowed]
            assert len({str(one) for one in made}) == len(made), f"{name}: {knob} changes nothing"


def test_a_promise_that_is_not_kept_is_found() -> None:
    """The lesson about stops with the wrong promise: an hour is better than twelve minutes."""
    lesson = load("how_long")
    first = lesson.promises[1]
    wrong = first._replace(arm=first.against, against=first.arm)
    measured = {
        arm: [{"crimes": value, "stops": 1.0}]
        for arm, value in (("one_minute", 108.0), ("stay", 100.0), ("an_hour", 106.0))
    }
    assert [one.holds for one in promises_kept([first, wrong], measured)] == [True, False]


@pytest.mark.slow
def test_no_one_who_is_sent_to_hot_spots_prevents_a_single_fraud() -> None:
    """Exact, not statistical: no rule leads from a car to a telephone, and draws are the same for all arms."""
    lesson = load("who_is_reached")
    measured = gather(lesson, {}, workers=1)
    waiting, patrol = measured["waiting"], measured["patrol"]
    assert [one["frauds"] for one in waiting] == [one["frauds"] for one in patrol]
