"""The page of programmes.

Tables from made-up traces to the number, a complete folder from a small run, one line for bad input.
"""

from __future__ import annotations

from html import unescape

import numpy as np
import polars as pl
import pytest
from small_commands import SMALL_TOWN

import beatlab as bl
from experiments.mechanisms import __main__ as mechanisms
from experiments.mechanisms.design import CASES
from experiments.mechanisms.kept import Trace
from experiments.mechanisms.tables import Row, a_year, campaign_weeks, hours_a_week, indicator, numbers, tips_table
from sim.programmes.base import programme_class
from sim.strategies.base import registered

SMALL = (
    *SMALL_TOWN,
    "days=9",
    "warmup_days=1",
    "replications=1",
    "workers=1",
)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def found():
    settings = {"city.residents": 2000, "city": {"area_km2": 2, "beats": 1, "districts": 1}, "warmup_days": 1}
    return bl.mechanisms(city="town", replications=1, days=9, workers=1, settings=settings)


def made_up(fraud: float = 10.0, crimes: float = 2.0, on: float = 0.0, tips: tuple[float, ...] = ()) -> Trace:
    days = 14
    series = {
        name: np.full(days, value)
        for name, value in (("crimes_place", crimes), ("trust", 0.6), ("fatigue", 0.1), ("overtime_hours", 3.0))
    }
    series |= {"campaign_on": np.full(days, on), "campaign_checks": np.full(days, 5.0)}
    return Trace(
        1000,
        days,
        {"fraud_victims": fraud, "share": 0.25},
        {("community", "visits"): 28.0, ("desk", "visits"): 7.0},
        series,
        {"crime": np.array(tips)},
    )


def test_a_number_is_a_mean_over_runs_and_its_difference_is_paired():
    traces = {
        "reactive": [made_up(fraud) for fraud in (10, 20, 30)],
        "community": [made_up(fraud) for fraud in (8, 18, 28)],
    }
    rows = (
        Row("Victims", "a year", a_year("fraud_victims")),
        Row("Share", "%", indicator("share", 100)),
        Row("Hours", "h", hours_a_week("visits")),
    )
    found = {
        (row["name"], row["case"]): row
        for row in numbers(traces, rows, ("reactive", "community")).iter_rows(named=True)
    }
    a_day = 365 / 14
    assert found["Victims", "community"]["mean"] == pytest.approx(18 * a_day)
    assert [found["Victims", "community"][end] for end in ("difference", "difference_lower", "difference_upper")] == [
        pytest.approx(-2 * a_day),
        None,
        None,
    ]
    assert found["Victims", "reactive"]["difference"] is None
    assert found["Share", "community"]["mean"] == 25.0
    assert found["Hours", "reactive"]["mean"] == pytest.approx((28 + 7) / 2)


def test_weeks_of_a_campaign_are_set_against_the_same_weeks_without():
    traces = {"reactive": [made_up(crimes=2.0)] * 3, "campaign": [made_up(crimes=1.5, on=1.0)] * 3}
    found = campaign_weeks(traces)
    crimes = found.filter(pl.col("measure") == "crimes_place")
    assert crimes["week"].to_list() == [0, 1]
    assert crimes["difference"].to_list() == pytest.approx([-0.5 * 365] * 2)
    assert found.filter(pl.col("measure") == "campaign_on")["value"].to_list() == [1.0, 1.0]
    assert found.filter(pl.col("measure") == "trust")["value"].to_list() == pytest.approx([60.0, 60.0])
    assert found.filter(pl.col("measure") == "campaign_checks")["value"].to_list() == [35.0, 35.0]


def test_tips_of_all_runs_are_taken_together():
    traces = {
        "co_governance": [made_up(tips=(1.0, 3.0)), made_up(tips=(5.0,))],
        "without fusion": [made_up(), made_up()],
    }
    fused, slow = tips_table(traces).iter_rows(named=True)
    assert (fused["tips"], fused["median_hours"]) == (1.5, 3.0)
    assert (slow["tips"], slow["median_hours"]) == (0.0, None)


def test_cases_name_strategies_and_parameters_that_exist():
    for case in CASES.values():
        assert case.strategy in registered()
        for key in case.values:
            _, programme, name = key.split(".")
            assert name in programme_class(programme).Parameters.model_fields


def test_a_small_run_leaves_a_complete_folder(found):
    folder = found.save("made")
    for name in ("fraud", "disputes", "tips", "volunteers", "campaigns", "activities"):
        assert pl.read_parquet(folder / f"{name}.parquet").width > 3
    page = (folder / "mechanisms.html").read_text(encoding="utf-8")
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert page.count("<h2") == 7


def test_from_python_it_has_the_tables_that_the_command_writes_and_prints_what_it_prints(found, capsys):
    assert mechanisms.main([*SMALL, "out=made"]) == 0
    assert capsys.readouterr().out == f"{found}report: made/mechanisms.html\n"
    for name, table in found.tables.items():
        assert pl.read_parquet(f"made/{name}.parquet").equals(table), name


def test_a_notebook_shows_the_numbers_of_fraud_and_disputes(found):
    html = unescape(found._repr_html_())
    shown = [found.tables[name].filter(pl.col("case") == "reactive") for name in ("fraud", "disputes")]
    assert html.count("<table>") == 2
    assert html.count("<tr>") == sum(2 + table.height for table in shown)
    assert all(name in html for table in shown for name in table["name"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["strategy=hotspot"], "each case has its own (reactive, campaign, "),
        (["replications=0"], "replications: 0 is not allowed"),
        (["programmes.visits.visit_min=3"], "the strategy reactive has no programme visits"),
        (["seed=4294967295"], "the last of 6 replications"),
    ],
)
def test_bad_input_ends_in_one_line(capsys, words, says):
    assert mechanisms.main(["city=town", *words]) == 2
    assert says in capsys.readouterr().err


def test_the_settings_are_shown_for_every_case(capsys):
    assert mechanisms.main(["--cfg", "city=town"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name}:\n" in shown for name in CASES)
