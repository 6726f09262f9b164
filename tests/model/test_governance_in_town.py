"""Social governance and mediation in a whole town.

The books stay whole, fusion is quicker, and mediation resolves what it says. Runs are audited.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from small_runs import MUCH_CRIME, in_town

from sim.incidents.disputes.log import WORKED, Level
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.police.post_ledger import Work
from sim.police.posts import Post

DEMAND = {
    **MUCH_CRIME,
    "disputes": {"per_1000_year": 100.0, "mediation": {"mediator_hours_per_1000_week": 2.5}},
}  # mediators for each as by default


@cache
def town(*programmes: str, fusion: bool = True) -> tuple[CityModel, Results]:
    settings: dict[str, Any] = {"social_governance": {"fusion": fusion}, "mediation": {"town_hours_per_1000_week": 0.6}}
    own = {name: settings[name] for name in programmes}
    model = CityModel(
        in_town(
            days=40,
            warmup_days=30,
            demand=DEMAND,
            strategy={"name": "reactive", "programmes": programmes},
            programmes=own,
        )
    )
    model.run()
    return model, model.results()


def noted(model: CityModel, name: str, measure: str) -> float:
    return float({programme.name: programme for programme in model.programmes}[name].diary[measure].sum())


def test_tips_are_quicker_and_fewer_get_lost_with_fusion_in_a_whole_town() -> None:
    """Far from chance: means of hours against days, some dozens of tips each."""
    hours, arrived = {}, {}
    for fusion in (False, True):
        model, _ = town("mediation", "social_governance", fusion=fusion)
        tips: Any = model.programmes[1].tip_table()
        to_police = tips["kind"] != "dispute"
        took = (tips["unit_min"] - tips["start_min"])[to_police & (tips["state"] == "arrived")] / 60
        hours[fusion], arrived[fusion] = float(took.mean()), int(took.count())
        assert noted(model, "social_governance", "tips_arrived") == (tips["state"] == "arrived").sum()
    assert hours[True] < 0.4 * hours[False]
    assert arrived[True] > 1.5 * arrived[False] > 0


def test_the_ledger_of_the_posts_has_every_minute_that_the_programmes_spent() -> None:
    for fusion in (False, True):
        model, _ = town("mediation", "social_governance", fusion=fusion)
        ledger = model.posts.ledger[:, Post.COMMUNITY].sum(axis=0)
        spent = noted(model, "social_governance", "hours") + noted(model, "mediation", "joining_hours")
        rested = (ledger[Work.LIAISON] + ledger[Work.ORGANISING]) / 60
        assert spent <= rested <= 1.3 * spent  # the tired take up to 1.3 times as long
        station = model.world.disputes.hours[Level.STATION, WORKED]
        assert station <= ledger[Work.MEDIATION] / 60 <= 1.3 * station


def test_without_the_programmes_nothing_is_handed_up_told_or_spent() -> None:
    model, results = town()
    assert not model.world.disputes.hours[Level.TOWN :].any()
    assert not model.world.disputes.joined.any()
    assert not model.world.disputes.rows["level"].any()
    assert results.indicators["disputes_handed_up"] == 0
    assert results.indicators["disputes_resolved_village"] > 0
    assert "tip" not in set(np.ma.compressed(results.tables["incidents"]["discovered_by"]).tolist())


def test_with_three_levels_the_same_disputes_arise_some_are_handed_up_and_the_station_takes_work_off_the_villages() -> (
    None
):
    (alone, before), (joined, found) = (town(*programmes) for programmes in ((), ("mediation",)))
    assert before.indicators["disputes"] == found.indicators["disputes"]
    for name in ("subject", "party_id", "other_id", "began_min"):
        assert np.array_equal(alone.world.disputes.rows[name], joined.world.disputes.rows[name]), name
    assert found.indicators["disputes_handed_up"] > 0
    assert found.indicators["disputes_resolved_station"] > 0
    assert joined.world.disputes.hours[Level.VILLAGE, WORKED] < alone.world.disputes.hours[Level.VILLAGE, WORKED]
    table = found.tables["disputes"]
    for level in ("village", "town", "station"):
        assert (
            found.indicators[f"disputes_resolved_{level}"]
            == ((table["outcome"] == "mediated") & (np.ma.filled(table["level"], "") == level)).sum()
        )
