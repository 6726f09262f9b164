"""The replay of a comparison of the page: its first two strategies at work, side by side, on one clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.keep import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from app.situations import Ask

DAYS = 14  # that are replayed at most: the file stays small enough for an e-mail


def replayed(ask: Ask, folder: Path) -> None:
    """Run the first two strategies once more in the first replication, and write `replay.html`.

    Parameters
    ----------
    ask : Ask
        What was compared.
    folder : Path
        Made, if it is not there.
    """
    from app.comparing import designed
    from app.replay.page import html
    from app.replay.recording import record

    _, plan, points, _ = designed(ask)
    shortage = plan["shortages"][0]
    recordings = []
    for strategy in plan["strategies"][:2]:
        scenario = points[shortage, strategy]
        shorter = scenario.model_copy(update={"days": min(scenario.days, DAYS), "fade_out_days": 0})
        recordings.append(record(shorter, strategy, shortage))
    write_whole(folder / "replay.html", html(recordings, ask.language))
