"""Opportunities for crime: how appealing each cell is for each type at each hour of the week, and the base rates that follow.

Routine activity theory (Cohen & Felson 1979): targets and guardians are where the routine of residents puts them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.clock import HOURS_PER_WEEK
from sim.incidents.demand import CRIMES, IncidentType
from sim.parameters import Parameters, parameter
from sim.people.residents import Places

FLOOR = 1e-4  # of the mean supply; a cell below it offers nothing


class OpportunityParameters(Parameters):
    """How targets and guardians make a place appealing."""

    guardianship: float = parameter(
        0.25, unit="log-odds per log of people", ge=0, le=5, source="assumption", doc="How much people around, weighted by awareness, put off an offender."
    )
    vehicle_share: float = parameter(
        0.3, unit="1", ge=0, le=1, source="assumption", doc="Share of theft targets that are parked vehicles near homes; the others are shoppers and shops."
    )


class Opportunity(NamedTuple):
    """What a place offers to an offender."""

    appeal: Array  # [types, 168 or 1, cells] log of the supply of targets, less guardianship; −50 where there is none
    activity: Array  # [types, 168] hours at which offenders search, mean 1


def opportunity(city: City, places: Places, parameters: OpportunityParameters, awareness: float) -> Opportunity:
    """Work out the appeal of every cell.

    From files, the supply is the shrunk risk surface of recorded crime and the activity its hourly profile. In a made-up city:
    burglary ∝ dwellings × chance that nobody is in; theft ∝ people out in opening hours, and parked vehicles; robbery ∝ people out in the
    dark, more around transit; assault ∝ nightlife on its nights, people out, and homes (all assumptions).

    Parameters
    ----------
    city, places : City, Places
        The place and where its people are.
    parameters : OpportunityParameters
        Weights of guardianship and of vehicles.
    awareness : float
        Mean safety awareness of residents, 0 to 1.
    """
    guardians = np.log1p(places.present * awareness)
    if city.crime is not None:
        supply = city.crime.surface[:, None, :].astype(np.float32)
        guardians = np.zeros((1, 1), dtype=np.float32)  # recorded risk already reflects who was around
        activity = city.crime.profile
    else:
        supply = _made_up_supply(city, places, parameters)
        awake = 1.0 - 0.8 * np.exp(-0.5 * ((np.arange(HOURS_PER_WEEK) % 24 - 4.5) / 1.8) ** 2)
        activity = np.repeat((awake / awake.mean())[None, :], len(CRIMES), axis=0)
    supply[:, :, ~city.inside] = 0.0
    mean = supply.mean(axis=(1, 2), keepdims=True)
    relative = supply / np.maximum(mean, 1e-30)
    with np.errstate(divide="ignore"):
        appeal = np.where(relative > FLOOR, np.log(relative) - parameters.guardianship * guardians[None], -50.0)
    return Opportunity(np.ascontiguousarray(appeal, dtype=np.float32), activity)


def _made_up_supply(city: City, places: Places, parameters: OpportunityParameters) -> Array:
    """Return the supply of targets by type, hour of the week and cell; only ratios within a type matter."""
    land = city.land
    hour = np.arange(HOURS_PER_WEEK) % 24
    day = np.arange(HOURS_PER_WEEK) // 24
    dark = np.where((hour >= 19) | (hour < 6), 1.0, 0.35)[:, None]
    open_shops = np.where((hour >= 9) & (hour < 22), 1.0, 0.05)[:, None]
    revelry = np.where((hour >= 20) | (hour < 3), 1.0, 0.1) * np.where((day == 4) | (day == 5) | ((day == 6) & (hour < 3)), 2.0, 1.0)
    clubs = _relative(land.nightlife)
    homes = np.diff(places.dwelling_start).astype(float)
    nobody_in = (places.away**1.5)[:, None]  # 1.5 instead of the mean household of 2.6: members go out together
    out = places.out
    supply = np.empty((len(CRIMES), HOURS_PER_WEEK, city.grid.n_cells), dtype=np.float32)
    supply[IncidentType.BURGLARY] = nobody_in * homes
    crowd = out * open_shops
    vehicles = np.broadcast_to(homes * dark, out.shape)
    supply[IncidentType.THEFT] = (1 - parameters.vehicle_share) * crowd / crowd.mean() + parameters.vehicle_share * vehicles / vehicles.mean()
    supply[IncidentType.ROBBERY] = out * (1 + 0.5 * land.transit) * dark
    drinkers = revelry[:, None] * clubs
    supply[IncidentType.ASSAULT] = 0.4 * drinkers / drinkers.mean() + 0.4 * out / out.mean() + 0.2 * homes / homes.mean()
    return supply


def _relative(values: Array) -> Array:
    """Return values divided by their mean, zeros where all are zero."""
    out: Array = values / max(float(values.mean()), 1e-12)
    return out
