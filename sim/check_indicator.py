"""The conformance check of indicators: a number or None, the same twice, also where nothing has happened."""

from __future__ import annotations

from functools import cache
from typing import Any

from sim.authors import OutsideWatch, code_of
from sim.check import EVENTFUL, FORCE, MANY, TOWN
from sim.model import CityModel
from sim.outcomes.own_indicators import Indicator, measured, own_indicators
from sim.outcomes.results import Results
from sim.parameters import BadInput
from sim.scenario import Scenario
from sim.strategies.check import global_chance

DAYS = 5


def check_indicator(indicator: str | type[Indicator]) -> None:
    """Try an indicator on some days of a small town where much happens, and say what its author should change.

    It must give a finite number, or None, the same each time, whatever the clock says; it may not change the tables,
    and must cope with tables that have no rows.

    Parameters
    ----------
    indicator : str or type
        A registered name, or a class that derives from `Indicator`.

    Raises
    ------
    AssertionError
        If it does not conform.
    BadInput
        If the name is not registered or is taken, or what it gives is no number.
    AuthorError
        If it fails.
    """
    kind = own_class(indicator) if isinstance(indicator, str) else indicator
    if not (isinstance(kind, type) and issubclass(kind, Indicator)):
        raise AssertionError(f"{kind!r} is no indicator: derive a class from Indicator, and give the class")
    if not isinstance(kind.name, str) or not kind.name.isidentifier():
        raise AssertionError(f"class {kind.__name__} has no name of letters and underscores: write name = '…'")
    if not kind.unit:
        raise AssertionError(
            f"indicator {kind.name!r}: it has no unit; write unit = '…', such as 'min' or '% of calls'"
        )
    results, chance, watch = _results(), global_chance(), OutsideWatch(kind)
    with watch:
        values = [measured(kind, results, DAYS) for _ in range(2)]
    if values[0] != values[1] or global_chance() != chance:
        raise AssertionError(f"indicator {kind.name!r}: it gives {values[0]} and {values[1]} for one run; draw nothing")
    if watch.seen:
        raise AssertionError(f"indicator {kind.name!r}: it asks {watch.seen}; let it follow from results alone")
    with code_of(f"indicator {kind.name!r}, where nothing has happened,", DAYS):
        kind().measure(_without_rows(results))


def own_class(name: str) -> type[Indicator]:
    """Return the indicator of your own of a name.

    Raises
    ------
    BadInput
        If none has it.
    """
    if name not in own_indicators():
        raise BadInput("indicator", name, f"one that is registered: {', '.join(own_indicators()) or 'there is none'}")
    return own_indicators()[name]


@cache
def _results() -> Results:
    """Return the results of a few days."""
    model = CityModel(Scenario(city=TOWN, force=FORCE, demand=EVENTFUL, people=MANY, days=DAYS, warmup_days=0))
    model.run()
    return model.results_of_model()


def _without_rows(results: Results) -> Results:
    tables: dict[str, Any] = {
        name: {column: values[:0] for column, values in columns.items()} for name, columns in results.tables.items()
    }
    return Results(dict(results.indicators), tables)
