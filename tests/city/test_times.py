"""Claims about the times of real files: forms, zones, clocks of their own columns, and what is said about guesses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_up_city import Table, made_up, rows_of, save

from sim.city.clocks import parse_clocks
from sim.city.notices import Weight
from sim.city.read_rows import CALLS, INCIDENTS, Rows
from sim.city.times import parse_times
from sim.parameters import BadInput

NOON = np.datetime64("2016-04-27T13:44:00")


def _stamps(table: Table) -> np.ndarray:
    return np.array([text.replace(" ", "T") for text in table["Date"]], dtype="datetime64[s]")


def _rows(tmp_path: Path, table: Table, **names: str) -> Rows:
    return rows_of(save(tmp_path / "rows.csv", table), **names)


def _told(rows: Rows, *words: str) -> bool:
    return any(all(word in notice for word in words) for notice in rows.report.notices)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("04/27/2016 01:44:00 PM", "2016-04-27T13:44"),
        ("4/27/2016 1:44 PM", "2016-04-27T13:44"),
        ("4/27/2016 1:44:00\u202fPM", "2016-04-27T13:44"),
        ("2016-04-27T13:44:00.123Z", "2016-04-27T13:44"),
        ("2016-04-27T13:44:00.000", "2016-04-27T13:44"),
        ("27/04/2016 1344.0", "2016-04-27T13:44"),
        ("2016-04-27 13:44:00+08:00", "2016-04-27T13:44"),
        ("2016-04-27 13:44 EST", "2016-04-27T13:44"),
        ("27/04/2016 13:44", "2016-04-27T13:44"),
        ("27.04.2016 13:44:00", "2016-04-27T13:44"),
        ("27.04.2016 13.44", "2016-04-27T13:44"),
        ("20160427 13:44:00", "2016-04-27T13:44"),
        ("20160427134400", "2016-04-27T13:44"),
        ("201604271344", "2016-04-27T13:44"),
        ("20160427T134400Z", "2016-04-27T13:44"),
        ("2016/04/27 1344", "2016-04-27T13:44"),
        ("04/27/16 13:44", "2016-04-27T13:44"),
        ("27-Apr-2016 13:44", "2016-04-27T13:44"),
        ("27-APR-16 01.44.00.000000000 PM", "2016-04-27T13:44"),
        ("Wednesday, April 27, 2016 1:44 PM", "2016-04-27T13:44"),
        ("Apr 27 2016  1:44PM", "2016-04-27T13:44"),
        ("1461764640", "2016-04-27T13:44"),
        ("1461764640000", "2016-04-27T13:44"),
        ("1461764640.0", "2016-04-27T13:44"),
        ("42487.57222222222", "2016-04-27T13:44"),
        ("27.04.2016 13:44 Uhr", "2016-04-27T13:44"),
        ("2016年4月27日13时44分", "2016-04-27T13:44"),
        ("2016年4月27日13時44分00秒", "2016-04-27T13:44"),
        ("2016年4月27日 星期三 下午1:44", "2016-04-27T13:44"),
        ("2016/4/27 下午 01:44:00", "2016-04-27T13:44"),
        ("2016/4/27 上午 12:44:00", "2016-04-27T00:44"),
        ("2016年4月27日13点", "2016-04-27T13:00"),
        ("民國105年4月27日 下午1時44分", "2016-04-27T13:44"),
        ("105/04/27 13:44", "2016-04-27T13:44"),
        ("1050427", "2016-04-27T00:00"),
        ("2016-04-27", "2016-04-27T00:00"),
        ("2016-04", "2016-04-01T00:00"),
        ("04/2016", "2016-04-01T00:00"),
        ("Apr 2016", "2016-04-01T00:00"),
        ("2016年4月", "2016-04-01T00:00"),
        ("201604", "2016-04-01T00:00"),
        ("2016", "2016-01-01T00:00"),
    ],
)
def test_the_usual_forms_of_time_are_read(text: str, expected: str) -> None:
    times = parse_times(pl.Series([text]), INCIDENTS, "Date", None)
    assert times.stamp[0] == np.datetime64(expected)
    assert times.has_clock[0] == (not expected.endswith("T00:00"))
    assert times.unit == ("Y" if text == "2016" else "M" if expected.endswith("01T00:00") else "D")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["22:07", "9:5:30", "24:00"], [22 * 60 + 7, 9 * 60 + 5.5, 1440]),
        (["1845.0", "945", "7"], [18 * 60 + 45, 9 * 60 + 45, 7]),
        (["22", "7.0", "0"], [22 * 60, 7 * 60, 0]),
        (["10:07 PM", "10 p.m.", "12:00:00 AM"], [22 * 60 + 7, 22 * 60, 0]),
        (["22时7分", "下午10:07", "上午9时"], [22 * 60 + 7, 22 * 60 + 7, 9 * 60]),
        (["1899-12-30 13:44:00", "22h07", "220730"], [13 * 60 + 44, 22 * 60 + 7, 22 * 60 + 7.5]),
        (["25:00", "10:61", "noon"], [None, None, None]),
    ],
)
def test_the_usual_forms_of_clocks_are_read(texts: list[str], expected: list[float | None]) -> None:
    minutes = [None if seconds is None else seconds / 60 for seconds in parse_clocks(pl.Series(texts)).to_list()]
    assert minutes == expected


@pytest.mark.parametrize(("early", "other"), [("03/04/2016 10:00", "%d/%m/%Y"), ("03.04.16", "%d.%m.%y")])
def test_dates_that_fit_both_ways_are_asked_for_with_settings_that_work(early: str, other: str) -> None:
    with pytest.raises(BadInput, match=r"column Date: .*city\.columns\.time_format") as error:
        parse_times(pl.Series([early]), INCIDENTS, "Date", None)
    assert f"city.columns.time_format='{other}'" in str(error.value)
    read = parse_times(pl.Series([early]), INCIDENTS, "Date", other)
    assert read.stamp[0].astype("datetime64[D]") == np.datetime64("2016-04-03")
    assert read.has_clock[0] == (":" in early)
    whole = parse_times(pl.Series(["03/04/2016 10:00"]), INCIDENTS, "Date", "%d/%m/%Y %H:%M")
    assert whole.stamp[0] == np.datetime64("2016-04-03T10:00")


def test_one_row_settles_which_of_day_and_month_comes_first() -> None:
    texts = pl.Series(["03/04/2016 10:00", "25/04/2016 10:00"])
    assert parse_times(texts, INCIDENTS, "Date", None).stamp[0] == np.datetime64("2016-04-03T10:00")
    assert parse_times(pl.Series(["05/05/2016"]), INCIDENTS, "Date", None).stamp[0] == np.datetime64("2016-05-05")


def test_dates_in_forms_that_contradict_one_another_are_refused_and_others_are_read_together() -> None:
    with pytest.raises(BadInput, match=r"column Date: '25\.03\.2021'.*one form"):
        parse_times(pl.Series(["03/27/2021", "03/04/2021", "03/28/2021", "25.03.2021"]), INCIDENTS, "Date", None)
    both = parse_times(pl.Series(["03/27/2021 10:00", "2021-03-28 10:00"]), INCIDENTS, "Date", None)
    assert both.stamp.tolist() == np.array(["2021-03-27T10:00", "2021-03-28T10:00"], dtype="datetime64[s]").tolist()


@pytest.mark.parametrize("local", ["date and clock", "hour", "one column"])
@pytest.mark.parametrize("form", ["+00", "Z", "epoch"])
def test_a_time_in_utc_gives_way_to_the_local_clock_beside_it(tmp_path: Path, local: str, form: str) -> None:
    table = made_up()
    stamp = _stamps(table)
    summer = (stamp >= np.datetime64("2016-03-13T02:00")) & (stamp < np.datetime64("2016-11-06T02:00"))
    utc = stamp + np.where(summer, 5, 6).astype("timedelta64[h]")
    table["Date"] = [str(t.astype(np.int64)) if form == "epoch" else str(t).replace("T", " ") + form for t in utc]
    texts = [str(t) for t in stamp]
    beside = {
        "date and clock": {"local day": [t[:10] for t in texts], "local time": [t[11:] for t in texts]},
        "hour": {"hour": [str(int(t[11:13])) for t in texts]},
        "one column": {"when_local": texts},
    }[local]
    rows = _rows(tmp_path, table | beside)
    assert (rows.stamp == stamp).all()
    assert _told(rows, "UTC", "-5:00 h")


def test_a_time_in_utc_with_nothing_beside_it_is_said_and_turned_with_a_zone(tmp_path: Path) -> None:
    table = made_up()
    stamp = _stamps(table)
    table["Date"] = [text + "+00" for text in table["Date"]]
    rows = _rows(tmp_path, table)
    assert (rows.stamp == stamp).all()
    assert _told(rows, "UTC", "city.columns.timezone")
    turned = _rows(tmp_path, table, timezone="Asia/Shanghai")
    assert (turned.stamp == stamp + np.timedelta64(8, "h")).all()
    with pytest.raises(BadInput, match=r"city\.columns\.timezone: 'Shanghai'"):
        _rows(tmp_path, table, timezone="Shanghai")


def test_a_local_clock_that_a_file_marks_as_utc_is_left_alone_without_a_word(tmp_path: Path) -> None:
    table = made_up()
    stamp = _stamps(table)
    hours = [str(int(text[11:13])) for text in table["Date"]]
    rows = _rows(tmp_path, table | {"Date": [text + "+00" for text in table["Date"]], "hour": hours})
    assert (rows.stamp == stamp).all()
    assert not _told(rows, "UTC")


@pytest.mark.parametrize(("hours", "days_on"), [((5, 4), 0), ((6, 5), 0), ((16, 16), 1), ((23, 22), 1)])
def test_midnight_of_another_zone_is_a_date_without_a_clock(
    tmp_path: Path, hours: tuple[int, int], days_on: int
) -> None:
    table = made_up()
    day = _stamps(table).astype("datetime64[D]")
    summer = np.arange(240) % 2
    utc = day - days_on + np.where(summer, hours[1], hours[0]).astype("timedelta64[h]")
    rows = _rows(tmp_path, table | {"Date": [str(t)[:19] + "Z" for t in utc.astype("datetime64[s]")]})
    assert (rows.stamp == day).all()
    assert (rows.has_clock, rows.unit) == (False, "D")
    assert _told(rows, f"{hours[0]:02d}:00", "midnight")


@pytest.mark.parametrize("clock", ["00:00:00", "08:00:00", "12:00:00 AM"])
def test_a_file_whose_times_are_all_one_clock_has_no_clock_and_says_so(tmp_path: Path, clock: str) -> None:
    table = made_up()
    rows = _rows(tmp_path, table | {"Date": [f"{text[:10]} {clock}" for text in table["Date"]]})
    assert not rows.has_clock
    assert _told(rows, "no clock")
    assert _told(rows, "city.columns.clock")


def _parted(table: Table, form: str) -> Table:
    day = [text[:10] for text in table["Date"]]
    hour, minute = ([int(text[at : at + 2]) for text in table["Date"]] for at in (11, 14))
    pm = ["PM" if h >= 12 else "AM" for h in hour]
    twelve = [f"{(h + 11) % 12 + 1:02d}" for h in hour]
    clocks = list(zip(hour, minute, twelve, pm, strict=True))
    return {
        "time": {"event_date": day, "event_time": [f"{h}:{m:02d}" for h, m, _, _ in clocks]},
        "digits": {"DATE OCC": [f"{d} 12:00:00 AM" for d in day],
                   "TIME OCC": [f"{h * 100 + m}.0" for h, m, _, _ in clocks]},
        "parts": {"event_date": day, "event_hour": twelve, "event_minute": [f"{m}" for m in minute], "event_ampm": pm},
        "half": {"calldate": day, "calltime": [f"{t}:{m:02d}" for _, m, t, _ in clocks], "callampm": pm},
        "year": {"YEAR": [d[:4] for d in day], "MONTH": [d[5:7] for d in day], "DAY": [d[8:] for d in day],
                 "HOUR": [str(h) for h in hour], "MINUTE": [str(m) for m in minute]},
        "other name": {"date": day, "Uhrzeit": [f"{h:02d}:{m:02d}" for h, m, _, _ in clocks]},
        "Chinese": {"发案日期": day, "发案时段": [f"{h}时{m}分" for h, m, _, _ in clocks]},
    }[form]  # fmt: skip


@pytest.mark.parametrize("form", ["time", "digits", "parts", "half", "year", "other name", "Chinese"])
def test_a_clock_in_columns_of_its_own_is_found_and_said(tmp_path: Path, form: str) -> None:
    table = made_up()
    stamp = _stamps(table)
    parts = _parted(table, form)
    del table["Date"]
    rows = _rows(tmp_path, table | parts)
    assert (rows.stamp == stamp).all()
    assert rows.has_clock
    assert _told(rows, "clock taken from column")


def test_a_clock_is_not_guessed_from_two_columns_and_is_taken_where_the_user_says(tmp_path: Path) -> None:
    table = made_up()
    stamp = _stamps(table)
    clocks = [text[11:16] for text in table["Date"]]
    table |= {"Date": [text[:10] for text in table["Date"]], "alarm": clocks[::-1], "beginning": clocks}
    assert not _rows(tmp_path, table).has_clock
    rows = _rows(tmp_path, table, clock="Beginning")
    assert (rows.stamp == stamp).all()
    with pytest.raises(BadInput, match=r"city\.columns\.clock: 'Offense'"):
        _rows(tmp_path, table, clock="Offense")


def test_a_row_without_a_clock_keeps_its_date_and_one_with_an_impossible_clock_is_rejected(tmp_path: Path) -> None:
    table = made_up()
    table["Date"][3] = table["Date"][3][:10]
    table["Date"][4] = table["Date"][4][:10] + " 25:71"
    rows = _rows(tmp_path, table)
    assert dict(rows.report.rejected) == {6: "time does not parse"}
    assert _told(rows, "1 rows have a date without a clock")


def test_calls_have_their_clock_from_hour_minute_and_half_of_the_day(tmp_path: Path) -> None:
    table = made_up(types=("NOISE",))
    stamp = _stamps(table)
    calls = {"nature": table["Offense"], "Latitude": table["Latitude"], "Longitude": table["Longitude"]}
    rows = rows_of(save(tmp_path / "calls.csv", calls | _parted(table, "parts")), CALLS)
    assert (rows.stamp == stamp).all()


@pytest.mark.parametrize("form", ["%y-%m-%d", "%d-%m-%y", "%d/%m/%y", "%y.%m.%d"])
def test_years_of_two_digits_are_told_from_days_by_how_many_there_are(tmp_path: Path, form: str) -> None:
    table = made_up()
    stamps = _stamps(table)
    rows = _rows(tmp_path, table | {"Date": [t.item().strftime(form) for t in stamps]})
    assert (rows.stamp.astype("datetime64[D]") == stamps.astype("datetime64[D]")).all()


def test_dates_of_two_digits_that_fit_both_ways_are_asked_for() -> None:
    days = [f"{day:02d}-04-{30 - day:02d}" for day in range(11, 20)]
    with pytest.raises(BadInput, match=r"%d-%m-%y.*%y-%m-%d"):
        parse_times(pl.Series(days), INCIDENTS, "Date", None)


def test_a_file_of_years_covers_them_whole(tmp_path: Path) -> None:
    table = made_up()
    years = [str(2014 + i % 3) for i in range(240)]
    del table["Date"]
    rows = _rows(tmp_path, table | {"Year": years})
    assert (rows.has_clock, rows.unit) == (False, "Y")
    assert rows.coverage.days == 365 + 365 + 366


def test_the_zone_of_a_file_in_utc_is_proposed_by_its_place(tmp_path: Path) -> None:
    for latitude, longitude, zone in ((41.8, -87.6, "America/Chicago"), (31.2, 121.5, "Asia/Shanghai")):
        table = made_up(latitude=latitude, longitude=longitude)
        table["Date"] = [text.replace(" ", "T") + "Z" for text in table["Date"]]
        (said,) = [one for one in _rows(tmp_path, table).report.notices if "UTC" in one]
        assert f"city.columns.timezone={zone} " in said
        assert said.weight is Weight.DOUBTFUL
        assert said.settings == ("city.columns.timezone",)
