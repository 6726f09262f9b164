"""The anti-fraud centre in the kernels.

Its queue loses no minute, it does nothing without hours, and it shifts no fraud but those it works on.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_frauds import BUSY, CHANCE, DAY, UNMOVED, Met, bits, made_up_society, meet
from scipy import stats

from sim.arrays import Array
from sim.incidents.fraud.campaigns import ROWS, Stage
from sim.incidents.fraud.centre import Alert, Centre, Desk, Done, bring_up_to_date, no_centre, open_centre
from sim.incidents.fraud.parameters import Channel
from sim.incidents.fraud.persuasion import tip_off

BY_DAY = np.where((np.arange(24) >= 8) & (np.arange(24) < 16), 60.0, 0.0)  # one head from 8 to 16
AROUND_THE_CLOCK = np.full(24, 60.0)
SOCIETY = made_up_society(3000)
USUAL = {
    "alert_delay_min": 60.0,
    "call_min": 10.0,
    "call_success": 0.55,
    "visit_min": 60.0,
    "visit_success": 0.8,
    "freeze_min": 20.0,
}
TEACHES_NOTHING = {**USUAL, "lesson": 0.0}


def centre_of(
    heads: float, going: float = 0.0, hours: Array = BY_DAY, others: float = 0.0, alert_share: Any = 0.5, **rule: float
) -> Callable[[Met, int], None]:
    """Return a function that opens a centre each day.

    It has this many people at the telephones and on visits, and minutes of calls about nothing in each hour.
    """

    def open_it(met: Met, day: int) -> None:
        centre = met.frauds.centre
        for name, value in {**TEACHES_NOTHING, **rule}.items():
            centre.rule[name] = value
        centre.alert_share[:] = alert_share
        open_centre(centre, day * DAY, np.array([heads, going])[:, None] * hours, np.full(24, others), 24 * others)

    return open_it


def with_centre(
    days: int = 40, seed: int = 1, ticks: Any = (DAY,), rule: dict[str, Any] | None = None, **centre: Any
) -> Met:
    return meet(
        SOCIETY, days, seed, feeling=UNMOVED, ticks=ticks, meddle=centre_of(**centre), **{**BUSY, **(rule or {})}
    )


def alone(days: int = 40) -> Met:
    return meet(SOCIETY, days, feeling=UNMOVED, **BUSY)


def left(met: Met, but: tuple[str, ...] = ("alert", "alert_min")) -> list[bytes]:
    """Return the frauds to the bit, but for some columns."""
    names = [name for name in met.rows.dtype.names or () if name not in but]
    return [np.ascontiguousarray(met.rows[name]).tobytes() for name in names]


# The queue


def made_up_centre(capacity: Array, others: Array) -> Centre:
    centre = no_centre(len(Channel))
    open_centre(centre, 0.0, np.array([capacity, capacity]), others, float(others.sum()))
    centre.others[:] = others  # all of them, however many are too many
    return centre


minutes = st.lists(st.floats(0, 300), min_size=24, max_size=24)


@settings(max_examples=50, deadline=None)
@given(minutes, minutes, st.floats(0, 500), st.lists(st.floats(0, 3 * DAY), max_size=20))
def test_the_queue_loses_no_minute_and_does_not_depend_on_when_it_is_looked_at(
    can: list[float], comes: list[float], waits: float, looks: list[float]
) -> None:
    capacity, others = np.array(can), np.array(comes)
    often, once = made_up_centre(capacity, others), made_up_centre(capacity, others)
    for centre in (often, once):
        centre.waiting[Desk.CALLS] = waits
    for moment in sorted(looks):
        bring_up_to_date(often, 0, moment)
    expected = waits
    for hour in range(72):
        expected = max(0.0, expected + others[hour % 24] - capacity[hour % 24])
    for centre in (often, once):
        bring_up_to_date(centre, 0, 3 * DAY)
        assert centre.waiting[Desk.CALLS] == pytest.approx(expected, abs=1e-6)
        assert waits + 3 * others.sum() == pytest.approx(
            centre.done[Done.CALL_MIN] + centre.waiting[Desk.CALLS], abs=1e-6
        )
        assert centre.done[Done.CALL_MIN] <= 3 * capacity.sum() + 1e-6
    assert once.done[Done.VISIT_MIN] == 0.0


def test_a_desk_takes_up_as_many_alerts_as_it_has_minutes_for() -> None:
    centre = no_centre(4)
    for able, asked, accepted in (
        (480.0, 240.0, 1.0),
        (480.0, 960.0, 0.5),
        (0.0, 960.0, 0.0),
        (0.0, 0.0, 0.0),
        (1.0, 0.0, 1.0),
    ):
        assert open_centre(
            centre, 0.0, np.array([BY_DAY, BY_DAY]) * able / 480.0, np.full(24, asked / 24), asked
        ) == pytest.approx(accepted)
        assert centre.rule[0]["accepted"] == pytest.approx(accepted)
        assert centre.others.sum() == pytest.approx(accepted * asked)


def test_a_desk_takes_up_alerts_by_what_it_expects_and_not_by_what_the_day_will_bring() -> None:
    accepted = []
    for to_come in (0.0, 480.0, 4800.0):
        centre = no_centre(4)
        accepted.append(open_centre(centre, 0.0, np.array([BY_DAY, BY_DAY]), np.full(24, to_come / 24), 960.0))
        assert centre.others.sum() == pytest.approx(0.5 * to_come)
    assert accepted == [0.5] * 3


def test_what_comes_after_work_waits_for_the_morning_and_what_was_not_done_by_day_is_dropped() -> None:
    centre = no_centre(4)
    for day in range(20):
        open_centre(centre, day * DAY, np.array([BY_DAY, BY_DAY]), np.full(24, 20.0), 480.0)
        assert centre.waiting[Desk.CALLS] == pytest.approx(160.0 if day else 0.0)
        centre.waiting[Desk.CALLS] += 50.0  # of real frauds: too much for the day
    assert centre.done[Done.CALL_MIN] == pytest.approx(19 * 480 - 160, abs=60)


# Nothing without hours, nothing to others


def test_a_centre_without_hours_changes_nothing_but_that_alerts_are_counted() -> None:
    closed = with_centre(heads=0.0)
    assert left(closed) == left(alone())
    assert bits(with_centre(heads=5.0, going=5.0, alert_share=0.0)) == bits(alone()), (
        "without alerts it is as if there were no centre, to the bit"
    )
    assert closed.frauds.centre.done[Done.ALERTS] > 20
    assert closed.frauds.centre.done[1:].sum() == 0


def test_frauds_of_which_the_centre_does_not_hear_are_the_same_to_the_bit() -> None:
    """Alerts about phone calls alone: all other frauds, and the draws of those that were warned, stay."""
    hears, nothing = with_centre(heads=3.0, going=2.0, alert_share=[1.0, 0.0, 0.0, 0.0]), alone()
    assert (hears.rows["stage"] == Stage.WARNED).sum() > 20
    untouched = hears.rows["channel"] != Channel.PHONE_CALL
    for name in hears.rows.dtype.names or ():
        if name != "incident_id":
            assert hears.rows[name][untouched].tobytes() == nothing.rows[name][untouched].tobytes(), name
    same = (hears.rows["stage"] == Stage.PAID) & (nothing.rows["stage"] == Stage.PAID)
    assert np.array_equal(hears.rows["loss"][same], nothing.rows["loss"][same])
    assert set(np.flatnonzero(hears.rows["stage"] == Stage.PAID)) < set(
        np.flatnonzero(nothing.rows["stage"] == Stage.PAID)
    )


def test_the_more_heads_the_fewer_pay() -> None:
    """Few calls get through where calls about nothing take the time."""
    paid = [len(alone().paid)] + [len(with_centre(heads=heads, others=60.0).paid) for heads in (0.3, 1.0, 3.0, 10.0)]
    assert all(more >= fewer for more, fewer in pairwise(paid)), paid
    assert paid[-1] < 0.9 * paid[0]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(0, DAY), max_size=30))
def test_with_a_centre_too_frauds_are_the_same_however_time_is_cut(cuts: list[float]) -> None:
    centre = {"heads": 0.4, "going": 0.5, "others": 9.0, "hotline_min": 60.0, "lesson": 0.3}
    assert bits(with_centre(20, ticks=[*sorted(cuts), DAY], **centre)) == bits(with_centre(20, **centre))


# Calls


def test_a_centre_that_hears_of_all_at_once_and_is_always_heeded_stops_whatever_lasts_longer_than_a_call() -> None:
    perfect = with_centre(heads=100.0, hours=AROUND_THE_CLOCK, alert_share=1.0, alert_delay_min=1e-6, call_success=1.0)
    rows, before = perfect.rows, alone().rows
    lasts = before["ended_min"] - before["contact_min"]
    warned = rows["stage"] == Stage.WARNED
    assert warned.sum() > 100
    assert rows["ended_min"][warned] - rows["contact_min"][warned] == pytest.approx(10.0, abs=0.2)
    assert (lasts[rows["stage"] == Stage.PAID] <= 10.2).all()


def test_a_call_comes_in_working_hours_and_takes_its_time() -> None:
    met = with_centre(heads=2.0, alert_share=1.0)
    rows = met.rows[met.rows["stage"] == Stage.WARNED]
    assert len(rows) > 50
    began = (rows["ended_min"] - 10.0) % DAY
    assert ((began >= 480.0 - 1e-6) & (began < 960.0)).all()
    assert (rows["ended_min"] - rows["contact_min"] > 10.0).all()
    assert met.frauds.centre.done[Done.CALLS_HEEDED] == len(rows)
    assert met.frauds.centre.done[Done.CALL_MIN] >= 10.0 * met.frauds.centre.done[Done.CALLS] - 20.0


def test_calls_are_heeded_as_often_as_the_rule_says() -> None:
    """A binomial test that fails by chance once in 1,000."""
    done = with_centre(60, heads=20.0, hours=AROUND_THE_CLOCK, alert_share=1.0).frauds.centre.done
    assert done[Done.CALLS] > 300
    assert stats.binomtest(int(done[Done.CALLS_HEEDED]), int(done[Done.CALLS]), 0.55).pvalue > CHANCE


def test_an_overloaded_desk_calls_late_or_not_at_all() -> None:
    """Twice as many calls about nothing as minutes.

    About half of the alerts are taken up, and queues stay short for a year.
    """
    quiet, busy = (
        with_centre(365, heads=1.0, others=others, alert_share=1.0, rule={"contacts_per_resident_month": 5.0})
        for others in (0.0, 40.0)
    )
    centre = busy.frauds.centre
    assert centre.rule[0]["accepted"] == pytest.approx(0.5)
    assert 0 < centre.done[Done.CALLS] < 0.6 * quiet.frauds.centre.done[Done.CALLS]
    assert centre.waiting[Desk.CALLS] < 480.0
    assert centre.done[Done.CALL_MIN] <= 365 * 480.0 + 1e-6
    assert centre.done[Done.CALL_MIN] > 0.95 * 364 * 480.0


def test_a_warning_teaches_those_who_were_warned() -> None:
    taught = with_centre(heads=2.0, alert_share=1.0, lesson=0.5, call_success=0.0).society.residents["fraud_awareness"]
    risen = taught > SOCIETY.residents["fraud_awareness"] + 1e-6
    assert 20 < risen.sum() < 1000
    again = with_centre(heads=2.0, alert_share=1.0, lesson=0.5).society.residents["fraud_awareness"]
    assert taught.max() <= 1.0
    assert (again >= SOCIETY.residents["fraud_awareness"] - 1e-6).all()


# Visits and tips


def test_who_does_not_listen_on_the_telephone_is_visited_if_there_are_hours_for_it() -> None:
    """A visit takes an hour after the call."""
    nobody_goes, somebody = (
        with_centre(heads=5.0, going=going, alert_share=1.0, call_success=0.0, visit_success=1.0)
        for going in (0.0, 5.0)
    )
    assert (nobody_goes.rows["stage"] == Stage.WARNED).sum() == 0
    assert left(nobody_goes) == left(alone())
    done, rows = somebody.frauds.centre.done, somebody.rows
    warned = rows[rows["stage"] == Stage.WARNED]
    assert done[Done.VISITS] == done[Done.VISITS_HEEDED] == len(warned) > 30
    assert (warned["ended_min"] - warned["contact_min"] > 70.0).all()
    assert done[Done.VISIT_MIN] >= 60.0 * done[Done.VISITS] - 300.0
    assert (warned["alert"] == Alert.CLOSED).all()


def test_minutes_for_visits_that_nobody_needed_by_day_serve_in_the_afternoon_and_no_more_than_these_are_used() -> None:
    """A third of an officer: never an hour at a stretch, but one or two visits a day."""
    met = with_centre(40, heads=20.0, going=0.3, alert_share=1.0, call_success=0.0, visit_success=0.0)
    done = met.frauds.centre.done
    assert 30 < done[Done.VISITS] <= 40 * 0.3 * 480.0 / 60.0 + 1
    assert done[Done.VISIT_MIN] <= 40 * 0.3 * 480.0 + 1e-6
    assert done[Done.VISIT_MIN] >= 60.0 * done[Done.VISITS] - 60.0


def test_a_tip_brings_the_centre_to_a_fraud_that_nobody_else_saw_and_only_while_it_is_open() -> None:
    tipped: set[int] = set()

    def tips(met: Met, day: int) -> None:
        centre_of(heads=5.0, alert_share=0.0, call_success=1.0)(met, day)
        for f in range(met.frauds.used[ROWS]):
            if tip_off(met.frauds, f, day * DAY + 600.0):
                tipped.add(f)
                assert met.frauds.rows[f]["stage"] == Stage.OPEN
                assert not tip_off(met.frauds, f, day * DAY + 601.0), "it is known already"

    met = meet(SOCIETY, 40, feeling=UNMOVED, meddle=tips, **BUSY)
    warned = set(np.flatnonzero(met.rows["stage"] == Stage.WARNED))
    assert 20 < len(warned)
    assert warned <= tipped
    assert met.frauds.centre.done[Done.ALERTS] == len(tipped)


# Freezes


def test_a_call_to_the_centre_freezes_sooner_and_never_later_than_the_report() -> None:
    """The same victims, losses and reports: whatever came back before comes back again, and more besides."""
    quick = {"realise_hours": 0.5, "report_hours": 2.0}
    before = meet(SOCIETY, 60, feeling=UNMOVED, **BUSY, **quick)
    sooner = with_centre(60, heads=5.0, hours=AROUND_THE_CLOCK, alert_share=0.0, hotline_min=120.0, rule=quick)
    closed = with_centre(60, heads=0.0, alert_share=0.0, hotline_min=120.0, rule=quick)
    assert np.array_equal(before.paid["loss"], sooner.paid["loss"])
    assert np.array_equal(before.calls["received_min"], sooner.calls["received_min"])
    early = before.paid["contact_min"] < 50 * DAY
    came_back = [(met.paid["recovered"] > 0)[early] for met in (before, closed, sooner)]
    assert np.array_equal(came_back[0], came_back[1]), "a desk without hours freezes nothing sooner"
    assert (came_back[2] >= came_back[0]).all()
    assert came_back[2].sum() > 1.1 * came_back[0].sum()
    done = sooner.frauds.centre.done
    assert done[Done.HOTLINE] >= done[Done.FREEZES] > 0
    assert done[Done.CALL_MIN] >= 20.0 * done[Done.HOTLINE] - 100.0
