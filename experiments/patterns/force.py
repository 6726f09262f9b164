"""The force: how many there are, when they are on the road, and what they work."""

from __future__ import annotations

from typing import ClassVar

from experiments.patterns.load import STATION
from experiments.patterns.pattern import NO_BAND, Pattern
from experiments.patterns.portrait import Portrait
from experiments.patterns.studies import CHINA, WESTERN

MINISTRY = "Ministry of Public Security 2007: 1.1; Yubei 0.94; a station of 350,000 residents; US 2.17 (2016)"
CARS = f"an inference from {STATION}"


class Force(Pattern):
    """Base: a number of the portrait of the force.

    Attributes
    ----------
    field : str
        Of `ForcePortrait`.
    """

    about = "The force"
    use = "specify"
    quality = "read"
    field: ClassVar[str] = ""

    def measure(self, portrait: Portrait) -> float | None:
        """Return the number; None where there is nobody."""
        value: float | None = getattr(portrait.force, self.field)
        return value


class Officers(Force):
    """Sworn officers."""

    name = "officers"
    title = "Sworn officers"
    unit = "per 1,000"
    field = "officers_per_1000"
    source = MINISTRY
    bands: ClassVar = {CHINA: (0.9, 1.2), WESTERN: (2.0, 2.4)}


class Auxiliaries(Force):
    """Auxiliaries."""

    name = "auxiliaries"
    title = "Auxiliaries"
    unit = "per 1,000"
    field = "auxiliaries_per_1000"
    source = MINISTRY
    bands: ClassVar = {CHINA: (1.0, 1.6), WESTERN: (0.0, 0.4)}


class CarsOnDuty(Force):
    """Patrol units on duty at one time."""

    name = "cars_on_duty"
    title = "Patrol units on duty"
    unit = "per 100,000"
    quality = "assumption"
    field = "cars_per_100000"
    source = CARS
    bands: ClassVar = {CHINA: (4, 6), WESTERN: (14, 24)}


class CarsAtNight(Force):
    """The same at night."""

    name = "cars_at_night"
    title = "… from 0 to 6 h"
    unit = "of the mean"
    quality = "assumption"
    field = "cars_at_night"
    source = CARS
    bands: ClassVar = {CHINA: (0.6, 0.8), WESTERN: NO_BAND}


class CarsInTheEvening(Force):
    """The same in the evening."""

    name = "cars_in_the_evening"
    title = "… from 18 to 24 h"
    unit = "of the mean"
    quality = "assumption"
    field = "cars_in_the_evening"
    source = CARS
    bands: ClassVar = {CHINA: (1.2, 1.4), WESTERN: NO_BAND}


class HoursAWeek(Force):
    """What one of the personnel works."""

    name = "hours_a_week"
    title = "Hours worked"
    unit = "per head and week"
    use = "calibrate"
    field = "hours_a_week"
    source = "Ministry of Public Security 2007: 20 hours more than usual a week; of the West our reading"
    bands: ClassVar = {CHINA: (45, 55), WESTERN: (36, 40)}


class OnSickLeave(Force):
    """Personnel on sick leave."""

    name = "on_sick_leave"
    title = "On sick leave"
    unit = "% of personnel"
    use = "validate"
    quality = "assumption"
    field = "sick_percent"
    source = "no figure at hand"
    bands: ClassVar = {CHINA: NO_BAND, WESTERN: NO_BAND}
