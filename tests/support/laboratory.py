"""A laboratory round the real dispatcher: it hands in streets, units and calls, and reads the tables that come out.

Nothing of the dispatcher is copied here. `Laboratory.serve` is `sim.police.patrol.dispatch.serve`, with the tables of
`sim` for its input.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from scipy.stats import t as student

from sim.agenda import put
from sim.arrays import Array
from sim.city.grid import Grid
from sim.city.presence import PresenceParameters, presence_rule
from sim.city.state import CELL_COLUMNS, Ground
from sim.city.streets import TravelTimes
from sim.columns import table
from sim.incident_types import IncidentType
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.log import (
    CALL_RECEIVED,
    CALLS,
    INCIDENTS,
    VISITS,
    CallState,
    Logs,
    add_call,
    add_incident,
    expect,
    new_logs,
    with_room,
)
from sim.kernels import kernel
from sim.orders import orders_of
from sim.outcomes.tables import call_table
from sim.parameters import rule_of
from sim.people.groups import ASSOCIATES
from sim.people.offenders import OFFENDER_COLUMNS, OffenderParameters, belief_rule, career_rule
from sim.people.residents import RESIDENT_COLUMNS
from sim.police.patrol.dispatch import serve
from sim.police.patrol.free_time import SIGN_ON, PatrolRule, Police
from sim.police.patrol.queue import DispatchParameters, open_desk
from sim.police.patrol.stages import StageParameters, StageRule
from sim.police.patrol.turn import look_again
from sim.police.patrol.units import Activity, book_open, new_ledger, new_units, no_tracks
from sim.strategies.plan import PatrolPlan

FALSE_ALARM = 1e-5  # chance that a correct dispatcher fails one `claim` on a seed nobody has tried
LONGEST_PATIENCE = (100_000.0,) * 3
SPARE = 2000  # rows and events that one request of a test cannot fill

log = logging.getLogger("exact")


class Streets(NamedTuple):
    """A grid and the drives between its cells."""

    grid: Grid
    travel: TravelTimes


def streets_of(graph: nx.Graph[Any], grid: Grid, speed_kmh: float) -> Streets:
    """Put the nodes (row, col) of a graph in the centres of their cells.

    Edges without a speed get `speed_kmh`, without a length one cell.
    """
    for row, col in graph.nodes:
        graph.nodes[row, col].update(x_m=(col + 0.5) * grid.cell_m, y_m=(row + 0.5) * grid.cell_m)
    for _, _, edge in graph.edges(data=True):
        edge.setdefault("length_m", grid.cell_m)
        edge.setdefault("speed_kmh", speed_kmh)
    travel = TravelTimes.of_graph(graph, grid, speed_kmh)
    assert not travel.access_km.any(), "a grid so large that cells share an access node"
    return Streets(grid, travel)


def line(cells: int, cell_m: float = 100.0, speed_kmh: float = 6.0) -> Streets:
    """Return one street along a row of cells; by default a minute a cell."""
    return streets_of(nx.grid_2d_graph(1, cells), Grid(1, cells, cell_m), speed_kmh)


@cache
def one_place() -> Streets:
    """Return streets of two cells; calls and units that are all in cell 0 never drive."""
    return line(2)


class Laboratory:
    """Units on duty from minute 0, a desk, and logs.

    Parameters
    ----------
    stations : sequence of int
        Station cell of each unit.
    streets : Streets
        By default one place, where nobody drives.
    covers : sequence of (int, int), optional
        First beat and one after the last beat of each unit; by default all.
    beat_of_cell : sequence of int, optional
        By default one beat.
    district_of_beat : sequence of int, optional
        By default one district.
    plan : PatrolPlan
        Where free units go.
    shift_min, break_min : float
        One shift that never ends, and no break, by default.
    overtime_share : float
        Ordered overtime, as a share of the shift.
    back_to_car_min : float
        Time of a crew on foot back to its car.
    signs_on : bool
        Whether the units sign on at minute 0.
    desist_at_arrest : float
        Chance that an arrest ends a career.
    stages : StageParameters, optional
        Call-taking, turn-out and follow-ups; by default all at once.
    rules
        Parameters of dispatch; citywide and patient by default.
    """

    def __init__(
        self,
        stations: Sequence[int],
        streets: Streets | None = None,
        *,
        covers: Sequence[tuple[int, int]] | None = None,
        beat_of_cell: Sequence[int] | Array | None = None,
        district_of_beat: Sequence[int] | None = None,
        plan: PatrolPlan | None = None,
        shift_min: float = np.inf,
        overtime_share: float = 0.0,
        break_min: float = 0.0,
        back_to_car_min: float = 0.0,
        days: int = 2,
        demand: DemandParameters | None = None,
        signs_on: bool = True,
        desist_at_arrest: float = 0.0,
        stages: StageParameters | None = None,
        seed: int = 1,
        **rules: Any,
    ) -> None:
        streets = streets or one_place()
        grid = streets.grid
        cells = table(CELL_COLUMNS, grid.n_cells)
        cells["beat"] = 0 if beat_of_cell is None else beat_of_cell
        beats = int(cells["beat"].max()) + 1
        self.units = new_units(len(stations))
        for when in ("", "next_"):
            self.units[f"{when}station_cell"] = stations
            self.units[f"{when}beat_first"], self.units[f"{when}beat_end"] = np.array(
                covers or [(0, beats)] * len(stations)
            ).T
        self.offenders = table(OFFENDER_COLUMNS, 1 + ASSOCIATES)
        self.offenders["associate"] = -1
        self.seed = seed
        self.now_min = 0.0
        self._ground = Ground(cells, grid.n_rows, grid.n_cols, grid.cell_m, 0)
        self._logs = new_logs(2 * SPARE)
        presence = presence_rule(PresenceParameters())
        orders = orders_of(plan or PatrolPlan.none(), beats)
        patrol = PatrolRule(1.0, break_min, 60.0, back_to_car_min)
        self._police = Police(self.units, new_ledger(days), no_tracks(), streets.travel, orders, patrol, presence)
        dispatch = DispatchParameters(
            **{"pooling": "city", "patience_min": LONGEST_PATIENCE, "urgent_speed": 1.0} | rules
        )
        people = OffenderParameters(desist_at_arrest=desist_at_arrest)
        belief, career = belief_rule(people, grid.cell_m), career_rule(people, table(RESIDENT_COLUMNS, 1), 1.0)
        rule = demand_rule(demand or DemandParameters(), grid.cell_m)
        districts = np.zeros(beats) if district_of_beat is None else np.asarray(district_of_beat)
        stage = rule_of(StageRule, stages or StageParameters())
        self.desk = open_desk(dispatch, stage, rule, belief, career, districts, shift_min, overtime_share)
        for u in range(len(stations) if signs_on else 0):
            self.sign_on(u, 0.0)

    @property
    def ledger(self) -> Array:
        """The ledger with everything booked up to now."""
        return closed_books(self._police, self.now_min)

    @property
    def calls(self) -> Array:
        """The calls so far."""
        return self._logs.calls[: self._logs.used[CALLS]]

    @property
    def incidents(self) -> Array:
        """The crimes so far."""
        return self._logs.incidents[: self._logs.used[INCIDENTS]]

    @property
    def cells(self) -> Array:
        """The table of the cells."""
        return self._ground.cells

    @property
    def outcomes(self) -> Array:
        """The outcomes of the calls by now, as the table of calls names them."""
        return call_table(self._logs, 0.0, self.now_min)["outcome"]

    @property
    def visits(self) -> Array:
        """The patrol stops so far."""
        return self._logs.visits[: self._logs.used[VISITS]]

    def sign_on(self, unit: int, at_min: float) -> None:
        """Let a unit begin a shift."""
        put(self._logs.agenda, at_min, SIGN_ON, unit, 0)

    def place(self, stations: Array) -> None:
        """Put units that wait at their stations at other stations."""
        assert (self.units["activity"] == Activity.STANDBY).all()
        for name in ("station_cell", "next_station_cell", "from_cell", "to_cell"):
            self.units[name] = stations

    def order(self, plan: PatrolPlan, hour: int = 0) -> None:
        """Let the stops of a plan hold that it has in an hour, from now on."""
        orders = orders_of(plan, int(self._ground.cells["beat"].max()) + 1, hour)
        self._police = self._police._replace(orders=orders)
        self._logs = with_room(self._logs, SPARE)
        look_again(self.now_min, self._police, self._logs)

    def crime(
        self, kind: IncidentType, at_min: float, *, offender: int = 0, culprit: int = 0, joined_by: int = -1
    ) -> int:
        """Write down a crime in cell 0 and return its row; by default resident 0 did it, who is offender 0."""
        self._logs = with_room(self._logs, SPARE)
        n = add_incident(self._logs, int(kind), at_min, 0, 0.0, 0.0, 1.0)
        self._logs.incidents["offender_id"][n], self._logs.incidents["culprit_id"][n] = offender, culprit
        self._logs.incidents["co_offender_id"][n] = joined_by
        self._logs.incidents["co_culprit_id"][n] = self.offenders["resident_id"][joined_by] if joined_by >= 0 else -1
        return n

    def call(
        self, at_min: float, *, cell: int = 0, priority: int = 3, needed: int = 1, on_scene_min: float = 10.0,
        paperwork_min: float = 0.0, incident: int = -1,
        on_view: bool = False, told_as: IncidentType | None = None,
    ) -> int:  # fmt: skip
        """Announce one call and return its row; about a crime it is of its type, unless told as another.

        With `on_view` nobody calls: a patrol may come upon it.
        """
        self._logs = with_room(self._logs, SPARE)
        kind, occurred_min = int(IncidentType.SERVICE), at_min
        if incident >= 0:
            kind, occurred_min = int(self.incidents["type"][incident]), float(self.incidents["time_min"][incident])
        beat = int(self._ground.cells["beat"][cell])
        number, told = self.calls.size, kind if told_as is None else int(told_as)
        c = add_call(self._logs, told, cell, beat, number, 0, occurred_min, at_min)
        written = {"true_type": kind, "priority": priority, "needed": needed, "incident_id": incident}
        written |= {"on_scene_min": on_scene_min, "paperwork_min": paperwork_min, "on_view": on_view}
        for name, value in written.items():
            self._logs.calls[name][c] = value
        put(self._logs.agenda, at_min, CALL_RECEIVED, c, 0)
        return c

    def serve(self, until_min: float) -> None:
        """Let the dispatcher handle everything that is due before a time."""
        self._logs = with_room(self._logs, SPARE)
        serve(self.seed, until_min, self.desk, self._police, self.offenders, self._ground, self._logs)
        self.now_min = until_min

    def run(
        self,
        received_min: Array,
        on_scene_min: Array,
        *,
        cell: Array | int = 0,
        priority: Array | int = 3,
        paperwork_min: Array | float = 0.0,
    ) -> None:
        """Write and serve many calls for one unit each, up to the last one's receipt."""
        n = len(received_min)
        cells, priorities = (np.ascontiguousarray(np.broadcast_to(a, n), dtype=np.int64) for a in (cell, priority))
        on_scene, paperwork = (
            np.ascontiguousarray(np.broadcast_to(a, n), dtype=float) for a in (on_scene_min, paperwork_min)
        )
        first = len(self.calls)
        self._logs = with_room(self._logs, n + SPARE)
        _write(
            self._logs,
            self._ground.cells["beat"][cells].astype(np.int64),
            cells,
            priorities,
            received_min,
            on_scene,
            paperwork,
        )
        self._logs = expect(self._logs, first)
        self.serve(float(received_min[-1]))


def closed_books(police: Police, now_min: float) -> Array:
    """Return a ledger in which also what units are in the middle of is booked."""
    ledger = police.ledger.copy()
    book_open(police.units, now_min, ledger)
    return ledger


@kernel
def _write(
    logs: Logs,
    beat: Array,
    cell: Array,
    priority: Array,
    received_min: Array,
    on_scene_min: Array,
    paperwork_min: Array,
) -> None:
    """Write calls for one unit each."""
    for i in range(len(received_min)):
        c = add_call(logs, IncidentType.SERVICE, cell[i], beat[i], i, 0, received_min[i], received_min[i])
        logs.calls[c].priority = priority[i]
        logs.calls[c].on_scene_min = on_scene_min[i]
        logs.calls[c].paperwork_min = paperwork_min[i]


def generator(seed: int) -> np.random.Generator:
    """Return a generator for the arrivals and services of a test."""
    return np.random.Generator(np.random.Philox(seed))


def poisson_times(rng: np.random.Generator, n: int, per_min: float) -> Array:
    """Return the times of n arrivals of a Poisson process, in minutes."""
    return np.cumsum(rng.exponential(1 / per_min, n))


def erlang_b(units: int, load: float) -> float:
    """Return the share of calls that find all units busy when such calls are lost (Erlang 1917)."""
    return load**units / math.factorial(units) / sum(load**k / math.factorial(k) for k in range(units + 1))


def erlang_c(units: int, load: float) -> float:
    """Return the share of calls that find all units busy when such calls wait (Erlang 1917)."""
    lost = erlang_b(units, load)
    return lost / (1 - load / units * (1 - lost))


class Interval(NamedTuple):
    """A mean and half the width of its interval at the confidence 1 − FALSE_ALARM."""

    mean: float
    half: float


def interval(batches: Array, controls: Sequence[Array] = ()) -> Interval:
    """Return the interval of the mean of independent, nearly normal batch means or replications, by Student's t.

    Controls are batch means of something random with expectation 0 in the same batches; a regression on them takes the
    noise that they explain out of the mean (control variates, Lavenberg & Welch 1981).
    """
    known = np.column_stack([np.ones(len(batches)), *controls])
    coefficient = np.linalg.lstsq(known, batches, rcond=None)[0]
    left = batches - known @ coefficient
    freedom = len(batches) - known.shape[1]
    variance = left @ left / freedom * np.linalg.inv(known.T @ known)[0, 0]
    return Interval(float(coefficient[0]), float(student.ppf(1 - FALSE_ALARM / 2, freedom) * np.sqrt(variance)))


def batch_means(values: Array, batches: int = 100) -> Array:
    """Return the means of consecutive batches; the remainder is dropped."""
    size = len(values) // batches
    out: Array = values[: size * batches].reshape(batches, size).mean(axis=1)
    return out


def claim(what: str, batches: Array, exact: float, within: float, controls: Sequence[Array] = ()) -> None:
    """Claim that the mean of batches is exact, with half its interval at most the share `within` of it."""
    found = interval(batches, controls)
    log.info("%s: %.6g ± %.2g, exact %.6g", what, *found, exact)
    assert found.half <= within * exact, f"{what}: the run is too short to tell, ± {found.half:.4g}"
    assert abs(found.mean - exact) <= found.half, f"{what}: {found.mean:.6g} ± {found.half:.2g}, exact {exact:.6g}"


class Queue(NamedTuple):
    """A long run of one queue in one place, from several replications without their first and last calls."""

    received_min: Array
    dispatched_min: Array
    gap_min: Array  # since the call before
    service_min: Array
    priority: Array
    lost: Array  # bool
    busy: Array  # [days] mean number of busy units of each day, from the ledger

    @property
    def wait_min(self) -> Array:
        """Time until a unit is sent."""
        out: Array = self.dispatched_min - self.received_min
        return out


@cache
def queue(
    units: int,
    per_min: float,
    mean_min: float,
    shares: tuple[float, ...] = (1.0,),
    patience_min: float = 100_000.0,
    replications: int = 4,
    **rules: Any,
) -> Queue:
    """Run exponential calls through the dispatcher, the same whatever the shares of the priorities and their patience.

    Parameters
    ----------
    units : int
        Number of units.
    per_min, mean_min : float
        Rate of calls and mean time on scene.
    shares : tuple of float
        Shares of priority 1, 2, …
    patience_min : float
        Of all calls; 0 loses what cannot be served at once.
    replications : int
        Of half a million calls each.
    rules
        Other parameters of dispatch.
    """
    n, cut = 500_000, 2_000
    runs = []
    for replication in range(replications):
        rng = generator(replication)
        gap, service = rng.exponential(1 / per_min, n), rng.exponential(mean_min, n)
        priority = 1 + np.searchsorted(np.cumsum(shares)[:-1], rng.random(n), side="right")
        days = int(n / per_min / 1440)
        lab = Laboratory([0] * units, days=days + 100, patience_min=(patience_min,) * 3, **rules)
        lab.run(np.cumsum(gap), service, priority=priority)
        calls = lab.calls[cut:-cut]
        busy = lab.ledger[2 : int(0.98 * days), Activity.ON_SCENE] / 1440
        lost = calls["state"] == CallState.EXPIRED
        runs.append(
            Queue(
                calls["received_min"].copy(),
                calls["dispatched_min"].copy(),
                gap[cut:-cut],
                service[cut:-cut],
                priority[cut:-cut],
                lost,
                busy,
            )
        )
        assert (lost | (calls["dispatched_min"] >= calls["received_min"])).all()
    return Queue(*(np.concatenate(column) for column in zip(*runs, strict=True)))


def load_controls(found: Queue, per_min: float, mean_min: float) -> list[Array]:
    """Return the controls of a queue: its times between calls and on scene, less what is expected of them."""
    return [batch_means(found.gap_min) - 1 / per_min, batch_means(found.service_min) - mean_min]
