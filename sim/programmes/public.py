"""What programmes do to the residents: move their feelings, teach those who listen."""

from __future__ import annotations

from typing import NamedTuple

from sim.arrays import Array
from sim.city.state import Ground
from sim.kernels import kernel, row
from sim.people.feelings import (
    Feelings,
    felt_awareness,
    felt_fraud_awareness,
    shift_feelings,
    teach_fraud,
    tell_of_police,
)
from sim.people.residents import Society
from sim.randomness import uniform

ADULT_AGE = 18
FIRST_AGE = 6  # who is younger is not asked to come to a session


class Public(NamedTuple):
    """The residents, how they feel, and the cells in which they live."""

    society: Society
    feelings: Feelings
    ground: Ground


class Talk(NamedTuple):
    """What a talk does to a person: steps at most, of awareness times what is missing to 1."""

    trust: float
    safety: float
    awareness: float
    fraud_awareness: float


@kernel
def move(people: Array, now_min: float, trust: float, safety: float, awareness: float, public: Public) -> None:
    """Move the feelings of everybody in `people`, rows of residents, by these steps, within 0 and 1."""
    for i in range(len(people)):
        r = row(people[i])
        shift_feelings(public.society.residents, r, now_min, trust, safety, awareness, public.feelings, public.ground)


@kernel
def talk_to(r: int, now_min: float, talk: Talk, public: Public) -> None:
    """Let a talk move a resident.

    What it does to trust is told to ties. Awareness rises by `step · (1 − awareness)`, so that the aware learn little
    from more of the same.
    """
    residents, feelings = public.society.residents, public.feelings
    gain = talk.awareness * (1.0 - felt_awareness(residents, r, now_min, feelings.rule))
    shift_feelings(residents, r, now_min, 0.0, talk.safety, gain, feelings, public.ground)
    if talk.trust != 0.0:
        tell_of_police(r, now_min, talk.trust, public.society, feelings, public.ground)
    if talk.fraud_awareness > 0.0:
        of_fraud = felt_fraud_awareness(residents, r, now_min, feelings.rule)
        teach_fraud(residents, r, now_min, talk.fraud_awareness * (1.0 - of_fraud), feelings)


@kernel
def teach(people: Array, now_min: float, talk: Talk, public: Public) -> None:
    """Let a talk move everybody who listens; `people` are rows of residents."""
    for i in range(len(people)):
        talk_to(row(people[i]), now_min, talk, public)


@kernel
def draw_lots(seed: int, day: int, people: Array, draw: int, lot: Array) -> None:
    """Draw a number for each person who may come on a day; `draw` is that of the occasion."""
    for i in range(len(people)):
        lot[i] = uniform(seed, draw, people[i], day)
