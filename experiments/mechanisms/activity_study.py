"""What an officer-hour of each activity does to awareness, trust and crime: one table of paired short runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from experiments.estimates.estimate import estimate

if TYPE_CHECKING:
    from experiments.mechanisms.kept import Afterwards
    from sim.scenario import Scenario

DAYS = 90
PER_HOURS = 1000.0  # officer-hours
NOTHING = "nothing"  # the case beside which every activity is seen
ONLY_MEETINGS = {"checks_per_1000_day": 0.0}
ONLY_CHECKS = {"meeting_hours_per_1000_week": 0.001, "contact_rate": 0.0}


class Activity(NamedTuple):
    """A programme by itself, with settings of its own, and which of the ledger's activities are its work."""

    programme: str
    work: tuple[str, ...]
    settings: Mapping[str, Any] = {}


ACTIVITIES = {
    "visits": Activity("visits", ("visits",)),
    "sessions": Activity("education", ("education",), {"anti_fraud_share": 0.0}),
    "meetings and talk": Activity("safety_culture", ("education",), ONLY_MEETINGS),
    "checks of homes": Activity("safety_culture", ("education",), ONLY_CHECKS),
    "tips and messages": Activity("social_governance", ("organising", "liaison")),
    "volunteers": Activity("volunteers", ("organising",)),
    "watch schemes": Activity("watch_schemes", ("organising",)),
    "mediation": Activity("mediation", ("organising", "mediation")),
    "call-backs": Activity("callbacks", ("community_work",)),
    "problem solving": Activity("problem_solving", ("community_work",)),
}
STOPS, STOPS_WORK = "stops at hot spots", ("patrol_stop",)
MEASURES = {  # of `Afterwards` → what 1,000 officer-hours change of it
    "awareness": "residents made fully aware of crime at places",
    "fraud_awareness": "residents made fully aware of fraud",
    "trust": "residents won from no trust to full trust",
    "expected_crimes": "expected crimes at places a year from then on, without patrols and watch",
    "crimes": "crimes at places in these days",
}


def activity_scenarios(base: Scenario, days: int = DAYS) -> dict[str, Scenario]:
    """Return a scenario for each activity by itself, and one for `nothing`: the same officers, who stand by.

    Parameters
    ----------
    base : Scenario
        The city, the force and the seed.
    days : int
        Days of each run.
    """
    from sim.scenario import Scenario

    tree = base.model_dump()
    tree |= {"days": days}

    def scenario(name: str, programmes: Sequence[str], settings: Mapping[str, Any]) -> Scenario:
        strategy = {"name": name, "programmes": tuple(programmes), "organisation": "neighbourhoods"}
        return Scenario.model_validate({**tree, "strategy": strategy, "programmes": settings})

    found = {NOTHING: scenario("reactive", (), {}), STOPS: scenario("hotspot", (), {})}
    for name, one in ACTIVITIES.items():
        found[name] = scenario("reactive", (one.programme,), {one.programme: dict(one.settings)})
    return found


def activities_table(runs: Mapping[str, Sequence[Afterwards]]) -> pl.DataFrame:
    """Return what each activity did beside `nothing`, per 1,000 officer-hours of it.

    Returns
    -------
    polars.DataFrame
        One row an activity and measure: `activity, officer_hours, measure, unit, mean, lower, upper`, paired
        differences over the replications, with 95 % intervals of Student's t.
    """
    found = []
    for name in (*ACTIVITIES, STOPS):
        work = STOPS_WORK if name == STOPS else ACTIVITIES[name].work
        pairs = list(zip(runs[name], runs[NOTHING], strict=True))
        spent = [sum(a.hours.get(each, 0.0) - b.hours.get(each, 0.0) for each in work) for a, b in pairs]
        for measure, unit in MEASURES.items():
            change = [
                (getattr(a, measure) - getattr(b, measure)) * PER_HOURS / hours if hours > 0 else None
                for (a, b), hours in zip(pairs, spent, strict=True)
            ]
            found.append((name, sum(spent) / len(spent), measure, unit, *estimate(change)))
    schema = {"activity": pl.String, "officer_hours": pl.Float64, "measure": pl.String, "unit": pl.String}
    return pl.DataFrame(
        found, schema={**schema, "mean": pl.Float64, "lower": pl.Float64, "upper": pl.Float64}, orient="row"
    )
