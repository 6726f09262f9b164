"""The accounts.

Every yuan that is noted is in them once, sums are those of their items, and nothing that somebody pays for is free.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from small_runs import in_town

from sim.model import CityModel
from sim.outcomes.programme_results import EXPENSES
from sim.outcomes.results import Results
from sim.parameters import Parameters
from sim.people.volunteers import Team
from sim.programmes.base import Programme, Today, programmes

DAYS = 14
Indicators = dict[str, float | None]


def ran(*own: Programme, **scenario: Any) -> tuple[CityModel, Results]:
    model = CityModel(in_town(days=DAYS, warmup_days=3, **scenario), programmes=own)
    model.run()
    return model, model.results()


@cache
def of(strategy: str) -> tuple[CityModel, Results]:
    return ran(strategy={"name": strategy})


def items(indicators: Indicators, payer: str) -> dict[str, float]:
    return {
        name.removeprefix(f"{payer}_"): value or 0.0
        for name, value in indicators.items()
        if name.startswith(f"{payer}_")
    }


class Made(Programme):
    """What a user may write: it takes no hours, only money of two payers."""

    name = "made"
    totals = ("cost", "others_cost", "smiles")

    def day(self, today: Today) -> None:
        self.note(today.day, "cost", 10.0)
        self.note(today.day, "others_cost", 3.0)
        self.note(today.day, "smiles", 1.0)


@pytest.mark.parametrize("strategy", ["reactive", "community", "co_governance", "integrated"])
def test_the_cost_of_each_payer_is_the_sum_of_its_items_exactly(strategy: str) -> None:
    found = of(strategy)[1].indicators
    for payer in ("cost_police", "cost_others"):
        parts = items(found, payer)
        assert found[payer] == sum(parts.values())
        assert all(yuan >= 0 for yuan in parts.values())
    assert found["cost_police"] > found["cost_police_pay"] > 0


def test_a_programme_of_ones_own_that_notes_money_is_in_the_accounts_of_its_payer_and_nowhere_twice() -> None:
    plain, made = of("reactive")[1].indicators, ran(Made())[1].indicators
    assert made["cost_police_made"] == 10.0 * DAYS
    assert made["cost_others_made"] == 3.0 * DAYS
    for payer, yuan in (("cost_police", 10.0), ("cost_others", 3.0)):
        assert made[payer] - plain[payer] == pytest.approx(yuan * DAYS)
    assert "made_cost" not in made
    assert made["made_smiles"] == DAYS


def prices(settings: type[Parameters]) -> list[str]:
    """Return the parameters of a class, and of those in it, that are an expense in yuan."""
    found = []
    for name, field in settings.model_fields.items():
        unit = str((field.json_schema_extra or {}).get("unit", ""))  # type: ignore[union-attr]
        found += [name] if unit.startswith("yuan") else []
        if isinstance(field.annotation, type) and issubclass(field.annotation, Parameters):
            found += prices(field.annotation)
    return found


def test_every_programme_with_a_price_notes_it_where_the_accounts_read_it() -> None:
    priced = {name: prices(kind.Parameters) for name, kind in programmes().items()}
    assert {"cameras", "equipment", "volunteers", "safety_culture", "mediation", "social_governance"} <= {
        name for name, found in priced.items() if found
    }
    for name, found in priced.items():
        assert bool(found) == bool(set(programmes()[name].totals) & set(EXPENSES)), name


def test_integrated_pays_for_cameras_equipment_rewards_and_its_centre_and_others_for_theirs() -> None:
    model, results = of("integrated")
    found = results.indicators
    bought = {
        "pay",
        "overtime",
        "incentives",
        "vehicles",
        "training",
        "joint_centre",
        "cameras",
        "equipment",
        "volunteers",
        "safety_culture",
    }
    assert set(items(found, "cost_police")) == bought
    assert set(items(found, "cost_others")) == {"village_mediators", "other_services", "mediation", "social_governance"}
    assert all(items(found, "cost_police")[name] > 0 for name in bought - {"incentives", "training"})
    assert found["cost_police_joint_centre"] == pytest.approx(7.0 * model.city.residents / 365 * DAYS)
    assert found["cost_others_mediation"] == pytest.approx(60.0 * found["mediation_town_hours"])
    centre = model.city.residents / 365 * DAYS
    assert found["cost_others_social_governance"] == pytest.approx(
        centre + 25.0 * found["social_governance_grid_worker_hours"], rel=0.1
    )
    calls = results.tables["calls"]
    handed_over = np.count_nonzero((calls["outcome"] == "diverted") & (calls["type"] == "service"))
    assert handed_over > 0
    assert found["cost_others_other_services"] == 60.0 * handed_over


def test_training_costs_its_fees_beside_the_pay_for_its_hours() -> None:
    trained = ran(strategy={"name": "reactive"}, force={"officers": 200, "training": {"trainees": 2}})[1].indicators
    assert trained["officer_hours_training"] > 0
    assert trained["cost_police_training"] == pytest.approx(20.0 * trained["officer_hours_training"])
    assert of("reactive")[1].indicators["cost_police_training"] == 0.0


def test_a_joint_room_costs_money_and_silos_none() -> None:
    room = ran(strategy={"name": "reactive", "organisation": "joint_room"})[1].indicators
    assert room["cost_police_joint_room"] == pytest.approx(0.5 * 10_000 / 365 * DAYS)
    assert not [name for name in of("reactive")[1].indicators if "joint" in name and name.startswith("cost")]


def test_hours_that_volunteers_give_are_named_and_cost_nobody_anything_but_their_rewards() -> None:
    model, results = of("co_governance")
    watch = model.world.volunteers["active"] & (model.world.volunteers["team"] == Team.WATCH)
    plain = model.world.volunteers["hours"][watch].sum() * DAYS / 7
    assert results.indicators["volunteer_hours"] == pytest.approx(plain + results.indicators["volunteers_hours"])
    assert results.indicators["cost_police_volunteers"] == pytest.approx(5.0 * results.indicators["volunteers_hours"])


def test_paid_mediators_are_paid_for_the_hours_that_they_work() -> None:
    found = of("reactive")[1].indicators
    assert found["cost_others_village_mediators"] == pytest.approx(25.0 * found["mediator_hours"])
    shared = ran(strategy={"name": "co_governance"}, force={"wellbeing": {"active": False}})[
        1
    ].indicators  # organisers find volunteers within two weeks
    worked = shared["mediator_hours"] - shared["mediation_town_hours"]
    assert shared["cost_others_village_mediators"] < 25.0 * worked, "volunteers help for nothing"
