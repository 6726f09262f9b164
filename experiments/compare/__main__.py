"""`python -m experiments.compare`: strategies × shortages over paired replications, with intervals and a report."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from experiments.compare.design import check_same_force, design
from experiments.settings.command import REPLICATED_KEYS, Command, Request, execute, print_files, shown_path
from experiments.settings.compose import (
    print_settings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


COMMAND = Command(
    name="compare",
    summary="Compare strategies under shortages over paired replications; write a table, figures and a report.",
    keys={
        "strategies": "all, or names, also `<name> without <one of its programmes>`,",
        "shortages": "all, or names of shortages and levers, uniformNN for NN %,",
        "baseline": "strategy that the others are compared with; null: the first",
        "same_force": "refuse strategies with other headcounts",
        "replications": "runs of each, at least 2; run r has the seed + r for all of them",
        "days": "measured days",
        **REPLICATED_KEYS,
    },
    examples=(
        "python -m experiments.compare",
        "python -m experiments.compare city=town 'strategies=[reactive,hotspot]' 'shortages=[none,uniform20]' "
        "replications=10 days=28",
        "python -m experiments.compare 'shortages=[none,uniform]' shortage.fraction=0.25 strategy.dwell_min=12",
        "python -m experiments.compare experiment=shortages",
        "python -m experiments.compare city=from_data city.incidents_csv=incidents.csv out=out/real",
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _compare)


def _compare(request: Request) -> None:
    from experiments.runs.engine import run_cases, simulate, with_seeds
    from experiments.runs.processes import begin_server

    started = datetime.now(UTC)
    if not (request.print_only or request.values.get("workers") == 1):
        begin_server()
    plan, points = design(request)
    first = next(iter(points.values()))
    if request.print_only:
        own = {key: value for key, value in plan.items() if key != "common"}
        print_settings(
            {**own, **plan["common"].model_dump(mode="json"), "strategy": first.strategy.model_dump(mode="json")}
        )
        return
    from rich.console import Console

    from experiments.compare.figures import draw_findings
    from experiments.compare.files import write_files
    from experiments.compare.findings import findings
    from experiments.compare.kept import gather
    from experiments.compare.page import write_report
    from experiments.compare.terminal import print_findings
    from experiments.runs import folder as store
    from experiments.runs.trial import own_code, try_own
    from sim.city.build import build_city
    from sim.police.force.establishment import full_strength

    folder = store.check_output(plan["out"])
    store.check_drawing()
    city = build_city(first.city)
    for scenario in points.values():
        full_strength(scenario.force, city.residents)
    if plan["same_force"]:
        check_same_force(points, city)
    try_own(points.values())
    tasks = {point: with_seeds(scenario, plan["replications"]) for point, scenario in points.items()}
    runs = run_cases(simulate, tasks, plan["workers"], own_code)
    provenance = store.provenance(request.line, first.seed, started)
    found = findings(gather(plan, points, runs, city, provenance))
    with store.output_folder(folder, provenance) as temporary:
        write_files(temporary, plan, points, found, city)
        with store.drawing(temporary, folder, provenance):
            (temporary / "figures").mkdir()
            write_report(found, draw_findings(found, temporary / "figures", plan["workers"]), temporary)
    print_findings(Console(), found)
    print_files(city.files)
    print(f"report: {shown_path(folder / 'report.html')}")


if __name__ == "__main__":
    sys.exit(main())
