"""Draws the pictures of a comparison over processes."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from experiments.presentation.pictures import Picture
from experiments.runs.engine import run_all

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.compare.comparison import Comparison

CONFIG = "MPLCONFIGDIR"
FIGURES_OF_A_COMPARISON = ("strategy_figures", "shortage_figures", "maps")  # modules, those that take longest first


def draw_comparison(comparison: Comparison, folder: Path, workers: int | None) -> dict[str, Picture]:
    """Draw all figures of a comparison into a folder, and return the pictures by name.

    Parameters
    ----------
    comparison : Comparison
        What was found.
    folder : Path
        An existing folder; `<name>.png` and `<name>.svg` are written into it.
    workers : int or None
        Number of processes; None: one a core.
    """
    tasks = {module: (module, comparison, folder, os.environ.get(CONFIG)) for module in FIGURES_OF_A_COMPARISON}
    drawn = run_all(_draw, tasks, workers)
    return {name: picture for pictures in drawn.values() for name, picture in pictures.items()}


def _draw(task: tuple[str, Comparison, Path, str | None]) -> dict[str, Picture]:
    """Draw the figures of one module, which imports matplotlib; that takes long.

    Without a folder for its fonts matplotlib makes one for each process and workers would leave theirs behind: they
    take that of the command, which ends with it.
    """
    module, comparison, folder, config = task
    if config:
        os.environ[CONFIG] = config
    pictures: dict[str, Picture] = import_module(f"experiments.compare.{module}").write_figures(comparison, folder)
    return pictures
