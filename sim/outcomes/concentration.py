"""How concentrated crime is in places."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array


def generalised_gini(counts: Array) -> float | None:
    """Return the generalised Gini coefficient of counts over places (Bernasco & Steenbeek 2017).

    With fewer crimes c than places n, even the most equal spread leaves places without crime. The coefficient compares with that
    spread, so that rare crime does not look concentrated for being rare: `G' = 1 − (1 − G) · n / min(n, c)`.

    Parameters
    ----------
    counts : Array
        Crimes by place, shape [places].

    Returns
    -------
    float or None
        0 is as equal as possible, 1 is all in one place; None without any crime.
    """
    total = float(counts.sum())
    n = len(counts)
    if total <= 0 or n == 0:
        return None
    shares = np.sort(counts) / total
    lorenz = np.cumsum(shares)
    equality = (2 * lorenz.sum() - 1) / n  # 1 − G
    return float(min(max(1 - equality * n / min(n, total), 0.0), 1.0))


def top_share(counts: Array, share: float) -> float | None:
    """Return the share of crime in the given share of places with most of it; None without any crime."""
    total = float(counts.sum())
    if total <= 0:
        return None
    most = np.sort(counts)[::-1][: max(1, round(share * len(counts)))]
    return float(most.sum() / total)
