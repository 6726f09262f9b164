"""The force in the measured days.

Who was on duty when, the days of its personnel, the ledger of the posts, and indicators of all this.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from sim.police.day_work import PostsAtWork
from sim.police.force.staff import OFF_PATROL, Staff
from sim.police.force.wellbeing import wellbeing_indicators
from sim.police.post_ledger import WORK_NAMES
from sim.police.posts import POST_NAMES

Columns = dict[str, Any]
NIGHT_HOUR, DAY_HOUR = 3, 15


class ForceRecord(NamedTuple):
    """The force of a run; the books of the staff are closed at the time of reading."""

    staff: Staff
    posts: PostsAtWork


def post_ledger_table(posts: PostsAtWork, first: int, last: int) -> Columns:
    """Return head-minutes of the posts other than patrol on days first … last − 1, in the format of `ledger.parquet`.

    What nobody does is left out.
    """
    minutes = posts.ledger[first:last]
    day, post, work = np.nonzero(minutes)
    return {
        "post": np.array(POST_NAMES)[post],
        "activity": np.array(WORK_NAMES)[work],
        "day": day,
        "officer_minutes": minutes[day, post, work],
    }


def duty_table(staff: Staff, first: int, last: int) -> Columns:
    """Return the mean personnel on duty by post and hour of day, as rostered, in the format of `duty.parquet`."""
    mean = staff.hours[first:last].sum(axis=0) / max(last - first, 1)
    return {
        "post": np.repeat(np.array(POST_NAMES), 24),
        "hour_of_day": np.tile(np.arange(24), len(POST_NAMES)),
        "officers": mean.ravel(),
    }


def force_table(staff: Staff, first: int, last: int) -> Columns:
    """Return one row per day in the format of `force.parquet`.

    Personnel, who of them was sick or in training, who left or joined, how they were.
    """
    rows = staff.days[first:last]
    heads = np.maximum(rows["heads"], 1)
    return {
        "day": np.arange(len(rows)),
        **{name: rows[name] for name in ("heads", "auxiliaries", "sick", "recruits", "left", "hired")},
        "fatigue_mean": rows["fatigue_sum"] / heads,
        "buy_in_mean": rows["buy_in_sum"] / heads,
        "worked_hours": rows["worked_min"] / 60,
        "overtime_hours": rows["overtime_min"] / 60,
        "auxiliaries_without_duty": rows["auxiliaries_without_duty"],
    }


def force_indicators(force: ForceRecord, first: int, last: int) -> dict[str, float | None]:
    """Return the indicators of the personnel, and of what waits for the posts.

    Parameters
    ----------
    force : ForceRecord
        Staff and posts of a run.
    first, last : int
        The measured days are first … last − 1.

    Returns
    -------
    dict
        Those of `sim.police.force.wellbeing.wellbeing_indicators`; `officers_on_duty_mean`, `…_night` (at 3 h), `…_day`
        (at 15 h); `auxiliaries_without_duty`, the mean number who are paid for patrol and for whom no crew has a place;
        work that waits at the end: `administration_backlog_hours`, `desk_backlog_hours`, and the age of the oldest of
        it, `administration_oldest_days`, `desk_oldest_days`.
    """
    staff, posts = force
    out: dict[str, float | None] = {
        name: None if np.isnan(value) else value
        for name, value in wellbeing_indicators(staff.days, first, last).items()
    }
    on_duty = staff.hours[first:last].sum(axis=(0, 1)) / max(last - first, 1)
    out["officers_on_duty_mean"] = float(on_duty.mean())
    out["officers_on_duty_night"], out["officers_on_duty_day"] = float(on_duty[NIGHT_HOUR]), float(on_duty[DAY_HOUR])
    out["auxiliaries_without_duty"] = (
        float(staff.days["auxiliaries_without_duty"][first:last].mean()) if last > first else None
    )
    out["administration_backlog_hours"] = posts.administration.minutes / 60
    out["administration_oldest_days"] = float(posts.administration.age_days(last))
    out["desk_oldest_days"] = float(
        max(queue.age_days(last) for queue in (posts.call_notes, posts.reports, posts.counter))
    )
    out["desk_backlog_hours"] = (posts.call_notes.minutes + posts.reports.minutes + posts.counter.minutes) / 60
    return out


def posts_on_duty_min(staff: Staff, first: int, last: int) -> float:
    """Return the head-minutes on duty of all posts but patrol, as rostered."""
    return float(staff.hours[first:last][:, OFF_PATROL].sum()) * 60
