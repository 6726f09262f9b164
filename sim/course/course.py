"""The course of a run day by day: which phase holds where, what of it is carried out, and how that came about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.clock import MINUTES_PER_DAY
from sim.course.handing_down import Fidelity
from sim.course.stages import STATUS_QUO, Stage, in_force, moved_on, orders, phases_of, same_order
from sim.outcomes.course_results import CourseDay
from sim.strategies.base import StrategyParameters

Changed = Callable[[Sequence[int], float, int], float]  # districts, start of the pilot in minutes, days compared


class Course:
    """How the strategy of a run goes on.

    Parameters
    ----------
    scenario : Scenario
        As a user describes it.
    first_day : int
        The first measured day, counted from the start of the run.
    own : bool
        The strategy of the scenario stands for one of your own.

    Attributes
    ----------
    stage : Stage
        Which phase holds where today.
    ordered : list of StrategyParameters
        The strategy that is ordered in each district today.
    fidelity : Fidelity
        What of it is carried out.
    own : StrategyParameters or None
        The strategy of the scenario, if it stands for one of your own.
    diary : list of CourseDay
        The days so far.
    """

    def __init__(self, scenario: Any, first_day: int, own: bool = False) -> None:
        self._scenario, self._first_day, self.own = scenario, first_day, scenario.strategy if own else None
        self._phases, districts = phases_of(scenario), scenario.city.districts
        self.stage = Stage(np.full(districts, STATUS_QUO), {})
        self.ordered = orders(scenario, self.stage)
        self.fidelity = Fidelity(districts)
        self.diary: list[CourseDay] = []

    def follow(self, scenario: Any) -> None:
        """Go on by another scenario, whose phases up to today are the same."""
        self._scenario, self._phases = scenario, phases_of(scenario)

    @property
    def in_force(self) -> Any:
        """The scenario of today's stage, see `sim.course.stages.in_force`."""
        return in_force(self._scenario, self.stage)

    def turn(self, day: int, over: bool, changed: Changed) -> bool:
        """Go on to a day of the run, and return whether other phases hold than on the day before.

        Parameters
        ----------
        day : int
            Of the run.
        over : bool
            Strategy and programmes have ended: the status quo goes on everywhere.
        changed : callable
            Tells, for rules that ask for it, how recorded crime has changed in some districts against the others.
        """
        before, ordered = self.stage, self.ordered
        if over:
            self.stage = before._replace(phase=np.full_like(before.phase, STATUS_QUO))
        else:
            self.stage = moved_on(
                before, self._phases, day - self._first_day, lambda i: self._scales_up(i, day, changed)
            )
        if np.array_equal(before.phase, self.stage.phase):
            return False
        self.ordered = orders(self._scenario, self.stage)
        for d in np.flatnonzero(before.phase != self.stage.phase):
            self._hand_down(np.array([d]), new=not same_order(ordered[d], self.ordered[d], self.own))
        return True

    def _hand_down(self, place: Array, new: bool) -> None:
        """Hand the order of a district down by the rule of its phase; one that it knows goes on as it is."""
        phase = int(self.stage.phase[place[0]])
        if phase == STATUS_QUO:
            self.fidelity.forget(place)
        elif new:
            self.fidelity.begin(place, self._phases[phase].handing_down)
        else:
            self.fidelity.go_on(place, self._phases[phase].handing_down)

    def _scales_up(self, number: int, day: int, changed: Changed) -> bool:
        """Whether records speak for a phase on a day on which somebody looks at them; the pilot is the one before."""
        rule, since = self._phases[number].scale_up, day - self._first_day - self._phases[number].start_day
        pilot, begun = self._phases[number - 1].districts, self.stage.begun.get(number - 1)
        if rule is None or pilot is None or begun is None or since % rule.review_days:
            return False
        return changed(pilot, float((self._first_day + begun) * MINUTES_PER_DAY), rule.days) <= 1.0 - rule.fall

    def places(self, programme: str, also: StrategyParameters | None = None) -> tuple[bool, ...]:
        """Return whether a programme is ordered in each district today.

        Parameters
        ----------
        programme : str
            Its name.
        also : StrategyParameters, optional
            A strategy with which it goes although it does not list it.
        """
        return tuple(programme in (one.programmes or ()) or one is also for one in self.ordered)

    def reach(self, places: tuple[bool, ...]) -> Array | None:
        """Return the share that each district carries out of what is ordered in some, 0 where it is not ordered.

        None: everything everywhere.
        """
        share = np.where(places, self.fidelity.carried_out, 0.0)
        return None if (share == 1.0).all() else share

    def note(self, day: int) -> None:
        """Write down what holds today."""
        names = tuple(order.name for order in self.ordered)
        self.diary.append(CourseDay(day, self.stage.phase.copy(), names, self.fidelity.carried_out.copy()))
