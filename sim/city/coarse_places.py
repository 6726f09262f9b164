"""Tells how exact the places of a file are: rounded, shared by many rows, or piled up on a few points."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from sim.arrays import Array
from sim.city.places import KM_PER_DEGREE, offsets_km

SHARED = 3.0  # rows a place: from here on places stand for areas, not for addresses; assumption
COARSER = 1.5  # times the side of a cell; assumption
DECIMALS = (1, 2, 3)  # of degrees, to which files round: 11 km, 1.1 km, 0.11 km
NEARLY_ALL = 0.95
PILE, PILE_TIMES = 0.03, 20.0  # share of the rows, and times the mean of a place, that make a pile; assumption
MOST_PILES = 3
LARGEST_CELL_M = 1000.0  # that the settings allow


def about_places(latitude: Array, longitude: Array, cell_m: float) -> tuple[str, ...]:
    """Return what to say about the exactness of places.

    Parameters
    ----------
    latitude, longitude : array [rows]
        Degrees.
    cell_m : float
        Side of a cell.
    """
    places, count = np.unique(np.column_stack([latitude, longitude]).round(6), axis=0, return_counts=True)
    return _spacing(places, count, cell_m) + _piles(places, count)


def _spacing(places: Array, count: Array, cell_m: float) -> tuple[str, ...]:
    """Say that places are coarser than the cells, and which cells would be honest."""
    n = int(count.sum())
    if len(places) < 2:
        return ()
    for decimals in DECIMALS:
        exact = (np.abs(places - places.round(decimals)) < 1e-7).all(axis=1)
        step_m = 1000 * KM_PER_DEGREE * 10.0**-decimals
        if count[exact].sum() >= NEARLY_ALL * n and step_m > COARSER * cell_m:
            return (f"places are rounded to {10.0**-decimals:g}°, about {step_m:,.0f} m: {_honest(step_m, cell_m)}",)
    at = np.column_stack(offsets_km(places[:, 0], places[:, 1], *np.median(places, axis=0)))
    nearest_m = 1000 * cKDTree(at).query(at, k=2)[0][:, 1]
    order = np.argsort(nearest_m)
    typical_m = float(nearest_m[order][np.searchsorted(np.cumsum(count[order]), n / 2)])  # of half the rows
    if n < SHARED * len(places) or typical_m <= COARSER * cell_m:
        return ()
    return (
        f"its {n:,} rows stand on {len(places):,} points, typically {typical_m:,.0f} m apart, as those of areas do: "
        f"{_honest(typical_m, cell_m)}",
    )


def _honest(spacing_m: float, cell_m: float) -> str:
    coarse = f"too coarse for cells of {cell_m:g} m"
    if spacing_m > LARGEST_CELL_M:
        return f"{coarse}, and for any that are allowed; where crime falls within the city is not known from it"
    return f"{coarse}; city.cell_m={np.ceil(spacing_m / 50) * 50:.0f} would be honest"


def _piles(places: Array, count: Array) -> tuple[str, ...]:
    """Say where many rows stand on one point, such as a station, or a point for addresses that nobody knew."""
    share = count / count.sum()
    piled = np.flatnonzero((share >= PILE) & (count >= PILE_TIMES * count.mean()))
    piled = piled[np.argsort(-count[piled], kind="stable")][:MOST_PILES]
    return tuple(
        f"{count[i]:,} rows ({share[i]:.0%}) stand on one point, {places[i, 0]:.5f}, {places[i, 1]:.5f}: perhaps a "
        "police station, or where addresses that nobody knew are put"
        for i in piled
    )
