"""Opens the files of a user: regular files alone, plain or packed, and never more of them than we are ready to hold."""

from __future__ import annotations

import bz2
import codecs
import gzip
import re
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

from sim.parameters import BadInput, Unusable

CHUNK = 1 << 20
MOST_TABLE_BYTES = 1 << 29  # assumption: some years of a metropolis; rows take some times that in memory
MOST_STREET_BYTES = 1 << 29  # assumption: as are the streets and buildings of a metropolis in OpenStreetMap XML
MOST_STREET_NODES, MOST_STREET_ELEMENTS = 2_000_000, 5_000_000  # each takes a kilobyte or so in memory
MOST_ELEMENT_BYTES = 4 * CHUNK  # from one element to the next
DEEPEST = 50
OPENERS: dict[str, Any] = {".bz2": bz2.open, ".gz": gzip.open}


def regular_file(path: str, field: str) -> Path:
    """Return the path of a file that can be read to its end.

    Raises
    ------
    BadInput
        If it is missing, cannot be reached, or is a folder, a device or a pipe.
    """
    try:
        file = Path(path).expanduser()
        kind = file.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise Unusable(field, path, "file {} not found (paths are relative to the working directory)") from None
    except OSError as error:
        raise Unusable(field, path, f"file {{}} cannot be read ({error.strerror})") from None
    except (RuntimeError, ValueError) as error:  # ~nobody, NUL in a path
        raise Unusable(field, path, f"{{}} is not the path of a file ({error})") from None
    if stat.S_ISDIR(kind):
        raise Unusable(field, path, "{} is a folder; name a file")
    if not stat.S_ISREG(kind):
        raise Unusable(field, path, "{} is a device, a pipe or a socket; name a regular file")
    return file


def chunks(path: str, field: str, most_bytes: int) -> Iterator[bytes]:
    """Yield the content of a file, unpacked if its name ends in `.gz` or `.bz2`.

    Raises
    ------
    BadInput
        If it is no file that can be read, is damaged, or is longer than `most_bytes`, which is noticed before it is
        held in memory.
    """
    file = regular_file(path, field)
    packed = file.suffix in OPENERS
    total = 0 if packed else file.stat().st_size  # of a plain file all at once
    try:
        with OPENERS.get(file.suffix, open)(file, "rb") as stream:
            while total <= most_bytes and (chunk := stream.read(CHUNK)):
                total += len(chunk) if packed else 0
                yield chunk
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(
            field, path, f"a file that is whole; this one cannot be read ({getattr(error, 'strerror', None) or error})"
        ) from None
    if total > most_bytes:
        raise BadInput(
            field,
            path,
            f"a file of at most {most_bytes >> 20:,} MB{', unpacked' if packed else ''}; cut it to the city, or to "
            "fewer years",
        )


class Text(NamedTuple):
    """The text of a table, as UTF-8, and the encoding that the file has."""

    utf8: bytes
    encoding: str


def read_text(path: str, field: str) -> Text:
    """Return the text of a table that is written in UTF-8, UTF-16 or GB18030, with or without a byte order mark.

    GB18030 has a meaning for nearly any bytes; it is taken where nine in ten of the bytes beyond ASCII make the pairs
    of common Chinese characters, which those of western encodings do not.

    Raises
    ------
    BadInput
        If the file cannot be read or is in another encoding.
    """
    parts: list[bytes] = []
    for chunk in chunks(path, field, MOST_TABLE_BYTES):
        if not parts and len(chunk) == CHUNK and not re.search(rb"[\r\n]", chunk):
            raise BadInput(
                field, path, "a CSV with a header line and one row a line; the first line of this one is over 1 MB long"
            )
        parts.append(chunk)
    raw = b"".join(parts)
    del parts
    for encoding in _likely(raw[: 64 * 1024]):
        try:
            if encoding == "UTF-8" and b"\0" not in raw:
                _check_utf8(raw)
                return Text(raw.removeprefix(codecs.BOM_UTF8), encoding)
            if encoding.startswith("UTF-16") or (encoding == "GB18030" and b"\0" not in raw and _chinese(raw)):
                return Text(raw.decode(encoding).encode(), encoding)
        except UnicodeError:  # another encoding, or half a surrogate
            continue
    raise BadInput(
        field,
        path,
        "a CSV in UTF-8, UTF-16 or GB18030; this one is in another encoding or no text at all; save it as 'CSV UTF-8'",
    )


def _likely(head: bytes) -> list[str]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["UTF-16"]
    empty = [head[start::2].count(0) / max(len(head) // 2, 1) for start in (0, 1)]
    if max(empty) > 0.3 > 0.1 > min(empty):  # the one byte of two that is empty in most western letters and digits
        return ["UTF-16-LE" if empty[1] > empty[0] else "UTF-16-BE"]
    return ["UTF-8", "GB18030"]


def _check_utf8(raw: bytes) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(raw), CHUNK):  # the text itself is not needed
        decoder.decode(raw[start : start + CHUNK])
    decoder.decode(b"", final=True)


def _chinese(raw: bytes) -> bool:
    """Return whether bytes beyond ASCII, where they begin, make pairs of common Chinese characters."""
    first = re.search(rb"[\x80-\xff]", raw)
    sample = raw[first.start() :][: 4 * CHUNK] if first else b""
    beyond = len(sample.translate(None, bytes(range(128))))
    return sum(len(pair) for pair in re.findall(rb"(?:[\xa1-\xf7][\xa1-\xfe])+", sample)) >= 0.9 * beyond


def check_xml(path: str, field: str) -> bytes:
    """Read a file of streets once, holding none of it, before a library reads all of it into memory.

    Return its first bytes.

    Raises
    ------
    BadInput
        If it cannot be read, is no XML, defines entities, or is too large in any way.
    """
    parser, limits = expat.ParserCreate(), _Limits(path, field)
    parser.StartElementHandler = lambda name, _: limits.begin(name, parser.CurrentByteIndex)
    parser.EndElementHandler = limits.end
    parser.EntityDeclHandler = limits.entity
    head, fed = b"", 0
    try:
        for chunk in chunks(path, field, MOST_STREET_BYTES):
            head = head or chunk[:4096]
            if not is_streets(head):
                return head
            parser.Parse(chunk)
            fed += len(chunk)
            limits.look(fed)
        parser.Parse(b"", True)
    except BadInput:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise BadInput(
            field, path, f"GraphML or OpenStreetMap XML, plain, .gz or .bz2; this one cannot be read ({error})"
        ) from None
    return head


def is_streets(head: bytes) -> bool:
    """Return whether a file that begins so says that it is GraphML or OpenStreetMap XML."""
    return b"<graphml" in head or b"<osm" in head


class _Limits:
    """Counts what a file of streets is made of."""

    def __init__(self, path: str, field: str) -> None:
        self._path, self._field = path, field
        self._nodes = self._elements = self._depth = self._last_byte = 0

    def begin(self, name: str, at_byte: int) -> None:
        self.look(at_byte)
        self._last_byte = at_byte
        self._elements += 1
        self._depth += 1
        self._nodes += name.endswith("node")
        if self._nodes > MOST_STREET_NODES or self._elements > MOST_STREET_ELEMENTS:
            most = f"{MOST_STREET_NODES:,} nodes and {MOST_STREET_ELEMENTS:,} elements"
            self._refuse(
                f"streets of one city, of at most {most}; cut it to the city and its streets (osmium extract, osmium "
                "tags-filter w/highway)"
            )
        if self._depth > DEEPEST:
            self._refuse(f"GraphML or OpenStreetMap XML; this one has elements in elements, {DEEPEST} deep")

    def end(self, _name: str) -> None:
        self._depth -= 1

    def look(self, at_byte: int) -> None:
        if at_byte - self._last_byte > MOST_ELEMENT_BYTES:
            self._refuse(
                f"GraphML or OpenStreetMap XML; this one has a tag or text of over {MOST_ELEMENT_BYTES >> 20} MB"
            )

    def entity(self, *_: object) -> None:
        self._refuse("GraphML or OpenStreetMap XML; this one defines entities, which neither needs")

    def _refuse(self, allowed: str) -> None:
        raise BadInput(self._field, self._path, allowed)
