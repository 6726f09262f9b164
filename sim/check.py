"""The conformance check of programmes: pure preparation, hours that are paid for, the same run twice."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.authors import OutsideWatch, code_of, within
from sim.city.city import CityParameters
from sim.incident_types import PLACE_CRIMES, IncidentType
from sim.incidents.log import CALLS, INCIDENTS
from sim.model import CityModel
from sim.outcomes.programme_results import EXPENSES
from sim.parameters import check_declared, one_line
from sim.police.cases.case_log import ROWS
from sim.police.force.establishment import ForceParameters
from sim.police.post_ledger import Hours, PostHours, Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Today, programme_class
from sim.scenario import Scenario
from sim.strategies.base import Briefing
from sim.strategies.check import fingerprint, global_chance

TOWN = CityParameters(name="check", residents=3000, area_km2=2, beats=2, districts=1, centres=1)
FORCE = ForceParameters(officers=60, auxiliaries=60)  # heads in every post
DAYS = 9
MOST_SECONDS = 20.0  # for one day in such a town
PAID_DAYS = 7  # what was paid for so lately may still have its effect
MOST_MOVED = 60.0  # residents whose feelings a minute of work, or a yuan, may move: a speech before a full hall
FEELINGS = ("trust", "perceived_safety", "awareness", "fraud_awareness")
PLENTY = {
    "rate_per_1000": 300,
    "report_probability": 0.9,
}  # so much that in a few days of a small town every kind of thing happens and gets into the books
EVENTFUL = {**{IncidentType(kind).name.lower(): PLENTY for kind in PLACE_CRIMES}, "disputes": {"per_1000_year": 200}}
MANY = {"offenders": {"share": 0.1}}
KEPT = ("city", "people", "strategy", "programmes", "days", "warmup_days", "seed")  # what no preparation may change


def check_programme(programme: str | type[Programme], **options: Any) -> None:
    """Try a programme in a small town where much happens, and say what its author should change.

    It must prepare a scenario without side effects and leave the city, its people and its incidents as they are; its
    parameters must say their unit, bounds and source and survive a file; two runs of some days must be the same to the
    bit; every hour that it spends must be there, and what it does must take hours or money that are in proportion to
    whom it reaches; it must cope with posts that have no hours; and what it notes must be declared. Whether it acts on
    what those who act can know, and not on the truth, only a reader can see.

    Parameters
    ----------
    programme : str or type
        A registered name, or a class that derives from `Programme`.
    **options
        Parameters to try it with; by default its own.

    Raises
    ------
    AssertionError
        If it does not conform.
    BadInput
        If an option is not allowed, or the name is not registered.
    """
    kind = programme_class(programme) if isinstance(programme, str) else programme
    _check_class(kind)
    try:
        parameters = kind.Parameters(**options)
    except ValidationError as error:
        raise one_line(error, f"programmes.{kind.name}") from error
    check_declared(kind.Parameters, f"programmes.{kind.name}")
    if (
        kind.Parameters.model_validate(json.loads(json.dumps(parameters.model_dump(mode="json"), allow_nan=False)))
        != parameters
    ):
        raise AssertionError(f"programme {kind.name!r}: its parameters do not survive a JSON file")
    scenario = _scenario_for(kind)
    with code_of(f"programme {kind.name!r}", None):
        made = kind(parameters)
    if not hasattr(made, "diary"):
        raise AssertionError(
            f"programme {kind.name!r}: __init__() leaves no diary; let it call super().__init__(parameters), or leave "
            "it out"
        )
    _check_preparation(made, scenario)
    watched = [_Watched(kind(parameters)) for _ in range(2)]
    one, other = (_ran(each.programme, scenario) for each in watched)
    watched[0].check_chance()
    if one.results().indicators != other.results().indicators:
        raise AssertionError(
            f"programme {kind.name!r}: two runs of one scenario differ; draw from self.rng(today), or from "
            "sim.randomness, and keep no state in the class"
        )
    watched[0].check_price(scenario)
    _check_briefing(one, watched[0].programme)
    _check_without_hours(one, kind.name)


def _check_class(kind: Any) -> None:
    if not (isinstance(kind, type) and issubclass(kind, Programme)):
        raise AssertionError(
            f"{kind!r} is no programme: derive a class from sim.programmes.base.Programme, and give the class, not an "
            "object of it"
        )
    if not isinstance(kind.name, str) or not kind.name.isidentifier():
        raise AssertionError(
            f"class {kind.__name__} has no name of letters and underscores: write name = '…', by which it is chosen"
        )
    if not issubclass(kind.Parameters, ProgrammeParameters):
        raise AssertionError(
            f"programme {kind.name!r}: derive its Parameters from ProgrammeParameters, so that a scenario can hold them"
        )
    measures = (*kind.totals, *kind.means)
    if len(set(measures)) < len(measures):
        raise AssertionError(f"programme {kind.name!r}: a measure is named twice in totals and means")
    for measure in EXPENSES:
        if measure in kind.means:
            raise AssertionError(
                f"programme {kind.name!r}: {measure!r} is a mean; name it in totals, so that it enters the accounts"
            )


def _scenario_for(kind: type[Programme]) -> Scenario:
    """Return a town with the programmes that this one needs, and an organisation in which it can be carried out."""
    needed: list[str] = []
    waiting = list(kind.needs)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.insert(0, name)
            waiting += programme_class(name).needs
    organisation = "joint_centre" if kind.structures else "usual"
    strategy = {"name": "reactive", "programmes": needed, "organisation": organisation}
    return Scenario(city=TOWN, force=FORCE, demand=EVENTFUL, people=MANY, strategy=strategy, days=DAYS, warmup_days=0)


def _check_preparation(programme: Programme, scenario: Scenario) -> None:
    before = scenario.model_dump_json()
    with code_of(f"programme {programme.name!r}", None):
        once, twice = programme.prepare(scenario), programme.prepare(scenario)
    if not isinstance(once, Scenario):
        raise AssertionError(
            f"programme {programme.name!r}: prepare() returned {type(once).__name__}; return a scenario"
        )
    if scenario.model_dump_json() != before or once != twice:
        raise AssertionError(
            f"programme {programme.name!r}: prepare() must be pure: return a copy, the same for the same scenario"
        )
    unchanged = [name for name in KEPT if getattr(once, name) != getattr(scenario, name)]
    usual = {"changes": (), "diversion": ()}
    if once.demand.model_copy(update=usual) != scenario.demand.model_copy(update=usual):
        unchanged.append("demand")
    if unchanged:
        advice = "which is built once for all strategies; of demand only changes and diversion are free"
        raise AssertionError(f"programme {programme.name!r}: prepare() changed {unchanged[0]}, {advice}")


class _Watched:
    """A programme whose minutes, yuan and doings are counted as a run goes on."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self._day, self._draws_elsewhere = programme.day, False
        self._outside = OutsideWatch(type(programme))
        self._paid_day = -PAID_DAYS  # the latest on which it paid for something
        self._paid = self._moved = 0.0  # minutes and yuan; residents whose feelings it moved
        self._free: tuple[int, str] | None = None  # a day on which it did something for which it had not paid, and what
        programme.day = self._count_day  # type: ignore[method-assign]

    def _count_day(self, today: Today) -> None:
        minutes, before, chance = _left_min(today), _doings(today), global_chance()
        people = today.truth.society.residents
        residents = people.copy()
        ordered = today.staff.mobilisation.overtime_share > 0 or today.staff.mobilisation.lent_share.any()
        with within(MOST_SECONDS), self._outside:
            self._day(today)
        self._draws_elsewhere |= global_chance() != chance
        paid = minutes - _left_min(today) + self._noted(today.day)
        moved = sum(residents[name] != people[name] for name in FEELINGS) > 0
        self._paid += paid
        self._moved += float(np.count_nonzero(moved))
        if paid > 0.0 or ordered:
            self._paid_day = today.day
        changed = [name for name, now in _doings(today).items() if now != before[name]]
        if changed and today.day - self._paid_day >= PAID_DAYS and self._free is None:
            self._free = today.day, changed[0]

    def _noted(self, day: int) -> float:
        """Return the yuan that it noted for a day."""
        return float(
            sum(
                self.programme.diary[measure][day]
                for measure in EXPENSES
                if measure in self.programme.totals and day < len(self.programme.diary[measure])
            )
        )

    def check_chance(self) -> None:
        """Say whether it draws from a generator that others share, or asks for what is outside the model."""
        if self._draws_elsewhere:
            name, advice = self.programme.name, "draw from self.rng(today)"
            raise AssertionError(
                f"programme {name!r}: day() draws from the global generator of numpy or of Python; {advice}"
            )
        if self._outside.seen:
            raise AssertionError(
                f"programme {self.programme.name!r}: day() asks {self._outside.seen}; what it does follows from today "
                "and chance"
            )

    def check_price(self, scenario: Scenario) -> None:
        """Say whether what it does costs nothing, or next to nothing."""
        kind = type(self.programme)
        price = (
            "book it with today.hours[Post.…].spend(Work.…, minutes), or note its price in yuan as the total 'cost' "
            "(police) or 'others_cost' (others)"
        )
        if any((self.programme.diary[measure] < 0).any() for measure in EXPENSES if measure in kind.totals):
            raise AssertionError(
                f"programme {kind.name!r}: it notes a price below 0, as if what it does paid for itself; {price}"
            )
        if self._free is not None:
            day, what = self._free
            raise AssertionError(
                f"programme {kind.name!r}: what it does is free: {price}; on day {day} it changed {what}, and had "
                "paid for nothing that week"
            )
        if not self._paid and _improves(self.programme.prepare(scenario), scenario):
            raise AssertionError(
                f"programme {kind.name!r}: what it does is free: {price}; prepare() changes for good what the police "
                "work with"
            )
        diligent = kind.day is not Programme.day and kind.prepare is Programme.prepare
        if diligent and not self._paid:
            raise AssertionError(f"programme {kind.name!r}: what it does is free: {price}")
        if self._moved > MOST_MOVED * self._paid > 0.0:
            raise AssertionError(
                f"programme {kind.name!r}: what it does is all but free: it moved {self._moved / self._paid:.0f} "
                "residents for each minute or yuan, "
                f"at most {MOST_MOVED:g} can be; {price}"
            )


def _left_min(today: Today) -> float:
    return sum(hours.left_min for hours in today.hours.values())


def _doings(today: Today) -> dict[str, bytes]:
    """Return the state of what a programme may change, by name.

    How the anti-fraud desks are staffed is no change in itself.
    """
    t = today.truth
    tables = {
        "the feelings of residents": t.society.residents,
        "dwellings": t.society.dwellings,
        "offenders": t.offenders,
        "volunteers": today.volunteers,
        "frauds": t.frauds.rows[: t.frauds.used[0]],
        "cells": t.ground.cells,
        "disputes": t.disputes.rows[: t.disputes.used[0]],
        "incidents": t.logs.incidents[: t.logs.used[INCIDENTS]],
        "calls": t.logs.calls[: t.logs.used[CALLS]],
        "cases": today.cases.rows[: today.cases.used[ROWS]],
    }
    return {name: table.tobytes() for name, table in tables.items()}


def _improves(once: Scenario, before: Scenario) -> bool:
    """Whether a preparation changes more than personnel, whose pay is in the accounts, diversion and cordons.

    Diversion takes the desk's minutes and others' money, cordons those of the units at their posts.
    """
    dispatch = once.dispatch.model_copy(update={"pursuit": before.dispatch.pursuit})
    same: dict[str, Any] = {"force": before.force, "demand": before.demand, "dispatch": dispatch}
    heads = {"changes": before.force.changes, "most_lent_share": before.force.most_lent_share}
    return once.force.model_copy(update=heads) != before.force or once.model_copy(update=same) != before


def _ran(programme: Programme, scenario: Scenario) -> CityModel:
    model = CityModel(scenario, programmes=[programme])
    model.run()
    return model


def _check_briefing(model: CityModel, programme: Programme) -> None:
    """Let it brief a strategy twice."""
    before = model.briefing()
    with code_of(f"programme {programme.name!r}", DAYS):
        once, twice = programme.brief(before), programme.brief(before)
    if not isinstance(once, Briefing):
        raise AssertionError(
            f"programme {programme.name!r}: brief() returned {type(once).__name__}; return the briefing, or "
            "briefing.with_word_of(self.name, …)"
        )
    for name in ("now_min", "hour_of_week", "grid", "beats", "units_on_duty", "recorded", "truth"):
        if getattr(once, name) is not getattr(before, name):
            raise AssertionError(
                f"programme {programme.name!r}: brief() changed {name}; it may only add what it has to say, with "
                "briefing.with_word_of(self.name, …)"
            )
    if fingerprint(once) != fingerprint(twice):
        raise AssertionError(f"programme {programme.name!r}: brief() must be pure: the same for the same day")


def _check_without_hours(model: CityModel, name: str) -> None:
    """Let a day pass in which no post has an hour."""
    ledger = np.zeros((len(Post), len(Work)))
    nothing = PostHours({post: Hours(ledger[post], 0.0, 0.0, 1.0) for post in Post if post != Post.PATROL})
    today = model.today(DAYS)._replace(hours=nothing)
    try:
        for programme in model.programmes:
            programme.day(today)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise AssertionError(
            f"programme {name!r}: it fails with {type(error).__name__} on day {DAYS} of a trial, on which no post has "
            f"hours: {error}"
        ) from error
    if ledger.any():
        raise AssertionError(f"programme {name!r}: it booked minutes on a day on which there were none")
