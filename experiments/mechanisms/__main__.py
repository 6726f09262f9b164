"""`python -m experiments.mechanisms`: what programmes do, seen from within.

Campaigns, fraud, disputes, volunteers, networks.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.settings.command import REPLICATED_KEYS, Command, Request, execute, shown_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.scenario import Scenario

COMMAND = Command(
    name="mechanisms",
    summary=(
        "Look into programmes: campaigns over a year, fraud, disputes, volunteers over two years, networks; write "
        "tables, figures and a page."
    ),
    keys={
        "replications": "runs of each case; run r has the seed + r in all of them",
        "days": "measured days",
        **REPLICATED_KEYS,
    },
    fixed=("strategy",),
    examples=(
        "python -m experiments.mechanisms",
        "python -m experiments.mechanisms city=town replications=2 days=90 out=out/look",
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _mechanisms)


def _mechanisms(request: Request) -> None:
    started = datetime.now(UTC)
    plan, points = design(request)
    if request.print_only:
        from experiments.settings.compose import print_settings

        print_settings({**plan, "cases": {name: scenario.model_dump(mode="json") for name, scenario in points.items()}})
        return
    from rich.console import Console

    from experiments.mechanisms.findings import findings
    from experiments.mechanisms.kept import trace
    from experiments.mechanisms.page import REPORT, write_report
    from experiments.mechanisms.terminal import print_mechanisms
    from experiments.mechanisms.volunteer_study import courses_in
    from experiments.runs import folder as store
    from experiments.runs.engine import run_cases, with_seeds

    folder = store.check_output(plan["out"])
    store.check_drawing()
    traces = run_cases(
        trace, {case: with_seeds(scenario, plan["replications"]) for case, scenario in points.items()}, plan["workers"]
    )
    provenance = store.provenance(request.line, points["reactive"].seed, started)
    found = findings(points, traces, courses_in(points["reactive"].city, plan["replications"]), provenance)
    with store.output_folder(folder, provenance) as temporary:
        cases = {name: scenario.model_dump(mode="json") for name, scenario in points.items()}
        store.write_yaml(
            temporary / "scenarios.yaml", {"mechanisms": {"replications": plan["replications"]}, "cases": cases}
        )
        for name, table in found.tables.items():
            store.write_table(temporary / f"{name}.parquet", table)
        with store.drawing(temporary, folder, provenance):
            from experiments.mechanisms.figures import write_figures  # matplotlib takes long to import

            (temporary / "figures").mkdir()
            write_report(found, write_figures(found, temporary / "figures"), temporary)
    print_mechanisms(Console(), found)
    print(f"report: {shown_path(folder / REPORT)}")


def design(request: Request) -> tuple[dict[str, Any], dict[str, Scenario]]:
    """Turn what the user asked for into checked cases.

    Returns
    -------
    plan : dict
        replications, workers, out.
    points : dict
        Case → scenario with the first seed.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    from pydantic import Field

    from experiments.mechanisms.design import CASES, scenarios
    from experiments.settings.compose import check_last_seed, compose, plan_of
    from sim.parameters import BadInput

    if "strategy" in request.choices:
        raise BadInput(
            "strategy",
            request.choices["strategy"],
            f"each case has its own ({', '.join(dict.fromkeys(case.strategy for case in CASES.values()))})",
        )
    points = scenarios(COMMAND.name, list(COMMAND.keys), request.choices, request.values)
    plan = plan_of(compose(COMMAND.name, request.choices, request.values), replications=(int, Field(ge=1, le=10_000)))
    check_last_seed(points["reactive"], plan["replications"])
    return plan, points


if __name__ == "__main__":
    sys.exit(main())
