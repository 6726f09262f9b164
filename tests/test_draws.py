"""No two draws of chance have a number in common, and whoever draws says which draw it is."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import sim
from sim.draws import GAMMA, ONCE, STREAM_BITS, STREAM_MASK, Draw, Stream
from sim.incident_types import IncidentType
from sim.incidents.calls import UNSEEN
from sim.incidents.disputes.course import TRIES
from sim.incidents.search import MAX_TRIES
from sim.incidents.targets import LOOKED_AT
from sim.people.volunteers import VIEWS
from sim.police.patrol.dispatch import LOOK_AGAIN_MIN
from sim.programmes.campaign.checks import MOST_LOOKS
from sim.programmes.social_governance.tips import TipKind

SIM = Path(sim.__file__).parent
TREES = {path.relative_to(SIM).as_posix(): ast.parse(path.read_text()) for path in sorted(SIM.rglob("*.py"))}


def ranges(draw: Draw) -> list[range]:
    """Return the numbers of its stream that a draw may take."""
    times, apart = draw.again
    return [range(first, first + draw.numbers) for first in (draw.first + k * apart for k in range(times))]


def positions() -> dict[str, int]:
    """Return the functions that are told a draw, and where in their arguments."""
    return {
        function.name: [a.arg for a in function.args.args].index("draw")
        for tree in TREES.values()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and "draw" in [a.arg for a in function.args.args]
    }


def names_in(node: ast.expr) -> list[Draw]:
    """Return the draws that an expression names."""
    return [
        Draw[each.attr]
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "Draw"
    ]


def asked() -> Iterator[tuple[str, str, ast.expr]]:
    """Yield what each call of such a function says about its draw: where, the function, the expression."""
    told = positions()
    for name, tree in TREES.items():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in told:
                yield f"{name}:{call.lineno}", call.func.id, call.args[told[call.func.id]]


def test_no_two_draws_of_the_same_things_have_a_number_in_common() -> None:
    taken = defaultdict(list)
    for draw in Draw:
        taken[draw.stream, draw.kind] += [(numbers.start, numbers.stop, draw.name) for numbers in ranges(draw)]
    shared = [(one, other) for parts in taken.values() for one, other in pairwise(sorted(parts)) if other[0] < one[1]]
    assert shared == []


def test_a_draw_is_its_stream_and_its_number_in_one() -> None:
    for draw in Draw:
        assert draw >> STREAM_BITS & STREAM_MASK == draw.stream
        assert draw & (1 << STREAM_BITS) - 1 == draw.first
    assert max(Stream) <= STREAM_MASK
    assert max(numbers.stop for draw in Draw for numbers in ranges(draw)) < 1 << STREAM_BITS


def test_there_are_as_many_numbers_as_tries() -> None:
    assert MAX_TRIES <= min(Draw.SEARCH_PLACE.numbers, Draw.OFFENCE_CHOICE.numbers)
    assert LOOKED_AT <= Draw.MEETING.numbers
    assert TRIES <= Draw.DISPUTE_PARTIES.numbers
    assert VIEWS <= Draw.WATCH_VIEW.numbers
    assert max(IncidentType) + UNSEEN < Draw.CALL.numbers
    assert 1000 * MOST_LOOKS < Draw.CHECK_LOOK.numbers
    assert 1440 / LOOK_AGAIN_MIN < Draw.COME_UPON.numbers, "looks while a disorder lasts, as long as it may"
    assert len(TipKind) == Draw.TIP_TOLD.again[0]


def test_every_draw_and_stream_is_asked_for() -> None:
    used = {draw for tree in TREES.values() for node in tree.body for draw in names_in(node)}
    assert used == set(Draw)
    by_generators = {
        Stream.CITY, Stream.RESIDENT, Stream.TIE, Stream.SHOP, Stream.APPEAL, Stream.STRATEGY, Stream.PROGRAMME,
    }  # fmt: skip
    assert {draw.stream for draw in Draw} | by_generators == set(Stream)


def test_nobody_draws_without_saying_which_draw_it_is() -> None:
    asks = list(asked())
    assert len(asks) > 100
    for where, _, said in asks:
        passed_on = any(isinstance(node, ast.Name) and node.id == "draw" for node in ast.walk(said))
        assert len(names_in(said)) == (0 if passed_on else 1), f"{where}: {ast.unparse(said)}"


def test_what_is_drawn_several_times_says_which_time_it_is_and_only_gamma_numbers_take_the_room_of_trials() -> None:
    told_whole = {"arrival_min", "_poisson", "draw_lots"}  # these add the number of the time themselves
    for where, function, said in asked():
        for draw in names_in(said):
            added = isinstance(said, ast.BinOp)
            several = draw.numbers > 1 or draw.again not in (ONCE, GAMMA)
            assert function in told_whole or added == several, f"{where}: {ast.unparse(said)}"
            assert (function in ("gamma", "time_on_scene")) == (draw.again == GAMMA), f"{where}: {ast.unparse(said)}"


@pytest.mark.parametrize("bare", ["uniform(seed, 3, i, day)", "uniform4(seed, number, i, day)"])
def test_a_bare_number_would_be_noticed(bare: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TREES, "made_up.py", ast.parse(bare))
    with pytest.raises(AssertionError, match="made_up"):
        test_nobody_draws_without_saying_which_draw_it_is()
