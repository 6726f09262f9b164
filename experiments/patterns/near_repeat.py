"""Burglaries that follow each other near in space and time, and what makes them."""

from __future__ import annotations

from typing import ClassVar

from experiments.patterns.pattern import NO_BAND, Pattern
from experiments.patterns.portrait import NEAR_M, SOON_DAYS, Portrait
from experiments.patterns.studies import WESTERN
from sim.outcomes.near_repeat import ratio

NEAR_ONE = "; the width 0.9–1.1 of ‘near 1’ is our assumption"
SHORT = "heterogeneity of targets alone does not make near repeats: Short et al. 2009" + NEAR_ONE
RAISED = "raised risk in ten areas of five countries: Johnson et al. 2007; above the 0.9–1.1 that we call near 1"


class NearRepeat(Pattern):
    """Pairs of burglaries within a distance and a time, over those expected by chance."""

    name = "near_repeat"
    about = f"Near repeat of burglary within {NEAR_M:.0f} m and {SOON_DAYS:.0f} days"
    title = "As is"
    unit = "observed / expected pairs"
    use = "calibrate"
    quality = "read"
    source = RAISED
    bands: ClassVar = {WESTERN: (1.1, None)}

    def measure(self, portrait: Portrait) -> float | None:
        """Return the ratio; None where pairs were not counted, or none are expected."""
        return None if portrait.knox_window is None else ratio(portrait.knox_window)


class NearRepeatElsewhere(NearRepeat):
    """The same without pairs on one dwelling."""

    name = "near_repeat_elsewhere"
    title = "… the same dwelling left out"

    def measure(self, portrait: Portrait) -> float | None:
        """Return the ratio of the bands beyond the same place."""
        return None if portrait.knox is None else ratio(portrait.knox, slice(1, 3), slice(2))


class RepeatOnTheSame(NearRepeat):
    """Pairs on one dwelling only."""

    name = "repeat_on_the_same"
    title = "… the same dwelling only"
    use = "validate"
    quality = "assumption"
    source = "no figure at hand"
    bands: ClassVar = {WESTERN: NO_BAND}

    def measure(self, portrait: Portrait) -> float | None:
        """Return the ratio of the band of the same place."""
        return None if portrait.knox is None else ratio(portrait.knox, slice(1), slice(2))


class WithoutEvents(NearRepeat):
    """What is left when no burglary makes another more likely."""

    name = "near_repeat_without_events"
    title = "Event dependence off"
    use = "validate"
    source = SHORT
    bands: ClassVar = {"no_events": (0.9, 1.1)}


class EqualTargets(NearRepeat):
    """What is left when all dwellings are alike."""

    name = "near_repeat_equal_targets"
    title = "Equal targets"
    use = "validate"
    source = "event dependence alone makes them: Short et al. 2009"
    bands: ClassVar = {"equal_targets": (1.1, None)}


class WithoutBoth(NearRepeat):
    """What is left when both are off."""

    name = "near_repeat_without_both"
    title = "Both off"
    use = "validate"
    quality = "assumption"
    source = "nothing is left that could make them" + NEAR_ONE
    bands: ClassVar = {"neither": (0.9, 1.1)}
