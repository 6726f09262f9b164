"""The accounts of a run in yuan: what the police pay, and what others pay for what the police do with them.

Every item stands for itself as `cost_police_<item>` or `cost_others_<item>`, and `cost_police` and `cost_others` are
the sums of their items. Not in them are what all strategies share whatever they do (buildings, detention, courts, the
usual rounds of grid workers), hours that residents give (see `volunteer_hours`), and transfers that are nobody's
expense: the penalties of the programme `safety_culture`, which households pay to the treasury.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import IncidentType
from sim.incidents.call_changes import Diversion, DiversionChange, diverted
from sim.incidents.disputes.log import PAID, Level
from sim.incidents.log import CallState, Logs
from sim.outcomes.programme_results import EXPENSES, Diarist
from sim.outcomes.tables import calls_since
from sim.people.volunteers import Team
from sim.police.force.pay import PayParameters
from sim.police.force.wellbeing_parameters import DAYS_PER_MONTH, DAYS_PER_YEAR


class Prices(NamedTuple):
    """What a run pays for that is nobody's minute in the ledger."""

    pay: PayParameters
    hours_per_week: float
    joint_structure: str  # of coordination; "silos" has nothing joint
    joint_yuan_per_day: float
    mediator_yuan_per_hour: float
    handed_over_yuan: float
    hospital_yuan: float
    diversion: tuple[DiversionChange, ...]


class Used(NamedTuple):
    """What was used in the measured days."""

    days: Array  # rows of `FORCE_DAY_COLUMNS`
    unit_hours: float  # of patrol units on duty
    mediation_hours: Array  # [levels, 3] as in `Disputes.hours`
    handed_over: int  # calls that another service took
    training_hours: float  # of trainees and trainers
    transfers: float | None  # of people in crisis to a hospital; None where nobody is ever in crisis


def prices(scenario: Any, residents: int) -> Prices:
    """Return the prices of a scenario as it is carried out, for a city of this many residents."""
    lines = scenario.coordination
    yearly = {"silos": 0.0, "joint_room": lines.joint_room_yuan, "joint_centre": lines.joint_centre_yuan}[
        lines.structure
    ]
    return Prices(
        pay=scenario.force.pay,
        hours_per_week=scenario.force.hours_per_week,
        joint_structure=lines.structure,
        joint_yuan_per_day=yearly * residents / DAYS_PER_YEAR,
        mediator_yuan_per_hour=scenario.demand.disputes.mediation.yuan_per_hour,
        handed_over_yuan=scenario.posts.handed_over_yuan,
        hospital_yuan=scenario.demand.crises.hospital_yuan,
        diversion=scenario.demand.diversion,
    )


def calls_handed_over(logs: Logs, changes: Sequence[DiversionChange], start_min: float, now_min: float) -> int:
    """Return how many calls of a time another service took.

    An alarm that an operator saw to be false is nobody's work.
    """
    calls, _ = calls_since(logs, start_min)
    gone = calls[
        (calls["state"] == CallState.DIVERTED)
        & (calls["received_min"] >= start_min)
        & (calls["received_min"] < now_min)
    ]
    day = (gone["received_min"] // MINUTES_PER_DAY).astype(np.int64)
    by_day: dict[int, Diversion] = {d: diverted(changes, d) for d in np.unique(day).tolist()}
    taken = [by_day[d].share[kind] > 0.0 for d, kind in zip(day.tolist(), gone["type"].tolist(), strict=True)]
    seen = (gone["type"] == IncidentType.ALARM) & (gone["true_type"] == IncidentType.ALARM)
    return int(np.count_nonzero(np.array(taken, dtype=bool) & ~seen))


def accounts(price: Prices, used: Used, programmes: Sequence[Diarist], first: int, last: int) -> dict[str, float]:
    """Return the accounts of days first … last − 1, in yuan.

    Parameters
    ----------
    price : Prices
        Of the scenario.
    used : Used
        What was used in these days.
    programmes : sequence of Programme
        Those of the run: what they note as `cost` the police pay, what they note as `others_cost` others pay.
    first, last : int
        The measured days.

    Returns
    -------
    dict
        `cost_police` and `cost_others`, and each item of them. Of the police: `pay`, `overtime`, `incentives`,
        `vehicles`, `training`, the joint room or centre, `hospital` (transfers of people in crisis, where there are
        any), and programmes by their names. Of others: `village_mediators`,
        `other_services` (that take calls over), and programmes by name.
    """
    days = last - first
    regular, overtime = _pay(used.days, price)
    paid: dict[str, dict[str, float]] = {
        "cost_police": {
            "pay": regular,
            "overtime": overtime,
            "incentives": float(used.days["incentive_cost"].sum()),
            "vehicles": used.unit_hours * price.pay.vehicle_per_hour,
            "training": used.training_hours * price.pay.training_per_hour,
        },
        "cost_others": {
            "village_mediators": float(used.mediation_hours[Level.VILLAGE, PAID]) * price.mediator_yuan_per_hour,
            "other_services": used.handed_over * price.handed_over_yuan,
        },
    }
    if price.joint_yuan_per_day > 0.0:
        paid["cost_police"][price.joint_structure] = days * price.joint_yuan_per_day
    if used.transfers is not None:
        paid["cost_police"]["hospital"] = used.transfers * price.hospital_yuan
    for programme in programmes:
        for measure, payer in EXPENSES.items():
            if measure in programme.totals:
                items = paid[payer]
                items[programme.name] = items.get(programme.name, 0.0) + float(
                    programme.diary[measure][first:last].sum()
                )
    found: dict[str, float] = {}
    for payer, items in paid.items():
        found[payer] = sum(items.values())
        found |= {f"{payer}_{item}": yuan for item, yuan in items.items()}
    return found


def volunteer_hours(volunteers: Array, programmes: Sequence[Diarist], first: int, last: int) -> float:
    """Return the hours that volunteers gave in days first … last − 1.

    They are those of the organised teams, and of the plain watch a seventh of its week a day.
    """
    plain = volunteers["active"] & (volunteers["team"] == Team.WATCH)
    organised = sum(
        float(programme.diary["hours"][first:last].sum()) for programme in programmes if programme.name == "volunteers"
    )
    return float(volunteers["hours"][plain].sum()) * (last - first) / 7 + organised


def _pay(days: Array, price: Prices) -> tuple[float, float]:
    """Return the pay of all personnel on the strength, and that of overtime at the mean hourly pay, in yuan."""
    auxiliaries = float(days["auxiliaries"].sum())
    officers = float(days["heads"].sum()) - auxiliaries
    regular = (officers * price.pay.officer_per_month + auxiliaries * price.pay.auxiliary_per_month) / DAYS_PER_MONTH
    hourly = regular / max((officers + auxiliaries) * price.hours_per_week / 7, 1e-9)
    return regular, float(days["overtime_min"].sum()) / 60 * hourly * price.pay.overtime_rate
