"""What a unit does on scene and on its way.

Arrests, careers that end with them, and what it comes upon without a call.
"""

from __future__ import annotations

import numpy as np
import pytest
from laboratory import Laboratory, line

from sim.incident_types import CRIMES, IncidentType
from sim.incidents.demand import DemandParameters
from sim.incidents.log import CallState
from sim.police.patrol.units import Activity
from sim.strategies.plan import PatrolPlan

STREET = line(31)


def activity(lab: Laboratory) -> Activity:
    return Activity(int(lab.units["activity"][0]))


# arrests


def arrest_laboratory(**rules: object) -> Laboratory:
    certain = {"robbery": {"arrest_probability": 1.0, "custody_days": 10.0}}
    return Laboratory([0], demand=DemandParameters.model_validate(certain), **rules)


def test_an_offender_found_on_scene_is_arrested_once_and_the_unit_processes_it_after_the_paperwork() -> None:
    lab = arrest_laboratory(arrest_processing_min=60.0)
    crimes = [lab.crime(IncidentType.ROBBERY, at_min) for at_min in (10.0, 11.0)]
    for crime, at_min in zip(crimes, (10.0, 11.0), strict=True):
        lab.call(at_min, priority=1, on_scene_min=10.0, paperwork_min=5.0, incident=crime)
    lab.serve(24.9)
    assert activity(lab) == Activity.PAPERWORK
    lab.serve(25.1)
    assert activity(lab) == Activity.ARREST_PROCESSING
    lab.serve(5000.0)
    assert lab.incidents["cleared"][crimes].tolist() == [True, False], (
        "the offender was in custody by the second arrival"
    )
    assert float(lab.incidents["arrest_time_min"][crimes[0]]) == 10.0
    assert lab.ledger[:, Activity.ARREST_PROCESSING].sum() > 1.0
    assert int(lab.offenders["arrests"][0]) == 1


def test_the_processing_of_an_arrest_is_not_interrupted_either() -> None:
    lab = arrest_laboratory()
    crime = lab.crime(IncidentType.ROBBERY, 1.0)
    lab.call(1.0, priority=1, on_scene_min=10.0, paperwork_min=5.0, incident=crime)
    urgent = lab.call(17.0, priority=1)
    lab.serve(16.5)
    assert activity(lab) == Activity.ARREST_PROCESSING
    free_min = float(lab.units["until_min"][0])
    assert free_min > 17.0
    lab.serve(1000.0)
    assert lab.calls["dispatched_min"][urgent] == pytest.approx(free_min)


def test_the_chance_of_an_arrest_decays_with_the_minutes_since_the_offence() -> None:
    wait_min, decay_min, n = 6.0, 5.0, 4000
    often = {"robbery": {"arrest_probability": 0.8, "custody_days": 0.0}}
    lab = Laboratory([0], demand=DemandParameters.model_validate(often), arrest_decay_min=decay_min)
    for i in range(n):
        crime = lab.crime(IncidentType.ROBBERY, 1000.0 * i)
        lab.call(1000.0 * i + wait_min, priority=1, on_scene_min=1.0, incident=crime)
    lab.serve(1000.0 * n)
    chance = 0.8 * np.exp(-wait_min / decay_min)
    assert abs(lab.incidents["cleared"].mean() - chance) < 4.5 * np.sqrt(chance * (1 - chance) / n)  # false alarm 1e-5


def test_who_joined_in_is_arrested_with_the_offender_and_their_associates_hear_of_it() -> None:
    lab = arrest_laboratory()
    lab.offenders["associate"][0] = [1, 2, -1]
    lab.offenders["associate"][1] = [0, -1, -1]
    crime = lab.crime(IncidentType.ROBBERY, 10.0, joined_by=1)
    lab.call(10.0, priority=1, incident=crime)
    lab.serve(30.0)
    assert lab.offenders["arrests"].tolist() == [1, 1, 0, 0]
    assert lab.offenders["custody_until_min"][0] == lab.offenders["custody_until_min"][1] > 10.0
    assert lab.offenders["custody_until_min"][2] == 0.0
    arrests = lab.offenders["arrests_known"][:, 0]  # at the cell of the crime, with the weight of what is heard
    assert arrests.tolist() == pytest.approx([1 + 0.3, 1 + 0.3, 0.3, 0.0], rel=1e-4), "own arrest, and of associates"


def test_who_joined_in_is_arrested_while_the_other_is_in_custody_already() -> None:
    lab = arrest_laboratory()
    lab.offenders["custody_until_min"][0] = 1e6
    crime = lab.crime(IncidentType.ROBBERY, 10.0, joined_by=1)
    lab.call(10.0, priority=1, incident=crime)
    lab.serve(30.0)
    assert lab.incidents["cleared"][crime]
    assert lab.offenders["arrests"].tolist() == [0, 1, 0, 0]
    assert lab.offenders["custody_until_min"][0] == 1e6
    assert lab.units["arrests"][0] == 1


@pytest.mark.parametrize("most_days", [15.0, None])
def test_custody_is_of_the_stated_mean_and_never_longer_than_the_law_allows(most_days: float | None) -> None:
    """Mean of 2,000 arrests within 4.5 standard errors; false alarm 1e-5."""
    n, mean_days = 2000, 10.0
    brawl = {"arrest_probability": 1.0, "custody_days": mean_days, "custody_most_days": most_days}
    lab = Laboratory([0], demand=DemandParameters.model_validate({"brawl": brawl}))
    days = np.zeros(n)
    for k in range(n):
        at_min = 1e6 * k
        lab.call(at_min, priority=1, on_scene_min=1.0, incident=lab.crime(IncidentType.BRAWL, at_min))
        lab.serve(at_min + 1000.0)
        days[k] = (lab.offenders["custody_until_min"][0] - at_min) / 1440.0
    assert lab.offenders["arrests"][0] == n
    assert abs(days.mean() - mean_days) < 4.5 * days.std() / np.sqrt(n)
    assert days.max() <= 15.0 if most_days else days.max() > 45.0


def test_detention_that_the_police_impose_has_a_bound_in_china_and_what_courts_decide_has_none() -> None:
    bounded = {kind for kind in CRIMES if DemandParameters().crime(kind).custody_most_days == 15.0}
    assert bounded == {
        IncidentType.SHOPLIFTING,
        IncidentType.BRAWL,
        IncidentType.DISPUTE_ASSAULT,
        IncidentType.SCHOOL_VIOLENCE,
    }
    with pytest.raises(ValueError, match=r"custody_days, 15, .* custody_most_days, 15"):
        DemandParameters.model_validate({"brawl": {"custody_days": 15.0}})


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_an_arrest_ends_a_career_with_the_stated_chance_when_custody_is_over(chance: float) -> None:
    """Binomial, 400 arrests; false alarm 1e-5."""
    n = 400
    lab = Laboratory(
        [0],
        demand=DemandParameters.model_validate({"robbery": {"arrest_probability": 1.0, "custody_days": 0.1}}),
        desist_at_arrest=chance,
    )
    ended = 0
    for i in range(n):
        at_min = 5000.0 * i
        lab.offenders["desist_min"][0] = np.inf
        lab.call(at_min, priority=1, on_scene_min=1.0, incident=lab.crime(IncidentType.ROBBERY, at_min))
        lab.serve(at_min + 4999.0)
        one = lab.offenders[0]
        if one["arrests"] == i + 1 and np.isfinite(one["desist_min"]):
            ended += 1
            assert one["desist_min"] == one["custody_until_min"]
    assert int(lab.offenders["arrests"][0]) == n
    assert abs(ended - chance * n) <= 4.5 * np.sqrt(chance * (1 - chance) * n)


def test_a_crime_by_a_stranger_leads_to_no_arrest_and_one_by_no_offender_to_one_without_custody() -> None:
    lab = arrest_laboratory()
    nobody, neighbour = (
        lab.crime(IncidentType.ROBBERY, 10.0, offender=-1, culprit=-1),
        lab.crime(IncidentType.ROBBERY, 100.0, offender=-1, culprit=7),
    )
    for crime, at_min in ((nobody, 10.0), (neighbour, 100.0)):
        lab.call(at_min, priority=1, incident=crime)
    lab.serve(1000.0)
    assert lab.incidents["cleared"].tolist() == [False, True]
    assert lab.offenders["arrests"].tolist() == [0, 0, 0, 0]


# what nobody calls about


@pytest.mark.parametrize("cell", [3, 4, 5, 29])
def test_only_a_free_patrol_in_the_very_cell_comes_upon_what_nobody_calls_about(cell: int) -> None:
    plan = PatrolPlan.of([4], 1.0, 1000.0, 0)
    lab = Laboratory([0], STREET, plan=plan)
    unseen = lab.call(100.0, cell=cell, on_scene_min=10.0, on_view=True)
    lab.serve(105.0)
    if cell == 4:
        assert activity(lab) == Activity.ON_SCENE
        assert lab.calls["arrived_min"][unseen] == 100.0
    lab.serve(200.0)
    assert lab.calls["state"][unseen] == (CallState.SERVED if cell == 4 else CallState.UNNOTICED)
    assert (lab.calls["unit_id"][unseen] >= 0) == (cell == 4)


def test_a_unit_at_its_station_or_at_a_call_comes_upon_nothing() -> None:
    at_station, at_call = Laboratory([4], STREET), Laboratory([4], STREET)
    at_call.call(90.0, cell=4, on_scene_min=60.0)
    for lab in (at_station, at_call):
        unseen = lab.call(100.0, cell=4, on_view=True)
        lab.serve(1000.0)
        assert lab.calls["state"][unseen] == CallState.UNNOTICED
        assert lab.calls["dispatched_min"][unseen] < 0
