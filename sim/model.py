"""The day of a city: the phases of a day and of a tick, in order, and the Mesa model that runs them."""

from __future__ import annotations

import mesa
import numpy as np

from sim.agenda import put
from sim.city.city import City
from sim.clock import MINUTES_PER_DAY, hour_of_week
from sim.incidents.calls import calls_of_day
from sim.incidents.log import INCIDENTS, has_room, with_room
from sim.incidents.offence import offend
from sim.kernels import inlined, kernel
from sim.outcomes.results import Results, results_of, snapshot
from sim.people.offenders import OFFENDER_COLUMNS, Offender
from sim.people.residents import RESIDENT_COLUMNS, Resident
from sim.people.volunteers import VOLUNTEER_COLUMNS, Volunteer, keep_watch
from sim.police.dispatch import serve
from sim.police.patrol import SIGN_ON
from sim.police.units import UNIT_COLUMNS, PatrolUnit, book_open, show_police
from sim.population import Population
from sim.randomness import Stream, generator
from sim.scenario import Scenario
from sim.strategies.base import Briefing, Recorded, Strategy, check_plan, strategy_class
from sim.world import World, build_world, orders_of


@inlined
def tick(seed: int, now_min: float, end_min: float, world: World) -> None:
    """One tick of the city."""
    if now_min % 60 == 0:
        keep_watch(seed, now_min, world.volunteers, world.watch_reach_cells, world.ground)
    show_police(world.police.units, world.ground.cells, now_min, world.ground.n_cols)
    offend(seed, end_min, world.offenders, world.due, world.targets, world.ground, world.logs, world.rules)
    serve(seed, end_min, world.desk, world.police, world.offenders, world.ground, world.logs)


@kernel
def advance(seed: int, first: int, n: int, tick_min: int, world: World) -> int:
    """Run up to n ticks from number `first`; return how many were run before the logs needed room."""
    spare = room_for_a_tick(world, tick_min)
    for done in range(n):
        if not has_room(world.logs, spare):
            return done
        now_min = float((first + done) * tick_min)
        tick(seed, now_min, now_min + tick_min, world)
    return n


@kernel
def room_for_a_tick(world: World, tick_min: int) -> int:
    """Return a number of rows that one tick cannot fill: two searches an offender, three legs a unit and minute."""
    return 64 + 2 * len(world.offenders) + 3 * tick_min * len(world.police.units)


class CityModel(mesa.Model):  # type: ignore[misc]  # mesa has no types
    """A city under a policing strategy, with the habits of a Mesa model.

    Parameters
    ----------
    scenario : Scenario
        Every parameter of the run.
    strategy : Strategy, optional
        A strategy of one's own; by default the registered one that the scenario names.

    Attributes
    ----------
    agents_by_type : dict
        `Resident`, `Offender`, `PatrolUnit` and `Volunteer` as sets over columns, and the types of agents that a user added.
    datacollector : mesa.DataCollector or None
        Collects once a step when set.

    Raises
    ------
    BadInput
        If the scenario cannot be.
    """

    DAY = ("_make_room", "_begin_to_measure", "_give_orders", "_change_shifts", "_draw_calls")

    def __init__(self, scenario: Scenario | None = None, strategy: Strategy | None = None) -> None:
        scenario = scenario or Scenario()
        super().__init__(rng=scenario.seed)
        self.scenario = scenario
        self.strategy = strategy or strategy_class(scenario.strategy.name)(**scenario.strategy.model_dump())
        self.world, self._setting, self.roster = build_world(scenario)
        self.ticks = 0
        self._days_begun = 0
        self._since = snapshot(self.world.police, self.world.ground, 0.0)
        self.datacollector: mesa.DataCollector | None = None
        people = (
            (Resident, self.world.targets.residents, RESIDENT_COLUMNS),
            (Offender, self.world.offenders, OFFENDER_COLUMNS),
            (PatrolUnit, self.world.police.units, UNIT_COLUMNS),
            (Volunteer, self.world.volunteers, VOLUNTEER_COLUMNS),
        )
        self._populations = {kind: Population(self, kind, rows, columns) for kind, rows, columns in people}

    @property
    def city(self) -> City:
        """The place."""
        return self._setting.city

    @property
    def now_min(self) -> float:
        """Minutes since the start of the run, warm-up included."""
        return float(self.ticks * self.scenario.clock.tick_min)

    @property
    def agents_by_type(self) -> dict[type[mesa.Agent], mesa.agent.AgentSet]:
        """Agents by type: the populations of the city and the agents that a user added."""
        return {**self._populations, **super().agents_by_type}

    @property
    def agent_types(self) -> list[type[mesa.Agent]]:
        """The types of `agents_by_type`, for data collectors."""
        return list(self.agents_by_type)

    def register_agent(self, agent: mesa.Agent) -> None:
        """Register an agent that a user added; Mesa's own count of agents would keep this model alive for ever."""
        super().register_agent(agent)
        mesa.Agent._ids.pop(self, None)
        agent.unique_id = self._next_unique_id = getattr(self, "_next_unique_id", 0) + 1

    def step(self) -> None:
        """Run one tick, then the agents that a user added, then the data collector."""
        self._advance(1)
        if len(self.agents):
            self.agents.do("step")
        if self.datacollector is not None:
            self.datacollector.collect(self)

    def run(self, days: float | None = None) -> None:
        """Run for some days more: the same as so many steps, but faster.

        Parameters
        ----------
        days : float, optional
            By default the warm-up and the days of the scenario.
        """
        wanted = self.scenario.warmup_days + self.scenario.days if days is None else days
        n = round(wanted * MINUTES_PER_DAY / self.scenario.clock.tick_min)
        if len(self.agents) or self.datacollector is not None:
            for _ in range(n):
                self.step()
            return
        self._advance(n)
        self.steps += n

    def results(self) -> Results:
        """Return tables and indicators of what happened since the warm-up; the run is not changed by it."""
        world, ledger = self.world, self.world.police.ledger.copy()
        book_open(world.police.units, self.now_min, ledger)
        return results_of(world.logs, world.police._replace(ledger=ledger), world.ground, self.city, self.scenario.force.crew, self._since, self.now_min)

    def _advance(self, n: int) -> None:
        """Run n ticks, with the phases of the day before the first tick of each."""
        tick_min = self.scenario.clock.tick_min
        a_day = MINUTES_PER_DAY // tick_min
        while n > 0:
            day = self.ticks // a_day
            if day == self._days_begun:
                self._days_begun += 1
                for phase in self.DAY:
                    getattr(self, phase)(day)
            chunk = min(n, a_day - self.ticks % a_day)
            done = advance(self.scenario.seed, self.ticks, chunk, tick_min, self.world)
            if done < chunk:
                self.world = self.world._replace(logs=with_room(self.world.logs, room_for_a_tick(self.world, tick_min)))
            self.ticks += done
            n -= done

    def _make_room(self, day: int) -> None:
        """Give the ledger a row for today and tomorrow, the logs room for the day's calls."""
        calls = 1000 + 3 * int(sum(source.per_day * source.profile.max() for source in self._setting.sources))
        police = self.world.police
        if day + 2 > len(police.ledger):
            police = police._replace(ledger=np.concatenate([police.ledger, np.zeros_like(police.ledger)]))
        self.world = self.world._replace(logs=with_room(self.world.logs, calls), police=police)

    def _begin_to_measure(self, day: int) -> None:
        """Note the running totals at the end of the warm-up."""
        if day == self.scenario.warmup_days:
            self._since = snapshot(self.world.police, self.world.ground, self.now_min)

    def _give_orders(self, day: int) -> None:
        """Brief the strategy with what the police know, and hand its plan to the units."""
        if day % self.strategy.review_days:
            return
        briefing = self.briefing()
        plan = self.strategy.plan(briefing, generator(self.scenario.seed, Stream.STRATEGY, day))
        check_plan(plan, briefing)
        orders = orders_of(plan, len(self.city.beats.district))
        self.world = self.world._replace(police=self.world.police._replace(orders=orders))

    def briefing(self) -> Briefing:
        """Return what the police know now."""
        now = self.now_min
        crimes = self.world.logs.incidents[: self.world.logs.used[INCIDENTS]]
        known = crimes[(crimes["recorded_time_min"] >= 0) & (crimes["recorded_time_min"] <= now)]
        known = known[np.argsort(known["recorded_time_min"], kind="stable")]
        recorded = Recorded(known["type"].copy(), known["time_min"].copy(), known["recorded_cell"].copy())
        hour = hour_of_week(now, self.scenario.clock.start_weekday)
        return Briefing(now, hour, self.city.grid, self.city.beats, self.roster.on_duty, recorded)

    def _change_shifts(self, day: int) -> None:
        """Roster the units of the day's shifts."""
        for unit, start_min in self.roster.of_day(day, self.world.police.units):
            put(self.world.logs.agenda, float(start_min), SIGN_ON, int(unit), 0)

    def _draw_calls(self, day: int) -> None:
        """Write down the day's calls that are no crime, which nothing that the police do can change."""
        world = self.world
        logs = calls_of_day(self.scenario.seed, day, world.ground.start_weekday, self._setting.sources, world.ground, world.logs, world.rules.demand)
        self.world = world._replace(logs=logs)
