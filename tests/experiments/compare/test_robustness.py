"""What the ranking hangs on: shares over sets of parameters, agreement of runs, and turning points that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from made_up_comparison import nine, printed, with_sets

import beatlab as bl
from experiments.compare.comparison import Comparison
from experiments.compare.findings import findings
from experiments.compare.page import REPORT, write_pages
from experiments.compare.robustness import agreement, robustness, share_of_sets
from experiments.compare.robustness_figure import draw_robustness, draw_turning
from experiments.compare.terminal import print_robustness
from experiments.compare.turning import turning
from experiments.compare.turns import candidates, places_of, share_of, turn_of, turns_frame
from experiments.estimates.slopes import crossing, slopes
from experiments.presentation.style import draw_all
from experiments.settings.uncertain import Factor

TINY = {"city.residents": 2000, "city.area_km2": 2, "city.beats": 1, "city.districts": 1}
SIZE = Factor("people.search.risk", 0.0, 10.0, False, "1", "assumption", 2.0)
RATE = Factor("demand.reporting.delay_min", 1.0, 100.0, True, "min", "assumption", 10.0)


def test_ranks_are_shares_of_the_sets_and_ties_share_a_rank() -> None:
    over_sets = {"a": np.array([1.0, 1.0, 5.0, 2.0]), "b": np.array([2.0, 2.0, 1.0, 2.0]), "c": np.full(4, 9.0)}
    cities = {name: np.repeat(values, 2) for name, values in over_sets.items()}
    found = robustness(over_sets, cities, {"b": np.array([1.0, 2.0]), "a": np.array([2.0, 2.0])})
    assert list(found.ranks) == ["a", "b", "c"]
    assert found.ranks["a"] == pytest.approx([0.625, 0.375, 0])
    assert found.first["a"].share == 0.625
    assert found.default == "b"
    assert found.agreement is not None
    assert found.agreement.same > found.agreement.apart


def test_the_interval_of_a_share_is_exact() -> None:
    assert share_of_sets(0.0, 10)[1:] == (0.0, pytest.approx(1 - 0.025**0.1))
    assert share_of_sets(1.0, 10)[1:] == (pytest.approx(0.025**0.1), 1.0)
    assert share_of_sets(0.5, 10)[1:] == (pytest.approx(0.187, abs=1e-3), pytest.approx(0.813, abs=1e-3))


def test_where_parameters_change_nothing_a_ranking_seldom_hangs_on_them() -> None:
    """At most 5 in 100 of 300 experiments say so: at a true rate of 2.5 it fails by chance in 4 of 1,000."""
    rng = np.random.default_rng(3)
    alarms = sum(agreement(rng.normal(size=(4, 30, 2))).hangs for _ in range(300))
    assert alarms <= 15


def test_where_parameters_decide_it_is_said() -> None:
    rng = np.random.default_rng(4)
    of_sets = 5 * rng.normal(size=(4, 30, 1))
    found = agreement(of_sets + rng.normal(size=(4, 30, 2)))
    assert found.hangs
    assert found.same > 0.8
    assert found.apart < 0.4


def test_slopes_and_their_errors_are_those_of_least_squares() -> None:
    """Against the normal equations, and as wide as they say: ± 2 errors hold 93 to 97 of 100 of 1,000 slopes."""
    rng = np.random.default_rng(6)
    points = rng.random((30, 4))
    truth = np.array([3.0, -1.0, 0.0, 2.0])
    held = []
    for _ in range(250):
        found = slopes(points, 7 + points @ truth + rng.normal(size=30))
        held += [abs(found.slope - truth) < 2.06 * found.error]
    assert found.freedom == 25
    assert np.mean(held) == pytest.approx(0.95, abs=0.025)
    centred = points - points.mean(axis=0)
    assert slopes(points, points @ truth).slope == pytest.approx(truth)
    assert np.linalg.matrix_rank(centred) == 4


def test_a_crossing_has_fiellers_interval_and_none_where_the_slope_may_be_0() -> None:
    found = crossing(4.0, 0.5, -2.0, 0.1, 1000)
    assert found.change == 2.0
    assert found.low < 2 < found.high
    assert crossing(4.0, 0.0, -2.0, 0.0, 10) == (2.0, 2.0, 2.0)
    assert np.isinf(crossing(4.0, 0.5, -2.0, 1.5, 10)[1:]).all()


def experiment(noise: float = 0.2) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], list[dict[str, float]]]:
    """Return outcomes over 40 sets and by default: b is 4 behind a by default, and 1 less for each unit of SIZE."""
    rng = np.random.default_rng(8)
    sets = [{SIZE.name: SIZE.at(x), RATE.name: RATE.at(y)} for x, y in rng.random((40, 2))]
    behind = np.array([4.0 - (one[SIZE.name] - SIZE.default) for one in sets])
    shared = rng.normal(size=40)
    over_sets = {"a": 50 + shared, "b": 50 + shared + behind + noise * rng.normal(size=40)}
    by_default = {"a": 50 + rng.normal(size=20)}
    by_default["b"] = by_default["a"] + 4.0 + noise * rng.normal(size=20)
    return over_sets, by_default, sets


def test_the_smallest_change_that_turns_a_ranking_is_found_and_confirmed_where_it_is_so() -> None:
    over_sets, by_default, sets = experiment()
    factors = [SIZE, RATE]
    found = candidates(("none", "crimes_total"), over_sets, by_default, factors, places_of(factors, sets))
    assert [one.factor.name for one in found] == [SIZE.name]
    one = found[0]
    assert (one.leader, one.rival) == ("a", "b")
    assert one.turning == pytest.approx(6.0, abs=0.3)
    assert one.low < 0.4 < one.high
    assert one.turning < one.tried <= SIZE.high
    tried = {"a": by_default["a"], "b": by_default["a"] + 4.0 - (one.tried - 2.0)}
    tried["b"] = tried["b"] + 0.1 * np.arange(20) / 20
    turn = turn_of(one, by_default, tried)
    assert turn.verdict == "confirmed"
    assert turn.measured == pytest.approx(6.0, abs=0.3)
    assert turn_of(one, by_default, {"a": tried["b"], "b": tried["a"]}).verdict == "refuted"
    row = turns_frame([turn]).row(0, named=True)
    assert row["measured_change"] == pytest.approx(0.4, abs=0.03)


def test_a_parameter_that_cannot_do_it_within_its_range_is_no_candidate() -> None:
    over_sets, by_default, sets = experiment()
    by_default["b"] = by_default["b"] + 20
    assert (
        candidates(("none", "crimes_total"), over_sets, by_default, [SIZE, RATE], places_of([SIZE, RATE], sets)) == []
    )


def test_a_range_that_is_gone_through_by_its_logarithm_is_so_both_ways() -> None:
    assert share_of(RATE, 10.0) == pytest.approx(0.5)
    assert RATE.at(share_of(RATE, 37.0)) == pytest.approx(37.0)


def over_sets() -> Comparison:
    """Return the comparison of nine strategies over 12 made-up sets of two seeds, with what was tried."""
    of_sets, by_default, values = experiment()
    one = candidates(("none", "crimes_total"), of_sets, by_default, [SIZE], places_of([SIZE], values))[0]
    named = one._replace(shortage="uniform30", leader="integrated", rival="campaign")
    outcome = {"integrated": by_default["a"], "campaign": by_default["b"]}
    after = {"integrated": by_default["a"], "campaign": by_default["a"] - 3 + 0.1 * np.arange(20)}
    return with_sets(nine(24), [turn_of(named, outcome, after)])


def test_a_reader_is_told_how_often_each_is_first_and_what_turns_it(tmp_path: Path) -> None:
    found = findings(over_sets())
    told = {one.heading: one.text for one in found.answer}
    assert "Over 12 sets of parameters, integrated policing has the fewest crimes" in told["Over the parameters"]
    assert "comes from the parameters" in told["Over the parameters"]
    assert (
        "campaign-style policing comes before integrated policing where people.search.risk is"
        in (told["What turns the ranking"])
    )
    assert "first,first_low" in found.robustness.csv
    rows = found.robustness.rows["uniform30"]
    assert [row.strategy for row in rows if row.cells["crimes_total"].default] == ["integrated"]
    assert set(found.robustness.split) == {"crimes_total", "harm_total"}
    assert turning(over_sets(), "none").statement == ""
    assert "First over 12 sets of parameters" in printed(over_sets(), 120, show=print_robustness)
    draws = {"robustness": draw_robustness, "turning": draw_turning}
    (tmp_path / "figures").mkdir()
    pictures = draw_all(draws, found, tmp_path / "figures")
    assert pictures.keys() == draws.keys()
    write_pages(found, pictures, tmp_path)
    page = (tmp_path / REPORT).read_text(encoding="utf-8")
    for words in (
        "What the ranking hangs on",
        "What would turn the ranking",
        "the best by default",
        "confirmed by runs",
    ):
        assert words in page


def test_runs_of_a_set_count_once_and_the_default_is_run_beside_them(tmp_path: Path) -> None:
    path = tmp_path / "sets.csv"
    path.write_text("opportunity.guardianship,weight\n0,1\n0.5,1\n1,1\n")
    asked = {"strategies": ["reactive", "random_patrol"], "shortages": ["none"], "days": 2, "warmup_days": 0}
    result = bl.compare(city="town", parameters=path, replications=6, workers=1, settings=TINY, **asked)
    kept = result.findings.comparison
    assert (kept.replications, kept.runs.height, kept.summary.height) == (3, 12, 6)
    assert kept.unchanged["seed"].unique().sort().to_list() == [1, 2, 3]
    assert set(kept.variance_shares["source"]) == {"parameters", "chance"}
    assert result.effect("random_patrol", "calls_total").n == 3
    folder = result.save(tmp_path / "out")
    written = pl.read_csv(folder / "parameter_sets.csv")
    assert sorted(written["row"].to_list()) == [1, 2, 3]
    assert pl.read_parquet(folder / "unchanged.parquet").height == 6
    assert str(path) in result.provenance["inputs"]
