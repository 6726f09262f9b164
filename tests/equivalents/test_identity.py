"""What is known to be worth ten officers, or none, is called so: over noise by formula, and in runs of a town."""

from __future__ import annotations

import numpy as np
import pytest

from tests.equivalents.study import CASES, MORE, Measured, study

TEN, NONE = CASES
NUMBERS = (-8, -4, 0, 4, 9, 20, 40)


def made_up(per_officer=0.2, seeds=500):
    """Return a made-up outcome, of which each officer prevents a fifth; two thirds of the noise is shared by a seed."""
    draws = np.random.default_rng(7)
    shared = draws.normal(0, 6, seeds)

    def crimes(more):
        return 100 - per_officer * more + shared + draws.normal(0, 3, seeds)

    return Measured("crimes_total", {more: crimes(more) for more in NUMBERS}, {TEN: crimes(MORE), NONE: crimes(0)})


@pytest.mark.parametrize("case", [TEN, NONE])
@pytest.mark.parametrize("replications", [3, 5])
def test_intervals_hold_what_an_option_is_worth_about_as_often_as_they_say(case, replications):
    """With a true coverage of 95 % fewer than 86 of 100 come by chance with less than 0.1 %."""
    found = [one for one in made_up().claims(replications) if one.case == case]
    assert len(found) == 100
    assert sum(one.holds for one in found) >= 86
    assert np.median([one.value for one in found]) == pytest.approx(CASES[case], abs=3)


def test_where_officers_change_nothing_nearly_nothing_is_claimed():
    """The ends of the curve are told apart in one direction in 2.5 % of repetitions; ten of 100 come with 0.1 %."""
    found = [one for one in made_up(per_officer=0.0).claims(5) if one.case == TEN]
    assert sum(not one.silent for one in found) < 10


def test_the_same_run_is_worth_nothing():
    here = made_up()
    found = here._replace(options={NONE: here.curve[0]}).claim(NONE, slice(5))
    assert found.value == 0.0
    assert found.low <= 0.0 <= found.high


def test_a_repetition_of_the_study_in_a_town_judges_both_cases(tmp_path):
    found = study(str(tmp_path / "store"), seeds=3, days=3, workers=1)
    claims = [one.claim(case) for one in map(Measured.where_there, found) for case in CASES if len(one.curve[0]) > 2]
    assert {one.case for one in claims} == set(CASES)
    assert all(one.low <= one.value <= one.high for one in claims)
