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


class Cameras(Programme):
    """Cameras in the busiest cells, and operators who look at their pictures as long as their post has hours."""

    name = "cameras"
    totals = ("cost",)
    means = ("operators",)

    class Parameters(ProgrammeParameters):
        """Where cameras are, and who looks."""

        cells_share: float = parameter(
            0.10,
            unit="share of cells",
            ge=0,
            le=1,
            source="assumption: streets with shops and stations",
            doc="Cells with cameras.",
        )
        in_sight: float = parameter(
            0.5,
            unit="share of a cell",
            ge=0,
            le=1,
            source="assumption: corners and entrances are out of sight",
            doc="Part of such a cell that they show.",
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
            unit="cells per operator",
            ge=1,
            le=1000,
            source="assumption: after a few dozen attention fails",
            doc="Cells watched.",
        )
        notices: float = parameter(
            0.3,
            unit="probability",
            ge=0,
            le=1,
            source="assumption: one of many pictures",
            doc="An offence on a watched screen is noticed while it happens.",
        )
        yuan_per_cell_year: float = parameter(
            6000.0, unit="yuan", ge=0, le=1e6, source="assumption", doc="Cost of the cameras of a cell a year."
        )

    def begin(self, site: Site) -> None:
        """Choose the cells with most people about, by the routine of the city."""
        busy = np.where(site.city.inside, site.society.places.out.mean(axis=0), -1.0)
        n = round(self.parameters.cells_share * np.count_nonzero(site.city.inside))
        self._cells = np.argsort(-busy, kind="stable")[:n]

    def day(self, today: Today) -> None:
        """Man the screens for a day.

        `P(noticed) = operators · screens / cells with cameras · notices · part in sight`.
        """
        chosen = self.parameters
        hours = today.hours[Post[chosen.post.upper()]]
        minutes = min(chosen.operators * 1440.0, hours.able())
        hours.spend(Work.VIDEO_PATROL, minutes)
        operators = minutes / 1440.0
        watched = min(operators * chosen.screens / max(len(self._cells), 1), 1.0)
        watch(today.truth.ground, self._cells, chosen.in_sight, watched * chosen.notices * chosen.in_sight)
        self.note(today.day, "operators", operators)
        self.note(today.day, "cost", float(len(self._cells)) * chosen.yuan_per_cell_year / 365)


def watch(ground: Ground, cells: Array, in_sight: float, noticed: float) -> None:
    """Let cameras show a part of some cells, and operators notice an offence there with probability `noticed`."""
    ground.cells["camera"][cells] = in_sight
    ground.cells["operator"][cells] = noticed
