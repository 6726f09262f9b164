"""Target hardening: what locks, bars and habits take from the appeal of a home, and how it wears off.

A hardened home loses a share of its appeal. Locks wear, alarms fall silent and households move, so that half of that
share is back after some years; and households harden their homes again.
"""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground, faded
from sim.clock import HOURS_PER_WEEK
from sim.draws import Draw
from sim.incidents.profiles import DemandRule
from sim.kernels import inner_kernel, kernel, row
from sim.people.feelings import YEAR_MIN, HardeningRule
from sim.people.residents import Society
from sim.people.whereabouts import parties
from sim.randomness import uniforms


@inner_kernel
def protection(dwellings: Array, d: int, now_min: float, rule: HardeningRule) -> float:
    """Return how much is left of the hardening of a dwelling, from 0 to 1."""
    return float(faded(1.0, dwellings[d].hardened_min, now_min, rule.decay_min))


@inner_kernel
def appeal_left(dwellings: Array, d: int, now_min: float, rule: HardeningRule) -> float:
    """Return the appeal of a dwelling less what hardening takes from it."""
    return float(dwellings[d].appeal * (1.0 - rule.effect * protection(dwellings, d, now_min, rule)))


@kernel
def harden(
    d: int, worth: float, now_min: float, society: Society, ground: Ground, demand: DemandRule, rule: HardeningRule
) -> None:
    """Harden a dwelling, and let burglars meet it at once.

    What is worth less than new locks counts as these do when so much of them is left; who has better has them still.
    """
    as_old = now_min + rule.decay_min * math.log(worth)
    society.dwellings[d].hardened_min = max(society.dwellings[d].hardened_min, as_old)
    cell = row(society.dwellings[d].cell)
    here = ground.cells[cell]
    here.boost = faded(here.boost, here.boost_min, now_min, demand.boost_min)  # of burglaries around, on the same clock
    here.boost_min = now_min
    update_target_hardening(cell, now_min, society, ground, demand, rule)


@inner_kernel
def update_target_hardening(
    cell: int, now_min: float, society: Society, ground: Ground, demand: DemandRule, rule: HardeningRule
) -> None:
    """Bring what the homes and shops of a cell offer burglars up to date.

    The share of its appeal that hardening takes away, and how far the flags of its homes and shops raise what is left.

    `(1 − hardness) · (1 + own boost) = Σ left · (1 + flag) / Σ appeal`, homes and shops weighed by how open they are in
    the mean of the week. All flags fade alike, and so does all hardening, so that their sums do. Their product is taken
    to fade as flags do (assumption: hardening, which fades in years, is constant for the weeks that a flag lasts).
    """
    of_home, of_shop = openness(society, demand)
    total, soft, flagged = 0.0, 0.0, 0.0
    for d in range(society.places.dwelling_start[cell], society.places.dwelling_start[cell + 1]):
        home = society.dwellings[d]
        left = of_home * appeal_left(society.dwellings, d, now_min, rule)
        total += of_home * home.appeal
        soft += left
        flagged += left * faded(demand.dwelling_boost, home.burgled_min, now_min, demand.boost_min)
    for s in range(society.places.shop_start[cell], society.places.shop_start[cell + 1]):
        shop = society.shops[s]
        total += of_shop * shop.appeal
        soft += of_shop * shop.appeal
        flagged += of_shop * shop.appeal * faded(demand.shop_boost, shop.burgled_min, now_min, demand.boost_min)
    here = ground.cells[cell]
    here.hardness = 1.0 - soft / total if total > 0.0 else 0.0
    here.hardened_min = now_min
    here.own_boost = flagged / soft if soft > 0.0 else 0.0


@kernel
def openness(society: Society, demand: DemandRule) -> tuple[float, float]:
    """Return how open to burglars a home of mean size and a shop are, in the mean of the week."""
    places, of_home, of_shop = society.places, 0.0, 0.0
    household = parties(len(society.residents) / len(society.dwellings))
    for hour in range(HOURS_PER_WEEK):
        empty = places.away[hour] ** household
        of_home += (empty + demand.sleeping_homes * (1.0 - empty) * places.asleep[hour]) / HOURS_PER_WEEK
        of_shop += demand.closed_shops * places.closed[hour] / HOURS_PER_WEEK
    return of_home, of_shop


def begin_hardened(
    society: Society, cells: Array, burglaries_per_home: float, probability: float, demand: DemandRule,
    rule: HardeningRule, seed: int,
) -> None:  # fmt: skip
    """Let homes begin as hardened as burglaries at the usual rate keep them.

    A home that is burgled at a yearly rate in proportion to its appeal, and then hardened with `probability` times the
    awareness of its first member, was hardened last an exponential time ago.

    Parameters
    ----------
    society : Society
        The dwellings, whose `hardened_min` is written, in minutes before the run.
    cells : Array
        Table of cells, whose `hardness` is written.
    burglaries_per_home : float
        A year, of shops too, for each home.
    probability : float
        That a burgled household hardens its home, at full awareness.
    demand : DemandRule
        How open homes and shops are to burglars.
    rule : HardeningRule
        What it takes from appeal, and for how long.
    seed : int
        Of the replication.
    """
    homes, people = society.dwellings, society.residents
    aware = np.zeros(len(homes))
    lived_in = homes["residents"] > 0
    aware[lived_in] = people["awareness_base"][homes["first_resident"][lived_in]]
    of_home, of_shop = openness(society, demand)
    at_homes, at_shops = of_home * homes["appeal"].sum(), of_shop * society.shops["appeal"].sum()
    of_homes = at_homes / max(at_homes + at_shops, 1e-12)
    a_year = burglaries_per_home * of_homes * probability * aware * homes["appeal"]
    with np.errstate(divide="ignore"):
        homes["hardened_min"] = np.log(uniforms(seed, Draw.HARDENED_BEFORE, len(homes), 0)) / a_year * YEAR_MIN
    taken = homes["appeal"] * rule.effect * np.exp(homes["hardened_min"] / rule.decay_min)
    whole, lost, selling = (
        np.bincount(table["cell"], weights=rows, minlength=len(cells))
        for table, rows in ((homes, homes["appeal"]), (homes, taken), (society.shops, society.shops["appeal"]))
    )
    cells["hardness"] = of_home * lost / np.maximum(of_home * whole + of_shop * selling, 1e-12)
