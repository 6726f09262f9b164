"""Claims about `beatlab inspect`: it finds what each file is, says what was understood, and runs nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_up_city import made_up, save

import beatlab as bl
from experiments.inspect import __main__ as command
from experiments.inspect.kinds import kind_of, settled
from experiments.languages.refusals import refusal
from sim.city.notices import Notice
from sim.parameters import BadInput, Unusable

KEYS = {"incidents": "city.incidents_csv", "calls": "city.calls_csv", "stations": "city.stations_csv"}
FEW = ("city.beats=2", "city.districts=1", "city.cell_m=200")
SETTINGS = {"city.beats": 2, "city.districts": 1, "city.cell_m": 200, "city.residents": 20_000}


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def crimes(**changes: object) -> Path:
    return save(Path("crimes.csv"), made_up() | changes)


def calls() -> Path:
    table = made_up(types=("NOISE", "WELFARE CHECK", "TRAFFIC ACCIDENT", "BURGLARY"))
    return save(Path("calls.csv"), {("Call Type" if name == "Offense" else name): of for name, of in table.items()})


def areas(n: int) -> Path:
    squares = []
    for west in (-87.62 + 0.02 * i for i in range(n)):
        ring = [[west, 41.78], [west + 0.02, 41.78], [west + 0.02, 41.82], [west, 41.82], [west, 41.78]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        squares.append({"type": "Feature", "properties": {"beat": f"{west:.2f}"}, "geometry": shape})
    path = Path(f"areas{n}.geojson")
    path.write_text(json.dumps({"type": "FeatureCollection", "features": squares}))
    return path


def test_what_a_file_is_shows_by_what_it_holds():
    stations = save(Path("stations.csv"), {"name": ["A"], "latitude": ["41.8"], "longitude": ["-87.6"]})
    types = save(Path("types.csv"), {"type": ["QX"], "class": ["theft"]})
    line = {"type": "LineString", "coordinates": [[-87.6, 41.8], [-87.59, 41.8]]}
    streets = Path("streets.geojson")
    streets.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": line}))
    chinese = {
        "报警时间": made_up()["Date"],
        "警情类别": ["求助"] * 240,
        "纬度": ["41.8"] * 240,
        "经度": ["-87.6"] * 240,
    }
    plain = made_up(types=("NOISE", "WELFARE CHECK", "LOCKOUT", "THEFT"))
    plain["Category"] = plain.pop("Offense")
    found = {
        "crimes": crimes(), "calls": calls(), "stations": stations, "types": types, "streets": streets,
        "beats": areas(2), "boundary": areas(1), "chinese": save(Path("110.csv"), chinese),
        "by_types": save(Path("x.csv"), plain),
    }  # fmt: skip
    assert {name: kind_of(str(path)).key for name, path in found.items()} == {
        "crimes": "city.incidents_csv", "calls": "city.calls_csv", "stations": "city.stations_csv",
        "types": "city.types_file", "streets": "city.streets_file", "beats": "city.beats_file",
        "boundary": "city.boundary_file", "chinese": "city.calls_csv", "by_types": "city.calls_csv",
    }  # fmt: skip


def test_files_by_themselves_and_settings_stand_in_any_order():
    crimes()
    words, found = settled(["city.residents=9000", "crimes.csv"])
    assert words == ["city.residents=9000", "city.incidents_csv=crimes.csv"]
    assert [one.path for one in found] == ["crimes.csv"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command_prints_and_writes_one_page_that_needs_no_network(capsys, language):
    crimes(), calls()
    assert command.main(["crimes.csv", "calls.csv", *FEW, f"language={language}", "out=look"]) == 0
    printed = capsys.readouterr().out
    assert "beatlab compare city=from_data" in printed
    assert printed.endswith({"en": "page: look/inspect.html\n", "zh": "页面：look/inspect.html\n"}[language])
    page = Path("look/inspect.html").read_text(encoding="utf-8")
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', page) == []
    assert page.count("data:image/svg+xml") == 5  # the map, and days and hours of both files
    assert ("Look at this first" in page) == (language == "en")
    assert ("先看这里" in page) == (language == "zh")
    assert {path.name for path in Path("look").iterdir()} == {
        "columns.parquet", "days.parquet", "figures", "hours.parquet", "inspect.html", "notices.parquet",
        "provenance.json", "rejected.csv", "stages.parquet", "types.csv", "weekdays.parquet",
    }  # fmt: skip


def english_in(text: str) -> list[str]:
    """Return what reads like three English words in a row, but for settings, paths and columns of files."""
    names = r"<(style|pre|code|dl)\b.*?</\1>|<[^>]*>|beatlab .*|page: .*"
    return re.findall(r"(?:\b[A-Za-z]{2,}\b[ ,;:]+){2,}[A-Za-z]{2,}", re.sub(names, " | ", text, flags=re.DOTALL))


CHINESE_CASES = {
    "a place is missing": {"Latitude": [""] * 20 + made_up()["Latitude"][20:]},
    "one type": {"Offense": ["THEFT"] * 240, "Date": [text[:10] for text in made_up()["Date"]]},
    "hardly a row can be used": {"Offense": ["QX"] * 230 + ["THEFT"] * 10},
    "frauds, disputes, false alarms": {"Offense": ["FRAUD", "FAMILY DISPUTE", "FALSE ALARM", "THEFT"] * 60},
    "gaps": {"Date": [text.replace("2016-07", "2016-03").replace("2016-08", "2016-03") for text in made_up()["Date"]]},
    "one point": {"Latitude": ["41.8"] * 240, "Longitude": ["-87.6"] * 240},
}


@pytest.mark.parametrize("case", CHINESE_CASES)
def test_a_chinese_page_and_terminal_have_no_english_sentence(case, capsys):
    crimes(**CHINESE_CASES[case])
    assert command.main(["crimes.csv", *FEW, "language=zh", "out=look"]) == 0
    page = Path("look/inspect.html").read_text(encoding="utf-8")
    assert english_in(page.partition("<main>")[2]) == []
    assert english_in(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("words", "content", "said"),
    [
        ([], "", "有表头、每行一条的 CSV"),
        ([], "<html><body>Crime data of our city</body></html>", "网页"),
        ([], "A,B\n1,2\n", "找不到时间或纬度或经度或类型一列"),
        (["city.columns.time=WHEN"], None, "文件中的一列"),
        (["city.columns.time_format=%d.%m"], None, "它只能读出列"),
        (["city.crs=EPSG:1"], None, "以编号表示的坐标系"),
        (["city.columns.clock=Offense"], None, "钟点列"),
        (["no.csv"], None, "找不到文件"),
        (["city.types_file=types.csv"], None, "类别有 robbery"),
    ],
)  # fmt: skip
def test_a_refusal_is_said_in_chinese(words, content, said, capsys):
    save(Path("types.csv"), {"type": ["THEFT"], "class": ["pilfering"]})
    crimes()
    if content is not None:
        Path("crimes.csv").write_text(content)
    assert command.main(["city.incidents_csv=crimes.csv", *words, "language=zh"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert english_in(error.partition("错误：")[2]) == []


def test_the_sentence_of_a_refusal_is_that_of_its_error():
    for error in (
        BadInput("city.cell_m", 5, Notice("at most one district a beat, that is {beats}", beats=3)),
        Unusable("city.calls_csv", "a.csv", Notice("{file!r} is a folder; name a file", file="a.csv")),
        BadInput("language", "fr", "one of en, zh"),
    ):
        assert str(refusal(error)) == str(error)


def test_python_gets_frames_warnings_and_the_city():
    table = made_up()
    table["Latitude"][0] = ""
    result = bl.inspect(save(Path("crimes.csv"), table), calls(), settings=SETTINGS)
    frames = result.tables
    taken = frames["columns"].filter((pl.col("file") == "crimes.csv") & (pl.col("read_for") != ""))
    assert dict(taken.select("read_for", "column").iter_rows()) == {
        "time": "Date", "latitude": "Latitude", "longitude": "Longitude", "type": "Offense",
    }  # fmt: skip
    assert frames["rejected"].rows() == [("crimes.csv", "coordinates are missing", 1)]
    of_crimes = frames["hours"].filter(pl.col("file") == "crimes.csv")
    assert of_crimes["rows"].sum() == 239
    hour = int(np.argmax(np.bincount([int(text[11:13]) for text in made_up()["Date"][1:]])))
    by_hour = of_crimes.group_by("hour").agg(pl.col("rows").sum()).sort("rows", "hour", descending=[True, False])
    assert by_hour["hour"][0] == hour
    assert result.inspection.city.residents == 20_000
    assert result.inspection.rates[0].rows == 59
    assert result.warnings[0].startswith("burglary: 1 rows without a usable place")
    assert not Path("out").exists()


def test_warnings_stand_in_the_order_of_their_weight():
    dates = {"Date": [text[:10] for text in made_up()["Date"]], "Offense": ["THEFT"] * 240}
    weights = [one.notice.weight for one in bl.inspect(crimes(**dates)).inspection.warnings]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) > 1


def test_files_of_which_no_city_can_be_made_are_shown_with_the_reason(capsys):
    table = made_up(types=("QX",) * 9 + ("THEFT",))
    save(Path("crimes.csv"), table)
    assert command.main(["crimes.csv", "out=look"]) == 0
    assert "cannot be run with them yet" in capsys.readouterr().out
    page = Path("look/inspect.html").read_text(encoding="utf-8")
    assert "at least 30 usable rows; 24 of 240 can be used" in page
    assert "type is not simulated" in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no.csv"], "error: files: .*no.csv.*not found"),
        (["crimes.csv", "again.csv"], "error: files: 'again.csv' .*one file of each kind: 'crimes.csv'"),
        (["crimes.csv", "city=town"], "error: city: 'town' is not allowed: a city that is read from files"),
        (["crimes.csv", "language=fr"], "error: language: 'fr' is not allowed: one of en, zh"),
        (["crimes.csv", "city.columns.time=WHEN"], "error: city.columns.time: 'WHEN'"),
        ([], "error: .*city=from_data needs at least one of"),
        (["crimes.csv", "replications=3"], "error: replications: 3 is not allowed: there is no such key"),
    ],
)
def test_bad_input_ends_in_one_line_with_nothing_written(capsys, words, said):
    crimes()
    save(Path("again.csv"), made_up(seed=4))
    assert command.main(words) == 2
    error = capsys.readouterr().err
    assert re.match(said, error), error
    assert error.count("\n") == 1
    assert not Path("out").exists()


def test_the_settings_of_a_page_read_the_files_so_again():
    result = bl.inspect(crimes(), settings={**SETTINGS, "city.columns.type": "Offense"})
    again = dict(word.split("=", 1) for word in result.inspection.settings)
    assert again == {
        "city.incidents_csv": "crimes.csv", "city.residents": "20000", "city.cell_m": "200.0", "city.beats": "2",
        "city.districts": "1", "city.columns.type": "Offense",
    }  # fmt: skip


def test_the_stages_of_calls_are_a_table_a_figure_and_the_times_of_a_run():
    table = made_up(types=("NOISE",))
    table["Arrived"] = [text[:14] + "59:00" for text in table["Date"]]
    save(Path("calls.csv"), table)
    result = bl.inspect(settings={**SETTINGS, "city.calls_csv": "calls.csv"})
    (row,) = result.tables["stages"].filter(pl.col("calls_of") == "all").rows(named=True)
    assert row["calls"] == 240
    assert row["mean_min"] == pytest.approx(np.mean([59 - int(text[14:16]) for text in table["Date"]]))


def test_the_report_of_a_comparison_links_the_page_that_stands_beside_it():
    crimes()
    few = {"strategies": ["reactive", "hotspot"], "shortages": ["none"], "replications": 2, "workers": 1}
    where = {"city": "from_data", "settings": {**SETTINGS, "city.incidents_csv": "crimes.csv"}}
    bl.compare(**where, **few, days=1, warmup_days=1).save("mine")
    assert '<a href="inspect.html">' in Path("mine/report.html").read_text(encoding="utf-8")
    page = Path("mine/inspect.html").read_text(encoding="utf-8")
    assert "city.incidents_csv=crimes.csv" in page


def test_a_notebook_shows_the_answer_and_the_warnings():
    html = bl.inspect(crimes(), settings={**SETTINGS, "city.residents": None})._repr_html_()
    assert "crimes.csv: 240 of 240 rows are used." in html
    assert html.index("look at this first") < html.index("city.residents is not given") < html.index("assumed")


def test_a_file_of_one_month_is_drawn_by_month_without_a_warning(recwarn):
    table = made_up()
    del table["Date"]
    result = bl.inspect(save(Path("crimes.csv"), table | {"Month": ["2021-03"] * 240}), settings=SETTINGS)
    result.save("look")
    assert [str(one.message) for one in recwarn if "matplotlib" in str(one.category.__module__ + one.filename)] == []
    assert "Rows a month" in Path("look/inspect.html").read_text(encoding="utf-8")


def test_a_table_without_types_is_told_what_columns_are_looked_for(capsys):
    table = made_up()
    save(Path("untyped.csv"), {name: table[name] for name in ("Date", "Latitude", "Longitude")})
    assert command.main(["untyped.csv"]) == 2
    error = capsys.readouterr().err
    assert re.match("error: city.incidents_csv: 'untyped.csv' .*no column of type found", error), error
    assert error.count("\n") == 1


def test_a_table_without_places_is_told_what_columns_are_looked_for(capsys):
    save(Path("other.csv"), {"a": ["1"], "b": ["2"]})
    assert command.main(["other.csv"]) == 2
    assert "no column of time or latitude or longitude" in capsys.readouterr().err
