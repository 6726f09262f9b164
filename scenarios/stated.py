"""Values of parameters with the source of each beside it, under a name by which an option of a group chooses them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Value(NamedTuple):
    """A value, and where it is from."""

    value: float | str | list[Any] | None
    source: str


class Stated(NamedTuple):
    """What a place has: what it is, and its values by dotted key; those of a mix of incidents stand below `demand`."""

    doc: str
    values: Mapping[str, Value]

    def tree(self) -> dict[str, Any]:
        """Return the values as nested settings."""
        found: dict[str, Any] = {}
        for key, stated in self.values.items():
            *parts, name = key.split(".")
            inner = found
            for part in parts:
                inner = inner.setdefault(part, {})
            inner[name] = stated.value
        return found


def named(said: Mapping[str, Any], field: str, known: Mapping[str, Stated]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Share out what an option says: the values of what it names, and its own, which go above them.

    Parameters
    ----------
    said : mapping
        The option's settings.
    field : str
        Group and key that names it, such as `demand.mix`.
    known : mapping
        What there is, by name.

    Raises
    ------
    BadInput
        When there is none of that name.
    """
    from sim.parameters import BadInput

    key = field.rpartition(".")[2]
    own = {name: value for name, value in said.items() if name != key}
    if key not in said:
        return {}, own
    if not isinstance(said[key], str) or said[key] not in known:
        raise BadInput(field, said[key], f"one of {', '.join(known)}")
    return known[said[key]].tree(), own
