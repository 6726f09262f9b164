"""Claims about `beatlab lesson`: the prediction comes first, knobs are checked, and one's own lessons are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from beatlab.__main__ import main
from experiments.lesson.findings import promises_kept, seen
from experiments.lesson.folder import load
from scenarios.lessons.parts import Promise

SMALL = """
from scenarios.lessons.parts import Knob, Promise, indicators, with_strategy
PLACE = {"city": "town", "city.residents": 3000, "city.area_km2": 2, "city.beats": 1, "city.districts": 1,
         "city.layouts": "one", "days": 3, "warmup_days": 0}
KNOBS, REPLICATIONS, ANSWER = {"stay_min": Knob(12, (5, 12))}, 3, 1
PROMISES = (Promise("days", "hot_spots", "waiting", 0, 0),)
def arms(scenario, stay_min):
    return {"waiting": scenario, "hot_spots": with_strategy(scenario, "hotspot", dwell_min=stay_min)}
def measures(results):
    return {**indicators(results, crimes="crimes_total"), "days": len(results.tables["daily"]["day"])}
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lesson of one's own in a working folder, small enough for a test."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "lesson", "night"]) == 0
    folder = tmp_path / "lessons" / "night"
    (folder / "lesson.py").write_text(SMALL)
    for file in ("en.md", "zh.md"):
        text = (folder / file).read_text(encoding="utf-8")
        (folder / file).write_text(text.replace("measures:\n", "measures:\n  days: days\n"), encoding="utf-8")
    return folder


def test_the_list_has_all_lessons_and_ones_own(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["lesson"]) == 0
    told = capsys.readouterr().out
    assert [line for line in told.splitlines() if line and not line.startswith(" ")][-2:] == [
        "self_feeding_map",
        "night",
    ]
    assert main(["lesson", "language=zh"]) == 0
    assert "停留多久" in capsys.readouterr().out


def test_without_a_prediction_nothing_is_run(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "lesson.py").write_text(SMALL.replace("return {**", "raise ValueError\n    return {**"))
    capsys.readouterr()
    assert main(["lesson", "night"]) == 0
    told = capsys.readouterr().out
    assert "Predict first" in told
    assert "beatlab lesson night prediction=1" in told


def test_a_lesson_is_run_with_knobs_and_says_what_became_of_the_prediction(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["lesson", "night", "prediction=2", "workers=1"]) == 0
    told = capsys.readouterr().out
    assert "Your prediction came true." in told
    assert "here 0.0 %" in told
    assert main(["lesson", "night", "prediction=1", "stay_min=5", "workers=1", "language=zh"]) == 0
    told = capsys.readouterr().out
    assert "你的预测与结果不符" in told
    assert "每次停留，分钟: 5" in told
    assert "days" not in told.partition("看什么")[2], "promises are about the knobs as they stand at first"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nothing"], "lesson: 'nothing' is not allowed: one of"),
        (["../lessons/how_long"], "lesson: "),
        (["how_long", "stay_min=7"], "stay_min: 7 is not allowed: one of 5, 8, 12, 16, 25"),
        (["how_long", "stay=7"], "stay: 7 is not allowed: a knob of the lesson how_long: stay_min"),
        (["how_long", "prediction=9"], "prediction: 9 is not allowed: one of 1, 2, 3, 4"),
        (["how_long", "more_patrol"], "lesson: "),
        (["how_long", "strategy=hotspot"], "strategy: "),
        (["how_long", "seed=0"], "seed: 0 is not allowed"),
        (["how_long", "sheet=x.txt"], "sheet: "),
        (["how_long", "language=fr"], "language: 'fr' is not allowed"),
    ],
)
def test_what_is_not_allowed_is_one_line_and_status_2(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lesson", *words]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1


def test_a_sheet_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", "how_long", f"sheet={tmp_path / 'a sheet.html'}", "language=zh"]) == 0
    assert "课堂用纸" in capsys.readouterr().out
    assert "停留多久" in (tmp_path / "a sheet.html").read_text(encoding="utf-8")


def test_the_name_of_a_lesson_that_there_is_cannot_be_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "lesson", "how_long"]) == 2
    assert main(["new", "lesson", "a-b"]) == 2
    assert not (tmp_path / "lessons").exists()


def test_differences_are_to_the_first_arm_and_promises_have_bounds() -> None:
    measured = {
        "a": [{"m": 10.0}, {"m": 20.0}, {"m": 30.0}],
        "b": [{"m": 8.0}, {"m": 17.0}, {"m": 29.0}],
    }
    found = seen(measured)
    assert found["a"]["m"].difference == 0
    assert found["b"]["m"].mean == 18
    assert found["b"]["m"].difference == -2
    assert found["b"]["m"].percent == -10
    assert round(found["b"]["m"].half, 2) == 2.48  # Student's t of −2, −3, −1
    within, outside, absolute = (
        Promise("m", "b", "a", -11, -9), Promise("m", "b", "a", -5, 5), Promise("m", "b", "a", -2, -2, percent=False)
    )  # fmt: skip
    kept = promises_kept((within, outside, absolute), measured)
    assert [one.holds for one in kept] == [True, False, True]


def test_knobs_stand_as_they_begin_unless_they_are_turned() -> None:
    lesson = load("how_long")
    assert lesson.with_defaults({}) == {"stay_min": 12}
    assert lesson.with_defaults({"stay_min": 25}) == {"stay_min": 25}
