"""Education.

Minutes are conserved, the places of recorded victims come first, and a session teaches its audience and nobody else.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from made_up_days import Days

from sim.incident_types import IncidentType
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.education import FEWEST, GRID_HOUSEHOLDS, Education
from sim.programmes.public import FIRST_AGE

EVERYTHING = {"community_share": 1.0, "anti_fraud_share": 1.0}


def education(**parameters: Any) -> Education:
    return Education(Education.Parameters(**{**EVERYTHING, **parameters}))


def held(days: Days) -> set[int]:
    """Return the venues that had a session: grids of homes, then cells of work."""
    return set(np.flatnonzero(days.programme.last_session_day >= 0).tolist())  # type: ignore[attr-defined]


def test_without_hours_nobody_is_taught() -> None:
    for days in (
        Days(education(), community_min=0.0, anti_fraud_min=0.0),
        Days(education(community_share=0.0, anti_fraud_share=0.0)),
    ):
        days.pass_by(5)
        assert days.total("sessions") == days.spent(Work.EDUCATION) == 0
        assert np.array_equal(days.society.residents, days.before)


@pytest.mark.parametrize("slow", [1.0, 1.2])
def test_every_minute_goes_into_a_session_that_is_held_or_prepared(slow: float) -> None:
    days = Days(
        education(community_share=0.3, anti_fraud_share=0.2), community_min=500.0, anti_fraud_min=300.0, slow=slow
    ).pass_by(40)
    assert days.ledger[:, Post.COMMUNITY, Work.EDUCATION].sum() == pytest.approx(40 * 150.0)
    assert days.ledger[:, Post.ANTI_FRAUD, Work.EDUCATION].sum() == pytest.approx(40 * 60.0)
    assert 0 <= days.spent(Work.EDUCATION) / slow - 180.0 * days.total("sessions") < 2 * 180.0


def test_a_session_teaches_so_many_and_the_aware_less() -> None:
    days = Days(education(lesson=0.4, audience=25), community_min=180.0, anti_fraud_min=0.0).pass_by(1)
    assert days.total("sessions") == 1
    taught = days.moved("awareness")
    assert len(taught) == 25 == days.total("listeners")
    assert np.array_equal(taught, days.moved("fraud_awareness"))
    for feeling in ("awareness", "fraud_awareness"):
        before = days.before[feeling][taught]
        assert days.society.residents[feeling][taught] == pytest.approx(before + 0.2 * (1 - before), abs=1e-6)
    assert (days.society.residents["age"][taught] >= 6).all()
    assert len(days.moved("trust")) == 0


def test_the_anti_fraud_post_teaches_about_fraud_alone() -> None:
    days = Days(education(lesson=0.4), community_min=0.0, anti_fraud_min=180.0).pass_by(1)
    taught = days.moved("fraud_awareness")
    assert len(taught) > 5
    assert len(days.moved("awareness")) == 0
    before = days.before["fraud_awareness"][taught]
    assert days.society.residents["fraud_awareness"][taught] == pytest.approx(before + 0.4 * (1 - before), abs=1e-6)


def test_two_sessions_of_a_day_have_an_audience_each() -> None:
    """Both posts teach where the victim of a fraud lives.

    Of dozens there, some hear the one session, some the other.
    """
    days = Days(education(pause_days=0, audience=15), community_min=180.0, anti_fraud_min=180.0)
    people = days.society.residents
    homes = people["dwelling"] // GRID_HOUSEHOLDS
    who = int(np.flatnonzero((np.bincount(homes)[homes] > 60) & (people["work_cell"] == people["home_cell"]))[0])
    days.burgle(who, 0.0, IncidentType.FRAUD)
    days.pass_by(1)
    assert days.total("sessions") == 2
    assert (homes[days.moved("fraud_awareness")] == homes[who]).all()
    assert len(days.moved("awareness")) == 15, "the listeners of the community officers"
    assert len(days.moved("fraud_awareness")) > 18, "the second session has the listeners of the first"


def test_where_recorded_victims_live_and_work_comes_first_and_is_left_alone_for_a_while() -> None:
    days = Days(education(pause_days=30), community_min=360.0, anti_fraud_min=0.0)
    people, programme = days.society.residents, days.programme
    homes, work = people["home_cell"], people["work_cell"]
    grids = int(people["dwelling"].max()) // GRID_HOUSEHOLDS + 1
    crowd = np.bincount(
        work[homes != work], weights=people["age"][homes != work] >= FIRST_AGE, minlength=len(days.ground.cells)
    )
    who = int(np.flatnonzero((homes != work) & (crowd[work] >= FEWEST))[-1])
    places = {int(people["dwelling"][who]) // GRID_HOUSEHOLDS, grids + int(work[who])}
    for _ in range(3):
        days.burgle(who, 0.0, IncidentType.PICKPOCKETING)
    assert held(days.pass_by(1)) == places
    days.pass_by(1)
    assert len(held(days)) == 4
    assert set(np.flatnonzero(programme.last_session_day == 0).tolist()) == places  # type: ignore[attr-defined]
    unrecorded = Days(education(), community_min=360.0, anti_fraud_min=0.0)
    unrecorded.burgle(who, -1.0)
    assert held(unrecorded.pass_by(1)) == set(unrecorded.programme._open[:2].tolist()) != places, "in turn"  # type: ignore[attr-defined]
    fraud_only = Days(education(), community_min=0.0, anti_fraud_min=180.0)
    fraud_only.burgle(who, 0.0, IncidentType.PICKPOCKETING)
    fraud_only.burgle(0, 0.0, IncidentType.FRAUD)
    assert held(fraud_only.pass_by(1)) == {0}


def test_by_list_every_place_has_its_turn_before_any_has_a_second() -> None:
    days = Days(education(choice="list"), community_min=180.0 * 10, anti_fraud_min=0.0)
    days.burgle(5, 0.0)
    venues = len(days.programme._open)  # type: ignore[attr-defined]
    days.pass_by(venues // 10)
    assert days.total("sessions") == len(held(days)) == venues // 10 * 10


def test_who_listens_depends_on_the_day_and_not_on_other_sessions() -> None:
    one, two = (Days(education(choice="list"), community_min=180.0 * n, anti_fraud_min=0.0).pass_by(1) for n in (1, 4))
    first = one.moved("awareness")
    assert np.isin(first, two.moved("awareness")).all()
    assert np.array_equal(one.society.residents["awareness"][first], two.society.residents["awareness"][first])
