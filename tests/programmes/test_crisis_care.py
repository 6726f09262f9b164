"""Care for people in crisis: a register with errors, visits that cost hours and yuan, fewer crises of those visited."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from made_up_days import Days
from scipy import stats
from small_runs import audit, in_town

from sim.incidents.crises import ROWS
from sim.incidents.log import CALLS, CallState
from sim.model import CityModel
from sim.police.post_ledger import Work
from sim.programmes.crisis_care import CrisisCare
from sim.scenario import Scenario

ALARM = 1e-5  # chance that a right rule fails a claim on a seed that nobody has tried
ILL = Scenario(demand={"crises": {"per_1000": 40.0}})
OFTEN = {"per_1000": 20.0, "per_year": 12.0, "call_probability": 0.01, "care_half_life_days": 1000.0}
OFTEN |= {"calmed": 0.0, "hospital_probability": 0.0}  # so that visits alone make a difference
MANY = {"officers": 400, "auxiliaries": 0, "wellbeing": {"active": False}}


def days(community_min: float = 1e6, **changes: Any) -> Days:
    parameters = CrisisCare.Parameters(**{"hours_share": 1.0, "register_min": 0.0, **changes})
    return Days(CrisisCare(parameters), community_min=community_min, scenario=ILL)


def test_the_register_lacks_some_who_are_ill_and_holds_some_who_are_not() -> None:
    """Binomial; false alarm 1e-5."""
    one = days(found=0.6, not_ill=0.25).pass_by()
    ill, register = one.crises.people["resident_id"], one.programme.register
    right = np.isin(register, ill)
    assert stats.binomtest(int(right.sum()), len(ill), 0.6).pvalue > ALARM
    assert (~right).sum() == round(right.sum() / 3)
    assert one.programme.diary["missed"][0] == len(ill) - right.sum() > 10
    assert len(days(found=1.0, not_ill=0.0).pass_by().programme.register) == len(ill)
    assert len(days(found=0.0).pass_by().programme.register) == 0


def test_visits_cost_minutes_and_yuan_and_come_in_turn() -> None:
    one = days(community_min=3 * 45.0 + 44.0, every_days=1000, found=1.0, not_ill=0.0).pass_by(4)
    assert one.spent(Work.VISITS) == pytest.approx(4 * 3 * 45.0)
    assert one.total("visits") == 12
    assert one.total("others_cost") == 12 * 25.0
    assert (one.programme._visited_day >= 0).sum() == 12, "somebody was visited twice while others waited"


def test_a_visit_prevents_a_share_of_crises_of_the_ill_and_costs_the_trust_of_others() -> None:
    one = days(at_home=1.0, effect=0.4, found=1.0, not_ill=0.2, trust_loss=0.03).pass_by()
    people, register = one.crises.people, one.programme.register
    assert people["care"] == pytest.approx(np.full(len(people), 0.4))
    others = np.setdiff1d(register, people["resident_id"])
    assert set(others) <= set(one.moved("trust"))
    lost = one.before["trust"][others] - one.society.residents["trust"][others]
    assert lost.min() == pytest.approx(0.03, abs=1e-6)
    assert np.median(lost) == pytest.approx(0.03, abs=1e-6), "but for what some hear of others"
    assert one.total("not_ill") == len(others) > 5
    assert one.total("met") == len(register)
    nobody = days(at_home=0.0).pass_by()
    assert not nobody.crises.people["care"].any()
    assert nobody.total("visits") > nobody.total("met") == 0


def test_whoever_had_units_at_a_crisis_is_on_the_register_and_visited_first_and_often() -> None:
    one = days(community_min=45.0, found=0.0, not_ill=0.0, every_days=100, soon_days=3, soon_for_days=9, at_home=1.0)
    crises, logs = one.crises, one.logs
    crises.used[ROWS], logs.used[CALLS] = 2, 2
    crises.rows["person"][:2], crises.rows["call_id"][:2] = (7, 4), (0, 1)
    logs.calls["state"][:2], logs.calls["cleared_min"][:2] = (CallState.SERVED, CallState.EXPIRED), (-5.0, -5.0)
    who = int(crises.people["resident_id"][7])
    one.pass_by(1)
    assert one.programme.register.tolist() == [who]
    one.pass_by(11)
    assert one.total("visits") == 3 + 1 - 1, "at once, after three and six days; then in turn with the others"


def test_the_register_costs_minutes_every_day_and_nobody_is_entered_without_them() -> None:
    kept, not_kept = (days(community_min=minutes, register_min=20.0, found=0.0) for minutes in (100.0, 15.0))
    for one in (kept, not_kept):
        one.crises.used[ROWS], one.logs.used[CALLS] = 1, 1
        one.crises.rows["call_id"][0] = 0
        one.logs.calls["state"][0], one.logs.calls["cleared_min"][0] = CallState.SERVED, 100.0
        one.pass_by(3)
    assert kept.spent(Work.COMMUNITY_WORK) == pytest.approx(60.0)
    assert not_kept.spent(Work.COMMUNITY_WORK) == pytest.approx(45.0)
    assert (len(kept.programme.register), len(not_kept.programme.register)) == (1, 0)


@cache
def town(programmes: tuple[str, ...] = ("crisis_care",), seed: int = 4, **care: Any) -> CityModel:
    strategy = {"name": "reactive", "programmes": programmes}
    settings = {"crisis_care": care} if care else {}
    scenario = in_town(
        days=120, seed=seed, demand={"crises": OFTEN}, strategy=strategy, programmes=settings, force=MANY
    )
    model = CityModel(scenario)
    model.run()
    return model


def began(model: CityModel) -> set[tuple[int, int]]:
    """Return who had a crisis when."""
    rows = model.world.crises.rows[: model.world.crises.used[ROWS]]
    return set(zip(rows["person"].tolist(), rows["time_min"].astype(int).tolist(), strict=True))


def test_in_a_town_those_who_are_visited_have_fewer_crises_and_the_others_the_same_ones() -> None:
    """Paired to the bit: visits can only prevent, so that one more crisis is a fault."""
    visited, plain = (town(hours_share=1.0, effect=0.9, at_home=1.0, every_days=7), town(()))
    audit(visited.results())
    found, other = visited.results().indicators, plain.results().indicators
    assert found["crises"] < 0.7 * other["crises"]
    assert found["crisis_care_visits"] > 100
    register = visited.programmes[0].register
    of = [began(model) for model in (visited, plain)]
    assert of[0] < of[1]
    ill = plain.world.crises.people["resident_id"]
    unknown = {one for one in of[1] if ill[one[0]] not in register}
    assert len(unknown) > 20
    assert unknown <= of[0]
    assert found["officer_hours_visits"] == pytest.approx(found["crisis_care_visits"] * 0.75, rel=0.5)
