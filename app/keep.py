"""What the page keeps on disk and finds again after a restart: the secret of its cookies, a folder for each session.

Names of files are ours: what a user calls a thing is text inside a file, never a path.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECRET, STATE, SHARED = "secret", "session.json", "shared"
_OWN_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")  # of files and folders: nothing that leads elsewhere
_LONGEST_NAME = 100


class Keep:
    """The folder of the page.

    Parameters
    ----------
    folder : Path
        Made, for this user alone, if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().resolve()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def secret(self) -> str:
        """The secret that cookies are signed with, made once, which only this user can read."""
        path = self.folder / SECRET
        if not path.exists():
            write_whole(path, secrets.token_urlsafe(32))
        return path.read_text(encoding="utf-8")

    def session(self, cookie: str) -> Session:
        """Return the session of a browser.

        Parameters
        ----------
        cookie : str
            What its signed cookie says it is.
        """
        key = hashlib.sha256(cookie.encode()).hexdigest()[:24]  # so that no address that is shown tells the cookie
        return Session(key, self.folder / "sessions" / key)

    def share(self, text: str) -> str:
        """Keep a situation for whoever has the address, which is returned; nobody can guess it."""
        name = secrets.token_hex(16)
        write_whole(self.folder / SHARED / f"{name}.yaml", text)
        return f"/shared/{name}"

    def shared(self, name: str) -> Path | None:
        """Return the file of a situation that was shared; None: there is none of this name."""
        path = self.folder / SHARED / f"{name}.yaml"
        return path if re.fullmatch("[0-9a-f]{32}", name) and path.is_file() else None


@dataclass(frozen=True)
class Session:
    """One browser, with a folder of its own.

    Attributes
    ----------
    key : str
        Its name in addresses and folders, which tells nothing of its cookie.
    folder : Path
        Made with the first thing that is kept.
    """

    key: str
    folder: Path

    def read(self, name: str, default: Any = None) -> Any:
        """Return what is kept under a name, as plain values; `default` where nothing is."""
        return self._state().get(name, default)

    def write(self, name: str, value: Any) -> None:
        """Keep plain values under a name."""
        write_whole(self.folder / STATE, json.dumps({**self._state(), name: value}, ensure_ascii=False))

    def _state(self) -> dict[str, Any]:
        """Return all that is kept; nothing where it cannot be read."""
        try:
            found: dict[str, Any] = json.loads((self.folder / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def file(self, *names: str) -> Path | None:
        """Return a file of this session; None where there is none, or a name that is not ours."""
        if not names or not all(len(name) <= _LONGEST_NAME and _OWN_NAME.fullmatch(name) for name in names):
            return None
        path = self.folder.joinpath(*names)
        return path if path.is_file() and path.resolve().is_relative_to(self.folder) else None

    def new_folder(self, kind: str) -> Path:
        """Return a new folder, by a name of ours."""
        path = self.folder / kind / secrets.token_hex(8)
        path.mkdir(parents=True)
        return path


def write_whole(path: Path, text: str) -> None:
    """Write a file that only this user can read, at once: nobody finds half of it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
