"""What calls are about, and when they come."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from experiments.patterns.pattern import Pattern
from experiments.patterns.portrait import Portrait
from experiments.patterns.reporting import RECALLED
from experiments.patterns.studies import CHINA, PLACES, WESTERN
from sim.outcomes.offending import relative_to_mean

NO_CRIME = ("dispute", "traffic", "service", "alarm", "disorder")  # true types of calls


class CallsNoCrime(Pattern):
    """Calls that are about no crime, in % of all calls."""

    name = "calls_no_crime"
    about = "Reporting and calls"
    title = "Calls that are no crime"
    unit = "% of calls"
    use = "calibrate"
    quality = "recalled"
    source = RECALLED
    bands = dict.fromkeys(PLACES, (50, 80))
    notes: ClassVar = {
        CHINA: "calls about crime and public order are 8 to 16 % of those that get a unit, as published: both bands "
        "cannot hold, and this one is recalled",
        WESTERN: "540 calls per 1,000 residents with 38 recorded crimes, both as published, leave no other share",
    }

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share; None where nobody called."""
        every = sum(int(hours.sum()) for hours in portrait.calls.values())
        none = sum(int(portrait.calls[name].sum()) for name in NO_CRIME if name in portrait.calls)
        return 100 * none / every if every else None


class CallsAt(Pattern):
    """Base: calls in an hour of the day, as a multiple of the mean of all hours.

    Attributes
    ----------
    hour : int
        Of the day, 0 to 23.
    """

    about = "Reporting and calls"
    unit = "times the mean"
    use = "calibrate"
    quality = "read"
    source = "Milwaukee, 33,968 calls; the width of ±20 % is our assumption"
    hour: ClassVar[int]

    def measure(self, portrait: Portrait) -> float | None:
        """Return the multiple; None where nobody called."""
        if not portrait.calls:
            return None
        by_hour_of_day = np.sum(list(portrait.calls.values()), axis=0).reshape(7, 24).sum(axis=0)
        return float(relative_to_mean(by_hour_of_day)[self.hour])


class CallsEarly(CallsAt):
    """Calls in the quietest hour."""

    name = "calls_at_05"
    title = "Calls at 05 h"
    hour = 5
    bands = dict.fromkeys(PLACES, (0.4, 0.6))


class CallsInTheAfternoon(CallsAt):
    """Calls in the busiest hour."""

    name = "calls_at_16"
    title = "Calls at 16 h"
    hour = 16
    bands = dict.fromkeys(PLACES, (1.14, 1.72))
