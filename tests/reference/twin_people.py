"""Residents, homes and shops as objects: who may be where, how aware residents are, what they feel of a crime."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from twin_place import DAY, Cell, decay, left

from sim.arrays import Array

if TYPE_CHECKING:
    from patrol_given import Given
    from patrol_twin import Twin


class Person:
    """A resident."""

    def __init__(self, row: int, one: Array) -> None:
        self.row, self.age, self.routine = row, int(one["age"]), int(one["routine"])
        self.home_cell, self.work_cell = int(one["home_cell"]), int(one["work_cell"])
        self.leisure_cell, self.dwelling = int(one["leisure_cell"]), int(one["dwelling"])
        self.appeal, self.victim_min = float(one["appeal"]), -math.inf
        self.aware_as_a_rule = self.aware = float(one["awareness_base"])
        self.felt_min = 0.0
        self.ties: list[tuple[Person, int]] = []  # who, and of what kind


class Home:
    """A dwelling with its household."""

    def __init__(self, row: int, one: Array, members: list[Person]) -> None:
        self.row, self.appeal, self.burgled_min = row, float(one["appeal"]), float(one["burgled_min"])
        self.hardened_min, self.members = float(one["hardened_min"]), members
        self.eldest = max(members, key=lambda person: person.age, default=None)


class Shop:
    """A shop."""

    def __init__(self, one: Array) -> None:
        self.appeal, self.burgled_min, self.lifted_min = float(one["appeal"]), -math.inf, -math.inf


class People:
    """The residents, and what of them is in which cell."""

    def __init__(self, model: Twin, given: Given) -> None:
        society, cells = given.society, model.places.cells
        self.model, self.cells, self.routine = model, cells, society.places.routine
        self.away, self.asleep, self.closed = (
            [float(share) for share in column]
            for column in (society.places.away, society.places.asleep, society.places.closed)
        )
        self.persons = [Person(row, one) for row, one in enumerate(society.residents)]
        for person in self.persons:
            start, end = society.ties.start[person.row : person.row + 2]
            ties = zip(society.ties.other[start:end], society.ties.kind[start:end], strict=True)
            person.ties = [(self.persons[other], int(kind)) for other, kind in ties]
            cells[person.home_cell].residents.append(person)
            cells[person.work_cell].workers.append(person)
            cells[person.leisure_cell].visitors.append(person)
        self.homes = 0
        for row, one in enumerate(society.dwellings):
            members = self.persons[one["first_resident"] : one["first_resident"] + one["residents"]]
            cells[one["cell"]].homes.append(Home(row, one, members))
            self.homes += 1
        for one in society.shops:
            cells[one["cell"]].shops.append(Shop(one))
        feelings = model.scenario.people.feelings
        self.gain, self.shares = feelings.victim_awareness_gain, feelings.tie_shares
        self.calms_down = decay(feelings.awareness_half_life_days * DAY)

    def share(self, person: Person, what: str, hour: int) -> float:
        """Return the share of an hour that a person is `home`, at `work`, at `leisure` or on the `way`."""
        return self.share_of(person.routine, what, hour)

    def share_of(self, routine: int, what: str, hour: int) -> float:
        if what == "way":
            return 1 - sum(self.share_of(routine, other, hour) for other in ("home", "work", "leisure"))
        return float(getattr(self.routine, what)[routine, hour])

    def chance_at(self, person: Person, cell: int, hour: int) -> float:
        """Return the chance that a person is in a cell."""
        places = ("home", person.home_cell), ("work", person.work_cell), ("leisure", person.leisure_cell)
        return sum(self.share(person, what, hour) for what, where in places if where == cell)

    def somebody(self, here: Cell, hour: int, u_kind: float, u_who: float) -> Person | None:
        """Return whom the routine of workers brings to a cell: at leisure, at work, or home."""
        groups = (
            (here.visitors, self.share_of(0, "leisure", hour) + 0.01),
            (here.workers, self.share_of(0, "work", hour)),
            (here.residents, 1 - self.away[hour]),
        )
        pick = u_kind * sum(len(group) * share for group, share in groups)
        for group, share in groups:
            if group and (pick < len(group) * share or group is here.residents):
                return group[int(u_who * len(group))]
            pick -= len(group) * share
        return None

    def passer_by(self, here: Cell, hour: int, u_kind: float, u_who: float) -> tuple[Person | None, float]:
        """Return who may be out in a cell, and how much likelier by the own routine than by the mean of all."""
        classes = len(self.routine.home)
        leisure, way = (
            sum(self.share_of(routine, what, hour) / classes for routine in range(classes))
            for what in ("leisure", "way")
        )
        passing = here.residents + here.workers
        if u_kind * (leisure * len(here.visitors) + way * len(passing) / 2) < leisure * len(here.visitors):
            who = here.visitors[int(u_who * len(here.visitors))]
            return who, self.share(who, "leisure", hour) / leisure
        if not passing or way <= 0:
            return None, 0.0
        who = passing[int(u_who * len(passing))]
        return who, self.share(who, "way", hour) / way

    def awareness(self, person: Person, now: float) -> float:
        """Return how aware a person is now."""
        base = person.aware_as_a_rule
        return base + (person.aware - base) * left(person.felt_min, now, self.calms_down)

    def feel(self, victim: Person, harm_days: float, now: float) -> None:
        """Let the victim of a crime, and ties by their share of it, grow aware of places."""
        gravity = min(math.log(1 + harm_days) / math.log(366), 1)
        self._grow_aware(victim, gravity * self.gain, now)
        for other, kind in victim.ties:
            self._grow_aware(other, self.shares[kind] * gravity * self.gain, now)

    def _grow_aware(self, person: Person, step: float, now: float) -> None:
        before, here = self.awareness(person, now), self.cells[person.home_cell]
        person.aware, person.felt_min = min(max(before + step, 0), 1), now
        here.alert = here.alert * left(here.alert_min, now, self.calms_down)
        here.alert += (person.aware - before) / len(here.residents)
        here.alert_min = now
