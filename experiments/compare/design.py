"""The design of a comparison: what the user asked for, checked, as one scenario a shortage and strategy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.compare.listed import listed, settings_of
from experiments.compare.parameter_sets import SEEDS, check_seeds, factors_of, sets_of, with_set
from experiments.presentation.looks import LOOKS, Look
from experiments.settings.compose import (
    MIX,
    WITH,
    WITHOUT,
    check_last_seed,
    compose,
    leaves,
    scenario_of,
    shortage_keys,
    with_values,
)
from experiments.settings.mixtures import of_strategy
from experiments.settings.request import LISTS, REPLICATED_KEYS, Command, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.compare.comparison import Point
    from experiments.compare.parameter_sets import Sets
    from sim.city.city import City, CityParameters
    from sim.scenario import Scenario


COMMAND = Command(
    name="compare",
    summary="Compare strategies under shortages over paired replications; write a table, figures and a report.",
    keys={
        "strategies": "all, or names, also `<name> without <one of its programmes>`,",
        "shortages": "all, or names of shortages and levers, uniformNN for NN %,",
        "baseline": "strategy that the others are compared with; null: the first",
        "same_force": "refuse strategies with other headcounts",
        "replications": "runs of each, at least 2, and 3 for an interval; run r has the seed + r for all of them",
        "precision": "half-width of the 95 % intervals of differences, in the unit of the table: replications are "
        "added until all are as narrow; null: `replications`",
        "precision_of": "indicator whose differences are to be so precise",
        "most_replications": "of those that are added; with a precision `replications` is the fewest, 20 or more",
        "seeds_per_city": "replications that share a made-up city; from 2 on, the variance between cities is told",
        "days": "measured days",
        "fade_out_days": "days after them, in which strategy and programmes have ended and effects are followed on",
        "budget": "yuan per year that the police have: what goes beyond it is sorted out",
        "equivalents": "true: run more and fewer officers, too, and say how many each option is worth",
        "next_officers": "so many officers more, and fewer, are tried in each post: where do they do most good?",
        "target": "an outcome such as 'response_p1_p90_min<=10': how many more officers does it take?",
        "style": "of figures: screen, print (183 mm, 200 dpi) or projector (large letters)",
        "formats": "further ones, such as [pdf,xlsx]: figures as svg (letters as text) or pdf, tables as csv, xlsx or "
        "latex",
        "parameters": "sets of parameters that replications take in turn: a CSV file (columns are dotted names, and "
        "perhaps weight), a folder of calibrate, or declared, which spreads them over the ranges of what is uncertain",
        "seeds_per_set": "replications that share a set; from 2 on, what sets change is told apart from chance",
        "turning": "true: find the smallest change of one parameter that puts another strategy first, and try it",
        **REPLICATED_KEYS,
    },
    examples=(
        "beatlab compare",
        "beatlab compare --situation mine.yaml",
        "beatlab compare city=town 'strategies=[reactive,hotspot]' 'shortages=[none,uniform20]' "
        "replications=10 days=28",
        "beatlab compare 'shortages=[none,uniform]' shortage.fraction=0.25 strategy.dwell_min=12",
        "beatlab compare experiment=shortages",
        "beatlab compare --parameters declared replications=120 turning=true",
        "beatlab compare city=from_data city.incidents_csv=incidents.csv out=out/real",
    ),
    takes_sets=True,
)

OF_STRATEGIES = ("strategy.", "programmes.")  # how keys begin that belong to a strategy
OF_OPTIONS = (*OF_STRATEGIES, "shortage.")


def design(request: Request) -> tuple[dict[str, Any], dict[Point, Scenario]]:
    """Turn what the user asked for into a checked design.

    Parameters
    ----------
    request : Request
        The user's choices and values.

    Returns
    -------
    plan : dict
        The keys of the command itself, such as strategies and replications; shortage_settings: name → its settings;
        given: what the user set → the strategies and shortages that have it; levers: those of the shortages that are
        levers → their own settings; common: the scenario without any
        shortage; sets: the sets of parameters that are taken, or None, and variants: point → its scenario with each of
        them, or the one that there is; trees: point → its settings; factors: the parameters of which one is to turn the
        ranking; seeds_together: runs that are one independent replication; unchanged, turns: room for what runs without
        sets show, and for what turns the ranking.
    points : dict
        (shortage, strategy) → scenario with the first seed, in the order of the table.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    _check_choices(request)
    own = {key: value for key, value in request.values.items() if key.startswith(OF_OPTIONS) and key not in MIX}
    common = {key: value for key, value in request.values.items() if key not in own}
    tree = compose(request.command.name, request.choices, common)
    plan = listed(tree, request)
    by_strategy = {
        name: of_strategy(request.command.name, name, request.choices, common) for name in plan["strategies"]
    }
    by_shortage = settings_of(plan["shortages"], request, common)
    of_strategies = {
        name: {key for key in leaves(found) if key.startswith(OF_STRATEGIES)} for name, found in by_strategy.items()
    }
    of_shortages = {name: shortage_keys(name) for name in plan["shortages"]}
    plan["given"] = _given(own, [*of_strategies.items(), *of_shortages.items()])
    most = plan["replications"] if plan["precision"] is None else plan["most_replications"]
    plan |= {**_sets(plan, tree, request, most), "unchanged": {}, "turns": []}
    points, plan["variants"], plan["trees"], plan["shortage_settings"] = {}, {}, {}, {}
    for shortage in plan["shortages"]:
        for strategy, found in by_strategy.items():
            point, keys = (shortage, strategy), of_strategies[strategy] | of_shortages[shortage]
            values = {key: value for key, value in own.items() if key in keys}
            tree = with_values({**found, "shortage": by_shortage[shortage]}, values)
            points[point], plan["trees"][point] = scenario_of(tree, request.command.keys), tree
            plan["variants"][point] = _variants(plan["sets"], tree, request) or [points[point]]
            plan["shortage_settings"][shortage] = tree["shortage"]
    situation = request.situation
    plan["levers"] = _levers(plan["shortage_settings"]) if situation is None else situation.levers
    plan["common"] = scenario_of({**tree, "shortage": {"kind": "none"}}, request.command.keys)
    _check_replications(plan, next(iter(points.values())), most)
    return plan, points


def _check_choices(request: Request) -> None:
    """Refuse one option of a group of which a comparison takes a list."""
    from sim.parameters import BadInput

    for group, key in LISTS.items():
        if group in request.choices:
            raise BadInput(
                group, request.choices[group], f"a comparison takes a list: '{key}=[{request.choices[group]},…]'"
            )


def _given(own: Mapping[str, Any], takers: Sequence[tuple[str, set[str]]]) -> dict[str, list[str]]:
    """Return what the user set of strategies and shortages → which take it, of pairs of a name and its keys.

    Raises
    ------
    BadInput
        For a key that none of them has.
    """
    from sim.parameters import BadInput

    every = sorted(set().union(*(keys for _, keys in takers)) - MIX - {"strategy.name", "programmes"})
    for key, value in own.items():
        if key not in every:
            raise BadInput(key, value, f"no listed strategy or shortage has it; they have {', '.join(every) or 'none'}")
    return {f"{key}={value}": [name for name, keys in takers if key in keys] for key, value in own.items()}


def _sets(plan: dict[str, Any], tree: Mapping[str, Any], request: Request, most: int) -> dict[str, Any]:
    """Return the sets of parameters of a plan, the runs that are one independent replication, and what is to turn."""
    if plan["parameters"] is None:
        return {"sets": None, "seeds_together": plan["seeds_per_city"], "factors": []}
    check_seeds(plan)
    seed = scenario_of(tree, request.command.keys).seed
    sets = sets_of(plan["parameters"], tree, most // plan[SEEDS], seed)
    factors = factors_of(sets, tree, plan[SEEDS]) if plan["turning"] else []
    return {"sets": sets, "seeds_together": plan[SEEDS], "factors": factors}


def _check_replications(plan: Mapping[str, Any], first: Scenario, most: int) -> None:
    """Refuse more replications than there are seeds, and such as do not share out among cities."""
    from sim.parameters import BadInput

    check_last_seed(first, most)
    _check_cities(plan["seeds_per_city"], plan["replications"], first.city)
    if most % plan["seeds_per_city"]:
        raise BadInput("most_replications", most, f"a multiple of seeds_per_city={plan['seeds_per_city']}")


def _variants(sets: Sets | None, tree: Mapping[str, Any], request: Request) -> list[Scenario]:
    """Return the scenario of a tree of settings with each set of parameters that is taken; none without sets."""
    if sets is None:
        return []
    by_row = {row: with_set(tree, values, row, request.command.keys)
              for row, values in zip(sets.rows, sets.values, strict=True)}  # fmt: skip
    return [by_row[row] for row in sets.rows]


def _levers(shortages: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return those of the shortages that are levers, or made of levers alone, with their settings."""
    from scenarios.levers import PRICE

    kinds = {name: {part["kind"] for part in said.get("parts", [said])} for name, said in shortages.items()}
    return {name: shortages[name] for name, of_name in kinds.items() if of_name and of_name <= PRICE.keys()}


def _check_cities(seeds_per_city: int, replications: int, city: CityParameters) -> None:
    """Refuse replications that are no whole number of cities, or too few cities for a comparison."""
    from sim.parameters import BadInput

    if seeds_per_city == 1:
        return
    if not city.drawn_anew:
        raise BadInput("seeds_per_city", seeds_per_city, "1, since all replications share one city")
    if replications % seeds_per_city or replications < 2 * seeds_per_city:
        raise BadInput(
            "seeds_per_city", seeds_per_city, f"a divisor of replications={replications} that makes at least 2 cities"
        )


def in_run(point: Point, settings: Mapping[str, Any]) -> str:
    """Say which run of a comparison it is, in the words with which `beatlab run` does it alone."""
    (shortage, strategy), mix = point, settings["strategy"]
    words = [f"strategy={mix['name']}"]
    if WITH in strategy or WITHOUT in strategy:
        words.append(f"'strategy.programmes=[{','.join(mix['programmes'])}]'")
    if WITHOUT in strategy and mix["deployment"]:
        words.append(f"strategy.deployment={mix['deployment']}")
    words += [f"shortage={shortage}", f"seed={settings['seed']}", f"city.seed={settings['city']['seed']}"]
    return f"in the run of {strategy} under {shortage} (alone: beatlab run {' '.join(words)} …)"


def check_same_force(points: Mapping[Point, Scenario], city: City) -> None:
    """Refuse strategies whose personnel differ from the first one's on the first or last day of a shortage.

    Raises
    ------
    BadInput
        Naming the strategy and both numbers.
    """
    from experiments.settings.personnel import personnel
    from sim.parameters import BadInput

    first: dict[str, tuple[str, list[tuple[float, float]]]] = {}
    for (shortage, strategy), scenario in points.items():
        by_day = [personnel(scenario, city, day) for day in (0, scenario.days - 1)]
        heads = [(round(there.officers, 6), round(there.auxiliaries, 6)) for there in by_day]
        other, usual = first.setdefault(shortage, (strategy, heads))
        if heads != usual:
            counted, theirs = (
                f"{sworn:g} officers with {auxiliaries:g} auxiliaries" for sworn, auxiliaries in (heads[0], usual[0])
            )
            allowed = (
                f"the same personnel as {other}, {theirs}, so that equal hours are compared; set "
                "same_force=false to compare anyway"
            )
            raise BadInput("strategies", f"{strategy}: {counted}", allowed)


def look_of(plan: Mapping[str, Any]) -> Look:
    """Return the look of the figures that a plan asks for."""
    return LOOKS[plan["style"]]._replace(formats=tuple(plan["formats"]))
