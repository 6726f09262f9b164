"""One row of a population as a Mesa agent: a light view, made when somebody asks for one."""

from __future__ import annotations

import weakref
from typing import Any, NoReturn

from sim.arrays import Array
from sim.columns import fitting
from sim.mesa_core import Agent

OWNED = "the rows of a population belong to its model and are neither added nor removed; use select() for a part of it"


class RowAgent(Agent):  # type: ignore[misc]  # mesa has no types
    """A light view of one row: reads and writes go to the table.

    It is never registered in the model, so it keeps nothing alive.

    Subclasses name a kind of agent and may add properties and methods. `unique_id` is the row, from 0, unique within
    the population.
    """

    __slots__ = ("_model", "_row", "_table")

    def __init__(self, model: weakref.ref[Any], rows: Array, row: int) -> None:
        # not by Agent.__init__, which would register this view and count it for ever
        object.__setattr__(self, "_model", model)
        object.__setattr__(self, "_table", rows)
        object.__setattr__(self, "_row", int(row))

    @property
    def model(self) -> Any:
        """The model, or `ReferenceError` once it is gone: a view does not keep it alive."""
        return alive(self._model)

    @property
    def unique_id(self) -> int:
        """The row of this agent in its table."""
        return int(self._row)

    def __getattr__(self, name: str) -> Any:
        names = self._table.dtype.names
        if name not in names:
            raise AttributeError(f"{type(self).__name__} has no column {name!r}; its columns: {', '.join(names)}")
        return self._table[name][self._row]

    def __setattr__(self, name: str, value: Any) -> None:
        names = self._table.dtype.names
        if name in names:
            self._table[name][self._row] = fitting(value, self._table.dtype[name], name)
        elif isinstance(getattr(type(self), name, None), property):
            object.__setattr__(self, name, value)
        else:
            raise AttributeError(
                f"{type(self).__name__} has no column {name!r} to write; its columns: {', '.join(names)}"
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowAgent) and self._table is other._table and self._row == other._row

    def __hash__(self) -> int:
        return hash((id(self._table), self._row))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._table.dtype.names})

    def __repr__(self) -> str:
        return f"{type(self).__name__} {self._row}: " + ", ".join(
            f"{name}={self._table[name][self._row]}" for name in self._table.dtype.names
        )

    def __reduce__(self) -> NoReturn:
        raise TypeError("a view of a row cannot be copied or pickled; keep its unique_id, or the population")

    def remove(self) -> NoReturn:
        """Refuse: see `Population`."""
        raise TypeError(OWNED)


def alive(reference: weakref.ref[Any]) -> Any:
    """Return a model that is kept by a weak reference.

    Raises
    ------
    ReferenceError
        If it is gone.
    """
    model = reference()
    if model is None:
        raise ReferenceError("the model of this population is gone; keep a reference to it")
    return model
