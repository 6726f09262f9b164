"""Opens the files of a user: regular files alone, plain or packed, and never more of them than we are ready to hold."""

from __future__ import annotations

import bz2
import gzip
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast
from xml.parsers import expat

from sim.city.notices import Notice
from sim.parameters import BadInput, Unusable

CHUNK = 1 << 20
MOST_TABLE_BYTES = 1 << 29  # assumption: some years of a metropolis; rows take some times that in memory
MOST_STREET_BYTES = 1 << 29  # assumption: as are the streets and buildings of a metropolis in OpenStreetMap XML
MOST_STREET_NODES, MOST_STREET_ELEMENTS = 2_000_000, 5_000_000  # each takes a kilobyte or so in memory
MOST_ELEMENT_BYTES = 4 * CHUNK  # from one element to the next
DEEPEST = 50
PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"PK\x03\x04": "zip", b"PK\x05\x06": "zip"}  # by their first bytes
WORKBOOK = "[Content_Types].xml"  # the member that makes a zip an office document


def told_by(error: Exception) -> str:
    """Return what a library says is wrong with a file, in a line that is not too long."""
    return " ".join(str(error).split())[:120] or type(error).__name__


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
        said = "file {file!r} not found (paths are relative to the working directory)"
        raise Unusable(field, path, Notice(said, file=path)) from None
    except OSError as error:
        said = "file {file!r} cannot be read ({why})"
        raise Unusable(field, path, Notice(said, file=path, why=str(error.strerror))) from None
    except (RuntimeError, ValueError) as error:  # ~nobody, NUL in a path
        said = "{file!r} is not the path of a file ({why})"
        raise Unusable(field, path, Notice(said, file=path, why=str(error))) from None
    if stat.S_ISDIR(kind):
        raise Unusable(field, path, Notice("{file!r} is a folder; name a file", file=path))
    if not stat.S_ISREG(kind):
        said = "{file!r} is a device, a pipe or a socket; name a regular file"
        raise Unusable(field, path, Notice(said, file=path))
    return file


def first_bytes(path: str, field: str) -> bytes:
    """Return how a file begins, as it is.

    Raises
    ------
    BadInput
        If it is no file that can be read.
    """
    try:
        with regular_file(path, field).open("rb") as stream:
            return stream.read(4096)
    except OSError as error:
        raise _unreadable(path, field, error) from None


def packing(path: str, field: str) -> str | None:
    """Return how a file is packed (gzip, bzip2, zip, or workbook, which is a zip of its own), by its content.

    Raises
    ------
    BadInput
        If it is no file that can be read.
    """
    file, head = regular_file(path, field), first_bytes(path, field)
    kind = next((name for begin, name in PACKED.items() if head.startswith(begin)), None)
    try:
        if kind == "zip" and zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                return "workbook" if WORKBOOK in archive.namelist() else kind
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise _unreadable(path, field, error) from None
    return kind


def chunks(path: str, field: str, most_bytes: int) -> Iterator[bytes]:
    """Yield the content of a file, unpacked if it is a gzip, a bzip2 or a zip with one file.

    Raises
    ------
    BadInput
        If it is no file that can be read, is damaged, or is longer than `most_bytes`, which is noticed before it is
        held in memory.
    """
    kind = packing(path, field)
    file = regular_file(path, field)
    total = file.stat().st_size if kind is None else 0  # of a plain file all at once
    try:
        with _opened(file, kind, field) as stream:
            while total <= most_bytes and (chunk := stream.read(CHUNK)):
                total += 0 if kind is None else len(chunk)
                yield chunk
    except BadInput:
        raise
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, ValueError) as error:
        raise _unreadable(path, field, error) from None
    if total > most_bytes:
        said = (
            "a file of at most {most:,} MB; cut it to the city, or to fewer years"
            if kind is None
            else "a file of at most {most:,} MB, unpacked; cut it to the city, or to fewer years"
        )
        raise BadInput(field, path, Notice(said, most=most_bytes >> 20))


@contextmanager
def unpacked(path: str, field: str, most_bytes: int) -> Iterator[Path]:
    """Give a block the path of a file as libraries want it, plain; a packed one is unpacked for it and removed after.

    Raises
    ------
    BadInput
        As `chunks`.
    """
    if packing(path, field) is None:
        yield regular_file(path, field)
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "unpacked"
        with plain.open("wb") as stream:
            stream.writelines(chunks(path, field, most_bytes))
        yield plain


def _opened(file: Path, kind: str | None, field: str) -> BinaryIO:
    """Open a file for reading what it holds."""
    if kind == "zip":
        return cast(BinaryIO, zipfile.ZipFile(file).open(_only_member(file, field)))
    if kind == "gzip":
        return cast(BinaryIO, gzip.open(file, "rb"))
    return cast(BinaryIO, bz2.open(file, "rb")) if kind == "bzip2" else file.open("rb")


def _only_member(file: Path, field: str) -> str:
    """Return the name of the one file in a zip, apart from what a Macintosh adds."""
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
    if len(names) != 1:
        shown = (*names[:5], *(["…"] if len(names) > 5 else []))
        said = "a .zip with one file; this one holds {files:,} ({shown}): unpack it"
        raise BadInput(field, str(file), Notice(said, files=len(names), shown=shown or Notice("nothing")))
    return names[0]


def _unreadable(path: str, field: str, error: Exception) -> BadInput:
    reason = getattr(error, "strerror", None) or error
    said = "a file that is whole; this one cannot be read ({why})"
    return BadInput(field, path, Notice(said, why=str(reason)))


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
        said = "GraphML or OpenStreetMap XML, plain or packed; this one cannot be read ({why})"
        raise BadInput(field, path, Notice(said, why=str(error))) from None
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
            self._refuse(
                Notice(
                    "streets of one city, of at most {nodes:,} nodes and {elements:,} elements; cut it to the city and "
                    "its streets (osmium extract, osmium tags-filter w/highway)",
                    nodes=MOST_STREET_NODES,
                    elements=MOST_STREET_ELEMENTS,
                )
            )
        if self._depth > DEEPEST:
            said = "GraphML or OpenStreetMap XML; this one has elements in elements, {deep} deep"
            self._refuse(Notice(said, deep=DEEPEST))

    def end(self, _name: str) -> None:
        self._depth -= 1

    def look(self, at_byte: int) -> None:
        if at_byte - self._last_byte > MOST_ELEMENT_BYTES:
            said = "GraphML or OpenStreetMap XML; this one has a tag or text of over {most} MB"
            self._refuse(Notice(said, most=MOST_ELEMENT_BYTES >> 20))

    def entity(self, *_: object) -> None:
        self._refuse(Notice("GraphML or OpenStreetMap XML; this one defines entities, which neither needs"))

    def _refuse(self, allowed: Notice) -> None:
        raise BadInput(self._field, self._path, allowed)
