"""The anti-fraud programme.

It books what it reserves, staffs the desks of the kernels, and in a town stops persuasions that nothing else stopped.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from made_up_days import Days

from sim.incidents.fraud.campaigns import NEXT, ROWS, Stage
from sim.incidents.fraud.centre import Alert, Desk, Done
from sim.model import CityModel
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.anti_fraud import AntiFraud
from sim.scenario import Scenario

FORCE = {"officers": 60, "auxiliaries": 40}  # three officers and four auxiliaries at the centre
WILLING = {**FORCE, "wellbeing": {"active": False}}  # who spend all free time as ordered
TOWN = {"name": "town", "residents": 5000, "area_km2": 4.0, "beats": 2, "districts": 2, "centres": 1}


def anti_fraud(**parameters: Any) -> AntiFraud:
    return AntiFraud(AntiFraud.Parameters(**{"alert_hours": (8.0, 23.0), **parameters}))


@pytest.mark.parametrize("slow", [1.0, 1.25])
def test_what_is_reserved_is_booked_and_staffs_the_desks_hour_by_hour(slow: float) -> None:
    days = Days(
        anti_fraud(desk_share=0.4, visit_share=0.1, community_share=0.05),
        community_min=800.0,
        anti_fraud_min=1200.0,
        slow=slow,
    ).pass_by(1)
    booked = days.ledger[0]
    assert booked[Post.ANTI_FRAUD, Work.FRAUD_WARNING] == pytest.approx(0.4 * 1200.0)
    assert booked[Post.ANTI_FRAUD, Work.DISSUASION] == pytest.approx(0.1 * 1200.0)
    assert booked[Post.COMMUNITY, Work.DISSUASION] == pytest.approx(0.05 * 800.0)
    assert booked.sum() == pytest.approx(480.0 + 120.0 + 40.0)
    capacity = days.frauds.centre.capacity
    assert capacity[Desk.CALLS] == pytest.approx(480.0 / slow / 8 * (days.staff.hours[0, Post.ANTI_FRAUD] > 0))
    assert capacity[Desk.VISITS].sum() == pytest.approx(160.0 / slow)


def test_without_hours_the_desks_are_empty_and_nothing_is_booked() -> None:
    days = Days(anti_fraud(), community_min=0.0, anti_fraud_min=0.0).pass_by(3)
    assert not days.frauds.centre.capacity.any()
    assert days.ledger.sum() == 0
    assert days.frauds.centre.rule[0]["accepted"] == 0


def test_all_shares_together_never_take_more_than_there_is() -> None:
    days = Days(anti_fraud(desk_share=1.0, visit_share=1.0, community_share=1.0)).pass_by(2)
    assert days.hours[Post.ANTI_FRAUD].left_min == pytest.approx(0.0)
    assert days.ledger[0].sum() == pytest.approx(2000.0)


def test_calls_about_nothing_follow_the_contacts_of_the_day_in_waking_hours() -> None:
    days = Days(anti_fraud(empty_alerts=30.0, call_min=10.0, desk_share=1.0, alert_hours=(8.0, 20.0))).pass_by(1)
    others = days.frauds.centre.others
    assert others.sum() == pytest.approx(0.03 * 200 * 10.0)
    assert others[8:20] == pytest.approx(5.0)
    assert others[:8].sum() == others[20:].sum() == 0


def test_the_desk_takes_up_alerts_by_those_of_yesterday_and_does_not_know_the_day_to_come() -> None:
    accepted = []
    for to_come in (0, 200, 20_000):
        days = Days(anti_fraud(empty_alerts=100.0, call_min=10.0, desk_share=0.1)).pass_by(1)
        days.frauds.contacts[1] = to_come
        days.frauds.centre.done[Done.ALERTS] += 5
        accepted.append(days.pass_by(1).programme.diary["alerts_accepted_share"][:2].tolist())
    assert accepted == [[1.0, pytest.approx(100.0 / (10.0 * (0.1 * 200 + 5)))]] * 3


def test_the_skill_of_those_on_duty_decides_how_often_a_call_is_heeded() -> None:
    success = []
    for skill in (0.0, 0.5, 1.0):
        days = Days(anti_fraud(call_success=(0.3, 0.7)))
        days.staff.officers["skill"][-2:] = skill
        success.append(float(days.pass_by(1).frauds.centre.rule[0]["call_success"]))
    assert success == pytest.approx([0.3, 0.5, 0.7])


def test_the_books_of_a_day_are_closed_in_the_next_morning() -> None:
    days = Days(anti_fraud()).pass_by(1)
    done = days.frauds.centre.done
    done[[Done.ALERTS, Done.CALLS, Done.CALLS_HEEDED]] += (5, 4, 2)
    days.pass_by(1)
    done[Done.ALERTS] += 1
    days.pass_by(1)
    diary = days.programme.diary
    assert diary["alerts"][:3].tolist() == [0, 5, 1]
    assert diary["warnings"][:3].tolist() == [0, 4, 0]
    assert diary["warnings_succeeded"][:3].tolist() == [0, 2, 0]


def test_tips_of_the_residents_network_reach_the_desk() -> None:
    network = SimpleNamespace(fraud_tips=[(0, -50.0), (1, 700.0), (2, 700.0)])
    days = Days(anti_fraud(), programmes={"social_governance": network})
    rows = days.frauds.rows
    rows["stage"][:3] = Stage.OPEN, Stage.OPEN, Stage.PAID
    rows["next_min"][:3], rows["alert_min"][:3] = 900.0, np.inf
    days.frauds.used[ROWS] = days.frauds.used[NEXT] = 3
    days.pass_by(1)
    assert days.total("tips") == 2
    assert rows["alert"][:3].tolist() == [Alert.TO_CALL, Alert.TO_CALL, Alert.NONE]
    assert rows["alert_min"][:2].tolist() == [0.0, 700.0], "an old tip is taken up in the morning"
    assert days.frauds.centre.waiting[Desk.CALLS] == 10.0, "a tip that comes too late takes a call in vain"


def test_alerts_come_in_when_people_are_awake_for_fraudsters_unless_told_otherwise() -> None:
    awake = Scenario.model_validate({"demand": {"fraud": {"waking_hours": (9.0, 21.0)}}})
    for given, hours in ({}, (9.0, 21.0)), ({"alert_hours": (10.0, 12.0)}, (10.0, 12.0)):
        programme = AntiFraud(AntiFraud.Parameters(empty_alerts=100.0, **given))
        days = Days(programme, scenario=awake).pass_by()
        busy = np.flatnonzero(days.frauds.centre.others)
        assert (busy.min(), busy.max() + 1) == hours
    with pytest.raises(ValueError, match="alert_hours"):
        Scenario.model_validate(
            {"strategy": {"programmes": ["anti_fraud"]}, "programmes": {"anti_fraud": {"alert_hours": (12.0, 10.0)}}}
        )


def test_in_a_town_the_centre_stops_persuasions() -> None:
    """Much fraud for 30 days on one seed: people are warned, and some who paid without the centre do not."""
    runs = []
    for programmes in ((), ("anti_fraud",)):
        strategy = {"name": "reactive", "programmes": programmes}
        settings = {"anti_fraud": {"lesson": 0.0, "empty_alerts": 0.03}} if programmes else {}
        demand = {"fraud": {"contacts_per_resident_month": 200.0}}
        given = {
            "city": TOWN,
            "days": 30,
            "warmup_days": 0,
            "force": WILLING,
            "demand": demand,
            "strategy": strategy,
            "programmes": settings,
        }
        model = CityModel(Scenario.model_validate(given))
        model.run()
        runs.append((model, model.results()))
    (_, without), (model, with_it) = runs
    lost = [
        dict(zip(run.tables["frauds"]["contact_min"].tolist(), run.tables["frauds"]["loss"].tolist(), strict=True))
        for run in (without, with_it)
    ]
    warned = with_it.tables["frauds"]["outcome"] == "warned"
    assert warned.sum() > 10
    assert (without.tables["frauds"]["outcome"] != "warned").all()
    saved = [contact for contact in lost[0] if lost[0][contact] > 0 and lost[1].get(contact, 0.0) == 0]
    print(
        f"{len(saved)} of {sum(loss > 0 for loss in lost[0].values())} payments stopped, {warned.sum()} persuasions "
        "ended by a warning"
    )
    assert len(saved) > 5
    centre = model.world.frauds.centre
    assert warned.sum() <= centre.done[Done.CALLS_HEEDED] + centre.done[Done.VISITS_HEEDED] <= warned.sum() + 1
    booked = with_it.tables["ledger"]
    assert (booked["officer_minutes"][booked["activity"] == "fraud_warning"]).sum() >= centre.done[Done.CALL_MIN]
    assert with_it.indicators["anti_fraud_warnings_succeeded"] > 0
