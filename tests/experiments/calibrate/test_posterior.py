"""What `calibrate` makes of a simulator whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_simulator import simulated
from scipy.stats import qmc

from experiments.calibrate.history import judge_of
from experiments.calibrate.numbers import what_is_left
from experiments.calibrate.posterior import Posterior, posterior_of
from experiments.calibrate.simulated import Simulated, chance_of
from experiments.calibrate.targets import Target, beyond, flattened

USUAL = np.full((1, 3), 0.5)
NOTHING = np.zeros((1, 1))


def data(values, runs=1.0):
    return [Target(str(at), "", "", "", value, value, runs) for at, value in enumerate(values)]


def recovered(number, own, common):
    """Return whether intervals hold three truths, and their widths, for one set of seeds."""
    shares = qmc.LatinHypercube(3, rng=number).random(120)
    found = simulated(shares, range(3), own, common, data=number)
    usual = simulated(USUAL, range(10, 34), own, common, data=number).values[0]
    chance = chance_of(found, usual)
    truths = np.random.default_rng(number).random((3, 3))
    observed = simulated(truths, [99], own, common, data=number).values[:, 0]
    out = []
    for truth, values in zip(truths, observed, strict=True):
        targets = data(values)
        posterior = what_is_left([judge_of(found, targets, chance)], chance, 3, 1)
        low95, low80, high80, high95 = posterior.quantiles((0.025, 0.1, 0.9, 0.975))
        held = (low80 <= truth) & (truth <= high80), (low95 <= truth) & (truth <= high95)
        out.append([*held, (high95 - low95) / 0.95])
    return np.array(out, dtype=float)


@pytest.mark.parametrize(("own", "common"), [(0.3, 0.3), (0.05, 0.5)])
def test_intervals_hold_the_truth_as_often_as_they_say_and_know_what_they_do_not_know(own, common):
    """A right 80 % interval is missed by these bounds in less than one of a thousand sets of 135 cases."""
    held = np.concatenate([recovered(number, own, common) for number in range(15)])
    in_80, in_95, widths = held.mean(axis=0)
    assert 0.67 <= in_80.mean() <= 0.92
    assert 0.88 <= in_95.mean() <= 1.0
    assert widths[0] < 0.35
    assert widths[1] < 0.5
    assert 0.93 <= widths[2] <= 1.05


def test_a_known_gaussian_posterior_is_found():
    """One pattern, the parameter itself with a chance of 0.05: the posterior is normal around the datum."""
    shares = qmc.LatinHypercube(1, rng=1).random(4000)
    found = Simulated(shares, np.stack([shares, shares], axis=1))
    posterior = posterior_of(found, data([0.5]), np.array([[0.05**2]]), np.random.default_rng(1))
    low, median, high = posterior.quantiles((0.025, 0.5, 0.975))[:, 0]
    assert median == pytest.approx(0.5, abs=0.01)
    assert (high - low) / (2 * 1.96 * 0.05) == pytest.approx(1.0, abs=0.1)
    assert posterior.weights.sum() == pytest.approx(1.0)


def test_within_a_band_all_values_are_as_good_and_what_an_open_band_allows_is_not_told_apart():
    shares = qmc.LatinHypercube(1, rng=1).random(4000)
    found = Simulated(shares, np.stack([shares, shares], axis=1))
    band = posterior_of(found, [Target("", "", "", "", 0.3, 0.5)], NOTHING, np.random.default_rng(1))
    assert band.quantiles((0.05, 0.95))[:, 0] == pytest.approx([0.31, 0.49], abs=0.03)
    above = posterior_of(found, [Target("", "", "", "", 0.6, None)], NOTHING, np.random.default_rng(1))
    assert above.quantiles((0.05, 0.95))[:, 0] == pytest.approx([0.62, 0.98], abs=0.03)


def test_chance_that_vectors_share_is_told_from_chance_of_their_own():
    """Variances within a fifth of 0.25 and 0.04; a right estimate is missed in one of a hundred."""
    shares = np.random.default_rng(1).random((300, 3))
    usual = simulated(USUAL, range(100, 500), 0.2, 0.5).values[0]
    chance = chance_of(simulated(shares, range(3), 0.2, 0.5), usual)
    assert np.diag(chance.common) == pytest.approx([0.25] * 3, rel=0.2)
    assert np.diag(chance.own) == pytest.approx([0.04] * 3, rel=0.2)
    published = chance.unseen([Target("", "", "", "", 0.0, 1.0)] * 3)
    assert published == pytest.approx(chance.common / 3)
    one_run = chance.unseen(data([0, 0, 0]))
    assert one_run == pytest.approx(chance.common * 4 / 3 + chance.own * 2 / 3)


def test_a_set_is_drawn_by_weights():
    posterior = Posterior(np.array([[0.1], [0.2], [0.3]]), np.array([0.5, 0.5, 0.0]))
    drawn = posterior.drawn(10, np.random.default_rng(1))
    assert drawn.shares[:, 0].tolist() == [0.1, 0.2]
    assert drawn.weights.tolist() == [0.5, 0.5]
    assert sorted(drawn.each(10)[:, 0].tolist()) == [0.1] * 5 + [0.2] * 5


def test_distances_to_bands():
    targets = [Target("", "", "", "", 1.0, 2.0), Target("", "", "", "", 1.1, None), Target("", "", "", "", None, 3.0)]
    assert beyond(np.array([[0.5, 5.0, 4.0]]), targets).tolist() == [[-0.5, 0.0, 1.0]]
    assert flattened(np.array([[0.5, 5.0, 1.0]]), targets).tolist() == [[0.5, 1.1, 3.0]]
    assert [one.aim for one in targets] == [1.5, 1.1, 3.0]
    assert [one.half_width for one in targets] == [0.5, 0.0, 0.0]
