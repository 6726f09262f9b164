"""The tables of a run as the player reads them: columns in whole numbers, times in hundredths of minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from app.replay.columns import Differences
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import TYPE_NAMES
from sim.outcomes.dispute_results import OUTCOME_NAMES, SUBJECT_NAMES
from sim.outcomes.investigation_results import STATE_NAMES
from sim.outcomes.waiting import quantile
from sim.police.patrol.units import ACTIVITY_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.replay.recording import Recording
    from sim.scenario import Scenario

    Number = Callable[[int, int], int]  # origin, destination → number of the way

HUNDREDTHS = 100  # of a minute
NEVER = -1
KINDS = tuple(dict.fromkeys(TYPE_NAMES))
OUTCOMES = ("served", "desk", "expired", "diverted", "open")
CASE_STATES, SUBJECTS, DISPUTE_OUTCOMES = (
    tuple(map(str, names)) for names in (STATE_NAMES, SUBJECT_NAMES, OUTCOME_NAMES)
)
NOTED = (  # what programmes do that people see: of a day, and of the persons who do it
    ("campaign", "checks"), ("campaign", "arrests"), ("joint_strike", "cases"), ("event_security", "unit_hours"),
    ("visits", "made"), ("crisis_care", "visits"), ("village_officers", "rounds"), ("known_persons", "called_on"),
    ("volunteers", "watch_hours"), ("watch_schemes", "contacts"),
)  # fmt: skip


def run_tables(
    run: Recording, number: Number, unit: float, common_crimes: np.ndarray, common_records: np.ndarray
) -> dict[str, Any]:
    """Return the tables of a run.

    Parameters
    ----------
    run : Recording
        The run.
    number : callable
        Gives every way that is driven a number.
    unit : float
        Metres of a coordinate.
    common_crimes, common_records : array
        Which rows the other run has, too, shape [rows], bool.
    """
    tables = run.results.tables
    calls = tables["calls"]
    tracks, stops = _tracks(tables["tracks"], calls["call_id"], number)
    return {
        "response_p1": _response_so_far(calls, run.scenario),
        "tracks": tracks,
        "stops": stops,
        "incidents": _crimes(tables["incidents"], unit) | {"common": common_crimes.astype(np.uint8)},
        "recorded": {
            "type": _codes(tables["recorded"]["type"], KINDS),
            "time": Differences(hundredths(tables["recorded"]["recorded_time_min"])),
            "cell": tables["recorded"]["cell"].astype(np.int32),
            "common": common_records.astype(np.uint8),
        },
        "calls": _calls(calls, run.scenario),
        "watches": {
            "cell": np.asarray(tables["watches"]["cell"], dtype=np.int32),
            "start": Differences(hundredths(tables["watches"]["start_min"])),
            "end": Differences(hundredths(tables["watches"]["end_min"])),
        },
        "cases": _cases(tables["cases"], tables["incidents"]),
        "disputes": _disputes(tables["disputes"]),
        "programmes": _noted(tables["programmes"]),
    }


def _crimes(incidents: Mapping[str, Any], unit_m: float) -> dict[str, Any]:
    return {
        "type": _codes(incidents["type"], KINDS),
        "time": Differences(hundredths(incidents["time_min"])),
        "x": short(incidents["x_m"] / unit_m),
        "y": short(incidents["y_m"] / unit_m),
        "arrest": hundredths(incidents["arrest_time_min"]),
        "harm": np.asarray(incidents["harm"], dtype=np.float32),
    }


def _given_up(calls: Mapping[str, Any], scenario: Scenario) -> np.ndarray:
    """Return when callers gave up, infinity where they did not, shape [calls]."""
    patience = np.array(scenario.dispatch.patience_min)[np.asarray(calls["priority"], dtype=int) - 1]
    return np.where(calls["outcome"] == "expired", calls["received_min"] + patience, np.inf)


def _response_so_far(calls: Mapping[str, Any], scenario: Scenario) -> np.ndarray:
    """Return the median response to calls of priority 1 at the end of each hour, as far as it is known then.

    Not-a-number where nobody has asked yet, infinity where it falls among those who gave up; shape [hours + 1].
    """
    asked = (calls["priority"] == 1) & (calls["discovered_by"] == "caller")
    asked &= ~np.isin(calls["outcome"], ("desk", "diverted"))
    received = np.asarray(calls["received_min"])[asked]
    arrived = np.ma.filled(calls["arrived_min"], np.inf)[asked]
    given_up = _given_up(calls, scenario)[asked]
    found = np.full(scenario.days * 24 + 1, np.nan, dtype=np.float32)
    for hour in range(1, len(found)):
        now = hour * 60.0
        known = received < now
        reached = np.where(arrived < now, arrived - received, np.nan)[known]
        median = quantile(reached, given_up[known] <= now, now - received[known], 0.5)
        found[hour] = np.nan if median is None else median
    return found


def _calls(calls: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    never = float(scenario.days * MINUTES_PER_DAY + 1)
    gone = np.where(calls["outcome"] == "expired", _given_up(calls, scenario), np.ma.filled(calls["taken_min"], never))
    waits = np.where(np.isin(calls["outcome"], ("served", "open")), never, gone)
    ended = np.where(np.ma.getmaskarray(calls["arrived_min"]), waits, np.ma.filled(calls["arrived_min"], never))
    return {
        "type": _codes(calls["type"], KINDS),
        "priority": np.asarray(calls["priority"], dtype=np.uint8),
        "caller": (calls["discovered_by"] == "caller").astype(np.uint8),
        "received": Differences(hundredths(calls["received_min"])),
        **{
            name: Differences(hundredths(calls[f"{name}_min"]))
            for name in ("dispatched", "under_way", "arrived", "cleared")
        },
        "ended": Differences(hundredths(ended)),
        "unit": np.ma.filled(calls["unit_id"], NEVER).astype(np.int16),
        "cell": np.asarray(calls["cell"], dtype=np.int32),
        "outcome": _codes(calls["outcome"], OUTCOMES),
    }


def _tracks(tracks: Mapping[str, Any], call_ids: np.ndarray, number: Number) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what each unit does, unit by unit, and the stops of all in order of time."""
    order = np.lexsort((tracks["start_min"], tracks["unit"]))
    unit, activity, here, there, start_min = (
        np.asarray(tracks[name])[order] for name in ("unit", "activity", "from_cell", "to_cell", "start_min")
    )
    start = hundredths(start_min)
    way = [
        number(*pair) if pair[0] != pair[1] else NEVER - pair[0]
        for pair in zip(here.tolist(), there.tolist(), strict=True)
    ]
    units = int(unit.max(initial=-1)) + 1
    row_of = {number: row for row, number in enumerate(np.asarray(call_ids).tolist())}
    served = np.ma.filled(tracks["call"], NEVER)[order].tolist()
    on_foot = np.asarray(tracks["on_foot"], dtype=np.uint8)[order]
    stops = activity == "patrol_stop"
    by_time = np.argsort(start[stops], kind="stable")
    return {
        "first": np.searchsorted(unit, np.arange(units + 1)).astype(np.int32),
        "activity": _codes(activity, ACTIVITY_NAMES),
        "start": Differences(start),
        "way": Differences(np.array(way, dtype=np.int32)),
        "call": np.array([row_of.get(number, NEVER) for number in served], dtype=np.int32),
        "on_foot": on_foot,
    }, {"start": Differences(start[stops][by_time]), "cell": here[stops][by_time].astype(np.int32)}


def _cases(cases: Mapping[str, Any], incidents: Mapping[str, Any]) -> dict[str, Any]:
    """Return cases in the order in which they were opened; those of crimes before the first day have no place."""
    place = dict(
        zip(np.asarray(incidents["incident_id"]).tolist(), np.asarray(incidents["recorded_cell"]).tolist(), strict=True)
    )
    before = np.ma.getmaskarray(cases["opened_min"]) & (np.asarray(cases["hours_worked"]) > 0)
    return {
        "type": _codes(cases["type"], KINDS),
        "cell": np.array([place.get(crime, NEVER) for crime in np.asarray(cases["incident_id"]).tolist()], np.int32),
        "opened": Differences(hundredths(cases["opened_min"])),
        "known": hundredths(cases["known_min"]),
        "begun": _since(cases["begun_min"], before),
        "closed": hundredths(cases["closed_min"]),
        "state": _codes(cases["state"], CASE_STATES),
    }


def _disputes(disputes: Mapping[str, Any]) -> dict[str, Any]:
    """Return disputes in the order in which they began."""
    order = np.argsort(hundredths(disputes["began_min"]), kind="stable")
    found = _since(disputes["found_min"], ~np.ma.getmaskarray(disputes["found_by"]))
    return {
        "type": _codes(np.asarray(disputes["subject"])[order], SUBJECTS),
        "cell": np.asarray(disputes["cell"], dtype=np.int32)[order],
        "began": Differences(hundredths(disputes["began_min"])[order]),
        "found": found[order],
        "ended": hundredths(disputes["ended_min"])[order],
        "outcome": _codes(np.asarray(disputes["outcome"])[order], DISPUTE_OUTCOMES),
    }


def _noted(programmes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what programmes noted of each day, where it is one of `NOTED`."""
    named = list(
        zip(np.asarray(programmes["programme"]).tolist(), np.asarray(programmes["measure"]).tolist(), strict=True)
    )
    rows = np.array([pair in NOTED for pair in named], dtype=bool)
    return {
        "what": np.array([NOTED.index(pair) for pair in named if pair in NOTED], dtype=np.uint8),
        "day": np.asarray(programmes["day"], dtype=np.int32)[rows],
        "value": np.asarray(programmes["value"], dtype=np.float32)[rows],
    }


def _since(minutes: Any, before: np.ndarray) -> np.ndarray:
    """Return times in hundredths of minutes; 0 for what was before the first day, `NEVER` for what never was."""
    found = hundredths(minutes)
    return np.where((found == NEVER) & before, 0, found).astype(np.int32)


def short(values: np.ndarray) -> np.ndarray:
    """Return coordinates as whole numbers of two bytes."""
    found: np.ndarray = np.rint(values).astype(np.int16)
    return found


def hundredths(minutes: Any) -> np.ndarray:
    """Return times in hundredths of minutes, `NEVER` where absent."""
    plain: np.ndarray = np.ma.filled(np.ma.asarray(minutes, dtype=float), np.nan)
    found: np.ndarray = np.where(np.isnan(plain), NEVER, np.rint(plain * HUNDREDTHS)).astype(np.int32)
    return found


def _codes(names: Any, known: Sequence[str]) -> np.ndarray:
    """Return names as their places in a list."""
    place = {name: i for i, name in enumerate(known)}
    return np.array([place[name] for name in np.asarray(names).tolist()], dtype=np.uint8)
