"""The picture of the two networks: whole, with every line of fusion, and readable in black and white too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from experiments.mechanisms.network_figure import LINES, governance_network
from experiments.presentation.style import draw_all
from sim.scenario import Scenario

TOWN = {"name": "town", "residents": 20_000, "area_km2": 16, "beats": 2, "districts": 2, "centres": 1}


@pytest.mark.parametrize("structure", ["silos", "joint_centre"])
def test_the_picture_of_the_town_has_both_sides_and_tells_how_much_sooner_fusion_is(
    structure: str, tmp_path: Path
) -> None:
    scenario = Scenario.model_validate({"city": TOWN, "coordination": {"structure": structure}})
    pictures: dict[str, Any] = draw_all({"network": governance_network}, scenario, tmp_path)
    shown = pictures["network"]
    assert (tmp_path / "network.png").stat().st_size > 10_000
    hours = re.findall(r"(\d+) instead of (\d+) hours", shown.caption)
    assert len(hours) == 3
    assert all(int(fused) < int(apart) for fused, apart in hours)
    assert "26 grids" in shown.caption
    assert shown.alt
    assert ("command centre" in (tmp_path / "network.svg").read_text(encoding="utf-8")) == (structure == "joint_centre")
    assert len({style for _, style, _, _ in LINES.values()}) >= 3


def test_the_network_is_that_of_the_programme_where_the_scenario_has_it() -> None:
    strategy = {"name": "reactive", "programmes": ["social_governance"]}
    own = {"social_governance": {"network": {"groups_per_grid": 60}}}
    drawn = governance_network(Scenario.model_validate({"city": TOWN, "strategy": strategy, "programmes": own}))
    assert drawn is not None
    assert "13 grids" in drawn[3]
