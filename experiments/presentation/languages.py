"""Sentences in the reader's language: a catalogue from English words, with the names of values in braces, to others."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sim.city.notices import Notice
    from sim.parameters import BadInput

ENGLISH, CHINESE = LANGUAGES = ("en", "zh")
FILES = {CHINESE: "chinese.yaml"}


def check_language(language: object) -> str:
    """Return a language that there is.

    Raises
    ------
    BadInput
        If there is no such language.
    """
    from sim.parameters import BadInput

    if language not in LANGUAGES:
        raise BadInput("language", language, f"one of {', '.join(LANGUAGES)}")
    return str(language)


def translator(language: str) -> Callable[[str], str]:
    """Return a function that gives English words in a language; words that its catalogue lacks stay English."""
    if language == ENGLISH:
        return str
    words = catalogue(language)
    return lambda text: words.get(text, text)


def refusal(error: BadInput) -> Notice:
    """Return the line of an error as a sentence that can be said in another language, if the error is about a file."""
    from sim.city.notices import Notice
    from sim.parameters import Unusable

    said = error.problem if isinstance(error, Unusable) else error.allowed
    if not isinstance(said, Notice):
        return Notice("{error}", error=str(error))
    field = Notice(error.field)
    if isinstance(error, Unusable):
        return Notice("{field}: {problem}", field=field, problem=said)
    return Notice("{field}: {value!r} is not allowed: {allowed}", field=field, value=error.value, allowed=said)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the catalogue of a language: English words → words."""
    import yaml

    text = (files("experiments.presentation") / FILES[language]).read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))
