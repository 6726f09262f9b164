"""The strategies that are in force somewhere, and the plan that the city's units get from all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.authors import code_of
from sim.city.beats import BeatPlan
from sim.course.stages import same_order
from sim.draws import Stream
from sim.randomness import generator
from sim.strategies.base import (
    Briefing,
    Strategy,
    StrategyParameters,
    strategy_class,
)
from sim.strategies.plan import ANY_UNIT, PatrolPlan, check_plan


@dataclass
class Standing:
    """A strategy in force: how it is ordered, since which day it plans, and its latest plan."""

    order: StrategyParameters
    strategy: Strategy
    since: int
    plan: PatrolPlan


class Plans:
    """The strategies of the districts.

    Parameters
    ----------
    scenario : Scenario
        As a user describes it.
    own : Strategy or None
        Your own, in place of the strategy of the scenario.
    """

    def __init__(self, scenario: Any, own: Strategy | None) -> None:
        self._seed, self._own, self._with = scenario.seed, own, None if own is None else scenario.strategy
        self._standing: list[Standing] = []
        self._of_district: list[int] = []

    def follow(self, ordered: Sequence[StrategyParameters], day: int) -> bool:
        """Go on with what is ordered in each district from a day on; say whether anything is new.

        A strategy that goes on keeps its plan.
        """
        standing: list[Standing] = []
        self._standing, known = standing, self._standing
        before, self._of_district = [known[i] for i in self._of_district], []
        for order in ordered:
            where = next((i for i, one in enumerate(standing) if same_order(one.order, order, self._with)), None)
            if where is None:
                where = len(standing)
                same = next((one for one in known if same_order(one.order, order, self._with)), None)
                standing.append(same or Standing(order, self._strategy(order), day, PatrolPlan.none()))
            self._of_district.append(where)
        now = [standing[i] for i in self._of_district]
        return len(now) != len(before) or any(one is not other for one, other in zip(now, before, strict=True))

    def of(self, district: int) -> Strategy:
        """Return the strategy that is in force in a district."""
        return self._standing[self._of_district[district]].strategy

    @property
    def strategies(self) -> list[Strategy]:
        """Those that are in force somewhere."""
        return [one.strategy for one in self._standing]

    def _strategy(self, order: StrategyParameters) -> Strategy:
        """Return the strategy of an order."""
        if self._own is not None and order is self._with:
            return self._own
        kind = strategy_class(order.deployment or order.name)
        with code_of(f"strategy {kind.name!r}", None):
            made: Strategy = kind(**order.model_dump())
        return made

    def review(self, day: int, brief: Callable[[Strategy], Briefing], beats: BeatPlan) -> bool:
        """Let those plan whose turn it is on a day, and return whether there were any.

        Parameters
        ----------
        day : int
            Of the run.
        brief : callable
            Returns what a strategy may know.
        beats : BeatPlan
            The beats of the city and their districts.
        """
        due = [one for one in self._standing if (day - one.since) % one.strategy.review_days == 0]
        for one in due:
            briefing = brief(one.strategy)
            with code_of(f"strategy {one.strategy.name!r}", day):
                one.plan = one.strategy.plan(briefing, generator(self._seed, Stream.STRATEGY, day))
                check_plan(one.plan, beats)
        return bool(due)

    def joined(self, beats: BeatPlan) -> PatrolPlan:
        """Return what the units are ordered: in each district what the plan of its strategy says of it.

        Parameters
        ----------
        beats : BeatPlan
            The beats of the city and their districts.
        """
        if len(self._standing) == 1:
            return self._standing[0].plan
        of_district = np.array(self._of_district)
        return reduce(add, (_within(one.plan, of_district == i, beats) for i, one in enumerate(self._standing)))


def _within(plan: PatrolPlan, places: Array, beats: BeatPlan) -> PatrolPlan:
    """Return the part of a plan that lies in some districts, for units of their beats alone.

    A stop that the plan gives to a beat of another district goes to the beat in which it lies, one for any unit to each
    beat of these districts. Cars stay where they are: those of the others are not its to move.
    """
    there = np.append(places, False)[beats.district_of_cell[plan.cell]]
    own, shared = (np.flatnonzero(there & of_kind) for of_kind in (plan.beat != ANY_UNIT, plan.beat == ANY_UNIT))
    theirs = np.flatnonzero(places[beats.district])
    beat = np.where(places[beats.district[plan.beat[own]]], plan.beat[own], beats.beat[plan.cell[own]])
    beat = np.concatenate([beat, np.repeat(theirs, len(shared))]).astype(plan.beat.dtype)
    rows = np.concatenate([own, np.tile(shared, len(theirs))])
    hours, on_foot = (None if column is None else column[rows] for column in (plan.hours, plan.on_foot))
    return PatrolPlan(plan.cell[rows], plan.weight[rows], plan.dwell_min[rows], beat, hours, on_foot)
