"""The folder of a lesson: ours, or one's own in `lessons/` of the working folder; both are read in the same way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import LANGUAGES, spoken
from experiments.lesson.texts import Text, text_of
from scenarios.lessons.found import CODE, OWN, lesson_folders
from sim.authors import code_of
from sim.parameters import BadInput, Unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scenarios.lessons.parts import Knob, Promise
    from sim.outcomes.results import Results
    from sim.scenario import Scenario

MOST_READ = 64  # lessons, or versions of them, that a process remembers
NEEDED = ("PLACE", "KNOBS", "REPLICATIONS", "ANSWER", "PROMISES", "arms", "measures")


@dataclass(frozen=True)
class Lesson:
    """A lesson, checked.

    Attributes
    ----------
    name : str
        Of its folder.
    folder : Path
        Absolute.
    version : str
        Of the content of its files.
    texts : mapping
        Language → what it says.
    place, knobs, replications, answer, promises, arms, measures
        What its `lesson.py` says, see `scenarios.lessons.parts`.
    """

    name: str
    folder: Path
    version: str
    texts: Mapping[str, Text]
    place: Mapping[str, Any]
    knobs: Mapping[str, Knob]
    replications: int
    answer: int
    promises: tuple[Promise, ...]
    arms: Callable[..., dict[str, Scenario]]
    measures: Callable[[Results], dict[str, float]]

    @property
    def text(self) -> Text:
        """What it says in the language that is spoken, or else in the one that it has."""
        return self.texts.get(spoken()) or next(iter(self.texts.values()))

    def with_defaults(self, given: Mapping[str, Any]) -> dict[str, float]:
        """Return the value of every knob.

        Raises
        ------
        BadInput
            For a knob that there is not, and a value that is not allowed.
        """
        for name, value in given.items():
            if name not in self.knobs:
                knobs = ", ".join(self.knobs) or "it has none"
                raise BadInput(name, value, f"a knob of the lesson {self.name}: {knobs}")
            allowed = self.knobs[name].allowed
            if isinstance(value, bool) or value not in allowed:
                raise BadInput(name, value, f"one of {', '.join(f'{one:g}' for one in allowed)}")
        return {name: given.get(name, knob.default) for name, knob in self.knobs.items()}


def load(name: str) -> Lesson:
    """Return a lesson by its name.

    Raises
    ------
    BadInput
        If there is none of that name, or something is missing in it.
    AuthorError
        If its code fails.
    """
    folders = lesson_folders()
    if name not in folders:
        raise BadInput("lesson", name, f"one of {', '.join(folders)}; one of your own is a folder in {OWN}/")
    return load_folder(folders[name])


def load_folder(folder: Path) -> Lesson:
    """Read the folder of a lesson, again where a file of it has changed; see `load`."""
    return _read(folder, _version(folder))


def _version(folder: Path) -> str:
    """Return a name for the content of the files of a lesson."""
    digest = hashlib.sha256()
    for file in (CODE, *(f"{one}.md" for one in LANGUAGES)):
        content = (folder / file).read_bytes() if (folder / file).is_file() else b""
        digest.update(f"{file} {len(content)} ".encode() + content)
    return digest.hexdigest()[:16]


@lru_cache(MOST_READ)
def _read(folder: Path, version: str) -> Lesson:
    texts = {one: text_of(folder / f"{one}.md", one) for one in LANGUAGES if (folder / f"{one}.md").is_file()}
    if not texts:
        raise Unusable("lesson", str(folder), f"folder {{}} has no {' and no '.join(f'{one}.md' for one in LANGUAGES)}")
    code = _code(folder)
    missing = [name for name in NEEDED if name not in code]
    if missing:
        raise Unusable("lesson", str(folder / CODE), f"file {{}} does not say {', '.join(missing)}")
    lesson = Lesson(folder.name, folder, version, texts, **{name.lower(): code[name] for name in NEEDED})
    for language, text in texts.items():
        _check(lesson, text, f"{language}.md")
    return lesson


def _check(lesson: Lesson, text: Text, file: str) -> None:
    """Refuse a text that does not say what the code needs."""
    if {*text.knobs} != {*lesson.knobs}:
        raise BadInput(f"{file}: knobs", ", ".join(text.knobs), f"the knobs of {CODE}: {', '.join(lesson.knobs)}")
    for promise in lesson.promises:
        for field, name in (("measures", promise.measure), ("arms", promise.arm), ("arms", promise.against)):
            if name not in (said := getattr(text, field)):
                raise BadInput(f"{file}: {field}", ", ".join(said), f"words for {name}, which is promised")
    if not 0 <= lesson.answer < len(text.choices):
        raise BadInput(f"{CODE}: ANSWER", lesson.answer, f"one of the {len(text.choices)} choices of {file}, from 0")


def _code(folder: Path) -> dict[str, Any]:
    """Run the code of a lesson; return its names."""
    file = folder / CODE
    if not file.is_file():
        raise Unusable("lesson", str(file), "file {} not found")
    spec = spec_from_file_location(f"beatlab_lesson_{folder.name}", file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    with code_of(f"lesson {folder.name!r}", None):
        spec.loader.exec_module(module)
    return vars(module)
