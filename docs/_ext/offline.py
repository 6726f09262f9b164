"""Finds what a page would load from the internet."""

from __future__ import annotations

import re

LOADED = re.compile(
    r"<(?:script|img|iframe|source|link)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//[^>]*>|@import[^;]*(?:https?:)?//"
)


def loaded(page: str) -> str | None:
    """Return the first thing that a page loads from elsewhere, or None; links to follow are not loaded."""
    found = LOADED.search(page)
    return found[0] if found else None
