"""Whom the campaigns of fraud reach, and who yields."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.incidents.fraud.parameters import BAND_FROM_AGE, FraudParameters
from sim.parameters import BadInput


class Audience(NamedTuple):
    """Whom campaigns reach and who yields: of a city, shared by its runs, never written to.

    A contact of channel c reaches resident r with probability `reach_c(age) / Σ reach_c`; without awareness it engages
    with probability `engaging_probability · yielding_s(age) · susceptibility`. Contacts that engage are so a Poisson
    process of rate `engaging[c, s]` times that of all contacts, over residents in proportion to `reach · yielding ·
    susceptibility`.
    """

    people: Array  # rows of residents by age band
    band_start: Array  # [bands + 1]
    cumulative: Array  # [residents] running sum of susceptibility in the order of `people`
    band_cumulative: Array  # [channels, schemes, bands] where a contact that engages falls
    engaging: Array  # [channels, schemes] share of contacts that would engage if nobody were aware
    young_adults: Array  # rows of residents of 18 to 40


def audience(residents: Array, parameters: FraudParameters) -> Audience:
    """Sort residents by age band and susceptibility.

    Raises
    ------
    BadInput
        If a resident would engage with a probability above 1.
    """
    reach, yielding = np.array(parameters.reach_by_age), np.array(parameters.yielding_by_age)
    susceptibility = residents["susceptibility"].astype(float)
    band = np.searchsorted(BAND_FROM_AGE, residents["age"], side="right") - 1
    likeliest = parameters.engaging_probability * yielding.max() * float(susceptibility.max(initial=0.0))
    if likeliest > 1:
        most = parameters.engaging_probability / likeliest
        raise BadInput(
            "demand.fraud.engaging_probability",
            parameters.engaging_probability,
            f"the most susceptible would surely engage; at most {most:.2g}",
        )
    people = np.argsort(band, kind="stable").astype(np.int32)
    band_start = np.searchsorted(band[people], np.arange(len(BAND_FROM_AGE) + 1))
    young = BAND_FROM_AGE.index(18)
    number = np.diff(band_start)
    susceptible = np.bincount(band, weights=susceptibility, minlength=len(BAND_FROM_AGE))
    weight: Any = reach[:, None, :] * yielding[None, :, :] * susceptible
    reached = np.maximum((reach * number).sum(axis=1), 1e-12)
    total = weight.sum(axis=2)
    reached_by = Audience(
        people=people,
        band_start=band_start.astype(np.int64),
        cumulative=np.cumsum(susceptibility[people]),
        band_cumulative=np.cumsum(weight, axis=2) / np.maximum(total, 1e-300)[:, :, None],
        engaging=parameters.engaging_probability * total / reached[:, None],
        young_adults=people[band_start[young] : band_start[young + 1]],
    )
    return frozen(reached_by)
