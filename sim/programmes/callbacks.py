"""Call-backs (回访): an officer tells victims what became of their case, and listens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incidents.log import INCIDENTS, TIP_KEYS, Logs, entries
from sim.kernels import kernel, row
from sim.parameters import parameter
from sim.people.feelings import felt_trust, tell_of_police, treatment
from sim.people.trusting import at_odds, odds_by_trust
from sim.police.cases.leads import give_lead
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.public import Public
from sim.randomness import uniform4


class Callbacks(Programme):
    """Community officers ring up the victims of police records, those first who have waited longest.

    Who hears what became of the case does not lose the trust that silence costs
    (`people.feelings.unheard_loss`), and gains some if the talk is a fair one. Some remember something, the likelier
    the more they trust: a lead for detectives.
    """

    name = "callbacks"
    local = True
    totals = ("made", "too_late", "leads", "cases_reopened")
    means = ("waiting",)

    class Parameters(ProgrammeParameters):
        """How many victims are called, when, and what comes of it."""

        hours_share: float = parameter(
            0.1, unit="share of community officers' free hours", ge=0, le=1, source="assumption",
            doc="Hours for calls, of those that the programmes listed before leave.",
        )  # fmt: skip
        call_min: float = parameter(
            10.0, unit="min", ge=0.1, le=600, source="assumption: read the file, call, write a line",
            doc="Time of a call.",
        )  # fmt: skip
        after_days: int = parameter(
            7, unit="days", ge=0, le=365, source="assumption: by then the first steps have been taken",
            doc="Days from the entry in police records to the call.",
        )  # fmt: skip
        told_gain: float = parameter(
            0.02, unit="points on a 0–1 scale", ge=0, le=1, source="assumption: as a quick response",
            doc="Trust that a victim gains who is told.",
        )  # fmt: skip
        remembers: float = parameter(
            0.03, unit="probability", ge=0, le=1, source="assumption: below what witnesses tell on the scene",
            doc="A victim with trust 0.5 tells something of use.",
        )  # fmt: skip
        trust_slope: float = parameter(
            1.5, unit="log-odds", ge=0, le=10, source="assumption, as in reporting",
            doc="Change of the log-odds of that per unit of trust.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """Take the rules of investigation, by which a lead counts."""
        self._rule = site.bureau.rule
        self._district = site.city.beats.district_of_cell[site.society.residents["home_cell"]]
        self._too_late_min = site.scenario.people.feelings.unheard_days * MINUTES_PER_DAY
        self._waiting: deque[tuple[int, float]] = deque()  # crimes, and when they entered police records
        self._looked_min = -1.0  # entries up to then have been seen
        self._begun_min = 0.0

    def day(self, today: Today) -> None:
        """Call those whose turn it is, as far as the minutes go."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        self._queue(today)
        wanted = len(self._waiting) * p.call_min - self._begun_min
        minutes = min(p.hours_share * hours.able(), max(0.0, wanted))
        hours.spend(Work.COMMUNITY_WORK, minutes)
        self._begun_min += minutes
        n = min(len(self._waiting), int(self._begun_min / p.call_min + 1e-9))
        self._begun_min -= n * p.call_min
        called = np.array([self._waiting.popleft()[0] for _ in range(n)], dtype=np.int64)
        helpful = np.zeros(n, dtype=bool)
        talk = CallBack(p.told_gain, p.remembers, p.trust_slope)
        call_back(today.seed, today.day, called, today.truth.logs.incidents, talk, today.truth.public, helpful)
        for crime in called[helpful].tolist():
            reopened = give_lead(today.cases, crime, "witness", self._rule.witness_weight, today.now_min, self._rule)
            if reopened is not None:
                self.note(today.day, "leads", 1.0)
                self.note(today.day, "cases_reopened", float(reopened))
        self.note(today.day, "made", float(n))
        self.note(today.day, "waiting", float(len(self._waiting)))

    def _queue(self, today: Today) -> None:
        """Let the victims wait whose time has come, the oldest entry first, and drop those who gave up."""
        until_min = today.now_min - self.parameters.after_days * MINUTES_PER_DAY
        given_up_min = today.now_min - self._too_late_min
        entered = victims_entered(
            today.truth.logs, max(self._looked_min, given_up_min), until_min,
            among=lambda victims: today.reaches(self._district[victims]),
        )  # fmt: skip
        self._waiting.extend(entered)
        self._looked_min = max(self._looked_min, until_min)
        while self._waiting and self._waiting[0][1] < given_up_min:
            self._waiting.popleft()
            self.note(today.day, "too_late", 1.0)


class CallBack(NamedTuple):
    """What a call does, and brings."""

    told_gain: float
    remembers: float  # at trust 0.5
    trust_slope: float


def victims_entered(
    logs: Logs, after_min: float, until_min: float, among: Callable[[Array], Array]
) -> list[tuple[int, float]]:
    """Return the crimes that entered police records in this time, and when, the oldest entry first.

    Those with a victim `among` the residents who are called: which of some residents are.
    """
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    rows, entered_min = entries(crimes, after_min, until_min)
    victims = crimes["victim_id"][rows]
    called = np.flatnonzero(victims >= 0)
    called = called[among(victims[called])]
    called = called[np.argsort(entered_min[called], kind="stable")]
    return list(zip(rows[called].tolist(), entered_min[called].tolist(), strict=True))


@kernel
def call_back(
    seed: int, day: int, called: Array, crimes: Array, talk: CallBack, public: Public, helpful: Array
) -> None:
    """Tell the victims of some crimes what became of them, and note who of them remembers something of use.

    `logit P(remembers) = logit p₀ + κ·(trust − 0.5)`. What the call does to trust is told to ties.

    Parameters
    ----------
    seed, day : int
        Of the replication; of the run.
    called : array of int
        Rows of the crimes.
    crimes : Array
        The log, whose column `told` is written.
    talk : CallBack
        The rules.
    public : Public
        Residents, their feelings, the cells.
    helpful : array of bool [called]
        Is written.
    """
    now_min, rule = day * float(MINUTES_PER_DAY), public.feelings.rule
    for k in range(len(called)):
        n = row(called[k])
        who = row(crimes[n].victim_id)
        u_fair, u_helps, _, _ = uniform4(seed, Draw.CALL_BACK, TIP_KEYS + who, row(crimes[n].latest_min))
        crimes[n].told = True
        change = talk.told_gain + treatment(u_fair, 0.0, 0.0, 0.0, rule)
        tell_of_police(who, now_min, change, public.society, public.feelings, public.ground)
        odds = odds_by_trust(felt_trust(public.society.residents, who, now_min, rule), talk.trust_slope)
        helpful[k] = u_helps < at_odds(talk.remembers, odds)
