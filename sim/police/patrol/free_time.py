"""What a unit does when nobody calls: its break, its orders, the way to the next stop, or waiting at the station."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.agenda import Agenda, put
from sim.arrays import Array
from sim.city.grid import cell_on_line
from sim.city.presence import PresenceRule, build_up, leave_behind
from sim.city.state import Ground
from sim.city.streets import TravelTimes, drive_minutes
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incidents.log import VISITS, Logs
from sim.kernels import inlined, inner_kernel, kernel, row
from sim.parameters import Parameters, parameter
from sim.police.patrol.units import Activity, Tracks, begin, position
from sim.randomness import choose, uniform

UNIT_DUE = 1  # kinds of event on the agenda, after log.CALL_RECEIVED
CALL_CLEARED = 2
CALL_EXPIRES = 3
CALL_REVIEW = 4
SIGN_ON = 5
SIGN_OFF = 6
BREAK_DUE = 7
CALL_TAKEN = 8
PURSUIT = 9
RELIEF = 10

SHORTEST_DRIVE_MIN = 0.5
UNNOTICED = 0.005  # a rise of deterrence below this is nothing
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0  # its multiples, without their whole parts, are spread evenly over 0 to 1


class PatrolParameters(Parameters):
    """How units move when nobody calls."""

    speed_share: float = parameter(
        0.7, unit="1", ge=0.01, le=1, source="assumption", doc="Speed on patrol relative to the speed of the street."
    )
    break_min: float = parameter(
        30.0,
        unit="min",
        ge=0,
        le=240,
        source="assumption",
        doc="Meal break in a shift; only a priority-1 call interrupts it.",
    )
    most_at_meal_share: float = parameter(
        0.2, unit="share of the units of a shift", gt=0, le=1,
        source="assumption: a dispatcher who lets more go at a time has nobody left to send",
        doc=(
            "Largest share of the city's units on shift that take their meal at the same time; one always may. "
            "Meals spread over the middle half of the shift."
        ),
    )  # fmt: skip
    spell_min: float = parameter(
        60.0, unit="min", ge=5, le=1440, source="assumption",
        doc=(
            "Free time is spent as ordered, or not at all, in spells of this length; "
            "they begin at another minute for each unit."
        ),
    )  # fmt: skip
    back_to_car_min: float = parameter(
        3.0, unit="min", ge=0, le=60, source="assumption: half of a walk of 400 m there and back",
        doc="Time that a crew on foot takes back to its car when it is sent to a call.",
    )  # fmt: skip


class PatrolRule(NamedTuple):
    """The parameters for the kernels."""

    speed_share: float
    break_min: float
    spell_min: float
    back_to_car_min: float


class Orders(NamedTuple):
    """A patrol plan by beat: stops of beat b are rows start[b] … start[b + 1] − 1."""

    start: Array  # [beats + 1]
    cell: Array  # [stops]
    cumulative: Array  # [stops + 1] cumulative weight
    dwell_min: Array  # [stops]
    on_foot: Array  # [stops] the crew leaves its car there and walks


class Police(NamedTuple):
    """The units and what they work with."""

    units: Array
    ledger: Array  # [days, activities] unit-minutes
    tracks: Tracks
    travel: TravelTimes
    orders: Orders
    patrol: PatrolRule
    presence: PresenceRule


@inlined
def free_time(seed: int, u: int, now_min: float, police: Police, ground: Ground, logs: Logs) -> None:
    """Decide what a free unit does: sign off, take its break, follow its orders, or go back to the station and wait.

    Orders name stops with weights for each beat; the unit picks one among those of its beats with probability ∝ weight.
    Without orders it waits for a call, and in a spell in which its crew does not follow them, to the end of the spell.
    """
    unit = police.units[u]
    here = position(police.units, u, now_min, ground.n_cols)
    unit.from_cell, unit.to_cell = here, here
    unit.call_id = -1
    if now_min >= unit.shift_end_min:
        sign_off(police, u, now_min)
        return
    if now_min >= unit.break_due_min:
        seat_min = next_seat(u, now_min, police.units)
        if seat_min <= now_min:
            unit.break_due_min = np.inf
            begin_until(u, Activity.BREAK, now_min, now_min + police.patrol.break_min, police, logs)
            return
        put(logs.agenda, seat_min, BREAK_DUE, u, 0)
    first, end = police.orders.start[unit.beat_first], police.orders.start[unit.beat_end]
    total = police.orders.cumulative[end] - police.orders.cumulative[first]
    ordered = not unit.reserve and total > 0.0
    if not (ordered and follows_orders(seed, u, now_min, police)):
        if here != unit.station_cell:
            _drive(u, here, unit.station_cell, Activity.RETURN_DRIVE, now_min, police, logs)
        elif ordered:
            begin_until(u, Activity.STANDBY, now_min, spell_end(u, now_min, police.patrol.spell_min), police, logs)
        else:
            begin(police.units, u, Activity.STANDBY, now_min, np.inf, police.ledger, police.tracks)
        return
    draw = uniform(seed, Draw.PATROL_STOP + unit.decisions, u, 0)
    unit.decisions += 1
    pick = police.orders.cumulative[first] + draw * total
    stop = choose(police.orders.cumulative, first + 1, end + 1, pick) - 1
    unit.stop_min = police.orders.dwell_min[stop]
    unit.on_foot = police.orders.on_foot[stop]
    _drive(u, here, police.orders.cell[stop], Activity.PATROL_DRIVE, now_min, police, logs)


@inner_kernel
def next_seat(u: int, now_min: float, units: Array) -> float:
    """Return when a unit may take its meal.

    Now if fewer of its shift are at theirs than may be, else when the first of these ends.

    The reserve, which is never sent, takes nobody's place.
    """
    at_meal, first_min = 0, np.inf
    for other in range(len(units)):
        if (
            units[other].activity == Activity.BREAK
            and units[other].shift == units[u].shift
            and not units[other].reserve
        ):
            at_meal += 1
            first_min = min(first_min, units[other].until_min)
    return now_min if units[u].reserve or at_meal < units[u].meals_at_once else float(first_min)


@inlined
def spell_of(u: int, now_min: float, spell_min: float) -> int:
    """Return the number of a unit's present spell of free time; within a hair of its end, the next one has begun."""
    return row(math.floor(now_min / spell_min + (u * GOLDEN) % 1.0 + 1e-6))


@inlined
def spell_end(u: int, now_min: float, spell_min: float) -> float:
    """Return when the present spell of free time of a unit is over."""
    return (spell_of(u, now_min, spell_min) + 1.0 - (u * GOLDEN) % 1.0) * spell_min


@inner_kernel
def follows_orders(seed: int, u: int, now_min: float, police: Police) -> bool:
    """Whether a unit spends its free time in the present spell as ordered.

    It does so with the chance of its effort, the same whatever the orders are.
    """
    effort = police.units[u].effort
    if effort >= 1.0:
        return True
    return bool(uniform(seed, Draw.EFFORT, u, spell_of(u, now_min, police.patrol.spell_min)) < effort)


@inlined
def back_to_car_min(u: int, police: Police) -> float:
    """Return how long the crew of a unit takes to its car: if it walks on patrol."""
    unit = police.units[u]
    return police.patrol.back_to_car_min if unit.on_foot and unit.activity == Activity.PATROL_STOP else 0.0


@inlined
def begin_until(u: int, activity: int, now_min: float, until_min: float, police: Police, logs: Logs) -> None:
    """Begin an activity that ends by itself."""
    begin(police.units, u, activity, now_min, until_min, police.ledger, police.tracks)
    put(logs.agenda, until_min, UNIT_DUE, u, police.units[u].version)


@inlined
def break_off(u: int, now_min: float, police: Police, logs: Logs) -> None:
    """Let a unit see at once what to do next, whatever it was about to finish."""
    police.units[u].version += 1
    put(logs.agenda, now_min, UNIT_DUE, u, police.units[u].version)


@inlined
def _drive(u: int, origin: int, destination: int, activity: int, now_min: float, police: Police, logs: Logs) -> None:
    """Begin a drive without urgency."""
    unit = police.units[u]
    minutes = max(drive_minutes(police.travel, origin, destination) / police.patrol.speed_share, SHORTEST_DRIVE_MIN)
    unit.from_cell, unit.to_cell, unit.depart_min = origin, destination, now_min
    begin_until(u, activity, now_min, now_min + minutes, police, logs)


@inlined
def end_of_patrol_leg(u: int, now_min: float, police: Police, ground: Ground, logs: Logs) -> None:
    """Leave behind what a patrol drive or stop did up to now; other activities leave nothing."""
    if police.units[u].activity == Activity.PATROL_STOP or police.units[u].activity == Activity.PATROL_DRIVE:
        _leave_patrol(u, now_min, police.units, police.presence, ground, logs)


@inner_kernel
def _leave_patrol(u: int, now_min: float, units: Array, presence: PresenceRule, ground: Ground, logs: Logs) -> None:
    """Leave behind residue of presence, patrol minutes, and after a stop a row of the visits.

    A drive is as many short stays as there are places along it with a view of their own, two sights apart.
    """
    unit = units[u]
    minutes = now_min - unit.since_min
    if unit.activity == Activity.PATROL_STOP:
        leave_behind(ground.cells, unit.to_cell, build_up(minutes, presence), now_min, presence)
        ground.cells[unit.to_cell].patrol_min += minutes
        _log_visit(u, now_min, logs, units)
    elif unit.activity == Activity.PATROL_DRIVE and minutes > 0.0:
        span = max(unit.until_min - unit.depart_min, 1e-9)
        here = position(units, u, now_min, ground.n_cols)
        rows = here // ground.n_cols - unit.from_cell // ground.n_cols
        cols = here % ground.n_cols - unit.from_cell % ground.n_cols
        pieces = 1 + int(math.hypot(rows, cols) * ground.cell_m / (2.0 * presence.sight_m))
        covered = min(1.0, (now_min - unit.depart_min) / span)
        rise = build_up(minutes / pieces, presence)
        for s in range(pieces):
            cell = cell_on_line(unit.from_cell, unit.to_cell, covered * (s + 0.5) / pieces, ground.n_cols)
            if rise > UNNOTICED:
                leave_behind(ground.cells, cell, rise, now_min, presence)
            ground.cells[cell].patrol_min += minutes / pieces


@inner_kernel
def _log_visit(u: int, now_min: float, logs: Logs, units: Array) -> None:
    """Write down a patrol stop that ends now."""
    v = logs.used[VISITS]
    if v >= len(logs.visits):
        raise IndexError("the log of visits is full")
    logs.used[VISITS] += 1
    visit = logs.visits[v]
    visit.unit_id = u
    visit.cell = units[u].to_cell
    visit.start_min = units[u].since_min
    visit.dwell_min = now_min - units[u].since_min
    visit.on_foot = units[u].on_foot


@inlined
def stop_here(seed: int, u: int, now_min: float, police: Police, logs: Logs) -> None:
    """Begin the planned stop at the end of a patrol drive.

    It lasts at most to the end of the duty, or to a spell in which orders are not followed.
    """
    unit = police.units[u]
    unit.from_cell = unit.to_cell
    until_min = min(now_min + unit.stop_min, unit.shift_end_min)
    over_min = spell_end(u, now_min, police.patrol.spell_min)
    while unit.effort < 1.0 and over_min < until_min:
        if follows_orders(seed, u, over_min, police):
            over_min = spell_end(u, over_min, police.patrol.spell_min)
        else:
            until_min = over_min
    begin_until(u, Activity.PATROL_STOP, now_min, until_min, police, logs)


@kernel
def roll_call(agenda: Agenda, units: Array, start_min: float) -> None:
    """Enter when units sign on."""
    for i in range(len(units)):
        put(agenda, start_min, SIGN_ON, units[i], 0)


@kernel
def plan_meals(units: Array, rows: Array, shift_min: float, break_min: float, most_share: float) -> None:
    """Spread the meals of a shift evenly over the middle half of it, or over longer if that is too short.

    Of n units `m = max(1, ⌊n · share⌋)` may eat at once, so that there are at least `⌈n / m⌉` sittings, and as many
    more as the half shift has room for. Units stand in the order of their beats, and neighbours go to different
    sittings: there is one near whose neighbour eats.
    """
    n = len(rows)
    most = max(1, int(n * most_share + 1e-9))
    half_min = 0.5 * min(shift_min, MINUTES_PER_DAY)
    sittings = max((n + most - 1) // most, min(n, int(half_min / max(break_min, 1.0))), 1)
    apart_min = max(break_min, half_min / sittings)
    for i in range(n):
        later_min = (i % sittings - 0.5 * (sittings - 1)) * apart_min - 0.5 * break_min
        units[rows[i]].meal_shift_min = max(-half_min, min(later_min, half_min - break_min))
        units[rows[i]].meals_at_once = most


@inlined
def sign_on(
    u: int, now_min: float, shift_min: float, break_after_min: float, overtime_share: float, police: Police, logs: Logs
) -> None:
    """Begin a duty at the station, of a shift and the overtime that is ordered: `shift · (1 + share)`."""
    unit = police.units[u]
    unit.beat_first, unit.beat_end, unit.station_cell = unit.next_beat_first, unit.next_beat_end, unit.next_station_cell
    unit.stands_in = False
    if unit.activity == Activity.OFF_DUTY:
        unit.from_cell, unit.to_cell = unit.station_cell, unit.station_cell
        unit.sign_on_min = now_min
        unit.busy_before_min = unit.busy_min
        begin(police.units, u, Activity.STANDBY, now_min, np.inf, police.ledger, police.tracks)
        put(logs.agenda, now_min, UNIT_DUE, u, unit.version)
    else:  # still on a call of its last shift: it goes on, and what it worked between the shifts is overtime
        unit.overtime_min += now_min - unit.regular_end_min
        _count_duty(u, police.units)
    unit.regular_end_min = now_min + shift_min
    unit.shift_end_min = now_min + shift_min * (1.0 + overtime_share)
    unit.break_due_min = (
        now_min + break_after_min + unit.meal_shift_min
        if police.patrol.break_min > 0.0 and shift_min < np.inf
        else np.inf
    )
    if shift_min < np.inf:
        put(logs.agenda, unit.shift_end_min, SIGN_OFF, u, 0)
        if unit.break_due_min < np.inf:
            put(logs.agenda, unit.break_due_min, BREAK_DUE, u, 0)


@inner_kernel
def sign_off(police: Police, u: int, now_min: float) -> None:
    """End a duty; what is worked after the end of the shift is overtime."""
    unit = police.units[u]
    unit.on_duty_min += now_min - unit.sign_on_min
    unit.overtime_min += max(0.0, now_min - unit.regular_end_min)
    unit.call_id = -1
    _count_duty(u, police.units)
    begin(police.units, u, Activity.OFF_DUTY, now_min, np.inf, police.ledger, police.tracks)


@inner_kernel
def _count_duty(u: int, units: Array) -> None:
    """Count a duty, and whether its meal was missed."""
    units[u].duties += 1
    units[u].meals_missed += units[u].break_due_min < np.inf
    units[u].break_due_min = np.inf
