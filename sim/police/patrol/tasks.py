"""Tasks that bind many units for long: a mass incident, and posts that are planned beforehand."""

from __future__ import annotations

from typing import NamedTuple

from sim.agenda import put
from sim.city.state import Ground
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import IncidentType
from sim.incidents.log import CALL_RECEIVED, MASS_KEYS, PLANNED_KEYS, Logs, add_call
from sim.incidents.rare_events import MassIncident
from sim.police.patrol.free_time import CALL_TAKEN, RELIEF


class Task(NamedTuple):
    """What binds some units at a place for some time."""

    cell: int
    start_min: float
    minutes: float
    units: int


def answer(crowd: MassIncident, relief: int, relief_after_min: float, ground: Ground, logs: Logs) -> None:
    """Call for the units of a mass incident, at once and before all that is less urgent.

    They stay until the crowd is gone; but as many as headquarters relieves, one at least staying, go when its people
    are there.
    """
    task = Task(crowd.cell, crowd.start_min, crowd.minutes, crowd.units)
    c = _ask_for(task, 1, MASS_KEYS, int(crowd.start_min // MINUTES_PER_DAY), ground, logs)
    relieved = min(relief, crowd.units - 1)
    if relieved > 0:
        put(logs.agenda, crowd.start_min + relief_after_min, RELIEF, c, relieved)


def plan(task: Task, number: int, ground: Ground, logs: Logs) -> int:
    """Have units hold a post as planned, and return the row of the order in the log of calls.

    It is no call: nobody makes it, and it is in no table of calls. `number` tells the posts of a day apart. Free units
    go, the nearest first; who is missing is sent as soon as one is free.
    """
    return _ask_for(task, 2, PLANNED_KEYS + number, int(task.start_min // MINUTES_PER_DAY), ground, logs)


def _ask_for(task: Task, priority: int, key: int, day: int, ground: Ground, logs: Logs) -> int:
    """Write down what binds units, and put it on the agenda of the dispatcher."""
    kind, beat = int(IncidentType.DISORDER), int(ground.cells["beat"][task.cell])
    c = add_call(logs, kind, task.cell, beat, key, day, task.start_min, task.start_min)
    call = logs.calls[c : c + 1]
    call["priority"], call["needed"], call["on_scene_min"] = priority, task.units, task.minutes
    call["on_view"] = key >= PLANNED_KEYS
    put(logs.agenda, task.start_min, CALL_TAKEN if key >= PLANNED_KEYS else CALL_RECEIVED, c, 0)
    return c
