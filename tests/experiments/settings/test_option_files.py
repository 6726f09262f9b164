"""One composition by Hydra serves all strategies and shortages of a command, and each gets what Hydra would give it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from experiments.settings import option_files
from experiments.settings.folders import groups_of, own_folder, with_folder, yaml_options
from experiments.settings.option_files import composed
from experiments.settings.request import Request
from experiments.settings.sweeps import read_sweep
from experiments.sweep.design import COMMAND, design
from sim.parameters import BadInput

CHOICES = (
    {"strategy": "hotspot", "shortage": "uniform35"},
    {"strategy": "random_patrol", "shortage": "combined_example", "city": "town"},
    {"strategy": "integrated", "preset": "city_china"},
    {"strategy": "reactive", "shortage": "none", "experiment": "quick"},
    {"strategy": "community", "demand": "calls_only", "force": "city_western", "calls": "at_once"},
    {"shortage": "uniform", "preset": "city_western"},
)


def both(primary: str, choices: dict[str, str]) -> tuple[str, str]:
    """Return what is composed of a choice of options, and what Hydra alone composes of it, as texts in order."""
    pairs = tuple(choices.items())
    alone = option_files._by_hydra.__wrapped__
    return json.dumps(composed(primary, pairs, own_folder())), json.dumps(alone(primary, pairs, own_folder()))


@pytest.mark.parametrize("choices", CHOICES, ids=lambda choices: " ".join(choices.values()))
def test_what_is_put_together_is_what_hydra_composes(choices: dict[str, str]) -> None:
    ours, hydras = both("run", choices)
    assert ours == hydras


@pytest.mark.slow
@pytest.mark.parametrize("primary", ["run", "sweep", "compare"])
def test_every_option_is_put_together_as_hydra_composes_it(primary: str) -> None:
    for group in groups_of(primary) if primary == "run" else ("strategy", "shortage", "engine"):
        for option in yaml_options(group):
            ours, hydras = both(primary, {group: option})
            assert ours == hydras, (group, option)


def test_an_error_of_hydras_names_the_options_that_were_chosen() -> None:
    with pytest.raises(BadInput, match=r"configs/strategy/hotspot\.yaml, configs/runner/serial\.yaml"):
        composed("run", (("strategy", "hotspot"), ("runner", "serial")), None)


def test_a_sweep_of_strategies_and_shortages_is_composed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[tuple[str, str], ...]] = []
    alone = option_files._by_hydra.__wrapped__

    def counted(primary: str, choices: tuple[tuple[str, str], ...], own: Any) -> dict[str, Any]:
        if choices not in asked:
            asked.append(choices)
        return dict(alone(primary, choices, own))

    composed.cache_clear()
    monkeypatch.setattr(option_files, "_by_hydra", counted)
    words = ["strategy=reactive,hotspot,community", "shortage=none,uniform10,uniform35"]
    choices, values, factors = read_sweep(words)
    _, points, _ = design(Request(COMMAND, words, choices, values, False, factors=factors))
    assert len(points) == 9
    assert len(asked) <= 2  # the command's own settings, and those of its points


MINE = {
    "writes_too": ("experiment", "# @package _global_\nstrategy:\n  dwell_min: 7.0\n", {"strategy": "hotspot"}),
    "inherits": ("strategy", "defaults:\n  - hotspot\ndwell_min: 7.0\n", {}),
    "everywhere": ("strategy", "# @package _global_\nseed: 7\nstrategy:\n  name: hotspot\n  dwell_min: 7.0\n", {}),
    "plain": ("strategy", "name: hotspot\ndwell_min: 7.0\n", {"shortage": "uniform20"}),
    "by_choice": (
        "experiment", "# @package _global_\ndefaults:\n  - override /shortage: ${strategy}\n",
        {"strategy": "short"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MINE)
def test_a_file_of_a_user_that_does_more_than_fill_the_place_of_its_group_does_what_hydra_says(
    name: str, tmp_path: Path
) -> None:
    group, text, others = MINE[name]
    files = {
        f"{group}/{name}": text,
        "strategy/short": "name: hotspot\ndwell_min: 7.0\n",
        "shortage/short": "kind: none\n",
    }
    for file, content in files.items():
        path = tmp_path / f"{file}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    with with_folder(str(tmp_path)):
        ours, hydras = both("run", {**others, group: name})
    assert ours == hydras
    assert json.loads(ours)["strategy"]["dwell_min"] == 7.0
