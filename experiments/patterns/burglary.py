"""When burglaries happen: hours of the day, and days of the week."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from experiments.patterns.pattern import NO_BAND, Pattern
from experiments.patterns.portrait import Portrait
from experiments.patterns.studies import CHINA, WESTERN
from sim.outcomes.victims import HOMES, share_between, weekend_ratio

WIDTH = "; the width of ±20 % is our assumption"


class BurglaryBetween(Pattern):
    """Base: burglaries of some targets between two hours of the day, in % of those of the whole day.

    Attributes
    ----------
    first, end : int
        Hours of the day.
    targets : tuple of str
        Of `sim.outcomes.victims`; none: all.
    """

    about = "Hours and days of burglary"
    unit = "%"
    use = "calibrate"
    quality = "read"
    first: ClassVar[int]
    end: ClassVar[int]
    targets: ClassVar[tuple[str, ...]] = ()

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share; None where there was no burglary."""
        hours = np.sum([portrait.burglaries[name] for name in self.targets or portrait.burglaries], axis=0)
        share = share_between(hours, self.first, self.end)
        return None if share is None else 100 * share


class BurglaryAtNight(BurglaryBetween):
    """All burglaries of the first four hours of the day."""

    name = "burglary_at_night"
    title = "All, from midnight to four"
    first, end = 0, 4
    source = f"Japan 42 %: Shiga 2003{WIDTH}"
    bands: ClassVar = {CHINA: (34, 50)}


class EmptyHomesAtNight(BurglaryBetween):
    """Burglaries of empty homes alone in these hours."""

    name = "empty_homes_at_night"
    title = "Empty homes, from midnight to four"
    first, end = 0, 4
    targets = HOMES[:1]
    source = "Japan: these alone peak at 14–16 h, Shiga 2003"
    bands: ClassVar = {CHINA: NO_BAND}


class HomesByDay(BurglaryBetween):
    """Burglaries of homes by day."""

    name = "homes_by_day"
    title = "Homes, from 06 to 18 h"
    first, end = 6, 18
    targets = HOMES
    source = f"US 56 % by day: FBI 2021{WIDTH}"
    bands: ClassVar = {WESTERN: (45, 67)}


class BurglaryOnWeekendDays(Pattern):
    """Base: burglaries on a day of the weekend, as a multiple of those on a weekday."""

    about = "Hours and days of burglary"
    title = "A day of the weekend"
    unit = "of a weekday"
    use = "calibrate"

    def measure(self, portrait: Portrait) -> float | None:
        """Return the multiple; None where there was no burglary."""
        return weekend_ratio(np.sum(list(portrait.burglaries.values()), axis=0))


class WeekendInChina(BurglaryOnWeekendDays):
    """As in Hangzhou and in Japan."""

    name = "burglary_weekend_china"
    quality = "recalled"
    source = "China, Japan: slightly fewer, recalled"
    bands: ClassVar = {CHINA: (0.8, 1.0)}
    notes: ClassVar = {
        CHINA: "five counties of a study of their own had 0.80 (0.72 to 0.88); it follows from when homes and shops "
        "are empty, and nothing else has been tried"
    }


class WeekendInTheWest(BurglaryOnWeekendDays):
    """As in Chicago."""

    name = "burglary_weekend_western"
    quality = "read"
    source = f"Chicago 0.7, January 2016{WIDTH}"
    bands: ClassVar = {WESTERN: (0.56, 0.84)}
