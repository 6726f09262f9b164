"""Folders of results: which runs they hold, from what settings, and the indicators that were kept of each."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.runs.cases import with_seeds
from experiments.runs.places import result_in
from experiments.settings.compose import merged, scenario_of
from sim.parameters import BadInput, Unusable
from sim.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.replay.branching import Branch

FIELD = "folder"
SETTINGS, SUMMARY, INDICATORS = "scenario.yaml", "summary.parquet", "indicators.json"
BY_HAND = ("compare", "confidence", "strategies", "shortages")  # keys of a comparison beside those of its scenario


@dataclass(frozen=True)
class Kept:
    """A run of a result, to be done again.

    Attributes
    ----------
    strategy, shortage : str
        As the result calls them.
    replication : int
        From 0.
    scenario : Scenario
        What was run.
    indicators : dict
        What the result says of it, None where absent.
    branch : Branch, optional
        What is to be otherwise in it; then it is none of the result.
    command : str
        What runs another future of it, see `app.replay.recording.Recording`.
    """

    strategy: str
    shortage: str
    replication: int
    scenario: Scenario
    indicators: dict[str, float | None]
    branch: Branch | None = None
    command: str = ""


@dataclass(frozen=True)
class Folder:
    """A result of `compare` or `run`.

    Attributes
    ----------
    place : str
        As the user named it.
    strategies, shortages : tuple of str
        That it has, the baseline first.
    replications : int
        Of each.
    settings : mapping
        Its file of settings.
    """

    place: str
    strategies: tuple[str, ...]
    shortages: tuple[str, ...]
    replications: int
    settings: Mapping[str, Any]

    def run(self, strategy: str, shortage: str, replication: int) -> Kept:
        """Return one of its runs.

        Raises
        ------
        BadInput
            Where its settings are none that this version knows.
        """
        if "compare" not in self.settings:
            path = Path(self.place).expanduser() / INDICATORS
            return Kept(strategy, shortage, 0, scenario_of(self.settings), json.loads(path.read_text(encoding="utf-8")))
        tree = {key: value for key, value in self.settings.items() if key not in BY_HAND}
        parts = self.settings["shortages"][shortage]["changes"], self.settings["strategies"][strategy]
        scenario = scenario_of(merged(merged(tree, parts[0]), parts[1]) | {"shortage_name": shortage})
        seeds = with_seeds(scenario, replication + 1, self.settings["compare"]["seeds_per_city"])
        return Kept(
            strategy, shortage, replication, Scenario.model_validate(seeds[-1]),
            self._indicators(strategy, shortage, replication),
        )  # fmt: skip

    def _indicators(self, strategy: str, shortage: str, replication: int) -> dict[str, float | None]:
        """Return the row of a run in the summary of a comparison."""
        import polars as pl

        which = (pl.col("strategy") == strategy) & (pl.col("shortage") == shortage)
        which &= pl.col("replication") == replication
        rows = pl.read_parquet(Path(self.place).expanduser() / SUMMARY).filter(which)
        return rows.select(pl.selectors.numeric()).drop("replication", "seed").row(0, named=True)


def read_folder(place: str) -> Folder:
    """Return the result of a comparison or a run.

    Raises
    ------
    BadInput
        When there is none there, or one of another command.
    """
    import yaml

    folder = result_in(place)
    if not (folder / SETTINGS).is_file():
        raise Unusable(FIELD, place, "{} is no result of compare or run, of which there are replays")
    settings = yaml.safe_load((folder / SETTINGS).read_text(encoding="utf-8"))
    if "compare" in settings and (folder / SUMMARY).is_file():
        if "sets" in settings["compare"] or (folder / "parameter_sets.csv").is_file():
            raise Unusable(FIELD, place, "{} varies parameters: replay a comparison that does not")
        strategies, shortages = (tuple(settings[key]) for key in ("strategies", "shortages"))
        return Folder(place, strategies, shortages, int(settings["compare"]["replications"]), settings)
    if (folder / INDICATORS).is_file():
        name = settings.get("strategy", {}).get("name", "")
        return Folder(place, (name,), (settings.get("shortage_name", "none"),), 1, settings)
    raise Unusable(FIELD, place, "{} is no result of compare or run, of which there are replays")


def check_same(kept: Kept, indicators: Mapping[str, float | None], place: str) -> None:
    """Refuse a run that was done again and is not the one that was kept.

    Raises
    ------
    BadInput
        With the first indicator that differs.
    """
    for name, old in kept.indicators.items():
        new = indicators.get(name)
        if _number(old) != _number(new):
            words = f"{{}} was made by other code or other files: run again, {name} is {new} and not {old}"
            raise Unusable(FIELD, place, words)


def _number(value: float | None) -> float | None:
    """Return what a table of results keeps of a number."""
    return float(value) if value is not None and math.isfinite(value) else None


def chosen(field: str, wanted: str, known: Sequence[str], place: str) -> str:
    """Return a name that a folder has.

    Raises
    ------
    BadInput
        Where it has none of that name.
    """
    if wanted not in known:
        raise BadInput(field, wanted, f"one of those of {place}: {', '.join(known)}")
    return wanted
