"""`beatlab sensitivity`: on which uncertain parameters outcomes and differences between strategies hang."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.presentation.result import saved
from experiments.runs.progress import bar
from experiments.sensitivity.api import carry_out
from experiments.sensitivity.design import COMMAND, design
from experiments.settings.command import execute, shown_path
from experiments.settings.compose import print_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.settings.request import Request


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _sensitivity)


def _sensitivity(request: Request) -> None:
    plan, study = design(request)
    if request.print_only:
        scenario = study.scenario(study.baseline, {}).model_dump(mode="json")
        varied = {one.name: f"{one.low:g}..{one.high:g} {one.unit}" for one in study.factors}
        print_settings({**scenario, **plan, "parameters": varied})
        return
    from experiments.languages.speech import say, speaking
    from experiments.sensitivity.page import REPORT

    _, folder = saved(plan["out"], lambda: carry_out(request, plan, study, bar))
    with speaking(plan["language"]):
        print(say("report: {path}", path=shown_path(folder / REPORT)))


if __name__ == "__main__":
    sys.exit(main())
