"""Claims about rates of files while a city settles: what is asked for is recorded as often as a file says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up_city import city_of, made_up, save

from sim.incident_types import IncidentType
from sim.incidents.base_rate import base_rates, usually_recorded
from sim.incidents.demand import DemandParameters
from sim.incidents.log import INCIDENTS, new_logs, with_room
from sim.incidents.rate_fit import RateFit

THEFTS = (IncidentType.PICKPOCKETING, IncidentType.SHOPLIFTING, IncidentType.VEHICLE_THEFT)


@pytest.mark.parametrize("mix", [(30, 20, 12), (5, 5, 60)])
def test_a_mix_that_is_recorded_as_usual_has_the_records_of_the_file(mix: tuple[int, int, int], tmp_path: Path) -> None:
    """Thefts differ in how often they are recorded: the share of all follows from their mix."""
    rates = {kind.name.lower(): {"rate_per_1000": rate} for kind, rate in zip(THEFTS, mix, strict=True)}
    demand = DemandParameters.model_validate(rates)
    city = city_of(save(tmp_path / "rows.csv", made_up()), residents=20_000)
    usual = usually_recorded(demand)
    logs = with_room(new_logs(), 50_000)
    for kind, rate in zip(THEFTS, mix, strict=True):
        n, first = 200 * rate, int(logs.used[INCIDENTS])
        rows = logs.incidents[first : first + n]
        rows["type"] = rows["recorded_type"] = kind
        rows["recorded_time_min"] = np.where(np.arange(n) < round(n * usual[kind]), 1.0, -1.0)
        logs.used[INCIDENTS] += n
    found = RateFit(city, demand, 728)._recorded(logs)
    assert found[list(THEFTS)] == pytest.approx(usual[list(THEFTS)], rel=0.02)
    wanted = base_rates(city, demand, found)
    assert city.crime is not None
    assert (wanted * usual)[list(THEFTS)].sum() == pytest.approx(city.crime.recorded_per_1000_year[1], rel=0.02)
