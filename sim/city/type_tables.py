"""Reads the type of an incident, or the nature of a call, by tables of words: a YAML a language or standard.

A table lists phrases by class, in four parts that are tried in turn: `exactly` (the whole text), `first` (words that
decide wherever they stand: a false alarm, a visit, a recovery, a tax that is evaded), `then` (the crimes that are
simulated) and `otherwise` (all else). Within a part the phrase that covers most of the text decides; of equals, the
graver class (the hierarchy rule of the FBI's summary reports).

Phrases are compared without regard to case, accents, punctuation, and simplified or traditional characters. `*` stands
for the rest of a word, `..` for any words between. Words in an alphabet match whole words, Chinese ones anywhere.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from sim.city.notices import Notice
from sim.city.tables import text_of
from sim.parameters import BadInput

# The classes, gravest first
CLASSES = (
    "robbery", "assault", "burglary", "theft", "fraud", "school_violence", "dispute", "traffic", "alarm", "disorder",
    "offence", "service", "police", "none",
)  # fmt: skip
UNKNOWN = "unknown"
PARTS = ("exactly", "first", "then", "otherwise")
FIELD = "city.types_file"
MOST_ENTRIES = 20_000


class Meaning(NamedTuple):
    """What a text means, and what says so."""

    kind: str  # one of `CLASSES`, or `UNKNOWN`
    why: Notice  # phrase and table


class _Phrase(NamedTuple):
    """A phrase of a table, ready to be looked for."""

    needle: str  # its longest word, which a text must have in any case
    pattern: re.Pattern[str]
    meaning: Meaning


class TypeTables(NamedTuple):
    """Tables in the order in which they are asked."""

    exactly: Mapping[str, Meaning]  # whole text → meaning
    parts: tuple[tuple[_Phrase, ...], ...]  # first, then, otherwise

    def meaning(self, text: str) -> Meaning:
        """Return what a text means; `UNKNOWN` if no table has it."""
        plain = folded(text)
        if plain in self.exactly:
            return self.exactly[plain]
        for part in self.parts:
            found = [(_covered(phrase, plain), phrase.meaning) for phrase in part if phrase.needle in plain]
            best = max(((n, -CLASSES.index(m.kind), m) for n, m in found if n), default=None, key=lambda item: item[:2])
            if best is not None:
                return best[2]
        return Meaning(UNKNOWN, Notice("in no table"))


def folded(text: str) -> str:
    """Return a text in capitals and simplified characters, without accents, its words a space apart."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).translate(_variants())
        text = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", text.upper().replace("'", "").replace("&", " AND ")).strip()


@cache
def shipped_tables() -> TypeTables:
    """Return the tables that come with the program."""
    return _tables(_shipped().items())


def own_tables(path: str) -> TypeTables:
    """Return the tables that come with the program, with a user's own before them.

    Parameters
    ----------
    path : str
        A CSV with the columns `type` and `class` (as `types.csv` of a run has them), or a YAML in the form of the
        tables that come with the program, or one of class → whole texts.

    Raises
    ------
    BadInput
        If it cannot be read, has neither form, or names a class that there is not.
    """
    text = text_of(path, FIELD).utf8.decode()
    table = _of_yaml(text, path) if path.lower().endswith((".yaml", ".yml")) else _of_csv(text, path)
    for kind in (kind for part in PARTS for kind in table.get(part) or {}):
        if kind not in CLASSES:
            said = Notice("classes are {classes}; this table has {kind!r}", classes=CLASSES, kind=kind)
            raise BadInput(FIELD, path, said)
    own, shipped = _tables([(path, table)]), shipped_tables()
    if not own.exactly and not any(own.parts):
        raise BadInput(FIELD, path, Notice("a table with at least one type and its class; this one has none"))
    return TypeTables({**shipped.exactly, **own.exactly}, (*own.parts, *shipped.parts))


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    folder = files("sim.city") / "types"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    return {name: yaml.safe_load((folder / name).read_text(encoding="utf-8")) for name in names}


@cache
def _variants() -> dict[int, str]:
    """Return traditional → simplified characters, of all tables."""
    pairs = "".join(table.get("variants", "") for table in _shipped().values())
    return {ord(old): new for old, new in zip(pairs[::2], pairs[1::2], strict=True)}


def _tables(tables: Iterable[tuple[str, Mapping[str, Any]]]) -> TypeTables:
    exactly: dict[str, Meaning] = {}
    parts: dict[str, list[_Phrase]] = {part: [] for part in PARTS[1:]}
    for name, table in tables:
        exactly |= {folded(phrase): Meaning(kind, _said_by(phrase, name)) for kind, phrase in _of(table, "exactly")}
        for part in PARTS[1:]:
            parts[part] += [_phrase(phrase, Meaning(kind, _said_by(phrase, name))) for kind, phrase in _of(table, part)]
    return TypeTables(exactly, tuple(tuple(phrases) for phrases in parts.values()))


def _said_by(phrase: str, table: str) -> Notice:
    return Notice("'{phrase}' in {table}", phrase=phrase, table=table)


def _of(table: Mapping[str, Any], part: str) -> Iterator[tuple[str, str]]:
    """Yield (class, phrase) of one part of a table; a line may hold several phrases, a comma apart."""
    for kind, lines in (table.get(part) or {}).items():
        for line in lines:
            for phrase in [line] if part == "exactly" else str(line).split(","):
                yield kind, str(phrase).strip()


def _phrase(phrase: str, meaning: Meaning) -> _Phrase:
    words = [word for word in re.split(r"\s+", phrase) if word]
    plain = [folded(word) for word in words]
    pattern = ""
    for word, letters in zip(words, plain, strict=True):
        if word == "..":
            pattern += ".*"
            continue
        alphabet = letters.isascii()
        gap = r"\s" if pattern and not pattern.endswith(".*") and alphabet else ""
        end = r"\w*" if word.endswith("*") else r"\b" if alphabet else ""
        pattern += gap + (r"\b" if alphabet else "") + re.escape(letters) + end
    return _Phrase(max(plain, key=len), re.compile(pattern), meaning)


def _covered(phrase: _Phrase, text: str) -> int:
    """Return how many letters of a text a phrase covers, 0 if it does not occur."""
    found = phrase.pattern.search(text)
    return found.end() - found.start() if found else 0


def _of_csv(text: str, path: str) -> dict[str, Any]:
    rows = csv.DictReader(io.StringIO(text), strict=True)
    exactly: dict[str, list[str]] = {}
    try:
        names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
        if not {"type", "class"} <= set(names):
            said = "a CSV with the columns type and class, or a .yaml; this one has {has}"
            has = ", ".join(names)[:200] or Notice("nothing")
            raise BadInput(FIELD, path, Notice(said, has=has))
        for number, row in enumerate(rows):
            kind = (row[names["class"]] or "").strip().lower()
            if number >= MOST_ENTRIES:
                raise BadInput(FIELD, path, Notice("a table of at most {most:,} types", most=MOST_ENTRIES))
            if kind not in ("", UNKNOWN):  # left as the program reads it
                exactly.setdefault(kind, []).append(row[names["type"]] or "")
    except csv.Error as error:
        said = "a CSV with the columns type and class; line {line}: {why}"
        raise BadInput(FIELD, path, Notice(said, line=rows.line_num, why=str(error))) from None
    return {"exactly": exactly}


def _of_yaml(text: str, path: str) -> dict[str, Any]:
    try:
        table = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = Notice("line {line}", line=mark.line + 1) if mark else Notice("it")
        raise BadInput(FIELD, path, Notice("a YAML of class → types; {where} cannot be read", where=where)) from None
    if isinstance(table, dict) and not set(table) & set(PARTS):
        table = {"exactly": table}
    parts = [table.get(part) or {} for part in PARTS] if isinstance(table, dict) else [None]
    if not all(isinstance(part, dict) and all(_is_list(lines) for lines in part.values()) for part in parts):
        said = "a YAML of class → list of types, or of {parts} with such lists in them"
        raise BadInput(FIELD, path, Notice(said, parts=PARTS))
    return dict(table)


def _is_list(lines: object) -> bool:
    """Return whether a part of a table lists plain texts."""
    return isinstance(lines, list) and all(isinstance(line, str | int | float) for line in lines)
