"""What all commands print alike: letters that the terminal has, and results as text."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console

from experiments.presentation.wording import DAGGER, MINUS


def speller(console: Console) -> Callable[[str], str]:
    """Spell minus signs and dashes in ASCII where the terminal has no others."""
    if console.encoding.lower().startswith("utf"):
        return str
    return lambda text: text.translate(str.maketrans(f"{MINUS}–·✓✗{DAGGER}", "---+!?"))


def as_text(show: Callable[[Console], None]) -> str:
    """Return what a function prints: as wide as the terminal, in colours if the standard output shows them."""
    console = Console(force_jupyter=False)
    with console.capture() as captured:
        show(console)
    return captured.get()
