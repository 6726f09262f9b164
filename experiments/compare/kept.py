"""What is kept of a comparison: the results of all runs, put into the frames of a `Comparison`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison, Point
    from experiments.runs.simulation import RunResult
    from sim.city.city import City
    from sim.scenario import Scenario

MOST_TYPES_TOLD = 100  # in the report, of each file; types.csv has all of them


def gather(
    plan: dict[str, Any],
    points: Mapping[Point, Scenario],
    runs: Mapping[Point, Sequence[RunResult]],
    city: City,
    provenance: dict[str, Any],
) -> Comparison:
    """Put the results of all runs into the frames of a `Comparison`."""
    from experiments.compare.assumptions import assumptions
    from experiments.compare.comparison import Comparison, frames, staffing_frame, summary_of
    from experiments.compare.composition import composition_of
    from experiments.compare.staffing import read_target
    from experiments.compare.treated import pairs_of
    from experiments.compare.turns import turns_frame
    from experiments.estimates.areas import displaced, ring_effects
    from experiments.estimates.components import over_cities, variance_shares
    from experiments.estimates.effects import effects
    from experiments.estimates.paths import PLACE, quarter_effects
    from scenarios.levers import PRICE
    from scenarios.parts import cost

    first = next(iter(points.values()))
    settings_of = {**plan["shortage_settings"], **plan["levers"]}  # of a lever in a situation, its own
    each, of_city, sets = plan["seeds_together"], plan["seeds_per_city"], plan["sets"]
    in_one_city = of_city if first.city.drawn_anew else plan["replications"]
    found = frames(runs, first.seed, city, in_one_city)
    pairs = pairs_of(runs, plan["baseline"], in_one_city if sets is None else min(in_one_city, each))
    summary, quarters = over_cities(found["runs"], each), over_cities(found.pop("quarters"), each, PLACE)
    return Comparison(
        scenario=first.model_dump(mode="json"),
        strategies=plan["strategies"],
        shortages=plan["shortages"],
        baseline=plan["baseline"],
        situation=plan["situation"],
        budget=plan["budget"],
        target=read_target(plan["target"]),
        staffing=over_cities(staffing_frame(plan["staffing"], first.seed), each, ("officers", "post")),
        replications=plan["replications"] // each,
        seeds_per_city=of_city,
        seeds_per_set=1 if sets is None else each,
        stopped=plan["stopped"],
        precision_of=plan["precision_of"],
        residents=city.residents,
        days=first.days,
        summary=summary,
        effects=effects(summary, plan["baseline"]),
        sets=sets,
        unchanged=over_cities(summary_of(plan["unchanged"], first.seed), of_city),
        turns=turns_frame(plan["turns"]),
        quarters=quarters,
        paths=quarter_effects(quarters, plan["baseline"]),
        warmup=over_cities(found.pop("warmup"), each, ("week",)),
        rings=ring_effects(pairs, plan["baseline"], each),
        displacement=displaced(pairs, plan["baseline"], each),
        variance_shares=variance_shares(found["runs"], plan["baseline"], of_city, 1 if sets is None else each),
        **found,
        why={name: cost(settings) for name, settings in settings_of.items()},
        levers=list(plan["levers"]),
        given=plan["given"],
        price={name: PRICE[settings["kind"]] for name, settings in settings_of.items() if settings["kind"] in PRICE},
        compositions={name: composition_of(scenario.strategy) for (_, name), scenario in points.items()},
        assumptions=list(assumptions(plan, points)),
        files=[
            {
                "path": file.path if file.encoding == "UTF-8" else f"{file.path} ({file.encoding})",
                "rows_read": file.rows_read,
                "rows_used": file.rows_used,
                "rejected": dict(Counter(reason for _, reason in file.rejected)),
                "types": [one._asdict() for one in file.types[:MOST_TYPES_TOLD]],
                "types_of_all": len(file.types),
                "notices": list(file.notices),
            }
            for file in city.files
        ],
        provenance=provenance,
    )
