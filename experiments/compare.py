"""`python -m experiments.compare`: strategies × shortages over paired replications, with intervals and a report."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.command import LISTS, Command, Request, execute, print_files, shown_path
from experiments.settings import check_last_seed, check_option, compose, print_settings, scenario_of, shortage_keys, strategy_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from pydantic import BaseModel

    from experiments.comparison import Comparison, Point
    from experiments.runner import RunResult
    from sim.city.city import City
    from sim.scenario import Scenario

ALL = "all"  # in the place of a list of shortages

COMMAND = Command(
    name="compare",
    summary="Compare strategies under shortages over paired replications; write a table, figures and a report.",
    keys={
        "strategies": "names",
        "shortages": "all, or names of shortages and levers, uniformNN for NN %,",
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
        "python -m experiments.compare experiment=shortages",
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
        own = {key: value for key, value in plan.items() if key != "common"}
        print_settings({**own, **plan["common"].model_dump(mode="json"), "strategy": first.strategy.model_dump(mode="json")})
        return
    from rich.console import Console

    from experiments import store
    from experiments.report import write_report
    from experiments.shortages_table import print_shortages
    from experiments.table import print_comparison
    from sim.city.build import build_city
    from sim.police.force import full_strength

    folder = store.check_output(plan["out"])
    city = build_city(first.city)
    for scenario in points.values():
        full_strength(scenario.force, city.residents)
    runs = _simulate(points, plan["replications"], plan["workers"])
    provenance = store.provenance(request.line, first.seed, started)
    comparison = _gather(plan, points, runs, city, provenance)
    with store.output_folder(folder, provenance) as temporary:
        _write(temporary, plan, points, comparison, city)
        write_report(comparison, temporary)
    print_comparison(Console(), comparison)
    print_shortages(Console(), comparison)
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
        strategies, shortages, baseline, replications, workers, out; shortage_settings: name → its settings; common: the scenario without any shortage.
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
    if plan["shortages"] == [ALL]:
        plan["shortages"] = _every_shortage(tree)
    for group, key in LISTS.items():
        for name in plan[key]:
            check_option(group, name, field=key)
    allowed = {strategy: strategy_keys(strategy) for strategy in plan["strategies"]}
    allowed_shortage = {shortage: shortage_keys(shortage) for shortage in plan["shortages"]}
    every = sorted(set().union(*allowed.values(), *allowed_shortage.values()))
    for key, value in own.items():
        if key not in every:
            raise BadInput(key, value, f"no listed strategy or shortage has it; they have {', '.join(every) or 'none'}")
    points, plan["shortage_settings"] = {}, {}
    for shortage in plan["shortages"]:
        for strategy in plan["strategies"]:
            values = {key: value for key, value in own.items() if key in allowed[strategy] | allowed_shortage[shortage]}
            tree = compose(COMMAND.name, {**request.choices, "shortage": shortage, "strategy": strategy}, {**common, **values})
            points[shortage, strategy] = scenario_of(tree, COMMAND.keys)
            plan["shortage_settings"][shortage] = tree["shortage"]
    plan["common"] = scenario_of({**tree, "shortage": {"kind": "none"}}, COMMAND.keys)
    check_last_seed(next(iter(points.values())), plan["replications"])
    return plan, points


def _every_shortage(tree: Mapping[str, Any]) -> list[str]:
    """Return `none`, every shortage and every lever that the city can have: districts are uneven where there are two."""
    from scenarios.shortages import LEVERS, SHORTAGES

    left_out = () if tree["city"]["districts"] > 1 else ("uneven_districts",)
    return ["none", *(name for name in (*SHORTAGES, *LEVERS) if name not in left_out)]


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
    from experiments.comparison import Comparison, frames
    from experiments.statistics import effects
    from scenarios.levers import PRICE
    from scenarios.parts import cost

    first = next(iter(points.values()))
    found = frames(runs, first.seed, city)
    return Comparison(
        scenario=first.model_dump(mode="json"),
        **{key: plan[key] for key in ("strategies", "shortages", "baseline", "replications")},
        residents=city.residents,
        days=first.days,
        effects=effects(found["summary"], plan["baseline"]),
        **found,
        why={name: cost(settings) for name, settings in plan["shortage_settings"].items()},
        price={name: PRICE[settings["kind"]] for name, settings in plan["shortage_settings"].items() if settings["kind"] in PRICE},
        assumptions=list(_assumptions(plan, points)),
        files=[
            {"path": file.path, "rows_read": file.rows_read, "rows_used": file.rows_used, "rejected": dict(Counter(reason for _, reason in file.rejected))}
            for file in city.files
        ],
        provenance=provenance,
    )


def _assumptions(plan: Mapping[str, Any], points: Mapping[Point, Scenario]) -> Iterator[dict[str, Any]]:
    """List every parameter of the comparison with its value and its default: what all runs share, then each shortage and strategy."""
    from scenarios.shortages import kinds
    from sim.scenario import Scenario
    from sim.strategies.base import parameters_class

    yield from _declared(plan["common"], Scenario(), "", skip=("strategy", "shortage_name"))
    for name, settings in plan["shortage_settings"].items():
        for i, part in enumerate(settings.get("parts", [settings])):
            if (own := kinds().get(part["kind"])) is not None:
                given = own.model_validate({key: value for key, value in part.items() if key != "kind"})
                prefix = f"shortage.{name}.{i + 1} {part['kind']}." if "parts" in settings else f"shortage.{name}."
                yield from _declared(given, own(), prefix)
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


def _differences(tree: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a tree that differs from another one with the same keys."""
    found = {}
    for key, value in tree.items():
        if isinstance(value, dict) and isinstance(usual[key], dict):
            if inner := _differences(value, usual[key]):
                found[key] = inner
        elif value != usual[key]:
            found[key] = value
    return found


def _write(folder: Path, plan: dict[str, Any], points: Mapping[Point, Scenario], comparison: Comparison, city: City) -> None:
    """Write everything but the report."""
    from experiments import store
    from experiments.shortages_table import shortages_csv

    trees = {point: scenario.model_dump(mode="json") for point, scenario in points.items()}
    common = plan["common"].model_dump(mode="json")
    resolved = {
        "compare": {**{key: plan[key] for key in ("baseline", "replications")}, "confidence": 0.95},
        "strategies": {strategy: trees[plan["shortages"][0], strategy]["strategy"] for strategy in plan["strategies"]},
        "shortages": {
            name: {"settings": settings, "changes": _differences({**trees[name, plan["strategies"][0]], "strategy": None}, {**common, "strategy": None})}
            for name, settings in plan["shortage_settings"].items()
        },
        **{key: value for key, value in common.items() if key not in ("strategy", "shortage_name")},
    }
    store.write_yaml(folder / "scenario.yaml", resolved)
    for name in ("summary", "effects", "cells", "ledger", "profiles", "duty"):
        getattr(comparison, name).write_parquet(folder / f"{name}.parquet")
    if len(comparison.shortages) > 1:
        (folder / "shortages.csv").write_text(shortages_csv(comparison), encoding="utf-8")
    store.write_rejected(folder / "rejected.csv", city.files)


if __name__ == "__main__":
    sys.exit(main())
