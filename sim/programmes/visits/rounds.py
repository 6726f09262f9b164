"""The round from door to door: who is at home, what a talk does there, what people tell of disputes."""

from __future__ import annotations

from typing import NamedTuple

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY, hour_of_week
from sim.draws import Draw
from sim.incidents.disputes.log import OPEN, Disputes, Finder
from sim.incidents.disputes.mediation import MediationRule, hand_over
from sim.kernels import kernel, row
from sim.programmes.addresses import refresh
from sim.programmes.public import ADULT_AGE, Public, Talk, talk_to
from sim.randomness import choose, uniform

HOUSEHOLD_KEYS = 1 << 30  # draws of a dwelling; those of a resident have the numbers below
DISPUTE_KEYS = 3 << 29  # draws of a dispute at a visit; dwellings and residents have the numbers below


class VisitRule(NamedTuple):
    """How households are visited on a day."""

    hours: Array  # [24] running sum over the day of the hours that visitors work
    talk: Talk
    decay_min: float  # of fresh base data
    on_foot_min: float  # in the street, of a visit


@kernel
def call_at(seed: int, day: int, dwelling: int, rule: VisitRule, public: Public) -> int:
    """Visit a dwelling once on a day and talk to all adults who are at home; return how many these are.

    The hour is drawn from those that visitors work. Each adult is at home then with the probability of the routine.
    Draws belong to the dwelling, the resident and the day, so that one visit shifts no other.
    """
    society, hours = public.society, rule.hours
    home = society.dwellings[dwelling]
    u_hour = uniform(seed, Draw.VISIT_HOUR, HOUSEHOLD_KEYS + dwelling, day)
    hour = choose(hours, 0, len(hours), u_hour * hours[len(hours) - 1])
    now_min = day * float(MINUTES_PER_DAY)
    of_week = hour_of_week(now_min + 60.0 * hour, public.ground.start_weekday)
    met = 0
    for r in range(home.first_resident, home.first_resident + home.residents):
        one = society.residents[r]
        if one.age < ADULT_AGE:
            continue
        if uniform(seed, Draw.AT_HOME, r, day) < society.places.routine.home[one.routine, of_week]:
            met += 1
            talk_to(r, now_min, rule.talk, public)
    return met


@kernel
def go_round(seed: int, day: int, homes: Array, rule: VisitRule, public: Public, met: Array) -> None:
    """Visit dwellings one after the other, see `call_at`.

    Note by dwelling how many were met, shape [dwellings], and check the address where somebody was: base data of a cell
    gain by a visit what one of its dwellings contributes to what is not fresh. From door to door the visitors are seen.
    """
    starts = public.society.places.dwelling_start
    for k in range(len(homes)):
        home = row(homes[k])
        met[home] = call_at(seed, day, home, rule, public)
        cell = row(public.society.dwellings[home].cell)
        public.ground.cells[cell].shown_min += rule.on_foot_min
        if met[home] > 0:
            share = 1.0 / (starts[cell + 1] - starts[cell])
            refresh(public.ground, cell, share, day * float(MINUTES_PER_DAY), rule.decay_min)


@kernel
def ask_about_disputes(
    seed: int, day: int, met: Array, residents: Array, disputes: Disputes, told: float, rule: MediationRule
) -> int:
    """Let households where somebody was met tell of disputes of which nobody outside knew.

    Each is told with probability `told`. Return how many came to light.
    """
    found = 0
    for k in range(disputes.used[OPEN]):
        d = row(disputes.open[k])
        one = disputes.rows[d]
        visited = met[residents[one.party_id].dwelling] or met[residents[one.other_id].dwelling]
        hidden = one.found_by == Finder.NOBODY
        if visited and hidden and uniform(seed, Draw.TOLD_AT_VISIT, DISPUTE_KEYS + d, day) < told:
            hand_over(disputes, d, Finder.VISIT, day, rule)
            found += 1
    return found
