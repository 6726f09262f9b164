"""Community visits (走访).

Officers of a district call at its households, those in need first, then all of them in turn.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Array
from sim.incidents.disputes.mediation import mediation_rule
from sim.parameters import parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.public import ADULT_AGE, Talk
from sim.programmes.visits.need import NEVER, NeedRule, Turns, first_in_line, note_need
from sim.programmes.visits.rounds import VisitRule, ask_about_disputes, go_round


def _step(default: float, doc: str) -> Any:
    return parameter(
        default,
        unit="points on a 0–1 scale",
        ge=0,
        le=1,
        source="assumption: small beside the spread of people",
        doc=doc,
    )


class Visits(Programme):
    """Visits by need, then by list: the household to which officers last came longest ago, met or not.

    The hours of a day are shared out to districts by their officers on duty, who stay in their district. What remains
    of a day goes into a visit that ends on the next. Need is what police records say: burglaries, and disputes that
    somebody found.
    """

    name = "visits"
    local = True
    totals = ("made", "met", "to_those_in_need", "disputes_found")

    class Parameters(ProgrammeParameters):
        """How many visits, to whom, and what one does."""

        hours_share: float = parameter(
            0.5, unit="share of community officers' free hours", ge=0, le=1,
            source="assumption: visits are the core of their work (一村一警)",
            doc="Hours for visits, of those that the programmes listed before leave.",
        )  # fmt: skip
        visit_min: float = parameter(
            25.0, unit="min", ge=0.1, le=600, source="assumption", doc="Time of a visit, including travel and notes."
        )
        need_days: int = parameter(
            14, unit="days", ge=0, le=365,
            source="assumption: near repeats come within two weeks (Johnson et al. 2007)",
            doc=(
                "A household with a burglary recorded within this time is in need, "
                "and after it the ten-household group around it; 0: none is."
            ),
        )  # fmt: skip
        retry_days: int = parameter(
            3,
            unit="days",
            ge=1,
            le=365,
            source="assumption",
            doc="Days until officers come again to a household in need of which nobody was at home.",
        )
        on_foot_min: float = parameter(
            5.0, unit="min", ge=0, le=240, source="assumption: from door to door",
            doc="Minutes of a visit in which the visitors are in the street and seen, as a unit on patrol is.",
        )  # fmt: skip
        trust: float = _step(0.01, "Trust that each adult who is at home gains.")
        safety: float = _step(0.01, "Perceived safety that each of them gains.")
        awareness: float = _step(0.02, "Awareness of crime at places that each gains, at none; less the more there is.")
        fraud_awareness: float = _step(0.02, "Awareness of fraud that each gains, at none; less the more there is.")
        dispute_found: float = parameter(
            0.3, unit="probability", ge=0, le=1, source="assumption: people tell whom they know",
            doc=(
                "A visit at which somebody is met brings a dispute of the household to light "
                "of which nobody outside knew."
            ),
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """List the households of each district."""
        p, homes, plan = self.parameters, site.society.dwellings, site.city.beats
        district = plan.district_of_cell[homes["cell"]]
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
        if today.reach is not None:
            there = there * today.reach
        if not there.any():
            return
        minutes = self.parameters.hours_share * hours.able()
        hours.spend(Work.VISITS, minutes)
        self._begun_min += minutes * there / there.sum()
        visits = np.floor(self._begun_min / self.parameters.visit_min + 1e-9).astype(np.int64)
        self._begun_min -= visits * self.parameters.visit_min
        need = self._need(today)
        by_hour = np.cumsum(today.staff.hours[today.day, Post.COMMUNITY])
        chosen = np.concatenate(
            [self._chosen(homes, need, n) for homes, n in zip(self._homes, visits.tolist(), strict=True)]
        )
        met = np.zeros(len(need), dtype=np.int64)
        rule = VisitRule(by_hour, self._talk, self._decay_min, self.parameters.on_foot_min)
        go_round(today.seed, today.day, chosen, rule, today.truth.public, met)
        self.last_try_day[chosen] = today.day
        self.last_visit_day[met > 0] = today.day
        self.note(today.day, "made", len(chosen))
        self.note(today.day, "met", float(np.count_nonzero(met)))
        self.note(today.day, "to_those_in_need", float(np.count_nonzero(need[chosen])))
        found = ask_about_disputes(
            today.seed, today.day, met, today.truth.society.residents, today.truth.disputes,
            self.parameters.dispute_found, self._mediation,
        )  # fmt: skip
        self.note(today.day, "disputes_found", float(found))

    def _chosen(self, homes: Array, need: Array, n: int) -> Array:
        """Return the n households of a district that come first by need, day of the last visit, and number."""
        chosen = np.empty((2, min(n, len(homes))), dtype=np.int64)
        first_in_line(homes, need, self.last_try_day, *chosen)
        found: Array = chosen[0]
        return found

    def _need(self, today: Today) -> Array:
        """Return the need of each household by police records, see `note_need`."""
        need, turns = np.zeros(len(self.last_visit_day), dtype=np.int8), Turns(self.last_visit_day, self.last_try_day)
        rule = NeedRule(self.parameters.need_days, self.parameters.retry_days)
        note_need(
            today.now_min, rule, turns, today.truth.logs, today.truth.society.residents, today.truth.disputes, need
        )
        return need
