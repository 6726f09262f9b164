"""A validation as a notebook shows it: how many patterns are within their bands, and the scoreboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.presentation import notebook
from experiments.presentation.wording import promise
from experiments.validate.findings import band, footnote, judged, simulated, tally

if TYPE_CHECKING:
    from experiments.validate.findings import Validation


def as_html(validation: Validation) -> str:
    """Write the tally and the scoreboard, a group of rows for each kind of pattern, as a piece of HTML."""
    columns = [
        ("Pattern", ""),
        ("Unit", ""),
        ("Simulated", f"mean {promise(validation.replications, '(95 % interval)')}"),
        ("Published", ""),
        ("Verdict", ""),
        ("Use", ""),
    ]
    groups: dict[str, list[list[str]]] = {}
    for row in validation.tables["patterns"].iter_rows(named=True):
        published = band(row["published_low"], row["published_high"])
        texts = [row["name"], row["unit"], simulated(row), published, judged(row), row["use"]]
        groups.setdefault(row["group"], []).append(texts)
    table = notebook.NotebookTable(columns, groups)
    return notebook.as_html([table], answer=[tally(validation)], notes=[footnote(validation)])
