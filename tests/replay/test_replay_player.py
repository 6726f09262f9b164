"""The page of a replay in a browser that can reach nothing: it draws, plays, counts, speaks both languages."""

import re
import shutil
from itertools import product

import app_server
import pytest
from drawn_fonts import drawn_in_others
from made_up_recording import DAYS, MINUTES, made_up_recordings

from app.replay.data import tree
from app.replay.page import html

pytestmark = pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Debian's chromium")
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
EVIL = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>\"'&amp;"
INDICATORS = ("crimes_total", "harm_total", "recorded_total", "calls_total", "arrests", "response_p1_median_min")


@pytest.fixture(scope="module")
def runs():
    return made_up_recordings()


@pytest.fixture(scope="module")
def files(tmp_path_factory, runs):
    folder = tmp_path_factory.mktemp("replay")
    pages = {
        "en": html(tree(runs)), "zh": html(tree(runs), "zh"),
        "evil": html(tree(made_up_recordings(("reactive", EVIL), 1, EVIL))),
    }  # fmt: skip
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser():
    with app_server.browser() as found:
        yield found


@pytest.fixture
def opened(browser, files):
    """Open a page from disk; at the end nothing was asked of anybody, and nothing has failed."""
    contexts, asked, failed = [], [], []

    def open_page(name="en", viewport=DESK):
        contexts.append(browser.new_context(viewport=viewport))
        page = contexts[-1].new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("console", lambda said: failed.append(said.text) if said.type in ("error", "warning") else None)
        page.goto((files / f"{name}.html").as_uri())
        page.wait_for_function("window.replay")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert failed == []


def picture(page, number):
    return page.evaluate(f"document.querySelectorAll('figure canvas')[{number}].toDataURL()")


def clocks(page):
    return page.locator("figure time:visible").all_inner_texts()


def cells(page, key):
    return page.locator(f"tr[data-key={key}] td").all_inner_texts()


def written(value, digits=0):
    return f"{value:,.{digits}f}"


def test_the_maps_change_while_it_plays_and_both_clocks_are_the_same(opened):
    page = opened()
    assert clocks(page) == ["Day 1, Mon 00:00"] * 2
    before = [picture(page, number) for number in range(3)]
    page.evaluate("replay.speed = 7")
    page.keyboard.press("Space")
    for _ in range(5):
        page.wait_for_function("last => replay.now > last + 60", arg=page.evaluate("replay.now"))
        one, other = clocks(page)
        assert one == other
    page.keyboard.press("Space")
    assert page.evaluate("replay.playing") is False
    assert page.evaluate("replay.now") > 300
    assert [picture(page, number) != before[number] for number in range(3)] == [True] * 3


def test_totals_at_the_end_are_the_indicators_of_the_runs(opened, runs):
    page = opened()
    page.keyboard.press("End")
    assert clocks(page) == [f"Day {DAYS + 1}, Thu 00:00"] * 2
    for key in INDICATORS:
        digits = 1 if key.startswith("response") else 0
        values = [run.results.indicators[key] for run in runs]
        assert cells(page, key)[:2] == [written(value, digits) for value in values[:2]], key
        if not digits:
            elsewhere = [f"{values[i] - values[i + 1]:+,.0f}".replace("-", "−").replace("+0", "0") for i in (2, 4)]
            assert cells(page, key)[3].split() == elsewhere, key


def test_totals_on_the_way_are_what_has_happened_so_far(opened, runs):
    page = opened()
    page.evaluate("replay.seek(2000)")
    for column, run in enumerate(runs[:2]):
        tables = run.results.tables
        so_far = {
            "crimes_total": (tables["incidents"]["time_min"] <= 2000).sum(),
            "harm_total": tables["incidents"]["harm"][tables["incidents"]["time_min"] <= 2000].sum(),
            "recorded_total": (tables["recorded"]["recorded_time_min"] <= 2000).sum(),
            "arrests": (tables["incidents"]["arrest_time_min"].compressed() <= 2000).sum(),
        }
        assert {key: cells(page, key)[column] for key in so_far} == {
            key: written(float(n)) for key, n in so_far.items()
        }


def test_the_keyboard_does_everything(opened):
    page = opened()
    press, now = page.keyboard.press, lambda: page.evaluate("replay.now")
    for key, minutes in (
        ("ArrowRight", 10),
        ("Shift+ArrowRight", 1450),
        ("ArrowLeft", 1440),
        ("Home", 0),
        ("End", MINUTES),
    ):
        press(key)
        assert now() == minutes, key
    press("Home")
    for key, expected in (("+", 5), ("-", 4), ("-", 3)):
        press(key)
        assert page.evaluate("replay.speed") == expected
    for number in range(1, 10):
        press(str(number))
    press("v")
    assert page.locator(".layers input:checked").count() == 0
    for key in "6cd":
        press(key)
    shown = page.locator(".layers label:has(input:checked)").all()
    assert [label.get_attribute("data-layer") for label in shown] == ["crimes", "cases", "disputes"]
    press("n")
    first = now()
    assert first == pytest.approx(page.evaluate("replay.pair.moments[0].at"))
    press("n")
    press("p")
    assert now() == pytest.approx(first)
    press("?")
    assert page.locator("dialog.keys").is_visible()
    press("Escape")
    assert not page.locator("dialog.keys").is_visible()
    press("t")
    assert page.locator(".police").get_attribute("aria-pressed") == "true"
    press("b")
    assert "large" in page.locator(".replay").get_attribute("class")
    press("r")
    assert page.locator(".replication").inner_text() == "Replication 2 of 3"
    press("l")
    assert page.locator(".replication").inner_text() == "第2次重复（共3次）"


def test_keys_that_are_for_a_field_or_a_slider_of_the_page_around_are_left_alone(opened):
    page = opened()
    page.evaluate(
        """() => { for (const type of ["text", "range", "checkbox"])
        document.body.append(Object.assign(document.createElement("input"), {type, className: type})); }"""
    )
    for field in ("text", "range", "checkbox"):
        page.locator(f"body > .{field}").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("n")
        assert page.evaluate("replay.now") == 0, field
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    page.locator(".time input").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("replay.now") == 20


def test_open_cases_and_disputes_are_counted_marked_and_told(opened, runs):
    page = opened()
    at = 2000
    page.evaluate(f"replay.seek({at})")
    expected = {"cases": [], "disputes": []}
    for run in runs[:2]:
        for table, began, ended in (("cases", "opened_min", "closed_min"), ("disputes", "began_min", "ended_min")):
            rows = run.results.tables[table]
            open_now = (rows[began].filled(-1) <= at) & (rows[ended].filled(MINUTES + 1) > at)
            expected[table].append(written(int(open_now.sum())))
    assert {table: cells(page, table)[:2] for table in expected} == expected
    for layer, key in (("cases", "c"), ("disputes", "d")):
        before = picture(page, 0)
        page.keyboard.press(key)
        assert picture(page, 0) != before, layer
    page.locator(".police").click()
    assert int(cells(page, "disputes")[0]) < int(expected["disputes"][0]), "some that nobody has heard of"
    page.evaluate("replay.seek(replay.end); replay.choose({kind: 'case', run: 0, row: 3})")
    told = page.locator(".story").inner_text()
    assert "a case is opened" in told
    assert "it is cleared" in told
    page.evaluate("replay.choose({kind: 'dispute', run: 1, row: 0})")
    told = page.locator(".story").inner_text()
    assert "it was there before the first day" in told
    assert "it is mediated" in told


def test_what_programmes_do_on_a_day_stands_on_the_map_of_who_has_them(opened):
    page = opened()
    page.evaluate("replay.seek(1500)")
    shown = [picture(page, number) for number in (0, 1)]
    page.keyboard.press("v")
    assert [picture(page, number) == shown[number] for number in (0, 1)] == [True, False]
    assert page.evaluate("replay.noted(replay.pair.runs[1].programmes, 0)") == "Campaign: checks: 40"


def test_in_police_records_there_are_no_true_crimes(opened):
    page = opened()
    page.evaluate("replay.seek(3000)")
    truth = picture(page, 0)
    page.locator(".police").click()
    assert picture(page, 0) != truth
    assert cells(page, "crimes_total") == ["–"] * 3 + ["– –"]
    assert cells(page, "recorded_total")[0] != "–"
    assert all("Only" not in text for text in page.locator(".totals").all_inner_texts())


def test_a_unit_and_a_call_that_are_followed_have_their_story_in_both_runs(opened):
    page = opened()
    at = page.evaluate("replay.pair.runs[0].calls.received[10] / 100 + 0.5")
    place = page.evaluate(
        f"""(() => {{ replay.seek({at}); const canvas = document.querySelector("figure canvas"),
        box = canvas.getBoundingClientRect(), city = replay.pair.city, cell = replay.pair.runs[0].calls.cell[10];
        return [box.x + replay.to.x((cell % city.columns + 0.5) * city.cell_m),
                box.y + replay.to.y((Math.floor(cell / city.columns) + 0.5) * city.cell_m)]; }})()"""
    )
    page.mouse.click(*place)
    story = page.locator(".story")
    assert story.locator("h2").inner_text().startswith("Call of ")
    assert story.locator("h3").all_inner_texts() == ["A: reactive policing", "B: hot-spot patrol"]
    assert "somebody calls" in story.inner_text()
    page.evaluate("replay.seek(replay.end)")
    assert re.search(r"unit \d+ is sent", story.inner_text())
    page.evaluate("replay.seek(600); replay.choose({kind: 'unit', run: 0, row: 1})")
    assert story.locator("h2").inner_text() == "Unit 2"
    page.keyboard.press("Escape")
    assert "Click on a unit" in story.inner_text()


def test_marked_moments_are_reached_from_the_list(opened, runs):
    page = opened()
    options = page.locator(".moments option").all_inner_texts()
    assert len(options) == len(tree(runs)["pairs"][0]["moments"]) + 1
    page.locator(".moments").select_option("0")
    assert page.evaluate("replay.now") == pytest.approx(page.evaluate("replay.pair.moments[0].at"))
    assert re.fullmatch(r"Day \d, \w{3} \d\d:\d\d – First crime that only [AB] had: .+", options[1])


def test_on_a_telephone_nothing_sticks_out_and_the_maps_lie_below_each_other(opened):
    page = opened(viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    boxes = [box.bounding_box() for box in page.locator("figure").all()]
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
    assert all(box["width"] > 340 for box in boxes)


def test_in_chinese_no_english_is_left_over(opened):
    page = opened("zh")
    texts = []
    for when in ("0", "900", "replay.pair.moments[2].at", "replay.end"):
        page.evaluate(f"replay.seek({when}); replay.choose({{kind: 'unit', run: 0, row: 3}})")
        texts.append(page.inner_text("body"))
    for kind, row in product(("call", "case", "dispute"), range(12)):
        page.evaluate(f"replay.choose({{kind: '{kind}', run: 1, row: {row}}})")
        texts.append(page.inner_text(".story"))
    page.keyboard.press("?")
    texts += [page.inner_text("dialog.keys"), page.title(), *page.locator("option").all_inner_texts()]
    texts += [node.get_attribute("aria-label") for node in page.locator("[aria-label]").all()]
    rest = re.sub(r"Lin'an|English|Esc|Shift", "", "\n".join(texts))
    assert re.findall(r"[A-Za-z]{2,}", rest) == []


def test_names_with_markup_are_shown_and_do_nothing(opened):
    page = opened("evil")
    assert EVIL in page.locator("h1").inner_text()
    assert EVIL in page.locator("figcaption").nth(1).inner_text()
    page.evaluate("replay.seek(900)")
    assert page.evaluate("window.hacked") is None
    assert page.locator("img").count() == 0


def test_a_replay_of_one_run_has_one_map(browser, tmp_path):
    (tmp_path / "one.html").write_text(html(tree(made_up_recordings(("reactive",), 1))), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "one.html").as_uri())
    page.wait_for_function("window.replay")
    assert page.locator("figure").count() == 1
    page.keyboard.press("End")
    assert cells(page, "crimes_total") == ["70"]
    page.close()


@pytest.mark.parametrize("name", ["en", "zh"])
def test_chinese_letters_are_drawn_by_the_font_that_the_page_brings(name, opened):
    page = opened(name)
    assert drawn_in_others(page) == []
    page.click("button.language")
    page.wait_for_timeout(300)
    assert drawn_in_others(page) == []
