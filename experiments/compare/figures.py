"""Draws the figures of a comparison over processes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from experiments.presentation.looks import LOOKS, SCREEN, Look, looking
from experiments.presentation.pictures import Picture
from experiments.runs.work import run_all

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.compare.findings import Findings

CONFIG = "MPLCONFIGDIR"
Group = Literal["strategies", "shortages", "maps"]
Task = tuple[Group, "Findings", "Path", str | None, Look]
GROUPS: tuple[Group, ...] = ("strategies", "shortages", "maps")  # those that take longest first


def draw_findings(
    findings: Findings, folder: Path, workers: int | None, look: Look = LOOKS[SCREEN]
) -> dict[str, Picture]:
    """Draw all figures of a comparison into a folder, and return the pictures by name.

    Parameters
    ----------
    findings : Findings
        What was found.
    folder : Path
        An existing folder; `<name>.png` and `<name>.svg` are written into it.
    workers : int or None
        Number of processes; None: one a core.
    look : Look
        In which they are drawn.
    """
    tasks: dict[str, Task] = {group: (group, findings, folder, os.environ.get(CONFIG), look) for group in GROUPS}
    drawn = run_all(_draw, tasks, workers)
    return {name: picture for pictures in drawn.values() for name, picture in pictures.items()}


def _draw(task: Task) -> dict[str, Picture]:
    """Draw the figures of one group.

    Without a folder for its fonts matplotlib makes one for each process, and workers would leave theirs behind: they
    take that of the command, which ends with it. So matplotlib, which takes long, is imported only after that is set.
    """
    group, findings, folder, config, look = task
    if config:
        os.environ[CONFIG] = config
    from experiments.compare import maps, shortage_figures, strategy_figures
    from experiments.languages.speech import speaking

    writers = {
        "strategies": strategy_figures.write_figures,
        "shortages": shortage_figures.write_figures,
        "maps": maps.write_figures,
    }
    with speaking(findings.language), looking(look):
        return writers[group](findings, folder)
