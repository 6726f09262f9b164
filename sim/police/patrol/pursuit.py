"""Pursuit (设卡布控): units take posts where who fled will come by; posts, patrols and cameras may meet him."""

from __future__ import annotations

import math

import numpy as np

from sim.agenda import put
from sim.arrays import Array
from sim.city.state import Ground
from sim.city.streets import drive_minutes
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import CallState, Logs
from sim.kernels import inlined, inner_kernel, row
from sim.police.patrol.arrests import arrest
from sim.police.patrol.flight import Flight, closest_m, first_post, flight, leaves_scene_min
from sim.police.patrol.free_time import PURSUIT, Police, back_to_car_min, begin_until, break_off, end_of_patrol_leg
from sim.police.patrol.queue import Desk
from sim.police.patrol.service import process_arrest
from sim.police.patrol.stages import turn_out_min
from sim.police.patrol.units import Activity, is_about, is_free, position
from sim.randomness import uniform

STEP_MIN = 1.0  # between the moments at which it is seen whom who fled has met
STEPS_IN = 10  # the line from a post that would lie outside the city back to the scene


@inner_kernel
def pursue(seed: int, c: int, now_min: float, desk: Desk, police: Police, ground: Ground, logs: Logs) -> None:
    """Send free units, the nearest first, to posts on a circle round a crime to which a unit has just been sent.

    The circle is as wide as who fled will have got by the time at which the unit could be at the scene, and some
    minutes more; the posts lie evenly on it, the first anywhere. The dispatcher knows what callers say: what it is,
    that it was just now, whether he had a vehicle, and whether he is held: then nobody is looked for.
    """
    rule, call = desk.rule.pursuit, logs.calls[c]
    wanted = call.type <= IncidentType.BRAWL and call.priority <= rule.least_urgent
    if rule.units == 0 or call.state != CallState.SENT or call.held or not wanted:
        return
    bearing, speed_m = first_post(seed, row(call.key_entity), row(call.key_time), row(call.type), rule)
    for k in range(rule.units):
        u = _nearest_free(row(call.cell), now_min, police, ground)
        if u < 0:
            break
        drive_min = drive_minutes(police.travel, position(police.units, u, now_min, ground.n_cols), call.cell)
        after_min = now_min - call.occurred_min + drive_min / desk.rule.urgent_speed + rule.ahead_min
        way = bearing + 2.0 * math.pi * k / rule.units
        north_m, east_m = speed_m * after_min * math.cos(way), speed_m * after_min * math.sin(way)
        post, here = _inside(row(call.cell), north_m, east_m, ground), position(police.units, u, now_min, ground.n_cols)
        if post != call.cell:
            wait_min = turn_out_min(seed, Draw.TURN_OUT_TO_POST + k, u, here, c, police.units, desk.stages, logs)
            wait_min += back_to_car_min(u, police)
            end_of_patrol_leg(u, now_min, police, ground, logs)
            police.units[u].depart_min = now_min + wait_min
            _take_post(u, c, here, post, now_min, desk, police, logs)
    if call.incident_id >= 0 and logs.incidents[call.incident_id].culprit_id >= 0:
        put(logs.agenda, now_min + STEP_MIN, PURSUIT, c, 0)


@inner_kernel
def _nearest_free(cell: int, now_min: float, police: Police, ground: Ground) -> int:
    """Return the free unit with the shortest drive to a cell, −1 if none is free."""
    best, best_minutes = row(-1), np.inf
    for u in range(len(police.units)):
        unit = police.units[u]
        if is_free(unit.activity) and not unit.reserve:
            minutes = drive_minutes(police.travel, position(police.units, u, now_min, ground.n_cols), cell)
            minutes += back_to_car_min(u, police)
            if minutes < best_minutes:
                best, best_minutes = row(u), minutes
    return best


@inner_kernel
def _cell_at(cell: int, north_m: float, east_m: float, ground: Ground) -> int:
    """Return the cell so far from the centre of another one, −1 outside the city."""
    north = math.floor(cell // ground.n_cols + 0.5 + north_m / ground.cell_m)
    east = math.floor(cell % ground.n_cols + 0.5 + east_m / ground.cell_m)
    if north < 0 or north >= ground.n_rows or east < 0 or east >= ground.n_cols:
        return row(-1)
    found = row(north * ground.n_cols + east)
    return found if ground.cells[found].beat >= 0 else row(-1)


@inner_kernel
def _inside(cell: int, north_m: float, east_m: float, ground: Ground) -> int:
    """Return the cell so far from another one, or the farthest on the line to it that lies in the city."""
    for back in range(STEPS_IN):
        share = 1.0 - back / STEPS_IN
        found = _cell_at(cell, share * north_m, share * east_m, ground)
        if found >= 0:
            return found
    return row(cell)


@inner_kernel
def _take_post(u: int, c: int, here: int, post: int, now_min: float, desk: Desk, police: Police, logs: Logs) -> None:
    """Send a unit from where it is to a post for a call, with urgency from its departure on."""
    unit = police.units[u]
    minutes = drive_minutes(police.travel, here, post) / desk.rule.urgent_speed
    unit.from_cell, unit.to_cell, unit.call_id = here, post, c
    begin_until(u, Activity.RESPONSE_DRIVE, now_min, unit.depart_min + minutes, police, logs)


@inlined
def is_posted(u: int, units: Array, logs: Logs) -> bool:
    """Whether a unit that is on its way to a call, or at one, goes to a post or holds one instead of the scene."""
    return bool(units[u].call_id >= 0 and units[u].to_cell != logs.calls[units[u].call_id].cell)


@inlined
def is_sought(c: int, logs: Logs) -> bool:
    """Whether the police still look for who did what a call is about: work at the scene goes on, nobody is caught."""
    call = logs.calls[c]
    return bool(
        call.state < CallState.SERVED and (call.incident_id < 0 or not logs.incidents[call.incident_id].cleared)
    )


@inlined
def hold_post(u: int, now_min: float, desk: Desk, police: Police, logs: Logs) -> None:
    """Begin to hold a post, for a while."""
    unit = police.units[u]
    unit.from_cell = unit.to_cell
    begin_until(u, Activity.ON_SCENE, now_min, now_min + desk.rule.pursuit.hold_min, police, logs)


@inner_kernel
def stand_down(c: int, now_min: float, police: Police, logs: Logs) -> None:
    """Free the units at the posts of a call, or on their way there."""
    for u in range(len(police.units)):
        if _has_post(u, c, police.units, logs):
            break_off(u, now_min, police, logs)


@inner_kernel
def _has_post(u: int, c: int, units: Array, logs: Logs) -> bool:
    """Whether a unit holds a post of a call, or is on its way to one."""
    activity = units[u].activity
    serves = activity == Activity.RESPONSE_DRIVE or activity == Activity.ON_SCENE
    return bool(serves and units[u].call_id == c and is_posted(u, units, logs))


@inner_kernel
def look_around(
    seed: int, c: int, now_min: float, desk: Desk, police: Police, offenders: Array, ground: Ground, logs: Logs
) -> None:
    """See whom who fled has met in the last minute: a unit that recognises him, or a camera at which somebody looks.

    Units at their posts, on their way there and on patrol have his description, and each recognises him or does not,
    once and for all. An operator who sees him, with the chance of an offence on a watched screen, says where he is and
    which way he goes, and all posts of the call are moved ahead of him. Nobody looks for him any longer who is out of
    the city, or cannot be met.
    """
    rule, call = desk.rule.pursuit, logs.calls[c]
    crime, entity, time = logs.incidents[call.incident_id], row(call.key_entity), row(call.key_time)
    if crime.cleared:
        return
    kind, chance = row(crime.type), desk.demand.arrest_probability[crime.type]
    u_arrest = uniform(seed, Draw.ARREST, entity, time)
    left_min = leaves_scene_min(u_arrest, call.occurred_min, chance, desk.rule.arrest_decay_min)
    fled = flight(seed, entity, time, kind, left_min, rule)
    from_min, to_min = max(now_min - STEP_MIN, fled.leaves_min), min(now_min, fled.ends_min)
    for u in range(len(police.units) if to_min > from_min else 0):
        meets = _looks(u, c, police.units, logs) and (
            _nearest_m(u, call.cell, fled, from_min, to_min, police.units, ground) <= rule.reach_m
        )
        if meets and uniform(seed, Draw.RECOGNISED + u, entity, time) < rule.recognises:
            end_of_patrol_leg(u, now_min, police, ground, logs)
            police.units[u].call_id = c
            _catch(seed, u, now_min, desk, police, offenders, ground, logs)
            return
    if now_min >= fled.ends_min:
        return
    gone_min = max(now_min - fled.leaves_min, 0.0)
    cell = _cell_at(row(call.cell), gone_min * fled.north_m, gone_min * fled.east_m, ground)
    if cell >= 0:
        minute = row((now_min - call.occurred_min) / STEP_MIN)
        if uniform(seed, Draw.SEEN_ON_SCREEN + minute, entity, time) < ground.cells[cell].operator:
            _move_ahead(c, cell, fled, now_min, desk, police, ground, logs)
        put(logs.agenda, now_min + STEP_MIN, PURSUIT, c, 0)


@inner_kernel
def _looks(u: int, c: int, units: Array, logs: Logs) -> bool:
    """Whether a unit looks out for who fled from a call: it patrols, or is at a post of the call or on its way there.

    Who drives to the scene goes to those who called.
    """
    return is_about(units[u].activity) or _has_post(u, c, units, logs)


@inner_kernel
def _nearest_m(u: int, scene: int, fled: Flight, from_min: float, to_min: float, units: Array, ground: Ground) -> float:
    """Return how near a unit and who fled come to one another between two moments, both on straight lines."""
    north, east = _away(u, scene, fled, from_min, units, ground)
    north_then, east_then = _away(u, scene, fled, to_min, units, ground)
    return closest_m(north, east, north_then, east_then)


@inner_kernel
def _away(u: int, scene: int, fled: Flight, at_min: float, units: Array, ground: Ground) -> tuple[float, float]:
    """Return how far north and east of a unit who fled is, in metres."""
    unit, n_cols, share = units[u], ground.n_cols, 1.0
    if unit.until_min > unit.depart_min and unit.from_cell != unit.to_cell:
        share = min(max((at_min - unit.depart_min) / (unit.until_min - unit.depart_min), 0.0), 1.0)
    north = unit.from_cell // n_cols + share * (unit.to_cell // n_cols - unit.from_cell // n_cols)
    east = unit.from_cell % n_cols + share * (unit.to_cell % n_cols - unit.from_cell % n_cols)
    gone_min = at_min - fled.leaves_min
    return (
        (scene // n_cols - north) * ground.cell_m + gone_min * fled.north_m,
        (scene % n_cols - east) * ground.cell_m + gone_min * fled.east_m,
    )


@inner_kernel
def _catch(
    seed: int, u: int, now_min: float, desk: Desk, police: Police, offenders: Array, ground: Ground, logs: Logs
) -> None:
    """Arrest who fled from the call that a unit now has; it takes him in, and the others stand down."""
    unit, c = police.units[u], row(police.units[u].call_id)
    unit.from_cell = unit.to_cell = position(police.units, u, now_min, ground.n_cols)
    if arrest(seed, c, now_min, desk, offenders, ground, logs):
        unit.arrests += 1
        stand_down(c, now_min, police, logs)
        process_arrest(seed, u, now_min, desk, police, logs)


@inner_kernel
def _move_ahead(
    c: int, seen: int, fled: Flight, now_min: float, desk: Desk, police: Police, ground: Ground, logs: Logs
) -> None:
    """Move the posts of a call to where who was seen in a cell will be when each unit gets there."""
    scene = row(logs.calls[c].cell)
    for u in range(len(police.units)):
        if _has_post(u, c, police.units, logs):
            here = position(police.units, u, now_min, ground.n_cols)
            gone_min = max(now_min - fled.leaves_min, 0.0)
            gone_min += drive_minutes(police.travel, here, seen) / desk.rule.urgent_speed
            ahead = _inside(scene, gone_min * fled.north_m, gone_min * fled.east_m, ground)
            if ahead != scene:
                police.units[u].depart_min = now_min
                _take_post(u, c, here, ahead, now_min, desk, police, logs)
