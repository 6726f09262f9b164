"""Patterns are measured as they are defined, and tables hold what was measured."""

from __future__ import annotations

import re

import polars as pl
import pytest
from made_up_portraits import a_portrait, portraits

from experiments.patterns.calls import NO_CRIME
from experiments.patterns.pattern import QUALITIES, USES
from experiments.patterns.published import for_calibration, published, rows
from experiments.patterns.reporting import Recorded
from experiments.patterns.studies import STUDIES, VARIANTS
from experiments.validate.scoreboard import calls_table, knox_frame, patterns_table, rates_table, titles_of
from sim.parameters import BadInput
from sim.scenario import Scenario


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
