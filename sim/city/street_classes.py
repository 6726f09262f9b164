"""Which streets a car may drive, by the tags of OpenStreetMap."""

from __future__ import annotations

import ast
from typing import Any

# The 'drive' network of OSMnx (Boeing 2017) is made of these classes; service roads are left out as there.
ARTERIAL = ("motorway", "trunk", "primary", "secondary", "tertiary")
LOCAL = ("unclassified", "residential", "living_street", "road")
DRIVEN = {
    name: kind
    for kind, names in (("arterial", ARTERIAL), ("local", LOCAL))
    for base in names
    for name in (base, f"{base}_link")
}
CLOSED = {
    "access": {"no", "private"},
    "motor_vehicle": {"no", "private"},
    "motorcar": {"no", "private"},
    "area": {"yes"},
}


def listed(value: Any) -> list[str]:
    """Return a tag's values; OSMnx writes several as the text of a list."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return [value]
    return [str(v) for v in value] if isinstance(value, (list, tuple)) else [str(value)]


def street_kind(edge: dict[str, Any]) -> str | None:
    """Return `arterial` or `local`, or None if a car may not drive here.

    An edge without a class, from a plain graph, is local.
    """
    if any(set(listed(edge[tag])) & values for tag, values in CLOSED.items() if tag in edge):
        return None
    if "highway" not in edge:
        return None if "osmid" in edge else "local"
    kinds = [DRIVEN[name] for name in listed(edge["highway"]) if name in DRIVEN]
    return min(kinds, default=None)
