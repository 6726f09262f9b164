"""Claims about the command: what it says, what it runs again, and what it refuses.

The city is made up in all tests but one: its crimes and calls follow from parameters, seed and strategy at once.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

pytest.importorskip("SALib")

import beatlab as bl
from beatlab.__main__ import main
from experiments.runs.store.records import Run
from experiments.runs.store.store import open_store
from experiments.sensitivity import kept
from experiments.sensitivity.design import COMMAND, design, most_runs
from experiments.settings.keywords import request_of
from sim import extras
from sim.parameters import BadInput

TOWN = {"residents": 2000, "area_km2": 2, "beats": 1, "districts": 1}
VARIED = ["people.search.risk", "people.search.seen_police=2..6", "dispatch.urgent_speed=1..2"]
STUDY = {
    "city": TOWN, "parameters": VARIED, "outcomes": ["crimes_total", "calls_total"], "trajectories": 6, "samples": 8,
    "screened_to": 2, "days": 365, "warmup_days": 0, "workers": 1,
}  # fmt: skip


def made_up(task):
    """Return crimes that fall with the fear of arrest, under hot spots also with police in view; calls never move."""
    scenario = task["scenario"]
    search, hotspot = scenario["people"]["search"], scenario["strategy"]["name"] == "hotspot"
    crimes = 200.0 - 20 * search["risk"] + 10 * scenario["seed"] - 8 * search["seen_police"] * hotspot
    return Run({"crimes_total": crimes, "calls_total": 5.0}, {})


def partly_broken(task):
    """Return the same, but fail where nobody fears an arrest."""
    failed = task["scenario"]["people"]["search"]["risk"] < 0.1
    return Run({}, {}, "ValueError: it broke") if failed else made_up(task)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sensitivity")


@pytest.fixture
def no_city(monkeypatch):
    monkeypatch.setattr(kept, "measure", made_up)


@pytest.fixture(scope="module")
def study(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept, "measure", made_up)
        return bl.sensitivity(**STUDY, store=str(folder / "store"))


def test_a_study_of_the_model_itself_says_how_many_runs_it_took() -> None:
    found = bl.sensitivity(**{
        **STUDY, "parameters": "people.search.risk", "trajectories": 4, "samples": 0, "days": 2, "replications": 1,
    })  # fmt: skip
    assert "18 runs: 9 points, 2 strategies, 1 seeds; 0 failed." in found.answer
    assert found.indices.height == 4
    assert found.indices["chance"].null_count() == 4


def test_outcomes_and_paired_differences_get_indices_of_what_the_screen_passes_on(study) -> None:
    found = study.indices
    of = {
        (method, outcome, baseline): rows
        for (method, outcome, baseline), rows in found.partition_by(
            "method", "outcome", "baseline", as_dict=True, maintain_order=True
        ).items()
    }
    crimes, difference = of["morris", "crimes_total", None], of["morris", "crimes_total", "reactive"]
    per_1000 = 1000 / 2000
    assert crimes["size"].to_list() == pytest.approx([100 * per_1000, 0, 0])  # 20 a unit over a range of 5
    assert crimes["mean"][0] == pytest.approx(-100 * per_1000)
    assert difference["size"].to_list() == pytest.approx([0, 32 * per_1000, 0])  # 8 a unit over a range of 4
    assert crimes["chance"].to_list() == pytest.approx([0, 0, 0])
    sampled = of["sobol", "crimes_total", "reactive"]
    assert set(sampled["parameter"]) == {"people.search.risk", "people.search.seen_police"}
    assert study.parameters["sobol"].to_list() == [True, True, False]
    assert dict(sampled.select("parameter", "matters").iter_rows())["people.search.seen_police"]
    assert ("sobol", "calls_total", None) not in of  # they never move
    assert "Calls (reactive policing): " in study.answer
    assert "228 runs: 57 points, 2 strategies, 2 seeds; 0 failed." in study.answer


def test_every_point_has_the_same_seeds_in_both_arms(study) -> None:
    with open_store(study.found.plan["store"]) as store:
        seeds = store.rows.select("strategy", "seed").collect().group_by("strategy").agg(pl.col("seed").unique().sort())
    assert [list(one) for one in seeds["seed"]] == [[1, 2], [1, 2]]


def test_a_larger_study_runs_only_what_is_new_and_the_same_one_nothing(study, folder, no_city) -> None:
    with open_store(str(folder / "store")) as store:
        before = store.runs
    again = bl.sensitivity(**STUDY, store=str(folder / "store"))
    with open_store(str(folder / "store")) as store:
        assert store.runs == before
    assert again.indices.equals(study.indices)
    larger = bl.sensitivity(**{**STUDY, "samples": 16}, store=str(folder / "store"))
    with open_store(str(folder / "store")) as store:
        assert store.runs - before == 8 * 4 * 2 * 2
    assert set(larger.convergence["blocks"]) == {8, 16}


def test_files_are_whole_and_ema_workbench_finds_its_columns(study, folder) -> None:
    study.save(folder / "out")
    names = {path.name for path in (folder / "out").iterdir()}
    tables = {f"{name}.{end}" for name in ("sensitivity", "convergence") for end in ("csv", "parquet")}
    assert tables | {"parameters.csv", "experiments.csv", "outcomes.csv", "sensitivity.html"} <= names
    designs = pl.read_csv(folder / "out" / "experiments.csv")
    outcomes = pl.read_csv(folder / "out" / "outcomes.csv")
    assert designs.height == outcomes.height == 2 * 57
    assert set(designs.columns) == {name.partition("=")[0] for name in VARIED} | {"scenario", "policy", "model"}
    assert designs["dispatch.urgent_speed"].is_between(1, 2).all()
    page = (folder / "out" / "sensitivity.html").read_text(encoding="utf-8")
    assert study.answer.split(".")[0] in page


def test_a_run_that_fails_is_counted_and_its_block_is_left_out(monkeypatch) -> None:
    """Nothing is dropped silently, and whole trajectories still say what they did."""
    monkeypatch.setattr(kept, "measure", partly_broken)
    found = bl.sensitivity(**{**STUDY, "trajectories": 16, "samples": 0})
    assert "The first to fail said: ValueError: it broke" in found.answer
    lost = int(found.answer.partition(" of 16 trajectories were left out")[0].rpartition(" ")[2])
    assert 0 < lost <= 12
    crimes = found.indices.filter(pl.col("outcome") == "crimes_total", pl.col("baseline").is_null())
    assert crimes["blocks"].unique().to_list() == [16 - lost]
    assert crimes["size"].to_list() == pytest.approx([50, 0, 0])
    monkeypatch.setattr(kept, "measure", lambda _task: Run({}, {}, "ValueError: all broke"))
    none = bl.sensitivity(**{**STUDY, "samples": 0})
    assert "Crimes (reactive policing): nothing can be said." in none.answer
    assert not none.indices.height


def test_it_speaks_chinese(folder, no_city) -> None:
    found = bl.sensitivity(**STUDY, store=str(folder / "store"), language="zh")
    assert "次运行" in found.answer
    assert "runs" not in str(found)
    assert "outcomes hang" not in str(found)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"parameters": ["people.search.risk=3..1"]}, "parameters: 'people.search.risk=3..1' is not allowed"),
        (
            {"parameters": ["strategy.dwell_min"], "strategies": ["hotspot", "reactive"]},
            "has no such parameter; it belongs to",
        ),
        ({"samples": 48}, "samples: 48 is not allowed: 0, or a power of two"),
        ({"samples": 4}, "samples: 4 is not allowed"),
        ({"trajectories": 2}, "trajectories: 2 is not allowed"),
        ({"trajectories": 0, "samples": 0}, "there is nothing to run"),
        ({"most_runs": 100}, "most_runs: 100 is not allowed: at least the 228 runs"),
        ({"outcomes": ["nonsense"]}, "outcomes: 'nonsense' is not allowed"),
        ({"strategies": ["hotspt"]}, "strategies: 'hotspt' is not allowed"),
    ],
)
def test_what_cannot_be_studied_is_refused_in_one_line(given, said, no_city) -> None:
    with pytest.raises(BadInput) as error:
        bl.sensitivity(**{**STUDY, **given})
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_the_command_refuses_in_chinese_and_writes_nothing(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["sensitivity", "city=town", "samples=48", "language=zh", "out=none"]) == 2
    assert "2 的幂" in capsys.readouterr().err
    assert not Path("none").exists()
    monkeypatch.setattr(extras, "find_spec", lambda _name: None)
    assert main(["sensitivity", "city=town", "out=none"]) == 2
    assert "pip install 'beatlab[sensitivity]'" in capsys.readouterr().err


def test_bounds_and_patterns_are_words_of_a_command_line_too() -> None:
    words = ["people.search.risk=0.5..3", "presence.*"]
    plan, asked = design(request_of(COMMAND, {"parameters": words, "city": "town"}))
    assert asked.factors[0][:3] == ("people.search.risk", 0.5, 3.0)
    assert len(asked.factors) > 8
    assert most_runs(plan, len(asked.factors)) > 1000
