"""Claims about the desk Plan, in a browser: each session has its own answer, that of the command; nothing gets out."""

from __future__ import annotations

import http.client
import re
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from app_server import served
from playwright.sync_api import Browser, Page

from app.keep import Keep
from app.situations import text_of
from tests.app.crowd import alone, begin, crowd, seen, town

TEXT = """() => {  // but icons, whose letters are a font's, and warnings, which quote sources by their titles
    const copy = document.body.cloneNode(true);
    copy.querySelectorAll(".q-icon, .warning, .command, script, style").forEach(element => element.remove());
    return copy.textContent;
}"""
MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>/../../x"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder) as found:
        yield found


def whole(page: Page) -> None:
    """Wait until a comparison has ended."""
    page.wait_for_selector("[data-mark=decision]", timeout=60_000)
    page.wait_for_selector("[data-mark=stop]", state="hidden", timeout=60_000)


def ask(address: str, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[int, str]:
    """Ask a server without a browser."""
    place = urlsplit(address)
    line = http.client.HTTPConnection("127.0.0.1", place.port or 80, timeout=10)
    with closing(line):
        line.request(method, path, headers=headers or {})
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def test_five_at_once_each_have_their_own_answer_which_is_that_of_the_command(
    chromium: Browser, address: str, folder: Path
) -> None:
    found, _ = crowd(chromium, address, folder, 5)
    assert [f"town{number}x" in one.decision for number, one in enumerate(found)] == [True] * 5
    assert len({tuple(one.cells) for one in found}) == 5
    assert found[3].cells == alone(folder, 3)


def test_the_command_is_shown_and_the_answer_is_there_in_chinese(page: Page, address: str, folder: Path) -> None:
    begin(page, address, folder, 0)
    whole(page)
    page.click("text=The command that does the same")
    shown = page.inner_text("[data-mark=command]")
    path = re.fullmatch(r"beatlab compare --situation (\S+) replications=2 language=en", shown)
    assert path is not None
    assert yaml.safe_load((folder / path[1]).read_text()) == {**town(0), "levers": []}
    page.click("text=中文")
    page.wait_for_url("**/zh/plan")
    whole(page)
    text = page.evaluate(TEXT)
    assert "比较" in text
    words = set(re.findall(r"[A-Za-z]{3,}", text)) - {"Beatlab", "English", "WebSocket"}
    assert {word for word in words if not word.startswith("town")} == set()


def test_a_change_of_a_slider_is_answered_at_once(page: Page, address: str, folder: Path) -> None:
    begin(page, address, folder, 1)
    whole(page)
    before = page.inner_text("[data-mark=table]")
    page.focus("[data-mark=missing-uniform] [tabindex='0']")
    page.keyboard.press("ArrowRight")
    changed = "before => document.querySelector('[data-mark=table]')?.innerText !== before"
    page.wait_for_function(changed, arg=before, timeout=60_000)
    whole(page)
    assert page.inner_text("[data-mark=table]") != before


def test_a_comparison_is_stopped(page: Page, address: str, folder: Path) -> None:
    begin(page, address, folder, 9, replications=40)  # so many that there is time for it
    page.click("[data-mark=stop]", timeout=20_000)
    page.wait_for_selector("text=Stopped; what has been run is kept.")
    page.wait_for_selector("[data-mark=compare]")
    assert not page.is_visible("[data-mark=stop]")


def test_brief_report_and_maps_are_written_and_are_nobody_elses(
    page: Page, chromium: Browser, address: str, folder: Path
) -> None:
    begin(page, address, folder, 2)
    whole(page)
    page.click("[data-mark=report]")
    page.wait_for_selector("text=Appendix", timeout=60_000)
    path = page.locator("a:has-text('Report')").get_attribute("href")
    assert path is not None
    assert page.request.get(address.rstrip("/") + path).ok
    assert page.request.get(address.rstrip("/") + path.replace("report.html", "figures/maps.png")).ok
    other = chromium.new_context()
    assert other.request.get(address.rstrip("/") + path).status == 404
    other.close()
    assert ask(address, path)[0] == 404
    for elsewhere in ("/of/../secret", "/of/x/..%2f..%2fsecret", f"{path}/../../../../../secret", path + "x" * 5000):
        assert ask(address, elsewhere)[0] == 404
    assert ask(address, f"/en/replay/{'x' * 5000}?at=nan")[0] == 200, "which says that there is no such replay"


def test_names_with_markup_and_paths_are_shown_as_text(page: Page, address: str, folder: Path) -> None:
    tree = {**town(3), "name": MARKUP, "city": {"residents": 10_000, "name": "<b>bold</b>"}}
    page.goto(address.rstrip("/") + Keep(folder / "app").share(text_of(tree)))
    page.fill("[data-mark=keep-name]", MARKUP)
    page.click("[data-mark=keep]")
    assert page.inner_text(".entry-name") == MARKUP
    page.click("[data-mark=compare]")
    whole(page)
    assert "<script>" in page.inner_text("[data-mark=decision]")
    page.click("[data-mark=report]")
    page.wait_for_selector("text=Appendix", timeout=60_000)
    links = [one.get_attribute("href") for one in page.locator(".files a").all()]
    assert len(links) == 3
    for link in links:
        page.goto(address.rstrip("/") + str(link))
        assert "<script>alert(2)" in page.inner_text("body")


def test_a_shared_link_is_offered_beside_what_the_visitor_has_begun(page: Page, address: str, folder: Path) -> None:
    link = address.rstrip("/") + Keep(folder / "app").share(text_of({**town(8), "name": MARKUP}))
    page.goto(address.rstrip("/") + Keep(folder / "app").share(text_of({**town(5), "name": "mine"})))
    assert page.locator("[data-mark=offer]").count() == 0, "nothing had been begun"
    assert page.input_value("[data-mark=keep-name]") == "mine"
    page.goto(link)
    assert MARKUP in page.inner_text("[data-mark=offer]")
    assert page.input_value("[data-mark=keep-name]") == "mine"
    page.click("[data-mark=offer-open]")
    page.wait_for_selector("text=13 %")
    assert page.locator("[data-mark=offer]").count() == 0
    assert page.inner_text(".entry-name") == "mine"
    page.reload()
    page.wait_for_selector("text=13 %")
    assert page.locator("[data-mark=offer]").count() == 0


def test_from_a_moment_of_a_replay_another_future_is_run_on_the_same_past(
    page: Page, chromium: Browser, address: str, folder: Path
) -> None:
    begin(page, address, folder, 6)
    whole(page)
    page.click("[data-mark=replay]")
    link = page.wait_for_selector("[data-mark=to-replay]", timeout=60_000)
    assert link is not None
    page.goto(address.rstrip("/") + str(link.get_attribute("href")).replace("/en/", "/zh/"))
    page.wait_for_selector(".replay .maps")
    page.evaluate("replay.seek(5000)")
    page.keyboard.press("o")
    page.wait_for_selector("text=从第4天11:20起，换一种做法")
    assert "第5天的勤务部署" in page.inner_text("[data-mark=otherwise]")
    now = "replay.now"
    page.focus("[data-mark=more-officers]")
    page.keyboard.type("3")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(now) == 5000, "keys in a field of the page are not the player's"
    page.focus("[data-mark=new-campaign]")
    page.keyboard.press("Space")
    page.focus("[data-mark=run-otherwise]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/zh/replay/*?at=5000", timeout=60_000)
    page.wait_for_selector(".replay .maps")
    assert page.evaluate(now) == 5000
    assert "第5天早晨以前，双方逐位相同" in page.inner_text(".replay .note")
    labels = page.evaluate("replay.pair.runs.map(run => run.label.en)")
    assert labels == ["reactive policing", "from day 5 on: campaign and 4 more (patrol)"]
    assert page.evaluate("replay.data.branch") == {"at": 5000, "begins": 5760}
    one, other = page.evaluate("replay.pair.runs.map(run => [...run.calls.received].filter(at => at < 576000))")
    assert one == other != []
    page.click("text=效果相同的命令")
    command = page.inner_text("[data-mark=command]")
    assert "branch.at_min=5000 'branch.heads=[{post: patrol, auxiliaries: false, heads: 4}]'" in command
    other = chromium.new_context()
    assert other.request.get(page.url.split("?")[0]).ok
    assert other.request.get(address.rstrip("/") + page.evaluate("performance.getEntriesByType('resource')"
        ".map(one => new URL(one.name).pathname).find(path => path.endsWith('.bin'))")).status == 404  # fmt: skip
    other.close()


def test_files_that_are_brought_are_looked_at_and_what_reaches_out_is_refused(
    page: Page, address: str, tmp_path: Path
) -> None:
    page.goto(f"{address}en/plan")
    page.click("text=Bring your own files")
    reaching = tmp_path / "reaching.yaml"
    reaching.write_text("name: x\ncity: {kind: from_data, calls_csv: /etc/passwd}\n")
    page.set_input_files(".upload input[type=file]", reaching)
    page.wait_for_selector("text=a file that was uploaded in this session")
    program = tmp_path / "<b>x.exe"
    program.write_text("x")
    page.set_input_files(".upload input[type=file]", program)
    page.wait_for_selector("text=<b>x.exe is neither a situation nor a table")
    mine = tmp_path / "mine.yaml"
    mine.write_text(text_of({**town(1), "name": "mine"}))
    page.set_input_files(".upload input[type=file]", mine)
    page.wait_for_selector(".upload", state="hidden")
    assert page.input_value("[data-mark=keep-name]") != "", "the desk is still there"


def test_two_gigabytes_are_refused_at_once(address: str) -> None:
    status, told = ask(address, "/_nicegui/client/x/upload/1", {"Content-Length": str(2**31)}, "POST")
    assert status == 413
    assert "64 MB" in told


def test_a_server_that_was_killed_has_its_sessions_and_situations_again(chromium: Browser, tmp_path: Path) -> None:
    context = chromium.new_context()
    page = context.new_page()
    with served(tmp_path, end=signal.SIGKILL) as address:
        begin(page, address, tmp_path, 7)
        before = seen(page, 0.0)
        page.fill("[data-mark=keep-name]", "kept before")
        page.click("[data-mark=keep]")
        page.wait_for_selector("text=kept before")
    with served(tmp_path) as address:
        page.goto(address)
        assert page.inner_text(".entry-name") == "kept before"
        after = seen(page, 0.0)
    assert (after.decision, after.cells) == (before.decision, before.cells)
    context.close()


def test_elsewhere_a_token_is_asked_for(tmp_path: Path) -> None:
    with served(tmp_path, "--host", "0.0.0.0") as address:
        query = urlsplit(address).query
        assert re.fullmatch(r"token=[\w-]{32}", query)
        assert ask(address, "/en/plan")[0] == 403
        assert ask(address, "/_nicegui_ws/socket.io/?EIO=4&transport=polling")[0] == 403
        assert ask(address, f"/en/plan?{query[:-1]}")[0] == 403
        assert ask(address, f"/en/plan?{query}")[0] == 303
        assert ask(address, "/en/plan", {"Cookie": f"beatlab-{query}"})[0] == 200


def test_tables_are_looked_at_and_a_field_with_markup_stays_a_text(page: Page, address: str, tmp_path: Path) -> None:
    rows = "".join(
        f"2023-01-{1 + i % 28:02d} 10:00,{'burglary' if i % 2 else MARKUP},{31 + i / 9000},{117 + i / 9000}\n"
        for i in range(60)
    )
    table = tmp_path / "crimes.csv"
    table.write_text(f"time,crime,latitude,longitude\n{rows}", encoding="utf-8")
    page.goto(f"{address}en/plan")
    page.click("text=Bring your own files")
    page.set_input_files(".upload input[type=file]", table)
    page.wait_for_selector(".upload >> text=crimes.csv")
    page.click("[data-mark=look]")
    link = page.wait_for_selector("a:has-text('What was understood')", timeout=60_000)
    assert link is not None
    page.goto(address.rstrip("/") + str(link.get_attribute("href")))
    assert page.locator("text=60").count() > 0
    assert page.locator("img[src=x]").count() == 0


def test_people_are_told_by_post(page: Page, address: str, folder: Path) -> None:
    page.goto(address.rstrip("/") + Keep(folder / "app").share(text_of(town(4))))
    page.click("[data-mark=own-force]")
    page.wait_for_selector(".heads input", timeout=60_000)
    people = [int(one.input_value()) for one in page.locator(".heads input").all()]
    assert len(people) == 14
    assert 5 < sum(people[::2]) < 20, "about one sworn officer for each thousand of ten thousand residents"
    page.locator(".heads input").first.fill("9")
    page.click("[data-mark=compare]")
    whole(page)
    page.click("text=The command that does the same")
    path = page.inner_text("[data-mark=command]").split()[3]
    assert yaml.safe_load((folder / path).read_text())["force"]["officers"]["headquarters"] == 9
