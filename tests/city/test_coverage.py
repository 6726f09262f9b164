"""Claims about the time that a file covers, and about rates, hours and weekdays that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from made_up_city import city_of, made_up, save

from sim.city import evidence
from sim.city.city import CRIME_EVIDENCE
from sim.city.coverage import coverage_of

START = np.datetime64("2021-01-01T00:00:00")  # a Friday


def _stream(n: int, days: int, open_day: Callable[[np.ndarray], np.ndarray], seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    day = np.arange(days)
    day = day[open_day(day)]
    return START + rng.choice(day, n).astype("timedelta64[D]") + rng.integers(0, 86_400, n).astype("timedelta64[s]")


def _all(day: np.ndarray) -> np.ndarray:
    return day >= 0


def _every_other_week(day: np.ndarray) -> np.ndarray:
    return day // 7 % 2 == 0


def _no_october(day: np.ndarray) -> np.ndarray:
    return ~((day % 365 >= 273) & (day % 365 < 304))


def _weekdays(day: np.ndarray) -> np.ndarray:
    return (day + 4) % 7 < 5


@pytest.mark.parametrize("n", [240, 1000, 20_000])
@pytest.mark.parametrize("open_day", [_all, _every_other_week, _no_october, _weekdays])
def test_gaps_and_silent_weekdays_are_not_covered(n: int, open_day: Callable[[np.ndarray], np.ndarray]) -> None:
    true = open_day(np.arange(365)).sum()
    share = np.array([coverage_of(_stream(n, 365, open_day, seed), True, "D").days / true for seed in range(10)])
    tolerance = 0.12 if n == 240 else 0.04  # few rows leave open days empty beside a gap
    assert np.median(share) == pytest.approx(1, abs=tolerance)


def test_months_without_days_are_covered_whole_and_absent_ones_are_not() -> None:
    months = np.array(["2021-01", "2021-02", "2021-04"], dtype="datetime64[M]")
    coverage = coverage_of(np.repeat(months, 50).astype("datetime64[s]"), False, "M")
    assert coverage.days == 31 + 28 + 30
    assert any("89 days" in sentence for sentence in coverage.told())
    one = coverage_of(np.repeat(months[:1], 50).astype("datetime64[s]"), False, "M")
    assert one.days == 31


def test_a_few_rows_years_apart_from_the_others_do_not_stretch_the_time_covered() -> None:
    year = START + np.linspace(0, 365 * 86_400, 1000).astype("timedelta64[s]")
    strays = START - np.arange(300, 6000, 300).astype("timedelta64[D]")
    assert coverage_of(year, True, "D").days == pytest.approx(365, rel=0.01)
    coverage = coverage_of(np.append(year, strays), True, "D")
    assert coverage.days == pytest.approx(365, rel=0.01)
    assert not coverage.holds(strays).any()


@pytest.mark.parametrize("hours", [3, 36, 60])
def test_a_file_of_some_hours_covers_these(hours: int) -> None:
    stamp = START + np.timedelta64(10, "h") + np.linspace(0, hours * 3600, 500).astype("timedelta64[s]")
    assert coverage_of(stamp, True, "D")._replace(hours=np.ones(24, bool)).days * 24 == pytest.approx(hours, rel=0.06)


def test_weekdays_and_hours_that_are_not_covered_are_like_the_others() -> None:
    stamp = _stream(4000, 364, _weekdays)
    hour = stamp.astype(np.int64) // 3600 % 24
    stamp = stamp[(hour >= 8) & (hour < 18)]
    coverage = coverage_of(stamp, True, "D")
    hours, days = evidence.hour_and_day_counts(stamp, True, True)
    profile = evidence.profiles(hours[None], days[None], coverage)[0].reshape(7, 24)
    assert profile == pytest.approx(np.ones((7, 24)), abs=0.25)
    assert coverage.days == pytest.approx(260 * 10 / 24, rel=0.02)
    told = " ".join(coverage.told())
    assert all(word in told for word in ("Saturdays, Sundays", "00:00–08:00, 18:00–24:00"))


def test_the_quiet_of_a_night_is_no_gap() -> None:
    stamp = _stream(400, 364, _all)
    hour = stamp.astype(np.int64) // 3600 % 24
    assert coverage_of(stamp[(hour < 2) | (hour >= 7)], True, "D").hours.all()


def test_the_rate_of_a_month_of_months_is_that_of_its_days(tmp_path: Path) -> None:
    table = made_up(types=("Theft",))
    del table["Date"]
    city = city_of(save(tmp_path / "rows.csv", table | {"Month": ["2021-03"] * 240}), residents=20_000)
    assert city.crime is not None
    years = 20 * 31 / 365.25
    assert city.crime.recorded_per_1000_year[CRIME_EVIDENCE.index("theft")] == pytest.approx(245 / (years + 5 / 17.7))


def test_rows_without_a_place_count_for_the_rate_of_their_type(tmp_path: Path) -> None:
    table = made_up()
    whole = city_of(save(tmp_path / "rows.csv", table), residents=20_000)
    for row in range(3, 240, 4):  # all assaults
        table["Latitude"][row] = table["Longitude"][row] = "0.0"
    for row in range(0, 120, 4):  # half the burglaries
        table["Latitude"][row] = ""
    city = city_of(save(tmp_path / "rows.csv", table), residents=20_000)
    assert city.crime is not None
    assert whole.crime is not None
    assert city.crime.recorded_per_1000_year == pytest.approx(whole.crime.recorded_per_1000_year)
    assert city.crime.profile == pytest.approx(whole.crime.profile)
    notices = city.files[0].notices
    assert any("assault: 60 rows without a usable place" in notice for notice in notices)
    assert any("burglary: 30 rows without a usable place" in notice for notice in notices)
    assert city.files[0].rows_used == 150


def test_a_type_that_is_absent_keeps_the_prior_and_says_so_unless_the_file_is_complete(tmp_path: Path) -> None:
    path = save(tmp_path / "rows.csv", made_up(types=("THEFT", "BURGLARY")))
    usual, complete = city_of(path), city_of(path, complete=True)
    absent = [CRIME_EVIDENCE.index(name) for name in ("robbery", "assault")]
    assert usual.crime is not None
    assert complete.crime is not None
    assert usual.crime.recorded_per_1000_year[absent].tolist() == [0.8, 8.0]
    assert complete.crime.recorded_per_1000_year[absent].tolist() == [0.0, 0.0]
    for city, word in ((usual, "prior"), (complete, "city.complete")):
        told = [notice for notice in city.files[0].notices if "no rows of this type" in notice]
        assert len(told) == 2
        assert all(word in notice for notice in told)


def test_what_no_file_tells_and_a_number_of_residents_that_nobody_gave_are_said(tmp_path: Path) -> None:
    incidents = save(tmp_path / "incidents.csv", made_up())
    calls = save(tmp_path / "calls.csv", made_up(types=("NOISE",)))
    told = {
        "incidents": city_of(incidents).files[0].notices,
        "calls": city_of(calls=calls).files[0].notices,
        "both": [notice for report in city_of(incidents, calls, residents=20_000).files for notice in report.notices],
    }
    words = ("no file has burglary", "no file has calls", "city.residents")
    said = {name: [any(word in notice for notice in notices) for word in words] for name, notices in told.items()}
    assert said == {"incidents": [False, True, True], "calls": [True, False, True], "both": [False, False, False]}


def test_times_that_nobody_knew_are_seen_at_any_hour() -> None:
    known = _stream(2000, 364, _all)
    unknown = START + np.arange(364).astype("timedelta64[D]") + np.timedelta64(8, "h")
    assert evidence.unknown_clocks(np.concatenate([known, unknown]))[8] == pytest.approx(364, abs=5)
    assert evidence.unknown_clocks(known).sum() == 0


@pytest.mark.parametrize(("a_week", "turn", "shift"), [(1.0, 14, 0), (2.0, 14, 7), (3.0, 21, 10), (20.0, 14, 3)])
def test_weeks_that_are_left_out_in_turn_are_no_quiet_weeks_however_thin_the_file(
    a_week: float, turn: int, shift: int
) -> None:
    """A stretch of silence by chance has a probability of 14 · 2⁻²⁰ at most; seeds are fixed."""
    stamp = _stream(round(a_week * 52), 364, lambda day: (day + shift) % turn < 7)
    found = coverage_of(stamp, True, "D").days
    assert found == pytest.approx(364 * 7 / turn, abs=turn)


def test_a_thin_file_without_pattern_covers_all_its_days() -> None:
    for seed in range(20):
        stamp = _stream(60, 364, _all, seed)
        span = (stamp.max() - stamp.min()) / np.timedelta64(1, "D")
        assert coverage_of(stamp, True, "D").days > 0.98 * span
