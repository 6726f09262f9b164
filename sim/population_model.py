"""A Mesa model whose people are rows of tables, with the habits that Mesa users know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from weakref import finalize

from sim.arrays import Array
from sim.columns import Column
from sim.kernels import forget_arguments
from sim.mesa_core import Agent, AgentSet, Model
from sim.population import Population
from sim.row_agent import RowAgent

if TYPE_CHECKING:
    from mesa import DataCollector


class PopulationModel(Model):  # type: ignore[misc]  # mesa has no types
    """A Mesa model of populations, to which a user may add ordinary agents and a data collector.

    Subclasses call `populate` for each of their tables in `_populate_all`, and say in `_advance` what happens in some
    ticks.

    Parameters
    ----------
    seed : int
        Of `random` and `rng`, which no process of the model uses.

    Attributes
    ----------
    datacollector : mesa.DataCollector or None
        Collects once a step when set.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(rng=seed)
        finalize(self, forget_arguments).atexit = False
        self._begun_with = seed
        del self.step, self._user_step  # Mesa's wrappers around step(): a circle that would keep a finished model alive
        self.datacollector: DataCollector | None = None
        self._populations: dict[type[Agent], AgentSet] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Return all that a run is made of but its populations, which are views of its tables, and a user's agents."""
        mesas = vars(PopulationModel(self._begun_with)).keys() - {"running", "steps", "_begun_with"}
        return {name: value for name, value in vars(self).items() if name not in mesas}

    def __setstate__(self, state: dict[str, Any]) -> None:
        PopulationModel.__init__(self, state["_begun_with"])
        self.__dict__.update(state)
        self._populate_all()

    def _populate_all(self) -> None:
        """Make the tables of the model populations."""
        raise NotImplementedError

    def populate(self, kind: type[RowAgent], rows: Array, schema: Sequence[Column]) -> None:
        """Make a table a population of agents of a type."""
        self._populations[kind] = Population(self, kind, rows, schema)

    @property
    def agents_by_type(self) -> dict[type[Agent], AgentSet]:
        """Agents by type: the populations of the model and the agents that a user added."""
        return {**self._populations, **super().agents_by_type}

    @property
    def agent_types(self) -> list[type[Agent]]:
        """The types of `agents_by_type`, for data collectors."""
        return list(self.agents_by_type)

    def register_agent(self, agent: Agent) -> None:
        """Register an agent that a user added, and number it from 1 in this model."""
        super().register_agent(agent)
        if hasattr(Agent, "_ids"):  # Mesa 3.3 counts agents in a table that would keep this model alive for ever
            Agent._ids.pop(self, None)
            agent.unique_id = self._next_unique_id = getattr(self, "_next_unique_id", 0) + 1

    def step(self) -> None:
        """Run one tick, then the agents that a user added, then the data collector."""
        self.steps += 1
        self._advance(1)
        if len(self.agents):
            self.agents.do("step")
        if self.datacollector is not None:
            self.datacollector.collect(self)

    def run_ticks(self, n: int) -> None:
        """Run n ticks: the same as this many steps, but faster where no user added anything."""
        if len(self.agents) or self.datacollector is not None:
            for _ in range(n):
                self.step()
            return
        self._advance(n)
        self.steps += n

    def _advance(self, n: int) -> None:
        """Run n ticks of the model itself."""
        raise NotImplementedError
