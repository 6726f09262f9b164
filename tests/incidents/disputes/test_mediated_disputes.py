"""What becomes of disputes in which mediators and the police take a hand."""

from __future__ import annotations

import numpy as np
import pytest
from disputes_alone import (
    DAY,
    MANY,
    NOBODY,
    PERFECT,
    Run,
    live,
    many,
    served,
)

from sim.arrays import Array
from sim.draws import Draw
from sim.incidents.disputes.log import (
    AVAILABLE,
    ROWS,
    WORKED,
    Disputes,
    Finder,
    Level,
    Outcome,
)
from sim.incidents.disputes.mediation import MediationParameters
from sim.incidents.disputes.parameters import DisputeParameters
from sim.incidents.log import CALLS, DISPUTE_KEYS, INCIDENTS, NEVER, CallState, Logs
from sim.randomness import gamma

# What mediation does


def test_with_perfect_mediation_no_dispute_escalates_once_it_is_found() -> None:
    run = many(PERFECT)
    found = run.rows["found_by"] != Finder.NOBODY
    of = run.crimes["dispute_id"]
    assert found.sum() > 1000
    assert len(of) > 100
    assert (run.crimes["time_min"] < np.where(found, run.rows["found_min"], np.inf)[of]).all()
    assert (run.rows["ended_min"] == run.rows["found_min"])[found].all()
    assert (
        run.rows["outcome"][found] == Outcome.MEDIATED
    ).mean() > 0.95  # the others cooled on the morning of that day
    assert not (run.rows["outcome"][~found] == Outcome.MEDIATED).any()
    assert len(of) < len(many().crimes)


def test_with_perfect_mediation_and_nothing_hidden_nothing_escalates() -> None:
    """What is left is a chance below 1e-4 that one of 8,000 disputes stays hidden on a day and escalates on it."""
    run = live(DisputeParameters(per_1000_year=MANY, found_by_grid_per_day=10, mediation=PERFECT))
    assert len(run.rows) > 8000
    assert len(run.crimes) == 0


def test_the_hours_of_the_day_are_never_exceeded_and_every_hour_worked_is_an_hour_of_a_session() -> None:
    parameters = DisputeParameters(per_1000_year=MANY, mediation=MediationParameters(mediator_hours_per_1000_week=4))
    a_day = 4 * 20 / 7
    before: dict[str, Array] = {}
    busy_days = []

    def watch(day: int, disputes: Disputes) -> None:
        rows = disputes.rows[: disputes.used[ROWS]].copy()
        hours = disputes.hours[Level.VILLAGE].copy()
        if before:
            worked = hours[WORKED] - before["hours"][WORKED]
            assert hours[AVAILABLE] - before["hours"][AVAILABLE] == pytest.approx(a_day)
            assert worked <= a_day * (1 + 1e-12)
            old = before["rows"]
            done = 0.0
            for d in np.flatnonzero((rows["sessions"][: len(old)] > old["sessions"]) | (old["hours_left"] > 0)):
                if rows["outcome"][d] in (Outcome.COOLED, Outcome.ARREST):
                    # it ended before the mediators began their day, and the rest of its session was not worked
                    continue
                begun = range(old["sessions"][d] + 1, rows["sessions"][d] + 1)
                done += old["hours_left"][d] - rows["hours_left"][d]
                done += sum(gamma(4.0, 1, Draw.SESSION_HOURS, d, s) / 4 * 3 for s in begun)
            assert worked == pytest.approx(done, abs=1e-9)
            waiting = (rows["outcome"] == Outcome.OPEN) & rows["in_mediation"] & (rows["ready_day"] <= day)
            if (rows["hours_left"] > 0).any():
                assert worked == pytest.approx(a_day)  # nobody rests while a session waits for its end
                assert (rows["hours_left"] > 0).sum() == 1
            elif waiting[: len(old)].any():
                assert worked == pytest.approx(a_day)
            busy_days.append(worked > 0)
        before.update(rows=rows, hours=hours)

    live(parameters, 200, watch=watch)
    assert sum(busy_days) > 150


def test_a_failed_mediation_comes_back_and_a_postponed_one_goes_on() -> None:
    def with_outcome(postponed: float) -> Run:
        mediation = MediationParameters(
            mediator_hours_per_1000_week=10_000, success_fresh=0, success_stale=0, postponed=postponed
        )
        return live(DisputeParameters(per_1000_year=MANY, found_by_grid_per_day=0.05, mediation=mediation), 120)

    failing, postponing = with_outcome(0), with_outcome(1)
    for run in (failing, postponing):
        assert not (run.rows["outcome"] == Outcome.MEDIATED).any()
        assert (run.rows["sessions"] >= 2).sum() > 100
    again = failing.rows[failing.rows["sessions"] >= 2]
    assert (again["found_min"] <= failing.rows["found_min"].max()).all()
    still = postponing.rows[(postponing.rows["outcome"] == Outcome.OPEN) & (postponing.rows["sessions"] > 0)]
    assert still["in_mediation"].all()
    assert not failing.rows["in_mediation"][
        (failing.rows["outcome"] == Outcome.OPEN) & (failing.rows["sessions"] > 0)
    ].all()


def test_an_assault_in_the_books_brings_mediators_once_and_after_they_fail_only_the_next_one_brings_them_again() -> (
    None
):
    failing = MediationParameters(mediator_hours_per_1000_week=10_000, success_fresh=0, success_stale=0, postponed=0)
    run = live(DisputeParameters(per_1000_year=MANY, found_by_grid_per_day=0, report_per_day=0, mediation=failing), 365)
    booked = run.crimes["dispute_id"][(run.crimes["recorded_time_min"] != NEVER) & (run.crimes["time_min"] < 355 * DAY)]
    times = np.bincount(run.crimes["dispute_id"][run.crimes["recorded_time_min"] != NEVER], minlength=len(run.rows))
    ours = run.rows["began_min"] >= 0
    assert (run.rows["sessions"] <= times)[ours].all()
    assert (run.rows["found_by"][booked] == Finder.ASSAULT).all()
    assert (times[ours] > 1).sum() > 10
    assert (run.rows["sessions"][ours] > 0).sum() > 100


def test_a_session_comes_no_sooner_than_the_notice_after_the_dispute_was_found() -> None:
    mediation = MediationParameters(
        mediator_hours_per_1000_week=10_000, notice_days=5, success_fresh=1, success_stale=1
    )
    run = live(DisputeParameters(per_1000_year=MANY, mediation=mediation), 120)
    mediated = run.rows[(run.rows["outcome"] == Outcome.MEDIATED) & (run.rows["found_min"] >= 0)]
    assert len(mediated) > 100
    assert (mediated["ended_min"] - mediated["found_min"] == 5 * DAY).all()


# What the police do


def test_an_arrest_ends_a_dispute() -> None:
    def arrest(logs: Logs) -> None:
        served(logs)
        logs.incidents["cleared"][: logs.used[INCIDENTS]] = True

    run = live(DisputeParameters(per_1000_year=MANY, mediation=NOBODY), 120, police=arrest)
    of, times = np.unique(run.crimes["dispute_id"][run.crimes["time_min"] < 119 * DAY], return_counts=True)
    assert len(of) > 100
    assert (times == 1).all()
    assert (run.rows["outcome"][of] == Outcome.ARREST).all()
    assert (run.rows["outcome"] == Outcome.ARREST).sum() == len(of)


@pytest.mark.parametrize(
    ("state", "finder"),
    [
        (CallState.SERVED, Finder.POLICE),
        (CallState.AT_DESK, Finder.POLICE),
        (CallState.EXPIRED, None),
        (CallState.DIVERTED, None),
    ],
)
def test_mediators_hear_of_a_call_that_the_police_took_and_of_no_other(state: CallState, finder: Finder | None) -> None:
    def take(logs: Logs) -> None:
        logs.calls["state"][: logs.used[CALLS]] = state

    parameters = DisputeParameters(per_1000_year=MANY, found_by_grid_per_day=0, assault_per_day=0, mediation=NOBODY)
    run = live(parameters, 120, police=take)
    began = run.rows["began_min"] >= 0
    found = run.rows["found_by"][began & (run.rows["calls"] > 0) & (run.rows["call_id"] < 0)]
    assert len(found) > 100
    assert (found == (finder or Finder.NOBODY)).all()
    assert (run.rows["found_by"][began & (run.rows["calls"] == 0)] == Finder.NOBODY).all()


def test_a_unit_on_scene_calms_a_dispute_and_the_desk_does_not() -> None:
    def days_from_call_to_end(state: CallState) -> Array:
        def take(logs: Logs) -> None:
            logs.calls["state"][: logs.used[CALLS]] = state

        run = live(
            DisputeParameters(per_1000_year=MANY, calmed_by_police=1, assault_per_day=0, mediation=NOBODY),
            200,
            police=take,
        )
        called = run.calls[run.calls["received_min"] < 199 * DAY]
        of = run.rows[called["key_entity"] - DISPUTE_KEYS]
        ended = np.where(of["outcome"] == Outcome.OPEN, 1000 * DAY, of["ended_min"])
        assert len(called) > 100
        return ended // DAY - called["received_min"] // DAY

    assert (days_from_call_to_end(CallState.SERVED) == 1).all()  # wholly calmed is over on the next morning
    assert np.median(days_from_call_to_end(CallState.AT_DESK)) > 10
