"""Claims about errors: whoever asks for Chinese gets every refusal in one line of Chinese, and for English as ever."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
import yaml
from pydantic_core import SchemaValidator
from refusals import refusals_in
from spoken_words import ROOT, errors, untranslated

from beatlab import load
from beatlab.__main__ import COMMANDS, main
from experiments.languages.refusals import recognised, refusal, told
from experiments.languages.speech import CHINESE, ENGLISH, catalogue, say, sheet, speaking
from experiments.settings.command import FLAGS, FLAGS_OF_SWEEPS
from experiments.settings.request import SCENARIO_KEYS
from experiments.settings.spoken import language_asked
from sim.parameters import AuthorError, BadInput, Unusable


def test_every_error_of_the_source_has_its_chinese_words() -> None:
    found = errors()
    assert len(found) > 250
    assert {one: found[one] for one in untranslated(set(found))} == {}


def test_the_catalogue_has_no_error_that_nobody_raises() -> None:
    """Those of libraries, and parts that functions far away give, stand below a line of their own."""
    text = (ROOT / "experiments/languages/chinese/refusals.yaml").read_text(encoding="utf-8")
    ours = yaml.safe_load(text.partition("# Of libraries")[0])
    assert sorted(ours.keys() - errors().keys()) == []


def test_a_new_error_would_be_found() -> None:
    source = """
def check(x, names):
    near = f"; nearest {names[0]}" if names else ""
    if x:
        raise BadInput("x", x, f"a new one, {x}{near}")
    raise Unusable("x", x, "file {} is new")
"""
    assert refusals_in(source)[0] == {"a new one, {a}", "; nearest {a}", "file {a} is new"}


def test_a_sentence_is_found_again_with_its_values_whatever_these_are() -> None:
    """Of every sentence, so that no other one is taken for it, and in English nothing has changed."""
    for words in sheet(CHINESE, "refusals"):
        values = {name: f"value_{name}" for _, name, _, _ in Formatter().parse(words) if name}
        made = words.format(**values)
        assert str(recognised(made)) == made
        with speaking(CHINESE):
            assert all(value in say(recognised(made)) for value in values.values()), made


MESSAGES = {  # what pydantic says of our parameters, by what is given
    "int_type": ("int", None), "int_from_float": ("int", 1.5), "float_type": ("float", None), "bool_type": ("bool", 5),
    "string_type": ("str", 5), "tuple_type": ("tuple", 5), "dict_type": ("dict", 5),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "given"), list(MESSAGES.values()), ids=list(MESSAGES))
def test_what_pydantic_says_has_its_words(kind, given) -> None:
    schema = {"type": kind, **({"items_schema": [{"type": "int"}]} if kind == "tuple" else {})}
    try:
        SchemaValidator(schema).validate_python(given, strict=kind == "str")
    except ValueError as error:
        message = error.errors()[0]["msg"].removeprefix("Input ")  # type: ignore[attr-defined]
    with speaking(CHINESE):
        assert re.findall("[a-z]{3,}", told(message).replace("true", "").replace("false", "")) == []


LINES = {
    "days=0": "错误：days：0 不可用：应大于或等于 1",
    "days=x": "错误：days：'x' 不可用：应为整数，不能是文本",
    "days=1.5": "错误：days：1.5 不可用：应为整数，不能有小数部分",
    "strategy.dwell_mn=3": "错误：strategy.dwell_mn：3 不可用：没有这个键；是不是 strategy.dwell_min？",
    "strategy=hotspt": "错误：strategy：'hotspt' 不可用：可选 ",
    "city.residents=[": "错误：city.residents：'[' 不可用：应为数、词或列表",
    "so": "错误：参数：'so' 不可用：请写成 key=value 或 group=option；参见 --help",
    "--nope": "错误：无法识别的参数：--nope",
    "city=from_data": "错误：city：所给的组合 不可用：city=from_data 至少需要以下之一：incidents_csv",
}


def status(words: list[str]) -> object:
    """Return the exit status of a command, whose parser of flags ends by itself."""
    try:
        return main(words)
    except SystemExit as error:
        return error.code


@pytest.mark.parametrize("word", LINES)
@pytest.mark.parametrize("last", [True, False])
def test_a_wrong_word_is_refused_in_the_language_of_the_same_line(word, last, capsys) -> None:
    words = ["language=zh", "strategy=hotspot"] if "strategy=" not in word else ["language=zh"]
    assert status(["run", *(words if last else ()), word, *(() if last else words)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(LINES[word])
    assert error.count("\n") == 1


SITUATIONS = {  # a file that says `language: zh` itself, and what is wrong in it
    "a tab": ("force:\n\tofficers: 5\n", "第 3 行：此处不能有字符"),
    "an unknown key": ("citty: town\n", "情景文件里没有这个键；是不是 city？"),
    "another encoding": ("name: 我县\n", "不是 UTF-8，而是 GBK 或其他编码"),
    "a key that stands twice": ("replications: 3\nreplications: 4\n", "第 3 行：键 'replications' 写了两次"),
    "wide colons": ("name: mine\nbudget：5\nreplications: 3\n", "第 3 行：键的后面用半角冒号，不用全角的“：”"),
    "UTF-16": ("name: 我县\n", "不是 UTF-8"),
    "a number as a text": ("city: {residents: '30000'}\n", "city.residents：'30000' 不可用：应为整数，不能是文本"),
    "fewer than nobody": ("force: {officers: {patrol: -5}}\n", "-5 不可用：应为不小于 0 的整数（人数）"),
    "a size told twice": (
        "levers: [{kind: auxiliaries, heads: 5, fraction: 20 %}]\n",
        "levers.0.heads：5 不可用：heads 和 fraction 只能写一个",
    ),
    "a lever's parameter that is none": (
        "levers: [{kind: auxiliaries, heads: 5, share: 20 %}]\n", "levers.0.share：0.2 不可用：没有这个参数"
    ),
    "a post that is none": ("force: {officers: {patroll: 5}}\n", "'patroll' 不可用：应为岗位：headquarters"),
    "half a person": ("force: {officers: {patrol: 5.5}}\n", "5.5 不可用：应为不小于 0 的整数（人数）"),
    "a lever that is none": ("levers: [{kind: more}]\n", "'more' 不可用：可选 "),
    "heads moved that are not there": (
        "levers: [{kind: to_the_street, heads: 100000}]\n", "100000 不可用：最多 6：headquarters 至 patrol 没有更多"
    ),
    "a budget below pay": ("budget: 5\n", "budget：5.0 不可用：每年至少 "),
    "a target that is none": ("target: crimes<5\n", "target：'crimes<5' 不可用：应为"),
}  # fmt: skip


ENCODED = {"another encoding": "gbk", "UTF-16": "utf-16"}


@pytest.mark.parametrize("what", SITUATIONS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_situation_is_refused_in_its_own_language(what, language, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    text, said = SITUATIONS[what]
    whole = f"language: {language}\n{text}"
    Path("mine.yaml").write_text(whole, encoding=ENCODED.get(what, "utf-8"))
    words = ["strategies=[reactive,hotspot]", "replications=2", "days=1", "warmup_days=0", "store=null", "workers=1"]
    place = [] if "city:" in text else ["city=town"]
    assert main(["compare", "--situation", "mine.yaml", *place, *words]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert (said in error) == (language == "zh"), error
    assert bool(re.search(r"[\u4e00-\u9fff]", error.replace("我县", ""))) == (language == "zh")
    assert not Path("out").exists(), "nothing half-written"


def test_the_language_is_that_of_the_last_word_then_of_the_files(tmp_path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: x\nlanguage: zh\n")
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "own.yaml").write_text("# @package _global_\nlanguage: 'zh'\n")
    assert language_asked(["language=zh", "language=en"]) == ENGLISH
    assert language_asked(["--situation", str(file)]) == CHINESE
    assert language_asked([f"--situation={file}", "language=en"]) == ENGLISH
    assert language_asked(["--config-dir", str(tmp_path), "experiment=own"]) == CHINESE
    assert language_asked(["language=fr", "--situation", str(tmp_path)]) == ENGLISH


def test_errors_of_own_code_and_of_a_suffix_are_told() -> None:
    with speaking(CHINESE):
        error = AuthorError(
            "strategy 'mine'", 3, "a stop lies outside the city", "", "in the trial before the first run"
        )
        assert told(error) == "策略 'mine'在第 3 天出错（首次运行之前的试运行）：有停留点在城市之外"
        assert told("one of a, b; did you mean b?") == "可选 a, b；是不是 b？"
        assert told(BadInput("x", {"a": 1}, "the name of a folder")) == "x：{'a': 1} 不可用：应为文件夹的名称"
        assert told(Unusable("x", "a.csv", "{} is listed twice")) == "x：'a.csv' 列了两次"
        assert told("a road to nowhere is listed twice") == "a road to nowhere 列了两次"
        assert told("at most 6: headquarters to patrol has no more") == "最多 6：headquarters 至 patrol 没有更多"
        assert told("quite another thing") == "quite another thing"
    assert str(refusal(BadInput("x", "y", "one of a"))) == str(BadInput("x", "y", "one of a"))


def test_all_helps_are_chinese(capsys) -> None:
    commands = [load(module).COMMAND for module in COMMANDS.values()]
    said = {text for command in commands for text in (command.summary, *command.keys.values())}
    said |= {text for _, text, _ in (*FLAGS, *FLAGS_OF_SWEEPS)} | {*SCENARIO_KEYS.values()}
    assert sorted(said - catalogue(CHINESE).keys()) == []
    assert main(["--help", "language=zh"]) == 0
    assert capsys.readouterr().out.startswith("用法：beatlab COMMAND")
