"""`beatlab compare`: strategies × shortages over paired replications, with intervals and a report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.compare.api import begin_workers, carry_out
from experiments.compare.design import COMMAND, design
from experiments.presentation.result import saved
from experiments.runs.progress import bar, remark
from experiments.settings.command import execute, print_files, shown_path
from experiments.settings.compose import print_settings
from experiments.settings.request import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.compare.api import ComparisonResult


COMPUTED = (
    "common",
    "sets",
    "variants",
    "trees",
    "factors",
    "levers",
    "seeds_together",
    "unchanged",
    "turns",
)  # of a plan


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _compare)


def _compare(request: Request) -> None:
    if not request.print_only:
        begin_workers(request)
    plan, points = design(request)
    if request.print_only:
        own = {key: value for key, value in plan.items() if key not in COMPUTED}
        strategy = next(iter(points.values())).strategy
        print_settings({**own, **plan["common"].model_dump(mode="json"), "strategy": strategy.model_dump(mode="json")})
        return
    from experiments.compare.page import REPORT
    from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
    from experiments.languages.speech import say, speaking
    from experiments.presentation.wording import too_few

    def compared() -> ComparisonResult:
        """Say so where there are too few replications, and run them."""
        if plan["replications"] < FEWEST_FOR_INTERVAL:
            with speaking(plan["language"]):
                words = "{too_few} for an interval; at least {least} are needed"
                remark(say(words, too_few=too_few(plan["replications"]), least=FEWEST_FOR_INTERVAL))
        return carry_out(request, plan, points, bar)

    result, folder = saved(plan["out"], compared)
    print_files(result.city.files)
    with speaking(plan["language"]):
        print(say("report: {path}", path=shown_path(folder / REPORT)))


if __name__ == "__main__":
    sys.exit(main())
