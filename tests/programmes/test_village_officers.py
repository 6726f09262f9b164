"""Village officers: rounds take minutes and turns, are seen in the streets, and make the village talk."""

from __future__ import annotations

import numpy as np
import pytest
from made_up_days import Days
from scipy import stats
from small_runs import audit, in_town

from sim.model import CityModel
from sim.people.residents import Society
from sim.police.post_ledger import Work
from sim.programmes.education import GRID_HOUSEHOLDS
from sim.programmes.public import ADULT_AGE
from sim.programmes.village_officers import VillageOfficers

ALARM = 1e-5  # chance that a right rule fails a claim on a seed that nobody has tried


def officers(**parameters: float) -> VillageOfficers:
    return VillageOfficers(VillageOfficers.Parameters(**{"hours_share": 1.0, **parameters}))


def village_of(society: Society) -> np.ndarray:
    return society.residents["dwelling"] // GRID_HOUSEHOLDS


def test_rounds_take_their_minutes_and_villages_take_turns() -> None:
    days = Days(officers(), community_min=150.0).pass_by(12)
    villages = len(days.programme.rounds.last_min)  # type: ignore[attr-defined]
    assert villages == int(np.ceil(len(days.society.dwellings) / GRID_HOUSEHOLDS)) >= 3
    rounds = days.total("rounds")
    assert days.spent(Work.COMMUNITY_WORK) - 90.0 * rounds == pytest.approx(0.0, abs=90.0)
    last = days.programme.rounds.last_min / 1440.0  # type: ignore[attr-defined]
    assert last.min() >= 12 - np.ceil(villages / 1.5) - 2, "no village is forgotten for longer than a turn"
    idle = Days(officers(), community_min=0.0).pass_by(5)
    assert idle.total("rounds") == idle.total("met") == 0
    assert not idle.ground.cells["shown_min"].any()


def test_a_round_is_seen_in_the_streets_of_its_village_as_a_crew_that_walks() -> None:
    days = Days(officers(on_foot_min=60.0, least_days=30.0), community_min=90.0).pass_by(1)
    shown = days.ground.cells["shown_min"]
    assert shown.sum() == pytest.approx(60.0 * 2.0, rel=1e-4)
    homes = days.society.dwellings["cell"][:GRID_HOUSEHOLDS]
    assert np.array_equal(np.flatnonzero(shown), np.unique(homes))
    assert shown[homes[0]] == pytest.approx(120.0 * (homes == homes[0]).mean(), rel=1e-4)


def test_adults_of_the_village_alone_are_met_as_often_as_said_and_gain_trust() -> None:
    """Binomial over rounds, false alarm 1e-5."""
    days = Days(officers(met=30.0, least_days=1.0, trust=0.02), community_min=90.0).pass_by(1)
    moved = days.society.residents["trust"] > days.before["trust"] + 0.01
    adults = (village_of(days.society) == 0) & (days.society.residents["age"] >= ADULT_AGE)
    assert not moved[~adults].any()
    assert stats.binomtest(int(moved.sum()), int(adults.sum()), 30.0 / adults.sum()).pvalue > ALARM
    assert days.total("met") == moved.sum()


def test_disputes_come_to_light_the_more_the_better_the_officer_is_known() -> None:
    """Runs of a town, paired: whoever comes twice a week is told more than whoever comes once in two months."""
    found = {}
    for name, settings in {
        "often": {"hours_share": 1.0, "told": 0.5},
        "seldom": {"hours_share": 1.0, "told": 0.5, "least_days": 60.0},
        "dumb": {"hours_share": 1.0, "told": 0.0},
    }.items():
        strategy = {"name": "reactive", "programmes": ["village_officers"], "organisation": "neighbourhoods"}
        disputes = {"disputes": {"per_1000_year": 200.0}}
        model = CityModel(
            in_town(days=90, strategy=strategy, programmes={"village_officers": settings}, demand=disputes, seed=2)
        )
        model.run()
        results = model.results()
        audit(results)
        found[name] = model.programmes[0].diary
        assert results.indicators["village_officers_known"] <= 1.0
    assert found["often"]["disputes_found"].sum() > 3 * max(found["seldom"]["disputes_found"].sum(), 1)
    assert found["dumb"]["disputes_found"].sum() == 0
    assert found["often"]["known"][30:90].mean() > found["seldom"]["known"][30:90].mean() + 0.2


def test_an_officer_who_comes_for_the_first_time_is_told_nothing() -> None:
    days = Days(officers(told=1.0, least_days=1.0), community_min=90.0 * 50)
    days.pass_by(1)
    assert days.total("rounds") > 0
    assert days.total("disputes_found") == 0
