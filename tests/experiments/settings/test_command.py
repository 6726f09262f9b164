"""The commands: settings composed as written, one clear line for bad input, complete folders."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
import yaml
from omegaconf import OmegaConf
from small_commands import SMALL_TOWN

from experiments import run
from experiments.compare import __main__ as compare
from experiments.compare import design
from experiments.compare.listed import STRATEGIES
from experiments.run import COMMAND
from experiments.runs.engines.settings import defaults_of
from experiments.settings.compose import compose, scenario_of
from experiments.settings.folders import CONFIGS, yaml_options
from experiments.settings.overrides import read_overrides
from experiments.settings.request import Request
from scenarios.shortages import shortage
from sim.city.build import build_city
from sim.model import CityModel
from sim.parameters import BadInput
from sim.police.force.establishment import ForceParameters
from sim.programmes.base import programmes
from sim.scenario import Scenario
from sim.strategies.base import registered

TABLES = (
    "calls",
    "cases",
    "cells",
    "daily",
    "disputes",
    "duty",
    "force",
    "frauds",
    "incidents",
    "ledger",
    "neighbourhoods",
    "programmes",
    "quarters",
    "recorded",
    "series",
    "victims",
    "visits",
    "warmup",
)
SMALL = (
    *SMALL_TOWN,
    "days=2",
    "warmup_days=1",
)
PACKAGES = ", ".join(sorted({*yaml_options("strategy"), *registered()}))
INCIDENTS = """time,latitude,longitude,type
2020-01-01 10:00,30.0,120.0,burglary
"""


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(capsys, command, *words):
    assert command.main([*words, "--cfg"]) == 0
    return yaml.safe_load(capsys.readouterr().out)


def refused(capsys, command, *words):
    """Return the one line that a command printed, after making sure that it wrote nothing."""
    before = sorted(Path().rglob("*"))
    assert command.main(list(words)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert sorted(Path().rglob("*")) == before
    return err


def test_a_run_starts_from_the_chinese_county(capsys):
    tree = settings(capsys, run)
    assert (tree.pop("out"), tree.pop("shortage")) == ("out/run", {"kind": "none"})
    assert tree == run.scenario(preset="county_china").model_dump(mode="json")


def test_compare_has_its_own_length_and_lists(capsys):
    tree = settings(capsys, compare)
    assert tree["strategies"] == list(STRATEGIES)
    assert tree["shortages"] == ["none", "uniform30", "specialists"]
    assert (tree["baseline"], tree["replications"], tree["days"], tree["warmup_days"], tree["seed"]) == (
        "reactive",
        5,
        364,
        728,
        1,
    )


@pytest.mark.parametrize(
    ("word", "path", "value"),
    [
        ("city.residents=3000", ("city", "residents"), 3000),
        ("city.cell_m=200", ("city", "cell_m"), 200),
        ("force.officers=90", ("force", "officers"), 90),
        ("force.patrol_units=7", ("force", "patrol_units"), 7),
        ("dispatch.pooling=city", ("dispatch", "pooling"), "city"),
        ("city.name=沙县", ("city", "name"), "沙县"),
        ("city.streets.spacing_m=150", ("city", "streets", "spacing_m"), 150),
        ("seed=9", ("seed",), 9),
        ("experiment=quick", ("days",), 14),
        ("city=metropolis", ("city", "beats"), 120),
        ("shortage=uniform", ("shortage", "fraction"), 0.3),
        ("shortage=uniform35", ("shortage", "fraction"), 0.35),
        ("out=到/那里, 且 (好)", ("out",), "到/那里, 且 (好)"),
    ],
)
def test_a_key_is_set_as_written(capsys, word, path, value):
    tree = settings(capsys, run, word)
    for name in path:
        tree = tree[name]
    assert tree == value


def test_what_is_given_twice_counts_as_given_last(capsys):
    assert settings(capsys, run, "seed=1", "seed=2")["seed"] == 2


def test_a_users_value_beats_every_group(capsys):
    tree = settings(capsys, run, "city.residents=500", "city=town", "days=3", "experiment=quick")
    assert (tree["city"]["residents"], tree["city"]["districts"], tree["days"]) == (500, 2, 3)


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*/*.yaml")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_option_is_a_legal_scenario(path):
    group = path.parent.name
    if group == "runner":
        assert compose("compare", {group: path.stem}, {})["workers"] in (None, 1)
        return
    if group == "engine":
        assert compose("compare", {group: path.stem}, {})["engine"] == defaults_of(path.stem)
        return
    if "shortages" in (yaml.safe_load(path.read_text()) or ()):
        design.design(Request(compare.COMMAND, [], {group: path.stem}, {}, False))
        return
    values = {"city.incidents_csv": "x.csv"} if path.stem == "from_data" else {}
    scenario_of(compose("run", {group: path.stem}, values), COMMAND.keys)


@pytest.mark.parametrize("path", sorted((CONFIGS / "shortage").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shortages_file_says_what_its_name_says(path):
    settings = yaml.safe_load(path.read_text())
    assert settings["kind"] == "combined" or settings == shortage(path.stem)
    assert re.match(r"# .+", path.read_text()), "it does not say what it is"


def test_shortages_by_name():
    assert shortage("none") == {"kind": "none"}
    assert (
        shortage("uniform")
        == shortage("uniform30")
        == {"kind": "uniform", "fraction": 0.3, "start_day": 0, "days": None, "ramp_days": 0}
    )
    assert shortage("uniform05")["fraction"] == 0.05
    with pytest.raises(KeyError):
        shortage("uniform5")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["dayz=3"], "there is no such key; did you mean days?"),
        (
            ["strategy=visits"],
            "hotspot with visits",
        ),
        (["programme.visits.visit_min=5"], "there is no such key; did you mean programmes.visits.visit_min?"),
        (["residents=3"], "did you mean city.residents?"),
        (["city.residentz=3"], "did you mean city.residents?"),
        (["city=twon"], "one of city_china, city_western, county, from_data, metropolis, town; did you"),
        (["strategy=hotspots"], "did you mean hotspot?"),
        (["shortage=uniform5"], "uniform50, uniformNN (NN %); did you mean uniform50?"),
        (["strategy.dwell_min=5"], "the strategy reactive has no such parameter; it belongs to "),
        (["strategy.name=hotspot"], "chosen by strategy=<name>"),
        (["shortage.fraction=0.3"], "the shortage none has no such parameter; it belongs to "),
        (["shortage=uniform", "shortage.fraction=1"], "shortage.fraction: 1 is not allowed: should be less than 1"),
        (["shortage=uniform", "shortage.frction=0.1"], "did you mean shortage.fraction?"),
        (["shortage=uniform", "shortage.kind=surge"], "the shortage is chosen by shortage=<name>"),
        (["shortage=surge", "shortage.fraction=0.1"], "the shortage surge has no such parameter; it belongs to "),
        (
            ["shortage=night_gap", "shortage.posts=[watch]"],
            "shortage.posts.0: 'watch' is not allowed: one of headquarters, ",
        ),
        (["shortage=combined_example", "shortage.parts=[{kind: uniform},{kind: uniform}]"], "at most one at a time"),
        (
            [
                "shortage=combined_example",
                "shortage.parts=[{kind: uniform, fraction: 0.7},{kind: secondment, fraction: 0.4}]",
            ],
            "together at most 100 %",
        ),
        (
            ["strategy=hotspot", "strategy.dwell_min=-1"],
            "strategy.dwell_min: -1 is not allowed: should be greater than or equal to 0",
        ),
        (["days=0"], "days: 0 is not allowed: should be greater than or equal to 1"),
        (["days=soon"], "should be a valid integer"),
        (["days=1,2"], "one value is expected; a list is written 'days=[a,b]'"),
        (["days=[1"], "a number, a word, or a list such as"),
        (["days=${nothing}"], "there is no setting nothing to refer to"),
        (["days"], "write key=value"),
        (["~days"], "write key=value"),
        (["force.officers=-1"], "force.officers: -1 is not allowed: should be greater than or equal to 0"),
        (["force.patrol_units=0"], "it leaves no patrol unit on duty"),
        (["city.beats=2000"], "beats"),
        (["city.residents=300", "city.area_km2=0.2", "city.beats=200"], "beats"),
        (["city.incidents_csv=x.csv"], "goes with city=from_data only"),
        (["city.type=burglary"], "goes with city=from_data only"),
        (["city=from_data", "city.calls_csv=x.csv", "city.type=theft"], "give that file, too"),
        (["city=from_data", "city.incidents_csv=x.csv", "city.type=arson"], "'arson' is not allowed"),
        (["city=from_data"], "needs at least one of incidents_csv, calls_csv, streets_file"),
        (["city=from_data", "city.incidents_csv=nowhere.csv"], "nowhere.csv"),
        (["out=/proc/nowhere/out"], "out: '/proc/nowhere/out' cannot be written"),
        (["out=."], "current folder"),
        (["tracks=maybe"], "tracks: 'maybe' is not allowed: true or false"),
        (["tracks=1"], "tracks: 1 is not allowed: true or false"),
    ],
)
def test_bad_input_of_a_run_ends_in_one_line(capsys, words, says):
    assert says in refused(capsys, run, *([] if words[0].startswith("city=") else ["city=town"]), *words)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["strategies=[reactive,hotspots]"],
            f"strategies: 'hotspots' is not allowed: one of {PACKAGES}; did you mean hotspot?",
        ),
        (["strategies=[reactive,reactive]"], "strategies: 'reactive' is listed twice"),
        (["strategies=[]"], "at least 1 item"),
        (["strategies=reactive,hotspot"], "a list is written 'strategies=[a,b]'"),
        (["strategy=hotspot"], "a comparison takes a list: 'strategies=[hotspot,…]'"),
        (["shortages=[none,none]"], "listed twice"),
        (["shortages=[some]"], "shortages: 'some' is not allowed: one of attrition, "),
        (["baseline=nobody"], "one of the listed strategies: reactive, random_patrol, hotspot"),
        (["replications=1"], "should be greater than or equal to 2"),
        (["workers=0"], "should be greater than or equal to 1"),
        (["seed=4294967295"], "the last of 5 replications would have 4294967299"),
        (["strategies=[reactive]", "strategy.dwell_min=5"], "no listed strategy or shortage has it"),
        (["shortages=[none]", "shortage.fraction=0.2"], "no listed strategy or shortage has it"),
        (["force.patrol_units=0", "workers=1"], "it leaves no patrol unit on duty"),
    ],
)
def test_bad_input_of_a_comparison_ends_in_one_line(capsys, words, says):
    assert says in refused(capsys, compare, "city=town", *words)


def test_a_command_is_told_a_group_that_it_does_not_have(capsys):
    assert "runner: run has no group" in refused(capsys, run, "runner=serial")


def test_more_heads_than_there_can_be_are_said_with_the_keys_that_lower_them(capsys):
    said = refused(capsys, run, *SMALL, "force.patrol_units=100000")
    assert re.search(r"^error: force: \d+ .* 262,143 .*force\.officers", said)


def test_rows_in_which_nothing_can_be_used_are_refused(capsys, empty_folder):
    (empty_folder / "swapped.csv").write_text(INCIDENTS.replace("30.0,120.0", "120.0,30.0"))
    assert "swapped.csv" in refused(capsys, run, "city=from_data", "city.incidents_csv=swapped.csv")


def test_a_strategys_parameter_applies_to_the_listed_strategies_that_have_it(capsys):
    request = [
        "strategies=[reactive,hotspot]",
        "shortages=[uniform,uniform20]",
        "strategy.dwell_min=7",
        "shortage.fraction=0.25",
    ]
    plan, points = design.design(Request(compare.COMMAND, request, *read_overrides(request), False))
    assert plan["baseline"] == "reactive"
    assert list(points) == [
        ("uniform", "reactive"),
        ("uniform", "hotspot"),
        ("uniform20", "reactive"),
        ("uniform20", "hotspot"),
    ]
    assert points["uniform", "hotspot"].strategy.model_dump()["dwell_min"] == 7
    assert [scenario.force.changes[0].factor for scenario in points.values()] == [0.75, 0.75, 0.8, 0.8]


def test_a_shortages_parameter_applies_to_the_listed_shortages_that_have_it():
    request = [
        "strategies=[reactive]",
        "shortages=[none,specialists,surge,uniform20]",
        "shortage.fraction=0.1",
        "shortage.start_day=40",
    ]
    _, points = design.design(Request(compare.COMMAND, request, *read_overrides(request), False))
    none, few, more, uniform20 = points.values()
    assert none.force.changes == none.demand.changes == ()
    assert {(change.factor, change.start_day) for change in few.force.changes} == {(0.9, 40)}
    assert [(change.factor, change.start_day) for change in more.demand.changes] == [(1.5, 40)]
    assert [(change.factor, change.start_day) for change in uniform20.force.changes] == [(0.8, 40)]
    assert [scenario.shortage_name for scenario in points.values()] == [
        "none",
        "specialists 10 %",
        "surge",
        "uniform 20 %",
    ]


def designed(*words):
    return design.design(Request(compare.COMMAND, list(words), *read_overrides(words), False))


def test_a_strategy_without_one_of_its_programmes_is_a_strategy():
    _, points = designed(
        "strategies=[integrated,integrated without visits,integrated without intelligence]", "shortages=[none]"
    )
    whole, without_visits, without_intelligence = points.values()
    assert [*without_visits.programmes] == [name for name in whole.programmes if name != "visits"]
    assert without_visits.strategy.deployment == "integrated"
    assert (
        "joint_strike" not in without_intelligence.programmes
        or "intelligence" not in programmes()["joint_strike"].needs
    )
    assert without_intelligence.strategy.deployment == "hotspot", (
        "the plan of the whole follows from the programme that is gone"
    )


def test_all_are_the_nine_strategies_and_every_one_has_the_same_heads():
    plan, points = designed("strategies=all", "shortages=[none,uniform20]", "city=town")
    assert (plan["strategies"], plan["baseline"]) == (list(STRATEGIES), "reactive")
    assert set(STRATEGIES) <= set(registered())
    design.check_same_force(points, build_city(next(iter(points.values())).city))


def test_strategies_with_other_heads_are_refused():
    """A strategy brings other heads along only by a file of its own, which sets keys of the force."""
    _, points = designed("strategies=[reactive,hotspot]", "shortages=[none]", "city=town")
    more = {("none", "hotspot"): points["none", "hotspot"].model_copy(update={"force": ForceParameters(officers=20)})}
    with pytest.raises(
        BadInput,
        match=r"strategies: 'hotspot: 20 officers with 10 auxiliaries'",
    ):
        design.check_same_force({**points, **more}, build_city(points["none", "reactive"].city))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["strategies=[integrated without dancing]"],
            "strategies: 'integrated without dancing' is not allowed: integrated without one of its programmes: ",
        ),
        (["strategies=[reactive without visits]"], "it has none"),
        (["strategies=[nobody without visits]"], f"strategies: 'nobody' is not allowed: one of {PACKAGES}"),
        (["programmes.visits.visit_min=3"], "no listed strategy or shortage has it"),
        (["strategy.programmes=[dancing]"], "strategy.programmes: 'dancing' is not allowed: one of "),
        (
            ["strategies=[community]", "programmes.visits.visit_min=-3"],
            "programmes.visits.visit_min: -3 is not allowed: should be greater than or equal to 0.1",
        ),
        (
            ["strategies=[community]", "programmes.visits.visitmin=3"],
            "no listed strategy or shortage has it; they have ",
        ),
        (
            ["strategies=[reactive]", "strategy.deployment=walking"],
            "strategy.deployment: 'walking' is not allowed: one of ",
        ),
    ],
)
def test_a_mix_that_cannot_be_is_refused_in_one_line(capsys, words, says):
    assert says in refused(
        capsys,
        compare,
        "city=town",
        *(words if any("strategies" in word for word in words) else ["strategies=[reactive]", *words]),
    )


def test_a_run_leaves_a_complete_folder(capsys):
    assert run.main([*SMALL, "strategy=hotspot", "out=made"]) == 0
    assert capsys.readouterr().out.endswith("results: made\n")
    folder = Path("made")
    written = sorted(path.name for path in folder.iterdir())
    assert written == sorted(
        ["scenario.yaml", "provenance.json", "indicators.json", *(f"{name}.parquet" for name in TABLES)]
    )
    assert json.loads((folder / "provenance.json").read_text())["command"] == "beatlab run " + " ".join(
        [*SMALL, "strategy=hotspot", "out=made"]
    )
    scenario = Scenario.model_validate(yaml.safe_load((folder / "scenario.yaml").read_text()))
    assert (scenario.strategy.name, scenario.days) == ("hotspot", 2)
    indicators = json.loads((folder / "indicators.json").read_text())
    assert indicators["crimes_total"] == pl.read_parquet(folder / "incidents.parquet").height
    times = pl.read_parquet(folder / "calls.parquet").select(pl.col(pl.Float64, pl.Float32)).to_numpy()
    assert (times[times == times] >= 0).all()


def test_a_run_writes_its_tracks_when_it_is_asked():
    for words in ([], ["tracks=true"]):
        assert run.main([*SMALL, "strategy=hotspot", *words, "out=made"]) == 0
        more = {"tracks", "watches"} if words else set()
        assert {path.stem for path in Path("made").glob("*.parquet")} == {*TABLES, *more}
    tracks = pl.read_parquet("made/tracks.parquet")
    assert tracks["end_min"].max() == 2 * 1440.0
    assert tracks["call"].null_count() > 0


def test_a_run_comes_out_of_its_scenario_file_again():
    words = [*SMALL, "shortage=uniform20", "strategy=random_patrol"]
    assert run.main([*words, "out=a"]) == 0
    model = CityModel(Scenario.model_validate(yaml.safe_load(Path("a/scenario.yaml").read_text())))
    model.run()
    found = {
        name: None if value == float("inf") else value for name, value in model.results().indicators.items()
    }  # never reached
    assert found == json.loads(Path("a/indicators.json").read_text())


@pytest.mark.parametrize(("layouts", "in_first_city"), [("each", 1), ("one", 3)])
def test_a_comparison_is_paired_and_complete(layouts, in_first_city, capsys):
    words = [
        *SMALL,
        f"city.layouts={layouts}",
        "strategies=[reactive,hotspot]",
        "shortages=[none,uniform40]",
        "replications=3",
        "seed=5",
        "workers=1",
        "out=made",
    ]
    assert compare.main(words) == 0
    assert capsys.readouterr().out.endswith("report: made/report.html\n")
    folder = Path("made")
    for name in (
        "scenario.yaml",
        "provenance.json",
        "effects.parquet",
        "cells.parquet",
        "ledger.parquet",
        "report.html",
        "brief.html",
        "appendix.html",
        "figures",
    ):
        assert (folder / name).exists()
    written = yaml.safe_load((folder / "scenario.yaml").read_text())
    common = {key: value for key, value in written.items() if key not in ("compare", "strategies", "shortages")}
    for (name, strategy), point in design.design(Request(compare.COMMAND, words, *read_overrides(words), False))[
        1
    ].items():
        tree = OmegaConf.to_container(OmegaConf.merge(common, written["shortages"][name]["changes"]))
        assert Scenario.model_validate({**tree, **written["strategies"][strategy]}) == point
    assert written["shortages"]["uniform40"]["changes"]["force"]["changes"][0]["factor"] == 0.6
    summary = pl.read_parquet(folder / "summary.parquet")
    assert summary.group_by("shortage", "strategy", maintain_order=True).agg("seed", "replication").rows() == [
        (shortage, strategy, [5, 6, 7], [0, 1, 2])
        for shortage in ("none", "uniform40")
        for strategy in ("reactive", "hotspot")
    ]
    hours = pl.sum_horizontal(pl.col("^officer_hours_.*$")).alias("officer_hours")
    in_first = pl.col("replication") < in_first_city  # cells of different cities have nothing in common
    expected = (
        summary.with_columns(hours)
        .group_by("shortage", "strategy")
        .agg(pl.col("officer_hours").mean(), pl.col("crimes_total").filter(in_first).mean())
        .sort("shortage", "strategy")
    )
    for name, column in (("ledger", "officer_hours"), ("cells", "crimes")):
        total = (
            pl.read_parquet(folder / f"{name}.parquet")
            .group_by("shortage", "strategy")
            .agg(pl.col(column).sum())
            .sort("shortage", "strategy")
        )
        assert total[column].to_list() == pytest.approx(
            expected["crimes_total" if column == "crimes" else column].to_list()
        )
