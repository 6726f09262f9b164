"""What is known to be worth ten officers, or none, is called so: over noise by formula, and in runs of a town."""

from __future__ import annotations

import numpy as np
import pytest

from tests.equivalents.study import CASES, MORE, claim, study

TEN, NONE = CASES
NUMBERS = (-8, -4, 0, 4, 10, 20, 40)


def curve(draws, replications=5):
    """Return a made-up outcome with other numbers of officers, each of whom prevents a fifth of a crime."""
    shared = draws.normal(0, 6, replications)
    return {more: 100 - 0.2 * more + shared + draws.normal(0, 1, replications) for more in (*NUMBERS, MORE + 1)}


@pytest.mark.parametrize(("case", "more"), [(TEN, 10), (NONE, 0)])
def test_intervals_hold_what_an_option_is_worth_about_as_often_as_they_say(case, more):
    """60 repetitions of five pairs; with a true coverage of 95 % fewer than 51 come by chance with 0.1 %."""
    draws = np.random.default_rng(7)
    found = []
    for _ in range(60):
        here = curve(draws)
        option = here.pop(MORE + 1) + 0.2 * (MORE + 1 - more)
        found.append(claim(case, "crimes_total", here, option))
    said = [one for one in found if not one.silent]
    assert len(said) > 55
    assert sum(one.holds for one in said) >= 51 * len(said) / 60
    assert np.median([one.value for one in said]) == pytest.approx(more, abs=2)


def test_the_same_run_is_worth_nothing():
    here = curve(np.random.default_rng(3))
    found = claim(NONE, "crimes_total", here, here[0])
    assert found.value == 0.0
    assert found.low <= 0.0 <= found.high


def test_where_officers_change_nothing_any_number_may_be_it_and_nothing_is_claimed():
    same = np.array([100.0, 104.0, 97.0, 101.0, 99.0])
    found = claim(TEN, "crimes_total", dict.fromkeys(NUMBERS, same), same)
    assert (found.value, found.low, found.high) == (0.0, -np.inf, np.inf)
    assert found.silent


def test_a_repetition_of_the_study_in_a_town_judges_both_cases(tmp_path):
    found = study(str(tmp_path / "store"), repetitions=1, replications=3, days=3, workers=1)
    assert {one.case for one in found} == set(CASES)
    assert all(one.low <= one.value <= one.high for one in found)
