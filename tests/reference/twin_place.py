"""Cells as objects: what of the police is seen there, left behind and felt, and what burglaries left."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter

from sim.arrays import Array
from sim.scenario import Scenario

if TYPE_CHECKING:
    from patrol_given import Given
    from twin_people import Home, Person, Shop

DAY = 1440.0


def decay(half_life_min: float) -> float:
    return half_life_min / math.log(2)


def left(since_min: float, now_min: float, decay_min: float) -> float:
    """Return what is left of what fades."""
    return math.exp(-(now_min - since_min) / decay_min)


def mean_of(f: Callable[[Array], Array], i: int, j: int, c: float, sight: float) -> float:
    """Return the mean of a function of k over two points of two cells."""
    t, weight = np.polynomial.legendre.leggauss(40)
    x = np.concatenate([(t - 1) / 2, (t + 1) / 2])
    weight = np.concatenate([weight, weight]) / 2 * (1 - abs(x))
    k = np.exp(-(c**2) / (2 * sight**2) * ((i + x[:, None]) ** 2 + (j + x) ** 2))
    return float(weight @ f(k) @ weight)


class Sight:
    """K, T and Z for a sight and a side of cells, by rows and columns apart."""

    def __init__(self, sight_m: float, cell_m: float) -> None:
        self.reach = math.ceil(3 * sight_m / cell_m)
        self._of = sight_m, cell_m
        self.seen = cache(lambda i, j: mean_of(lambda k: k, i, j, cell_m, sight_m))
        self.takes = cache(self._takes)
        self.takes_fading = cache(self._takes_fading)

    def _takes(self, w: float, i: int, j: int) -> float:
        sight, c = self._of
        return -math.log(mean_of(lambda k: np.exp(-w * k), i, j, c, sight))

    def _takes_fading(self, w: float, i: int, j: int) -> float:
        nodes, weight = np.polynomial.legendre.leggauss(10)
        shares = (nodes + 1) / 2
        return sum(a / 2 * self._takes(r * w, i, j) / r for r, a in zip(shares, weight, strict=True))


class Cell:
    """A square of the city."""

    def __init__(self, number: int, hardness: float) -> None:
        self.number, self.hardness = number, hardness
        self.residue = self.flags_around = self.own_flags = self.felt = self.shown_min = self.usual_min = 0.0
        self.residue_min = self.flags_min = self.hardened_min = self.alert = self.alert_min = 0.0
        self.homes: list[Home] = []
        self.shops: list[Shop] = []
        self.residents: list[Person] = []
        self.workers: list[Person] = []  # residents by where they work, those who do not at home
        self.visitors: list[Person] = []  # by where they are at leisure


class Places:
    """The cells and who is seen in them."""

    def __init__(self, scenario: Scenario, given: Given) -> None:
        self.given, self.presence, self.search = given, scenario.presence, scenario.people.search
        self.sight = Sight(self.presence.sight_m, given.cell_m)
        self.residue_decay = decay(self.presence.half_life_min)
        self.cells = [Cell(n, hardness) for n, hardness in enumerate(given.hardness)]
        self.police: dict[int, float] = {}  # units in view, by cell
        self.watch: dict[int, int] = {}

    def leave_behind(self, cell: int, stay_min: float, now: float, least: float = 0.0) -> None:
        """Let a stay leave its residue."""
        p, here = self.presence, self.cells[cell]
        rise = 1 - math.exp(-((stay_min / p.build_up_min) ** p.build_up_shape))
        if rise > least:
            here.residue = here.residue * left(here.residue_min, now, self.residue_decay) + rise
            here.residue_min = now

    def in_view_of(self, cell: int) -> list[tuple[Cell, int, int]]:
        """Return the cells around one, and how many rows and columns they are away."""
        g, reach = self.given, self.sight.reach
        row, col = divmod(cell, g.n_cols)
        return [
            (self.cells[r * g.n_cols + c], abs(r - row), abs(c - col))
            for r in range(max(0, row - reach), min(g.n_rows, row + reach + 1))
            for c in range(max(0, col - reach), min(g.n_cols, col + reach + 1))
        ]

    def deterrence(self, kind: int, cell: int, now: float, habituation: float) -> tuple[float, float]:
        """Return D and the units in view."""
        s, sight, v = self.search, self.sight, self.search.in_view[kind]
        taken, units = s.felt_police * self.cells[cell].felt, 0.0
        for there, i, j in self.in_view_of(cell):
            police, watch = self.police.get(there.number, 0.0), self.watch.get(there.number, 0)
            if police:
                taken += (1 - habituation) * police * sight.takes(v * s.seen_police, i, j)
                units += police * sight.seen(i, j)
            if there.residue:
                remains = there.residue * left(there.residue_min, now, self.residue_decay)
                taken += remains * sight.takes_fading(v * s.residual, i, j)
            if watch:
                taken += watch * sight.takes(v * s.watched, i, j)
        return taken, v * units

    def feel_police(self) -> None:
        """Let yesterday's police be felt by all who pass."""
        p, g = self.presence, self.given
        keeps = 2 ** (-1 / p.felt_half_life_days)
        for here in self.cells:
            here.usual_min = keeps * here.usual_min + (1 - keeps) * here.shown_min
            here.shown_min = 0.0
        inside = g.inside.reshape(g.n_rows, g.n_cols).astype(float)
        usual = np.array([here.usual_min for here in self.cells]).reshape(inside.shape) * inside
        usual, area = (
            gaussian_filter(values, p.felt_reach_m / g.cell_m, mode="constant", truncate=3.0)
            for values in (usual, inside)
        )
        for here, around, of in zip(self.cells, usual.ravel(), area.ravel(), strict=True):
            if g.inside[here.number]:
                seen = 2 * math.pi * p.sight_m**2 / g.cell_m**2 * around / of
                here.felt = math.log(1 + seen / p.felt_min)
