"""Police presence: who is visible where, and the deterrence that stays behind when a unit leaves."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.arrays import Array
from sim.city.state import faded
from sim.kernels import inner_kernel
from sim.parameters import Parameters, decay_min, parameter, rule_of


class PresenceParameters(Parameters):
    """How presence works on the people of a cell."""

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
    neighbour_share: float = parameter(
        0.1,
        unit="1",
        ge=0,
        le=1,
        source="assumption: sight ends at the corner",
        doc="Effect of presence or its residue in each of the eight cells around, relative to its own cell.",
    )
    seen_at_call_share: float = parameter(
        0.1, unit="share of the stay", ge=0, le=1,
        source="assumption: a few minutes of about half an hour; most calls take officers indoors or keep them busy",
        doc=(
            "Share of its time at a call in which a unit is seen, while it arrives and leaves; "
            "it leaves nothing behind, as a patrol does."
        ),
    )  # fmt: skip


class PresenceRule(NamedTuple):
    """The parameters for the kernels."""

    build_up_min: float
    build_up_shape: float
    decay_min: float
    neighbour_share: float
    seen_at_call_share: float


def presence_rule(parameters: PresenceParameters) -> PresenceRule:
    """Return the parameters as kernels take them."""
    return rule_of(PresenceRule, parameters, decay_min=decay_min(parameters.half_life_min))


@inner_kernel
def build_up(stay_min: float, rule: PresenceRule) -> float:
    """Return the deterrence that a stay builds up where there was none.

    `1 − exp(−(stay / build_up_min)^shape)` (after Koper 1995).
    """
    ratio = stay_min / rule.build_up_min
    if ratio > 4.0 and rule.build_up_shape >= 2.0:
        return 1.0  # to seven digits, without two slow functions
    raised = ratio * ratio if rule.build_up_shape == 2.0 else ratio**rule.build_up_shape
    return 1.0 - math.exp(-raised)


@inner_kernel
def leave_behind(cells: Array, cell: int, rise: float, now_min: float, rule: PresenceRule) -> None:
    """Leave the residue of a stay in a cell: R, faded to now, rises by (1 − R) · rise."""
    here = cells[cell]
    now = faded(here.deterrence, here.deterrence_min, now_min, rule.decay_min)
    here.deterrence = now + (1.0 - now) * rise
    here.deterrence_min = now_min


@inner_kernel
def police_around(
    cells: Array, cell: int, n_rows: int, n_cols: int, now_min: float, rule: PresenceRule
) -> tuple[float, float]:
    """Return (visible units, residual deterrence) as felt at a cell: its own plus a share of the eight around."""
    row, col = cell // n_cols, cell % n_cols
    units, residue = 0.0, 0.0
    for r in range(max(0, row - 1), min(n_rows, row + 2)):
        for c in range(max(0, col - 1), min(n_cols, col + 2)):
            there = cells[r * n_cols + c]
            share = 1.0 if r == row and c == col else rule.neighbour_share
            if there.police_now > 0:
                units += share * there.police_now
            if there.deterrence > 1e-6:
                residue += share * faded(there.deterrence, there.deterrence_min, now_min, rule.decay_min)
    return units, residue
