"""How concentrated crime is in places, and how concentrated so few crimes would be by luck alone.

Two corrections for small counts are here. The generalised Gini coefficient compares with the most equal spread that so
few crimes allow (Bernasco & Steenbeek 2017). Marginal concentration compares with crimes dropped on places at random
(Chalfin, Kaplan & Cuellar 2021): that spread is not equal either, because luck heaps some crimes and leaves other
places empty.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array


def generalised_gini(counts: Array) -> float | None:
    """Return the generalised Gini coefficient of counts over places (Bernasco & Steenbeek 2017).

    With fewer crimes c than places n, even the most equal spread leaves places without crime. The coefficient compares
    with that spread, so that rare crime does not look concentrated for being rare: `G' = max(n / c, 1) · (G − 1) + 1`.

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


def concentration_curve(counts: Array) -> tuple[Array, Array]:
    """Return the Lorenz curve read from the places with most crime.

    Parameters
    ----------
    counts : Array
        Crimes by place, shape [places], not all 0.

    Returns
    -------
    places, crimes : Array
        Shares of the places, those with most crime first, and of the crimes in them; both from 0 to 1, shape [places +
        1].
    """
    n = len(counts)
    crimes = np.concatenate([[0.0], np.cumsum(np.sort(counts)[::-1])])
    return np.arange(n + 1) / n, crimes / crimes[-1]


def share_of_places(counts: Array, share: float) -> float | None:
    """Return the smallest share of places that holds the given share of crime, part of a place counted in part.

    None without any crime.
    """
    if counts.sum() <= 0:
        return None
    return _reached(*concentration_curve(counts), share)


def curve_by_luck(crimes: int, places: int) -> tuple[Array, Array]:
    """Return the concentration curve of crimes that fall on places at random, each place as likely as any other.

    Chalfin, Kaplan & Cuellar 2021.

    A place gets k crimes with binomial probability p(k); its curve runs through (Σ p(j), Σ j·p(j) / mean) over j ≥ k.
    With many places this is what one random spread looks like; no drawing is needed.

    Parameters
    ----------
    crimes, places : int
        How many; at least one each.

    Returns
    -------
    places, crimes : Array
        As of `concentration_curve`, one point a number of crimes.
    """
    from scipy.stats import binom  # takes a second to import

    most = int(binom.isf(1e-9 / places, crimes, 1 / places)) + 1
    number = np.arange(most, -1, -1)
    chance = binom.pmf(number, crimes, 1 / places)
    x, y = np.cumsum(chance), np.cumsum(number * chance)
    return np.concatenate([[0.0], x / x[-1]]), np.concatenate([[0.0], y / y[-1]])


def share_by_luck(crimes: int, places: int, share: float) -> float | None:
    """Return what `share_of_places` would be if the crimes fell on places at random; None without any crime."""
    return _reached(*curve_by_luck(crimes, places), share) if crimes > 0 else None


def _reached(places: Array, crimes: Array, share: float) -> float:
    """Read a concentration curve at a share of crime."""
    last = max(1, int(np.searchsorted(crimes, share)))
    if last == len(crimes):  # a rounding error below 1
        return float(places[-1])
    rise = crimes[last] - crimes[last - 1]
    part = (share - crimes[last - 1]) / rise if rise > 0 else 1.0
    return float(places[last - 1] + part * (places[last] - places[last - 1]))
