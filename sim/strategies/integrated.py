"""The integrated proactive model: its four systems together."""

from __future__ import annotations

from sim.strategies.intelligence_led import IntelligenceLed


class Integrated(IntelligenceLed):
    """Intelligence, joint strike, prevention by patrol, cameras and grids, and service, from one command centre."""

    name = "integrated"
    programmes = (
        "intelligence", "joint_strike", "social_governance", "anti_fraud", "mediation", "volunteers", "visits",
        "education", "safety_culture",
        "base_data", "cameras", "equipment", "diversion",
    )  # fmt: skip
    organisation = "joint_centre"
