"""Social governance (共建共治共享): groups and grids tell what they know, and are warned.

Fusion (双网融合) makes the way to the police short.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.draws import TIPS_APART, Draw
from sim.incident_types import IncidentType
from sim.incidents.disputes.mediation import mediation_rule
from sim.people.ties import group_of
from sim.police.cases.coordination import ANTI_FRAUD, DETECTIVES, STATION, graph
from sim.police.cases.leads import give_lead
from sim.police.force.duties import DAY_BEGINS_HOUR
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, Site, Today
from sim.programmes.social_governance.arrivals import report_by_tip, room_for_reports, tell_mediators
from sim.programmes.social_governance.hearing import Heard, TipRule, listen
from sim.programmes.social_governance.messages import Message, fresh_news, send_message
from sim.programmes.social_governance.networks import GRID, Round, Ways, neighbourhoods, network, ways_to
from sim.programmes.social_governance.parameters import GovernanceParameters
from sim.programmes.social_governance.tips import TipKind, TipState, new_tips
from sim.randomness import exponential, uniform

DAY = float(MINUTES_PER_DAY)
KIND_NAMES = np.array([kind.name.lower() for kind in TipKind])
STATE_NAMES = np.array([state.name.lower() for state in TipState])


class SocialGovernance(Programme):
    """Ten-household groups tell their grid worker what they know; police hear of it and warn residents by message.

    Attributes
    ----------
    fraud_tips : list of (int, float)
        Frauds under way that the anti-fraud centre hears of in the course of this day, and when (minutes since the
        start of the run).
    """

    name = "social_governance"
    local = True
    totals = (
        "tips", "tips_arrived", "tips_lost", "tip_hours", "crimes_told", "leads_told", "cases_reopened",
        "disputes_told", "frauds_told", "messages",
        "messages_unsent", "messages_read", "hours", "grid_worker_hours", "others_cost",
    )  # fmt: skip
    means = ("tips_waiting", "grids_organised", "grids_fused")

    class Parameters(GovernanceParameters):
        """What residents tell, what messages teach them, and what the network costs."""

    def begin(self, site: Site) -> None:
        """Draw the network and the ways of each kind of tip, with and without fusion."""
        p, scenario, beats = self.parameters, site.scenario, site.city.beats
        self.hoods = neighbourhoods(site.society.dwellings, site.city.grid, beats, p.network)
        units = graph(scenario.coordination, len(beats.station_cell))
        grids = len(self.hoods.district)
        targets = {
            TipKind.CRIME: [f"{STATION}_{district}" for district in self.hoods.district],
            TipKind.WITNESS: [DETECTIVES] * grids,
            TipKind.DISPUTE: [f"{GRID}_{g}" for g in range(grids)],
            TipKind.FRAUD: [ANTI_FRAUD] * grids,
        }
        self._ways: dict[bool, dict[TipKind, Ways]] = {}
        for fused in (False, True) if p.fusion else (False,):
            whole = network(self.hoods, p.network, units, fused)
            self._ways[fused] = {kind: ways_to(whole, ends, p.network) for kind, ends in targets.items()}
        self.organising, self.liaison = Round(grids, 30.0, p.organising_min), Round(grids, 7.0, p.liaison_min)
        self._rule = TipRule(
            p.tells_crime, p.tells_witness, p.tells_dispute, p.tells_fraud, p.trust_slope, p.hear_days * DAY
        )
        self._bureau = site.bureau
        self._mediation = mediation_rule(scenario.demand.disputes.mediation, site.city.residents)
        begins_min = 60.0 * DAY_BEGINS_HOUR
        self._office_min = begins_min, begins_min + scenario.force.wellbeing.working_day_min
        self._messages_lately = np.zeros(grids)
        self._there = np.ones(grids, dtype=bool)  # in reach today
        self._tips = new_tips()
        self._heard = Heard()
        self._centre_yuan = p.centre_yuan * site.city.residents / 365
        self.fraud_tips: list[tuple[int, float]] = []

    def day(self, today: Today) -> None:
        """Let groups talk, deal with tips, warn groups, and keep the network up."""
        p, community = self.parameters, today.hours[Post.COMMUNITY]
        self._there = today.reaches(self.hoods.district)
        self._listen(today)
        self._deal_with(today)
        self._deliver(today)
        self._warn(today)
        for work, round_, wanted in ((Work.ORGANISING, self.organising, True), (Work.LIAISON, self.liaison, p.fusion)):
            if wanted:
                self._spend(today, work, round_.go(today.day, community.able(), self._there))
        organised = float(self._organised(today.day).sum())
        self._pay_grid_workers(today, p.grid_worker_min_week / 7 * organised)
        self.note(today.day, "others_cost", self._centre_yuan if organised else 0.0)
        self.note(today.day, "grids_organised", organised)
        self.note(today.day, "grids_fused", float(self._fused(today.day).sum()))

    def tip_table(self) -> dict[str, Any]:
        """Return all tips of the run so far.

        Kind, state, grid, and times in minutes since the start of the run, masked where they are not known.
        """
        rows = self._tips.rows[: self._tips.used[0]]

        def known(name: str) -> Any:
            return np.ma.masked_array(rows[name], mask=~np.isfinite(rows[name]) | (rows[name] < 0))

        times = {name: known(name) for name in ("start_min", "entry_min", "taken_min", "unit_min")}
        return {
            "kind": KIND_NAMES[rows["kind"]],
            "state": STATE_NAMES[rows["state"]],
            "subject_id": rows["subject_id"],
            "grid": rows["grid"],
            **times,
        }

    def _spend(self, today: Today, work: Work, minutes: float) -> None:
        today.hours[Post.COMMUNITY].spend(work, minutes)
        self.note(today.day, "hours", minutes / 60.0)

    def _pay_grid_workers(self, today: Today, minutes: float) -> None:
        """Note work of grid workers, whom others pay."""
        self.note(today.day, "grid_worker_hours", minutes / 60.0)
        self.note(today.day, "others_cost", minutes / 60.0 * self.parameters.grid_worker_yuan_hour)

    def _organised(self, day: int) -> Array:
        """Return whether each grid is organised today."""
        return self.organising.kept(day) & self._there

    def _fused(self, day: int) -> Array:
        """Return whether each grid is fused today."""
        return self.liaison.kept(day) & self._there & bool(self.parameters.fusion)

    def _listen(self, today: Today) -> None:
        """Let active groups hear of what happened and goes on, and send their tips on their way."""
        seed, day, first = today.seed, today.day, int(self._tips.used[0])
        self._heard, tips = listen(
            seed, day, self._heard, self.hoods, self._organised(day), self._rule, today.truth, self._tips
        )
        self._tips, fused = tips, self._fused(day)
        for tip in tips.rows[first : tips.used[0]]:
            self._send(seed, tip, self._ways[bool(fused[tip["grid"]])][TipKind(tip["kind"])])
        new = tips.rows[first : tips.used[0]]
        self._pay_grid_workers(today, self.parameters.grid_worker_tip_min * len(new))
        self.note(day, "tips", float(len(new)))
        self.note(day, "tips_lost", float((new["state"] == TipState.LOST).sum()))

    def _send(self, seed: int, tip: Any, ways: Ways) -> None:
        """Draw how long a tip takes up to the police and inside, and whether it gets lost on either way."""
        g, entity, time = int(tip["grid"]), int(tip["key_entity"]), int(tip["key_time"])
        spent: list[float] = []
        for named, delay_h, loss in (
            (Draw.TIP_COMES_IN, ways.outside_h[g], ways.outside_loss[g]),
            (Draw.TIP_GOES_ON, ways.inside_h[g], ways.inside_loss[g]),
        ):
            draw = int(named) + TIPS_APART * int(tip["kind"])  # numba takes a millisecond to know an enumeration
            lost = uniform(seed, draw, entity, time) < loss
            minutes = sum(
                60.0 * mean * exponential(seed, draw + 1 + k, entity, time)
                for k, mean in enumerate(delay_h)
                if mean > 0.0
            )
            spent.append(np.inf if lost else minutes)
        tip["entry_min"], tip["inside_min"] = tip["start_min"] + spent[0], spent[1]
        if not np.isfinite(spent[0]):
            tip["state"] = TipState.LOST

    def _deal_with(self, today: Today) -> None:
        """Deal with the tips that have come or come in office hours of today, the oldest first, while minutes last."""
        p, community, rows = self.parameters, today.hours[Post.COMMUNITY], self._tips.rows[: self._tips.used[0]]
        opens, closes = today.now_min + self._office_min[0], today.now_min + self._office_min[1]
        waiting = np.flatnonzero(
            (rows["state"] == TipState.OUTSIDE) & (rows["kind"] != TipKind.DISPUTE) & (rows["entry_min"] < closes)
        )
        waiting = waiting[np.argsort(rows["entry_min"][waiting], kind="stable")]
        dealt = (
            len(waiting) if p.handling_min == 0.0 else min(len(waiting), int(community.able() / p.handling_min + 1e-9))
        )
        self._spend(today, Work.LIAISON, min(dealt * p.handling_min, community.able()))
        for t in waiting[:dealt]:
            tip = rows[t]
            tip["taken_min"] = max(tip["entry_min"], opens)
            tip["unit_min"] = tip["taken_min"] + tip["inside_min"]
            tip["state"] = TipState.INSIDE if np.isfinite(tip["unit_min"]) else TipState.LOST
            self.note(today.day, "tips_lost", float(tip["state"] == TipState.LOST))
        self.note(today.day, "tips_waiting", float(len(waiting) - dealt))

    def _deliver(self, today: Today) -> None:
        """Let tips that get to their unit have their effect.

        Reports and warnings in the course of today, the rest what came before it.
        """
        self.fraud_tips = []
        now, rows, reports = today.now_min, self._tips.rows[: self._tips.used[0]], 0
        room = room_for_reports(today.truth.logs)
        to_mediators = (rows["state"] == TipState.OUTSIDE) & (rows["kind"] == TipKind.DISPUTE)
        rows["unit_min"][to_mediators] = rows["entry_min"][to_mediators]
        today_too = (rows["kind"] == TipKind.CRIME) | (rows["kind"] == TipKind.FRAUD)
        due = np.flatnonzero(
            ((rows["state"] == TipState.INSIDE) | to_mediators) & (rows["unit_min"] < now + DAY * today_too)
        )
        for t in due[np.argsort(rows["unit_min"][due], kind="stable")]:
            tip = rows[t]
            kind, subject, arrives = TipKind(tip["kind"]), int(tip["subject_id"]), float(tip["unit_min"])
            if kind == TipKind.CRIME:
                if reports == room:
                    continue
                arrives = max(arrives, now)
                reports += self._report(today, tip, subject, arrives)
            elif kind == TipKind.WITNESS:
                self._lead(today, subject)
            elif kind == TipKind.DISPUTE:
                told = tell_mediators(today.truth.disputes, subject, today.day, self._mediation)
                self.note(today.day, "disputes_told", float(told))
            else:
                self.fraud_tips.append((subject, arrives))
                self.note(today.day, "frauds_told", 1.0)
            tip["unit_min"], tip["state"] = arrives, TipState.ARRIVED
            self.note(today.day, "tips_arrived", 1.0)
            self.note(today.day, "tip_hours", (arrives - float(tip["start_min"])) / 60.0)

    def _report(self, today: Today, tip: Any, crime: int, received_min: float) -> bool:
        """Have the desk take a crime down."""
        told = report_by_tip(
            today.seed, crime, int(tip["key_entity"]), int(tip["key_time"]), received_min, today.truth.ground,
            today.truth.logs, self._bureau.demand,
        )  # fmt: skip
        self.note(today.day, "crimes_told", float(told))
        return bool(told)

    def _lead(self, today: Today, crime: int) -> None:
        """Give detectives a witness; a case that was filed may be reopened."""
        rule = self._bureau.rule
        reopened = give_lead(today.cases, crime, "witness", rule.witness_weight, today.now_min, rule)
        if reopened is not None:
            self.note(today.day, "leads_told", 1.0)
            self.note(today.day, "cases_reopened", float(reopened))

    def _warn(self, today: Today) -> None:
        """Warn the active message groups around the burglaries and the victims of the frauds of the latest books."""
        p, community = self.parameters, today.hours[Post.COMMUNITY]
        active = self._organised(today.day)
        self._messages_lately *= 0.5 ** (1.0 / p.tiring_days)
        for news in fresh_news(today.truth.logs, today.truth.society, today.now_min):
            grid = int(self.hoods.grid_of[group_of(news.home)])
            if not active[grid]:
                continue
            if community.able() < p.message_min:
                self.note(today.day, "messages_unsent", 1.0)
                continue
            self._spend(today, Work.LIAISON, p.message_min)
            self._pay_grid_workers(today, p.passing_min * float(np.diff(self.hoods.start)[grid]))
            about_fraud = news.kind == IncidentType.FRAUD
            step, cap = (p.fraud_step, p.fraud_cap) if about_fraud else (p.burglary_step, p.burglary_cap)
            read_share = p.read_share / (1.0 + self._messages_lately[grid] / p.tiring_messages)
            self._messages_lately[grid] += 1.0
            message = Message(about_fraud, news.key_time, read_share, step, cap)
            readers = send_message(today.seed, grid, message, today.now_min, self.hoods, today.truth.public)
            self.note(today.day, "messages", 1.0)
            self.note(today.day, "messages_read", float(readers))
