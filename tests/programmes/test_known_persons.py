"""Known persons: who is in the register, with what errors, and what is done to those in it, rightly and wrongly."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from precinct import DAY, Precinct
from small_runs import in_town

from sim.incident_types import IncidentType
from sim.model import CityModel
from sim.police.cases.case_log import CaseState, name_suspect
from sim.programmes.known_persons.measures import Call, Search, call_on, catch_in_the_act, fetch
from sim.programmes.known_persons.programme import KnownPersons
from sim.programmes.known_persons.register import Weights, listed, standing, suspects
from sim.programmes.wanted import Proof, circle_of
from sim.world import World

MUCH = {name: {"rate_per_1000": 150, "report_probability": 0.9} for name in ("burglary", "vehicle_theft", "brawl")}
FORCE = {"officers": 80, "auxiliaries": 40, "wellbeing": {"active": False}}
WEIGHTS = Weights(arrest=1.0, partner=0.5, named=1.0, half_life_days=180.0)
ALWAYS_HOME = Search(at_home=1.0, by_cameras=0.0, proof=Proof(holds=1.0, trust_loss=0.1))


@cache
def town(**parameters: Any) -> CityModel:
    """Return a town after forty days with known persons, or without if nothing is given."""
    programmes = {"known_persons": {"per_1000": 3.0, "weekly_h": 1.0, **parameters}} if parameters else {}
    scenario = in_town(
        days=40, demand=MUCH, force=FORCE, seed=6, programmes=programmes,
        strategy={"name": "reactive", "programmes": tuple(programmes), "organisation": "joint_room"},
    )  # fmt: skip
    model = CityModel(scenario)
    model.run(40)
    return model


def programme_of(model: CityModel) -> KnownPersons:
    (programme,) = model.programmes
    assert isinstance(programme, KnownPersons)
    return programme


def offenders_among(model: CityModel, people: Any) -> float:
    """Return which share of some residents offend, or have by the log."""
    crimes = model.world.logs.incidents[: model.world.logs.used[0]]
    return float(np.isin(people, crimes["culprit_id"]).mean())


def test_a_register_of_police_records_names_people_who_offend_and_a_wrong_one_people_who_do_not() -> None:
    good, bad = (programme_of(town(wrong=share)).register for share in (0.0, 1.0))
    assert len(good) == len(bad) == 30
    assert offenders_among(town(wrong=0.0), good) > 0.9
    assert offenders_among(town(wrong=1.0), bad) < 0.2


def test_the_register_has_the_stated_share_of_wrong_entries_and_each_stays_wrong() -> None:
    """Of 20,000 entries within 4.5 standard errors; false alarm 1e-5."""
    held, people = np.arange(20_000, dtype=float)[::-1] + 1.0, np.arange(30_000, 40_000)
    entries = listed(1, held, 20_000, 0.3, people)
    wrong = entries != np.arange(20_000)
    assert abs(wrong.mean() - 0.3) < 4.5 * np.sqrt(0.3 * 0.7 / 20_000)
    assert np.isin(entries[wrong], people).all()
    again = listed(1, held[::-1].copy(), 20_000, 0.3, people)[::-1]
    assert np.array_equal(again, entries)
    assert len(listed(1, np.array([0.0, 2.0, 1.0, 0.0]), 3, 0.0, people)) == 2, "against the others nothing is held"


class Truth:
    """What a precinct knows of its people, as a programme is handed it."""

    def __init__(self, precinct: Precinct) -> None:
        self.logs, self.offenders = precinct.logs, precinct.offenders
        self.society: Any = type("People", (), {"residents": precinct.residents})()


def test_what_is_held_against_somebody_is_arrests_partners_and_names_by_weight_and_age() -> None:
    precinct = Precinct(4, IncidentType.BURGLARY, culprit=np.array([3, 3, 5, 8]))
    precinct.open(0)
    precinct.rows["named"] = False
    for n, day in ((0, 0.0), (1, 180.0)):
        precinct.crimes["cleared"][n], precinct.crimes["arrest_time_min"][n] = True, day * DAY
        precinct.rows["state"][n] = CaseState.CLEARED
    precinct.crimes["co_culprit_id"][1] = 4
    precinct.rows["opened_min"][2:] = 180 * DAY
    name_suspect(precinct.cases, 2, 9, False, 2.5, 180 * DAY, precinct.bureau.rule)
    precinct.rows["named"][3] = True
    truth: Any = Truth(precinct)
    held = standing(precinct.cases, truth, 180 * DAY, WEIGHTS)
    found = {int(who): float(held[who]) for who in np.flatnonzero(held)}
    assert found == pytest.approx({3: 1.0 + 0.5, 4: 0.5, 9: 1.0, 8: 1.0})
    assert suspects(precinct.cases, truth.logs, 180 * DAY).tolist() == [-1, -1, 9, 8]


def circle(model: CityModel) -> Any:
    return circle_of(model.today(40).truth, model.posts.cases, model.posts.bureau)


def fresh() -> CityModel:
    """Return a town of a month that may be written to."""
    model = CityModel(in_town(days=30, demand=MUCH, force=FORCE, seed=6))
    model.run(30)
    return model


def test_a_call_takes_trust_from_all_and_teaches_offenders_alone_that_arrest_is_likelier() -> None:
    model = fresh()
    world: World = model.world
    free = world.offenders["custody_until_min"] <= 30 * DAY
    offenders = world.offenders["resident_id"][free][:40].astype(np.int64)
    others = np.setdiff1d(np.arange(400), world.offenders["resident_id"])[:40].astype(np.int64)
    people, before = np.concatenate([offenders, others]), world.offenders.copy()
    trust = world.society.residents["trust"].copy()
    assert call_on(1, 30, people, Call(at_home=1.0, trust_loss=0.2, impression=0.5), circle(model)) == 80
    assert (world.society.residents["trust"][people] < trust[people]).mean() > 0.95
    rows = np.flatnonzero(np.isin(before["resident_id"], offenders))
    home = world.offenders["arrests_known"][rows, 0] - before["arrests_known"][rows, 0]
    assert (home > 0).all()
    rest = np.setdiff1d(np.arange(len(before)), rows)
    assert np.array_equal(before["arrests_known"][rest], world.offenders["arrests_known"][rest])
    assert call_on(1, 30, people, Call(0.0, 0.2, 0.5), circle(model)) == 0


def test_who_is_watched_is_caught_at_what_he_does_and_nobody_else_is() -> None:
    model = fresh()
    crimes = model.world.logs.incidents[: model.world.logs.used[0]]
    yesterday = (crimes["time_min"] >= 29 * DAY) & (crimes["offender_id"] >= 0) & ~crimes["cleared"]
    unreported = np.flatnonzero(yesterday & (crimes["call_id"] < 0))
    who, n = int(crimes["culprit_id"][unreported[0]]), unreported[0]
    before = crimes["cleared"].copy()
    people = np.array([who], dtype=np.int64)
    assert catch_in_the_act(1, 30, people, 0.0, circle(model)) == 0
    owed = model.posts.cases.owed_min.sum()
    assert catch_in_the_act(1, 30, people, 1.0, circle(model)) == 1, "then he is in custody"
    assert crimes["recorded_time_min"][np.flatnonzero(crimes["cleared"] & ~before)].min() >= 0
    assert set(crimes["culprit_id"][crimes["cleared"] & ~before]) == {who}
    assert model.world.offenders["custody_until_min"][crimes["offender_id"][n]] > 30 * DAY
    assert model.posts.cases.owed_min.sum() > owed


def test_who_is_fetched_for_what_he_did_is_arrested_and_the_wrong_one_is_let_go_and_struck_off() -> None:
    model = fresh()
    cases, crimes = model.posts.cases, model.world.logs.incidents
    rows = cases.rows[: cases.used[0]]
    at_large = np.isin(crimes["culprit_id"][rows["incident_id"]], model.world.offenders["resident_id"])
    c = int(np.flatnonzero((rows["state"] < CaseState.CLEARED) & at_large)[0])
    culprit = int(crimes["culprit_id"][rows["incident_id"][c]])
    wrong = culprit + 1
    leads = float(rows["leads"][c])
    name_suspect(cases, c, wrong, False, 2.5, float(rows["leads_min"][c]), model.posts.bureau.rule)
    trust = float(model.world.society.residents["trust"][wrong])
    assert fetch(1, 30, c, wrong, ALWAYS_HOME, circle(model)) == (True, False)
    assert rows["suspect_id"][c] == -1
    assert rows["leads"][c] == pytest.approx(leads, abs=1e-5)
    assert model.world.society.residents["trust"][wrong] < trust
    assert fetch(1, 30, c, culprit, ALWAYS_HOME._replace(proof=Proof(0.0, 0.1)), circle(model)) == (True, False)
    assert fetch(1, 30, c, culprit, ALWAYS_HOME._replace(at_home=0.0), circle(model)) == (False, False)
    model.world.ground.cells["camera"] = 1.0
    assert fetch(1, 30, c, culprit, ALWAYS_HOME._replace(at_home=0.0, by_cameras=1.0), circle(model)) == (True, True)
    assert rows["state"][c] == CaseState.CLEARED


def test_each_measure_takes_its_minutes_and_a_wrong_register_costs_the_same_and_brings_nothing() -> None:
    good, bad = (programme_of(town(wrong=share)).diary for share in (0.0, 1.0))
    assert good["called_on"].sum() > 40
    assert bad["called_on"].sum() >= good["called_on"].sum(), "who is in custody is not called on"
    assert good["watched"].sum() > 20
    assert good["caught"].sum() + good["solved"].sum() > bad["caught"].sum() + bad["solved"].sum()
    assert bad["caught"].sum() <= 1
    hours = [town(wrong=0.0).results().indicators[f"officer_hours_{work}"] for work in ("visits", "weekly_analysis")]
    assert hours == pytest.approx([0.5 * good["called_on"].sum(), 6.0], rel=0.06), (
        "and a little more where they are tired"
    )
    assert programme_of(town(wrong=0.0)).brief(town(wrong=0.0).briefing()).programmes["known_persons"].shape == (30,)
