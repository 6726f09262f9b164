"""`beatlab mechanisms`: what programmes do, seen from within: campaigns, fraud, disputes, volunteers, networks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.languages.speech import say, speaking
from experiments.mechanisms.api import COMMAND, carry_out, design
from experiments.presentation.result import saved
from experiments.runs.progress import bar
from experiments.settings.command import execute, shown_path
from experiments.settings.compose import print_settings
from experiments.settings.request import Request

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _mechanisms)


def _mechanisms(request: Request) -> None:
    plan, points = design(request)
    if request.print_only:
        print_settings({**plan, "cases": {name: scenario.model_dump(mode="json") for name, scenario in points.items()}})
        return
    from experiments.mechanisms.page import REPORT

    with speaking(plan["language"]):
        _, folder = saved(plan["out"], lambda: carry_out(request, plan, points, bar))
        print(say("report: {path}", path=shown_path(folder / REPORT)))


if __name__ == "__main__":
    sys.exit(main())
