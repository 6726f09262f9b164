"""A run that is kept for a replay: its tables, with the tracks of its units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.replay.branching import Branch
    from sim.city.city import City
    from sim.outcomes.results import Results
    from sim.scenario import Scenario


@dataclass(frozen=True)
class Recording:
    """One run, as a replay shows it.

    Attributes
    ----------
    strategy, shortage : str
        As a comparison calls them.
    replication : int
        From 0; two runs of one replication are shown side by side.
    scenario : Scenario
        What was run.
    city : City
        Where.
    results : Results
        Indicators, and tables with `tracks` and `watches`.
    branch : Branch, optional
        What was ordered otherwise in the midst of it; the scenario has it.
    command : str
        What runs another future of it, with `{minute}` for the moment; empty: no command does.
    """

    strategy: str
    shortage: str
    replication: int
    scenario: Scenario
    city: City
    results: Results
    branch: Branch | None = None
    command: str = ""

    @property
    def name(self) -> tuple[str, str, bool]:
        """Of what runs of other replications are the same: strategy, shortage, and whether it is a branch."""
        return self.strategy, self.shortage, self.branch is not None


def record(
    scenario: Scenario, strategy: str, shortage: str, replication: int = 0, branch: Branch | None = None,
    command: str = "",
) -> Recording:  # fmt: skip
    """Run a scenario and keep where everybody was.

    Parameters
    ----------
    scenario : Scenario
        What to run, or what goes on otherwise.
    strategy, shortage, replication, branch, command
        See `Recording`.
    """
    from experiments.runs.simulation import run_through
    from sim.model import CityModel

    scenario = scenario if branch is None else branch.of(scenario)
    model = CityModel(scenario)
    model.keep_tracks()
    return Recording(strategy, shortage, replication, scenario, model.city, run_through(model), branch, command)
