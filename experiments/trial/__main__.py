"""`beatlab trial`: a strategy rolled out in some districts and evaluated from police records, beside what is true."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.presentation.result import saved
from experiments.runs.progress import bar
from experiments.settings.command import execute, shown_path
from experiments.settings.compose import print_settings
from experiments.trial.api import carry_out
from experiments.trial.design import COMMAND, WAITING, design

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.settings.request import Request


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _trial)


def _trial(request: Request) -> None:
    plan, scenarios = design(request)
    if request.print_only:
        print_settings({**scenarios[WAITING].model_dump(mode="json"), **plan})
        return
    from experiments.languages.speech import say, speaking
    from experiments.trial.page import REPORT

    _, folder = saved(plan["out"], lambda: carry_out(request, plan, scenarios, bar))
    with speaking(plan["language"]):
        print(say("report: {path}", path=shown_path(folder / REPORT)))


if __name__ == "__main__":
    sys.exit(main())
