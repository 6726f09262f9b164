"""Every way of being short of police: pure functions on a scenario, at full strength until one of them is applied.

Each takes a scenario and its own parameters and returns another scenario; `apply` takes a list of them, levers too.
Shares of personnel are shares of full strength: they add up in any order.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from scenarios.levers import (
    PRICE,
    Posts,
    auxiliaries,
    diversion,
    incentives,
    overtime,
    pooling,
    roster,
    to_the_street,
    training,
)
from scenarios.parts import (
    DAYS,
    HEADS,
    RAMP,
    START,
    Day,
    Heads,
    apply,
    changes_scenario,
    check_part,
    check_shifts,
    kinds,
    period,
    with_calls,
    with_heads,
    with_values,
)
from sim.incident_types import PLACE_CRIMES
from sim.incidents.call_changes import CallName
from sim.incidents.demand import DemandParameters
from sim.parameters import CHOSEN, BadInput, parameter
from sim.scenario import Scenario

__all__ = [
    "LEVERS", "SHORTAGES", "apply", "attrition", "auxiliaries", "check_part", "diversion",
    "headquarters_heavy", "incentives", "kinds", "night_gap", "non_police_calls",
    "overtime", "pooling", "roster", "secondment", "shortage", "specialists", "surge", "to_the_street", "training",
    "uneven_districts", "uniform",
]  # fmt: skip

SHORTAGES = (
    "uniform",
    "headquarters_heavy",
    "uneven_districts",
    "specialists",
    "night_gap",
    "attrition",
    "surge",
    "non_police_calls",
    "secondment",
)
LEVERS = tuple(PRICE)
_UNIFORM = re.compile(r"uniform([0-9]{2})")
_NIGHT_HOUR = 3.0
REPORTED_DISPUTES = 0.15  # share, for which `demand.disputes.report_per_day` is set


@changes_scenario
def uniform(
    scenario: Scenario, *,
    fraction: float = parameter(0.3, unit="share of full strength", ge=0, lt=1, source="assumption: 10–50 % are usual",
        doc="Share of personnel missing."),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Personnel are missing from every assignment, district and shift in the same share.

    Changes `force.changes`. It costs every post its share of hours: units are farther away and busier, and detectives
    leave cases until their leads have faded.

    Source: assumption: a tenth to a half of all personnel is missing.
    """
    return with_heads(scenario, period("uniform", start_day, days, ramp_days), [{"factor": 1 - fraction}])


@changes_scenario
def headquarters_heavy(
    scenario: Scenario, *,
    fraction: float = parameter(0.2, unit="share of full strength", gt=0, lt=1, source="assumption",
        doc="Share of the personnel of these assignments who sit at headquarters instead."),
    posts: Posts = parameter(("patrol", "community", "desk"), unit="names", source="assumption: all of the stations",
        doc="Assignments in which they are missing."),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Personnel whom the stations need sit at headquarters; the force as a whole is at full strength.

    Changes `force.changes`. It costs the stations hours that headquarters gets: fewer units are on the road, while
    cases are worked as before.

    Source: 用好制度优势推进警务治理现代化 (using the strengths of institutions to modernise police governance), section
    警务改革 (police reform): 机关化, by a summary; the share is an assumption.
    """
    when = period("headquarters_heavy", start_day, days, ramp_days)
    return with_heads(
        scenario, when, [{"post": post, "factor": 1 - fraction, "move_to": "headquarters"} for post in posts]
    )


@changes_scenario
def uneven_districts(
    scenario: Scenario, *,
    fraction: float = parameter(0.3, unit="share of full strength", gt=0, lt=1, source="assumption",
        doc="Share of station personnel that such a district lacks."),
    districts: Annotated[tuple[int, ...], Field(max_length=199)] = parameter(
        (), unit="districts", source=CHOSEN, doc="Districts that lack them, from 0; none listed: every second one."
    ),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Personnel of some districts work in neighbouring ones; the force as a whole is at full strength.

    Changes `force.changes`: personnel of every post of the stations move to the next lower district that is not short
    (from district 0 upwards round the city). It costs the short districts their hours: their calls wait longer, and the
    units next door help. Needs two districts.

    Source: assumption: some stations lack what others have.
    """
    n = scenario.city.districts
    short = districts or tuple(range(1, n, 2))
    rich = [d for d in range(n) if d not in short]
    if n < 2 or not rich or len(set(short)) < len(short) or not all(0 <= d < n for d in short):
        allowed = (
            f"some, not all, of 0 to {n - 1}, each once"
            if n > 1
            else "none: the city has one district; raise city.districts"
        )
        raise BadInput("uneven_districts.districts", list(short), allowed)
    when = period("uneven_districts", start_day, days, ramp_days)
    nearest = {d: max((r for r in rich if r < d), default=rich[-1]) for d in short}
    return with_heads(
        scenario, when, [{"district": d, "factor": 1 - fraction, "move_to_district": nearest[d]} for d in short]
    )


@changes_scenario
def specialists(
    scenario: Scenario, *,
    fraction: float = parameter(0.4, unit="share of full strength", gt=0, lt=1, source="assumption",
        doc="Share of the personnel of these assignments who are missing."),
    heads: Heads = HEADS,
    posts: Posts = parameter(("detectives", "anti_fraud", "intelligence"), unit="names",
        source="assumption: all of them", doc="Specialist assignments."),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Specialists are missing.

    Changes `force.changes`. It costs the hours of investigation and analysis: cases wait until their leads have faded
    and fewer offenders are arrested, while patrol goes on.

    Source: assumption: specialists are scarcer than generalists.
    """
    when = period("specialists", start_day, days, ramp_days)
    return with_heads(scenario, when, [{"post": post, **_fewer(fraction, heads, posts)} for post in posts])


@changes_scenario
def night_gap(
    scenario: Scenario, *,
    fraction: float = parameter(0.5, unit="share of full strength", gt=0, lt=1, source="assumption",
        doc="Share of the personnel of the night shift who are missing."),
    posts: Posts = parameter(("patrol", "desk"), unit="names", source="assumption: those around the clock",
        doc="Assignments in which they are missing."),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Personnel are missing from the shift that is on duty at 3 a.m.

    Changes `force.changes`. It costs the night its hours: who calls then waits longer, but few do, so that means over
    the day move little. Needs two shifts.

    Source: assumption: nights are the hardest to staff.
    """
    starts = scenario.force.shift_starts_hour
    check_shifts(scenario, "night_gap", ": one of them is the night")
    night = (int(np.searchsorted(starts, _NIGHT_HOUR, side="right")) - 1) % len(starts)
    when = period("night_gap", start_day, days, ramp_days)
    return with_heads(scenario, when, [{"post": post, "shift": night, "factor": 1 - fraction} for post in posts])


@changes_scenario
def attrition(
    scenario: Scenario, *,
    per_year: float = parameter(
        0.12, unit="share per year", ge=0, le=5, source="assumption: four times the usual",
        doc="Probability that a rested officer leaves; tired officers leave sooner."
    ),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """More officers leave than usual, one by one; those who stay have more to do.

    Changes `force.wellbeing.attrition_per_year`. It costs personnel one by one: recruits take their places late or
    never, and those who stay have more to do. Source: an assumption.
    """
    return with_values(
        scenario,
        period("attrition", start_day, days, ramp_days),
        {"force.wellbeing.attrition_per_year": per_year},
    )


@changes_scenario
def surge(
    scenario: Scenario, *,
    factor: float = parameter(1.5, unit="times", ge=1, le=100, source="assumption",
        doc="Calls relative to the usual number."),
    calls: tuple[CallName, ...] = parameter((), unit="names", source=CHOSEN,
        doc="Types of calls; none listed: all that nothing in the model causes."),
    start_day: int = START,
    days: Day = parameter(14, unit="days", ge=1, le=100_000, source="assumption: two weeks",
        doc="How many days it lasts; null: to the end."),
    ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Let many more people call for a while.

    A festival (disorder, traffic), a public-health emergency (service), unrest (disorder).

    Changes `demand.changes`. It costs the units the time of the calls: others wait, and duties run over; crime does not
    follow from it. Crimes and disputes follow from people and do not grow by it.

    Source: assumption: festivals, epidemics and unrest; the factor too.
    """
    return with_calls(scenario, period("surge", start_day, days, ramp_days), {"calls": calls, "factor": factor})


@changes_scenario
def non_police_calls(
    scenario: Scenario, *,
    factor: float = parameter(1.5, unit="times", ge=1, le=100, source="assumption",
        doc="Service calls relative to the usual number."),
    share: float | None = parameter(None, unit="share of calls", gt=0, lt=1, source=CHOSEN,
        doc="Share of all calls that they make up, in place of the factor; null: the factor."),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """More people call the police about matters that are not for the police (非警务求助).

    Changes `demand.changes`, for service calls alone. It costs the units the time of the calls: the less urgent wait,
    and duties run over.

    With `share`, the factor follows from the usual calls of all types.

    Source: assumption: calls that other services should take (非警务警情).
    """
    times = factor if share is None else share / (1 - share) * _police_calls(scenario.demand)
    return with_calls(
        scenario,
        period("non_police_calls", start_day, days, ramp_days),
        {"calls": ("service",), "factor": times},
    )


def _police_calls(demand: DemandParameters) -> float:
    """Return the usual calls about all else for each service call, by the rates of the mix."""
    calls = demand.traffic.per_1000_year + demand.alarm.per_1000_year + demand.disorder.per_1000_year
    crimes = [demand.place_crime(kind) for kind in PLACE_CRIMES]
    calls += sum(
        c.rate_per_1000 * (c.witness_probability + (1 - c.witness_probability) * c.report_probability) for c in crimes
    )
    return (calls + REPORTED_DISPUTES * demand.disputes.per_1000_year) / max(demand.service.per_1000_year, 1e-9)


@changes_scenario
def secondment(
    scenario: Scenario, *,
    fraction: float = parameter(0.25, unit="share of full strength", gt=0, lt=1, source="assumption",
        doc="Share of the sworn officers of these assignments who are away."),
    heads: Heads = HEADS,
    posts: Posts = parameter(("patrol",), unit="names", source="assumption: those in uniform",
        doc="Assignments in which they are missing."),
    start_day: int = START,
    days: Day = parameter(14, unit="days", ge=1, le=100_000, source="assumption: two weeks",
        doc="How many days they are away; null: to the end."),
    ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Sworn officers are sent elsewhere for some weeks, all at once unless `ramp_days` says otherwise; then all return.

    Changes `force.changes`. It costs the assignments their hours for that time: units are farther away for some
    weeks, and then as near as before.

    Source: assumption: personnel are suddenly lent elsewhere for some weeks.
    """
    when = period("secondment", start_day, days, ramp_days)
    fewer = _fewer(fraction, heads, posts)
    return with_heads(scenario, when, [{"post": post, "auxiliaries": False, **fewer} for post in posts])


def _fewer(fraction: float, heads: int | None, posts: Posts) -> dict[str, float]:
    """Return the change of each post: a share of it is missing, or its part of a number of people."""
    return {"factor": 1 - fraction} if heads is None else {"heads": -heads / len(posts)}


def shortage(name: str) -> dict[str, Any]:
    """Return the settings of a shortage or lever by name, as `apply` reads them.

    Parameters
    ----------
    name : str
        `none`, the name of any shortage or lever, or `uniformNN` with NN percent in two digits, such as `uniform05` or
        `uniform35`.

    Raises
    ------
    KeyError
        When none has this name.
    """
    if name == "none":
        return {"kind": "none"}
    if match := _UNIFORM.fullmatch(name):
        return {**shortage("uniform"), "fraction": int(match[1]) / 100}
    return {"kind": name, **kinds()[name]().model_dump(mode="json")}
