"""Reads places that a file writes into one column, in whatever form."""

from __future__ import annotations

import polars as pl

_NUMBER = r"(-?\d+(?:\.\d+)?)"
# How a place is written: (pattern of two numbers, whether the latitude comes first).
FORMS = (
    (rf"(?i)^\s*(?:SRID=\d+;)?\s*POINT\s*Z?\s*\(\s*{_NUMBER}[\s,]+{_NUMBER}[^()]*\)\s*$", False),  # well-known text
    (rf"(?i)[\"']coordinates[\"']\s*:\s*\[\s*{_NUMBER}\s*,\s*{_NUMBER}", False),  # GeoJSON
    (rf"(?is)[\"']lat(?:itude)?[\"']\s*:\s*[\"']?{_NUMBER}.*?[\"']lo?ng?(?:itude)?[\"']\s*:\s*[\"']?{_NUMBER}", True),
    (rf"(?is)[\"']lo?ng?(?:itude)?[\"']\s*:\s*[\"']?{_NUMBER}.*?[\"']lat(?:itude)?[\"']\s*:\s*[\"']?{_NUMBER}", False),
    (rf"(?s)\(\s*{_NUMBER}\s*[,;\s]\s*{_NUMBER}\s*\)\s*$", True),  # after an address
    (rf"^\s*\[?\s*{_NUMBER}\s*[,;\s]\s*{_NUMBER}\s*\]?\s*$", True),
)


def split_points(text: pl.Series) -> tuple[pl.Series, pl.Series] | None:
    """Return latitude and longitude as text.

    None if no form is that of half the values that are there; the form of most is taken.

    Parameters
    ----------
    text : polars.Series
        A column such as `(41.8, -87.6)`, `12 ELM ST (41.8, -87.6)`, `POINT (-87.6 41.8)`, or a point of GeoJSON.
    """
    matches = [text.str.contains(pattern).fill_null(False).sum() for pattern, _ in FORMS]
    if max(matches) == 0 or 2 * max(matches) < text.len() - text.null_count():
        return None
    pattern, latitude_first = FORMS[matches.index(max(matches))]
    first, second = text.str.extract(pattern, 1), text.str.extract(pattern, 2)
    return (first, second) if latitude_first else (second, first)
