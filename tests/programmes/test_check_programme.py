"""The conformance check passes what is registered and tells the author of any other programme what to do."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest

from sim.check import check_programme
from sim.incident_types import PLACE_CRIMES
from sim.parameters import AuthorError, BadInput, parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, ProgrammeParameters, Today, programmes


@pytest.mark.parametrize("name", programmes())
def test_every_registered_programme_conforms(name: str) -> None:
    check_programme(name)


def programme(**members: Any) -> type[Programme]:
    return type("Made", (Programme,), {"name": "made", **members})


def spends_too_much(self: Programme, today: Today) -> None:
    today.hours[Post.COMMUNITY].spend(Work.VISITS, 1e6)


def spends_without_hours(self: Programme, today: Today) -> None:
    today.hours[Post.DETECTIVES].spend(Work.VISITS, 1.0)


def notes_something_else(self: Programme, today: Today) -> None:
    self.note(today.day, "smiles", 1.0)


def does_it_for_nothing(self: Programme, today: Today) -> None:
    self.note(today.day, "crimes_known", float(len(today.recorded().cell)))


def fails_when_much_is_known(self: Programme, today: Today) -> None:
    if set(today.recorded().type.tolist()) >= set(PLACE_CRIMES):
        raise RuntimeError("the body is reached")


def tells_everybody(self: Programme, today: Today) -> None:
    """One short message to a whole town."""
    hours = today.hours[Post.COMMUNITY]
    hours.spend(Work.LIAISON, min(5.0, hours.able()))
    today.truth.society.residents["awareness"] += 0.001


def calms_disputes(self: Programme, today: Today) -> None:
    """Mediators whom nobody pays: it declares a cost and never notes one."""
    today.truth.disputes.rows["tension"] *= 0.9


def pays_once(self: Programme, today: Today) -> None:
    if today.day == 0:
        self.note(0, "cost", 100.0)
    today.truth.society.residents["trust"][:5] += 0.001


def speeds_up(_: Programme, scenario: Any) -> Any:
    return scenario.model_copy(update={"dispatch": scenario.dispatch.model_copy(update={"scene_factor": 0.5})})


def pays_fairly(self: Programme, today: Today) -> None:
    self.note(today.day, "others_cost", 10.0)
    today.truth.society.residents["trust"][:100] += 0.001


class Unbounded(ProgrammeParameters):
    """A number without an upper bound."""

    walk_min: float = parameter(40.0, unit="min", gt=0, source="assumption", doc="A walk.")


class Remembers:
    """State that outlives a run."""

    runs: ClassVar[list[int]] = []


def differs(self: Programme, today: Today) -> None:
    Remembers.runs.append(today.day)
    self.note(today.day, "days", float(len(Remembers.runs)))


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (object, "is no programme: derive a class"),
        (programme(name="two words"), "has no name of letters"),
        (programme(Parameters=dict), "derive its Parameters from ProgrammeParameters"),
        (programme(totals=("a",), means=("a",)), "named twice"),
        (
            programme(prepare=lambda _, scenario: scenario.model_copy(update={"seed": scenario.seed + 1})),
            "changed seed, which is built once",
        ),
        (programme(day=spends_without_hours), "ValueError on day 9 of a trial, on which no post has hours"),
        (programme(day=differs, totals=("days",)), "two runs of one scenario differ"),
        (programme(day=does_it_for_nothing, totals=("crimes_known",)), "what it does is free: book it with today"),
        (programme(day=calms_disputes, totals=("cost",)), "what it does is free: .* on day 0 it changed disputes"),
        (
            programme(day=pays_once, totals=("cost",)),
            "what it does is free: .* on day 7 it changed the feelings of residents",
        ),
        (
            programme(prepare=speeds_up),
            r"what it does is free: .*; prepare\(\) changes for good what the police work with",
        ),
        (
            programme(prepare=speeds_up, totals=("cost",)),
            r"what it does is free: .*; prepare\(\) changes for good what the police work with",
        ),
        (programme(day=tells_everybody), r"all but free: it moved 5\d\d residents for each minute or yuan, at most 60"),
        (programme(means=("cost",)), "'cost' is a mean; name it in totals, so that it enters the accounts"),
        (
            programme(Parameters=Unbounded),
            r"programmes\.made\.walk_min: it lacks an upper bound \(le or lt\); declare it as parameter",
        ),
    ],
)
def test_an_author_is_told_what_to_change(made: Any, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        check_programme(made)


def test_what_others_pay_for_is_paid_for() -> None:
    check_programme(programme(day=pays_fairly, totals=("others_cost",)))


def test_what_is_noted_has_to_be_declared() -> None:
    with pytest.raises(AuthorError, match=r"'made' failed on day 0: .* 'smiles'"):
        check_programme(programme(day=notes_something_else))


def test_hours_that_are_not_there_cannot_be_spent() -> None:
    with pytest.raises(AuthorError, match=r"minutes of VISITS"):
        check_programme(programme(day=spends_too_much))


def test_crimes_of_every_kind_at_places_get_into_the_books_of_the_town() -> None:
    with pytest.raises(RuntimeError, match="the body is reached"):
        check_programme(programme(day=fails_when_much_is_known))


def rolls_dice(self: Programme, today: Today) -> None:
    hours = today.hours[Post.COMMUNITY]
    hours.spend(Work.VISITS, hours.able() * self.rng(today).random())


def test_chance_of_its_own_is_the_same_in_every_run_and_differs_by_day_and_name() -> None:
    check_programme(programme(day=rolls_dice))
    one, other = programme()(), programme(name="other")()
    first, second = (SimpleNamespace(seed=1, day=day) for day in (0, 1))
    drawn = [one.rng(first).random(), one.rng(second).random(), other.rng(first).random()]
    assert len(set(drawn)) == 3
    assert one.rng(first).random() == drawn[0]


def sends_patrol(self: Programme, today: Today) -> None:
    today.hours[Post.PATROL].spend(Work.VISITS, 1.0)


def test_a_post_without_hours_is_answered_by_those_that_have() -> None:
    with pytest.raises(AuthorError, match=r"<Post.PATROL: \d> .* Post.COMMUNITY"):
        check_programme(programme(day=sends_patrol))


def test_names_and_options_that_do_not_exist_are_refused() -> None:
    with pytest.raises(BadInput, match=r"strategy\.programmes: 'dancing' is not allowed: "):
        check_programme("dancing")
    with pytest.raises(BadInput, match=r"programmes\.cameras\.in_sight: 2 is not allowed"):
        check_programme("cameras", in_sight=2)


@pytest.mark.parametrize("value", [float("nan"), np.float32("inf"), -np.inf])
def test_what_is_noted_is_a_finite_number_on_the_day_on_which_it_is_noted(value: Any) -> None:
    made = programme(totals=("smiles",))()
    made.note(3, "smiles", 2.0)
    with pytest.raises(ValueError, match=rf"'made' notes smiles = {value} on day 4: "):
        made.note(4, "smiles", value)
    assert made.diary["smiles"].sum() == 2.0


@pytest.mark.parametrize(
    ("day", "value", "says"),
    [(0, 1e308, "from -1e15 to 1e15"), (-1, 1.0, "a day of the run"), (10**9, 1.0, "a day of the run")],
)
def test_neither_a_number_without_measure_nor_a_day_outside_every_run_is_noted(
    day: int, value: float, says: str
) -> None:
    class Notes(Programme):
        name = "notes"
        totals = ("smiles",)

    made = Notes()
    with pytest.raises(ValueError, match=says):
        made.note(day, "smiles", value)
    assert not made.diary["smiles"].any()


def _earns(self: Programme, today: Today) -> None:
    self.note(today.day, "cost", -5.0)


@pytest.mark.parametrize(
    ("attributes", "error", "says"),
    [
        ({"prepare": lambda self, scenario: None}, AssertionError, r"prepare\(\) returned NoneType; return a scenario"),
        (
            {"prepare": lambda self, scenario: os._exit(0)},
            AuthorError,
            r"failed before the first day: .*os\._exit\(0\)",
        ),
        ({"prepare": lambda self, scenario: 1 // 0}, AuthorError, "failed before the first day: ZeroDivisionError"),
        ({"__init__": lambda self, parameters: sys.exit(0)}, AuthorError, "failed before the first day: SystemExit"),
        ({"__init__": lambda self, parameters: None}, AssertionError, r"__init__\(\) leaves no diary"),
        ({"totals": ("cost",), "day": _earns}, AssertionError, "it notes a price below 0"),
    ],
    ids=["nothing", "leaves", "raises", "exits", "no_diary", "earns"],
)
def test_a_programme_that_cannot_be_made_or_prepared_or_earns_is_named(
    attributes: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=rf"programme 'made'.*{says}"):
        check_programme(type("Made", (Programme,), {"name": "made", **attributes}))
