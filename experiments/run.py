"""`python -m experiments.run`: one strategy in one city, once."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from experiments.settings.command import Command, Request, execute, print_files, shown_path
from experiments.settings.compose import compose, print_settings, scenario_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sim.city.city import City
    from sim.outcomes.results import Results
    from sim.scenario import Scenario

COMMAND = Command(
    name="run",
    summary="Run one strategy in one city, once, and write what happened.",
    keys={
        "days": "measured days",
        "warmup_days": "days before them, that are not measured",
        "seed": "seed of all chance",
        "out": "folder of the results",
    },
    examples=(
        "python -m experiments.run city=town strategy=hotspot strategy.dwell_min=12 days=14",
        "python -m experiments.run shortage=uniform shortage.fraction=0.25 out=out/quarter",
        "python -m experiments.run shortage=secondment shortage.start_day=35 shortage.days=21 out=out/away",
        "python -m experiments.run city=from_data city.incidents_csv=incidents.csv",
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _run)


def _run(request: Request) -> None:
    started = datetime.now(UTC)
    tree = compose(COMMAND.name, request.choices, request.values)
    scenario = scenario_of(tree, COMMAND.keys)
    if request.print_only:
        print_settings({"out": tree["out"], "shortage": tree["shortage"], **scenario.model_dump(mode="json")})
        return
    from experiments.runs import folder as store

    folder = store.check_output(tree["out"])
    from rich.console import Console

    from experiments.presentation.terminal import print_run
    from experiments.runs.progress import progress
    from experiments.runs.trial import try_own
    from sim.model import CityModel

    try_own([scenario])
    model = CityModel(scenario)
    days = scenario.warmup_days + scenario.days
    with progress(days, "days") as done:
        for _ in range(days):
            model.run(days=1)
            done()
    results = model.results()
    with store.output_folder(folder, store.provenance(request.line, scenario.seed, started)) as temporary:
        _write(temporary, scenario, model.city, results)
    print_run(Console(), results, scenario)
    print_files(model.city.files)
    print(f"results: {shown_path(folder)}")


def _write(folder: Path, scenario: Scenario, city: City, results: Results) -> None:
    from experiments.runs import folder as store

    store.write_yaml(folder / "scenario.yaml", scenario.model_dump(mode="json"))
    never = {name: None for name, value in results.indicators.items() if value == float("inf")}  # JSON has no infinity
    store.write_json(folder / "indicators.json", {**results.indicators, **never})
    for name, columns in results.tables.items():
        store.write_table(folder / f"{name}.parquet", store.frame(columns))
    store.write_rejected(folder / "rejected.csv", city.files)


if __name__ == "__main__":
    sys.exit(main())
