"""What the personnel of a force and its cars cost."""

from __future__ import annotations

from sim.parameters import Parameters, parameter


class PayParameters(Parameters):
    """What personnel cost."""

    officer_per_month: float = parameter(
        9000.0, unit="yuan", ge=0, le=1e6, source="assumption: a Chinese county, on-costs included", doc="An officer."
    )
    auxiliary_per_month: float = parameter(
        4500.0, unit="yuan", ge=0, le=1e6, source="assumption: half of an officer's", doc="An auxiliary."
    )
    vehicle_per_hour: float = parameter(
        15.0, unit="yuan per hour of a unit on duty", ge=0, le=10_000,
        source=(
            "assumption: a car of 150,000 yuan for five years, as much again for fuel and upkeep, "
            "on the road two thirds of the time"
        ),
        doc="Cars of patrol.",
    )  # fmt: skip
    overtime_rate: float = parameter(
        1.5,
        unit="times the hourly pay",
        ge=0,
        le=10,
        source="assumption: labour law of China, working days",
        doc="Overtime pay.",
    )
    training_per_hour: float = parameter(
        20.0, unit="yuan per officer-hour of training", ge=0, le=10_000,
        source="assumption: material, rooms and teachers from outside, for trainee and trainer alike",
        doc="Cost of the training of specialists, beside the pay for its hours.",
    )  # fmt: skip
