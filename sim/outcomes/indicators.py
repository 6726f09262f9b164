"""The indicators of a run: one number each, None where the model cannot know it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.incident_types import CRIME_NAMES
from sim.incidents.log import PLANNED_KEYS, CallState, Logs
from sim.outcomes.concentration import generalised_gini, top_share
from sim.outcomes.offending import repeat_victims
from sim.outcomes.tables import Columns, calls_since
from sim.police.patrol.units import ACTIVITY_NAMES, ON_DUTY
from sim.police.post_ledger import WORK_NAMES

EVERY_ACTIVITY = tuple(
    dict.fromkeys((*(ACTIVITY_NAMES[activity] for activity in ON_DUTY), *WORK_NAMES))
)  # of patrol and of other posts
BUSY = ("turn_out", "response_drive", "on_scene", "follow_up", "paperwork", "arrest_processing")
PLACE_TYPES = ("burglary", "theft", "robbery")  # with brawls, the crimes that offenders search for at places
RARE_WORK = ("operations",)  # an indicator of runs alone in which there is any


def indicators_of(
    tables: dict[str, Columns], city: City, days: float, on_duty_min: float, overtime_min: float
) -> dict[str, float | None]:
    """Compute the indicators.

    Parameters
    ----------
    tables : dict
        Event tables of the measured days.
    city : City
        The place.
    days : float
        Measured days.
    on_duty_min, overtime_min : float
        Officer-minutes on duty, of patrol by the units' own clocks and of others as rostered, and of these overtime.

    Returns
    -------
    dict
        Name → number; None where there was nothing to measure.
    """
    incidents, calls, ledger, daily = tables["incidents"], tables["calls"], tables["ledger"], tables["daily"]
    out: dict[str, float | None] = {"residents": float(city.residents), "days": float(days)}
    kinds = incidents["type"]
    out["crimes_total"] = float(len(kinds))
    out |= {f"crimes_{name}": float(np.count_nonzero(kinds == name)) for name in CRIME_NAMES}
    out["crimes_place"] = float(np.count_nonzero(at_places(incidents)))
    out["harm_total"] = float(incidents["harm"].sum())
    out["recorded_total"] = float(len(tables["recorded"]["type"]))
    out["victims"] = float(len(np.unique(incidents["victim_id"].compressed())))
    out["repeat_victim_share"] = repeat_victims(incidents["victim_id"]).of_victims
    out["arrests"] = float(incidents["arrest_time_min"].count())
    out |= {name: float(daily[name].mean()) if len(daily[name]) else None for name in ("trust", "perceived_safety")}

    calls = {
        name: column[calls["discovered_by"] == "caller"] for name, column in calls.items()
    }  # what patrols come upon is no call
    out["calls_total"] = float(len(calls["call_id"]))
    out["calls_no_crime_share"] = _ratio(
        np.count_nonzero(~np.isin(calls["true_type"], CRIME_NAMES)), len(calls["call_id"])
    )
    out["calls_diverted_share"] = _ratio(np.count_nonzero(calls["outcome"] == "diverted"), len(calls["call_id"]))
    out["crimes_diverted"] = float(
        np.count_nonzero((calls["outcome"] == "diverted") & ~np.ma.getmaskarray(calls["incident_id"]))
    )
    out["response_distance_mean_km"] = _mean(calls["distance_km"].compressed())
    out["far_share"] = _mean(calls["far"].compressed())

    hours = {name: float(ledger["officer_minutes"][ledger["activity"] == name].sum()) / 60 for name in EVERY_ACTIVITY}
    out |= {f"officer_hours_{name}": value for name, value in hours.items() if value or name not in RARE_WORK}
    out["on_duty_hours"] = on_duty_min / 60
    out["overtime_hours"] = overtime_min / 60
    patrol_min = {
        name: float(ledger["officer_minutes"][(ledger["post"] == "patrol") & (ledger["activity"] == name)].sum())
        for name in ACTIVITY_NAMES
    }
    out["utilisation"] = _ratio(sum(patrol_min[name] for name in BUSY), sum(patrol_min.values()))

    crimes = tables["cells"]["crimes"][city.inside]
    out["gini_cells"] = generalised_gini(crimes)
    out["top5_share"] = top_share(crimes, 0.05)
    return out


def disorder_indicators(logs: Logs, start_min: float, now_min: float) -> dict[str, float | None]:
    """Count what nobody reported, by what became of it.

    `disorder_settled` by patrols that came upon it, `disorder_unnoticed`.
    """
    calls, _ = calls_since(logs, start_min)  # nothing is noticed before it happens
    ours = calls["on_view"] & (calls["occurred_min"] >= start_min) & (calls["occurred_min"] < now_min)
    state = calls["state"][ours & (calls["key_entity"] < PLANNED_KEYS)]
    settled, unnoticed = (
        np.isin(state, (CallState.SENT, CallState.ON_SCENE, CallState.SERVED)),
        state == CallState.UNNOTICED,
    )
    return {"disorder_settled": float(settled.sum()), "disorder_unnoticed": float(unnoticed.sum())}


def at_places(incidents: Columns) -> Array:
    """Return which crimes are of the types that offenders search for at places, shape [crimes], bool."""
    found: Array = np.isin(incidents["type"], PLACE_TYPES) | (np.ma.filled(incidents["subtype"], "") == "brawl")
    return found


def place_crimes(incidents: Columns) -> dict[str, Array]:
    """Return the cell of each crime that offenders search for at places, by type; of assaults, those are brawls."""
    kinds, cells = incidents["type"], incidents["cell"]
    brawls = at_places(incidents) & (kinds == "assault")
    return {name: cells[kinds == name] for name in PLACE_TYPES} | {"brawl": cells[brawls]}


def _ratio(part: Any, whole: Any) -> float | None:
    return float(part) / float(whole) if whole else None


def _mean(values: Array) -> float | None:
    return float(values.mean()) if len(values) else None
