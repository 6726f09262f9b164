"""A made-up city is drawn in metres: it is the same place with the same people, however finely it is looked at."""

from __future__ import annotations

from typing import NamedTuple

import networkx as nx
import numpy as np
import pytest

from sim.arrays import Array
from sim.city.build import build_city
from sim.city.city import City, CityParameters
from sim.city.grid import Grid
from sim.incident_types import PLACE_CRIMES, TYPE_NAMES, IncidentType
from sim.incidents.demand import DemandParameters
from sim.incidents.opportunity import OpportunityParameters, opportunity
from sim.people.residents import ResidentParameters, Society, settle

SIDES_M = (50.0, 100.0, 150.0, 200.0)
BLOCK_M = 600.0  # a whole number of each
CITIES = range(1, 9)
BURGLARY = DemandParameters().burglary


class Town(NamedTuple):
    city: City
    people: Society


def town(cell_m: float, seed: int = 1) -> Town:
    city = build_city(CityParameters(residents=30_000, area_km2=16, beats=6, districts=2, cell_m=cell_m, seed=seed))
    return Town(city, settle(city, ResidentParameters(), seed))


@pytest.fixture(scope="module")
def towns() -> list[Town]:
    return [town(cell_m) for cell_m in SIDES_M]


def blocks(values: Array, grid: Grid) -> Array:
    """Return the totals of whole blocks of the city, row by row."""
    side = int(BLOCK_M / grid.cell_m)
    n = int(4000 // BLOCK_M)
    square = np.asarray(values, dtype=float).reshape(grid.n_rows, grid.n_cols)[: n * side, : n * side]
    out: Array = square.reshape(n, side, n, side).sum(axis=(1, 3)).ravel()
    return out


def count(column: Array, grid: Grid) -> Array:
    return np.bincount(column, minlength=grid.n_cells)


def test_every_use_of_land_is_as_large_in_every_block_whatever_the_cells(towns: list[Town]) -> None:
    for use in towns[0].city.land._fields:
        finest, *others = (blocks(getattr(city.land, use), city.grid) for city, _ in towns)
        assert finest.sum() > 0
        for found in others:
            np.testing.assert_allclose(found, finest, rtol=1e-9, atol=1e-9 * finest.max(), err_msg=use)


def test_the_same_people_live_at_the_same_metres(towns: list[Town]) -> None:
    def as_drawn(people: Society) -> Array:
        """Return who lives where, cells left out, in an order of its own."""
        home = people.dwellings[people.residents["dwelling"]]
        columns = [home[name] for name in ("x_m", "y_m", "residents", "appeal")]
        columns += [people.residents[name] for name in ("age", "routine", "trust", "susceptibility", "workplace")]
        rows = np.column_stack(columns)
        return rows[np.lexsort(rows.T)]

    finest, *others = (as_drawn(people) for _, people in towns)
    for found in others:
        assert np.array_equal(found, finest)


def test_people_work_and_spend_leisure_in_the_same_blocks(towns: list[Town]) -> None:
    for column in ("home_cell", "work_cell", "leisure_cell"):
        finest, *others = (blocks(count(people.residents[column], city.grid), city.grid) for city, people in towns)
        for found in others:
            assert np.array_equal(found, finest), column


def test_streets_are_the_same(towns: list[Town]) -> None:
    finest, *others = (city.streets for city, _ in towns)
    for found in others:
        assert nx.utils.graphs_equal(found, finest)


def test_beats_are_the_same_but_for_the_cells_at_their_edges(towns: list[Town]) -> None:
    at = np.random.default_rng(1).uniform(0, 3900, (2, 20_000))
    finest, *others = (city.beats.beat[city.grid.cell_at(*at)] for city, _ in towns)
    for found, (city, _) in zip(others, towns[1:], strict=True):
        edges = 0.35 * city.grid.cell_m / 600  # a beat is over a kilometre across
        assert np.mean(found != finest) < edges


def test_the_supply_of_targets_of_a_block_hardly_depends_on_the_cells(towns: list[Town]) -> None:
    """Crowds and shops are averaged over a cell, and pickpocketing and snatching are more than proportional to them."""
    shares = []
    for city, people in towns:
        offered = opportunity(city, people, OpportunityParameters(guardianship=0), BURGLARY, 0.4)
        weekly = np.exp(offered.appeal.astype(float)).sum(axis=1)
        shares.append([blocks(of_type / of_type.sum(), city.grid) for of_type in weekly])
    for kind in PLACE_CRIMES:
        finest, *others = (share[kind] for share in shares)
        for found in others:
            assert np.abs(found - finest).sum() / 2 < 0.05, TYPE_NAMES[kind]


def test_guardians_deter_as_much_in_cells_of_any_side(towns: list[Town]) -> None:
    """They are people a hectare: what they take off the log-odds of a burglary hardly depends on the cells."""
    means = []
    for city, people in towns:
        guarded, unguarded = (
            opportunity(city, people, OpportunityParameters(guardianship=g), BURGLARY, 0.4)
            .appeal[IncidentType.BURGLARY]
            .astype(float)
            for g in (1.0, 0.0)
        )
        means.append(np.average(unguarded - guarded, weights=np.exp(unguarded)))
    assert means == pytest.approx([means[0]] * len(means), rel=0.12)


def test_ties_hardly_depend_on_the_cells(towns: list[Town]) -> None:
    kinds = [np.bincount(people.ties.kind, minlength=5) / len(people.residents) for _, people in towns]
    for found in kinds[1:]:
        assert found == pytest.approx(kinds[0], rel=0.03)


@pytest.mark.parametrize("seed", CITIES)
def test_no_city_of_eight_is_degenerate(seed: int) -> None:
    """Beats all have homes, shops and people about; trips have usual lengths; density falls from the centre."""
    city = build_city(CityParameters(seed=seed))
    people = settle(city, ResidentParameters(), seed)
    grid, beat = city.grid, city.beats.beat
    homes = np.bincount(beat[people.dwellings["cell"]], minlength=12)
    visitors = np.bincount(beat[people.residents["leisure_cell"]], minlength=12)
    km2 = np.bincount(beat) * (grid.cell_m / 1000) ** 2
    assert homes.min() > 300
    assert visitors.min() > 500
    assert 0.3 < km2.min() < km2.max() < 30
    density = np.sort(count(people.residents["home_cell"], grid))[::-1]
    assert 0.15 < density[: len(density) // 20].sum() / density.sum() < 0.6  # of residents on a twentieth of the land
    assert np.count_nonzero(density) > 0.5 * len(density)
    assert np.count_nonzero(city.land.nightlife) >= 100  # 80 venues, and what is round them
    assert city.land.school.sum() == 25
    km = [
        np.median(np.hypot(grid.x_m[home] - grid.x_m[to], grid.y_m[home] - grid.y_m[to])) / 1000
        for home, to in (
            (people.residents["home_cell"][who], people.residents[place][who])
            for who, place in (
                (people.residents["routine"] == 0, "work_cell"),
                (people.residents["routine"] == 1, "work_cell"),
                (people.residents["routine"] >= 0, "leisure_cell"),
            )
        )
    ]
    assert 1.0 < km[0] < 4.0
    assert 0.3 < km[1] < 2.0
    assert 0.7 < km[2] < 3.0
