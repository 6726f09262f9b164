"""What drives the rate of each kind of incident: its parameters, with their values and where these are from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scenarios.mixes import MIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from scenarios.stated import Stated
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
        Name of its mix of incidents, which says where the values that it states are from.
    """
    sections = SECTIONS.get(kind, (kind.rpartition(": ")[2],))
    return [
        driver
        for section in sections
        for driver in _declared(getattr(scenario.demand, section, None), section, MIXES[mix])
    ]


def _declared(part: BaseModel | None, path: str, mix: Stated) -> Iterator[Driver]:
    for name, field in type(part).model_fields.items() if part is not None else ():
        if DRIVES.search(name) and isinstance(field.json_schema_extra, dict):
            key, declared = f"{path}.{name}", field.json_schema_extra
            source = mix.values[key].source if key in mix.values else str(declared["source"])
            yield Driver(key, getattr(part, name), str(declared["unit"]), source)
