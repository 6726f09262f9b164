"""Where people are by hour of the week, at home, at work or school, at leisure or on the way; when they sleep."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import HOURS_PER_WEEK

OPENING, CLOSING = 9, 22  # hours of shops (assumption)
FIRST_LESSON, HOME_TIME = 8, 16  # hours of a school day; the way home takes the hour after (assumption)
EVENING = 18  # from then to midnight people go out (assumption)
DAYLIGHT = 0.35  # of what darkness lets somebody do unseen (assumption)
# Share of households at home that are all asleep, by hour of day; assumption, stylised after time-use surveys
ASLEEP = (0.9, 0.97, 0.98, 0.98, 0.97, 0.9, 0.5, 0.15, 0.05, *(0.0,) * 12, 0.05, 0.25, 0.6)


class RoutineClass(IntEnum):
    """Kinds of daily life."""

    WORKER = 0
    PUPIL = 1
    HOME = 2
    NIGHT_WORKER = 3


class Routine(NamedTuple):
    """Probability to be at each kind of place by class and hour of the week, shape [classes, 168].

    The rest is on the way.
    """

    home: Array
    work: Array
    leisure: Array


def weekly_routine() -> Routine:
    """Return the routine of each class.

    Assumption: stylised after time-use surveys. Workers are away from 8 to 18 on weekdays, pupils from 8 to 16, night
    workers from 21 to 6; leisure outside the home peaks on evenings and on weekend afternoons.
    """
    hour = np.arange(HOURS_PER_WEEK) % 24
    day = np.arange(HOURS_PER_WEEK) // 24
    weekday, weekend_night = day < 5, (day == 4) | (day == 5)
    work = np.zeros((len(RoutineClass), HOURS_PER_WEEK))
    leisure = np.zeros_like(work)
    travel = np.zeros_like(work)

    work[RoutineClass.WORKER] = np.where(weekday & (hour >= 8) & (hour < 18), np.where(hour == 12, 0.7, 0.85), 0.06)
    work[RoutineClass.PUPIL] = np.where(lessons(), 0.93, 0.0)
    work[RoutineClass.NIGHT_WORKER] = np.where(weekday & ((hour >= 21) | (hour < 6)), 0.85, 0.05)

    evening = np.exp(-0.5 * ((hour - 19.5) / 2.0) ** 2)
    afternoon = np.exp(-0.5 * ((hour - 15.0) / 2.5) ** 2)
    late = np.where(weekend_night & (hour >= 21), 0.12, 0.0)
    out = np.where(weekday, 0.22 * evening + 0.05 * afternoon, 0.28 * evening + 0.32 * afternoon) + late + 0.004
    leisure[RoutineClass.WORKER] = out
    leisure[RoutineClass.PUPIL] = 0.6 * np.where(hour >= 22, 0.1 * out, out)
    leisure[RoutineClass.HOME] = 0.5 * out + np.where((hour >= 7) & (hour < 17), 0.14, 0.0)
    leisure[RoutineClass.NIGHT_WORKER] = 0.6 * out
    leisure *= 1.0 - work

    for row, peaks in (
        (RoutineClass.WORKER, (7, 18)),
        (RoutineClass.PUPIL, (7, 16)),
        (RoutineClass.NIGHT_WORKER, (6, 20)),
    ):
        travel[row] = np.where(weekday & np.isin(hour, peaks), 0.3, 0.01)
    travel[RoutineClass.HOME] = 0.02
    travel = np.minimum(travel, 1.0 - work - leisure)
    return Routine(home=1.0 - work - leisure - travel, work=work, leisure=leisure)


def darkness() -> Array:
    """Return how far darkness hides what is done, by hour of the week, shape [168]: 1 from 19 to 6, else `DAYLIGHT`."""
    hour = np.arange(HOURS_PER_WEEK) % 24
    return np.where((hour >= 19) | (hour < 6), 1.0, DAYLIGHT)


def lessons() -> Array:
    """Return whether there are lessons by hour of the week, shape [168], bool."""
    hour, day = np.arange(HOURS_PER_WEEK) % 24, np.arange(HOURS_PER_WEEK) // 24
    found: Array = (day < 5) & (hour >= FIRST_LESSON) & (hour < HOME_TIME)
    return found


def shops_open() -> Array:
    """Return whether shops are open by hour of the week, shape [168], bool."""
    hour = np.arange(HOURS_PER_WEEK) % 24
    found: Array = (hour >= OPENING) & (hour < CLOSING)
    return found


def absences(home: Array, outing_hours: float) -> tuple[Array, Array]:
    """Return the rates per minute at which those who are out left home and come home, shape [classes, 168] each.

    The routine says how many are at home in an hour, not who goes on being there. Between two hours a share 1 /
    outing_hours of people goes where the new hour has them, whoever they are; the others come and go no more than the
    routine requires (assumption). So those out in an hour with a share p at home come home in the next, with q, with
    probability

        1 / outing_hours · q + (1 − 1 / outing_hours) · max(0, (q − p) / (1 − p)),

    and the shares at home are those of the routine at every hour. Backwards in time the same holds of leaving. Who is
    at work stays there until work ends; an errand takes an hour or two.

    Parameters
    ----------
    home : array [classes, 168]
        Share at home by hour of the week.
    outing_hours : float
        At least 1.
    """

    def rates(before: Array) -> Array:
        rises = np.maximum(0.0, (home - before) / np.maximum(1.0 - before, 1e-12))
        chance = home / outing_hours + (1.0 - 1.0 / outing_hours) * rises
        out: Array = -np.log1p(-np.minimum(chance, 1.0 - 1e-9)) / 60.0
        return out

    return rates(np.roll(home, -1, axis=1)), rates(np.roll(home, 1, axis=1))
