"""Co-governance (枫桥经验, 双网融合): police and social governance work as one network, and residents carry part."""

from __future__ import annotations

from sim.strategies.random_patrol import RandomPatrol


class CoGovernance(RandomPatrol):
    """Officers in neighbourhoods organise volunteers, household and message groups, and mediation at three levels.

    Cars patrol at random.
    """

    name = "co_governance"
    programmes = ("social_governance", "mediation", "volunteers", "visits", "safety_culture")
    organisation = "neighbourhoods"
