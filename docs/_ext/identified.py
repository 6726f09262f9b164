"""What studies have found out about parameters: which are identified, which are bounded; all others are assumptions.

`identified.csv` has a row a parameter and study: `parameter, known, study, date, commit`. A calibration that narrows
the range of a parameter to less than half writes *identified*. A sensitivity study writes *bounded* for one that moves
nothing that was looked at by more than a tenth of the outcome's level, over its whole range, and takes it back where it
does: `python docs/_ext/identified.py out/sensitivity`.
"""

from __future__ import annotations

import csv
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("identified.csv")
COLUMNS = ("parameter", "known", "study", "date", "commit")
IDENTIFIED, BOUNDED, ASSUMPTION = "identified", "bounded", "assumption"
FEWEST = 10  # trajectories of a screen whose intervals are believed
LITTLE = 0.1  # of an outcome's level: what a parameter moves at most that is bounded
SENSITIVITY = "sensitivity"


@cache
def studied() -> dict[str, str]:
    """Return the parameters of which studies know something, each with what is known; identified goes above bounded."""
    rows = sorted(read(FILE), key=lambda row: row["known"] == IDENTIFIED)
    return {row["parameter"]: row["known"] for row in rows}


def known(parameter: str, source: str) -> str:
    """Return what is known of a value: identified, bounded, an assumption; nothing: its source says it."""
    return studied().get(parameter, ASSUMPTION if source.startswith(ASSUMPTION) else "")


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bounded(folder: Path) -> list[dict[str, str]]:
    """Return the rows of parameters that a sensitivity study has shown to move little.

    Raises
    ------
    ValueError
        For a study of few trajectories.
    """
    screened = [int(row["blocks"]) for row in read(folder / "sensitivity.csv") if row["method"] == "morris"]
    if min(screened, default=0) < FEWEST:
        raise ValueError(
            f"{folder}: {min(screened, default=0)} trajectories are whole; at least {FEWEST} bound anything"
        )
    made: dict[str, Any] = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    about = {
        "known": BOUNDED, "study": SENSITIVITY, "date": made["time_utc"][:10], "commit": str(made["git_commit"])[:12],
    }  # fmt: skip
    rows = read(folder / "parameters.csv")
    return [
        {"parameter": row["parameter"], **about}
        for row in rows
        if row["largest_effect"] and float(row["largest_effect"]) <= LITTLE
    ]


def main(folder: str) -> None:
    """Put what a sensitivity study has found in the place of what earlier ones had."""
    rows = [*(row for row in read(FILE) if row["study"] != SENSITIVITY), *bounded(Path(folder))]
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main(sys.argv[1])
