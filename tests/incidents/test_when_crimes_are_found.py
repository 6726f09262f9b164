"""When a crime is found and what can be said of its time: it fits the choice that made the crime.

A burglar has chosen a home with nobody in, a pickpocket a purse that nobody looks at, a thief a vehicle that stands.
Tests by draws have fixed seeds; a right model fails each on others with a chance of at most 1e-5.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

from sim.arrays import Array
from sim.city.city import CityParameters
from sim.incident_types import INDOORS, IncidentType, Target
from sim.incidents.log import CALLS, INCIDENTS, Discoverer, add_incident, new_logs, with_room
from sim.incidents.reporting import report
from sim.incidents.town import Town
from sim.model import CityModel
from sim.people.routine import CLOSING, OPENING
from sim.scenario import Scenario

ALARM = 1e-5
RATES = {"burglary": 120, "pickpocketing": 40, "vehicle_theft": 40, "shoplifting": 30, "robbery": 20}
EYEWITNESSES = (Discoverer.WITNESS, Discoverer.VOLUNTEER, Discoverer.PATROL, Discoverer.CAMERA)


@cache
def county() -> CityModel:
    demand = {name: {"rate_per_1000": rate} for name, rate in RATES.items()}
    model = CityModel(
        Scenario(city=CityParameters(), days=56, warmup_days=0, demand=demand, strategy={"name": "random_patrol"})
    )
    model.run()
    return model


def burglaries(target: Target) -> Array:
    found = crimes(IncidentType.BURGLARY)
    return found[found["target"] == target]


def crimes(*kinds: IncidentType) -> Array:
    logs = county().world.logs
    found = logs.incidents[: logs.used[INCIDENTS]]
    return found[np.isin(found["type"], kinds)] if kinds else found


def delay_min(of: Array) -> Array:
    """Return the minutes from each crime to the call about it."""
    return county().world.logs.calls["received_min"][of["call_id"]] - of["time_min"]


def test_a_burglary_is_not_found_at_once_but_when_somebody_of_the_household_comes_home() -> None:
    """With the chance that anybody is in at that hour, 7 in 10 victims called within half an hour.

    With a home known to be empty 1 in 10 do.
    """
    found = burglaries(Target.EMPTY_HOME)
    by_victim = found[(found["call_id"] >= 0) & (found["discovered_by"] == Discoverer.VICTIM)]
    delay = delay_min(by_victim)
    assert len(by_victim) > 150
    assert (delay < 30).mean() < 0.2
    assert 60 < np.median(delay) < 300


def test_the_hours_at_which_homes_are_burgled_and_found_are_those_of_work_and_of_coming_home() -> None:
    """Of homes burgled on a weekday morning in which all work or learn, most are found at noon or after four."""
    world = county().world
    burgled = burglaries(Target.EMPTY_HOME)
    homes = world.society.dwellings[world.society.residents["dwelling"][burgled["victim_id"]]]
    busy = [
        (
            world.society.residents["routine"][home["first_resident"] : home["first_resident"] + home["residents"]] <= 1
        ).all()
        for home in homes
    ]
    hour, weekday = burgled["time_min"] % 1440 / 60, burgled["time_min"] // 1440 % 7 < 5
    morning = np.array(busy) & weekday & (hour >= 8.5) & (hour < 11.5)
    back = burgled["latest_min"][morning] % 1440 / 60
    assert morning.sum() > 20
    assert ((back >= 12) & (back < 13) | (back >= 16)).mean() > 0.5


def test_what_is_said_of_the_time_holds_the_truth_and_comes_before_the_call_and_the_record() -> None:
    found = crimes()
    assert (found["earliest_min"] <= found["time_min"]).all()
    assert (found["time_min"] <= found["latest_min"]).all()
    told = found[found["call_id"] >= 0]
    assert (told["latest_min"] <= county().world.logs.calls["received_min"][told["call_id"]]).all()
    booked = found[found["recorded_time_min"] >= 0]
    assert (booked["latest_min"] <= booked["recorded_time_min"]).all()


def test_who_saw_it_or_suffered_it_awake_knows_the_minute_others_a_window() -> None:
    found = crimes()
    exact = found["earliest_min"] == found["latest_min"]
    vague = np.isin(found["type"], (IncidentType.BURGLARY, IncidentType.PICKPOCKETING, IncidentType.VEHICLE_THEFT))
    seen = np.isin(found["discovered_by"], EYEWITNESSES)
    assert exact[seen].all()
    assert exact[~vague].all()
    woken = found["target"] == Target.SLEEPING_HOME
    assert not exact[vague & ~seen & ~woken & (found["victim_id"] >= 0)].any()


def test_a_burglary_of_a_sleeping_home_is_found_in_the_morning_unless_somebody_wakes() -> None:
    """One in ten wakes, false alarm of the binomial test 1e-5; the others last knew in the evening."""
    found = burglaries(Target.SLEEPING_HOME)
    found = found[~np.isin(found["discovered_by"], EYEWITNESSES)]
    woken = found["latest_min"] == found["time_min"]
    assert len(found) > 150
    assert stats.binomtest(int(woken.sum()), len(found), county().world.rules.demand.woken_probability).pvalue > ALARM
    rose, slept = (found[name][~woken] % 1440 / 60 for name in ("latest_min", "earliest_min"))
    assert ((rose >= 4) & (rose < 11)).all()
    assert ((slept >= 20) | (slept < 8)).all()
    assert (found["latest_min"] - found["earliest_min"]).max() < 14 * 60


def test_who_wakes_by_a_burglar_is_served_as_a_witness_is() -> None:
    """A call within twenty minutes of it is urgent; of those who only find a burglary none is."""
    calls = county().world.logs.calls
    found = burglaries(Target.SLEEPING_HOME)
    told = found[(found["call_id"] >= 0) & (found["discovered_by"] == Discoverer.VICTIM)]
    woken = told["latest_min"] == told["time_min"]
    of_burglary = calls["type"][told["call_id"]] == IncidentType.BURGLARY
    soon = woken & of_burglary & (delay_min(told) < 20)
    assert soon.sum() > 3
    assert (calls["priority"][told["call_id"]][soon] == 1).all()
    assert (calls["priority"][told["call_id"]][~woken] >= 2).all()


def test_a_burglary_of_a_shop_is_found_when_it_opens_and_was_after_it_closed() -> None:
    found = burglaries(Target.SHOP)
    found = found[~np.isin(found["discovered_by"], EYEWITNESSES)]
    assert len(found) > 150
    assert (found["latest_min"] % 1440 == 60 * OPENING).all()
    assert (found["earliest_min"] % 1440 == 60 * CLOSING).all()
    assert (found["latest_min"] - found["earliest_min"] == 60 * (24 + OPENING - CLOSING)).all()
    assert (found["shop_id"] >= 0).all()
    assert (found["victim_id"] == -1).all()


def test_a_vehicle_is_stolen_at_any_moment_of_its_stay_and_a_purse_between_two_looks_that_come_at_any_time() -> None:
    """Kolmogorov–Smirnov, false alarm 1e-5 each.

    The place in the stay is uniform, the times to both looks are exponential.
    """
    thefts = crimes(IncidentType.VEHICLE_THEFT)
    thefts = thefts[~np.isin(thefts["discovered_by"], EYEWITNESSES)]
    stay = thefts["latest_min"] - thefts["earliest_min"]
    assert stay == pytest.approx(np.full(len(thefts), 480.0))
    assert stats.kstest((thefts["time_min"] - thefts["earliest_min"]) / 480.0, "uniform").pvalue > ALARM
    purses = crimes(IncidentType.PICKPOCKETING)
    purses = purses[~np.isin(purses["discovered_by"], EYEWITNESSES)]
    for gap in (purses["time_min"] - purses["earliest_min"], purses["latest_min"] - purses["time_min"]):
        assert stats.kstest(gap, stats.expon(scale=30.0).cdf).pvalue > ALARM


def test_the_middle_of_what_is_said_is_no_truth_but_right_on_average_for_what_may_have_been_at_any_moment() -> None:
    """Vehicles: the guess is off by up to four hours, and by nothing in the mean (six standard errors)."""
    thefts = crimes(IncidentType.VEHICLE_THEFT)
    thefts = thefts[~np.isin(thefts["discovered_by"], EYEWITNESSES)]
    off = (thefts["earliest_min"] + thefts["latest_min"]) / 2 - thefts["time_min"]
    assert abs(off.mean()) < 6 * off.std() / np.sqrt(len(off))
    assert np.abs(off).max() <= 240.0 + 1e-6
    assert off.std() > 100


def test_the_books_cannot_tell_a_call_that_came_late_from_the_truth() -> None:
    """A victim of a burglary who was not there cannot say that it is going on.

    No call of such a victim is urgent, whatever the hour of the truth.
    """
    calls = county().world.logs.calls[: county().world.logs.used[CALLS]]
    found = crimes(IncidentType.BURGLARY)
    found = found[found["target"] != Target.SLEEPING_HOME]
    told = found[(found["call_id"] >= 0) & (found["discovered_by"] == Discoverer.VICTIM)]
    assert (calls["priority"][told["call_id"]] >= 2).all()


@pytest.mark.parametrize(
    ("kind", "seen"), [(IncidentType.ROBBERY, 0.5), (IncidentType.BURGLARY, 0.05), (IncidentType.SHOPLIFTING, 0.05)]
)
def test_a_patrol_in_the_street_sees_a_tenth_of_what_it_would_if_there_were_no_walls(
    kind: IncidentType, seen: float
) -> None:
    """With a unit in every cell: binomial, false alarm 1e-5 each."""
    world, n = county().world, 3000
    ground, logs = world.ground._replace(cells=world.ground.cells.copy()), with_room(new_logs(), n)
    ground.cells["police_now"] = 1
    for k in range(n):
        crime = add_incident(logs, int(kind), 100.0, 0, 0.0, 0.0, 1.0)
        report(1, crime, k, 0, Town(world.society, world.feelings, ground, logs), world.rules.demand)
    found = int((logs.incidents["discovered_by"][:n] == Discoverer.PATROL).sum())
    assert stats.binomtest(found, n, seen).pvalue > ALARM
    assert (kind in INDOORS) == (seen < 0.5)
