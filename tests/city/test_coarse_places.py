"""What a file's places cannot say is said: rounding, areas that stand as points, piles."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from made_up_city import city_of, made_up, save

from sim.city.coarse_places import about_places


def places(n: int, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return 45.3 + draw.uniform(-0.03, 0.03, n), -93.2 + draw.uniform(-0.04, 0.04, n)


def test_exact_places_need_no_word() -> None:
    assert about_places(*places(2000), 100.0) == ()


@pytest.mark.parametrize(("decimals", "cell_m", "honest"), [(3, 50.0, 150), (2, 100.0, None)])
def test_rounded_places_are_said_with_the_cells_that_would_be_honest(
    decimals: int, cell_m: float, honest: int | None
) -> None:
    latitude, longitude = places(2000)
    said = about_places(latitude.round(decimals), longitude.round(decimals), cell_m)
    assert len(said) >= 1
    assert re.findall(r"city\.cell_m=(\d+)", said[0]) == ([] if honest is None else [str(honest)])


def test_points_of_areas_are_said_and_snapped_addresses_that_are_as_fine_as_cells_are_not() -> None:
    latitude, longitude = places(300)
    which = np.random.default_rng(6).integers(0, 300, 3000)
    said = about_places(latitude[which], longitude[which], 100.0)
    spacing = int(re.findall(r"typically (\d+) m apart", said[0])[0])
    assert 130 < spacing < 260  # 0.5 · √(6.7 × 6.3 km² / 300) = 188 m
    assert about_places(latitude[which], longitude[which], 400.0) == ()


def test_a_pile_on_one_point_is_said() -> None:
    latitude, longitude = places(1000)
    latitude[:80], longitude[:80] = 45.31, -93.21
    said = about_places(latitude, longitude, 100.0)
    assert [re.findall(r"^(\d+) rows \((\d+)%\) stand on one point, (\S+), (\S+):", text)[0] for text in said] == [
        ("80", "8", "45.31000", "-93.21000")
    ]


def test_the_city_is_whole_where_people_live_between_its_points(tmp_path: Path) -> None:
    table = made_up()
    table["Latitude"] = [f"{45.30 + 0.02 * (i % 4):.5f}" for i in range(240)]
    table["Longitude"] = [f"{-93.20 + 0.025 * (i // 4 % 3):.5f}" for i in range(240)]
    city = city_of(save(tmp_path / "rows.csv", table))
    from scipy.ndimage import label

    assert label(city.inside.reshape(city.grid.n_rows, city.grid.n_cols))[1] == 1
    assert city.inside.sum() * 0.2**2 > 0.9 * (0.06 * 111.2) * (0.05 * 78.2)
    assert any("12 points" in notice for notice in city.files[0].notices)
