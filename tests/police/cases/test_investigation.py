"""Investigation: what detectives make of the leads that there are in the minutes they have."""

from __future__ import annotations

import logging
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from precinct import DAY, PEOPLE, PLENTY, SIDE, Precinct, open_but_for, route
from scipy.stats import norm

from sim.city.city import CityParameters
from sim.incident_types import CRIMES, IncidentType
from sim.incidents.log import INCIDENTS
from sim.model import CityModel
from sim.outcomes.investigation_results import case_table, investigation_indicators
from sim.police.cases.case_log import CaseState, Spent
from sim.police.cases.parameters import InvestigationParameters
from sim.police.posts import Post
from sim.scenario import Scenario

FALSE_ALARM = 1e-6  # chance that a right rule fails one claim about a mean on a seed that nobody has tried
Z = float(norm.ppf(1 - FALSE_ALARM / 2))
I = IncidentType  # noqa: E741

log = logging.getLogger("investigation")


# Detectives and their minutes


def test_without_detectives_nothing_is_cleared_and_everything_waits() -> None:
    precinct = Precinct(200).run(30, minutes=0.0, heads=0.0)
    assert not precinct.crimes["cleared"].any()
    assert precinct.states(CaseState.NEW) == 200
    assert precinct.cases.spent_min.sum() == 0


def test_fewer_minutes_mean_a_larger_and_older_backlog_and_fewer_cleared() -> None:
    """Two crimes an hour for a month; what 40 hours of detectives a day clear, less and less of it is with fewer."""
    found = []
    for hours in (400, 60, 15):
        precinct = Precinct(1_440, recorded_day=np.arange(1_440) / 48, culprit=-1).run(31, minutes=60.0 * hours)
        now_min = 31 * DAY
        books = {"cleared": precinct.crimes["cleared"], "type": np.full(1_440, "assault")}
        found.append(
            investigation_indicators(case_table(precinct.cases, 0.0, now_min), books, precinct.cases.spent_min.sum())
        )
        begun = precinct.rows["begun_min"] >= 0
        found[-1]["wait"] = float((precinct.rows["begun_min"] - precinct.rows["opened_min"])[begun].mean())
    log.info(
        "%s",
        [
            {name: one[name] for name in ("clearance_rate", "backlog", "backlog_age_days", "wait", "detective_hours")}
            for one in found
        ],
    )
    for more, fewer in pairwise(found):
        assert fewer["clearance_rate"] < more["clearance_rate"]
        assert fewer["backlog"] > more["backlog"]
        assert fewer["backlog_age_days"] > more["backlog_age_days"]
        assert fewer["detective_hours"] < more["detective_hours"]


def test_a_detective_has_no_more_cases_in_hand_than_allowed() -> None:
    precinct = Precinct(300)
    precinct.open()
    for day in range(10):
        precinct.work(day, heads=2.5)
        assert precinct.states(CaseState.WORKED) <= 2.5 * 12
        if day == 0:
            assert precinct.states(CaseState.WORKED, CaseState.CLEARED, CaseState.FILED) > 0


def test_a_case_takes_no_more_than_its_hours_of_a_day() -> None:
    precinct = Precinct(300)
    precinct.open()
    for day in range(4):
        before = precinct.rows["worked_min"].copy()
        precinct.work(day)
        assert (precinct.rows["worked_min"] - before <= 2 * 120 + 1e-9).all()


def test_every_hour_of_work_on_a_case_is_booked_for_each_of_its_investigators() -> None:
    """Given enough minutes, two officers do the same work as one in the same days, for twice the minutes."""
    alone, both = (
        Precinct(500, worth_working=0.0, arrest_processing_min=0.0, investigators_per_case=n).run(40) for n in (1, 2)
    )
    assert np.array_equal(alone.rows["done_min"], both.rows["done_min"])
    assert np.array_equal(alone.rows["closed_min"], both.rows["closed_min"])
    assert np.allclose(both.rows["worked_min"], 2 * both.rows["done_min"], rtol=1e-12)
    booked = [one.cases.spent_min[Post.DETECTIVES] for one in (alone, both)]
    assert booked[1][Spent.CASE_WORK] == pytest.approx(2 * booked[0][Spent.CASE_WORK])
    assert booked[1][Spent.SCREENING] == booked[0][Spent.SCREENING] == 10.0 * 500
    for one in (alone, both):
        assert one.cases.spent_min.sum() == pytest.approx(sum(one.used_min))


def test_of_the_cases_that_would_be_cleared_mistakes_spoil_their_share() -> None:
    """A case that the tired clear, the fresh clear too. The share fails by chance with a probability below 1e-6."""
    fresh, tired, hopeless = (
        Precinct(4_000, arrest_processing_min=0.0).run(20, mistakes=mistakes) for mistakes in (0.0, 0.25, 1.0)
    )
    cleared = fresh.cleared().sum()
    assert (tired.cleared() <= fresh.cleared()).all()
    assert abs(tired.cleared().sum() / cleared - 0.75) < Z * np.sqrt(0.75 * 0.25 / cleared)
    assert not hopeless.cleared().any()
    assert np.array_equal(fresh.rows["worked_min"], tired.rows["worked_min"])


def test_successes_are_the_cases_that_a_post_cleared() -> None:
    kind = np.resize([I.ROBBERY, I.FRAUD], 2_000)
    precinct = Precinct(2_000, kind, culprit=np.where(kind == I.ROBBERY, np.arange(2_000) % PEOPLE, -1)).run(
        20, series=True
    )
    cleared = precinct.rows[precinct.rows["state"] == CaseState.CLEARED]
    for post in (Post.DETECTIVES, Post.ANTI_FRAUD):
        assert precinct.cases.successes[post] == np.count_nonzero(cleared["post"] == post) > 0
    assert precinct.cases.successes.sum() == len(cleared)


def test_leads_grow_stale_until_work_begins() -> None:
    fresh, stale = (Precinct(4_000, worth_working=0.0) for _ in range(2))
    fresh.run(20)
    stale.open()
    for day in range(30, 50):
        stale.work(day)
    assert (stale.cleared() <= fresh.cleared()).all()
    assert 0 < stale.cleared().sum() < 0.8 * fresh.cleared().sum()


def test_specialists_need_fewer_hours_and_clear_more() -> None:
    skilled, unskilled = (Precinct(4_000, worth_working=0.0).run(40, skill=skill) for skill in (0.8, 0.4))
    hours = [precinct.cases.spent_min[:, Spent.CASE_WORK].sum() for precinct in (skilled, unskilled)]
    assert hours[1] == pytest.approx(hours[0] / 0.75, rel=1e-9)
    assert (unskilled.cleared() <= skilled.cleared()).all()
    assert unskilled.cleared().sum() < 0.95 * skilled.cleared().sum()


def test_hopeless_cases_are_filed_after_a_screening_and_hopeful_ones_worked() -> None:
    precinct = Precinct(2_000, I.VEHICLE_THEFT).run(10)
    worked = precinct.rows["worked_min"] > 0
    assert np.array_equal(worked, precinct.rows["leads"] > 0)
    assert 0.2 < worked.mean() < 0.8
    assert precinct.cases.spent_min[Post.DETECTIVES, Spent.SCREENING] == pytest.approx(2_000 * 10)


def test_an_arrest_costs_minutes_that_are_owed_until_they_are_found() -> None:
    precinct = Precinct(50, I.DISPUTE_ASSAULT, culprit=np.arange(50))
    precinct.open()
    day = 0
    while not precinct.crimes["cleared"].any():
        precinct.work(day, minutes=600.0)
        day += 1
    for later in range(day, day + 400):
        precinct.work(later, minutes=600.0)
    assert precinct.cases.owed_min[Post.DETECTIVES] == 0
    arrests = precinct.rows["arrests"].sum()
    assert precinct.cases.spent_min[Post.DETECTIVES, Spent.PROCESSING] > 60 * arrests > 0


def test_fraud_is_worked_by_its_own_post_and_arrests_no_offender_of_the_city() -> None:
    precinct = Precinct(2_000, I.FRAUD, response_min=-1.0)
    precinct.open()
    for day in range(30):
        precinct.work(day, post=Post.DETECTIVES)
    assert precinct.cases.spent_min.sum() == 0
    for day in range(30):
        precinct.work(day, post=Post.ANTI_FRAUD)
    assert 0 < precinct.crimes["cleared"].mean() < 0.2
    assert (precinct.offenders["arrests"] == 0).all()


def test_a_case_that_reaches_the_detectives_late_is_worked_late_and_one_that_gets_lost_never() -> None:
    beats = np.arange(SIDE * SIDE) % 3
    channels = open_but_for(3, to_detectives=route([0.0, 3 * DAY, 0.0], [0.0, 0.0, 1.0]))
    precinct = Precinct(3_000, cell=np.arange(3_000) % 3, beats=beats, bureau={"channels": channels}).run(40)
    beat = precinct.crimes["cell"][precinct.rows["incident_id"]]
    lag = precinct.rows["known_min"] - precinct.rows["opened_min"]
    assert (lag[beat == 0] == 0).all()
    assert abs(lag[beat == 1].mean() - 3 * DAY) < Z * 3 * DAY / np.sqrt(1_000)
    assert np.isinf(lag[beat == 2]).all()
    begun = precinct.rows["begun_min"]
    assert (begun[beat == 2] < 0).all()
    assert (begun[(beat == 1) & (begun >= 0)] >= precinct.rows["known_min"][(beat == 1) & (begun >= 0)]).all()


# Arrests


def test_whom_detectives_arrest_is_in_custody_and_learns() -> None:
    precinct = Precinct(PEOPLE, I.ROBBERY, culprit=np.arange(PEOPLE)).run(20)
    held = precinct.offenders["custody_until_min"] > 0
    assert np.array_equal(held, precinct.crimes["cleared"])
    assert held.any()
    assert (precinct.offenders["arrests_known"][held].max(axis=1) > 0).all()
    assert np.array_equal(precinct.offenders["arrests"], held.astype(int))


def test_somebody_who_took_the_row_of_a_culprit_who_desisted_is_not_arrested() -> None:
    precinct = Precinct(PEOPLE, I.ROBBERY, culprit=np.arange(PEOPLE))
    precinct.offenders["resident_id"] = -5
    precinct.run(20)
    assert precinct.crimes["cleared"].any()
    assert (precinct.offenders["arrests"] == 0).all()


def test_who_is_in_custody_is_not_arrested_again() -> None:
    precinct = Precinct(PEOPLE, I.ROBBERY, culprit=0).run(20)
    assert precinct.crimes["cleared"].sum() > 5
    per_day = [precinct.rows["arrests"][precinct.rows["closed_min"] == day * DAY].sum() for day in range(20)]
    assert max(per_day) == 1
    assert precinct.offenders["arrests"][0] == sum(per_day)


def test_about_half_of_those_who_joined_in_are_found_with_the_offender() -> None:
    precinct = Precinct(PEOPLE // 2, I.DISPUTE_ASSAULT, culprit=np.arange(PEOPLE // 2), partner_found=1.0)
    alone = Precinct(PEOPLE // 2, I.DISPUTE_ASSAULT, culprit=np.arange(PEOPLE // 2), partner_found=0.0)
    for one, found in ((precinct, True), (alone, False)):
        one.crimes["co_culprit_id"] = one.crimes["co_offender_id"] = PEOPLE // 2 + np.arange(PEOPLE // 2)
        one.run(20)
        partner_held = one.offenders["arrests"][PEOPLE // 2 :] == 1
        assert np.array_equal(partner_held, one.crimes["cleared"] & found)


def test_victims_trust_more_when_a_case_is_cleared_and_less_when_it_is_filed() -> None:
    precinct = Precinct(PEOPLE, I.SHOPLIFTING)
    precinct.crimes["victim_id"] = np.arange(PEOPLE)
    precinct.run(20)
    cleared = precinct.crimes["cleared"]
    assert 0 < cleared.sum() < PEOPLE
    assert (precinct.residents["trust"][cleared] > 0.5).all()
    assert (precinct.residents["trust"][~cleared] < 0.5).all()


# What holds for any queue


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(0, 80), seed=st.integers(0, 2**32 - 1),
    kinds=st.lists(st.sampled_from(CRIMES), min_size=1, max_size=5),
    shifts=st.lists(st.tuples(st.floats(0, 3_000), st.floats(0, 4), st.floats(0, 1), st.floats(0, 1)), min_size=1,
        max_size=12),
    analyst_min=st.floats(0, 500), delay_h=st.floats(0, 100), loss=st.floats(0, 0.99),
)  # fmt: skip
def test_minutes_and_cases_are_conserved_in_any_queue(
    n: int,
    seed: int,
    kinds: list[IncidentType],
    shifts: list[tuple[float, float, float, float]],
    analyst_min: float,
    delay_h: float,
    loss: float,
) -> None:
    kind = np.resize(kinds, n)
    way = route([60 * delay_h], [loss])
    channels = open_but_for(1, to_detectives=way, to_anti_fraud=way, to_analysts=way, from_analysts=way)
    culprit = np.where(kind == I.FRAUD, -1, np.arange(n) % 7)
    precinct = Precinct(
        n, kind, seed=seed, culprit=culprit, recorded_day=np.arange(n) % 4, bureau={"channels": channels}
    )
    posts = (Post.DETECTIVES, Post.ANTI_FRAUD)
    total = dict.fromkeys(posts, 0.0)
    analysed, closed = 0.0, np.zeros(0, dtype=bool)
    for day, (minutes, heads, skill, mistakes) in enumerate(shifts):
        precinct.open(day)
        used = precinct.link(day, analyst_min, skill)
        assert 0 <= used <= analyst_min
        analysed += used
        for post in posts:
            used = precinct.work(day, minutes, heads, skill, post, mistakes)
            assert -1e-9 <= used <= minutes + 1e-9
            total[post] += used
        rows = precinct.rows
        now_closed = rows["state"] >= CaseState.CLEARED
        assert now_closed[: len(closed)][closed].all() or not closed.any(), "a closed case was opened again"
        filed = rows["state"] == CaseState.FILED
        assert not precinct.crimes["cleared"][rows["incident_id"][filed]].any()
        closed = rows["state"] == CaseState.CLEARED
    rows = precinct.rows
    for post in posts:
        assert precinct.cases.spent_min[post].sum() == pytest.approx(total[post], abs=1e-6)
        assert precinct.cases.spent_min[post, Spent.CASE_WORK] == pytest.approx(
            rows["worked_min"][rows["post"] == post].sum(), abs=1e-6
        )
    assert precinct.cases.spent_min[Post.INTELLIGENCE].sum() == pytest.approx(analysed)
    assert (precinct.cases.owed_min >= 0).all()
    assert len(np.unique(rows["incident_id"])) == len(rows), "a crime has two cases"
    assert np.array_equal(
        np.sort(rows["incident_id"][rows["state"] == CaseState.CLEARED]), np.flatnonzero(precinct.crimes["cleared"])
    )
    assert ((rows["closed_min"] >= 0) == (rows["state"] >= CaseState.CLEARED)).all()
    ended = rows["closed_min"] >= 0
    assert (rows["known_min"][ended] <= rows["closed_min"][ended]).all(), (
        "a case was closed before the detectives had it"
    )
    assert precinct.cases.successes.sum() == precinct.crimes["cleared"].sum()
    assert precinct.offenders["arrests"].sum() <= rows["arrests"].sum(), "an arrest without a case"
    assert (rows["arrests"][rows["state"] != CaseState.CLEARED] == 0).all()
    assert (precinct.crimes["cleared"] == (precinct.crimes["arrest_time_min"] >= 0)).all()


@pytest.mark.parametrize("minutes", [PLENTY, 2_000.0])
def test_the_order_of_rows_changes_nothing(minutes: float) -> None:
    n = 500
    rng = np.random.Generator(np.random.Philox(5))
    kind, culprit, day = rng.choice(np.array(CRIMES[:9]), n), rng.integers(0, PEOPLE, n), rng.uniform(0, 10, n)
    cell, response = rng.integers(0, SIDE * SIDE, n), rng.uniform(1, 60, n)
    order = rng.permutation(n)
    straight, mixed = (
        Precinct(
            n, kind[o], culprit=culprit[o], recorded_day=day[o], cell=cell[o], response_min=response[o], key=o
        ).run(20, minutes, series=True)
        for o in (np.arange(n), order)
    )
    assert np.array_equal(straight.cleared(), mixed.cleared())
    for column in (
        "needed_min",
        "leads",
        "links",
        "true_links",
        "state",
        "worked_min",
        "begun_min",
        "closed_min",
        "arrests",
    ):
        assert np.array_equal(straight.of_crime(column), mixed.of_crime(column)), column


def test_what_one_case_holds_does_not_depend_on_the_others() -> None:
    many, few = Precinct(1_000), Precinct(100)
    many.open()
    few.open()
    for column in ("needed_min", "witness", "trace", "named", "known_min"):
        assert np.array_equal(many.of_crime(column)[:100], few.of_crime(column))


def test_what_the_table_says_is_what_happened() -> None:
    precinct = Precinct(300, I.BURGLARY, culprit=np.arange(300) % PEOPLE, recorded_day=np.arange(300) / 20).run(
        16, minutes=500.0, series=True
    )
    start_min, now_min = 5 * DAY, 16 * DAY
    found = case_table(precinct.cases, start_min, now_min)
    assert (np.diff(found["opened_min"].filled(-1e9)) >= 0).all()
    assert (found["age_days"] >= 0).all()
    recorded = precinct.crimes[precinct.crimes["recorded_time_min"] >= start_min]
    books = {"cleared": recorded["cleared"], "type": np.full(len(recorded), "burglary")}
    numbers = investigation_indicators(found, books, 600.0)
    assert numbers["cases"] == 200
    assert numbers["detective_hours"] == 10
    assert numbers["clearance_rate"] == numbers["clearance_burglary"] == recorded["cleared"].mean()
    assert numbers["clearance_fraud"] is None
    assert numbers["backlog"] == precinct.states(CaseState.NEW, CaseState.WAITING, CaseState.WORKED)
    closed_in_time = precinct.rows["closed_min"] >= start_min
    assert numbers["cases_filed"] == np.count_nonzero(closed_in_time & (precinct.rows["state"] == CaseState.FILED))
    assert numbers["arrests_by_detectives"] == precinct.rows["arrests"][closed_in_time].sum()


def test_in_a_town_every_arrest_has_a_case_or_was_on_scene_and_who_is_in_custody_does_not_offend() -> None:
    place = CityParameters(name="town", residents=20_000, area_km2=12, beats=2, districts=1, centres=1)
    model = CityModel(Scenario(city=place, days=120, warmup_days=0, seed=4))
    model.run()
    logs, rows = model.world.logs, model.posts.cases.rows[: model.posts.cases.used[0]]
    crimes = logs.incidents[: logs.used[INCIDENTS]]
    by_case = np.isin(np.arange(len(crimes)), rows["incident_id"][rows["state"] == CaseState.CLEARED])
    on_scene = crimes["cleared"] & ~by_case
    assert by_case.sum() > 10
    assert on_scene.sum() > 0
    assert np.array_equal(crimes["cleared"], crimes["arrest_time_min"] >= 0)
    assert (crimes["arrest_time_min"][on_scene] == logs.calls["arrived_min"][crimes["call_id"][on_scene]]).all()
    assert (crimes["arrest_time_min"][by_case] % DAY == 0).all()
    in_books = (crimes["recorded_time_min"] >= 0) & (crimes["recorded_time_min"] <= 119 * DAY)
    with_case = model.posts.cases.case_of[: len(crimes)] > 0
    assert np.array_equal(with_case, in_books & ~on_scene), "each recorded crime has a case or was cleared on scene"
    arrested = rows["incident_id"][(rows["arrests"] > 0)]
    last = crimes[arrested][crimes["offender_id"][arrested] >= 0]
    held = model.world.offenders["custody_until_min"]
    for crime in last:
        later = crimes["time_min"][crimes["offender_id"] == crime["offender_id"]]
        until = held[crime["offender_id"]]
        if model.world.offenders["arrests"][crime["offender_id"]] == 1:
            assert not ((later > crime["arrest_time_min"]) & (later < until)).any(), "an offence from custody"


def test_nothing_to_measure_is_nothing() -> None:
    empty = Precinct(0)
    empty.open()
    numbers = investigation_indicators(
        case_table(empty.cases, 0.0, DAY), {"cleared": np.zeros(0, bool), "type": np.zeros(0, "U9")}, 0.0
    )
    assert numbers["clearance_rate"] is None
    assert numbers["backlog_age_days"] is None
    assert numbers["cases"] == numbers["backlog"] == 0


def test_every_type_of_crime_has_its_parameters() -> None:
    parameters = InvestigationParameters()
    assert all(parameters.case(kind).hours > 0 for kind in CRIMES)
