"""How much crime reaches police records."""

from __future__ import annotations

from typing import ClassVar

from experiments.patterns.pattern import Pattern
from experiments.patterns.portrait import Portrait, kinds_in
from experiments.patterns.studies import PLACES, WESTERN

NCVS, RECALLED = "NCVS 2021–23", "recalled, not read: the band is wide"


class Recorded(Pattern):
    """Base: incidents of some kinds that entered police records, in % of those that happened.

    Attributes
    ----------
    kinds : tuple of str
        Types, or kinds such as `theft: pickpocketing`.
    """

    about = "Reporting and calls"
    unit = "% of true"
    use = "calibrate"
    quality = "read"
    kinds: ClassVar[tuple[str, ...]] = ()

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share; None where none of them happened."""
        kinds = kinds_in(portrait, *self.kinds)
        true = sum(kind.true for kind in kinds)
        return 100 * sum(kind.recorded for kind in kinds) / true if true else None


class AssaultRecorded(Recorded):
    """Assaults that reach police records."""

    name = "assault_recorded"
    title = "Assault recorded"
    kinds = ("assault",)
    source = f"violence reported to the police: {NCVS}"
    bands = dict.fromkeys(PLACES, (42, 46))
    notes: ClassVar = {
        WESTERN: "brawls reach the police in 48 %, assaults arising from disputes in 44 %; nothing has been tried, "
        "since a lower report probability would do it and show nothing"
    }


class RobberyRecorded(Recorded):
    """Robberies and snatchings that reach police records."""

    name = "robbery_recorded"
    title = "Robbery recorded"
    kinds = ("robbery",)
    source = NCVS
    bands = dict.fromkeys(PLACES, (42, 64))


class VehicleTheftRecorded(Recorded):
    """Thefts of vehicles that reach police records."""

    name = "vehicle_theft_recorded"
    title = "Vehicle theft recorded"
    kinds = ("theft: vehicle_theft",)
    source = NCVS
    bands = dict.fromkeys(PLACES, (72, 81))


class BurglaryRecorded(Recorded):
    """Burglaries that reach police records."""

    name = "burglary_recorded"
    title = "Burglary recorded"
    kinds = ("burglary",)
    quality = "recalled"
    source = RECALLED
    bands = dict.fromkeys(PLACES, (45, 50))


class OtherTheftRecorded(Recorded):
    """Thefts from persons and shops that reach police records."""

    name = "other_theft_recorded"
    title = "Other theft recorded"
    kinds = ("theft: pickpocketing", "theft: shoplifting")
    quality = "recalled"
    source = f"about 26 %, {RECALLED}"
    bands = dict.fromkeys(PLACES, (20, 32))
