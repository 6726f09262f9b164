"""Results about telecom fraud: the table of persuasions, and contacts, victims, loss and what came back."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.clock import MINUTES_PER_DAY
from sim.incidents.fraud.campaigns import ROWS, Frauds, Stage
from sim.incidents.fraud.parameters import CHANNEL_NAMES, SCHEME_NAMES
from sim.incidents.log import Logs

Columns = dict[str, Any]  # column → array, masked where values are absent


def fraud_table(frauds: Frauds, logs: Logs, start_min: float, now_min: float) -> Columns:
    """Return the persuasions that were open at any time since `start_min` in the format of `frauds.parquet`.

    Times count from the start, so that `contact_min` is negative where a persuasion began before. A report that is
    still to come counts as none. Contacts that engaged nobody are in no table.

    Parameters
    ----------
    frauds : Frauds
        The persuasions.
    logs : Logs
        The crimes and calls that came of them.
    start_min, now_min : float
        From when to when, minutes since the start of the run.
    """
    rows = frauds.rows[: frauds.used[ROWS]]
    number = np.flatnonzero(
        (rows["stage"] >= Stage.OPEN) & ((rows["ended_min"] >= start_min) | (rows["stage"] == Stage.OPEN))
    )
    rows = rows[number]
    crimes = logs.incidents[rows["incident_id"]]
    call = np.where(rows["stage"] == Stage.PAID, crimes["call_id"], -1)
    received = np.where(call >= 0, logs.calls["received_min"][call], np.inf)
    reported = received <= now_min
    return {
        "fraud_id": number,
        "channel": np.array(CHANNEL_NAMES)[rows["channel"]],
        "scheme": np.array(SCHEME_NAMES)[rows["scheme"]],
        "victim_id": rows["victim_id"],
        "contact_min": rows["contact_min"] - start_min,
        "ended_min": np.ma.masked_array(rows["ended_min"] - start_min, mask=rows["stage"] == Stage.OPEN),
        "outcome": np.array([stage.name.lower() for stage in Stage])[rows["stage"]],
        "loss": rows["loss"],
        "reported": reported,
        "reported_min": np.ma.masked_array(np.where(reported, received, 0.0) - start_min, mask=~reported),
        "recovered": np.where(reported, rows["recovered"], 0.0),
    }


def fraud_contacts(frauds: Frauds, start_min: float, now_min: float) -> float:
    """Return the contacts of the days that began since `start_min`, the present day with all of its contacts."""
    return float(frauds.contacts[int(start_min // MINUTES_PER_DAY) : int(np.ceil(now_min / MINUTES_PER_DAY))].sum())


def helpers_arrested(frauds: Frauds, start_min: float, now_min: float) -> float:
    """Return how many residents were arrested since `start_min` who had lent accounts and cards to fraudsters."""
    when = frauds.supply.helpers["arrested_min"][: frauds.supply.used[0]]
    return float(np.count_nonzero((when >= start_min) & (when < now_min)))


def fraud_indicators(found: Columns, contacts: float, arrested: float) -> dict[str, float | None]:
    """Return the indicators about fraud.

    Parameters
    ----------
    found : Columns
        `fraud_table` of the measured days.
    contacts : float
        `fraud_contacts` of the same days.
    arrested : float
        `helpers_arrested` in the same days.

    Returns
    -------
    dict
        Contacts of all kinds, different residents who paid, what they paid, what a freeze brought back of it, and
        residents arrested for their help.
    """
    paid = found["outcome"] == "paid"
    return {
        "fraud_contacts": contacts,
        "fraud_victims": float(len(np.unique(found["victim_id"][paid]))),
        "fraud_loss": float(found["loss"].sum()),
        "fraud_recovered": float(found["recovered"].sum()),
        "fraud_helpers_arrested": arrested,
    }
