"""Minneapolis 1988–89: three hours a day more patrol at half of the hot spots, by lot (Sherman & Weisburd 1995)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from experiments.patterns.studies import WESTERN
from experiments.patterns.trials.experiment import LARGE, YEAR, FieldExperiment, place_of, residents_of, scaled
from experiments.patterns.trials.kept import Enacted, Plan, enact, places_of_trial, tasks_of
from experiments.patterns.trials.records import Outcomes
from sim.incident_types import CRIMES, PLACE_CRIMES, IncidentType

PLACES, RESIDENTS, BLOCKS = 110, 368_000, 5  # residents of Minneapolis in 1990
CRIME = tuple(kind for kind in CRIMES if kind != IncidentType.FRAUD)  # nobody calls from a place about a fraud
CALLS = Outcomes({"crime and disorder": (*CRIME, IncidentType.DISORDER), "crime": CRIME}, of_calls=True)
PLAN = Plan(CALLS, YEAR, YEAR, places_of_trial, hours=(11, 3), around_m=200.0, crimes=PLACE_CRIMES)


class Minneapolis(FieldExperiment):
    """Hot spots of a year of police records, in blocks; calls about crime and disorder of a year and the year before.

    Units that are there anyway go to treated places from 11 to 3, on all days; controls get what all others get.
    """

    name = "minneapolis"
    title = "Hot spots patrol, Minneapolis: calls"
    quality = "read"
    source = (
        "Sherman & Weisburd 1995: total crime calls down by 6 to 13 %, by the months that are counted; 110 hot spots, "
        "as many to the residents here; ranked by recorded crimes, not by calls"
    )
    bands: ClassVar = {WESTERN: (-13.0, -6.0)}

    def tasks(self, tree: Mapping[str, Any], replications: int) -> list[dict[str, Any]]:
        """Return one task a replication."""
        place = place_of(tree, YEAR, LARGE)
        places = scaled(PLACES, residents_of(place), RESIDENTS)
        trial = {"places": places, "block": max(2, places // BLOCKS // 2 * 2), "dose_min": 180.0}
        arms = (
            {"days": YEAR, "strategy": {"name": name, "programmes": ("field_trial",)},
             "programmes": {"field_trial": trial}}
            for name in ("directed_patrol", "random_patrol")
        )  # fmt: skip
        return tasks_of(self.name, place, replications, *arms)

    @staticmethod
    def run(task: Mapping[str, Any]) -> Enacted:
        """Carry out a task."""
        return enact(task, PLAN)
