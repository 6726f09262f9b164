"""Where lessons are: ours beside this file, one's own in `lessons/` of the working folder; nothing of them is run."""

from __future__ import annotations

import re
from pathlib import Path

OURS = ("more_patrol", "how_long", "campaign", "who_is_reached", "short_of_what", "self_feeding_map")  # as taught
OWN = "lessons"  # folder of one's own lessons, below the working folder
CODE = "lesson.py"
NAME = re.compile(r"[^\W\d_]\w*")


def lesson_folders() -> dict[str, Path]:
    """Return name → folder of every lesson, ours first; one's own that has a name of ours is not seen."""
    ours = {name: Path(__file__).parent / name for name in OURS}
    return ours | {one.name: one for one in _own() if one.name not in ours}


def _own() -> list[Path]:
    """Return the folders in the working folder that have the code of a lesson."""
    try:
        return sorted(
            one for one in (Path.cwd() / OWN).iterdir() if NAME.fullmatch(one.name) and (one / CODE).is_file()
        )
    except OSError:
        return []
