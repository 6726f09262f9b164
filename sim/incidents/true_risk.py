"""The true risk: what offenders, as they are now, would do at places if no patrol were there.

It is for bounds and tests; no police can know it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.state import ONLY_HERE, Ground
from sim.clock import MINUTES_PER_DAY, hour_of_week
from sim.draws import Draw
from sim.incidents.opportunity import Opportunity
from sim.incidents.search import MAX_TRIES, OffendingRules, offence_probability, preferred_type, search_place
from sim.kernels import inner_kernel, kernel
from sim.people.needs import NeedRule, looks_on, need
from sim.randomness import uniform, uniform4

IMAGINED = 30  # searches that are imagined for an offender, on average
WORDS = 4294967296.0
GOES_AWAY = (
    "police_now",
    "deterrence",
    "watch_now",
)  # columns of cells that hold who is there now, and the residue of patrols


class Horizon(NamedTuple):
    """How far to look ahead, and how closely."""

    now_min: float
    length_min: float
    imagined: int  # searches of an offender, on average


def true_risk(
    seed: int, now_min: float, days: float, offenders: Array, opportunity: Opportunity, ground: Ground,
    rules: OffendingRules, imagined: int = IMAGINED,
) -> Array:  # fmt: skip
    """Return the expected crimes at places by cell and day, over the coming days, of the offenders as they are now.

    Their custody, careers, preferences, beliefs, needs and places of success count as they stand now, and so do flags
    of burgled dwellings, hardening, alert residents and cameras; patrols, their residue and volunteers on watch are
    left out. What offenders would learn in these days is, too.

    Parameters
    ----------
    seed : int
        Seed of the replication; the draws depend on the day, too, and are none of those by which offenders will search.
    now_min, days : float
        Minutes since the start of the run, and the days to look ahead.
    offenders : Array
        Table of `OFFENDER_COLUMNS`; nothing is changed.
    opportunity, ground : Opportunity, Ground
        What places offer, with activity relative to its peak, and the cells; nothing is changed.
    rules : OffendingRules
        How offenders search and choose.
    imagined : int
        Searches that are imagined for an offender, on average.

    Returns
    -------
    Array
        Crimes a day, shape [cells].
    """
    cells = ground.cells.copy()
    for name in GOES_AWAY:
        cells[name] = 0
    found = np.zeros(len(cells))
    ahead = Horizon(now_min, days * MINUTES_PER_DAY, imagined)
    alone = ground._replace(cells=cells, in_view=ONLY_HERE)  # nobody is there who could be in view from elsewhere
    expected_offences(seed, ahead, offenders.copy(), opportunity, alone, rules, found)
    return found / days


@kernel
def expected_offences(
    seed: int, ahead: Horizon, offenders: Array, opportunity: Opportunity, ground: Ground, rules: OffendingRules,
    out: Array,
) -> None:  # fmt: skip
    """Add to `out`, shape [cells], the chances that imagined searches end in a crime there.

    Each offender is given searches in proportion to the rate of the real ones, at times that are spread over the
    horizon; each stands for as many real ones. The steps are those of `sim.incidents.offence`, but hours and choices
    are multiplied as chances instead of drawn. The need that a refusal leaves lasts to the end of its imagined search.
    """
    now_min, horizon_min, imagined = ahead
    total_rate = 0.0
    for i in range(len(offenders)):
        total_rate += offenders[i].rate_per_min
    stands_for = total_rate * horizon_min / (imagined * len(offenders))
    day = int(now_min // MINUTES_PER_DAY)
    elsewhere = int(
        uniform(seed, Draw.IMAGINED_PLACES, len(offenders), day) * WORDS
    )  # a seed, so that these are not the places of real searches
    for i in range(len(offenders)):
        me = offenders[i]
        u_number, _, _, _ = uniform4(seed, Draw.IMAGINED_NUMBER, i, day)
        often = me.rate_per_min * (
            horizon_min + rules.search.needs.need_pace * needed_min(offenders, i, ahead, rules.search.needs)
        )
        number, deterred_min = int(often / stands_for + u_number), me.deterred_min
        for k in range(number):
            u_time, u_type, _, _ = uniform4(seed, Draw.IMAGINED_SEARCH + k, i, day)
            then_min = now_min + horizon_min * (k + u_time) / number
            if then_min < me.custody_until_min or then_min >= me.desist_min:
                continue
            kind, hour = preferred_type(offenders, i, u_type), hour_of_week(then_min, ground.start_weekday)
            free = stands_for * opportunity.activity[kind, hour]
            for attempt in range(MAX_TRIES):
                u_put_off, u_again, _, _ = uniform4(elsewhere, Draw.OFFENCE_CHOICE + attempt, i, k)
                put_off = False
                cell = search_place(elsewhere, offenders, i, k, attempt, then_min, ground, rules.search)
                if cell >= 0:
                    chance, without_risk = offence_probability(
                        offenders, i, kind, cell, then_min, opportunity, ground, rules
                    )
                    out[cell] += free * chance
                    free *= 1.0 - chance
                    put_off = u_put_off * (1.0 - chance) < without_risk - chance
                if not looks_on(offenders, i, then_min, put_off, u_again, rules.search.needs):
                    break
            me.deterred_min = deterred_min


@inner_kernel
def needed_min(offenders: Array, i: int, ahead: Horizon, rule: NeedRule) -> float:
    """Return the need of an offender, added up over the minutes to come."""
    return need(offenders, i, ahead.now_min, rule) * rule.need_min * (1.0 - math.exp(-ahead.length_min / rule.need_min))
