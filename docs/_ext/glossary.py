"""Writes the glossary: English, Chinese, identifier."""

from __future__ import annotations

import tomllib
from pathlib import Path

from reference import cell, table

from experiments.presentation.indicators import CHINESE


def glossary() -> str:
    """Return the strategies with their Chinese names, then the terms of `terms.toml` by subject."""
    terms = tomllib.loads((Path(__file__).parent / "terms.toml").read_text(encoding="utf-8"))
    out = [
        "## Strategies",
        table(
            ("English", "中文", "identifier"),
            [(name.replace("_", " "), chinese, f"`{name}`") for name, chinese in CHINESE.items()],
        ),
    ]
    for subject, words in terms.items():
        rows = [
            (cell(english), chinese, f"`{identifier}`" if identifier else "") for english, chinese, identifier in words
        ]
        out += [f"## {subject}", table(("English", "中文", "identifier"), rows)]
    return "\n\n".join(out)
