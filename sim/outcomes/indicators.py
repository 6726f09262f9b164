"""The indicators of a run: one number each, None where the model cannot know it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.incidents.demand import CRIME_NAMES
from sim.outcomes.concentration import generalised_gini, top_share

Columns = dict[str, Any]  # column → array, masked where values are absent
BUSY = ("response_drive", "on_scene", "paperwork", "arrest_processing")
NOT_YET = (
    "fraud_loss", "disputes", "disputes_resolved_at_source_share", "perceived_safety", "trust", "fatigue_mean", "attrition",
    "volunteers_active", "contact_equity", "displacement_wdq", "pai", "pei",
)  # fmt: skip


def indicators_of(tables: dict[str, Columns], city: City, days: float, on_duty_min: float, overtime_min: float) -> dict[str, float | None]:
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
        Officer-minutes on duty by the units' own clocks, and of these after the end of a shift.

    Returns
    -------
    dict
        Name → number; None where there was nothing to measure.
    """
    incidents, calls, ledger = tables["incidents"], tables["calls"], tables["ledger"]
    out: dict[str, float | None] = {"residents": float(city.residents), "days": float(days)}
    kinds = incidents["type"]
    out["crimes_total"] = float(len(kinds))
    out |= {f"crimes_{name}": float(np.count_nonzero(kinds == name)) for name in CRIME_NAMES}
    out["harm_total"] = float(incidents["harm"].sum())
    out["recorded_total"] = float(incidents["recorded_time_min"].count())
    victims, times = np.unique(incidents["victim_id"].compressed(), return_counts=True)
    out["victims"] = float(len(victims))
    out["repeat_victim_share"] = _ratio(np.count_nonzero(times > 1), len(victims))
    out["arrests"] = float(incidents["cleared"].sum())
    out["clearance_rate"] = _ratio(float(incidents["cleared"].sum()), out["recorded_total"])

    out["calls_total"] = float(len(calls["call_id"]))
    waits = (calls["dispatched_min"] - calls["received_min"]).compressed()
    out["calls_waiting_p90_min"] = _quantile(waits, 0.9)
    response = calls["arrived_min"] - calls["received_min"]
    for p in (1, 2, 3):
        of_priority = response[calls["priority"] == p].compressed()
        out[f"response_p{p}_median_min"] = _quantile(of_priority, 0.5)
        out[f"response_p{p}_p90_min"] = _quantile(of_priority, 0.9)
    ended = calls["outcome"] != "open"
    out["calls_unserved_share"] = _ratio(np.count_nonzero(calls["outcome"] == "expired"), np.count_nonzero(ended))

    hours = {name: float(ledger["officer_minutes"][ledger["activity"] == name].sum()) / 60 for name in dict.fromkeys(ledger["activity"].tolist())}
    out |= {f"officer_hours_{name}": value for name, value in hours.items()}
    out["on_duty_hours"] = on_duty_min / 60
    out["overtime_hours"] = overtime_min / 60
    out["utilisation"] = _ratio(sum(hours.get(name, 0.0) for name in BUSY), sum(hours.values()))

    crimes = tables["cells"]["crimes"][city.inside]
    out["gini_cells"] = generalised_gini(crimes)
    out["top5_share"] = top_share(crimes, 0.05)
    return out | dict.fromkeys(NOT_YET)


def _ratio(part: Any, whole: Any) -> float | None:
    return float(part) / float(whole) if whole else None


def _quantile(values: Array, q: float) -> float | None:
    return float(np.quantile(values, q)) if len(values) else None
