"""Cameras (雪亮工程): they show who did it, deter a little, and let operators patrol by screen."""

from __future__ import annotations

from typing import Literal

import numpy as np

from sim.arrays import Array
from sim.city.state import Ground
from sim.parameters import parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today

HECTARE_M2 = 10_000.0


class Cameras(Programme):
    """Cameras where most people are about, and operators who look at their pictures as long as their post has hours."""

    name = "cameras"
    local = True
    totals = ("cost",)
    means = ("operators",)

    class Parameters(ProgrammeParameters):
        """Where cameras are, and who looks."""

        area_share: float = parameter(
            0.10,
            unit="share of the area",
            ge=0,
            le=1,
            source="assumption: streets with shops and stations",
            doc="Part of the city that has cameras.",
        )
        in_sight: float = parameter(
            0.5,
            unit="share of such a place",
            ge=0,
            le=1,
            source="assumption: corners and entrances are out of sight",
            doc="Part of such a place that they show.",
        )
        operators: float = parameter(
            1.0,
            unit="people at a time",
            ge=0,
            le=1000,
            source="assumption: one desk with screens, day and night",
            doc="Operators wanted around the clock.",
        )
        post: Literal["desk", "headquarters"] = parameter(
            "desk", unit="name", source="assumption", doc="Assignment that provides the operators' hours."
        )
        screens: float = parameter(
            20.0,
            unit="hectares per operator",
            ge=1,
            le=1000,
            source="assumption: after a few dozen attention fails",
            doc="Area watched.",
        )
        notices: float = parameter(
            0.3,
            unit="probability",
            ge=0,
            le=1,
            source="assumption: one of many pictures",
            doc="An offence on a watched screen is noticed while it happens.",
        )
        yuan_per_ha_year: float = parameter(
            6000.0, unit="yuan", ge=0, le=1e6, source="assumption", doc="Cost of the cameras of a hectare a year."
        )

    def begin(self, site: Site) -> None:
        """Choose the places with most people about, by the routine of the city; the last cell is a part of one."""
        inside = site.city.inside
        busy = np.where(inside, site.society.places.out.mean(axis=0), -1.0)
        order = np.argsort(-busy, kind="stable")
        part = np.clip(self.parameters.area_share * np.count_nonzero(inside) - np.arange(len(order)), 0.0, 1.0)
        self._cells, self._part = order[part > 0.0], part[part > 0.0]
        self._cell_ha = site.city.grid.cell_m**2 / HECTARE_M2
        self._district = site.city.beats.district_of_cell[self._cells]

    def day(self, today: Today) -> None:
        """Man the screens for a day.

        `P(noticed) = operators · screens / area with cameras · notices · part in sight`.
        """
        chosen = self.parameters
        hours = today.hours[Post[chosen.post.upper()]]
        minutes = min(chosen.operators * 1440.0, hours.able())
        hours.spend(Work.VIDEO_PATROL, minutes)
        operators = minutes / 1440.0
        there = today.reaches(self._district)
        hectares = float(self._part[there].sum()) * self._cell_ha
        watched = min(operators * chosen.screens / max(hectares, 1e-9), 1.0)
        in_sight = chosen.in_sight * self._part * there
        watch(today.truth.ground, self._cells, in_sight, watched * chosen.notices * in_sight)
        self.note(today.day, "operators", operators)
        self.note(today.day, "cost", hectares * chosen.yuan_per_ha_year / 365)

    def end(self, today: Today) -> None:
        """Switch the cameras off."""
        nothing = np.zeros(len(self._cells))
        watch(today.truth.ground, self._cells, nothing, nothing)


def watch(ground: Ground, cells: Array, in_sight: Array, noticed: Array) -> None:
    """Let cameras show a part of some cells, and operators notice an offence there with probability `noticed`."""
    ground.cells["camera"][cells] = in_sight
    ground.cells["operator"][cells] = noticed
