"""A validation as a notebook shows it: how many patterns are within their bands, and the scoreboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.languages.speech import say
from experiments.presentation import notebook
from experiments.presentation.wording import promise
from experiments.validate.findings import footnote, tally

if TYPE_CHECKING:
    from experiments.validate.findings import Validation


def as_html(validation: Validation) -> str:
    """Write the tally and the scoreboard, a group of rows for each kind of pattern, as a piece of HTML."""
    interval = say("mean {interval}", interval=promise(validation.replications, say("(95 % interval)")))
    heads = ("Pattern", "Unit", "Simulated", "Published", "Verdict", "Use")
    columns = [(say(head), interval if head == "Simulated" else "") for head in heads]
    shown = ("name", "unit", "simulated", "published", "judged", "use")
    groups = {group: [[row[name] for name in shown] for row in rows] for group, rows in validation.groups.items()}
    table = notebook.NotebookTable(columns, groups)
    return notebook.as_html([table], answer=[tally(validation)], notes=[footnote(validation)])
