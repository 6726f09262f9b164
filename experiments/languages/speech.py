"""The reader's language: a sentence is written in English where it is needed, and said by a catalogue in another.

The language is that of a block, `with speaking("zh")`, so that nobody who writes a sentence has to hand it on.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from experiments.languages.glossary import IN_CHINESE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ENGLISH, CHINESE = LANGUAGES = ("en", "zh")
FOLDERS = {
    CHINESE: "chinese"
}  # of catalogues: YAML, English words with the names of values in braces → words; and terms
SHEETS = (
    "names", "descriptions", "compare", "equivalents", "equity", "search", "commands", "mechanisms", "validate",
    "files", "refusals", "replay", "app", "lesson", "robustness", "sensitivity", "calibrate", "trial",
)  # fmt: skip
_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def check_language(language: object) -> str:
    """Return a language that there is.

    Raises
    ------
    BadInput
        If there is no such language.
    """
    if language not in LANGUAGES:
        from sim.parameters import BadInput

        raise BadInput("language", language, f"one of {', '.join(LANGUAGES)}")
    return str(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in a language within a block."""
    token = _spoken.set(check_language(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """Return the language that is spoken here."""
    return _spoken.get()


def say(words: str, /, **values: Any) -> str:
    """Return a sentence in the language that is spoken.

    Parameters
    ----------
    words : str
        English, with the names of values in braces; or a notice, which has its values with it.
    **values
        Name → value, as `str.format` takes them; without any, braces stay as they are.
    """
    if hasattr(words, "said"):
        return str(words.said(in_words))
    return in_words(words).format(**values) if values else in_words(words)


def in_words(words: str) -> str:
    """Return English words in the language that is spoken, their braces unfilled; English where it has none."""
    language = spoken()
    return words if language == ENGLISH else catalogue(language).get(words, words)


def listed(parts: Sequence[str], last: str = "{first} and {last}") -> str:
    """Write texts as `a, b and c`; `last` joins the last one to those before it."""
    if len(parts) < 2:
        return "".join(parts)
    return say(last, first=in_words(", ").join(parts[:-1]), last=parts[-1])


def sentences(parts: Sequence[str]) -> str:
    """Join sentences to a text, each with a capital letter, without a space where the language has none."""
    return ("" if spoken() == CHINESE else " ").join(opened(part) for part in parts if part)


def opened(text: str) -> str:
    """Return a sentence with a capital letter at its beginning, unless it begins with an identifier."""
    return text if "_" in text.split(" ", 1)[0] else text[:1].upper() + text[1:]


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the catalogue of a language: English words → words."""
    told = (sheet(language, name) for name in SHEETS)
    return {**IN_CHINESE, **{key: words for part in told for key, words in part.items()}}


@cache
def sheet(language: str, name: str) -> Mapping[str, str]:
    """Return one of the files of a catalogue."""
    import yaml

    text = (files("experiments.languages") / FOLDERS[language] / f"{name}.yaml").read_text(encoding="utf-8")
    found: dict[str, str] = yaml.safe_load(text)
    return found
