"""The offender–patrol core as ordinary Mesa agents in plain Python, built anew from the text of `docs/odd.md`.

One object an offender, a patrol unit and a cell; no rule, kernel or table of `sim` is used but for the names of draws
and the random numbers that they stand for (`sim.draws`, `sim.randomness`). Which of the four numbers of a draw is used
for what stands in the code of the model alone.

It covers: when and where offenders search, what they weigh (appeal, need, police in view, what patrols left behind and
what is felt of them, the watch, belief about arrest, alert residents, flags and hardening), what they do then, whom or
what they hit, who joins in, what all of them remember and learn, how aware victims and their ties become, careers, and
what an arrest does to an offender; when units sign on and off, eat, follow orders, which stop they choose, how they
drive there, how long they stay, where they are seen, and what they leave behind.

`patrol_given` says what is given: place and people, plans and duties, calls and the work on them, arrests, other
violence. What is off by default must be off: cameras, programmes, lasting groups, rare events, hours in a plan; and the
warm-up.
"""

from __future__ import annotations

import heapq

import mesa
from patrol_given import Given, Offence, Stop
from twin_offender import Offender
from twin_people import People, Person
from twin_place import Places
from twin_targets import Targets
from twin_unit import DUE, MEAL, SIGN_OFF, SIGN_ON, WORK, Unit

from sim.clock import MINUTES_PER_DAY
from sim.police.patrol.units import Activity
from sim.scenario import Scenario


class Twin(mesa.Model):
    """Offenders and patrols in a city, tick by tick."""

    def __init__(self, scenario: Scenario, given: Given) -> None:
        super().__init__(rng=scenario.seed)
        self.scenario, self.given, self.draws_seed = scenario, given, scenario.seed
        self.tick_min = scenario.clock.tick_min
        self.now_min = 0.0
        self.places = Places(scenario, given)
        self.people, self.targets = People(self, given), Targets(scenario)
        self.offences: list[Offence] = []
        self.stops: list[Stop] = []
        self.chances = [0.0] * len(given.intercept)  # of what offenders met, added up, by type
        self.offenders = [Offender(self, i) for i in range(len(given.offenders))]
        self._agenda: list[tuple[float, bool, int, int, int, int]] = []
        self._entries = 0
        self.units = [Unit(self, u) for u in range(len(given.days[0].units))]
        self._searches = [(one.next_search_min, one.row) for one in self.offenders]
        heapq.heapify(self._searches)
        self._arrests, self._violence = list(reversed(given.arrests)), list(reversed(given.violence))

    def enter(self, at_min: float, kind: int, unit: int, version: int = 0) -> None:
        """Put on the agenda that something is due; what is given comes after all else of the same moment."""
        heapq.heappush(self._agenda, (at_min, kind == WORK, self._entries, kind, unit, version))
        self._entries += 1

    def step(self) -> None:
        """One tick: what a day begins with, arrests so far, units are shown, offenders search, units go on."""
        now, end = self.now_min, self.now_min + self.tick_min
        if now % MINUTES_PER_DAY == 0:
            self._begin_day(int(now // MINUTES_PER_DAY))
        while self._arrests and self._arrests[-1].now_min <= now:
            arrest = self._arrests.pop()
            self.offenders[arrest.offender].be_arrested(arrest)
        if now % 60 == 0:
            self.places.watch = self.given.watch[int(now // 60)]
        self.places.police = {}
        for unit in self.units:
            unit.be_shown(now)
        while self._searches[0][0] < end:
            at_min, i = self._searches[0]
            self.offenders[i].turn(at_min)
            heapq.heapreplace(self._searches, (self.offenders[i].next_search_min, i))
        while self._violence and self._violence[-1].now_min < end:
            other = self._violence.pop()
            self.people.feel(self.people.persons[other.victim], other.harm_days, other.now_min)
        while self._agenda and self._agenda[0][0] < end:
            at_min, _, _, kind, u, version = heapq.heappop(self._agenda)
            self._go_on(self.units[u], at_min, kind, version)
        self.now_min = end

    def run(self, days: int) -> None:
        """Run for some days."""
        for _ in range(days * MINUTES_PER_DAY // self.tick_min):
            self.step()

    def is_held(self, person: Person, now: float) -> bool:
        """Whether a resident is an offender in custody."""
        return any(one.person is person and now < one.free_from_min for one in self.offenders)

    def _begin_day(self, day: int) -> None:
        if day:
            self.places.feel_police()
        self.today = self.given.days[day]
        for at_min, u in self.today.duties:
            self.enter(at_min, SIGN_ON, u)

    def _go_on(self, unit: Unit, now: float, kind: int, version: int) -> None:
        if kind == DUE and version == unit.version:
            unit.be_due(now)
        elif kind == WORK:
            unit.work_if_sent(now)
        elif kind == SIGN_ON:
            unit.sign_on(now)
        elif kind == SIGN_OFF:
            unit.sign_off_if_free(now)
        elif kind == MEAL and unit.activity == Activity.STANDBY:
            self.enter(now, DUE, unit.row, unit.version)
