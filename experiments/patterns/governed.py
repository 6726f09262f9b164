"""What a strategy does to a place: against the same seeds without it, or in the place that has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from experiments.patterns.pattern import Pattern
from experiments.patterns.portrait import Portrait
from experiments.patterns.studies import WESTERN


class FoundDisputesResolved(Pattern):
    """Disputes of which mediators have heard, and that mediation ends."""

    name = "found_disputes_resolved"
    about = "Mediation and community policing"
    title = "Disputes found that are resolved"
    unit = "% of those found that ended"
    use = "calibrate"
    quality = "assumption"
    source = "97 % in Jiangxi, self-reported; published rates are unreliable, 50 to 90 % is our reading"
    bands: ClassVar = {"co_governance": (50, 90)}

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share; None where none was found."""
        found, mediated = portrait.found_disputes
        return 100 * mediated / found if found else None


class DisputesMediated(Pattern):
    """Disputes that mediation ends."""

    name = "disputes_mediated"
    about = FoundDisputesResolved.about
    title = "Disputes mediated"
    unit = "per 1,000 a year"
    use = "calibrate"
    quality = "read"
    source = "8.8 million disputes a year, China 2017: 6.3; the width of a half is our assumption"
    bands: ClassVar = {"co_governance": (3.1, 9.5)}

    def measure(self, portrait: Portrait) -> float | None:
        """Return the rate."""
        return portrait.per_1000_a_year(portrait.found_disputes[1])


class CommunityPolicing(Pattern):
    """Crimes but for fraud under community policing, against those of the same seeds without it."""

    name = "crime_under_community_policing"
    about = FoundDisputesResolved.about
    title = "Crime under community policing"
    unit = "% of that without"
    quality = "recalled"
    source = "odds ratios of 1.05 to 1.10: Gill et al. 2014, recalled; read as 0 to 10 % less"
    bands: ClassVar = {"community": (90, 100)}

    def measure(self, portrait: Portrait) -> float | None:
        """Return the crimes but for fraud, per 1,000 residents a year."""
        return portrait.per_1000_a_year(float(portrait.crimes.sum()))

    def values(self, portraits: Mapping[str, Sequence[Portrait]], study: str) -> list[float | None]:
        """Return the ratio of each pair of replications."""
        pairs = [
            (self.measure(one), self.measure(other))
            for one, other in zip(portraits[study], portraits[WESTERN], strict=True)
        ]
        return [100 * one / other if one is not None and other else None for one, other in pairs]
