"""Philadelphia 2009: twelve weeks of foot patrol at violent places, one of a pair by lot (Ratcliffe et al. 2011)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from experiments.patterns.studies import WESTERN
from experiments.patterns.trials.experiment import LARGE, YEAR, FieldExperiment, place_of, residents_of
from experiments.patterns.trials.kept import Enacted, Plan, enact, places_of_trial, tasks_of
from experiments.patterns.trials.records import Outcomes
from sim.incident_types import IncidentType
from sim.police.force.establishment import can_crew, full_strength
from sim.police.posts import Post

WEEKS = 12
HOURS, DAYS = (10, 2), (1, 2, 3, 4, 5)  # two shifts, Tuesday to Saturday
ON_FOOT_MIN = 16 * 60 * len(DAYS) / 7  # a day, of one crew after the other
VIOLENCE = (IncidentType.ROBBERY, IncidentType.SNATCHING, IncidentType.BRAWL)
RECORDED = Outcomes({"violence": VIOLENCE})
PLAN = Plan(RECORDED, 7 * WEEKS, 7 * WEEKS, places_of_trial, around_m=300.0)


class Philadelphia(FieldExperiment):
    """Pairs of places with about as much recorded violence; crews on foot for twelve weeks against the twelve before.

    There is one place in each beat, and crews enough to stay there, whether its place is drawn or not; else they are on
    random patrol, as before the start, and calls reach them, too. Published were 120 places in a city of 1.5 million.
    """

    name = "philadelphia"
    title = "Foot patrol, Philadelphia: violence"
    quality = "read"
    source = (
        "Ratcliffe et al. 2011: 23 % less than controls, of 60 pairs; the width of ±50 % is our assumption: "
        "no interval is published of it"
    )
    bands: ClassVar = {WESTERN: (-34.5, -11.5)}

    def tasks(self, tree: Mapping[str, Any], replications: int) -> list[dict[str, Any]]:
        """Return one task a replication."""
        place = place_of(tree, 2 * YEAR, LARGE)
        officers, auxiliaries = full_strength(place.force, residents_of(place))[:, Post.PATROL]
        usual = float(can_crew(officers, auxiliaries, place.force)) / place.force.relief_factor
        places = place.city.beats // 2 * 2
        force = place.force.model_copy(update={"patrol_units": usual + places * ON_FOOT_MIN / 1440})
        trial = {
            "places": places, "place_m": 300.0, "apart_m": 200.0, "per_beat": 1, "record_days": 2 * YEAR,
            "ranked_by": "violence", "dose_min": ON_FOOT_MIN,
        }  # fmt: skip
        walk = {"on_foot": True, "dwell_min": 30.0, "first_hour": HOURS[0], "end_hour": HOURS[1], "weekdays": DAYS}
        arms = (
            {"days": 7 * WEEKS, "force": force, "programmes": {"field_trial": trial},
             "strategy": {"name": name, "programmes": ("field_trial",), **how}}
            for name, how in (("directed_patrol", walk), ("random_patrol", {}))
        )  # fmt: skip
        return tasks_of(self.name, place, replications, *arms)

    @staticmethod
    def run(task: Mapping[str, Any]) -> Enacted:
        """Carry out a task."""
        return enact(task, PLAN)
