"""Inspections of venues: registers name those who are wanted, right or wrong, and fresh inspections keep order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from small_runs import MUCH_CRIME, audit, in_town

from sim.incident_types import IncidentType
from sim.model import CityModel
from sim.programmes.venue_inspections import Registers, VenueInspections, cells_of, keep_order, sign_in

ALARM = 1e-5  # chance that a right rule fails a claim on a seed that nobody has tried
DAY = 1440.0
PEOPLE = np.arange(20_000, dtype=np.int64)


def registers(
    visits: tuple[float, ...] = (0.2,), venues: tuple[int, ...] = (4,), since_days: Any = np.inf, **chances: float
) -> Registers:
    first = np.concatenate([[0], np.cumsum(venues)]).astype(np.int64)
    last_min = np.broadcast_to(30 * DAY - np.asarray(since_days, dtype=float) * DAY, sum(venues)).copy()
    found = Registers(first, np.array(visits), last_min, usual=0.4, inspected=0.9, half_life_min=10 * DAY)
    return found._replace(**chances)


def seen_on(day: int, given: Registers) -> tuple[Any, Any]:
    seen, there = np.zeros(len(PEOPLE), dtype=bool), np.zeros(len(PEOPLE))
    sign_in(1, day, PEOPLE, given, seen, there)
    return seen, there


@pytest.mark.parametrize(("since_days", "own_name"), [(np.inf, 0.4), (0.0, 0.9), (10.0, 0.65)])
def test_a_register_names_who_comes_under_his_own_name(since_days: float, own_name: float) -> None:
    """Binomial, false alarm 1e-5: visits times honesty, which halves its way back in ten days."""
    seen, there = seen_on(30, registers(since_days=since_days))
    assert stats.binomtest(int(seen.sum()), len(PEOPLE), 0.2 * own_name).pvalue > ALARM
    assert stats.kstest(there[seen], "uniform").pvalue > ALARM


def test_kinds_of_venues_add_up_and_those_without_a_register_name_nobody() -> None:
    """Binomial, false alarm 1e-5."""
    both = registers(visits=(0.2, 0.1, 0.0), venues=(3, 2, 9), since_days=0.0)
    seen, _ = seen_on(30, both)
    assert stats.binomtest(int(seen.sum()), len(PEOPLE), 1.0 - (1.0 - 0.18) * (1.0 - 0.09)).pvalue > ALARM
    assert not seen_on(30, registers(visits=(0.0,)))[0].any()
    assert not seen_on(30, registers(visits=(0.2,), venues=(0,)))[0].any()


def test_everybody_goes_to_one_venue_and_venues_share_them_evenly() -> None:
    """A χ² test, false alarm 1e-5: only one venue of four takes names at a time, and every day the same ones come."""
    by_venue = []
    for v in range(4):
        since = np.full(4, np.inf)
        since[v] = 0.0
        given = registers(visits=(1.0,), since_days=since, usual=0.0, inspected=1.0)
        first, second = (
            seen_on(day, given._replace(last_min=np.where(since == 0, day * DAY, -np.inf)))[0] for day in (30, 31)
        )
        assert np.array_equal(first, second)
        by_venue.append(first)
    assert (np.sum(by_venue, axis=0) == 1).all()
    assert stats.chisquare([one.sum() for one in by_venue]).pvalue > ALARM


def test_venues_stand_where_night_life_is() -> None:
    """A χ² test, false alarm 1e-5."""
    nightlife = np.array([0.0, 1.0, 0.0, 3.0])
    cells = cells_of(3, nightlife, np.array([0, 400, 900]))
    counts = np.bincount(cells, minlength=4)
    assert counts[[0, 2]].tolist() == [0, 0]
    assert stats.chisquare(counts[[1, 3]], 900 * np.array([0.25, 0.75])).pvalue > ALARM
    assert np.bincount(cells_of(3, np.zeros(4), np.array([0, 900])), minlength=4).min() > 0


def town(days: int = 90, **parameters: Any) -> CityModel:
    strategy = {"name": "reactive", "programmes": ["venue_inspections"], "organisation": "neighbourhoods"}
    kinds = {name: {"per_1000": 1.0, "visits_per_month": 20.0, "order": 0.0, "owners_yuan": 600.0}
             for name in ("hotels", "net_cafes")}  # fmt: skip
    kinds["entertainment"] = {"per_1000": 1.0, "visits_per_month": 0.0, "order": 0.4, "owners_yuan": 0.0}
    settings = {"hours_share": 0.5, **kinds, **parameters}
    model = CityModel(
        in_town(days=days, demand=MUCH_CRIME, strategy=strategy, programmes={"venue_inspections": settings}, seed=3)
    )
    model.run()
    return model


def test_order_is_the_mean_over_the_rowdy_venues_of_a_cell_and_ends_with_the_programme() -> None:
    model = town(days=20)
    (programme,) = model.programmes
    ground, today = model.world.ground, model.today(20)
    keep_order(ground, np.array([5, 5, 5, 8]), np.array([0.4, 0.4, 0.0, 0.2]), np.array([1.0, 0.5, 1.0, 0.25]))
    kept = ground.cells["kept_order"]
    assert kept[5] == pytest.approx(0.3)
    assert kept[8] == pytest.approx(0.05)
    assert np.count_nonzero(kept) == 2
    programme.end(today)
    assert not ground.cells["kept_order"].any()


def test_in_a_town_hits_cost_minutes_and_solve_cases_only_if_they_hold() -> None:
    solved = []
    for holds in (0.0, 1.0):
        model = town(holds=holds, still_there=1.0, most_of_detectives=0.5)
        (programme,) = model.programmes
        assert isinstance(programme, VenueInspections)
        diary = programme.diary
        results = model.results()
        audit(results)
        solved.append(float(diary["solved"].sum()))
        assert diary["inspections"].sum() > 20
        assert 0 < diary["brought_in"].sum() <= diary["hits"].sum()
        hours = results.indicators["officer_hours_case_work"]
        assert hours >= 2.0 * diary["brought_in"].sum()
        assert results.indicators["cost_others_venue_inspections"] == pytest.approx(20 * 600.0 / 365 * 90)
        assert results.indicators["cost_police_venue_inspections"] == pytest.approx(30 * 300.0 / 365 * 90)
    assert solved[0] == 0
    assert solved[1] > 3


def test_in_a_town_without_inspections_fewer_own_names_are_entered_and_nothing_is_kept_in_order() -> None:
    never, often = (town(days=60, hours_share=share) for share in (0.0, 1.0))
    names = [model.programmes[0].diary["own_names"][:60] for model in (never, often)]
    assert names[0] == pytest.approx(0.4)
    assert names[1][-10:].mean() > 0.75
    assert not never.world.ground.cells["kept_order"].any()
    assert often.world.ground.cells["kept_order"].max() == pytest.approx(0.4, rel=0.3)
    assert never.programmes[0].diary["inspections"].sum() == 0


def test_brawls_alone_are_kept_from_where_order_is() -> None:
    """Paired runs, one seed: strict order everywhere leaves other types to themselves, and next to no brawls."""
    counts = []
    for order in (0.0, 10.0):
        model = CityModel(in_town(days=30, demand=MUCH_CRIME, seed=3))
        model.world.ground.cells["kept_order"] = order
        model.run()
        crimes = model.world.logs.incidents[: model.world.logs.used[0]]
        counts.append(np.bincount(crimes["type"], minlength=10))
    brawls = [int(found[IncidentType.BRAWL]) for found in counts]
    assert brawls[0] > 40
    assert brawls[1] < 0.05 * brawls[0]
    assert counts[1][IncidentType.SHOPLIFTING] > 0.8 * counts[0][IncidentType.SHOPLIFTING]
