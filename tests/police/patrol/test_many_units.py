"""More units than anybody has: they sign on and serve like any others."""

from __future__ import annotations

from sim.model import CityModel
from sim.scenario import Scenario

TOWN = {"name": "t", "residents": 2000, "area_km2": 2, "beats": 1, "districts": 1, "centres": 1}


def test_six_thousand_units_of_one_shift_find_room_on_the_agenda() -> None:
    """It has room for some 4,000 events before the first of them signs on."""
    model = CityModel(Scenario(city=TOWN, force={"patrol_units": 6000.0}, days=1, warmup_days=0))
    model.run()
    hours = model.results().indicators["on_duty_hours"]
    assert hours is not None
    assert hours > 6000 * 24
