"""Claims about a city that is read from files of incidents and calls, and about the evidence taken from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_up_city import MILWAUKEE, city_of, made_up, rows_of, save

from sim.city import evidence
from sim.city.city import CRIME_EVIDENCE
from sim.city.coverage import coverage_of
from sim.city.from_data import rejected_rows
from sim.city.grid import Grid
from sim.city.read_rows import CALLS
from sim.city.recorded_types import NO_CRIME


def test_a_city_from_incidents_is_whole_and_the_same_every_time(tmp_path: Path) -> None:
    path = save(tmp_path / "rows.csv", made_up())
    city, again = city_of(path), city_of(path)
    assert city.crime is not None
    assert city.calls is None
    for name, use in city.land._asdict().items():
        assert (use >= 0).all(), name
        assert (use[~city.inside] == 0).all(), name
    assert city.land.housing[city.inside].min() > 0
    assert city.crime.surface[:, city.inside].min() > 0
    assert (city.crime.surface[:, ~city.inside] == 0).all()
    assert city.crime.surface[:, city.inside].mean(axis=1) == pytest.approx(np.ones(4))
    assert city.crime.profile.mean(axis=1) == pytest.approx(np.ones(4))
    assert set(city.beats.beat[city.inside]) == {0, 1}
    assert (city.crime.surface == again.crime.surface).all()  # type: ignore[union-attr]
    assert sorted(city.streets.edges) == sorted(again.streets.edges)
    assert (city.residents, city.inside.tolist()) == (again.residents, again.inside.tolist())


def test_cells_near_a_row_and_gaps_between_them_are_inside_and_the_corners_are_not(tmp_path: Path) -> None:
    angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    table = made_up() | {
        "Latitude": [f"{41.8 + 0.0063 * v:.6f}" for v in np.sin(angle)],
        "Longitude": [f"{-87.6 + 0.0085 * v:.6f}" for v in np.cos(angle)],
    }
    city = city_of(save(tmp_path / "ring.csv", table), cell_m=50.0)
    x, y = city.grid.x_m - city.grid.x_m.mean(), city.grid.y_m - city.grid.y_m.mean()
    from_centre_m = np.hypot(x, y)  # the ring has a radius of 700 m
    assert city.inside[from_centre_m < 950].all()
    assert not city.inside[from_centre_m > 1070].any()


def test_calls_alone_give_crimes_and_other_calls_and_no_call_is_used_twice(tmp_path: Path) -> None:
    path = save(tmp_path / "calls.csv", made_up(types=("ENTRY", "THEFT", "NOISE", "TRAFFIC STOP")))
    city = city_of(calls=path, residents=20_000)
    assert city.crime is not None
    assert city.calls is not None
    year = 366 / 365.25  # 60 rows each, on the prior's 5
    assert city.crime.recorded_per_1000_year[CRIME_EVIDENCE.index("burglary")] == pytest.approx(
        (60 + 5) / (20 * year + 5 / 3.4), rel=0.05
    )
    assert city.crime.recorded_per_1000_year[CRIME_EVIDENCE.index("robbery")] == 0.8  # absent: the prior
    assert city.calls.per_1000_year == pytest.approx((60 + 5) / (20 * year + 5 / 460), rel=0.05)
    assert set(rejected_rows(city)["reason"]) == {"no call from the public"}


def test_with_incidents_given_calls_say_nothing_about_crime(tmp_path: Path) -> None:
    incidents = save(tmp_path / "incidents.csv", made_up(types=("BURGLARY",)))
    calls = save(tmp_path / "calls.csv", made_up(seed=4, types=("THEFT", "NOISE")))
    both, alone = city_of(incidents, calls, residents=20_000), city_of(incidents, residents=20_000)
    assert both.crime is not None
    assert alone.crime is not None
    assert both.calls is not None
    assert (both.crime.recorded_per_1000_year == alone.crime.recorded_per_1000_year).all()
    assert [report.rows_used for report in both.files] == [240, 240]


def test_rejected_rows_list_every_row_that_is_not_used(tmp_path: Path) -> None:
    table = made_up()
    table["Date"][0], table["Offense"][238] = "", "ARSON"
    path = save(tmp_path / "rows.csv", table)
    rejected = rejected_rows(city_of(path))
    assert rejected["line"].tolist() == [2, 240]
    assert rejected["reason"].tolist() == ["time is missing", "type is not simulated"]
    assert set(rejected["file"]) == {str(path)}
    assert {name: len(column) for name, column in rejected_rows(city_of(save(path, made_up()))).items()} == {
        "file": 0,
        "line": 0,
        "reason": 0,
    }


# --- evidence
# ---------------------------------------------------------------------------------------------------------------------


def test_times_that_nobody_knew_do_not_make_a_midnight_peak() -> None:
    rng = np.random.default_rng(5)
    known = np.datetime64("2016-01-01T00:00:00") + rng.integers(0, 364 * 1440, 2000).astype("timedelta64[m]")
    unknown = np.datetime64("2016-01-01T00:00:00") + rng.integers(0, 364, 500).astype("timedelta64[D]")
    hours, days = evidence.hour_and_day_counts(np.concatenate([known, unknown]).astype("datetime64[s]"), True, True)
    honest, _ = evidence.hour_and_day_counts(known.astype("datetime64[s]"), True, True)
    assert abs(hours[0] - honest[0]) < 10
    assert (hours[1:] == honest[1:]).all()
    assert days.sum() == 2500


def test_an_honest_rush_at_noon_is_left_alone() -> None:
    stamps = np.datetime64("2016-01-01T00:00:00") + np.repeat(
        np.arange(24) * 3600, np.where(np.arange(24) == 12, 60, 40)
    ).astype("timedelta64[s]")
    assert evidence.hour_and_day_counts(stamps, True, True)[0][12] == 60


def test_a_weekday_that_a_file_covers_twice_as_long_is_not_twice_as_busy() -> None:
    even = (np.datetime64("2018-05-07T00:00") + np.arange(8 * 1440).astype("timedelta64[m]")).astype(
        "datetime64[s]"
    )  # Monday to Monday
    hours, days = evidence.hour_and_day_counts(even, True, True)
    profile = evidence.profiles(hours[None], days[None], coverage_of(even, True, True))
    assert profile[0] == pytest.approx(np.ones(168), abs=0.1)


def test_few_rows_of_a_type_take_the_profile_of_the_others_and_many_keep_their_own() -> None:
    night = np.where(np.arange(24) < 12, 2.0, 0.0)
    day = night[::-1]
    days = np.ones((4, 7))
    week = coverage_of(np.datetime64("2018-05-07T00:00:00") + np.arange(168) * np.timedelta64(3600, "s"), True, True)
    few = evidence.profiles(np.array([night * 0.25, day * 40, day * 40, day * 40]), days, week)[0]
    many = evidence.profiles(np.array([night * 400, day * 400, day * 400, day * 400]), days, week)[0]
    assert few[:12].mean() < 0.7
    assert many[:12].mean() > 1.8


def test_a_shrunk_surface_foresees_new_rows_better_than_no_shrinkage_and_than_no_map() -> None:
    rng = np.random.default_rng(6)
    grid = Grid(30, 30, 100.0)
    inside = np.ones(grid.n_cells, dtype=bool)
    truth = np.exp(-((grid.x_m - 900) ** 2 + (grid.y_m - 1800) ** 2) / (2 * 400**2)) + 0.1
    truth /= truth.sum()
    counts = np.array([rng.multinomial(n, truth) for n in (40, 300, 40, 300)], dtype=float)
    future = rng.multinomial(5000, truth)
    shrunk = evidence.type_surfaces(counts, grid, inside)[0] / grid.n_cells
    raw = evidence.smooth(counts[0], grid, 150.0) / counts[0].sum()
    score = [float((future * np.log(np.maximum(p, 1e-9))).sum()) for p in (shrunk, raw, inside / grid.n_cells)]
    assert score[0] > score[1]
    assert score[0] > score[2]


@pytest.mark.skipif(not MILWAUKEE.exists(), reason="the real file is not here")
def test_milwaukee_calls_keep_their_own_day(tmp_path: Path) -> None:
    rows = rows_of(MILWAUKEE, CALLS)
    assert 10_000 < rows.report.rows_used < 13_000
    assert rows.report.rows_used + len(rows.report.rejected) == rows.report.rows_read == 24_039
    other = rows.crime == NO_CRIME
    hours, days = evidence.hour_and_day_counts(rows.stamp[other], True, True)
    profile = evidence.profiles(hours[None], days[None], rows.coverage)[0].reshape(7, 24).mean(axis=0)
    own = np.bincount(rows.stamp[other].astype(np.int64) // 3600 % 24, minlength=24)
    assert profile == pytest.approx(own / own.mean(), abs=0.02)
    assert np.ptp(rows.latitude) * 111.2 < 35
