"""Errors in the language of the reader.

An error is raised in English, deep in the model, which knows no languages. At the door its line is found again among
the sentences of the catalogue, which have a letter in braces for each value; the values themselves stay as they are,
unless they are sentences of the catalogue, too.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import CHINESE, ENGLISH, say, sheet, spoken
from sim.city.notices import Notice
from sim.parameters import BadInput, Unusable, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOT_KEYS = ("arguments", "command", "settings", "scenario")  # fields that nobody writes
NOT_VALUES = ("the combination given", "this combination")
QUOTES = "'\""  # round what is the user's
SUFFIXES = (";", ":")  # with which a part begins that follows another
FEWEST = 4  # letters of a sentence's own; with fewer it is taken for one only where its values are single words


def told(problem: str | Exception) -> str:
    """Return the line of an error, or another text of the door, in the language that is spoken."""
    if spoken() == ENGLISH:
        return str(problem)
    if isinstance(problem, BadInput) and type(problem) in (BadInput, Unusable):
        return say(refusal(problem))
    return say(recognised(str(problem)))


def refusal(error: BadInput) -> Notice:
    """Return the line of an error as a sentence that can be said in another language."""
    field = Notice(error.field) if error.field in NOT_KEYS else printable(error.field)
    said = error.problem if isinstance(error, Unusable) else error.allowed
    if not isinstance(said, Notice):
        said = recognised(printable(error.allowed))
    if isinstance(error, Unusable):
        return Notice("{field}: {problem}", field=field, problem=said)
    if error.value in NOT_VALUES:
        return Notice(
            "{field}: {value} is not allowed: {allowed}", field=field, value=Notice(error.value), allowed=said
        )
    shown = str(error).removeprefix(f"{printable(error.field)}: ").removesuffix(printable(error.allowed))
    value = shown.removesuffix(" is not allowed: ")
    return Notice("{field}: {value} is not allowed: {allowed}", field=field, value=value, allowed=said)


def recognised(text: str) -> Notice:
    """Return an English text as a sentence of the catalogue with its values, or as it is where there is none."""
    for words, form in _forms():
        if found := form.fullmatch(text):
            return _sentence(words, found.groupdict())
    for words, form in _forms():
        if words.startswith(SUFFIXES) and (found := re.fullmatch(f"(?P<head>.+?)(?:{form.pattern})", text, re.DOTALL)):
            values = found.groupdict()
            return Notice("{head}{tail}", head=recognised(values.pop("head")), tail=_sentence(words, values))
    return Notice("{text}", text=text)


def _sentence(words: str, values: Mapping[str, str]) -> Notice:
    """Return a sentence with its values, which may be sentences, too, unless they are in quotation marks."""
    parts: dict[str, Any] = {name: _value(text) for name, text in values.items()}
    return Notice(words, **parts)


def _value(text: str) -> str:
    return recognised(text) if text and text[0] not in QUOTES else text


@cache
def _forms() -> Sequence[tuple[str, re.Pattern[str]]]:
    """Return the sentences, each with what it matches; those that say most themselves come first."""
    said = sorted(sheet(CHINESE, "refusals"), key=lambda words: (-len(_own(words)), words))
    return [(words, _form(words)) for words in said]


def _form(words: str) -> re.Pattern[str]:
    """Return what a sentence matches, whatever its values are."""
    value = ".*?" if len(re.findall(r"\w", _own(words))) >= FEWEST else r"\w+"
    found = ""
    for text, name, _, _ in Formatter().parse(words):
        found += re.escape(text) + ("" if name is None else f"(?P<{name}>{value})")
    return re.compile(found, re.DOTALL)


def _own(words: str) -> str:
    """Return a sentence without its values."""
    return re.sub(r"{\w+}", "", words)
