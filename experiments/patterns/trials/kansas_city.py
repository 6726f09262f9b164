"""Kansas City 1972–73: beats without patrol, with one car, with two to three times as many (Kelling et al. 1974)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from experiments.patterns.studies import WESTERN
from experiments.patterns.trials.experiment import YEAR, FieldExperiment, place_of
from experiments.patterns.trials.kept import Carried, Enacted, Plan, enact, tasks_of
from experiments.patterns.trials.records import Outcomes, Told, Units, significant_share
from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.clock import MINUTES_PER_DAY
from sim.draws import Stream
from sim.incident_types import PLACE_CRIMES
from sim.randomness import generator
from sim.strategies.base import Briefing, Recorded, Strategy
from sim.strategies.plan import PatrolPlan

DIVISION = {"residents": 150_000, "area_km2": 83.0, "beats": 15, "districts": 5}  # 32 square miles, 15 beats
REACTIVE, CONTROL, PROACTIVE = LEVELS = (0, 1, 2)
RECORDED = Outcomes({"crimes at places": PLACE_CRIMES, **{kind.name.lower(): (kind,) for kind in PLACE_CRIMES}})


class ByBeat(Strategy):
    """Cars of reactive beats patrol in the proactive beat of their group, and enter their own on a call alone."""

    name = "kansas_city"
    review_days = 36_500  # the lot is drawn once

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        """Return random patrol of each beat by its own cars, or by those of a proactive one for a reactive one."""
        level, group = allotted(briefing.recorded, briefing.now_min, briefing.beats, rng)
        where = np.arange(len(level))
        for g in np.unique(group):
            proactive = np.flatnonzero((group == g) & (level == PROACTIVE))
            where[(group == g) & (level == REACTIVE)] = proactive
        beat_of = briefing.beats.beat
        cells = [np.flatnonzero(beat_of == there) for there in where]
        beat = np.repeat(np.arange(len(where)), [len(own) for own in cells])
        return PatrolPlan.of(np.concatenate(cells), 1.0, 0.0, beat)


def allotted(recorded: Recorded, start_min: float, beats: BeatPlan, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw a level for each beat: one of each in every group of three beats with about as much recorded crime.

    Beats that are left over go on as they were.

    Parameters
    ----------
    recorded : Recorded
        Police records, of which those of the year before the start count.
    start_min : float
        When the experiment starts.
    beats : BeatPlan
        The beats.
    rng : Generator
        Of the lot.

    Returns
    -------
    level, group : arrays of int [beats]
        −1 as group: left over.
    """
    known = recorded.of(PLACE_CRIMES)
    year = (known.entered_min <= start_min) & (known.entered_min > start_min - YEAR * MINUTES_PER_DAY)
    there = beats.beat[known.cell[year]]
    counts = np.bincount(there[there >= 0], minlength=len(beats.district))
    order = np.argsort(-counts, kind="stable")
    level, group = np.full(len(counts), CONTROL), np.full(len(counts), -1)
    for g in range(len(order) // len(LEVELS)):
        three = order[len(LEVELS) * g : len(LEVELS) * (g + 1)]
        level[three], group[three] = rng.permutation(LEVELS), g
    return level, group


def beats_of(carried: Carried) -> Units:
    """Return the beats, those that were left over excepted, and their levels."""
    briefing, start_min = carried.briefing, float(carried.first_day * MINUTES_PER_DAY)
    lot = generator(carried.seed, Stream.STRATEGY, carried.first_day)
    level, group = allotted(briefing.recorded, start_min, briefing.beats, lot)
    took_part = np.flatnonzero(group >= 0)
    row = np.full(len(group) + 1, -1)  # the last: outside of the city
    row[took_part] = np.arange(len(took_part))
    unit = row[briefing.beats.beat]
    cells = np.flatnonzero(unit >= 0)
    return Units(level[took_part], unit[cells], cells)


PLAN = Plan(RECORDED, YEAR, YEAR, beats_of, strategy=ByBeat)


class KansasCity(FieldExperiment):
    """Fifteen beats in groups of three with about as much recorded crime, for a year against the year before.

    Each kind of crime is compared between each two levels of patrol.
    """

    name = "kansas_city"
    title = "Preventive patrol, Kansas City: significant differences"
    unit = "% of comparisons"
    quality = "recalled"
    source = (
        "Kelling et al. 1974: one of 51 comparisons of reported crime was significant; the band is its exact 95 % "
        "interval; cars of reactive beats patrol in the proactive one of their group, which has twice as many"
    )
    bands: ClassVar = {WESTERN: (None, 10.4)}

    def of_records(self, said: Sequence[Told]) -> list[float | None]:
        """Return the share of comparisons that are significant in each replication, all crimes together left out."""
        return [significant_share(one.counts[1:], one.treated) for one in said]

    def tasks(self, tree: Mapping[str, Any], replications: int) -> list[dict[str, Any]]:
        """Return one task a replication; a made-up city is as large as the division, and as many beats."""
        place = place_of(tree, YEAR, DIVISION)
        arm = {"days": YEAR, "strategy": {"name": "random_patrol", "programmes": ()}, "programmes": {}}
        return tasks_of(self.name, place, replications, arm, arm)

    @staticmethod
    def run(task: Mapping[str, Any]) -> Enacted:
        """Carry out a task."""
        return enact(task, PLAN)
