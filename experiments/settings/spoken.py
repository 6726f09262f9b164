"""The language that a command line asks for, as far as can be told before it is read, for the errors of reading it."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.languages.speech import ENGLISH, LANGUAGES
from experiments.settings.folders import CONFIG_FLAG, CONFIGS
from experiments.settings.situation import SITUATION_FLAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_BYTES = 1_000_000  # of a file that are looked through
_KEY = re.compile(rb"^language:[ \t]*['\"]?(\w+)", re.MULTILINE)
_OF_OTHERS = ("preset", "experiment")  # groups whose options set keys of others


def language_asked(words: Sequence[str]) -> str:
    """Return the language of the last `language=`, or of the files that a command line names; English without any.

    A file need not be whole for that: who has written `language: zh` into one with a tab is told so in Chinese.
    """
    said = [word.partition("=")[2].strip("'\"") for word in words if word.startswith("language=")]
    found = said[-1:] or [language for file in _files(words) if (language := _written_in(file))][-1:]
    return found[0] if found and found[0] in LANGUAGES else ENGLISH


def _files(words: Sequence[str]) -> Iterator[Path]:
    """Yield the files of the options and the situation of a command line; what stands later counts more."""
    folders = (CONFIGS, *(Path(folder) for folder in _after(CONFIG_FLAG, words)))
    for word in words:
        group, _, option = word.partition("=")
        if group in _OF_OTHERS:
            yield from (folder / group / f"{option}.yaml" for folder in folders)
    yield from map(Path, _after(SITUATION_FLAG, words))


def _after(flag: str, words: Sequence[str]) -> Iterator[str]:
    """Yield what is given with a flag, `--flag VALUE` or `--flag=VALUE`."""
    for word, following in pairwise((*words, "")):
        if word == flag:
            yield following
        elif word.startswith(f"{flag}="):
            yield word.partition("=")[2]


def _written_in(file: Path) -> str:
    """Return the language that a file chooses; empty where it cannot be told."""
    try:
        path = file.expanduser()
        if not path.is_file():
            return ""
        with path.open("rb") as file_of_bytes:
            text = file_of_bytes.read(MOST_BYTES).removeprefix(codecs.BOM_UTF8)
        if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = text.decode("utf-16", "ignore").encode()
        found = _KEY.search(text)
    except (OSError, RuntimeError, ValueError):  # who reads it is told
        return ""
    return found[1].decode() if found else ""
