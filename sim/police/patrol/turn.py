"""What a turn of the hour does to units where a plan has hours: whose stop is over goes elsewhere at once."""

from __future__ import annotations

from sim.agenda import put
from sim.incidents.log import Logs
from sim.kernels import inner_kernel, kernel
from sim.police.patrol.free_time import UNIT_DUE, Orders, Police
from sim.police.patrol.units import Activity


@kernel
def look_again(now_min: float, police: Police, logs: Logs) -> None:
    """Let free units whose orders have changed see what to do now.

    Those that wait at a station, once there are stops for them or their station is another; those at a stop, or on the
    way to one, that holds no longer. Whoever is on a call, at a meal or on the way back sees them when it is free.
    """
    for u in range(len(police.units)):
        unit = police.units[u]
        if unit.reserve or now_min >= unit.shift_end_min:
            continue
        if unit.activity == Activity.STANDBY:
            idle = _any_stop(unit.beat_first, unit.beat_end, police.orders) or unit.to_cell != unit.station_cell
        else:
            patrols = unit.activity == Activity.PATROL_DRIVE or unit.activity == Activity.PATROL_STOP
            idle = patrols and not _is_stop(unit.to_cell, unit.beat_first, unit.beat_end, police.orders)
        if idle:
            unit.stop_min = 0.0  # a drive that is broken off ends in no stop
            put(logs.agenda, now_min, UNIT_DUE, u, unit.version)


@inner_kernel
def _any_stop(beat_first: int, beat_end: int, orders: Orders) -> bool:
    """Whether there is a stop in some beats."""
    return bool(orders.cumulative[orders.start[beat_end]] > orders.cumulative[orders.start[beat_first]])


@inner_kernel
def _is_stop(cell: int, beat_first: int, beat_end: int, orders: Orders) -> bool:
    """Whether a cell is a stop of some beats."""
    for s in range(orders.start[beat_first], orders.start[beat_end]):
        if orders.cell[s] == cell and orders.cumulative[s + 1] > orders.cumulative[s]:
            return True
    return False
