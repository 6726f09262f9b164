"""The scoreboard as one JSON file, for programs that follow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.patterns.left_out import EXACT, LEFT_OUT
from experiments.validate.findings import tallies

if TYPE_CHECKING:
    from experiments.validate.findings import Validation

SCOREBOARD = "scoreboard.json"


def as_json(validation: Validation) -> dict[str, Any]:
    """Return the scoreboard as plain values.

    Returns
    -------
    dict
        `replications`; `rows`, those of `patterns.parquet`; `tallies`, verdicts counted by place and use; `left_out`,
        published facts that are no pattern, with the reason; `exact`, results that tests hold the model to.
    """
    return {
        "replications": validation.replications,
        "rows": validation.tables["patterns"].to_dicts(),
        "tallies": tallies(validation),
        "left_out": [one._asdict() for one in LEFT_OUT],
        "exact": [{"what": what, "tests": tests} for what, tests in EXACT],
    }
