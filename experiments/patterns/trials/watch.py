"""Watch schemes, as most evaluations were made: areas with a scheme against like ones (Bennett et al. 2008)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from experiments.patterns.studies import WESTERN
from experiments.patterns.trials.experiment import LARGE, YEAR, FieldExperiment, place_of
from experiments.patterns.trials.kept import Carried, Enacted, Plan, enact, tasks_of
from experiments.patterns.trials.records import Outcomes, Units
from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import PLACE_CRIMES, IncidentType
from sim.programmes.watch_schemes import NEVER, WatchSchemes

FOUNDED_WITHIN, SCHEMES = 56, 20  # days in which the schemes of an evaluation begin, and how many at most
RECORDED = Outcomes({"burglary": (IncidentType.BURGLARY,), "crimes at places": PLACE_CRIMES})


def neighbourhoods_of(carried: Carried) -> Units:
    """Return the neighbourhoods in which schemes began soon, and one like each that has none.

    Like is who has most nearly as many recorded burglaries in the year before, each once.
    """
    schemes, start_min = carried.programme(WatchSchemes), carried.first_day * MINUTES_PER_DAY
    founded = schemes.founded_day
    soon = np.flatnonzero((founded != NEVER) & (founded < carried.first_day + FOUNDED_WITHIN))
    never = np.flatnonzero(founded == NEVER)
    recorded = carried.briefing.recorded.of((IncidentType.BURGLARY,))
    year = (recorded.time_min < start_min) & (recorded.time_min >= start_min - YEAR * MINUTES_PER_DAY)
    where = schemes.of_cell[recorded.cell[year]]
    burglaries = np.bincount(where[where >= 0], minlength=len(founded))
    controls = like(burglaries, soon, never)
    chosen = np.concatenate([soon[: len(controls)], controls])
    row = np.full(len(founded) + 1, -1)  # the last: where nobody lives
    row[chosen] = np.arange(len(chosen))
    unit = row[schemes.of_cell]
    cells = np.flatnonzero(unit >= 0)
    return Units(np.arange(len(chosen)) < len(controls), unit[cells], cells)


def like(count: Array, treated: Array, others: Array) -> Array:
    """Return for each treated unit in turn the other one whose count is nearest, each once, the first of equals.

    Parameters
    ----------
    count : array [units]
        By which they are alike.
    treated, others : array of int
        Rows of units; where there are fewer others, the last treated ones get none.
    """
    left, found = others.tolist(), []
    for one in treated[: len(left)].tolist():
        nearest = min(left, key=lambda other: (abs(count[other] - count[one]), other))
        left.remove(nearest)
        found.append(nearest)
    return np.array(found, dtype=np.int64)


PLAN = Plan(RECORDED, YEAR, YEAR, neighbourhoods_of, pause_days=FOUNDED_WITHIN, around_m=200.0)


class WatchSchemeAreas(FieldExperiment):
    """Neighbourhoods in which the police found schemes, worst recorded burglary first, against like ones."""

    name = "watch_scheme_areas"
    title = "Watch schemes: burglaries"
    quality = "read"
    source = (
        "Bennett, Holloway & Farrington 2008: odds ratios of 1.19 (fixed effects) and 1.36 (random effects), that is "
        "16 to 26 % less than in areas without"
    )
    bands: ClassVar = {WESTERN: (-26.0, -16.0)}

    def tasks(self, tree: Mapping[str, Any], replications: int) -> list[dict[str, Any]]:
        """Return one task a replication."""
        place = place_of(tree, YEAR, LARGE)
        arms = (
            {"days": FOUNDED_WITHIN + YEAR, "strategy": {"name": "random_patrol", "programmes": names},
             "programmes": {name: {"most_schemes": SCHEMES} for name in names}}
            for names in (("watch_schemes",), ())
        )  # fmt: skip
        return tasks_of(self.name, place, replications, *arms)

    @staticmethod
    def run(task: Mapping[str, Any]) -> Enacted:
        """Carry out a task."""
        return enact(task, PLAN)
