"""The scripts and the style of the player, which pages have in them as they are."""

from __future__ import annotations

from importlib.resources import files

SCRIPTS = ("reading", "marks", "layers", "stories", "page", "player")  # each uses those before it
FOLDER = files("app.replay") / "player"


def script() -> str:
    """Return all scripts of the player, one after the other."""
    return "".join(part(f"{name}.js") for name in SCRIPTS)


def part(name: str) -> str:
    """Return a file of the player."""
    return (FOLDER / name).read_text(encoding="utf-8")
