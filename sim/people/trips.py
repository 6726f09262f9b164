"""Where people go from home: a destination that is near and has much to offer, and a point of it."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.city.grid import Grid

ZONES = 24  # along a side of the city, see gravity


def points_in(plots: Grid, plot: Array, rng: np.random.Generator) -> Array:
    """Return a point of each plot, in metres east and north, shape [points, 2]."""
    off = (rng.random((len(plot), 2)) - 0.5) * plots.cell_m
    out: Array = np.column_stack([plots.x_m[plot], plots.y_m[plot]]) + off
    return out


def gravity(plots: Grid, origin: Array, pull: Array, reach_m: float, rng: np.random.Generator) -> Array:
    """Draw a destination for each origin with probability ∝ pull × exp(−distance / reach).

    Wilson 1971, singly constrained. Distances are from the middle of a zone of origins to where the pull of a zone of
    destinations is in the mean; within its zone a destination is drawn by its pull. A zone is a square of 1/24 of the
    longer side of the city.

    Parameters
    ----------
    plots : Grid
        Where one may go.
    origin : array [people, 2]
        From where, metres east and north.
    pull : array [plots]
        At least 0, somewhere more.
    reach_m : float
        Decay of distance.
    rng : numpy.random.Generator
        Two numbers are taken a person.

    Returns
    -------
    array of int [people]
        Plots.
    """
    zone_m = max(plots.size_m) / ZONES
    targets = np.flatnonzero(pull > 0)
    there = np.column_stack([plots.x_m[targets], plots.y_m[targets]])
    zone = _zone(there, zone_m)
    order = np.argsort(zone, kind="stable")
    targets, there, zone = targets[order], there[order], zone[order]
    begins = np.flatnonzero(np.diff(zone, prepend=-1))
    weight = pull[targets]
    of_zone = np.add.reduceat(weight, begins)
    middle = np.add.reduceat(weight[:, None] * there, begins) / of_zone[:, None]

    home_zone, who = np.unique(_zone(origin, zone_m), return_inverse=True)
    home = (np.column_stack([home_zone % ZONES, home_zone // ZONES]) + 0.5) * zone_m
    distance = np.hypot(home[:, 0, None] - middle[:, 0], home[:, 1, None] - middle[:, 1])
    chance = of_zone * np.exp(-(distance - distance.min(axis=1, keepdims=True)) / reach_m)
    chance = np.cumsum(chance, axis=1)
    chance /= chance[:, -1:]
    one_list = (chance + np.arange(len(home))[:, None]).ravel()  # rising from row to row
    u_zone, u_within = rng.random(len(origin)), rng.random(len(origin))
    chosen = np.searchsorted(one_list, who + u_zone, side="right") - who * len(begins)
    chosen = chosen.clip(0, len(begins) - 1)
    up_to = np.cumsum(weight)
    sought = (up_to - weight)[begins][chosen] + u_within * of_zone[chosen]
    first, last = begins[chosen], np.append(begins[1:], len(targets))[chosen] - 1
    out: Array = targets[np.searchsorted(up_to, sought, side="right").clip(first, last)]
    return out


def _zone(points: Array, zone_m: float) -> Array:
    """Return the zone of each point [points, 2], of `ZONES` a row."""
    col, row = (points // zone_m).astype(np.int64).clip(0, ZONES - 1).T
    out: Array = row * ZONES + col
    return out
