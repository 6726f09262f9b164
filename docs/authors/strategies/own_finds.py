"""Go where patrols find things: the loop by which a force learns from its own patrols, and two ways out of it."""

import numpy as np

import beatlab as bl

AREA_M = 400.0


class OwnFinds(bl.Strategy):
    """Each beat stops in the areas that have most disorder to show, counted in one of three ways."""

    name = "own_finds"

    class Parameters(bl.Strategy.Parameters):
        """What counts."""

        dwell_min: float = bl.parameter(15.0, unit="min", gt=0, le=240, source="assumption", doc="Stop in an area.")
        areas: int = bl.parameter(
            2, unit="areas", ge=1, le=100, source="assumption", doc="Areas that a beat looks after."
        )
        counts: str = bl.parameter(
            "finds", unit="name", pattern="^(finds|finds_per_hour|calls)$",
            source="Lum & Isaac 2016; Ensign et al. 2018",
            doc="What patrols came upon; the same for each hour that they looked; or what callers told.",
        )  # fmt: skip

    def plan(self, briefing: bl.Briefing, rng: np.random.Generator) -> bl.PatrolPlan:
        """Return the cells of the areas of each beat that show most; among equals chance decides."""
        grid, beats, calls = briefing.grid, briefing.beats, briefing.calls.of([bl.IncidentType.DISORDER])
        inside = np.flatnonzero(beats.beat >= 0)
        square = grid.y_m[inside] // AREA_M * 1000 + grid.x_m[inside] // AREA_M
        areas, row = np.unique(beats.beat[inside] * 1e6 + square, return_inverse=True)
        area_of = np.full(grid.n_cells, -1)
        area_of[inside] = row
        counted = calls.cell[calls.by_patrol == (self.parameters.counts != "calls")]
        shown = 1.0 + np.bincount(area_of[counted], minlength=len(areas))
        if self.parameters.counts == "finds_per_hour":
            shown /= 1.0 + np.bincount(area_of[briefing.visits.cell], briefing.visits.dwell_min / 60, len(areas))
        beat = areas // 1e6
        order = np.lexsort((rng.random(len(areas)), -shown, beat))
        rank = np.arange(len(areas)) - np.searchsorted(beat[order], beat[order])
        cell = np.flatnonzero(np.isin(area_of, order[rank < self.parameters.areas]))
        return bl.PatrolPlan.of(cell, 1.0, self.parameters.dwell_min, beats.beat[cell])
