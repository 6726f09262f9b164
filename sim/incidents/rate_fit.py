"""Finds, while a city settles, the rates under which it has and records what the user or files ask for.

Then they stand for good: what strategies, programmes and shortages do follows from the rules alone.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.city.city import CRIME_EVIDENCE, City
from sim.incident_types import PLACE_CRIMES, TYPE_NAMES
from sim.incidents.arising import Factors, first_factors, recorded_by_type, recorded_so_far
from sim.incidents.base_rate import FAMILY, base_rates, usually_recorded
from sim.incidents.demand import DemandParameters
from sim.incidents.log import INCIDENTS, Logs

REVIEW_DAYS, FITTED_SHARE = 14, 0.75  # how often, share of the time that a city is given to settle
CHANCES_DAYS, COUNTS_DAYS = 90.0, 365.0  # half-lives of what reviews have seen: counts are left more to chance
ASSUMED_OFFENCES = 3.0  # of a type, of which it is believed beforehand that they were as many as wanted


class RateFit:
    """Finds the intercepts of the offenders' choice, and the factors of what comes about by itself.

    Every two weeks of the time that a city is given to settle, but for its last quarter, what was given since the last
    review is compared with what was asked for. What the first guess would have given is averaged over the reviews,
    older ones counting less, and the rate follows: log-rate = first guess − log(given / wanted). Of crimes at places
    the chances of what offenders met are counted, not the offences; of frauds, violence at schools and disputes the
    records, as many as files have. Some of each are assumed beforehand as wanted, so that chance in a small city moves
    little.

    Parameters
    ----------
    city, demand : City, DemandParameters
        Where the rates come from; those of files are rates in police records.
    days : int
        How long the city is given to settle.

    Attributes
    ----------
    factors : Factors
        Of what comes about by itself, as they are now.
    """

    def __init__(self, city: City, demand: DemandParameters, days: int) -> None:
        self.city, self.demand = city, demand
        self.last_day = FITTED_SHARE * days
        self.factors = first_factors(city)
        self._first_intercept: Array | None = None
        self._first_factor = np.log(np.maximum(self.factors, 1e-30))
        self._chances = _Seen(len(PLACE_CRIMES), CHANCES_DAYS)
        self._counts = _Seen(len(self.factors), COUNTS_DAYS)

    def review(self, day: int, intercept: Array, logs: Logs) -> None:
        """Move the intercepts, shape [place crimes], and the factors on the days of a review."""
        if day == 0 or day % REVIEW_DAYS or day > self.last_day:
            return
        thousand_reviews = self.city.residents / 1000 / 365 * REVIEW_DAYS
        if self._first_intercept is None:
            self._first_intercept = intercept.copy()
        rates = base_rates(self.city, self.demand, self._recorded(logs) if self.city.crime is not None else None)
        moved = self._first_intercept - self._chances.excess(
            logs.chances, rates * thousand_reviews, intercept - self._first_intercept
        )
        some = rates > 0
        intercept[some] = moved[some]
        if self.city.arising:
            self._review_factors(logs, thousand_reviews)

    def _review_factors(self, logs: Logs, thousand_reviews: float) -> None:
        """Move the factors of what files have."""
        said = np.array([self.city.arising.get(name, 0.0) for name in Factors._fields])
        now = np.log(np.maximum(self.factors, 1e-30))
        moved = self._first_factor - self._counts.excess(
            np.array(recorded_so_far(logs)), said * thousand_reviews, now - self._first_factor
        )
        self.factors = Factors(*np.where(said > 0, np.exp(moved), self.factors).tolist())

    def _recorded(self, logs: Logs) -> Array:
        """Return offences in police records for each true one: as is usual, times a factor for all of a file's type.

        The factor is what police records have over what is usual for the offences that there were.
        """
        crimes = logs.incidents[: logs.used[INCIDENTS]]
        recorded, names = recorded_by_type(logs), np.array(TYPE_NAMES)
        true = np.bincount(crimes["type"], minlength=len(TYPE_NAMES))
        usual = usually_recorded(self.demand)
        found = usual.copy()
        for family, name in enumerate(CRIME_EVIDENCE):
            at_places = np.flatnonzero(FAMILY == family)
            expected = float(true[at_places] @ usual[at_places])
            in_books = float(recorded[names == name].sum())
            assumed = ASSUMED_OFFENCES * usual[at_places].mean()
            found[at_places] = usual[at_places] * (in_books + assumed) / (expected + assumed)
        return found


class _Seen:
    """What a first guess would have given, and what was wanted, over all reviews."""

    def __init__(self, n: int, half_life_days: float) -> None:
        self._so_far = np.zeros(n)  # at the last review
        self._given, self._wanted = np.full((2, n), ASSUMED_OFFENCES)
        self._keep = 0.5 ** (REVIEW_DAYS / half_life_days)

    def excess(self, so_far: Array, wanted: Array, moved: Array) -> Array:
        """Return log(given / wanted) after one more review.

        Parameters
        ----------
        so_far, wanted : array [rates]
            What was given since the start, and wanted since the last review.
        moved : array [rates]
            How far log-rates had been moved from their first guess since then.
        """
        given = (so_far - self._so_far) * np.exp(-moved)
        self._so_far = so_far.copy()
        self._given, self._wanted = self._keep * self._given + given, self._keep * self._wanted + wanted
        out: Array = np.log(np.maximum(self._given, 1e-30) / np.maximum(self._wanted, 1e-30))
        return out
