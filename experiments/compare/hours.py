"""Where the officer-hours of each strategy went.

Activities of all posts in about ten groups, for the figure, the page and a CSV file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from experiments.presentation.wording import csv_text, number

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison, Point

GROUPS: dict[str, tuple[str, ...]] = {  # what comes in first, then what is done before anything happens, then the rest
    "calls": (
        "turn_out",
        "response_drive",
        "on_scene",
        "follow_up",
        "paperwork",
        "arrest_processing",
        "call_taking",
        "operations",
    ),
    "cases": ("case_work", "other_cases", "series_analysis"),
    "fraud work": ("fraud_warning", "dissuasion"),
    "patrol": ("patrol_stop", "patrol_drive"),
    "visits and education": ("visits", "education", "community_work", "base_data"),
    "mediation and governance": ("mediation", "organising", "liaison"),
    "analysis and video": ("daily_analysis", "weekly_analysis", "monthly_review", "video_patrol"),
    "desk and administration": ("reports", "counter", "administration", "supervision"),
    "training": ("training",),
    "standby and breaks": ("standby", "return_drive", "break"),
}
OTHER = "other"
GROUP_OF = {activity: group for group, activities in GROUPS.items() for activity in activities}


class Hours(NamedTuple):
    """Officer-hours per day.

    Attributes
    ----------
    groups : list of str
        Groups of activities in which somebody worked.
    a_day : mapping
        (shortage, strategy) → group → officer-hours per day.
    rows : dict
        Shortage → rows of (strategy, texts), a text a group and one of the sum.
    csv : str
        Hours a day of every post and activity, unrounded.
    """

    groups: list[str]
    a_day: Mapping[Point, dict[str, float]]
    rows: dict[str, list[tuple[str, list[str]]]]
    csv: str


def hours(comparison: Comparison) -> Hours:
    """Work out where the officer-hours went."""
    a_day = _a_day(comparison)
    rows: dict[str, list[tuple[str, list[str]]]] = {shortage: [] for shortage in comparison.shortages}
    for (shortage, strategy), of_point in a_day.items():
        rows[shortage].append((strategy, [number(value) for value in (*of_point.values(), sum(of_point.values()))]))
    return Hours(list(next(iter(a_day.values()), {})), a_day, rows, _csv(comparison))


def _a_day(comparison: Comparison) -> dict[Point, dict[str, float]]:
    """Return officer-hours per day by group for each shortage and strategy.

    Groups in which nobody worked are left out, in all of them alike.
    """
    by_group = comparison.ledger.with_columns(pl.col("activity").replace_strict(GROUP_OF, default=OTHER).alias("group"))
    totals = by_group.group_by("shortage", "strategy", "group").agg(
        pl.col("officer_hours").sum() / max(comparison.days, 1)
    )
    hours = {
        (row["shortage"], row["strategy"], row["group"]): row["officer_hours"] for row in totals.iter_rows(named=True)
    }
    present = {group for (*_, group), value in hours.items() if value > 0}
    groups = [group for group in (*GROUPS, OTHER) if group in present]
    return {
        (shortage, strategy): {group: hours.get((shortage, strategy, group), 0.0) for group in groups}
        for shortage in comparison.shortages for strategy in (*comparison.policies, *comparison.bounds)
    }  # fmt: skip


def _csv(comparison: Comparison) -> str:
    """Write hours per day of every post and activity, unrounded, with the group of the activity."""
    days = max(comparison.days, 1)
    lines = [
        (*of_row[:4], GROUP_OF.get(of_row[3], OTHER), of_row[4] / days)
        for of_row in comparison.ledger.select("shortage", "strategy", "post", "activity", "officer_hours").iter_rows()
    ]
    return csv_text([("shortage", "strategy", "post", "activity", "group", "officer_hours_a_day"), *lines])
