"""Care for people in crisis (严重精神障碍患者服务管理): a register, and visits of officers with village staff."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.draws import Draw
from sim.incidents.crises import ROWS, Crises, care_for
from sim.incidents.log import CallState, Logs
from sim.parameters import parameter
from sim.people.feelings import tell_of_police
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today
from sim.programmes.public import Public
from sim.randomness import uniform, uniforms

LONG_AGO = 1 << 20  # days


class CrisisCare(Programme):
    """Community officers keep a register of residents with an illness of the mind, and call on them in turn.

    The register lacks some of those who are ill and holds some who are not, who lose trust at each visit. Whoever had
    units at his crisis is on it from the next day on, and is visited before others. A visit that meets somebody who is
    ill prevents a share of his crises, less from week to week (`demand.crises.care_half_life_days`).
    """

    name = "crisis_care"
    totals = ("visits", "met", "not_ill", "others_cost")
    means = ("listed", "missed")

    class Parameters(ProgrammeParameters):
        """Who is on the register, and how they are visited."""

        hours_share: float = parameter(
            0.3, unit="share of free hours", ge=0, le=1, source="assumption",
            doc="Hours of community officers for visits, of those that the programmes listed before leave.",
        )  # fmt: skip
        found: float = parameter(
            0.7, unit="share of those who are ill", ge=0, le=1,
            source="assumption: families hide an illness, and those who moved in are known elsewhere",
            doc="People in crisis now and then who are on the register from the beginning.",
        )  # fmt: skip
        not_ill: float = parameter(
            0.1, unit="share of the register", ge=0, lt=1, source="assumption: old diagnoses, quarrels, namesakes",
            doc="Entries at the beginning that are about somebody who is not ill.",
        )  # fmt: skip
        every_days: int = parameter(
            28, unit="days", ge=1, le=3650, source="assumption: once a month",
            doc="From one visit to the next of the same person.",
        )  # fmt: skip
        soon_days: int = parameter(
            7, unit="days", ge=1, le=3650, source="assumption: once a week",
            doc="The same of somebody who had units at a crisis within the last `soon_for_days`.",
        )  # fmt: skip
        soon_for_days: int = parameter(
            56, unit="days", ge=1, le=3650, source="assumption: eight weeks", doc="For how long visits are frequent."
        )
        register_min: float = parameter(
            10.0, unit="min per day", ge=0, le=480, source="assumption: reports of hospitals, families and units",
            doc="Work of community officers on the register; on a day without these minutes nobody new is entered.",
        )  # fmt: skip
        visit_min: float = parameter(
            45.0, unit="min", ge=1, le=600, source="assumption: with the way",
            doc="Time of a community officer for a visit, whether somebody is met or not.",
        )  # fmt: skip
        staff_yuan: float = parameter(
            25.0, unit="yuan per visit", ge=0, le=10_000,
            source="assumption: an hour of a doctor or village cadre who comes along",
            doc="Cost of village staff, which others pay.",
        )  # fmt: skip
        at_home: float = parameter(
            0.75, unit="probability", ge=0, le=1, source="assumption: they are mostly at home",
            doc="Somebody is met at a visit.",
        )  # fmt: skip
        effect: float = parameter(
            0.3, unit="share of crises", ge=0, le=1,
            source="assumption: who is seen takes his medicine; nothing was read that says how much it does",
            doc="Crises of somebody who is ill that a visit prevents at first.",
        )  # fmt: skip
        trust_loss: float = parameter(
            0.02, unit="points of trust on a 0–1 scale", ge=0, le=1, source="assumption: that of a slow response",
            doc="Trust lost at a visit by somebody who is not ill.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """Take the register over as it is, see `day`: who is ill nobody knows beforehand."""
        self.register = np.zeros(0, dtype=np.int64)  # residents
        self._residents = len(site.society.residents)
        self._begun, self._entered_min = False, (site.first_day - 1) * float(MINUTES_PER_DAY)
        self._visited_day = np.full(self._residents, -LONG_AGO, dtype=np.int64)
        self._crisis_day = np.full(self._residents, -LONG_AGO, dtype=np.int64)

    def day(self, today: Today) -> None:
        """Enter those at whose crises units have been, and visit whose turn it is while hours last."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        if not self._begun:
            self.register = first_register(today.seed, p.found, p.not_ill, self._residents, today.truth.crises)
            self._begun = True
        keeping = min(p.register_min, p.hours_share * hours.able())
        hours.spend(Work.COMMUNITY_WORK, keeping)
        if keeping >= p.register_min:
            lately = seen_by_units(self._entered_min, today.now_min, today.truth.crises, today.truth.logs)
            self._crisis_day[lately] = today.day
            self.register = np.union1d(self.register, lately)
            self._entered_min = today.now_min
        due = self._due(today.day)[: int(p.hours_share * hours.able() / p.visit_min + 1e-9)]
        hours.spend(Work.VISITS, len(due) * p.visit_min)
        self._visited_day[due] = today.day
        what = Visit(p.at_home, p.effect, p.trust_loss)
        met, wrong = visit(today.seed, today.day, due, what, today.truth.crises, today.truth.public)
        self.note(today.day, "visits", len(due))
        self.note(today.day, "met", met)
        self.note(today.day, "not_ill", wrong)
        self.note(today.day, "others_cost", len(due) * p.staff_yuan)
        self.note(today.day, "listed", len(self.register))
        self.note(today.day, "missed", missed(self.register, today.truth.crises))

    def _due(self, day: int) -> Array:
        """Return whose turn it is: those with a crisis of late first, then who has waited longest."""
        p, register = self.parameters, self.register
        fresh = day - self._crisis_day[register] < p.soon_for_days
        waited = day - self._visited_day[register]
        due = waited >= np.where(fresh, p.soon_days, p.every_days)
        order = np.lexsort((register, -waited, ~fresh))
        found: Array = register[order][due[order]]
        return found


class Visit(NamedTuple):
    """What a visit is like."""

    at_home: float  # probability
    effect: float  # share of crises that it prevents at first
    trust_loss: float  # of somebody who is not ill


def first_register(seed: int, found: float, not_ill: float, residents: int, crises: Crises) -> Array:
    """Return who is on the register at the beginning, in order of rows: most who are ill, and some who are not."""
    lots, ill = uniforms(seed, Draw.CRISIS_REGISTER, residents, 0), crises.people["resident_id"]
    listed = ill[lots[ill] < found]
    others = np.setdiff1d(np.arange(residents), ill)
    wrong = round(len(listed) * not_ill / (1.0 - not_ill))
    return np.union1d(listed, others[np.argsort(lots[others], kind="stable")[:wrong]])


def seen_by_units(from_min: float, to_min: float, crises: Crises, logs: Logs) -> Array:
    """Return the residents at whose crises units were that left in a time, in order of rows: the police's own calls."""
    rows = crises.rows[: crises.used[ROWS]]
    rows = rows[rows["call_id"] >= 0]
    calls = logs.calls[rows["call_id"]]
    left = (calls["state"] == CallState.SERVED) & (calls["cleared_min"] >= from_min) & (calls["cleared_min"] < to_min)
    found: Array = np.unique(crises.people["resident_id"][rows["person"][left]])
    return found.astype(np.int64)


def visit(seed: int, day: int, people: Array, what: Visit, crises: Crises, public: Public) -> tuple[int, int]:
    """Call on people, and return how many were met, and how many of these are not ill."""
    met = wrong = 0
    now_min, ill = day * float(MINUTES_PER_DAY), crises.people["resident_id"]
    for who in people.tolist():
        if uniform(seed, Draw.CRISIS_VISIT, who, day) >= what.at_home:
            continue
        met += 1
        p = int(np.searchsorted(ill, who))
        if p < len(ill) and ill[p] == who:
            care_for(p, now_min, what.effect, crises)
        else:
            wrong += 1
            tell_of_police(who, now_min, -what.trust_loss, public.society, public.feelings, public.ground)
    return met, wrong


def missed(register: Array, crises: Crises) -> int:
    """Return how many who are ill are not on the register."""
    return int(np.count_nonzero(~np.isin(crises.people["resident_id"], register)))
