"""Base data (一标三实): addresses are checked cell by cell, so that police records place incidents where they were."""

from __future__ import annotations

import numpy as np

from sim.parameters import parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.addresses import mean_gain, refresh
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today


class BaseData(Programme):
    """Community officers check the addresses of the registers, so that police records place crimes where they happened.

    Cells take turns: the one whose last check is longest ago, of equals the one with most dwellings. Of n dwellings the
    i-th to be checked makes 1/(n − i + 1) of what is not fresh fresh, so that a whole round leaves a cell without an
    error that base data can prevent. It fades with `demand.reporting.data_half_life_days`.
    """

    name = "base_data"
    totals = ("addresses_checked", "cells_done")
    means = ("freshness",)

    class Parameters(ProgrammeParameters):
        """How many addresses are checked."""

        hours_share: float = parameter(
            0.2, unit="share of community officers' free hours", ge=0, le=1, source="assumption",
            doc="Hours for checks, of those that the programmes listed before leave.",
        )  # fmt: skip
        check_min: float = parameter(
            8.0, unit="min per address", ge=0.1, le=600,
            source="assumption: door to door in one street, without a talk",
            doc="Time to check an address, its people and its plate, and to enter them.",
        )  # fmt: skip

    def begin(self, site: Site) -> None:
        """List the cells with dwellings."""
        self._dwellings = np.bincount(site.society.dwellings["cell"], minlength=len(site.city.beats.beat))
        self._decay_min = site.bureau.demand.data_decay_min
        self._cells = np.flatnonzero(self._dwellings)
        self._order = self._cells[np.argsort(-self._dwellings[self._cells], kind="stable")].tolist()
        self._turn, self._checked = 0, 0  # the cell that is being checked, and its addresses that are done
        self._begun_min = 0.0

    def day(self, today: Today) -> None:
        """Spend the hours of a day on checks; what remains goes into an address that is finished on the next day."""
        p, hours = self.parameters, today.hours[Post.COMMUNITY]
        minutes = p.hours_share * hours.able()
        hours.spend(Work.BASE_DATA, minutes)
        self._begun_min += minutes
        n = int(self._begun_min / p.check_min + 1e-9)
        self._begun_min -= n * p.check_min
        self.note(today.day, "addresses_checked", n)
        while n > 0:
            cell = self._order[self._turn]
            missing = int(self._dwellings[cell]) - self._checked
            done = min(n, missing)
            refresh(today.truth.ground, cell, done / missing, today.now_min, self._decay_min)
            n -= done
            self._checked += done
            if done == missing:
                self._turn, self._checked = (self._turn + 1) % len(self._order), 0
                self.note(today.day, "cells_done", 1.0)
        self.note(today.day, "freshness", self._freshness(today))

    def _freshness(self, today: Today) -> float:
        """Return the mean over dwellings of the share of errors of place that base data prevent."""
        return mean_gain(self._dwellings, today.truth.ground, today.now_min, self._decay_min)
