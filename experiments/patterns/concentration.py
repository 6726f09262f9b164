"""How much crime is in how few places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from experiments.patterns.pattern import NO_BAND, Pattern
from experiments.patterns.portrait import Portrait
from experiments.patterns.studies import LARGE_PLACES
from sim.outcomes.concentration import generalised_gini, share_by_luck, share_of_places

LAW = "law of crime concentration, street segments: Weisburd 2015"
LAW_BANDS = {25: (0.4, 1.6), 50: (2.1, 6.0)}  # % of crime → from and to % of places
LUCK = "crimes dropped on cells at random: Chalfin, Kaplan & Cuellar 2021"


class CellsWith(Pattern):
    """Base: the fewest cells that hold a share of all crimes, in % of the cells.

    Attributes
    ----------
    percent : int
        Of the crimes.
    """

    about = "Concentration in 100 m cells"
    unit = "% of cells"
    use = "calibrate"
    quality = "read"
    source = LAW
    percent: ClassVar[int]

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share of cells; None without crime."""
        share = share_of_places(portrait.crimes, self.percent / 100)
        return None if share is None else 100 * share


class CellsByLuck(CellsWith):
    """Base: the same for as many crimes that fall on cells at random."""

    use = "validate"
    source = LUCK
    bands = dict.fromkeys(LARGE_PLACES, NO_BAND)

    def measure(self, portrait: Portrait) -> float | None:
        """Return the share of cells; None without crime."""
        share = share_by_luck(int(portrait.crimes.sum()), len(portrait.crimes), self.percent / 100)
        return None if share is None else 100 * share


class CellsWithAQuarter(CellsWith):
    """Cells with a quarter of all crimes."""

    name = "cells_with_25_percent"
    title = "Cells with 25 % of crime"
    percent = 25
    bands = dict.fromkeys(LARGE_PLACES, LAW_BANDS[25])


class QuarterByLuck(CellsByLuck):
    """A quarter by luck alone."""

    name = "cells_with_25_percent_by_luck"
    title = "… 25 % by luck alone"
    percent = 25


class CellsWithHalf(CellsWith):
    """Cells with half of all crimes."""

    name = "cells_with_50_percent"
    title = "Cells with 50 % of crime"
    percent = 50
    bands = dict.fromkeys(LARGE_PLACES, LAW_BANDS[50])


class HalfByLuck(CellsByLuck):
    """Half by luck alone."""

    name = "cells_with_50_percent_by_luck"
    title = "… 50 % by luck alone"
    percent = 50


class Gini(Pattern):
    """The generalised Gini coefficient of crimes over cells."""

    name = "generalised_gini"
    about = "Concentration in 100 m cells"
    title = "Generalised Gini"
    unit = "0 to 1"
    source = "Bernasco & Steenbeek 2017"
    quality = "read"
    bands = dict.fromkeys(LARGE_PLACES, NO_BAND)

    def measure(self, portrait: Portrait) -> float | None:
        """Return the coefficient; None without crime."""
        return generalised_gini(portrait.crimes)


class WithLessCrime(CellsWith):
    """Half of all crimes where there is a quarter less, against where there is not."""

    name = "concentration_with_less_crime"
    title = "… 50 %, with a quarter less crime"
    unit = "of that with all of it"
    use = "validate"
    percent = 50
    source = "Seattle, 4.7 to 6.1 % over 16 years while crime fell by more than 20 %: Weisburd 2015"
    bands: ClassVar = {"less_crime": (0.77, 1.3)}

    def values(self, portraits: Mapping[str, Sequence[Portrait]], study: str) -> list[float | None]:
        """Return the ratio of each pair of replications."""
        pairs = [
            (self.measure(one), self.measure(other))
            for one, other in zip(portraits[study], portraits["large_western"], strict=True)
        ]
        return [less / every if less and every else None for less, every in pairs]
