"""Results of one run: the tables of the measured days, and the indicators computed from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.incidents.disputes.log import WORKED, Disputes
from sim.incidents.fraud.campaigns import Frauds
from sim.incidents.log import Logs
from sim.outcomes.accounts import Prices, Used, accounts, calls_handed_over, volunteer_hours
from sim.outcomes.course_results import CourseDay, course_table
from sim.outcomes.dispute_results import dispute_indicators, dispute_table
from sim.outcomes.equity import contact_equity, neighbourhood_table
from sim.outcomes.force_results import (
    ForceRecord,
    duty_table,
    force_indicators,
    force_table,
    post_ledger_table,
    posts_on_duty_min,
)
from sim.outcomes.forecasts import Forecast, forecast_indicators
from sim.outcomes.fraud_results import fraud_contacts, fraud_indicators, fraud_table, helpers_arrested
from sim.outcomes.indicators import disorder_indicators, indicators_of
from sim.outcomes.investigation_results import (
    case_table,
    investigation_indicators,
    ownership_indicators,
    series_delay,
    series_indicators,
)
from sim.outcomes.paths import quarter_table, warmup_table
from sim.outcomes.programme_results import Diarist, programme_indicators, programme_table
from sim.outcomes.rare_results import RareRecord, rare_indicators
from sim.outcomes.tables import (
    Columns,
    call_table,
    cell_table,
    daily_table,
    incident_table,
    ledger_table,
    recorded_table,
    visit_table,
)
from sim.outcomes.tracks import Tracking, track_table, watch_table
from sim.outcomes.victims import victim_table
from sim.outcomes.waiting import waiting_indicators
from sim.police.patrol.free_time import Police
from sim.police.patrol.units import Activity
from sim.police.post_ledger import Work


@dataclass(frozen=True)
class Results:
    """Indicators (absent ones are None) and tables (column → array; absent values are masked)."""

    indicators: dict[str, float | None]
    tables: dict[str, Columns]


class Record(NamedTuple):
    """The parts of a run that results are made of; its books are closed at the time of reading."""

    logs: Logs
    police: Police
    ground: Ground
    residents: Array
    disputes: Disputes
    frauds: Frauds
    force: ForceRecord
    volunteers: Array
    prices: Prices
    patience_min: Array  # [priorities] of callers
    forecasts: Sequence[Forecast]  # what the plans of the run foretold
    course: Sequence[CourseDay]  # what held in each district, if the strategy of the run has a course
    rare: RareRecord
    tracking: Tracking | None  # what somebody looks at who asked for it


class Snapshot(NamedTuple):
    """Running totals at the end of the warm-up, to be taken off those at the end."""

    start_min: float
    patrol_min: Array  # [cells] unit-minutes
    on_duty_min: float  # unit-minutes
    overtime_min: float
    mediation_hours: Array  # [levels, 3] hours of those who mediate, as in Disputes.hours
    duties: int  # of patrol units, completed
    meals_missed: int


def snapshot(police: Police, ground: Ground, disputes: Disputes, now_min: float) -> Snapshot:
    """Return the running totals now, by the units' own clocks from signing on to signing off.

    Parameters
    ----------
    police, ground, disputes : Police, Ground, Disputes
        Of a run; nothing in them changes.
    now_min : float
        Minutes since the start of the run.
    """
    units = police.units
    on_duty = units["activity"] != Activity.OFF_DUTY
    open_min = float((now_min - units["sign_on_min"][on_duty]).sum())
    late_min = float(np.maximum(now_min - units["regular_end_min"][on_duty], 0.0).sum())
    on_duty_min, overtime_min = (float(units[name].sum()) for name in ("on_duty_min", "overtime_min"))
    duties, missed = (int(units[name][~units["reserve"]].sum()) for name in ("duties", "meals_missed"))
    mediated = disputes.hours.copy()
    return Snapshot(
        now_min,
        ground.cells["patrol_min"].copy(),
        on_duty_min + open_min,
        overtime_min + late_min,
        mediated,
        duties,
        missed,
    )


def results_of(
    record: Record,
    city: City,
    crew: int,
    since: Snapshot,
    now_min: float,
    moods: Array,
    programmes: Sequence[Diarist] = (),
    ended_day: int | None = None,
) -> Results:
    """Return what happened between a snapshot and now; times count from the snapshot.

    Parameters
    ----------
    record : Record
        State of a run whose books are closed at `now_min`.
    city : City
        The place.
    crew : int
        People in a unit, whose minutes are counted.
    since : Snapshot
        Running totals at the end of the warm-up.
    now_min : float
        Minutes since the start of the run.
    moods : Array
        Mean feelings of the city at the start of each day, those of the warm-up among them, shape [days, feelings].
    programmes : sequence of Programme
        Those of the run.
    ended_day : int, optional
        Measured day from which on the strategy had ended.
    """
    span = _Span(since.start_min, now_min)
    total = snapshot(record.police, record.ground, record.disputes, now_min)
    tables = _tables(record, city, crew, since, span, moods, programmes, ended_day)
    worked = _Worked(
        unit_min=total.on_duty_min - since.on_duty_min,
        overtime_min=total.overtime_min - since.overtime_min,
        mediation_hours=total.mediation_hours - since.mediation_hours,
        duties=total.duties - since.duties,
        meals_missed=total.meals_missed - since.meals_missed,
    )
    return Results(_indicators(record, city, crew, span, tables, worked, programmes), tables)


class _Span(NamedTuple):
    """The measured time: minutes since the start of the run, and its days."""

    start_min: float
    now_min: float

    @property
    def days(self) -> float:
        """Measured days."""
        return (self.now_min - self.start_min) / MINUTES_PER_DAY

    @property
    def first(self) -> int:
        """First measured day."""
        return round(self.start_min / MINUTES_PER_DAY)

    @property
    def last(self) -> int:
        """Day after the last that has begun."""
        return int(np.ceil(self.now_min / MINUTES_PER_DAY))

    @property
    def whole(self) -> int:
        """Day after the last that is over."""
        return int(self.now_min // MINUTES_PER_DAY)


class _Worked(NamedTuple):
    """What patrol and those who mediate did in the measured time."""

    unit_min: float  # on duty
    overtime_min: float  # of units
    mediation_hours: Array  # [levels, 3], as in Disputes.hours
    duties: int
    meals_missed: int


def _tables(
    record: Record,
    city: City,
    crew: int,
    since: Snapshot,
    span: _Span,
    moods: Array,
    programmes: Sequence[Diarist],
    ended_day: int | None,
) -> dict[str, Columns]:
    """Return all tables of the measured time; arguments as those of `results_of`."""
    logs, (start_min, now_min), (first, last) = record.logs, span, (span.first, span.last)
    staff, posts = record.force
    incidents = incident_table(logs, record.residents, city.grid, start_min, now_min)
    recorded = recorded_table(logs, start_min, now_min)
    calls = call_table(logs, start_min, now_min)
    daily = daily_table(incidents, recorded, calls, moods[first:], span.days)
    measured = len(daily["day"]) if ended_day is None else ended_day
    cells = cell_table(record.ground, city, since.patrol_min, incidents)
    tables = {
        "incidents": incidents,
        "recorded": recorded,
        "calls": calls,
        "visits": visit_table(logs, start_min),
        "victims": victim_table(incidents),
        "disputes": dispute_table(record.disputes, start_min, now_min),
        "frauds": fraud_table(record.frauds, logs, start_min, now_min),
        "daily": daily,
        "quarters": quarter_table(incidents, daily, logs, record.patience_min, start_min, measured),
        "warmup": warmup_table(logs, moods[:first]),
        "cells": cells,
        "neighbourhoods": neighbourhood_table(cells, incidents, record.residents, city),
        "cases": case_table(posts.cases, start_min, now_min),
        "series": series_delay(posts.cases, logs, start_min, now_min),
        "force": force_table(staff, first, span.whole),
        "duty": duty_table(staff, first, last),
        "programmes": programme_table(programmes, first, last),
        "ledger": _joined(ledger_table(record.police, crew, first, last), post_ledger_table(posts, first, last)),
    }
    if record.course:
        tables["course"] = course_table(record.course, city.beats.district_of_cell, first, tables)
    if record.tracking:
        tables["tracks"] = track_table(record.police.tracks, record.tracking, city.grid, (start_min, now_min), calls)
        tables["watches"] = watch_table(record.tracking, start_min, now_min)
    return tables


def _indicators(
    record: Record,
    city: City,
    crew: int,
    span: _Span,
    tables: dict[str, Columns],
    worked: _Worked,
    programmes: Sequence[Diarist],
) -> dict[str, float | None]:
    """Return all indicators of the measured time."""
    logs, (start_min, now_min), (first, last) = record.logs, span, (span.first, span.last)
    staff, posts = record.force
    on_duty_min = worked.unit_min * crew + posts_on_duty_min(staff, first, last)
    overtime_min = worked.overtime_min * crew + float(staff.overtime_min[first:last].sum())
    case_work_min = float(posts.ledger[first:last, :, Work.CASE_WORK].sum())
    contacts, arrested = (of(record.frauds, start_min, now_min) for of in (fraud_contacts, helpers_arrested))
    rare = rare_indicators(record.rare, logs, start_min, now_min)
    found = indicators_of(tables, city, span.days, on_duty_min, overtime_min)
    found["meals_missed_share"] = worked.meals_missed / worked.duties if worked.duties else None
    found["contact_equity"] = contact_equity(tables["neighbourhoods"])
    found |= disorder_indicators(logs, start_min, now_min)
    found |= waiting_indicators(logs, record.patience_min, start_min, now_min)
    found |= investigation_indicators(tables["cases"], tables["recorded"], case_work_min)
    found |= series_indicators(posts.cases, logs, start_min, now_min)
    found |= ownership_indicators(posts.cases, posts.bureau.rule, start_min, now_min)
    found |= force_indicators(record.force, first, span.whole)
    found |= dispute_indicators(tables["disputes"], worked.mediation_hours[:, WORKED])
    found |= forecast_indicators(record.forecasts, logs, city.inside, first, last)
    found |= fraud_indicators(tables["frauds"], contacts, arrested)
    # Volunteers come and go with the programme alone, which notes their mean
    found["volunteers_active"] = float(np.count_nonzero(record.volunteers["active"]))
    found["volunteer_hours"] = volunteer_hours(record.volunteers, programmes, first, last)
    found |= programme_indicators(programmes, first, last)
    found |= rare
    used = Used(
        staff.days[first : span.whole],
        worked.unit_min / 60,
        worked.mediation_hours,
        calls_handed_over(logs, record.prices.diversion, start_min, now_min),
        found["officer_hours_training"] or 0.0,
        rare.get("crises_hospital"),
    )
    return found | accounts(record.prices, used, programmes, first, last)


def _joined(one: Columns, other: Columns) -> Columns:
    """Return the rows of two tables with the same columns."""
    return {name: np.concatenate([one[name], other[name]]) for name in one}
