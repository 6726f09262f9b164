"""The parameters of a target for the clearance rate (破案率考核): how much is made of it, and what it does."""

from __future__ import annotations

from typing import NamedTuple

from sim.parameters import Parameters, parameter


class TargetParameters(Parameters):
    """How much is made of the clearance rate, and what officers do about it."""

    pressure: float = parameter(
        0.0, unit="0 to 1", ge=0, le=1, source="assumption: 0 is leadership that sets no target",
        doc=(
            "Weight of the clearance rate in the appraisal of officers. It is the chance that they turn away a trifle "
            "that nobody could solve, and the weight of a case's hours in what detectives take up next."
        ),
    )  # fmt: skip
    clearance_target: float = parameter(
        0.4, unit="probability", ge=0.01, le=1, source="assumption",
        doc="The clearance rate that is asked for: a case whose chance seems lower would bring it down.",
    )  # fmt: skip
    grave_days: float = parameter(
        30.0, unit="days", ge=0.01, le=20_000,
        source="assumption: a robbery with injuries cannot be talked away, a stolen telephone can",
        doc="Crime harm of a type at which e⁻¹ of the trifles turned away are.",
    )  # fmt: skip
    turned_away_trust_loss: float = parameter(
        0.05, unit="points on a 0–1 scale", ge=0, le=1,
        source="assumption: more than a case that was written down and filed",
        doc="Trust that a victim loses whose report is not written down.",
    )  # fmt: skip


class TargetRule(NamedTuple):
    """The parameters for the kernels."""

    pressure: float
    clearance_target: float
    grave_days: float
    turned_away_trust_loss: float
