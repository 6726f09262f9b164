"""Who offends and who suffers, how often, and how far from home."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from experiments.patterns.pattern import NO_BAND, Pattern
from experiments.patterns.portrait import DISTANCE_EDGES_KM, Portrait, kinds_in
from experiments.patterns.studies import PLACES
from sim.outcomes.concentration import top_share
from sim.outcomes.offending import median_of_counts

NONE = "no figure at hand"
DISTANCES = ("burglary", "theft", "robbery", "assault")


class OfPersons(Pattern):
    """Base: a fact of offenders or victims without a published figure at hand."""

    about = "Offenders, victims, distance"
    source = NONE
    bands = dict.fromkeys(PLACES, NO_BAND)


class TopTenth(OfPersons):
    """Offences of the tenth of offenders who commit most."""

    name = "offences_of_top_tenth"
    title = "Offences by the top 10 % of offenders"
    unit = "% of offences"
    use = "calibrate"

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share; None without an offence."""
        return _percent(top_share(portrait.offences, 0.1))


class RepeatedVictims(OfPersons):
    """Victims who suffer again."""

    name = "repeated_victims"
    title = "Victims of two or more"
    unit = "% of victims"

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share of victims of two or more crimes; None without a victim."""
        return _percent(portrait.victims.of_victims)


class CrimesOfRepeatedVictims(OfPersons):
    """Crimes that they suffer."""

    name = "crimes_of_repeated_victims"
    title = "… crimes that they suffer"
    unit = "% of crimes with a victim"

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share of crimes; None without a victim."""
        return _percent(portrait.victims.of_crimes)


class HomeTo(OfPersons):
    """Base: how far from home an offence of a type is committed, median.

    Attributes
    ----------
    kind : str
        The type.
    """

    unit = "km"
    kind: ClassVar[str] = ""

    def measure(self, portrait: Portrait) -> float | None:
        """Return the median; None where there was none with a known offender."""
        kinds = kinds_in(portrait, self.kind)
        if not kinds:
            return None
        return median_of_counts(np.sum([kind.by_distance for kind in kinds], axis=0), DISTANCE_EDGES_KM)


class HomeToBurglary(HomeTo):
    """From home to burglary."""

    name = "home_to_burglary"
    title = "Home to burglary, median"
    kind = "burglary"


class HomeToTheft(HomeTo):
    """From home to theft."""

    name = "home_to_theft"
    title = "Home to theft, median"
    kind = "theft"


class HomeToRobbery(HomeTo):
    """From home to robbery."""

    name = "home_to_robbery"
    title = "Home to robbery, median"
    kind = "robbery"


class HomeToAssault(HomeTo):
    """From home to assault."""

    name = "home_to_assault"
    title = "Home to assault, median"
    kind = "assault"


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
