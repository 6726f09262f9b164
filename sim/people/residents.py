"""Residents and their dwellings: who lives where, with what daily life, and where people are by hour of the week."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.city.city import City
from sim.clock import HOURS_PER_WEEK
from sim.columns import Column, table
from sim.draws import Stream
from sim.parameters import Parameters, parameter
from sim.people.routine import ASLEEP, Routine, RoutineClass, absences, darkness, shops_open, weekly_routine
from sim.people.shops import ShopParameters, open_shops
from sim.people.ties import TieParameters, Ties, build_ties
from sim.people.trips import gravity, points_in
from sim.randomness import generator
from sim.row_agent import RowAgent

RESIDENT_COLUMNS = (
    Column("home_cell", "i4", "cell", "cell of the dwelling"),
    Column("dwelling", "i4", "row", "row of the dwelling"),
    Column("work_cell", "i4", "cell", "cell of work or school; home for those without"),
    Column("workplace", "i4", "hectare", "place of work or school, which all who have it share, whatever the cells"),
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
    Column("appeal", "f4", "1", "how attractive to an offender who meets the person, mean 1 over residents"),
    Column(
        "victim_min", "f8", "min since start", "time of the last crime at a place against the person, −inf if never"
    ),
)
DWELLING_COLUMNS = (
    Column("x_m", "f4", "m", "east"),
    Column("y_m", "f4", "m", "north"),
    Column("cell", "i4", "cell", "cell"),
    Column("first_resident", "i4", "row", "first of its residents, who have consecutive rows"),
    Column("residents", "i2", "people", "number of residents"),
    Column("appeal", "f4", "1", "how attractive to a burglar, mean 1 over dwellings"),
    Column("burgled_min", "f8", "min since start", "time of the last burglary, −inf if never"),
    Column("hardened_min", "f8", "min since start", "when its household last hardened it, −inf if never"),
)


WORKPLACE_M = 100.0  # side of a place of work; assumption: the scale of a street block


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
    person_spread: float = parameter(
        0.8,
        unit="standard deviation of the log",
        ge=0,
        le=3,
        source="assumption: as dwellings; lasting differences make repeat victims (Tseloni & Pease 2003, recalled)",
        doc="How unequal people are in the eyes of an offender who meets them; 0 makes them equal.",
    )
    shops: ShopParameters = ShopParameters()
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
    asleep: Array  # [168] share of households at home that are all asleep
    closed: Array  # [168] how well a closed shop can be broken into unseen: 1 in the dark, 0 while it is open
    shop_start: Array  # [cells + 1] shops of cell c are rows start[c] … start[c + 1] − 1


class Society(NamedTuple):
    """Residents, dwellings and shops as tables, the look-ups that follow from them, and residents' ties."""

    residents: Array
    dwellings: Array
    places: Places
    ties: Ties
    shops: Array


def settle(city: City, parameters: ResidentParameters, seed: int) -> Society:
    """Return the residents, dwellings and shops of a city.

    Parameters
    ----------
    city : City
        The place.
    parameters : ResidentParameters
        Who lives there.
    seed : int
        Seed of the city, not of the replication: a city is a place with its people.
    """
    rng = generator(seed, Stream.RESIDENT)
    n = city.residents
    dwellings = _dwellings(city, max(1, round(n / parameters.household_size)), parameters.dwelling_spread, rng)
    n_dwellings = len(dwellings)
    residents = table(RESIDENT_COLUMNS, n)
    residents["dwelling"] = np.sort(
        np.concatenate([np.arange(min(n, n_dwellings)), rng.integers(0, n_dwellings, max(0, n - n_dwellings))])
    )
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
    spread = parameters.person_spread
    lot = generator(seed, Stream.APPEAL).normal(size=n)
    residents["appeal"] = np.exp(spread * lot - spread**2 / 2)
    residents["victim_min"] = -np.inf
    _settle_days(city, residents, dwellings, parameters, rng)
    residents, dwellings = _by_cell(residents, dwellings)
    shops = open_shops(city, parameters.shops, seed)
    places = _places(city, residents, dwellings, shops, parameters.outing_hours)
    return Society(residents, dwellings, places, build_ties(residents, dwellings, parameters.ties, seed), shops)


def _dwellings(city: City, n: int, spread: float, rng: np.random.Generator) -> Array:
    """Return dwellings where there is housing, each at a point of its plot, in the order of the plots."""
    housing = city.plot_land.housing
    dwellings = table(DWELLING_COLUMNS, n)
    plot = np.sort(rng.choice(city.plots.n_cells, size=n, p=housing / housing.sum()))
    dwellings["x_m"], dwellings["y_m"] = points_in(city.plots, plot, rng).T
    dwellings["cell"] = city.grid.cell_at(dwellings["x_m"], dwellings["y_m"])
    dwellings["appeal"] = np.exp(spread * rng.normal(size=n) - spread**2 / 2)
    dwellings["burgled_min"] = dwellings["hardened_min"] = -np.inf
    return dwellings


def _by_cell(residents: Array, dwellings: Array) -> tuple[Array, Array]:
    """Return both in the order of cells, the residents of a dwelling in consecutive rows."""
    order = np.argsort(dwellings["cell"], kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    residents["dwelling"] = rank[residents["dwelling"]]
    residents, dwellings = residents[np.argsort(residents["dwelling"], kind="stable")], dwellings[order]
    dwellings["first_resident"] = np.searchsorted(residents["dwelling"], np.arange(len(dwellings)))
    dwellings["residents"] = np.bincount(residents["dwelling"], minlength=len(dwellings))
    residents["home_cell"] = dwellings["cell"][residents["dwelling"]]
    return residents, dwellings


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


def _settle_days(
    city: City, residents: Array, dwellings: Array, parameters: ResidentParameters, rng: np.random.Generator
) -> None:
    """Give workers a job, pupils a school and all a place of leisure, nearer ones being likelier.

    Jobs and leisure are at points of plots; a school is in the middle of one, where all its pupils meet.
    """
    land, grid, plots = city.plot_land, city.grid, city.plots
    home = np.column_stack([dwellings[axis][residents["dwelling"]] for axis in ("x_m", "y_m")])
    work = home.copy()
    jobs = _share(land.commerce) + _share(land.industry) + 0.2 * _share(land.housing)
    works = np.isin(residents["routine"], (RoutineClass.WORKER, RoutineClass.NIGHT_WORKER))
    work[works] = points_in(plots, gravity(plots, home[works], jobs, parameters.work_reach_m, rng), rng)
    pupils = residents["routine"] == RoutineClass.PUPIL
    schools = land.school if land.school.any() else land.housing
    school = gravity(plots, home[pupils], schools, parameters.work_reach_m / 4, rng)
    work[pupils] = np.column_stack([plots.x_m[school], plots.y_m[school]])
    residents["work_cell"] = grid.cell_at(*work.T)
    col, row = (work // WORKPLACE_M).astype(np.int32).T
    residents["workplace"] = row * (col.max() + 1) + col
    pull = (
        land.commerce / land.commerce.sum()
        + 0.5 * _share(land.nightlife)
        + 0.3 * _share(land.park)
        + 0.3 * _share(land.transit)
    )
    leisure = points_in(plots, gravity(plots, home, pull, parameters.leisure_reach_m, rng), rng)
    residents["leisure_cell"] = grid.cell_at(*leisure.T)


def _places(city: City, residents: Array, dwellings: Array, shops: Array, outing_hours: float) -> Places:
    """Work out who is where: rows by cell, and expected people present by hour of the week."""
    n_cells = city.grid.n_cells
    routine = weekly_routine()
    kinds, kind = len(RoutineClass), residents["routine"].astype(np.int64)
    home, work, leisure = (
        np.bincount(kind * n_cells + residents[name], minlength=kinds * n_cells).reshape(kinds, -1).astype(np.float32)
        for name in ("home_cell", "work_cell", "leisure_cell")
    )
    at_home, at_work, at_leisure = (share.astype(np.float32) for share in routine)
    on_the_way = (1 - at_home - at_work - at_leisure) / 2

    def hourly(*shares: tuple[Array, Array]) -> Array:
        """Return the people [168, cells] of shares [classes, 168] of classes [classes, cells]."""
        found: Array = np.einsum("kh,kc->hc", *(np.concatenate(parts) for parts in zip(*shares, strict=True)))
        return found

    present = hourly((at_home, home), (at_work, work), (at_leisure, leisure))
    out = hourly((at_leisure, leisure), (on_the_way, home + work))
    share = np.bincount(residents["routine"], minlength=len(RoutineClass)) / len(residents)
    workers, visitors = (
        np.argsort(residents[name], kind="stable").astype(np.int32) for name in ("work_cell", "leisure_cell")
    )
    leaves, returns = absences(routine.home, outing_hours)
    places = Places(
        dwelling_start=np.searchsorted(dwellings["cell"], np.arange(n_cells + 1)).astype(np.int32),
        worker_start=np.searchsorted(residents["work_cell"][workers], np.arange(n_cells + 1)).astype(np.int32),
        workers=workers,
        leisure_start=np.searchsorted(residents["leisure_cell"][visitors], np.arange(n_cells + 1)).astype(np.int32),
        visitors=visitors,
        present=present,
        out=out,
        away=1.0 - share @ routine.home,
        routine=routine,
        leaves=leaves,
        returns=returns,
        asleep=np.tile(ASLEEP, HOURS_PER_WEEK // 24),
        closed=np.where(shops_open(), 0.0, darkness()),
        shop_start=np.searchsorted(shops["cell"], np.arange(n_cells + 1)).astype(np.int32),
    )
    return frozen(places)
