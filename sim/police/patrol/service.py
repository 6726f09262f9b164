"""The work of a unit on its call: it sets off, clears the scene, goes on at the station, writes it up."""

from __future__ import annotations

from sim.agenda import put
from sim.city.streets import drive_km, drive_minutes
from sim.draws import Draw
from sim.incidents.log import CallState, Logs
from sim.kernels import inlined, inner_kernel, row
from sim.police.patrol.free_time import UNIT_DUE, Police, begin_until, break_off
from sim.police.patrol.queue import Desk
from sim.police.patrol.stages import follow_up_min
from sim.police.patrol.units import Activity
from sim.randomness import exponential


@inner_kernel
def set_off(u: int, now_min: float, desk: Desk, police: Police, logs: Logs) -> None:
    """Let a unit drive to the call that it was sent to."""
    unit = police.units[u]
    call, here = logs.calls[unit.call_id], row(unit.to_cell)
    minutes = drive_minutes(police.travel, here, call.cell)
    if call.priority == 1:
        minutes /= desk.rule.urgent_speed
    unit.to_cell, unit.depart_min = call.cell, now_min
    unit.drive_km = drive_km(police.travel, here, call.cell)
    begin_until(u, Activity.RESPONSE_DRIVE, now_min, now_min + minutes, police, logs)


@inlined
def clear(seed: int, c: int, now_min: float, desk: Desk, police: Police, logs: Logs) -> None:
    """End the work on scene.

    The crime enters police records. The first unit goes on at the station, if it comes to that and it has arrested
    nobody, and does the paperwork; the others are free at once.
    """
    call = logs.calls[c]
    call.state = CallState.SERVED
    call.cleared_min = now_min
    if call.incident_id >= 0:
        logs.incidents[call.incident_id].recorded_time_min = now_min
    first = row(call.unit_id)
    follow_up = 0.0 if made_arrest(first, police, logs) else follow_up_min(seed, c, desk.demand, desk.stages, logs)
    if follow_up > 0.0:
        unit = police.units[first]
        until_min = now_min + drive_minutes(police.travel, call.cell, unit.station_cell) + follow_up * unit.slow
        unit.from_cell, unit.to_cell = unit.station_cell, unit.station_cell
        begin_until(first, Activity.FOLLOW_UP, now_min, until_min, police, logs)
    elif call.paperwork_min > 0.0:
        write_up(first, now_min, desk, police, logs)
    else:
        put(logs.agenda, now_min, UNIT_DUE, first, police.units[first].version)
    if call.sent > 1:
        for u in range(len(police.units)):
            if police.units[u].call_id == c and u != first:
                break_off(u, now_min, police, logs)


@inlined
def relieve_units(c: int, number: int, now_min: float, police: Police, logs: Logs) -> None:
    """Let others take the places of some units of a call: those who are there go, and no more are sent for them.

    The first unit stays.
    """
    call = logs.calls[c]
    call.needed -= number
    free = call.sent - call.needed
    for u in range(len(police.units)):
        there = police.units[u].call_id == c and police.units[u].activity == Activity.ON_SCENE
        if free > 0 and there and u != call.unit_id and call.state < CallState.SERVED:
            break_off(u, now_min, police, logs)
            free -= 1


@inner_kernel
def write_up(u: int, now_min: float, desk: Desk, police: Police, logs: Logs) -> None:
    """Let a unit do the paperwork of its call."""
    unit = police.units[u]
    until_min = now_min + logs.calls[unit.call_id].paperwork_min * desk.rule.paperwork_factor * unit.slow
    begin_until(u, Activity.PAPERWORK, now_min, until_min, police, logs)


@inlined
def made_arrest(u: int, police: Police, logs: Logs) -> bool:
    """Whether a unit arrested somebody on arrival at the call that it finishes."""
    call = logs.calls[police.units[u].call_id]
    return bool(
        call.unit_id == u
        and call.incident_id >= 0
        and logs.incidents[call.incident_id].arrest_time_min == call.arrived_min
    )


@inner_kernel
def process_arrest(seed: int, u: int, now_min: float, desk: Desk, police: Police, logs: Logs) -> None:
    """Let a unit take in whom it arrested at its call."""
    unit = police.units[u]
    call = logs.calls[unit.call_id]
    mean_min = desk.rule.arrest_processing_min * unit.slow
    minutes = exponential(seed, Draw.ARREST_PROCESSING, call.key_entity, call.key_time) * mean_min
    begin_until(u, Activity.ARREST_PROCESSING, now_min, now_min + minutes, police, logs)
