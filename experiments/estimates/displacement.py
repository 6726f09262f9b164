"""What is prevented where police are, and how much of it moves elsewhere: rings around treated cells, and the WDQ.

The same replications without the treatment are the baseline, so that crime there is what there would have been: no
change of the season or of chance is in the differences.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from sim.arrays import Array

RINGS_M = (100.0, 200.0, 300.0, 400.0, 500.0)  # outer limits; the first begins where the treated cells end
AREAS = ("treated", *(f"{limit:.0f} m" for limit in RINGS_M), "rest")
TREATED_SHARE = 0.5  # of the patrol that was added


class Displacement(NamedTuple):
    """Crimes with a treatment less those without, by where; a row a type of crime, or one of them all together."""

    treated: Array  # [types] in treated cells: below 0 where it prevents
    rings: Array  # [types, rings] around them
    rest: Array  # [types] farther off
    moved_share: Array  # [types] more crimes around and farther off, of those fewer in treated cells; nan: none fewer
    wdq: float | None  # of all types together


def treated_cells(patrol_min: Array, patrol_min_without: Array, share: float = TREATED_SHARE) -> Array:
    """Return the cells that the treatment treats: the fewest that hold a share of the patrol it adds, by minutes.

    Parameters
    ----------
    patrol_min, patrol_min_without : Array
        Unit-minutes of preventive patrol with the treatment and without, shape [cells].
    share : float
        Of the minutes added, above 0 and at most 1.

    Returns
    -------
    Array
        Shape [cells], bool; no cell where nothing is added.
    """
    added = np.maximum(np.asarray(patrol_min, dtype=float) - patrol_min_without, 0.0)
    order = np.argsort(-added, kind="stable")
    before = np.cumsum(added[order]) - added[order]
    treated = np.zeros(len(added), dtype=bool)
    treated[order[(before < share * added.sum()) & (added[order] > 0)]] = True
    return treated


def displacement(
    crimes: Array, crimes_without: Array, treated: Array, x_m: Array, y_m: Array, rings_m: tuple[float, ...] = RINGS_M
) -> Displacement:
    """Compare the crimes of cells with a treatment and without, in treated cells, in rings around them and farther off.

    Parameters
    ----------
    crimes, crimes_without : Array
        By cell, shape [cells] or [types, cells], added up over replications that are pairs.
    treated : Array
        Which cells are treated, shape [cells], bool.
    x_m, y_m : Array
        Their centres, shape [cells].
    rings_m : tuple of float
        Outer limits of the rings, ascending: distance of a cell's centre from the nearest centre of a treated one. On
        cells larger than a ring, some rings are empty.

    Returns
    -------
    Displacement
        All differences 0 where no cell is treated.
    """
    areas = areas_of(treated, x_m, y_m, rings_m)
    return between_areas(*(by_area(counts, areas, len(rings_m) + 2) for counts in (crimes, crimes_without)))


def by_area(crimes: Array, areas: Array, n: int = len(AREAS)) -> Array:
    """Add up the crimes of cells, shape [cells] or [types, cells], by the area of each, shape [types, n]."""
    counts: Array = np.atleast_2d(np.asarray(crimes, dtype=float)) @ np.eye(n)[areas]
    return counts


def between_areas(with_it: Array, without: Array) -> Displacement:
    """Compare crimes by area with a treatment and without, shape [types, areas], in the order of `AREAS`."""
    more = with_it - without
    prevented, elsewhere = -more[:, 0], more[:, 1:].sum(axis=1)
    moved = np.full(len(more), np.nan)
    np.divide(elsewhere, prevented, out=moved, where=prevented > 0)
    before, after = without.sum(axis=0), with_it.sum(axis=0)
    wdq = weighted_displacement_quotient(
        (before[0], after[0]), (before[1:-1].sum(), after[1:-1].sum()), (before[-1], after[-1])
    )
    return Displacement(more[:, 0], more[:, 1:-1], more[:, -1], moved, wdq)


def weighted_displacement_quotient(
    treated: tuple[float, float], buffer: tuple[float, float], control: tuple[float, float]
) -> float | None:
    """Return the weighted displacement quotient, WDQ (Bowers & Johnson 2003).

    `(B₁/C₁ − B₀/C₀) / (A₁/C₁ − A₀/C₀)` of crimes in the treated area A, the buffer B around it and the control area C,
    without the treatment (0) and with it (1). Where crime in A falls: above 0 the benefit spreads to the buffer; from
    −1 to 0 part of it is lost to displacement, below −1 more than all.

    Parameters
    ----------
    treated, buffer, control : tuple of float
        Crimes (without, with) the treatment.

    Returns
    -------
    float or None
        None where the control area has no crime, or where crime in the treated area does not fall against it.
    """
    if min(control) <= 0:
        return None
    a, b = (area[1] / control[1] - area[0] / control[0] for area in (treated, buffer))
    return float(b / a) if a < 0 else None


def areas_of(treated: Array, x_m: Array, y_m: Array, rings_m: tuple[float, ...] = RINGS_M) -> Array:
    """Return 0 for treated cells, 1 for those in the first ring and so on, 1 + rings for those farther off."""
    places = np.column_stack([x_m, y_m])
    if not treated.any():
        return np.full(len(places), len(rings_m) + 1)
    apart = cKDTree(places[treated]).query(places, distance_upper_bound=rings_m[-1] + 1)[0]  # infinite beyond
    areas: Array = 1 + np.searchsorted(rings_m, apart - 1e-6)  # a rounding error must not lose a cell at the limit
    areas[treated] = 0
    return areas
