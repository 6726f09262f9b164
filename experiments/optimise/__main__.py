"""`beatlab optimise`: the best use of levers and strategies within a budget, tried on fresh seeds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.optimise.api import carry_out
from experiments.optimise.design import COMMAND, design
from experiments.presentation.result import saved
from experiments.runs.progress import bar
from experiments.settings.command import execute, shown_path
from experiments.settings.compose import print_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.settings.request import Request


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _optimise)


def _optimise(request: Request) -> None:
    plan, space = design(request)
    if request.print_only:
        scenario = space.scenario(space.status_quo).model_dump(mode="json")
        print_settings({**scenario, **plan, "levers": dict(space.levers)})
        return
    from experiments.languages.speech import say, speaking
    from experiments.optimise.files import SITUATION
    from experiments.optimise.page import REPORT

    result, folder = saved(plan["out"], lambda: carry_out(request, plan, space, bar))
    with speaking(plan["language"]):
        print(say("report: {path}", path=shown_path(folder / REPORT)))
        if result.found.chosen != space.status_quo:
            print(say("compare: {command}", command=f"beatlab compare --situation {shown_path(folder / SITUATION)}"))


if __name__ == "__main__":
    sys.exit(main())
