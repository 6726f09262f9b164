"""What offenders take, and from whom: the targets of burglary, and how people of an age are chosen by type of crime."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from sim.incidents.profiles import PlaceCrimeParameters
from sim.parameters import parameter

AGE_BANDS = (12, 18, 25, 35, 50, 65)  # first ages of the bands after the first
BAND_NAMES = ("0–11", "12–17", "18–24", "25–34", "35–49", "50–64", "65+")
Weight = Annotated[float, Field(ge=0, le=1000)]
Weights = tuple[Weight, Weight, Weight, Weight, Weight, Weight, Weight]


class BurglaryParameters(PlaceCrimeParameters):
    """Burglary: of homes with nobody in, of homes whose people sleep, of closed shops."""

    sleeping_homes: float = parameter(
        0.8, unit="times an empty home", ge=0, le=100, source="assumption of the mix, see scenarios/mixes.py",
        doc="How readily a burglar enters a home in which all sleep; 0: never.",
    )  # fmt: skip
    closed_shops: float = parameter(
        2.5, unit="times an empty home", ge=0, le=1000,
        source="assumption, set so that a third of burglaries are of business premises: a few times the risk of a home",
        doc="How readily a burglar breaks into a closed shop in the dark; 0: never.",
    )  # fmt: skip
    woken_probability: float = parameter(
        0.1, unit="probability", ge=0, le=1, source="assumption", doc="A sleeper wakes, and knows at once."
    )


class PersonCrimeParameters(PlaceCrimeParameters):
    """A crime against people who are there."""

    age_weights: Weights = parameter(
        (1.0,) * 7, unit="relative",
        source="assumption, in the order of ages of NCVS and CSEW (recalled); of those who are there, no rates",
        doc=(f"How likely an offender chooses somebody whom he meets, by age: {', '.join(BAND_NAMES)}; all equal "
             "switches it off."),
    )  # fmt: skip
    acquaintances: float = parameter(
        0.0, unit="probability", ge=0, le=1, source="assumption",
        doc="The victim is a neighbour, colleague or friend of the offender, of a fitting age, if there is one.",
    )  # fmt: skip

    @field_validator("age_weights")
    @classmethod
    def _somebody(cls, weights: tuple[float, ...]) -> tuple[float, ...]:
        if not any(weights):
            raise ValueError("at least one weight must be above 0")
        return weights
