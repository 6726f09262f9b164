"""Numbers, names and settings as people read them, and tables as CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.languages.speech import say

if TYPE_CHECKING:
    from sim.city.city import CityParameters

MINUS, DAGGER = "−", "†"
NEVER = "never"  # instead of a quantile of waits that so many calls do not reach
NO_INTERVAL = "no interval"


def words(name: str) -> str:
    """`officer_hours` → `officer hours`."""
    return name.replace("_", " ")


def per_cent(told: str) -> str:
    """Return a number, as it is written, in percent."""
    return say("{n} %", n=told)


def number(value: float | None, decimals: int = 1, sign: bool = False) -> str:
    """Write a number with thousands separated and a true minus; a dash when absent, `never` when infinite.

    `sign` puts a plus before gains.
    """
    if value is None or math.isnan(value):
        return "–"
    if math.isinf(value):
        return say(NEVER)
    rounded = round(value, decimals) + 0.0  # no negative zero
    return f"{rounded:{'+' if sign and rounded else ''},.{decimals}f}".replace("-", MINUS)


def promise(replications: int, text: str) -> str:
    """Return a text that promises an interval, or says that there is none where replications are too few."""
    if replications >= FEWEST_FOR_INTERVAL:
        return text
    none = say(NO_INTERVAL) if replications > 1 else say("no interval, one replication")
    return f"({none})" if text.startswith("(") else none


def too_few(replications: int) -> str:
    """`2 replications are too few`."""
    return say("{n} replications are too few" if replications > 1 else "{n} replication is too few", n=replications)


def cities_note(city: CityParameters, seeds_per_city: int = 1) -> str:
    """Say whether intervals hold chance within one city only, or other made-up cities, too."""
    if not city.drawn_anew:
        if city.kind == "synthetic":
            return say("All replications share one made-up city: intervals hold chance, not other cities.")
        return say("All replications share one real city: intervals hold chance, not other cities.")
    if seeds_per_city == 1:
        return say("Each replication draws its own made-up city: intervals hold chance and other such cities.")
    return say(
        "Each replication is the mean of {runs} runs in a made-up city of its own: intervals hold chance and other "
        "such cities.", runs=seeds_per_city,
    )  # fmt: skip


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Write rows as CSV: fractions with six digits, nothing where a value is absent."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        ["" if value is None else f"{value:.6g}" if isinstance(value, float) else value for value in row]
        for row in rows
    )
    return text.getvalue()


def shown_value(value: Any) -> str:
    """Return the value of a setting in words."""
    if value is None:
        return say("not given")
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, dict):
        return ", ".join(f"{key}: {shown_value(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        if not value:
            return say("nothing")
        shown = ", ".join(shown_value(one) for one in value[:12])
        return say("{shown}, … ({n} values)", shown=shown, n=len(value)) if len(value) > 12 else shown
    return str(value)
