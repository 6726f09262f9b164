"""Security of big events and sensitive days (大型活动安保、敏感日): posts by hours and place, which bind units."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from sim.arrays import Array
from sim.incidents.log import NEVER
from sim.parameters import CHOSEN, BadInput, Parameters, parameter
from sim.periods import FAR_DAY
from sim.police.force.mobilisation import MOST_OVERTIME, Mobilisation
from sim.police.patrol.tasks import Task, plan
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Site, Today, Truth

MOST_POSTS = 500  # on a day
CellNumber = Annotated[int, Field(ge=0, le=10**9)]


class Event(Parameters):
    """A big event, or some days on which nothing must happen."""

    start_day: int = parameter(
        14,
        unit="days after the warm-up",
        ge=0,
        le=FAR_DAY,
        source=CHOSEN,
        doc="First day; 0 is the first measured day.",
    )
    days: int = parameter(1, unit="days", ge=1, le=FAR_DAY, source=CHOSEN, doc="How many days it lasts.")
    from_hour: int = parameter(
        17, unit="h", ge=0, le=23, source="assumption: a concert in the evening", doc="Hour from which posts are held."
    )
    to_hour: int = parameter(
        23, unit="h", ge=1, le=24, source="assumption: a concert in the evening", doc="Hour until which they are."
    )
    places: int = parameter(
        3, unit="posts", ge=1, le=40, source="assumption: entrances and the square before them",
        doc="Posts where most people are out at these hours, unless cells are given.",
    )  # fmt: skip
    cells: tuple[CellNumber, ...] = parameter((), unit="cells", source=CHOSEN, doc="Where posts are, one in each.")
    units: int = parameter(2, unit="units", ge=1, le=50, source="assumption", doc="Units at each post.")
    overtime_share: float = parameter(
        0.0, unit="share of the hours of a duty", ge=0, le=MOST_OVERTIME,
        source="assumption: none for a concert; a quarter and more on sensitive days",
        doc="Hours beyond each duty of everybody on these days.",
    )  # fmt: skip
    lent_share: float = parameter(
        0.0, unit="share of duties", ge=0, le=1, source="assumption: none for a concert",
        doc="Duties of headquarters that become patrol duties on these days.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _has_hours(self) -> Event:
        if self.to_hour <= self.from_hour:
            raise BadInput("to_hour", self.to_hour, f"later than from_hour, {self.from_hour}; a night is two events")
        return self

    def is_on(self, day: int) -> bool:
        """Return whether it is on a measured day."""
        return self.start_day <= day < self.start_day + self.days


class EventSecurity(Programme):
    """Headquarters plan posts, and free units hold them and do nothing else meanwhile.

    Posts are handed over after some hours, to whichever units are free and near then; who is missing goes as soon as
    he can, after calls of priority 1. Units at posts are seen as patrols are. On sensitive days everybody works longer,
    and people of headquarters may be lent to patrol.
    """

    name = "event_security"
    totals = ("posts", "unit_hours", "missing_units", "planning_hours")
    means = ("on",)

    class Parameters(ProgrammeParameters):
        """Which events, and how posts are held."""

        events: tuple[Event, ...] = parameter((Event(),), unit="events", source=CHOSEN, doc="The events.")
        relief_hours: int = parameter(
            4, unit="h", ge=2, le=24, source="assumption: half a shift", doc="Time after which others take a post over."
        )
        planning_hours: float = parameter(
            8.0, unit="h per day of an event", ge=0, le=1000, source="assumption: a day of one officer",
            doc="Work of headquarters on plan and command; what it has no hours for, community officers do.",
        )  # fmt: skip

        @model_validator(mode="after")
        def _not_too_many(self) -> EventSecurity.Parameters:
            for event in self.events:
                day, on = event.start_day, [other for other in self.events if other.is_on(event.start_day)]
                posts = sum((len(one.cells) or one.places) * len(turns(one, self.relief_hours)) for one in on)
                if posts > MOST_POSTS:
                    raise BadInput("events", f"{posts} posts on day {day}", f"at most {MOST_POSTS} on a day")
            return self

    def prepare(self, scenario: Any) -> Any:
        """Have cars for those who are lent to patrol."""
        most, force = max((one.lent_share for one in self.parameters.events), default=0.0), scenario.force
        orders = any(one.lent_share or one.overtime_share for one in self.parameters.events)
        if orders and "campaign" in scenario.programmes:
            raise BadInput(
                "programmes.event_security.events", "overtime or people lent to patrol",
                "neither together with the programme campaign, which gives such orders every day",
            )  # fmt: skip
        room = force.model_copy(update={"most_lent_share": max(force.most_lent_share, most)})
        return scenario.model_copy(update={"force": room})

    def begin(self, site: Site) -> None:
        """Look where people are out, and give the orders of the first day."""
        grid = site.city.grid
        for event in self.parameters.events:
            if event.cells and (max(event.cells) >= grid.n_cells or not site.city.inside[list(event.cells)].all()):
                raise BadInput(
                    "programmes.event_security.events", f"cells {list(event.cells)}",
                    f"cells of the city, from 0 to {grid.n_cells - 1:,}",
                )  # fmt: skip
        self._out = np.where(site.city.inside, site.society.places.out, -1.0)
        self._from, self._held = site.first_day, np.zeros(0, dtype=np.int64)  # rows of the orders of yesterday
        self._ordered = Mobilisation()
        self._order(site.staff, self._from)

    def day(self, today: Today) -> None:
        """See what became of yesterday's posts, plan those of the day, and give the orders of tomorrow."""
        self._take_stock(today)
        on = [event for event in self.parameters.events if event.is_on(today.day - self._from)]
        tasks = [task for event in on for task in self._tasks(event, today)]
        self._held = post(tasks, today.truth)
        self.note(today.day, "on", float(bool(on)))
        self.note(today.day, "posts", float(len(tasks)))
        left_min = 60.0 * self.parameters.planning_hours * len(on)
        for hours in (today.hours[Post.HEADQUARTERS], today.hours[Post.COMMUNITY]):
            spent = min(left_min, hours.able())
            hours.spend(Work.OPERATIONS, spent)
            left_min -= spent
            self.note(today.day, "planning_hours", spent / 60.0)
        self._order(today.staff, today.day + 1)

    def _tasks(self, event: Event, today: Today) -> list[Task]:
        """Return the posts of an event on a day, one for each place and turn."""
        week = 24 * today.weekday
        out = self._out[week + event.from_hour : week + event.to_hour].sum(axis=0)
        places = event.cells or np.argsort(-out, kind="stable")[: event.places].tolist()
        return [
            Task(int(cell), today.now_min + 60.0 * hour, 60.0 * length, event.units)
            for hour, length in turns(event, self.parameters.relief_hours)
            for cell in places
        ]

    def _take_stock(self, today: Today) -> None:
        """Note how long yesterday's posts were held by how many units."""
        held_min, missing = manned(self._held, today.now_min, today.truth)
        if len(self._held):
            self.note(today.day - 1, "unit_hours", held_min / 60.0)
            self.note(today.day - 1, "missing_units", float(missing))

    def _order(self, staff: Any, day: int) -> None:
        """Order what everybody does on a day, if it is not what was ordered before."""
        on = [event for event in self.parameters.events if event.is_on(day - self._from)]
        lent = np.zeros(len(Post))
        lent[Post.HEADQUARTERS] = max((event.lent_share for event in on), default=0.0)
        wanted = Mobilisation(max((event.overtime_share for event in on), default=0.0), lent)
        if wanted.overtime_share != self._ordered.overtime_share or (lent != self._ordered.lent_share).any():
            staff.order(wanted)
            self._ordered = wanted


def turns(event: Event, relief_hours: int) -> list[tuple[int, int]]:
    """Return the first hour and the length in hours of each turn at a post of an event."""
    starts = range(event.from_hour, event.to_hour, relief_hours)
    return [(hour, min(relief_hours, event.to_hour - hour)) for hour in starts]


def post(tasks: list[Task], truth: Truth) -> Array:
    """Have units hold posts in the course of the day, and return the rows of the orders in the log of calls."""
    rows = [plan(task, number, truth.ground, truth.logs) for number, task in enumerate(tasks)]
    return np.array(rows, dtype=np.int64)


def manned(held: Array, now_min: float, truth: Truth) -> tuple[float, int]:
    """Return the unit-minutes for which posts were held by now, and how many units were asked for and never sent."""
    calls = truth.logs.calls[held]
    there = calls["arrived_min"] != NEVER
    until = np.where(calls["cleared_min"] != NEVER, calls["cleared_min"], now_min)
    held_min = float((calls["sent"] * (until - calls["arrived_min"]))[there].sum())
    return held_min, int((calls["needed"] - calls["sent"]).sum())
