"""Claims about situations of the app: each is what the command reads, and none reaches beyond its session."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import yaml

from app.comparing import steps
from app.keep import Keep
from app.situations import (
    LEVER_SIZES,
    READY,
    SHORTAGE_SIZES,
    asked,
    check,
    check_amount,
    named_in,
    options,
    read,
    ready,
)
from beatlab.__main__ import main
from scenarios.shortages import LEVERS, SHORTAGES, check_part
from sim.parameters import BadInput


@pytest.mark.parametrize("name", READY)
def test_a_ready_situation_is_one_that_the_command_takes(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    session = Keep(tmp_path).session("a")
    tree = {**ready(name), "levers": [{"kind": "auxiliaries", "heads": 10}, {"kind": "pooling"}]}
    check(tree, session.folder)
    ask = asked(tree, session, "en")
    assert main([*shlex.split(ask.line)[1:], "--cfg"]) == 0
    shown = yaml.safe_load(capsys.readouterr().out)
    assert (shown["replications"], shown["days"]) == (tree["replications"], tree["days"])
    assert options(tree) == 6
    assert asked(tree, session, "en") == ask, "the same situation has the same file"


def test_sizes_are_those_of_the_model_and_none_is_left_out() -> None:
    assert set(SHORTAGE_SIZES) == set(SHORTAGES)
    assert set(LEVER_SIZES) == set(LEVERS)
    for kind, size in (SHORTAGE_SIZES | LEVER_SIZES).items():
        check_part({"kind": kind}, "x")
        for value in (size.low, size.usual, size.high) if size else ():
            check_part({"kind": kind, size.key: int(value) if size.key == "heads" else value}, "x")


def test_more_runs_than_the_page_carries_out_are_refused() -> None:
    tree = {**ready(next(iter(READY))), "strategies": ["a"] * 8, "levers": [{"kind": "pooling"}] * 8}
    check_amount({**tree, "replications": 26})
    with pytest.raises(BadInput, match="at most 2000 runs"):
        check_amount({**tree, "replications": 28})


@pytest.mark.parametrize(
    "line",
    [
        "store: /tmp/elsewhere", "out: ../..", "engine: ray", "engine.address: 10.0.0.1:1", "workers: 64",
        "parameters: /etc/passwd", "city: {calls_csv: /etc/passwd}", "city.incidents_csv: ../../secret",
        "city.streets_file: file.osm", "replications: 5000", "city: {types_file: [/etc/passwd]}", "runner: serial",
        "config_dir: /tmp", "x: &a [*a]", "- a list", "name: [", "formats: [xlsx]", "strategies: 3", "levers: 5",
        "missing: [{kind: nonsense}]", "replications: many", "days: -1", "levers: [{kind: combined}]",
    ],
)  # fmt: skip
def test_a_situation_that_reaches_beyond_its_session_is_refused_in_one_line(line: str, tmp_path: Path) -> None:
    session = Keep(tmp_path).session("a")
    path = session.new_folder("files") / "file.yaml"
    path.write_text(f"name: mine\n{line}\n" if not line.startswith("-") else line)
    with pytest.raises(BadInput) as caught:
        read(path, session.folder)
    assert "\n" not in str(caught.value)


def test_a_file_that_was_uploaded_here_may_be_named_and_one_of_another_session_may_not(tmp_path: Path) -> None:
    keep = Keep(tmp_path)
    mine, other = keep.session("a"), keep.session("b")
    paths = [session.new_folder("files") / "file.csv" for session in (mine, other)]
    check({"city": {"kind": "from_data", "calls_csv": str(paths[0])}}, mine.folder)
    with pytest.raises(BadInput, match="uploaded in this session"):
        check({"city": {"kind": "from_data", "calls_csv": str(paths[1])}}, mine.folder)


def test_a_name_with_markup_or_a_path_in_it_stays_a_text(tmp_path: Path) -> None:
    session = Keep(tmp_path).session("a")
    name = "<script>alert(1)</script>/../../x"
    ask = asked({**ready(next(iter(READY))), "name": name}, session, "en")
    assert Path(ask.path).parent == session.folder / "situations"
    assert read(Path(ask.path), session.folder)["name"] == name


def test_answers_come_after_two_replications_and_then_twice_as_many() -> None:
    assert [steps(n) for n in (2, 3, 4, 8, 10)] == [[2], [2, 3], [2, 4], [2, 4, 8], [2, 4, 8, 10]]


def test_a_situation_from_elsewhere_has_the_form_in_which_the_page_changes_it(tmp_path: Path) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("name: x\nstrategies: hotspot\nmissing: [{kind: uniform, fraction: 25 %}]\n")
    tree = read(path, tmp_path)
    assert tree == {
        "name": "x", "strategies": ["hotspot"], "missing": [{"kind": "uniform", "fraction": 0.25}], "levers": [],
        "replications": 8,
    }  # fmt: skip


def test_a_ready_situation_has_its_name_in_the_language_of_the_page():
    tree = ready("A small town, 10,000 residents (quick)")
    chinese = named_in(tree, "zh")
    assert (tree["name"], chinese["name"]) == ("the situation as it is", "现状")
    assert named_in(chinese, "en") == tree
    assert named_in({**tree, "name": "我县"}, "en")["name"] == "我县"
