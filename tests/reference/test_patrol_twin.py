"""Offenders and patrols as Mesa objects, built anew from `docs/odd.md`, leave the very logs that the model leaves.

The same random numbers decide, so that nothing may differ: not an offence, its time, its victim, or a stop. The chances
that offenders took or let go, added up, differ by rounding alone, and by a hundred times as much and more if one number
of the twin is a tenth off. What the twin covers and what it takes as given stands in `patrol_twin`; `patrol_study` does
a month on five seeds.
"""

from functools import cache
from typing import Any

import pytest
from patrol_given import Noted, noted
from patrol_twin import Twin

from sim.city.city import CityParameters
from sim.scenario import Scenario

DAYS = 3
ROUNDING = 2e-8  # of summed chances, relative: columns in single precision, sight by fewer nodes
TOWN = CityParameters(name="town", residents=10_000, area_km2=8, beats=2, districts=1, centres=1)
MUCH_CRIME = {
    "burglary": 120, "pickpocketing": 120, "shoplifting": 90, "vehicle_theft": 90, "robbery": 40, "snatching": 40,
    "brawl": 150,
}  # fmt: skip


def town(seed: int, calls: float = 220.0, offenders: Any = (), **changes: Any) -> Scenario:
    rates = {kind: {"rate_per_1000": rate} for kind, rate in MUCH_CRIME.items()}
    people = {"offenders": {"searches_per_day": 3.0, **dict(offenders)}, **changes.pop("people", {})}
    return Scenario(
        seed=seed, city=TOWN, warmup_days=0, days=DAYS, strategy={"name": "random_patrol", "dwell_min": 12.0},
        demand={**rates, "service": {"per_1000_year": calls}}, people=people, **changes,
    )  # fmt: skip


@cache
def ours(seed: int) -> Noted:
    return noted(town(seed), DAYS)


def twin_of(scenario: Scenario, known: Noted) -> Twin:
    twin = Twin(scenario, known.given)
    twin.run(DAYS)
    return twin


def check_the_same(twin: Twin, known: Noted) -> None:
    assert sorted(twin.offences) == known.offences
    assert sorted(twin.stops) == known.stops
    assert twin.chances == pytest.approx(known.chances, rel=ROUNDING)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_twin_has_the_same_offences_and_stops_as_the_model(seed: int) -> None:
    twin = twin_of(town(seed), ours(seed))
    assert len(twin.offences) > 30
    assert len(twin.stops) > 80
    check_the_same(twin, ours(seed))


def test_a_stop_that_ends_in_a_call_that_has_waited_is_written_down_once() -> None:
    """Where units are held back, a call may wait until a patrol ends its stop: the twin has no other way to tell it."""
    scenario = town(8, calls=600.0, dispatch={"held_back_share": (0.0, 0.5, 0.7)})
    known = noted(scenario, DAYS)
    works = {(leg.unit, leg.start_min) for leg in known.given.legs}
    assert any((stop.unit, stop.start_min + 12.0) in works for stop in known.stops)
    check_the_same(twin_of(scenario, known), known)


@pytest.mark.parametrize(
    "changed",
    [
        {"presence": {"felt_reach_m": 550.0}},
        {"people": {"search": {"seen_police": 3.3}}},
        {"people": {"feelings": {"victim_awareness_gain": 0.33}}},
        {"offenders": {"heard": 0.33}},
    ],
    ids=str,
)
def test_a_twin_with_one_number_a_tenth_off_is_told_from_the_model(changed: dict[str, Any]) -> None:
    twin = twin_of(town(1, **changed), ours(1))
    assert twin.chances != pytest.approx(ours(1).chances, rel=100 * ROUNDING)
