"""A run that is kept for a replay: its tables, with the tracks of its units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

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
    """

    strategy: str
    shortage: str
    replication: int
    scenario: Scenario
    city: City
    results: Results

    @property
    def name(self) -> tuple[str, str]:
        """Of what runs of other replications are the same: strategy and shortage."""
        return self.strategy, self.shortage


def record(
    scenario: Scenario, strategy: str, shortage: str, replication: int = 0, done: Callable[[], None] = lambda: None
) -> Recording:
    """Run a scenario and keep where everybody was.

    Parameters
    ----------
    scenario : Scenario
        What to run.
    strategy, shortage, replication
        See `Recording`.
    done : callable
        Called after each day.
    """
    from experiments.runs.simulation import run_through
    from sim.model import CityModel

    model = CityModel(scenario)
    model.keep_tracks()
    return Recording(strategy, shortage, replication, scenario, model.city, run_through(model, done))
