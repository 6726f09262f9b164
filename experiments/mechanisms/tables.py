"""Tables of `mechanisms`.

Fraud, disputes, tips and volunteers by case, with intervals over the replications and paired differences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from experiments.estimates.estimate import estimate
from experiments.mechanisms.kept import Trace
from experiments.presentation.indicators import DAYS_A_YEAR

if TYPE_CHECKING:
    from experiments.mechanisms.volunteer_study import Course

Traces = Mapping[str, Sequence[Trace]]
Measure = Callable[[Trace], float | None]
BASELINE = "reactive"
TEAMS = ("burglary_watch", "pickpocket_watch", "fraud_prevention", "mediation")


class Row(NamedTuple):
    """A number of a run: what it is called, its unit, and how it is read from a trace."""

    name: str
    unit: str
    measure: Measure


def a_year(indicator: str) -> Measure:
    """Return how to read a count as a rate per 1,000 residents and year."""

    def read(run: Trace) -> float | None:
        value = run.indicators.get(indicator)
        return None if value is None else value * 1000 / run.residents * DAYS_A_YEAR / run.days

    return read


def hours_a_week(*activities: str) -> Measure:
    """Return how to read the officer-hours per week of some activities."""
    return lambda run: sum(hours for (_, activity), hours in run.hours.items() if activity in activities) * 7 / run.days


def indicator(name: str, times: float = 1.0) -> Measure:
    """Return how to read an indicator as it is, or a multiple of it."""

    def read(run: Trace) -> float | None:
        value = run.indicators.get(name)
        return None if value is None else value * times

    return read


YEAR = "per 1,000 residents per year"
FRAUD_ROWS = (
    Row("Contacts by fraudsters", YEAR, a_year("fraud_contacts")),
    Row("Victims", YEAR, a_year("fraud_victims")),
    Row("Loss", "yuan per resident per year", lambda run: (a_year("fraud_loss")(run) or 0.0) / 1000),
    Row("Losses recovered", "yuan per resident per year", lambda run: (a_year("fraud_recovered")(run) or 0.0) / 1000),
    Row("Alerts", YEAR, a_year("anti_fraud_alerts")),
    Row("Warning calls", YEAR, a_year("anti_fraud_warnings")),
    Row("Warnings that stopped a fraud", YEAR, a_year("anti_fraud_warnings_succeeded")),
    Row("Hours of warning and dissuasion", "officer-hours per week", hours_a_week("fraud_warning", "dissuasion")),
)
DISPUTE_ROWS = (
    Row("Disputes that began", YEAR, a_year("disputes")),
    Row("Resolved at source, of those that ended", "%", indicator("disputes_resolved_at_source_share", 100)),
    Row("Assaults arising from disputes", YEAR, a_year("disputes_escalated")),
    *(
        Row(f"Resolved at level {level}", YEAR, a_year(f"disputes_resolved_{level}"))
        for level in ("village", "town", "station")
    ),
    *(
        Row(f"Hours per dispute resolved at level {level}", "h", indicator(f"mediation_hours_per_resolved_{level}"))
        for level in ("village", "town", "station")
    ),
    Row("Referred to a higher level", YEAR, a_year("disputes_handed_up")),
    Row("Officers' hours of mediation", "officer-hours per week", hours_a_week("mediation")),
)
TABLES = {
    "fraud": (FRAUD_ROWS, (BASELINE, "community", "integrated")),
    "disputes": (DISPUTE_ROWS, (BASELINE, "community", "co_governance", "integrated")),
}


def numbers(traces: Traces, rows: Iterable[Row], cases: Iterable[str]) -> pl.DataFrame:
    """Return means over replications and paired differences to `reactive`, with 95 % intervals of Student's t.

    Returns
    -------
    polars.DataFrame
        One row a number and case: `name, unit, case`, `mean, lower, upper`, `difference, difference_lower,
        difference_upper`.
    """
    found = []
    for row in rows:
        for case in cases:
            values = [row.measure(run) for run in traces[case]]
            before = [row.measure(run) for run in traces[BASELINE]]
            both = (
                [None if a is None or b is None else a - b for a, b in zip(values, before, strict=True)]
                if case != BASELINE
                else []
            )
            level, change = estimate(values), estimate(both)
            found.append((row.name, row.unit, case, *level, *change))
    names = ("mean", "lower", "upper", "difference", "difference_lower", "difference_upper")
    return pl.DataFrame(
        found,
        schema={"name": pl.String, "unit": pl.String, "case": pl.String, **dict.fromkeys(names, pl.Float64)},
        orient="row",
    )


def tips_table(traces: Traces) -> pl.DataFrame:
    """Return how long tips took to reach who can act, with and without fusion.

    `case, kind, tips, median_hours, p90_hours`, all runs together.
    """
    found = []
    for case, label in (("co_governance", "with fusion"), ("without fusion", "without fusion")):
        for kind in dict.fromkeys(kind for run in traces[case] for kind in run.tip_hours):
            hours = np.concatenate([run.tip_hours.get(kind, np.zeros(0)) for run in traces[case]])
            middle, late = (float(np.quantile(hours, q)) for q in (0.5, 0.9)) if len(hours) else (None, None)
            found.append((label, kind, len(hours) / len(traces[case]), middle, late))
    schema = {
        "case": pl.String,
        "kind": pl.String,
        "tips": pl.Float64,
        "median_hours": pl.Float64,
        "p90_hours": pl.Float64,
    }
    return pl.DataFrame(found, schema=schema, orient="row")


def volunteers_table(courses: Sequence[Course]) -> pl.DataFrame:
    """Return volunteers by team and month under each reward and each number of hours.

    `reward_yuan, hours_a_day, team, month, volunteers`.
    """
    found = [
        (course.reward_yuan, course.hours_a_day, team, month, number)
        for course in courses
        for team in TEAMS
        for month, number in enumerate(course.active[team])
    ]
    schema = {
        "reward_yuan": pl.Float64,
        "hours_a_day": pl.Float64,
        "team": pl.String,
        "month": pl.Int64,
        "volunteers": pl.Float64,
    }
    return pl.DataFrame(found, schema=schema, orient="row")


def campaign_weeks(traces: Traces) -> pl.DataFrame:
    """Return the year with campaigns by week, against the year without.

    Means over replications with 95 % intervals of the paired differences.

    Returns
    -------
    polars.DataFrame
        `measure, week, value, difference, lower, upper`; `campaign_on` has no difference.
    """
    found = []
    for measure, (unit, reduced) in CAMPAIGN_MEASURES.items():
        with_campaigns = np.array([_weekly(run, measure, reduced, unit) for run in traces["campaign"]])
        without = np.array(
            [
                _weekly(run, measure, reduced, unit) if measure in run.daily else np.zeros(with_campaigns.shape[1])
                for run in traces[BASELINE]
            ]
        )
        for week in range(with_campaigns.shape[1]):
            change = estimate((with_campaigns - without)[:, week].tolist())
            found.append((measure, week, float(with_campaigns[:, week].mean()), *change))
    names = ("value", "difference", "lower", "upper")
    return pl.DataFrame(
        found, schema={"measure": pl.String, "week": pl.Int64, **dict.fromkeys(names, pl.Float64)}, orient="row"
    )


CAMPAIGN_MEASURES: dict[str, tuple[str, str]] = {  # series → (scale, how days make a week)
    "campaign_on": ("", "mean"), "crimes_place": ("rate", "sum"), "trust": ("percent", "mean"),
    "fatigue": ("percent", "mean"), "campaign_checks": ("", "sum"),
    "overtime_hours": ("", "sum"),
}  # fmt: skip


def _weekly(run: Trace, measure: str, reduced: str, scale: str) -> np.ndarray:
    """Return a series by whole weeks: sums or means, as rates per 1,000 residents and year, or in per cent."""
    weeks = run.days // 7
    by_day = run.daily[measure][: weeks * 7].reshape(weeks, 7)
    values: np.ndarray = by_day.sum(axis=1) if reduced == "sum" else by_day.mean(axis=1)
    if scale == "rate":
        values = values * 1000 / run.residents * DAYS_A_YEAR / 7
    return values * 100 if scale == "percent" else values
