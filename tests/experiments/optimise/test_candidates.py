"""What is known of candidates, which of them dominate, and that what was chosen is believed on fresh seeds alone."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.estimates.estimate import estimate
from experiments.optimise.candidates import Tried, choose, front
from experiments.optimise.design import COMMAND, COST, Candidate, Space, design, levers_in_sizes
from experiments.optimise.findings import verdict_of
from experiments.presentation.indicators import UNSERVED
from experiments.settings.keywords import request_of
from sim.parameters import BadInput

AUXILIARIES, OVERTIME, POOLING = (
    {"kind": "auxiliaries", "heads": 6},
    {"kind": "overtime", "share": 0.2},
    {"kind": "pooling"},
)
PLAN = {"outcomes": ["harm_total"], "budget": None, "personnel": None, "days": 365, "confirm": 5}
SPACE = Space("reactive", {"reactive": {}, "hotspot": {}}, levers_in_sizes([AUXILIARIES, OVERTIME, POOLING]), {}, ())


def tried(sizes, harm, cost, strategy="reactive", personnel=40.0, unserved=0.0):
    values = {"harm_total": harm, COST: cost, UNSERVED: unserved}
    arrays = {name: np.atleast_1d(value).astype(float) for name, value in values.items()}
    return Tried(Candidate(strategy, sizes), personnel, arrays)


def test_a_lever_is_tried_in_quarters_of_its_size_people_in_whole_numbers():
    sizes = levers_in_sizes([AUXILIARIES, OVERTIME, POOLING])
    assert [one["heads"] for one in sizes["auxiliaries"]] == [2, 3, 4, 6]  # 1.5 and 4.5 are rounded to even numbers
    assert [one["share"] for one in sizes["overtime"]] == [0.05, 0.1, 0.15, 0.2]
    assert sizes["pooling"] == [POOLING]
    assert [one["heads"] for one in levers_in_sizes([{**AUXILIARIES, "heads": 1}])["auxiliaries"]] == [1]


def test_a_lever_that_is_listed_in_several_sizes_is_tried_in_these():
    found = levers_in_sizes([{**OVERTIME, "share": 0.3}, OVERTIME])
    assert [one["share"] for one in found["overtime"]] == [0.2, 0.3]
    package = {"kind": "combined", "parts": [AUXILIARIES, OVERTIME]}
    assert levers_in_sizes([package, AUXILIARIES, OVERTIME]) == levers_in_sizes([AUXILIARIES, OVERTIME])


def test_each_measure_alone_is_each_strategy_and_each_lever_in_each_size():
    assert len(SPACE.single) == 1 + 4 + 4 + 1
    assert SPACE.status_quo not in SPACE.single
    assert SPACE.name(SPACE.status_quo) == "reactive"
    assert SPACE.name(Candidate("hotspot", (4, 2, 1))) == "hotspot + auxiliaries 6 + overtime 10 % + pooling"


def test_the_front_holds_what_no_other_beats_in_everything():
    assert front(np.array([[1.0, 5.0], [2.0, 2.0], [5.0, 1.0], [3.0, 3.0], [2.0, 2.5]])) == [0, 1, 2]
    assert front(np.array([[1.0, 1.0], [1.0, 1.0]])) == [0, 1]


def test_the_best_within_the_budget_is_chosen_and_of_equals_today():
    today, dear, cheap = tried((0, 0, 0), 100, 10), tried((4, 4, 0), 80, 30), tried((1, 0, 0), 90, 12)
    found = choose([today, cheap, dear], SPACE, {**PLAN, "budget": 20.0})
    assert (found.chosen, found.single) == (cheap.candidate, cheap.candidate)
    assert found.wanted[0] == SPACE.status_quo
    assert choose([today, cheap, dear], SPACE, PLAN).chosen == dear.candidate
    assert choose([today, tried((1, 0, 0), 100, 5)], SPACE, PLAN).chosen == SPACE.status_quo
    never = tried((1, 0, 0), np.inf, 5)
    assert choose([tried((0, 0, 0), np.inf, 10), never], SPACE, PLAN).chosen == SPACE.status_quo


def test_the_best_of_many_that_are_equal_is_called_better_no_more_often_than_chance_has_it():
    """Sixty candidates that do nothing, 300 searches: in the search the chosen one looks better each time.

    On fresh seeds it is called better with 2.5 %; more than 17 times in 300 comes by chance with less than 0.1 %.
    """
    draws = np.random.default_rng(1)
    sizes = [(i % 5, i // 5 % 5, i // 25 % 2) for i in range(1, 49)]
    called, looked = 0, 0
    for _ in range(300):
        luck = draws.normal(0, 5, 3)
        today = tried((0, 0, 0), 100 + luck, [10, 10, 10])
        others = [tried(one, 100 + luck + draws.normal(0, 2, 3), [10, 10, 10]) for one in sizes]
        found = choose([today, *others], SPACE, PLAN)
        looked += found.chosen != SPACE.status_quo
        called += verdict_of(estimate(draws.normal(0, 2, 8)), good=-1) == "better"
    assert looked == 300
    assert called <= 17


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"levers": ["uniform30"]}, "levers.0.kind"),
        ({"levers": ["poling"]}, "levers"),
        ({"levers": [{"kind": "auxiliaries", "head": 4}]}, "levers.0.head"),
        ({"levers": [], "strategies": ["reactive"]}, "levers"),
        ({"outcomes": ["calls_total"]}, "outcomes"),
        ({"outcomes": ["harm_total", "trust", "crimes_total", "arrests"]}, "outcomes"),
        ({"fresh": 2}, "fresh"),
        ({"budget": 0}, "budget"),
        ({"sampler": "anneal"}, "sampler"),
        ({"settings": {"strategy.dwell": 3}}, "strategy.dwell"),
        ({"strategies": ["reactive"], "settings": {"strategy.dwell_min": 12}}, "strategy.dwell_min"),
    ],
)
def test_a_search_that_cannot_be_is_refused_in_one_line(given, field):
    settings = given.pop("settings", None)
    with pytest.raises(BadInput) as caught:
        design(request_of(COMMAND, {"city": "town", **given}, settings))
    assert caught.value.field == field
    assert "\n" not in str(caught.value)


def test_levers_come_on_top_of_the_shortage():
    _, space = design(request_of(COMMAND, {"city": "town", "shortage": "uniform30", "levers": [AUXILIARIES]}, None))
    today, helped = (space.scenario(Candidate("hotspot", sizes)) for sizes in ((0,), (4,)))
    assert [change.cause for change in today.force.changes] == ["uniform"]
    assert [change.cause for change in helped.force.changes] == ["uniform", "auxiliaries"]
    assert helped.force.changes[-1].heads == 6
    assert helped.strategy.name == "hotspot"


def test_a_candidate_with_which_the_force_cannot_serve_is_not_chosen_where_others_can():
    today, dropping, serving = (
        tried((0, 0, 0), 100.0, 10.0, unserved=0.02),
        tried((0, 0, 0), 50.0, 10.0, "hotspot", unserved=0.3),
        tried((1, 0, 0), 90.0, 11.0, unserved=0.02),
    )
    assert choose([today, dropping, serving], SPACE, PLAN).chosen == serving.candidate
    none_can = [one._replace(values={**one.values, UNSERVED: np.array([0.3])}) for one in (today, dropping, serving)]
    assert choose(none_can, SPACE, PLAN).chosen == dropping.candidate
