"""How long a call of a type keeps a unit on scene, and how often it goes on at the station."""

from __future__ import annotations

from sim.kernels import kernel
from sim.parameters import Parameters, parameter
from sim.randomness import gamma, lognormal


class ServiceParameters(Parameters):
    """How the work on calls of one type is spread round its mean, and what follows on scene."""

    on_scene_cv: float | None = parameter(
        None, unit="1", ge=0.01, le=10, source="assumption: as gamma distributed as all other handling",
        doc=(
            "Standard deviation of the time on scene relative to its mean, lognormal; "
            "absent: gamma, see demand.reporting.service_shape."
        ),
    )  # fmt: skip
    follow_up_probability: float = parameter(
        0.0, unit="probability", ge=0, le=1, source="assumption: all work is done on scene",
        doc=(
            "Chance that the first unit goes on to its station with those concerned: statements, custody, mediation. "
            "An arrest on scene has its own processing instead."
        ),
    )  # fmt: skip
    follow_up_min: float = parameter(
        90.0, unit="min", ge=0.1, le=1440, source="assumption", doc="Mean time of this at the station."
    )


@kernel
def time_on_scene(cv: float, shape: float, seed: int, draw: int, entity: int, time: int) -> float:
    """Return a time on scene relative to its mean: lognormal with this variation, or gamma of this shape if it is 0."""
    if cv > 0.0:
        return lognormal(cv, seed, draw, entity, time)
    return gamma(shape, seed, draw, entity, time) / shape
