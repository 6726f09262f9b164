"""A made-up society that meets fraud and nothing else, as fast as the kernels go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.city.state import CELL_COLUMNS, Ground
from sim.columns import table
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.fraud.audience import audience
from sim.incidents.fraud.campaigns import ROWS, Frauds, Stage, frauds_of_day, new_frauds, rows_under_way
from sim.incidents.fraud.parameters import FraudParameters, fraud_rule
from sim.incidents.fraud.persuasion import defraud
from sim.incidents.log import CALLS, INCIDENTS, Logs, new_logs, with_room
from sim.incidents.town import Town
from sim.people.feelings import FeelingParameters, Feelings, new_feelings
from sim.people.residents import DWELLING_COLUMNS, RESIDENT_COLUMNS, Society
from sim.people.shops import SHOP_COLUMNS
from sim.people.ties import Ties

DAY = 1440.0
DEMAND = demand_rule(DemandParameters(), 100.0)
UNMOVED = FeelingParameters(fraud_awareness_gain=0.0, fraud_trust_loss=0.0)  # victims learn nothing
CELLS = 25
NOWHERE: Any = (
    None  # frauds have no place; a tuple of the model's own kind, because the cache of kernels is read where no test is
)
CHANCE = 0.001  # that a statistical test fails although the model is right; seeds are fixed
BUSY = {"engaging_probability": 0.02, "contacts_per_resident_month": 20.0}  # many frauds among few people


class Met(NamedTuple):
    """What a run left."""

    society: Society
    frauds: Frauds
    logs: Logs
    ground: Ground
    feelings: Feelings

    @property
    def rows(self) -> Array:
        return self.frauds.rows[: self.frauds.used[ROWS]]

    @property
    def paid(self) -> Array:
        return self.rows[self.rows["stage"] == Stage.PAID]

    @property
    def incidents(self) -> Array:
        return self.logs.incidents[: self.logs.used[INCIDENTS]]

    @property
    def calls(self) -> Array:
        return self.logs.calls[: self.logs.used[CALLS]]


def made_up_society(
    n: int, seed: int = 1, awareness: float = 0.4, same_awareness: bool = False, spread: float = 0.8, trust: float = 0.6
) -> Society:
    """Return people of all ages in households of three, each with ties to the six around."""
    rng = np.random.default_rng(seed)
    dwellings = table(DWELLING_COLUMNS, n // 3 + 1)
    dwellings["cell"] = np.arange(len(dwellings)) % CELLS
    dwellings["x_m"], dwellings["y_m"] = rng.random((2, len(dwellings))) * 500
    people = table(RESIDENT_COLUMNS, n)
    people["dwelling"] = np.arange(n) // 3
    people["home_cell"] = dwellings["cell"][people["dwelling"]]
    people["age"] = rng.triangular(0, 30, 95, n)
    people["trust"] = people["trust_base"] = rng.beta(4 * trust, 4 * (1 - trust), n)
    people["perceived_safety"] = people["safety_base"] = people["awareness"] = people["awareness_base"] = 0.5
    lot = rng.beta(4 * max(awareness, 1e-3), 4 * (1 - min(awareness, 0.999)), n)
    people["fraud_awareness"] = people["fraud_awareness_base"] = awareness if same_awareness else lot
    people["susceptibility"] = np.exp(spread * rng.normal(size=n) - spread**2 / 2)
    around = np.array([-3, -2, -1, 1, 2, 3])
    other = ((np.arange(n)[:, None] + around) % n).ravel().astype(np.int32)
    ties = Ties(np.arange(0, 6 * n + 1, 6).astype(np.int32), other, np.full(6 * n, 2, dtype=np.int8))
    return Society(people, dwellings, NOWHERE, frozen(ties), table(SHOP_COLUMNS, 0))


def meet(
    society: Society, days: int, seed: int = 1, feeling: FeelingParameters | None = None,
    ticks: Iterable[float] = (DAY,), meddle: Callable[[Met, int], None] | None = None, **changes: Any,
) -> Met:  # fmt: skip
    """Let a society meet the frauds of some days.

    `ticks` are the ends of the ticks of a day, the last of them 1440; `meddle(met, day)` is called before each day is
    run.
    """
    parameters = FraudParameters(**changes)
    rule, people = fraud_rule(parameters, len(society.residents)), audience(society.residents, parameters)
    cells = table(CELL_COLUMNS, CELLS)
    cells["residents"] = np.bincount(society.residents["home_cell"], minlength=CELLS)
    own = society._replace(residents=society.residents.copy(), dwellings=society.dwellings.copy())
    met = Met(
        own, new_frauds(rule), new_logs(64), Ground(cells, 5, 5, 100.0, 0), new_feelings(feeling or FeelingParameters())
    )
    for day in range(days):
        met = met._replace(frauds=frauds_of_day(seed, day, met.frauds, people, rule, own.residents, met.feelings.rule))
        met = met._replace(logs=with_room(met.logs, rows_under_way(met.frauds)))
        if meddle is not None:
            meddle(met, day)
        for end in ticks:
            town = Town(met.society, met.feelings, met.ground, met.logs)
            defraud(seed, day * DAY + end, met.frauds, town, DEMAND, rule)
    return met


@cache
def busy_town() -> Met:
    """Return thousands of frauds in a small town whose people never learn."""
    return meet(made_up_society(20_000), 60, feeling=UNMOVED, **BUSY)


def bits(met: Met) -> list[bytes]:
    """Return all that frauds leave, to the bit."""
    people = met.society.residents
    left = [
        met.rows,
        met.frauds.campaigns,
        met.frauds.contacts,
        met.incidents,
        met.calls,
        people["fraud_awareness"],
        people["fraud_felt_min"],
    ]
    return [
        np.ascontiguousarray(one[name] if name else one).tobytes()
        for one in left
        for name in (one.dtype.names or ("",))
    ]
