"""Whatever a user writes, the answer is the settings that were meant.

Or one line that names field, value and what is allowed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments import run
from experiments.run import COMMAND
from experiments.settings import compose as our_settings
from experiments.settings import option_files
from experiments.settings.compose import compose, leaves, scenario_of
from experiments.settings.folders import CONFIGS
from experiments.settings.overrides import quoted, read_overrides, resolved
from sim.parameters import BadInput

REPOSITORY = Path(__file__).parents[3]
KEYS = sorted(
    {
        ".".join(key.split(".")[:depth])
        for strategy in ("integrated", "hotspot")
        for key in leaves(compose("run", {"strategy": strategy, "shortage": "uniform"}, {}))
        for depth in range(1, 5)
    }
)
VALUES = (
    *(
        "null",
        "true",
        "false",
        "' 5 '",
        "'5'",
        "yes",
        "",
        "-1",
        "0",
        "1",
        "-0.0",
        "1e-9",
        "1e400",
        "-1e308",
        "nan",
        "inf",
        "1_000",
        "0x10",
        "٣",
        "３",
        "十",
        "???",
    ),
    *(
        "[]",
        "[1]",
        "[null]",
        "[true]",
        "[[]]",
        "{}",
        "{a: 1}",
        "[{a: [1]}]",
        "{kind: 3}",
        "[a,b]",
        "[节日]",
        "'it\\'s'",
        "O'Brien",
        "a b",
        "#",
        "(x)",
        "@",
        "$",
    ),
    *(
        "${seed}",
        "${out}",
        "${city}",
        "${nothing}",
        "${oc.env:HOME}",
        "${oc.create:{a: 1}}",
        "${oc.decode:'1'}",
        "${hydra:job.name}",
        "${days}${days}",
        "${",
        "\\",
    ),
    *(
        "1" * 400,
        "x" * 5000,
        "[" * 300,
        "\x1b[31m",
        "\x00",
        "\udcff",
        "a\nb",
        "../..",
        "~nobody/x",
        "/dev/null",
        "é",
        "𝟛",
        "\u202e",
    ),
)


def answer(words: list[str], strategy: str) -> dict[str, Any] | str:
    """Return the settings that words give, or the complaint."""
    try:
        choices, values = read_overrides(words)
        tree = compose("run", {"strategy": strategy, "shortage": "uniform", **choices}, values)
        scenario_of(tree, COMMAND.keys)
    except BadInput as bad:
        return str(bad)
    return tree


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(VALUES)), min_size=1, max_size=2),
    st.sampled_from(["integrated", "hotspot", "reactive"]),
)
def test_any_value_of_any_key_is_understood_or_refused_in_one_line(pairs: list[tuple[str, str]], strategy: str) -> None:
    found = answer([f"{key}={value}" for key, value in pairs], strategy)
    if isinstance(found, str):
        assert len(found) < 3000
        assert all(c.isprintable() for c in " ".join(found.split()))
    else:
        assert os.environ["HOME"] not in repr(found)


@pytest.mark.parametrize("value", ["true", "' 5 '", "'5'", "[1]", "null"])
@pytest.mark.parametrize(
    "key",
    [
        "days",
        "city.cell_m",
        "force.overtime_share",
        "demand.burglary.rate_per_1000",
        "strategy.dwell_min",
        "shortage.fraction",
    ],
)
def test_no_number_is_a_text_a_truth_value_a_list_or_nothing(key: str, value: str) -> None:
    assert str(answer([f"{key}={value}"], "hotspot")).startswith(f"{key}: ")


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("city.columns.type=Case #", "Case #"),
        ("city.columns.time=Date (local)", "Date (local)"),
        ("city.columns.type=Type, fine", "Type, fine"),
        ("city.columns.type=O'Brien", "O'Brien"),
        ("city.columns.type=2020", "2020"),
        ("city.columns.type='案件 类型'", "案件 类型"),
        ("city.columns.type=null", None),
        ("city.name=${seed} of them", "${seed} of them"),
        ("strategies=[reactive,节日巡逻,'a b']", ["reactive", "节日巡逻", "a b"]),
        ("shortage.parts=[{kind: 节日,fraction:0.2}]", [{"kind": "节日", "fraction": 0.2}]),
        ("shortages=节日", "节日"),
    ],
)
def test_a_value_is_read_as_it_is_written(word: str, value: object) -> None:
    choices, values = read_overrides([word])
    assert [*choices.values(), *values.values()] == [value]


@pytest.mark.parametrize("name", ["节日", "it's", "back\\", "a b", "uniform３０", "'", "\\'"])
def test_an_option_of_any_name_is_found_by_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configs = _own_configs(tmp_path, monkeypatch)
    (configs / "shortage" / f"{name}.yaml").write_text(
        "kind: combined\nparts:\n  - {kind: uniform, fraction: 0.1}\n", encoding="utf-8"
    )
    assert compose("run", {"shortage": name}, {})["shortage"]["parts"] == [{"kind": "uniform", "fraction": 0.1}]
    assert read_overrides([f"shortage={quoted(name)}"])[0] == {"shortage": name}


@pytest.mark.parametrize(
    ("group", "content", "says"),
    [
        (
            "strategy",
            "programmes: [visits]\n",
            r"strategy: .* 'own', configs/strategy/own.yaml, .*`name: …`",
        ),
        ("shortage", "fraction: 0.2\n", r"shortage: .* 'own', configs/shortage/own.yaml, .*`kind: …`"),
        ("city", "a: 1\nb: [\n", r"city: .* 'own' .* configs/city/own.yaml: line 3"),
        ("city", "- 1\n", r"city: .* 'own' .* holds list"),
        (
            "city",
            "name: ${oc.env:HOME}\n",
            r"configs/city/own.yaml.name: '\$\{oc.env:HOME\}' is not allowed: .*nothing from outside the settings",
        ),
        ("city", b"name: \xff\n", r"city: .* 'own' .* configs/city/own.yaml"),
        ("city", "defaults: [nowhere]\n", r"configs/city/own.yaml"),
        ("city", "name: &a [*a]\n", r"city: .* 'own' .* an alias"),
    ],
)
def test_a_broken_file_of_an_option_is_named_with_its_line_and_stands_in_nobody_elses_way(
    group, content, says, tmp_path, monkeypatch
) -> None:
    configs = _own_configs(tmp_path, monkeypatch)
    (configs / group / "own.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadInput, match=says):
        scenario_of(compose("run", {group: "own"}, {}), COMMAND.keys)
    assert compose(
        "run", {group: "none" if group == "shortage" else "reactive" if group == "strategy" else "town"}, {}
    )["days"]
    assert run.main(["--help"]) == 0


def _own_configs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the commands read a copy of the settings."""
    configs = tmp_path / "configs"
    for path in CONFIGS.rglob("*.yaml"):
        copy = configs / path.relative_to(CONFIGS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    for module in ("folders", "option_files", "help"):
        monkeypatch.setattr(f"experiments.settings.{module}.CONFIGS", configs)
    option_files.composed.cache_clear()
    monkeypatch.setattr(our_settings, "composed", option_files.composed.__wrapped__)
    for remembering in ("_by_hydra", "_filling", "_check_file"):
        monkeypatch.setattr(option_files, remembering, getattr(option_files, remembering).__wrapped__)
    return configs


def test_a_reference_to_another_setting_is_followed_and_a_circle_is_refused() -> None:
    assert resolved({"seed": 3, "a": {"b": "${seed}", "c": "run ${a.b}"}}) == {"seed": 3, "a": {"b": 3, "c": "run 3"}}
    with pytest.raises(BadInput, match="refers to itself"):
        resolved({"a": "${b}", "b": "x${a}"})


@pytest.mark.parametrize(
    "words", [["--help"], ["city=from_data", "city.incidents_csv=犯罪数据.csv"]], ids=["help", "path"]
)
def test_a_terminal_that_cannot_show_a_character_gets_its_number(words: list[str], tmp_path: Path) -> None:
    surroundings = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "ascii"}
    shown = subprocess.run(
        [sys.executable, "-m", "experiments.run", *words],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in shown.stderr
    assert shown.returncode == (0 if words == ["--help"] else 2)
    assert "\\u" in shown.stdout + shown.stderr


@pytest.mark.parametrize(("word", "status"), [("--help", 0), ("比较", 2)])
def test_the_front_door_speaks_to_a_terminal_that_has_ascii_only(word: str, status: int) -> None:
    surroundings = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "ascii"}
    shown = subprocess.run([sys.executable, "-m", "beatlab", word], env=surroundings, capture_output=True, text=True)
    assert "Traceback" not in shown.stderr
    assert shown.returncode == status
    assert "\\u" in shown.stdout + shown.stderr


@pytest.mark.parametrize("name", ["Case #", "Date (local)", "Type, fine", "O'Brien", "2020", "Géo {x}: [1]", "时间"])
def test_a_column_may_have_any_name(name: str) -> None:
    assert read_overrides([f"city.columns.point={name}"])[1] == {"city.columns.point": name}


def test_replications_that_would_take_for_ever_are_refused_before_anything_is_built(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from experiments.compare import __main__ as compare

    assert compare.main(["replications=10000"]) == 2
    assert capsys.readouterr().err.startswith("error: replications: 10000 is not allowed: at most 50,000")
    assert compare.main(["replications=100000"]) == 2


def test_control_characters_of_a_file_do_not_reach_the_terminal() -> None:
    bad = BadInput("city.incidents_csv\x1b[2J", "a\x1b]0;b\x07", "the file has \x1b[31mtime, \u202e, 时间\u3000x")
    assert (
        str(bad)
        == "city.incidents_csv\\x1b[2J: 'a\\x1b]0;b\\x07' is not allowed: the file has \\x1b[31mtime, \\u202e, "
        "时间\u3000x"
    )
    assert len(str(BadInput("a", "x" * 10_000, "less"))) < 400
