"""The steps of a calibration on a simulator whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_simulator import expected, simulated
from scipy.stats import qmc

from experiments.calibrate.emulator import fitted, terms_of
from experiments.calibrate.history import clashes, judge_of, plausible_share, wave_of
from experiments.calibrate.numbers import Ask, calibrated
from experiments.calibrate.screen import screened, trajectories_of
from experiments.calibrate.search import Search
from experiments.calibrate.simulated import chance_of
from experiments.calibrate.targets import Target

NAMES = ("one", "other", "idle")
USUAL = np.full(3, 0.5)
TRUTH = np.array([[0.3, 0.7, 0.5]])
TARGETS = [
    Target(name, name, "1", "", float(value) - 0.2, float(value) + 0.2)
    for name, value in zip(("ten", "five", "exp"), expected(TRUTH)[0], strict=True)
]
SHARES = qmc.LatinHypercube(3, rng=3).random(80)
FOUND = simulated(SHARES, range(2), own=0.1, common=0.1)
CHANCE = chance_of(FOUND, simulated(USUAL[None], range(9, 33), own=0.1, common=0.1).values[0])


def test_a_stand_in_is_exact_for_a_quadratic_and_honest_for_what_is_none():
    """Of 400 new vectors 95 % lie within 1.96 of its errors: 90 to 98.5 % are seen but in one of a thousand."""
    shares = qmc.LatinHypercube(2, rng=1).random(40)
    exact = fitted(shares, 1 + 2 * shares[:, 0] - shares[:, 1] ** 2 + shares[:, 0] * shares[:, 1])
    assert exact.explained == pytest.approx(1.0, abs=1e-6)
    draws = np.random.default_rng(2)

    def wild(x):
        return np.sin(5 * x[:, 0]) + draws.normal(size=len(x)) * 0.3

    rough = fitted(shares, wild(shares))
    new = draws.random((400, 2))
    mean, error = rough.predict(terms_of(new))
    assert 0.90 <= (np.abs(wild(new) - mean) <= 1.96 * error).mean() <= 0.985
    assert rough.explained < 0.9


def test_a_pattern_that_nothing_moves_is_not_explained():
    assert fitted(SHARES, np.random.default_rng(1).normal(size=80)).explained < 0.1


def test_history_matching_keeps_the_truth_and_rules_out_what_is_far():
    judge = judge_of(FOUND, TARGETS, CHANCE)
    assert judge.plausible(TRUTH).all()
    assert not judge.plausible(np.array([[0.9, 0.1, 0.5]])).any()
    wave = wave_of([judge], 3, 60, 1)
    assert len(wave.shares) == 60
    assert judge.plausible(wave.shares).all()
    assert 0 < wave.plausible_share < 0.5
    assert plausible_share([judge], 3, 2) == pytest.approx(wave.plausible_share, rel=0.3)


def test_patterns_that_cannot_be_and_patterns_that_contradict_each_other_are_named():
    beyond = TARGETS[0]._replace(low=20.0, high=21.0)
    never, pairs = clashes(judge_of(FOUND, [beyond, *TARGETS[1:]], CHANCE), 3, 1)
    assert (never, pairs) == ([0], [])
    high = TARGETS[2]._replace(low=8.0, high=11.0)  # needs `one` high, where TARGETS[0] wants it low
    never, pairs = clashes(judge_of(FOUND, [TARGETS[0], TARGETS[1], high], CHANCE), 3, 1)
    assert never == []
    assert (0, 2) in [(it.one, it.other) for it in pairs]
    assert clashes(judge_of(FOUND, TARGETS, CHANCE), 3, 1) == ([], [])


def test_the_screen_tells_what_moves_what():
    walk = simulated(trajectories_of(NAMES, 8, 1), range(2), own=0.1, common=0.5)
    screen = screened(walk, NAMES, CHANCE.own, 1)
    assert screen.moves.tolist() == [[True, True, True], [False, True, True], [False, False, False]]
    assert screen.effect[0, 0] == pytest.approx(10.0, abs=0.3)
    assert (screen.trajectories, screen.lost) == (8, 0)
    walk.values[5, 0, 1] = np.nan
    fewer = screened(walk, NAMES, CHANCE.own, 1)
    assert (fewer.trajectories, fewer.lost) == (7, 1)


class Counting:
    """Simulates, and notes which vectors; breaks off after some batches where asked."""

    def __init__(self, most=None):
        self.asked, self.most = [], most

    def __call__(self, shares):
        if self.most is not None and len(self.asked) >= self.most:
            raise KeyboardInterrupt
        self.asked.append(shares)
        return simulated(shares, range(2), own=0.1, common=0.1)


def test_the_search_comes_near_and_goes_on_where_it_was_ended(tmp_path):
    pytest.importorskip("optuna")
    spread = np.full(3, 0.1)
    whole = Search(NAMES, TARGETS, spread, Counting(), 1).run(40, USUAL, None)
    assert whole.shares[0].tolist() == USUAL.tolist()
    journal = str(tmp_path / "searches" / "one.journal")
    with pytest.raises(KeyboardInterrupt):
        Search(NAMES, TARGETS, spread, Counting(2), 1).run(40, USUAL, journal)
    again = Search(NAMES, TARGETS, spread, Counting(), 1).run(40, USUAL, journal)
    assert np.array_equal(again.shares, whole.shares)
    best = whole.shares[np.abs(whole.means - expected(TRUTH)).sum(axis=1).argmin()]
    assert np.abs(best - TRUTH[0])[:2].max() < 0.25


def test_all_steps_together_find_the_truth_and_leave_the_idle_parameter_open():
    pytest.importorskip("optuna")
    usual = simulated(USUAL[None], range(9, 33), own=0.1, common=0.1).values[0]
    plan = {"screen": 4, "search": 16, "waves": 2, "points": 60, "replications": 2, "seed": 1}
    found = calibrated(Ask(NAMES, TARGETS, USUAL, usual, None), plan, Counting())
    low, high = found.posterior.quantiles((0.025, 0.975))
    assert ((low <= TRUTH[0]) & (TRUTH[0] <= high)).all()
    assert (high - low)[:2].max() < 0.3
    assert (high - low)[2] > 0.85
    assert [wave.plausible_share < 1 for wave in found.waves] == [False, True, True]
    assert found.plausible_share < found.waves[1].plausible_share * 1.5
    assert found.best.misfit < found.best.usual_misfit
    assert found.lost == 0
