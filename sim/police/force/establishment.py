"""The force at full strength: how many personnel on which post, and how many of them a duty needs."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from sim.arrays import Array
from sim.columns import table
from sim.parameters import CHOSEN, BadInput, Parameters, adding_up, parameter
from sim.police.force.head_changes import ESTABLISHMENT_COLUMNS, NO_SHIFT, NOWHERE, HeadChange
from sim.police.force.hours_of_week import DAY_NAMES, RosterBand, RosterChange, duties_of_bands
from sim.police.force.pay import PayParameters
from sim.police.force.training import TrainingParameters
from sim.police.force.wellbeing_parameters import WellbeingParameters, usual_sick_share, wellbeing_rule
from sim.police.posts import POST_NAMES, SHIFT_POSTS, STATION_POSTS, Post

HOURS_OF_WEEK = 168.0
MINUTES_OF_DAY = 1440.0

HourOfDay = Annotated[float, Field(ge=0, lt=24)]


def _share(default: float, doc: str, source: str = "assumption") -> float:
    share: float = parameter(default, unit="share of personnel", ge=0, le=1, source=source, doc=doc)
    return share


class PostShares(Parameters):
    """How personnel are split over the posts; the shares add up to 1."""

    headquarters: float = _share(0.20, "Headquarters.")
    detectives: float = _share(0.12, "Detectives.")
    anti_fraud: float = _share(
        0.05, "Anti-fraud centre.", "assumption; the county of Jieshou had 7 officers in its centre"
    )
    intelligence: float = _share(0.03, "Analysts.")
    patrol: float = _share(0.50, "Patrol units.")
    community: float = _share(0.08, "Community officers.")
    desk: float = _share(0.02, "Desks of the stations.")

    @model_validator(mode="after")
    def _all_heads(self) -> PostShares:
        adding_up(self.by_post)
        return self

    @property
    def by_post(self) -> tuple[float, ...]:
        """Shares in the order of `Post`."""
        return tuple(getattr(self, name) for name in POST_NAMES)


class ForceParameters(Parameters):
    """The force at full strength."""

    officers: int | None = parameter(
        None,
        unit="officers",
        ge=0,
        le=1_000_000,
        source=CHOSEN,
        doc="Headcount of sworn officers; absent: by officers_per_1000.",
    )
    auxiliaries: int | None = parameter(
        None,
        unit="auxiliaries",
        ge=0,
        le=1_000_000,
        source=CHOSEN,
        doc="Headcount of auxiliaries (辅警); absent: by auxiliaries_per_1000.",
    )
    officers_per_1000: float = parameter(
        1.4,
        unit="officers per 1,000 residents",
        ge=0,
        le=100,
        source="assumption: a Chinese county; 1.1 in all of China (Ministry of Public Security 2007)",
        doc="Norm of sworn officers.",
    )
    auxiliaries_per_1000: float = parameter(
        1.0,
        unit="auxiliaries per 1,000 residents",
        ge=0,
        le=100,
        source="assumption: about two auxiliaries for three officers",
        doc="Norm of auxiliaries.",
    )
    officer_shares: PostShares = PostShares()
    auxiliary_shares: PostShares = PostShares(
        headquarters=0.04, detectives=0.0, anti_fraud=0.10, intelligence=0.0, patrol=0.56, community=0.15, desk=0.15
    )
    hours_per_week: float = parameter(
        40.0,
        unit="h per person",
        ge=0.1,
        le=112,
        source="assumption: five days of eight hours",
        doc="Contracted hours.",
    )
    leave_share: float = parameter(
        0.10,
        unit="share of these hours",
        ge=0,
        lt=0.9,
        source="assumption: leave and public holidays",
        doc="Hours of leave.",
    )
    course_share: float = parameter(
        0.04,
        unit="share of these hours",
        ge=0,
        le=0.1,
        source="assumption: a fortnight a year",
        doc="Hours of courses and drill, away from the post.",
    )
    patrol_units: float | None = parameter(
        None,
        unit="units",
        ge=0,
        le=100_000,
        source="absent: what patrol personnel can crew",
        doc="Units on duty at full strength, mean over shifts; patrol personnel follow from it.",
    )
    least_patrol_units: float = parameter(
        0.0, unit="units", ge=0, le=1000, source="assumption: none",
        doc=(
            "Fewest units on duty at full strength where the headcount follows from the residents, mean over shifts; "
            "personnel of patrol are at least as many as they take."
        ),
    )  # fmt: skip
    crew: int = parameter(
        2,
        unit="people",
        ge=1,
        le=4,
        source="assumption: an officer and an auxiliary",
        doc="People in a unit; who they are, auxiliary_crews says.",
    )
    auxiliary_crews: Literal["with_officer", "alone", "never"] = parameter(
        "with_officer", unit="name", source="assumption: auxiliaries assist, and may not act alone",
        doc=(
            "How auxiliaries of patrol man units: with an officer in each unit, also alone, as units that do whatever "
            "others do, or never."
        ),
    )  # fmt: skip
    shift_starts_hour: tuple[HourOfDay, ...] = parameter(
        (0.0, 8.0, 16.0),
        unit="hour of day",
        source="assumption",
        doc=(
            "When shifts begin, in order, evenly spaced unless shift_hours is given; one shift alone never ends: "
            "meant for queueing studies."
        ),
    )
    shift_hours: float | None = parameter(
        None, unit="h", ge=1, le=24, source=CHOSEN,
        doc="Length of a shift; absent: a day divided by the shifts. Longer ones overlap, such as one for the evening.",
    )  # fmt: skip
    roster: tuple[RosterBand, ...] = parameter(
        (), unit="bands of hours", source="assumption: as many units at night as by day",
        doc=(
            "Hours of the week with more or fewer patrol units on duty; the shifts get the duties that come nearest, "
            "all together as many as without."
        ),
    )  # fmt: skip
    roster_changes: tuple[RosterChange, ...] = parameter(
        (), unit="changes", source=CHOSEN, doc="Days in which the roster of patrol follows the calls instead."
    )
    reserve_units: int = parameter(
        0,
        unit="units",
        ge=0,
        le=1000,
        source=CHOSEN,
        doc="Extra units per shift that stay at their station and are never sent.",
    )
    overtime_share: float = parameter(
        0.0,
        unit="share of the hours of a duty",
        ge=0,
        le=0.5,
        source="assumption: none is ordered",
        doc="Hours beyond each duty.",
    )
    most_lent_share: float = parameter(
        0.0, unit="share of personnel", ge=0, le=1, source="assumption: nobody is lent",
        doc=(
            "Largest share of the personnel of any other assignment that may be lent to patrol for a day; "
            "there are cars for all of them."
        ),
    )  # fmt: skip
    pay: PayParameters = PayParameters()
    wellbeing: WellbeingParameters = WellbeingParameters()
    training: TrainingParameters = TrainingParameters()
    changes: tuple[HeadChange, ...] = parameter(
        (), unit="changes", source=CHOSEN, doc="Personnel missing, added or moved, with the days."
    )

    @model_validator(mode="after")
    def _shifts_in_order(self) -> ForceParameters:
        starts = self.shift_starts_hour
        if not starts or list(starts) != sorted(set(starts)):
            raise ValueError("shift_starts_hour must be different hours, in order")
        apart = [round((b - a) % 24, 6) for a, b in zip(starts, (*starts[1:], starts[0]), strict=True)]
        if len(starts) == 1:
            for name in ("shift_hours", "roster", "roster_changes"):
                if getattr(self, name):
                    raise BadInput(
                        f"force.{name}", len(starts), "several force.shift_starts_hour: one shift alone never ends"
                    )
        elif self.shift_hours is None and len(set(apart)) > 1:
            raise ValueError("shift_starts_hour must be evenly spaced, or shift_hours given")
        elif self.shift_hours is not None and max(apart) > self.shift_hours:
            raise BadInput(
                "force.shift_hours",
                self.shift_hours,
                f"at least {max(apart):g}: between two shifts nobody would be on duty",
            )
        return self

    @model_validator(mode="after")
    def _a_duty_a_day(self) -> ForceParameters:
        """Refuse a roster by which somebody would have two duties on a day."""
        if self.roster:
            on_day = self.duties_of_week.mean(axis=1)
            if on_day.max() > self.most_on_a_day + 1e-9:
                raise BadInput(
                    "force.roster",
                    DAY_NAMES[int(on_day.argmax())],
                    f"at most {self.most_on_a_day:.2f} times the duties of a mean day, and its bands ask for "
                    f"{on_day.max():.2f} times: more personnel than patrol has, who have one duty a day each",
                )
        return self

    @property
    def shift_min(self) -> float:
        """Length of a shift in minutes, infinity with one shift alone."""
        if len(self.shift_starts_hour) == 1:
            return np.inf
        return MINUTES_OF_DAY / len(self.shift_starts_hour) if self.shift_hours is None else 60 * self.shift_hours

    @property
    def duty_hours(self) -> float:
        """Length of a duty of patrol with the overtime that is worked as a rule."""
        return self.shift_min / 60 * (1 + self.overtime_share)

    @property
    def shifts_at_once(self) -> float:
        """How many shifts are on duty at one time, as a mean over the day."""
        return 1.0 if self.shift_hours is None else len(self.shift_starts_hour) * self.shift_hours / 24

    @property
    def duties_of_week(self) -> Array:
        """Patrol duties of each shift on each day of the week, relative to their mean, shape [7, shifts]."""
        return duties_of_bands(self.roster, self.shift_starts_hour, self.duty_hours)

    @property
    def most_on_a_day(self) -> float:
        """The most duties of a day, relative to a mean day: everybody who is fit and not on leave has one."""
        a_day = self.hours_per_week / HOURS_OF_WEEK * MINUTES_OF_DAY / self.shift_min
        return max(1.0, self.usual_fit_share / a_day)

    @property
    def duty_share(self) -> float:
        """Share of all hours in which an officer who is fit is on duty."""
        return self.hours_per_week * (1 - self.leave_share - self.course_share) / HOURS_OF_WEEK

    @property
    def usual_fit_share(self) -> float:
        """Share of rested personnel that are not on sick leave."""
        return 1 - usual_sick_share(wellbeing_rule(self.wellbeing))

    @property
    def relief_factor(self) -> float:
        """Personnel that one round-the-clock post takes: leave, courses and the usual sick leave included."""
        return 1 / (self.duty_share * self.usual_fit_share)


def can_crew(officers: Array, auxiliaries: Array, force: ForceParameters) -> Array:
    """Return how many units personnel can crew, a real number: `force.crew` people each, as `auxiliary_crews` says."""
    if force.auxiliary_crews == "never":
        return officers / force.crew
    units: Array = (officers + auxiliaries) / force.crew
    return units if force.auxiliary_crews == "alone" else np.minimum(officers, units)


def without_place(officers: Array, auxiliaries: Array, force: ForceParameters) -> Array:
    """Return the auxiliaries for whom no unit has a place, a real number.

    Where each unit has an officer, he takes `force.crew` − 1 of them along.
    """
    taken = {"never": 0.0 * officers, "with_officer": (force.crew - 1) * officers, "alone": auxiliaries}
    found: Array = np.maximum(auxiliaries - taken[force.auxiliary_crews], 0.0)
    return found


def full_strength(force: ForceParameters, residents: int) -> Array:
    """Return the personnel at full strength, real numbers, shape [2, posts]: sworn officers, auxiliaries.

    With `patrol_units`, or in a small place with `least_patrol_units`, the personnel of patrol are as many as these
    take, officers and auxiliaries in the usual ratio.

    Raises
    ------
    BadInput
        If no patrol unit can be crewed.
    """
    officers = force.officers if force.officers is not None else force.officers_per_1000 * residents / 1000
    auxiliaries = force.auxiliaries if force.auxiliaries is not None else force.auxiliaries_per_1000 * residents / 1000
    heads = np.array(
        [np.multiply(officers, force.officer_shares.by_post), np.multiply(auxiliaries, force.auxiliary_shares.by_post)]
    )
    field, value, units = "force.officers", float(officers), force.patrol_units
    if units is None and force.officers is None:
        by_residents = float(can_crew(heads[0, Post.PATROL], heads[1, Post.PATROL], force)) / force.relief_factor
        units = force.least_patrol_units if by_residents < force.least_patrol_units else None
    if units is not None:
        usual = np.array(
            [
                force.officers_per_1000 * force.officer_shares.patrol,
                force.auxiliaries_per_1000 * force.auxiliary_shares.patrol,
            ]
        )
        crewed = float(can_crew(usual[0], usual[1], force))
        field, value = "force.patrol_units", units
        if crewed <= 0:
            raise BadInput(
                "force.officer_shares.patrol", force.officer_shares.patrol, "above 0, with force.patrol_units"
            )
        heads[:, Post.PATROL] = usual / crewed * units * force.relief_factor
    if can_crew(heads[0, Post.PATROL], heads[1, Post.PATROL], force) <= 0:
        raise BadInput(field, round(value, 2), "it leaves no patrol unit on duty; at least a part of one is needed")
    return heads


def establishment(force: ForceParameters, residents: int, district_of_beat: Array) -> Array:
    """Return the force at full strength as a table of `ESTABLISHMENT_COLUMNS`.

    Personnel of the stations are split over districts by their beats, which have about the same demand, those of
    desks evenly over shifts, those of patrol by the duties that the roster gives each.

    Parameters
    ----------
    force : ForceParameters
        The parameters.
    residents : int
        Of the city.
    district_of_beat : array of int [beats]
        District of each beat.
    """
    heads, by_shift = full_strength(force, residents), force.duties_of_week.mean(axis=0)
    beats = np.bincount(district_of_beat)
    rows = []
    for kind, post in np.ndindex(heads.shape):
        districts = [(d, n / beats.sum()) for d, n in enumerate(beats)] if post in STATION_POSTS else [(NOWHERE, 1.0)]
        shifts = range(len(force.shift_starts_hour)) if post in SHIFT_POSTS else [NO_SHIFT]
        part = by_shift if post == Post.PATROL else np.ones(len(shifts))
        rows += [
            (post, d, s, kind == 1, heads[kind, post] * share / len(shifts) * part[s])
            for d, share in districts
            for s in shifts
        ]
    found = table(ESTABLISHMENT_COLUMNS, len(rows))
    found[:] = rows
    return found
