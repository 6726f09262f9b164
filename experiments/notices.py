"""What a reader has to know beside the numbers: who is paid and cannot work, and whom a value that was set has reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.reading import mean, number

if TYPE_CHECKING:
    from experiments.comparison import Comparison

IDLE = "auxiliaries_without_duty"
FEWEST_IDLE = 0.05  # heads, below which a mean is written as 0


def notices(comparison: Comparison, shortage: str) -> list[str]:
    """Say under a shortage which strategies pay auxiliaries who are never on duty, since no officer is there to go with them; nothing where none do."""
    idle = {strategy: mean(comparison, shortage, strategy, IDLE) or 0.0 for strategy in comparison.strategies}
    idle = {strategy: heads for strategy, heads in idle.items() if heads >= FEWEST_IDLE}
    if not idle:
        return []
    texts = {strategy: number(heads) for strategy, heads in idle.items()}
    if len(texts) == len(comparison.strategies) and len(set(texts.values())) == 1:
        told = f"{next(iter(texts.values()))} with every strategy" if len(texts) > 1 else next(iter(texts.values()))
    else:
        told = ", ".join(f"{text} with {strategy}" for strategy, text in texts.items())
    return [f"Under {shortage}, auxiliaries who are paid and never on duty, because there are more of them than officers to go with: {told}."]


def given_notes(comparison: Comparison) -> list[str]:
    """Say of each value that the user set for strategies, programmes or shortages whom it has reached: all those that have the key."""
    return [f"{setting} holds for {', '.join(names)}, and for nothing else that is compared." for setting, names in comparison.given.items()]
