"""How a parameter is declared (unit, bounds, source) and how a wrong value is reported."""

from __future__ import annotations

import math
import unicodedata
from functools import cache
from typing import Any, TypeVar, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

CHOSEN = "set by the user; no default claim"  # the source of what only the user can know
LONGEST_SHOWN = 300  # characters of one value in a message
_SPACES = ("Zs",)  # such as the wide space between Chinese words
_MINUTES = {"min": 1, "hours": 60, "days": 1440}
R = TypeVar("R", bound=tuple[Any, ...])


def printable(text: str) -> str:
    """Return a text that came from a user or a file as a terminal may show it.

    Control characters written out, no surrogates.
    """
    return "".join(
        c if c.isprintable() or unicodedata.category(c) in _SPACES else c.encode("unicode_escape").decode()
        for c in text
    )


def _shown(value: object) -> str:
    """Return a value for a message, with an ellipsis where it is long."""
    try:
        text = repr(value)
    except Exception as error:  # an object of another's, or a number of thousands of digits
        text = f"{type(value).__name__} that cannot be shown ({error})"
    return printable(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…")


class BadInput(ValueError):
    """A value that a user gave and that cannot be used.

    Parameters
    ----------
    field : str
        Dotted name of the field, a file, or a column.
    value : object
        What was given.
    allowed : str
        What is allowed, and what to do.
    """

    def __init__(self, field: str, value: object, allowed: str) -> None:
        self.field, self.value, self.allowed = field, value, allowed
        super().__init__(f"{printable(field)}: {self._complaint()}")

    def _complaint(self) -> str:
        return f"{_shown(self.value)} is not allowed: {printable(self.allowed)}"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.field, self.value, self.allowed))


class Unusable(BadInput):
    """A value that is well-formed but cannot be used as things are: a missing file, a name that is taken.

    Parameters
    ----------
    field, value : str, object
        As of `BadInput`.
    problem : str
        The sentence that says what is wrong and how to mend it; `{}` in it stands for the value.
    """

    def __init__(self, field: str, value: object, problem: str) -> None:
        self.problem = problem
        super().__init__(field, value, problem.replace("{}", _shown(value), 1))

    def _complaint(self) -> str:
        return printable(self.allowed)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.field, self.value, self.problem))


class AuthorError(RuntimeError):
    """A strategy, programme or indicator of somebody's own has failed.

    Python prints its one line, and below it the traceback of the author's code, without ours.

    Parameters
    ----------
    what : str
        Which one, such as `strategy 'mine'`.
    day : int or None
        The day on which it failed; None: before the first.
    said : str
        How it failed.
    traceback_text : str
        Where it failed, as Python tells it.
    where : str
        In which run of several, such as `in the trial before the first run`; empty: there is one.
    """

    def __init__(self, what: str, day: int | None, said: str, traceback_text: str, where: str = "") -> None:
        self.what, self.day, self.said, self.traceback_text, self.where = what, day, said, traceback_text, where
        when = f" on day {day}" if day is not None else "" if where else " before the first day"
        super().__init__(f"{what} failed{when}{f' {where}' if where else ''}: {said}")
        self.add_note(traceback_text.rstrip())

    def at(self, where: str) -> AuthorError:
        """Return the same error, which says in which run it was."""
        return AuthorError(self.what, self.day, self.said, self.traceback_text, where)

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.what, self.day, self.said, self.traceback_text, self.where))


class Parameters(BaseModel):
    """Base of every parameter class.

    Frozen, no unknown fields, no infinities, and no number that is written as a text or a truth value.

    A part that is given as a dict is completed from the default of its place, so that `{"burglary": {"rate_per_1000":
    5}}` changes the rate of burglary and nothing else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        parts = {
            name: field.default for name, field in cls.model_fields.items() if isinstance(field.default, Parameters)
        }
        return {
            name: {**dict(parts[name]), **value} if name in parts and isinstance(value, dict) else value
            for name, value in given.items()
        }

    @field_validator("*", mode="before")
    @classmethod
    def _of_its_kind(cls, given: Any, info: ValidationInfo) -> Any:
        """Refuse `true` and `' 5 '` for a number, and 1 or `'yes'` for a truth value, which pydantic would convert."""
        _check_kind(given, _kinds_of(cls, str(info.field_name)))
        return given


@cache
def _kinds_of(owner: type[Parameters], name: str) -> frozenset[type]:
    """Return the plain types that a parameter may be made of, with the parts of tuples and the values of a choice."""
    waiting, kinds = [owner.model_fields[name].annotation], set()
    while waiting:
        annotation = waiting.pop()
        waiting += get_args(annotation)
        kinds.add(annotation if isinstance(annotation, type) else type(annotation))
    return frozenset(kinds)


def _check_kind(given: Any, kinds: frozenset[type]) -> None:
    if isinstance(given, list | tuple):
        for part in given:
            _check_kind(part, kinds)
    elif isinstance(given, bool):
        if bool not in kinds and kinds & {int, float}:
            raise ValueError(f"should be a valid {'number' if float in kinds else 'integer'}, not a truth value")
    elif isinstance(given, str):
        if str not in kinds and kinds & {int, float, bool}:
            raise ValueError(
                "should be a valid "
                f"{'number' if float in kinds else 'integer' if int in kinds else 'boolean, true or false'}, not a "
                "text"
            )
    elif isinstance(given, int | float) and bool in kinds and not kinds & {int, float}:
        raise ValueError("should be true or false")


def parameter(default: Any, *, unit: str, source: str, doc: str, **bounds: Any) -> Any:
    """Declare one parameter.

    Parameters
    ----------
    default : Any
        Its default value.
    unit : str
        Its unit, `1` for a pure number.
    source : str
        Where the value is from, or the word `assumption` with its reason.
    doc : str
        What it means.
    **bounds
        `ge`, `gt`, `le`, `lt`, `min_length`, `max_length` as in pydantic.
    """
    return Field(default, description=doc, json_schema_extra={"unit": unit, "source": source}, **bounds)


def rule_of(kind: type[R], *declared: Parameters, **derived: Any) -> R:
    """Return the parameters of a behaviour as the named tuple that its kernels take.

    Each field is one of `derived`, or follows from the parameter of its name: a number as it is, a tuple of numbers as
    an array. Kernels count in minutes, so that a field `pair_min` may also follow from `pair_hours` or `pair_days`.

    Parameters
    ----------
    kind : type
        A `NamedTuple`, which says what its kernels need, in which unit and shape.
    *declared : Parameters
        Where the parameters are declared.
    **derived : Any
        Fields that no parameter has by its name: other units, and what follows from several parameters or from the
        city.

    Raises
    ------
    TypeError
        If a field follows from nothing or from two parameters, or is no number, or something derived is no field.
    """
    fields: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]  # every NamedTuple has them
    return kind(**{**{name: _field(kind, name, declared) for name in fields if name not in derived}, **derived})


def _field(kind: type, name: str, declared: tuple[Parameters, ...]) -> Any:
    """Return the value of a field of a rule that is named after a parameter."""
    stem = name.removesuffix("min")
    factors = {f"{stem}{unit}": factor for unit, factor in _MINUTES.items()} if stem.endswith("_") else {name: 1}
    found = [
        (getattr(part, other), factor)
        for part in declared
        for other, factor in factors.items()
        if other in type(part).model_fields
    ]
    if len(found) != 1:
        raise TypeError(f"{kind.__name__}.{name} follows from {len(found)} parameters: {' or '.join(factors)}")
    value, factor = found[0]
    if isinstance(value, tuple):
        value = np.array(value)
    if not isinstance(value, int | float | np.ndarray):
        raise TypeError(f"{kind.__name__}.{name}: {value!r} is no number; derive one")
    return value if factor == 1 else factor * value


def decay_min(half_life_min: float) -> float:
    """Return the decay time of an exponential with a half-life, which is the half-life / log 2."""
    return half_life_min / math.log(2)


def check_declared(kind: type[Parameters], where: str) -> None:
    """Check that every parameter of a class says its unit, its meaning and its source, and every number its bounds.

    Raises
    ------
    AssertionError
        If one does not.
    """
    for name, info in kind.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Parameters):
            check_declared(info.annotation, f"{where}.{name}")
            continue
        said = {**(info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}), "doc": info.description}
        lacking = [what for what in ("unit", "source", "doc") if not said.get(what)]
        if info.annotation in (int, float):
            sides = {"a lower bound (ge or gt)": ("ge", "gt"), "an upper bound (le or lt)": ("le", "lt")}
            lacking += [
                side
                for side, bounds in sides.items()
                if not any(hasattr(limit, bound) for limit in info.metadata for bound in bounds)
            ]
        if lacking:
            example = "parameter(12.0, unit='min', ge=0, le=120, source='assumption', doc='…')"
            raise AssertionError(f"{where}.{name}: it lacks {' and '.join(lacking)}; declare it as {example}")


def adding_up(shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return shares that add up to 1, for a validator of a field.

    Raises
    ------
    ValueError
        If they do not.
    """
    if abs(sum(shares) - 1) > 1e-6:
        raise ValueError(f"shares must add up to 1, not {sum(shares):g}")
    return shares


def one_line(error: ValidationError, prefix: str = "") -> BadInput:
    """Turn the first complaint of pydantic into a `BadInput` that names field, value and what is allowed."""
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, BadInput):
        return cause
    field = ".".join(str(part) for part in (*([prefix] if prefix else []), *first["loc"])) or "scenario"
    message = first["msg"].removeprefix("Value error, ").removeprefix("Input ").replace(" after validation", "")
    if first["type"] == "value_error" and isinstance(first["input"], dict):
        return BadInput(field, "the combination given", message)
    if first["type"] == "extra_forbidden":
        return BadInput(field, first["input"], "there is no such parameter")
    return BadInput(field, first["input"], message[0].lower() + message[1:])
