"""Columns of agents that behave as a Mesa AgentSet.

The state of a population is one numpy structured array, its *table*: a row per agent, a field a column, made from a
documented schema. Kernels take the table as one argument and write `units[i].status`. `Population` gives the same table
the habits of `mesa.agent.AgentSet` without an object per agent, and a `RowAgent` is a light view of one row, made when
somebody asks for one.
"""

from __future__ import annotations

import itertools
import math
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn, Self

import numpy as np

from sim.arrays import Array
from sim.columns import Column, Columns, fitting, objects, plain_array
from sim.mesa_core import AgentSet, GroupBy
from sim.row_agent import OWNED, RowAgent, alive

_VECTORISED: dict[Any, Callable[[Array], Any]] = {sum: np.sum, min: np.min, max: np.max, any: np.any, all: np.all}


class PopulationGroups(GroupBy):  # type: ignore[misc]  # mesa has no types
    """Groups of a population, aggregated by column."""

    def agg(self, attr_name: str, func: Callable[..., Any]) -> dict[Any, Any]:
        """Return, for each group, `func` of the column `attr_name`."""
        if all(isinstance(group, Population) for group in self.groups.values()):
            return {key: group.agg(attr_name, func) for key, group in self.groups.items()}
        return dict(super().agg(attr_name, func))


class Population(AgentSet):  # type: ignore[misc]  # mesa has no types
    """All rows of a table, or a selection in an order, with the habits of `mesa.agent.AgentSet`.

    Parameters
    ----------
    model : mesa.Model
        The owner, kept by a weak reference.
    agent_class : type
        The `RowAgent` that a view is made of.
    rows_table : Array
        The table, shape [rows].
    schema : sequence of Column
        What the table was made from.
    rows : Array, optional
        Rows of a selection, without repetition, in order; all when absent.

    Raises
    ------
    ValueError
        If schema and table disagree, a column hides an attribute of `agent_class`, or rows repeat or do not exist.
    """

    def __init__(
        self, model: Any, agent_class: type[RowAgent], rows_table: Array, schema: Sequence[Column], rows: Any = None
    ) -> None:
        if tuple(column.name for column in schema) != (rows_table.dtype.names or ()):
            raise ValueError(f"the schema of {agent_class.__name__} and its table have different columns")
        hidden = [column.name for column in schema if hasattr(agent_class, column.name)]
        if hidden:
            raise ValueError(f"columns {hidden} would be hidden by attributes of {agent_class.__name__}")
        if rows is not None:
            rows = np.asarray(rows, dtype=np.int64)
            if len(np.unique(rows)) != len(rows) or (
                len(rows) and not (rows.min() >= 0 and rows.max() < len(rows_table))
            ):
                raise ValueError(f"rows must be distinct and lie in 0 … {len(rows_table) - 1}")
        self.agent_class, self.schema, self.random = agent_class, tuple(schema), model.random
        self._model, self._table, self._rows = weakref.ref(model), rows_table, rows

    def _with(self, rows: Array | None, inplace: bool = False) -> Self:
        chosen = self if inplace else object.__new__(type(self))
        chosen.__dict__.update(self.__dict__, _rows=rows)
        return chosen

    @property
    def model(self) -> Any:
        """The owner, or `ReferenceError` once it is gone."""
        return alive(self._model)

    @property
    def rows(self) -> Array:
        """Row numbers in order, shape [len(self)]."""
        return np.arange(len(self._table)) if self._rows is None else self._rows

    @property
    def columns(self) -> Columns:
        """Columns by name; see `Columns`."""
        return Columns(self._table, self._rows)

    def __len__(self) -> int:
        return len(self._table) if self._rows is None else len(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return (
            self.agent_class(self._model, self._table, row)
            for row in (range(len(self._table)) if self._rows is None else self._rows)
        )

    def __contains__(self, agent: object) -> bool:
        return (
            isinstance(agent, RowAgent)
            and agent._table is self._table
            and (self._rows is None or bool(np.any(self._rows == agent._row)))
        )

    def __getitem__(self, item: Any) -> Any:
        """Return the view at a place, or a list of views for a slice, as Mesa does."""
        chosen = range(len(self._table))[item] if self._rows is None else self._rows[item]
        if isinstance(item, slice):
            return [self.agent_class(self._model, self._table, row) for row in chosen]
        return self.agent_class(self._model, self._table, chosen)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Population):
            return self._table is other._table and np.array_equal(np.sort(self.rows), np.sort(other.rows))
        return bool(super().__eq__(other))

    __hash__ = None  # type: ignore[assignment]  # as AgentSet: equal by content

    def __and__(self, other: Any) -> Self:
        return self._with(self.rows[self._among(other)])

    def __sub__(self, other: Any) -> Self:
        return self._with(self.rows[~self._among(other)])

    def __or__(self, other: Any) -> Self:
        self._among(other)
        return self._with(np.concatenate([self.rows, (other - self).rows]))

    def _among(self, other: Any) -> Array:
        if not isinstance(other, Population) or other._table is not self._table:
            raise TypeError("only two selections of one population can be combined")
        return np.isin(self.rows, other.rows)

    def __repr__(self) -> str:
        return f"Population of {len(self)} {self.agent_class.__name__}: " + ", ".join(
            f"{column.name} [{column.unit}]" for column in self.schema
        )

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_model": self.model}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _model=weakref.ref(state["_model"]))

    def select(
        self, filter_func: Callable[[Any], bool] | None = None, at_most: float = math.inf, inplace: bool = False,
        agent_type: type | None = None, *, where: Array | Callable[[Columns], Array] | None = None,
    ) -> Self:  # fmt: skip
        """Return the agents that pass, in order.

        Parameters
        ----------
        filter_func : callable, optional
            Predicate of one view, as in Mesa; makes a view for each agent that passed `where`.
        at_most : float
            At most this many; a float up to 1 is a share of this set, rounded down.
        inplace : bool
            Narrow this set itself.
        agent_type : type, optional
            Only agents of this type.
        where : boolean array, or callable of the columns that returns one
            The fast way, shape [len(self)]: `where=lambda units: units["status"] == FREE`.

        Raises
        ------
        ValueError
            If `where` is not a boolean array of this length.
        """
        if where is None and filter_func is None and agent_type is None and at_most == math.inf:
            return self._with(self._rows, inplace)
        share = isinstance(at_most, float) and at_most <= 1.0
        most = max(0, math.floor(len(self) * at_most) if share else math.ceil(min(at_most, len(self))))
        rows = self.rows
        if where is not None:
            mask = np.asarray(where(self.columns) if callable(where) else where)
            if mask.dtype != np.bool_ or mask.shape != rows.shape:
                raise ValueError(
                    f"where must be a boolean array of shape {rows.shape}, not {mask.dtype} of shape {mask.shape}"
                )
            rows = rows[mask]
        if agent_type is not None and not issubclass(self.agent_class, agent_type):
            rows = rows[:0]
        if filter_func is not None:
            passing = (row for row in rows if filter_func(self.agent_class(self._model, self._table, row)))
            rows = np.fromiter(itertools.islice(passing, most), dtype=np.int64)
        return self._with(rows[:most], inplace)

    def get(self, attr_names: str | list[str], handle_missing: str = "error", default_value: Any = None) -> Array:
        """Return a copy of one column, shape [n], or of several, shape [n, several], in their common type.

        It is Mesa's `get`, with arrays in place of lists.

        A property of the agent class is read from views. A column without a common type with the others gives an array
        of objects.

        Raises
        ------
        AttributeError
            If there is no such column or property and `handle_missing` is "error".
        ValueError
            If `handle_missing` is neither "error" nor "default".
        """
        if handle_missing not in ("error", "default"):
            raise ValueError(f"Unknown handle_missing option: {handle_missing}, should be one of 'error' or 'default'")
        if not isinstance(attr_names, str):
            several = [self.get(name, handle_missing, default_value) for name in attr_names]
            if not all(values.ndim == 1 and values.dtype.kind in "biuf" for values in several):
                several = [objects(values) for values in several]
            return np.stack(several, axis=1) if several else np.empty((len(self), 0))
        if attr_names in (self._table.dtype.names or ()):
            return np.array(self.columns[attr_names])
        if isinstance(getattr(self.agent_class, attr_names, None), property):
            return plain_array([getattr(agent, attr_names) for agent in self])
        if handle_missing == "default":
            return plain_array([default_value] * len(self))
        raise AttributeError(
            f"{self.agent_class.__name__} has no column {attr_names!r}; its columns: {', '.join(self.columns)}"
        )

    def set(self, attr_name: str, value: Any) -> Self:
        """Write one value for all, or an array of one value an agent in the order of this set.

        Raises
        ------
        AttributeError
            If there is no such column.
        ValueError
            If the value does not fit the column's type or the length of this set.
        """
        if attr_name not in (self._table.dtype.names or ()):
            raise AttributeError(
                f"{self.agent_class.__name__} has no column {attr_name!r} to write; its columns: "
                f"{', '.join(self.columns)}"
            )
        self._table[attr_name][slice(None) if self._rows is None else self._rows] = fitting(
            value, self._table.dtype[attr_name], attr_name
        )
        return self

    def agg(self, attribute: str, func: Any) -> Any:
        """Return `func` of the values of an attribute, or a list for several functions.

        Python's sum, min, max run as numpy's.
        """
        values = self.get(attribute)
        return (
            _VECTORISED.get(func, func)(values)
            if callable(func)
            else [_VECTORISED.get(one, one)(values) for one in func]
        )

    def groupby(self, by: str | Callable[[Any], Any], result_type: str = "agentset") -> PopulationGroups:
        """Return groups by a column, a property or a function of a view, in the order of first appearance.

        `result_type` "agentset" gives populations, "list" lists of views.
        """
        keys = self._keys(by)
        groups: dict[Any, Array]
        if keys.dtype == object:
            places: dict[Any, list[int]] = {}
            for place, key in enumerate(keys):
                places.setdefault(key, []).append(place)
            groups = {key: self.rows[members] for key, members in places.items()}
        else:
            values, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
            parts = np.split(
                self.rows[np.argsort(inverse, kind="stable")],
                np.cumsum(np.bincount(inverse, minlength=len(values)))[:-1],
            )
            groups = {values[i].item(): parts[i] for i in np.argsort(first)}
        sets = {key: self._with(members) for key, members in groups.items()}
        return PopulationGroups(
            sets if result_type == "agentset" else {key: list(members) for key, members in sets.items()}
        )

    def _keys(self, by: str | Callable[[Any], Any]) -> Array:
        keys = plain_array([by(agent) for agent in self]) if callable(by) else self.get(by)
        return keys if keys.ndim == 1 else objects(map(tuple, keys.tolist()))

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Call a method by name, or a function of a view, for each agent in order; return the results."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method by name, or a function of a view, for each agent in order; return this set."""
        self.map(method, *args, **kwargs)
        return self

    def shuffle(self, inplace: bool = False) -> Self:
        """Return these agents in random order, reproducible by the model's `random`, which no process of it uses."""
        return self._with(np.random.default_rng(self.random.getrandbits(128)).permutation(self.rows), inplace)

    def shuffle_do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call as `do`, in random order; return this set."""
        self.shuffle().map(method, *args, **kwargs)
        return self

    def sort(self, key: str | Callable[[Any], Any], ascending: bool = False, inplace: bool = False) -> Self:
        """Return these agents by a column, a property or a function of a view.

        Descending by default and stable, as in Mesa.
        """
        keys = self._keys(key)
        order = (
            np.argsort(keys, kind="stable")
            if ascending
            else len(keys) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
        )
        return self._with(self.rows[order], inplace)

    def add(self, agent: object) -> NoReturn:
        """Refuse: the rows belong to the model."""
        raise TypeError(f"{agent!r}: {OWNED}")

    discard = add
    remove = add
