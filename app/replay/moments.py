"""Moments of two runs that are worth a look: where they part, the longest wait, an arrest, a programme at work."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.clock import MINUTES_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.replay.recording import Recording

SHOWN = ("campaign", "joint_strike", "event_security")  # programmes that come and go, and are seen in the streets


class Moment(NamedTuple):
    """A marked moment.

    Attributes
    ----------
    kind : str
        `only_a`, `only_b`, `wait_a`, `wait_b`, `arrest_a`, `arrest_b`, `programme` or `branch`, see `MOMENTS` of the
        player.
    at_min : float
        When, in minutes since the first measured day.
    run : int
        0 for A, 1 for B.
    what : str
        Type of the crime or call; name of the programme; nothing for a branch.
    place_m : tuple of float, optional
        Where, east and north.
    call : int, optional
        Row of the call in its table.
    """

    kind: str
    at_min: float
    run: int
    what: str
    place_m: tuple[float, float] | None = None
    call: int | None = None


def common(tables: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[np.ndarray]:
    """Say of the rows of two tables whether the other has the same; of one alone, that all are.

    Equal seeds give both runs the same intentions: a crime that happens in both is the same to the last digit.

    Parameters
    ----------
    tables : sequence of mapping
        One or two tables.
    columns : sequence of str
        By which rows are the same.

    Returns
    -------
    list of array
        For each table, shape [rows], bool.
    """
    rows = [list(zip(*(np.asarray(table[name]).tolist() for name in columns), strict=True)) for table in tables]
    counts = [Counter(each) for each in rows]
    shared = set.intersection(*(set(each) for each in counts))
    return [np.array([row in shared for row in each], dtype=bool) for each in rows]


CRIME = ("type", "time_min", "cell")  # by which true crimes of two runs are the same
RECORD = ("type", "earliest_min", "latest_min", "cell")  # by which records are


def moments(runs: Sequence[Recording]) -> list[Moment]:
    """Return the marked moments of one or two runs of a replication, in order of time.

    The first crime that only one had, a run's longest wait and its first arrest, and each first day of a programme that
    people see; for a branch, when B is ordered otherwise.
    """
    tables = [run.results.tables for run in runs]
    shared = common([each["incidents"] for each in tables], CRIME)
    found: list[Moment] = []
    for number, (each, both) in enumerate(zip(tables, shared, strict=True)):
        letter = "ab"[number]
        found += _first(each["incidents"], "time_min", ~both, f"only_{letter}", number)
        found += _first(each["incidents"], "arrest_time_min", None, f"arrest_{letter}", number)
        found += _longest_wait(each["calls"], f"wait_{letter}", number)
        found += _programmes(each["programmes"], number)
    found += [Moment("branch", float(one.branch.at_min), 1, "") for one in runs if one.branch is not None]
    return sorted(found, key=lambda one: (one.at_min, one.kind, one.run))


def _first(incidents: Mapping[str, Any], when: str, which: np.ndarray | None, kind: str, run: int) -> list[Moment]:
    """Return the first moment of a column of crimes, among some of them."""
    at = np.ma.filled(incidents[when], np.inf).astype(float)
    if which is not None:
        at = np.where(which, at, np.inf)
    if not len(at) or np.isinf(at.min()):
        return []
    row = int(at.argmin())
    place = float(incidents["x_m"][row]), float(incidents["y_m"][row])
    return [Moment(kind, float(at[row]), run, str(incidents["type"][row]), place)]


def _longest_wait(calls: Mapping[str, Any], kind: str, run: int) -> list[Moment]:
    """Return the minute before a unit reached the caller who waited longest."""
    wait = np.ma.filled(calls["arrived_min"] - calls["received_min"], -np.inf)
    wait = np.where(calls["discovered_by"] == "caller", wait, -np.inf)
    if not len(wait) or wait.max() <= 0:
        return []
    row = int(wait.argmax())
    at = max(float(calls["received_min"][row]), float(calls["arrived_min"][row]) - 1)
    return [Moment(kind, at, run, str(calls["type"][row]), None, row)]


def _programmes(programmes: Mapping[str, Any], run: int) -> list[Moment]:
    """Return when programmes that people see began to be at work: at eight in the morning of a day."""
    found = []
    for name in SHOWN:
        days = np.unique(programmes["day"][programmes["programme"] == name])
        begins = days[np.diff(days, prepend=-2) > 1]
        found += [Moment("programme", float(day) * MINUTES_PER_DAY + 480, run, name) for day in begins]
    return found
