"""The report says what moves, and no more than its intervals allow."""

from __future__ import annotations

import pytest
from made_up_comparison import comparison, reported, with_displacement

from experiments.compare.findings import findings

POLICIES = ("reactive", "hotspot", "community")
SPREADS, MOVES, NOTHING = [-12, -3, -1, 0, 0, 0, 0], [-12, 6, 3, 0, 0, 0, 0], [0.0] * 7


def made(n: int = 12, alone: float | None = None, size: float = 1.0, **changes: list[float]):
    return with_displacement(comparison(n=n, strategies=POLICIES), changes, alone, size)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (SPREADS, ("crimes fall, too", "diffusion of benefits")),
        (MOVES, ("moves elsewhere", "displacement, the 500 m around get part")),
        ([-12, 20, 20, 10, 0, 0, 0], ("moves elsewhere", "displacement, the 500 m around get more crimes than")),
        ([-12, *[0.0] * 6], ("indistinguishable from none", "neither diffusion")),
        (NOTHING, ("cannot be told",)),
    ],
)
def test_each_verdict_needs_its_interval(change, said):
    (sentence,) = findings(made(hotspot=change)).displacement.sentences
    assert sentence.startswith("Hot-spot patrol: ")
    for words in said:
        assert words in sentence


def test_two_replications_say_nothing_of_what_moves():
    found = findings(made(n=2, hotspot=MOVES)).displacement
    assert "too few" in found.sentences[0]
    assert {line.moved for line in found.lines["none"]} == {"–"}


def test_the_table_has_a_line_a_type_and_one_of_independent_seeds_where_there_are_any():
    found = findings(made(hotspot=SPREADS, alone=5.0)).displacement
    labels = [line.label for line in found.lines["uniform30"]]
    assert labels == ["all types", "all types, independent seeds", "theft", "robbery"]
    assert {len(line.texts) for line in found.lines["none"]} == {len(found.areas)} == {7}
    alone = findings(made(hotspot=SPREADS)).displacement
    assert [line.label for line in alone.lines["none"]] == ["all types", "theft", "robbery"]
    assert found.note != alone.note


def test_differences_are_in_the_unit_of_the_indicator_and_add_up_to_that_of_the_city():
    """One crime in ten days is one per 1,000 residents a year in the made-up city."""
    effects = findings(made(hotspot=SPREADS)).displacement.effects["none", "hotspot"][True]
    assert [one.difference for one in effects] == pytest.approx(SPREADS, abs=1e-9)
    assert sum(one.after - one.before for one in effects) == pytest.approx(sum(SPREADS))


def test_the_page_has_the_section_where_a_strategy_adds_patrol_and_none_elsewhere(tmp_path):
    page = reported(made(hotspot=SPREADS, community=MOVES, alone=5.0), tmp_path).read_text(encoding="utf-8")
    assert page.count('id="displacement"') == 1
    assert (tmp_path / "figures" / "displacement.svg").exists()
    plain = reported(comparison(strategies=POLICIES), tmp_path).read_text(encoding="utf-8")
    assert 'id="displacement"' not in plain
