"""Every run whose results a test reads is audited, and the county is run once for all tests that compare strategies in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from small_runs import after, audit, in_county

from sim.model import CityModel
from sim.outcomes.results import Results

SEEDS = range(1, 13)


@pytest.fixture(scope="session", autouse=True)
def _every_run_is_audited() -> Iterator[None]:
    read = CityModel.results

    def audited(model: CityModel) -> Results:
        results = read(model)
        audit(results)
        return results

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CityModel, "results", audited)
        yield


@pytest.fixture(scope="session")
def county_runs() -> Any:
    """Return a function of a strategy's name and a shortage: results of the county, one a seed, with common random numbers."""

    @cache
    def runs(strategy: str, shortage: float = 0.0) -> tuple[Results, ...]:
        missing = {"changes": [{"factor": 1 - shortage}]} if shortage else {}
        return tuple(after(in_county(strategy={"name": strategy}, force=missing, days=42, warmup_days=28, seed=seed)) for seed in SEEDS)

    return runs
