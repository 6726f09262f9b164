"""A change of personnel by a number of people: so many, wherever they are, and never more than there are."""

from __future__ import annotations

import numpy as np
import pytest

from sim.parameters import BadInput
from sim.police.force.establishment import ForceParameters, establishment
from sim.police.force.head_changes import HeadChange, heads_on
from sim.police.posts import Post

TABLE = establishment(ForceParameters(officers=100, auxiliaries=50), 50_000, np.array([0, 0, 1]))


def of(heads, post, auxiliary):
    return float(heads[(TABLE["post"] == post) & (TABLE["auxiliary"] == auxiliary)].sum())


def on_day(*changes):
    return heads_on([HeadChange(**change) for change in changes], TABLE, 0)


def test_so_many_are_hired_in_the_proportion_of_those_who_are_there():
    heads = on_day({"post": "patrol", "auxiliaries": True, "heads": 40})
    assert of(heads, Post.PATROL, True) - of(TABLE["heads"], Post.PATROL, True) == pytest.approx(40)
    assert heads.sum() == pytest.approx(TABLE["heads"].sum() + 40)
    rows = (TABLE["post"] == Post.PATROL) & TABLE["auxiliary"]
    assert np.ptp(heads[rows] / TABLE["heads"][rows]) == pytest.approx(0, abs=1e-9)


def test_a_post_that_has_none_can_get_some():
    heads = on_day({"post": "detectives", "auxiliaries": True, "heads": 5})
    assert of(heads, Post.DETECTIVES, True) == pytest.approx(5)


def test_who_moves_is_lost_to_nobody():
    heads = on_day({"post": "headquarters", "move_to": "patrol", "heads": 7})
    assert heads.sum() == pytest.approx(TABLE["heads"].sum())
    both = sum(of(heads, Post.HEADQUARTERS, kind) - of(TABLE["heads"], Post.HEADQUARTERS, kind) for kind in (0, 1))
    assert both == pytest.approx(-7)


def test_numbers_and_shares_add_up():
    heads = on_day({"factor": 0.75}, {"post": "patrol", "auxiliaries": False, "heads": -3})
    assert of(heads, Post.PATROL, False) == pytest.approx(0.75 * 50 - 3)


def test_more_than_there_are_is_refused_with_how_many_there_are():
    with pytest.raises(BadInput, match=r"secondment.heads: 60.* at most 25"):
        on_day(
            {"factor": 0.5, "cause": "uniform"},
            {"post": "patrol", "auxiliaries": False, "heads": -60, "cause": "secondment"},
        )


@pytest.mark.parametrize("change", [{"heads": 3, "factor": 0.5}, {"post": "desk", "move_to": "patrol", "heads": -3}])
def test_a_number_beside_a_share_and_a_move_of_fewer_than_none_are_refused(change):
    with pytest.raises(ValueError, match="heads"):
        HeadChange(**change)
