"""One run of a design: its indicators, its days, or all its tables; or why it failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.runs.store.records import Run

NEEDED = {"indicators": (), "daily": ("daily", "force")}  # tables by what is kept; all of them for `tables`


def measure(task: Mapping[str, Any]) -> Run:
    """Run one scenario and keep what was asked for; an error of its own is kept, too.

    Parameters
    ----------
    task : mapping
        `scenario`: the scenario as plain values; `keep`: indicators, daily or tables.
    """
    from sim.model import CityModel
    from sim.scenario import Scenario

    try:
        model = CityModel(Scenario.model_validate(task["scenario"]))
        model.run()
        results = model.results()
    except Exception as error:
        return Run({}, {}, " ".join(f"{type(error).__name__}: {error}".split()))
    wanted = NEEDED.get(task["keep"], tuple(results.tables))
    tables = {
        name: {column: _plain(values) for column, values in results.tables[name].items()}
        for name in wanted
        if name in results.tables
    }
    return Run(dict(results.indicators), tables)


def _plain(values: Any) -> Any:
    """Return a column as an array that needs no code to be read."""
    array = values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
    return array.astype(str) if array.dtype == object else array
