"""Crimes that are cleared because their culprit was caught with what he took, or at it, whoever was told of them."""

from __future__ import annotations

from sim.arrays import Array
from sim.city.state import Ground
from sim.incidents.log import CallState, Discoverer, Logs
from sim.kernels import inner_kernel, row
from sim.people.feelings import Feelings, shift_feelings
from sim.police.cases.case_log import Cases, CaseState


@inner_kernel
def is_pending(n: int, logs: Logs) -> bool:
    """Whether the police have been told of a crime and not booked it yet, or will be."""
    crime = logs.incidents[n]
    if crime.recorded_time_min >= 0.0 or crime.call_id < 0:
        return False
    state = logs.calls[crime.call_id].state
    return bool(state < CallState.SERVED or state == CallState.AT_DESK)


@inner_kernel
def clear_crime(
    n: int, now_min: float, logs: Logs, cases: Cases, residents: Array, feelings: Feelings, ground: Ground
) -> None:
    """Solve a crime whose culprit was caught; its victim thinks the better of the police.

    If nobody had reported it, it enters police records.
    """
    crime = logs.incidents[n]
    if crime.recorded_time_min < 0.0:
        crime.recorded_time_min = now_min
        crime.recorded_cell = crime.cell
        crime.discovered_by = Discoverer.PATROL
    crime.cleared = True
    crime.arrest_time_min = now_min
    if n < len(cases.case_of) and cases.case_of[n] > 0:
        case = cases.rows[cases.case_of[n] - 1]
        case.state = CaseState.CLEARED
        case.closed_min = now_min
    if crime.victim_id >= 0:
        victim, gain = row(crime.victim_id), feelings.rule.arrest_gain
        shift_feelings(residents, victim, now_min, gain, 0.0, 0.0, feelings, ground)
