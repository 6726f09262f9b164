"""Dispatch in continuous time: calls are received, queue by priority, and get the nearest eligible free units.

Calls and units meet in exact order of time, so the queueing identities of the literature hold for this code and are
tested on it.
"""

from __future__ import annotations

import numpy as np

from sim.agenda import next_time, put, take
from sim.arrays import Array
from sim.city.state import Ground, view_of
from sim.city.streets import drive_minutes
from sim.draws import Draw
from sim.incidents.log import CALL_RECEIVED, PLANNED_KEYS, CallState, Logs, next_expected, take_expected
from sim.kernels import inlined, inner_kernel, kernel, row
from sim.police.patrol.arrests import try_arrest
from sim.police.patrol.cover import can_be_spared, is_worth_it, move_up, price_of_cover, relieve, wait_for_own
from sim.police.patrol.free_time import (
    CALL_CLEARED,
    CALL_EXPIRES,
    CALL_REVIEW,
    CALL_TAKEN,
    PURSUIT,
    RELIEF,
    SIGN_OFF,
    SIGN_ON,
    UNIT_DUE,
    Police,
    back_to_car_min,
    begin_until,
    end_of_patrol_leg,
    follows_orders,
    free_time,
    sign_off,
    sign_on,
    stop_here,
)
from sim.police.patrol.pursuit import hold_post, is_posted, is_sought, look_around, pursue, stand_down
from sim.police.patrol.queue import (
    NEVER_SO_MANY,
    PRIORITIES,
    Desk,
    ask_for_second,
    begin_to_wait,
    end_to_wait,
    expire,
    hand_over,
    in_surge,
    is_home,
    is_near,
    join_queue,
    most_urgent,
    patience,
    waited_for_help,
)
from sim.police.patrol.service import clear, made_arrest, process_arrest, relieve_units, set_off, write_up
from sim.police.patrol.stages import taking_min, turn_out_min
from sim.police.patrol.units import Activity, begin, busy_share, is_about, is_free, position
from sim.randomness import uniform

LOOK_AGAIN_MIN = 5.0  # between the moments at which a patrol that has it in view would notice what goes on there


@kernel
def serve(
    seed: int, until_min: float, desk: Desk, police: Police, offenders: Array, ground: Ground, logs: Logs
) -> None:
    """Handle everything due before `until_min`, in order of time.

    Calls as they are received, and what is on the agenda.
    """
    while True:
        expected = next_expected(logs)
        if expected <= next_time(logs.agenda):
            if expected >= until_min:
                return
            now_min, kind, version = expected, CALL_RECEIVED, 0
            subject = take_expected(logs)
        else:
            if next_time(logs.agenda) >= until_min:
                return
            now_min, due, entry, version = take(logs.agenda)
            kind, subject = row(due), row(entry)
        if kind == UNIT_DUE:
            if police.units[subject].version == version:
                _unit_due(seed, subject, now_min, desk, police, offenders, ground, logs)
        elif kind == CALL_CLEARED:
            clear(seed, subject, now_min, desk, police, logs)
        elif kind == CALL_RECEIVED and logs.calls[subject].on_view:
            _come_upon(seed, subject, now_min, desk, police, ground, logs)
        elif kind == CALL_RECEIVED and _is_being_taken(seed, subject, now_min, desk, logs):
            continue
        elif kind in (CALL_RECEIVED, CALL_TAKEN):
            _receive(seed, subject, now_min, desk, police, ground, logs)
        elif kind == CALL_REVIEW:
            if logs.calls[subject].state < CallState.SERVED:
                _send_nearest(seed, subject, True, now_min, desk, police, ground, logs)
        elif kind == CALL_EXPIRES:
            if logs.calls[subject].state == CallState.WAITING:
                expire(subject, now_min, desk, logs)
        elif kind == PURSUIT:
            look_around(seed, subject, now_min, desk, police, offenders, ground, logs)
        elif kind == RELIEF:
            relieve_units(subject, version, now_min, police, logs)
        elif kind == SIGN_ON:
            sign_on(subject, now_min, desk.shift_min, desk.break_after_min, desk.overtime_share, police, logs)
        elif kind == SIGN_OFF:
            _leave(subject, now_min, police, ground, logs)
        elif police.units[subject].activity == Activity.STANDBY:  # BREAK_DUE
            put(logs.agenda, now_min, UNIT_DUE, subject, police.units[subject].version)


@inlined
def _come_upon(seed: int, c: int, now_min: float, desk: Desk, police: Police, ground: Ground, logs: Logs) -> None:
    """Let a free unit that has it in view find what nobody calls about, at once or while it lasts.

    It looks again and again, and finds it with a probability of how much of the place is in view. If none comes by, it
    is never known.
    """
    call = logs.calls[c]
    look = row((now_min - call.occurred_min) / LOOK_AGAIN_MIN + 0.5)
    unseen = uniform(seed, Draw.COME_UPON + look, call.key_entity, call.key_time)
    for u in range(len(police.units)):
        if is_about(police.units[u].activity):
            unseen -= view_of(call.cell, position(police.units, u, now_min, ground.n_cols), ground)
        if unseen < 0.0:
            begin_to_wait(c, desk, logs)
            call.received_min = call.taken_min = now_min
            _send(seed, u, c, now_min, desk, police, ground, logs)
            return
    if now_min + LOOK_AGAIN_MIN < call.occurred_min + desk.demand.unseen_min:
        put(logs.agenda, now_min + LOOK_AGAIN_MIN, CALL_RECEIVED, c, 0)
    else:
        call.state = CallState.UNNOTICED


@inlined
def _leave(u: int, now_min: float, police: Police, ground: Ground, logs: Logs) -> None:
    """End the duty of a unit at the end of its shift; one on a call goes on until it is free."""
    activity = police.units[u].activity
    if now_min >= police.units[u].shift_end_min and (activity == Activity.BREAK or is_free(activity)):
        end_of_patrol_leg(u, now_min, police, ground, logs)
        police.units[u].to_cell = position(police.units, u, now_min, ground.n_cols)
        sign_off(police, u, now_min)


@inlined
def _is_being_taken(seed: int, c: int, now_min: float, desk: Desk, logs: Logs) -> bool:
    """Whether the dispatcher gets a call that is being received only after some time of call-taking."""
    taking = taking_min(seed, c, desk.stages, logs)
    if taking > 0.0:
        put(logs.agenda, now_min + taking, CALL_TAKEN, c, 0)
    return bool(taking > 0.0)


@inlined
def _receive(seed: int, c: int, now_min: float, desk: Desk, police: Police, ground: Ground, logs: Logs) -> None:
    """Let the dispatcher have a call.

    Another service gets it, or else the nearest units are sent at once, and it waits for those that it lacks.

    If with it too many wait in its district, the nearest unit of the city is sent to the most urgent of them.
    """
    logs.calls[c].taken_min = now_min
    if hand_over(seed, c, desk, ground, logs):
        return
    ask_for_second(seed, c, desk, logs)
    begin_to_wait(c, desk, logs)
    _send_nearest(seed, c, waited_for_help(c, now_min, desk, logs), now_min, desk, police, ground, logs)
    call = logs.calls[c]
    if call.sent < call.needed:
        join_queue(c, now_min, desk, logs)
    if call.state == CallState.WAITING and in_surge(c, desk, logs):
        first = most_urgent(desk.district[call.beat], desk, logs)
        _send_nearest(seed, first, True, now_min, desk, police, ground, logs)
    if call.state == CallState.WAITING and patience(c, desk, logs) <= 0.0:
        expire(c, now_min, desk, logs)
    pursue(seed, c, now_min, desk, police, ground, logs)


@inner_kernel
def _send_nearest(
    seed: int, c: int, help_allowed: bool, now_min: float, desk: Desk, police: Police, ground: Ground, logs: Logs
) -> None:
    """Send the nearest eligible free units by street travel time, as many as the call still needs.

    Units from elsewhere go as those of the area itself if help is allowed. If not, the dispatcher weighs: the cover
    that they leave counts as so many minutes of way more, and where all of the area are busy, one goes if this is less
    than the wait for one of them. None goes that is held back for calls of another priority.
    """
    call = logs.calls[c]
    while call.sent < call.needed:
        best, best_minutes, own = -1, np.inf, help_allowed
        for u in range(len(police.units)):
            if _eligible(u, call.priority, police.units):
                near = help_allowed or is_near(u, call.beat, police.units, desk)
                own |= near
                if near or desk.rule.cover_min[call.priority - 1] < np.inf:
                    minutes = drive_minutes(police.travel, position(police.units, u, now_min, ground.n_cols), call.cell)
                    minutes += back_to_car_min(u, police)
                    if not near and minutes < best_minutes:
                        minutes += price_of_cover(u, c, police.units, desk, logs)
                    if minutes < best_minutes:
                        best, best_minutes = u, minutes
        if best < 0 or not (own or best_minutes < wait_for_own(call.beat, police.units, desk)):
            break
        if not can_be_spared(best, c, now_min, police.units, desk, logs):
            break
        _send(seed, best, c, now_min, desk, police, ground, logs)


@inner_kernel
def _eligible(u: int, priority: int, units: Array) -> bool:
    """Whether a unit may be sent: free, or on its break and the call is urgent."""
    activity = units[u].activity
    return (is_free(activity) or (priority == 1 and activity == Activity.BREAK)) and not units[u].reserve


@inlined
def _send(seed: int, u: int, c: int, now_min: float, desk: Desk, police: Police, ground: Ground, logs: Logs) -> None:
    """Send a unit to a call, ending whatever patrol it was on; if it was the last of its district, one stands in."""
    unit, call = police.units[u], logs.calls[c]
    end_of_patrol_leg(u, now_min, police, ground, logs)
    here = position(police.units, u, now_min, ground.n_cols)
    turn_out = turn_out_min(seed, Draw.TURN_OUT + call.sent, u, here, c, police.units, desk.stages, logs)
    turn_out += back_to_car_min(u, police)
    unit.from_cell, unit.to_cell = here, here
    unit.call_id = c
    if call.state == CallState.WAITING:
        call.dispatched_min = now_min
        call.far = not is_home(u, call.beat, police.units)
        end_to_wait(c, CallState.SENT, desk, logs)
    call.sent += 1
    if turn_out > 0.0:
        begin_until(u, Activity.TURN_OUT, now_min, now_min + turn_out, police, logs)
    else:
        set_off(u, now_min, desk, police, logs)
    if desk.rule.move_up_leaving < NEVER_SO_MANY:
        move_up(seed, u, now_min, desk, police, ground, logs)


@inlined
def _unit_due(
    seed: int, u: int, now_min: float, desk: Desk, police: Police, offenders: Array, ground: Ground, logs: Logs
) -> None:
    """Let a unit end its activity and begin the next."""
    activity = police.units[u].activity
    posted = activity == Activity.RESPONSE_DRIVE and is_posted(u, police.units, logs)
    if posted and is_sought(police.units[u].call_id, logs):
        hold_post(u, now_min, desk, police, logs)
    elif activity == Activity.RESPONSE_DRIVE and not (
        posted or logs.calls[police.units[u].call_id].state == CallState.SERVED
    ):
        _arrive(seed, u, now_min, desk, police, offenders, ground, logs)
    elif activity == Activity.TURN_OUT and logs.calls[police.units[u].call_id].state != CallState.SERVED:
        set_off(u, now_min, desk, police, logs)
    elif activity == Activity.FOLLOW_UP and logs.calls[police.units[u].call_id].paperwork_min > 0.0:
        write_up(u, now_min, desk, police, logs)
    elif activity == Activity.PATROL_DRIVE and _stops(seed, u, now_min, police):
        end_of_patrol_leg(u, now_min, police, ground, logs)
        stop_here(seed, u, now_min, police, logs)
    elif activity in (Activity.ON_SCENE, Activity.PAPERWORK) and made_arrest(u, police, logs):
        process_arrest(seed, u, now_min, desk, police, logs)
    else:
        c = row(police.units[u].call_id)
        if c >= 0 and logs.calls[c].unit_id == u:
            logs.calls[c].freed_min = now_min
        if not _take_waiting(seed, u, now_min, desk, police, ground, logs):
            end_of_patrol_leg(u, now_min, police, ground, logs)
            free_time(seed, u, now_min, police, ground, logs)
            if desk.rule.move_up_leaving < NEVER_SO_MANY:
                relieve(seed, u, now_min, desk, police, ground, logs)


@inlined
def _stops(seed: int, u: int, now_min: float, police: Police) -> bool:
    """Whether a unit that has come to the end of a patrol drive stops there as ordered."""
    unit = police.units[u]
    return bool(unit.stop_min > 0.0 and now_min < unit.shift_end_min and follows_orders(seed, u, now_min, police))


@inlined
def _arrive(
    seed: int, u: int, now_min: float, desk: Desk, police: Police, offenders: Array, ground: Ground, logs: Logs
) -> None:
    """Arrive at a call.

    The first unit does the work at its own pace and may find the offender, a later one joins until the call is cleared.
    A planned post is held until the hour that was planned.
    """
    unit = police.units[u]
    c = row(unit.call_id)
    call = logs.calls[c]
    unit.from_cell = unit.to_cell
    begin(police.units, u, Activity.ON_SCENE, now_min, np.inf, police.ledger, police.tracks)
    if call.state != CallState.SENT:
        return
    call.state = CallState.ON_SCENE
    call.under_way_min = unit.depart_min
    call.arrived_min = now_min
    call.unit_id = u
    call.crew_busy = busy_share(police.units, u, now_min)
    call.distance_km = unit.drive_km
    until_min = now_min + call.on_scene_min * desk.rule.scene_factor * unit.slow
    if call.key_entity >= PLANNED_KEYS:
        until_min = max(now_min, call.occurred_min + call.on_scene_min)
    put(logs.agenda, until_min, CALL_CLEARED, c, 0)
    if call.incident_id >= 0:
        try_arrest(seed, u, now_min, desk, police, offenders, ground, logs)
        if logs.incidents[call.incident_id].cleared:
            stand_down(c, now_min, police, logs)


@inlined
def _take_waiting(seed: int, u: int, now_min: float, desk: Desk, police: Police, ground: Ground, logs: Logs) -> bool:
    """Send a free unit to the first waiting call that it may take, by priority and then by time.

    Return whether there was one.

    Calls that no longer wait are dropped from the queues on the way.
    """
    taken = -1
    if now_min < police.units[u].shift_end_min and not police.units[u].reserve:
        for p in range(PRIORITIES):
            before = -1
            c = row(desk.queue[p, 0])
            while c >= 0 and taken < 0:
                call = logs.calls[c]
                after = row(call.next_waiting)
                if call.state == CallState.SERVED or call.state == CallState.EXPIRED or call.sent >= call.needed:
                    if before >= 0:
                        logs.calls[before].next_waiting = after
                    else:
                        desk.queue[p, 0] = after
                    if after < 0:
                        desk.queue[p, 1] = before
                else:
                    if can_be_spared(u, c, now_min, police.units, desk, logs) and (
                        is_near(u, call.beat, police.units, desk)
                        or waited_for_help(c, now_min, desk, logs)
                        or in_surge(c, desk, logs)
                        or is_worth_it(u, c, now_min, police, desk, ground, logs)
                    ):
                        taken = c
                    before = c
                c = after
    if taken >= 0:
        _send(seed, u, taken, now_min, desk, police, ground, logs)
    return taken >= 0
