"""Ties between residents: household, kin elsewhere, neighbours, work or school, friends.

Disputes, news and learning go along them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.draws import Stream
from sim.kernels import kernel
from sim.parameters import Parameters, parameter
from sim.people.routine import RoutineClass
from sim.randomness import generator

GROUP_DWELLINGS = 10  # a ten-household group (十户联防)
FRIEND_ZONE_M = 1000.0
MOST_SOUGHT = 200.0  # ties of one kind that one person seeks at most, times its mean


class TieKind(IntEnum):
    """What ties two residents; of several kinds between the same two the first counts."""

    HOUSEHOLD = 0
    KIN = 1
    NEIGHBOUR = 2
    WORK = 3
    FRIEND = 4


N_KINDS = len(TieKind)


class Ties(NamedTuple):
    """Ties by resident: those of resident r are the rows start[r] … start[r + 1] − 1, in order of the other's row.

    Each stands with both.
    """

    start: Array  # int32 [residents + 1]
    other: Array  # int32 [ties]
    kind: Array  # int8 [ties]


_CORE = (
    "assumption: together some 12 to 15 people who matter, the sympathy group of Dunbar & Spoors 1995 and Hill & "
    "Dunbar 2003"
)


class TieParameters(Parameters):
    """How many ties residents have, and how unequally.

    Numbers are wishes: doubles and small places take up to a third of neighbours and workmates.
    """

    kin_households: float = parameter(
        1.2, unit="households", ge=0, le=20, source=_CORE, doc="Mean number of kin households elsewhere in the city."
    )
    neighbours: float = parameter(
        4.0,
        unit="ties",
        ge=0,
        le=30,
        source=_CORE,
        doc="Mean ties to residents of other households of the ten-household group.",
    )
    workmates: float = parameter(
        4.0,
        unit="ties",
        ge=0,
        le=30,
        source=_CORE,
        doc="Mean ties of those who work or go to school to others in the same place.",
    )
    friends: float = parameter(4.0, unit="ties", ge=0, le=30, source=_CORE, doc="Mean ties to friends.")
    far_friends: float = parameter(
        0.3,
        unit="share of friends",
        ge=0,
        le=1,
        source="assumption; most live near (McPherson et al. 2001)",
        doc="Share of friends from the whole city.",
    )
    workmate_steps: float = parameter(
        10.0,
        unit="people",
        ge=1,
        le=1000,
        source="assumption: the size of a team",
        doc="Mean distance of workmates in the order of a place: teams.",
    )
    age_steps_years: float = parameter(
        3.0,
        unit="years",
        ge=0.1,
        le=50,
        source="assumption; friends are of like age (McPherson et al. 2001)",
        doc="Mean difference of age of friends.",
    )
    sociability: float = parameter(
        1.1, unit="standard deviation of the log", ge=0, le=2,
        source=(
            "McCormick, Salganik & Zheng 2010: 611 acquaintances on average, 472 in the median; "
            "half of the ties are sought by the other side"
        ),
        doc=(
            "How unequal people are in the ties that they seek among neighbours, workmates and friends; "
            "0 makes them equal."
        ),
    )  # fmt: skip


@kernel
def group_of(dwelling: int) -> int:
    """Return the ten-household group of a dwelling: consecutive dwellings, which are sorted by cell."""
    return int(dwelling // GROUP_DWELLINGS)


def build_ties(residents: Array, dwellings: Array, parameters: TieParameters, seed: int) -> Ties:
    """Tie the residents of a city to each other.

    Members of a household are all tied, and so are those of two kin households. Neighbours, workmates and friends are
    found by one rule: people stand in an order (at random within the ten-household group, within the place of work or
    the year of school, by age within a square kilometre or the whole city) and seek others a geometric number of places
    away, as many as suits them.

    Parameters
    ----------
    residents, dwellings : Array
        Tables of the city; residents of a dwelling have consecutive rows.
    parameters : TieParameters
        How many ties, how unequal.
    seed : int
        Seed of the city: ties belong to the place, not to the replication.

    Returns
    -------
    Ties
        Symmetric, without ties to oneself and without doubles.
    """
    rng = generator(seed, Stream.TIE)
    n = len(residents)
    s = parameters.sociability
    sought = np.minimum(np.exp(s * rng.standard_normal(n, dtype=np.float32) - s * s / 2), MOST_SOUGHT).astype(
        np.float32
    )
    found = [_households(residents["dwelling"]), _kin(dwellings, parameters.kin_households, rng)]
    kinds = [TieKind.HOUSEHOLD, TieKind.KIN]

    def seek(kind: TieKind, who: Array, block: Array, within: Array, mean: float, steps: float) -> None:
        """Let people in blocks, ordered within by a number in [0, 128), seek ties."""
        order = np.argsort(block * 128.0 + within)
        found.append(_sought(who[order], block[order], mean * sought[who[order]], steps, rng))
        kinds.append(kind)

    everyone = np.arange(n, dtype=np.int32)
    seek(
        TieKind.NEIGHBOUR,
        everyone,
        residents["dwelling"] // GROUP_DWELLINGS,
        rng.random(n),
        parameters.neighbours,
        GROUP_DWELLINGS,
    )

    busy = everyone[residents["routine"] != RoutineClass.HOME]
    pupil = residents["routine"][busy] == RoutineClass.PUPIL
    place = residents["workplace"][busy].astype(np.int64) * 2 + pupil
    seek(
        TieKind.WORK,
        busy,
        place,
        rng.random(len(busy)) + pupil * residents["age"][busy],
        parameters.workmates,
        parameters.workmate_steps,
    )

    age = residents["age"] + rng.random(n)
    zone = _zone(dwellings)[residents["dwelling"]]
    for block, share in ((zone, 1 - parameters.far_friends), (np.zeros_like(zone), parameters.far_friends)):
        a_year = n / len(np.unique(block)) / 60  # people of a year of age; most ages are 0 to 60
        seek(
            TieKind.FRIEND,
            everyone,
            block,
            age,
            parameters.friends * share,
            max(1.0, parameters.age_steps_years * a_year),
        )
    return _ties(n, found, kinds)


def _households(dwelling: Array) -> tuple[Array, Array]:
    """Return all pairs of members of the same household."""
    pairs = []
    apart = 1
    while apart < len(dwelling):
        first = np.flatnonzero(dwelling[:-apart] == dwelling[apart:]).astype(np.int32)
        if not len(first):
            break
        pairs.append((first, first + np.int32(apart)))
        apart += 1
    return _joined(pairs)


def _kin(dwellings: Array, mean: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return all pairs of members of households that are kin; kin live anywhere in the city (assumption)."""
    m = len(dwellings)
    one = np.repeat(np.arange(m, dtype=np.int32), rng.poisson(mean / 2, m))
    two = rng.integers(0, m, len(one), dtype=np.int32)
    one, two = one[one != two], two[one != two]
    ones, twos = (dwellings["residents"][side].astype(np.int32) for side in (one, two))
    pairs = ones * twos
    number = np.arange(pairs.sum(), dtype=np.int32) - np.repeat(np.cumsum(pairs, dtype=np.int32) - pairs, pairs)
    twos = np.repeat(twos, pairs)
    a = np.repeat(dwellings["first_resident"][one], pairs) + number // twos
    b = np.repeat(dwellings["first_resident"][two], pairs) + number % twos
    return a.astype(np.int32), b.astype(np.int32)


def _sought(who: Array, block: Array, mean: Array, steps: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return pairs of people of the same block whose distance in its order is geometric with mean `steps`.

    Half are sought by either side.

    A step beyond the end of the block is taken the other way, and given up if that leaves the block too.
    """
    n = len(who)
    if n == 0:
        return who, who
    starts = np.concatenate([[0], np.flatnonzero(np.diff(block)) + 1]).astype(np.int32)
    sizes = np.diff(np.append(starts, n)).astype(np.int32)
    first = np.repeat(starts, sizes)
    end = np.repeat(starts + sizes, sizes)
    seeker = np.repeat(np.arange(n, dtype=np.int32), rng.poisson(mean / 2))
    step = np.minimum(rng.geometric(1 / steps, len(seeker)), n).astype(np.int32)
    partner = seeker + step
    partner = np.where(partner >= end[seeker], seeker - step, partner)
    inside = partner >= first[seeker]
    return who[seeker[inside]], who[partner[inside]]


def _zone(dwellings: Array) -> Array:
    """Return the square kilometre that each dwelling lies in."""
    col, row = (np.floor(dwellings[axis] / FRIEND_ZONE_M).astype(np.int64) for axis in ("x_m", "y_m"))
    out: Array = row * (col.max() + 1) + col
    return out


def _joined(pairs: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    if not pairs:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])


def _ties(n: int, found: list[tuple[Array, Array]], kinds: list[TieKind]) -> Ties:
    """Enter each pair once with its first kind, with both residents."""
    keys = np.empty(sum(len(a) for a, _ in found), dtype=np.int64)  # (lower row, higher row, kind) in one number
    at = 0
    for (a, b), kind in zip(found, kinds, strict=True):
        part = keys[at : at + len(a)]
        part[:] = np.minimum(a, b)
        part *= n
        part += np.maximum(a, b)
        part *= 8
        part += kind
        at += len(a)
    found.clear()
    keys.sort()
    place = np.zeros(n + 1, dtype=np.int32)
    _count(keys, n, place[1:])
    start = np.cumsum(place, dtype=np.int32)
    place[:] = start
    ties = Ties(start, np.empty(start[-1], dtype=np.int32), np.empty(start[-1], dtype=np.int8))
    _enter(keys, n, place, ties)
    return frozen(ties)


@kernel
def _count(keys: Array, n: int, degree: Array) -> None:
    """Count the ties of each resident, each pair once."""
    last = -1
    for key in keys:
        pair = key >> 3
        if pair != last:
            degree[pair // n] += 1
            degree[pair % n] += 1
        last = pair


@kernel
def _enter(keys: Array, n: int, place: Array, ties: Ties) -> None:
    """Write each pair with both residents, of doubles the first kind; keys in order leave each list in order."""
    last = -1
    for key in keys:
        pair = key >> 3
        if pair != last:
            a, b = pair // n, pair % n
            for one, other in ((a, b), (b, a)):
                ties.other[place[one]] = other
                ties.kind[place[one]] = key & 7
                place[one] += 1
        last = pair
