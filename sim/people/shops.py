"""Shops and other premises of business, where they are and how they differ in the eyes of a thief."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.columns import Column, table
from sim.draws import Stream
from sim.parameters import Parameters, parameter
from sim.people.trips import points_in
from sim.randomness import generator

SHOP_COLUMNS = (
    Column("x_m", "f4", "m", "east"),
    Column("y_m", "f4", "m", "north"),
    Column("cell", "i4", "cell", "cell"),
    Column("appeal", "f4", "1", "how attractive to a thief or burglar, mean 1 over shops"),
    Column("burgled_min", "f8", "min since start", "time of the last burglary, −inf if never"),
    Column("lifted_min", "f8", "min since start", "time of the last shoplifting, −inf if never"),
)


class ShopParameters(Parameters):
    """How many shops there are, and how unequal."""

    per_1000: float = parameter(
        40.0, unit="per 1,000 residents", ge=0, le=500,
        source="assumption: shops, restaurants, workshops and offices with a door to the street",
        doc="Premises of business, spread as commerce is.",
    )  # fmt: skip
    spread: float = parameter(
        0.8,
        unit="standard deviation of the log",
        ge=0,
        le=3,
        source="assumption: as dwellings; few shops suffer most",
        doc="How unequal shops are in the eyes of a thief or burglar; 0 makes them equal.",
    )


def open_shops(city: City, parameters: ShopParameters, seed: int) -> Array:
    """Return the shops of a city, sorted by cell.

    Parameters
    ----------
    city : City
        The place.
    parameters : ShopParameters
        How many and how unequal.
    seed : int
        Seed of the city.

    Returns
    -------
    Array
        Table of `SHOP_COLUMNS`, shape [shops].
    """
    rng, commerce, spread = generator(seed, Stream.SHOP), city.plot_land.commerce, parameters.spread
    n = round(parameters.per_1000 * city.residents / 1000)
    shops = table(SHOP_COLUMNS, n)
    plot = rng.choice(city.plots.n_cells, size=n, p=commerce / commerce.sum())
    shops["x_m"], shops["y_m"] = points_in(city.plots, plot, rng).T
    shops["cell"] = city.grid.cell_at(shops["x_m"], shops["y_m"])
    shops["appeal"] = np.exp(spread * rng.normal(size=n) - spread**2 / 2)
    shops["burgled_min"] = shops["lifted_min"] = -np.inf
    return shops[np.argsort(shops["cell"], kind="stable")]
