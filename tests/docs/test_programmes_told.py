"""Every programme is told of where strategies are: in the table of a strategy, or in the list of those of none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.programmes.base import programmes
from sim.strategies.base import registered

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["strategies.md", "zh/strategies.md"])
def test_programmes_of_no_strategy_are_listed_and_no_others(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    of_strategies = {name for strategy in registered().values() for name in strategy.programmes}
    ours = {name for name, kind in programmes().items() if kind.__module__.startswith("sim.")}
    assert set(re.findall(r"^- `(\w+)`", text, flags=re.MULTILINE)) == ours - of_strategies
    assert not [name for name in of_strategies if f"`{name}`" not in text]
