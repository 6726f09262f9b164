"""Sets of parameters from a file: each replication takes the next one, the same for all strategies and shortages."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    from sim.parameters import BadInput, Unusable

    try:
        text = Path(path).expanduser().read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Unusable(FIELD, path, "file {} not found (paths are relative to the working directory)") from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise Unusable(FIELD, path, f"file {{}} cannot be read ({error})") from None
    header, *rows = [line for line in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in line)] or [[]]
    names = [name.strip() for name in header]
    if not names or not rows:
        raise Unusable(FIELD, path, "file {} needs a line of dotted names of parameters, and a line for each set")
    for name, times in Counter(names).items():
        if times > 1:
            raise Unusable(FIELD, name, "column {} is there twice")
        if name.partition(".")[0] not in VARIED or "." not in name:
            raise BadInput(FIELD, name, f"a dotted name of a parameter in {', '.join(VARIED)}")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise BadInput(f"{FIELD}, set {number}", ",".join(row), f"{len(names)} values, one a column")
    return [dict(zip(names, map(_value, row), strict=True)) for row in rows]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()


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
