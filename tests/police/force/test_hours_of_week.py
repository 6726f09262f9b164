"""The roster by hour of the week: duties move, none is made, nobody has two on a day, and it can follow the calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_force import beat_plan as plan
from pydantic import ValidationError
from small_runs import audit, in_town

from sim.columns import table
from sim.incidents.log import CALL_COLUMNS
from sim.model import CityModel
from sim.parameters import BadInput
from sim.police.force.establishment import ForceParameters, establishment
from sim.police.force.hours_of_week import (
    RosterBand,
    at_most,
    duties_of_week,
    hours_covered,
    unit_hours_of_calls,
    wanted_by_hour,
    wanted_for_calls,
)
from sim.police.force.staff import Staff
from sim.police.posts import Post
from sim.scenario import Scenario

NIGHT_AND_EVENING = ({"to_hour": 8, "factor": 0.6}, {"from_hour": 16, "factor": 1.4})
WEEKEND = {"days": "weekend", "from_hour": 16, "factor": 1.2}
EVEN = (0.0, 8.0, 16.0)
bands = st.lists(
    st.builds(
        dict,
        days=st.sampled_from(["every", "workdays", "weekend", "friday"]),
        from_hour=st.sampled_from([0.0, 6.0, 16.0, 18.5, 22.0]),
        to_hour=st.sampled_from([2.0, 8.0, 12.0, 24.0]),
        factor=st.floats(0.7, 1.3),
    ),
    max_size=3,
)


def bands_of(*given: dict[str, Any]) -> tuple[RosterBand, ...]:
    return tuple(RosterBand.model_validate(band) for band in given)


def rested(residents: int = 100_000, days: int = 15, weekday: int = 0, **force: Any) -> Staff:
    """Return a staff of whom nobody is ever away."""
    return Staff(ForceParameters(wellbeing={"active": False}, **force), residents, plan(), 1, days, weekday)


def duties_by_day(staff: Staff, days: int) -> np.ndarray:
    """Return the duties of patrol that begin on each day in each shift, units, shape [days, shifts]."""
    units = staff.roster.units()
    found = np.zeros((days, staff.shifts))
    for day in range(days):
        staff.begin_day(day)
        for duty in staff.crew_up(day, units):
            found[day, duty.shift] = len(duty.units)
    return found


def test_a_band_covers_its_hours_and_goes_on_after_midnight_and_after_sunday() -> None:
    wanted = wanted_by_hour(bands_of({"days": "sunday", "from_hour": 22.5, "to_hour": 3, "factor": 3.0}))
    assert np.flatnonzero(wanted != 1.0).tolist() == [0, 1, 2, 166, 167]
    assert wanted[[166, 167, 0, 2]].tolist() == [2.0, 3.0, 3.0, 3.0]
    assert wanted_by_hour(bands_of({"factor": 2}, {"days": "monday", "factor": 0.5}))[[0, 30]].tolist() == [1.0, 2.0]
    assert hours_covered(160.5, 168.0) == pytest.approx(np.ones(168))


def test_shifts_that_do_not_overlap_get_the_mean_of_their_hours() -> None:
    wanted = wanted_by_hour(bands_of({"from_hour": 4, "to_hour": 8, "factor": 0.4}, WEEKEND))
    duties = duties_of_week(wanted, EVEN, 8.0)
    assert duties == pytest.approx(wanted.reshape(7, 3, 8).mean(axis=2) / wanted.mean())
    assert duties.mean() == pytest.approx(1.0)


def test_an_evening_shift_is_used_where_units_are_wanted_and_not_where_they_are_not() -> None:
    starts = (0.0, 8.0, 16.0, 18.0)
    wanted = wanted_by_hour(bands_of({"days": "friday", "from_hour": 18, "to_hour": 2, "factor": 2.0}))
    duties = duties_of_week(wanted, starts, 8.0)
    assert duties[4, 3] > 0.7 * duties.max()
    assert np.delete(duties[:, 3], 4).max() < 0.35 * duties[4, 3]


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(given=bands, overtime=st.sampled_from([0.0, 0.25]), starts=st.sampled_from([EVEN, (7.0, 19.0)]))
def test_a_roster_moves_duties_and_makes_none(given: list[dict[str, Any]], overtime: float, starts: Any) -> None:
    """Within a unit: rounding is carried over from shift to shift, and two weeks begin and end alike."""
    options = {"overtime_share": overtime, "shift_starts_hour": starts}
    flat, rostered = rested(**options), rested(roster=given, **options)
    assert np.sum(rostered.table["heads"]) == pytest.approx(np.sum(flat.table["heads"]))
    assert (rostered.officers["post"] == flat.officers["post"]).all()
    duties = duties_by_day(rostered, 14)
    assert duties.sum() == pytest.approx(duties_by_day(flat, 14).sum(), abs=1.01)
    expected = rostered.force.duties_of_week * duties.sum() / 42 * 3 / len(starts)
    assert np.abs(duties[:7] - expected).max() < 1.01


def test_heads_on_duty_by_hour_are_the_sum_of_the_duties() -> None:
    staff = rested(roster=NIGHT_AND_EVENING, overtime_share=0.25)
    duties = duties_by_day(staff, 14)
    by_hour = np.zeros((14, 24))
    for shift, begins in enumerate(EVEN):
        covers = hours_covered(begins, 10.0)[:48].reshape(2, 24).sum(axis=0)  # the next morning counts for the same day
        by_hour += staff.force.crew * duties[:, [shift]] * covers
    assert staff.hours[:14, Post.PATROL] == pytest.approx(by_hour)


def test_the_night_has_as_many_as_its_band_says_and_weekdays_are_those_of_the_calendar() -> None:
    duties = duties_by_day(rested(roster=NIGHT_AND_EVENING, patrol_units=10.0), 14)
    assert duties.mean(axis=0) == pytest.approx([6.0, 10.0, 14.0], abs=0.1)
    busy = duties_by_day(rested(roster=[WEEKEND], patrol_units=10.0, weekday=3), 14)
    weekend = np.isin(np.arange(14), [2, 3, 9, 10])
    assert busy[weekend, 2].mean() > busy[~weekend, 2].mean() + 1.5


def test_nobody_has_two_duties_on_a_day() -> None:
    staff = rested(roster=(*NIGHT_AND_EVENING, WEEKEND), residents=50_000)
    units = staff.roster.units()
    for day in range(15):
        staff.begin_day(day)
        today = [head for duty in staff.crew_up(day, units) for head in staff.crews[duty.units].ravel().tolist()]
        assert len(today) == len(set(today)) > 30


@pytest.mark.parametrize(
    ("force", "message"),
    [
        ({"roster": [{"from_hour": 25}]}, "force.roster.0.from_hour: 25 is not allowed: should be less than or"),
        ({"roster": [{"from_hour": 8, "to_hour": 8}]}, "force.roster.from_hour: 8.0 is not allowed: 0 to below 24"),
        ({"roster": [{"days": "holiday"}]}, "force.roster.0.days: 'holiday' is not allowed"),
        ({"roster": [{"factor": 0.0}]}, "force.roster: 0.0 is not allowed: a factor above 0"),
        ({"roster": [{"days": "sunday", "factor": 5}]}, "force.roster: 'sunday' is not allowed: at most 1.10 times"),
        ({"roster": [{"factor": 2}], "shift_starts_hour": [0]}, "force.roster: 1 is not allowed: several"),
        ({"shift_starts_hour": [0, 8, 18]}, "evenly spaced, or shift_hours given"),
        ({"shift_starts_hour": [0, 8, 18], "shift_hours": 8}, "force.shift_hours: 8.0 is not allowed: at least 10"),
        ({"roster_changes": [{}, {"start_day": 9}]}, "force.roster_changes.1: 'the roster that follows the calls"),
    ],
)
def test_a_roster_that_cannot_be_is_refused_in_one_line(force: dict[str, Any], message: str) -> None:
    from experiments.run import COMMAND
    from experiments.settings.compose import compose, scenario_of

    with pytest.raises(BadInput) as caught:
        scenario_of(compose("run", {}, {f"force.{name}": value for name, value in force.items()}), COMMAND.keys)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_evening_shift_keeps_the_hours_of_the_force() -> None:
    """Shifts may overlap; as many people work as many hours, and the units on duty follow."""
    starts = {"shift_starts_hour": (0.0, 8.0, 16.0, 18.0), "shift_hours": 8.0}
    usual, more = rested(), rested(**starts)
    assert duties_by_day(more, 14).sum() == pytest.approx(duties_by_day(usual, 14).sum(), abs=1.01)
    assert more.roster.on_duty == pytest.approx(usual.roster.on_duty)
    audit(ran(in_town(days=3, force={**starts, "roster": [{"from_hour": 18, "to_hour": 2, "factor": 2.0}]})).results())


def ran(scenario: Scenario) -> CityModel:
    model = CityModel(scenario)
    model.run()
    return model


def calls_at(*hours: tuple[float, float]) -> np.ndarray:
    """Return a table of calls that took the hours from … to …, counted from the start, one unit each."""
    found = table(CALL_COLUMNS, len(hours))
    found["dispatched_min"], found["cleared_min"] = 60 * np.array(hours, dtype=float).T
    found["sent"] = 1
    return found


def test_the_hours_of_calls_fall_into_the_hours_of_the_week() -> None:
    calls = calls_at((1.5, 3.25), (167.5, 168.5), (400.0, 401.0))
    calls["sent"][0] = 2
    calls["dispatched_min"][2] = calls["cleared_min"][2] = -1.0  # nobody went
    hours = unit_hours_of_calls(calls, 0.0, 1e6, 0)
    assert np.flatnonzero(hours).tolist() == [0, 1, 2, 3, 167]
    assert hours[[0, 1, 2, 3, 167]] == pytest.approx([0.5, 1.0, 2.0, 0.5, 0.5])
    assert unit_hours_of_calls(calls, 0.0, 1e6, 2)[48:52].tolist() == [0.5, 1.0, 2.0, 0.5]
    assert unit_hours_of_calls(calls, 0.0, 60.0, 0).sum() == 0.0, "what is not over is not known"


def test_busier_hours_ask_for_more_units_but_for_fewer_free_ones_in_proportion() -> None:
    hours = np.full(168, 52.0)
    hours[100] = 4 * 52.0
    wanted = wanted_for_calls(hours, 52.0)
    assert wanted[[0, 100]].tolist() == [2.0, 6.0]


def test_a_roster_is_brought_within_what_cars_and_people_allow() -> None:
    duties = duties_of_week(wanted_by_hour(bands_of({"from_hour": 16, "factor": 9.0}, WEEKEND)), EVEN, 8.0)
    tamed = at_most(duties, 2.0, 1.05)
    assert tamed.max() <= 2.0 + 1e-9
    assert tamed.mean(axis=1).max() <= 1.05 + 1e-9
    assert tamed.mean() == pytest.approx(1.0)
    assert at_most(np.ones((7, 3)), 2.0, 1.0).tolist() == np.ones((7, 3)).tolist()


def test_a_roster_follows_the_calls_from_its_day_on_and_ends() -> None:
    evening = [(24.0 * day + hour, 24.0 * day + hour + 2) for day in range(28) for hour in (17, 18, 19, 20)]
    calls = calls_at(*evening, *((24.0 * day + 12, 24.0 * day + 13) for day in range(28)))
    staff = rested(days=60, patrol_units=9.0, roster_changes=({"start_day": 28, "days": 14},))
    units = staff.roster.units()
    by_shift = []
    for day in range(56):
        staff.follow_calls(day, calls)
        staff.begin_day(day)
        by_shift.append([len(duty.units) for duty in staff.crew_up(day, units)])
    before, held, after = (np.mean(by_shift[first : first + 14], axis=0) for first in (14, 28, 42))
    assert before == pytest.approx([9, 9, 9], abs=0.1)
    assert held[2] > 14
    assert held[0] < 7
    assert held.sum() == pytest.approx(27, abs=0.2)
    assert after == pytest.approx([9, 9, 9], abs=0.1)
    assert staff.table["heads"].sum() == pytest.approx(
        establishment(staff.force, 100_000, plan().district)["heads"].sum()
    )


def test_the_lever_leaves_the_warm_up_as_it_was_and_moves_units_from_the_night() -> None:
    from scenarios.shortages import roster

    usual = in_town(days=28, warmup_days=28)
    one, other = ran(usual), ran(roster(usual))
    assert (one.staff.hours[:28] == other.staff.hours[:28]).all()
    nights = [model.staff.hours[28:56, Post.PATROL, 3].mean() for model in (one, other)]
    assert nights[1] < 0.9 * nights[0]
    audit(other.results())


def test_bad_parameters_of_a_band_are_refused_by_the_class_too() -> None:
    with pytest.raises(ValidationError):
        RosterBand(factor=11.0)
