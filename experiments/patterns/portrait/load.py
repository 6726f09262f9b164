"""The load of patrol in one run, and how calls fare, to be held against published facts about forces and dispatch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.presentation.indicators import DAYS_A_YEAR
from sim.incident_types import CRIME_NAMES
from sim.police.force.hours_of_week import hours_covered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import CityModel

    Values = NDArray[np.float64]

HOURS_A_DAY, LONG_MIN, SOON_MIN = 24, 120.0, 8.0
BUSIEST_HOURS = 2
STAGES = ("received", "taken", "dispatched", "under_way", "arrived", "freed")  # of a call
UNCOMMITTED = ("standby", "patrol_drive", "patrol_stop", "return_drive")  # what a unit does when no call needs it
KINDS = {
    "crime": (*CRIME_NAMES, "disorder"),
    "disputes": ("dispute",),
    "traffic": ("traffic",),
    "help": ("service",),
}  # of calls → their true types


class LoadPortrait(NamedTuple):
    """What is kept of patrol and its calls; None where there is nothing to measure."""

    calls_per_1000: float  # that get a unit, per 1,000 residents a year
    kinds: dict[str, float]  # of `KINDS` → % of these calls
    phoned_per_1000: float  # of callers, per 1,000 residents a year
    unit_min: float | None  # that a call of a caller keeps its first unit, from the order until it is free: mean
    unit_median_min: float | None
    unit_spread: float | None  # standard deviation of these minutes over their mean
    long_percent: float | None  # of these calls that take over `LONG_MIN`
    sent_p1_s: float | None  # median from receipt to dispatch
    taken_p1_s: float | None  # of this, median of call-taking
    queued_p1_s: float | None  # and mean of waiting for a unit
    turned_out_p1_s: float | None  # median from dispatch until it is under way
    driven_p1_min: float | None  # median from there to arrival
    response_p1_min: float | None  # median from receipt to arrival
    response_p1_p90_min: float | None
    soon_p1_percent: float | None  # that are reached within `SOON_MIN`
    response_p3_min: float | None
    busy_percent: float | None
    busiest_percent: float | None  # in the busiest hours of the day
    uncommitted_percent: float | None  # of patrol's time on duty, neither at calls nor at other work that it was given
    on_road_percent: float | None  # of all personnel at one time
    leavers_percent: float | None  # of the personnel a year
    on_scene_percent: float | None  # of cleared crimes, those with an arrest as the first unit arrived


def load_portrait_of(
    tables: Mapping[str, Mapping[str, Any]], indicators: Mapping[str, float | None], model: CityModel
) -> LoadPortrait:
    """Make the portrait of the load from the tables and indicators of a finished run."""
    calls, days = tables["calls"], float(model.scenario.days)
    received, taken, dispatched, under_way, arrived, freed = (_filled(calls[f"{name}_min"]) for name in STAGES)
    urgent, calm = (np.asarray(calls["priority"]) == priority for priority in (1, 3))
    sent, done = np.isfinite(dispatched), np.isfinite(dispatched) & np.isfinite(freed)
    from_callers = np.asarray(calls["discovered_by"]) == "caller"
    unit_min = (freed - dispatched)[done & from_callers]
    a_year = 1000 / model.city.residents * DAYS_A_YEAR / days
    response, types = arrived - received, np.asarray(calls["true_type"])[sent]
    busy = indicators.get("utilisation")
    return LoadPortrait(
        calls_per_1000=float(sent.sum()) * a_year,
        kinds={kind: _percent(np.isin(types, names)) or 0.0 for kind, names in KINDS.items()},
        phoned_per_1000=float(from_callers.sum()) * a_year,
        unit_min=float(unit_min.mean()) if len(unit_min) else None,
        unit_median_min=_quantile(unit_min, 0.5),
        unit_spread=float(unit_min.std() / unit_min.mean()) if len(unit_min) else None,
        long_percent=_percent(unit_min > LONG_MIN),
        sent_p1_s=_quantile(60 * (dispatched - received)[urgent], 0.5),
        taken_p1_s=_quantile(60 * (taken - received)[urgent], 0.5),
        queued_p1_s=_mean(60 * (dispatched - taken)[urgent]),
        turned_out_p1_s=_quantile(60 * (under_way - dispatched)[urgent], 0.5),
        driven_p1_min=_quantile((arrived - under_way)[urgent], 0.5),
        response_p1_min=_quantile(response[urgent], 0.5),
        response_p1_p90_min=_quantile(response[urgent], 0.9),
        soon_p1_percent=_percent(response[urgent & np.isfinite(arrived)] <= SOON_MIN),
        response_p3_min=_quantile(response[calm], 0.5),
        busy_percent=None if busy is None else 100 * busy,
        busiest_percent=None if busy is None else 100 * busy * _peak(_by_hour(dispatched[done], freed[done]), model),
        uncommitted_percent=_uncommitted(tables),
        on_road_percent=_on_road(tables),
        leavers_percent=None if (left := indicators.get("attrition")) is None else 100 * left,
        on_scene_percent=_on_scene(tables["incidents"], calls, arrived),
    )


def _filled(column: Any) -> Values:
    found: Values = np.ma.filled(np.ma.masked_array(column, dtype=float), np.nan)
    return found


def _percent(holds: NDArray[np.bool_]) -> float | None:
    return 100 * float(holds.mean()) if len(holds) else None


def _quantile(values: Values, at: float) -> float | None:
    values = values[np.isfinite(values)]
    return float(np.quantile(values, at)) if len(values) else None


def _mean(values: Values) -> float | None:
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else None


def _by_hour(from_min: Values, to_min: Values) -> Values:
    """Return how spells spread over the hours of the day, shape [24]."""
    hours = np.zeros(HOURS_A_DAY)
    for begins, ends in zip(from_min / 60, to_min / 60, strict=True):
        whole = np.arange(int(begins), int(ends) + 1)
        np.add.at(hours, whole % HOURS_A_DAY, np.minimum(whole + 1, ends) - np.maximum(whole, begins))
    return hours


def _peak(busy: Values, model: CityModel) -> float:
    """Return how much busier units on duty are in the busiest hours of the day than in the mean."""
    force = model.scenario.force
    on_duty = sum(
        duties * hours_covered(start, min(force.duty_hours, HOURS_A_DAY), HOURS_A_DAY)
        for duties, start in zip(force.duties_of_week.mean(axis=0), force.shift_starts_hour, strict=True)
    )
    if not busy.sum():
        return 1.0
    relative = (busy / busy.sum()) / (on_duty / np.sum(on_duty))
    return float(np.sort(relative)[-BUSIEST_HOURS:].mean())


def _on_road(tables: Mapping[str, Mapping[str, Any]]) -> float | None:
    ledger, heads = tables["ledger"], float(np.sum(tables["force"]["heads"]))
    minutes = float(np.sum(np.asarray(ledger["officer_minutes"])[np.asarray(ledger["post"]) == "patrol"]))
    return 100 * minutes / 1440 / heads if heads else None


def _uncommitted(tables: Mapping[str, Mapping[str, Any]]) -> float | None:
    """Return how much of its time on duty patrol has for stops, patrols and waiting, in %."""
    ledger = tables["ledger"]
    of_patrol = np.asarray(ledger["post"]) == "patrol"
    minutes = np.asarray(ledger["officer_minutes"], dtype=float)[of_patrol]
    free = np.isin(np.asarray(ledger["activity"])[of_patrol], UNCOMMITTED)
    return 100 * float(minutes[free].sum() / minutes.sum()) if minutes.sum() else None


def _on_scene(crimes: Mapping[str, Any], calls: Mapping[str, Any], arrived: Values) -> float | None:
    """Return of how many of the cleared crimes, in %, the first unit arrested somebody on arrival."""
    cleared = np.asarray(crimes["cleared"]).astype(bool)
    arrest_min = _filled(crimes["arrest_time_min"])
    at_min = dict(zip(np.ma.filled(np.ma.asarray(calls["incident_id"]), -1).tolist(), arrived.tolist(), strict=True))
    came = np.array([at_min.get(number, np.nan) for number in np.asarray(crimes["incident_id"]).tolist()], dtype=float)
    return _percent(np.isclose(came[cleared], arrest_min[cleared], rtol=0.0, atol=1e-3))
