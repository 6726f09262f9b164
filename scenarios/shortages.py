"""Police shortages by name: the parts of a scenario that say who is missing."""

from __future__ import annotations

import re
from typing import Any

_UNIFORM = re.compile(r"uniform(\d\d)")


def none() -> dict[str, Any]:
    """Return the scenario part in which nobody is missing."""
    return {"kind": "none"}


def uniform(fraction: float) -> dict[str, Any]:
    """Return the scenario part in which the same share of the headcount is missing everywhere.

    Parameters
    ----------
    fraction : float
        Share of the headcount that is missing, 0 to below 1.
    """
    return {"kind": "uniform", "fraction": fraction}


def shortage(name: str) -> dict[str, Any]:
    """Return the scenario part of a named shortage.

    Parameters
    ----------
    name : str
        `none`, `uniform` (30 %), or `uniformNN` with NN percent in two digits, such as `uniform05` or `uniform35`.

    Raises
    ------
    KeyError
        When no shortage has this name.
    """
    if name == "none":
        return none()
    if name == "uniform":
        return uniform(0.3)
    if match := _UNIFORM.fullmatch(name):
        return uniform(int(match[1]) / 100)
    raise KeyError(name)
