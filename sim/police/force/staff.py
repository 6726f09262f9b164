"""The staff day by day: who has duty, who forms which crew, and what the day does to them."""

from __future__ import annotations

from copy import deepcopy
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.clock import MINUTES_PER_DAY
from sim.columns import grown
from sim.parameters import BadInput
from sim.periods import turning_days, turns
from sim.police.force.crews import covered, credit_heads, form_crews, go_first, man, nobody_ready, settle
from sim.police.force.duties import OnDuty, begin_duties, turns_of
from sim.police.force.establishment import ForceParameters, establishment, without_place
from sim.police.force.head_changes import heads_on
from sim.police.force.mobilisation import MOST_OVERTIME, Mobilisation, check_order, spread_over
from sim.police.force.officers import NONE, begin_duty, fit_for_duty, in_turn, night_minutes
from sim.police.force.places import (
    by_roster,
    daily_duties,
    draw_people,
    fill_places,
    most_units,
    off_patrol,
    on_patrol,
    pooled,
    redistributed,
    units_of,
    whole_heads,
)
from sim.police.force.roster import Duty, Roster
from sim.police.force.wellbeing import Effects, character, count, forget, live, new_force_days
from sim.police.force.wellbeing_parameters import wellbeing_rule
from sim.police.posts import Post

OFF_PATROL = tuple(post for post in Post if post != Post.PATROL)
NOBODY = np.zeros(0, dtype=np.int64)
UNKNOWN = np.zeros((len(Effects._fields), 0))  # what people are like whose feelings are not simulated
RESTED = Effects(*(np.array(value) for value in (1.0, 0.0, 0.0, 0.0)))
_ROUNDING = 1e-9


class Watch(NamedTuple):
    """The personnel of a post that have duty on a day."""

    heads: Array  # rows of the officers
    sworn_min: float
    auxiliary_min: float
    effects: Effects  # means over the heads; `RESTED` if there are none


class Staff:
    """The personnel of a force and their days.

    The establishment says how many personnel each post should have on a day, as real numbers; the officers are whole
    people. Posts get as many duties as the establishment gives them, times the share of their people who are fit;
    people take them in turn: whose latest duty is longest ago goes first. An order to everybody may lengthen duties,
    make patrol duties of duties of other posts, and take some away as time off in lieu.

    Parameters
    ----------
    force : ForceParameters
        The parameters.
    residents : int
        Of the city.
    plan : BeatPlan
        Beats and districts.
    seed : int
        Seed of the replication.
    days : int
        Days of the run.
    start_weekday : int
        Weekday of the first day, 0 is Monday.

    Attributes
    ----------
    officers : Array
        Table of `OFFICER_COLUMNS`.
    days : Array
        Table of `FORCE_DAY_COLUMNS`.
    hours : Array
        Personnel on duty by day, post and hour of day, as rostered, shape [days, posts, 24].
    overtime_min : Array
        Ordered overtime of the posts that do not patrol, by day, head-minutes.
    crews : array of int [units, crew]
        Rows of the officers who drive each patrol unit, or drove it last.
    roster : Roster
        The patrol units.
    strength : array of int [2, posts]
        Personnel who serve today, fit or not, by kind and post.
    mobilisation : Mobilisation
        The order that holds today.
    lent : list of array of int
        Rows of the officers, then of the auxiliaries of other posts who have patrol duty today.

    Raises
    ------
    BadInput
        If personnel may be lent and there is one shift alone, whose units never change.
    """

    def __init__(
        self, force: ForceParameters, residents: int, plan: BeatPlan, seed: int, days: int, start_weekday: int = 0
    ) -> None:
        self.seed = seed
        self.follow(force)
        self.table = establishment(force, residents, plan.district)
        self.shifts, self.districts = len(force.shift_starts_hour), len(plan.station_cell)
        turning = self._turning()
        self.officers = self._people(turning)
        self.days = new_force_days(days)
        self.hours, self.overtime_min = np.zeros((days, len(Post), 24)), np.zeros(days)
        regular, at_most = self._units(turning)
        self.roster = Roster(force, plan, regular, max(0, at_most - regular) if self.shifts > 1 else 0, start_weekday)
        n_units = len(self.roster.units())
        self.crews = np.full((n_units, force.crew), NONE)
        self._account = np.zeros((n_units, 4))  # minutes worked, busy and overtime, and arrests, as settled so far
        # duties that rounding owes, by kind, post and shift; the last place is day work
        self._due = np.zeros((2, len(Post), self.shifts + 1))
        self.mobilisation = self._ordered = Mobilisation()
        self.lent = [NOBODY, NOBODY]
        self._lent_due = np.zeros((2, len(Post)))  # patrol duties of lent heads that rounding owes
        self._shares: Array | None = None  # of the heads of patrol, by district, if they have been redistributed
        self._move = True  # people have to follow the establishment

    def _turning(self) -> list[Array]:
        """Return the personnel of the establishment at full strength, and on the days on which they change."""
        changes = self.force.changes
        return [self.table["heads"], *(heads_on(changes, self.table, day) for day in [0, *turning_days(changes)])]

    def _people(self, turning: list[Array]) -> Array:
        whole = [whole_heads(self.table, heads, self.districts) for heads in turning]
        return draw_people(whole, self.force.wellbeing.heads, self.seed)

    def _units(self, turning: list[Array]) -> tuple[int, int]:
        """Return the most units that a shift can have by the establishment, and with those who may be lent to it."""
        force = self.force
        if force.most_lent_share > 0 and self.shifts == 1:
            raise BadInput(
                "force.shift_starts_hour",
                force.shift_starts_hour,
                "several shifts if personnel are lent to patrol: a single shift never ends",
            )
        everybody = np.full(2, force.usual_fit_share if self.shifts == 1 else 1.0)
        patrols = [on_patrol(self.table, heads, force, self.districts) * everybody[:, None, None] for heads in turning]
        slots = max(most_units(patrol, force) for patrol in patrols)
        pools = [pooled(self.table, heads, force, self.districts) for heads in turning]
        most = max(most_units(pool, force, bool(force.roster_changes)) for pool in pools)
        regular, at_most = (int(np.ceil(n - _ROUNDING)) for n in (slots, most))
        return regular, at_most

    def reorganise(self, force: ForceParameters, units: Array) -> Array:
        """Go on with other parameters and changes of personnel, and return the units with those that may be needed.

        Who and what is there stays as it is; people and cars that the changes may ask for come after them.
        """
        self.follow(force)
        self.roster.force = force
        turning = self._turning()
        people = self._people(turning)
        new = people[~np.isin(people["key"], self.officers["key"])]
        new["away"] = True
        self.officers = np.concatenate([self.officers, new])
        self._move = True
        self.roster.weigh_shifts(None)
        return self._with_room(units, max(self._units(turning)))

    def _with_room(self, units: Array, most: int) -> Array:
        """Return the units with those more that a shift may need, off duty and with accounts of their own."""
        found = self.roster.with_room(units, most)
        more = len(found) - len(units)
        self.crews = np.concatenate([self.crews, np.full((more, self.force.crew), NONE)])
        self._account = np.concatenate([self._account, np.zeros((more, self._account.shape[1]))])
        return found

    def stand_down(self) -> None:
        """End orders to everybody, and give patrol back the shares of districts and beats that it had."""
        self._ordered, self._shares, self._move = Mobilisation(), None, True
        self.roster.weigh_beats(np.ones(len(self.roster.plan.district)))

    def spread(self, weights: Array | None, units: Array) -> Array:
        """Spread the units over the shifts of a week from the next day on; return them with those that may be needed.

        Parameters
        ----------
        weights : array [7, shifts] or None
            See `Roster.weigh_shifts`.
        units : Array
            Table of units.
        """
        if self.shifts == 1:
            return units
        self.roster.weigh_shifts(weights)
        if weights is None:
            return units
        most = max(self._units(self._turning())) * float(weights.max())
        return self._with_room(units, int(np.ceil(most)))

    def follow(self, force: ForceParameters) -> None:
        """Go on with other parameters of overtime and wellbeing."""
        self.force, self.rule, self._usual_fit_share = force, wellbeing_rule(force.wellbeing), force.usual_fit_share

    @property
    def overtime_share(self) -> float:
        """Ordered overtime of today, as a share of the hours of a duty."""
        return min(self.force.overtime_share + self.mobilisation.overtime_share, MOST_OVERTIME)

    def order(self, mobilisation: Mobilisation) -> None:
        """Give an order to everybody, which holds from the next day on until there is another.

        Raises
        ------
        BadInput
            If more personnel are lent than there are cars for, or a share is none.
        """
        check_order(mobilisation, self.force.most_lent_share)
        self._ordered = mobilisation

    def redistribute(self, shares: Array) -> None:
        """Give each district another share of the personnel of patrol from the next day on.

        Their totals by kind and shift stay.

        Parameters
        ----------
        shares : array [districts]
            They add up to 1.

        Raises
        ------
        BadInput
            If they do not, or one is negative.
        """
        given = np.asarray(shares, dtype=float)
        shares_of_all = given.shape == (self.districts,) and np.isfinite(given).all() and given.min() >= 0
        if not shares_of_all or abs(given.sum() - 1) > 1e-6:
            allowed = f"{self.districts} numbers from 0 on, one a district, that add up to 1"
            raise BadInput("shares", given.tolist(), allowed)
        self._shares, self._move = given, True

    def follow_calls(self, day: int, calls: Array) -> None:
        """Let the roster of patrol follow the calls, where that is ordered; see `Roster.draw_up`."""
        if self.roster.draw_up(day, calls):
            self.table["heads"], self._move = by_roster(self.table, self.roster.of_week), True

    def make_room(self, days: int) -> None:
        """Make room in the accounts for this many days."""
        if days > len(self.days):
            self.days = grown(self.days, 2 * days)
            self.hours, self.overtime_min = (
                np.concatenate([old, np.zeros((2 * days - len(old), *old.shape[1:]))])
                for old in (self.hours, self.overtime_min)
            )

    def begin_day(self, day: int) -> None:
        """Let people follow the changes of the establishment, see who is fit, and how many duties each post has."""
        self.mobilisation = self._ordered
        if turns(self.force.changes, day) or self._move:
            heads = redistributed(self.table, heads_on(self.force.changes, self.table, day), self._shares)
            fill_places(self.officers, whole_heads(self.table, heads, self.districts))
            self._patrol = on_patrol(self.table, heads, self.force, self.districts)
            self._duties_at_best = daily_duties(self.table, heads, self.force)
            self._at_posts = off_patrol(self.table, heads)
            self._move = False
        self._like = character(self.officers, self.rule)
        place = self.officers["auxiliary"] * len(Post) + self.officers["post"]
        size = 2 * len(Post)
        able = in_turn(self.officers, fit_for_duty(self.officers, day))
        self._able = able[np.argsort(place[able], kind="stable")]
        counts = np.bincount(place[able], minlength=size)
        self._starts = np.append(0, np.cumsum(counts))
        present = ~self.officers["away"]
        there = np.bincount(place[present], minlength=size)
        self.strength = np.bincount(place[present & (self.officers["left_day"] < 0)], minlength=size).reshape(2, -1)
        self._fit_share = np.full((2, len(Post)), self._usual_fit_share)
        if self.force.wellbeing.active and self.shifts > 1:
            self._fit_share = np.where(there > 0, counts / np.maximum(there, 1), self._usual_fit_share).reshape(2, -1)
        order = self.mobilisation
        self._due += (
            self._duties_at_best * self._fit_share[:, :, None] * order.duty_share * (1.0 - order.lent_share)[:, None]
        )
        self._duties = np.floor(self._due + 0.5 + _ROUNDING).astype(np.int64)
        self._due -= self._duties
        self._lend(order)

    def _in_turn(self, kind: int, post: Post) -> Array:
        """Return who of a post can work today, in the order in which duties come to them."""
        place = kind * len(Post) + post
        found: Array = self._able[self._starts[place] : self._starts[place + 1]]
        return found

    def _lend(self, order: Mobilisation) -> None:
        """Choose the personnel of other posts who have patrol duty today: those next in turn."""
        if not order.lent_share.any():
            self._lent_heads, self.lent = np.zeros_like(self._at_posts), [NOBODY, NOBODY]
            return
        self._lent_heads = self._at_posts * self._fit_share * order.lent_share
        shifts = self.shifts / self.force.shifts_at_once
        self._lent_due += self._lent_heads * order.duty_share * self.force.duty_share * shifts
        duties = np.floor(self._lent_due + 0.5 + _ROUNDING).astype(np.int64)
        self._lent_due -= duties
        at_post = self._duties.sum(axis=2)
        self.lent = [
            np.concatenate(
                [self._in_turn(kind, post)[at_post[kind, post] :][: duties[kind, post]] for post in OFF_PATROL]
            )
            for kind in range(2)
        ]

    def crew_up(self, day: int, units: Array) -> list[Duty]:
        """Put crews on the patrol units of the shifts that begin on a day; units are as slow as their crews."""
        fit = self._patrol * self._fit_share[:, Post.PATROL, None, None]
        if self.mobilisation.lent_share.any():
            fit = fit + (self._lent_heads.sum(axis=1) / self.shifts)[:, None, None] * self.roster.beats_share
        self.days["auxiliaries_without_duty"][day] = without_place(fit[0], fit[1], self.force).sum()
        on_duty = self.roster.spread(day, units_of(fit, self.force) * self.mobilisation.duty_share)
        duties = self.roster.shifts_of(day, on_duty, units)
        if self.shifts == 1:
            return duties
        ready, mode = nobody_ready(len(self.officers), self.districts), self.force.auxiliary_crews
        for kind in range(2):
            rows = self._in_turn(kind, Post.PATROL)
            go_first(rows, self.officers["district"][rows].astype(np.int64), kind, ready)
        for i, duty in enumerate(duties):
            for kind in range(2):
                lent = self.lent[kind][(duty.shift + day) % self.shifts :: self.shifts]
                if len(lent):  # the last of them goes first
                    go_first(lent[::-1].copy(), spread_over(len(lent), duty.district, day)[::-1].copy(), kind, ready)
            crews = np.full((len(duty.units), self.force.crew), NONE)
            n = form_crews(duty.district, ready, mode != "never", mode == "alone", crews)
            if n < len(duty.units):
                manned = duty.units[:n]
                duties[i] = duty = Duty(
                    duty.shift, duty.start_min, manned, self.roster.give_beats(manned, on_duty[duty.shift], units)
                )
            self._man(day, duty, crews[:n], units)
        return duties

    def watches(self, day: int) -> dict[Post, Watch]:
        """Put the personnel of all posts but patrol on duty for a day, those whose turn it is."""
        force, duties, posts = self.force, self._duties, len(Post)
        turns_of_day = turns_of(
            force.shift_starts_hour, force.shift_min, force.wellbeing.working_day_min, self.overtime_share
        )
        found = OnDuty(
            np.empty(duties.sum(), dtype=np.int64), np.empty(posts, dtype=np.int64), np.zeros((posts, 2)),
            np.zeros((posts, len(Effects._fields))), self.hours[day],
        )  # fmt: skip
        self.overtime_min[day] += begin_duties(
            day, self._able, self._starts, duties, turns_of_day, self.officers, self._like, found
        )
        starts, minutes = [0, *found.ends.tolist()], found.minutes.tolist()
        return {
            post: Watch(
                found.heads[starts[post] : starts[post + 1]], minutes[post][0], minutes[post][1],
                Effects(*found.like[post]) if starts[post] < starts[post + 1] else RESTED,
            )
            for post in OFF_PATROL
        }  # fmt: skip

    def effort(self, watch: Watch) -> float:
        """Return the share of their free time that the personnel of a post spend as ordered.

        All of it if nobody's feelings are simulated.
        """
        return float(watch.effects.effort) if self.force.wellbeing.active else 1.0

    def credit(self, watch: Watch, busy_min: float, successes: int) -> None:
        """Share the busy minutes of a post's day out to its personnel, and its successes one by one."""
        if len(watch.heads):
            credit_heads(self.officers, watch.heads, busy_min / len(watch.heads), successes)

    def end_day(self, day: int, units: Array, now_min: float) -> None:
        """Book what the units did in a day on the personnel of their crews, and let the day tell on every person."""
        if self.shifts > 1:
            self._settle(units, now_min)
        if self.force.wellbeing.active:
            live(self.seed, day, self.officers, self.days, self.rule)
        else:
            count(day, self.officers, self.days, self.rule)
            forget(self.officers)

    def closed(self, units: Array, now_min: float) -> Staff:
        """Return a copy whose accounts are closed now.

        At the end of a day they include that day, otherwise the last whole day is the last one.
        """
        if now_min == 0 or now_min % MINUTES_PER_DAY:
            return self
        found = deepcopy(self)
        found.end_day(round(now_min / MINUTES_PER_DAY) - 1, units, now_min)
        return found

    def _man(self, day: int, duty: Duty, crews: Array, units: Array) -> None:
        """Write down who drives which unit, and what the crews are like."""
        rows = duty.units
        self.crews[rows] = crews
        length_min = self.force.shift_min * (1 + self.overtime_share)
        begins = duty.start_min % MINUTES_PER_DAY
        begin_duty(self.officers, crews.ravel(), day, duty.shift, 0.0, 0.0, night_minutes(begins, begins + length_min))
        self.hours[day, Post.PATROL] += crews.size * covered(begins / 60, length_min / 60)
        man(rows, crews, self.officers, self._like if self.force.wellbeing.active else UNKNOWN, units)

    def _settle(self, units: Array, now_min: float) -> None:
        """Book the minutes of each unit since the last time on all of its crew, by the units' own clocks."""
        settle(units, now_min, self.crews, self._account, self.officers)
