"""The conformance check of patterns: a number or None, the same twice, also where nothing has happened."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from experiments.patterns.pattern import Experiment, Pattern
from experiments.patterns.portrait import Portrait, portray
from experiments.patterns.published import PUBLISHED, fault_of, published
from sim.authors import OutsideWatch, code_of
from sim.check import EVENTFUL, FORCE, MANY, TOWN
from sim.parameters import BadInput
from sim.strategies.check import global_chance

DAYS = 5


def check_pattern(kind: type[Pattern]) -> None:
    """Try a pattern on the portrait of a small town where much happens, and on one where nothing has happened.

    Parameters
    ----------
    kind : type
        A class that derives from `Pattern`.

    Raises
    ------
    AssertionError
        If it does not conform; it says what its author should change.
    AuthorError
        If it fails.
    """
    if not (isinstance(kind, type) and issubclass(kind, Pattern)):
        raise AssertionError(f"{kind!r} is no pattern: derive a class from Pattern, and give the class")
    if not isinstance(kind.name, str) or not kind.name.isidentifier():
        raise AssertionError(f"class {kind.__name__} has no name of letters and underscores: write name = '…'")
    if fault := fault_of(kind):
        raise AssertionError(f"pattern {kind.name!r}: {fault}")
    if issubclass(kind, Experiment):
        return  # its runs are its own
    study, chance, watch = next(iter(kind.bands)), global_chance(), OutsideWatch(kind)
    with watch:
        values = [_values(kind, _portrait(True), study) for _ in range(2)]
    if values[0] != values[1] or global_chance() != chance:
        raise AssertionError(f"pattern {kind.name!r}: it gives {values[0]} and {values[1]} for one run; draw nothing")
    if watch.seen:
        raise AssertionError(f"pattern {kind.name!r}: it asks {watch.seen}; let it follow from the portrait alone")
    for value in (*values[0], *_values(kind, _portrait(False), study)):
        if value is not None and (isinstance(value, bool) or not math.isfinite(value)):
            raise AssertionError(f"pattern {kind.name!r}: it gives {value!r}; return a finite number, or None")


def try_patterns() -> None:
    """Try the patterns of the user's own before anything is run.

    Raises
    ------
    BadInput
        For the first that breaks a promise.
    AuthorError
        For the first that fails.
    """
    for it in published():
        if type(it) not in PUBLISHED:
            try:
                check_pattern(type(it))
            except AssertionError as error:
                said = str(error).removeprefix(f"pattern {it.name!r}: ")
                raise BadInput("pattern", it.name, f"{said} (beatlab.check_pattern tries it)") from None


def _values(kind: type[Pattern], portrait: Portrait, study: str) -> list[float | None]:
    from experiments.patterns.studies import STUDIES

    with code_of(f"pattern {kind.name!r}", DAYS):
        return kind().values({one: [portrait] for one in STUDIES}, study)


@cache
def _portrait(eventful: bool) -> Portrait:
    """Return the portrait of a few days in which much happens, or of one in which next to nothing can."""
    much: dict[str, Any] = {"demand": EVENTFUL, "people": MANY, "days": DAYS} if eventful else {"days": 1}
    scenario = {"city": TOWN, "force": FORCE, "warmup_days": 0, **much}
    if not eventful:
        scenario["city"] = TOWN.model_copy(update={"residents": 200})
    return portray({"scenario": scenario, "knox": True})
