"""Levers against a shortage: better use of the personnel that are there, or more of them; none is free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from scenarios.parts import (
    DAYS,
    HEADS,
    RAMP,
    START,
    Day,
    Heads,
    changes_scenario,
    check_shifts,
    period,
    with_diversion,
    with_heads,
    with_roster,
    with_values,
)
from sim.incidents.call_changes import CallName
from sim.parameters import Parameters, parameter
from sim.police.force.head_changes import PostName
from sim.scenario import Scenario

PRICE = {  # lever → the indicator in which its price shows most plainly
    "to_the_street": "administration_oldest_days",
    "auxiliaries": "cost_police_pay",
    "diversion": "crimes_diverted",
    "overtime": "overtime_hours",
    "pooling": "response_distance_mean_km",
    "roster": "officers_on_duty_night",
    "training": "officer_hours_training",
    "incentives": "cost_police_incentives",
}

SIZES = ("heads", "fraction", "share", "per_month")  # parameters that say how much is done of a lever, people first

Posts = Annotated[tuple[PostName, ...], Field(min_length=1, max_length=7)]
_STREET: Any = parameter(
    ("patrol",), unit="names", source="assumption: 警力下沉", doc="Assignments that receive them, in equal parts."
)


def size_of(lever: Mapping[str, Any]) -> tuple[str, float] | None:
    """Return which parameter says how much is done of a lever, with its value; None: it is done or not, as pooling.

    Parameters
    ----------
    lever : mapping
        Its settings, as `scenarios.parts.apply` reads them.
    """
    return next(((name, lever[name]) for name in SIZES if lever.get(name) is not None), None)


class Trainees(Parameters):
    """How many officers are trained."""

    fraction: float = parameter(0.05, unit="share of full strength", gt=0, lt=1, source="assumption",
        doc="Share of the sworn officers of `origin` who change.")  # fmt: skip
    heads: Heads = HEADS


class Lessons(Parameters):
    """How trainees are taught; each is the value of a parameter of `force.training`."""

    months: float = parameter(6.0, unit="months", ge=0.1, le=60, source="assumption",
        doc="Until a trainee works as a specialist.")  # fmt: skip
    hours_per_week: float = parameter(6.0, unit="h per week", ge=0.01, le=40, source="assumption",
        doc="Hours of training of a trainee.")  # fmt: skip
    trainees: int = parameter(4, unit="people per assignment", ge=1, le=10_000, source="assumption",
        doc="Personnel of each specialist assignment in training at one time.")  # fmt: skip


@changes_scenario
def to_the_street(
    scenario: Scenario, *,
    fraction: float = parameter(0.25, unit="share of full strength", gt=0, lt=1, source="assumption",
        doc="Share of headquarters personnel who move."),
    heads: Heads = HEADS,
    posts: Posts = _STREET,
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Move people from headquarters to the stations (做精机关、做强基层、警力下沉).

    Changes `force.changes`: the share leaves headquarters and works in the posts instead; nobody is gained. It costs
    what headquarters did with them: its work waits, and who comes to a specialist post keeps the skill that he has:
    mostly that of a generalist.

    Source: 用好制度优势推进警务治理现代化 (using the strengths of institutions to modernise police governance), section
    警务改革 (police reform), by a summary; the share is an assumption.
    """
    when = period("to_the_street", start_day, days, ramp_days)
    return _moved(scenario, "headquarters", posts, (fraction, heads), None, when)


@changes_scenario
def auxiliaries(
    scenario: Scenario, *,
    fraction: float = parameter(0.3, unit="share of full strength", gt=0, le=9, source="assumption",
        doc="Auxiliaries hired, relative to those at full strength."),
    heads: Heads = HEADS,
    posts: Posts = parameter(("patrol",), unit="names", source="assumption: they may not investigate",
        doc="Assignments that receive them."),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Hire auxiliaries (辅警).

    Changes `force.changes`: more auxiliaries in the posts. It costs their pay and hours, which are in the ledger as
    those of everybody, and they may not do all tasks of an officer: on patrol each officer takes `force.crew` − 1 of
    them along unless `force.auxiliary_crews` says otherwise, and those beyond are paid and have no duty, see the
    indicator `auxiliaries_without_duty`. Source: an assumption; a Chinese county has about one auxiliary per officer.
    """
    when = period("auxiliaries", start_day, days, ramp_days)
    more = {"factor": 1 + fraction} if heads is None else {"heads": heads / len(posts)}
    return with_heads(scenario, when, [{"post": post, "auxiliaries": True, **more} for post in posts])


@changes_scenario
def diversion(
    scenario: Scenario, *,
    fraction: float = parameter(0.5, unit="share of calls", gt=0, lt=1, source="assumption",
        doc="Probability that the desk diverts such a call to another agency."),
    calls: Annotated[tuple[CallName, ...], Field(min_length=1)] = parameter(
        ("service",), unit="names", source="assumption: 非警务求助", doc="Types of calls, as the caller describes them."
    ),
    desk_min: float = parameter(3.0, unit="min per call", ge=0, le=240, source="assumption",
        doc="Desk minutes for every call of these types."),
    trust_loss: float = parameter(
        0.005, unit="points of trust on a 0–1 scale", ge=0, le=1,
        source="assumption: a quarter of that of a slow response",
        doc="Trust lost by a caller who is diverted."
    ),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Divert calls that are not police matters to other agencies (警情分流).

    Changes `demand.diversion`: no unit goes to a call that is diverted. It costs desk minutes for every such call,
    trust of those who are diverted, and now and then a call that was a police matter and was told as none.

    Source: assumption, after the Chinese practice of diverting calls.
    """
    when = period("diversion", start_day, days, ramp_days)
    return with_diversion(
        scenario, when, {"calls": calls, "share": fraction, "desk_min": desk_min, "trust_loss": trust_loss}
    )


@changes_scenario
def overtime(
    scenario: Scenario, *,
    share: float = parameter(0.15, unit="share of the hours of a shift", gt=0, le=0.5, source="assumption",
        doc="Hours worked beyond the shift."),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Everybody works longer hours.

    Changes `force.overtime_share`. It costs the hours, which are booked as overtime, and fatigue: slower service, sick
    leave, people who leave.

    Source: an assumption; campaigns have 1.3 to 1.5 times the hours.
    """
    return with_values(scenario, period("overtime", start_day, days, ramp_days), {"force.overtime_share": share})


@changes_scenario
def pooling(
    scenario: Scenario, *,
    by: Literal["beat", "district", "city"] = parameter(
        "city", unit="name", source="assumption: one command centre",
        doc="Whose units may be sent at once; see dispatch.pooling."
    ),
    start_day: int = START, days: Day = DAYS,
) -> Scenario:  # fmt: skip
    """Pool units instead of scattering them (集约化).

    Changes `dispatch.pooling`. It costs long drives and beats without their unit: who goes far is away from home.

    Source: 用好制度优势推进警务治理现代化 (using the strengths of institutions to modernise police governance), section
    警务改革 (police reform): 分散化 against 集约化, by a summary.
    """
    return with_values(scenario, period("pooling", start_day, days, 0), {"dispatch.pooling": by})


@changes_scenario
def roster(
    scenario: Scenario, *,
    fraction: float = parameter(1.0, unit="share of the way", gt=0, le=1, source="assumption: all of it",
        doc="How far the roster goes from the usual one to the one that the calls ask for."),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Roster patrol by the hours in which its units are needed (弹性勤务).

    Changes `force.roster_changes`: every four weeks the duties of patrol are shared out anew over shifts and weekdays,
    by the hours that the calls of the last year took in each hour of the week; nobody is gained. It costs the quiet
    hours their units: who calls at night has farther to the next one. Needs two shifts.

    Source: Green & Kolesar 1991 (staffing each hour for its own load); how far it goes is an assumption.
    """
    check_shifts(scenario, "roster")
    return with_roster(scenario, period("roster", start_day, days, ramp_days), fraction)


@changes_scenario
def training(
    scenario: Scenario, *,
    who: Trainees,
    origin: PostName = parameter("patrol", unit="name", source="assumption: where most generalists are",
        doc="Assignment that they leave."),
    posts: Posts = parameter(("detectives", "anti_fraud"), unit="names", source="assumption",
        doc="Assignments that receive them, in equal parts."),
    lessons: Lessons,
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Train generalists to become specialists (以师带徒).

    Changes `force.changes`: the share moves to the specialist posts, with the skill that they have, mostly that of
    generalists; and `force.training.trainees`, `force.training.months`, `force.training.hours_per_week`. It costs the
    post that they leave its hours, and hours of trainees and trainers for months.

    Source: an assumption.
    """
    when = period("training", start_day, days, ramp_days)
    found = _moved(scenario, origin, posts, (who.fraction, who.heads), False, when)
    taught = {**when, "ramp_days": 0}
    return with_values(found, taught, {f"force.training.{name}": value for name, value in lessons})


@changes_scenario
def incentives(
    scenario: Scenario, *,
    per_month: float = parameter(500.0, unit="yuan per officer per month", gt=0, le=100_000, source="assumption",
        doc="Paid to those who stay."),
    start_day: int = START, days: Day = DAYS, ramp_days: int = RAMP,
) -> Scenario:  # fmt: skip
    """Pay for staying and for good work (待遇、荣誉).

    Changes `force.wellbeing.incentive_per_month`: fewer leave, more believe in their work. It costs the money, for
    everybody and every month.

    Source: assumption, the sum too.
    """
    return with_values(
        scenario,
        period("incentives", start_day, days, ramp_days),
        {"force.wellbeing.incentive_per_month": per_month},
    )


def _moved(
    scenario: Scenario,
    origin: str,
    posts: Posts,
    size: tuple[float, int | None],
    auxiliaries: bool | None,
    when: dict[str, Any],
) -> Scenario:
    """Move a share of the personnel of a post to others, in equal parts, or a number of them where that is given."""
    fraction, heads = size
    part = {"factor": 1 - fraction / len(posts)} if heads is None else {"heads": heads / len(posts)}
    return with_heads(
        scenario, when, [{"post": origin, "auxiliaries": auxiliaries, "move_to": post, **part} for post in posts]
    )
