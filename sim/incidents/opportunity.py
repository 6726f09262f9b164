"""Opportunities for crime.

How appealing each cell is for each type at each hour of the week, and the base rates that follow.

Routine activity theory (Cohen & Felson 1979): targets and guardians are where the routine of residents puts them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array, frozen
from sim.city.city import CRIME_EVIDENCE, City
from sim.city.grid import Grid
from sim.clock import HOURS_PER_WEEK
from sim.incident_types import PLACE_CRIMES, TYPE_NAMES, IncidentType
from sim.incidents.target_parameters import BurglaryParameters
from sim.parameters import Parameters, parameter
from sim.people.residents import Society
from sim.people.routine import darkness, shops_open
from sim.people.whereabouts import parties

STALLS = 0.1  # of what shoplifters are offered: traders without a shop, wherever there is commerce (assumption)
FLOOR = 1e-4  # of the mean supply; a cell below it offers nothing
NOTHING = -50.0  # appeal of a cell that offers nothing; any other is above half of it


class OpportunityParameters(Parameters):
    """How targets and guardians make a place appealing."""

    guardianship: float = parameter(
        0.25,
        unit="log-odds per log of people",
        ge=0,
        le=5,
        source="assumption",
        doc="How strongly people nearby, weighted by awareness, deter an offender.",
    )
    vehicles_at_home: float = parameter(
        0.6, unit="1", ge=0, le=1, source="assumption: most bicycles and cars are stolen near home",
        doc=(
            "Share of parked vehicles that stand near homes; the others stand where people work, "
            "shop and change to transit."
        ),
    )  # fmt: skip


class Opportunity(NamedTuple):
    """What a place offers to an offender."""

    appeal: (
        Array  # [types, 168 or 1, cells] log of the supply of targets, less guardianship; NOTHING where there is none
    )
    activity: Array  # [types, 168] hours at which offenders search, mean 1


def opportunity(
    city: City, society: Society, parameters: OpportunityParameters, burglary: BurglaryParameters, awareness: float
) -> Opportunity:
    """Work out the appeal of every cell.

    From files, the supply is the shrunk risk surface of recorded crime and the activity its hourly profile. In a
    made-up city (all assumptions): burglary ∝ appeal of the dwellings × chance that nobody is in, or that all sleep ×
    how readily burglars enter such a home, + appeal of the shops when they are closed, most in the dark; pickpocketing
    ∝ crowds to the power 1.3, most at transit; shoplifting ∝ appeal of the shops, and some stalls, in opening hours;
    vehicle theft ∝ vehicles parked at homes, jobs and transit; robbery ∝ people out in the dark; snatching ∝ people
    out, near transit and shops; brawls ∝ nightlife on its nights, people out, and homes. Who is asleep guards nothing.

    Parameters
    ----------
    city, society : City, Society
        The place and its people.
    parameters : OpportunityParameters
        Weights of guardianship and of vehicles.
    burglary : BurglaryParameters
        How readily burglars enter sleeping homes and shops.
    awareness : float
        Mean safety awareness of residents, 0 to 1.
    """
    places = society.places
    awake = 1.0 - places.asleep * (1.0 - places.away)
    guardians = np.log1p(places.present * (awareness * per_hectare(city.grid) * awake[:, None]))
    if city.crime is not None:
        family = [CRIME_EVIDENCE.index(TYPE_NAMES[kind]) for kind in PLACE_CRIMES]
        supply = city.crime.surface[family][:, None, :].astype(np.float32)
        guardians = np.zeros((1, 1), dtype=np.float32)  # recorded risk already reflects who was around
        activity = city.crime.profile[family]
    else:
        supply = _made_up_supply(city, society, parameters, burglary)
        about = 1.0 - 0.8 * np.exp(-0.5 * ((np.arange(HOURS_PER_WEEK) % 24 - 4.5) / 1.8) ** 2)
        activity = np.repeat((about / about.mean())[None, :], len(PLACE_CRIMES), axis=0)
    appeal = np.empty(supply.shape, dtype=np.float32)
    for kind, offered in enumerate(supply):
        offered[:, ~city.inside] = 0.0
        relative = offered / max(float(offered.mean()), 1e-30)
        with np.errstate(divide="ignore"):
            appeal[kind] = np.where(relative > FLOOR, np.log(relative) - parameters.guardianship * guardians, NOTHING)
    return frozen(Opportunity(appeal, activity))


def per_hectare(grid: Grid) -> float:
    """Return how many cells make a hectare, so that what depends on density does not depend on the side of a cell."""
    return (100.0 / grid.cell_m) ** 2


def _made_up_supply(
    city: City, society: Society, parameters: OpportunityParameters, burglary: BurglaryParameters
) -> Array:
    """Return the supply of targets by type, hour of the week and cell; only ratios within a type matter."""
    land, places = city.land, society.places
    hour = np.arange(HOURS_PER_WEEK) % 24
    day = np.arange(HOURS_PER_WEEK) // 24
    dark = darkness()[:, None]
    revelry = np.where((hour >= 20) | (hour < 3), 1.0, 0.1) * np.where(
        (day == 4) | (day == 5) | ((day == 6) & (hour < 3)), 2.0, 1.0
    )
    clubs, shops, transit = (_relative(use) for use in (land.nightlife, land.commerce, land.transit))
    homes = np.diff(places.dwelling_start).astype(float)
    tempting, selling = (
        np.bincount(table["cell"], weights=table["appeal"], minlength=city.grid.n_cells)
        for table in (society.dwellings, society.shops)
    )
    jobs = np.diff(places.worker_start).astype(float)
    nobody_in = places.away ** parties(len(society.residents) / len(society.dwellings))
    enterable = nobody_in + burglary.sleeping_homes * (1.0 - nobody_in) * places.asleep
    out = places.out
    dense = per_hectare(city.grid)
    at_stops = land.transit * dense  # stops a hectare
    parked = parameters.vehicles_at_home * _relative(homes) + (1 - parameters.vehicles_at_home) * (
        0.4 * _relative(jobs) + 0.4 * shops + 0.2 * transit
    )
    drinkers = revelry[:, None] * clubs
    supply = np.empty((len(PLACE_CRIMES), HOURS_PER_WEEK, city.grid.n_cells), dtype=np.float32)
    supply[IncidentType.BURGLARY] = (
        enterable[:, None] * tempting + burglary.closed_shops * places.closed[:, None] * selling
    )
    supply[IncidentType.PICKPOCKETING] = (
        out * dense * (1 + 0.5 * at_stops)
    ) ** 1.3 / dense  # a crowd offers targets, and cover for the hand
    supply[IncidentType.SHOPLIFTING] = shops_open()[:, None] * ((1 - STALLS) * _relative(selling) + STALLS * shops)
    supply[IncidentType.VEHICLE_THEFT] = parked * (0.5 + 0.5 * dark)
    supply[IncidentType.ROBBERY] = out * (1 + 0.5 * at_stops) * dark
    supply[IncidentType.SNATCHING] = out * (1 + at_stops + 0.5 * shops)
    supply[IncidentType.BRAWL] = 0.4 * drinkers / drinkers.mean() + 0.4 * out / out.mean() + 0.2 * homes / homes.mean()
    return supply


def _relative(values: Array) -> Array:
    """Return values divided by their mean, zeros where all are zero."""
    out: Array = values / max(float(values.mean()), 1e-12)
    return out
