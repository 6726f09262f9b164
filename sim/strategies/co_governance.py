"""Co-governance (枫桥经验, 双网融合).

The police grid and the social governance grid merge, and residents carry part of the load.
"""

from __future__ import annotations

from sim.strategies.random_patrol import RandomPatrol


class CoGovernance(RandomPatrol):
    """Volunteers, ten-household groups, message groups and three levels of mediation, organised by officers in neighbourhoods; cars patrol at random."""

    name = "co_governance"
    programmes = ("social_governance", "mediation", "volunteers", "visits", "safety_culture")
    organisation = "neighbourhoods"
