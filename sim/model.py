"""The day of a city: the phases of a day and of a tick, in order, and the Mesa model that runs them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

import sim.mesa_core  # noqa: F401 (first: to name its logger Mesa reads the source of every frame of the stack)
from sim.arrays import Array, frozen
from sim.city.city import City
from sim.city.presence import take_notice
from sim.clock import MINUTES_PER_DAY, hour_of_week
from sim.course.carrying_out import CarryingOut
from sim.course.course import Course
from sim.course.evidence import relative_change
from sim.course.handing_down import limit_effort
from sim.course.plans import Plans
from sim.day import TICK, Phases, advance, phase, with_room_for_a_tick
from sim.incidents.call_changes import diverted
from sim.incidents.calls import call_factors, calls_of_day, most_in_a_day
from sim.incidents.crises import crises_with_room, suffer
from sim.incidents.disputes.course import quarrel, room_for_a_day
from sim.incidents.disputes.log import disputes_with_room
from sim.incidents.fraud.campaigns import frauds_of_day, rows_under_way
from sim.incidents.fraud.seizure import arrest_helpers
from sim.incidents.judgement import update_opinions
from sim.incidents.log import CALLS, INCIDENTS, VISITS, with_room, with_room_for_events
from sim.incidents.rare_events import MassIncident, RareEvents
from sim.incidents.rate_fit import RateFit
from sim.incidents.town import Town
from sim.incidents.true_risk import true_risk
from sim.orders import HourlyOrders, shift_weights
from sim.outcomes.accounts import prices
from sim.outcomes.force_results import ForceRecord
from sim.outcomes.forecasts import Forecast
from sim.outcomes.own_indicators import with_own
from sim.outcomes.rare_results import RareRecord
from sim.outcomes.results import Record, Results, results_of, snapshot
from sim.outcomes.tracks import Tracking
from sim.people.feelings import BASELINES, city_means
from sim.people.offenders import OFFENDER_COLUMNS, Offender
from sim.people.residents import RESIDENT_COLUMNS, Resident
from sim.people.venues import public_places
from sim.people.volunteers import VOLUNTEER_COLUMNS, Volunteer
from sim.periods import turns
from sim.police.cases.case_log import Situation
from sim.police.cases.leads import frauds_solved_by_arrest
from sim.police.force.officers import OFFICER_COLUMNS, Officer
from sim.police.force.roster import Duty
from sim.police.patrol.free_time import plan_meals, roll_call
from sim.police.patrol.queue import dispatch_rule
from sim.police.patrol.stages import stage_rule
from sim.police.patrol.tasks import answer
from sim.police.patrol.turn import look_again
from sim.police.patrol.units import UNIT_COLUMNS, PatrolUnit, book_open, tracks_begun
from sim.population_model import PopulationModel
from sim.programmes.base import Programme, Site, Today, Truth
from sim.scenario import Scenario, prepared, scenario_on, status_quo
from sim.settling import State, settled
from sim.strategies.base import Briefing, Recorded, Strategy
from sim.strategies.knowledge import Books
from sim.strategies.plan import PatrolPlan
from sim.world import at_rates, build_world, reorganised, setting_of


class CityModel(PopulationModel):
    """A city under a policing strategy, with the habits of a Mesa model.

    It begins at the end of its warm-up: the city has settled under its status quo, and strategy, programmes and changes
    begin now.

    Parameters
    ----------
    scenario : Scenario
        Every parameter of the run.
    strategy : Strategy, optional
        A strategy of your own; by default the registered one that the scenario names.
    programmes : sequence of Programme
        Programmes of your own, carried out after those of the scenario.

    Attributes
    ----------
    agents_by_type : dict
        `Resident`, `Offender`, `Officer`, `PatrolUnit` and `Volunteer` as sets over columns, and the types of agents
        that a user added.
    datacollector : mesa.DataCollector or None
        Collects once a step when set.
    course : Course
        Which strategy holds where, and how much of what is ordered is carried out.
    prepared : Scenario
        The scenario as it is carried out today: organised for its strategy, with what its programmes change.
    plans : Plans
        The strategies that are in force, and their latest plans.
    first_day : int
        The first measured day, counted from the start of the warm-up.
    ended_day : int or None
        The day on which strategy and programmes ended, counted likewise, once a fade-out has begun.
    rare : RareEvents
        Mass incidents and serial offenders so far.
    forecasts : list of Forecast
        The cells at which each plan of the strategy stops.
    moods : list of array
        Mean of each feeling over the residents at the start of each day, those of the warm-up among them, shape
        [feelings], see `sim.people.feelings.Feeling`.

    Raises
    ------
    BadInput
        If the scenario cannot be.
    """

    _DAY = (  # before the first tick of each day, in order; what happens in a tick stands in `sim.day.tick`
        "_follow_course", "_turn_series", "_call_victims", "_make_room", "_fit_rates", "_judge", "_notice_police",
        "_muster", "_go_to_work", "_hand_down", "_carry_out_programmes", "_investigate", "_give_orders",
        "_change_shifts", "_draw_calls", "_quarrel", "_suffer", "_gather",
    )  # fmt: skip

    def __init__(
        self, scenario: Scenario | None = None, strategy: Strategy | None = None, programmes: Sequence[Programme] = ()
    ) -> None:
        self.scenario = scenario or Scenario()
        super().__init__(self.scenario.seed)
        self.first_day = self._days_begun = self._turned_on = self.scenario.warmup_days
        self.course = Course(self.scenario, self.first_day, strategy is not None)
        self.course.turn(self.first_day, False, self._recorded_change)
        self._in_force = self.course.in_force
        self._work = CarryingOut(self.scenario, programmes, self.course)
        self.prepared = prepared(self._in_force, self._work.own)
        self.plans = Plans(self.scenario, strategy)
        self.plans.follow(self.course.ordered, self.first_day)
        self._fit: RateFit | None = None
        if self.scenario.warmup_days:
            state = settled(self.scenario, self._settle)
            self.world = reorganised(self.prepared, state.world, state.staff, state.posts)
            self.staff, self.posts, self.moods, self.ticks = state.staff, state.posts, state.moods, state.ticks
            self._setting = setting_of(self.prepared)
        else:
            self.world, self._setting, self.staff, self.posts = build_world(self.prepared)
            self.moods, self.ticks = [], 0
        self.ended_day: int | None = None
        self._since = snapshot(self.world.police, self.world.ground, self.world.disputes, self.now_min)
        residents = self.world.society.residents
        self._baseline = np.array([residents[name].mean(dtype=float) for name in BASELINES])
        self.rare = RareEvents(self.scenario.seed, self.first_day, self.scenario.demand)
        self.forecasts: list[Forecast] = []
        self.duties: list[Duty] = []
        self._under_way: list[Duty] = []  # those of today, and of yesterday that go on
        self._orders = HourlyOrders(PatrolPlan.none(), len(self.city.beats.district))
        self._hours_begun = 0
        self._crowd: MassIncident | None = None  # of today
        self._books = Books()
        self._places = frozen(public_places(self.city, self.world.society))
        self._tracking: Tracking | None = None
        self._populate_all()
        self._work.begin(self._site, None)

    @property
    def programmes(self) -> list[Programme]:
        """The programmes of the strategy, of the phases of its course, and your own."""
        return self._work.every

    def _site(self, programmes: dict[str, Programme]) -> Site:
        """Return what programmes may look at that begin today."""
        return Site(
            self.prepared.seed, self.city, self.world.society, self.staff, self.posts.bureau, self.world.volunteers,
            self.prepared, programmes, self._turned_on,
        )  # fmt: skip

    def _populate_all(self) -> None:
        people = (
            (Resident, self.world.society.residents, RESIDENT_COLUMNS),
            (Officer, self.staff.officers, OFFICER_COLUMNS),
            (Offender, self.world.offenders, OFFENDER_COLUMNS),
            (PatrolUnit, self.world.police.units, UNIT_COLUMNS),
            (Volunteer, self.world.volunteers, VOLUNTEER_COLUMNS),
        )
        for kind, rows, columns in people:
            self.populate(kind, rows, columns)

    def _settle(self) -> State:
        """Return the city after its warm-up under the status quo, in which the rates of crime are fitted."""
        before = CityModel(status_quo(self.scenario))
        before._fit = RateFit(before.city, before.prepared.demand, self.scenario.warmup_days)
        before.run(self.scenario.warmup_days)
        return State(before.world, before.staff, before.posts, before.moods, before.ticks)

    @classmethod
    def phases(cls) -> Phases:
        """Return the day of a city: what happens before its first tick, at an hour and in each tick, in order.

        Returns
        -------
        Phases
            A tuple of (when, name, what) that prints as a table.
        """
        day = (phase("day", getattr(cls, name)) for name in cls._DAY)
        hour = phase("hour", cls._change_orders)
        return Phases((*day, hour, *(phase("tick", kernel) for kernel in TICK)))

    @property
    def city(self) -> City:
        """The place."""
        return self._setting.city

    @property
    def now_min(self) -> float:
        """Minutes since the start of the run, warm-up included."""
        return float(self.ticks * self.scenario.clock.tick_min)

    def run(self, days: float | None = None) -> None:
        """Run for some days more: the same as this many steps, but faster.

        Parameters
        ----------
        days : float, optional
            By default the days of the scenario.
        """
        wanted = self.scenario.days if days is None else days
        self.run_ticks(round(wanted * MINUTES_PER_DAY / self.scenario.clock.tick_min))

    def follow(self, scenario: Scenario) -> None:
        """Go on by another scenario with the same past, see `sim.branch`."""
        self.scenario = scenario
        self.course.follow(scenario)
        self._work.follow(scenario)

    def keep_tracks(self) -> None:
        """Note from now on what each unit does where, and where volunteers walk, for the tables `tracks` and `watches`.

        Nothing else changes; a run in which it is noted takes a little more memory.
        """
        if self._tracking is None:
            self._tracking = Tracking(self.now_min)
            police = self.world.police._replace(tracks=tracks_begun(self.world.police.units))
            self.world = self.world._replace(police=police)

    def results(self) -> Results:
        """Return tables and indicators, also the user's own, since the warm-up; the run is not changed by it."""
        return with_own(self.results_of_model(), int(self.now_min // MINUTES_PER_DAY))

    def results_of_model(self) -> Results:
        """Return `results` without indicators of the user's own."""
        world, ledger = self.world, self.world.police.ledger.copy()
        book_open(world.police.units, self.now_min, ledger)
        force = ForceRecord(self.staff.closed(world.police.units, self.now_min), self.posts)
        record = Record(
            world.logs, world.police._replace(ledger=ledger), world.ground, world.society.residents, world.disputes,
            world.frauds, force, world.volunteers, prices(self.prepared, self.city.residents),
            np.array(self.prepared.dispatch.patience_min), self.forecasts,
            self.course.diary if self.scenario.strategy_course.phases else (), RareRecord(
                world.crises, self.rare.crowds, self.rare.series, self.posts.parameters.called_out_after_min
            ), self._tracking,
        )  # fmt: skip
        moods = np.array(self.moods).reshape(-1, len(BASELINES))
        ended = None if self.ended_day is None else self.ended_day - self.first_day
        return results_of(
            record, self.city, self.scenario.force.crew, self._since, self.now_min, moods, self.programmes, ended
        )

    def _advance(self, n: int) -> None:
        """Run n ticks, with the phases of the day before the first tick of each."""
        tick_min = self.scenario.clock.tick_min
        a_day = MINUTES_PER_DAY // tick_min
        while n > 0:
            day = self.ticks // a_day
            if day == self._days_begun:
                self._days_begun += 1
                for name in self._DAY:
                    getattr(self, name)(day)
            hour = int(self.now_min // 60)
            if hour >= self._hours_begun:
                self._hours_begun = hour + 1
                self._change_orders(hour)
            hours = 1 if self._tracking else self._orders.next_turn(self._hour_of_week())
            turn = (hour + hours) * 60 // tick_min
            chunk = min(n, a_day - self.ticks % a_day, turn - self.ticks)
            done = advance(self.scenario.seed, self.ticks, chunk, tick_min, self.world)
            if done < chunk:
                self.world = with_room_for_a_tick(self.world, tick_min)
            elif self._tracking:
                self._tracking.look(hour, self.world.volunteers)
            self.ticks += done
            n -= done

    def _follow_course(self, day: int) -> None:
        """Begin, change and end strategies and programmes where the course says so; after the measured days all end."""
        over = self.scenario.fade_out_days > 0 and day >= self.first_day + self.scenario.days
        if over and self.ended_day is None:
            self.ended_day = day
        if day == self.first_day or not self.course.turn(day, over, self._recorded_change):
            return
        before, self._in_force = self._in_force, self.course.in_force
        other = self._in_force != before or self._work.changes
        if self.plans.follow(self.course.ordered, day) or other:
            self._turned_on = day
        if other:
            self._reorganise(day)

    def _reorganise(self, day: int) -> None:
        """Go on as the present stage of the course says: other programmes, personnel, lines and rules of the police."""
        if self._work.end(self.today(day)):
            self.staff.stand_down()
        self.prepared = prepared(self._in_force, self._work.own)
        self.world = reorganised(self.prepared, self.world, self.staff, self.posts)
        self._populate_all()
        self._work.begin(self._site, day)

    def _recorded_change(self, districts: Sequence[int], begun_min: float, days: int) -> float:
        """Return how recorded crime has changed in some districts since a pilot began, against the others."""
        inside = np.isin(self.city.beats.district_of_cell, districts)
        return relative_change(self._recorded(), inside, begun_min, self.now_min, days)

    def _make_room(self, day: int) -> None:
        """Give the ledger rows for today and tomorrow, the logs room for calls, and disputes room for new ones."""
        world, police = self.world, self.world.police
        disputes, events = room_for_a_day(world.disputes, world.dispute_rule)
        events += len(world.crises.people)
        calls = most_in_a_day(self._setting.sources, self._call_factors(day)) + rows_under_way(world.frauds)
        if day + 2 > len(police.ledger):
            police = police._replace(ledger=np.concatenate([police.ledger, np.zeros_like(police.ledger)]))
        self.staff.make_room(day + 2)
        self.world = world._replace(
            logs=with_room(world.logs, 1000 + events + calls),
            disputes=disputes_with_room(world.disputes, disputes),
            crises=crises_with_room(world.crises),
            police=police,
        )

    def _fit_rates(self, day: int) -> None:
        """Move, while a city settles, what gives rates towards those that were asked for."""
        if self._fit is None:
            return
        before = self._fit.factors
        self._fit.review(day, self.world.rules.search.intercept, self.world.logs)
        if self._fit.factors != before:
            self.world = at_rates(self.world, before, self._fit.factors, self.now_min)

    def _give_orders(self, day: int) -> None:
        """Brief the strategies with what the police know, and hand their plans to the units."""
        if self.plans.review(day, self.briefing, self.city.beats) or day == self._turned_on:
            plan = self.plans.joined(self.city.beats)
            self.forecasts.append(Forecast(day, np.unique(plan.cell[plan.weight > 0])))
            self._orders = HourlyOrders(plan, len(self.city.beats.district))
            police = self.world.police._replace(orders=self._orders.at(self._hour_of_week()))
            self.world = self.world._replace(police=police)
            self._spread_units(plan)

    def _spread_units(self, plan: PatrolPlan) -> None:
        """Let the shifts of the week have the units that a plan wants in their hours."""
        clock, starts = self.scenario.clock, self.prepared.force.shift_starts_hour
        weights = None if plan.cars is None else shift_weights(plan.cars, clock.start_weekday, starts)
        units = self.staff.spread(weights, self.world.police.units)
        if units is not self.world.police.units:
            self.world = self.world._replace(police=self.world.police._replace(units=units))
            self._populate_all()

    def _change_orders(self, hour: int) -> None:
        """At an hour at which its plan says so, send free units to other stops, and cars to other districts."""
        world, now, of_week = self.world, self.now_min, self._hour_of_week()
        if not self._orders.turn_in(of_week):
            return
        begun = [duty for duty in self._under_way if duty.start_min < 60.0 * (hour + 1)]
        self._orders.move_cars(of_week, now, begun, self.staff.roster, world.police.units)
        logs = with_room_for_events(world.logs, len(world.police.units))
        self.world = world._replace(police=world.police._replace(orders=self._orders.at(of_week)), logs=logs)
        look_again(now, self.world.police, logs)

    def _hour_of_week(self) -> int:
        """Return the hour of the week, 0 to 167."""
        return int(hour_of_week(self.now_min, self.scenario.clock.start_weekday))

    @property
    def strategy(self) -> Strategy:
        """The strategy whose plan the units follow; where a course has several, that of the first district."""
        return self.plans.of(0)

    def briefing(self, strategy: Strategy | None = None) -> Briefing:
        """Return what the police know now, read-only, and the truth to a strategy that is a bound.

        Parameters
        ----------
        strategy : Strategy, optional
            Who is briefed; by default that of the first district.
        """
        now, logs, roster, briefed = self.now_min, self.world.logs, self.staff.roster, strategy or self.strategy
        self._books.bring_up_to(now, logs.calls[: logs.used[CALLS]], logs.visits[: logs.used[VISITS]])
        told = Briefing(
            now, self._hour_of_week(), self.city.grid, self.city.beats, roster.on_duty, self._recorded(),
            calls=self._books.calls.written, visits=self._books.visits.written, places=self._places,
            units_by_hour=roster.by_hour(int(now // MINUTES_PER_DAY)),
        )  # fmt: skip
        told = self._work.brief(told, int(now // MINUTES_PER_DAY))
        return frozen(replace(told, truth=self._true_risk(briefed.review_days)) if briefed.knows_truth else told)

    def _recorded(self) -> Recorded:
        """Return what police records say by now."""
        return Recorded.by(self.world.logs.incidents[: self.world.logs.used[INCIDENTS]], self.now_min)

    def _true_risk(self, days: int) -> Array:
        """Return the expected crimes at places a day in the days to come, by cell, if no patrol were there."""
        world = self.world
        return true_risk(
            self.scenario.seed, self.now_min, float(days), world.offenders, world.opportunity, world.ground, world.rules
        )

    def _notice_police(self, day: int) -> None:
        """Let yesterday's police in the streets be felt by all who pass."""
        if day:
            take_notice(self.world.ground.cells, self.city.grid, self.prepared.presence)

    def _muster(self, day: int) -> None:
        """End yesterday for every person of the force, and see who is there today."""
        if day:
            self.staff.end_day(day - 1, self.world.police.units, self.now_min)
        if day == self._turned_on or turns((*self.prepared.changes, *self.prepared.demand.diversion), day):
            self._change_rules(day)
        self.staff.follow_calls(day, self.world.logs.calls[: self.world.logs.used[CALLS]])
        self.staff.begin_day(day)

    def _change_rules(self, day: int) -> None:
        """Go on with the values that parameters have from today on."""
        today = scenario_on(self.prepared, day)
        self.staff.follow(today.force)
        self.posts.follow(today.force, diverted(today.demand.diversion, day))
        rule, stages = dispatch_rule(today.dispatch), stage_rule(today.calls, self.city)
        desk = self.world.desk._replace(rule=rule, stages=stages, diverted=self.posts.diversion.share)
        self.world = self.world._replace(desk=desk)

    def _go_to_work(self, day: int) -> None:
        """Let headquarters, desks and community officers do what has to be done every day."""
        self._crowd = self.rare.crowd_on(day, self.world.society.places, self.world.ground)
        self._hours = self.posts.begin_day(day, self._situation(), self._crowd is not None)

    def _hand_down(self, day: int) -> None:
        """Let headquarters look after new orders and stations train for them, and note what is carried out where."""
        self.course.fidelity.day(day, self._hours, self.staff)
        self.course.note(day)

    def _carry_out_programmes(self, day: int) -> None:
        """Let the programmes of the strategy spend hours that the posts have left, where they are ordered."""
        if self._work.acting:
            self._work.day(self.today(day))

    def today(self, day: int) -> Today:
        """Return a day as programmes see it."""
        w = self.world
        truth = Truth(w.society, w.offenders, w.frauds, w.disputes, w.feelings, w.ground, w.logs, w.school, w.crises)
        return Today(self.scenario.seed, day, self._hours, self.staff, self.posts.cases, w.volunteers, truth)

    def _investigate(self, day: int) -> None:
        """Let detectives, the anti-fraud centre and analysts work on cases with the hours that are left."""
        self.posts.end_day(self.scenario.seed, day, self._situation())
        if self.prepared.demand.fraud.supply.local_share > 0.0:
            arrest_helpers(self.world.frauds, frauds_solved_by_arrest(self.posts.cases, self.now_min), self.now_min)

    def _situation(self) -> Situation:
        world = self.world
        return Situation(world.logs, world.offenders, world.society.residents, world.ground, world.feelings)

    def _change_shifts(self, day: int) -> None:
        """Crew and roster the units of the day's shifts, whose duties are as long as was ordered."""
        if self.world.desk.overtime_share != self.staff.overtime_share:
            self.world = self.world._replace(desk=self.world.desk._replace(overtime_share=self.staff.overtime_share))
        self.duties = self.staff.crew_up(day, self.world.police.units)
        patrol, shift_min = self.prepared.patrol, self.prepared.force.shift_min
        self._under_way = [duty for duty in self._under_way if duty.start_min + shift_min > self.now_min] + self.duties
        units, logs = self.world.police.units, with_room_for_events(self.world.logs, len(self.world.police.units))
        self.world = self.world._replace(logs=logs)
        for duty in self.duties:
            plan_meals(units, duty.units, shift_min, patrol.break_min, patrol.most_at_meal_share)
            for rows in (duty.units, self.staff.roster.reserve(duty.shift)):
                roll_call(logs.agenda, rows, duty.start_min)
        share = self.course.fidelity.in_free_time(shift_min)
        limit_effort(units, self.duties, self.prepared.force, self.city.beats, share)

    def _draw_calls(self, day: int) -> None:
        """Write down the day's calls that are no crime, which nothing that the police do can change."""
        world = self.world
        sources, rule = self._setting.sources, world.rules.demand
        logs = calls_of_day(
            self.scenario.seed, day, sources, world.society, world.ground, world.logs, rule, self._call_factors(day)
        )
        self.world = world._replace(logs=logs)

    def _call_factors(self, day: int) -> Array:
        """Return how many times as many calls as usual each source has on a day."""
        return call_factors(self._setting.sources, self.prepared.demand.changes, day)

    def _quarrel(self, day: int) -> None:
        """Let disputes arise, grow, cool, be found and mediated, or escalate."""
        world = self.world
        town = Town(world.society, world.feelings, world.ground, world.logs)
        quarrel(self.scenario.seed, day, world.disputes, town, world.rules.demand, world.dispute_rule)

    def _suffer(self, day: int) -> None:
        """Let those with an illness of the mind have the crises of the day."""
        world = self.world
        town = Town(world.society, world.feelings, world.ground, world.logs)
        suffer(self.scenario.seed, day, world.crises, town, world.rules.demand)

    def _gather(self, day: int) -> None:  # noqa: ARG002
        """Let a crowd gather on a day of a mass incident, to which units and headquarters' people are sent."""
        if self._crowd is not None:
            relief = self.posts.called_out // self.prepared.force.crew
            answer(self._crowd, relief, self.posts.parameters.called_out_after_min, self.world.ground, self.world.logs)

    def _turn_series(self, day: int) -> None:
        """Let an offender begin a series of crimes, or end it, on days on which one does."""
        self.rare.turn_series(day, self.world.offenders, self.world.rules.career)

    def _call_victims(self, day: int) -> None:
        """Draw whom the fraudsters reach in the day; what comes of it happens in its ticks."""
        world = self.world
        self.world = world._replace(
            frauds=frauds_of_day(
                self.scenario.seed, day, world.frauds, self._setting.audience, world.fraud_rule,
                world.society.residents, world.feelings.rule,
            )
        )  # fmt: skip

    def _judge(self, day: int) -> None:  # noqa: ARG002
        """Let residents judge the police's work of yesterday, and note how the city feels."""
        world = self.world
        given_up, town = self.posts.diversion.trust_loss, Town(world.society, world.feelings, world.ground, world.logs)
        update_opinions(self.scenario.seed, self.now_min, world.judged, given_up, world.police.units, town)
        self.moods.append(city_means(world.feelings, self._baseline, self.city.residents, self.now_min))
