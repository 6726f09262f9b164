"""The sheet for who decides is printed on one page of A4, in both languages."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from made_up_comparison import comparison, nine, reported

from experiments.languages.speech import speaking

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
A4_POINTS = (595, 842)


LEVERS = (
    "auxiliaries 40",
    "to_the_street 20",
    "diversion 50 %",
    "overtime",
    "pooling",
    "roster",
    "training",
    "incentives",
)


def a_situation(**more):
    """Make a comparison of a situation and eight levers against it."""
    return comparison(shortages=("我县", *LEVERS), levers=list(LEVERS), situation="我县", **more)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no browser that prints")
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("levers", [False, True])
def test_the_brief_is_one_sheet_of_a4(language, levers, tmp_path):
    """With nine strategies, costs and everything that the answer can hold at once, or three and as many levers."""
    shifts = {
        "calls_unserved_share": (0.2, {"integrated": 0.03, "campaign": 0.05}), "clearance_rate": (0.3, {}),
        "cost_police": (9e6, {"integrated": 5e5}), "cost_others": (1e6, {"integrated": 5e5}),
    }  # fmt: skip
    response = {"integrated": -2.0, "community": 1.5, "campaign": 3.0}
    found = a_situation(outcomes=shifts) if levers else nine(response=response, outcomes=shifts)
    with speaking(language):
        reported(found, tmp_path)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    printed = f"--print-to-pdf={tmp_path / 'brief.pdf'}"
    page = (tmp_path / "brief.html").as_uri()
    subprocess.run([str(BROWSER), *options, printed, page], check=True, capture_output=True, timeout=120)
    text = (tmp_path / "brief.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", text)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", text)
    assert [round(float(side)) for side in box.groups()] == pytest.approx(A4_POINTS, abs=1)


def test_the_brief_has_the_answer_and_the_strategies_under_the_shortage_that_it_is_about(tmp_path):
    reported(nine(6), tmp_path)
    text = (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert text.count('<th scope="row">') == 9
    assert "30 % fewer officers" in text.replace("\u00a0", " ")
    assert "<details" not in text


def test_the_brief_of_a_situation_bears_its_name_and_has_its_levers_judged_against_it(tmp_path):
    reported(a_situation(), tmp_path)
    text = (tmp_path / "brief.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "<h1>我县</h1>" in text
    assert text.count('<th scope="row">') == 3 + len(LEVERS)
    lever = text[text.index('<th scope="row">more auxiliaries (40 people)') :]
    assert "Levers, with reactive policing" in text[: text.index('<th scope="row">more auxiliaries (40 people)')]
    crimes, change, *_ = re.findall(r"<td>(.*?)</td>", lever)
    assert crimes == "100.0"
    assert change.startswith("0.0 (")
    assert "baseline" not in lever


def test_without_a_situation_no_lever_is_in_the_brief(tmp_path):
    reported(comparison(shortages=("none", "uniform30", "pooling"), levers=["pooling"]), tmp_path)
    text = (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert "Levers" not in text
    assert "<h1>Policing strategies compared: county</h1>" in text
