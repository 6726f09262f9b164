"""Claims about uncertain parameters: which there are, within which bounds, and what is refused."""

from __future__ import annotations

import pytest

from experiments.settings.compose import compose
from experiments.settings.overrides import read_overrides
from experiments.settings.uncertain import (
    ASSUMED,
    DECLARED,
    GIVEN,
    PARTS,
    UNCERTAIN,
    WORKING,
    factors,
    scenario_with,
)
from sim.parameters import BadInput


@pytest.fixture(scope="module")
def tree():
    return compose("optimise", {"strategy": "hotspot"}, {})


def only(tree, name):
    (found,) = factors([name], tree)
    return found


def test_the_shipped_ones_are_assumptions_within_declared_bounds_and_about_their_value(tree) -> None:
    found = factors(None, tree)
    assert [one.name for one in found] == list(UNCERTAIN)
    assert all(one.low < one.default < one.high for one in found)
    assert all(one.basis == WORKING and one.reason for one in found)
    data = [one.name for one in found if not one.source.startswith(("assumption", "set by the user", "Koper"))]
    assert data == []
    for one in found:  # an end that is not allowed would be refused here
        for end in (one.low, one.high):
            assert only(tree, f"{one.name}={one.low}..{one.high}").basis == GIVEN
            scenario_with(tree, {one.name: end})


def test_bounds_are_the_declared_ones_or_a_stated_part_of_them(tree) -> None:
    chance = only(tree, "people.offenders.co_offending")
    assert (chance.low, chance.high, chance.basis, chance.log) == (0, 1, DECLARED, False)
    open_ended = only(tree, "investigation.robbery.witness")  # less than 1
    assert (open_ended.low, open_ended.high, open_ended.basis) == (0, 0.99, DECLARED)
    wide = only(tree, "people.offenders.prior_weight")  # up to a thousand million is allowed
    assert (wide.low, wide.high, wide.basis, wide.log) == (pytest.approx(4 / 3), 12, ASSUMED, True)


def test_the_ends_of_a_range_are_its_bounds_and_a_logarithm_has_the_geometric_middle(tree) -> None:
    plain, log = only(tree, "dispatch.urgent_speed=1..2"), only(tree, "presence.half_life_min=10..160")
    assert [plain.at(share) for share in (0, 0.5, 1)] == [1, 1.5, 2]
    assert [log.at(share) for share in (0, 0.5, 1)] == [10, pytest.approx(40), pytest.approx(160)]
    assert log.at(1) <= 160
    whole = only(tree, "people.volunteers.hours_per_week=1..4")
    assert [whole.at(share) for share in (0, 0.4, 1)] == [1, 2, 4]
    assert isinstance(whole.at(0.4), int)


def test_a_pattern_stands_for_numbers_alone_and_bounds_of_ones_own_count(tree) -> None:
    found = {one.name: one for one in factors(["presence.*", "presence.sight_m=50..70"], tree)}
    assert all(name.startswith("presence.") for name in found)
    assert len(found) >= 8
    assert (found["presence.sight_m"].low, found["presence.sight_m"].high) == (50, 70)
    assert "strategy.dwell_min" in {one.name for one in factors(["strategy.*"], tree)}


def test_a_scenario_has_the_values_of_a_point(tree) -> None:
    scenario = scenario_with(tree, {"people.search.risk": 1.5, "strategy.dwell_min": 9.0})
    assert (scenario.people.search.risk, scenario.strategy.dwell_min) == (1.5, 9.0)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("people.search.rik", "did you mean people.search.risk?"),
        ("programmes.visits.team", "hotspot has no programme visits"),
        ("city.residents", f"a dotted name of a parameter in {PARTS[0]}"),
        ("strategy.name", "a parameter that is one number"),
        ("strategy.deployment", "a parameter that is one number"),
        ("people.search", "a parameter that is one number"),
        ("nothing.*", "a pattern of names"),
        ("people.search.risk=2..1", "two numbers of which the first is less"),
        ("people.search.risk=a..1", "two numbers, as in name=0.5..2"),
        ("people.search.risk=0..51", "within the declared bounds, 0 to 50"),
        ("calls.turn_out_station_min=-1..3", "within the declared bounds"),
    ],
)
def test_what_is_no_uncertain_parameter_is_refused_by_name(tree, said, told) -> None:
    with pytest.raises(BadInput, match=r"^parameters: ") as error:
        factors([said], tree)
    assert told in str(error.value)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_no_name_at_all_is_refused(tree) -> None:
    with pytest.raises(BadInput, match="at least one name"):
        factors([], tree)


def test_parameters_are_names_in_a_list_or_a_file_as_it_is_written() -> None:
    assert read_overrides(['parameters=[people.search.*,"presence.sight_m=50..70"]'])[1] == {
        "parameters": ["people.search.*", "presence.sight_m=50..70"]
    }
    assert read_overrides(["parameters=my sets, 2.csv"])[1] == {"parameters": "my sets, 2.csv"}
