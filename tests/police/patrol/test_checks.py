"""Stops and checks: how many, of whom, what they cost in trust, what a search finds and clears, what others learn."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.city.state import Ground, new_cells
from sim.incident_types import CRIMES, IncidentType
from sim.incidents.log import INCIDENTS, VISITS, CallState, Discoverer, Logs, add_incident, new_logs
from sim.people.custody import rows_of_offenders
from sim.people.feelings import Feeling, FeelingParameters, Feelings, new_feelings
from sim.people.first_offenders import draw_offenders
from sim.people.offenders import YOUNGEST, OffenderParameters, belief_rule, career_rule
from sim.people.residents import ResidentParameters, Society, settle
from sim.police.cases.case_log import Cases, CaseState, cases_with_room, new_cases
from sim.programmes.campaign.checks import CheckRule, Street, Tally, check_people, named_suspects

DAY = 1440.0
NOW_MIN = 30 * DAY
STEP = 0.3
SILENT = FeelingParameters(fair_gain=0.0, unfair_loss=0.0, encounters_told=0.0)  # a check costs what its rule says
Z = 5.0  # standard errors: a right rule fails a claim about a mean with probability below 1e-6


class Town(NamedTuple):
    """A town whose patrol units have stopped here and there."""

    society: Society
    offenders: Array
    ground: Ground
    logs: Logs
    cases: Cases
    feelings: Feelings


def town_of(visits: int = 2000, dwell_min: float = 10.0, share: float = 0.05, felt: FeelingParameters = SILENT) -> Town:
    """Return a town with stops at cells where many live, one in ten of them at the same place."""
    place = build_city(CityParameters(name="town", residents=3_000, area_km2=4, beats=2, districts=1, centres=1))
    society = settle(place, ResidentParameters(), seed=1)
    at_home = np.bincount(society.residents["home_cell"], minlength=place.grid.n_cells)
    ground = Ground(new_cells(place, at_home), place.grid.n_rows, place.grid.n_cols, place.grid.cell_m, 0)
    society.residents["trust"] = society.residents["trust_base"] = np.clip(society.residents["trust_base"], 0.4, 0.6)
    given = OffenderParameters(share=share, habituation=STEP)
    belief = belief_rule(given, place.grid.cell_m)
    offenders = draw_offenders(society, share, career_rule(given, society.residents, 1.0), belief, place.grid, 1)
    logs = new_logs()
    rng = np.random.default_rng(1)
    rows = logs.visits[:visits]
    rows["cell"] = np.where(
        rng.random(visits) < 0.1, np.argmax(at_home), rng.choice(np.flatnonzero(at_home > 5), visits)
    )
    rows["start_min"] = NOW_MIN - DAY + np.sort(rng.random(visits)) * (DAY - 60)
    rows["dwell_min"] = dwell_min
    rows["unit_id"] = np.arange(visits)
    logs.used[VISITS] = visits
    return Town(society, offenders, ground, logs, cases_with_room(new_cases(), logs), new_feelings(felt))


def rule_of(**given: Any) -> CheckRule:
    """Return a rule without signs, searches and finds, but for what is given."""
    belief = belief_rule(OffenderParameters(habituation=STEP), 100.0)
    usual = CheckRule(
        per_min=0.2, looks=1, trust_loss=0.001, sign=0.0, false_sign=0.0, carried=1.0, goods_min=14 * DAY,
        other_arrest=0.0, detention_min=7 * DAY, detention_most_min=15 * DAY,
        custody_min=np.full(len(CRIMES), 30 * DAY),
        custody_most_min=np.full(len(CRIMES), np.inf),
        processing_min=90.0, other_processing_min=40.0, belief=belief, desist_at_arrest=0.0,
    )  # fmt: skip
    return usual._replace(**given)


def checked(town: Town, rule: CheckRule, first: int = 0, seed: int = 7, suspects: Any = ()) -> Tally:
    n = len(town.society.residents)
    offender_of, named = rows_of_offenders(town.offenders, n), np.zeros(n, dtype=bool)
    named[list(suspects)] = True
    street = Street(town.society, town.offenders, town.ground, town.logs, town.cases, town.feelings, offender_of, named)
    return check_people(seed, NOW_MIN, first, rule, street)


def let_steal(
    town: Town, offenders: Any, age_days: float, kind: int = IncidentType.SHOPLIFTING, victim: int = -1,
    partner: int = -1
) -> Array:  # fmt: skip
    """Write a crime of each of these offenders that nobody has reported, and return the rows."""
    who = town.offenders["resident_id"]
    rows, crimes = [], town.logs.incidents
    for i in np.atleast_1d(offenders):
        n = add_incident(town.logs, kind, NOW_MIN - age_days * DAY, 3, 0.0, 0.0, 1.0)
        crimes["offender_id"][n], crimes["culprit_id"][n], crimes["victim_id"][n] = i, who[i], victim
        rows.append(n)
    if partner >= 0:
        town.logs.incidents["co_offender_id"][rows], town.logs.incidents["co_culprit_id"][rows] = partner, who[partner]
    return np.array(rows)


def times_checked(town: Town, trust_loss: float = 0.001) -> Array:
    """Return how often each resident was checked, from what it cost."""
    people = town.society.residents
    found: Array = np.rint((people["trust_base"].astype(float) - people["trust"]) / trust_loss).astype(int)
    return found


def met_by(rule: CheckRule) -> Array:
    """Return which offenders are checked at all where nobody is ever arrested."""
    town = town_of()
    checked(town, rule._replace(carried=0.0, other_arrest=0.0))
    return times_checked(town)[town.offenders["resident_id"]] > 0


def habituation(checks: Array) -> Array:
    found: Array = 1 - (1 - STEP) ** checks
    return found


def test_a_stop_checks_so_many_people_a_minute_all_of_whom_may_be_there_and_are_no_children() -> None:
    town = town_of(visits=1500)
    tally = checked(town, rule_of())
    times, people = times_checked(town), town.society.residents
    assert tally == (times.sum(), 0, 0, 0, 0.0, 0.0)
    assert 0.7 * 2 * 1500 < tally.checks <= 2 * 1500  # two a stop of ten minutes, of whom children are not checked
    assert not times[people["age"] < YOUNGEST].any()
    stops = np.unique(town.logs.visits["cell"][:1500])
    there = (
        np.isin(people["home_cell"], stops)
        | np.isin(people["work_cell"], stops)
        | np.isin(people["leisure_cell"], stops)
    )
    assert not times[~there].any()


def test_a_fraction_of_a_check_is_a_check_with_that_chance() -> None:
    town = town_of(visits=3000, dwell_min=1.5)
    town.society.residents["age"] = 30
    assert abs(checked(town, rule_of()).checks - 900) < Z * np.sqrt(3000 * 0.3 * 0.7)  # 0.3 of a check a stop


def test_who_is_checked_loses_trust_and_nobody_else_does() -> None:
    town = town_of()
    before = town.society.residents.copy()
    tally = checked(town, rule_of())
    assert town.feelings.total[Feeling.TRUST] == pytest.approx(-0.001 * tally.checks, rel=1e-4)
    assert town.feelings.total[Feeling.SAFETY] == 0
    for column in ("perceived_safety", "awareness", "fraud_awareness"):
        assert np.array_equal(town.society.residents[column], before[column])
    assert (times_checked(town) > 1).any()
    assert (times_checked(town) == 0).any()


def test_some_checks_are_unfair_and_those_who_are_tied_to_the_checked_hear_of_it() -> None:
    """Of 3,700 checks one in five is unfair, 0.03 points below the others; of these changes half is told to ties."""
    rules: dict[str, Any] = {"fair_gain": 0.004, "unfair_loss": 0.026, "unfair_share": 0.2}
    alone, told = (town_of(felt=FeelingParameters(**rules, encounters_told=t)) for t in (0.0, 0.5))
    checks = checked(alone, rule_of()).checks
    assert checks == checked(told, rule_of()).checks > 3000
    mean = alone.feelings.total[Feeling.TRUST] / checks
    assert abs(mean - (0.004 - 0.03 * 0.2 - 0.001)) < Z * 0.03 * np.sqrt(0.2 * 0.8 / checks)
    people = told.society.residents
    untouched = town_of().society.residents["trust"]
    unchecked = alone.society.residents["trust"] == untouched
    assert (people["trust"][unchecked] != untouched[unchecked]).sum() > 100, "nobody tells"
    assert told.feelings.total[Feeling.TRUST] < 1.5 * alone.feelings.total[Feeling.TRUST] < 0


def test_offenders_who_are_checked_for_nothing_get_used_to_the_police_and_others_do_not() -> None:
    town = town_of()
    checked(town, rule_of(false_sign=1.0))
    times = times_checked(town)[town.offenders["resident_id"]]
    assert (times > 1).sum() > 10
    assert (times == 0).sum() > 10
    assert town.offenders["habituation"] == pytest.approx(habituation(times), abs=1e-5)
    assert (town.offenders["arrests"] == 0).all(), "nobody has stolen anything lately, and still somebody is arrested"


def test_officers_see_signs_and_not_who_is_an_offender() -> None:
    """Whom they check is the same to the bit whoever the offenders are, if thieves give no more signs than others."""
    town, other = town_of(), town_of()
    let_steal(town, np.arange(len(town.offenders)), 2.0)
    old = np.flatnonzero(other.society.residents["age"] > 60)
    other.offenders["resident_id"] = np.random.default_rng(1).permutation(old)[: len(other.offenders)]
    rule = rule_of(looks=8, sign=0.1, false_sign=0.1, carried=0.0)
    assert checked(town, rule) == checked(other, rule)
    assert np.array_equal(times_checked(town), times_checked(other))
    sharp = town_of()
    let_steal(sharp, np.arange(len(sharp.offenders)), 2.0)
    checked(sharp, rule._replace(carried=1.0, sign=1.0, false_sign=0.0))
    assert not np.array_equal(times_checked(sharp), times_checked(town)), "signs show nothing: the test could not fail"


def test_a_search_needs_a_sign_and_signs_are_as_frequent_as_said() -> None:
    town = town_of()
    let_steal(town, np.arange(len(town.offenders)), 2.0)
    one = checked(town, rule_of(sign=0.3, carried=1.0))
    assert one.searches == one.arrests
    meetings = times_checked(town)[town.offenders["resident_id"]].sum()
    assert abs(one.arrests - 0.3 * meetings) < Z * np.sqrt(0.3 * 0.7 * meetings)
    many = checked(town_of(), rule_of(false_sign=0.1))
    assert abs(many.searches - 0.1 * many.checks) < Z * np.sqrt(0.09 * many.checks)


def test_who_carries_stolen_goods_is_arrested_at_the_search_that_finds_them_and_owes_detectives_their_time() -> None:
    town = town_of()
    rule = rule_of(sign=1.0)
    let_steal(town, np.arange(len(town.offenders))[1::2], 20.0)  # sold long ago
    crimes = let_steal(town, np.arange(len(town.offenders))[::2], 5.0)
    tally = checked(town, rule)
    met = met_by(rule)
    guilty = np.arange(len(met)) % 2 == 0
    assert np.array_equal(town.offenders["arrests"] > 0, met & guilty)
    assert tally.arrests == (met & guilty).sum() > 20
    assert (town.offenders["custody_until_min"][met & guilty] > NOW_MIN).all()
    assert abs(tally.owed_min - 90 * tally.arrests) < Z * 90 * np.sqrt(tally.arrests)
    assert tally.other_owed_min == 0
    assert (town.offenders["habituation"][met & guilty] == 0).all()
    cleared = town.logs.incidents["cleared"][: town.logs.used[INCIDENTS]]
    assert cleared.sum() == tally.arrests, "an arrest clears no crime"
    assert np.array_equal(cleared[crimes], met[guilty])


def test_an_arrest_clears_the_crime_of_the_goods_and_its_case_and_the_victim_hears_of_it() -> None:
    rule = rule_of(sign=1.0)
    town = town_of()
    i = int(np.flatnonzero(met_by(rule))[0])
    victim = int(np.setdiff1d(np.arange(len(town.society.residents)), town.offenders["resident_id"])[0])
    older, latest = let_steal(town, [i, i], 5.0, victim=victim)
    brawl = let_steal(town, i, 1.0, IncidentType.BRAWL)[0]
    crimes = town.logs.incidents
    crimes["recorded_time_min"][latest], crimes["recorded_cell"][latest] = NOW_MIN - 4 * DAY, 77
    town.cases.case_of[latest] = 1
    town.cases.rows["incident_id"][0], town.cases.rows["state"][0] = latest, CaseState.FILED
    trust = float(town.society.residents["trust"][victim])
    assert checked(town, rule._replace(trust_loss=0.0)).arrests == 1
    assert crimes["cleared"][[older, latest, brawl]].tolist() == [False, True, False]
    assert crimes["arrest_time_min"][latest] == NOW_MIN
    booked = (crimes["recorded_time_min"][latest], crimes["recorded_cell"][latest])
    assert booked == (NOW_MIN - 4 * DAY, 77), "the books are rewritten"
    assert (town.cases.rows["state"][0], town.cases.rows["closed_min"][0]) == (CaseState.CLEARED, NOW_MIN)
    assert float(town.society.residents["trust"][victim]) > trust


def test_a_crime_that_nobody_reported_enters_the_books_when_its_goods_are_found() -> None:
    rule = rule_of(sign=1.0)
    under_way = (CallState.WAITING, -1.0), (CallState.AT_DESK, -1.0)
    for state, entered in ((None, NOW_MIN), (CallState.DIVERTED, NOW_MIN), *under_way):
        town = town_of()
        n = let_steal(town, int(np.flatnonzero(met_by(rule))[0]), 5.0)[0]
        if state is not None:
            town.logs.incidents["call_id"][n], town.logs.calls["state"][0] = 0, state
        assert checked(town, rule).arrests == (entered >= 0)
        crime = town.logs.incidents[n]
        assert (crime["recorded_time_min"], bool(crime["cleared"])) == (entered, entered >= 0)
        assert (crime["discovered_by"] == Discoverer.PATROL) == (entered >= 0)


def test_who_joined_in_and_is_not_there_stays_unknown() -> None:
    rule = rule_of(sign=1.0)
    met, town = met_by(rule), town_of()
    away, there = int(np.flatnonzero(~met)[0]), int(np.flatnonzero(met)[0])
    n = let_steal(town, away, 3.0, partner=there)[0]
    assert checked(town, rule).arrests == 1
    assert bool(town.logs.incidents["cleared"][n])
    assert town.offenders["arrests"][[away, there]].tolist() == [0, 1]


def test_other_arrests_are_as_frequent_as_said_and_nobody_is_held_longer_than_the_law_allows() -> None:
    town = town_of(visits=4000, share=0.2)
    tally = checked(town, rule_of(false_sign=1.0, other_arrest=0.12))
    assert tally.searches == tally.checks
    assert tally.arrests == 0
    assert abs(tally.other_arrests - 0.12 * tally.searches) < Z * np.sqrt(0.12 * 0.88 * tally.searches)
    assert abs(tally.other_owed_min - 40 * tally.other_arrests) < Z * 40 * np.sqrt(tally.other_arrests)
    away_days = (town.offenders["custody_until_min"][town.offenders["arrests"] > 0] - NOW_MIN) / DAY
    assert len(away_days) > 50
    assert 0 < away_days.min() < away_days.max() <= 15
    assert abs(away_days.mean() - 7) < Z * 4.3 / np.sqrt(len(away_days))


def test_whom_an_open_file_names_is_searched_whatever_he_looks_like() -> None:
    rule = rule_of(sign=0.0)
    town = town_of()
    times = times_checked(town_of())
    innocent = int(np.setdiff1d(np.flatnonzero(town.society.residents["age"] > 60), town.offenders["resident_id"])[0])
    i = int(np.flatnonzero(met_by(rule))[0])
    let_steal(town, i, 3.0)
    assert not times.any()
    assert checked(town, rule, suspects=[innocent, town.offenders["resident_id"][i]]).arrests == 1


def test_files_name_whom_victims_or_evidence_name_of_crimes_that_leave_goods_until_they_are_cleared() -> None:
    town = town_of()
    who = town.offenders["resident_id"]
    rows = let_steal(town, np.arange(5), 3.0)
    town.logs.incidents["recorded_type"][rows[4]] = IncidentType.BRAWL  # as the books have it, whatever it was
    files = town.cases.rows[:5]
    files["incident_id"], files["known_min"] = rows, NOW_MIN
    files["named"] = [True, False, True, True, True]
    other = int(np.setdiff1d(np.arange(100), who)[0])
    files["suspect_id"] = [other, other, -1, -1, -1]  # the first one's victim knows better
    files["state"] = [CaseState.FILED, CaseState.NEW, CaseState.CLEARED, CaseState.NEW, CaseState.NEW]
    files["known_min"][3] = NOW_MIN + 1  # its file has not arrived
    town.cases.used[0] = 5
    named = named_suspects(town.cases, town.logs, NOW_MIN, len(town.society.residents))
    assert set(np.flatnonzero(named)) == {who[0], other}
    files["suspect_id"][1] = -1
    named = named_suspects(town.cases, town.logs, NOW_MIN, len(town.society.residents))
    assert np.flatnonzero(named).tolist() == [who[0]]


def test_what_happens_to_one_offender_and_at_one_stop_changes_nothing_for_anybody_else() -> None:
    town, other, fewer = town_of(), town_of(), town_of()
    rule = rule_of(sign=1.0)
    checked(town, rule)
    met = np.flatnonzero(times_checked(town)[town.offenders["resident_id"]] > 2)
    one = int(met[0])
    let_steal(other, one, 2.0)
    checked(other, rule)
    assert other.offenders["arrests"][one] == 1
    others = np.arange(len(town.society.residents)) != town.offenders["resident_id"][one]
    assert np.array_equal(times_checked(town)[others], times_checked(other)[others])
    checked(fewer, rule, first=1)
    missing = times_checked(town) - times_checked(fewer)
    assert missing.min() == 0
    assert 1 <= missing.sum() <= 2


def test_two_units_that_stop_at_one_place_at_the_same_moment_check_people_of_their_own() -> None:
    """As cars do that leave one station for one stop.

    Of 1,000 pairs, each of two checks, hardly any meets the same two people.
    """
    town = town_of(visits=2000)
    visits = town.logs.visits
    visits["start_min"][1:2000:2], visits["cell"][1:2000:2] = visits["start_min"][:2000:2], visits["cell"][:2000:2]
    checked(town, rule_of())
    times = times_checked(town)
    assert times.sum() > 3000
    assert (times % 2 == 1).mean() > 0.2, "each who is checked is checked twice"


def test_without_checks_nothing_happens_to_anybody() -> None:
    town = town_of()
    before = [town.society.residents.copy(), town.offenders.copy(), town.feelings.total.copy()]
    assert checked(town, rule_of(per_min=0.0, false_sign=1.0, other_arrest=1.0)) == (0, 0, 0, 0, 0.0, 0.0)
    for now, then in zip((town.society.residents, town.offenders, town.feelings.total), before, strict=True):
        assert np.array_equal(now, then)
