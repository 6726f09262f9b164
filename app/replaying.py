"""Replays of the page: two strategies of a comparison on one clock, or one of them and another future of it."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from app.keep import write_whole
from experiments.settings.overrides import quoted

if TYPE_CHECKING:
    from pathlib import Path

    from app.keep import Session
    from app.replay.branching import Branch
    from app.situations import Ask

DAYS = 14  # that a replay has if nobody asks for more: the file stays small enough for an e-mail
REPLICATIONS = 3  # at most, so that it can be seen how wide chance is
OTHERWISE = "branch.at_min={minute} branch.strategy=hotspot"  # with what a command goes on otherwise, for instance
PLANNED = "out/planned"  # where the command that is shown writes the comparison


@dataclass(frozen=True)
class Shown:
    """What a replay shows of a comparison.

    Attributes
    ----------
    strategies : list of str
        One or two of it.
    days : int
        Of each run, from its beginning.
    branch : mapping, optional
        What is otherwise in B, which then is another future of the one strategy: fields of `Branch`.
    """

    strategies: list[str]
    days: int
    branch: dict[str, Any] | None = None


@dataclass(frozen=True)
class Found:
    """A replay that was written before.

    Attributes
    ----------
    ask : Ask
        The comparison.
    shown : Shown
        What is shown of it.
    command : str
        What writes the same.
    labels : list of mapping
        Language → name, of A and of B.
    """

    ask: Ask
    shown: Shown
    command: str
    labels: list[dict[str, str]]


def replayed(ask: Ask, shown: Shown, folder: Path) -> None:
    """Do the runs of a replay again, with tracks, in some replications; write it as a page and as data.

    Parameters
    ----------
    ask : Ask
        What was compared.
    shown : Shown
        What is shown of it.
    folder : Path
        Made, if it is not there.

    Raises
    ------
    BadInput
        For a branch that cannot be.
    """
    from app.comparing import designed
    from app.replay.branching import Branch
    from app.replay.columns import pack
    from app.replay.data import tree
    from app.replay.page import html
    from app.replay.recording import record
    from experiments.runs.cases import with_seeds
    from sim.scenario import Scenario

    _, plan, points, _ = designed(ask)
    shortage = plan["shortages"][0]
    branch = None if shown.branch is None else Branch(**shown.branch)
    sides: list[tuple[str, Branch | None]] = [(strategy, None) for strategy in shown.strategies]
    sides += [] if branch is None else [(shown.strategies[0], branch)]
    replications = min(ask.replications, REPLICATIONS)
    command = command_of(ask, shortage, shown.days, replications)
    recordings = []
    for replication in range(replications):
        for strategy, otherwise in sides:
            settings = with_seeds(points[shortage, strategy], replication + 1, plan["seeds_per_city"])[-1]
            scenario = Scenario.model_validate(settings | {"days": shown.days, "fade_out_days": 0})
            one = "" if otherwise else f"{command} {shlex.quote(f'strategies=[{strategy}]')} {OTHERWISE}"
            recordings.append(record(scenario, strategy, shortage, replication, otherwise, one))
    told = tree(recordings)
    (folder / "replay.bin").parent.mkdir(parents=True, exist_ok=True)
    (folder / "replay.bin").write_bytes(pack(told))
    write_whole(folder / "replay.html", html(told, ask.language))
    kept = {
        "ask": asdict(ask), "shown": asdict(shown), "command": f"{command} {_words(shown)}",
        "labels": [run["label"] for run in told["pairs"][0]["runs"]],
    }  # fmt: skip
    write_whole(folder / "replay.json", json.dumps(kept, ensure_ascii=False))


def command_of(ask: Ask, shortage: str, days: int, replications: int) -> str:
    """Return the command that does a comparison and writes a replay of it, as a shell reads it.

    Parameters
    ----------
    ask : Ask
        What is compared.
    shortage : str
        The situation that is shown: a name in any letters.
    days, replications : int
        How much is shown.
    """
    named = shortage if re.fullmatch(r"[\w .-]+", shortage) else quoted(shortage)
    words = [f"shortage={named}", f"days={days}", f"replications={replications}", f"language={ask.language}"]
    return f"{ask.line} out={PLANNED} && {shlex.join(['beatlab', 'replay', PLANNED, *words])}"


def found(session: Session, name: str) -> Found | None:
    """Return a replay of a session by its name; None: there is none."""
    from app.situations import Ask

    path = session.file("reports", name, "pages", "replay.json")
    if path is None:
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Found(Ask(**kept["ask"]), Shown(**kept["shown"]), kept["command"], kept["labels"])


def _words(shown: Shown) -> str:
    """Return what the command takes for what is shown, as a shell reads it."""
    words = [f"strategies=[{','.join(shown.strategies)}]"]
    words += [f"branch.{key}={_plain(value)}" for key, value in (shown.branch or {}).items() if value]
    return shlex.join(words)


def _plain(value: Any) -> str:
    """Return a value as the command line has it: texts bare, lists and mappings in brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_plain, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
