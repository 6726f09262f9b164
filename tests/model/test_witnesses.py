"""Who trusts the police comes forward as a witness: what the police do to trust comes back as what they are told."""

from __future__ import annotations

import pytest
from small_runs import MUCH_CRIME, in_town

from sim.incidents.log import INCIDENTS, Discoverer
from sim.model import CityModel


def witnessed(trust: float, slope: float) -> float:
    demand = {**MUCH_CRIME, "reporting": {"trust_slope": slope}}
    model = CityModel(in_town(days=40, demand=demand, people={"residents": {"trust_mean": trust}}, seed=5))
    model.run(40)
    crimes = model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
    assert len(crimes) > 250
    return float((crimes["discovered_by"] == Discoverer.WITNESS).mean())


@pytest.mark.parametrize(("slope", "matters"), [(3.0, True), (0.0, False)])
def test_bystanders_come_forward_the_likelier_the_more_they_trust(slope: float, matters: bool) -> None:
    """The same crimes on one seed, but for the few that trust itself moves."""
    wary, trusting = witnessed(0.1, slope), witnessed(0.9, slope)
    assert trusting > 2 * wary > 0 if matters else trusting == pytest.approx(wary, abs=0.03)
