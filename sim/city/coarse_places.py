"""Tells how exact the places of a file are: rounded, shared by many rows, or piled up on a few points."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from sim.arrays import Array
from sim.city.notices import Notice, Weight
from sim.city.places import KM_PER_DEGREE, counted_places, offsets_km

SHARED = 3.0  # rows a place: from here on places stand for areas, not for addresses; assumption
COARSER = 1.5  # times the side of a cell; assumption
DECIMALS = (1, 2, 3)  # of degrees, to which files round: 11 km, 1.1 km, 0.11 km
NEARLY_ALL = 0.95
PILE, PILE_TIMES = 0.03, 20.0  # share of the rows, and times the mean of a place, that make a pile; assumption
MOST_PILES = 3
LARGEST_CELL_M = 1000.0  # that the settings allow


def about_places(latitude: Array, longitude: Array, cell_m: float) -> tuple[Notice, ...]:
    """Return what to say about the exactness of places.

    Parameters
    ----------
    latitude, longitude : array [rows]
        Degrees.
    cell_m : float
        Side of a cell.
    """
    if not len(latitude):
        return ()
    places, count = counted_places(latitude.round(6), longitude.round(6))
    return _spacing(places, count, cell_m) + _piles(places, count)


def _spacing(places: Array, count: Array, cell_m: float) -> tuple[Notice, ...]:
    """Say that places are coarser than the cells, and which cells would be honest."""
    n = int(count.sum())
    if len(places) < 2:
        return ()
    for decimals in DECIMALS:
        exact = (np.abs(places - places.round(decimals)) < 1e-7).all(axis=1)
        step_m = 1000 * KM_PER_DEGREE * 10.0**-decimals
        if count[exact].sum() >= NEARLY_ALL * n and step_m > COARSER * cell_m:
            said = Notice(
                "places are rounded to {step:g}°, about {metres:,.0f} m: {honest}", Weight.DOUBTFUL, ("city.cell_m",),
                step=10.0**-decimals, metres=step_m, honest=_honest(step_m, cell_m),
            )  # fmt: skip
            return (said,)
    at = np.column_stack(offsets_km(places[:, 0], places[:, 1], *np.median(places, axis=0)))
    nearest_m = 1000 * cKDTree(at).query(at, k=2)[0][:, 1]
    order = np.argsort(nearest_m)
    typical_m = float(nearest_m[order][np.searchsorted(np.cumsum(count[order]), n / 2)])  # of half the rows
    if n < SHARED * len(places) or typical_m <= COARSER * cell_m:
        return ()
    said = Notice(
        "its {rows:,} rows stand on {points:,} points, typically {metres:,.0f} m apart, as those of areas do: {honest}",
        Weight.DOUBTFUL, ("city.cell_m",),
        rows=n, points=len(places), metres=typical_m, honest=_honest(typical_m, cell_m),
    )  # fmt: skip
    return (said,)


def _honest(spacing_m: float, cell_m: float) -> Notice:
    if spacing_m > LARGEST_CELL_M:
        return Notice(
            "too coarse for cells of {cell:g} m, and for any that are allowed; where crime falls within the city is "
            "not known from it", cell=cell_m,
        )  # fmt: skip
    side = float(np.ceil(spacing_m / 50) * 50)
    return Notice("too coarse for cells of {cell:g} m; city.cell_m={side:.0f} would be honest", cell=cell_m, side=side)


def _piles(places: Array, count: Array) -> tuple[Notice, ...]:
    """Say where many rows stand on one point, such as a station, or a point for addresses that nobody knew."""
    share = count / count.sum()
    piled = np.flatnonzero((share >= PILE) & (count >= PILE_TIMES * count.mean()))
    piled = piled[np.argsort(-count[piled], kind="stable")][:MOST_PILES]
    return tuple(
        Notice(
            "{rows:,} rows ({share:.0%}) stand on one point, {latitude:.5f}, {longitude:.5f}: perhaps a police "
            "station, or where addresses that nobody knew are put",
            Weight.DOUBTFUL,
            (),
            rows=int(count[i]),
            share=float(share[i]),
            latitude=float(places[i, 0]),
            longitude=float(places[i, 1]),
        )
        for i in piled
    )
