"""What a comparison lists: its strategies and shortages, with the other keys of the command itself, checked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

from experiments.compare.parameter_sets import DECLARED
from experiments.compare.staffing import read_target
from experiments.languages.speech import ENGLISH, check_language
from experiments.presentation.looks import FORMATS, LOOKS, SCREEN, XLSX
from experiments.settings.compose import check_option, compose, plan_of
from experiments.settings.request import LISTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.settings.request import Request

MOST_RUNS = 50_000  # each takes seconds; as many results are held in memory
ALL = "all"  # in the place of a list of strategies or shortages
STRATEGIES = (
    "reactive",
    "random_patrol",
    "hotspot",
    "intelligence_led",
    "campaign",
    "community",
    "co_governance",
    "integrated",
    "oracle",
)


def listed(tree: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """Return the plan of the command's own keys, the shortages that it compares checked by name."""
    situation = request.situation
    told = {} if situation is None else situation.shortages
    plan = _plan(tree if situation is None else {**tree, "shortages": list(told)})
    plan["situation"] = None if situation is None else situation.name
    if plan["shortages"] == [ALL]:
        plan["shortages"] = _every_shortage(tree)
    for name in plan["shortages"]:
        if name not in told:
            check_option("shortage", name, field="shortages")
    return plan


def settings_of(names: Sequence[str], request: Request, common: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the settings of shortages: those of the situation, if it has them, else those that we have."""
    told = {} if request.situation is None else request.situation.shortages
    return {
        name: told[name]
        if name in told
        else compose(request.command.name, {**request.choices, "shortage": name}, common)["shortage"]
        for name in names
    }


def _every_shortage(tree: Mapping[str, Any]) -> list[str]:
    """Return `none`, every shortage and every lever that the city can have.

    Districts are uneven where there are two.
    """
    from scenarios.shortages import LEVERS, SHORTAGES

    left_out = () if tree["city"]["districts"] > 1 else ("uneven_districts",)
    return ["none", *(name for name in (*SHORTAGES, *LEVERS) if name not in left_out)]


def _plan(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Check the keys that belong to the comparison itself."""
    from pydantic import Field

    from experiments.presentation.dictionary import check_measured
    from sim.extras import EXCEL, require
    from sim.parameters import BadInput, Unusable

    lists = {key: [tree[key]] for key in LISTS.values() if isinstance(tree[key], str)}
    plan = plan_of(
        {**tree, **lists},
        strategies=(list[str], Field(min_length=1)),
        shortages=(list[str], Field(min_length=1)),
        baseline=(str | None, None),
        same_force=(bool, True),
        replications=(int, Field(ge=2, le=10_000)),
        seeds_per_city=(int, Field(ge=1, le=5_000)),
        precision=(float | None, Field(None, gt=0)),
        precision_of=(str, Field(min_length=1)),
        most_replications=(int, Field(ge=2, le=10_000)),
        equivalents=(bool, False),
        next_officers=(int | None, Field(None, ge=1, le=10_000)),
        target=(str | None, None),
        budget=(float | None, Field(None, gt=0)),
        parameters=(str | None, None),
        seeds_per_set=(int, Field(ge=1, le=5_000)),
        turning=(bool, False),
        language=(str, ENGLISH),
        style=(Literal[*LOOKS], SCREEN),
        formats=(list[Literal[*FORMATS]], []),  # type: ignore[valid-type]
    )
    check_language(plan["language"])
    if plan["strategies"] == [ALL]:
        plan["strategies"] = list(STRATEGIES)
    for key in ("strategies", "shortages", "formats"):
        twice = [name for name, number in Counter(plan[key]).items() if number > 1]
        if twice:
            raise Unusable(key, twice[0], "{} is listed twice")
    field = "replications" if plan["precision"] is None else "most_replications"
    if plan[field] < plan["replications"]:
        raise BadInput(field, plan[field], f"at least replications={plan['replications']}")
    if plan["precision"] is not None and len(plan["strategies"]) == 1:
        raise BadInput("precision", plan["precision"], "left out: one strategy has no differences")
    runs = plan[field] * len(plan["strategies"]) * len(plan["shortages"])
    if runs > MOST_RUNS:
        raise BadInput(
            field,
            plan[field],
            f"at most {MOST_RUNS:,} runs at once; with these strategies and shortages it makes {runs:,}",
        )
    if plan["turning"] and plan["parameters"] is None:
        raise BadInput("turning", True, f"left out, or parameters given, such as parameters={DECLARED}")
    if XLSX in plan["formats"]:
        require(EXCEL)
    read_target(plan["target"])
    check_measured("precision_of", plan["precision_of"])
    plan["baseline"] = plan["baseline"] or plan["strategies"][0]
    if plan["baseline"] not in plan["strategies"]:
        raise BadInput("baseline", plan["baseline"], f"one of the listed strategies: {', '.join(plan['strategies'])}")
    return plan
