"""From here, otherwise: a replay of a branch, whose past is that of its run to the bit, by command and in the file."""

from __future__ import annotations

import base64
import re
import shutil
from dataclasses import replace

import app_server
import numpy as np
import pytest
from made_up_recording import made_up_recordings
from small_commands import SMALL_TOWN

from app.replay.branching import Branch
from app.replay.columns import unpack
from app.replay.data import tree
from app.replay.page import html
from app.replay.past import past_of
from beatlab.__main__ import main
from experiments.languages.speech import speaking

AT, BEGINS = 1500, 2880  # minutes: on the second day, so that it holds from the third one on


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    folder = tmp_path_factory.mktemp("branched") / "run"
    assert main(["run", "city=town", *SMALL_TOWN, "days=4", "warmup_days=0", "strategy=reactive", f"out={folder}"]) == 0
    return folder


def replayed(result, out, *words):
    assert main(["replay", str(result), f"branch.at_min={AT}", *words, f"out={out}", "workers=1"]) == 0
    letters = re.search(r'id="data">([A-Za-z0-9+/=]+)<', out.read_text(encoding="utf-8"))
    return unpack(base64.b64decode(letters[1]))


def before(run, table, column, at):
    return run[table][column][: np.searchsorted(run[table][column], at * 100)].tolist()


def test_the_past_is_the_same_and_the_future_is_that_of_the_other_strategy(result, tmp_path, capfd):
    told = replayed(result, tmp_path / "b.html", "branch.strategy=random_patrol")
    (pair,) = told["pairs"]
    a, b = pair["runs"]
    assert (a["label"]["en"], b["label"]["en"]) == ("reactive policing", "from day 3 on: random patrol")
    assert told["branch"] == {"at": AT, "begins": BEGINS}
    for table, column in (("incidents", "time"), ("calls", "received")):
        assert before(a, table, column, BEGINS) == before(b, table, column, BEGINS)
    driving = told["activities"].index("patrol_drive")
    drives = [run["tracks"]["start"][run["tracks"]["activity"] == driving] for run in (a, b)]
    assert len(drives[0]) == 0
    assert drives[1].min() >= BEGINS * 100, "random patrol drives from the third day on, and never before"
    assert "Up to the morning of day 3 both are the same to the bit" in told["note"]["en"]
    assert [(one["at"], one["kind"]) for one in pair["moments"] if one["kind"] == "branch"] == [(AT, "branch")]
    command = a["command"]
    assert command.startswith(f"beatlab replay {result} ")
    assert command.endswith("branch.at_min={minute} branch.strategy=hotspot")
    assert b["command"] == ""


def test_personnel_and_a_campaign_from_here_on(result, tmp_path, capfd):
    told = replayed(
        result, tmp_path / "c.html", "branch.heads=[{post: patrol, heads: 3}]", "branch.programmes=[campaign]"
    )
    (pair,) = told["pairs"]
    assert pair["runs"][1]["label"]["en"] == "from day 3 on: campaign and 3 more (patrol)"
    assert pair["runs"][1]["label"]["zh"].startswith("从第3天起：")
    assert [one["at"] for one in pair["moments"] if one["kind"] == "programme"] == [BEGINS + 480]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["branch.strategy=hotspot"], "branch.at_min"),
        (["branch.at_min=99999", "branch.strategy=hotspot"], "0 to 4320"),
        (["branch.at_min=10", "branch.strategy=nobody"], "nobody"),
        (["branch.at_min=10", "branch.heads=3"], "branch.heads"),
        (["branch.at_min=10", "branch.programmes=[magic]"], "magic"),
        (["branch.at_min=10", "FOLDER"], "one strategy of one folder"),
    ],
)
def test_what_cannot_be_is_one_line(result, tmp_path, monkeypatch, capfd, words, why):
    monkeypatch.chdir(tmp_path)
    capfd.readouterr()
    status = main(["replay", str(result), *(word.replace("FOLDER", str(result)) for word in words), "workers=1"])
    errors = capfd.readouterr().err.splitlines()
    assert status == 2
    assert len(errors) == 1
    assert why in errors[0]
    assert list(tmp_path.rglob("*.html*")) == []


def test_a_past_that_differs_is_never_called_the_same():
    one, other = made_up_recordings(("reactive", "reactive"), replications=1)
    with pytest.raises(RuntimeError, match="incidents"):
        past_of([[one, replace(other, branch=Branch(AT, "hotspot"))]])
    same = replace(one, branch=Branch(AT, "hotspot"))
    past = past_of([[one, same]])
    times = one.results.tables["calls"]["received_min"]
    assert (past.begins, past.calls) == (BEGINS, (times < BEGINS).sum())
    assert tree([one, same])["pairs"][0]["runs"][0]["incidents"]["common"].all()


def test_a_branch_says_what_is_otherwise():
    heads = ({"post": "patrol", "heads": -2}, {"factor": 0.9})
    assert Branch(0, heads=heads).words == "from day 2 on: 2 fewer (patrol) and 90% of the personnel (everywhere)"
    with speaking("zh"):
        assert Branch(1440, {"name": "hotspot"}).words == "从第2天起：热点巡逻"


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Debian's chromium")
def test_a_file_says_which_command_goes_on_otherwise_from_the_moment_of_its_clock(tmp_path):
    one, other = made_up_recordings(replications=1)
    command = "beatlab replay out/x 'strategies=[reactive]' branch.at_min={minute} branch.strategy=hotspot"
    (tmp_path / "x.html").write_text(html(tree([replace(one, command=command), other])), encoding="utf-8")
    with app_server.browser() as chromium:
        page = chromium.new_page()
        page.goto((tmp_path / "x.html").as_uri())
        page.wait_for_selector(".otherwise")
        page.evaluate("replay.seek(1234.5)")
        page.keyboard.press("o")
        assert page.inner_text("dialog.command code") == command.replace("{minute}", "1234")
        page.keyboard.press("Escape")
        page.evaluate("replay.otherwise(); replay.seek(0)")
        assert page.locator("dialog.command").is_visible()
