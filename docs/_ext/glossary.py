"""Writes the glossary: English, Chinese, identifier."""

from __future__ import annotations

from reference import cell, table

from experiments.languages.glossary import GLOSSARY


def glossary() -> str:
    """Return a table a subject."""
    out = []
    for subject, terms in GLOSSARY.items():
        rows = [(cell(term.english), term.chinese, f"`{term.identifier}`" if term.identifier else "") for term in terms]
        out += [f"## {subject}", table(("English", "中文", "identifier"), rows)]
    return "\n\n".join(out)
