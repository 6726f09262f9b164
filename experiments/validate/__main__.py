"""`python -m experiments.validate`: the scoreboard of published patterns, with the tables and figures behind it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.settings.command import REPLICATED_KEYS, Command, Request, execute, shown_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from experiments.validate.findings import Validation
    from sim.scenario import Scenario

COMMAND = Command(
    name="validate",
    summary="Hold the model against published patterns; write a scoreboard, its tables and figures, and a page.",
    keys={
        "replications": "runs of each study, twice as many of those of headcount; run r has the seed + r in all",
        "days": "measured days",
        **REPLICATED_KEYS,
    },
    fixed=("demand",),
    examples=(
        "python -m experiments.validate",
        "python -m experiments.validate replications=20 out=out/twenty",
        "python -m experiments.validate city=town replications=3 days=28",
        "python -m experiments.validate strategy=hotspot people.offenders.propensity_shape=0.3",
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _validate)


def _validate(request: Request) -> None:
    started = datetime.now(UTC)
    plan, points = design(request)
    if request.print_only:
        from experiments.settings.compose import print_settings

        print_settings(
            {**plan, "studies": {name: scenario.model_dump(mode="json") for name, scenario in points.items()}}
        )
        return
    from rich.console import Console

    from experiments.runs import folder as store
    from experiments.runs.engine import run_cases
    from experiments.validate.findings import findings
    from experiments.validate.kept import portray
    from experiments.validate.page import REPORT, write_report
    from experiments.validate.terminal import print_validation
    from sim.city.build import build_city
    from sim.police.force.establishment import full_strength

    folder = store.check_output(plan["out"])
    store.check_drawing()
    for scenario in points.values():
        full_strength(scenario.force, build_city(scenario.city).residents)
    portraits = run_cases(portray, _tasks(points, plan["replications"]), plan["workers"])
    provenance = store.provenance(request.line, points["china"].seed, started)
    validation = findings(points, portraits, plan["replications"], provenance)
    with store.output_folder(folder, provenance) as temporary:
        _write(temporary, plan, validation)
        with store.drawing(temporary, folder, provenance):
            from experiments.validate.figures import write_figures  # matplotlib takes long to import

            (temporary / "figures").mkdir()
            write_report(validation, write_figures(validation, temporary / "figures"), temporary)
    print_validation(Console(), validation)
    print(f"report: {shown_path(folder / REPORT)}")


def design(request: Request) -> tuple[dict[str, Any], dict[str, Scenario]]:
    """Turn what the user asked for into checked studies.

    Returns
    -------
    plan : dict
        replications, workers, out.
    points : dict
        Study → scenario with the first seed.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    from pydantic import Field

    from experiments.settings.compose import check_last_seed, check_option, compose, plan_of
    from experiments.validate.design import STUDIES, replications_of, scenarios
    from sim.parameters import BadInput

    if "demand" in request.choices:
        mixes = ", ".join(dict.fromkeys(study.demand for study in STUDIES.values()))
        raise BadInput("demand", request.choices["demand"], f"each study has its own mix ({mixes})")
    for study in STUDIES.values():
        check_option("demand", study.demand)
    points = scenarios(COMMAND.name, list(COMMAND.keys), request.choices, request.values)
    plan = plan_of(compose(COMMAND.name, request.choices, request.values), replications=(int, Field(ge=1, le=10_000)))
    check_last_seed(points["china"], max(replications_of(study, plan["replications"]) for study in STUDIES))
    return plan, points


def _tasks(points: Mapping[str, Scenario], replications: int) -> dict[str, list[dict[str, Any]]]:
    """Return the tasks of every study, a replication each."""
    from experiments.runs.engine import with_seeds
    from experiments.validate.design import STUDIES, replications_of

    return {
        name: [
            {"scenario": settings, "knox": STUDIES[name].knox}
            for settings in with_seeds(scenario, replications_of(name, replications))
        ]
        for name, scenario in points.items()
    }


def _write(folder: Path, plan: dict[str, Any], validation: Validation) -> None:
    """Write everything but the page."""
    from experiments.runs import folder as store

    studies = {name: scenario.model_dump(mode="json") for name, scenario in validation.scenarios.items()}
    store.write_yaml(
        folder / "scenarios.yaml",
        {"validate": {"replications": plan["replications"], "confidence": 0.95}, "studies": studies},
    )
    for name in ("patterns", "rates", "calls", "knox", "spiral", "coordination"):
        store.write_table(folder / f"{name}.parquet", getattr(validation, name))


if __name__ == "__main__":
    sys.exit(main())
