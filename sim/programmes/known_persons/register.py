"""The register of known persons: whom police records name most, with the errors that a register has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incident_types import IncidentType
from sim.incidents.log import INCIDENTS
from sim.kernels import kernel
from sim.police.cases.case_log import Cases
from sim.police.cases.leads import suspects
from sim.programmes.base import Truth
from sim.randomness import uniform4


class Weights(NamedTuple):
    """What counts how much for a place in the register."""

    arrest: float
    partner: float
    named: float
    half_life_days: float


def standing(cases: Cases, truth: Truth, now_min: float, weights: Weights) -> Array:
    """Return how much police records hold against each resident, shape [residents].

    The sum over arrests for crimes other than fraud, crimes of which others say that he joined in, and open cases that
    name him, each by its weight · 0.5^(age / half-life).
    """
    crimes = truth.logs.incidents[: truth.logs.used[INCIDENTS]]
    solved = crimes[crimes["cleared"] & (crimes["arrest_time_min"] <= now_min) & (crimes["type"] < IncidentType.FRAUD)]
    fades = 1.0 / (weights.half_life_days * MINUTES_PER_DAY)
    held = np.zeros(len(truth.society.residents))
    left = 0.5 ** ((now_min - solved["arrest_time_min"]) * fades)
    for column, weight in (("culprit_id", weights.arrest), ("co_culprit_id", weights.partner)):
        there = solved[column] >= 0
        np.add.at(held, solved[column][there], weight * left[there])
    named = suspects(cases, truth.logs, now_min)
    files = np.flatnonzero(named >= 0)
    left = 0.5 ** ((now_min - cases.rows["opened_min"][files]) * fades)
    np.add.at(held, named[files], weights.named * left)
    return held


def listed(seed: int, held: Array, places: int, wrong: float, eligible: Array) -> Array:
    """Return who is in the register, those first against whom most is held, int [at most places].

    An entry is wrong with probability `wrong`, and somebody else's then: a namesake, an old address, a number with a
    digit too many. Each resident's entry has one lot, so that it stays right or wrong.

    Parameters
    ----------
    seed : int
        Of the replication.
    held : array of float [residents]
        See `standing`.
    places : int
        Length of the register.
    wrong : float
        Share of wrong entries.
    eligible : array of int
        Residents whose an entry may be.
    """
    first = np.argsort(-held, kind="stable")[:places]
    first = first[held[first] > 0.0].astype(np.int64)
    entries = first.copy()
    _mix_up(seed, first, wrong, eligible, entries)
    return entries


@kernel
def _mix_up(seed: int, people: Array, wrong: float, eligible: Array, entries: Array) -> None:
    """Write somebody else into the entries that are wrong."""
    for k in range(len(people)):
        u_wrong, u_who, _, _ = uniform4(seed, Draw.REGISTER_ENTRY, people[k], 0)
        if u_wrong < wrong:
            entries[k] = eligible[int(u_who * len(eligible))]
