"""Whom and what offenders take: empty homes, sleeping ones and shops; people of an age who are there; the same again.

A small town in which much happens, for some months. Statistical tests have fixed seeds; a right model fails each on
others with a chance of at most 1e-4.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from sim.arrays import Array
from sim.check import EVENTFUL, FORCE, TOWN
from sim.city.build import build_city
from sim.city.city import CRIME_EVIDENCE, CrimeEvidence
from sim.clock import HOURS_PER_WEEK
from sim.incident_types import PLACE_CRIMES, IncidentType, Target
from sim.incidents.demand import DemandParameters
from sim.incidents.log import INCIDENTS
from sim.incidents.opportunity import OpportunityParameters, opportunity
from sim.incidents.target_parameters import AGE_BANDS, BAND_NAMES
from sim.incidents.targets import age_band
from sim.kernels import kernel
from sim.model import CityModel
from sim.outcomes.concentration import top_share
from sim.parameters import BadInput, one_line
from sim.people.first_offenders import draw_offenders
from sim.people.offenders import OLDEST, YOUNGEST, OffenderParameters, belief_rule, career_rule
from sim.people.residents import ResidentParameters, Society, settle
from sim.people.ties import TieKind
from sim.people.whereabouts import passer_by, stretch
from sim.scenario import Scenario

ALARM = 1e-4
DAYS = 150
OF_PERSONS = (
    IncidentType.PICKPOCKETING, IncidentType.VEHICLE_THEFT, IncidentType.ROBBERY, IncidentType.SNATCHING,
    IncidentType.BRAWL,
)  # fmt: skip
FLAT = {kind.name.lower(): {"age_weights": (1.0,) * len(BAND_NAMES)} for kind in OF_PERSONS}


@cache
def town(switch: str = "") -> CityModel:
    """Run the town with something switched, named so that each variant is run once."""
    changes: dict[str, dict[str, Any]] = {
        "": {},
        "empty homes only": {"demand": {"burglary": {"sleeping_homes": 0, "closed_shops": 0}}},
        "sleeping homes": {"demand": {"burglary": {"sleeping_homes": 100, "closed_shops": 0}}},
        "ages alike": {"demand": FLAT},
        "strangers": {"demand": {"brawl": {"acquaintances": 0}}},
        "no return": {"people": {"search": {"same_target": 0}}},
        "all return": {"people": {"search": {"same_target": 1}}},
        "no flags": {"demand": {"event_dependence": {"person_boost": 0, "shop_boost": 0}}},
        "flags": {"demand": {"event_dependence": {"person_boost": 50, "shop_boost": 50}}},
        "people alike": {"people": {"residents": {"person_spread": 0, "shops": {"spread": 0}}}},
    }
    mine = changes[switch]
    usual = {
        **EVENTFUL,
        "burglary": {**EVENTFUL["burglary"], "rate_per_1000": 100},
    }  # more would take any home at any hour
    demand = {name: {**usual[name], **mine.get("demand", {}).get(name, {})} for name in EVENTFUL}
    demand |= {name: value for name, value in mine.get("demand", {}).items() if name not in EVENTFUL}
    people = {"offenders": {"share": 0.1}, **mine.get("people", {})}
    model = CityModel(Scenario(city=TOWN, force=FORCE, demand=demand, people=people, days=DAYS, warmup_days=0))
    model.run()
    return model


def crimes(switch: str, *kinds: IncidentType) -> Array:
    logs = town(switch).world.logs
    found = logs.incidents[: logs.used[INCIDENTS]]
    return found[np.isin(found["type"], kinds)]


def hours(of: Array) -> Array:
    return of["time_min"] % 1440 / 60


def ages(switch: str, *kinds: IncidentType) -> Array:
    victims = crimes(switch, *kinds)["victim_id"]
    return town(switch).world.society.residents["age"][victims[victims >= 0]]


def of_the_tenth(switch: str, name: str, *kinds: IncidentType) -> float:
    """Return the share of crimes against the tenth of all shops, or residents, that suffered most."""
    rows = crimes(switch, *kinds)[name]
    society = town(switch).world.society
    times = np.bincount(rows[rows >= 0], minlength=len(society.shops if name == "shop_id" else society.residents))
    return float(top_share(times, 0.1))


def soon_again(switch: str, name: str, *kinds: IncidentType) -> float:
    """Return the share of crimes that follow another against the same target within two weeks."""
    found = crimes(switch, *kinds)
    found = found[found[name] >= 0]
    found = found[np.lexsort((found["time_min"], found[name]))]
    same = found[name][1:] == found[name][:-1]
    return float((same & (np.diff(found["time_min"]) < 14 * 1440)).sum() / len(found))


def test_burglars_take_empty_homes_sleeping_homes_and_closed_shops_each_at_its_hours() -> None:
    burgled = crimes("", IncidentType.BURGLARY)
    assert {int(target) for target in np.unique(burgled["target"])} == {
        Target.EMPTY_HOME, Target.SLEEPING_HOME, Target.SHOP
    }  # fmt: skip
    of = {target: hours(burgled[burgled["target"] == target]) for target in Target}
    night = {target: float((when < 6).mean()) for target, when in of.items() if len(when)}
    assert min(len(when) for target, when in of.items() if target > Target.PERSON) > 20
    assert night[Target.EMPTY_HOME] < 0.15 < 0.3 < min(night[Target.SLEEPING_HOME], night[Target.SHOP])
    assert ((of[Target.SLEEPING_HOME] < 9) | (of[Target.SLEEPING_HOME] >= 21)).all()
    assert ((of[Target.SHOP] < 9) | (of[Target.SHOP] >= 22)).all()


def test_without_sleeping_homes_and_shops_burglary_is_a_crime_of_the_day() -> None:
    only = crimes("empty homes only", IncidentType.BURGLARY)
    assert (only["target"] == Target.EMPTY_HOME).all()
    both = crimes("", IncidentType.BURGLARY)
    assert (hours(only) < 4).mean() + 0.15 < (hours(both) < 4).mean()
    asleep = crimes("sleeping homes", IncidentType.BURGLARY)
    assert (asleep["target"] == Target.SLEEPING_HOME).mean() > 0.9


def test_a_shop_suffers_in_its_own_place_and_nobody_of_the_city_is_its_victim() -> None:
    shops = town().world.society.shops
    found = crimes("", IncidentType.BURGLARY, IncidentType.SHOPLIFTING)
    of_shops = found[found["target"] == Target.SHOP]
    lifted = found["target"][found["type"] == IncidentType.SHOPLIFTING]
    assert (lifted == Target.SHOP).mean() > 0.85  # the rest from stalls
    assert np.isin(lifted, (Target.SHOP, Target.NONE)).all()
    assert (shops["cell"][of_shops["shop_id"]] == of_shops["cell"]).all()
    assert (shops["x_m"][of_shops["shop_id"]] == of_shops["x_m"]).all()
    assert (of_shops["victim_id"] == -1).all()
    assert (found["shop_id"][found["target"] != Target.SHOP] == -1).all()


def test_the_eldest_of_a_household_speaks_for_it() -> None:
    residents = town().world.society.residents
    burgled = crimes("", IncidentType.BURGLARY)
    victims = burgled["victim_id"][burgled["victim_id"] >= 0]
    oldest = np.zeros(len(town().world.society.dwellings))
    np.maximum.at(oldest, residents["dwelling"], residents["age"])
    assert (residents["age"][victims] == oldest[residents["dwelling"][victims]]).all()


def test_what_files_say_of_hours_and_places_of_burglary_stands_whatever_its_targets_are() -> None:
    city = build_city(TOWN)
    society, rng = settle(city, ResidentParameters(), 1), np.random.default_rng(1)
    n = len(CRIME_EVIDENCE)
    evidence = CrimeEvidence(rng.random((n, city.grid.n_cells)), rng.random((n, HOURS_PER_WEEK)), np.full(n, 5.0))
    told = dataclasses.replace(city, crime=evidence)
    one, other = (
        opportunity(told, society, OpportunityParameters(), DemandParameters().burglary.model_copy(update=changed), 0.4)
        for changed in ({}, {"sleeping_homes": 9.0, "closed_shops": 9.0})
    )
    assert (one.appeal == other.appeal).all()
    assert (one.activity == other.activity).all()
    assert (one.activity[IncidentType.BURGLARY] == evidence.profile[CRIME_EVIDENCE.index("burglary")]).all()


@pytest.mark.parametrize("kind", OF_PERSONS)
def test_no_child_is_robbed_or_beaten_by_an_offender_and_children_are_if_ages_count_for_nothing(
    kind: IncidentType,
) -> None:
    assert ages("", kind).min() >= 12
    assert len(ages("", kind)) > 150
    assert (ages("ages alike", kind) < 12).mean() > 0.01


def test_brawls_are_among_the_young_and_seldom_with_pensioners() -> None:
    curved, flat = ages("", IncidentType.BRAWL), ages("ages alike", IncidentType.BRAWL)
    assert (curved < 35).mean() > 0.5
    assert (curved >= 65).mean() < 0.03
    assert (flat < 35).mean() + 0.1 < (curved < 35).mean()
    assert (flat >= 65).mean() > (curved >= 65).mean() + 0.05


def test_a_band_of_ages_begins_with_its_first_age() -> None:
    assert len(BAND_NAMES) == len(AGE_BANDS) + 1
    assert [age_band(age) for age in (0, 11, 12, 17, 18, 24, 25, 35, 49, 50, 64, 65, 95)] == [
        0, 0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6,
    ]  # fmt: skip


def test_a_share_of_those_beaten_are_acquaintances_and_next_to_none_if_it_is_0() -> None:
    """By ties among neighbours, colleagues and friends; the share is a binomial, its bounds five standard errors."""

    def tied(switch: str) -> Array:
        ties = town(switch).world.society.ties
        found = crimes(switch, IncidentType.BRAWL)
        known = []
        for one in found[found["victim_id"] >= 0]:
            mine = slice(ties.start[one["culprit_id"]], ties.start[one["culprit_id"] + 1])
            close = ties.kind[mine] >= TieKind.NEIGHBOUR
            known.append(one["victim_id"] in ties.other[mine][close])
        return np.array(known)

    with_them, without = tied(""), tied("strangers")
    assert len(with_them) > 150
    assert abs(with_them.mean() - 0.3) < 0.03 + 5 * np.sqrt(0.21 / len(with_them))
    assert without.mean() < 0.06


def test_the_same_offender_comes_back_to_the_same_target_and_does_not_if_that_is_off() -> None:
    """Of the crimes against a shop, home or person, the share that the same offender did within two weeks before."""

    def returned(switch: str) -> float:
        found = crimes(switch, *PLACE_CRIMES)
        taken = np.where(found["target"] == Target.SHOP, 1_000_000 + found["shop_id"], found["victim_id"])
        last: dict[tuple[int, int, int], float] = {}
        again = 0
        for one, row in zip(found, taken, strict=True):
            key = (int(one["offender_id"]), int(one["type"]), int(row))
            again += row >= 0 and one["time_min"] - last.get(key, -1e9) < 14 * 1440
            last[key] = one["time_min"]
        return again / len(found)

    assert returned("no return") < returned("") < returned("all return")
    assert returned("all return") > 2 * returned("no return")


@pytest.mark.parametrize(("name", "kinds"), [("shop_id", (IncidentType.SHOPLIFTING,)), ("victim_id", OF_PERSONS)])
def test_who_has_suffered_suffers_again_by_a_flag_and_by_lasting_differences(
    name: str, kinds: tuple[IncidentType, ...]
) -> None:
    assert soon_again("no flags", name, *kinds) < soon_again("flags", name, *kinds)
    assert of_the_tenth("people alike", name, *kinds) < of_the_tenth("", name, *kinds)


@kernel
def met(society: Society, cell: int, hour: int, lots: Array, weight: Array) -> None:
    """Add the weights with which passers-by are met to those of their class of daily life."""
    for k in range(len(lots)):
        who, there = passer_by(society, cell, hour, lots[k, 0], lots[k, 1])
        if who >= 0:
            weight[society.residents[who].routine] += there


def test_whom_one_meets_in_the_street_is_out_as_much_as_the_own_routine_says() -> None:
    """At one o'clock on a Saturday night, by class: people out at the cell, by 4 standard errors of 40,000 draws."""
    city = build_city(TOWN)
    society = settle(city, ResidentParameters(), 1)
    people, routine, hour = society.residents, society.places.routine, 5 * 24 + 1
    cell = int(society.places.out[hour].argmax())
    lots, weight = np.random.default_rng(1).random((40_000, 2)), np.zeros(len(routine.home))
    met(society, cell, hour, lots, weight)
    way = 1 - routine.home[:, hour] - routine.work[:, hour] - routine.leisure[:, hour]
    out = np.array([
        ((people["leisure_cell"] == cell) & (people["routine"] == kind)).sum() * routine.leisure[kind, hour]
        + sum(((people[name] == cell) & (people["routine"] == kind)).sum() for name in ("home_cell", "work_cell"))
        * way[kind] / 2
        for kind in range(len(way))
    ])  # fmt: skip
    assert out.sum() == pytest.approx(society.places.out[hour, cell], rel=1e-4)
    assert weight / weight.sum() == pytest.approx(out / out.sum(), abs=4 * 0.5 / np.sqrt(len(lots)) * 2)


def test_a_stretch_of_hours_ends_where_the_level_is_not_passed_and_after_a_week_at_most() -> None:
    by_hour = np.zeros(HOURS_PER_WEEK)
    by_hour[22:31] = 1.0
    assert stretch(25.5 * 60, 0.0, by_hour, 0) == (22 * 60, 31 * 60)
    assert stretch(1.5 * 60, 0.0, by_hour, 1) == (-2 * 60, 7 * 60)
    assert stretch(0.0, 0.0, np.ones(HOURS_PER_WEEK), 0) == (-60 * HOURS_PER_WEEK, 60 * HOURS_PER_WEEK)


def test_offenders_are_of_14_to_50_and_most_are_young_unless_the_curve_is_flat() -> None:
    city = build_city(TOWN)
    society = settle(city, ResidentParameters(), 1)
    residents = society.residents

    def drawn(curve: float) -> Array:
        parameters = OffenderParameters(age_curve=curve)
        rule, belief = career_rule(parameters, residents, 1.0), belief_rule(parameters, city.grid.cell_m)
        offenders = draw_offenders(society, 0.1, rule, belief, city.grid, 1)
        return residents["age"][offenders["resident_id"]]

    curved, flat = drawn(1.0), drawn(0.0)
    for found in (curved, flat):
        assert YOUNGEST <= found.min() <= found.max() <= OLDEST
    eligible = residents["age"][(residents["age"] >= YOUNGEST) & (residents["age"] <= OLDEST)]
    assert stats.binomtest(int((flat < 25).sum()), len(flat), float((eligible < 25).mean())).pvalue > ALARM
    assert (curved < 25).mean() > (flat < 25).mean() + 0.2


def test_newcomers_are_of_the_ages_of_those_whom_they_follow() -> None:
    """Careers of ten weeks: after two of them, as many are young; five standard errors."""
    of_first = town().world.offenders
    model = CityModel(
        Scenario(
            city=TOWN, force=FORCE, demand=EVENTFUL, days=DAYS, warmup_days=0,
            people={"offenders": {"share": 0.1, "career_years": 0.2}},
        )
    )  # fmt: skip
    model.run()
    age = model.world.society.residents["age"]
    later = model.world.offenders
    assert (later["generation"] > 0).mean() > 0.5
    before, after = ((age[table["resident_id"]] < 25).mean() for table in (of_first, later))
    assert abs(before - after) < 5 * np.sqrt(2 * 0.25 / len(later))


def test_weights_by_age_that_choose_nobody_are_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        DemandParameters.model_validate({"robbery": {"age_weights": [0] * 7}})
    assert isinstance(one_line(refused.value, "demand"), BadInput)
    assert "demand.robbery.age_weights" in str(one_line(refused.value, "demand"))
