"""Calls that are no simulated crime: how many, when in the week, where in the city, how urgent."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.city.state import Ground
from sim.clock import HOURS_PER_WEEK
from sim.incidents.demand import OTHER_CALLS, CallParameters, DemandParameters, DemandRule, IncidentType
from sim.incidents.log import CALLS, Logs, expect
from sim.incidents.reporting import draw_exogenous_calls
from sim.people.residents import Places

# Calls by hour of day relative to the mean; assumption, drawn through 0.50 at 05 h and 1.43 at 16 h (Milwaukee)
SERVICE_BY_HOUR = (
    0.86, 0.74, 0.66, 0.58, 0.52, 0.50, 0.55, 0.72, 0.90, 1.00, 1.08, 1.13,
    1.16, 1.20, 1.29, 1.38, 1.43, 1.41, 1.34, 1.27, 1.20, 1.14, 1.05, 0.95,
)  # fmt: skip
DISORDER_BY_HOUR = (
    1.35, 1.15, 0.95, 0.70, 0.50, 0.38, 0.38, 0.45, 0.55, 0.65, 0.75, 0.82,
    0.88, 0.92, 0.98, 1.05, 1.12, 1.20, 1.30, 1.42, 1.55, 1.68, 1.68, 1.55,
)  # fmt: skip


class CallSource(NamedTuple):
    """The source of one type of call."""

    kind: IncidentType
    per_day: float
    profile: Array  # [168] relative to the mean of the week
    cell_cumulative: Array  # [cells]
    priority_cumulative: Array  # [3]


def call_sources(city: City, places: Places, demand: DemandParameters) -> list[CallSource]:
    """Return the sources of service and disorder calls.

    From files, both follow the surface, profile and total of the file, split as the parameters of demand split them. Otherwise
    service calls follow the people present, disorder the people out and nightlife (assumptions).
    """
    chosen: list[CallParameters] = [demand.service, demand.disorder]
    given = np.array([c.per_1000_year for c in chosen])
    per_1000 = given
    profiles = [np.tile(by_hour, 7) / np.mean(by_hour) for by_hour in (SERVICE_BY_HOUR, DISORDER_BY_HOUR)]
    clubs = city.land.nightlife / max(city.land.nightlife.sum(), 1e-12)
    surfaces = [places.present.mean(axis=0).astype(float), places.out.mean(axis=0) / max(places.out.sum() / HOURS_PER_WEEK, 1e-12) + clubs]
    if city.calls is not None:
        per_1000 = city.calls.per_1000_year * given / max(given.sum(), 1e-12)
        profiles = [city.calls.profile] * 2
        surfaces = [city.calls.surface] * 2
    out = []
    for kind, parameters, rate, profile, surface in zip(OTHER_CALLS, chosen, per_1000, profiles, surfaces, strict=True):
        weight = np.where(city.inside, surface, 0.0)
        cumulative = np.cumsum(weight) / weight.sum()
        out.append(CallSource(kind, rate * city.residents / 1000 / 365, profile, cumulative, np.cumsum(parameters.priority_shares)))
    return out


def calls_of_day(seed: int, day: int, start_weekday: int, sources: list[CallSource], ground: Ground, logs: Logs, demand: DemandRule) -> Logs:
    """Write the calls of a day, and return the logs that expect them."""
    first_call = int(logs.used[CALLS])
    first = 24 * ((day + start_weekday) % 7)
    for s in sources:
        profile = s.profile[first : first + 24]
        draw_exogenous_calls(seed, int(s.kind), day, s.per_day, profile, s.cell_cumulative, s.priority_cumulative, ground.cells, logs, demand)
    return expect(logs, first_call)
