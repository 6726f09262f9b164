"""A small town for programmes of governance.

Its people, empty logs, and a day on which community officers have so many minutes.
"""

from __future__ import annotations

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
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.disputes.log import Disputes, Subject, add_dispute, new_dispute_log
from sim.incidents.fraud.campaigns import Frauds, new_frauds
from sim.incidents.fraud.parameters import FraudParameters, fraud_rule
from sim.incidents.log import INCIDENTS, Logs, add_incident, new_logs
from sim.people.feelings import FeelingParameters, Feelings, new_feelings
from sim.people.residents import ResidentParameters, Society, settle
from sim.people.volunteers import VOLUNTEER_COLUMNS
from sim.police.cases.case_log import Cases, cases_with_room, new_cases
from sim.police.cases.parameters import InvestigationParameters, investigation_rule
from sim.police.post_ledger import Hours, Work
from sim.police.posts import Post
from sim.programmes.base import Site, Today, Truth
from sim.scenario import Scenario

DAY = 1440.0
ENOUGH = 1e6  # minutes


@cache
def place() -> tuple[City, Society]:
    city = build_city(CityParameters(name="town", residents=6000, area_km2=8, beats=4, districts=2, centres=1))
    return city, settle(city, ResidentParameters(), seed=1)


class MadeUpTown:
    """What programmes see of a town, and a ledger of what its community officers did."""

    def __init__(self, **scenario: Any) -> None:
        self.city, shared = place()
        self.society: Society = shared._replace(residents=shared.residents.copy())
        cells = new_cells(self.city, np.bincount(self.society.residents["home_cell"], minlength=self.city.grid.n_cells))
        self.ground = Ground(cells, self.city.grid.n_rows, self.city.grid.n_cols, self.city.grid.cell_m, 0)
        self.logs: Logs = new_logs(8192)
        self.cases: Cases = cases_with_room(new_cases(), self.logs)
        self.disputes: Disputes = new_dispute_log(4096)
        self.frauds: Frauds = new_frauds(fraud_rule(FraudParameters(), self.city.residents))
        self.feelings: Feelings = new_feelings(FeelingParameters())
        self.scenario = Scenario(**scenario)
        self.booked = np.zeros(len(Work))

    def site(self, programmes: dict[str, Any] | None = None) -> Site:
        rules: Any = SimpleNamespace(
            rule=investigation_rule(InvestigationParameters()),
            demand=demand_rule(DemandParameters(), self.city.grid.cell_m),
        )
        staff: Any = None
        return Site(1, self.city, self.society, staff, rules, np.zeros(0), self.scenario, programmes or {})

    def day(self, day: int, sworn_min: float = ENOUGH, auxiliary_min: float = 0.0, slow: float = 1.0) -> Today:
        """Return a day; the ledger goes on from day to day."""
        hours: Any = {Post.COMMUNITY: Hours(self.booked, sworn_min, auxiliary_min, slow)}
        staff: Any = None
        nobody, none = np.zeros(0), cast("Any", None)
        truth = Truth(
            self.society, nobody, self.frauds, self.disputes, self.feelings, self.ground, self.logs, none, none
        )
        return Today(1, day, hours, staff, self.cases, table(VOLUNTEER_COLUMNS, 0), truth)

    def commit(
        self, victims: Array, at_min: float, kind: int = IncidentType.VEHICLE_THEFT, reported: bool = False
    ) -> None:
        """Let one crime happen to each of some residents at home, a second apart."""
        for k, who in enumerate(victims):
            cell = int(self.society.residents["home_cell"][who])
            n = add_incident(self.logs, kind, at_min + k / 60, cell, 0.0, 0.0, 1.0)
            self.logs.incidents["victim_id"][n] = who
            self.logs.incidents["call_id"][n] = 0 if reported else -1
            self.logs.incidents["recorded_cell"][n] = self.logs.incidents["cell"][n] if reported else -1

    @property
    def crimes(self) -> Array:
        return self.logs.incidents[: self.logs.used[INCIDENTS]]

    def quarrel(self, n: int, tension: float = 1.0, began_min: float = 0.0) -> None:
        """Let residents quarrel with their neighbours."""
        for d in range(n):
            add_dispute(self.disputes, Subject.NEIGHBOUR, d, d + 1, 0, tension, began_min)


def bits(*tables: Array) -> list[bytes]:
    """Return tables to the bit, without the bytes between columns."""
    return [
        np.ascontiguousarray(one[name] if name else one).tobytes()
        for one in tables
        for name in (one.dtype.names or ("",))
    ]
