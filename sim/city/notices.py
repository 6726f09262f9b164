"""What is said about a file: sentences that know their weight, and the settings by which a user says it otherwise."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

SEPARATOR = ", "  # of the parts of a list


class Weight(IntEnum):
    """How much the results hang on what a sentence says, the lightest first."""

    READ = 0  # how something was read, that nothing speaks against
    ASSUMED = 1  # taken so because the file does not say
    LOST = 2  # rows, hours, streets that do not count
    DOUBTFUL = 3  # all results hang on it, and it may well be otherwise


class Notice(str):
    """A sentence about a file, which remembers its words and values and so can be said in another language.

    Attributes
    ----------
    words : str
        The sentence with the names of its values in braces, as `str.format` takes them.
    values : dict
        Name → value: a number, a text of the user's, a part of the sentence (`Notice`), or a tuple of these.
    weight : Weight
        How much hangs on it.
    settings : tuple of str
        By which it can be said otherwise.
    """

    words: str
    values: dict[str, Any]
    weight: Weight
    settings: tuple[str, ...]

    def __new__(cls, words: str, weight: Weight = Weight.READ, settings: tuple[str, ...] = (), **values: Any) -> Notice:
        """Say a sentence in English."""
        made = super().__new__(
            cls, words.format(**{name: _spelt(value, str, SEPARATOR) for name, value in values.items()})
        )
        made.words, made.values, made.weight, made.settings = words, values, weight, settings
        return made

    def said(self, translate: Callable[[str], str]) -> str:
        """Return the sentence in another language.

        Parameters
        ----------
        translate : callable
            English words with the names of values in braces → those of the other language, with the same names.
        """

        def spell(part: Any) -> str:
            return part.said(translate) if isinstance(part, Notice) else str(part)

        values = {name: _spelt(value, spell, translate(SEPARATOR)) for name, value in self.values.items()}
        return translate(self.words).format(**values)

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return (self.words, self.weight, self.settings), self.values


def _spelt(value: Any, spell: Callable[[Any], str], separator: str) -> Any:
    """Return a value as it goes into a sentence: parts of sentences and lists as texts, the rest as it is."""
    if isinstance(value, tuple):
        return separator.join(map(spell, value))
    return spell(value) if isinstance(value, Notice) else value
