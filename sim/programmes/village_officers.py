"""Village officers (一村一警、一村一辅警): somebody whom the village knows walks through it, and hears what goes on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.draws import Draw
from sim.incidents.disputes.log import OPEN, Disputes, Finder
from sim.incidents.disputes.mediation import MediationRule, hand_over, mediation_rule
from sim.kernels import kernel, row
from sim.parameters import parameter
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.education import GRID_HOUSEHOLDS
from sim.programmes.inspections import Inspections
from sim.programmes.public import ADULT_AGE, Public, Talk, talk_to
from sim.randomness import uniform


class Walk(NamedTuple):
    """What a round through a village is like."""

    seen_min: float  # unit-minutes in view of its streets
    met: float  # people with whom the officer talks
    talk: Talk


class VillageOfficers(Programme):
    """Community officers and auxiliaries walk through villages in turn, that whose officer came longest ago first.

    A village or street is three hundred households that live side by side. Who walks is seen, which those who pass feel
    for weeks; he talks with some of them. Who comes often is known by name, and is told of disputes that nobody outside
    knew of: of each with a probability that halves with the time since he was last there.
    """

    name = "village_officers"
    totals = ("rounds", "met", "disputes_found")
    means = ("known",)

    class Parameters(ProgrammeParameters):
        """How often somebody comes, and what comes of it."""

        hours_share: float = parameter(
            0.3, unit="share of free hours", ge=0, le=1, source="assumption",
            doc="Hours of community officers for rounds, of those that the programmes listed before leave.",
        )  # fmt: skip
        round_min: float = parameter(
            90.0, unit="min", ge=1, le=600, source="assumption: an hour on foot, and the way there",
            doc="Time of a round through a village.",
        )  # fmt: skip
        on_foot_min: float = parameter(
            60.0, unit="min", ge=0, le=600, source="assumption",
            doc="Minutes of a round in which the officer is in the street, and seen as a crew that walks.",
        )  # fmt: skip
        least_days: float = parameter(
            2.0, unit="days", ge=0.1, le=365, source="assumption: three times a week",
            doc="Days from one round through a village to the next, at least.",
        )  # fmt: skip
        met: float = parameter(
            12.0, unit="people", ge=0, le=1000, source="assumption: one every five minutes",
            doc="Adults with whom he talks on a round, in the mean.",
        )  # fmt: skip
        trust: float = parameter(
            0.005, unit="points on a 0–1 scale", ge=0, le=1, source="assumption: half of what a visit does",
            doc="Trust that each of them gains.",
        )  # fmt: skip
        safety: float = parameter(
            0.005, unit="points on a 0–1 scale", ge=0, le=1, source="assumption: half of what a visit does",
            doc="Perceived safety that each of them gains.",
        )  # fmt: skip
        told: float = parameter(
            0.1, unit="probability", ge=0, le=1, source="assumption: a third of what a visit to the household brings",
            doc="An officer who is known is told on a round of a dispute of the village of which nobody outside knew.",
        )  # fmt: skip
        known_days: float = parameter(
            14.0, unit="days", ge=0.1, le=365, source="assumption: whoever comes once a month is a stranger",
            doc="Half-life of being known, from one round to the next.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """List the villages; nobody is known in any."""
        p, homes = self.parameters, len(site.society.dwellings)
        self._first = np.append(np.arange(0, homes, GRID_HOUSEHOLDS), homes).astype(np.int64)
        self.rounds = Inspections(len(self._first) - 1)
        seen_min = p.on_foot_min * site.scenario.presence.seen_on_foot_times
        self._walk = Walk(seen_min, p.met, Talk(p.trust, p.safety, 0.0, 0.0))
        self._mediation = mediation_rule(site.scenario.demand.disputes.mediation, site.city.residents)

    def day(self, today: Today) -> None:
        """Walk through those villages whose turn it is, and hear what is told there."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        villages = self.rounds.due(today.now_min, hours, p.hours_share, p.round_min, p.least_days)
        before_min = self.rounds.done(villages, today.now_min)
        told = np.zeros(len(self._first) - 1)
        told[villages] = p.told * self._known(today.now_min, before_min)
        met = walk(today.seed, today.day, villages, self._first, self._walk, today.truth.public)
        found = hear(today.seed, today.day, told, today.truth.disputes, today.truth.society.residents, self._mediation)
        self.note(today.day, "rounds", float(len(villages)))
        self.note(today.day, "met", float(met))
        self.note(today.day, "disputes_found", float(found))
        self.note(today.day, "known", float(self._known(today.now_min, self.rounds.last_min).mean()))

    def _known(self, now_min: float, last_min: Array) -> Array:
        """Return how well an officer is known who was last there then, 0 to 1."""
        known: Array = 0.5 ** ((now_min - last_min) / (1440.0 * self.parameters.known_days))
        return known


@kernel
def walk(seed: int, day: int, villages: Array, first: Array, round_: Walk, public: Public) -> int:
    """Walk through villages, and return how many people the officers talked with.

    Their streets see them as long in proportion to the dwellings there. Each adult is met with the same probability.

    Parameters
    ----------
    seed, day
        Of the replication; of the run.
    villages : array of int
        Numbers of villages.
    first : array of int [villages + 1]
        First dwelling of each village, and the end.
    round_ : Walk
        What a round is like.
    public : Public
        Whom they meet.
    """
    met, society = 0, public.society
    for k in range(len(villages)):
        low, high = first[villages[k]], first[villages[k] + 1]
        start = society.dwellings[low].first_resident
        end = society.dwellings[high - 1].first_resident + society.dwellings[high - 1].residents
        for d in range(low, high):
            public.ground.cells[row(society.dwellings[d].cell)].shown_min += round_.seen_min / (high - low)
        adults = 0
        for r in range(start, end):
            adults += society.residents[r].age >= ADULT_AGE
        for r in range(start, end):
            if society.residents[r].age < ADULT_AGE:
                continue
            if uniform(seed, Draw.MET_ON_ROUND, r, day) * adults < round_.met:
                met += 1
                talk_to(r, day * 1440.0, round_.talk, public)
    return met


@kernel
def hear(seed: int, day: int, told: Array, disputes: Disputes, residents: Array, rule: MediationRule) -> int:
    """Let villages tell of disputes of which nobody outside knew, and return how many came to light.

    One is told of with the probability `told` of the village of a party, the higher one of two.
    """
    found = 0
    for k in range(disputes.used[OPEN]):
        d = row(disputes.open[k])
        one = disputes.rows[d]
        if one.found_by != Finder.NOBODY:
            continue
        here = told[residents[one.party_id].dwelling // GRID_HOUSEHOLDS]
        there = told[residents[one.other_id].dwelling // GRID_HOUSEHOLDS]
        if uniform(seed, Draw.TOLD_ON_ROUND, d, day) < max(here, there):
            hand_over(disputes, d, Finder.VISIT, day, rule)
            found += 1
    return found
