"""Made-up cities: complete, of the size that was asked for, fairly divided, and the same for the same seed."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from scipy.ndimage import label
from small_runs import COUNTY, TOWN

from sim.city.build import build_city
from sim.city.city import City, CityParameters
from sim.city.streets import drive_km, drive_minutes
from sim.parameters import BadInput
from sim.people.residents import ResidentParameters, settle

ODD = CityParameters(name="odd", residents=3_000, area_km2=5, cell_m=130, beats=7, districts=3, centres=2, seed=11)
CITIES = [pytest.param(city, id=city.name) for city in (TOWN, COUNTY, ODD)]


@pytest.fixture(params=CITIES)
def city(request: pytest.FixtureRequest) -> City:
    return build_city(request.param)


def area_km2(city: City) -> float:
    return float(city.inside.sum() * (city.grid.cell_m / 1000) ** 2)


def test_town_and_county_have_the_size_of_a_town_and_a_county() -> None:
    town, county = build_city(TOWN), build_city(COUNTY)
    assert town.residents == 10_000
    assert area_km2(town) == pytest.approx(8, rel=0.02)
    assert county.residents == pytest.approx(100_000, rel=0.01)
    assert area_km2(county) == pytest.approx(64, rel=0.02)
    assert (county.grid.cell_m, county.grid.n_cells) == (100.0, 6400)


def test_residents_that_are_asked_for_are_there_and_live_where_there_is_housing(city: City) -> None:
    people = settle(city, ResidentParameters(), seed=1)
    assert len(people.residents) == city.residents
    assert (city.land.housing[people.dwellings["cell"]] > 0).all()
    assert (people.residents["home_cell"] == people.dwellings["cell"][people.residents["dwelling"]]).all()
    assert people.dwellings["residents"].sum() == city.residents
    assert (people.dwellings["residents"] >= 1).all()
    lives_in = city.grid.cell_at(people.dwellings["x_m"], people.dwellings["y_m"])
    assert (
        np.mean(lives_in == people.dwellings["cell"]) > 0.999
    )  # a coordinate at the very edge may round to the next cell


def test_there_are_more_homes_where_there_is_more_housing(city: City) -> None:
    homes = np.diff(settle(city, ResidentParameters(), seed=1).places.dwelling_start)
    order = np.argsort(city.land.housing, kind="stable")
    quarter = len(order) // 4
    assert homes[order[-quarter:]].mean() > 2 * homes[order[:quarter]].mean()


def test_every_use_of_land_exists_is_not_negative_and_lies_inside(city: City) -> None:
    for use, intensity in city.land._asdict().items():
        assert intensity.shape == (city.grid.n_cells,)
        assert (intensity >= 0).all()
        assert np.isfinite(intensity).all()
        assert (intensity[~city.inside] == 0).all()
        assert intensity.sum() > 0 or use == "industry", f"the city has no {use}"


def test_beats_cover_all_cells_of_the_city_and_no_other(city: City) -> None:
    plan = city.beats
    assert ((plan.beat >= 0) == city.inside).all()
    assert np.unique(plan.beat[city.inside]).tolist() == list(range(len(plan.district)))


def test_beats_have_about_the_same_demand(city: City) -> None:
    """Demand is what the beats are cut by: homes and shops, and a little of empty land."""
    land, inside = city.land, city.inside
    weight = land.housing / land.housing.sum() + land.commerce / land.commerce.sum()
    share = weight / weight.sum() + 0.1 / inside.sum()
    of_beat = np.bincount(city.beats.beat[inside], weights=share[inside]) / share.sum() * len(city.beats.district)
    assert of_beat.min() > 0.7
    assert of_beat.max() < 1.4


def test_a_beat_is_one_piece(city: City) -> None:
    grid = city.grid
    for beat in range(len(city.beats.district)):
        pieces = label((city.beats.beat == beat).reshape(grid.n_rows, grid.n_cols), structure=np.ones((3, 3)))[1]
        assert pieces == 1, f"beat {beat} has {pieces} pieces"


def test_beats_of_a_district_have_consecutive_numbers_and_its_station_lies_in_it(city: City) -> None:
    plan = city.beats
    districts = len(plan.station_cell)
    assert (np.diff(plan.district) >= 0).all()
    assert np.unique(plan.district).tolist() == list(range(districts))
    sizes = np.bincount(plan.district)
    assert sizes.max() - sizes.min() <= 1
    assert plan.district[plan.beat[plan.station_cell]].tolist() == list(range(districts))
    assert plan.beat[plan.centre_cell].tolist() == list(range(len(plan.district)))


def test_streets_are_connected_and_have_lengths_and_speeds(city: City) -> None:
    assert nx.is_connected(city.streets)
    for _, _, piece in city.streets.edges(data=True):
        assert piece["length_m"] > 0
        assert 5 <= piece["speed_kmh"] <= 120
    assert {piece["kind"] for _, _, piece in city.streets.edges(data=True)} == {"arterial", "local"}


def test_every_drive_is_possible_as_long_as_its_streets_and_no_faster_than_they_allow(city: City) -> None:
    rng = np.random.default_rng(1)
    grid = city.grid
    for a, b in rng.integers(0, grid.n_cells, (200, 2)):
        minutes, km = drive_minutes(city.travel, a, b), drive_km(city.travel, a, b)
        straight_km = np.hypot(grid.x_m[a] - grid.x_m[b], grid.y_m[a] - grid.y_m[b]) / 1000
        assert np.isfinite(minutes)
        assert km >= straight_km - 1e-4
        assert km / 45 * 60 - 1e-3 <= minutes <= km / 25 * 60 + 1e-3
        assert minutes == pytest.approx(drive_minutes(city.travel, b, a), rel=1e-5)
    assert drive_minutes(city.travel, 5, 5) == 0


@pytest.mark.parametrize("field", ["beats", "districts"])
def test_a_city_too_small_for_its_division_is_refused_by_the_name_of_the_field(field: str) -> None:
    with pytest.raises(BadInput) as error:
        build_city(TOWN.model_copy(update={field: 900}))
    assert error.value.field == f"city.{field}"
    assert error.value.value == 900


def test_a_city_of_too_many_cells_is_refused() -> None:
    with pytest.raises(BadInput, match=r"city\.cell_m: 10\.0 is not allowed"):
        build_city(COUNTY.model_copy(update={"cell_m": 10.0}))


def layout(city: City) -> bytes:
    streets = sorted((*sorted(edge[:2]), edge[2]["speed_kmh"]) for edge in city.streets.edges(data=True))
    return (
        b"".join(column.tobytes() for column in (*city.land, *city.beats, city.travel.minutes, city.travel.km))
        + repr(streets).encode()
    )


def test_the_same_seed_gives_the_same_city_and_another_seed_another() -> None:
    first = layout(build_city(TOWN))
    build_city.cache_clear()
    again = build_city(TOWN)
    assert layout(again) == first
    assert layout(build_city(TOWN.model_copy(update={"seed": 2}))) != first


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    place = build_city(TOWN)
    one, again, other = (settle(place, ResidentParameters(), seed).residents for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
