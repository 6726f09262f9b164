"""Who is policed against who is victimised: neighbourhoods, and how much of the crime in each the police come to know.

A neighbourhood is a square of half a kilometre, about what somebody calls the own streets; nothing in the model acts on
it.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.outcomes.tables import Columns

SIDE_M = 500.0  # of a neighbourhood; assumption
FIFTHS = 5
COUNTED = ("residents", "crimes", "recorded", "victims", "arrests", "patrol_minutes")  # what is added up


def neighbourhood_of(city: City) -> Array:
    """Return the neighbourhood of each cell, numbered row by row from the south-west, shape [cells]."""
    side = max(round(SIDE_M / city.grid.cell_m), 1)
    cell = np.arange(city.grid.n_cells)
    across = -(-city.grid.n_cols // side)
    found: Array = cell // city.grid.n_cols // side * across + cell % city.grid.n_cols // side
    return found


def neighbourhood_table(cells: Columns, incidents: Columns, residents: Array, city: City) -> Columns:
    """Return a row per neighbourhood in the format of `neighbourhoods.parquet`, of those with a cell in the city.

    Frauds, which have no place, are left out; who suffered a crime or was arrested for one counts where they live.

    Parameters
    ----------
    cells, incidents : dict
        Columns of `sim.outcomes.tables.cell_table` and `incident_table`.
    residents : Array
        Table of `RESIDENT_COLUMNS`.
    city : City
        The place.
    """
    of_cell = neighbourhood_of(city)
    n = int(of_cell.max()) + 1

    def of_homes(people: Array) -> Array:
        found: Array = np.bincount(of_cell[residents["home_cell"][people]], minlength=n)
        return found

    def summed(column: Array) -> Array:
        found: Array = np.bincount(of_cell, weights=column, minlength=n)
        return found

    at_a_place = incidents["type"] != "fraud"
    arrested = at_a_place & ~np.ma.getmaskarray(incidents["arrest_time_min"])
    inside = np.bincount(of_cell, weights=city.inside, minlength=n)
    there = np.flatnonzero(inside)
    known = incidents["recorded_cell"][at_a_place].compressed()
    columns = {
        "x_m": summed(np.where(city.inside, cells["x_m"], 0.0)) / np.maximum(inside, 1),
        "y_m": summed(np.where(city.inside, cells["y_m"], 0.0)) / np.maximum(inside, 1),
        "residents": np.bincount(of_cell[residents["home_cell"]], minlength=n),
        "crimes": np.bincount(of_cell[incidents["cell"][at_a_place]], minlength=n),
        "recorded": np.bincount(of_cell[known], minlength=n),
        "victims": of_homes(incidents["victim_id"][at_a_place].compressed()),
        "arrests": of_homes(incidents["offender_id"][arrested].compressed()),
        "patrol_minutes": summed(cells["patrol_minutes"]),
    }
    return {"neighbourhood": there, **{name: column[there] for name, column in columns.items()}}


def contact_equity(neighbourhoods: Columns) -> float | None:
    """Return how far patrol is where crime truly is, by neighbourhood, from 0 to 1.

    1 − ½ Σ |p − c|: p is a neighbourhood's share of patrol's minutes, c that of crimes, recorded or not. The sum is the
    index of dissimilarity (Duncan & Duncan 1955): the share of the minutes that would have to be spent elsewhere. Few
    crimes make it small by luck alone.

    Returns
    -------
    float or None
        1: every neighbourhood has its share; None without patrol or crime.
    """
    patrol, crimes = (neighbourhoods[name] for name in ("patrol_minutes", "crimes"))
    if patrol.sum() <= 0 or crimes.sum() <= 0:
        return None
    return float(1 - np.abs(patrol / patrol.sum() - crimes / crimes.sum()).sum() / 2)


def by_fifths(neighbourhoods: Columns) -> dict[str, Array]:
    """Add up neighbourhoods by fifths of their number, those with most true crimes first.

    Parameters
    ----------
    neighbourhoods : dict
        Columns of `neighbourhood_table`.

    Returns
    -------
    dict
        Each column of `COUNTED` → sums, shape [5].
    """
    order = np.argsort(-neighbourhoods["crimes"], kind="stable")
    fifth = np.arange(len(order)) * FIFTHS // max(len(order), 1)
    return {
        name: np.bincount(fifth, weights=neighbourhoods[name][order].astype(float), minlength=FIFTHS)
        for name in COUNTED
    }
