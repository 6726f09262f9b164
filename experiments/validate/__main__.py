"""`beatlab validate`: the scoreboard of published patterns, with the tables and figures behind it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.languages.speech import say, speaking
from experiments.presentation.result import saved
from experiments.runs.progress import bar
from experiments.settings.command import execute, shown_path
from experiments.settings.compose import print_settings
from experiments.settings.request import Request
from experiments.validate.api import COMMAND, carry_out, design

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _validate)


def _validate(request: Request) -> None:
    plan, points = design(request)
    if request.print_only:
        studies = {name: scenario.model_dump(mode="json") for name, scenario in points.items()}
        print_settings({**plan, "studies": studies})
        return
    from experiments.validate.page import REPORT

    with speaking(plan["language"]):
        _, folder = saved(plan["out"], lambda: carry_out(request, plan, points, bar))
        print(say("report: {path}", path=shown_path(folder / REPORT)))


if __name__ == "__main__":
    sys.exit(main())
