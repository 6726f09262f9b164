"""Community visits.

Minutes are conserved, need comes first, officers stay in their district, and no visit shifts another.
"""

from __future__ import annotations

import numpy as np
import pytest
from made_up_days import DISTRICTS, Days, town
from scipy import stats

from sim.incident_types import IncidentType
from sim.incidents.disputes.log import Finder
from sim.people.ties import GROUP_DWELLINGS
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.visits.need import NEVER, first_in_line
from sim.programmes.visits.programme import Visits
from sim.scenario import Scenario

UNHEARD = Scenario.model_validate({"people": {"feelings": {"encounters_told": 0.0}}})  # nobody tells of a visit

CHANCE = 0.001  # that a statistical test fails although the rule is right; seeds are fixed


def visits(**parameters: float) -> Visits:
    return Visits(Visits.Parameters(**{"hours_share": 1.0, **parameters}))


def test_without_hours_or_officers_on_duty_nobody_is_visited() -> None:
    for days in (Days(visits(), community_min=0.0), Days(visits(hours_share=0.0)), Days(visits(), on_duty=(0, 0))):
        days.pass_by(5)
        assert days.total("made") == 0
        assert days.spent(Work.VISITS) == 0
        assert np.array_equal(days.society.residents, days.before)
        assert not days.ground.cells["data_gain"].any()


@pytest.mark.parametrize("slow", [1.0, 1.25])
def test_every_minute_goes_into_a_visit_that_is_made_or_begun(slow: float) -> None:
    days = Days(visits(hours_share=0.5), community_min=333.0, slow=slow).pass_by(30)
    spent = days.spent(Work.VISITS)
    assert spent == pytest.approx(30 * 333.0 / 2)
    begun = spent / slow - 25.0 * days.total("made")
    assert 0 <= begun < 25.0 * DISTRICTS
    assert days.hours[Post.COMMUNITY].left_min == pytest.approx(333.0 / 2)


def test_officers_stay_in_their_district() -> None:
    days = Days(visits(), on_duty=(3, 0)).pass_by(20)
    plan, homes = town().beats, days.society.dwellings
    visited = np.flatnonzero(days.programme.last_visit_day > NEVER)  # type: ignore[attr-defined]
    assert len(visited) > 100
    assert set(plan.district[plan.beat[homes["cell"][visited]]]) == {0}


def test_households_take_turns_and_those_without_adults_are_left_out() -> None:
    days = Days(visits(), community_min=25.0 * 300).pass_by(12)
    tried, met = days.programme.last_try_day, days.programme.last_visit_day  # type: ignore[attr-defined]
    people = days.society.residents
    grown_up = np.bincount(people["dwelling"], weights=people["age"] >= 18, minlength=len(tried)) > 0
    for homes in days.programme._homes:  # type: ignore[attr-defined]
        assert grown_up[homes].all()
        assert tried[homes].min() >= 12 - np.ceil(len(homes) / 150), "nobody is forgotten for longer than a round"
    assert tried[~grown_up].max(initial=NEVER) == NEVER
    assert 0.85 < (met[grown_up] > NEVER).mean() <= 1
    assert (met <= tried).all()


def test_a_household_in_need_where_nobody_opened_is_tried_again_after_some_days() -> None:
    days = Days(visits(retry_days=3), community_min=0.0)
    home = int(days.programme._homes[0][7])  # type: ignore[attr-defined]
    days.burgle(int(days.society.dwellings["first_resident"][home]), 0.0)
    days.programme.last_try_day[home] = 5  # type: ignore[attr-defined]
    need = []
    for day in range(5, 10):
        days.day = day
        need.append(int(days.programme._need(days.today())[home]))  # type: ignore[attr-defined]
    assert need == [0, 0, 0, 3, 3]


def test_the_burgled_come_first_then_known_disputes_then_the_neighbours_of_the_burgled() -> None:
    """Households at the end of the list: each kind of need alone moves them to its head.

    The unrecorded and the unknown stay at the end.
    """
    days = Days(visits(visit_min=20.0), on_duty=(1, 0), community_min=20.0 * 12)
    society, plan = days.society, town().beats
    of_district = np.flatnonzero(
        (plan.district[plan.beat[society.dwellings["cell"]]] == 0) & (society.dwellings["residents"] > 0)
    )
    last = of_district[of_district % GROUP_DWELLINGS == 5][-6:]
    burgled, quarrelling, unrecorded, long_ago, unknown, robbed = (int(home) for home in last)
    first = society.dwellings["first_resident"]
    days.day = 20
    days.burgle(int(first[burgled]), 19.9 * 1440)
    days.burgle(int(first[unrecorded]), -1.0)
    days.burgle(int(first[long_ago]), 3.0 * 1440)
    days.burgle(int(first[robbed]), 19.9 * 1440, IncidentType.ROBBERY)
    days.quarrel(int(first[quarrelling]), 0, Finder.GRID, 20 * 1440.0)
    days.quarrel(int(first[unknown]), 1)
    need = days.programme._need(days.today())  # type: ignore[attr-defined]
    group = burgled // GROUP_DWELLINGS * GROUP_DWELLINGS
    party_two = society.residents["dwelling"][0]
    expected = np.zeros(len(need), dtype=np.int8)
    expected[group : group + GROUP_DWELLINGS] = 1
    expected[[quarrelling, party_two]] = 2
    expected[burgled] = 3
    assert np.array_equal(need, expected)
    chosen = days.programme._chosen(of_district, need, 4)  # type: ignore[attr-defined]
    rank = [int(need[home]) for home in chosen]
    assert rank == sorted(rank, reverse=True)
    assert chosen[0] == burgled
    days.programme.last_visit_day[[burgled, quarrelling]] = 20  # type: ignore[attr-defined]
    again = days.programme._need(days.today())  # type: ignore[attr-defined]
    assert again[burgled] == again[quarrelling] == 0, "a visit meets the need"


def test_the_first_in_line_are_those_of_a_stable_sort_of_all() -> None:
    rng = np.random.default_rng(4)
    for wanted in (0, 1, 7, 40, 200):
        homes = np.flatnonzero(rng.random(400) < 0.5)
        need, tried = rng.integers(0, 4, 400).astype(np.int8), rng.integers(-1, 30, 400)
        chosen, places = np.empty((2, min(wanted, len(homes))), dtype=np.int64)
        first_in_line(homes, need, tried, chosen, places)
        order = np.lexsort((homes, tried[homes], -need[homes].astype(int)))
        assert chosen.tolist() == homes[order][:wanted].tolist()


def test_a_visit_moves_those_who_are_at_home_and_nobody_else() -> None:
    days = Days(
        visits(trust=0.05, safety=0.02, awareness=0.1, fraud_awareness=0.1), community_min=25.0 * 40, scenario=UNHEARD
    )
    days.pass_by(1)
    society, programme = days.society, days.programme
    met = np.flatnonzero(programme.last_visit_day == 0)  # type: ignore[attr-defined]
    assert 0 < len(met) == days.total("met") < days.total("made") == 40
    moved = days.moved("trust")
    assert set(society.residents["dwelling"][moved]) == set(met)
    assert (society.residents["age"][moved] >= 18).all()
    now, before = society.residents[moved], days.before[moved]
    assert now["trust"] == pytest.approx(np.minimum(before["trust"] + 0.05, 1.0), abs=1e-6)
    assert now["perceived_safety"] == pytest.approx(np.minimum(before["perceived_safety"] + 0.02, 1.0), abs=1e-6)
    assert now["awareness"] == pytest.approx(before["awareness"] + 0.1 * (1 - before["awareness"]), abs=1e-6)
    assert now["fraud_awareness"] == pytest.approx(
        before["fraud_awareness"] + 0.1 * (1 - before["fraud_awareness"]), abs=1e-6
    )
    assert days.feelings.total[0] == pytest.approx((now["trust"] - before["trust"]).sum(), abs=1e-4), (
        "the totals of the city know of it"
    )


def test_ties_of_those_who_were_visited_hear_of_it_and_trust_more_too_but_learn_nothing() -> None:
    met, heard = (
        Days(visits(trust=0.01, safety=0.0), community_min=25.0 * 40, scenario=one).pass_by(1)
        for one in (UNHEARD, Scenario())
    )
    told = np.setdiff1d(heard.moved("trust"), met.moved("trust"))
    assert len(told) > len(met.moved("trust"))
    rise = (heard.society.residents["trust"] - heard.before["trust"])[told]
    assert 0 < rise.mean() < 0.01
    assert np.array_equal(heard.moved("awareness"), met.moved("awareness"))


def test_people_are_at_home_as_often_as_their_routine_says() -> None:
    """Adults of 400 visits against the mean over the hours of work, a bound that fails by chance once in 1,000."""
    days = Days(visits(trust=1e-3), community_min=25.0 * 800, scenario=UNHEARD).pass_by(1)
    residents, places = days.society.residents, days.society.places
    made = np.concatenate([homes[:400] for homes in days.programme._homes])  # type: ignore[attr-defined]
    adults = np.flatnonzero(
        np.isin(residents["dwelling"], made) & (residents["age"] >= 18) & (days.before["trust"] < 0.99)
    )
    chance = places.routine.home[residents["routine"][adults], 8:16].mean(axis=1)
    found = np.isin(adults, days.moved("trust")).astype(float)
    by_home = np.bincount(
        np.unique(residents["dwelling"][adults], return_inverse=True)[1], weights=found - chance
    )  # members share the hour
    assert len(by_home) > 600
    assert abs(by_home.mean()) < stats.norm.isf(CHANCE / 2) * by_home.std() / np.sqrt(len(by_home))


def test_to_visit_one_household_more_shifts_nothing_at_the_others() -> None:
    fewer, more = (
        Days(visits(), on_duty=(1, 0), community_min=25.0 * n, scenario=UNHEARD).pass_by(1) for n in (20, 35)
    )
    visited = fewer.programme.last_visit_day == 0, more.programme.last_visit_day == 0  # type: ignore[attr-defined]
    assert (visited[1] >= visited[0]).all()
    assert visited[1].sum() > visited[0].sum()
    same = np.isin(fewer.society.residents["dwelling"], np.flatnonzero(visited[0] | ~visited[1]))
    assert np.array_equal(fewer.society.residents[same], more.society.residents[same])


def test_disputes_are_found_in_households_that_were_met_and_as_often_as_the_rule_says() -> None:
    """A binomial test that fails by chance once in 1,000."""
    days = Days(visits(dispute_found=0.4), community_min=25.0 * 600)
    homes = days.society.dwellings
    firsts = homes["first_resident"][homes["residents"] > 0]
    days.disputes = days.disputes._replace(
        **{
            name: np.zeros(len(firsts), dtype=getattr(days.disputes, name).dtype)
            for name in ("rows", "open", "planned")
        }
    )
    rows = [days.quarrel(int(first), int(first)) for first in firsts[:-1]]
    before = days.quarrel(int(firsts[-1]), int(firsts[-1]), Finder.POLICE)
    days.pass_by(1)
    met = days.programme.last_visit_day == 0  # type: ignore[attr-defined]
    found = days.disputes.rows["found_by"][rows]
    visited = met[days.society.residents["dwelling"][days.disputes.rows["party_id"][rows]]]
    assert set(found[~visited]) == {Finder.NOBODY}
    assert set(found[visited]) == {Finder.NOBODY, Finder.VISIT}
    n = int((found == Finder.VISIT).sum())
    assert stats.binomtest(n, int(visited.sum()), 0.4).pvalue > CHANCE
    assert n == days.total("disputes_found") == days.disputes.rows["in_mediation"].sum()
    assert (days.disputes.rows["ready_day"][rows][found == Finder.VISIT] == 3).all()
    assert days.disputes.rows["found_by"][before] == Finder.POLICE


def test_a_visit_freshens_the_base_data_of_its_cell() -> None:
    days = Days(visits(), community_min=25.0 * 40).pass_by(1)
    homes = days.society.dwellings
    met = np.bincount(homes["cell"][days.programme.last_visit_day == 0], minlength=len(days.ground.cells))  # type: ignore[attr-defined]
    there = np.bincount(homes["cell"], minlength=len(met))
    expected = 1.0 - (1.0 - 1.0 / np.maximum(there, 1)) ** met
    assert days.ground.cells["data_gain"] == pytest.approx(np.where(there > 0, expected, 0.0), abs=1e-5)


def test_disputes_get_the_notice_that_the_mediators_of_the_scenario_ask_for() -> None:
    for notice in (1, 9):
        scenario = Scenario.model_validate({"demand": {"disputes": {"mediation": {"notice_days": notice}}}})
        days = Days(visits(dispute_found=1.0), community_min=1e6, scenario=scenario)
        homes = days.society.dwellings["first_resident"]
        d = days.quarrel(int(homes[5]), int(homes[6]))
        while not days.disputes.rows["in_mediation"][d]:
            days.pass_by()
        assert days.disputes.rows["ready_day"][d] == days.day - 1 + notice
