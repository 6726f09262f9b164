"""What a talk with an officer does to a resident, who is at home for one.

And which addresses of a cell base data know afresh.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.arrays import Array
from sim.city.state import Ground, faded
from sim.clock import MINUTES_PER_DAY, hour_of_week
from sim.draws import Draw
from sim.kernels import kernel, row
from sim.people.feelings import Feelings, felt_awareness, felt_fraud_awareness, shift_feelings, teach_fraud
from sim.people.residents import Society
from sim.randomness import choose, uniform

ADULT_AGE = 18
HOUSEHOLD_KEYS = 1 << 30  # draws of a dwelling; those of a resident have the numbers below


class Talk(NamedTuple):
    """What a talk does to a person: steps at most, of awareness times what is missing to 1."""

    trust: float
    safety: float
    awareness: float
    fraud_awareness: float


class VisitRule(NamedTuple):
    """How households are visited on a day."""

    hours: Array  # [24] running sum over the day of the hours that visitors work
    talk: Talk
    decay_min: float  # of fresh base data


@kernel
def talk_to(r: int, now_min: float, talk: Talk, society: Society, feelings: Feelings, ground: Ground) -> None:
    """Let a talk move a resident.

    Awareness rises by `step · (1 − awareness)`, so that the aware learn little from more of the same.
    """
    residents = society.residents
    aware = felt_awareness(residents, r, now_min, feelings.rule)
    shift_feelings(residents, r, now_min, talk.trust, talk.safety, talk.awareness * (1.0 - aware), feelings, ground)
    if talk.fraud_awareness > 0.0:
        of_fraud = felt_fraud_awareness(residents, r, now_min, feelings.rule)
        teach_fraud(residents, r, now_min, talk.fraud_awareness * (1.0 - of_fraud), feelings)


@kernel
def draw_lots(seed: int, day: int, people: Array, draw: int, lot: Array) -> None:
    """Draw a number for each person who may come on a day; `draw` is that of the occasion."""
    for i in range(len(people)):
        lot[i] = uniform(seed, draw, people[i], day)


@kernel
def teach(people: Array, now_min: float, talk: Talk, society: Society, feelings: Feelings, ground: Ground) -> None:
    """Let a talk move everybody who listens."""
    for i in range(len(people)):
        talk_to(row(people[i]), now_min, talk, society, feelings, ground)


@kernel
def call_at(
    seed: int, day: int, dwelling: int, hours: Array, talk: Talk, society: Society, feelings: Feelings, ground: Ground
) -> int:
    """Visit a dwelling once on a day and talk to all adults who are at home; return how many these are.

    The hour is drawn from `hours`, the running sum over the day of the hours that visitors work, shape [24]. Each adult
    is at home then with the probability of the routine. Draws belong to the dwelling, the resident and the day, so that
    one visit shifts no other.
    """
    home = society.dwellings[dwelling]
    u_hour = uniform(seed, Draw.VISIT_HOUR, HOUSEHOLD_KEYS + dwelling, day)
    hour = choose(hours, 0, len(hours), u_hour * hours[len(hours) - 1])
    now_min = day * float(MINUTES_PER_DAY)
    of_week = hour_of_week(now_min + 60.0 * hour, ground.start_weekday)
    met = 0
    for r in range(home.first_resident, home.first_resident + home.residents):
        one = society.residents[r]
        if one.age < ADULT_AGE:
            continue
        if uniform(seed, Draw.AT_HOME, r, day) < society.places.routine.home[one.routine, of_week]:
            met += 1
            talk_to(r, now_min, talk, society, feelings, ground)
    return met


@kernel
def go_round(
    seed: int, day: int, homes: Array, rule: VisitRule, society: Society, feelings: Feelings, ground: Ground, met: Array
) -> None:
    """Visit dwellings one after the other, see `call_at`.

    Note by dwelling who was met, shape [dwellings], and check the address where somebody was.

    Base data of a cell gain by a visit what one of its dwellings contributes to what is not fresh.
    """
    starts = society.places.dwelling_start
    for k in range(len(homes)):
        home = row(homes[k])
        met[home] = call_at(seed, day, home, rule.hours, rule.talk, society, feelings, ground)
        if met[home] > 0:
            cell = row(society.dwellings[home].cell)
            refresh(ground, cell, 1.0 / (starts[cell + 1] - starts[cell]), day * float(MINUTES_PER_DAY), rule.decay_min)


@kernel
def refresh(ground: Ground, cell: int, share: float, now_min: float, decay_min: float) -> float:
    """Make a share of the addresses of a cell that are not fresh as fresh as they can be.

    Return by how much the gain of the cell rises.
    """
    here = ground.cells[cell]
    before = faded(here.data_gain, here.data_min, now_min, decay_min)
    here.data_gain = before + (1.0 - before) * share
    here.data_min = now_min
    return float(here.data_gain - before)


@kernel
def mean_gain(dwellings: Array, ground: Ground, now_min: float, decay_min: float) -> float:
    """Return the mean over dwellings of what is fresh now; `dwellings` is their number by cell, shape [cells]."""
    fresh, all_of_them = 0.0, 0.0
    for cell in range(len(dwellings)):
        here = ground.cells[cell]
        fresh += dwellings[cell] * faded(here.data_gain, here.data_min, now_min, decay_min)
        all_of_them += dwellings[cell]
    return fresh / all_of_them
