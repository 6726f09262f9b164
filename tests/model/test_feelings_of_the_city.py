"""What a run leaves in people's minds.

Totals that are exact, callers who judge, homes that are hardened after a burglary and only then.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy import stats
from small_runs import MUCH_CRIME, in_county, in_town

from sim.arrays import Array
from sim.incident_types import IncidentType
from sim.incidents.hardening import openness
from sim.incidents.log import CALLS, INCIDENTS
from sim.model import CityModel
from sim.people.feelings import BASELINES, Feeling, city_means

ALARM = 1e-5
DAY = 1440.0
COLUMNS = ("trust", "perceived_safety", "awareness", "fraud_awareness")


def by_hand(model: CityModel) -> Array:
    """Return every feeling of every resident now, shape [feelings, residents], worked out from the tables alone."""
    p, people, cells = model.scenario.people.feelings, model.world.society.residents, model.world.ground.cells
    half_life = (
        p.trust_half_life_days,
        p.safety_half_life_days,
        p.awareness_half_life_days,
        p.awareness_half_life_days,
    )
    clocks = ("felt_min", "felt_min", "felt_min", "fraud_felt_min")
    now: Array = np.array(
        [
            people[base]
            + (people[name].astype(float) - people[base]) * 0.5 ** ((model.now_min - people[clock]) / DAY / days)
            for name, base, clock, days in zip(COLUMNS, BASELINES, clocks, half_life, strict=True)
        ]
    )
    reassurance = cells["reassurance"] * 0.5 ** (
        (model.now_min - cells["reassured_min"]) / DAY / p.safety_half_life_days
    )
    now[Feeling.SAFETY] += reassurance[people["home_cell"]]
    return now


def by_totals(model: CityModel) -> Array:
    people = model.world.society.residents
    base = np.array([people[name].mean(dtype=float) for name in BASELINES])
    return city_means(model.world.feelings, base, len(people), model.now_min)


@cache
def busy_county() -> CityModel:
    model = CityModel(
        in_county(
            days=56,
            warmup_days=0,
            strategy={"name": "hotspot"},
            demand={**MUCH_CRIME, "fraud": {"engaging_probability": 0.005}},
        )
    )
    model.run()
    return model


def test_the_totals_of_the_city_are_the_means_over_all_residents_to_one_in_a_hundred_thousand() -> None:
    found, expected = by_totals(busy_county()), by_hand(busy_county()).mean(axis=1)
    people = busy_county().world.society.residents
    moved = np.abs(expected - [people[name].mean(dtype=float) for name in BASELINES])
    assert (moved > 1e-4).all(), "a feeling of the city has not moved: nothing was tried"
    assert (busy_county().world.ground.cells["reassurance"] > 0).any()
    assert found == pytest.approx(expected, abs=1e-5)


def test_the_days_tell_how_the_city_felt_when_they_began() -> None:
    demand = {**MUCH_CRIME, "fraud": {"engaging_probability": 0.03}}
    model = CityModel(in_town(days=6, warmup_days=3, demand=demand, strategy={"name": "random_patrol"}))
    seen = []
    for _ in range(6):
        seen.append(by_hand(model).mean(axis=1))
        model.run(1)
    daily, indicators = model.results().tables["daily"], model.results().indicators
    for feeling, name in enumerate(COLUMNS):
        assert daily[name] == pytest.approx(
            np.array(seen)[:, feeling], abs=1e-3
        )  # of yesterday's end: callers have judged since
        assert len(np.unique(daily[name])) == 6
    for name in ("trust", "perceived_safety"):
        assert indicators[name] == pytest.approx(daily[name].mean())


def test_who_was_a_victim_of_crime_at_places_feels_less_safe_trusts_less_and_is_more_alert_than_others() -> None:
    """A town in which nobody ever calls in vain or in time: only what happened to people moves them.

    No other resident moves but by a tie.
    """
    unmoved = dict.fromkeys(
        (
            "quick_response_gain",
            "slow_response_loss",
            "no_response_loss",
            "arrest_gain",
            "patrol_reassurance",
            "fraud_trust_loss",
            "fair_gain",
            "unfair_loss",
            "unheard_loss",
        ),
        0.0,
    )
    unmoved["disorder_safety_loss"] = 0.0
    model = CityModel(
        in_town(
            days=30, demand={**MUCH_CRIME, "fraud": {"contacts_per_resident_month": 0.0}}, people={"feelings": unmoved}
        )
    )
    model.run()
    people, ties = model.world.society.residents, model.world.society.ties
    crimes = model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
    crimes = crimes[crimes["time_min"] < model.now_min]
    hurt = np.zeros(len(people), dtype=bool)
    hurt[crimes["victim_id"][crimes["victim_id"] >= 0]] = True
    near = np.zeros(len(people), dtype=bool)
    for r in np.flatnonzero(hurt):
        near[ties.other[ties.start[r] : ties.start[r + 1]]] = True
    change = by_hand(model) - np.array([people[name] for name in BASELINES])
    assert hurt.sum() > 100
    assert (~hurt & ~near).sum() > 1000
    assert np.abs(change[:, ~hurt & ~near]).max() < 1e-6
    for feeling, sign in ((Feeling.TRUST, -1), (Feeling.SAFETY, -1), (Feeling.AWARENESS, 1)):
        assert (sign * change[feeling] >= -1e-6).all()
        of_victims, of_near = (float((sign * change[feeling, group]).mean()) for group in (hurt, near & ~hurt))
        assert of_victims > 2 * of_near > 0, feeling.name


@pytest.mark.parametrize(("units", "sign"), [(1e-6, -1), (20.0, 1)], ids=["no_police", "many_police"])
def test_trust_falls_in_a_town_without_police_and_rises_in_one_with_many(units: float, sign: int) -> None:
    model = CityModel(
        in_town(days=60, force={"patrol_units": units}, demand={"fraud": {"contacts_per_resident_month": 0.0}})
    )
    model.run()
    trust = model.results().tables["daily"]["trust"]
    assert sign * (trust[-1] - trust[0]) > 0.0005
    assert (sign * np.diff(trust[::10]) > 0).all()
    people = model.world.society.residents
    calls = model.world.logs.calls[: model.world.logs.used[CALLS]]
    called = np.unique(calls["caller_id"][(calls["caller_id"] >= 0) & calls["judged"]])
    change = by_hand(model)[Feeling.TRUST] - people["trust_base"]
    assert len(called) > 200
    assert sign * change[called].mean() > 0.005


# homes


def test_no_home_is_hardened_where_nobody_breaks_in_whatever_else_happens() -> None:
    model = CityModel(
        in_town(
            days=40,
            demand={**MUCH_CRIME, "burglary": {"rate_per_1000": 0.0}},
            people={"feelings": {"harden_probability": 1.0}},
        )
    )
    model.run()
    assert model.results().indicators["crimes_total"] > 200
    assert not np.isfinite(model.world.society.dwellings["hardened_min"]).any()
    assert (model.world.ground.cells["hardness"] == 0).all()


@cache
def burgled(harden_probability: float, harden_effect: float) -> CityModel:
    people = {
        "offenders": {"share": 0.02, "searches_per_day": 4.0},
        "feelings": {
            "harden_probability": harden_probability,
            "harden_effect": harden_effect,
            "harden_half_life_years": 0.5,
        },
    }
    model = CityModel(in_town(days=60, demand={"burglary": {"rate_per_1000": 300.0}}, people=people))
    model.run()
    return model


def burglaries(model: CityModel) -> Array:
    crimes = model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]
    return crimes[crimes["type"] == IncidentType.BURGLARY]


@pytest.mark.parametrize("probability", [0.0, 0.4, 1.0])
def test_households_harden_their_homes_after_a_burglary_the_likelier_the_more_aware_they_are(
    probability: float,
) -> None:
    """Of homes burgled once, each with the chance of its awareness then: Poisson-binomial, false alarm 1e-5."""
    model = burgled(probability, 0.5)
    homes, people = model.world.society.dwellings, model.world.society.residents
    of_homes = burglaries(model)["victim_id"]
    of_homes = of_homes[of_homes >= 0]  # others are of shops
    times = np.bincount(people["dwelling"][of_homes], minlength=len(homes))
    assert np.array_equal(times > 0, homes["burgled_min"] >= 0)
    hardened = homes["hardened_min"] >= 0
    assert not hardened[times == 0].any()
    once = np.flatnonzero(times == 1)
    chance = probability * people["awareness_base"][homes["first_resident"][once]].astype(float)
    spread = stats.norm.isf(ALARM / 2) * np.sqrt((chance * (1 - chance)).sum())
    assert len(once) > 120
    # awareness has risen above its base where the victim or a tie was hurt before, never fallen below it: some more may
    # harden
    assert chance.sum() - spread <= hardened[once].sum() <= chance.sum() + spread + 0.1 * probability * len(once)


def test_the_hardness_of_a_cell_is_what_hardening_takes_from_its_appeal() -> None:
    model = burgled(1.0, 0.5)
    homes, cells = model.world.society.dwellings, model.world.ground.cells
    decay_min = 0.5 * 365 * 1440 / math.log(2)
    of_home, of_shop = openness(model.world.society, model.world.rules.demand)
    appeal, hardened = (
        of_home * np.bincount(homes["cell"], weights=homes["appeal"] * rows, minlength=len(cells))
        for rows in (1.0, np.exp((homes["hardened_min"] - model.now_min) / decay_min))
    )
    shops = model.world.society.shops
    appeal += of_shop * np.bincount(shops["cell"], weights=shops["appeal"], minlength=len(cells))
    assert hardened.max() > 0
    hardness = cells["hardness"] * np.exp((cells["hardened_min"] - model.now_min) / decay_min)
    assert hardness == pytest.approx(0.5 * hardened / np.maximum(appeal, 1e-12), abs=1e-4)


def test_homes_begin_as_hardened_as_burglaries_keep_them_and_hardening_wears_off() -> None:
    """What wears off in 300 days is what is hardened in them, to a fifth; without the beginning it would only grow."""
    people = {"feelings": {"harden_probability": 1.0, "harden_half_life_years": 0.5}}
    model = CityModel(in_town(days=300, demand={"burglary": {"rate_per_1000": 60.0}}, people=people, seed=3))
    homes, decay_min = model.world.society.dwellings, 0.5 * 365 * 1440 / math.log(2)

    def protected() -> float:
        return float(np.exp((homes["hardened_min"] - model.now_min) / decay_min).mean())

    first = protected()
    model.run(300)
    assert first > 0.01
    assert protected() == pytest.approx(first, rel=0.35)
    worn = np.exp(-300 * 1440 / decay_min)
    assert worn == pytest.approx(0.5 ** (300 / 182.5))


def test_a_home_that_is_hardened_fully_is_never_burgled_again() -> None:
    """But by a neighbour to whom none other of the cell is left than the own home; where there are no shops."""
    people = {
        "residents": {"shops": {"per_1000": 0.0}},
        "offenders": {"share": 0.02, "searches_per_day": 4.0},
        "feelings": {"harden_probability": 1.0, "harden_effect": 1.0, "harden_half_life_years": 100.0},
    }
    model = CityModel(in_town(days=60, demand={"burglary": {"rate_per_1000": 300.0}}, people=people))
    society, before, again, safe = model.world.society, 0, 0, 0
    homes = society.dwellings
    homes["hardened_min"], model.world.ground.cells["hardness"] = -np.inf, 0.0
    for _ in range(60):
        hardened = homes["hardened_min"] >= 0
        homes["hardened_min"][hardened] = model.now_min  # so that next to nothing of it wears off in a day
        model.run(1)
        safe += int(hardened.sum())
        crimes = burglaries(model)
        burgled, burglars = (society.residents["dwelling"][crimes[who][before:]] for who in ("victim_id", "culprit_id"))
        before = len(crimes)
        for home, own in zip(burgled[hardened[burgled]], burglars[hardened[burgled]], strict=True):
            others = (homes["cell"] == homes["cell"][home]) & (np.arange(len(homes)) != own)
            again += int((~hardened)[others].any())
    assert safe > 1000
    assert before > 300
    assert again == 0


def test_hardening_lowers_burglary() -> None:
    """Full hardening against none, in one town on one seed.

    With 500 burglaries, chance alone moves the ratio by a tenth.
    """
    none, full = len(burglaries(burgled(0.0, 0.5))), len(burglaries(burgled(1.0, 0.5)))
    assert none > 300
    assert full < none
