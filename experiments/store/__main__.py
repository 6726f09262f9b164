"""`beatlab store list | verify | prune | export`: the store of runs, looked into, checked, tidied, exported."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.languages.speech import check_language, say, spoken
from experiments.settings.command import Parser, execute_words, shown_path, words_parser
from experiments.settings.request import Command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from experiments.runs.store.store import Store

COMMAND = Command(
    name="store",
    summary="Look into the store of runs, check its files, let go of what nobody can use, export its runs.",
    keys={},
    examples=(
        "beatlab store list",
        "beatlab store verify store=out/store",
        "beatlab store prune",
        "beatlab store export --csv runs.csv",
        "beatlab store export --table daily --csv daily.csv",
    ),
)
STORE = "out/store"


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute_words(_parser, argv, _carry_out)


def _carry_out(given: argparse.Namespace) -> None:
    from experiments.runs.store.store import open_store
    from experiments.settings.overrides import read_overrides
    from sim.parameters import BadInput, Unusable

    choices, values = read_overrides(given.settings)
    check_language(values.pop("language", spoken()))
    for key, value in (*choices.items(), *((key, value) for key, value in values.items() if key != "store")):
        raise BadInput(key, value, "store=FOLDER and language=en or zh, which is all that this command takes")
    place = values.get("store", STORE)
    if place is None or not (Path(place).expanduser() / "store.json").exists():
        raise Unusable("store", place, "{} is no store of runs (paths are relative to the working directory)")
    for flag, value in (("--csv", given.csv), ("--table", given.table)):
        if value is not None and given.what != "export":
            raise BadInput(flag, value, "left out: it goes with export")
    with open_store(place) as store:
        WHAT[given.what](store, given)


def _list(store: Store, _given: argparse.Namespace) -> None:
    """Print how many runs there are of each kind, and what they take."""
    from rich.console import Console
    from rich.table import Table

    from experiments.store.contents import overview

    found = overview(store)
    table = Table(box=None, header_style="bold")
    for name in found.columns:
        table.add_column(say(name), justify="right" if found[name].dtype.is_numeric() else "left")
    for row in found.iter_rows():
        table.add_row(*(say(str(value)) for value in row))
    Console().print(table)
    said = {"runs": found["runs"].sum(), "size": store.size_bytes / 1e6, "folder": shown_path(store.folder)}
    print(say("{runs} runs, {size:.1f} MB, in {folder}", **said))


def _verify(store: Store, _given: argparse.Namespace) -> None:
    """Say how many files are as they were written; those that are not have been set aside as the store was opened."""
    for path in store.set_aside:
        print(say("damaged, set aside: {file}", file=shown_path(path)))
    words = "{whole} files are as they were written, {damaged} were damaged"
    print(say(words, whole=store.shards, damaged=len(store.set_aside)))


def _prune(store: Store, _given: argparse.Namespace) -> None:
    """Let go of runs of another version of the model, of failed ones, and of files that were set aside."""
    gone, before = store.prune(), store.size_bytes
    print(say("{gone} runs are gone; {stay} stay, in {size:.1f} MB", gone=gone, stay=store.runs, size=before / 1e6))


def _export(store: Store, given: argparse.Namespace) -> None:
    """Write a row a run into a CSV file, or a table of all runs that keep it."""
    from experiments.runs.places import at_once
    from experiments.store.contents import by_run, table_of_runs
    from sim.parameters import BadInput, Unusable

    if given.csv is None:
        raise BadInput("--csv", None, "the name of a file to write, with export")
    table = by_run(store) if given.table is None else table_of_runs(store, given.table)
    try:
        with at_once(Path(given.csv).expanduser()) as part:
            table.write_csv(part)
    except OSError as error:
        raise Unusable("--csv", given.csv, f"file {{}} cannot be written ({error.strerror or error})") from None
    words = "{rows} rows, {columns} columns: {file}" if given.table else "{rows} runs, {columns} columns: {file}"
    print(say(words, rows=table.height, columns=table.width, file=given.csv))


WHAT: dict[str, Callable[[Store, argparse.Namespace], None]] = {
    "list": _list,
    "verify": _verify,
    "prune": _prune,
    "export": _export,
}


def _parser() -> Parser:
    parser, group = words_parser(COMMAND)
    group.add_argument("what", choices=tuple(WHAT))
    group.add_argument(
        "settings", nargs="*", metavar="store=FOLDER", help=say("the store (default: {folder})", folder=STORE)
    )
    group.add_argument("--csv", metavar="FILE", help=say("file to write, with export"))
    told = say("with export: a table of all runs that keep it, such as daily")
    group.add_argument("--table", metavar="NAME", help=told)
    return parser


if __name__ == "__main__":
    sys.exit(main())
