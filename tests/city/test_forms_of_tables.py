"""A table means the same in every form in which people have it, and what is no table is told by its name."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl
import pyproj
import pytest
from made_up_city import city_of, made_up, rows_of, save

from sim.city.points import split_points
from sim.city.read_rows import INCIDENTS
from sim.city.tables import read_table
from sim.parameters import BadInput


def text_of(separator: str = ",", line_end: str = "\n", before: str = "") -> str:
    rows = made_up()
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end)
    writer.writerow(rows)
    writer.writerows(zip(*rows.values(), strict=True))
    return before + out.getvalue()


TITLE = "Recorded crime, Anytown\n\n"
FORMS = {
    "line feeds": (text_of(), 2),
    "carriage returns": (text_of(line_end="\r"), 2),
    "both": (text_of(line_end="\r\n"), 2),
    "tabs": (text_of("\t"), 2),
    "bars": (text_of("|"), 2),
    "sep": (text_of(";", "\r\n", "sep=;\r\n"), 3),
    "quoted sep": (text_of(",", "\n", '"sep=,"\n'), 3),
    "title": (text_of(before=TITLE), 4),
    "title in a cell": (text_of(before="Recorded crime,,,,\nfrom the registry,,,,\n"), 4),
    "sep and title": (text_of(";", "\n", "sep=;\n" + TITLE), 5),
}


@pytest.mark.parametrize(("text", "first_line"), FORMS.values(), ids=FORMS)
def test_a_table_is_read_in_every_form_and_its_lines_are_counted_right(
    text: str, first_line: int, tmp_path: Path
) -> None:
    (tmp_path / "rows.tab").write_bytes(text.encode())
    table = read_table(str(tmp_path / "rows.tab"), INCIDENTS)
    assert table.frame.columns == list(made_up())
    assert table.frame.height == 240
    assert table.lines.tolist() == list(range(first_line, first_line + 240))
    assert bool(table.notices) == ("Recorded" in text)


def test_a_header_of_two_columns_and_one_with_a_wide_row_below_are_no_titles(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text('a,b\n1,"x,y,z,p,q,r,s"\n2,"x,y,z,p,q,r,s"\n')
    table = read_table(str(tmp_path / "rows.csv"), INCIDENTS)
    assert (table.frame.columns, table.frame.height) == (["a", "b"], 2)


def test_text_in_utf_8_that_is_cut_in_a_letter_stays_utf_8_and_it_is_said(tmp_path: Path) -> None:
    rows = made_up(types=("盗窃", "抢劫", "故意伤害", "入室盗窃"))
    save(tmp_path / "whole.csv", rows)
    (tmp_path / "cut.csv").write_bytes((tmp_path / "whole.csv").read_bytes() + "N9,2016-01-01,盗".encode()[:-1])
    table = read_table(str(tmp_path / "cut.csv"), INCIDENTS)
    assert table.encoding == "UTF-8"
    assert table.frame["Offense"][:4].to_list() == rows["Offense"][:4]
    assert any("1 letters are damaged" in notice for notice in table.notices)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html>\n<html><body></body></html>", "a web page"),
        (b"\xef\xbb\xbf\n <HTML lang='en'>", "a web page"),
        ("<!doctype html><html></html>".encode("utf-16"), "a web page"),
        (b"<?xml version='1.0'?><kml></kml>", "XML"),
        (b'{"type": "FeatureCollection"}', "JSON"),
        (b'[{"a": 1}]', "JSON"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"SQLite format 3\0", "a database"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "an old workbook"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer"),
    ],
)
def test_what_is_no_table_is_told_by_its_name(content: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(content)
    with pytest.raises(BadInput, match=f"this one is {what}") as caught:
        read_table(str(tmp_path / "rows.csv"), INCIDENTS)
    assert "\n" not in str(caught.value)


def test_a_workbook_is_read_as_the_same_table_in_text_is(tmp_path: Path) -> None:
    pytest.importorskip("fastexcel")
    openpyxl = pytest.importorskip("openpyxl")
    import datetime

    rows = made_up()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Recorded crime"])
    sheet.append(list(rows))
    for number, date, *kind_and_place in zip(*rows.values(), strict=True):
        kind, latitude, longitude = kind_and_place
        sheet.append([number, datetime.datetime.fromisoformat(date), kind, float(latitude), float(longitude)])
    book.create_sheet("notes")
    book.save(tmp_path / "rows.xlsx")
    save(tmp_path / "rows.csv", rows)
    read, plain = rows_of(tmp_path / "rows.xlsx"), rows_of(tmp_path / "rows.csv")
    assert (read.stamp == plain.stamp).all()
    assert (read.latitude == plain.latitude).all()
    assert (read.crime == plain.crime).all()
    assert read.report.encoding == "Excel"
    assert len(read.report.notices) == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("(41.8, -87.6)", ("41.8", "-87.6")),
        ("101 2TH ST\nAnytown, MN\n(41.8, -87.6)", ("41.8", "-87.6")),
        ("41.8,-87.6", ("41.8", "-87.6")),
        ("POINT (-87.6 41.8)", ("41.8", "-87.6")),
        ("SRID=4326;POINT(-87.6 41.8)", ("41.8", "-87.6")),
        ('{"type": "Point", "coordinates": [-87.6, 41.8]}', ("41.8", "-87.6")),
        ("{'latitude': '41.8', 'longitude': '-87.6'}", ("41.8", "-87.6")),
        ("{'longitude': '-87.6', 'human_address': '', 'latitude': '41.8'}", ("41.8", "-87.6")),
    ],
)
def test_a_place_in_one_column_is_read_in_every_form(text: str, place: tuple[str, str]) -> None:
    points = split_points(pl.Series([text, None, text]))
    assert points is not None
    assert (points[0][0], points[1][0]) == place
    assert points[0][1] is None


@pytest.mark.parametrize("text", ["WEST POINT 12 34", "101 2TH ST", "12 ELM ST, 55401", "", "(unknown)"])
def test_an_address_is_no_place(text: str) -> None:
    assert split_points(pl.Series([text, None])) is None


def test_a_column_of_points_may_be_named_and_one_that_has_none_is_refused(tmp_path: Path) -> None:
    rows = made_up()
    rows["Where (map)"] = [f"({a}, {b})" for a, b in zip(rows.pop("Latitude"), rows.pop("Longitude"), strict=True)]
    path = save(tmp_path / "rows.csv", rows)
    assert rows_of(path, point="Where (map)").report.rows_used == 240
    with pytest.raises(BadInput, match=r"^city\.columns\.point: 'number'"):
        rows_of(path, point="number")


def in_metres(epsg: str) -> dict[str, list[str]]:
    """Return rows whose places are in a projected system."""
    pyproj = pytest.importorskip("pyproj")
    rows = made_up()
    places = zip(rows.pop("Latitude"), rows.pop("Longitude"), strict=True)
    project = pyproj.Transformer.from_crs("EPSG:4326", epsg, always_xy=True).transform
    points = [project(float(longitude), float(latitude)) for latitude, longitude in places]
    return rows | {"X": [f"{x:.2f}" for x, _ in points], "Y": [f"{y:.2f}" for _, y in points]}


@pytest.mark.parametrize("epsg", ["EPSG:26916", "EPSG:3435", "EPSG:3857"], ids=["metres", "feet", "web map"])
def test_places_in_metres_or_feet_are_read_in_the_system_that_the_user_names(epsg: str, tmp_path: Path) -> None:
    plain = city_of(save(tmp_path / "plain.csv", made_up()))
    city = city_of(save(tmp_path / "metres.csv", in_metres(epsg)), crs=epsg)
    assert city.files[0].rows_used == 240
    assert any(epsg in notice for notice in city.files[0].notices)
    assert city.crime is not None
    assert plain.crime is not None
    assert city.crime.surface == pytest.approx(plain.crime.surface, abs=1e-2)


@pytest.mark.parametrize(
    ("columns", "crs", "message"),
    [
        ({}, None, r"city\.incidents_csv: .*look like metres or feet; .*city\.crs=EPSG:"),
        ({}, "EPSG:99999", r"city\.crs: 'EPSG:99999'.*by its number"),
        ({}, "the usual one", r"city\.crs: 'the usual one'.*by its number"),
        ({}, "EPSG:5773", r"city\.crs: 'EPSG:5773'.*by its number"),
        ({}, "EPSG:2263", r"city\.crs: 'EPSG:2263'.*outside its area"),
        (
            {"latitude": "X", "longitude": "Y"},
            "EPSG:26916",
            r"city\.crs: .*look swapped: give city\.columns\.latitude='Y'",
        ),
    ],
)
def test_a_wrong_coordinate_system_is_refused_with_the_way_out(
    columns: dict[str, str], crs: str | None, message: str, tmp_path: Path
) -> None:
    path = save(tmp_path / "rows.csv", in_metres("EPSG:26916"))
    with pytest.raises(BadInput, match=message):
        city_of(path, crs=crs, columns=columns)


def test_a_coordinate_system_is_not_used_for_a_file_in_degrees_and_it_is_said(tmp_path: Path) -> None:
    city = city_of(save(tmp_path / "rows.csv", made_up()), crs="EPSG:26916")
    assert any("in degrees already" in notice for notice in city.files[0].notices)


def test_the_system_of_places_in_feet_is_proposed_where_the_city_is_known(tmp_path: Path) -> None:
    table = made_up()
    to_feet = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3435", always_xy=True)
    x, y = to_feet.transform([float(v) for v in table["Longitude"]], [float(v) for v in table["Latitude"]])
    chicago = {"Case Number": table["number"], "Primary Type": table["Offense"], "Date": table["Date"]}
    path = save(tmp_path / "feet.csv", chicago | {"X": [f"{v:.1f}" for v in x], "Y": [f"{v:.1f}" for v in y]})
    with pytest.raises(BadInput, match=r"city\.crs=.*EPSG:3435"):
        city_of(path)
    unknown = made_up() | {"Latitude": ["4166000"] * 240, "Longitude": ["565000"] * 240}
    with pytest.raises(BadInput, match=r"city\.crs=EPSG:326NN.*10 in California"):
        city_of(save(tmp_path / "metres.csv", unknown))
