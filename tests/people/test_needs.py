"""Who is put off may still want to: he looks at more places and sooner, and the need fades."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.arrays import Array
from sim.columns import table
from sim.incidents.search import SearchParameters
from sim.parameters import decay_min, rule_of
from sim.people.needs import NeedRule, looks_on, need, next_search
from sim.people.offenders import OFFENDER_COLUMNS, search_gap

DAY = 1440.0
NOW = 100 * DAY


def rule(**changes: float) -> NeedRule:
    parameters = SearchParameters(**changes)
    return rule_of(NeedRule, parameters, need_min=decay_min(parameters.need_days * DAY))


def people(n: int = 1, deterred_min: float = -np.inf) -> Array:
    offenders = table(OFFENDER_COLUMNS, n)
    offenders["rate_per_min"], offenders["deterred_min"] = 1 / (5 * DAY), deterred_min
    return offenders


def test_who_is_put_off_still_wants_to_with_the_stated_chance_and_who_does_not_goes_home() -> None:
    for u, wants in ((0.29, True), (0.31, False)):
        offenders = people()
        assert looks_on(offenders, 0, NOW, True, u, rule(try_again=0.3, look_on=1.0)) == wants
        assert need(offenders, 0, NOW, rule()) == (1.0 if wants else 0.0)


def test_need_fades_with_its_half_life_and_so_does_the_wish_to_look_on() -> None:
    offenders = people(deterred_min=NOW)
    for days, left in ((0.0, 1.0), (7.0, 0.5), (14.0, 0.25)):
        now_min = NOW + days * DAY
        assert need(offenders, 0, now_min, rule()) == pytest.approx(left)
        chance = 0.4 + 0.6 * left
        assert looks_on(offenders, 0, now_min, False, chance - 0.001, rule(look_on=0.4))
        assert looks_on(offenders, 0, now_min, False, chance + 0.001, rule(look_on=0.4)) == (left == 1.0 and chance > 1)
    assert need(offenders, 0, NOW, rule()) == 1.0, "to refuse what does not appeal is no blow"


def test_who_needs_nothing_searches_after_the_gap_of_his_own_and_number() -> None:
    offenders = people(20)
    for i in range(20):
        gap = search_gap(offenders, i, 7) * 5 * DAY
        assert next_search(offenders, i, NOW, 7, rule()) == pytest.approx(NOW + gap)


@pytest.mark.parametrize("pace", [0.5, 1.0, 10.0])
def test_in_need_the_same_gap_passes_at_a_rate_that_need_raises_as_it_fades(pace: float) -> None:
    """The rate added up until the next search is the exponential number of the offender, to within a few seconds."""
    offenders, decay = people(50, deterred_min=NOW), 7 * DAY / math.log(2)
    for i in range(50):
        gap_min = search_gap(offenders, i, 7) * 5 * DAY
        passed = next_search(offenders, i, NOW, 7, rule(need_pace=pace)) - NOW
        assert 0 < passed < gap_min
        assert passed + pace * decay * (1 - math.exp(-passed / decay)) == pytest.approx(gap_min, abs=0.1)


def test_without_pace_or_trying_again_no_gap_moves() -> None:
    needy, calm = people(deterred_min=NOW), people()
    assert next_search(needy, 0, NOW, 7, rule(need_pace=0.0)) == next_search(calm, 0, NOW, 7, rule())
    assert not looks_on(calm, 0, NOW, True, 1e-9, rule(try_again=0.0))
    assert next_search(calm, 0, NOW, 7, rule()) == next_search(people(), 0, NOW, 7, rule())
