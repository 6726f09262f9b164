"""What is kept of a run whose indicators, days or tables are wanted, as the store has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Run:
    """What is kept of one run.

    Attributes
    ----------
    indicators : dict
        Name → value, None where absent.
    tables : dict
        Name → column → array.
    error : str or None
        Why it failed.
    """

    indicators: dict[str, float | None]
    tables: dict[str, dict[str, Any]]
    error: str | None = None
