"""The record of a result: what made it, and whether that is still here."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from experiments.runs.folder import LIBRARIES, PROCESSOR, input_digest, installed_versions
from experiments.runs.places import PROVENANCE, result_in
from experiments.runs.store.identity import source_digests
from experiments.settings.folders import CONFIGS
from sim.parameters import Unusable

FIELD = "folder"
PLACED = ("out", "store", "workers", "engine")  # keys and groups that say where and how fast, never what
TABLES = (".parquet", ".csv", ".json", ".yaml")  # figures and pages, which name the time, are made of these


@dataclass(frozen=True)
class Result:
    """A result in its folder.

    Attributes
    ----------
    folder : Path
        Where it is.
    words : list of str
        The command that made it and its arguments, without those that say where and how fast.
    sha256 : dict
        File of numbers → the digest of what was written.
    sources : dict
        Package of this project → the digest of the files that made it.
    versions : dict
        Of the libraries.
    commit : str or None
        Of the source.
    """

    folder: Path
    words: list[str]
    sha256: dict[str, str]
    sources: dict[str, str]
    versions: dict[str, str | None]
    commit: str | None

    @property
    def other_code(self) -> str:
        """What of the code differs from the one that made this result, in words; empty: nothing."""
        here, versions = source_digests(), installed_versions()
        packages = [name for name in here if here[name] != self.sources.get(name)]
        libraries = [
            f"{name} {self.versions.get(name)} → {versions[name]}"
            for name in ("python", PROCESSOR, *LIBRARIES)
            if name != "beatlab" and versions[name] != self.versions.get(name)
        ]
        return ", ".join([*packages, *libraries])

    @property
    def damaged(self) -> list[str]:
        """The files of numbers that are not there any more as they were written."""
        return [name for name, digest in self.sha256.items() if input_digest(str(self.folder / name)) != digest]


def read_result(place: str) -> Result:
    """Return the result in a folder whose record can be followed here.

    Raises
    ------
    BadInput
        When there is none, it cannot be done again by a command alone, it is a part, or a file that it was made from is
        missing or another one.
    """
    folder = result_in(place).resolve()
    record = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    if not isinstance(record.get("sha256"), dict):
        raise Unusable(FIELD, place, "{} was written by a version that kept no hashes of files and inputs")
    for field in ("command_note", "partial"):
        if field in record:
            raise Unusable(FIELD, place, f"{{}} cannot be done again as a whole: {record[field]}")
    for path, digest in record["inputs"].items():
        _check_input(path, digest)
    sha256 = {name: digest for name, digest in record["sha256"].items() if Path(name).suffix in TABLES}
    words = _words(place, record)
    return Result(folder, words, sha256, record["sources"], record["versions"], record["git_commit"])


def _check_input(path: str, digest: str | None) -> None:
    """Refuse an input that is missing, or another one than the result was made from."""
    now = input_digest(path)
    if now is None:
        raise Unusable("input", path, "file {} not found (paths are relative to the working directory)")
    if now != digest:
        raise Unusable("input", path, f"file {{}} has changed since: its SHA-256 was {digest}, now it is {now}")


def _words(place: str, record: dict[str, Any]) -> list[str]:
    """Return the words of a command of ours."""
    program, name, *rest = [*shlex.split(str(record["command"])), "", ""]
    if program != "beatlab" or not (CONFIGS / f"{name}.yaml").is_file():
        raise Unusable(
            FIELD, place, f"{{}} was made by {record['command']!r}, which is no command that can be repeated"
        )
    return [name, *(word for word in rest if word and word.partition("=")[0].partition(".")[0] not in PLACED)]


def is_stored(command: str) -> bool:
    """Whether a command has a store of runs, which it carries out over processes."""
    return "store" in yaml.safe_load((CONFIGS / f"{command}.yaml").read_text(encoding="utf-8"))
