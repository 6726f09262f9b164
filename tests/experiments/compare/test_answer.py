"""What a reader is told: the sentences of the answer, the notes, and the table on a terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from types import SimpleNamespace

import polars as pl
import pytest
from made_up_comparison import comparison, noise, numbers, printed, reported, rows, sentences
from rich.console import Console
from scipy import stats

from experiments.compare import __main__ as compare
from experiments.compare import design
from experiments.compare.comparison import Comparison
from experiments.compare.costs import costs
from experiments.compare.findings import findings
from experiments.compare.notices import notices
from experiments.compare.paired import decimals_for, effect, told_shortage
from experiments.estimates.effects import effects
from experiments.mechanisms.tables import FRAUD_ROWS
from experiments.presentation.indicators import INDICATORS, indicator
from experiments.presentation.names import shortage_name
from experiments.presentation.run_table import print_run
from experiments.presentation.wording import MINUS, number
from experiments.settings.command import read_overrides
from experiments.settings.request import Request


def with_hours(found: Comparison, hours: dict[str, float]) -> Comparison:
    """Return a comparison with other hours on duty by shortage."""
    summary = found.summary.with_columns(
        pl.col("shortage").replace_strict(hours, return_dtype=pl.Float64).alias("on_duty_hours")
    )
    return replace(found, summary=summary, effects=effects(summary, found.baseline))


@pytest.mark.parametrize(
    ("listed", "levers", "told"),
    [
        (("none", "specialists", "uniform30"), [], "specialists"),
        (("none", "to_the_street", "specialists"), ["to_the_street"], "specialists"),
        (("uniform10", "uniform30"), [], "uniform10"),
        (("none", "pooling", "overtime"), ["pooling", "overtime"], "none"),
        (("none",), [], "none"),
    ],
    ids=["first listed", "no lever", "the reference too", "levers alone", "one"],
)
def test_sentences_are_about_the_shortage_that_the_user_listed_first_and_never_about_a_lever(listed, levers, told):
    """The last of them has the fewest hours on duty, which is no reason to speak about it."""
    found = comparison(crimes={"hotspot": -10.0}, shortages=listed, levers=levers)
    assert told_shortage(found) == told
    assert sentences(found)[0].startswith(f"Under {shortage_name(told)}, ")


def with_values(found: Comparison, name: str, values: dict[tuple[str, str], float]) -> Comparison:
    """Return a comparison with another indicator, given by (shortage, strategy).

    Each run has a little noise; the indicator is 0 elsewhere.
    """
    noises = {point: 1 + noise(found.replications, 0.01, i) for i, point in enumerate(found.means_by_point)}
    column = [
        values.get((row["shortage"], row["strategy"]), 0.0)
        * noises[row["shortage"], row["strategy"]][row["replication"]]
        for row in found.summary.iter_rows(named=True)
    ]
    summary = found.summary.with_columns(pl.Series(name, column, dtype=pl.Float64))
    return replace(found, summary=summary, effects=effects(summary, found.baseline))


def unserved(**by_strategy: float) -> Comparison:
    """Make a comparison with shares of calls that are not served under uniform30."""
    values = {("none", "reactive"): 0.19, **{("uniform30", strategy): share for strategy, share in by_strategy.items()}}
    return with_values(comparison(crimes={"hotspot": -10.0}), "calls_unserved_share", values)


def said(found: Comparison) -> dict[str, str]:
    """Return the parts of the answer by their heading."""
    return {one.heading: one.text for one in findings(found).answer}


@pytest.mark.parametrize("size", [-1.0, -0.62, -0.6])
def test_a_limit_that_is_not_zero_is_not_written_as_zero(size):
    """With one decimal the second would end at −0.0, and the third, of random patrol, at +0.0."""
    text = said(comparison(crimes={"hotspot": size, "random_patrol": size}))["What it is worth"]
    limits = re.findall(rf"[{MINUS}+]\d+\.\d+", text)
    assert len(limits) >= 4
    assert all(float(limit.replace(MINUS, "-")) != 0 for limit in limits), text


def test_nobody_is_said_to_be_unserved_where_all_are_served():
    """Neither as 0.0 %, nor is a share that is nearly nothing called nothing."""
    served = said(unserved(reactive=0.0, random_patrol=0.0, hotspot=0.3))["Calls and response"]
    assert "every call for a unit is served with reactive policing; under no shortage, 19" in served
    rare = said(unserved(reactive=0.0003, random_patrol=0.0003, hotspot=0.3))["Calls and response"]
    assert "<0.1 % of the calls for a unit are not served with reactive policing" in rare
    values = {("uniform30", "hotspot"): 0.3}
    nobody = said(with_values(comparison(), "calls_unserved_share", values))["Calls and response"]
    assert "every call for a unit is served with reactive policing, as under no shortage. More with hot-spot" in nobody
    assert " 0.0 %" not in served + rare + nobody


def test_the_decision_names_who_is_probably_the_best_where_none_is_excluded():
    """Otherwise `none can be excluded` would stand above a probability of 98 %."""
    found = findings(comparison(crimes={"hotspot": -0.9}))
    decision = found.answer[0].text
    assert "hot-spot patrol is probably the best of 3 strategies by crimes (98 %)" in decision
    assert "single out" not in decision


def test_the_decision_comes_first_and_is_the_strategy_that_excludes_all_others():
    found = comparison(crimes={"hotspot": -10.0}, harm={"hotspot": -300.0})
    answer = findings(found).answer
    assert [one.heading for one in answer] == [
        "Decision", "What it is worth", "Calls and response", "How sure", "What could turn it", "What would change it",
    ]  # fmt: skip
    assert answer[0].text.startswith("Under 30 % fewer officers, choose hot-spot patrol: it is the best of 3")
    assert findings(comparison()).answer[0].text.endswith("single out a best strategy: none of the 3 can be excluded.")


def test_a_better_strategy_is_stated_with_its_interval_and_its_hours():
    found = comparison(crimes={"hotspot": -10.0})
    worth = said(found)["What it is worth"]
    it = effect(found, "strategy", "uniform30", "hotspot", "crimes_total")
    assert it.verdict == "fewer"
    limits = [number(end, 1, sign=True) for end in (it.low, it.high)]
    assert worth.startswith(
        "Hot-spot patrol has 10.0 fewer crimes per 1,000 residents per year than reactive policing, 10 %"
    )
    assert f"interval {limits[0]} to {limits[1]})" in worth
    assert "Hours on duty: the same." in worth
    assert re.search(r"No measurable difference .*: random patrol \(−\d\.\d to \+\d\.\d\)", worth)


@pytest.mark.parametrize(
    ("shift", "says"),
    [(12.0, "has 12.0 more crimes"), (-0.9, "probably has 0.9 fewer crimes"), (0.0, "No measurable difference")],
)
def test_a_difference_is_called_what_its_intervals_allow(shift, says):
    assert says in said(comparison(crimes={"hotspot": shift}))["What it is worth"]


def test_fewer_crimes_with_more_harm_are_not_sold_as_success():
    parts = said(comparison(crimes={"hotspot": -10.0}, harm={"hotspot": 300.0}))
    assert re.search(r"by crimes the best is hot-spot patrol, by crime harm (reactive|random)", parts["Decision"])
    assert re.search(r"Crime harm rises with hot-spot patrol by 30\d", parts["What it is worth"])
    assert "graver ones" in parts["What could turn it"]


def test_the_shortage_is_stated_by_its_effect_on_urgent_calls():
    calls = said(comparison())["Calls and response"]
    assert numbers(calls)[:4] == ["30", "2.00", "6.00", "8.00"]
    slower = said(comparison(response={"hotspot": 3.0}))["Calls and response"]
    assert "Slower than reactive policing in the median (95 % intervals): hot-spot patrol (+3.00 min" in slower


def test_calls_that_are_not_served_are_in_the_answer_and_in_the_table():
    found = unserved(reactive=0.3, random_patrol=0.3, hotspot=0.47)
    parts = said(found)
    assert parts["Calls and response"].endswith(
        "Under 30 % fewer officers, 30.0 % of the calls for a unit are not served with reactive policing, against 19.0 "
        "% under no shortage. More with hot-spot patrol (47.0 %)."
    )
    assert "help that does not come" in parts["What could turn it"]
    row = next(row for row in rows(found) if (row.shortage, row.strategy) == ("uniform30", "hotspot"))
    assert (row.texts["unserved"], row.marks["unserved"]) == ("47.0", "worse")
    assert "✗ 47.0" in printed(found, 120)
    lines = [line.split(",") for line in findings(found).table.csv.splitlines()]
    assert float(dict(zip(lines[0], lines[-1], strict=True))["unserved_percent"]) == pytest.approx(47.0, abs=0.5)


def test_unequal_hours_are_told_instead_of_the_same():
    found = comparison(crimes={"hotspot": -10.0})
    longer = (
        pl.when(pl.col("strategy") == "hotspot").then(pl.col("on_duty_hours") * 1.2).otherwise(pl.col("on_duty_hours"))
    )
    summary = found.summary.with_columns(longer.alias("on_duty_hours"))
    found = comparison(crimes={"hotspot": -10.0}, summary=summary, effects=effects(summary, "reactive"))
    assert "Hours on duty: 20.0 % more." in said(found)["What it is worth"]


def test_another_answer_under_another_shortage_could_turn_it_and_a_levers_could_not():
    shortages = ("none", "uniform30", "pooling")
    same = comparison(crimes={"hotspot": -10.0}, shortages=shortages, levers=["pooling"])
    assert "under every shortage" not in said(same)["What could turn it"]
    crimes = {(shortage, name): 100.0 for shortage in shortages for name in ("reactive", "random_patrol")}
    crimes |= {("none", "hotspot"): 120.0, ("uniform30", "hotspot"): 80.0, ("pooling", "hotspot"): 120.0}
    told = said(with_values(same, "crimes_total", crimes))["What could turn it"]
    assert re.search(r"under no shortage the best by crimes is re\w+ policing or random patrol|random patrol or", told)
    assert "pooling" not in told


def test_two_replications_decide_nothing():
    found = comparison(n=2, crimes={"hotspot": -50.0})
    parts = said(found)
    assert (
        parts["Decision"]
        == "Under 30 % fewer officers, nothing can be decided: 2 replications are too few for an interval."
    )
    assert {"How sure", "What would change it"} & set(parts) == set()
    assert "95 %" not in " ".join(parts.values())
    assert "too few for an interval" in findings(found).footnotes[0]
    assert "(no interval)" in printed(found, 120)


def test_one_strategy_under_one_shortage_claims_no_comparison():
    parts = said(comparison(strategies=("reactive",), shortages=("none",)))
    assert parts["Decision"].startswith("Under no shortage, reactive policing has 100.0 crimes per 1,000")
    assert parts["Calls and response"].endswith("answered within 6.0 min with reactive policing.")
    assert "What it is worth" not in parts


def test_the_replications_that_would_decide_do_so():
    """Of a difference of half its standard deviation, about as many as the t test of that size and level needs."""
    found = comparison(n=12, strategies=("reactive", "hotspot"), crimes={"hotspot": -0.4})
    told = said(found)["What would change it"]
    margin = found.values("uniform30", "reactive", "crimes_total") - found.values(
        "uniform30", "hotspot", "crimes_total"
    )
    needed = int(re.search(r"About (\d+) replications", told)[1])
    level = 0.05 / (2 * 2)
    distance = abs(margin.mean()) / margin.std(ddof=1)
    assert distance * needed**0.5 >= stats.t.isf(level, needed - 1)
    assert distance * (needed - 1) ** 0.5 < stats.t.isf(level, needed - 2)


def test_hours_that_hardly_differ_are_called_as_many():
    found = with_hours(comparison(shortages=("none", "incentives")), {"none": 1000.0, "incentives": 1002.0})
    text = " ".join(printed(found, 100).split())
    assert "1,002 officer-hours on duty in 10 days, as many as under no shortage" in text
    assert "0 % more" not in text


def test_a_quantile_that_is_never_reached_says_so_and_has_no_difference():
    found = comparison()
    endless = (
        pl.when((pl.col("strategy") == "hotspot") & (pl.col("replication") == 0))
        .then(float("inf"))
        .otherwise(pl.col("response_p1_median_min"))
    )
    summary = found.summary.with_columns(endless.alias("response_p1_median_min"))
    found = replace(found, summary=summary, effects=effects(summary, found.baseline))
    assert next(row for row in rows(found) if row.strategy == "hotspot").texts["p1"] == "never / 14.0"
    assert effect(found, "strategy", "none", "hotspot", "response_p1_median_min") is None
    assert any(note.startswith("Never:") for note in findings(found).footnotes)
    assert not any(note.startswith("Never") for note in findings(comparison()).footnotes)


def test_pay_is_called_pay_and_cost_needs_whole_accounts(tmp_path):
    pay = with_values(comparison(), "cost_police_pay", {("none", "reactive"): 2e5})
    assert "cost" not in " ".join(column.name for column in findings(pay).table.columns).lower()
    assert costs(pay) == {}
    assert indicator("cost_police_pay").label == "Police: pay"
    whole = pay
    for name, yuan in (
        ("cost_police", 365_000.0),
        ("cost_others", 36_500.0),
        ("cost_police_cameras", 3_650.0),
    ):  # 36,500 residents, ten days: a year is 36.5 times so much
        whole = with_values(whole, name, {("none", "reactive"): yuan, ("uniform30", "reactive"): yuan})
    row = next(row for row in rows(whole) if (row.shortage, row.strategy) == ("none", "reactive"))
    assert row.texts["cost"] == "365.0 / 36.5"
    assert [(line.label, line.texts[0]) for line in costs(whole)["none"]] == [
        ("Cost to the police", "365.0"), ("Police: pay", "200.0"), ("Police: cameras", "3.6"),
        ("Cost to others", "36.5"),
    ]  # fmt: skip
    assert 'id="costs"' in reported(whole, tmp_path).read_text(encoding="utf-8")
    assert "cost_police_yuan_per_resident_year" in findings(whole).table.csv.splitlines()[0]


def test_every_figure_of_money_says_yuan_for_whom_and_for_what_time():
    for name in (
        "fraud_loss",
        "fraud_recovered",
        "cost_police_pay",
        "cost_police",
        "cost_others",
        "cost_police_cameras",
    ):
        assert re.fullmatch(r"yuan per (1,000 )?residents? per year", indicator(name).unit), name
    assert (
        indicator("volunteers_cost").unit == indicator("safety_culture_penalties").unit == "yuan in the measured days"
    )
    assert not any("money" in shown.unit for shown in INDICATORS.values())
    assert not any("money" in row.unit for row in FRAUD_ROWS)
    assert indicator("fraud_loss", "USD").unit == "USD per 1,000 residents per year"
    assert indicator("cost_police", "USD").unit == "yuan per resident per year", "pay is in yuan whatever frauds take"
    western = comparison(outcomes={"fraud_loss": (9e5, {})}, scenario={"demand": {"fraud": {"currency": "USD"}}})
    lines = findings(western).under["none"].indicators
    assert next(line.unit for line in lines if line.label == "Fraud losses") == "USD per 1,000 residents per year"


def test_auxiliaries_who_are_paid_and_never_on_duty_are_named(tmp_path):
    found = with_values(comparison(), "auxiliaries_without_duty", {("uniform30", "hotspot"): 12.0})
    line = (
        "Under 30 % fewer officers, auxiliaries who are paid and never on duty, because there are more of them than "
        "officers to go with: 12.0 with hot-spot patrol."
    )
    assert notices(found, "none") == []
    assert notices(found, "uniform30") == [line]
    assert line in " ".join(printed(found, 120).split())
    assert line in reported(found, tmp_path).read_text(encoding="utf-8").replace("\u00a0", " ")
    assert notices(comparison(), "uniform30") == []


def test_a_value_that_was_set_says_whom_it_reached():
    found = comparison(given={"strategy.dwell_min=12": ["random_patrol", "hotspot"]})
    assert any(
        "strategy.dwell_min=12 holds for random patrol, hot-spot patrol," in note for note in findings(found).footnotes
    )
    words = [
        "strategies=[reactive,random_patrol,hotspot]",
        "shortages=[none,uniform]",
        "strategy.dwell_min=12",
        "shortage.fraction=0.2",
    ]
    plan, points = design.design(Request(compare.COMMAND, words, *read_overrides(words), False))
    having = [
        name
        for (shortage, name), scenario in points.items()
        if shortage == "none" and getattr(scenario.strategy, "dwell_min", None) == 12
    ]
    assert plan["given"] == {"strategy.dwell_min=12": having, "shortage.fraction=0.2": ["uniform"]}
    assert "hotspot" in having


def test_what_else_a_strategy_changes_is_told_in_a_line_a_strategy():
    outcomes = {
        "crimes_fraud": (40.0, {"hotspot": -10.0}),
        "trust": (0.5, {"random_patrol": 0.1}),
        "fatigue_mean": (0.2, {"hotspot": 0.05}),
        "perceived_safety": (1e-4, {"hotspot": 1e-5}),
    }
    found = comparison(outcomes=outcomes)
    told = findings(found).other_effects
    assert re.fullmatch(r"frauds −2[456] %, fatigue \+[456]\.\d+", told["hotspot"])
    assert re.fullmatch(r"trust in the police \+(9|10)\.\d+", told["random_patrol"])
    text = " ".join(printed(found, 80).split())
    assert "Other effects, under 30 % fewer officers" in text
    assert f"hot-spot patrol: {told['hotspot']}" in text
    assert "Besides" not in printed(comparison(), 80), "nothing else was measured"


def test_a_run_with_few_crimes_says_that_it_hides_differences():
    found = comparison()
    assert not any("stay hidden" in warning for warning in findings(found).warnings)
    tenth = found.runs.with_columns(pl.col("crimes_total") / 10)
    one_has_2 = pl.when((pl.col("replication") == 3) & (pl.col("strategy") == "hotspot")).then(2)
    runs = tenth.with_columns(crimes_total=one_has_2.otherwise(pl.col("crimes_total")))
    few = replace(found, summary=tenth, runs=runs)
    assert any(warning.values.get("crimes") == "2" for warning in findings(few).warnings), "a run, not a mean"


def with_hotspot(found: Comparison, outcome: str, values: pl.Expr) -> Comparison:
    """Set an outcome of every run of hotspot."""
    summary = found.summary.sort("shortage", "strategy", "replication", maintain_order=True)
    summary = summary.with_columns(
        pl.when(pl.col("strategy") == "hotspot").then(values).otherwise(pl.col(outcome)).alias(outcome)
    )
    return replace(found, summary=summary, effects=effects(summary, "reactive"))


def test_equal_differences_are_told_as_unknown_and_never_as_certain_or_the_same():
    for less in (0.0, 5.0):
        of_reactive = (
            pl.col("crimes_total").filter(pl.col("strategy") == "reactive").mean().over("shortage", "replication")
        )
        found = with_hotspot(comparison(strategies=("reactive", "hotspot")), "crimes_total", of_reactive - less)
        it = effect(found, "strategy", "uniform30", "hotspot", "crimes_total")
        assert (it.verdict, it.decided, it.starred) == ("unknown", False, False)
        assert "Nothing can be said about hot-spot patrol against reactive policing: all pairs" in sentences(found)[1]
        assert any(note.startswith("No interval:") for note in findings(found).footnotes)


def test_the_same_strategy_under_two_names_is_the_same():
    found = comparison(strategies=("reactive", "hotspot"))
    twice = pl.concat(
        [
            one.with_columns(strategy=pl.lit(name))
            for one in [found.summary.filter(pl.col("strategy") == "reactive")]
            for name in found.strategies
        ]
    )
    same = replace(found, summary=twice, effects=effects(twice, "reactive"))
    assert effect(same, "strategy", "none", "hotspot", "crimes_total").verdict == "same"


def test_a_dagger_marks_the_interval_that_one_large_event_could_move():
    base = 2000.25 + 900.0 * (pl.col("replication") == 3) + pl.col("replication")
    found = comparison(strategies=("reactive", "hotspot"))
    summary = found.summary.with_columns(
        harm_total=base - pl.when(pl.col("strategy") == "hotspot").then(10 + pl.col("replication") % 3).otherwise(0)
    )
    found = replace(found, summary=summary, effects=effects(summary, "reactive"))
    it = effect(found, "strategy", "none", "hotspot", "harm_total")
    assert (it.dagger, it.decided, it.verdict) == ("†", False, "undecided")
    assert "†)" in printed(found, 160)
    assert any(note.startswith("† ") for note in findings(found).footnotes)


@pytest.mark.parametrize(("width", "decimals"), [(0.5, 1), (0.38, 2), (5.0, 0), (3.0, 1), (0.001, 2)])
def test_decimals_follow_the_narrowest_interval(width, decimals):
    assert (
        decimals_for([SimpleNamespace(low=1.0, high=1.0 + width), SimpleNamespace(low=0.0, high=50.0), None])
        == decimals
    )


def test_numbers_have_a_true_minus_and_no_negative_zero():
    assert [number(value) for value in (-1234.56, -0.04, None, float("nan"))] == [f"{MINUS}1,234.6", "0.0", "–", "–"]
    assert [number(value, 1, sign=True) for value in (2.0, -2.0, 0.01)] == ["+2.0", f"{MINUS}2.0", "0.0"]


def test_the_table_has_a_line_a_strategy_at_124_columns():
    found = comparison(crimes={"hotspot": -10.0})
    lines = printed(found, 124).splitlines()
    assert max(map(len, lines)) <= 124
    of_hotspot = [line for line in lines if re.match(r"hot-spot patrol .* / ", line)]
    assert len(of_hotspot) == 2  # one a shortage
    line = of_hotspot[0]
    assert f"{MINUS}10.0 ({MINUS}" in line
    assert ")* " in line
    assert re.search(r" 12\.5 +43\.2$", line.rstrip())


@pytest.mark.parametrize("width", [80, 60, 40])
def test_a_narrow_terminal_loses_no_digit(width):
    found = comparison(crimes={"hotspot": -10.0})
    text = printed(found, width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    if width == 80:  # folded below
        for row in rows(found):
            assert all(value in text for value in row.texts.values())


def test_a_terminal_without_utf8_gets_ascii():
    assert printed(comparison(), 120, "ascii").isascii()


def test_csv_holds_unrounded_numbers_and_empty_fields_for_absent_ones():
    lines = [line.split(",") for line in findings(comparison(crimes={"hotspot": -10.0})).table.csv.splitlines()]
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(lines) == 1 + 6
    hotspot = dict(zip(lines[0], next(line for line in lines if line[:2] == ["none", "hotspot"]), strict=True))
    assert float(hotspot["crimes_difference"]) == pytest.approx(-10, abs=1e-5)
    assert hotspot["response_p3_median_min"] == ""


def test_a_run_is_printed_with_units_and_without_what_was_not_measured():
    results = SimpleNamespace(
        indicators={
            "residents": 1000,
            "days": 73.0,
            "crimes_total": 4.0,
            "clearance_rate": 0.25,
            "fraud_loss": None,
            "officer_hours_on_scene": 12.5,
        }
    )
    fraud = SimpleNamespace(fraud=SimpleNamespace(currency="CNY"))
    scenario = SimpleNamespace(
        demand=fraud, strategy=SimpleNamespace(name="hotspot"), shortage_name="uniform 30 %", days=73, seed=4
    )
    buffer = io.StringIO()
    print_run(Console(file=buffer, width=100), results, scenario)
    text = buffer.getvalue()
    assert "hot-spot patrol · 30 % fewer officers · 73 days · seed 4" in " ".join(text.split())
    assert re.search(r"Crimes +20 +per 1,000 residents per", text)
    assert re.search(r"Clearance +25 +%", text)
    assert re.search(r"Hours: on scene +12.50 +officer-hours", text)
    assert "raud" not in text
