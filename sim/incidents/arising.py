"""Frauds, violence at schools and disputes as often as the files of a city say, in place of how often settings do.

They come about by rules of their own, in which nobody chooses a place; so each has a factor on the rate of its
settings. `sim.incidents.rate_fit` finds the factors under which a settled city records what its files say.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.incident_types import TYPE_NAMES, IncidentType
from sim.incidents.disputes.parameters import DisputeRule
from sim.incidents.fraud.parameters import FraudRule
from sim.incidents.log import CALLS, INCIDENTS, Logs
from sim.incidents.school import School


class Factors(NamedTuple):
    """Of the rates of the settings, or rates themselves, by what comes about by itself."""

    fraud: float = 1.0
    school_violence: float = 1.0
    dispute: float = 1.0


# Recorded a year per 1,000 residents with the settings as they come, the mean of three made-up cities of 20,000 to
# 60,000 residents over two years: the first guess of what files with more or less ask for
USUALLY_RECORDED = Factors(fraud=0.9, school_violence=0.4, dispute=3.2)


def first_factors(city: City) -> Factors:
    """Return the factors of a city before it has settled: by what is usually recorded; 1 for what no file has."""
    usual = USUALLY_RECORDED._asdict()
    return Factors(**{name: city.arising.get(name, rate) / rate for name, rate in usual.items()})


def recorded_by_type(logs: Logs) -> Array:
    """Return how many crimes police records have, by what they call them, shape [types]."""
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    written = crimes["recorded_type"][crimes["recorded_time_min"] >= 0]
    found: Array = np.bincount(written, minlength=len(TYPE_NAMES))
    return found


def recorded_so_far(logs: Logs) -> Factors:
    """Return how many frauds and how much violence police records have, and how many calls were about disputes."""
    recorded, calls = recorded_by_type(logs), logs.calls[: logs.used[CALLS]]
    return Factors(
        fraud=float(recorded[IncidentType.FRAUD]),
        school_violence=float(recorded[IncidentType.SCHOOL_VIOLENCE]),
        dispute=float((calls["type"][~calls["on_view"]] == IncidentType.DISPUTE).sum()),
    )


def frauds_at(rule: FraudRule, before: Factors, now: Factors) -> FraudRule:
    """Let campaigns contact people as much more often as one factor is above another."""
    return rule._replace(contacts_per_min=rule.contacts_per_min * now.fraud / before.fraud)


def disputes_at(rule: DisputeRule, before: Factors, now: Factors) -> DisputeRule:
    """Let disputes arise as much more often as one factor is above another.

    Where files have more disputes than the settings, those beyond are taken for quarrels that would come to no assault:
    no more disputes escalate in the city than with the settings. Assumption.
    """
    milder = max(before.dispute, 1.0) / max(now.dispute, 1.0)
    return rule._replace(
        per_day=rule.per_day * now.dispute / before.dispute, assault_per_day=rule.assault_per_day * milder
    )


def school_at(school: School, before: Factors, now: Factors, now_min: float) -> School:
    """Let pairs of pupils meet as much more often as one factor is above another; what is left of waits shrinks."""
    times, pairs = now.school_violence / before.school_violence, school.pairs
    pairs["rate_per_min"] *= times
    pairs["next_min"] = now_min + (pairs["next_min"] - now_min) / times
    return school._replace(rule=school.rule._replace(rate_per_min=school.rule.rate_per_min * times))
