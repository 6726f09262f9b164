"""Leads that others bring to the files of the police, and whom the files name."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.incident_types import IncidentType
from sim.incidents.log import Logs
from sim.police.cases.case_log import ROWS, Cases, CaseState, add_lead
from sim.police.cases.parameters import InvestigationRule


def give_lead(
    cases: Cases, crime: int, kind: str, weight: float, now_min: float, rule: InvestigationRule
) -> bool | None:
    """Give the case of a crime a lead of a kind, such as `witness`, if it is not solved and has none.

    Return whether a case that was filed is reopened for it; None if it is of no use.
    """
    c = int(cases.case_of[crime]) - 1 if crime < len(cases.case_of) else -1
    if c < 0 or cases.rows["state"][c] == CaseState.CLEARED or cases.rows[kind][c]:
        return None
    cases.rows[kind][c] = True
    return bool(add_lead(cases, c, weight, now_min, rule))


def suspects(cases: Cases, logs: Logs, now_min: float) -> Array:
    """Return the resident whom each case names that is known and not cleared, −1 for none, int [cases].

    It is the culprit where the victim knows him, else whom evidence names.
    """
    rows = cases.rows[: cases.used[ROWS]]
    culprit = logs.incidents["culprit_id"][rows["incident_id"]]
    by_victim = rows["named"] & (rows["type"] != IncidentType.FRAUD)
    found: Array = np.where(by_victim, culprit, rows["suspect_id"])
    found[(rows["state"] == CaseState.CLEARED) | (rows["known_min"] > now_min)] = -1
    return found.astype(np.int64)


def frauds_solved_by_arrest(cases: Cases, at_min: float) -> Array:
    """Return the frauds whose cases were closed at a moment by the arrest of somebody, rows of incidents."""
    rows = cases.rows[: cases.used[ROWS]]
    solved = (rows["closed_min"] == at_min) & (rows["state"] == CaseState.CLEARED) & (rows["arrests"] > 0)
    found: Array = rows["incident_id"][solved & (rows["type"] == IncidentType.FRAUD)].astype(np.int64)
    return found
