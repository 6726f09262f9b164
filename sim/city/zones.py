"""Proposes the zone of a place whose times are in UTC: that of the nearest place by which a zone is named."""

from __future__ import annotations

import re
import zoneinfo
from functools import cache
from importlib.resources import files
from pathlib import Path

from sim.city.places import kilometres

TABLE = "zone1970.tab"
PLACE = re.compile(r"^[A-Z,]+\t([+-])(\d{2})(\d{2})(?:\d{2})?([+-])(\d{3})(\d{2})(?:\d{2})?\t(\S+)", re.MULTILINE)
EXAMPLE = "America/Chicago"  # where the computer has no table of zones


def nearest_zone(latitude: float, longitude: float) -> str:
    """Return the name of the zone, such as `America/Chicago`, whose place is nearest; borders are not known here."""
    zones = _zones()
    return min(zones, key=lambda name: kilometres(latitude, longitude, *zones[name]), default=EXAMPLE)


@cache
def _zones() -> dict[str, tuple[float, float]]:
    """Return latitude and longitude of each zone's place, from the table that comes with the database of zones."""
    tables = [Path(folder) / TABLE for folder in zoneinfo.TZPATH]
    text = next((table.read_text(encoding="utf-8") for table in tables if table.is_file()), None)
    if text is None:
        try:
            text = (files("tzdata") / "zoneinfo" / TABLE).read_text(encoding="utf-8")
        except (ModuleNotFoundError, FileNotFoundError):
            return {}
    return {
        found[7]: (_degrees(found[1], found[2], found[3]), _degrees(found[4], found[5], found[6]))
        for found in PLACE.finditer(text)
    }


def _degrees(sign: str, degrees: str, minutes: str) -> float:
    return float(f"{sign}1") * (int(degrees) + int(minutes) / 60)
