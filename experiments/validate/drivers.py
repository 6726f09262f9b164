"""What drives the rate of each kind of incident: its parameters, with their values and where these are from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from experiments.settings.compose import CONFIGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import BaseModel

    from sim.scenario import Scenario

SECTIONS = {
    "assault: dispute": ("dispute_assault", "disputes"),
    "dispute": ("disputes",),
}  # parts of `demand.`; else the last word of the kind
DRIVES = re.compile(r"rate|per_1000|per_year|report|witness")  # names of parameters that make or report an incident


class Driver(NamedTuple):
    """A parameter with its value, its unit and the source of the value."""

    key: str
    value: object
    unit: str
    source: str

    @property
    def text(self) -> str:
        """Name, value and unit."""
        value = f"{self.value:g}" if isinstance(self.value, float) else self.value
        return f"{self.key} = {value}{'' if self.unit in ('1', '') else f' {self.unit}'}"


def drivers_of(kind: str, scenario: Scenario, mix: str) -> list[Driver]:
    """Return the parameters that drive a kind of incident or call.

    Parameters
    ----------
    kind : str
        Such as `burglary`, `theft: shoplifting`, `traffic`.
    scenario : Scenario
        Holds the values.
    mix : str
        Option of the group `demand`. The source of a value that its file changes is the comment there, if it has one.
    """
    notes = comments(CONFIGS / "demand" / f"{mix}.yaml")
    sections = SECTIONS.get(kind, (kind.rpartition(": ")[2],))
    return [
        driver for section in sections for driver in _declared(getattr(scenario.demand, section, None), section, notes)
    ]


def _declared(part: BaseModel | None, path: str, notes: dict[str, str]) -> Iterator[Driver]:
    for name, field in type(part).model_fields.items() if part is not None else ():
        if DRIVES.search(name) and isinstance(field.json_schema_extra, dict):
            declared, value = field.json_schema_extra, getattr(part, name)
            source = notes.get(f"{path}.{name}") or notes.get(path) or str(declared["source"])
            yield Driver(f"{path}.{name}", value, str(declared["unit"]), source)


def comments(path: Path) -> dict[str, str]:
    """Read the comments beside the values of a YAML file of plain, indented keys.

    Returns
    -------
    dict
        Dotted key → the comment at the end of its line; absent without one, empty without a file.
    """
    if not path.exists():
        return {}
    found, parents = {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"^( *)(\w+):(.*)$", line)
        if match is None:
            continue
        indent, name, rest = len(match[1]), match[2], match[3]
        parents = [(depth, parent) for depth, parent in parents if depth < indent]
        note = re.search(r"(?:^|\s)#\s*(.*)$", rest)
        parents.append((indent, name))
        if note:
            found[".".join(parent for _, parent in parents)] = note[1].strip()
    return found
