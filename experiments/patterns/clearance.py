"""What is cleared, and what response time does to it."""

from __future__ import annotations

from typing import ClassVar

from experiments.patterns.pattern import NO_BAND, Pattern
from experiments.patterns.portrait import Portrait
from experiments.patterns.reporting import RECALLED
from experiments.patterns.studies import WESTERN

FBI = f"FBI 2019, {RECALLED}"
NOTHING = "nothing is left that could make it: witnesses stay, traces last, an arrest on scene is as likely after hours"


class Cleared(Pattern):
    """Base: cleared crimes of some types, in % of those in police records.

    Attributes
    ----------
    types : tuple of str
        As the police have recorded them.
    """

    about = "Clearance, and what response time does to it"
    unit = "% of recorded"
    use = "calibrate"
    quality = "recalled"
    types: ClassVar[tuple[str, ...]] = ()

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share; None where there are none in police records."""
        recorded, cleared = (sum(portrait.force.cleared.get(name, (0, 0))[i] for name in self.types) for i in (0, 1))
        return 100 * cleared / recorded if recorded else None


class ViolenceCleared(Cleared):
    """Violence that is cleared."""

    name = "violence_cleared"
    title = "Violence cleared"
    types = ("assault", "robbery")
    source = f"about 45 %, {FBI}"
    bands: ClassVar = {WESTERN: (35, 55)}


class RobberyCleared(Cleared):
    """Robberies that are cleared."""

    name = "robbery_cleared"
    title = "Robbery cleared"
    types = ("robbery",)
    source = f"about 30 %, {FBI}"
    bands: ClassVar = {WESTERN: (22, 38)}


class PropertyCleared(Cleared):
    """Property crimes that are cleared."""

    name = "property_crime_cleared"
    title = "Property crime cleared"
    types = ("burglary", "theft")
    source = f"about 17 %, {FBI}"
    bands: ClassVar = {WESTERN: (12, 22)}


class BurglaryCleared(Cleared):
    """Burglaries that are cleared."""

    name = "burglary_cleared"
    title = "Burglary cleared"
    types = ("burglary",)
    source = f"about 14 %, {FBI}"
    bands: ClassVar = {WESTERN: (9, 19)}


class SlowerResponse(Pattern):
    """Percentage points of clearance that go with 10 % more response time."""

    name = "clearance_by_response"
    about = Cleared.about
    title = "10 % more response time"
    unit = "percentage points of clearance"
    quality = "read"
    source = "−4.7: Blanes i Vidal & Kirchmaier 2018; the width of ±20 % is our assumption"
    bands: ClassVar = {WESTERN: (-5.6, -3.8)}
    notes: ClassVar = {
        WESTERN: "flight and witnesses who stay only so long make a part of it; a study with an instrument at borders "
        "of districts finds no more"
    }

    def measure(self, portrait: Portrait) -> float | None:
        """Return the slope; None with too few crimes."""
        return portrait.force.response_slope


class SlowerResponseOff(SlowerResponse):
    """The same with all that could make it switched off."""

    name = "clearance_by_response_off"
    title = "… its mechanisms off"
    quality = "assumption"
    source = NOTHING
    bands: ClassVar = {"no_response": NO_BAND}
