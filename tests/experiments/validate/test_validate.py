"""The scoreboard.

Patterns measured as they are defined, verdicts as the bands say, a complete folder, one line for bad input.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml
from scipy import stats
from small_commands import SMALL_TOWN

import beatlab as bl
from experiments.estimates.estimate import estimate
from experiments.patterns.calls import NO_CRIME
from experiments.patterns.pattern import QUALITIES, USES
from experiments.patterns.portrait import DISTANCE_EDGES_KM, Kind, Portrait, kinds_in, kinds_of, portrait_of
from experiments.patterns.portrait.force import ForcePortrait
from experiments.patterns.portrait.load import LoadPortrait
from experiments.patterns.published import for_calibration, published, rows
from experiments.patterns.reporting import Recorded
from experiments.patterns.studies import EQUAL_TARGETS, EVENTS_OFF, PLACES, STUDIES, VARIANTS, scenarios
from experiments.patterns.trials.enacted import EXPERIMENTS
from experiments.settings.command import execute
from experiments.validate import __main__ as validate
from experiments.validate.api import design
from experiments.validate.drivers import drivers_of
from experiments.validate.scoreboard import (
    calls_table,
    knox_frame,
    patterns_table,
    rates_table,
    rows_of,
    titles_of,
)
from experiments.validate.verdict import judge
from scenarios.mixes import MIXES
from scenarios.stated import Stated, Value
from sim.incident_types import CRIME_NAMES
from sim.model import CityModel
from sim.outcomes.near_repeat import Knox
from sim.outcomes.offending import RepeatVictims
from sim.parameters import BadInput
from sim.scenario import Scenario

REPOSITORY = Path(__file__).parents[3]
SMALL = (
    *SMALL_TOWN,
    "warmup_days=1",
    "replications=2",
    "workers=1",
)
TINY = {"city.residents": 200, "city.area_km2": 2, "city.beats": 1, "city.districts": 1}
HOURS = np.ones(168, dtype=np.int64)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def a_kind(true, recorded, km=1.0):
    return Kind(true, recorded, recorded, HOURS, np.histogram([km] * true, DISTANCE_EDGES_KM)[0])


def a_portrait(**changed):
    """A year of a made-up town of 10,000 in which every pattern is known."""
    kinds = {
        "burglary": a_kind(40, 19, 0.525),
        "theft: pickpocketing": a_kind(60, 12),
        "theft: shoplifting": a_kind(40, 16),
        "theft: vehicle_theft": a_kind(20, 15),
        "assault: brawl": a_kind(30, 15),
        "assault: dispute": a_kind(20, 7),
    }
    pairs = Knox(np.full((5, 8), 3.0), np.full((5, 8), 2.0), np.full((9, 5, 8), 2.0))
    window = Knox(np.array([[24.0]]), np.array([[20.0]]), np.full((9, 1, 1), 20.0))
    portrait = Portrait(
        residents=10_000,
        days=365.0,
        kinds=kinds,
        calls={"burglary": HOURS, "service": 2 * HOURS, "traffic": HOURS},
        offences=np.array([6, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
        victims=RepeatVictims(0.1, 0.25),
        burglaries={
            "empty_home": np.bincount([14] * 9 + [2], minlength=168),
            "sleeping_home": np.bincount([1] * 6 + [6 * 24 + 3] * 4, minlength=168),
            "shop": np.bincount([23] * 20, minlength=168),
        },
        crimes=np.array([10, 5, 3, 1, 1] + [0] * 195),
        knox=pairs,
        knox_window=window,
        by_day={name: np.arange(365) // 183 * (name == "theft") + (name == "burglary") for name in CRIME_NAMES},
        fraud_ages=np.bincount([20, 30, 50, 70], minlength=120),
        found_disputes=(40, 30),
        force=ForcePortrait(
            np.full(365, 40.0), np.full(365, 0.2), {"burglary": (19, 3), "fraud": (9, 2)}, -0.9,
            np.array([2.0, np.inf]), 0.1, 1.4, 1.0, 5.0, 0.7, 1.3, 47.0, 3.0,
        ),
        load=LoadPortrait(
            120.0, {"crime": 10.0, "disputes": 15.0, "traffic": 20.0, "help": 40.0}, 250.0, 80.0, 50.0, 1.2, 20.0, 90.0,
            45.0, 30.0, 60.0, 3.0, 6.0, 9.0, 88.0, 12.0, 50.0, 70.0, 40.0, 4.0, 5.0, None,
        ),
        indicators={},
    )  # fmt: skip
    return replace(portrait, **changed)


def portraits(*runs):
    return {study: list(runs) for study in STUDIES}


def scored(*runs):
    """Rows of the scoreboard by name, for the study of the Western mix where there are several."""
    there = portraits(*(runs or (a_portrait(),)))
    table = patterns_table(there, titles_of(there, dict.fromkeys(STUDIES, Scenario())), {})
    return {row["name"]: row for row in table.iter_rows(named=True)}


def test_each_pattern_is_measured_as_it_says():
    found = {name: row["mean"] for name, row in scored().items()}
    assert found["Burglary recorded"] == pytest.approx(100 * 19 / 40)
    assert found["Assault recorded"] == pytest.approx(100 * 22 / 50)
    assert found["Vehicle theft recorded"] == pytest.approx(75)
    assert found["Other theft recorded"] == pytest.approx(28)
    assert found["Calls that are no crime"] == pytest.approx(75)
    assert found["Calls at 05 h"] == pytest.approx(1)
    assert found["As is"] == pytest.approx(1.2)
    assert found["… the same dwelling only"] == found["… the same dwelling left out"] == pytest.approx(1.5)
    assert found["Cells with 25 % of crime"] == pytest.approx(0.25)
    assert found["Cells with 50 % of crime"] == pytest.approx(0.5)
    assert found["Offences by the top 10 % of offenders"] == pytest.approx(40)
    assert (found["Victims of two or more"], found["… crimes that they suffer"]) == (10, 25)
    assert found["Home to burglary, median"] == pytest.approx(0.525, abs=0.03)
    assert found["All, from midnight to four"] == pytest.approx(100 * 11 / 40)
    assert found["Empty homes, from midnight to four"] == pytest.approx(10)
    assert found["Homes, from 06 to 18 h"] == pytest.approx(45)
    assert found["A day of the weekend"] == pytest.approx(2 / (36 / 5))
    assert found["Robbery recorded"] is None
    assert found["Calls that get a unit"] == 120
    assert (found["… disputes"], found["… over two hours"]) == (15, 20)
    assert found["Arrested on scene"] is None
    names = ("Calls phoned in", "… standard deviation over mean", "… uncommitted time", "… call-taking, median")
    assert [found[name] for name in names] == [250, 1.2, 40, 45]
    assert (found["… queue, mean"], found["… turn-out, median"], found["… driving, median"]) == (30, 60, 3)
    assert (found["Sworn officers"], found["… from 0 to 6 h"], found["Hours worked"]) == (1.4, 0.7, 47)
    names = ("Victims from 18 to 40", "Victims from 41 to 65", "Age of victims, mean")
    assert [found[name] for name in names] == [50, 25, 42.5]
    assert found["Frauds cleared for a theft, robbery or burglary cleared"] == pytest.approx(2 / 3)
    assert (found["Disputes found that are resolved"], found["Disputes mediated"]) == (75, pytest.approx(3))
    assert found["Crime under community policing"] == 100
    assert found["… 50 %, with a quarter less crime"] == 1
    assert found["Burglary and theft, quarter with most"] == pytest.approx(33.2, abs=0.5)
    assert found["Crime, second half against the first"] == pytest.approx(100, abs=1)


def test_each_pattern_has_a_source_a_use_and_a_study():
    for it in published():
        assert it.source
        assert it.use in USES
        assert it.quality in QUALITIES
        assert set(it.bands) <= set(STUDIES)
    assert len({it.name for it in published()}) == len(published())
    assert len({(it.about, study, it.title) for it, study in rows()}) == len(rows())


def test_parameters_are_set_by_patterns_that_are_there_for_it_and_by_no_other():
    assert [it.name for it in for_calibration(["near_repeat", "calls_at_05"])] == ["near_repeat", "calls_at_05"]
    for name, why in (("clearance_by_response", "test the model"), ("no_such", "one of assault_recorded")):
        with pytest.raises(BadInput, match=why):
            for_calibration([name])


@pytest.mark.parametrize(
    ("values", "low", "high", "says"),
    [([43, 44, 45], 40, 48, "within"), ([43, 44, 45], 42, 46, "not decided"), ([43, 44, 45], 50, 60, "outside"),
     ([43, 44, 45], 10, 41, "outside"), ([43, 44, 45], 40, None, "within"), ([43, 44, 45], None, 41, "outside"),
     ([43, 44, 45], None, None, "no band"), ([None, None], 42, 46, "not measured"), ([None], None, None, "no band"),
     ([44, 45], 42, 46, "not decided"), ([44, 44, 44], 42, 46, "not decided"), ([None, 43, 44, 45], 40, 48, "within")],
)  # fmt: skip
def test_a_verdict_is_about_the_whole_interval(values, low, high, says):
    assert judge(values, (low, high)).verdict == says


def test_a_parameter_on_which_all_replications_agree_has_no_error():
    assert judge([1.4, 1.4], (0.9, 1.4), exact=True).verdict == "within"
    assert judge([1.41], (0.9, 1.4), exact=True).verdict == "outside"
    assert judge([1.3, 1.4], (0.9, 1.4), exact=True).verdict == "not decided"


def test_so_many_replications_as_are_named_would_decide():
    """The interval of `n` with the same spread ends before the limit, that of fewer does not."""
    values = [40.0, 44.0, 48.0]
    found = judge(values, (42, 60))
    assert found.verdict == "not decided"
    for n, decides in ((found.needed, True), (found.needed - 2, False)):
        half = stats.t.isf(0.025, n - 1) * 4 / np.sqrt(n)
        assert bool(half < 2) is decides
    assert judge(values, (44, 60)).needed is None, "the mean is the limit: no number would"
    assert judge([44.0], (42, 60)).needed is None


def test_an_interval_is_students_and_needs_three_values():
    mean, lower, upper = estimate([1.0, 2.0, 3.0, None])
    assert mean == 2
    assert (upper - 2, 2 - lower) == pytest.approx((4.302653 / np.sqrt(3),) * 2)
    assert estimate([1.0, None, 2.0]) == (1.5, None, None)
    assert estimate([2.5, 2.5, 2.5, 2.5]) == (2.5, None, None), "equal values do not show chance"
    assert estimate([None]) == estimate([]) == (None, None, None)


def test_rates_are_per_thousand_a_year_with_drivers_and_a_row_for_each_whole_type():
    rates = rates_table(portraits(a_portrait(), a_portrait(days=730.0)), dict.fromkeys(STUDIES, Scenario())).filter(
        pl.col("study") == "county_china"
    )
    rows = {(row["kind"], row["whole_type"]): row for row in rates.iter_rows(named=True)}
    assert [kind for kind, whole in rows if whole] == ["theft", "assault"]
    assert rows["burglary", False]["true_per_1000_year"] == pytest.approx((4 + 2) / 2)
    assert rows["theft", True]["true_per_1000_year"] == pytest.approx((12 + 6) / 2)
    assert rows["burglary", False]["recorded_share"] == pytest.approx(47.5)
    assert (rows["burglary", False]["published_low"], rows["burglary", False]["verdict"]) == (45, "not decided")
    assert any(
        re.fullmatch(r"burglary\.rate_per_1000 = [\d.]+ .*", driver) for driver in rows["burglary", False]["drivers"]
    )
    assert all(rows["burglary", False]["sources"])


def test_calls_that_are_no_crime_are_told_apart():
    calls = calls_table(portraits(a_portrait()), dict.fromkeys(STUDIES, Scenario())).filter(
        pl.col("study") == "city_western"
    )
    assert dict(zip(calls["type"], calls["is_crime"], strict=True)) == {
        "burglary": True,
        "traffic": False,
        "service": False,
    }
    assert calls["share"].to_list() == pytest.approx([25, 25, 50])
    assert set(NO_CRIME).isdisjoint({name for it in published() if isinstance(it, Recorded) for name in it.kinds})


def test_the_knox_table_pools_replications_and_has_every_band_of_every_variant():
    table = knox_frame(portraits(a_portrait(), a_portrait()))
    assert table.group_by("variant", maintain_order=True).len().rows() == [
        (variant, 41) for variant in VARIANTS.values()
    ]
    windows = table.filter(pl.col("band") == "window")
    assert windows["observed"].to_list() == [48] * 4
    assert windows["ratio"].to_list() == pytest.approx([1.2] * 4)
    assert windows["p_value"].to_list() == pytest.approx([0.1] * 4)
    assert table.filter(pl.col("band") == "same place")["to_m"].to_list() == [0] * 32


def test_a_kind_is_named_by_type_and_subtype():
    subtypes = np.ma.masked_equal(np.array(["shoplifting", "", "robbery"]), "")
    types = np.array(["theft", "burglary", "robbery"])
    assert kinds_of({"type": types, "subtype": subtypes}).tolist() == [
        "theft: shoplifting",
        "burglary",
        "robbery: robbery",
    ]
    assert kinds_of({"type": types}).tolist() == types.tolist()
    assert rows_of(["robbery: robbery", "burglary", "theft: a", "theft: b"]) == [
        ("burglary", False), ("theft", True), ("theft: a", False), ("theft: b", False), ("robbery", True),
        ("robbery: robbery", False),
    ]  # fmt: skip
    assert len(kinds_in(a_portrait(), "theft")) == 3


def test_a_portrait_counts_what_the_tables_of_a_run_hold():
    model = CityModel(
        Scenario(
            city={"residents": 2000, "area_km2": 2, "beats": 1, "districts": 1, "centres": 1}, days=20, warmup_days=3
        )
    )
    model.run()
    tables = model.results().tables
    distance = np.ma.masked_array(
        np.full(len(tables["incidents"]["type"]), 1.02), np.arange(len(tables["incidents"]["type"])) % 2 == 0
    )
    delay = np.ma.masked_array([1.5, 0.0], [False, True])
    days = {name: np.full(20, number) for name, number in (("heads", 7.0), ("fatigue_mean", 0.1), ("sick", 1.0))}
    force = {"force": {**tables["force"], **days}, "series": {"delay_days": delay}}
    found = portrait_of(
        {**tables, **force, "incidents": {**tables["incidents"], "home_distance_km": distance}},
        {"clearance_series": 0.5, "utilisation": 0.25},
        model,
        True,
    )
    assert (found.force.heads.sum(), found.force.series_delay_days.tolist(), found.force.clearance_series) == (
        140,
        [1.5, np.inf],
        0.5,
    )
    books = tables["recorded"]
    assert sum(recorded for recorded, _ in found.force.cleared.values()) == len(books["type"])
    assert sum(cleared for _, cleared in found.force.cleared.values()) == books["cleared"].sum()
    assert sum(kind.true for kind in found.kinds.values()) == len(distance)
    assert found.crimes.sum() == np.count_nonzero(tables["incidents"]["type"] != "fraud")
    assert sum(kind.recorded for kind in found.kinds.values()) == tables["incidents"]["recorded_time_min"].count()
    assert sum(kind.by_distance.sum() for kind in found.kinds.values()) == distance.count()
    assert sum(hours.sum() for hours in found.calls.values()) == len(tables["calls"]["call_id"])
    assert sum(days.sum() for days in found.by_day.values()) == len(distance)
    assert found.force.sick_percent == pytest.approx(100 / 7)
    assert found.indicators == {"clearance_series": 0.5, "utilisation": 0.25}
    assert found.knox.observed[:3, :2].sum() == found.knox_window.observed[0, 0]
    first = int(
        (tables["calls"]["received_min"][0] // 60 + 24 * 3) % 168
    )  # three days of warm-up: the first measured day is a Thursday
    assert sum(hours[first] for hours in found.calls.values()) > 0


def test_variants_switch_off_what_their_names_say():
    points = scenarios("validate", list(validate.COMMAND.keys), {}, {})
    for name, switches in (
        ("no_events", EVENTS_OFF),
        ("equal_targets", EQUAL_TARGETS),
        ("neither", {**EVENTS_OFF, **EQUAL_TARGETS}),
    ):
        changed = dict(differences(points["city_western"].model_dump(), points[name].model_dump()))
        assert changed == {path.rpartition(".")[2]: value for path, value in switches.items()}
    assert points["large_china"].city.residents == 200_000


def test_a_study_of_a_shortage_has_its_own_whatever_the_user_chose_and_twice_the_time():
    points = scenarios("validate", list(validate.COMMAND.keys), {"shortage": "uniform20"}, {"days": 50})
    names = {
        study: points[study].shortage_name for study in ("city_western", "spiral_0", "spiral_40", "spiral_diversion")
    }
    assert names == {
        "city_western": "uniform 20 %",
        "spiral_0": "none",
        "spiral_40": "uniform 40 %",
        "spiral_diversion": "uniform 30 % + diversion 50 %",
    }
    assert (points["city_western"].days, points["spiral_30"].days) == (50, 100)
    assert points["spiral_hires"].force.wellbeing.hires_per_year > points["spiral_30"].force.wellbeing.hires_per_year
    assert (points["silos"].coordination.structure, points["joint_centre"].coordination.structure) == (
        "silos",
        "joint_centre",
    )


def test_a_switch_of_a_parameter_that_does_not_exist_is_an_error(monkeypatch):
    monkeypatch.setitem(
        STUDIES, "county_china", STUDIES["county_china"]._replace(switches={"people.residents.no_such": 1})
    )
    with pytest.raises(LookupError, match=r"no parameter people\.residents\.no_such"):
        scenarios("validate", list(validate.COMMAND.keys), {}, {})


def test_the_places_are_those_of_the_preset_or_of_the_bands_that_hold():
    def studies(*words):
        found = {}
        assert execute(validate.COMMAND, words, lambda request: found.update(made=design(request))) == 0
        plan, points = found["made"]
        return plan["places"], set(points)

    assert studies() == (PLACES, set(PLACES))
    assert studies("preset=city_western") == (("city_western",), {"city_western"})
    assert studies("preset=city_china", "bands=county_china") == (("county_china",), {"county_china"})
    of_china = {name for name, study in STUDIES.items() if study.preset == "county_china"}
    assert studies("preset=county_china", "scope=full")[1] == of_china


def differences(one, other):
    for key, value in one.items():
        if isinstance(value, dict):
            yield from differences(value, other[key])
        elif value != other[key]:
            yield key, other[key]


def test_drivers_have_units_and_the_source_of_the_mix_goes_before_that_of_the_parameter(monkeypatch):
    values = {"burglary.rate_per_1000": Value(9, "somebody 2020"), "service.per_1000_year": Value(5, "them")}
    monkeypatch.setitem(MIXES, "made_up", Stated("A mix.", values))
    found = {driver.key: driver for driver in drivers_of("burglary", Scenario(), "made_up")}
    assert found["burglary.rate_per_1000"].source == "somebody 2020"
    assert "per 1,000 residents per year" in found["burglary.rate_per_1000"].text
    assert found["burglary.report_probability"].source != "somebody 2020"
    assert drivers_of("service", Scenario(), "made_up")[0].source == "them"
    assert drivers_of("no such kind", Scenario(), "made_up") == []


def test_a_validation_leaves_a_complete_folder_and_a_page_of_its_own(capsys, monkeypatch):
    for kind in EXPERIMENTS:  # each has cities of its own, as large as that of the published one
        monkeypatch.setattr(kind, "tasks", lambda *_: [])
        monkeypatch.setattr(kind, "judge", lambda *_: [-20.0, -18.0])
    assert validate.main([*SMALL, "scope=full", "days=20", "out=made"]) == 0
    shown = capsys.readouterr().out
    assert shown.endswith("report: made/validate.html\n")
    assert re.search(r"\d+ of \d+ published patterns", shown)
    folder = Path("made")
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    tables = {f"{name}.parquet" for name in ("patterns", "rates", "calls", "knox", "spiral", "coordination")}
    assert (
        tables
        | {
            "validate.html",
            "provenance.json",
            "scenarios.yaml",
            "scoreboard.json",
            "figures/scoreboard.svg",
            "figures/hours.png",
            "figures/hours.svg",
            "figures/concentration.svg",
        }
        <= files
    )
    assert set(json.loads((folder / "provenance.json").read_text())["files"]) == files
    patterns = pl.read_parquet(folder / "patterns.parquet")
    board = json.loads((folder / "scoreboard.json").read_text())
    assert board["rows"] == patterns.to_dicts()
    assert sum(row["rows"] for row in board["tallies"]) == patterns.height == len(rows())
    of_experiments = patterns.filter(pl.col("pattern").is_in([kind.name for kind in EXPERIMENTS]))
    assert of_experiments["mean"].to_list() == [-19.0] * len(EXPERIMENTS)
    assert {
        "name",
        "unit",
        "mean",
        "lower",
        "upper",
        "published_low",
        "published_high",
        "source",
        "use",
        "quality",
        "verdict",
        "needed",
    } <= set(patterns.columns)
    page = (folder / "validate.html").read_text()
    for name in patterns["name"]:
        assert name in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page), "the page needs the network or other files"
    studies = yaml.safe_load((folder / "scenarios.yaml").read_text())["studies"]
    assert Scenario.model_validate(studies["city_western"]).days == 20


def test_from_python_a_validation_has_its_tables_and_a_notebook_shows_every_pattern():
    found = bl.validate(city="town", days=1, replications=1, workers=1, settings={**TINY, "warmup_days": 1})
    assert list(found.tables) == ["patterns", "rates", "calls", "knox"]
    assert repr(found) == "<ValidationResult: 2 studies, 1 replications>"
    html = unescape(found._repr_html_())
    patterns = found.tables["patterns"]
    assert html.count("<tr>") == 1 + patterns["group"].n_unique() + patterns.height
    assert all(name in html for name in patterns["name"])
    assert html.count("not measured") >= (patterns["verdict"] == "not measured").sum() > 0


def test_days_without_any_crime_leave_gaps_and_no_error(capsys):
    assert validate.main([*SMALL, "city.residents=200", "days=1", "replications=1", "out=made"]) == 0
    patterns = pl.read_parquet("made/patterns.parquet")
    assert patterns.filter(pl.col("name") == "Home to burglary, median")["mean"].to_list() == [None, None]
    assert patterns.filter(pl.col("name") == "As is")["verdict"].to_list() == ["not measured"]
    assert "too little to draw" in Path("made/validate.html").read_text()


def test_the_settings_are_shown_for_every_study(capsys):
    assert validate.main(["days=7", "scope=full", "--cfg"]) == 0
    tree = yaml.safe_load(capsys.readouterr().out)
    assert set(tree["studies"]) == set(STUDIES)
    assert (tree["replications"], tree["studies"]["neither"]["days"]) == (10, 7)
    assert tree["studies"]["neither"]["people"]["residents"]["dwelling_spread"] == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["demand=calls_only"], "each place has its own mix of incidents"),
        (["preset=city_china"], "county_china or city_western, or any beside bands="),
        (["scope=some"], "scope: 'some' is not allowed: should be 'quick' or 'full'"),
        (["bands=city_china"], "should be 'county_china' or 'city_western'"),
        (["replications=0"], "replications: 0 is not allowed: should be greater than or equal to 1"),
        (["workers=0"], "should be greater than or equal to 1"),
        (["seed=4294967295"], "the last of 10 replications would have 4294967304"),
        (["dayz=3"], "did you mean days?"),
        (["city=twon"], "did you mean town?"),
        (["days=0"], "days: 0 is not allowed"),
        (["force.patrol_units=0"], "it leaves no patrol unit on duty"),
        (["out=/proc/nowhere/out"], "cannot be written"),
    ],
)
def test_bad_input_ends_in_one_line(capsys, words, says):
    assert validate.main([*([] if words[0].startswith("city=") else ["city=town"]), *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert says in err
    assert list(Path().iterdir()) == []


def test_help_lists_keys_without_loading_the_model(empty_folder):
    code = (
        "import sys; sys.argv[1:] = ['--help']\nfrom experiments.validate.__main__ import main\n"
        "main()\nprint(sorted(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=empty_folder,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert "replications          runs of each study" in shown.stdout
    loaded = shown.stdout.splitlines()[-1]
    for module in ("numba", "mesa", "polars", "hydra", "pydantic", "numpy"):
        assert f"'{module}'" not in loaded


def test_the_help_is_silent_about_the_mix_which_each_place_has_of_its_own(capsys):
    assert validate.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "\n  strategy " in shown
    assert "\n  preset " in shown
    assert "\n  demand " not in shown
