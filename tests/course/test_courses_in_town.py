"""A course in a town of two districts: what it changes, where and when, and what it leaves as it was to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_runs import NO_OTHER_CALLS, TOWN, after, audit, different_columns, in_town

from sim.incident_types import PLACE_CRIMES
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.parameters import BadInput
from sim.police.posts import Post
from sim.programmes.base import Programme, Today
from sim.scenario import Scenario
from sim.strategies.base import Briefing, Strategy
from sim.strategies.plan import PatrolPlan

CITY = TOWN.model_copy(update={"beats": 4, "districts": 2})
DAYS = 14
SILENCE = {kind.name.lower(): {"rate_per_1000": 0.0} for kind in PLACE_CRIMES} | {
    "school_violence": {"pairs_per_1000_pupils": 0.0}, "fraud": {"contacts_per_resident_month": 0.0},
    "disputes": {"per_1000_year": 0.0}, **NO_OTHER_CALLS,
}  # fmt: skip
PATROL = {"name": "random_patrol", "dwell_min": 10.0}
QUIET = {"demand": SILENCE}  # units do nothing but what they are ordered


def with_course(*phases: Any, **changes: Any) -> Scenario:
    return in_town(**{"city": CITY, "days": DAYS, "strategy_course": {"phases": phases}, **changes})


def plain(strategy: str, **changes: Any) -> Scenario:
    return in_town(**{"city": CITY, "days": DAYS, "strategy": {"name": strategy}, **changes})


def tables_but_course(one: Results, other: Results) -> list[str]:
    return different_columns(other, one, tuple(set(one.tables) & set(other.tables)))


@pytest.mark.parametrize("strategy", ["hotspot", "integrated"])
def test_one_phase_everywhere_from_the_first_day_is_the_strategy_itself(strategy: str) -> None:
    one = after(with_course({}, strategy={"name": strategy}))
    other = after(plain(strategy))
    assert not tables_but_course(one, other)
    assert one.indicators == other.indicators


@pytest.mark.parametrize("strategy", ["hotspot", "integrated", "campaign"])
def test_a_branch_to_the_same_strategy_is_the_same_run_to_the_end(strategy: str) -> None:
    one = after(with_course({}, {"start_day": 5, "strategy": {"name": strategy}}, strategy={"name": strategy}))
    other = after(plain(strategy))
    assert not tables_but_course(one, other)
    assert one.indicators == other.indicators


def test_until_a_phase_begins_nobody_knows_of_it() -> None:
    """Not a column differs, those of the other district included; afterwards the pilot's does."""
    pilot = {"start_day": 9, "districts": [1], "strategy": {"name": "hotspot", "programmes": ["visits"]}}  # fmt: skip
    changed, unchanged = CityModel(with_course(pilot)), CityModel(plain("reactive"))
    for model in (changed, unchanged):
        model.run(9)
    assert not tables_but_course(changed.results(), unchanged.results())
    changed.run(5)
    unchanged.run(5)
    assert "ledger.officer_minutes" in tables_but_course(changed.results(), unchanged.results())


def visits_of(results: Results, district: int) -> list[tuple[Any, ...]]:
    table, of_cell = results.tables["visits"], CityModel(plain("reactive")).city.beats.district_of_cell
    rows = of_cell[table["cell"]] == district
    return [tuple(row) for row in zip(*(table[name][rows].tolist() for name in table), strict=True)]


def test_a_strategy_in_one_district_leaves_the_draws_of_the_others_untouched() -> None:
    """Where nothing crosses the border, every stop of the other district's units is the same to the bit.

    Nobody calls, and a unit has the same beats on all days: one for each, never relieved.
    """
    alone = {**QUIET, "force": {"patrol_units": 4, "shift_starts_hour": [0.0]}, "strategy": PATROL}
    wait = {"start_day": 4, "districts": [1], "strategy": {"name": "reactive"}}
    everywhere, pilot = (after(with_course(*phases, **alone)) for phases in ([{}], [{}, wait]))
    stops, of_pilot = ([visits_of(results, district) for district in (0, 1)] for results in (everywhere, pilot))
    assert len(stops[0]) > 1000
    assert of_pilot[0] == stops[0]
    assert of_pilot[1] == [row for row in stops[1] if row[2] + row[3] <= 4 * 1440 + 60][: len(of_pilot[1])]
    assert len(of_pilot[1]) < 0.4 * len(stops[1])


@pytest.mark.parametrize(("share", "allowed"), [(0.0, (0.0, 0.0)), (0.5, (0.4, 0.6)), (1.0, (1.0, 1.0))])
def test_crews_spend_as_much_of_their_free_time_as_ordered_as_their_station_carries_out(
    share: float, allowed: tuple[float, float]
) -> None:
    """Free spells are ordered with the chance `share`: of a thousand, 0.5 is missed by 0.1 once in a million."""
    rule = {"station_share": share, "half_life_days": 36_500}
    calm = {**QUIET, "force": {"wellbeing": {"active": False}}, "days": 7, "strategy": PATROL}
    minutes = [
        after(with_course({"handing_down": rule_}, **calm)).tables["course"]["patrol_stop_min"].sum()
        for rule_ in (rule, {})
    ]
    assert allowed[0] <= minutes[0] / minutes[1] <= allowed[1]


def test_what_is_lost_is_lost_in_its_district_alone_and_comes_back_with_time() -> None:
    new = {"districts": [1], "handing_down": {"station_share": 0.6, "district_share": 0.9, "half_life_days": 4.0}}
    table = after(with_course(new, strategy=PATROL)).tables["course"]
    carried = table["carried_out"].reshape(-1, 2)
    assert (carried[:, 0] == 1.0).all()
    assert carried[0, 1] == pytest.approx(0.9 * 0.6)
    assert (np.diff(carried[:, 1]) > 0).all()
    lost = 0.5 ** (np.arange(DAYS) / 4.0)
    assert carried[:, 1] == pytest.approx((1 - 0.1 * lost) * (1 - 0.4 * lost))


def test_supervision_and_training_cost_hours_and_mend() -> None:
    rule = {"district_share": 0.7, "station_share": 0.7, "half_life_days": 30.0}
    help_ = {"supervision_hours": 14.0, "supervision_mends": 0.5, "training_min": 60.0, "training_days": 7}
    left, helped = (after(with_course({"handing_down": one}, strategy=PATROL)) for one in (rule, rule | help_))
    for results in (left, helped):
        audit(results)
    assert left.indicators["officer_hours_supervision"] == 0.0
    assert 0.0 < helped.indicators["officer_hours_supervision"] <= 2 * 14.0 * DAYS / 7
    assert helped.indicators["officer_hours_training"] > left.indicators["officer_hours_training"]
    assert helped.tables["course"]["carried_out"][-1] > left.tables["course"]["carried_out"][-1] + 0.05
    stops = [results.tables["course"]["patrol_stop_min"].reshape(-1, 2).sum(axis=1) for results in (left, helped)]
    assert stops[1][:7].sum() < stops[0][:7].sum(), "training takes free time"


def test_a_district_that_knows_an_order_does_not_learn_it_again() -> None:
    rule = {"station_share": 0.5, "half_life_days": 3.0}
    table = after(
        with_course(
            {"districts": [1], "handing_down": rule},
            {"start_day": 7, "handing_down": rule},
            strategy=PATROL,
        )
    ).tables["course"]
    carried = table["carried_out"].reshape(-1, 2)
    assert (np.diff(carried[:, 1]) > 0).all()
    assert carried[6, 0] == 1.0
    assert carried[7, 0] == pytest.approx(carried[0, 1])


def test_personnel_of_a_phase_come_and_go_with_it_in_its_district() -> None:
    more = {"post": "patrol", "move_to": "community", "factor": 0.5}
    model = CityModel(with_course({"start_day": 2, "days": 3, "districts": [1], "heads": [more]}))
    heads = []
    for _ in range(7):
        model.run(1)
        officers = model.staff.officers
        there = (officers["post"] == Post.PATROL) & ~officers["away"]
        heads.append([int((there & (officers["district"] == d)).sum()) for d in (0, 1)])
    assert len({of_0 for of_0, _ in heads}) == 1
    of_1 = [one for _, one in heads]
    assert of_1[0] == of_1[1] > of_1[2] == of_1[3] == of_1[4]
    assert of_1[5] == of_1[6] == of_1[0]


@pytest.mark.parametrize(("fall", "begins"), [(-1.0, True), (0.999, False)])
def test_a_pilot_is_scaled_up_when_records_say_so(fall: float, begins: bool) -> None:
    scenario = with_course(
        {"districts": [1], "start_day": 7},
        {"start_day": 10, "scale_up": {"fall": fall, "days": 7}},
        strategy={"name": "hotspot"},
        demand={"burglary": {"rate_per_1000": 60.0}},
    )
    phase = after(scenario).tables["course"]["phase"].reshape(-1, 2)
    assert phase[-1].tolist() == ([1, 1] if begins else [-1, 0])


def test_a_campaign_goes_on_when_something_else_changes() -> None:
    more = [{"post": "community", "factor": 1.5}]
    campaign = {"name": "campaign"}
    model = CityModel(with_course({}, {"start_day": 5, "strategy": campaign, "heads": more}, strategy=campaign))
    model.run(5.5)
    assert model.staff.mobilisation.overtime_share > 0


def test_all_phases_end_with_the_measured_days() -> None:
    model = CityModel(
        with_course({"districts": [1], "start_day": 2}, fade_out_days=3, days=5, strategy={"name": "hotspot"})
    )
    model.run(8)
    assert model.ended_day == 5
    table = model.results().tables["course"]
    assert set(table["strategy"][table["day"] >= 5]) == {"reactive"}


class Fixed(Strategy):
    """Stops at one cell."""

    name = "fixed_for_a_test"

    def plan(self, briefing: Briefing, rng: np.random.Generator) -> PatrolPlan:
        return PatrolPlan.of([int(briefing.beats.centre_cell[0])], 1.0, 10.0, -1)


class Nowhere(Programme):
    """Counts its days."""

    name = "nowhere_for_a_test"
    totals = ("days",)

    def day(self, today: Today) -> None:
        self.note(today.day, "days", 1.0)


def test_your_own_strategy_and_programme_follow_the_course_and_end() -> None:
    scenario = in_town(city=CITY, days=6, fade_out_days=3, strategy_course={"phases": [{"start_day": 2}]})
    model = CityModel(scenario, Fixed(), [Nowhere()])
    model.run(9)
    assert model.programmes[0].diary["days"][:9].tolist() == [0, 0, 1, 1, 1, 1, 0, 0, 0]
    day = model.results().tables["visits"]["start_min"] // 1440
    assert day.min() == 2
    assert day.max() <= 6
    assert model.strategy.name == "reactive"


def test_your_own_programme_cannot_be_limited_unless_it_says_so() -> None:
    with pytest.raises(BadInput, match="local = True"):
        CityModel(with_course({"districts": [1]}), None, [Nowhere()])
