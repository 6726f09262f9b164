"""Stops and checks: how many, of whom, what they cost in trust, whom they find out, and what the others learn from them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.city.state import Ground, new_cells
from sim.incidents.log import VISITS, Logs, new_logs
from sim.people.feelings import Feeling, FeelingParameters, Feelings, new_feelings
from sim.people.offenders import YOUNGEST, OffenderParameters, belief_rule, career_rule, draw_offenders
from sim.people.residents import ResidentParameters, Society, settle
from sim.police.checks import CheckRule, check_people, rows_of_offenders

DAY = 1440.0
NOW_MIN = 30 * DAY
STEP = 0.3
Z = 5.0  # standard errors: a right rule fails a claim about a mean with probability below 1e-6


class Town(NamedTuple):
    """A town whose patrol units have stopped here and there."""

    society: Society
    offenders: Array
    ground: Ground
    logs: Logs
    feelings: Feelings


def town_of(visits: int = 2000, dwell_min: float = 10.0, share: float = 0.05) -> Town:
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
    rows["cell"] = np.where(rng.random(visits) < 0.1, np.argmax(at_home), rng.choice(np.flatnonzero(at_home > 5), visits))
    rows["start_min"] = NOW_MIN - DAY + np.sort(rng.random(visits)) * (DAY - 60)
    rows["dwell_min"] = dwell_min
    logs.used[VISITS] = visits
    return Town(society, offenders, ground, logs, new_feelings(FeelingParameters()))


def rule_of(per_min: float = 0.2, trust_loss: float = 0.001, found: float = 0.0, evidence_days: float = 14.0, looks: int = 1) -> CheckRule:
    belief = belief_rule(OffenderParameters(habituation=STEP), 100.0)
    return CheckRule(per_min, looks, trust_loss, found, evidence_days * DAY, 15 * DAY, 90.0, belief, 0.0)


def checked(town: Town, rule: CheckRule, first: int = 0, seed: int = 7) -> tuple[int, int, float]:
    offender_of = np.full(len(town.society.residents), -1, dtype=np.int32)
    rows_of_offenders(town.offenders, offender_of)
    return check_people(seed, NOW_MIN, first, rule, offender_of, town.society, town.offenders, town.ground, town.logs, town.feelings)


def times_checked(town: Town, trust_loss: float = 0.001) -> Array:
    """Return how often each resident was checked, from what it cost."""
    people = town.society.residents
    found: Array = np.rint((people["trust_base"].astype(float) - people["trust"]) / trust_loss).astype(int)
    return found


def habituation(checks: Array) -> Array:
    found: Array = 1 - (1 - STEP) ** checks
    return found


def test_a_stop_checks_so_many_people_a_minute_all_of_whom_may_be_there_and_are_no_children() -> None:
    town = town_of(visits=1500)
    n, arrests, owed_min = checked(town, rule_of())
    times, people = times_checked(town), town.society.residents
    assert (n, arrests, owed_min) == (times.sum(), 0, 0.0)
    assert 0.7 * 2 * 1500 < n <= 2 * 1500  # two a stop of ten minutes, of whom children are not checked
    assert not times[people["age"] < YOUNGEST].any()
    stops = np.unique(town.logs.visits["cell"][:1500])
    there = np.isin(people["home_cell"], stops) | np.isin(people["work_cell"], stops) | np.isin(people["leisure_cell"], stops)
    assert not times[~there].any()


def test_a_fraction_of_a_check_is_a_check_with_that_chance() -> None:
    town = town_of(visits=3000, dwell_min=1.5)
    town.society.residents["age"] = 30
    n, _, _ = checked(town, rule_of())
    assert abs(n - 900) < Z * np.sqrt(3000 * 0.3 * 0.7)  # 0.3 of a check a stop


def test_who_is_checked_loses_trust_and_nobody_else_does() -> None:
    town = town_of()
    before = town.society.residents.copy()
    n, _, _ = checked(town, rule_of())
    assert town.feelings.total[Feeling.TRUST] == pytest.approx(-0.001 * n, rel=1e-4)
    assert town.feelings.total[Feeling.SAFETY] == 0
    for column in ("perceived_safety", "awareness", "fraud_awareness"):
        assert np.array_equal(town.society.residents[column], before[column])
    assert (times_checked(town) > 1).any()
    assert (times_checked(town) == 0).any()


def test_offenders_who_are_checked_for_nothing_get_used_to_the_police_and_others_do_not() -> None:
    town = town_of()
    checked(town, rule_of(found=1.0))
    times = times_checked(town)[town.offenders["resident_id"]]
    assert (times > 1).sum() > 10
    assert (times == 0).sum() > 10
    assert town.offenders["habituation"] == pytest.approx(habituation(times), abs=1e-5)
    assert (town.offenders["arrests"] == 0).all(), "nobody has done anything lately, and still somebody is arrested"


def test_who_has_evidence_on_him_is_arrested_at_the_first_check_that_finds_it_and_owes_detectives_their_time() -> None:
    town, other = town_of(), town_of()
    town.offenders["success_min"][::2, 1] = NOW_MIN - 5 * DAY
    town.offenders["success_min"][1::2, 0] = NOW_MIN - 20 * DAY  # too long ago
    n, arrests, owed_min = checked(town, rule_of(found=1.0))
    checked(other, rule_of(found=0.0))
    met = times_checked(other)[other.offenders["resident_id"]] > 0
    guilty = np.arange(len(met)) % 2 == 0
    assert np.array_equal(town.offenders["arrests"] > 0, met & guilty)
    assert arrests == (met & guilty).sum() > 20
    assert (town.offenders["custody_until_min"][met & guilty] > NOW_MIN).all()
    assert n < times_checked(other).sum(), "who is in custody is checked again"
    assert abs(owed_min - 90 * arrests) < Z * 90 * np.sqrt(arrests)
    assert (town.offenders["habituation"][met & guilty] == 0).all()


@pytest.mark.parametrize("looks", [1, 3, 8])
def test_an_offender_among_those_who_are_looked_over_is_the_one_who_is_checked(looks: int) -> None:
    """The share of checks that meet one is 1 − (1 − q)^looks, with q that of a random person there; within one hour at one place q is the same."""
    n = 2000
    shares = []
    for k in (1, looks):
        town = town_of(visits=n)
        town.society.residents["age"] = 30
        home = town.society.residents["home_cell"]
        town.logs.visits["cell"] = np.bincount(home[town.offenders["resident_id"]]).argmax()
        town.logs.visits["start_min"][:n] = NOW_MIN - DAY + 1200 + np.arange(n) * 1.5 / 60
        checks, _, _ = checked(town, rule_of(looks=k, trust_loss=1e-5))
        shares.append(times_checked(town, 1e-5)[town.offenders["resident_id"]].sum() / checks)
    q = shares[0]
    assert 0.02 < q < 0.3
    assert abs(shares[1] - (1 - (1 - q) ** looks)) <= Z * np.sqrt((1 + looks**2) * q * (1 - q) / (2 * n))


def test_what_happens_to_one_offender_and_at_one_stop_changes_nothing_for_anybody_else() -> None:
    town, other, fewer = town_of(), town_of(), town_of()
    checked(town, rule_of(found=1.0))
    met = np.flatnonzero(times_checked(town)[town.offenders["resident_id"]] > 2)
    one = int(met[0])
    other.offenders["success_min"][one, 0] = NOW_MIN - 2 * DAY
    checked(other, rule_of(found=1.0))
    assert other.offenders["arrests"][one] == 1
    others = np.arange(len(town.society.residents)) != town.offenders["resident_id"][one]
    assert np.array_equal(times_checked(town)[others], times_checked(other)[others])
    checked(fewer, rule_of(found=1.0), first=1)
    missing = times_checked(town) - times_checked(fewer)
    assert missing.min() == 0
    assert 1 <= missing.sum() <= 2


def test_without_checks_nothing_happens_to_anybody() -> None:
    town = town_of()
    before = [town.society.residents.copy(), town.offenders.copy(), town.feelings.total.copy()]
    assert checked(town, rule_of(per_min=0.0, found=1.0)) == (0, 0, 0.0)
    for now, then in zip((town.society.residents, town.offenders, town.feelings.total), before, strict=True):
        assert np.array_equal(now, then)
