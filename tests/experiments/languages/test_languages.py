"""Claims about languages: every sentence has its Chinese words, with the same values in it, and no page is mixed."""

from __future__ import annotations

import ast
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_up_comparison import comparison, nine, reported
from rich.console import Console
from small_commands import SMALL_TOWN
from spoken_words import ROOT, SOURCES, every_word, fields, spoken_in, untranslated

from beatlab.__main__ import main
from experiments.compare.findings import findings
from experiments.compare.terminal import print_findings
from experiments.languages.speech import (
    CHINESE,
    ENGLISH,
    catalogue,
    check_language,
    listed,
    say,
    sentences,
    speaking,
    spoken,
)
from experiments.presentation.names import noun, shortage_name, strategy_name
from sim.city.notices import Notice
from sim.parameters import BadInput

ITSELF = re.compile(  # what is not translated: files, settings, abbreviations, units, methods, and who wrote a source
    r"[A-Za-z_]+\.(parquet|yaml|csv|html|json|crew|auxiliary_crews)|[a-z_]+\.[a-z_.]+=?|[a-z_]+='[^']*'|P\d+|WDQ|Bonferroni|"
    r"scope=full|Erlang|Cobham|Larson|Little|Fieller|Bowers|Johnson|Kelling|Beatlab|CSV|UTC|auxiliaries_without_duty|km|\bm\b|\bt\b|\bF\b|oracle|pointpats|PNG|SVG|"
    r"(NCVS|FBI|HMIC|RAND|[A-Z]\w+( i Vidal)?(, [A-Z]\w+)*( & [A-Z]\w+| et al\.)?) (19|20)\d\d"
)
MADE_UP = re.compile(
    r"What \w+ is\.|Where \w+ goes\.|It is set so\.|It costs what \w+ costs\.|&lt;script.*?/script&gt;"
)


def test_every_sentence_has_its_chinese_words() -> None:
    words = every_word()
    assert len(words) > 1000
    assert untranslated(words) == []


def test_a_sentence_has_the_same_values_in_both_languages() -> None:
    assert [words for words, other in catalogue(CHINESE).items() if fields(words) != fields(other)] == []


def test_the_catalogue_has_no_sentences_that_nobody_says() -> None:
    """Words that are put together, such as those of an identifier, are left out: a sentence has a full stop."""
    texts = {path.read_text(encoding="utf-8") for path in (*SOURCES, *(ROOT / "experiments").rglob("*.j2"))}
    constants = {
        node.value
        for text in texts if not text.startswith(("{", "<"))
        for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }  # fmt: skip
    said = constants | every_word()
    assert [
        words for words in catalogue(CHINESE) if words.endswith(".") and len(words) > 20 and words not in said
    ] == []


def test_english_is_as_it_stands_and_other_languages_are_refused() -> None:
    assert say("Rows not used") == "Rows not used"
    with speaking("zh"):
        assert say("Rows not used") == "未采用的行"
        assert say(Notice("{n} rows", n=3)) == "3 rows", "what the catalogue lacks stays English"
    assert spoken() == ENGLISH
    with pytest.raises(BadInput, match="language: 'fr' is not allowed: one of en, zh"):
        check_language("fr")


def test_a_new_sentence_would_be_found() -> None:
    source = 'said = "new {n}"\nNotice("other" if x else "third", n=1)\nsieve.reject(rows, "why")'
    assert spoken_in(source) == {"new {n}", "other", "third", "why"}


def test_names_are_those_that_people_use_and_a_users_own_stay_as_they_are() -> None:
    assert [shortage_name(name) for name in ("uniform30", "uniform35", "surge", "of_mine")] == [
        "30 % fewer officers", "35 % fewer officers", "surge of calls", "of_mine",
    ]  # fmt: skip
    assert strategy_name("integrated without base_data") == "integrated policing without base data"
    with speaking("zh"):
        assert [shortage_name(name) for name in ("uniform30", "uniform35")] == ["三成缺编", "缺编 35%"]
        assert strategy_name("hotspot with doorstep") == "热点巡逻（加doorstep）"


@pytest.mark.parametrize("city", [path.stem for path in (ROOT / "configs" / "city").glob("*.yaml")])
def test_every_city_that_can_be_chosen_has_a_chinese_name(city: str) -> None:
    with speaking("zh"):
        assert not noun(city).isascii()


def test_lists_and_sentences_are_joined_as_the_language_has_it() -> None:
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert sentences(["One.", "", "Two."]) == "One. Two."
    with speaking("zh"):
        assert listed(["a", "b", "c"]) == "a、b和c"
        assert sentences(["一。", "二。"]) == "一。二。"


class Shown(HTMLParser):
    """Collects the texts of a page that a reader sees, but those that say that they are in English."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hidden: list[str] = []
        self.feed(MADE_UP.sub("", text))

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.texts += [found[name] for name in ("alt", "aria-label") if name in found]
        if (
            tag in ("style", "pre", "code")
            or found.get("lang") == "en"
            or found.get("class") in ("assumptions", "made")
        ):
            self.hidden.append(tag)

    def handle_endtag(self, tag):
        if self.hidden and self.hidden[-1] == tag:
            self.hidden.pop()

    def handle_data(self, data):
        if not self.hidden:
            self.texts.append(data)


def foreign(text: str) -> list[str]:
    """Return the English words of a text."""
    return re.findall(r"[A-Za-z]{3,}", ITSELF.sub("", text))


OUTCOMES = {
    "trust": (0.55, {"hotspot": 0.04}), "calls_unserved_share": (0.1, {"hotspot": 0.03}), "cost_police": (9e6, {}),
    "cost_others": (1e6, {}), "backlog": (30.0, {}), "fatigue_mean": (0.2, {"hotspot": 0.1}), "attrition": (0.1, {}),
}  # fmt: skip


@pytest.fixture(scope="module")
def chinese(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("chinese")
    with speaking("zh"):
        reported(comparison(crimes={"hotspot": -10.0}, outcomes=OUTCOMES), folder)
    return folder


@pytest.mark.parametrize("page", ["brief.html", "report.html", "appendix.html"])
def test_a_chinese_page_has_no_english_words(chinese, page) -> None:
    text = (chinese / page).read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in text
    assert [(one, words) for one in Shown(text).texts if (words := foreign(one))] == []


def test_an_english_page_has_no_chinese_words(tmp_path) -> None:
    reported(comparison(crimes={"hotspot": -10.0}, outcomes=OUTCOMES), tmp_path)
    for page in ("brief.html", "report.html"):
        assert re.findall(r"[\u4e00-\u9fff]+", (tmp_path / page).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("found", [comparison(), comparison(n=2), nine(), comparison(response={"hotspot": 3.0})])
def test_a_chinese_terminal_has_no_english_words(found) -> None:
    buffer = io.StringIO()
    with speaking("zh"):
        print_findings(Console(file=buffer, width=150), findings(found))
    assert [line for line in buffer.getvalue().splitlines() if foreign(MADE_UP.sub("", line))] == []


SHORT = ["city=town", "days=1", "warmup_days=0", "language=zh", "out=made"]
COMMANDS = {  # command → its words, and the page that it writes
    "run": (["strategy=hotspot", "shortage=uniform20"], ""),
    "sweep": (["strategy=reactive,hotspot", "shortage=none,uniform20", "replications=2", "workers=1"], "sweep.html"),
    "mechanisms": ([*SMALL_TOWN[1:], "days=14", "replications=2", "workers=1"], "mechanisms.html"),
    "validate": ([*SMALL_TOWN[1:], "days=14", "warmup_days=1", "replications=3", "workers=1"], "validate.html"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_command_prints_and_writes_has_no_english_words(command, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    words, page = COMMANDS[command]
    assert main([command, *SHORT, *words]) == 0
    told = capsys.readouterr().out.replace("made/", "").replace("made", "")
    assert [line for line in told.splitlines() if foreign(line)] == []
    if page:
        text = (tmp_path / "made" / page).read_text(encoding="utf-8")
        assert '<html lang="zh-CN">' in text
        assert [(one, words) for one in Shown(text).texts if (words := foreign(one)) and "beatlab" not in one] == []
