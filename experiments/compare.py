"""`python -m experiments.compare`: strategies × shortages over paired replications, with intervals and a report."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.command import LISTS, REPLICATED_KEYS, Command, Request, execute, print_files, shown_path
from experiments.settings import MIX, WITHOUT, check_last_seed, check_option, compose, leaves, plan_of, print_settings, scenario_of, shortage_keys, with_values

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from pydantic import BaseModel

    from experiments.comparison import Comparison, Point
    from experiments.runner import RunResult
    from sim.city.city import City
    from sim.scenario import Scenario

MOST_RUNS = 50_000  # each takes seconds; as many results are held in memory
ALL = "all"  # in the place of a list of strategies or shortages
STRATEGIES = ("reactive", "random_patrol", "hotspot", "intelligence_led", "campaign", "community", "co_governance", "integrated", "oracle")
HOTSPOT = "hotspot"  # the deployment of a strategy that has lost the programme from which its own follows

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
    from experiments.processes import begin_server
    from experiments.runner import run_cases, simulate, with_seeds

    started = datetime.now(UTC)
    if not (request.print_only or request.values.get("workers") == 1):
        begin_server()
    plan, points = design(request)
    first = next(iter(points.values()))
    if request.print_only:
        own = {key: value for key, value in plan.items() if key != "common"}
        print_settings({**own, **plan["common"].model_dump(mode="json"), "strategy": first.strategy.model_dump(mode="json")})
        return
    from rich.console import Console

    from experiments import store
    from experiments.ablation import print_ablation
    from experiments.report import write_report
    from experiments.shortages_table import print_shortages
    from experiments.table import print_comparison
    from experiments.trial import own_code, try_own
    from sim.city.build import build_city
    from sim.police.force import full_strength

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
    comparison = _gather(plan, points, runs, city, provenance)
    with store.output_folder(folder, provenance) as temporary:
        _write(temporary, plan, points, comparison, city)
        with store.drawing(temporary, folder, provenance):
            write_report(comparison, temporary, plan["workers"])
    print_comparison(Console(), comparison)
    print_ablation(Console(), comparison)
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
        strategies, shortages, baseline, replications, workers, out; shortage_settings: name → its settings; given: what the user set → the strategies and
        shortages that have it; common: the scenario without any shortage.
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
    own = {key: value for key, value in request.values.items() if key.startswith(("strategy.", "shortage.", "programmes.")) and key not in MIX}
    common = {key: value for key, value in request.values.items() if key not in own}
    tree = compose(COMMAND.name, request.choices, common)
    plan = _plan(tree)
    if plan["shortages"] == [ALL]:
        plan["shortages"] = _every_shortage(tree)
    for name in plan["shortages"]:
        check_option("shortage", name, field="shortages")
    by_strategy = {name: _of_strategy(name, request.choices, common) for name in plan["strategies"]}
    by_shortage = {name: compose(COMMAND.name, {**request.choices, "shortage": name}, common)["shortage"] for name in plan["shortages"]}
    allowed = {name: {key for key in leaves(found) if key.startswith(("strategy.", "programmes."))} for name, found in by_strategy.items()}
    allowed_shortage = {name: shortage_keys(name) for name in plan["shortages"]}
    every = sorted(set().union(*allowed.values(), *allowed_shortage.values()) - MIX - {"strategy.name", "programmes"})
    for key, value in own.items():
        if key not in every:
            raise BadInput(key, value, f"no listed strategy or shortage has it; they have {', '.join(every) or 'none'}")
    owners = [*allowed.items(), *allowed_shortage.items()]
    plan["given"] = {f"{key}={value}": [name for name, keys in owners if key in keys] for key, value in own.items()}
    points, plan["shortage_settings"] = {}, {}
    for shortage in plan["shortages"]:
        for strategy, found in by_strategy.items():
            values = {key: value for key, value in own.items() if key in allowed[strategy] | allowed_shortage[shortage]}
            tree = with_values({**found, "shortage": by_shortage[shortage]}, values)
            points[shortage, strategy] = scenario_of(tree, COMMAND.keys)
            plan["shortage_settings"][shortage] = tree["shortage"]
    plan["common"] = scenario_of({**tree, "shortage": {"kind": "none"}}, COMMAND.keys)
    check_last_seed(next(iter(points.values())), plan["replications"])
    return plan, points


def check_same_force(points: Mapping[Point, Scenario], city: City) -> None:
    """Refuse strategies that have other heads than the first one on the first or the last day of the same shortage.

    Raises
    ------
    BadInput
        Naming the strategy and both numbers.
    """
    from sim.parameters import BadInput
    from sim.police.changes import heads_on
    from sim.police.force import establishment
    from sim.scenario import prepared

    first: dict[str, tuple[str, list[tuple[float, float]]]] = {}
    for (shortage, strategy), scenario in points.items():
        force = prepared(scenario).force
        table = establishment(force, city.residents, city.beats.district)
        days = scenario.warmup_days, scenario.warmup_days + scenario.days - 1
        by_day = [heads_on(force.changes, table, day) for day in days]
        heads = [(round(float(now[~table["auxiliary"]].sum()), 6), round(float(now[table["auxiliary"]].sum()), 6)) for now in by_day]
        other, usual = first.setdefault(shortage, (strategy, heads))
        if heads != usual:
            counted, theirs = (f"{sworn:g} officers with {auxiliaries:g} auxiliaries" for sworn, auxiliaries in (heads[0], usual[0]))
            allowed = f"the same heads as {other}, {theirs}, so that hours are compared with hours; same_force=false compares all the same"
            raise BadInput("strategies", f"{strategy}: {counted}", allowed)


def _of_strategy(name: str, choices: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    """Compose the settings of a strategy of the list, which may be written `integrated without visits`."""
    from sim.parameters import BadInput
    from sim.programmes.base import programmes
    from sim.strategies.base import strategy_class

    package, without, left_out = (part.strip() for part in name.partition(WITHOUT))
    check_option("strategy", package, field="strategies")
    chosen = {**choices, "strategy": package}
    tree = compose(COMMAND.name, chosen, values)
    if not without:
        return tree
    mix = tree["strategy"]["programmes"]
    if left_out not in mix:
        raise BadInput("strategies", name, f"{package}{WITHOUT}one of its programmes: {', '.join(mix) or 'it has none'}")
    gone = {left_out}
    while more := {one for one in mix if one not in gone and gone & set(programmes()[one].needs)}:
        gone |= more
    kept = {"strategy.programmes": [one for one in mix if one not in gone]}
    if gone & set(strategy_class(tree["strategy"]["deployment"]).needs):
        kept["strategy.deployment"] = HOTSPOT
    return compose(COMMAND.name, chosen, {**values, **kept})


def _every_shortage(tree: Mapping[str, Any]) -> list[str]:
    """Return `none`, every shortage and every lever that the city can have: districts are uneven where there are two."""
    from scenarios.shortages import LEVERS, SHORTAGES

    left_out = () if tree["city"]["districts"] > 1 else ("uneven_districts",)
    return ["none", *(name for name in (*SHORTAGES, *LEVERS) if name not in left_out)]


def _plan(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Check the keys that belong to the comparison itself."""
    from pydantic import Field

    from sim.parameters import BadInput

    lists = {key: [tree[key]] for key in LISTS.values() if isinstance(tree[key], str)}
    plan = plan_of(
        {**tree, **lists},
        strategies=(list[str], Field(min_length=1)),
        shortages=(list[str], Field(min_length=1)),
        baseline=(str | None, None),
        same_force=(bool, True),
        replications=(int, Field(ge=2, le=10_000)),
    )
    if plan["strategies"] == [ALL]:
        plan["strategies"] = list(STRATEGIES)
    for key in ("strategies", "shortages"):
        twice = [name for name, number in Counter(plan[key]).items() if number > 1]
        if twice:
            raise BadInput(key, twice[0], "it is listed twice")
    runs = plan["replications"] * len(plan["strategies"]) * len(plan["shortages"])
    if runs > MOST_RUNS:
        raise BadInput("replications", plan["replications"], f"at most {MOST_RUNS:,} runs at once; with these strategies and shortages it makes {runs:,}")
    plan["baseline"] = plan["baseline"] or plan["strategies"][0]
    if plan["baseline"] not in plan["strategies"]:
        raise BadInput("baseline", plan["baseline"], f"one of the listed strategies: {', '.join(plan['strategies'])}")
    return plan


def _gather(
    plan: dict[str, Any], points: Mapping[Point, Scenario], runs: Mapping[Point, Sequence[RunResult]], city: City, provenance: dict[str, Any]
) -> Comparison:
    """Put the results of all runs into the frames of a `Comparison`."""
    from experiments.comparison import Comparison, frames
    from experiments.composition import composition_of
    from experiments.statistics import effects
    from scenarios.levers import PRICE
    from scenarios.parts import cost

    first = next(iter(points.values()))
    kinds = {name: {part["kind"] for part in settings.get("parts", [settings])} for name, settings in plan["shortage_settings"].items()}
    found = frames(runs, first.seed, city)
    return Comparison(
        scenario=first.model_dump(mode="json"),
        **{key: plan[key] for key in ("strategies", "shortages", "baseline", "replications")},
        residents=city.residents,
        days=first.days,
        effects=effects(found["summary"], plan["baseline"]),
        **found,
        why={name: cost(settings) for name, settings in plan["shortage_settings"].items()},
        levers=[name for name, of_name in kinds.items() if of_name and of_name <= PRICE.keys()],
        given=plan["given"],
        price={name: PRICE[settings["kind"]] for name, settings in plan["shortage_settings"].items() if settings["kind"] in PRICE},
        compositions={name: composition_of(scenario.strategy) for (_, name), scenario in points.items()},
        assumptions=list(_assumptions(plan, points)),
        files=[
            {
                "path": file.path if file.encoding == "UTF-8" else f"{file.path} ({file.encoding})",
                "rows_read": file.rows_read,
                "rows_used": file.rows_used,
                "rejected": dict(Counter(reason for _, reason in file.rejected)),
            }
            for file in city.files
        ],
        provenance=provenance,
    )


def _assumptions(plan: Mapping[str, Any], points: Mapping[Point, Scenario]) -> Iterator[dict[str, Any]]:
    """List every parameter of the comparison with its value and its default: what all runs share, then each shortage and strategy."""
    from scenarios.shortages import kinds
    from sim.scenario import Scenario
    from sim.strategies.base import strategy_class

    yield from _declared(plan["common"], Scenario(), "", skip=("strategy", "programmes", "shortage_name"))
    for name, settings in plan["shortage_settings"].items():
        for i, part in enumerate(settings.get("parts", [settings])):
            if (own := kinds().get(part["kind"])) is not None:
                given = own.model_validate({key: value for key, value in part.items() if key != "kind"})
                owner = f"{name}, part {i + 1}: {part['kind']}" if "parts" in settings else name
                yield from _declared(given, own(), "shortage.", owner)
    told: list[tuple[str, BaseModel]] = []
    for name, scenario in {name: scenario for (_, name), scenario in points.items()}.items():
        chosen, kind = scenario.strategy, strategy_class(scenario.strategy.name)
        usual = type(chosen)(name=chosen.name, deployment=chosen.name, programmes=kind.programmes, organisation=kind.organisation)
        yield from _declared(chosen, usual, "strategy.", name, skip=("name",))
        for programme, parameters in scenario.programmes.items():
            if (programme, parameters) not in told:  # the same for several strategies
                told.append((programme, parameters))
                owner = name if sum(programme == other for other, _ in told) > 1 else ""
                yield from _declared(parameters, type(parameters)(), f"programmes.{programme}.", owner)


def _declared(parameters: BaseModel, default: BaseModel, prefix: str, owner: str = "", skip: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """Walk over every parameter that was declared with a unit and a source; its key is as a user writes it, then whose it is, in brackets."""
    from pydantic import BaseModel

    for name, field in type(parameters).model_fields.items():
        if name in skip:
            continue
        value, usual = getattr(parameters, name), getattr(default, name)
        if isinstance(value, BaseModel):
            yield from _declared(value, usual, f"{prefix}{name}.", owner)
        elif isinstance(field.json_schema_extra, dict):
            declared = field.json_schema_extra
            about = {"unit": declared["unit"], "source": declared["source"], "doc": field.description}
            yield {"parameter": f"{prefix}{name}{f' ({owner})' if owner else ''}", "value": value, "default": usual, **about}


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


def _apart(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario without its strategy."""
    return {key: value for key, value in tree.items() if key not in ("strategy", "programmes")}


def _write(folder: Path, plan: dict[str, Any], points: Mapping[Point, Scenario], comparison: Comparison, city: City) -> None:
    """Write everything but the report."""
    from experiments import store
    from experiments.ablation import ablation_csv
    from experiments.hours import hours_csv
    from experiments.shortages_table import shortages_csv

    trees = {point: scenario.model_dump(mode="json") for point, scenario in points.items()}
    common = plan["common"].model_dump(mode="json")
    resolved = {
        "compare": {**{key: plan[key] for key in ("baseline", "replications")}, "confidence": 0.95},
        "strategies": {strategy: {key: trees[plan["shortages"][0], strategy][key] for key in ("strategy", "programmes")} for strategy in plan["strategies"]},
        "shortages": {
            name: {"settings": settings, "changes": _differences(_apart(trees[name, plan["strategies"][0]]), _apart(common))}
            for name, settings in plan["shortage_settings"].items()
        },
        **{key: value for key, value in _apart(common).items() if key != "shortage_name"},
    }
    store.write_yaml(folder / "scenario.yaml", resolved)
    for name in ("summary", "effects", "cells", "ledger", "profiles", "duty"):
        store.write_table(folder / f"{name}.parquet", getattr(comparison, name))
    (folder / "hours.csv").write_text(hours_csv(comparison), encoding="utf-8")
    if text := ablation_csv(comparison):
        (folder / "ablation.csv").write_text(text, encoding="utf-8")
    if len(comparison.shortages) > 1:
        (folder / "shortages.csv").write_text(shortages_csv(comparison), encoding="utf-8")
    store.write_rejected(folder / "rejected.csv", city.files)


if __name__ == "__main__":
    sys.exit(main())
