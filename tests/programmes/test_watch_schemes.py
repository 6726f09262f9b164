"""Watch schemes: founded where burglaries are recorded, paid by the minute; members see from home, or fade away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_runs import MUCH_CRIME, in_town

from sim.arrays import Array
from sim.incident_types import IncidentType
from sim.incidents.log import INCIDENTS, Discoverer
from sim.model import CityModel
from sim.programmes.watch_schemes import NEVER, WatchSchemes

HOME_CRIME = {"burglary": {"rate_per_1000": 100.0}}
WILLING = {"wellbeing": {"active": False}}


def town(days: int = 150, **parameters: Any) -> tuple[CityModel, WatchSchemes]:
    strategy = {"name": "reactive", "programmes": ["watch_schemes"], "organisation": "neighbourhoods"}
    settings = {"watch_schemes": {"hours_share": 1.0, "found_min": 120.0, **parameters}}
    model = CityModel(
        in_town(days=days, strategy=strategy, programmes=settings, force=WILLING, demand=HOME_CRIME, seed=2)
    )
    (programme,) = model.programmes
    assert isinstance(programme, WatchSchemes)
    return model, programme


def noted(programme: WatchSchemes, measure: str) -> Array:
    return programme.diary[measure]


def test_schemes_begin_in_neighbourhoods_have_members_and_cost_the_hours_of_officers() -> None:
    model, schemes = town()
    model.run(150)
    results = model.results().indicators
    founded, contacts = noted(schemes, "founded").sum(), noted(schemes, "contacts").sum()
    assert founded >= 2
    assert contacts > founded
    spent = (founded * 120 + contacts * 120) / 60
    assert spent - 1e-6 <= results["officer_hours_organising"] <= spent + 4 + 1e-6
    joined, left = noted(schemes, "joined").sum(), noted(schemes, "left").sum()
    assert schemes.member.sum() == joined - left > 100
    assert noted(schemes, "cost").sum() == pytest.approx(20.0 * joined)
    area = np.flatnonzero(schemes.contact_day != NEVER)
    assert set(np.flatnonzero(schemes.member) // 300) <= set(area.tolist()), "a member lives outside of all schemes"


def test_members_look_out_over_their_area_and_marked_property_is_worth_less() -> None:
    model, schemes = town()
    model.run(150)
    homes, cells = model.world.society.dwellings, model.world.ground.cells
    by_cell = np.bincount(homes["cell"][schemes.member], minlength=len(cells))
    each = 0.05 * np.pi * 30.0**2 / 100.0**2
    assert cells["lookouts"] == pytest.approx(by_cell * each, rel=1e-4, abs=1e-3)
    left = np.exp((homes["hardened_min"] - model.now_min) / model.world.feelings.rule.hardening.decay_min)
    assert left[schemes.member].min() > 0.25
    assert left[schemes.member].mean() > left[~schemes.member].mean() + 0.1
    people, feel = model.world.society.residents, model.world.society.residents["awareness"]
    of_member = schemes.member[people["dwelling"]] & (people["age"] >= 18)
    learnt = feel - people["awareness_base"]
    assert learnt[of_member].mean() > learnt[~of_member].mean() + 0.02


def test_a_scheme_that_nobody_looks_after_fades() -> None:
    kept, dropped = town(), town()
    for model, _ in (kept, dropped):
        model.run(60)
    dropped[1].parameters = dropped[1].parameters.model_copy(update={"hours_share": 0.0})
    kept[1].parameters = kept[1].parameters.model_copy(update={"joins": 0.0})
    before = [noted(programme, "left").sum() for _, programme in (kept, dropped)]
    members = dropped[1].member.sum()
    for model, _ in (kept, dropped):
        model.run(300)
    lost = [noted(programme, "left").sum() - was for (_, programme), was in zip((kept, dropped), before, strict=True)]
    assert lost[1] > 1.8 * lost[0] > 0
    assert dropped[1].member.sum() < 0.6 * members


@pytest.mark.parametrize("kind", [IncidentType.VEHICLE_THEFT, IncidentType.BURGLARY])
def test_who_looks_out_sees_and_tells(kind: IncidentType) -> None:
    """The same crimes on one seed; each is seen with lookouts that would see half of them if all were in."""
    seen = []
    for lookouts in (0.0, 1.0):
        model = CityModel(in_town(days=20, demand=MUCH_CRIME | HOME_CRIME, seed=4))
        model.world.ground.cells["lookouts"] = lookouts
        model.run(20)
        crimes = model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
        crimes = crimes[crimes["type"] == kind]
        assert len(crimes) > 25
        seen.append((crimes["discovered_by"] == Discoverer.WITNESS).mean())
    assert seen[1] > seen[0] + 0.15


def test_no_more_schemes_are_founded_than_asked_for_and_it_is_known_when() -> None:
    model, schemes = town(most_schemes=1)
    model.run(60)
    assert noted(schemes, "founded").sum() == 1
    (which,) = np.flatnonzero(schemes.founded_day != NEVER)
    assert noted(schemes, "founded")[schemes.founded_day[which]] == 1
    assert schemes.contact_day[which] >= schemes.founded_day[which]
