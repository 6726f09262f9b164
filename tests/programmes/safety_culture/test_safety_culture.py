"""Safety culture.

Meetings and checks are paid by the minute, nothing happens without hours, and homes harden by a stated chance.

Statistical tests use fixed seeds and bounds of 4.4 standard errors: the false-alarm rate of each is about 1 in 100,000.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import numpy as np
import pytest

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import City, CityParameters
from sim.city.state import Ground, new_cells
from sim.incidents.demand import DemandParameters, demand_rule
from sim.incidents.hardening import openness
from sim.incidents.profiles import DemandRule
from sim.model import CityModel
from sim.people.feelings import Feeling, FeelingParameters, Feelings, new_feelings
from sim.people.residents import ResidentParameters, Society, settle
from sim.police.post_ledger import Hours, Work
from sim.police.posts import Post
from sim.programmes.base import Today, Truth
from sim.programmes.public import Public
from sim.programmes.safety_culture.home_checks import (
    CHECKED,
    FINED,
    HARDENED,
    OUTCOMES,
    SAFE_ALREADY,
    WARNED,
    CheckRule,
    Turns,
    check_homes,
)
from sim.programmes.safety_culture.programme import SafetyCulture
from sim.scenario import Scenario

TOWN = CityParameters(name="town", residents=5_000, area_km2=8, beats=2, districts=1, centres=1)
RULE = CheckRule(logit=-2.0, awareness=3.0, reward=0.3, penalty=0.2, fined=1.0, trust_loss=0.02)


class Town(NamedTuple):
    city: City
    society: Society
    feelings: Feelings
    ground: Ground
    demand: DemandRule

    def check(self, homes: Array, rule: CheckRule = RULE, day: int = 5, warned: bool = True) -> Array:
        counts = np.zeros(OUTCOMES, dtype=np.int64)
        before = np.full(len(self.society.dwellings), warned)
        public = Public(self.society, self.feelings, self.ground)
        check_homes(1, day, homes, before, public, self.demand, rule, counts)
        return counts

    def hardened(self) -> Array:
        """Return whether each home has ever been hardened."""
        return np.isfinite(self.society.dwellings["hardened_min"])


def town() -> Town:
    place = build_city(TOWN)
    society = settle(place, ResidentParameters(), TOWN.seed)
    at_home = np.bincount(society.residents["home_cell"], minlength=place.grid.n_cells)
    ground = Ground(new_cells(place, at_home), place.grid.n_rows, place.grid.n_cols, place.grid.cell_m, 0)
    return Town(
        place, society, new_feelings(FeelingParameters()), ground, demand_rule(DemandParameters(), place.grid.cell_m)
    )


class Run(NamedTuple):
    """A programme in a town of which nothing else is simulated."""

    programme: SafetyCulture
    town: Town

    def days(self, first: int, last: int, hours: float) -> Array:
        """Carry out the days first … last − 1 with so many officer-hours each.

        Return the ledger, shape [days, works].
        """
        ledger = np.zeros((last - first, len(Work)))
        t, nothing = self.town, cast("Any", None)
        truth = Truth(t.society, nothing, nothing, nothing, t.feelings, t.ground, nothing, nothing, nothing)
        for day in range(first, last):
            post: Any = {Post.COMMUNITY: Hours(ledger[day - first], hours * 60, 0.0, 1.0)}
            self.programme.day(Today(1, day, post, nothing, nothing, nothing, truth))
        return ledger

    def noted(self, measure: str) -> Array:
        return self.programme.diary[measure]


def begin(**parameters: Any) -> Run:
    place = town()
    programme = SafetyCulture(SafetyCulture.Parameters(**parameters))
    site: Any = SimpleNamespace(
        seed=1, city=place.city, society=place.society, bureau=SimpleNamespace(demand=place.demand)
    )
    programme.begin(site)
    return Run(programme, place)


def test_nothing_happens_without_hours() -> None:
    run = begin()
    residents, cells = run.town.society.residents.copy(), run.town.ground.cells.copy()
    ledger = run.days(0, 60, 0.0)
    assert ledger.sum() == 0
    assert np.array_equal(run.town.society.residents, residents)
    assert np.array_equal(run.town.ground.cells, cells)
    assert not run.town.hardened().any()
    assert all(run.noted(name).sum() == 0 for name in SafetyCulture.totals)


def test_every_minute_is_a_meeting_or_a_check() -> None:
    run = begin(checks_per_1000_day=0.7, check_again_days=10)
    ledger = run.days(0, 70, 3.0)
    assert (ledger.sum(axis=1) == ledger[:, Work.EDUCATION]).all()
    assert run.noted("checked").sum() == pytest.approx(0.7 * 5 * 70, abs=1)
    meetings = 0.1 * 5 / 7 * 60 * 70
    assert ledger.sum() == pytest.approx(meetings + 12 * run.noted("checked").sum())
    assert run.noted("cost").sum() == 50 * run.noted("hardened").sum() > 0
    assert run.noted("penalties").sum() == 50 * run.noted("fined").sum()
    share = run.noted("hardened_share")[:70]
    assert share[63] == pytest.approx(run.noted("hardened")[:64].sum() / len(run.town.society.dwellings), rel=0.03)
    assert (share.reshape(10, 7) == share[::7, None]).all()  # all homes are counted once a week


def test_short_hours_hold_meetings_first_and_then_as_many_checks_as_fit() -> None:
    run = begin(checks_per_1000_day=10.0)
    ledger = run.days(0, 7, 0.5)
    meeting = 0.1 * 5 / 7 * 60
    fit = int((30 - meeting) / 12)
    assert ledger[:, Work.EDUCATION] == pytest.approx(np.full(7, meeting + 12 * fit))
    assert (run.noted("checked")[:7] == fit).all()


def test_talk_comes_once_a_week_in_proportion_to_the_meetings_that_were_held() -> None:
    """Numbers of talks are Poisson; `contacts` counts those of people who were not alike, which nearly all do."""
    tied = len(town().society.ties.other) / 2
    for hours, share in ((5.0, 1.0), (0.1 * 5 / 7 / 4, 0.25)):
        run = begin(contact_rate=0.02, checks_per_1000_day=0.0)
        run.days(0, 28, hours)
        contacts = run.noted("contacts")[:28]
        assert np.array_equal(np.flatnonzero(contacts), [6, 13, 20, 27])
        expected = 4 * 0.02 * tied * share
        assert abs(contacts.sum() - expected) < 4.4 * math.sqrt(expected) + 0.01 * expected


def test_talk_alone_adds_nothing_to_what_a_city_knows_and_who_comes_to_a_meeting_learns() -> None:
    for listeners in (0.0, 50.0):
        run = begin(contact_rate=0.02, checks_per_1000_day=0.0, listeners_per_hour=listeners)
        run.days(0, 70, 5.0)
        assert run.noted("contacts").sum() > 1000
        assert run.noted("listeners").sum() == pytest.approx(listeners * 0.1 * 5 * 10, abs=1)
        for measure in ("awareness", "fraud_awareness"):
            risen = run.noted(measure)[69] - run.noted(measure)[0]
            assert risen > 1e-3 if listeners else abs(risen) < 1e-6


def test_a_culture_grows_to_a_level_and_fades_without_hours() -> None:
    run = begin(contact_rate=0.02, checks_per_1000_day=0.0)
    base = {name: float(run.town.society.residents[name].mean()) for name in ("awareness", "fraud_awareness")}
    run.days(0, 728, 5.0)
    run.days(728, 1000, 0.0)
    for measure in ("awareness", "fraud_awareness"):
        level = run.noted(measure)
        start = level[0]
        rise = level[[180, 360, 720, 727, 990]] - start
        assert 0 < rise[0] < rise[1]
        taught = 0.5 * 0.3 * (1.0 - base[measure]) * run.noted("listeners")[:728].sum() / 728
        assert rise[3] == pytest.approx(taught * 120 / math.log(2) / 5000, rel=0.15)
        assert abs(rise[2] / rise[1] - 1) < 0.25, "it does not settle"
        assert rise[4] == pytest.approx((level[728] - start) * 0.5 ** ((990 - 728) / 120), rel=1e-3)


def test_homes_harden_at_their_chance_and_others_are_warned_and_then_fined() -> None:
    place = town()
    residents, dwellings = place.society.residents, place.society.dwellings
    awareness = np.where(np.arange(len(dwellings)) % 2 == 0, 0.1, 0.7)
    residents["awareness"] = residents["awareness_base"] = awareness[residents["dwelling"]]
    homes, trust = np.arange(len(dwellings)), residents["trust"].copy()
    for warned, incentive, otherwise in ((False, 0.3, WARNED), (True, 0.5, FINED)):
        dwellings["hardened_min"] = -np.inf
        counts = place.check(homes, warned=warned)
        assert counts[CHECKED] == len(homes) == counts[HARDENED] + counts[otherwise]
        assert counts[HARDENED] == place.hardened().sum()
        for kind, aware in enumerate((0.1, 0.7)):
            chance, n = 1 / (1 + math.exp(-(-2.0 + 3.0 * aware + incentive))), len(homes[kind::2])
            assert abs(place.hardened()[kind::2].sum() - n * chance) < 4.4 * math.sqrt(n * chance * (1 - chance))
        assert (place.feelings.total[Feeling.TRUST] < 0) == warned
    again = place.check(homes, day=6)
    assert again[SAFE_ALREADY] == counts[HARDENED]
    worn_day = math.log(2) * place.feelings.rule.hardening.decay_min / 1440 + 10
    assert place.check(homes, day=round(worn_day))[SAFE_ALREADY] == 0, "what is worn by half is objected to"
    assert residents["trust"].mean() < trust.mean()


def test_a_penalty_costs_the_trust_of_the_household_and_without_one_nobody_loses_any() -> None:
    never = RULE._replace(logit=-40.0)
    place = town()
    residents = place.society.residents
    before = residents["trust"].copy()
    home = 17
    assert place.check(np.array([home]), never)[FINED] == 1
    lost = np.flatnonzero(residents["trust"] != before)
    assert set(residents["dwelling"][lost]) == {home}
    assert len(lost) == place.society.dwellings["residents"][home]
    assert before[lost] - residents["trust"][lost] == pytest.approx(np.minimum(0.02, before[lost]), abs=1e-6)
    free = town()
    homes = np.arange(len(free.society.dwellings))
    assert free.check(homes, never._replace(fined=0.0))[FINED] == 0
    assert np.array_equal(free.society.residents["trust"], before)
    some = free.check(homes, never._replace(fined=0.1))[FINED]
    assert abs(some - 0.1 * len(homes)) < 4.4 * math.sqrt(0.09 * len(homes))


def test_a_home_is_checked_again_after_a_warning_and_else_not_for_years() -> None:
    homes = np.array([3, 1, 2, 0])
    turns, everywhere = Turns(homes, every_days=100, again_days=10), np.ones(len(homes), dtype=bool)
    assert turns.take(0, 3, everywhere).tolist() == [3, 1, 2]
    turns.warned[[1]] = True
    turns.see_again(np.array([3, 1, 2]))
    assert turns.take(5, 3, everywhere).tolist() == [0]
    assert turns.take(9, 3, everywhere).tolist() == []
    assert turns.take(10, 3, everywhere).tolist() == [1], "who was warned comes first"
    turns.see_again(np.array([], dtype=int))
    assert turns.take(99, 3, everywhere).tolist() == []
    assert turns.take(100, 3, everywhere).tolist() == [3]
    assert turns.take(110, 9, everywhere).tolist() == [1, 2, 0]


def test_few_households_are_fined_in_a_year() -> None:
    """Half of all households were, when each check ended in a lock or a fine."""
    run = begin()
    run.days(0, 1095, 20.0)
    homes = len(run.town.society.dwellings)
    assert 0.5 * homes < run.noted("checked").sum() < 0.75 * homes
    assert 0 < run.noted("fined").sum() / 3 < 0.02 * homes
    assert run.noted("warned").sum() > 10 * run.noted("fined").sum()


def test_what_is_hardened_counts_for_burglars_at_once_and_keeps_the_fading_boost() -> None:
    place = town()
    dwellings, cells, demand = place.society.dwellings, place.ground.cells, place.demand
    dwellings["burgled_min"][7] = 1440.0
    cell = dwellings["cell"][7]
    cells["boost"][cell], cells["boost_min"][cell] = 0.8, 1440.0
    counts = place.check(np.arange(len(dwellings)), RULE._replace(logit=40.0))
    assert counts[HARDENED] == len(dwellings)
    effect, shops = place.feelings.rule.hardening.effect, place.society.shops
    of_home, of_shop = openness(place.society, demand)
    homes = of_home * np.bincount(dwellings["cell"], dwellings["appeal"], minlength=len(cells))
    selling = of_shop * np.bincount(shops["cell"], shops["appeal"], minlength=len(cells))
    soft, total = homes * (1 - effect) + selling, homes + selling
    assert (selling[homes > 0] > 0).any()
    assert 1 - cells["hardness"][homes > 0] == pytest.approx((soft / np.maximum(total, 1e-12))[homes > 0], rel=1e-5)
    fade = math.exp(-4 * 1440.0 / demand.boost_min)
    assert cells["boost"][cell] == pytest.approx(0.8 * fade, rel=1e-5)
    own = of_home * dwellings["appeal"][7] * (1 - effect) * demand.dwelling_boost * fade / soft[cell]
    assert cells["own_boost"][cell] == pytest.approx(own, rel=1e-5)


def test_reward_penalty_and_awareness_make_more_homes_safe() -> None:
    def safe(**parameters: Any) -> float:
        run = begin(checks_per_1000_day=5.0, check_again_days=10, **parameters)
        run.days(0, 60, 10.0)
        return float(run.noted("hardened").sum())

    usual = safe(reward_yuan=0.0, penalty_yuan=0.0)
    assert usual < safe(reward_yuan=100.0, penalty_yuan=0.0) < safe(reward_yuan=100.0, penalty_yuan=100.0)
    assert usual < safe(reward_yuan=0.0, penalty_yuan=0.0, harden_awareness=5.0)


def test_in_a_city_both_programmes_get_their_hours_in_order() -> None:
    strategy = {"name": "reactive", "programmes": ["volunteers", "safety_culture"], "organisation": "neighbourhoods"}
    keen = {"volunteers": {"recruiting_hours_per_1000_week": 2.0, "joins_per_hour": 4.0}}
    model = CityModel(Scenario(city=TOWN, strategy=strategy, programmes=keen, days=35, warmup_days=0, seed=2))
    model.run()
    found = model.results().indicators
    assert found["safety_culture_contacts"] > 100
    assert found["safety_culture_checked"] > 10
    assert (
        0.2 * found["safety_culture_checked"]
        < found["officer_hours_education"]
        < 1.25 * (35 * 0.5 / 7 + 0.2 * found["safety_culture_checked"])
    )
    assert found["volunteers_joined"] > 0
