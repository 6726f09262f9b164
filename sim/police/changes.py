"""Changes with a date: heads that are missing or moved, calls that multiply or are passed on, parameters that differ for a while.

A run is described at full strength; a change says what is different on which days. Losses of heads are shares of full strength and add up, so that the
order of a list means nothing; factors of demand multiply. Everything here is a pure function of the changes and a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import Annotated, NamedTuple, TypeVar

import numpy as np
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from sim.arrays import Array
from sim.columns import Column
from sim.incidents.types import OTHER_CALLS, IncidentType
from sim.parameters import BadInput, Parameters, parameter
from sim.police.posts import POST_NAMES, SHIFT_POSTS, STATION_POSTS, Post

CALL_NAMES = tuple(kind.name.lower() for kind in OTHER_CALLS)
CHANGEABLE = (  # what the model reads again every day; all else is fixed for a run
    "force.wellbeing.attrition_per_year",
    "force.wellbeing.incentive_per_month",
    "force.training.trainees",
    "force.training.months",
    "force.training.hours_per_week",
    "force.overtime_share",
    "dispatch.pooling",
)
FAR_DAY = 100_000
NOWHERE, NO_SHIFT = -1, -1
_ENOUGH = 1e-9  # heads, relative to full strength: less is rounding


def _one_of(names: Sequence[str], also: str) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"one of {', '.join(names)}{also}")
        return name

    return AfterValidator(check)


Number = Annotated[float, Field(ge=0, le=100_000)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=30)]
PostName = Annotated[str, _one_of(POST_NAMES, "")]
CallName = Annotated[str, _one_of(CALL_NAMES, "; crimes and disputes follow from people, not from a rate of calls")]
Changeable = Annotated[str, _one_of(CHANGEABLE, "; others are fixed for a run")]

ESTABLISHMENT_COLUMNS = (
    Column("post", "i1", "Post", "where the heads work"),
    Column("district", "i2", "district", "of a station; −1: of the whole city"),
    Column("shift", "i1", "shift", "−1: works by day"),
    Column("auxiliary", "?", "1", "auxiliaries, else sworn officers"),
    Column("heads", "f8", "heads", "at full strength, a real number"),
)


class Period(Parameters):
    """When a change holds."""

    start_day: int = parameter(0, unit="day of the run", ge=0, le=FAR_DAY, source="user", doc="First day; the days of the warm-up count, from 0.")
    days: int | None = parameter(None, unit="days", ge=1, le=FAR_DAY, source="user", doc="How many days it lasts; absent: to the end of the run.")
    ramp_days: int = parameter(0, unit="days", ge=0, le=FAR_DAY, source="user", doc="Days in which it grows from nothing to its full size, linearly.")
    cause: str = parameter("", unit="name", source="user", doc="The shortage or lever that it comes from, for tables and messages.", max_length=60)

    @model_validator(mode="after")
    def _ramp_within(self) -> Period:
        if self.days is not None and self.ramp_days > self.days:
            raise BadInput("ramp_days", self.ramp_days, f"at most the {self.days} days that the change lasts")
        return self

    @property
    def end_day(self) -> float:
        """First day after it, infinity if there is none."""
        return np.inf if self.days is None else self.start_day + self.days

    def weight(self, day: int) -> float:
        """Return how much of the change holds on a day: 0 before and after it, between 0 and 1 in its ramp, then 1."""
        if not self.start_day <= day < self.end_day:
            return 0.0
        return min((day - self.start_day) / self.ramp_days, 1.0) if self.ramp_days else 1.0

    def overlaps(self, other: Period) -> bool:
        """Return whether some day belongs to both."""
        return self.start_day < other.end_day and other.start_day < self.end_day

    def when(self) -> str:
        """Say when it holds."""
        return f"from day {self.start_day} on" if self.days is None else f"from day {self.start_day} to day {self.start_day + self.days - 1}"


class HeadChange(Period):
    """More or fewer heads than at full strength, or heads that work elsewhere.

    Absent `post`, `district`, `shift`, `auxiliaries` mean all of them. With `move_to` or `move_to_district` nobody is lost: the share 1 − `factor` works
    there instead, in the same district and shift where the new post has such, and a head stays what it is, sworn or auxiliary.
    """

    post: PostName | None = parameter(None, unit="name", source="user", doc="Post whose heads change.")
    district: int | None = parameter(None, unit="district", ge=0, le=199, source="user", doc="District whose stations change; other posts have none.")
    shift: int | None = parameter(None, unit="shift", ge=0, le=23, source="user", doc="Shift that changes, from 0 in the order of force.shift_starts_hour.")
    auxiliaries: bool | None = parameter(None, unit="yes or no", source="user", doc="Only auxiliaries, or only sworn officers; absent: both.")
    factor: float = parameter(1.0, unit="of full strength", gt=0, le=10, source="user", doc="Heads relative to full strength.")
    move_to: PostName | None = parameter(None, unit="name", source="user", doc="Post that takes the heads; absent with move_to_district: the same post.")
    move_to_district: int | None = parameter(None, unit="district", ge=0, le=199, source="user", doc="District that takes the heads; absent: the same.")

    @model_validator(mode="after")
    def _makes_sense(self) -> HeadChange:
        if self.district is not None and self.post is not None and Post[self.post.upper()] not in STATION_POSTS:
            raise BadInput("district", self.district, f"absent with {self.post}, which serves the whole city")
        if self.shift is not None and self.post is not None and Post[self.post.upper()] not in SHIFT_POSTS:
            raise BadInput("shift", self.shift, f"absent with {self.post}, which works by day")
        if self.moves and self.factor >= 1:
            raise BadInput("factor", self.factor, "below 1 with move_to: the share 1 − factor is moved")
        target = self.move_to or self.post
        if self.move_to_district is not None and target is not None and Post[target.upper()] not in STATION_POSTS:
            raise BadInput("move_to_district", self.move_to_district, f"absent with {target}, which serves the whole city")
        if self.move_to_district is not None and self.move_to is None and self.post is None and self.district is None:
            raise BadInput("move_to_district", self.move_to_district, "together with district, post or move_to: headquarters has no district")
        if self.moves and self.move_to in (None, self.post) and self.move_to_district in (None, self.district):
            raise BadInput("move_to", self.move_to, "another post, or another district, than the one that the heads come from")
        return self

    @property
    def moves(self) -> bool:
        """Whether heads work elsewhere and are not lost."""
        return self.move_to is not None or self.move_to_district is not None

    @property
    def target(self) -> tuple[object, ...]:
        """Which heads it is about, and where they go."""
        return (self.post, self.district, self.shift, self.auxiliaries, self.move_to, self.move_to_district)

    def concerns(self, post: int, district: int, shift: int, auxiliary: bool) -> bool:
        """Return whether such heads leave or join; those already at the place that others move to do not."""
        if self.moves and self.move_to in (None, POST_NAMES[post]) and self.move_to_district in (None, district):
            return False
        return (
            self.post in (None, POST_NAMES[post])
            and self.district in (None, district)
            and self.shift in (None, shift)
            and self.auxiliaries in (None, auxiliary)
        )

    def whom(self) -> str:
        """Say which heads it is about."""
        who = {None: "", True: " auxiliaries", False: " sworn officers"}[self.auxiliaries]
        where = "".join(f", {what} {number}" for what, number in (("district", self.district), ("shift", self.shift)) if number is not None)
        to = f" to {self.move_to or 'the same post'}{'' if self.move_to_district is None else f' of district {self.move_to_district}'}" if self.moves else ""
        return f"{self.post or 'every post'}{who}{where}{to}"


class _CallChange(Period):
    """A change of some types of calls."""

    calls: tuple[CallName, ...] = parameter((), unit="names", source="user", doc="Types of calls; none listed: all that nothing in the model causes.")

    @property
    def target(self) -> tuple[object, ...]:
        """Which calls it is about."""
        return tuple(sorted(set(self.calls or CALL_NAMES)))

    def concerns(self, call: str) -> bool:
        """Return whether it is about this type of call."""
        return not self.calls or call in self.calls

    def whom(self) -> str:
        """Say which calls it is about."""
        return f"calls of {', '.join(self.calls)}" if self.calls else "all calls"


class DemandChange(_CallChange):
    """More or fewer calls of some types than usual: what people ask for, not what the police do with it."""

    factor: float = parameter(1.0, unit="times", ge=0, le=100, source="user", doc="Calls relative to the usual number.")


class DiversionChange(_CallChange):
    """Calls that the desk hands over to other services (警情分流), at a price in time and trust."""

    share: float = parameter(0.0, unit="of calls", ge=0, lt=1, source="user", doc="A call that is told as one of these types is handed over with this chance.")
    desk_min: float = parameter(
        3.0, unit="min a call", ge=0, le=240, source="assumption: a talk, and a call to the other service", doc="Desk minutes for a call of these types."
    )
    trust_loss: float = parameter(
        0.005, unit="of trust", ge=0, le=1, source="assumption: a quarter of that of a slow response", doc="Trust lost by a caller who is handed over."
    )


class ParameterChange(Period):
    """Another value of a parameter for some days."""

    name: Changeable = parameter("dispatch.pooling", unit="dotted name", source="user", doc="The parameter, one of those that the model reads every day.")
    value: Number | Word = parameter(0.0, unit="of the parameter", source="user", doc="Its value at full size.")

    @property
    def target(self) -> tuple[object, ...]:
        """Which parameter it is about."""
        return (self.name,)

    def whom(self) -> str:
        """Say which parameter it is about."""
        return self.name


Dated = TypeVar("Dated", HeadChange, DemandChange, DiversionChange, ParameterChange)


def head_factor(changes: Sequence[HeadChange], post: int, district: int, shift: int, auxiliary: bool, day: int) -> float:
    """Return the share of full strength that is left, or has been added, before anybody from elsewhere joins.

    Parameters
    ----------
    changes : sequence of HeadChange
        In any order.
    post, district, shift : int
        `Post`; district and shift −1 where the post has none.
    auxiliary : bool
        Auxiliaries, else sworn officers.
    day : int
        Day of the run, from 0.
    """
    return 1.0 + sum((change.factor - 1.0) * change.weight(day) for change in changes if change.concerns(post, district, shift, auxiliary))


def moved_heads(change: HeadChange, establishment: Array, day: int) -> Array:
    """Return how many heads a change adds to each row on a day, shape [rows]; it sums to zero when heads move.

    Who moves goes to the rows of the new post in the same district and shift, where the new post has such, in proportion to their full strength.

    Raises
    ------
    BadInput
        If there is nowhere to move to.
    """
    full = establishment["heads"]
    leaving = np.array([change.concerns(*row) for row in establishment[["post", "district", "shift", "auxiliary"]].tolist()], dtype=bool)
    net: Array = np.where(leaving, (change.factor - 1.0) * change.weight(day) * full, 0.0)
    if change.moves:
        for source in np.flatnonzero(net):
            targets, shares = _places(change, establishment, int(source))
            net[targets] -= net[source] * shares
    return net


def _places(change: HeadChange, establishment: Array, source: int) -> tuple[Array, Array]:
    """Return the rows that take the heads of a row, and their shares."""
    row = establishment[source]
    post = row["post"] if change.move_to is None else Post[change.move_to.upper()]
    fitting = (establishment["post"] == post) & (establishment["auxiliary"] == row["auxiliary"])
    if change.move_to_district is not None:
        fitting &= establishment["district"] == change.move_to_district
    for column in ("district", "shift"):
        same = fitting & (establishment[column] == row[column])
        fitting = same if same.any() else fitting
    targets = np.flatnonzero(fitting)
    if not len(targets):
        raise BadInput("force.changes", change.whom(), "heads can only move to a post and district that the force has")
    heads = establishment["heads"][targets]
    return targets, heads / heads.sum() if heads.sum() > 0 else np.full(len(targets), 1.0 / len(targets))


def heads_on(changes: Sequence[HeadChange], establishment: Array, day: int) -> Array:
    """Return the heads of every row on a day, shape [rows], whatever the order of the changes.

    Parameters
    ----------
    changes : sequence of HeadChange
        Checked by `check_heads`.
    establishment : Array
        Table of `ESTABLISHMENT_COLUMNS`: the force at full strength.
    day : int
        Day of the run, from 0.
    """
    heads: Array = establishment["heads"].copy()
    for change in changes:
        heads += moved_heads(change, establishment, day)
    return np.maximum(heads, 0.0)


def demand_factor(changes: Sequence[DemandChange], call: str, day: int) -> float:
    """Return how many times as many calls of a type there are on a day as usual: the product over the changes."""
    return float(np.prod([1.0 + (change.factor - 1.0) * change.weight(day) for change in changes if change.concerns(call)]))


class Diversion(NamedTuple):
    """What the desk hands over to other services today, by type of call as told; all arrays [types]."""

    share: Array  # chance that it does
    desk_min: Array  # desk minutes for every call of the type
    trust_loss: Array  # of a caller who is handed over


def diverted(changes: Sequence[DiversionChange], day: int) -> Diversion:
    """Return what the desk hands over on a day; of several diversions of a type each has its chance, and the dearer minutes and loss count."""
    found = Diversion(*(np.zeros(len(IncidentType)) for _ in range(3)))
    for kind, name in zip(OTHER_CALLS, CALL_NAMES, strict=True):
        for change in changes:
            weight = change.weight(day)
            if weight > 0 and change.concerns(name):
                found.share[kind] = 1 - (1 - found.share[kind]) * (1 - change.share * weight)
                found.desk_min[kind] = max(found.desk_min[kind], change.desk_min)
                found.trust_loss[kind] = max(found.trust_loss[kind], change.trust_loss)
    return found


def value_on(changes: Sequence[ParameterChange], name: str, usual: float | str, day: int) -> float | str:
    """Return a parameter's value on a day; numbers go from the usual to the new value within the ramp, a name changes at its end."""
    for change in changes:
        if change.name == name and (weight := change.weight(day)) > 0:
            if isinstance(usual, str) or isinstance(change.value, str):
                return change.value if weight == 1 else usual
            return usual + (change.value - usual) * weight
    return usual


def turns(changes: Sequence[Period], day: int) -> bool:
    """Return whether anything is different on a day from the day before; on day 0, whether anything is different from the usual."""
    return any(change.weight(day) != (change.weight(day - 1) if day else 0.0) for change in changes)


def turning_days(changes: Sequence[Period]) -> list[int]:
    """Return the days between which every change only grows or stays as it is: first and last days, the days after, and the ends of ramps."""
    ends = {change.start_day + change.days - before for change in changes if change.days is not None for before in (0, 1)}
    return sorted(ends.union(*({change.start_day, change.start_day + change.ramp_days} for change in changes)))


def check_no_contradiction(changes: Sequence[Dated], field: str) -> None:
    """Refuse two changes of one thing at one time; those of different shortages or levers are combined, but a parameter has one value.

    Raises
    ------
    BadInput
        Naming the later one in the list.
    """
    for (_, a), (j, b) in combinations(enumerate(changes), 2):
        if a.target == b.target and (a.cause == b.cause or isinstance(a, ParameterChange)) and a.overlaps(b):
            given = f"{b.cause}: " if b.cause else ""
            raise BadInput(
                f"{field}.{j}", f"{given}{b.whom()} {b.when()}", f"at most one at a time, and another holds {a.when()}; let one end before the other"
            )


def check_heads(changes: Sequence[HeadChange], districts: int, shifts: int) -> None:
    """Refuse changes that a force cannot carry out.

    Parameters
    ----------
    changes : sequence of HeadChange
        In any order.
    districts, shifts : int
        How many the city and the force have.

    Raises
    ------
    BadInput
        For a district or a shift that does not exist, two changes that contradict each other, or more heads removed than there are.
    """
    for i, change in enumerate(changes):
        for name, number, most in (
            ("district", change.district, districts),
            ("move_to_district", change.move_to_district, districts),
            ("shift", change.shift, shifts),
        ):
            if number is not None and number >= most:
                raise BadInput(f"force.changes.{i}.{name}", number, f"0 to {most - 1}: there {'is' if most == 1 else 'are'} {most}")
    check_no_contradiction(changes, "force.changes")
    turning = turning_days(changes)
    named_districts = sorted({d for change in changes for d in (change.district, change.move_to_district) if d is not None} | {0})
    named_shifts = sorted({change.shift for change in changes if change.shift is not None} | {0})
    others = [d for d in range(districts) if d not in named_districts][:1], [s for s in range(shifts) if s not in named_shifts][:1]
    for post, auxiliary in product(Post, (False, True)):
        in_districts = [*named_districts, *others[0]] if post in STATION_POSTS else [NOWHERE]
        in_shifts = [*named_shifts, *others[1]] if post in SHIFT_POSTS else [NO_SHIFT]
        for district, shift, day in product(in_districts, in_shifts, turning):
            taking = [change for change in changes if change.factor < 1 and change.concerns(post, district, shift, auxiliary) and change.weight(day) > 0]
            if head_factor(taking, post, district, shift, auxiliary, day) < -_ENOUGH:
                i = max(changes.index(change) for change in taking)
                parts = " + ".join(f"{100 * (1 - change.factor) * change.weight(day):g} % ({change.cause or change.whom()})" for change in taking)
                raise BadInput(
                    f"force.changes.{i}.factor",
                    changes[i].factor,
                    f"together at most 100 % of a post; of {POST_NAMES[post]} {parts} would be missing on day {day}",
                )
