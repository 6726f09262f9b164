"""A class: a code by which students join it, what each predicted, how far each is; on disk, without accounts."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.keep import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from app.keep import Keep

LETTERS = "ACDEFHJKLMNPRTUVWXY"  # none that is mistaken for another when it is read out or written on a board
CODE = re.compile(rf"[{LETTERS}]{{5}}")
MOST_STUDENTS, LONGEST_NAME = 200, 40
READS, PREDICTED, RAN, DEBRIEFED = STEPS = ("reads", "has predicted", "has run it", "is at the debriefing")


@dataclass
class Student:
    """What an instructor sees of a student.

    Attributes
    ----------
    name : str
        As the student wrote it.
    step : str
        One of `STEPS`.
    prediction : int or None
        Which of the choices, from 0.
    because : str
        Why, in the student's words.
    """

    name: str
    step: str = READS
    prediction: int | None = None
    because: str = ""


@dataclass
class Classroom:
    """A class.

    Attributes
    ----------
    code : str
        By which it is joined.
    lesson : str
        Name of the lesson.
    owner : str
        Key of the instructor's session.
    students : dict
        Key of a session → student, in the order in which they came.
    """

    code: str
    lesson: str
    owner: str
    students: dict[str, Student] = field(default_factory=dict)

    def predictions(self, choices: int) -> list[int]:
        """Return how many students predicted each of so many choices."""
        found = [one.prediction for one in self.students.values()]
        return [found.count(i) for i in range(choices)]


class Classrooms:
    """The classes of a server, each a file of its own.

    Parameters
    ----------
    keep : Keep
        The folder of the page.
    """

    def __init__(self, keep: Keep) -> None:
        self.folder = keep.folder / "classes"

    def open(self, lesson: str, owner: str) -> Classroom:
        """Open a class for a lesson, with a new code."""
        code = "".join(secrets.choice(LETTERS) for _ in range(5))
        while self._file(code).exists():
            code = "".join(secrets.choice(LETTERS) for _ in range(5))
        made = Classroom(code, lesson, owner)
        self._write(made)
        return made

    def find(self, code: str) -> Classroom | None:
        """Return the class of a code, in capitals or not; None: there is none."""
        told = str(code).strip().upper()
        if not CODE.fullmatch(told):
            return None
        try:
            kept = json.loads(self._file(told).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        students = {key: Student(**one) for key, one in kept["students"].items()}
        return Classroom(told, kept["lesson"], kept["owner"], students)

    def join(self, code: str, key: str, name: str) -> Classroom | None:
        """Let a session join a class; None: there is no such class, or it is full."""
        found = self.find(code)
        if found is None or (key not in found.students and len(found.students) >= MOST_STUDENTS):
            return None
        told = " ".join(name.split())[:LONGEST_NAME] or f"#{len(found.students) + 1}"
        found.students.setdefault(key, Student(told)).name = told
        self._write(found)
        return found

    def tell(self, code: str, key: str, **what: Any) -> None:
        """Note `step`, `prediction`, `because` of a student; nothing where the session is no student of the class."""
        found = self.find(code)
        if found is None or key not in found.students:
            return
        student = found.students[key]
        for name, value in what.items():
            if name != "step" or STEPS.index(value) > STEPS.index(student.step):
                setattr(student, name, value)
        self._write(found)

    def close(self, code: str, owner: str) -> None:
        """End a class, if it is the owner's; nothing is kept of it."""
        found = self.find(code)
        if found is not None and found.owner == owner:
            self._file(found.code).unlink(missing_ok=True)

    def _file(self, code: str) -> Path:
        return self.folder / f"{code.lower()}.json"

    def _write(self, one: Classroom) -> None:
        students = {key: vars(student) for key, student in one.students.items()}
        kept = {"lesson": one.lesson, "owner": one.owner, "students": students}
        write_whole(self._file(one.code), json.dumps(kept, ensure_ascii=False))
