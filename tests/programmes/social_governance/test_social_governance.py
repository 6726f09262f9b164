"""The social governance network.

Its shape and ways, what it costs, how tips go with and without fusion, and whom messages reach.

Claims about a mean fail a right rule once in 10⁵ sets of seeds; seeds are fixed.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import pytest
from made_up_governance import DAY, MadeUpTown, bits, place
from scipy.stats import norm

from sim.incident_types import IncidentType
from sim.incidents.disputes.log import Finder
from sim.incidents.fraud.campaigns import NEXT, Stage, frauds_with_room
from sim.incidents.log import CALLS, CallState, Discoverer
from sim.people.ties import GROUP_DWELLINGS
from sim.police.cases.case_log import CaseState, log_odds
from sim.police.cases.coordination import (
    ANTI_FRAUD,
    COMMAND_CENTRE,
    DETECTIVES,
    HEADQUARTERS,
    CoordinationParameters,
    graph,
)
from sim.police.post_ledger import Work
from sim.programmes.base import Today
from sim.programmes.social_governance.messages import fresh_news
from sim.programmes.social_governance.networks import (
    NetworkParameters,
    Round,
    TellingLine,
    neighbourhoods,
    network,
    ways_to,
)
from sim.programmes.social_governance.programme import SocialGovernance

BOUND = float(norm.isf(1e-5 / 2))
SMALL = NetworkParameters(groups_per_grid=10, grids_per_community=4)
QUIET = {"tells_crime": 0.0, "tells_witness": 0.0, "tells_dispute": 0.0, "tells_fraud": 0.0}
NO_LOSS = {
    "groups_per_grid": 10, "grids_per_community": 4, "group_line": {"delay_h": 6.0, "loss": 0.0},
    "social_line": {"delay_h": 24.0, "loss": 0.0},
    "slow_line": {"delay_h": 72.0, "loss": 0.0}, "fused_line": {"delay_h": 2.0, "loss": 0.0},
}  # fmt: skip


def begun(town: MadeUpTown, organised: bool = True, **parameters: Any) -> SocialGovernance:
    """Return the programme at work in a town, with all grids organised and fused unless told otherwise."""
    programme = SocialGovernance(SocialGovernance.Parameters.model_validate({"network": SMALL, **parameters}))
    programme.begin(town.site())
    if organised:
        for round_ in (programme.organising, programme.liaison):
            round_.last_day[:] = 0.0
    return programme


def kept_up(programme: SocialGovernance, today: Today) -> None:
    """Run a day without having to pay for the upkeep of the network."""
    for round_ in (programme.organising, programme.liaison):
        round_.last_day[:] = today.day
    programme.day(today)


# The shape of the network


def test_every_group_is_in_one_grid_of_about_the_wanted_size_within_one_beat_and_the_homes_of_a_grid_lie_together() -> (
    None
):
    city, society = place()
    hoods = neighbourhoods(society.dwellings, city.grid, city.beats, SMALL)
    groups = (len(society.dwellings) + GROUP_DWELLINGS - 1) // GROUP_DWELLINGS
    assert sorted(hoods.groups.tolist()) == list(range(groups))
    assert hoods.start[0] == 0
    assert hoods.start[-1] == groups
    cell = society.dwellings["cell"][::GROUP_DWELLINGS]
    spread = []
    for g in range(len(hoods.district)):
        mine = hoods.groups[hoods.start[g] : hoods.start[g + 1]]
        assert (hoods.grid_of[mine] == g).all()
        assert 7 <= len(mine) <= 14
        assert len(set(city.beats.beat[cell[mine]].tolist())) == 1
        assert (city.beats.district[city.beats.beat[cell[mine]]] == hoods.district[g]).all()
        spread.append(np.hypot(np.ptp(city.grid.x_m[cell[mine]]), np.ptp(city.grid.y_m[cell[mine]])))
    assert len(hoods.district) == pytest.approx(groups / 10, abs=3)
    assert np.median(spread) < 1300  # the town is 2.8 km wide, and a strip of cells across it would be that long
    for community in np.unique(hoods.community):
        mine = hoods.community == community
        assert len(set(hoods.district[mine].tolist())) == 1
        assert 2 <= mine.sum() <= 6


@pytest.mark.parametrize("structure", ["silos", "joint_room", "joint_centre"])
def test_without_fusion_one_slow_edge_joins_the_two_sides_and_fusion_only_adds_edges(structure: Any) -> None:
    city, society = place()
    hoods = neighbourhoods(society.dwellings, city.grid, city.beats, SMALL)
    units = graph(CoordinationParameters(structure=structure), 2)
    apart, fused = (network(hoods, SMALL, units, fusion) for fusion in (False, True))

    def between(whole: nx.Graph) -> set[frozenset[str]]:
        return {frozenset(edge) for edge in whole.edges if len({whole.nodes[node]["side"] for node in edge}) == 2}

    assert between(apart) == {frozenset({"governance_centre", HEADQUARTERS})}
    hub = COMMAND_CENTRE if structure == "joint_centre" else HEADQUARTERS
    grids, communities = len(hoods.district), int(hoods.community.max()) + 1
    added = between(fused) - between(apart)
    assert len(between(fused)) == grids + communities + 1 + (hub != HEADQUARTERS)
    assert {frozenset({f"grid_{g}", f"station_{hoods.district[g]}"}) for g in range(grids)} <= added
    assert {frozenset({f"community_{k}", hub}) for k in range(communities)} <= added
    assert {frozenset(edge) for edge in apart.edges} <= {frozenset(edge) for edge in fused.edges}
    for unit in units:
        assert nx.has_path(apart, "grid_0", unit)


@pytest.mark.parametrize("fusion", [False, True])
@pytest.mark.parametrize("target", [DETECTIVES, ANTI_FRAUD, "station_1"])
def test_the_way_of_a_tip_is_the_one_of_the_smallest_mean_delay_cut_where_it_gets_to_the_police(
    fusion: bool, target: str
) -> None:
    city, society = place()
    hoods = neighbourhoods(society.dwellings, city.grid, city.beats, SMALL)
    whole = network(hoods, SMALL, graph(CoordinationParameters(), 2), fusion)
    found = ways_to(whole, [target] * len(hoods.district), SMALL)
    for g in range(len(hoods.district)):
        path = nx.dijkstra_path(whole, f"grid_{g}", target, weight="delay_h")
        delays = [whole.edges[edge]["delay_h"] for edge in pairwise(path)]
        kept = np.prod([1 - whole.edges[edge]["loss"] for edge in pairwise(path)])
        assert found.outside_h[g].sum() + found.inside_h[g].sum() == pytest.approx(6 + sum(delays))
        assert (1 - found.outside_loss[g]) * (1 - found.inside_loss[g]) == pytest.approx(0.9 * kept)
        at_police = [whole.nodes[node]["side"] == "police" for node in path].index(True)
        inside = delays[at_police:]
        assert found.inside_h[g].sum() == pytest.approx(sum(inside))


def test_the_station_of_a_fused_grid_is_one_step_away_and_otherwise_five() -> None:
    city, society = place()
    hoods = neighbourhoods(society.dwellings, city.grid, city.beats, SMALL)
    units = graph(CoordinationParameters(), 2)
    stations = [f"station_{d}" for d in hoods.district]
    apart, fused = (ways_to(network(hoods, SMALL, units, fusion), stations, SMALL) for fusion in (False, True))
    assert np.allclose(fused.outside_h.sum(axis=1), 6 + 2)
    assert np.allclose(fused.inside_h, 0)
    assert np.allclose(apart.outside_h.sum(axis=1), 6 + 24 + 24 + 72)
    assert np.allclose(apart.inside_h.sum(axis=1), 48)
    assert np.allclose(1 - apart.outside_loss, 0.9 * 0.85 * 0.85 * 0.7)


# What it costs


def test_a_round_visits_all_grids_in_turn_as_often_as_it_says_and_catches_up_by_at_most_one_round() -> None:
    every = np.ones(20, dtype=bool)
    round_ = Round(20, 10.0, 5.0)
    used = [round_.go(day, 100.0, every) for day in range(10)]
    assert used == [10.0] * 10
    assert round_.last_day.tolist() == [float(g // 2) for g in range(20)]
    assert round_.go(10, 4.9, every) == 0.0
    assert round_.go(11, 1000.0, every) == 20.0  # yesterday's two and today's
    for day in range(12, 100):
        assert round_.go(day, 0.0, every) == 0.0
    assert round_.go(100, 1000.0, every) == 100.0  # not ninety days' worth
    assert round_.kept(120).all()
    assert not round_.kept(121).any()


def test_without_hours_nobody_is_organised_nobody_tells_and_nothing_at_all_changes() -> None:
    town = MadeUpTown()
    programme = begun(town, organised=False, tells_crime=1.0, tells_witness=1.0, tells_dispute=1.0, tells_fraud=1.0)
    town.quarrel(100)
    town.commit(np.arange(200), 10.0)
    town.commit(np.arange(200), 20.0, IncidentType.BURGLARY, reported=True)
    town.crimes["recorded_time_min"][200:] = 30.0
    before = bits(town.society.residents, town.logs.incidents, town.logs.calls, town.disputes.rows, town.cases.rows)
    for day in range(40):
        programme.day(town.day(day, sworn_min=0.0))
        assert programme.fraud_tips == []
    assert (
        bits(town.society.residents, town.logs.incidents, town.logs.calls, town.disputes.rows, town.cases.rows)
        == before
    )
    assert all(not values.any() for values in programme.diary.values())
    assert not town.booked.any()


def test_every_minute_of_the_programme_is_booked_and_those_that_there_are_are_never_exceeded() -> None:
    town = MadeUpTown()
    programme = begun(town, organised=False, tells_crime=1.0, tells_dispute=0.1)
    rng = np.random.default_rng(1)
    for day in range(60):
        before, given = town.booked.sum(), float(rng.uniform(0, 60))
        programme.day(town.day(day, given, given, slow=1.25))
        assert town.booked.sum() - before <= 2 * given + 1e-9
        town.commit(rng.integers(0, 6000, 8), day * DAY + 5)
        if day == 10:
            town.quarrel(200)
    assert programme.diary["hours"].sum() * 60 * 1.25 == pytest.approx(town.booked.sum())
    assert (town.booked > 0).nonzero()[0].tolist() == [Work.ORGANISING, Work.LIAISON]
    assert programme.diary["tips_waiting"].max() > 0


def test_only_fusion_takes_liaison_and_a_grid_that_nobody_calls_falls_back_to_the_slow_way() -> None:
    town = MadeUpTown()
    for fusion in (False, True):
        programme = begun(town, organised=False, fusion=fusion, **QUIET)
        town.booked[:] = 0.0
        for day in range(35):
            programme.day(town.day(day))
        grids = len(programme.hoods.district)
        assert town.booked[Work.ORGANISING] == pytest.approx(35 * 30 * grids / 30, abs=30)
        assert town.booked[Work.LIAISON] == pytest.approx(5 * 10 * grids if fusion else 0.0, abs=10)
        assert programme.diary["grids_fused"][34] == (grids if fusion else 0)
    for day in range(35, 50):
        programme.day(town.day(day, sworn_min=0.0))
    assert programme.diary["grids_fused"][49] == 0
    assert programme.diary["grids_organised"][49] == grids


# What becomes of tips


def test_tips_wait_for_minutes_and_the_oldest_is_dealt_with_first() -> None:
    town = MadeUpTown()
    programme = begun(town, tells_crime=1.0, hear_days=1.0, network=NO_LOSS, trust_slope=0.0)
    town.commit(np.arange(0, 2000, 20), 100.0)
    for day in range(1, 15):
        kept_up(programme, town.day(day, sworn_min=4 * 15.0))
    tips = programme.tip_table()
    taken, entry = tips["taken_min"], tips["entry_min"]
    assert taken.count() == 4 * 14  # as many as there were minutes for; the first day had work, too
    assert programme.diary["tips_waiting"][14] == 100 - 4 * 14
    by_day = np.ma.filled(taken // DAY, 1e9)
    for day in range(1, 14):
        came = entry.data < day * DAY  # before the day: in the queue in its morning
        done, left = came & (by_day == day), came & (by_day > day)
        if done.any() and left.any():
            assert entry.data[done].max() <= entry.data[left].min()
    assert (taken - entry).compressed().min() >= 0
    hour = taken.compressed() % DAY / 60
    assert hour.min() >= 8
    assert hour.max() < 16


def test_fusion_brings_the_same_tips_to_the_right_unit_in_hours_instead_of_days() -> None:
    """Means against the sum of the means of the edges, in nights too.

    The wait for the office is left out by its own columns.
    """
    found: dict[bool, dict[str, Any]] = {}
    for fusion in (False, True):
        town = MadeUpTown()
        programme = begun(town, fusion=fusion, tells_crime=1.0, trust_slope=0.0, network=NO_LOSS)
        for day in range(1, 120):
            if day <= 10:
                town.commit(np.arange(300) * day, (day - 1) * DAY + 100.0)
            kept_up(programme, town.day(day))
        found[fusion] = programme.tip_table()
        assert (found[fusion]["state"] == "lost").mean() == (
            pytest.approx(0.3, abs=BOUND * np.sqrt(0.21 / 3000)) if not fusion else 0.0
        )
    apart, fused = found[False], found[True]
    assert np.array_equal(apart["subject_id"], fused["subject_id"])
    assert np.array_equal(apart["start_min"], fused["start_min"])
    edges = {True: ((6, 2), ()), False: ((6, 24, 24, 72), (48,))}
    for fusion, (outside, inside) in edges.items():
        tips = found[fusion]
        for hours, took in (
            (outside, tips["entry_min"] - tips["start_min"]),
            (inside, tips["unit_min"] - tips["taken_min"]),
        ):
            spread = np.sqrt(sum(h * h for h in hours)) / np.sqrt(took.count())
            assert took.mean() / 60 == pytest.approx(sum(hours), abs=BOUND * spread + 1e-9)
    whole = {fusion: (tips["unit_min"] - tips["start_min"]).mean() / 60 for fusion, tips in found.items()}
    assert whole[True] < 24 < 150 < whole[False]


def test_a_told_crime_is_taken_down_at_the_desk_on_the_day_on_which_the_tip_gets_there() -> None:
    town = MadeUpTown()
    programme = begun(town, tells_crime=1.0, trust_slope=0.0)
    town.commit(np.arange(500), 100.0)
    for day in range(1, 30):
        calls = int(town.logs.used[CALLS])
        kept_up(programme, town.day(day))
        received = town.logs.calls["received_min"][calls : town.logs.used[CALLS]]
        assert ((received >= day * DAY) & (received < (day + 1) * DAY)).all()
    tips = programme.tip_table()
    arrived = tips["state"] == "arrived"
    told = town.crimes["discovered_by"] == Discoverer.TIP
    assert set(np.flatnonzero(told).tolist()) == set(tips["subject_id"][arrived].tolist())
    assert (town.logs.calls["state"][: town.logs.used[CALLS]] == CallState.AT_DESK).all()
    assert programme.diary["crimes_told"].sum() == told.sum() > 350
    assert np.array_equal(town.crimes["call_id"] >= 0, told)


def test_a_tip_gives_the_open_case_of_a_crime_a_witness_if_it_has_none() -> None:
    town = MadeUpTown()
    programme = begun(town, tells_witness=1.0, trust_slope=0.0, network=NO_LOSS)
    town.commit(np.arange(300), 100.0, reported=True)
    cases = town.cases.rows[:300]
    cases["incident_id"], cases["state"], cases["witness"] = np.arange(300), CaseState.NEW, np.arange(300) % 3 == 0
    cases["state"][1::3], cases["closed_min"], cases["begun_min"] = CaseState.CLEARED, -1.0, -1.0
    cases["leads"] = 1.0
    town.cases.case_of[:200] = np.arange(1, 201)  # the other hundred have no case
    town.cases.used[0] = 200
    for day in range(1, 120):
        kept_up(programme, town.day(day))
    told = np.isin(np.arange(300), programme.tip_table()["subject_id"][programme.tip_table()["state"] == "arrived"])
    gained = cases["leads_min"] > 0.0
    weight = town.site().bureau.rule.witness_weight
    assert np.array_equal(gained, told & (np.arange(300) % 3 == 2) & (np.arange(300) < 200))
    assert gained.sum() > 20
    faded = 0.5 ** (cases["leads_min"][gained] / town.site().bureau.rule.half_life_min)
    assert np.allclose(cases["leads"][gained], faded + weight)
    assert cases["witness"][gained].all()
    assert programme.diary["leads_told"].sum() == gained.sum()


def test_a_filed_case_with_a_new_lead_is_reopened_and_the_lead_fades_from_when_it_was_found() -> None:
    """The case is from the first day; the tip takes some weeks, in which all earlier leads have faded."""
    town = MadeUpTown()
    programme = begun(town, tells_witness=1.0, trust_slope=0.0, hear_days=20.0, network=NO_LOSS)
    town.commit(np.arange(200), 100.0, reported=True)
    cases, rule = town.cases.rows[:200], town.site().bureau.rule
    cases["incident_id"], cases["type"], cases["state"] = np.arange(200), IncidentType.BURGLARY, CaseState.FILED
    cases["begun_min"], cases["closed_min"] = -1.0, DAY
    town.cases.case_of[:200] = np.arange(1, 201)
    town.cases.used[0] = 200
    for day in range(1, 60):
        kept_up(programme, town.day(day))
    reopened = cases["state"] == CaseState.WAITING
    assert programme.diary["cases_reopened"].sum() == programme.diary["leads_told"].sum() == reopened.sum() > 100
    assert (cases["closed_min"][reopened] == -1.0).all()
    assert (cases["leads_min"][reopened] > 10 * DAY).any()
    for c in np.flatnonzero(reopened).tolist():
        found = float(cases["leads_min"][c])
        assert log_odds(town.cases, c, found, 0, rule) == pytest.approx(
            rule.prior[IncidentType.BURGLARY] + rule.witness_weight, rel=1e-4
        )
        later = log_odds(town.cases, c, found + rule.half_life_min, 0, rule)
        assert later == pytest.approx(rule.prior[IncidentType.BURGLARY] + 0.5 * rule.witness_weight, rel=1e-4)


def test_a_dispute_in_the_group_gets_to_the_mediators_without_the_police_and_one_that_has_ended_does_not() -> None:
    town = MadeUpTown()
    programme = begun(town, tells_dispute=10.0, network=NO_LOSS)
    town.quarrel(200, tension=9.0)
    programme.day(town.day(1, sworn_min=0.0))
    assert (programme.tip_table()["kind"] == "dispute").sum() == 200
    town.disputes.rows["outcome"][:50] = 1
    programme.day(town.day(2, sworn_min=0.0))
    rows = town.disputes.rows[:200]
    found = rows["found_by"] == Finder.GRID
    assert not found[:50].any()
    assert found[50:].mean() > 0.5  # at most a day after it was told in six hours on average, by day
    assert (rows["found_min"][found] == 2 * DAY).all()
    assert rows["in_mediation"][found].all()
    assert not town.booked.any()


def test_a_persuasion_that_is_told_is_in_the_list_of_the_day_on_which_the_centre_hears_of_it() -> None:
    town = MadeUpTown()
    town.frauds = frauds_with_room(town.frauds, 300)
    rows = town.frauds.rows[:300]
    rows["victim_id"], rows["stage"], rows["told_min"], rows["next_min"], rows["ended_min"] = (
        np.arange(300),
        Stage.OPEN,
        -1.0,
        np.inf,
        -1.0,
    )
    town.frauds.used[NEXT] = 300
    programme = begun(town, tells_fraud=1.0, network=NO_LOSS)
    told: list[tuple[int, float]] = []
    for day in range(1, 200):
        kept_up(programme, town.day(day))
        town.frauds.rows["stage"][:300] = Stage.PAID  # from now on nobody tells anything
        assert all(day * DAY <= at < (day + 1) * DAY for _, at in programme.fraud_tips)
        assert [at for _, at in programme.fraud_tips] == sorted(at for _, at in programme.fraud_tips)
        told += programme.fraud_tips
    tips = programme.tip_table()
    arrived = tips["state"] == "arrived"
    assert sorted(told) == sorted(
        zip(tips["subject_id"][arrived].tolist(), tips["unit_min"][arrived].tolist(), strict=True)
    )
    assert len(told) > 100


# Messages


def test_a_recorded_burglary_warns_the_grid_around_and_a_recorded_fraud_that_of_its_victim_and_others_nobody() -> None:
    town = MadeUpTown()
    programme = begun(town, organising_min=0.0, liaison_min=0.0, **QUIET)
    of_grid = programme.hoods.grid_of[town.society.residents["dwelling"] // GROUP_DWELLINGS]
    victims = {IncidentType.BURGLARY: 10, IncidentType.FRAUD: 4000, IncidentType.VEHICLE_THEFT: 2500}
    for kind, who in victims.items():
        town.commit(np.array([who]), 100.0, kind, reported=True)
    town.commit(np.array([5500]), 100.0, IncidentType.BURGLARY)  # not in the books
    town.crimes["recorded_time_min"][:3] = 2 * DAY - 5.0
    kept_up(programme, town.day(1))
    assert programme.diary["messages"].sum() == 0
    kept_up(programme, town.day(2, sworn_min=5.0))
    assert (programme.diary["messages"][2], programme.diary["messages_unsent"][2]) == (1, 1)
    kept_up(programme, town.day(2))
    assert town.booked[Work.LIAISON] == 5.0 + 2 * 5.0
    people = town.society.residents
    home = people["home_cell"][10]
    by_cell = programme.hoods.grid_of[town.society.places.dwelling_start[home] // GROUP_DWELLINGS]
    for name, grid in (("awareness", by_cell), ("fraud_awareness", of_grid[4000])):
        warned = people[name] > people[f"{name}_base"]
        assert set(of_grid[warned].tolist()) == {grid}
        assert 0.1 < warned[of_grid == grid].mean() < 0.5
    groups = np.diff(programme.hoods.start)
    assert programme.diary["grid_worker_hours"][2] * 60 > groups[by_cell] + groups[of_grid[4000]]
    kept_up(programme, town.day(3))
    assert programme.diary["messages"].sum() == 3


@pytest.mark.parametrize(("tiring", "tires"), [(1.0, True), (1e6, False)])
def test_the_more_messages_a_grid_has_had_lately_the_fewer_read_the_next(tiring: float, tires: bool) -> None:
    """Eight days with a burglary each next door; who reads is drawn anew for each message of some 200 adults."""
    town = MadeUpTown()
    programme = begun(town, organising_min=0.0, liaison_min=0.0, tiring_messages=tiring, **QUIET)
    for day in range(1, 9):
        town.commit(np.array([10]), day * DAY - 100.0, IncidentType.BURGLARY, reported=True)
        town.crimes["recorded_time_min"][-1] = day * DAY - 5.0
        town.logs.calls["received_min"][0] = day * DAY - 100.0
        kept_up(programme, town.day(day))
    read = programme.diary["messages_read"][1:9]
    assert programme.diary["messages"][1:9].tolist() == [1.0] * 8
    assert read[0] > 50
    last = read[6:].mean() / read[0]
    assert 0.03 < last < 0.3 if tires else 0.6 < last < 1.5


def test_shops_that_find_at_the_same_opening_hour_that_they_were_burgled_are_told_to_readers_of_their_own() -> None:
    town = MadeUpTown()
    for call, received_min in enumerate((DAY + 541.0, DAY + 541.3)):
        town.commit(np.array([10]), DAY + 100.0, IncidentType.BURGLARY, reported=True)
        crime = town.crimes[-1:]
        crime["latest_min"], crime["recorded_time_min"], crime["call_id"] = DAY + 540.0, 2 * DAY - 5.0, call
        crime["recorded_type"] = IncidentType.BURGLARY
        town.logs.calls["received_min"][call] = received_min
    news = list(fresh_news(town.logs, town.society, 2 * DAY))
    assert len(news) == 2
    assert news[0].key_time != news[1].key_time


def test_parameters_out_of_bounds_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="loss"):
        TellingLine(delay_h=1, loss=1)
    with pytest.raises(ValueError, match="tells_crime"):
        SocialGovernance.Parameters(tells_crime=1.5)
    assert (
        SocialGovernance.Parameters.model_validate({"network": {"groups_per_grid": 5}}).network.grids_per_community
        == 10
    )
