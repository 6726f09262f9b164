"""What trust in the police moves: the chance that somebody reports, tells, remembers or joins."""

from __future__ import annotations

import math

from sim.kernels import inner_kernel

INDIFFERENT = 0.5  # trust at which the base probability holds; also of those who are no residents


@inner_kernel
def odds_by_trust(trust: float, slope: float) -> float:
    """Return how many times the odds at indifference those are at some trust: `exp(κ·(trust − 0.5))`."""
    return math.exp(slope * (trust - INDIFFERENT))


@inner_kernel
def at_odds(base: float, odds: float) -> float:
    """Return the probability whose odds are this many times those of `base`."""
    return base * odds / (1.0 - base + base * odds)
