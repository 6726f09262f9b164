"""Community policing (社区警务): officers bound to neighbourhoods visit, mediate and teach."""

from __future__ import annotations

from sim.strategies.random_patrol import RandomPatrol


class Community(RandomPatrol):
    """Part of patrol and of headquarters works in neighbourhoods: visits, mediation, education, fresh registers.

    Cars patrol their beats at random.
    """

    name = "community"
    programmes = ("visits", "mediation", "education", "base_data")
    organisation = "neighbourhoods"
