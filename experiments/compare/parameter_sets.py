"""Sets of parameters: which there are, and which one each independent replication takes.

A set comes from a CSV file, a folder of `calibrate`, or, as `declared`, from the ranges that parameters may have. Some
seeds that follow each other share a set, all strategies and shortages meet the same ones: so what sets change is told
apart from chance, and differences stay paired.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.settings.value_tables import read_table, value_of

if TYPE_CHECKING:
    from experiments.settings.uncertain import Factor
    from sim.scenario import Scenario

FIELD, SEEDS = "parameters", "seeds_per_set"
DECLARED = "declared"  # in the place of a file: sets over the ranges of `experiments.settings.uncertain`
IN_FOLDER, WEIGHT = "sets.csv", "weight"  # the file of a folder of `calibrate`, and its column of weights
FEWEST = 2
FREEDOM = 10  # sets beyond the parameters whose slopes are fitted, so that their errors are known
VARIED = (
    "demand",
    "opportunity",
    "people",
    "force",
    "patrol",
    "presence",
    "dispatch",
    "calls",
    "posts",
    "investigation",
    "coordination",
)  # parts of a scenario whose parameters may differ between replications


class Sets(NamedTuple):
    """The sets that are taken, one after the other, by as many seeds each.

    Attributes
    ----------
    values : list of dict
        Dotted name → value of each set that is taken, in the order of the seeds.
    rows : list of int
        Which set of the file each is, from 1.
    there : int
        How many sets the file has.
    weighted : bool
        Whether they are drawn by weights.
    declared : bool
        Whether they come from no file but from declared ranges.
    """

    values: list[dict[str, Any]]
    rows: list[int]
    there: int
    weighted: bool
    declared: bool


def file_of(said: str | None) -> str | None:
    """Return the path of the file that is meant; None where there is none, or sets are declared."""
    if said is None or said == DECLARED:
        return None
    return str(Path(said) / IN_FOLDER) if Path(said).expanduser().is_dir() else said


def sets_of(said: str, tree: Mapping[str, Any], number: int, seed: int) -> Sets:
    """Return so many sets for as many independent replications.

    Parameters
    ----------
    said : str
        What the user wrote: a file, a folder, or `declared`.
    tree : mapping
        Settings of the first scenario, from `experiments.settings.compose.compose`.
    number : int
        Of sets that are taken. A file without weights is gone through in its order, round and round; one with weights
        is sampled, see `systematic`.
    seed : int
        Of what is drawn.

    Raises
    ------
    BadInput
        See `read_sets`.
    """
    path = file_of(said)
    if path is None:
        return Sets(_spread(tree, number, seed), list(range(1, number + 1)), number, False, True)
    values, weights = read_sets(path)
    taken = [i % len(values) for i in range(number)] if weights is None else systematic(weights, number, seed)
    return Sets([values[i] for i in taken], [i + 1 for i in taken], len(values), weights is not None, False)


def read_sets(path: str) -> tuple[list[dict[str, Any]], list[float] | None]:
    """Read a CSV file whose columns are dotted names of parameters, a set of values a row, and perhaps `weight`.

    Values are written as in JSON; what is none is text.

    Returns
    -------
    sets : list of dict
        At least two.
    weights : list of float or None
        None where the file has none.

    Raises
    ------
    BadInput
        When it cannot be read, a column is no parameter that may differ, a weight is not above 0, or there is one set.
    """
    from sim.parameters import BadInput

    names, rows = read_table(FIELD, path, "dotted names of parameters", "set")
    for name in names:
        if name != WEIGHT and (name.partition(".")[0] not in VARIED or "." not in name):
            raise BadInput(FIELD, name, f"weight, or a dotted name of a parameter in {', '.join(VARIED)}")
    if names == [WEIGHT]:
        raise BadInput(FIELD, WEIGHT, "a column for a parameter, too")
    if len(rows) < FEWEST:
        raise BadInput(FIELD, path, f"at least {FEWEST} sets; a single one is given as key=value")
    sets = [dict(zip(names, map(value_of, row), strict=True)) for row in rows]
    if WEIGHT not in names:
        return sets, None
    weights = [one.pop(WEIGHT) for one in sets]
    for number, weight in enumerate(weights, start=1):
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < math.inf:
            raise BadInput(f"{FIELD}, set {number}, {WEIGHT}", weight, "a number above 0")
    return sets, weights


def systematic(weights: Sequence[float], number: int, seed: int) -> list[int]:
    """Draw sets by their weights: equally spaced points from a random start on their sum, in random order.

    A set of weight w is drawn number · w / sum times, rounded down or up, and on average exactly (Madow 1949).

    Parameters
    ----------
    weights : sequence of float
        Above 0.
    number : int
        Of draws.
    seed : int
        The same seed draws the same sets.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    ends = np.cumsum(weights) / math.fsum(weights)
    points = (random.random() + np.arange(number)) / number
    drawn = np.minimum(np.searchsorted(ends, points, side="right"), len(weights) - 1)
    return [int(one) for one in random.permutation(drawn)]


def _spread(tree: Mapping[str, Any], number: int, seed: int) -> list[dict[str, Any]]:
    """Return sets spread evenly over the ranges of uncertain parameters.

    They are the first points of a scrambled Sobol' sequence (Owen 1998): more sets add to those that there were, so
    that a store which has their runs is of use.
    """
    from scipy.stats import qmc

    from experiments.settings.uncertain import factors

    varied = [one for one in factors(None, tree, FIELD) if one.name.partition(".")[0] in VARIED]
    points = qmc.Sobol(len(varied), seed=seed).random_base2(max(1, math.ceil(math.log2(number))))[:number]
    return [{one.name: one.at(float(share)) for one, share in zip(varied, point, strict=True)} for point in points]


def factors_of(sets: Sets, tree: Mapping[str, Any], seeds_per_set: int) -> list[Factor]:
    """Return the parameters of which one may be changed to turn the ranking: numbers that differ between sets.

    Raises
    ------
    BadInput
        When there are too few sets for their slopes.
    """
    from experiments.settings.uncertain import factors
    from sim.parameters import BadInput

    columns = {name: [one[name] for one in sets.values] for name in sets.values[0]}
    numbers = [
        name
        for name, values in columns.items()
        if len({*map(str, values)}) > 1 and all(type(value) in (int, float) for value in values)
    ]
    if not numbers:
        raise BadInput("turning", True, "left out: no parameter of the sets is a number that differs between them")
    needed = len(numbers) + 1 + FREEDOM
    if len(sets.values) < needed:
        raise BadInput(
            "turning", True,
            f"at least {needed} sets for {len(numbers)} parameters: replications={needed * seeds_per_set}",
        )  # fmt: skip
    return factors(numbers, tree, FIELD)


def with_set(tree: Mapping[str, Any], values: Mapping[str, Any], number: int, own: Any) -> Scenario:
    """Return the scenario of a tree of settings with the values of a set, counted from 1; `own` are the command's keys.

    Raises
    ------
    BadInput
        Naming the set, for a parameter that does not exist or a value that it does not allow.
    """
    from experiments.settings.compose import scenario_of, with_values
    from sim.parameters import BadInput

    try:
        return scenario_of(with_values(tree, values), own)
    except BadInput as error:
        raise BadInput(f"{FIELD}, set {number}, {error.field}", error.value, error.allowed) from None


def check_seeds(plan: Mapping[str, Any]) -> None:
    """Refuse replications that are no whole number of sets, or too few sets, and sets that split a city.

    Raises
    ------
    BadInput
        Saying what it takes.
    """
    from sim.parameters import BadInput

    each, of_city = plan[SEEDS], plan["seeds_per_city"]
    if each % of_city:
        raise BadInput(SEEDS, each, f"a multiple of seeds_per_city={of_city}")
    for key in ("replications", *(["most_replications"] if plan["precision"] is not None else [])):
        if plan[key] % each or plan[key] < FEWEST * each:
            raise BadInput(
                key, plan[key], f"a multiple of {SEEDS}={each} that makes at least {FEWEST} sets of parameters"
            )


def tasks_of(
    scenarios: Sequence[Scenario], replications: range, seeds_together: int, seeds_per_city: int
) -> list[dict[str, Any]]:
    """Return plain scenarios, one a replication; see `experiments.runs.cases.with_seeds`.

    Parameters
    ----------
    scenarios : sequence of Scenario
        One for all, or one for each independent replication.
    replications : range
        Of runs.
    seeds_together : int
        Runs of an independent replication, which share its scenario.
    seeds_per_city : int
        Runs that share a made-up city.
    """
    from experiments.runs.cases import with_seeds

    if len(scenarios) == 1:
        return with_seeds(scenarios[0], replications.stop, seeds_per_city, replications.start)
    return [with_seeds(scenarios[r // seeds_together], r + 1, seeds_per_city, r)[0] for r in replications]
