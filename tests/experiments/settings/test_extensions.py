"""What a user keeps in a folder of their own: options (`--config-dir`) and Python files (`--with`)."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import yaml
from slow_machines import without_progress

from experiments import run
from experiments.compare import __main__ as compare
from experiments.settings.folders import with_folder, yaml_options
from sim import extensions, registry
from sim.outcomes.own_indicators import own_indicators
from sim.parameters import BadInput
from sim.strategies.base import Strategy, registered
from sim.strategies.plan import PatrolPlan

REPOSITORY = Path(__file__).parents[3]
SMALL = ("city=town", "city.residents=2000", "city.area_km2=2", "city.beats=1", "city.districts=1")
SHORT = ("days=2", "warmup_days=1")
HEAD = """
import numpy as np
from sim.outcomes.own_indicators import Indicator
from sim.parameters import parameter
from sim.police.post_ledger import Work
from sim.police.posts import Post
from sim.programmes.base import Programme
from sim.strategies.base import Strategy, StrategyParameters
from sim.strategies.plan import ANY_UNIT, PatrolPlan
"""
STRATEGY = """
class Mine(Strategy):
    name = "社区热点"
    class Parameters(StrategyParameters):
        dwell_min: float = parameter(10.0, unit="min", ge=0, le=120, source="assumption", doc="Length of a stop.")
    def plan(self, briefing, rng):
        return PatrolPlan.of(briefing.beats.centre_cell, 1, self.parameters.dwell_min, ANY_UNIT)
"""
PROGRAMME = """
class Talks(Programme):
    name = "talks"
    totals = ("minutes",)
    def day(self, today):
        hours = today.hours[Post.COMMUNITY]
        spent = min(hours.able(), 30.0)
        hours.spend(Work.VISITS, spent)
        self.note(today.day, "minutes", spent)
"""
INDICATOR = """
class Twice(Indicator):
    name, label, unit, good = "calls_twice", "Twice the calls", "calls", -1
    def measure(self, results):
        return 2 * len(results.tables["calls"]["call_id"][results.tables["calls"]["discovered_by"] == "caller"])
"""
FAILS = """
class Fails(Strategy):
    name = "fails"
    review_days = 1
    def plan(self, briefing, rng):
        if briefing.grid.cell_m == 160 and briefing.now_min > 1000:
            return sum(None)
        return PatrolPlan.none()
"""


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """Work in an empty folder; nothing that a test registers stays."""
    monkeypatch.chdir(tmp_path)
    with extensions.loaded([]):
        yield


def written(**files):
    """Write Python files; return the flags that load them."""
    for name, text in files.items():
        Path(f"{name}.py").write_text(HEAD + text, encoding="utf-8")
    return [word for name in files for word in ("--with", f"{name}.py")]


def options(**files):
    """Write options into a folder of one's own, `group__name` each; return the flag that adds it."""
    for key, text in files.items():
        path = Path("mine", *key.split("__")).with_suffix(".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return ["--config-dir", "mine"]


def refused(capsys, *words, command=run):
    assert command.main(list(words)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    err = without_progress(err)
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert not Path("out").exists()
    return err


def test_all_that_is_ones_own_is_compared_with_two_workers_from_a_folder_outside(capsys):
    words = [
        *options(
            shortage__夜班不足="kind: night_gap\nfraction: 0.4\n",
            experiment__社区试点="# @package _global_\ndefaults:\n  - override /city: town\n"
            "shortages: [none, 夜班不足]\nstrategies: [hotspot, 社区热点, hotspot with talks]\n"
            "days: 2\nwarmup_days: 1\n",
        ),
        *written(things=STRATEGY + PROGRAMME + INDICATOR),
    ]
    setting = ["experiment=社区试点", *SMALL[1:], "replications=2", "strategy.dwell_min=3", "workers=2", "out=out"]
    assert compare.main([*words, *setting]) == 0
    capsys.readouterr()
    summary = pl.read_parquet("out/summary.parquet")
    assert summary["strategy"].unique().sort().to_list() == ["hotspot", "hotspot with talks", "社区热点"]
    assert summary["shortage"].unique().sort().to_list() == ["none", "夜班不足"]
    assert (summary["calls_twice"] == 2 * summary["calls_total"]).all()
    assert summary.filter(pl.col("strategy") == "hotspot with talks")["talks_minutes"].max() == 60
    assert "calls_twice" in pl.read_parquet("out/effects.parquet")["indicator"].to_list()
    assert "Twice the calls" in Path("out/appendix.html").read_text()
    command = json.loads(Path("out/provenance.json").read_text())["command"]
    assert command.startswith("beatlab compare --config-dir mine --with things.py ")
    assert "社区热点" not in registered()


def test_a_run_has_ones_own_indicator_and_parameters(capsys):
    words = [*written(things=STRATEGY + INDICATOR), *SMALL, *SHORT, "strategy=社区热点", "strategy.dwell_min=3"]
    assert run.main([*words, "out=out"]) == 0
    indicators = json.loads(Path("out/indicators.json").read_text())
    assert indicators["calls_twice"] == 2 * indicators["calls_total"]
    assert yaml.safe_load(Path("out/scenario.yaml").read_text())["strategy"]["dwell_min"] == 3


SCRIPT = (
    HEAD
    + """
from experiments.compare.__main__ import main
from sim.extensions import register
MINUTES = 7.0
@register
class Mine(Strategy):
    name = "mine"
    class Parameters(StrategyParameters):
        weight: float = parameter(1.0, unit="1", ge=0, le=9, source="assumption", doc="Of no use.")
    def plan(self, briefing, rng):
        return PatrolPlan.of(briefing.beats.centre_cell, self.parameters.weight, MINUTES, ANY_UNIT)
"""
    + INDICATOR.replace("class", "@register\nclass")
)


def test_classes_of_a_notebook_or_a_script_come_to_the_workers():
    """A cell and `python -c` alike: no file holds the source."""
    words = [*SMALL, *SHORT, "strategies=[reactive,mine]", "shortages=[none]", "replications=2", "workers=2", "out=out"]
    done = subprocess.run(
        [sys.executable, "-c", f"{SCRIPT}\nraise SystemExit(main({words}))"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    summary = pl.read_parquet("out/summary.parquet")
    assert (summary["calls_twice"] == 2 * summary["calls_total"]).all()


PYTHON = """
import beatlab as bl
class Mine(bl.Strategy):
    name = "mine"
    class Parameters(bl.Strategy.Parameters):
        weight: float = bl.parameter(1.0, unit="1", ge=0, le=9, source="assumption", doc="Of no use.")
    def plan(self, briefing, rng):
        return bl.PatrolPlan.of(briefing.beats.centre_cell, self.parameters.weight, 7.0, -1)
@bl.register
class Twice(bl.Indicator):
    name, unit = "calls_twice", "calls"
    def measure(self, results):
        return 2 * results.indicators["calls_total"]
bl.register_file("things.py")
found = bl.compare(
    city="小城", strategies=["reactive", Mine, "社区热点"], shortages=["none"], replications=2, days=2,
    config_dir="mine", workers=2, warmup_days=1, settings={"strategy.weight": 3},
)
print(found.effect("mine", "calls_twice", shortage="none").difference, *found.summary["calls_twice"].to_list())
found.save("out")
"""


def test_python_takes_a_class_a_file_and_a_folder_without_a_guard_with_two_workers():
    """Written to a script, which the workers must not run."""
    small = "\n".join(word.removeprefix("city.").replace("=", ": ") for word in SMALL[1:])
    options(city__小城=f"defaults: [town]\n{small}\n")
    written(things=STRATEGY)
    Path("script.py").write_text(PYTHON, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    difference, *values = map(float, done.stdout.split())
    assert len(values) == 6
    assert all(value > 0 for value in values)
    assert difference == pytest.approx((sum(values[2:4]) - sum(values[:2])) / 2)
    made_by = json.loads(Path("out/provenance.json").read_text())
    assert [Path(file).name for file in made_by["own_files"]] == ["things.py", "script.py"]
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in made_by["own_files"].values())
    told = {(it["kind"], it["name"], it["class"], Path(it["file"]).name) for it in made_by["own_classes"]}
    assert told == {
        ("strategy", "mine", "Mine", "script.py"),
        ("strategy", "社区热点", "Mine", "things.py"),
        ("indicator", "calls_twice", "Twice", "script.py"),
    }
    assert made_by["command"].startswith(f"beatlab compare --config-dir mine --with {Path('things.py').resolve()} ")
    assert "it lacks indicator calls_twice, strategy mine," in made_by["command_note"]


CELL = """
import beatlab as bl
def helper(briefing):
    raise ValueError("a helper of another line")
@bl.register
class Fails(bl.Strategy):
    name = "fails"
    def plan(self, briefing, rng):
        if briefing.grid.cell_m == 160:
            helper(briefing)
        return bl.PatrolPlan.none()
"""
NOTEBOOK = f"""
import linecache
cell = {CELL!r}
linecache.cache["<cell 1>"] = len(cell), None, cell.splitlines(True), "<cell 1>"
exec(compile(cell, "<cell 1>", "exec"))
from sim.extensions import made_with
print(made_with()["own_classes"][0]["typed"] == cell, made_with()["command_note"].count("strategy fails"))
bl.compare(
    strategies=["reactive", "fails"], shortages=["none"], replications=2, workers=2, seed=7, days=2, warmup_days=1,
    city="town",
    settings={{"city.cell_m": 160, "city.residents": 2000, "city.area_km2": 2, "city.beats": 1, "city.districts": 1}},
)
"""


def test_a_cell_that_fails_in_a_worker_is_shown_with_its_lines_and_none_of_ours():
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "True 1\n", done.stderr
    said = done.stderr
    assert "AuthorError: strategy 'fails' failed on day 1 in the run of fails under none (alone: beatlab run " in said
    assert re.search(r"strategy=fails shortage=none seed=[78] city\.seed=\d+ …\): ValueError: a helper", said)
    assert 'raise ValueError("a helper of another line")' in said
    ours = [line for line in said.splitlines() if "File " in line and str(REPOSITORY) in line]
    assert len(ours) <= 3, said  # beatlab.compare, and what it hands the call to
    assert "multiprocessing" not in said


def test_a_class_of_a_module_is_loaded_again_with_its_file(tmp_path, monkeypatch):
    (tmp_path / "mine_of_a_module.py").write_text(HEAD + STRATEGY)
    monkeypatch.syspath_prepend(tmp_path)
    kind = importlib.import_module("mine_of_a_module").Mine
    extensions.register(kind)
    file = str(tmp_path / "mine_of_a_module.py")
    assert extensions.loadable_files() == (file,)
    told = extensions.made_with()
    assert told["own_files"] == {file: hashlib.sha256(Path(file).read_bytes()).hexdigest()}
    assert "command_note" not in told


@pytest.mark.parametrize("flag", [True, False])
def test_a_mistake_names_the_flag_of_the_command_and_the_keyword_of_python(flag, capsys):
    Path("bad.py").write_text("def plan(:\n")
    Path("empty").mkdir()
    if flag:
        assert refused(capsys, "--with", "bad.py", "--cfg").startswith("error: --with: '")
        assert refused(capsys, "--config-dir", "empty", "--cfg").startswith("error: --config-dir: folder 'empty' holds")
        return
    with pytest.raises(BadInput, match=r"^register_file: '.*bad\.py' cannot be loaded: SyntaxError"):
        extensions.register_file("bad.py")
    with pytest.raises(BadInput) as caught:
        run.scenario(config_dir="empty")
    assert caught.value.field == "config_dir"
    assert caught.value.allowed.startswith("folder 'empty' holds none of preset, ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def plan(:\n    pass\n", r"SyntaxError: .*bad\.py, line \d+\)"),
        ("raise RuntimeError('no data')\n", r"RuntimeError: no data \(.*bad\.py, line \d+\)"),
        ("import sys\nsys.exit(0)\n", r"SystemExit: 0 \(.*bad\.py, line \d+\)"),
        ("import os\nos._exit(0)\n", r"Leaving: os\._exit\(0\)"),
        ("import no_such_module\n", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("x = 1\n", r"a class that derives from Strategy or Programme or Indicator or Pattern and has a name$"),
        ("class Patrol:\n    name = 'patrol'\n", "; Patrol derives from none of them"),
        ("class Patrol(Strategy):\n    pass\n", "; Patrol has no name"),
        (
            STRATEGY + STRATEGY.replace("Mine", "Yours"),
            r"Mine of .*bad\.py and Yours of .*bad\.py both have it: rename one",
        ),
        (
            STRATEGY.replace("社区热点", "hotspot"),
            r"Hotspot of sim\.strategies\.hotspot and Mine of .*bad\.py both have it",
        ),
        (STRATEGY.replace("社区热点", "a/b"), r"strategy: 'Mine' is not allowed: .*its name is 'a/b'"),
        (STRATEGY.replace("社区热点", "a with b"), r"strategy: 'Mine' is not allowed: .* choose one without 'with'"),
        (
            STRATEGY.replace("def plan", "def plans"),
            r"strategy: 'Mine' is not allowed: .*it has no plan\(\); write one",
        ),
        (INDICATOR.replace("def measure", "def number"), r"indicator: 'Twice' is not allowed: .*it has no measure\(\)"),
        (INDICATOR.replace("-1", "'less'"), r"indicator: 'Twice' is not allowed: .*good is 'less'"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_in_one_line(text, says, capsys):
    said = refused(capsys, *written(bad=text), *SMALL, "--cfg")
    assert re.search(says, said.strip())
    assert registry.by_hand() == []


def test_a_file_that_holds_no_text_is_named_without_a_line_of_ours(capsys):
    Path("bad.py").write_bytes(b"\xff\xfe\x00")
    said = refused(capsys, "--with", "bad.py", *SMALL, "--cfg")
    assert re.search(r"--with: '.*bad\.py' cannot be loaded: SyntaxError: source code .* null bytes$", said.strip())


@pytest.mark.parametrize("file", ["none.py", ".", "", "\x00"])
def test_a_file_that_is_not_there_is_named(file, capsys):
    assert "--with: " in refused(capsys, "--with", file, "--cfg")


def test_a_file_may_import_what_lies_beside_it_and_is_read_once(tmp_path):
    (tmp_path / "beside_it.py").write_text("MINUTES = 4.0\n")
    (tmp_path / "mine.py").write_text("from beside_it import MINUTES\n" + HEAD + STRATEGY)
    with extensions.loaded([tmp_path / "mine.py", tmp_path / "mine.py"]):
        parcels = extensions.parcels()
        assert [parcel.file for parcel in parcels] == [str(tmp_path / "mine.py")]
        (tmp_path / "mine.py").write_text("raise RuntimeError('changed since')")
        assert "社区热点" in registered()
    assert "社区热点" not in registered()
    extensions.receive(parcels)
    extensions.open_parcels()
    assert "社区热点" in registered()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_strategy_that_fails_during_a_comparison_is_told_with_day_and_its_own_traceback_alone(workers, capsys):
    """It passes the trial, whose towns have cells of another size."""
    own = written(fails=FAILS)
    words = [*SMALL, *SHORT, "strategies=[reactive,fails]", "shortages=[none]", "replications=2", f"workers={workers}"]
    said = refused(capsys, *own, *words, "city.cell_m=160", "out=out", command=compare)
    where = (
        r"in the run of fails under none \(alone: beatlab run strategy=fails shortage=none seed=\d+ city\.seed=\d+ …\)"
    )
    assert re.match(f"error: strategy 'fails' failed on day 1 {where}: TypeError: ", said)
    trace = Path(said.split("; where: ")[1].strip())
    text = trace.read_text()
    trace.unlink()
    assert "fails.py" in text
    assert str(REPOSITORY / "sim") not in text


def test_help_lists_what_is_ones_own(capsys):
    words = [*options(city__我的县城="residents: 3000\n"), *written(things=STRATEGY + INDICATOR)]
    assert run.main([*words, "--help"]) == 0
    shown = capsys.readouterr().out
    assert "我的县城" in next(line for line in shown.splitlines() if line.startswith("  city "))
    assert "strategy 社区热点, indicator calls_twice" in shown


def test_options_of_ones_own_may_name_ours_theirs_and_names_without_a_file(capsys):
    words = options(
        city__小城="defaults: [town]\nresidents: 2500\n",
        shortage__更少="defaults: [uniform35]\nstart_day: 3\n",
        experiment__一周="# @package _global_\ndefaults:\n  - override /city: 小城\n"
        "  - override /shortage: 更少\ndays: 7\n",
    )
    assert run.main([*words, "experiment=一周", "--cfg"]) == 0
    tree = yaml.safe_load(capsys.readouterr().out)
    assert (tree["city"]["residents"], tree["city"]["name"], tree["days"]) == (2500, "town", 7)
    assert (tree["shortage"]["fraction"], tree["shortage"]["start_day"]) == (0.35, 3)
    assert run.main([*words, "experiment=一周", "city=county", "--cfg"]) == 0
    assert yaml.safe_load(capsys.readouterr().out)["city"]["name"] != "town"


def test_an_option_that_was_edited_is_read_anew():
    from experiments.settings.compose import compose

    for residents in (3000, 4000):
        options(city__mine=f"residents: {residents}\n")
        with with_folder("mine"):
            assert compose("run", {"city": "mine"}, {})["city"]["residents"] == residents
    assert "mine" not in yaml_options("city")


@pytest.mark.parametrize(
    ("files", "words", "says"),
    [
        ({"notes__a": "x: 1\n"}, [], r"--config-dir: .*'mine' .* none of preset, "),
        ({"shortages__a": "kind: none\n"}, [], r"did you mean shortage by its shortages\?"),
        ({"city__town": "residents: 1\n"}, [], r"mine/city/town\.yaml' .*ours, city/town\.yaml: rename"),
        ({"shortage__uniform35": "kind: none\n"}, [], r"ours, shortage/uniform35\.yaml: rename"),
        ({"city__a": "residents: [\n"}, ["city=a"], r"city: .* 'a' .*mine/city/a\.yaml: line 2: "),
        ({"city__a": "# 县城\n".encode("gbk")}, ["city=a"], r"mine/city/a\.yaml: it is no UTF-8, but GBK"),
        ({"city__a": "- 1\n"}, ["city=a"], r"mine/city/a\.yaml holds list"),
        ({"city__a": "defaults: [nowhere]\n"}, ["city=a"], r"settings: .*mine/city/a\.yaml' .*nowhere"),
        ({"city__a": "x: ${oc.env:HOME}\n"}, ["city=a"], r"mine/city/a\.yaml\.x: .*nothing from outside"),
        ({"city__a": "residents: 10\n"}, ["city=b"], r"city: 'b' is not allowed: one of a, city_china"),
        ({"city__a": "resident: 10\n"}, ["city=a"], r"city\.resident: 10 is not allowed: there is no such parameter"),
        ({"strategy__a": "plan: my_module.plan\n"}, ["strategy=a"], r"strategy: .* \'a\'.* `name: …`"),
        ({"strategy__waits": "name: hotspot\n"}, ["strategy=waits"], r"waits\.yaml says `name: hotspot`: rename"),
    ],
)  # fmt: skip
def test_a_folder_that_cannot_be_used_is_told_in_one_line(files, words, says, capsys):
    waits = {"name": "waits", "plan": lambda *_: PatrolPlan.none(), "__module__": __name__}
    extensions.register(type("Waits", (Strategy,), waits))
    assert re.search(says, refused(capsys, *options(**files), *words, "--cfg"))


@pytest.mark.parametrize("folder", ["none", "", "\x00", "file"])
def test_a_folder_that_is_not_there_is_named(folder, capsys):
    Path("file").touch()
    assert "--config-dir: " in refused(capsys, "--config-dir", folder, "--cfg")


def test_an_indicator_that_fails_stops_a_command_before_anything_is_run(capsys):
    bad = INDICATOR.replace("2 * len(", "results.tables['phone_calls'] and len(")
    said = refused(capsys, *written(bad=bad), *SMALL, *SHORT, "out=out")
    assert said.startswith(
        "error: indicator 'calls_twice' failed on day 5 in the trial before the first run: KeyError: "
    )
    assert own_indicators() == {}
