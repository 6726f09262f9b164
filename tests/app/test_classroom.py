"""Claims about classes: a code, students without accounts, and nothing that a name or a code can do."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.classroom import CODE, DEBRIEFED, MOST_STUDENTS, PREDICTED, RAN, Classrooms
from app.keep import Keep


@pytest.fixture
def classes(tmp_path: Path) -> Classrooms:
    return Classrooms(Keep(tmp_path))


def test_a_class_is_joined_by_its_code_and_is_there_after_a_restart(classes: Classrooms, tmp_path: Path) -> None:
    code = classes.open("how_long", "instructor").code
    assert CODE.fullmatch(code)
    assert classes.join(f" {code.lower()} ", "one", "Li  Ming\n") is not None
    classes.tell(code, "one", prediction=1, because="so", step=PREDICTED)
    found = Classrooms(Keep(tmp_path)).find(code)
    assert found is not None
    student = found.students["one"]
    assert (student.name, student.prediction, student.because, student.step) == ("Li Ming", 1, "so", PREDICTED)
    assert found.predictions(3) == [0, 1, 0]


def test_a_step_is_never_taken_back_and_who_joins_again_keeps_what_was_done(classes: Classrooms) -> None:
    code = classes.open("how_long", "instructor").code
    classes.join(code, "one", "")
    classes.tell(code, "one", step=DEBRIEFED)
    classes.tell(code, "one", step=RAN)
    classes.join(code, "one", "Wang")
    found = classes.find(code)
    assert found is not None
    assert (found.students["one"].name, found.students["one"].step) == ("Wang", DEBRIEFED)


@pytest.mark.parametrize("code", ["", "AAAAA", "../..", "a/b", "AAAAA.json", "ＡＡＡＡＡ", "AAAAAA", None])
def test_a_code_that_there_is_not_finds_nothing(classes: Classrooms, code: str) -> None:
    classes.open("how_long", "instructor")
    assert classes.find(code) is None
    assert classes.join(code, "one", "Li") is None


def test_only_who_opened_a_class_closes_it_and_who_is_not_in_it_tells_nothing(classes: Classrooms) -> None:
    code = classes.open("how_long", "instructor").code
    classes.tell(code, "stranger", prediction=1)
    classes.close(code, "stranger")
    found = classes.find(code)
    assert found is not None
    assert found.students == {}
    classes.close(code, "instructor")
    assert classes.find(code) is None


def test_a_class_has_room_for_so_many_and_names_are_short(classes: Classrooms) -> None:
    code = classes.open("how_long", "instructor").code
    for i in range(MOST_STUDENTS):
        assert classes.join(code, f"{i}", "x" * 1000) is not None
    assert classes.join(code, "one more", "") is None
    found = classes.find(code)
    assert found is not None
    assert {len(one.name) for one in found.students.values()} == {40}
