"""The protocol of an indicator of your own: one number more, worked out from the results of a run."""

from __future__ import annotations

import numbers
from functools import cache
from math import isfinite, isnan
from typing import Any, ClassVar

import numpy as np

from sim.authors import code_of
from sim.outcomes.results import Results
from sim.parameters import BadInput
from sim.registry import Registry, found

COLUMNS = ("shortage", "strategy", "replication", "seed")  # of the table that the indicators are columns of


class Indicator:
    """Base of every indicator of your own: a class with a `name`, what tables say of it, and `measure`.

    It is worked out at the end of every run, beside the indicators that the model has.

    Attributes
    ----------
    name : str
        Its column in `summary.parquet`, its key in `indicators.json`.
    label : str
        What tables call it; empty: its name in words.
    unit : str
        Its unit, such as `% of calls`.
    good : int
        +1: more is better, -1: less is better, 0: neither.
    """

    name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    unit: ClassVar[str] = ""
    good: ClassVar[int] = 0

    def measure(self, results: Results) -> float | None:  # noqa: ARG002 (for those who derive)
        """Return the number of a run; None where there is nothing to measure.

        Parameters
        ----------
        results : Results
            `tables`: name → column → numpy array, absent values masked, which can only be read; `indicators`: name →
            number, those of the model.
        """
        raise TypeError(f"indicator {self.name!r} does not say what it measures: write measure()")


@cache
def registry() -> Registry:
    """Return the indicators that were found, what could not be loaded, and which names are taken twice."""
    return found(Indicator, "sim.outcomes", "beatlab.indicators")


def own_indicators() -> dict[str, type[Indicator]]:
    """Return the indicators of your own by name: the registered ones, then entry points `beatlab.indicators`.

    All of them are measured, so one that cannot be loaded is not passed over.

    Raises
    ------
    BadInput
        If one cannot be loaded, or two have the same name.
    """
    kinds, twice, broken = registry()
    for name, owners in twice.items():
        raise BadInput("indicator", name, f"a name that one class has; {' and '.join(owners)} both have it: rename one")
    for name, why in broken.items():
        raise BadInput("indicator", name, f"one that can be loaded: {why}; mend it, or uninstall its package")
    return kinds


def with_own(results: Results, day: int) -> Results:
    """Return results with the indicators of your own among the others.

    Parameters
    ----------
    results : Results
        Those of the model.
    day : int
        Day of the run on which they are read, for a message.

    Raises
    ------
    BadInput
        If one has the name of an indicator of the model, or measures what is no number.
    AuthorError
        If one fails.
    """
    own = {name: measured(kind, results, day) for name, kind in own_indicators().items()}
    return Results({**results.indicators, **own}, results.tables) if own else results


def measured(kind: type[Indicator], results: Results, day: int) -> float | None:
    """Return the number that an indicator of your own gives for results; see `with_own`."""
    if kind.name in results.indicators or kind.name in COLUMNS:
        raise BadInput("indicator", kind.name, "a name that the model does not use itself; choose another")
    with code_of(f"indicator {kind.name!r}", day):
        value = kind().measure(_read_only(results))
    return _number(kind.name, value)


def _read_only(results: Results) -> Results:
    """Return results whose arrays cannot be written, so that no indicator changes what the next one reads."""
    tables = {
        name: {column: _locked(values) for column, values in columns.items()}
        for name, columns in results.tables.items()
    }
    return Results(dict(results.indicators), tables)


def _locked(values: Any) -> Any:
    view = values.view()
    view.flags.writeable = False
    return view


def _number(name: str, value: Any) -> float | None:
    """Return what was measured as a number; nothing, masked and not-a-number are None."""
    if value is None or value is np.ma.masked:
        return None
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        number = float(value)
        if isnan(number):
            return None
        if isfinite(number):
            return number
    allowed = f"an indicator whose measure() returns a finite number, or None; it returned {value!r:.80}"
    raise BadInput("indicator", name, allowed)
