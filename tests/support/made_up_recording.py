"""Two made-up runs on one seed, for claims about the replay: no simulation, every column as a run has it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np

from app.replay.recording import Recording
from sim.city.beats import BeatPlan
from sim.city.grid import Grid
from sim.outcomes.results import Results
from sim.scenario import Scenario

DAYS, SIDE, CELLS = 3, 30, 900
MINUTES = DAYS * 1440
UNITS = 12
TYPES = ("burglary", "theft", "robbery", "assault", "fraud")


def made_up_city(name: str = "Lin'an") -> Any:
    """A square of 3 km with streets every 300 m, four beats, two stations; ways turn once."""
    grid = Grid(SIDE, SIDE, 100.0)
    streets = nx.grid_2d_graph(10, 10)
    for (column, row), node in streets.nodes.items():
        node.update(x_m=150.0 + 300 * column, y_m=150.0 + 300 * row)
    row, column = np.divmod(np.arange(CELLS), SIDE)
    beat = (2 * (row >= SIDE // 2) + (column >= SIDE // 2)).astype(np.int16)
    centre = np.hypot(row - 15, column - 15)
    uses = [np.ones(CELLS), *(np.where(np.abs(centre - near) < 2, 30.0, 0.0) for near in (1, 3, 6, 9, 12, 20))]

    def way(origin: int, destination: int) -> np.ndarray:
        (x, y), (to_x, to_y) = ((grid.x_m[cell], grid.y_m[cell]) for cell in (origin, destination))
        return np.array([(x, y), (x, to_y), (to_x, to_y)])

    plan = BeatPlan(beat, np.array([0, 0, 1, 1]), np.array([0, 20, 600, 620]), np.array([215, 675]))
    return SimpleNamespace(
        name=name, residents=20_000, grid=grid, inside=np.ones(CELLS, bool), land=uses, streets=streets, beats=plan,
        way=way,
    )  # fmt: skip


def made_up_recordings(
    strategies: tuple[str, ...] = ("reactive", "hotspot"), replications: int = 3, city: str = "Lin'an"
) -> list[Recording]:
    """Runs of strategies in some replications; the strategies of one have most of their crimes in common."""
    place = made_up_city(city)
    scenario = Scenario(days=DAYS, warmup_days=0)
    return [
        Recording(name, "none", replication, scenario, place, _results(replication, side, place))
        for replication in range(replications)
        for side, name in enumerate(strategies)
    ]


def _results(replication: int, side: int, city: Any) -> Results:
    shared, own = np.random.default_rng(replication), np.random.default_rng([replication, side])
    tables = {"incidents": _incidents(shared, own, city), "calls": _calls(shared, own)}
    incidents = tables["incidents"]
    known = ~np.ma.getmaskarray(incidents["recorded_time_min"])
    order = np.argsort(incidents["recorded_time_min"][known].filled(0.0))
    said = incidents["time_min"][known][order]
    tables["recorded"] = {
        "type": incidents["type"][known][order],
        "recorded_time_min": incidents["recorded_time_min"][known].filled(0.0)[order],
        "earliest_min": said - 30, "latest_min": said + 30, "cell": incidents["cell"][known][order],
    }  # fmt: skip
    tables["tracks"] = _tracks(own, tables["calls"], city)
    tables["watches"] = {
        "cell": np.array([310, 470]), "start_min": np.array([1200.0, 2640.0]), "end_min": np.array([1380.0, 2820.0]),
        "volunteers": np.array([2, 3]),
    }  # fmt: skip
    tables["programmes"] = {
        "programme": np.array(["campaign"] * 2 * side, dtype=str), "day": np.array([1] * 2 * side, dtype=int),
        "measure": np.array(["on", "checks"] * side, dtype=str), "value": np.array([1.0, 40.0] * side),
    }  # fmt: skip
    tables |= {"cases": _cases(incidents), "disputes": _disputes(shared)}
    calls = tables["calls"]
    callers, urgent = calls["discovered_by"] == "caller", calls["priority"] == 1
    responses = (calls["arrived_min"] - calls["received_min"])[callers & urgent].compressed()
    indicators = {
        "crimes_total": float(len(incidents["type"])), "harm_total": float(incidents["harm"].sum()),
        "recorded_total": float(known.sum()), "arrests": float(incidents["arrest_time_min"].count()),
        "calls_total": float(callers.sum()), "response_p1_median_min": float(np.median(responses)),
    }  # fmt: skip
    return Results(indicators, tables)


def _incidents(shared: np.random.Generator, own: np.random.Generator, city: Any) -> dict[str, Any]:
    every, n = 90, 70  # what might happen, and what does in one run
    time, cell = np.sort(shared.uniform(0, MINUTES, every)), shared.integers(0, CELLS, every)
    kind, harm = shared.integers(0, len(TYPES), every), shared.integers(1, 40, every).astype(np.float32)
    delay = shared.exponential(300, every)
    happens = np.sort(own.choice(every, n, replace=False))
    time, cell, kind, harm, delay = (column[happens] for column in (time, cell, kind, harm, delay))
    unknown = (own.random(n) < 0.3) | (time + delay >= MINUTES)
    free = (own.random(n) < 0.8) | (time + 600 >= MINUTES)
    return {
        "type": np.array(TYPES)[kind], "time_min": time, "cell": cell.astype(np.int32),
        "incident_id": np.flatnonzero(np.isin(np.arange(every), happens)), "recorded_cell": cell.astype(np.int32),
        "offender_id": cell, "victim_id": cell,
        "x_m": city.grid.x_m[cell] + 20, "y_m": city.grid.y_m[cell] - 20, "harm": harm,
        "recorded_time_min": np.ma.masked_array(time + delay, unknown),
        "arrest_time_min": np.ma.masked_array(time + 600, free),
    }  # fmt: skip


def _cases(incidents: dict[str, Any]) -> dict[str, Any]:
    """A case of each crime that the police know: of every other one work begins, and every third one is cleared."""
    rows = np.flatnonzero(~np.ma.getmaskarray(incidents["recorded_time_min"]))
    rows = rows[np.argsort(incidents["recorded_time_min"][rows].filled(0.0))]
    opened, number = incidents["recorded_time_min"][rows].filled(0.0), np.arange(len(rows))
    return {
        "incident_id": incidents["incident_id"][rows], "type": incidents["type"][rows],
        "opened_min": np.ma.masked_array(opened, number == 0), "hours_worked": np.where(number % 2, 0.0, 3.0),
        "known_min": np.ma.masked_array(opened + 60, False),
        "begun_min": np.ma.masked_array(opened + 90, number % 2 > 0),
        "closed_min": np.ma.masked_array(opened + 900, number % 3 > 0),
        "state": np.where(number % 3, "waiting", "cleared"),
    }  # fmt: skip


def _disputes(shared: np.random.Generator) -> dict[str, Any]:
    """Twenty disputes, five of which were there before; a third is known, half end."""
    number, began = np.arange(20), np.sort(shared.uniform(0, MINUTES / 2, 20))
    hidden = number % 3 > 0
    return {
        "subject": np.array(["family", "debt"])[number % 2], "cell": shared.integers(0, CELLS, 20).astype(np.int32),
        "began_min": np.ma.masked_array(began, number < 5), "found_min": np.ma.masked_array(began + 30, hidden),
        "found_by": np.ma.masked_array(np.full(20, "police"), hidden),
        "ended_min": np.ma.masked_array(began + 1000, number % 2 > 0),
        "outcome": np.where(number % 2, "open", "mediated"),
    }  # fmt: skip


def _calls(shared: np.random.Generator, own: np.random.Generator) -> dict[str, Any]:
    n = 60
    received = np.sort(shared.uniform(0, MINUTES - 120, n))
    priority = shared.integers(1, 4, n).astype(np.int8)
    cell = shared.integers(0, CELLS, n).astype(np.int32)
    gone = np.array([number % 20 == 7 for number in range(n)])
    sent = received + own.uniform(1, 8, n)
    times = {"dispatched": sent, "under_way": sent + 1, "arrived": sent + own.uniform(3, 30, n)}
    times["cleared"] = times["arrived"] + own.uniform(10, 60, n)
    return {
        "call_id": np.arange(100, 100 + n), "type": np.array(["assault", "theft", "service"])[priority - 1],
        "discovered_by": np.where(np.arange(n) % 15 == 3, "patrol", "caller"), "priority": priority,
        "received_min": received, "taken_min": np.ma.masked_array(received + 1, np.zeros(n, bool)),
        **{f"{name}_min": np.ma.masked_array(values, gone) for name, values in times.items()},
        "unit_id": np.ma.masked_array(own.integers(0, UNITS, n).astype(np.int32), gone),
        "cell": cell, "outcome": np.where(gone, "desk", "served"),
    }  # fmt: skip


def _tracks(own: np.random.Generator, calls: dict[str, Any], city: Any) -> dict[str, Any]:
    """Each unit works eight hours a day: it drives, stops, drives on; some drives are to calls."""
    rows: list[tuple[Any, ...]] = []
    for unit in range(UNITS):
        now, here, duty = 0.0, int(city.beats.station_cell[unit % 2]), unit % 3 * 480
        while now < MINUTES:
            into = now % 1440
            if not duty <= into < duty + 480:
                until = now - into + (duty if into < duty else 1440 + duty)
                rows.append((unit, "off_duty", now, min(until, MINUTES), here, here, -1, False))
                now = until
                continue
            there, called = int(own.integers(0, CELLS)), own.random() < 0.2
            call = int(own.choice(calls["call_id"])) if called else -1
            until = now + own.uniform(4, 9)
            rows.append(
                (
                    unit,
                    "response_drive" if called else "patrol_drive",
                    now,
                    min(until, MINUTES),
                    here,
                    there,
                    call,
                    False,
                )
            )
            now, here = until, there
            until = now + own.uniform(8, 20)
            rows.append(
                (
                    unit,
                    "on_scene" if called else "patrol_stop",
                    now,
                    min(until, MINUTES),
                    here,
                    here,
                    call,
                    own.random() < 0.4,
                )
            )
            now = until
    rows = [row for row in rows if row[2] < row[3]]
    names = ("unit", "activity", "start_min", "end_min", "from_cell", "to_cell", "call", "on_foot")
    table = dict(zip(names, map(np.array, zip(*rows, strict=True)), strict=True))
    return {**table, "call": np.ma.masked_less(table["call"], 0)}
