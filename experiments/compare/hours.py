"""Where the officer-hours of each strategy went.

Activities of all posts in about ten groups, for the figure, the page and a CSV file.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import polars as pl

from experiments.presentation.indicators import number

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison, Point

GROUPS: dict[str, tuple[str, ...]] = {  # what comes in first, then what is done before anything happens, then the rest
    "calls": ("response_drive", "on_scene", "paperwork", "arrest_processing", "call_taking"),
    "cases": ("case_work", "other_cases", "series_analysis"),
    "fraud work": ("fraud_warning", "dissuasion"),
    "patrol": ("patrol_stop", "patrol_drive"),
    "visits and education": ("visits", "education", "community_work", "base_data"),
    "mediation and governance": ("mediation", "organising", "liaison"),
    "analysis and video": ("daily_analysis", "weekly_analysis", "monthly_review", "video_patrol"),
    "desk and administration": ("reports", "counter", "administration"),
    "training": ("training",),
    "standby and breaks": ("standby", "return_drive", "break"),
}
OTHER = "other"
GROUP_OF = {activity: group for group, activities in GROUPS.items() for activity in activities}


def hours_a_day(comparison: Comparison) -> dict[Point, dict[str, float]]:
    """Return officer-hours a day by group for each shortage and strategy.

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


def hours_rows(comparison: Comparison) -> tuple[list[str], dict[str, list[tuple[str, list[str]]]]]:
    """Make the table: its columns, the last of them the sum, and shortage → rows of (strategy, texts)."""
    found = hours_a_day(comparison)
    groups = list(next(iter(found.values()), {}))
    rows: dict[str, list[tuple[str, list[str]]]] = {shortage: [] for shortage in comparison.shortages}
    for (shortage, strategy), hours in found.items():
        rows[shortage].append((strategy, [number(value) for value in (*hours.values(), sum(hours.values()))]))
    return [*groups, "all"] if groups else [], rows


def hours_csv(comparison: Comparison) -> str:
    """Write hours a day of every post and activity as CSV, unrounded, with the group of the activity."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(["shortage", "strategy", "post", "activity", "group", "officer_hours_a_day"])
    for row in comparison.ledger.iter_rows(named=True):
        group = GROUP_OF.get(row["activity"], OTHER)
        out.writerow(
            [
                row["shortage"],
                row["strategy"],
                row["post"],
                row["activity"],
                group,
                f"{row['officer_hours'] / max(comparison.days, 1):.6g}",
            ]
        )
    return text.getvalue()
