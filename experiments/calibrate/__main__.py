"""`beatlab calibrate`: parameters against published patterns; what comes of it is a set of vectors with weights."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.calibrate.api import carry_out
from experiments.calibrate.design import COMMAND, design
from experiments.presentation.result import saved
from experiments.runs.progress import bar
from experiments.settings.command import execute, shown_path
from experiments.settings.compose import print_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.settings.request import Request


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _calibrate)


def _calibrate(request: Request) -> None:
    plan, problem = design(request)
    if request.print_only:
        ranges = {one.name: {"low": float(one.low), "high": float(one.high), "log": one.log} for one in problem.factors}
        named = {**plan, "parameters": ranges, "patterns": [one.name for one in problem.patterns]}
        print_settings({**problem.scenario().model_dump(mode="json"), **named})
        return
    from experiments.calibrate.page import REPORT
    from experiments.languages.speech import say, speaking

    _, folder = saved(plan["out"], lambda: carry_out(request, plan, problem, bar))
    with speaking(plan["language"]):
        print(say("report: {path}", path=shown_path(folder / REPORT)))
        print(say("compare: {command}", command=f"beatlab compare parameters={shown_path(folder)}"))


if __name__ == "__main__":
    sys.exit(main())
