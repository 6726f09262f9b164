"""Dated changes of personnel: those that are missing, moved to another post or district, or added.

The force is described at full strength; a change says what is different on which days. Losses are shares of full
strength and add up, so that the order of a list means nothing. Everything here is a pure function of the changes and a
day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Annotated

import numpy as np
from pydantic import model_validator

from sim.arrays import Array
from sim.columns import Column
from sim.parameters import CHOSEN, BadInput, parameter
from sim.periods import Period, check_no_contradiction, one_of, turning_days
from sim.police.posts import POST_NAMES, SHIFT_POSTS, STATION_POSTS, Post

NOWHERE, NO_SHIFT = -1, -1
_ENOUGH = 1e-9  # heads, relative to full strength: less is rounding


PostName = Annotated[str, one_of(POST_NAMES, "")]

ESTABLISHMENT_COLUMNS = (
    Column("post", "i1", "Post", "where the personnel work"),
    Column("district", "i2", "district", "of a station; −1: of the whole city"),
    Column("shift", "i1", "shift", "−1: works by day"),
    Column("auxiliary", "?", "1", "auxiliaries, else sworn officers"),
    Column("heads", "f8", "heads", "at full strength, a real number"),
)


class HeadChange(Period):
    """More or fewer personnel than at full strength, or personnel that work elsewhere.

    Absent `post`, `district`, `shift`, `auxiliaries` mean all of them. With `move_to` or `move_to_district` nobody is
    lost: the share 1 − `factor` works there instead, in the same district and shift where the new post has such, and a
    head stays what it is, sworn or auxiliary.
    """

    post: PostName | None = parameter(None, unit="name", source=CHOSEN, doc="Assignment whose personnel change.")
    district: int | None = parameter(
        None,
        unit="district",
        ge=0,
        le=199,
        source=CHOSEN,
        doc="District whose stations change; other assignments belong to no district.",
    )
    shift: int | None = parameter(
        None,
        unit="shift",
        ge=0,
        le=23,
        source=CHOSEN,
        doc="Shift that changes, from 0 in the order of force.shift_starts_hour.",
    )
    auxiliaries: bool | None = parameter(
        None, unit="yes or no", source=CHOSEN, doc="yes: only auxiliaries; no: only sworn officers; absent: both."
    )
    factor: float = parameter(
        1.0, unit="share of full strength", gt=0, le=10, source=CHOSEN, doc="Personnel relative to full strength."
    )
    heads: float | None = parameter(
        None, unit="personnel", ge=-1_000_000, le=1_000_000, source=CHOSEN,
        doc="Personnel by whom it changes, in place of the share: below 0 they are missing; with move_to so many move.",
    )  # fmt: skip
    move_to: PostName | None = parameter(
        None,
        unit="name",
        source=CHOSEN,
        doc=("Assignment that receives the personnel; absent with move_to_district: the same assignment."),
    )
    move_to_district: int | None = parameter(
        None,
        unit="district",
        ge=0,
        le=199,
        source=CHOSEN,
        doc="District that receives the personnel; absent: the same.",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> HeadChange:
        if self.district is not None and self.post is not None and Post[self.post.upper()] not in STATION_POSTS:
            raise BadInput("district", self.district, f"absent with {self.post}, which serves the whole city")
        if self.shift is not None and self.post is not None and Post[self.post.upper()] not in SHIFT_POSTS:
            raise BadInput("shift", self.shift, f"absent with {self.post}, which works by day")
        if self.heads is not None and self.factor != 1:
            raise BadInput("heads", self.heads, "absent with a factor: it is one or the other")
        if self.moves and self.heads is not None and self.heads <= 0:
            raise BadInput("heads", self.heads, "above 0 with move_to: so many move")
        if self.moves and self.heads is None and self.factor >= 1:
            raise BadInput("factor", self.factor, "below 1 with move_to: the share 1 − factor is moved")
        target = self.move_to or self.post
        if self.move_to_district is not None and target is not None and Post[target.upper()] not in STATION_POSTS:
            raise BadInput(
                "move_to_district", self.move_to_district, f"absent with {target}, which serves the whole city"
            )
        if self.move_to_district is not None and self.move_to is None and self.post is None and self.district is None:
            raise BadInput(
                "move_to_district",
                self.move_to_district,
                "together with district, post or move_to: headquarters has no district",
            )
        if self.moves and self.move_to in (None, self.post) and self.move_to_district in (None, self.district):
            raise BadInput(
                "move_to",
                self.move_to,
                "another assignment, or another district, than the one that the personnel come from",
            )
        return self

    @property
    def moves(self) -> bool:
        """Whether personnel work elsewhere and are not lost."""
        return self.move_to is not None or self.move_to_district is not None

    @property
    def target(self) -> tuple[object, ...]:
        """Which personnel it is about, and where they go."""
        return (self.post, self.district, self.shift, self.auxiliaries, self.move_to, self.move_to_district)

    def concerns(self, post: int, district: int, shift: int, auxiliary: bool) -> bool:
        """Return whether such personnel leave or join; those already at the place that others move to do not."""
        if self.moves and self.move_to in (None, POST_NAMES[post]) and self.move_to_district in (None, district):
            return False
        return (
            self.post in (None, POST_NAMES[post])
            and self.district in (None, district)
            and self.shift in (None, shift)
            and self.auxiliaries in (None, auxiliary)
        )

    def whom(self) -> str:
        """Say which personnel it is about."""
        who = {None: "", True: " auxiliaries", False: " sworn officers"}[self.auxiliaries]
        where = "".join(
            f", {what} {number}"
            for what, number in (("district", self.district), ("shift", self.shift))
            if number is not None
        )
        district = "" if self.move_to_district is None else f" of district {self.move_to_district}"
        to = f" to {self.move_to or 'the same post'}{district}" if self.moves else ""
        return f"{self.post or 'every post'}{who}{where}{to}"


def head_factor(
    changes: Sequence[HeadChange], post: int, district: int, shift: int, auxiliary: bool, day: int
) -> float:
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
    return 1.0 + sum(
        (change.factor - 1.0) * change.weight(day)
        for change in changes
        if change.concerns(post, district, shift, auxiliary)
    )


def moved_heads(change: HeadChange, establishment: Array, day: int) -> Array:
    """Return how many personnel a change adds to each row on a day, shape [rows]; it sums to zero when personnel move.

    Who moves goes to the rows of the new post in the same district and shift, where the new post has such, in
    proportion to their full strength.

    Raises
    ------
    BadInput
        If there is nowhere to move to.
    """
    full = establishment["heads"]
    leaving = np.array(
        [change.concerns(*row) for row in establishment[["post", "district", "shift", "auxiliary"]].tolist()],
        dtype=bool,
    )
    if change.heads is None:
        net: Array = np.where(leaving, (change.factor - 1.0) * change.weight(day) * full, 0.0)
    else:
        there = full[leaving].sum() > 0
        parts = np.where(leaving, full if there else 1.0, 0.0)
        gained = -change.heads if change.moves else change.heads
        net = gained * change.weight(day) * parts / (parts.sum() or 1.0)
    if change.moves:
        for source in np.flatnonzero(net):
            targets, shares = _places(change, establishment, int(source))
            net[targets] -= net[source] * shares
    return net


def _places(change: HeadChange, establishment: Array, source: int) -> tuple[Array, Array]:
    """Return the rows that take the personnel of a row, and their shares."""
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
        raise BadInput(
            "force.changes", change.whom(), "personnel can only move to an assignment and district that the force has"
        )
    heads = establishment["heads"][targets]
    return targets, heads / heads.sum() if heads.sum() > 0 else np.full(len(targets), 1.0 / len(targets))


def heads_on(changes: Sequence[HeadChange], establishment: Array, day: int) -> Array:
    """Return the personnel of every row on a day, shape [rows], whatever the order of the changes.

    Shares of full strength are checked by `check_heads`; how many there are is known only here.

    Parameters
    ----------
    changes : sequence of HeadChange
        Checked by `check_heads`.
    establishment : Array
        Table of `ESTABLISHMENT_COLUMNS`: the force at full strength.
    day : int
        Day of the run, from 0.

    Raises
    ------
    BadInput
        If more personnel are missing or move, by their number, than there are.
    """
    heads = _summed(changes, establishment, day)
    if heads.min(initial=0.0) < -_ENOUGH * max(float(establishment["heads"].sum()), 1.0):
        _refuse(changes, establishment, day)
    return np.maximum(heads, 0.0)


def _summed(changes: Sequence[HeadChange], establishment: Array, day: int) -> Array:
    """Return full strength and all changes, below 0 where they take more than there is."""
    heads: Array = establishment["heads"].copy()
    for change in changes:
        heads += moved_heads(change, establishment, day)
    return heads


def _refuse(changes: Sequence[HeadChange], establishment: Array, day: int) -> None:
    """Name the change by number that takes more personnel than there are; there is one."""
    for change in changes:
        if change.heads is not None:
            taken = moved_heads(change, establishment, day)
            others = _summed([one for one in changes if one is not change], establishment, day)
            lost = taken < 0
            if lost.any() and (others + taken)[lost].min() < 0:
                least = float((others[lost] / -taken[lost]).min())
                most = max(math.floor(abs(change.heads) * least + 1e-9), 0)
                named = f"{change.cause or 'force.changes'}.heads"
                asked = abs(change.heads)
                value = int(asked) if asked.is_integer() else asked
                raise BadInput(named, value, f"at most {most}: {change.whom()} has no more")


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
        For a district or a shift that does not exist, two changes that contradict each other, or more personnel removed
        than there are.
    """
    for i, change in enumerate(changes):
        for name, number, most in (
            ("district", change.district, districts),
            ("move_to_district", change.move_to_district, districts),
            ("shift", change.shift, shifts),
        ):
            if number is not None and number >= most:
                raise BadInput(
                    f"force.changes.{i}.{name}", number, f"0 to {most - 1}: there {'is' if most == 1 else 'are'} {most}"
                )
    check_no_contradiction(changes, "force.changes")
    turning = turning_days(changes)
    named_districts = sorted(
        {d for change in changes for d in (change.district, change.move_to_district) if d is not None} | {0}
    )
    named_shifts = sorted({change.shift for change in changes if change.shift is not None} | {0})
    others = (
        [d for d in range(districts) if d not in named_districts][:1],
        [s for s in range(shifts) if s not in named_shifts][:1],
    )
    for post, auxiliary in product(Post, (False, True)):
        in_districts = [*named_districts, *others[0]] if post in STATION_POSTS else [NOWHERE]
        in_shifts = [*named_shifts, *others[1]] if post in SHIFT_POSTS else [NO_SHIFT]
        for district, shift, day in product(in_districts, in_shifts, turning):
            taking = [
                change
                for change in changes
                if change.factor < 1 and change.concerns(post, district, shift, auxiliary) and change.weight(day) > 0
            ]
            if head_factor(taking, post, district, shift, auxiliary, day) < -_ENOUGH:
                i = max(changes.index(change) for change in taking)
                parts = " + ".join(
                    f"{100 * (1 - change.factor) * change.weight(day):g} % ({change.cause or change.whom()})"
                    for change in taking
                )
                raise BadInput(
                    f"force.changes.{i}.factor",
                    changes[i].factor,
                    f"together at most 100 % of {POST_NAMES[post]}; {parts} would be missing on day {day}",
                )
