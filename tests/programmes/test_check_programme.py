"""The conformance check passes what is registered and tells the author of any other programme what to do."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from sim.check import check_programme
from sim.parameters import BadInput
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme, Today, programmes


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
        (programme(prepare=lambda _, scenario: scenario.model_copy(update={"seed": scenario.seed + 1})), "changed seed, which is built once"),
        (programme(day=spends_without_hours), "on a day without hours"),
        (programme(day=differs, totals=("days",)), "two runs of one scenario differ"),
    ],
)
def test_an_author_is_told_what_to_change(made: Any, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        check_programme(made)


def test_what_is_noted_has_to_be_declared() -> None:
    with pytest.raises(ValueError, match="programme 'made' notes 'smiles', which is in neither totals nor means"):
        check_programme(programme(day=notes_something_else))


def test_hours_that_are_not_there_cannot_be_spent() -> None:
    with pytest.raises(ValueError, match=r"minutes of VISITS cannot be booked"):
        check_programme(programme(day=spends_too_much))


def test_names_and_options_that_do_not_exist_are_refused() -> None:
    with pytest.raises(BadInput, match=r"strategy\.programmes: 'dancing' is not allowed: one of "):
        check_programme("dancing")
    with pytest.raises(BadInput, match=r"programmes\.cameras\.in_sight: 2 is not allowed"):
        check_programme("cameras", in_sight=2)
