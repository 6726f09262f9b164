"""The cover that is left.

Who is held back for urgent calls, when a unit from elsewhere is worth sending, who stands in for an empty district.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.city.streets import drive_minutes
from sim.incidents.log import Logs
from sim.kernels import inner_kernel
from sim.police.patrol.free_time import Police, back_to_car_min, end_of_patrol_leg, free_time
from sim.police.patrol.queue import Desk, covers, help_comes_min, is_near
from sim.police.patrol.units import Activity, is_free, position


@inner_kernel
def can_be_spared(u: int, c: int, now_min: float, units: Array, desk: Desk, logs: Logs) -> bool:
    """Whether a free unit may go to a call, or all that are free are held back for calls of another priority.

    Of n units on duty `⌊n · share⌋` are, as long as the call waits for help: a queue with cutoffs (Schaack & Larson
    1986). The unit itself counts as free whatever it has just finished.
    """
    share = desk.rule.held_back_share[logs.calls[c].priority - 1]
    if share <= 0.0 or now_min >= help_comes_min(c, desk, logs):
        return True
    free, on_duty = 0, 0
    for v in range(len(units)):
        if units[v].activity != Activity.OFF_DUTY and not units[v].reserve:
            on_duty += 1
            free += v == u or is_free(units[v].activity)
    return bool(free > int(share * on_duty + 1e-9))


@inner_kernel
def price_of_cover(u: int, c: int, units: Array, desk: Desk, logs: Logs) -> float:
    """Return the minutes of way that a unit from elsewhere is worth where it is: `cover / (1 + free units left there)`.

    Infinite where the dispatcher does not weigh.
    """
    cover_min = desk.rule.cover_min[logs.calls[c].priority - 1]
    left = 0
    if 0.0 < cover_min and cover_min < np.inf:
        for v in range(len(units)):
            if v != u and not units[v].reserve and is_free(units[v].activity):
                left += is_near(v, units[u].beat_first, units, desk)
    return float(cover_min / (1.0 + left))


@inner_kernel
def wait_for_own(beat: int, units: Array, desk: Desk) -> float:
    """Return how long the dispatcher reckons that a beat waits for a unit of its own: `busy time / units on duty`.

    He does not know when a unit will be free: so much longer a call takes on average, however long it has taken, and
    the first of several units is free as many times sooner. Infinite if none is on duty.
    """
    own = 0
    for v in range(len(units)):
        if units[v].activity != Activity.OFF_DUTY and not units[v].reserve:
            own += is_near(v, beat, units, desk)
    return float(desk.rule.busy_min / own) if own else np.inf


@inner_kernel
def is_worth_it(u: int, c: int, now_min: float, police: Police, desk: Desk, ground: Ground, logs: Logs) -> bool:
    """Whether a call that waits for its own units should have this one from elsewhere: its way and cover cost less."""
    call, units = logs.calls[c], police.units
    if desk.rule.cover_min[call.priority - 1] == np.inf:
        return False
    way_min = drive_minutes(police.travel, position(units, u, now_min, ground.n_cols), call.cell)
    way_min += back_to_car_min(u, police)
    return bool(way_min + price_of_cover(u, c, units, desk, logs) < wait_for_own(call.beat, units, desk))


@inner_kernel
def _free_in(district: int, units: Array, desk: Desk) -> int:
    """Return how many free units cover a district."""
    free = 0
    for v in range(len(units)):
        if not units[v].reserve and is_free(units[v].activity):
            free += covers(v, district, units, desk)
    return free


@inner_kernel
def move_up(seed: int, u: int, now_min: float, desk: Desk, police: Police, ground: Ground, logs: Logs) -> None:
    """Let a free unit from elsewhere stand in for the unit that was just sent, if that was the last of its district.

    The nearest goes of those whose own district keeps as many as are to stay there. It waits at the station of the unit
    that was sent and covers its beats, until one of the district is free again or a call comes. Who stood in and is
    sent is due at home afterwards.
    """
    units = police.units
    gone = units[u]
    first, end, station = gone.beat_first, gone.beat_end, gone.station_cell
    go_home(u, units)
    district = desk.district[first]
    if _free_in(district, units, desk) > 0:
        return
    best, least_min = -1, np.inf
    for v in range(len(units)):
        if units[v].reserve or units[v].stands_in or not is_free(units[v].activity):
            continue
        if _free_in(desk.district[units[v].beat_first], units, desk) > desk.rule.move_up_leaving:
            minutes = drive_minutes(police.travel, position(units, v, now_min, ground.n_cols), station)
            if minutes < least_min:
                best, least_min = v, minutes
    if best >= 0:
        end_of_patrol_leg(best, now_min, police, ground, logs)
        units[best].beat_first, units[best].beat_end, units[best].station_cell = first, end, station
        units[best].stands_in = True
        free_time(seed, best, now_min, police, ground, logs)


@inner_kernel
def relieve(seed: int, u: int, now_min: float, desk: Desk, police: Police, ground: Ground, logs: Logs) -> None:
    """Send those home who stand in for the district of a unit that has become free."""
    units = police.units
    if units[u].stands_in:
        return
    district = desk.district[units[u].beat_first]
    for v in range(len(units)):
        if units[v].stands_in and is_free(units[v].activity) and covers(v, district, units, desk):
            end_of_patrol_leg(v, now_min, police, ground, logs)
            go_home(v, units)
            free_time(seed, v, now_min, police, ground, logs)


@inner_kernel
def go_home(u: int, units: Array) -> None:
    """Let a unit that stands in elsewhere cover its own beats again."""
    unit = units[u]
    if unit.stands_in:
        unit.stands_in = False
        unit.beat_first, unit.beat_end = unit.next_beat_first, unit.next_beat_end
        unit.station_cell = unit.next_station_cell
