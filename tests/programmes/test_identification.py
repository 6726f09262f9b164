"""Identification: what evidence brings a name, how often a wrong one, what it costs, and what names do to cases."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from precinct import DAY, PEOPLE, Precinct
from small_runs import in_town

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.incident_types import IncidentType
from sim.model import CityModel
from sim.people.residents import ResidentParameters, settle
from sim.police.cases.case_log import CaseState, log_odds, misleading, name_suspect
from sim.police.post_ledger import Hours, Work
from sim.police.posts import Post
from sim.programmes.identification.evidence import Chances, Names, Scene, examine, question
from sim.programmes.identification.programme import Identification
from sim.scenario import Scenario

TOWN = settle(
    build_city(CityParameters(name="t", residents=200, area_km2=1, beats=1, districts=1, centres=1)),
    ResidentParameters(),
    seed=1,
)
OFTEN_SNATCHED = {"snatching": {"rate_per_1000": 60}}
MANY = {"officers": 60, "wellbeing": {"active": False}}
SURELY = Chances(right=1.0, wrong=0.0, of_the_arrested=False, weight=2.5, trust_loss=0.1)
Z = 4.5  # standard errors; false alarm 1e-5


def robberies(n: int = 4000, **given: Any) -> Precinct:
    """Return cases of robberies by the first half of the people, opened and without any lead."""
    precinct = Precinct(n, IncidentType.ROBBERY, culprit=np.arange(n) % (PEOPLE // 2), **given)
    home = int(np.bincount(TOWN.residents["home_cell"]).argmax())
    precinct.crimes["recorded_cell"] = home
    precinct.open(1)
    precinct.rows["leads"] = 0.0
    return precinct


def scene(precinct: Precinct) -> Scene:
    society = TOWN._replace(residents=TOWN.residents.copy())
    ground = precinct.ground._replace(cells=np.resize(precinct.ground.cells, 100_000))
    return Scene(
        society, precinct.offenders, ground, precinct.logs, precinct.feelings, precinct.cases, precinct.bureau.rule
    )


def examined(precinct: Precinct, chances: Chances, files: Array | None = None) -> Names:
    everything = np.arange(precinct.n) if files is None else files
    return Names(*examine(1, DAY, everything, 0, chances, scene(precinct)))


def test_names_are_right_and_wrong_as_often_as_stated_and_wrong_ones_are_people_who_were_near() -> None:
    precinct = robberies()
    found = examined(precinct, SURELY._replace(right=0.3, wrong=0.1))
    suspect, culprit = precinct.of_crime("suspect_id"), precinct.crimes["culprit_id"]
    n, right = precinct.n, (suspect == culprit).sum()
    assert found.named == (suspect >= 0).sum()
    assert found.wrongly == found.named - right == (precinct.rows["misled"] > 0).sum()
    assert abs(right / n - 0.3) < Z * np.sqrt(0.3 * 0.7 / n) + 0.1 / PEOPLE
    assert abs(found.named / n - 0.37) < Z * np.sqrt(0.37 * 0.63 / n)


def test_a_trace_names_only_those_who_have_been_arrested_before() -> None:
    precinct = robberies()
    precinct.offenders["custody_until_min"][:8] = 0.0
    examined(precinct, SURELY._replace(of_the_arrested=True))
    suspect, culprit = precinct.of_crime("suspect_id"), precinct.crimes["culprit_id"]
    assert np.array_equal(suspect, np.where(culprit < 8, culprit, -1))


def test_a_wrong_name_seems_worth_as_much_as_a_right_one_fades_alike_and_clears_nothing() -> None:
    right, wrong, bare = robberies(), robberies(), robberies()
    for precinct, true in ((right, True), (wrong, False)):
        for c in range(precinct.n):
            name_suspect(precinct.cases, c, 5, true, 2.5, DAY, precinct.bureau.rule)
    rule = right.bureau.rule
    for at_day in (1, 11):
        odds = [log_odds(each.cases, 0, at_day * DAY, 0, rule) for each in (right, wrong, bare)]
        assert odds[0] == odds[1] == pytest.approx(odds[2] + 2.5 * 0.5 ** ((at_day - 1) / 10))
        assert misleading(wrong.cases, 0, at_day * DAY, rule) == pytest.approx(odds[1] - odds[2])
    for each in (right, wrong, bare):
        each.bureau = each.bureau._replace(rule=rule._replace(least_log_odds=-np.inf))
        each.run(40)
    cleared = [each.cleared().mean() for each in (right, wrong, bare)]
    assert cleared[0] > 2 * cleared[2]
    assert abs(cleared[1] - cleared[2]) < Z * np.sqrt(2 * 0.035 / bare.n)
    assert wrong.rows["worked_min"].sum() == pytest.approx(right.rows["worked_min"].sum(), rel=0.01)


def test_a_name_opens_a_case_that_was_filed() -> None:
    precinct = robberies(40)
    precinct.rows["state"], precinct.rows["closed_min"] = CaseState.FILED, DAY
    assert examined(precinct, SURELY).reopened == 40
    assert (precinct.rows["state"] == CaseState.WAITING).all()


def test_cases_with_the_same_name_are_one_series_and_links_of_wrong_names_cost_hours() -> None:
    precinct = robberies(96)
    needed = precinct.rows["needed_min"].copy()
    found = examined(precinct, SURELY)
    rows, culprit = precinct.rows, precinct.of_crime("suspect_id")
    assert found.linked == 96 - 32
    assert all(len(np.unique(precinct.of_crime("series")[culprit == who])) == 1 for who in range(32))
    assert len(np.unique(rows["series"])) == 32
    assert np.array_equal(rows["links"], rows["true_links"])
    assert np.array_equal(rows["needed_min"], needed)
    wrong = robberies(96)
    named = examined(wrong, SURELY._replace(right=0.0, wrong=1.0))
    false = wrong.rows["links"] - wrong.rows["true_links"]
    assert false.sum() > 10 < named.linked
    assert np.allclose(wrong.rows["needed_min"] - needed, 120.0 * false)


def test_who_is_suspected_wrongly_trusts_less_and_nobody_else_does() -> None:
    precinct = robberies(50)
    at = scene(precinct)
    examine(1, DAY, np.arange(50), 0, SURELY._replace(right=0.0, wrong=1.0), at)
    change = at.society.residents["trust"] - at.society.residents["trust_base"]
    wrong = precinct.rows["suspect_id"][precinct.rows["misled"] > 0]
    assert (change[wrong] < 0).all()
    at = scene(robberies(50))
    examine(1, DAY, np.arange(50), 0, SURELY, at)
    assert np.array_equal(at.society.residents["trust"], at.society.residents["trust_base"])


def test_the_arrested_name_those_with_whom_they_did_it_and_in_a_group_whatever_a_member_did() -> None:
    def told(group: int, tells: float) -> Precinct:
        precinct = robberies(128)
        precinct.offenders["associate"][0], precinct.offenders["group"][:2] = (1, -1, -1), group
        together = np.flatnonzero(precinct.crimes["culprit_id"] == 1)[:1]
        precinct.crimes["co_culprit_id"][together] = 0
        names = Names(*question(1, DAY, np.array([0]), tells, 2.5, scene(precinct)))
        assert names.named == (precinct.rows["suspect_id"] >= 0).sum()
        return precinct

    assert (told(0, 0.0).rows["suspect_id"] == -1).all()
    assert (told(0, 1.0).rows["suspect_id"] == 1).sum() == 1, "what they did together"
    in_group = told(7, 1.0)
    assert np.array_equal(in_group.of_crime("suspect_id") == 1, in_group.crimes["culprit_id"] == 1)
    assert (in_group.rows["misled"] == 0).all()


def day_of(precinct: Precinct, minutes: float, **parameters: Any) -> tuple[Identification, Hours]:
    """Let examiners work for a day; return the programme and the hours that are left."""
    programme = Identification(Identification.Parameters.model_validate(parameters))
    hours = Hours(np.zeros(len(Work)), minutes, 0.0, 1.0)
    site: Any = SimpleNamespace(bureau=precinct.bureau)
    programme.begin(site)
    at = scene(precinct)
    truth = SimpleNamespace(
        **{name: getattr(at, name) for name in ("society", "offenders", "ground", "logs", "feelings")}
    )
    today: Any = SimpleNamespace(
        seed=1, day=1, now_min=DAY, hours={Post.DETECTIVES: hours}, cases=precinct.cases, truth=truth
    )
    programme.day(today)
    return programme, hours


def test_each_technology_needs_its_evidence_and_its_minutes_and_the_latest_case_comes_first() -> None:
    precinct = robberies(30, recorded_day=np.arange(30) / 100)
    rows = precinct.rows
    rows["trace"], rows["camera"], rows["known_min"] = False, False, 0.0
    rows["camera"][:10] = True
    nothing = {"right": 0.0, "wrong": 0.0}
    off = {name: {**nothing, "minutes": 0.0, "yuan": 0.0} for name in ("trace", "plate", "phone")}
    programme, hours = day_of(precinct, 1e6, most_of_hours=0.0005, **off, face={"right": 1.0})
    assert hours.left_min == 1e6 - 8 * 60, "500 minutes are allowed"
    assert programme.diary["named"][1] == 8
    seen = np.flatnonzero(rows["suspect_id"] >= 0)
    assert rows["camera"][seen].all()
    assert rows["opened_min"][seen].min() >= np.sort(rows["opened_min"][:10])[2]
    nameless = robberies(40)
    nameless.rows["named"] = np.arange(40) >= 30
    programme, hours = day_of(nameless, 1e6, **{**off, "phone": {"right": 1.0, "minutes": 100.0, "yuan": 7.0}})
    assert programme.diary["named"][1] == 30
    assert programme.diary["cost"][1] == 30 * 7.0
    assert hours.left_min == 1e6 - 3000


def test_in_a_town_names_clear_crimes_and_the_minutes_come_from_the_detectives() -> None:
    def town(*programmes: str) -> CityModel:
        quick = {"identification": {"phone": {"right": 0.5, "wrong": 0.2, "minutes": 10.0}}} if programmes else {}
        strategy = {"name": "reactive", "programmes": programmes}
        scenario = in_town(days=60, strategy=strategy, programmes=quick, demand=OFTEN_SNATCHED, force=MANY, seed=2)
        model = CityModel(scenario)
        model.run(60)
        return model

    with_it, without = town("identification"), town()
    diary = with_it.programmes[0].diary
    assert diary["named"].sum() > 10
    assert 0 < diary["named_wrongly"].sum() < 0.5 * diary["named"].sum()
    assert diary["cost"].sum() > 0
    assert with_it.results().indicators["clearance_rate"] > without.results().indicators["clearance_rate"]


def test_a_technology_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"programmes\.identification\.face\.right: 1\.5 is not allowed"):
        Scenario(
            strategy={"name": "reactive", "programmes": ("identification",)},
            programmes={"identification": {"face": {"right": 1.5}}},
        )
