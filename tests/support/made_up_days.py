"""A small town with made-up posts round real programmes.

The tests choose who is on duty, what the books say, and how many hours there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import City, CityParameters
from sim.city.state import Ground, new_cells
from sim.columns import table
from sim.incident_types import IncidentType
from sim.incidents.crises import Crises, draw_crises
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.disputes.log import Disputes, Finder, add_dispute, new_dispute_log
from sim.incidents.fraud.campaigns import Frauds, new_frauds
from sim.incidents.fraud.parameters import FraudParameters, fraud_rule
from sim.incidents.log import Logs, add_incident, new_logs
from sim.incidents.school import School, SchoolParameters, open_school
from sim.people.feelings import new_feelings
from sim.people.residents import ResidentParameters, Society, settle
from sim.police.force.officers import OFFICER_COLUMNS
from sim.police.post_ledger import Hours, Work, new_post_ledger
from sim.police.posts import Post
from sim.programmes.base import Programme, Site, Today, Truth
from sim.scenario import Scenario

DISTRICTS = 2
DEMAND = demand_rule(DemandParameters(), 100.0)
DAY_WORK = np.where((np.arange(24) >= 8) & (np.arange(24) < 16), 1.0, 0.0)


@cache
def town() -> City:
    return build_city(
        CityParameters(name="town", residents=3000, area_km2=2.0, beats=4, districts=DISTRICTS, centres=1)
    )


class Days:
    """The days of a programme, one after the other.

    Parameters
    ----------
    programme : Programme
        What is tried.
    community_min, anti_fraud_min : float
        Minutes that these posts have left each day.
    on_duty : sequence of int
        Community officers on duty in each district.
    slow : float
        Work takes so many times as long.
    scenario : Scenario, optional
        What the programme is told of the rules; the defaults when absent.
    reach : array [districts], optional
        What each district carries out of the programme; all of it when absent.
    """

    def __init__(
        self, programme: Programme, community_min: float = 1000.0, anti_fraud_min: float = 1000.0,
        on_duty: Sequence[int] = (1, 1), slow: float = 1.0,
        seed: int = 1, programmes: dict[str, Any] | None = None, scenario: Scenario | None = None,
        reach: Array | None = None,
    ) -> None:  # fmt: skip
        city, self.reach = town(), reach
        self.programme, self.seed, self.day, self.slow = programme, seed, 0, slow
        self.minutes = {Post.COMMUNITY: community_min, Post.ANTI_FRAUD: anti_fraud_min}
        self.society: Society = settle(city, ResidentParameters(), 1)
        self.before = self.society.residents.copy()
        homes = np.bincount(self.society.residents["home_cell"], minlength=city.grid.n_cells)
        self.ground = Ground(new_cells(city, homes), city.grid.n_rows, city.grid.n_cols, city.grid.cell_m, 0)
        self.feelings = new_feelings((scenario or Scenario()).people.feelings)
        self.logs: Logs = new_logs(256)
        self.disputes: Disputes = new_dispute_log(64)
        frauds = new_frauds(fraud_rule(FraudParameters(), 3000))
        self.frauds: Frauds = frauds._replace(contacts=np.full(400, 200, dtype=np.int64))
        self.crises: Crises = draw_crises((scenario or Scenario()).demand.crises, self.society, seed)
        self.school: School = open_school(SchoolParameters(), self.society, city.grid.n_cells, seed)
        self.ledger = new_post_ledger(400)
        self.staff = SimpleNamespace(
            officers=table(OFFICER_COLUMNS, sum(on_duty) + 2), hours=np.zeros((400, len(Post), 24))
        )
        self.staff.officers["post"][:-2], self.staff.officers["post"][-2:] = Post.COMMUNITY, Post.ANTI_FRAUD
        self.staff.officers["district"] = [*np.repeat(np.arange(len(on_duty)), on_duty), -1, -1]
        self.staff.officers["skill"] = 0.8
        for post, heads in ((Post.COMMUNITY, sum(on_duty)), (Post.ANTI_FRAUD, 2)):
            self.staff.hours[:, post] = heads * DAY_WORK
        bureau, volunteers = cast("Any", SimpleNamespace(demand=DEMAND)), np.zeros(0)
        programme.begin(
            Site(
                seed,
                city,
                self.society,
                cast("Any", self.staff),
                bureau,
                volunteers,
                scenario or Scenario(),
                programmes or {},
            )
        )

    def today(self) -> Today:
        """Return the next day, whose hours are new."""
        self.staff.officers["last_duty_day"] = self.day
        self.hours = {
            post: Hours(self.ledger[self.day, post], minutes / 2, minutes / 2, self.slow)
            for post, minutes in self.minutes.items()
        }
        nobody = np.zeros(0)
        truth = Truth(
            self.society,
            nobody,
            self.frauds,
            self.disputes,
            self.feelings,
            self.ground,
            self.logs,
            self.school,
            self.crises,
        )
        nothing, staff = cast("Any", None), cast("Any", self.staff)
        return Today(self.seed, self.day, cast("Any", self.hours), staff, nothing, nobody, truth, self.reach)

    def pass_by(self, days: int = 1) -> Days:
        """Let some days pass."""
        for _ in range(days):
            self.programme.day(self.today())
            self.day += 1
        return self

    def spent(self, work: Work) -> float:
        return float(self.ledger[:, :, work].sum())

    def total(self, measure: str) -> float:
        return float(self.programme.diary[measure].sum())

    def moved(self, feeling: str) -> Array:
        """Return the residents whose feeling is not what it was."""
        found: Array = np.flatnonzero(self.society.residents[feeling] != self.before[feeling])
        return found

    def burgle(self, victim: int, recorded_min: float, kind: IncidentType = IncidentType.BURGLARY) -> int:
        """Write a crime against a resident, which enters the books at a time, −1 if never."""
        cell = int(self.society.residents["home_cell"][victim])
        n = add_incident(self.logs, kind, 0.0, cell, 0.0, 0.0, 10.0)
        self.logs.incidents["victim_id"][n] = victim
        self.logs.incidents["recorded_time_min"][n] = recorded_min
        return n

    def quarrel(self, party: int, other: int, found_by: Finder = Finder.NOBODY, found_min: float = 0.0) -> int:
        """Write a dispute."""
        d = add_dispute(self.disputes, 0, party, other, 0, 1.0, 0.0)
        self.disputes.rows["found_by"][d], self.disputes.rows["found_min"][d] = found_by, found_min
        return d
