"""The parameters of who answers for a case: the post as a whole, or one officer (主办侦查员)."""

from __future__ import annotations

from typing import Literal

from sim.parameters import CHOSEN, Parameters, parameter


class OwnershipParameters(Parameters):
    """Who answers for a case, and what it takes when that is somebody else from now on."""

    held_by: Literal["post", "owner"] = parameter(
        "post", unit="name", source=CHOSEN,
        doc=(
            "post: whoever is on duty works on the cases of the post; owner: one officer answers for a case from its "
            "first hour to its end (主办侦查员), and it waits for him."
        ),
    )  # fmt: skip
    reading_in_min: float = parameter(
        0.0, unit="min", ge=0, le=10_000,
        source="assumption: nothing is lost; an hour is a file read and a witness called again",
        doc=(
            "Work added to a case by who takes it over: of a post's cases somebody else does when who had them is off "
            "duty, of an owner's when he leaves."
        ),
    )  # fmt: skip
    accountability: float = parameter(
        0.7, unit="log-odds", ge=0, le=10,
        source="assumption: nobody likes to file what bears his name; half as good a chance is worked as well",
        doc="What an owner takes off the least log-odds of clearance of a case that is not filed without work.",
    )  # fmt: skip

    @property
    def leniency(self) -> float:
        """What is taken off the least log-odds of a case that is worth working."""
        return self.accountability if self.held_by == "owner" else 0.0
