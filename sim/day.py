"""What happens in a tick of the city, and how the phases of a day are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.incidents.crises import lose_control
from sim.incidents.disputes.assaults import escalate
from sim.incidents.fraud.persuasion import defraud
from sim.incidents.log import has_room, with_room
from sim.incidents.offence import look_ahead, offend
from sim.incidents.school import bully
from sim.incidents.town import Town
from sim.kernels import inlined, kernel
from sim.people.volunteers import keep_watch
from sim.police.patrol.dispatch import serve
from sim.police.patrol.units import has_room_for_tracks, show_police, tracks_with_room
from sim.world import World

LOOK_AHEAD_MIN = 60.0  # for so long those whose moment comes are listed ahead
TICK = (keep_watch, show_police, offend, bully, escalate, lose_control, defraud, serve)  # what `tick` calls, in order

TRACKS_PER_LEG = 2  # a drive, and what comes after it


class Phase(NamedTuple):
    """A part of the day of a city."""

    when: str  # `day`: once before its first tick; `hour`: before the first of an hour; `tick`: in each
    name: str
    what: str


class Phases(tuple[Phase, ...]):
    """The day of a city in order; it prints as a table."""

    __slots__ = ()

    def __str__(self) -> str:
        width = max(len(one.name) for one in self)
        return "\n".join(f"{one.when:<4}  {one.name:<{width}}  {one.what}" for one in self)

    __repr__ = __str__


def phase(when: str, carried_out_by: Callable[..., Any]) -> Phase:
    """Return a phase as the first line of the docstring tells it of the method or kernel that carries it out."""
    what = (carried_out_by.__doc__ or "").strip().split("\n")[0]
    return Phase(when, carried_out_by.__name__.lstrip("_"), what)


@inlined
def tick(seed: int, now_min: float, end_min: float, soon: int, world: World) -> None:
    """One tick of the city; the first `soon` offenders of `World.due` are those whose moment may come in it."""
    ground, logs, rules = world.ground, world.logs, world.rules
    town = Town(world.society, world.feelings, ground, logs)
    if now_min % 60 == 0:
        keep_watch(seed, now_min, world.volunteers, world.society.places.out, ground)
    show_police(world.police.units, ground, now_min, end_min - now_min, rules.presence, logs)
    offend(seed, end_min, world.offenders, world.due[:soon], world.opportunity, town, rules)
    bully(seed, end_min, world.school, town, rules)
    escalate(seed, end_min, world.disputes, town, rules.demand, world.dispute_rule.assault_relief)
    lose_control(seed, end_min, world.crises, town, rules.demand)
    defraud(seed, end_min, world.frauds, town, rules.demand, world.fraud_rule)
    serve(seed, end_min, world.desk, world.police, world.offenders, ground, logs)


@kernel
def advance(seed: int, first: int, n: int, tick_min: int, world: World) -> int:
    """Run up to n ticks from number `first`; return how many were run before the logs needed room."""
    spare, soon, until_min = room_for_a_tick(world, tick_min), 0, -np.inf
    for done in range(n):
        if not (has_room(world.logs, spare) and has_room_for_tracks(world.police.tracks, TRACKS_PER_LEG * spare)):
            return done
        now_min = float((first + done) * tick_min)
        end_min = now_min + tick_min
        if end_min > until_min:
            until_min = end_min + LOOK_AHEAD_MIN
            soon = look_ahead(until_min, world.offenders, world.due)
        tick(seed, now_min, end_min, soon, world)
    return n


@kernel
def room_for_a_tick(world: World, tick_min: int) -> int:
    """Return a number of rows that one tick cannot fill.

    Two searches an offender, two moments a pair of pupils, a crisis a person, three legs a unit and minute.
    """
    people = 2 * (len(world.offenders) + len(world.school.pairs)) + len(world.crises.people)
    return 64 + people + 3 * tick_min * len(world.police.units)


def with_room_for_a_tick(world: World, tick_min: int) -> World:
    """Return a world whose logs have room for a tick, and the tracks of its units where they are kept."""
    spare, police = room_for_a_tick(world, tick_min), world.police
    if len(police.tracks.rows):
        police = police._replace(tracks=tracks_with_room(police.tracks, TRACKS_PER_LEG * spare))
    return world._replace(logs=with_room(world.logs, spare), police=police)
