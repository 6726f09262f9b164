"""Residents and their dwellings: who lives where, with what daily life, and where people are by hour of the week."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.city.city import City
from sim.city.grid import Grid
from sim.clock import HOURS_PER_WEEK
from sim.columns import Column, table
from sim.draws import Stream
from sim.parameters import Parameters, parameter
from sim.people.routine import Routine, RoutineClass, absences, weekly_routine
from sim.people.ties import TieParameters, Ties, build_ties
from sim.randomness import generator
from sim.row_agent import RowAgent

RESIDENT_COLUMNS = (
    Column("home_cell", "i4", "cell", "cell of the dwelling"),
    Column("dwelling", "i4", "row", "row of the dwelling"),
    Column("work_cell", "i4", "cell", "cell of work or school; home for those without"),
    Column("leisure_cell", "i4", "cell", "cell of usual leisure"),
    Column("routine", "i1", "class", "RoutineClass"),
    Column("age", "i2", "years", "age"),
    Column("trust", "f4", "0 to 1", "trust in the police at felt_min; it relaxes to trust_base"),
    Column(
        "perceived_safety",
        "f4",
        "0 to 1",
        "perceived safety at felt_min, without the reassurance of patrols in the home cell",
    ),
    Column("awareness", "f4", "0 to 1", "awareness of crime at places at felt_min"),
    Column("fraud_awareness", "f4", "0 to 1", "awareness of fraud at fraud_felt_min"),
    Column("trust_base", "f4", "0 to 1", "what trust relaxes to"),
    Column("safety_base", "f4", "0 to 1", "what perceived safety relaxes to"),
    Column("awareness_base", "f4", "0 to 1", "what awareness relaxes to"),
    Column("fraud_awareness_base", "f4", "0 to 1", "what awareness of fraud relaxes to"),
    Column("felt_min", "f8", "min since start", "when trust, safety and awareness were last brought up to date"),
    Column("fraud_felt_min", "f8", "min since start", "when awareness of fraud was last brought up to date"),
    Column("susceptibility", "f4", "1", "personal susceptibility to fraud, mean 1 over residents"),
)
DWELLING_COLUMNS = (
    Column("x_m", "f4", "m", "east"),
    Column("y_m", "f4", "m", "north"),
    Column("cell", "i4", "cell", "cell"),
    Column("first_resident", "i4", "row", "first of its residents, who have consecutive rows"),
    Column("residents", "i2", "people", "number of residents"),
    Column("appeal", "f4", "1", "how attractive to a burglar, mean 1 over dwellings"),
    Column("burgled_min", "f8", "min since start", "time of the last burglary, −inf if never"),
    Column("hardened", "?", "1", "its household has hardened it after a burglary"),
)


class Resident(RowAgent):
    """A person who lives, works and spends leisure in the city."""


class ResidentParameters(Parameters):
    """Who lives in the city."""

    household_size: float = parameter(
        2.6, unit="people", ge=1, le=8, source="China census 2020: 2.62", doc="Mean number of residents per dwelling."
    )
    dwelling_spread: float = parameter(
        0.8,
        unit="standard deviation of the log",
        ge=0,
        le=3,
        source="assumption",
        doc="How unequal dwellings are in the eyes of a burglar; 0 makes them equal.",
    )
    trust_mean: float = parameter(
        0.6, unit="0 to 1", ge=0.01, le=0.99, source="assumption", doc="Mean trust in the police."
    )
    safety_mean: float = parameter(
        0.7, unit="0 to 1", ge=0.01, le=0.99, source="assumption", doc="Mean perceived safety."
    )
    awareness_mean: float = parameter(
        0.4, unit="0 to 1", ge=0.01, le=0.99, source="assumption", doc="Mean awareness of crime at places."
    )
    fraud_awareness_mean: float = parameter(
        0.4, unit="0 to 1", ge=0.01, le=0.99, source="assumption", doc="Mean awareness of fraud."
    )
    susceptibility_spread: float = parameter(
        0.8,
        unit="standard deviation of the log",
        ge=0,
        le=3,
        source="assumption: few people fall for most frauds, some again",
        doc="How unequally susceptible people are to fraud.",
    )
    ties: TieParameters = TieParameters()
    outing_hours: float = parameter(
        2.0, unit="h", ge=1, le=168,
        source="assumption: shopping, a meal, a visit; work keeps people longer, see absences",
        doc="Mean time after which somebody who is out or in goes where the routine of the hour has people.",
    )  # fmt: skip
    work_reach_m: float = parameter(
        4000.0, unit="m", gt=50, le=50_000, source="assumption", doc="Distance decay of trips to work (exponential)."
    )
    leisure_reach_m: float = parameter(
        2000.0,
        unit="m",
        gt=50,
        le=50_000,
        source="assumption",
        doc="Distance decay of trips to leisure (exponential).",
    )


class Places(NamedTuple):
    """Where to find people and dwellings; shared by all runs in one city, never written to."""

    dwelling_start: Array  # [cells + 1] dwellings of cell c are rows start[c] … start[c + 1] − 1
    worker_start: Array  # [cells + 1] the same for `workers`
    workers: Array  # rows of residents by work cell
    leisure_start: Array  # [cells + 1]
    visitors: Array  # rows of residents by leisure cell
    present: Array  # [168, cells] expected people present by hour of the week
    out: Array  # [168, cells] expected people at leisure there or passing to it
    away: Array  # [168] share of residents away from home
    routine: Routine
    leaves: Array  # [routine classes, 168] rate per minute at which those who are out left home, looking back
    returns: Array  # [routine classes, 168] rate per minute at which those who are out come home


class Society(NamedTuple):
    """Residents and dwellings of a city as tables, the look-ups that follow from them, and residents' ties."""

    residents: Array
    dwellings: Array
    places: Places
    ties: Ties


@lru_cache(maxsize=4)
def settled(city: City, parameters: ResidentParameters, seed: int) -> Society:
    """Return the people of a city, read-only, made once a process."""
    rng = generator(seed, Stream.RESIDENT)
    grid, land = city.grid, city.land
    n = city.residents
    n_dwellings = max(1, round(n / parameters.household_size))
    dwellings = table(DWELLING_COLUMNS, n_dwellings)
    dwellings["cell"] = np.sort(rng.choice(grid.n_cells, size=n_dwellings, p=land.housing / land.housing.sum()))
    dwellings["x_m"] = grid.x_m[dwellings["cell"]] + (rng.random(n_dwellings) - 0.5) * grid.cell_m
    dwellings["y_m"] = grid.y_m[dwellings["cell"]] + (rng.random(n_dwellings) - 0.5) * grid.cell_m
    spread = parameters.dwelling_spread
    dwellings["appeal"] = np.exp(spread * rng.normal(size=n_dwellings) - spread**2 / 2)
    dwellings["burgled_min"] = -np.inf

    residents = table(RESIDENT_COLUMNS, n)
    residents["dwelling"] = np.sort(
        np.concatenate([np.arange(min(n, n_dwellings)), rng.integers(0, n_dwellings, max(0, n - n_dwellings))])
    )
    dwellings["first_resident"] = np.searchsorted(residents["dwelling"], np.arange(n_dwellings))
    dwellings["residents"] = np.bincount(residents["dwelling"], minlength=n_dwellings)
    residents["home_cell"] = dwellings["cell"][residents["dwelling"]]
    residents["age"] = np.clip(rng.triangular(0, 30, 95, n), 0, 95)
    residents["routine"] = _routine_of(residents["age"], rng)
    feelings = (
        ("trust", "trust_base", parameters.trust_mean), ("perceived_safety", "safety_base", parameters.safety_mean),
        ("awareness", "awareness_base", parameters.awareness_mean),
        ("fraud_awareness", "fraud_awareness_base", parameters.fraud_awareness_mean),
    )  # fmt: skip
    for now, base, mean in feelings:
        residents[base] = rng.beta(4 * mean, 4 * (1 - mean), n)
        residents[now] = residents[base]
    spread = parameters.susceptibility_spread
    residents["susceptibility"] = np.exp(spread * rng.normal(size=n) - spread**2 / 2)
    _settle_work(city, residents, parameters, rng)
    pull = (
        land.commerce / land.commerce.sum()
        + 0.5 * _share(land.nightlife)
        + 0.3 * _share(land.park)
        + 0.3 * _share(land.transit)
    )
    residents["leisure_cell"] = gravity(grid, residents["home_cell"], pull, parameters.leisure_reach_m, rng)
    places = _places(city, residents, dwellings, parameters.outing_hours)
    return Society(residents, dwellings, places, build_ties(residents, dwellings, grid, parameters.ties, seed))


def settle(city: City, parameters: ResidentParameters, seed: int) -> Society:
    """Return the residents and dwellings of a city.

    Tables of your own to write to, look-ups that all runs share, read-only.

    Parameters
    ----------
    city : City
        The place.
    parameters : ResidentParameters
        Who lives there.
    seed : int
        Seed of the city, not of the replication: a city is a place with its people.
    """
    shared = settled(city, parameters, seed)
    return Society(shared.residents.copy(), shared.dwellings.copy(), shared.places, shared.ties)


def _share(values: Array) -> Array:
    out: Array = values / max(values.sum(), 1e-12)
    return out


def _routine_of(age: Array, rng: np.random.Generator) -> Array:
    """Return a class of daily life by age: pupils are 6 to 17.

    Of those from 18 to 60, 70 % work by day and 10 % by night (assumption).
    """
    u = rng.random(len(age))
    adult = np.where(u < 0.7, RoutineClass.WORKER, np.where(u < 0.8, RoutineClass.NIGHT_WORKER, RoutineClass.HOME))
    adult = np.where(age > 60, np.where(u < 0.15, RoutineClass.WORKER, RoutineClass.HOME), adult)
    out: Array = np.where(age < 6, RoutineClass.HOME, np.where(age < 18, RoutineClass.PUPIL, adult)).astype(np.int8)
    return out


def _settle_work(city: City, residents: Array, parameters: ResidentParameters, rng: np.random.Generator) -> None:
    """Give workers a job and pupils a school, nearer ones being likelier."""
    land = city.land
    residents["work_cell"] = residents["home_cell"]
    jobs = _share(land.commerce) + _share(land.industry) + 0.2 * _share(land.housing)
    works = np.isin(residents["routine"], (RoutineClass.WORKER, RoutineClass.NIGHT_WORKER))
    residents["work_cell"][works] = gravity(
        city.grid, residents["home_cell"][works], jobs, parameters.work_reach_m, rng
    )
    pupils = residents["routine"] == RoutineClass.PUPIL
    schools = land.school if land.school.any() else land.housing
    residents["work_cell"][pupils] = gravity(
        city.grid, residents["home_cell"][pupils], schools, parameters.work_reach_m / 4, rng
    )


def gravity(grid: Grid, origin: Array, pull: Array, reach_m: float, rng: np.random.Generator) -> Array:
    """Draw a destination for each origin with probability ∝ pull × exp(−distance / reach).

    Wilson 1971, singly constrained.

    Origins are taken by zones of at most 1/12 of the grid's side, so that one table of weights serves many people.
    """
    zone = max(1, max(grid.n_rows, grid.n_cols) // 12)
    zone_row, zone_col = origin // grid.n_cols // zone, origin % grid.n_cols // zone
    key = zone_row * grid.n_cols + zone_col
    u = rng.random(len(origin))
    targets = np.flatnonzero(pull > 0)
    x, y = grid.x_m[targets], grid.y_m[targets]
    out = np.empty(len(origin), dtype=np.int32)
    order = np.argsort(key, kind="stable")
    values, starts = np.unique(key[order], return_index=True)
    for value, rows in zip(values, np.split(order, starts[1:]), strict=True):
        centre_x = (value % grid.n_cols + 0.5) * zone * grid.cell_m
        centre_y = (value // grid.n_cols + 0.5) * zone * grid.cell_m
        distance = np.hypot(x - centre_x, y - centre_y)
        cumulative = np.cumsum(pull[targets] * np.exp(-(distance - distance.min()) / reach_m))
        out[rows] = targets[
            np.searchsorted(cumulative, u[rows] * cumulative[-1], side="right").clip(max=len(targets) - 1)
        ]
    return out


def _places(city: City, residents: Array, dwellings: Array, outing_hours: float) -> Places:
    """Work out who is where: rows by cell, and expected people present by hour of the week."""
    n_cells = city.grid.n_cells
    routine = weekly_routine()
    present = np.zeros((HOURS_PER_WEEK, n_cells), dtype=np.float32)
    out = np.zeros_like(present)
    for kind in RoutineClass:
        of_kind = residents[residents["routine"] == kind]
        home, work, leisure = (
            np.bincount(of_kind[name], minlength=n_cells).astype(np.float32)
            for name in ("home_cell", "work_cell", "leisure_cell")
        )
        at_home, at_work, at_leisure = (share[kind].astype(np.float32)[:, None] for share in routine)
        present += at_home * home + at_work * work + at_leisure * leisure
        out += at_leisure * leisure + (1 - at_home - at_work - at_leisure) * (home + work) / 2
    share = np.bincount(residents["routine"], minlength=len(RoutineClass)) / len(residents)
    leaves, returns = absences(routine.home, outing_hours)
    places = Places(
        dwelling_start=np.searchsorted(dwellings["cell"], np.arange(n_cells + 1)).astype(np.int32),
        worker_start=np.searchsorted(np.sort(residents["work_cell"]), np.arange(n_cells + 1)).astype(np.int32),
        workers=np.argsort(residents["work_cell"], kind="stable").astype(np.int32),
        leisure_start=np.searchsorted(np.sort(residents["leisure_cell"]), np.arange(n_cells + 1)).astype(np.int32),
        visitors=np.argsort(residents["leisure_cell"], kind="stable").astype(np.int32),
        present=present,
        out=out,
        away=1.0 - share @ routine.home,
        routine=routine,
        leaves=leaves,
        returns=returns,
    )
    return frozen(places)
