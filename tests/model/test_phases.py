"""The day of the city as it is told is the day that is run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from small_runs import in_town

from sim import day
from sim.model import CityModel


def test_every_phase_says_in_one_line_what_it_does() -> None:
    told = CityModel.phases()
    assert [one.when for one in told] == ["day"] * 18 + ["hour"] + ["tick"] * 8
    assert len({one.name for one in told}) == len(told)
    for one in told:
        assert one.what.endswith("."), one
        assert not one.name.startswith("_")
    lines = str(told).splitlines()
    assert len(lines) == len(told)
    assert all(line.startswith(one.when) and line.endswith(one.what) for line, one in zip(lines, told, strict=True))


def test_the_phases_of_a_tick_are_what_the_tick_calls_in_this_order() -> None:
    source = ast.parse(Path(day.__file__).read_text(encoding="utf-8"))
    (tick,) = (node for node in source.body if isinstance(node, ast.FunctionDef) and node.name == "tick")
    statements = [inner for node in tick.body for inner in (node.body if isinstance(node, ast.If) else [node])]
    called = [
        node.value.func.id
        for node in statements
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name)
    ]
    assert called == [one.name for one in CityModel.phases() if one.when == "tick"]


def test_the_phases_of_a_day_are_carried_out_once_a_day_in_this_order(monkeypatch: pytest.MonkeyPatch) -> None:
    carried_out: list[tuple[str, int]] = []
    names = [one.name for one in CityModel.phases() if one.when == "day"]

    def noted(name: str, phase: object) -> object:
        def carry_out(model: CityModel, day: int) -> None:
            carried_out.append((name, day))
            phase(model, day)  # type: ignore[operator]

        return carry_out

    for name in names:
        monkeypatch.setattr(CityModel, f"_{name}", noted(name, getattr(CityModel, f"_{name}")))
    CityModel(in_town(days=2, warmup_days=0)).run()
    assert carried_out == [(name, day) for day in range(2) for name in names]
