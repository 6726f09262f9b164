"""Sets of parameters from a file: each replication takes the next one, the same for all strategies and shortages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.settings.value_tables import read_table, value_of

if TYPE_CHECKING:
    from sim.scenario import Scenario

FIELD = "parameter_sets"
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


def read_sets(path: str) -> list[dict[str, Any]]:
    """Read a CSV file whose columns are dotted names of parameters, a set of values a row.

    Values are written as in JSON; what is none is text.

    Raises
    ------
    BadInput
        When it cannot be read, or a column is no parameter that may differ.
    """
    from sim.parameters import BadInput

    names, rows = read_table(FIELD, path, "dotted names of parameters", "set")
    for name in names:
        if name.partition(".")[0] not in VARIED or "." not in name:
            raise BadInput(FIELD, name, f"a dotted name of a parameter in {', '.join(VARIED)}")
    return [dict(zip(names, map(value_of, row), strict=True)) for row in rows]


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


def tasks_of(scenarios: Sequence[Scenario], replications: int, seeds_per_city: int) -> list[dict[str, Any]]:
    """Return plain scenarios, one a replication: each independent one takes the next of the scenarios, round and round.

    See `experiments.runs.cases.with_seeds`.
    """
    from experiments.runs.cases import with_seeds

    tasks = [with_seeds(scenario, replications, seeds_per_city) for scenario in scenarios]
    return [tasks[r // seeds_per_city % len(tasks)][r] for r in range(replications)]
