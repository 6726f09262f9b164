"""The sheet for who decides is printed on one page of A4, in both languages."""

from __future__ import annotations

import re
import shutil

import pytest
from drawn_fonts import drawn_in_others
from made_up_comparison import comparison, nine, reported, staffed

from experiments.languages.speech import speaking

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
A4_POINTS = (595, 842)
MM = 96 / 25.4  # pixels of a page that is laid out for print

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
@pytest.mark.parametrize("kind", ["strategies", "levers", "officers"])
def test_the_brief_is_one_sheet_of_a4_with_a_figure_that_can_be_read(language, kind, tmp_path):
    """With nine strategies, costs and everything that the answer can hold at once, or three and as many levers."""
    shifts = {
        "calls_unserved_share": (0.2, {"integrated": 0.03, "campaign": 0.05}), "clearance_rate": (0.3, {}),
        "cost_police": (9e6, {"integrated": 5e5}), "cost_others": (1e6, {"integrated": 5e5}),
    }  # fmt: skip
    response = {"integrated": -2.0, "community": 1.5, "campaign": 3.0}
    found = a_situation(outcomes=shifts) if kind == "levers" else nine(response=response, outcomes=shifts)
    if kind == "officers":
        found = staffed(found, in_post={(10, "patrol"): -2.0, (10, "detectives"): -3.0, (-10, "patrol"): 4.0})
    with speaking(language):
        reported(found, tmp_path)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": round(182 * MM), "height": round(279 * MM)})  # without the margins
        page.goto((tmp_path / "brief.html").as_uri())
        text = page.pdf(prefer_css_page_size=True)
        page.emulate_media(media="print")
        box = {one: page.locator(one).bounding_box() for one in ("figure img", "figure", "footer", "main")}
        caption = page.locator("figcaption").bounding_box()
        strange = drawn_in_others(page)
        browser.close()
    assert not strange
    assert len(re.findall(rb"/Type\s*/Page\b", text)) == 1
    size = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", text)
    assert [round(float(side)) for side in size.groups()] == pytest.approx(A4_POINTS, abs=1)
    ends = {name: one["y"] + one["height"] for name, one in {**box, "caption": caption}.items()}
    assert box["figure img"]["height"] > 28 * MM
    assert ends["figure img"] <= caption["y"] + 1
    assert ends["caption"] <= ends["figure"] + 1
    assert ends["figure"] <= box["footer"]["y"] + 1
    assert ends["footer"] <= ends["main"] + 1


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
