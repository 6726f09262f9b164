"""The three strategies of the documentation are short, conform, and do what the page says of them."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import beatlab as bl
from sim.strategies.base import Briefing, Recorded
from sim.strategies.knowledge import Calls, Visits
from sim.strategies.plan import hours_of_week
from sim.strategies.situations import situations

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "authors" / "three-strategies.md").read_text(encoding="utf-8")
CODE = {
    name: code
    for code in re.findall(r"```\{code-cell\} ipython3\n(.*?)```", PAGE, flags=re.DOTALL)
    for name in re.findall(r"^class (\w+)", code, flags=re.MULTILINE)
}
(TOWN,) = (s.briefing for s in situations() if s.words == "no recorded crimes after some weeks")


def strategy(name: str, **options: Any) -> bl.Strategy:
    namespace: dict[str, Any] = {"__name__": "page"}
    exec(compile(CODE[name], name, "exec"), namespace)
    return namespace[name](**options)  # type: ignore[no-any-return]


def plan(name: str, briefing: Briefing, **options: Any) -> bl.PatrolPlan:
    return strategy(name, **options).plan(briefing, np.random.default_rng(1))


def recorded(cells: list[int]) -> Recorded:
    """Return burglaries of yesterday in cells."""
    n = len(cells)
    values = {"type": 0, "cell": cells, "victim": -1, "discovered_by": 1}
    columns = (values.get(column.name, TOWN.now_min - 1440.0) for column in fields(Recorded))
    return Recorded(*(np.broadcast_to(np.asarray(column), n) for column in columns))


def visits(cells: list[int], days_ago: list[float]) -> Visits:
    start = TOWN.now_min - 1440.0 * np.array(days_ago)
    return Visits(np.array(cells), start, np.full(len(cells), 20.0), np.zeros(len(cells), dtype=bool))


def disorder(cells: list[int], by_patrol: bool) -> Calls:
    n = len(cells)
    kind = np.full(n, bl.IncidentType.DISORDER)
    return Calls(kind, np.array(cells), np.full(n, TOWN.now_min - 60.0), np.full(n, 3), np.full(n, by_patrol))


def cells_of(beat: int) -> list[int]:
    return np.flatnonzero(TOWN.beats.beat == beat).tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["ByNeglect", "ByTheHour", "OwnFinds"])
def test_each_is_at_most_40_lines_passes_the_lint_of_the_project_and_conforms(name: str) -> None:
    assert len(CODE[name].splitlines()) <= 40
    for how in (["check"], ["format", "--check"]):
        line = [sys.executable, "-m", "ruff", *how, "--stdin-filename", "sim/strategies/example.py", "-"]
        told = subprocess.run(line, input=CODE[name], cwd=ROOT, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stdout + told.stderr
    bl.check_strategy(type(strategy(name)))


def test_the_spot_that_was_visited_longest_ago_is_next_and_those_never_visited_come_first() -> None:
    never, long_ago, lately = spots = cells_of(2)[:3]
    known = replace(TOWN, recorded=recorded(spots), visits=visits([lately, long_ago], [1.0, 9.0]))
    assert plan("ByNeglect", known, a_day=1).cell.tolist() == [never]
    assert sorted(plan("ByNeglect", known, a_day=2).cell.tolist()) == sorted([never, long_ago])


def test_the_hour_decides_which_places_have_stops_and_who_walks() -> None:
    found = plan("ByTheHour", TOWN)
    places = TOWN.places
    assert set(found.cell[found.at(7)]) <= set(places.schools.cell)
    assert set(found.cell[found.at(12)]) <= set(places.shops.cell)
    assert len(found.at(7)) > 0
    assert len(found.at(12)) > 0
    assert len(found.at(4)) == 0


def test_cars_follow_the_calls_of_an_hour_and_district() -> None:
    last_hour = disorder(cells_of(0)[:1] * 50, by_patrol=False)  # from 23 to 24 of a Sunday, in the first district
    wanted = plan("ByTheHour", replace(TOWN, calls=last_hour)).cars
    assert wanted is not None
    assert np.argwhere(wanted > 10.0).tolist() == [[0, 0], [0, 166], [0, 167]]
    assert plan("ByTheHour", TOWN, move_cars=False).cars is None


def test_what_was_found_once_is_looked_for_there_again_though_calls_come_from_elsewhere() -> None:
    here, there = cells_of(0)[0], cells_of(0)[-1]
    told, found = disorder([there] * 30, by_patrol=False), disorder([here], by_patrol=True)
    both = Calls(*(np.concatenate([getattr(told, c.name), getattr(found, c.name)]) for c in fields(Calls)))
    known = replace(TOWN, calls=both, visits=visits([here] * 60, [1.0] * 60))
    assert here in plan("OwnFinds", known, areas=1).cell
    assert there not in plan("OwnFinds", known, areas=1).cell
    assert there in plan("OwnFinds", known, areas=1, counts="calls").cell
    assert here not in plan("OwnFinds", known, areas=1, counts="finds_per_hour").cell


def test_night_life_is_looked_after_on_foot() -> None:
    bars = TOWN.places.shops._replace(open=hours_of_week(range(7), 18, 24))
    found = plan("ByTheHour", replace(TOWN, places=TOWN.places._replace(nightlife=bars)))
    assert found.on_foot is not None
    assert found.on_foot[found.at(22)].all()
    assert not found.on_foot[found.at(12)].any()
