"""The probability of being the best: exact on made-up runs, honest about few replications."""

from __future__ import annotations

import io
from itertools import product
from math import sqrt

import numpy as np
import polars as pl
import pytest
from made_up_comparison import comparison, nine, noise, printed

from experiments.compare.best import are_counted, chances, draws
from experiments.compare.best_table import probability
from experiments.compare.findings import findings
from experiments.compare.terminal import print_best


@pytest.mark.parametrize("n", [3, 4, 5])
def test_few_replications_are_counted_exactly(n):
    values = {"a": np.arange(n) + noise(n, 1.0, 1), "b": np.arange(n) + noise(n, 1.0, 2) + 0.1, "c": np.full(n, n / 2)}
    runs = np.array(list(values.values()))
    ranks = np.zeros((3, 3))
    for draw in product(range(n), repeat=n):
        means = runs.mean(axis=1) + sqrt(n / (n - 1)) * (runs[:, draw].mean(axis=1) - runs.mean(axis=1))
        ranks[np.argsort(means), np.arange(3)] += n**-n
    found = chances(values, -1)
    for i, name in enumerate(values):
        assert found.ranks[name] == pytest.approx(ranks[i])
        assert found.best_two(name) == pytest.approx(ranks[i, :2].sum())
        assert found.mean_rank(name) == pytest.approx(ranks[i] @ [1, 2, 3])


def test_the_probabilities_of_draws_add_up_and_a_sample_stands_for_many():
    for n in (2, 5, 8, 30):
        times, weight = draws(n)
        assert weight.sum() == pytest.approx(1)
        assert (times.sum(axis=1) == n).all()
        assert weight @ times == pytest.approx(np.ones(n), abs=1e-12 if are_counted(n) else 0.05)
    assert are_counted(8)
    assert not are_counted(30)


def test_strategies_that_are_level_share_their_ranks():
    level = np.array([3.0, 5.0, 4.0])
    found = chances({"a": level, "b": level.copy(), "c": level + 9}, -1)
    assert found.ranks["a"] == pytest.approx([0.5, 0.5, 0])
    assert found.ranks["c"] == pytest.approx([0, 0, 1])


def test_more_is_better_where_more_is_better():
    assert chances({"a": np.array([1.0, 2, 3]), "b": np.array([2.0, 3, 4])}, 1).best("b") == 1


def test_two_equal_strategies_are_each_as_often_the_best_over_many_comparisons():
    """Of 400 comparisons in which nothing differs each is called more than 95 % the best in about 5 %.

    By the widened bootstrap of six replications it is somewhat more; 12 % is passed by chance once in a million.
    """
    rng = np.random.default_rng(3)
    sure = [chances({"a": np.zeros(6), "b": rng.normal(0, 1, 6)}, -1).best("a") for _ in range(400)]
    assert np.mean(sure) == pytest.approx(0.5, abs=0.06)  # four standard errors
    assert np.mean(np.array(sure) > 0.95) < 0.12


def test_the_answer_names_the_likeliest_first_and_leaves_bounds_out():
    made = findings(nine())
    (told,) = (one.text for one in made.answer if one.heading == "How sure")
    assert told.startswith("Probability of the fewest crimes: integrated policing ")
    assert "perfect knowledge" not in told
    assert [row.strategy for row in made.best.rows["none"]] == made.comparison.policies
    table = pl.read_csv(io.StringIO(made.best.csv))
    assert table.height == 3 * 2 * 8
    for _, part in table.group_by("shortage", "indicator"):
        assert part["probability_best"].sum() == pytest.approx(1, abs=1e-4)
        assert part["probability_best_two"].sum() == pytest.approx(2, abs=1e-4)


def test_two_replications_or_one_policy_have_no_probability():
    for found in (nine(n=2), comparison(strategies=("reactive",))):
        made = findings(found)
        assert (made.best.rows, made.best.csv) == ({}, "")
        assert "How sure" not in {one.heading for one in made.answer}
        assert not printed(found, 100, show=print_best)


def test_nothing_is_called_certain():
    assert [probability(value) for value in (0.0, 0.004, 0.5, 0.996, 1.0)] == ["<1 %", "<1 %", "50 %", ">99 %", ">99 %"]


def test_the_terminal_has_a_line_a_policy():
    lines = printed(nine(), 100, show=print_best).splitlines()
    assert sum(" / " in line and "%" in line for line in lines) == 8
