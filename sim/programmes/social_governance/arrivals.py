"""What a tip does where it arrives: a report that the desk takes down, a lead for detectives, a case for mediators."""

from __future__ import annotations

from sim.city.state import Ground
from sim.draws import Draw
from sim.incidents.disputes.log import Disputes, Finder, Outcome
from sim.incidents.disputes.mediation import MediationRule, hand_over
from sim.incidents.log import CALLS, Discoverer, Logs, add_call
from sim.incidents.profiles import DemandRule
from sim.incidents.reporting import recorded_cell, take_down
from sim.kernels import kernel, row
from sim.randomness import uniform4

MOST_REPORTS = 500  # that tips bring to the desks on a day; the rest come on the next, for logs keep room for no more


def room_for_reports(logs: Logs) -> int:
    """Return how many crimes the desk can take down today."""
    return max(0, min(MOST_REPORTS, len(logs.calls) - int(logs.used[CALLS])))


@kernel
def report_by_tip(
    seed: int,
    n: int,
    key_entity: int,
    key_time: int,
    received_min: float,
    ground: Ground,
    logs: Logs,
    demand: DemandRule,
) -> bool:
    """Let the desk take down a crime that nobody had reported, and return whether it was so.

    No unit is sent, and no caller judges the response.

    Place and type may be wrong in police records as those of any report.
    """
    crime = logs.incidents[n]
    cell, kind = row(crime.cell), row(crime.type)
    if crime.call_id >= 0 or ground.cells[cell].beat < 0:
        return False
    c = add_call(logs, kind, cell, row(ground.cells[cell].beat), key_entity, key_time, crime.time_min, received_min)
    logs.calls[c].incident_id = n
    take_down(seed, c, logs, demand)
    u_place, u_type, _, _ = uniform4(seed, Draw.REPORT, key_entity, key_time)
    crime.call_id = c
    crime.discovered_by = Discoverer.TIP
    crime.recorded_cell = recorded_cell(seed, key_entity, key_time, cell, u_place, crime.time_min, ground, demand)
    if u_type < demand.wrong_type_probability:
        crime.recorded_type = demand.booked_as[kind]
    return True


def tell_mediators(disputes: Disputes, d: int, day: int, rule: MediationRule) -> bool:
    """Hand a dispute to the mediators if it is open and they do not have it, and return whether it was so."""
    one = disputes.rows[d]
    if one["outcome"] != Outcome.OPEN or one["in_mediation"]:
        return False
    hand_over(disputes, d, int(Finder.GRID), day, rule)
    return True
