"""What tells the content of the files that a city is read from, wherever they lie."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path


def contents(path: str) -> list[str]:
    """Return a digest of each file that is read when one is named; none for a file that is not there.

    Parameters
    ----------
    path : str
        A file of a city; a shapefile has others of its name beside it.
    """
    named = Path(path)
    files = sorted(named.parent.glob(f"{named.stem}.*")) if named.suffix.lower() == ".shp" else [named]
    return [_of_file(file) for file in files if file.is_file()]


def _of_file(path: Path) -> str:
    status = path.stat()
    return _digest(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _digest(path: Path, _changed_ns: int, _size: int) -> str:
    """Return the digest of a file, once for each time that it was changed."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
