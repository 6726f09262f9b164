"""Careers: offenders desist and others begin, some offend together, and associates learn from each other's arrests."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats
from small_runs import NO_OTHER_CALLS, in_county, in_town

from sim.arrays import Array
from sim.incident_types import PLACE_CRIMES
from sim.incidents.log import INCIDENTS
from sim.model import CityModel
from sim.people.beliefs import believed_risk
from sim.people.groups import ASSOCIATES
from sim.people.offenders import OLDEST, YOUNGEST, Offender

ALARM = 1e-5
DAYS = 182
NO_CHILDREN = {
    "school_violence": {"pairs_per_1000_pupils": 0.0},
    "disputes": {"per_1000_year": 0.0},
    "fraud": {"contacts_per_resident_month": 0.0},
}
RATES = {kind: {"rate_per_1000": 40.0} for kind in ("pickpocketing", "shoplifting", "vehicle_theft", "brawl")}


@cache
def half_year(career_years: float) -> CityModel:
    people = {
        "offenders": {"career_years": career_years, "desist_at_arrest": 0.0, "searches_per_day": 2.0},
        "search": {"try_again": 0.0},  # nobody searches the sooner for what others made him believe
    }
    model = CityModel(in_county(days=DAYS, warmup_days=0, people=people, demand={**NO_CHILDREN, **RATES}))
    model.at_first = model.world.offenders.copy()
    model.run()
    return model


def crimes_of(model: CityModel) -> Array:
    return model.world.logs.incidents[: model.world.logs.used[INCIDENTS]]


def test_who_desists_is_replaced_so_that_offenders_keep_their_number_and_change_who_they_are() -> None:
    """Whoever has desisted is replaced at the next moment of search of the row.

    Who searches often has gone through one within two months.
    """
    model = half_year(0.5)
    offenders, first = model.world.offenders, model.at_first
    assert len(offenders) == len(first) == round(0.007 * model.city.residents)
    new = offenders["generation"] > 0
    assert np.array_equal(new, offenders["resident_id"] != first["resident_id"])
    assert (first["desist_min"][new] < model.now_min).all()
    assert np.array_equal(offenders["desist_min"][~new], first["desist_min"][~new])
    long_gone = first["desist_min"] < model.now_min - 60 * 1440
    certain = long_gone & (first["rate_per_min"] * 60 * 1440 > 15)  # no moment of search in so long: e⁻¹⁵ each
    assert certain.sum() > 50
    assert new[certain].all()


@pytest.mark.parametrize("career_years", [0.5, 1000.0])
def test_careers_are_exponential_with_the_stated_mean_from_any_moment_on(career_years: float) -> None:
    """A Kolmogorov–Smirnov test, false alarm 1e-5."""
    years = half_year(career_years).at_first["desist_min"] / (365 * 1440)
    assert stats.kstest(years, stats.expon(scale=career_years).cdf).pvalue > ALARM


def test_new_offenders_are_of_the_age_live_where_they_live_and_begin_without_a_past() -> None:
    model = half_year(0.5)
    offenders, residents = model.world.offenders, model.world.society.residents
    new = offenders[offenders["generation"] > 0]
    people = residents[new["resident_id"]]
    assert len(new) > 100
    assert people["age"].min() >= YOUNGEST
    assert people["age"].max() <= OLDEST
    for node, cell in enumerate(("home_cell", "work_cell", "leisure_cell")):
        assert np.array_equal(new["node_cell"][:, node], people[cell])
    assert (new["desist_min"] > model.now_min - 60 * 1440).mean() > 0.9
    crimes = crimes_of(model)
    assert {int(who) for who in new["resident_id"]} & {int(who) for who in crimes["culprit_id"]}, (
        "nobody of the new has done anything"
    )


def test_crimes_name_the_resident_who_offended_then_not_the_one_who_holds_the_row_now() -> None:
    model = half_year(0.5)
    crimes, offenders = crimes_of(model), model.world.offenders
    of_row = {row: set(crimes["culprit_id"][crimes["offender_id"] == row].tolist()) for row in range(len(offenders))}
    assert max(len(who) for who in of_row.values()) > 1, "no row of offenders has had two residents who offended"
    first_done = np.array(
        [crimes["culprit_id"][crimes["offender_id"] == row][0] if who else -1 for row, who in of_row.items()]
    )
    unchanged = (offenders["generation"] == 0) & (first_done >= 0)
    assert np.array_equal(first_done[unchanged], offenders["resident_id"][unchanged])


def test_short_careers_spread_crime_over_more_people_and_leave_its_amount_alone() -> None:
    """Whoever begins has the same propensity.

    Counts of crimes by few offenders spread widely: a fifth is three standard errors.
    """
    short, long = half_year(0.5), half_year(1000.0)
    assert (long.world.offenders["generation"] == 0).all()
    assert len(np.unique(crimes_of(short)["culprit_id"])) > 1.15 * len(np.unique(crimes_of(long)["culprit_id"]))
    assert len(crimes_of(short)) == pytest.approx(len(crimes_of(long)), rel=0.2)


def test_careers_that_end_do_not_make_others_draw_other_numbers() -> None:
    """A row whose offender never ended a career does the same until police or a burglary first make a difference."""
    short, long = half_year(0.5), half_year(1000.0)
    stayed = short.world.offenders["generation"] == 0
    alike = short.world.offenders["searches"][stayed] == long.world.offenders["searches"][stayed]
    assert stayed.sum() > 100
    assert alike.all()


def test_the_gaps_between_searches_of_an_offender_are_drawn_anew_each_time() -> None:
    """Of offenders who have searched once.

    The gap before it and the gap after it are two draws, never one drawn twice.
    """
    model = CityModel(in_town(days=10, people={"offenders": {"share": 0.05}}))
    before = model.world.offenders["next_search_min"].copy()
    model.run()
    once = model.world.offenders["searches"] == 1
    gap = model.world.offenders["next_search_min"][once] - before[once]
    assert once.sum() > 20
    assert not np.isclose(gap, before[once], rtol=1e-9).any(), "the second gap is the first one over again"


@cache
def together(co_offending: float) -> CityModel:
    people = {
        "offenders": {
            "co_offending": co_offending,
            "career_years": 1000.0,
            "desist_at_arrest": 0.0,
            "searches_per_day": 2.0,
        }
    }
    often = {
        kind.name.lower(): {"custody_days": 0.0, "witness_probability": 0.5, "arrest_probability": 1.0}
        for kind in PLACE_CRIMES
    }
    often = {name: {**certain, **RATES.get(name, {})} for name, certain in often.items()}
    on_scene_only = {"worth_working": 1.0}  # detectives may miss who joined in
    model = CityModel(
        in_county(days=DAYS, warmup_days=0, people=people, demand={**NO_CHILDREN, **often}, investigation=on_scene_only)
    )
    model.run()
    return model


@pytest.mark.parametrize("chance", [0.0, 0.15, 1.0])
def test_an_associate_joins_in_the_stated_share_of_offences(chance: float) -> None:
    """Binomial, false alarm 1e-5; custody takes no time here, so that nobody is kept from joining.

    Crimes against an associate or the home of one are left out: nobody joins in what is done to himself.
    """
    model = together(chance)
    crimes, offenders, residents = crimes_of(model), model.world.offenders, model.world.society.residents
    crimes = crimes[crimes["offender_id"] >= 0]
    known = offenders["resident_id"][offenders["associate"][crimes["offender_id"]]]
    at_home = residents["dwelling"][known] == residents["dwelling"][crimes["victim_id"]][:, None]
    crimes = crimes[(crimes["victim_id"] < 0) | ~at_home.any(axis=1)]
    joined = np.count_nonzero(crimes["co_offender_id"] >= 0)
    assert len(crimes) > 2000
    assert abs(joined - chance * len(crimes)) <= stats.norm.isf(ALARM / 2) * np.sqrt(
        chance * (1 - chance) * len(crimes)
    )


def test_co_offenders_are_associates_who_live_near() -> None:
    model = together(0.15)
    offenders, grid, crimes = model.world.offenders, model.city.grid, crimes_of(model)
    crimes = crimes[crimes["co_offender_id"] >= 0]
    one, other = crimes["offender_id"], crimes["co_offender_id"]
    assert (offenders["associate"][one] == other[:, None]).any(axis=1).all()
    assert (one != other).all()
    assert np.array_equal(crimes["culprit_id"], offenders["resident_id"][one])
    assert np.array_equal(crimes["co_culprit_id"], offenders["resident_id"][other])
    home = offenders["node_cell"][:, 0]

    def apart_m(a: Array, b: Array) -> Array:
        distance: Array = np.hypot(grid.x_m[home[a]] - grid.x_m[home[b]], grid.y_m[home[a]] - grid.y_m[home[b]])
        return distance

    anybody = np.random.default_rng(1).integers(0, len(offenders), (2, 10_000))
    assert apart_m(one, other).mean() < 0.2 * apart_m(*anybody).mean()


def test_associates_of_an_offender_are_the_nearest_others_and_never_oneself() -> None:
    model = together(0.15)
    offenders, grid = model.world.offenders, model.city.grid
    places = np.column_stack([grid.x_m[offenders["node_cell"][:, 0]], grid.y_m[offenders["node_cell"][:, 0]]])
    for i in range(len(offenders)):
        mine = offenders["associate"][i]
        assert len({*mine.tolist(), i}) == ASSOCIATES + 1
        distance = np.hypot(*(places - places[i]).T)
        assert distance[mine].max() <= np.sort(np.delete(distance, i))[ASSOCIATES - 1] + 1e-9


def test_a_town_with_one_or_two_offenders_has_no_associate_of_the_third() -> None:
    for offenders in (1, 2):
        seldom = {kind.name.lower(): {"rate_per_1000": 0.5} for kind in PLACE_CRIMES}
        few = {"share": offenders / 10_000, "co_offending": 1.0, "searches_per_day": 5.0, "propensity_shape": 20.0}
        model = CityModel(in_town(days=200, people={"offenders": few}, demand={**NO_CHILDREN, **seldom}))
        assert len(model.agents_by_type[Offender]) == offenders
        known = model.world.offenders["associate"]
        assert (np.sort(known, axis=1)[:, : ASSOCIATES - offenders + 1] == -1).all()
        model.run()
        crimes = crimes_of(model)
        assert len(crimes) > 0
        assert offenders > 1 or (crimes["co_offender_id"] == -1).all()


def test_arrests_of_co_offenders_are_counted_for_both() -> None:
    model = together(0.15)
    offenders, crimes = model.world.offenders, crimes_of(model)
    cleared = crimes[crimes["cleared"]]
    assert (cleared["co_offender_id"] >= 0).sum() > 50
    taken = np.concatenate([cleared["offender_id"], cleared["co_offender_id"][cleared["co_offender_id"] >= 0]])
    assert np.array_equal(np.bincount(taken, minlength=len(offenders)), offenders["arrests"])


def test_offenders_know_of_their_own_crimes_and_of_those_of_whom_they_are_an_associate_and_of_no_others() -> None:
    """Of arrests likewise; who knows of nothing believes what he believed before anything happened."""
    people = {"offenders": {"career_years": 1000.0, "desist_at_arrest": 0.0, "seen_police": 0.0, "co_offending": 0.0}}
    often = {name: {"rate_per_1000": 10.0, "witness_probability": 0.9, "arrest_probability": 1.0} for name in RATES}
    model = CityModel(in_town(days=60, people=people, demand={**NO_CHILDREN, **often}, force={"patrol_units": 6}))
    model.run()
    offenders, belief = model.world.offenders, model.world.rules.belief
    for known, done in (("crimes_known", "offences"), ("arrests_known", "arrests")):
        of_somebody = offenders[done] > 0
        for i in np.flatnonzero(offenders[done] > 0):
            of_somebody[offenders["associate"][i]] = True
        assert 0 < of_somebody.sum() < len(offenders)
        assert np.array_equal((offenders[known] > 0).any(axis=1), of_somebody)
    for i in np.flatnonzero((offenders["crimes_known"] == 0).all(axis=1)):
        at_home = int(offenders["node_cell"][i, 0])
        believed = believed_risk(offenders, i, at_home, model.now_min, model.city.grid.n_cols, belief)
        assert believed == pytest.approx(float(offenders["prior"][i]), rel=1e-5)


def test_who_takes_the_place_of_who_desisted_searches_as_often_and_for_the_same_but_expects_something_else() -> None:
    model = half_year(0.5)
    offenders, first = model.world.offenders, model.at_first
    new = offenders["generation"] > 0
    assert new.sum() > 100
    assert np.array_equal(offenders["rate_per_min"], first["rate_per_min"])
    assert np.array_equal(offenders["preference"], first["preference"])
    assert (offenders["prior"][new] != first["prior"][new]).all()
    assert np.array_equal(offenders["prior"][~new], first["prior"][~new])


def test_in_twenty_years_of_arrests_that_end_careers_crime_does_not_drift() -> None:
    """The slope of crimes by year after the first is within 1.2 % of their mean.

    Some 4 standard errors: a row that changes hands offends elsewhere for years, so that years are not independent.
    Arrests fall on those who offend most, and end three careers in ten, so that the rows of the busiest change hands
    several times; were who begins an offender like any other, fewer and fewer would be busy.
    """
    people = {
        "offenders": {"share": 0.04, "career_years": 20.0, "desist_at_arrest": 0.3},
        "search": {"foraging_weight": 0.0},
    }
    often = {name: {**rate, "witness_probability": 0.5, "arrest_probability": 0.5} for name, rate in RATES.items()}
    quiet = {"victim_awareness_gain": 0.0, "harden_probability": 0.0}
    model = CityModel(
        in_town(days=20 * 365, people={**people, "feelings": quiet}, demand={**NO_CHILDREN, **NO_OTHER_CALLS, **often})
    )
    rates = model.world.offenders["rate_per_min"].copy()
    model.run()
    offenders, crimes = model.world.offenders, crimes_of(model)
    crimes = crimes[crimes["offender_id"] >= 0]
    busy = rates > np.quantile(rates, 0.8)
    assert np.array_equal(offenders["rate_per_min"], rates)
    assert offenders["generation"][busy].mean() > 2
    by_year = np.bincount((crimes["time_min"] // (365 * 1440)).astype(int), minlength=20)[1:20]
    slope = np.polyfit(np.arange(19), by_year / by_year.mean(), 1)[0]
    print(f"crimes by year {by_year.tolist()}, slope {slope:.4f} a year")
    assert abs(slope) < 0.012
