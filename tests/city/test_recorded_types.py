"""Claims about the types of real files: what the tables make of them, which column says them, what the user may say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml
from made_up_city import city_of, made_up, reasons, rows_of, save

from sim.city.city import CRIME_EVIDENCE
from sim.city.read_rows import CALLS
from sim.city.type_tables import CLASSES, PARTS, folded, own_tables, shipped_tables
from sim.incident_types import OTHER_CALLS, IncidentType
from sim.parameters import BadInput

PHRASES = yaml.safe_load((Path(__file__).parent / "phrases.yaml").read_text(encoding="utf-8"))
TABLES = Path(__file__).resolve().parents[2] / "sim" / "city" / "types"
TOLD_APART = (*CRIME_EVIDENCE, "fraud", "dispute", "school_violence")


def read_as(text: str, expected: str = "none") -> str:
    kind = shipped_tables().meaning(text).kind
    return kind if kind in TOLD_APART or kind == expected else "none"


# --- tables
# ---------------------------------------------------------------------------------------------------------------------


def test_the_phrases_are_of_at_least_five_standards_and_four_hundred() -> None:
    assert len(PHRASES) >= 5
    assert sum(len(phrases) for classes in PHRASES.values() for phrases in classes.values()) >= 400


@pytest.mark.parametrize("source", PHRASES)
def test_types_of_public_classifications_are_read_as_what_they_are(source: str) -> None:
    expected = {str(phrase): kind for kind, phrases in PHRASES[source].items() for phrase in phrases}
    wrong = {p: (kind, read_as(p, kind)) for p, kind in expected.items() if read_as(p, kind) != kind}
    assert not wrong
    assert len(expected) >= 5


def test_no_class_is_confused_with_another() -> None:
    pairs = Counter(
        (kind, read_as(str(phrase), kind))
        for classes in PHRASES.values()
        for kind, phrases in classes.items()
        for phrase in phrases
    )
    assert sum(n for (kind, got), n in pairs.items() if kind != got) == 0
    assert {kind for kind, _ in pairs} >= {*TOLD_APART, "offence", "service", "none"}


def test_crimes_that_are_not_simulated_are_no_services() -> None:
    others = [str(phrase) for classes in PHRASES.values() for phrase in classes.get("offence", ())]
    assert len(others) >= 250
    assert [text for text in others if shipped_tables().meaning(text).kind != "offence"] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ALACAD - COMMERCIAL BURGLARY (FALSE)", "alarm"),
        ("BURGLARY VICTIM VISIT", "police"),
        ("STOLEN VEHICLE - LOCATED", "service"),
        ("THEFT OF SERVICES", "fraud"),
        ("BURGLARY PREVENTION ADVICE", "police"),
        ("防盗宣传", "service"),
        ("偷税漏税", "offence"),
        ("ROBBERY FOLLOW-UP", "police"),
        ("DISPUTE - MEDIATION", "service"),
    ],
)
def test_a_word_that_makes_it_no_crime_decides_before_the_crime_that_it_names(text: str, kind: str) -> None:
    got = shipped_tables().meaning(text).kind
    assert got not in CRIME_EVIDENCE
    assert got == kind or {got, kind} <= {"police", "service"}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("BURGLARY AUTO", "burglary_auto"),
        ("stolen-property", "Stolen Property"),
        ("竊盜", "窃盗"),
        ("Vol de véhicule", "VOL DE VEHICULE"),
        ("B&E", "b and e"),
        ("Straßenraub", "STRASSENRAUB"),
    ],
)
def test_case_accents_punctuation_and_the_way_of_writing_do_not_matter(a: str, b: str) -> None:
    assert folded(a) == folded(b)


def test_the_phrase_that_covers_most_decides_and_of_equals_the_graver() -> None:
    assert read_as("BURGLARY OF A VEHICLE") == "theft"
    assert read_as("BURGLARY RESIDENCE THEFT") == "burglary"
    assert read_as("ROBBERY/ASSAULT") == "robbery"


def test_every_table_names_its_source_and_only_classes_that_there_are() -> None:
    tables = sorted(TABLES.glob("*.yaml"))
    assert len(tables) >= 5
    for path in tables:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert len(table.pop("source")) > 20, path
        table.pop("variants", None)
        assert set(table) <= set(PARTS), path
        for part in table.values():
            assert set(part) <= set(CLASSES), path
            phrases = [str(line) for lines in part.values() for line in lines]
            assert all(phrase.strip(" ,*.") for phrase in phrases), path


# --- columns
# ---------------------------------------------------------------------------------------------------------------------


def three_types(n: int = 90) -> dict[str, list[str]]:
    table = made_up(n)
    del table["Offense"]
    return table


def test_the_exact_column_is_taken_where_a_broad_one_hides_what_is_simulated(tmp_path: Path) -> None:
    exact, broad = ["assault-simple", "theft-bicycle", "burglary-residence"], ["other-crimes", "larceny", "burglary"]
    table = three_types() | {"OFFENSE_CATEGORY_ID": broad * 30, "OFFENSE_TYPE_ID": exact * 30}
    rows = rows_of(save(tmp_path / "rows.csv", table))
    assert rows.report.type_columns[0] == "OFFENSE_TYPE_ID"
    assert np.bincount(rows.crime, minlength=4).tolist() == [30, 30, 0, 30]


def test_a_column_that_tells_more_types_apart_is_taken_before_a_broad_one(tmp_path: Path) -> None:
    table = three_types() | {
        "category": ["theft", "assault", "robbery"] * 30,
        "incident_type": [f"{kind} {how}" for how in "abcdefghij" for kind in ("theft", "assault", "robbery")] * 3,
    }
    assert rows_of(save(tmp_path / "rows.csv", table)).report.type_columns[0] == "incident_type"


def test_a_column_of_codes_is_not_taken_where_another_has_words(tmp_path: Path) -> None:
    table = three_types() | {"Crime": ["9001(A)", "9002", "9003(D)"] * 30, "Title": ["Petty Theft", "ADW", "B&E"] * 30}
    rows = rows_of(save(tmp_path / "rows.csv", table))
    assert rows.report.type_columns == ("Title",)
    assert rows.report.rows_used == 90


def test_where_the_exact_column_says_nothing_the_next_one_does(tmp_path: Path) -> None:
    table = three_types() | {"offense": ["GENERAL", "THEFT", "ROBBERY"] * 30, "category": ["BURGLARY", "", ""] * 30}
    rows = rows_of(save(tmp_path / "rows.csv", table))
    assert np.bincount(rows.crime, minlength=4).tolist() == [30, 30, 30, 0]


def test_only_codes_are_an_error_that_names_the_column_and_its_commonest_values(tmp_path: Path) -> None:
    table = three_types() | {"Crime": ["9001(A)", "9002", "9003(D)"] * 30}
    with pytest.raises(BadInput, match=r"column 'Crime'.*'9001\(A\)'.*city\.columns\.type"):
        rows_of(save(tmp_path / "rows.csv", table))


def test_a_call_is_the_polices_own_if_any_column_of_types_says_so(tmp_path: Path) -> None:
    table = three_types() | {
        "event_clearance_description": ["NOISE", "TRAFFIC (MOVING) VIOLATION", "SUSPICIOUS PERSON"] * 30,
        "initial_type_description": ["NOISE - LOUD", "TRAFFIC STOP - OFFICER INITIATED ONVIEW", "X - ONVIEW"] * 30,
    }
    rows = rows_of(save(tmp_path / "calls.csv", table), CALLS)
    assert rows.report.rows_used == 30
    assert set(reasons(rows).values()) == {"no call from the public"}


# --- what the user says
# ---------------------------------------------------------------------------------------------------------------------


def test_a_file_without_types_is_read_if_the_user_says_what_all_rows_are(tmp_path: Path) -> None:
    path = save(tmp_path / "rows.csv", three_types())
    with pytest.raises(BadInput, match=r"city\.type=burglary"):
        city_of(path)
    city = city_of(path, type="burglary", residents=20_000)
    assert city.files[0].rows_used == 90
    assert [(one.kind, one.used) for one in city.files[0].types] == [("burglary", 90)]


@pytest.mark.parametrize("suffix", ["csv", "yaml"])
def test_ones_own_table_decides_before_those_of_the_program(tmp_path: Path, suffix: str) -> None:
    table = three_types() | {"Offense": ["QX 7", "THEFT", "ROBBERY"] * 30}
    words = {"csv": "type,class\nqx-7,burglary\nTHEFT,assault\n", "yaml": "burglary: [QX 7]\nassault: [THEFT]\n"}
    own = tmp_path / f"own.{suffix}"
    own.write_text(words[suffix])
    city = city_of(save(tmp_path / "rows.csv", table), types_file=str(own), residents=20_000)
    assert {one.type: one.kind for one in city.files[0].types} == {
        "QX 7": "burglary",
        "THEFT": "assault",
        "ROBBERY": "robbery",
    }


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "kind,name\nx,y\n", "columns type and class.*kind, name"),
        ("a.csv", "type,class\nx,burglar\n", "this table has 'burglar'"),
        ("a.csv", "type,class\n", "at least one type"),
        ("a.yaml", "burglary: [a\n", "cannot be read"),
        ("a.yaml", "- a\n", "class → list of types"),
        ("a.yaml", "theft: {a: b}\n", "class → list of types"),
        ("a.yaml", "a: &a [x]\nb: &b [*a, *a]\n", "class → list of types"),
        ("a.yaml", "[" * 5000, "cannot be read"),
    ],
)
def test_a_table_that_is_none_is_refused_in_one_line(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInput, match=rf"^city\.types_file: .*{message}") as error:
        own_tables(str(tmp_path / name))
    assert "\n" not in str(error.value)


# --- what is told, and what becomes of calls
# ---------------------------------------------------------------------------------------------------------------------


def test_each_type_is_told_with_its_class_and_what_became_of_its_rows(tmp_path: Path) -> None:
    table = made_up(240, types=("THEFT", "ARSON", "QX 7"))
    table["Latitude"][0] = ""
    told = {one.type: one for one in rows_of(save(tmp_path / "rows.csv", table)).report.types}
    assert (told["THEFT"].kind, told["THEFT"].rows, told["THEFT"].used) == ("theft", 80, 79)
    assert "coordinates are missing (1)" in told["THEFT"].lost
    assert (told["ARSON"].kind, told["ARSON"].used) == ("offence", 0)
    assert "type is not simulated (80)" in told["ARSON"].lost
    assert told["QX 7"].kind == "unknown"


def test_calls_keep_their_mix_places_and_hours_by_kind(tmp_path: Path) -> None:
    table = made_up(2000, types=("ACCIDENT", "ACCIDENT", "ACCIDENT", "NOISE"))
    east, day = 0.01, [t[:10] for t in table["Date"]]
    table["Longitude"] = [
        f"{-87.6 + (east if i % 4 == 3 else -east) + 1e-5 * (i % 97):.6f}" for i in range(len(table["Longitude"]))
    ]
    table["Date"] = [f"{d} {'23' if i % 4 == 3 else '08'}:{i % 60:02}:00" for i, d in enumerate(day)]
    calls = city_of(calls=save(tmp_path / "calls.csv", table), residents=20_000).calls
    assert calls is not None
    traffic, noise = (OTHER_CALLS.index(kind) for kind in (IncidentType.TRAFFIC, IncidentType.DISORDER))
    assert calls.share[[traffic, noise]] == pytest.approx([0.75, 0.25], abs=0.01)
    assert calls.share.sum() == pytest.approx(1)
    by_hour = calls.profile.reshape(len(OTHER_CALLS), 7, 24).mean(axis=1)
    assert by_hour[traffic].argmax() == 8
    assert by_hour[noise].argmax() == 23
    assert calls.surface[traffic].argmax() != calls.surface[noise].argmax()


def test_disputes_and_frauds_among_calls_are_left_to_the_model(tmp_path: Path) -> None:
    path = save(tmp_path / "calls.csv", made_up(240, types=("家庭纠纷", "电信诈骗", "校园欺凌", "噪音扰民")))
    city = city_of(calls=path, residents=20_000)
    assert city.calls is not None
    assert city.calls.per_1000_year == pytest.approx((60 + 5) / (20 * 366 / 365.25 + 5 / 460), rel=0.05)
    assert {one.kind for one in city.files[0].types} == {"dispute", "fraud", "school_violence", "disorder"}
