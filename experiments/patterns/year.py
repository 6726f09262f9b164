"""What a year does to crime in a city in which nothing is changed."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from experiments.patterns.pattern import Pattern
from experiments.patterns.portrait import Portrait
from experiments.patterns.studies import PLACES
from experiments.presentation.indicators import DAYS_A_YEAR

SEASONS = 4


class Season(Pattern):
    """Base: how far the quarter of a year with most crime of some types lies above the mean of the year.

    Attributes
    ----------
    types : tuple of str
        Of crime.
    """

    about = "Seasons and years"
    unit = "% above the mean"
    quality = "read"
    source = "household crime and assault within 11–12 % of the mean: BJS 2014"
    bands = dict.fromkeys(PLACES, (None, 12))
    types: ClassVar[tuple[str, ...]] = ()

    def measure(self, portrait: Portrait) -> float | None:
        """Return the distance; None without a year, and without such crimes."""
        days = np.sum([portrait.by_day[name] for name in self.types], axis=0)
        if len(days) < DAYS_A_YEAR - 1 or not days.sum():
            return None
        quarters = np.array([part.mean() for part in np.array_split(days, SEASONS)])
        return 100 * float(quarters.max() / quarters.mean() - 1)


class HouseholdSeason(Season):
    """Burglary and theft by season."""

    name = "season_of_household_crime"
    title = "Burglary and theft, quarter with most"
    types = ("burglary", "theft")


class AssaultSeason(Season):
    """Assault by season."""

    name = "season_of_assault"
    title = "Assault, quarter with most"
    types = ("assault",)


class Drift(Pattern):
    """Crime in the second half of the measured time against the first."""

    name = "no_drift"
    about = Season.about
    title = "Crime, second half against the first"
    unit = "%"
    quality = "assumption"
    source = "a city with nothing changed has no drift; the width of ±5 % is our assumption"
    bands = dict.fromkeys(PLACES, (-5, 5))

    def measure(self, portrait: Portrait) -> float | None:
        """Return the difference; None with less than half a year, and without crime."""
        days = np.sum(list(portrait.by_day.values()), axis=0)
        if len(days) < DAYS_A_YEAR / 2:
            return None
        first, second = (part.mean() for part in np.array_split(days, 2))
        return 100 * float(second / first - 1) if first else None
