"""Random numbers that depend on (seed, draw, entity, time) and on nothing else.

Philox-4x32-10 (Salmon, Moraes, Dror & Shaw 2011, *Parallel random numbers: as easy as 1, 2, 3*), keyed by seed and
stream, with entity, time and number as its counter; stream and number are those of a `sim.draws.Draw`. A draw is a pure
function: what one process draws never shifts what another gets, so two strategies on one seed meet the same people,
intentions and calls, in any order of loops and on any number of processes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.draws import NUMBER_MASK, STREAM_BITS, STREAM_MASK, TRIALS, TRIALS_APART, Stream
from sim.kernels import allocating_kernel, kernel

MAX_SEED = 2**32 - 1


@kernel
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[Any, Any, Any, Any]:
    """Return the four 32-bit words of Philox-4x32-10 for a 4-word counter and a 2-word key.

    All as uint64 below 2**32.
    """
    mask = np.uint64(0xFFFFFFFF)
    x0, x1, x2, x3 = np.uint64(c0) & mask, np.uint64(c1) & mask, np.uint64(c2) & mask, np.uint64(c3) & mask
    a, b = np.uint64(k0) & mask, np.uint64(k1) & mask
    for _ in range(10):
        p0 = np.uint64(0xD2511F53) * x0
        p1 = np.uint64(0xCD9E8D57) * x2
        x0, x1, x2, x3 = (
            (p1 >> np.uint64(32)) ^ x1 ^ a,
            p1 & mask,
            (p0 >> np.uint64(32)) ^ x3 ^ b,
            p0 & mask,
        )
        a = (a + np.uint64(0x9E3779B9)) & mask
        b = (b + np.uint64(0xBB67AE85)) & mask
    return x0, x1, x2, x3


@kernel
def uniform(seed: int, draw: int, entity: int, time: int) -> float:
    """Return a uniform number in (0, 1) with 52 bits, a pure function of its four arguments."""
    w0, w1, _, _ = philox(entity, time, draw & NUMBER_MASK, 0, seed, draw >> STREAM_BITS & STREAM_MASK)
    return (float((w0 >> np.uint64(6)) * np.uint64(67108864) + (w1 >> np.uint64(6))) + 0.5) / 4503599627370496.0


@kernel
def uniform4(seed: int, draw: int, entity: int, time: int) -> tuple[float, float, float, float]:
    """Return four independent uniform numbers in (0, 1) with 32 bits each, at the price of one call."""
    w0, w1, w2, w3 = philox(entity, time, draw & NUMBER_MASK, 1, seed, draw >> STREAM_BITS & STREAM_MASK)
    scale = 1.0 / 4294967296.0
    return (float(w0) + 0.5) * scale, (float(w1) + 0.5) * scale, (float(w2) + 0.5) * scale, (float(w3) + 0.5) * scale


@kernel
def exponential(seed: int, draw: int, entity: int, time: int) -> float:
    """Return an exponential number with mean 1."""
    return -math.log(uniform(seed, draw, entity, time))


@kernel
def normal(seed: int, draw: int, entity: int, time: int) -> float:
    """Return a standard normal number (Box & Muller 1958)."""
    u, v, _, _ = uniform4(seed, draw, entity, time)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@kernel
def lognormal(cv: float, seed: int, draw: int, entity: int, time: int) -> float:
    """Return a lognormal number with mean 1 and a standard deviation of `cv`."""
    variance = math.log(1.0 + cv * cv)
    return math.exp(math.sqrt(variance) * normal(seed, draw, entity, time) - 0.5 * variance)


@kernel
def gamma(shape: float, seed: int, draw: int, entity: int, time: int) -> float:
    """Return a gamma number with the given shape and mean `shape` (Marsaglia & Tsang 2000).

    Below shape 1 with their boost. Each trial takes a number of its own, `TRIALS_APART` further on, so that those next
    to it stay free.
    """
    if shape == 1.0:
        return exponential(seed, draw, entity, time)
    boosted = shape if shape > 1.0 else shape + 1.0
    d = boosted - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    value = d
    for trial in range(TRIALS):
        u0, u1, u2, u3 = uniform4(seed, draw + TRIALS_APART * trial, entity, time)
        x = math.sqrt(-2.0 * math.log(u0)) * math.cos(2.0 * math.pi * u1)
        v = (1.0 + c * x) ** 3
        if v > 0.0 and math.log(u2) < 0.5 * x * x + d - d * v + d * math.log(v):
            value = d * v
            if shape < 1.0:
                value *= u3 ** (1.0 / shape)
            break
    return value


@kernel
def happens(u: float, hazard: float) -> bool:
    """Whether something of a hazard happens by a uniform number, `u < 1 − exp(−hazard)`; few need the exponential."""
    return bool(u <= hazard and u < 1.0 - math.exp(-hazard))


@kernel
def choose(cumulative: Array, first: int, end: int, value: float) -> int:
    """Return the first i of first … end − 1 with `cumulative[i] > value`, or end − 1.

    A draw from weights by a halving search.
    """
    low, high = first, end - 1
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > value:
            high = middle
        else:
            low = middle + 1
    return low


@allocating_kernel
def uniforms(seed: int, draw: int, n: int, time: int) -> Array:
    """Return `n` uniform numbers, one for each entity 0 … n − 1."""
    out = np.empty(n)
    for i in range(n):
        out[i] = uniform(seed, draw, i, time)
    return out


def generator(seed: int, stream: Stream, time: int = 0) -> np.random.Generator:
    """Return a numpy generator for a pure function such as a strategy's plan, keyed by seed, stream and time."""
    return np.random.Generator(np.random.Philox(key=[seed, (int(stream) << 32) + time]))
