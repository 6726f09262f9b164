"""`beatlab sweep`: every combination of settings, paired over seeds, in a store that survives anything."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.languages.speech import say, speaking
from experiments.presentation.result import saved
from experiments.runs.progress import bar
from experiments.settings.command import execute, shown_path
from experiments.settings.compose import print_settings
from experiments.sweep.api import carry_out, carry_out_silently, with_jobs
from experiments.sweep.design import COMMAND, design

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.settings.request import Request


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _sweep)


def _sweep(request: Request) -> None:
    plan, points, twins = design(request)
    if request.print_only:
        del plan["factors"]  # the points name them
        print_settings({**plan, "points": [point.factors for point in points]})
        return
    if request.detach or plan["part"] is not None:  # many may be at work at once: none of them reports
        with speaking(plan["language"]):
            print(carry_out_silently(request, plan, points, twins, bar))
        return
    from experiments.runs.engines.settings import SLURM
    from experiments.sweep.page import REPORT

    with speaking(plan["language"]):
        _, folder = saved(plan["out"], lambda: carry_out(request, plan, points, twins, bar))
        print(say("report: {path}", path=shown_path(folder / REPORT)))
        if request.only_look and plan["engine"]["name"] == SLURM:
            print(say("{runs} runs are with jobs", runs=with_jobs(plan)))


if __name__ == "__main__":
    sys.exit(main())
