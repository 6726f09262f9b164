"""Mediation at three levels: hand-over, hours, and what stays as it was without it.

Everything here is exact but for one claim, which says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from made_up_governance import DAY, MadeUpTown, bits

from sim.incidents.disputes.log import (
    AVAILABLE,
    FROM_POLICE,
    OPEN,
    TOP,
    WORKED,
    Finder,
    Level,
    Outcome,
    Subject,
    add_dispute,
)
from sim.incidents.disputes.mediation import MediationParameters, MediationRule, hand_over, mediate, mediation_rule
from sim.outcomes.dispute_results import dispute_indicators, dispute_table
from sim.police.post_ledger import Work
from sim.programmes.mediation import Mediation

VILLAGE_HOURS = 10_000.0
RESIDENTS = 6000
HOPELESS = {"session_hours": 1.0, "success_fresh": 0.0, "success_stale": 0.0}
SURE = {"session_hours": 1.0, "success_fresh": 1.0, "success_stale": 1.0}


def village_rule(**changes: Any) -> MediationRule:
    return mediation_rule(
        MediationParameters(**{"mediator_hours_per_1000_week": VILLAGE_HOURS, "notice_days": 0, **changes}), RESIDENTS
    )


def town_with(disputes: int, village: dict[str, Any] | None = None, tension: float = 1.0) -> MadeUpTown:
    town = MadeUpTown(demand={"disputes": {"mediation": {"notice_days": 0, "postponed": 0.0, **(village or {})}}})
    town.quarrel(disputes, tension)
    return town


def begun(of: MadeUpTown, /, **parameters: Any) -> Mediation:
    programme = Mediation(Mediation.Parameters.model_validate(parameters))
    programme.begin(of.site())
    return programme


def found(town: MadeUpTown, finder: Finder, day: int = 0) -> None:
    """Hand all disputes to the mediators."""
    for d in range(town.disputes.used[0]):
        hand_over(town.disputes, d, finder, day, village_rule())


def test_mediators_choose_by_what_they_were_shown_and_told_and_not_by_the_tension_that_nobody_sees() -> None:
    """Who has been in session after some days is the same, whatever the tension became after the parties were heard."""
    begun_sessions = []
    for hidden in (0, 1):
        town = town_with(60)
        rows = town.disputes.rows[:60]
        rows["tension"], rows["shown"] = np.linspace(0.5, 3.0, 60), np.tile([0.5, 1.0, 2.0], 20)
        found(town, Finder.GRID)
        assert np.allclose(rows["impression"], rows["tension"] * rows["shown"])
        if hidden:
            rows["tension"] = rows["tension"][::-1].copy()
        rule = village_rule(
            success_fresh=0.0, success_stale=0.0, postponed=0.0, session_hours=1.0, session_shape=1000.0
        )
        mediate(1, 0, town.disputes, rule._replace(hours_per_day=20.0), Level.VILLAGE.value)
        begun_sessions.append(np.flatnonzero(rows["sessions"]).tolist())
    assert begun_sessions[0] == begun_sessions[1]
    assert 18 <= len(begun_sessions[0]) <= 22


def test_a_call_to_the_police_brings_a_dispute_forward() -> None:
    town = town_with(10)
    found(town, Finder.GRID)
    town.disputes.rows["calls"][7] = 1
    mediate(1, 0, town.disputes, village_rule(session_hours=1.0)._replace(hours_per_day=0.1), Level.VILLAGE.value)
    assert np.flatnonzero(town.disputes.rows["sessions"][:10]).tolist() == [7]


def test_without_hours_of_officers_the_programme_does_nothing() -> None:
    town = town_with(50)
    programme = begun(town)
    found(town, Finder.GRID)
    before = bits(town.disputes.rows, town.disputes.open, town.disputes.hours)
    for day in range(10):
        programme.day(town.day(day, sworn_min=0.0))
        assert not town.disputes.joined.any()
    found(town, Finder.POLICE)
    assert bits(town.disputes.rows, town.disputes.open, town.disputes.hours) == before
    assert not town.booked.any()


def test_a_village_that_fails_gives_up_alone_and_hands_up_where_the_levels_are_joined() -> None:
    hopeless = village_rule(success_fresh=0.0, success_stale=0.0, postponed=0.0)
    for joined in (False, True):
        town = town_with(100)
        programme = begun(town)
        if joined:
            programme.day(town.day(0))
        found(town, Finder.GRID)
        mediate(1, 0, town.disputes, hopeless, Level.VILLAGE.value)
        rows = town.disputes.rows[:100]
        assert (rows["sessions"] == 1).all()
        assert (rows["level"] == (Level.TOWN if joined else Level.VILLAGE)).all()
        assert (rows["handed_up"] == joined).all()
        assert (rows["in_mediation"] == joined).all()
        assert (rows["ready_day"] == joined).all()
        assert np.allclose(rows["tension"], 1.3)


def test_what_all_levels_fail_leaves_mediation_after_the_station_and_comes_back_there() -> None:
    town = town_with(20)
    programme = begun(town, town=HOPELESS, station=HOPELESS, town_hours_per_1000_week=1000.0)
    programme.day(town.day(0))
    found(town, Finder.GRID)
    mediate(1, 0, town.disputes, village_rule(success_fresh=0.0, success_stale=0.0, postponed=0.0), Level.VILLAGE.value)
    levels = []
    for day in range(1, 4):
        programme.day(town.day(day))
        levels.append(set(town.disputes.rows["level"][:20].tolist()))
    rows = town.disputes.rows[:20]
    assert levels == [{Level.STATION}, {Level.STATION}, {Level.STATION}]
    assert (rows["sessions"] == 3).all()
    assert (rows["handed_up"] == 2).all()
    assert not rows["in_mediation"].any()
    assert (rows["outcome"] == Outcome.OPEN).all()
    found(town, Finder.GRID, 4)
    assert (rows["level"] == Level.STATION).all()
    assert rows["in_mediation"].all()


@pytest.mark.parametrize(
    ("finder", "begins"),
    [(Finder.GRID, 0), (Finder.VISIT, 0), (Finder.VOLUNTEER, 0), (Finder.POLICE, 2), (Finder.ASSAULT, 2)],
)
@pytest.mark.parametrize("at_station", [False, True])
def test_disputes_begin_in_the_village_and_those_of_the_police_at_the_station_if_so_agreed(
    finder: Finder, begins: int, at_station: bool
) -> None:
    town = town_with(3)
    programme = begun(town, police_begin_at_station=at_station)
    programme.day(town.day(0))
    found(town, finder)
    assert (town.disputes.rows["level"][:3] == (begins if at_station else 0)).all()
    assert not town.disputes.rows["handed_up"][:3].any()


@pytest.mark.parametrize("slow", [1.0, 1.25])
def test_the_station_books_exactly_the_minutes_of_its_sessions_on_officers_and_never_more_than_its_share(
    slow: float,
) -> None:
    town = town_with(200, tension=3.0)
    programme = begun(town, joining_min=0.0, station_share=0.4)
    programme.day(town.day(0))
    town.booked[:] = 0.0
    town.disputes.hours[:] = 0.0
    found(town, Finder.POLICE)
    for day in range(1, 30):
        before, today = town.booked[Work.MEDIATION], town.day(day, sworn_min=600.0, auxiliary_min=900.0, slow=slow)
        programme.day(today)
        spent = town.booked[Work.MEDIATION] - before
        hours = today.hours[5]
        assert spent == pytest.approx(0.4 * 600.0)  # there is more to do than minutes
        assert hours.sworn_min == pytest.approx(600.0 - spent)
        assert hours.auxiliary_min == 900.0
    assert town.disputes.hours[Level.STATION, WORKED] * 60 * slow == pytest.approx(town.booked[Work.MEDIATION])
    assert town.disputes.hours[Level.STATION, WORKED] == pytest.approx(programme.diary["station_hours"].sum())
    assert (town.disputes.rows["outcome"][:200] == Outcome.MEDIATED).sum() > 20


def test_an_idle_station_books_nothing_but_the_joining_of_the_levels() -> None:
    town = town_with(0)
    programme = begun(town)
    programme.day(town.day(0))
    assert town.booked[Work.ORGANISING] == pytest.approx(10 * RESIDENTS / 10_000)
    assert town.booked.sum() == town.booked[Work.ORGANISING]


def test_a_day_that_joins_the_levels_in_part_gives_the_town_that_part_of_its_hours() -> None:
    town = town_with(10)
    programme = begun(town, town_hours_per_1000_week=7.0)
    whole, half = 10 * RESIDENTS / 10_000, 5 * RESIDENTS / 10_000
    given = []
    for minutes in (whole, half, 0.0):
        before = town.disputes.hours[Level.TOWN, AVAILABLE]
        programme.day(town.day(0, sworn_min=minutes))
        given.append(town.disputes.hours[Level.TOWN, AVAILABLE] - before)
    assert given == pytest.approx([6.0, 3.0, 0.0])
    assert town.disputes.joined[TOP] == Level.VILLAGE


def test_a_town_without_mediators_is_no_place_to_hand_disputes_to() -> None:
    town = town_with(5)
    programme = begun(town, town_hours_per_1000_week=0.0)
    programme.day(town.day(0))
    assert town.disputes.joined[TOP] == Level.VILLAGE
    assert town.disputes.joined[FROM_POLICE] == Level.STATION


def test_levels_work_on_their_own_disputes_only_and_what_ends_is_off_the_list() -> None:
    town = town_with(30)
    programme = begun(town, town=SURE, station=SURE, town_hours_per_1000_week=1000.0)
    found(town, Finder.GRID)
    rows = town.disputes.rows
    rows["level"][:30] = np.arange(30) % 3
    programme.day(town.day(0))
    assert np.array_equal(rows["outcome"][:30] == Outcome.MEDIATED, np.arange(30) % 3 > 0)
    assert np.array_equal(town.disputes.open[: town.disputes.used[OPEN]], np.arange(0, 30, 3))
    mediate(1, 0, town.disputes, village_rule(success_fresh=1.0, success_stale=1.0), Level.VILLAGE.value)
    assert (rows["outcome"][:30] == Outcome.MEDIATED).all()


def test_a_session_at_one_level_does_not_shift_those_of_another_dispute() -> None:
    outcomes = []
    for others in (0, 40):
        town = MadeUpTown()
        town.quarrel(40)
        programme = begun(town, town_hours_per_1000_week=1000.0)
        found(town, Finder.POLICE)
        town.disputes.rows["level"][:40] = Level.STATION
        for d in range(40, 40 + others):
            add_dispute(town.disputes, Subject.DEBT, d, d + 1, 0, 5.0, 0.0)
            hand_over(town.disputes, d, Finder.GRID, 0, village_rule())
            town.disputes.rows["level"][d] = Level.TOWN + d % 2
        for day in range(12):
            programme.day(town.day(day))
        outcomes.append(bits(town.disputes.rows[:40]))
        assert set(town.disputes.rows["outcome"][:40].tolist()) == {Outcome.OPEN, Outcome.MEDIATED}
    assert outcomes[0] == outcomes[1]


def test_the_chance_of_a_level_is_its_own() -> None:
    """Binomial; a right rule fails once in 10⁵ sets of seeds."""
    town = town_with(2000)
    programme = begun(town, station={"session_hours": 0.1, "success_fresh": 0.37, "success_stale": 0.37})
    found(town, Finder.GRID)
    town.disputes.rows["level"][:2000] = Level.STATION
    programme.day(town.day(0))
    rows = town.disputes.rows[:2000]
    assert (rows["sessions"] == 1).all()
    assert abs((rows["outcome"] == Outcome.MEDIATED).mean() - 0.37) < 4.42 * np.sqrt(0.37 * 0.63 / 2000)


def test_results_tell_who_resolved_what_at_how_many_hours() -> None:
    town = town_with(9)
    found(town, Finder.GRID)
    rows = town.disputes.rows
    rows["level"][:9] = [0, 0, 0, 1, 1, 2, 2, 0, 0]
    rows["handed_up"][:9] = [0, 0, 0, 1, 1, 2, 0, 0, 0]
    rows["outcome"][:8], rows["ended_min"][:8] = Outcome.MEDIATED, 2 * DAY
    rows["calls"][1] = 1
    told = dispute_indicators(dispute_table(town.disputes, 0.0, 3 * DAY), np.array([10.0, 6.0, 4.0]))
    assert [told[f"disputes_resolved_{level}"] for level in ("village", "town", "station")] == [4.0, 2.0, 2.0]
    assert [told[f"mediation_hours_per_resolved_{level}"] for level in ("village", "town", "station")] == [
        2.5,
        3.0,
        2.0,
    ]
    assert told["disputes_resolved_at_source_share"] == pytest.approx(3 / 8)
    assert (told["disputes_handed_up"], told["mediator_hours"], told["mediation_officer_hours"]) == (3.0, 16.0, 4.0)
