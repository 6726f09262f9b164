"""Police presence: how far it is seen, and the deterrence that stays behind when a unit leaves."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.city.grid import Grid
from sim.city.state import faded
from sim.kernels import inlined, inner_kernel, kernel
from sim.parameters import Parameters, decay_min, parameter, rule_of


class PresenceParameters(Parameters):
    """How far presence is seen, and what it leaves behind."""

    build_up_min: float = parameter(
        7.0,
        unit="min",
        ge=0.1,
        le=240,
        source="assumption, after Koper 1995: it saturates with the stay",
        doc="Time constant of the build-up during a stop.",
    )
    build_up_shape: float = parameter(
        2.0, unit="1", ge=1, le=5,
        source="assumption, after Koper 1995: a drive-through leaves next to nothing, 10 minutes leave much",
        doc="Shape of the build-up: 1 rises at once, larger values need a stay to begin with.",
    )  # fmt: skip
    half_life_min: float = parameter(
        45.0,
        unit="min",
        ge=0.1,
        le=10_000,
        source="assumption, after Koper 1995: 30–60 min",
        doc="Half-life of residual deterrence after a unit has left.",
    )
    sight_m: float = parameter(
        60.0,
        unit="m",
        ge=10,
        le=300,
        source="assumption: about a street block; sight ends at the corner",
        doc=(
            "Sight ℓ: what is d metres away is in view by exp(−d²/2ℓ²), a patrol and what it leaves behind, a "
            "volunteer on watch, an offence."
        ),
    )
    seen_at_call_share: float = parameter(
        0.1, unit="share of the stay", ge=0, le=1,
        source="assumption: a few minutes of about half an hour; most calls take officers indoors or keep them busy",
        doc=(
            "Share of its time at a call in which a unit is seen, while it arrives and leaves; "
            "it leaves nothing behind, as a patrol does."
        ),
    )  # fmt: skip
    seen_waiting_share: float = parameter(
        0.1, unit="share of the time", ge=0, le=1,
        source="assumption: most of it is spent indoors, and the car stands in a yard",
        doc="Share of its time at the station in which a unit is seen by those who pass.",
    )  # fmt: skip
    seen_on_foot_times: float = parameter(
        2.0, unit="times", ge=1, le=20,
        source=(
            "assumption: residents noticed foot patrol that was added and taken away, and no change of car patrol "
            "(Police Foundation 1981, Newark; Kelling et al. 1974, Kansas City; both recalled, not read again)"
        ),
        doc="How many times as many of those who pass see a crew that walks as one in its car.",
    )  # fmt: skip
    felt_half_life_days: float = parameter(
        14.0, unit="days", ge=0.1, le=365, source="assumption: two weeks",
        doc="Half-life of what passers-by have seen of the police on a beat.",
    )  # fmt: skip
    felt_reach_m: float = parameter(
        500.0, unit="m", ge=10, le=5000, source="assumption: ten minutes on foot, there and back",
        doc="Width of the Gaussian over which they take a part of the city as one.",
    )  # fmt: skip
    felt_min: float = parameter(
        15.0, unit="min in view per day", ge=0.1, le=1440,
        source=("assumption: who passes for a quarter of an hour each day and sees a unit for a minute then meets "
            "one about once a week"),
        doc="Police in view of a place for this time are noticed; from here on, twice as much is one step more.",
    )  # fmt: skip


class PresenceRule(NamedTuple):
    """The parameters for the kernels."""

    build_up_min: float
    build_up_shape: float
    decay_min: float
    sight_m: float
    seen_at_call_share: float
    seen_waiting_share: float
    seen_on_foot_times: float


def presence_rule(parameters: PresenceParameters) -> PresenceRule:
    """Return the parameters as kernels take them."""
    return rule_of(PresenceRule, parameters, decay_min=decay_min(parameters.half_life_min))


@inner_kernel
def build_up(stay_min: float, rule: PresenceRule) -> float:
    """Return the deterrence that a stay builds up, 0 to 1.

    `1 − exp(−(stay / build_up_min)^shape)` (after Koper 1995).
    """
    ratio = stay_min / rule.build_up_min
    if ratio > 4.0 and rule.build_up_shape >= 2.0:
        return 1.0  # to seven digits, without two slow functions
    raised = ratio * ratio if rule.build_up_shape == 2.0 else ratio**rule.build_up_shape
    return 1.0 - math.exp(-raised)


@inner_kernel
def leave_behind(cells: Array, cell: int, rise: float, now_min: float, rule: PresenceRule) -> None:
    """Leave the residue of a stay in a cell.

    R, faded to now, rises by what the stay built up: stays at one place add up, whether their cells are small or large.
    """
    here = cells[cell]
    here.deterrence = faded(here.deterrence, here.deterrence_min, now_min, rule.decay_min) + rise
    here.deterrence_min = now_min


def take_notice(cells: Array, grid: Grid, parameters: PresenceParameters) -> None:
    """Let a day of police in the streets be felt by those who pass: column `felt` of the cells.

    Minutes in view are a mean over past days that halves every `felt_half_life_days`, and over the neighbourhood: of n
    unit-minutes a day and m², a passer-by has `n · 2 π ℓ²` in view, with the sight ℓ. What is felt is
    `log(1 + minutes in view / felt_min)`, as people near by are by how many they are.

    Parameters
    ----------
    cells : array of CELL_COLUMNS
        Of which `shown_min`, the unit-minutes of the day, begins anew.
    grid : Grid
        Where the cells are.
    parameters : PresenceParameters
        How far, and for how long.
    """
    keeps = 0.5 ** (1.0 / parameters.felt_half_life_days)
    usual = np.empty(len(cells))
    _end_day(cells, keeps, usual)
    inside, shape, width = cells["beat"] >= 0, (grid.n_rows, grid.n_cols), parameters.felt_reach_m / grid.cell_m
    around = _smoothed(usual, shape, width) / _area_around(inside.tobytes(), shape, width)
    in_view_min = around * 2.0 * np.pi * (parameters.sight_m / grid.cell_m) ** 2
    cells["felt"] = np.where(inside, np.log1p(in_view_min / parameters.felt_min), 0.0)


@kernel
def _end_day(cells: Array, keeps: float, usual: Array) -> None:
    """Bring the usual minutes up to date with those of the day, and write down those in the city."""
    for c in range(len(cells)):
        here = cells[c]
        here.usual_min = np.float32(keeps) * here.usual_min + np.float32(1.0 - keeps) * here.shown_min
        here.shown_min = 0.0
        usual[c] = here.usual_min if here.beat >= 0 else 0.0


def _smoothed(values: Array, shape: tuple[int, int], width: float) -> Array:
    """Return values on a grid, smoothed by a Gaussian; outside the grid there is nothing.

    It is done every day, a third as long by this kernel as by scipy, from which it does not differ by a bit.
    """
    weights = _gaussian(width)
    reach, found = len(weights) - 1, np.zeros(shape)
    padded = np.zeros((2, shape[0] + 2 * reach, shape[1] + 2 * reach))
    padded[0, reach : reach + shape[0], reach : reach + shape[1]] = values.reshape(shape)
    _smooth(padded, weights, found)
    return found.ravel()


@lru_cache(maxsize=4)
def _gaussian(width: float) -> Array:
    """Return the weights of a Gaussian from its middle out to three widths; those of both sides add up to 1."""
    reach = int(3.0 * width + 0.5)
    weights = np.exp(-0.5 / width**2 * np.arange(-reach, reach + 1) ** 2)
    return frozen((weights / weights.sum())[reach:])


@kernel
def _smooth(padded: Array, weights: Array, out: Array) -> None:
    """Smooth north and south, then east and west; of the two grids with a margin the second is scratch."""
    values, between, reach = padded[0], padded[1], len(weights) - 1
    n_rows, n_cols = out.shape
    for r in range(n_rows):
        here = between[r + reach, reach:]
        _add_up(values[r + reach, reach:], values[r + reach, reach:], 0.5 * weights[0], n_cols, here)
        for k in range(reach, 0, -1):
            _add_up(values[r + reach - k, reach:], values[r + reach + k, reach:], weights[k], n_cols, here)
    for r in range(n_rows):
        here = between[r + reach]
        _add_up(here[reach:], here[reach:], 0.5 * weights[0], n_cols, out[r])
        for k in range(reach, 0, -1):
            _add_up(here[reach - k :], here[reach + k :], weights[k], n_cols, out[r])


@inlined
def _add_up(one: Array, other: Array, weight: float, n: int, total: Array) -> None:
    """Add two rows to a total, with a weight."""
    for c in range(n):
        total[c] += (one[c] + other[c]) * weight


@lru_cache(maxsize=4)
def _area_around(inside: bytes, shape: tuple[int, int], width: float) -> Array:
    """Return which part of the neighbourhood of each cell lies in the city, 1 outside of it."""
    cells = np.frombuffer(inside, dtype=bool)
    return frozen(np.where(cells, _smoothed(cells.astype(float), shape, width), 1.0))
