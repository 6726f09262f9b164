"""Random numbers.

The published vectors of Philox, the distributions, and that neighbouring draws know nothing of each other.

Seeds are fixed, so each test gives one result for ever. `ALARM` is the probability that a test of a perfect generator,
with a seed nobody has tried, would fail; about 80 such tests stand here: one fails for one seed in 1,200.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.draws import STREAM_BITS, Stream
from sim.randomness import MAX_SEED, exponential, gamma, generator, normal, philox, uniform, uniform4, uniforms

ALARM = 1e-5
N = 20_000
AXES = ("seed", "stream", "entity", "time", "number")


def along(draw, axis: str, n: int = N, start: int = 0) -> np.ndarray:
    """Return draws that differ in one argument only, start … start + n − 1."""
    at = {"seed": 3, "stream": 7, "entity": 11, "time": 13, "number": 17}
    return np.array([draw(**{**at, axis: start + i}) for i in range(n)])


def numbered(stream: int, number: int) -> int:
    """Return the draw of a stream that has this number."""
    return (stream << STREAM_BITS) + number


def named(kernel):
    return lambda seed, stream, entity, time, number: kernel(seed, numbered(stream, number), entity, time)


def gammas(shape: float, number: int, n: int = N) -> np.ndarray:
    """Return the gamma numbers of entities 0 … n − 1."""
    return np.array([gamma(shape, 5, numbered(6, number), entity, 7) for entity in range(n)])


def independent_p(first: np.ndarray, second: np.ndarray, bins: int = 8) -> float:
    """Return the p-value of a chi-square test that pairs of uniform numbers fill the unit square evenly."""
    counts, _, _ = np.histogram2d(first, second, bins=bins, range=[[0, 1], [0, 1]])
    return float(stats.chisquare(counts.ravel()).pvalue)


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_philox_gives_the_published_known_answers(counter: str, key: str, words: str) -> None:
    # Salmon et al. 2011, Random123 distribution, kat_vectors, rows "philox4x32 10"
    given = [int(word, 16) for word in f"{counter} {key}".split()]
    assert [f"{int(word):08x}" for word in philox(*given)] == words.split()


def test_a_uniform_number_is_made_of_the_first_two_words() -> None:
    expected = ((0x6627E8D5 >> 6) * 2**26 + (0xE169C58D >> 6) + 0.5) / 2**52
    assert uniform(0, 0, 0, 0) == expected


def test_a_draw_is_the_same_in_any_order_and_alone_or_in_an_array() -> None:
    forwards = [uniform(1, numbered(2, 5), entity, 4) for entity in range(50)]
    backwards = [uniform(1, numbered(2, 5), entity, 4) for entity in reversed(range(50))][::-1]
    assert forwards == backwards == uniforms(1, numbered(2, 5), 50, 4).tolist()
    trials = [gamma(0.4, 1, numbered(2, 5), entity, 4) for entity in range(50)]
    assert trials == [gamma(0.4, 1, numbered(2, 5), entity, 4) for entity in reversed(range(50))][::-1]


def test_every_argument_matters_up_to_the_largest_seed() -> None:
    draws = {
        uniform(seed, numbered(stream, number), entity, time)
        for seed, stream, entity, time, number in (
            (0, 1, 2, 3, 4),
            (MAX_SEED, 1, 2, 3, 4),
            (0, 2, 2, 3, 4),
            (0, 1, 3, 3, 4),
            (0, 1, 2, 4, 4),
            (0, 1, 2, 3, 5),
        )
    }
    assert len(draws) == 6


def test_uniform_numbers_never_reach_zero_or_one() -> None:
    largest, smallest = (2**52 - 1 + 0.5) / 2**52, 0.5 / 2**52
    assert 0 < smallest < largest < 1
    values = uniforms(1, numbered(2, 4), N, 3)
    assert values.min() > 0
    assert values.max() < 1


@pytest.mark.parametrize("axis", AXES)
def test_uniform_numbers_are_uniform_along_every_argument(axis: str) -> None:
    values = along(named(uniform), axis)
    assert stats.kstest(values, "uniform").pvalue > ALARM
    assert stats.chisquare(np.bincount((values * 256).astype(int), minlength=256)).pvalue > ALARM


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("step", [1, 2, 1000])
def test_neighbouring_draws_are_independent_along_every_argument(axis: str, step: int) -> None:
    assert independent_p(along(named(uniform), axis), along(named(uniform), axis, start=step)) > ALARM


@pytest.mark.parametrize("axis", AXES)
def test_the_low_bits_of_a_uniform_number_are_as_even_as_the_high_ones(axis: str) -> None:
    low = (along(named(uniform), axis) * 2.0**52).astype(np.int64) % 256
    assert stats.chisquare(np.bincount(low, minlength=256)).pvalue > ALARM


def test_the_four_numbers_of_one_call_are_uniform_and_independent_of_each_other_and_of_the_single_one() -> None:
    four = along(named(uniform4), "entity")
    single = along(named(uniform), "entity")
    for i in range(4):
        assert stats.kstest(four[:, i], "uniform").pvalue > ALARM
        assert independent_p(four[:, i], single) > ALARM
        for j in range(i):
            assert independent_p(four[:, i], four[:, j]) > ALARM


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize(
    ("kernel", "law"), [(exponential, stats.expon()), (normal, stats.norm())], ids=["exponential", "normal"]
)
def test_exponential_and_normal_numbers_follow_their_laws(kernel, law, axis: str) -> None:
    values = along(named(kernel), axis)
    assert stats.kstest(values, law.cdf).pvalue > ALARM
    assert stats.kstest(values[values > law.ppf(0.98)], lambda x: (law.cdf(x) - 0.98) / 0.02).pvalue > ALARM


@pytest.mark.parametrize("shape", [0.4, 1.0, 2.5])
def test_gamma_numbers_have_the_law_mean_and_variance_of_their_shape(shape: float) -> None:
    values = gammas(shape, 8)
    law = stats.gamma(shape)
    assert stats.kstest(values, law.cdf).pvalue > ALARM
    bound = stats.norm.isf(ALARM / 2)
    assert abs(values.mean() - shape) < bound * np.sqrt(shape / N)
    fourth = 3 * shape * (shape + 2)  # central moment; the variance of the sample variance is (fourth - variance²) / n
    assert abs(values.var() - shape) < bound * np.sqrt((fourth - shape**2) / N)


@pytest.mark.parametrize("shape", [0.4, 2.5])
def test_neighbouring_gamma_numbers_share_no_trial(shape: float) -> None:
    first, second = (stats.gamma(shape).cdf(gammas(shape, number)) for number in (8, 9))
    assert independent_p(first, second) > ALARM


def test_a_generator_does_not_depend_on_what_was_drawn_before() -> None:
    first = generator(3, Stream.STRATEGY, 5)
    generator(3, Stream.PATROL, 5).random(1000)
    again = generator(3, Stream.STRATEGY, 5)
    assert first.random(10).tolist() == again.random(10).tolist()


def test_generators_of_other_seeds_streams_and_times_are_independent() -> None:
    base = generator(3, Stream.STRATEGY, 5).random(N)
    for other in (
        generator(4, Stream.STRATEGY, 5),
        generator(3, Stream.PATROL, 5),
        generator(3, Stream.STRATEGY, 6),
        generator(MAX_SEED, Stream.STRATEGY, 5),
    ):
        values = other.random(N)
        assert stats.kstest(values, "uniform").pvalue > ALARM
        assert independent_p(base, values) > ALARM
