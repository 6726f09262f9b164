"""`python -m experiments.compare`: strategies × shortages over paired replications, with intervals and a report."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.command import LISTS, Command, Request, execute, print_files, shown_path
from experiments.settings import check_last_seed, check_option, compose, print_settings, scenario_of, strategy_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl
    from pydantic import BaseModel

    from experiments.comparison import Comparison
    from experiments.runner import RunResult
    from sim.city.city import City
    from sim.scenario import Scenario

Point = tuple[str, str]  # shortage, strategy

COMMAND = Command(
    name="compare",
    summary="Compare strategies under shortages over paired replications; write a table, figures and a report.",
    keys={
        "strategies": "names",
        "shortages": "names, or uniformNN for NN %,",
        "baseline": "strategy that the others are compared with; null: the first",
        "replications": "runs of each, at least 2; run r has the seed + r for all of them",
        "days": "measured days",
        "warmup_days": "days before them, that are not measured",
        "seed": "first seed",
        "workers": "processes; null: one a core",
        "out": "folder of the results",
    },
    examples=(
        "python -m experiments.compare",
        "python -m experiments.compare city=town 'strategies=[reactive,hotspot]' 'shortages=[none,uniform20]' replications=10 days=28",
        "python -m experiments.compare 'shortages=[none,uniform]' shortage.fraction=0.25 strategy.dwell_min=12",
        "python -m experiments.compare city=from_data city.incidents_csv=incidents.csv out=out/real",
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _compare)


def _compare(request: Request) -> None:
    started = datetime.now(UTC)
    plan, points = design(request)
    first = next(iter(points.values()))
    if request.print_only:
        print_settings({**plan, **first.model_dump(mode="json")})
        return
    from rich.console import Console

    from experiments import store
    from experiments.report import write_report
    from experiments.table import print_comparison
    from sim.city.build import build_city
    from sim.police.force import units_on_duty

    folder = store.check_output(plan["out"])
    city = build_city(first.city)
    for scenario in points.values():
        units_on_duty(scenario.force, scenario.shortage, city.residents)
    runs = _simulate(points, plan["replications"], plan["workers"])
    provenance = store.provenance(request.line, first.seed, started)
    comparison = _gather(plan, points, runs, city, provenance)
    with store.output_folder(folder, provenance) as temporary:
        _write(temporary, plan, points, comparison, city)
        write_report(comparison, temporary)
    print_comparison(Console(), comparison)
    print_files(city.files)
    print(f"report: {shown_path(folder / 'report.html')}")


def design(request: Request) -> tuple[dict[str, Any], dict[Point, Scenario]]:
    """Turn what the user asked for into a checked design.

    Parameters
    ----------
    request : Request
        The user's choices and values.

    Returns
    -------
    plan : dict
        strategies, shortages, baseline, replications, workers, out.
    points : dict
        (shortage, strategy) → scenario with the first seed, in the order of the table.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    from sim.parameters import BadInput

    for group, key in LISTS.items():
        if group in request.choices:
            raise BadInput(group, request.choices[group], f"a comparison takes a list: '{key}=[{request.choices[group]},…]'")
    own = {key: value for key, value in request.values.items() if key.startswith(("strategy.", "shortage."))}
    common = {key: value for key, value in request.values.items() if key not in own}
    tree = compose(COMMAND.name, request.choices, common)
    plan = _plan(tree)
    for group, key in LISTS.items():
        for name in plan[key]:
            check_option(group, name, field=key)
    allowed = {strategy: strategy_keys(strategy) for strategy in plan["strategies"]}
    every = sorted({"shortage.fraction"}.union(*allowed.values()))
    for key, value in own.items():
        if key not in every:
            raise BadInput(key, value, f"no listed strategy or shortage has it; they have {', '.join(every)}")
        if key == "shortage.fraction" and "uniform" not in plan["shortages"]:
            raise BadInput(key, value, "it belongs to the shortage uniform, which is not listed in shortages=")
    points = {}
    for shortage in plan["shortages"]:
        for strategy in plan["strategies"]:
            values = {key: value for key, value in own.items() if key in allowed[strategy] or (key == "shortage.fraction" and shortage == "uniform")}
            tree = compose(COMMAND.name, {**request.choices, "shortage": shortage, "strategy": strategy}, {**common, **values})
            points[shortage, strategy] = scenario_of(tree, COMMAND.keys)
    check_last_seed(next(iter(points.values())), plan["replications"])
    return plan, points


def _plan(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Check the keys that belong to the comparison itself."""
    from pydantic import Field, ValidationError, create_model

    from sim.parameters import BadInput, Parameters, one_line

    Plan = create_model(
        "Plan",
        __base__=Parameters,
        strategies=(list[str], Field(min_length=1)),
        shortages=(list[str], Field(min_length=1)),
        baseline=(str | None, None),
        replications=(int, Field(ge=2, le=100_000)),
        workers=(int | None, Field(None, ge=1, le=1024)),
        out=(str, Field(min_length=1)),
    )
    try:
        given = {key: tree[key] for key in Plan.model_fields}
        lists = {key: [given[key]] for key in LISTS.values() if isinstance(given[key], str)}
        plan = Plan.model_validate({**given, **lists}).model_dump()
    except ValidationError as error:
        raise one_line(error) from None
    for key in ("strategies", "shortages"):
        twice = [name for name, number in Counter(plan[key]).items() if number > 1]
        if twice:
            raise BadInput(key, twice[0], "it is listed twice")
    plan["baseline"] = plan["baseline"] or plan["strategies"][0]
    if plan["baseline"] not in plan["strategies"]:
        raise BadInput("baseline", plan["baseline"], f"one of the listed strategies: {', '.join(plan['strategies'])}")
    return plan


def _simulate(points: Mapping[Point, Scenario], replications: int, workers: int | None) -> dict[Point, list[RunResult]]:
    """Run every point of the design with every seed; return the results by point, in the order of the seeds."""
    import os

    from experiments.progress import progress
    from experiments.runner import key_of, run_all, simulate

    tasks = {}
    keys: dict[Point, list[str]] = {point: [] for point in points}
    for replication in range(replications):
        for point, scenario in points.items():
            task = {**scenario.model_dump(mode="json"), "seed": scenario.seed + replication}
            keys[point].append(key_of(task))
            tasks[keys[point][-1]] = task
    with progress(len(tasks), "runs") as done:
        results = run_all(simulate, tasks, workers or len(os.sched_getaffinity(0)), done)
    return {point: [results[key] for key in of_point] for point, of_point in keys.items()}


def _gather(
    plan: dict[str, Any], points: Mapping[Point, Scenario], runs: Mapping[Point, Sequence[RunResult]], city: City, provenance: dict[str, Any]
) -> Comparison:
    """Put the results of all runs into the frames of a `Comparison`."""
    import polars as pl

    from experiments.comparison import Comparison
    from experiments.statistics import effects

    first = next(iter(points.values()))
    summary = _summary(points, runs)
    return Comparison(
        scenario=first.model_dump(mode="json"),
        **{key: plan[key] for key in ("strategies", "shortages", "baseline", "replications")},
        residents=city.residents,
        days=first.days,
        summary=summary,
        effects=effects(summary, plan["baseline"]),
        cells=pl.concat(_cells(city, *point, results) for point, results in runs.items()),
        ledger=pl.concat(_ledger(*point, results) for point, results in runs.items()),
        profiles=pl.concat(_profile(*point, results) for point, results in runs.items()),
        assumptions=list(_assumptions(points)),
        files=[
            {"path": file.path, "rows_read": file.rows_read, "rows_used": file.rows_used, "rejected": dict(Counter(reason for _, reason in file.rejected))}
            for file in city.files
        ],
        provenance=provenance,
    )


def _summary(points: Mapping[Point, Scenario], runs: Mapping[Point, Sequence[RunResult]]) -> pl.DataFrame:
    import polars as pl

    rows = [
        {"shortage": shortage, "strategy": strategy, "replication": replication, "seed": points[shortage, strategy].seed + replication, **result.indicators}
        for (shortage, strategy), results in runs.items()
        for replication, result in enumerate(results)
    ]
    indicators = dict.fromkeys(name for row in rows for name in row if name not in ("shortage", "strategy", "replication", "seed"))
    schema = {"shortage": pl.String, "strategy": pl.String, "replication": pl.Int64, "seed": pl.Int64, **dict.fromkeys(indicators, pl.Float64)}
    return pl.DataFrame(rows, schema=schema)


def _cells(city: City, shortage: str, strategy: str, results: Sequence[RunResult]) -> pl.DataFrame:
    import numpy as np
    import polars as pl

    cell = np.arange(city.grid.n_cells, dtype=np.int32)
    means = {name: np.mean([result.cells[name] for result in results], axis=0) for name in ("crimes", "harm", "patrol_minutes")}
    columns = {"cell": cell, "row": cell // city.grid.n_cols, "col": cell % city.grid.n_cols, "inside": np.asarray(city.inside, dtype=bool), **means}
    return pl.DataFrame(columns).select(pl.lit(shortage).alias("shortage"), pl.lit(strategy).alias("strategy"), pl.all())


def _ledger(shortage: str, strategy: str, results: Sequence[RunResult]) -> pl.DataFrame:
    import polars as pl

    total: Counter[tuple[str, str]] = Counter()
    for result in results:
        total.update(result.officer_hours)
    rows = [(shortage, strategy, post, activity, hours / len(results)) for (post, activity), hours in total.items()]
    schema = {"shortage": pl.String, "strategy": pl.String, "post": pl.String, "activity": pl.String, "officer_hours": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _profile(shortage: str, strategy: str, results: Sequence[RunResult]) -> pl.DataFrame:
    import numpy as np
    import polars as pl

    calls = np.mean([result.calls_by_hour for result in results], axis=0)
    return pl.DataFrame({"shortage": [shortage] * 24, "strategy": [strategy] * 24, "hour_of_day": range(24), "calls": calls})


def _assumptions(points: Mapping[Point, Scenario]) -> Iterator[dict[str, Any]]:
    """List every parameter of the comparison with its value and its default: what all runs share, then each shortage and strategy."""
    from sim.scenario import Scenario
    from sim.strategies.base import parameters_class

    usual = Scenario()
    yield from _declared(next(iter(points.values())), usual, "", skip=("shortage", "strategy"))
    for name, shortage in {name: scenario.shortage for (name, _), scenario in points.items()}.items():
        yield from _declared(shortage, usual.shortage, f"shortage.{name}.")
    for name, strategy in {name: scenario.strategy for (_, name), scenario in points.items()}.items():
        yield from _declared(strategy, parameters_class(name)(name=name), f"strategy.{name}.", skip=("name",))


def _declared(parameters: BaseModel, default: BaseModel, prefix: str, skip: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """Walk over every parameter that was declared with a unit and a source."""
    from pydantic import BaseModel

    for name, field in type(parameters).model_fields.items():
        if name in skip:
            continue
        value, usual = getattr(parameters, name), getattr(default, name)
        if isinstance(value, BaseModel):
            yield from _declared(value, usual, f"{prefix}{name}.")
        elif isinstance(field.json_schema_extra, dict):
            declared = field.json_schema_extra
            about = {"unit": declared["unit"], "source": declared["source"], "doc": field.description}
            yield {"parameter": f"{prefix}{name}", "value": value, "default": usual, **about}


def _write(folder: Path, plan: dict[str, Any], points: Mapping[Point, Scenario], comparison: Comparison, city: City) -> None:
    """Write everything but the report."""
    from experiments import store

    trees = {point: scenario.model_dump(mode="json") for point, scenario in points.items()}
    common = {key: value for key, value in comparison.scenario.items() if key not in ("strategy", "shortage")}
    resolved = {
        "compare": {**{key: plan[key] for key in ("baseline", "replications")}, "confidence": 0.95},
        "strategies": {strategy: trees[plan["shortages"][0], strategy]["strategy"] for strategy in plan["strategies"]},
        "shortages": {shortage: trees[shortage, plan["strategies"][0]]["shortage"] for shortage in plan["shortages"]},
        **common,
    }
    store.write_yaml(folder / "scenario.yaml", resolved)
    for name in ("summary", "effects", "cells", "ledger", "profiles"):
        getattr(comparison, name).write_parquet(folder / f"{name}.parquet")
    store.write_rejected(folder / "rejected.csv", city.files)


if __name__ == "__main__":
    sys.exit(main())
