"""Sentences in the reader's language: a catalogue from English words, with the names of values in braces, to others."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the catalogue of a language: English words → words."""
    import yaml

    text = (files("experiments.presentation") / FILES[language]).read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))
