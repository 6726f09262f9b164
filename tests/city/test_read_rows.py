"""Claims about the rows of real files: which can be used, and which file cannot be used at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_up_city import CHICAGO, city_of, made_up, reasons, rows_of, save

from sim.city import evidence
from sim.city.city import CRIME_EVIDENCE
from sim.city.read_rows import CALLS
from sim.city.recorded_types import NO_CRIME, crime_type, officer_initiated
from sim.parameters import BadInput

PORTAL_ROWS = {
    "Chicago": {
        "ID": "1",
        "Date": "04/27/2016 01:44:00 PM",
        "Primary Type": "THEFT",
        "Latitude": "41.77",
        "Longitude": "-87.61",
    },
    "New York": {
        "CMPLNT_NUM": "1",
        "CMPLNT_FR_DT": "04/27/2016",
        "CMPLNT_FR_TM": "13:44:00",
        "OFNS_DESC": "PETIT LARCENY",
        "Latitude": "40.7",
        "Longitude": "-73.9",
    },
    "Los Angeles": {
        "DR_NO": "1",
        "DATE OCC": "04/27/2016 12:00:00 AM",
        "TIME OCC": "1344",
        "Crm Cd Desc": "BIKE - STOLEN",
        "LAT": "34.05",
        "LON": "-118.3",
    },
    "San Francisco": {
        "Incident Datetime": "2016/04/27 01:44:00 PM",
        "Incident Category": "Larceny Theft",
        "Latitude": "37.76",
        "Longitude": "-122.43",
    },
    "Philadelphia": {
        "dispatch_date_time": "2016-04-27 13:44:00+00",
        "text_general_code": "Thefts",
        "lat": "39.99",
        "lng": "-75.13",
    },
    "Seattle": {
        "Offense Start DateTime": "04/27/2016 01:44:00 PM",
        "Offense Parent Group": "LARCENY-THEFT",
        "Latitude": "47.6",
        "Longitude": "-122.3",
    },
    "Baltimore": {
        "CrimeDateTime": "2016/04/27 13:44:00+00",
        "Description": "LARCENY FROM AUTO",
        "Latitude": "39.3",
        "Longitude": "-76.6",
    },
    "Boston": {
        "OCCURRED_ON_DATE": "2016-04-27 13:44:00",
        "OFFENSE_CODE_GROUP": "",
        "OFFENSE_DESCRIPTION": "LARCENY ALL OTHERS",
        "Lat": "42.3",
        "Long": "-71.1",
    },
    "Vancouver": {
        "TYPE": "Theft of Bicycle",
        "YEAR": "2016",
        "MONTH": "4",
        "DAY": "27",
        "HOUR": "13",
        "MINUTE": "44",
        "Latitude": "49.25",
        "Longitude": "-123.1",
    },
    "a point": {
        "Occurred Date Time": "2016-04-27T13:44:00.000",
        "Category": "Theft",
        "Location": "POINT (-94.58 39.1)",
    },
    "a pair": {"Occurred Date Time": "2016-04-27T13:44:00Z", "Category": "Theft", "Location": "(39.1, -94.58)"},
    "a Chinese county": {"发案时间": "2016年4月27日 13:44", "案件类型": "盗窃", "纬度": "33.26", "经度": "115.36"},
}


@pytest.mark.parametrize("portal", PORTAL_ROWS)
def test_the_columns_of_a_common_portal_are_found(tmp_path: Path, portal: str) -> None:
    table = {  # every minute of the hour, for times that are all one clock are taken as none
        name: [value.replace("44", f"{minute:02d}") for minute in range(60)]
        for name, value in PORTAL_ROWS[portal].items()
    }
    for number in ("ID", "CMPLNT_NUM", "DR_NO"):
        if number in table:
            table[number] = [str(i) for i in range(60)]
    rows = rows_of(save(tmp_path / "rows.csv", table))
    assert rows.report.rows_used == 60
    assert (rows.stamp == np.datetime64("2016-04-27T13:00:00") + np.arange(60) * np.timedelta64(60, "s")).all()
    assert set(rows.crime.tolist()) == {CRIME_EVIDENCE.index("theft")}
    assert (rows.latitude > 30).all()


def test_british_files_of_months_say_nothing_about_hours_and_days(tmp_path: Path) -> None:
    months = [f"2016-{1 + i % 12:02d}" for i in range(120)]
    table = {
        "Month": months,
        "Longitude": ["-0.12"] * 120,
        "Latitude": ["51.5"] * 120,
        "Crime type": ["Burglary"] * 120,
    }
    rows = rows_of(save(tmp_path / "rows.csv", table))
    assert (rows.has_clock, rows.unit) == (False, "M")
    hours, days = evidence.hour_and_day_counts(rows.stamp, rows.has_clock, rows.unit == "D")
    coverage = rows.coverage
    assert coverage.days == 366
    assert np.allclose(evidence.profiles(hours[None], days[None], coverage), 1.0)


def test_columns_that_the_user_names_are_used(tmp_path: Path) -> None:
    table = made_up()
    odd = {"a": table["Date"], "b": table["Offense"], "c": table["Latitude"], "d": table["Longitude"]}
    path = save(tmp_path / "odd.csv", odd)
    assert rows_of(path, time="a", type="b", latitude="c", longitude="d").report.rows_used == 240
    with pytest.raises(
        BadInput, match=r"no column of time or latitude or longitude or type found.*the file has a, b, c, d"
    ):
        rows_of(path)


def test_a_named_column_that_no_file_has_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "rows.csv", made_up())
    with pytest.raises(BadInput, match=r"city\.columns\.time: 'When'.*number, Date"):
        city_of(path, columns={"time": "When"})


def test_unusable_rows_are_rejected_with_line_and_reason(tmp_path: Path) -> None:
    table = made_up()
    wrong = {
        5: ("Date", "", "time is missing"),
        6: ("Date", "yesterday", "time does not parse"),
        7: ("Latitude", "", "coordinates are missing"),
        8: ("Latitude", "north", "coordinates are no numbers"),
        9: ("Longitude", "87.600000", "longitude has the opposite sign of the rest"),
        10: ("Latitude", "-41.800000", "latitude has the opposite sign of the rest"),
        11: ("Latitude", "41.100000", "far from the others"),
        12: ("Latitude", "141.100000", "coordinates are impossible"),
        13: ("Offense", "", "type is missing"),
        14: ("Offense", "NARCOTICS", "type is not simulated"),
    }
    for row, (column, value, _) in wrong.items():
        table[column][row] = value
    table["Latitude"][15], table["Longitude"][15] = "0", "0.0"
    table["Latitude"][16], table["Longitude"][16] = table["Longitude"][16], table["Latitude"][16]
    expected = {row + 2: reason for row, (_, _, reason) in wrong.items()} | {
        17: "coordinates are zero",
        18: "latitude and longitude are swapped",
    }
    rows = rows_of(save(tmp_path / "rows.csv", table))
    assert reasons(rows) == expected
    assert (rows.report.rows_read, rows.report.rows_used) == (240, 228)


def test_lines_are_counted_through_fields_that_run_over_several_lines(tmp_path: Path) -> None:
    table = made_up()
    table["Block"] = ["one\ntwo" if i < 3 else "one" for i in range(240)]
    table["Date"][10] = "never"
    path = save(tmp_path / "rows.csv", table)
    (line,) = reasons(rows_of(path))
    assert "never" in path.read_text().split("\n")[line - 1]


def test_a_place_visited_by_one_row_only_is_far_from_the_others(tmp_path: Path) -> None:
    table = made_up()
    table["Latitude"][7] = "41.826000"  # 1.9 km north of the northernmost of the others
    assert reasons(rows_of(save(tmp_path / "rows.csv", table))) == {9: "far from the others"}


def test_offences_that_share_a_number_are_kept_and_repeated_calls_are_not(tmp_path: Path) -> None:
    table = made_up()
    table["Case Number"] = table.pop("number")
    table["Case Number"][1] = table["Case Number"][0]  # another type under the same number
    for name in table:
        table[name][3] = table[name][2]  # the same row twice
    path = save(tmp_path / "rows.csv", table)
    assert reasons(rows_of(path)) == {5: "number occurs twice"}
    assert reasons(rows_of(path, CALLS, type="Offense")) == {3: "number occurs twice", 5: "number occurs twice"}


def test_what_the_police_began_is_no_call_from_the_public() -> None:
    own = [
        "TRAFFIC STOP",
        "BUSINESS CHECK",
        "PARK AND WALK",
        "TS TARGETED",
        "Premise Check, Officer Initiated Onview",
        "RETURN STATION",
        "FOLLOW UP",
        "REPORTS",
    ]
    public = [
        "TRBL W/SUBJ",
        "ACC PDO",
        "ENTRY",
        "CALL FOR POLICE",
        "WELFARE CITIZEN",
        "SHOTSPOTTER",
        "BATTERY DV",
        "TRAFFIC HAZARD",
        "PROPERTY DAMAGE",
    ]
    assert officer_initiated(pl.Series(own)).all()
    assert not officer_initiated(pl.Series(public)).any()


@pytest.mark.parametrize(
    ("column", "own", "public"),
    [
        ("Call Type", "ONVIEW", "911"),
        ("SelfInitiated", "Y", "N"),
        ("officerinitiated", "Yes", "No"),
        ("Call Source", "Officer", "OFFICER NEEDS HELP"),
        ("How Received", "FIELD INITIATED", "PHONE"),
    ],
)
def test_a_portal_that_says_who_began_a_call_is_believed(tmp_path: Path, column: str, own: str, public: str) -> None:
    table = made_up() | {"Final Call Type": ["FIGHT"] * 240, column: [own if i < 3 else public for i in range(240)]}
    assert reasons(rows_of(save(tmp_path / "calls.csv", table), CALLS)) == dict.fromkeys(
        (2, 3, 4), "no call from the public"
    )


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_and_decimal_commas_are_read(tmp_path: Path, separator: str) -> None:
    table = made_up()
    if separator == ";":
        table["Latitude"] = [value.replace(".", ",") for value in table["Latitude"]]
    path = tmp_path / "rows.csv"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + "\r\n".join(separator.join(row) for row in (table, *zip(*table.values(), strict=True))).encode()
    )
    assert rows_of(path).report.rows_used == 240


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (
            "burglary",
            [
                "BURGLARY",
                "Burglary Residential",
                "BURGLARY/BREAKING&ENTERING",
                "Break and Enter Commercial",
                "ENTRY",
                "burglary-residence",
                "入室盗窃",
            ],
        ),
        (
            "theft",
            [
                "THEFT",
                "MOTOR VEHICLE THEFT",
                "LARCENY FROM AUTO",
                "PETIT LARCENY",
                "VEHICLE - STOLEN",
                "BURGLARY FROM VEHICLE",
                "ENTRY AUTOS",
                "Shoplifting",
            ],
        ),
        (
            "theft",
            [
                "Vehicle crime",
                "Theft from the person",
                "GRAND LARCENY OF MOTOR VEHICLE",
                "SHOPLIFTER",
                "STOLEN VEHICLE",
                "扒窃",
            ],
        ),
        (
            "robbery",
            ["ROBBERY", "Robbery Firearm", "ROBBERY ARMED-DV", "ROBBERY - CARJACKING", "PURSE SNATCHING", "抢劫"],
        ),
        (
            "assault",
            [
                "BATTERY",
                "ASSAULT",
                "AGG. ASSAULT",
                "ASSAULT 3 & RELATED OFFENSES",
                "BATTERY CUTTING",
                "FIGHT",
                "Violence and sexual offences",
                "打架斗殴",
            ],
        ),
        (
            None,
            [
                "BURGLAR ALARM",
                "BURG/AUD BUSINES",
                "HOLDUP ALARM",
                "SEX ASSAULT-DV",
                "BATTERY WITH SEXUAL CONTACT",
                "THEFT OF IDENTITY",
                "THEFT OF SERVICES",
            ],
        ),
        (
            None,
            [
                "HOMICIDE",
                "NARCOTICS",
                "RECOVERED VEH",
                "STOLEN PROPERTY OFFENSES",
                "ABAND/STOLEN PRO",
                "DECEPTIVE PRACTICE",
                "FIREWORKS",
                "电信网络诈骗",
            ],
        ),
    ],
)
def test_recorded_types_are_told_apart(kind: str | None, texts: list[str]) -> None:
    expected = NO_CRIME if kind is None else CRIME_EVIDENCE.index(kind)
    assert {text: crime_type(text) for text in texts} == dict.fromkeys(texts, expected)


# --- files that cannot be used
# ----------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "bytes.csv").write_bytes(b"Date,Offense\n" + bytes(range(256)) * 10)
    (tmp_path / "empty.csv").write_text("")
    save(tmp_path / "header.csv", {name: [] for name in made_up()})
    cases = {
        "nothing.csv": "not found",
        ".": "a folder",
        "bytes.csv": "UTF-8",
        "empty.csv": "empty",
        "header.csv": "a header at most",
    }
    for name, message in cases.items():
        with pytest.raises(BadInput, match=rf"^city\.incidents_csv: .*{message}"):
            city_of(tmp_path / name)


@pytest.mark.parametrize(("latitude", "longitude"), [(41.8, -87.6), (34.05, -118.3), (31.2, 121.5)])
def test_a_swapped_coordinate_pair_is_refused(tmp_path: Path, latitude: float, longitude: float) -> None:
    table = made_up(latitude=latitude, longitude=longitude)
    table["Latitude"], table["Longitude"] = table["Longitude"], table["Latitude"]
    with pytest.raises(BadInput, match=r"look swapped.*city\.columns\.latitude='Longitude'"):
        rows_of(save(tmp_path / "rows.csv", table))


def test_metres_instead_of_degrees_are_refused(tmp_path: Path) -> None:
    table = made_up() | {"Latitude": ["1850000"] * 240, "Longitude": ["1180000"] * 240}
    with pytest.raises(BadInput, match="look like metres or feet"):
        rows_of(save(tmp_path / "rows.csv", table))


@pytest.mark.parametrize(("latitude", "longitude", "what"), [(41.8, 87.6, "longitude"), (-41.8, -87.6, "latitude")])
def test_a_portal_in_the_wrong_hemisphere_is_refused(
    tmp_path: Path, latitude: float, longitude: float, what: str
) -> None:
    table = made_up(latitude=latitude, longitude=longitude)
    table["Primary Type"], table["Case Number"] = table.pop("Offense"), table.pop("number")
    with pytest.raises(BadInput, match=f"Chicago.*wrong hemisphere; change the sign of {what}"):
        rows_of(save(tmp_path / "rows.csv", table))


@pytest.mark.parametrize(
    ("latitude", "longitude", "message"),
    [
        (41.8, 87.6, "longitude of one of them looks to be in the wrong hemisphere"),
        (-41.8, -87.6, "latitude of one of them looks to be in the wrong hemisphere"),
        (43.06, -77.6, "give files of one city"),
        (42.5, -87.6, "do not overlap"),
    ],
)
def test_incidents_and_calls_of_different_places_are_refused(
    tmp_path: Path, latitude: float, longitude: float, message: str
) -> None:
    incidents = save(tmp_path / "incidents.csv", made_up())
    calls = save(tmp_path / "calls.csv", made_up(latitude=latitude, longitude=longitude) | {"type": ["NOISE"] * 240})
    with pytest.raises(BadInput, match=message):
        city_of(incidents, calls)


def test_times_that_do_not_parse_are_refused_with_an_example_and_the_way_out(tmp_path: Path) -> None:
    path = save(tmp_path / "rows.csv", made_up() | {"Date": ["day 3 of May"] * 240})
    with pytest.raises(BadInput, match=r"column Date: 'day 3 of May'.*city\.columns\.time_format"):
        rows_of(path)
    with pytest.raises(BadInput, match=r"city\.columns\.time_format: '%d/%m/%Y'.*0 of 240"):
        rows_of(path, time_format="%d/%m/%Y")


def test_fewer_than_fifty_usable_rows_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "rows.csv", made_up(types=("BURGLARY", *["NARCOTICS"] * 9)))
    with pytest.raises(BadInput, match="24 of 240 can be used; most often: type is not simulated"):
        rows_of(path)


def test_a_grid_with_too_many_cells_is_refused_with_advice_that_works(tmp_path: Path) -> None:
    table = made_up()
    table["Latitude"] = [f"{41.6 + 0.4 * i / 240:.6f}" for i in range(240)]
    table["Longitude"] = [f"{-87.8 + 0.4 * (i * 7 % 240) / 240:.6f}" for i in range(240)]
    path = save(tmp_path / "rows.csv", table)
    with pytest.raises(BadInput, match=r"city\.cell_m: 50.0.*at least city\.cell_m=80"):
        city_of(path, cell_m=50)
    with pytest.raises(BadInput, match=r"city\.cell_m: 70.0"):
        city_of(path, cell_m=70)


@pytest.mark.skipif(not CHICAGO.exists(), reason="the real file is not here")
def test_the_chicago_sample_gives_its_669_crimes_of_the_four_types() -> None:
    rows = rows_of(CHICAGO)
    assert np.bincount(rows.crime).tolist() == [78, 178 + 37, 74, 218 + 84]
    assert {reason for _, reason in rows.report.rejected} == {
        "type is not simulated",
        "counts for its rate alone: the model brings this type about itself",  # deceptive practice
    }


@pytest.mark.skipif(not CHICAGO.exists(), reason="the real file is not here")
def test_the_chicago_sample_with_its_longitudes_turned_east_is_refused(tmp_path: Path) -> None:
    turned = tmp_path / "east.csv"
    turned.write_text(CHICAGO.read_text().replace(",-87.", ",87."))
    with pytest.raises(BadInput, match="wrong hemisphere; change the sign of longitude"):
        rows_of(turned)


def test_frauds_and_disputes_are_counted_although_the_model_brings_them_about_itself(tmp_path: Path) -> None:
    types = ("THEFT", "FRAUD", "FAMILY DISPUTE")
    path = save(tmp_path / "rows.csv", made_up(types=types))
    incidents, calls = city_of(path, residents=20_000), city_of(calls=path, residents=20_000)
    year = 20 * 366 / 365.25
    for city in (incidents, calls):
        assert city.arising == pytest.approx({"fraud": 80 / year, "dispute": 80 / year}, rel=0.03)
    numbered = made_up(types=types) | {"Case Number": [f"N{i // 6}" for i in range(240)]}
    assert rows_of(save(tmp_path / "twice.csv", numbered), CALLS).arising["fraud"] < 30
