"""Every run whose results a test reads is audited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from small_runs import audit

from sim.model import CityModel
from sim.outcomes.results import Results


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
