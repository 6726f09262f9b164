"""Where people meet at known hours, as everybody in the city knows: schools, shops and markets, night life."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.city import City
from sim.clock import HOURS_PER_WEEK
from sim.people.residents import Society
from sim.people.routine import EVENING, RoutineClass, lessons, shops_open


class Venues(NamedTuple):
    """Places of one kind.

    Attributes
    ----------
    cell : array of int [venues]
        Cells that have some, each once.
    size : array [venues]
        How much there is in the cell: pupils, shops, or night life relative to other cells.
    open : array of bool [168]
        Hours of the week in which they are open; 0 is Monday, midnight to 1.
    """

    cell: Array
    size: Array
    open: Array

    @property
    def before(self) -> Array:
        """The hours before they open, in which people come, shape [168], bool."""
        found: Array = ~self.open & np.roll(self.open, -1)
        return found

    @property
    def after(self) -> Array:
        """The hours after they close, in which people leave, shape [168], bool."""
        found: Array = ~self.open & np.roll(self.open, 1)
        return found


NOWHERE = Venues(np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros(HOURS_PER_WEEK, dtype=bool))


class PublicPlaces(NamedTuple):
    """Where people meet, by kind; `size` is in pupils for schools, in shops, and relative for night life."""

    schools: Venues = NOWHERE
    shops: Venues = NOWHERE
    nightlife: Venues = NOWHERE


def public_places(city: City, society: Society) -> PublicPlaces:
    """Return where people meet in a city and when, as their routine has it."""
    hour = np.arange(HOURS_PER_WEEK) % 24
    residents, cells = society.residents, city.grid.n_cells
    pupils = residents["work_cell"][residents["routine"] == RoutineClass.PUPIL]
    return PublicPlaces(
        _venues(np.bincount(pupils, minlength=cells), lessons()),
        _venues(np.bincount(society.shops["cell"], minlength=cells), shops_open()),
        _venues(np.where(city.inside, city.land.nightlife, 0.0), hour >= EVENING),
    )


def _venues(size: Array, hours: Array) -> Venues:
    cell = np.flatnonzero(size > 0).astype(np.int32)
    return Venues(cell, size[cell].astype(float), hours)
