"""Who falls for fraud, and how many frauds a county clears."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from experiments.patterns.pattern import Pattern
from experiments.patterns.portrait import Portrait
from experiments.patterns.studies import CHINA

AGES_OF_VICTIMS = "victims of telecom fraud, China 2023; the width of ±10 points is our assumption"
JIESHOU = "the county of Jieshou: 147 frauds cleared in a year and a half, and 295 thefts, robberies and burglaries"


class FraudVictims(Pattern):
    """Base: victims of fraud in a range of ages, in % of all.

    Attributes
    ----------
    first, last : int
        Years of age.
    """

    about = "Fraud"
    unit = "% of victims"
    quality = "read"
    source = AGES_OF_VICTIMS
    first: ClassVar[int]
    last: ClassVar[int]

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share; None without a victim."""
        ages = portrait.fraud_ages
        return 100 * float(ages[self.first : self.last + 1].sum() / ages.sum()) if ages.sum() else None


class YoungVictims(FraudVictims):
    """Victims from 18 to 40."""

    name = "fraud_victims_18_to_40"
    title = "Victims from 18 to 40"
    first, last = 18, 40
    bands: ClassVar = {CHINA: (52, 72)}


class MiddleAgedVictims(FraudVictims):
    """Victims from 41 to 65."""

    name = "fraud_victims_41_to_65"
    title = "Victims from 41 to 65"
    first, last = 41, 65
    bands: ClassVar = {CHINA: (23, 43)}


class AgeOfVictims(FraudVictims):
    """How old they are."""

    name = "fraud_victims_age"
    title = "Age of victims, mean"
    unit = "years"
    source = "victims of telecom fraud, China 2023: 37; the width of ±4 years is our assumption"
    bands: ClassVar = {CHINA: (33, 41)}

    def measure(self, portrait: Portrait) -> float | None:
        """Return the mean; None without a victim."""
        ages = portrait.fraud_ages
        return float(np.average(np.arange(len(ages)), weights=ages)) if ages.sum() else None


class FraudsCleared(Pattern):
    """Frauds cleared for each theft, robbery or burglary cleared."""

    name = "frauds_cleared"
    about = "Fraud"
    title = "Frauds cleared for a theft, robbery or burglary cleared"
    unit = "1"
    quality = "read"
    source = f"{JIESHOU}: 0.50; the width of a third is our assumption"
    bands: ClassVar = {CHINA: (0.33, 0.67)}
    notes: ClassVar = {
        CHINA: "that county had a centre of seventeen and went after fraudsters; the status quo here has a few people, "
        "whom fraudsters elsewhere are out of reach for"
    }

    def measure(self, portrait: Portrait) -> float | None:
        """Return the ratio; None where nothing of the kind is cleared."""
        cleared = {name: number for name, (_, number) in portrait.force.cleared.items()}
        others = sum(cleared.get(name, 0) for name in ("theft", "robbery", "burglary"))
        return cleared.get("fraud", 0) / others if others else None
