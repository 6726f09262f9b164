"""Community visits (走访): officers of a district call at its households, those in need first, then all of them in turn."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incidents.dispute_log import OPEN, Finder
from sim.incidents.log import INCIDENTS, Logs
from sim.incidents.mediation import hand_over, mediation_rule
from sim.incidents.types import IncidentType
from sim.parameters import parameter
from sim.people.ties import GROUP_DWELLINGS
from sim.people.visiting import ADULT_AGE, Talk, go_round
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.randomness import Stream, uniform

NEVER = -1  # day of the last visit to a household that had none
MOST_HOMES = 22  # bits: more than the dwellings of the largest city
DISPUTE_KEYS = 3 << 29  # draws of a dispute at a visit; dwellings and residents have the numbers below


def _step(default: float, doc: str) -> Any:
    return parameter(default, unit="of 1", ge=0, le=1, source="assumption: small beside the spread of people", doc=doc)


class Visits(Programme):
    """Visits by need, then by list: the household to which officers last came longest ago, met or not.

    The hours of a day are shared out to districts by their officers on duty, who stay in their district. What remains of a day goes into a visit that
    ends on the next. Need is what the books say: burglaries, and disputes that somebody found.
    """

    name = "visits"
    totals = ("made", "met", "to_those_in_need", "disputes_found")

    class Parameters(ProgrammeParameters):
        """How many visits, to whom, and what one does."""

        hours_share: float = parameter(
            0.5, unit="of community officers' free hours", ge=0, le=1, source="assumption: visits are the core of their work (一村一警)",
            doc="Hours for visits, of those that the programmes listed before leave.",
        )  # fmt: skip
        visit_min: float = parameter(25.0, unit="min", gt=0, le=600, source="assumption", doc="Time of a visit, with the way and the notes.")
        need_days: int = parameter(
            14, unit="days", ge=0, le=365, source="assumption: near repeats come within two weeks (Johnson et al. 2007)",
            doc="A household whose burglary entered the books so lately is in need, and after it the ten-household group around; 0: nobody is.",
        )  # fmt: skip
        retry_days: int = parameter(
            3, unit="days", ge=1, le=365, source="assumption", doc="Days until officers come again to a household in need of which nobody was at home."
        )
        trust: float = _step(0.01, "Trust that each adult who is at home gains.")
        safety: float = _step(0.01, "Perceived safety that each of them gains.")
        awareness: float = _step(0.02, "Awareness of crime at places that each gains, at none; less the more there is.")
        fraud_awareness: float = _step(0.02, "Awareness of fraud that each gains, at none; less the more there is.")
        dispute_found: float = parameter(
            0.3, unit="probability", ge=0, le=1, source="assumption: people tell whom they know",
            doc="A visit at which somebody is met brings a dispute of the household to light of which nobody outside knew.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """List the households of each district."""
        p, homes, plan = self.parameters, site.society.dwellings, site.city.beats
        district = plan.district[plan.beat[homes["cell"]]]
        people = site.society.residents
        grown_up = np.bincount(people["dwelling"], weights=people["age"] >= ADULT_AGE, minlength=len(homes)) > 0
        self._homes = [np.flatnonzero((district == d) & grown_up) for d in range(len(plan.station_cell))]
        self._talk = Talk(p.trust, p.safety, p.awareness, p.fraud_awareness)
        self._mediation = mediation_rule(site.scenario.demand.disputes.mediation, site.city.residents)
        self._decay_min = site.bureau.demand.data_decay_min
        self.last_visit_day, self.last_try_day = np.full((2, len(homes)), NEVER, dtype=np.int64)
        self._begun_min = np.zeros(len(self._homes))  # of the visits that go on on the next day

    def day(self, today: Today) -> None:
        """Spend the hours of a day on visits."""
        officers, hours = today.staff.officers, today.hours[Post.COMMUNITY]
        on_duty = officers["district"][(officers["post"] == Post.COMMUNITY) & (officers["last_duty_day"] == today.day)]
        there = np.bincount(on_duty[on_duty >= 0], minlength=len(self._homes))
        if not there.any():
            return
        minutes = self.parameters.hours_share * hours.able()
        hours.spend(Work.VISITS, minutes)
        self._begun_min += minutes * there / there.sum()
        visits = np.floor(self._begun_min / self.parameters.visit_min + 1e-9).astype(np.int64)
        self._begun_min -= visits * self.parameters.visit_min
        need = self._need(today)
        by_hour = np.cumsum(today.staff.hours[today.day, Post.COMMUNITY])
        chosen = np.concatenate([self._chosen(homes, need, n) for homes, n in zip(self._homes, visits.tolist(), strict=True)])
        met = np.zeros(len(need), dtype=np.int64)
        go_round(today.seed, today.day, chosen, by_hour, self._talk, today.society, today.feelings, today.ground, self._decay_min, met)
        self.last_try_day[chosen] = today.day
        self.last_visit_day[met > 0] = today.day
        self.note(today.day, "made", len(chosen))
        self.note(today.day, "met", float(np.count_nonzero(met)))
        self.note(today.day, "to_those_in_need", float(np.count_nonzero(need[chosen])))
        self._hear_of_disputes(today, met > 0)

    def _chosen(self, homes: Array, need: Array, n: int) -> Array:
        """Return the n households of a district that come first: by need, then by the day on which officers last came, then by number."""
        n = min(n, len(homes))
        rank = ((self.last_try_day[homes] - (need[homes].astype(np.int64) << 32)) << MOST_HOMES) + np.arange(len(homes))
        first = np.argpartition(rank, n - 1)[:n] if n else np.zeros(0, dtype=np.int64)
        chosen: Array = homes[first[np.argsort(rank[first])]]
        return chosen

    def _need(self, today: Today) -> Array:
        """Return the need of each household: 3 burgled, 2 in a known dispute, 1 near a burgled one, 0 none; a visit since then meets it."""
        need = np.zeros(len(self.last_visit_day), dtype=np.int8)
        burgled, since = burgled_homes(today.logs, today.society.residents, today.now_min, self.parameters.need_days)
        group = np.full(len(need) // GROUP_DWELLINGS + 1, NEVER, dtype=np.int64)
        np.maximum.at(group, burgled // GROUP_DWELLINGS, since)
        around = group[np.arange(len(need)) // GROUP_DWELLINGS]
        need[self.last_visit_day < around] = 1
        disputes = today.disputes.rows[today.disputes.open[: today.disputes.used[OPEN]]]
        known = disputes[disputes["found_by"] != Finder.NOBODY]
        for party in ("party_id", "other_id"):
            homes = today.society.residents["dwelling"][known[party]]
            need[homes[self.last_visit_day[homes] < np.ceil(known["found_min"] / MINUTES_PER_DAY)]] = 2
        need[burgled[self.last_visit_day[burgled] < since]] = 3
        need[(self.last_try_day != NEVER) & (self.last_try_day > today.day - self.parameters.retry_days)] = 0
        return need

    def _hear_of_disputes(self, today: Today, met: Array) -> None:
        """Find disputes of the households met, of which nobody outside knew."""
        disputes, dwelling = today.disputes, today.society.residents["dwelling"]
        listed = disputes.open[: disputes.used[OPEN]]
        rows = disputes.rows[listed]
        visited = met[dwelling[rows["party_id"]]] | met[dwelling[rows["other_id"]]]
        for d in listed[visited & (rows["found_by"] == Finder.NOBODY)].tolist():
            if uniform(today.seed, int(Stream.VISIT), DISPUTE_KEYS + d, today.day, 0) < self.parameters.dispute_found:
                hand_over(disputes, d, int(Finder.VISIT), today.day, self._mediation)
                self.note(today.day, "disputes_found", 1.0)


def burgled_homes(logs: Logs, residents: Array, now_min: float, within_days: int) -> tuple[Array, Array]:
    """Return the households whose burglary entered the books within some days up to now, and the first morning on which it is known, both [burglaries]."""
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    entered = crimes["recorded_time_min"]
    known = (entered >= 0) & (entered > now_min - within_days * MINUTES_PER_DAY) & (entered <= now_min) & (crimes["victim_id"] >= 0)
    known &= crimes["recorded_type"] == IncidentType.BURGLARY
    return residents["dwelling"][crimes["victim_id"][known]], np.ceil(entered[known] / MINUTES_PER_DAY).astype(np.int64)
