"""The programmes of a run: when each begins and ends, where it is carried out, and whose hours it can ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sim.authors import code_of
from sim.course.course import Course
from sim.course.handing_down import hours_within
from sim.parameters import BadInput
from sim.programmes.base import Programme, Site, Today, programme_class
from sim.strategies.base import Briefing


class CarryingOut:
    """The programmes of a scenario and its course, and those of your own.

    Parameters
    ----------
    scenario : Scenario
        As a user describes it.
    own : sequence of Programme
        Your own, which go with the strategy of the scenario.
    course : Course
        What is ordered where.

    Attributes
    ----------
    every : list of Programme
        In the order in which they get their hours.
    acting : list of Programme
        Those of today.
    """

    def __init__(self, scenario: Any, own: Sequence[Programme], course: Course) -> None:
        self.every = [*(programme_class(name)(chosen) for name, chosen in scenario.programmes.items()), *own]
        self.acting: list[Programme] = []
        self._own, self._with, self._course = tuple(own), scenario.strategy, course

    def follow(self, scenario: Any) -> None:
        """Go on by another scenario, which may have further programmes; those that it has already stay as they are."""
        known = {programme.name: programme for programme in self.every}
        of_scenario = scenario.programmes.items()
        self.every = [known.get(name) or programme_class(name)(chosen) for name, chosen in of_scenario] + [*self._own]
        self._with = scenario.strategy

    def places(self, programme: Programme) -> tuple[bool, ...]:
        """Return whether a programme is ordered in each district today.

        Raises
        ------
        BadInput
            If these are some, and the programme serves the whole city.
        """
        there = self._course.places(programme.name, self._with if programme in self._own else None)
        if any(there) and not all(there) and not programme.local:
            raise BadInput(
                "programmes", programme.name, "one that can be limited to districts: it does not say `local = True`"
            )
        return there

    def ordered(self, programmes: Sequence[Programme]) -> list[Programme]:
        """Return those of some programmes that are ordered anywhere today."""
        return [programme for programme in programmes if any(self.places(programme))]

    @property
    def own(self) -> list[Programme]:
        """Those of your own that are ordered today."""
        return self.ordered(self._own)

    @property
    def changes(self) -> bool:
        """Whether others are ordered today than those that act."""
        return self.ordered(self.every) != self.acting

    def end(self, today: Today) -> bool:
        """End those that are no longer ordered, and return whether there were any."""
        going_on = self.ordered(self.acting)
        gone = [programme for programme in self.acting if programme not in going_on]
        for programme in gone:
            with code_of(f"programme {programme.name!r}", today.day):
                programme.end(today)
        self.acting = going_on
        return bool(gone)

    def begin(self, site: Callable[[dict[str, Programme]], Site], day: int | None) -> None:
        """Begin those that are ordered and were not before.

        Parameters
        ----------
        site : callable
            Programmes of the day by name → what they may look at.
        day : int or None
            Of the run; None: before the first.
        """
        before, self.acting = self.acting, self.ordered(self.every)
        seen = site({programme.name: programme for programme in self.acting})
        for programme in self.acting:
            if programme not in before:
                with code_of(f"programme {programme.name!r}", day):
                    programme.begin(seen)

    def day(self, today: Today) -> None:
        """Let them spend hours of a day that are left, where they are ordered."""
        there = [self.places(programme) for programme in self.acting]
        reaches = {places: self._course.reach(places) for places in set(there)}
        for programme, places in zip(self.acting, there, strict=True):
            reach = reaches[places]
            shares = {} if reach is None else hours_within(reach, today.day, today.staff)
            with code_of(f"programme {programme.name!r}", today.day), today.hours.within(shares):
                programme.day(today._replace(reach=reach))

    def brief(self, told: Briefing, day: int) -> Briefing:
        """Return a briefing with what they have to say."""
        for programme in self.acting:
            with code_of(f"programme {programme.name!r}", day):
                told = programme.brief(told)
        return told
