"""What all commands share: reading the command line, composing the settings, one line for an error, the exit status."""

from __future__ import annotations

import argparse
import errno
import gc
import io
import os
import shlex
import signal
import sys
import tempfile
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from experiments.settings.folders import CONFIG_FLAG, CONFIGS, file_of, groups_of, with_folder, yaml_options
from experiments.settings.overrides import read_overrides
from experiments.settings.types_of_files import types_as_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sim.city.city import FileReport

FILE_FLAG = "--with"
LISTS = {
    "strategy": "strategies",
    "shortage": "shortages",
}  # a command with the key on the right takes a list of the group's options
FAILED, BAD_INPUT, INTERRUPTED, SIGNALLED = 1, 2, 130, 128
FULL = (errno.ENOSPC, errno.EDQUOT)
GARBAGE_THRESHOLDS = (
    100_000,
    20,
    20,
)  # imports make many objects that all stay: looking through them again and again took an eighth of a short run

REPLICATED_KEYS = {  # of every command that runs replications
    "warmup_days": "warm-up days, excluded from results",
    "seed": "first seed",
    "workers": "processes; null: one per core",
    "out": "folder of the results",
}

SCENARIO_KEYS = {
    "city.residents": "people who live in the city",
    "city.cell_m": "side of a cell, m",
    "city.incidents_csv": "recorded incidents, with city=from_data; also city.calls_csv, city.streets_file",
    "city.types_file": "own table of types (columns type, class); city.type=burglary if all incidents are",
    "force.officers": "number of sworn officers",
    "force.patrol_units": "units on duty at full strength; derived from the headcount when absent",
    "strategy.dwell_min": "length of a stop, min, with hotspot",
    "shortage.fraction": "size of the shortage or lever, where it has one; --cfg prints the other parameters",
    "shortage.start_day": "first day of the shortage, warm-up included; also shortage.days, shortage.ramp_days",
}


@dataclass(frozen=True)
class Command:
    """One command: its name, its primary file in `configs/`, and what its help says.

    Attributes
    ----------
    name : str
        `run` for `beatlab run`, `python -m experiments.run` and `configs/run.yaml`.
    summary : str
        What it does, in one sentence.
    keys : dict
        Name of each key that belongs to the command and not to the scenario → what it means.
    examples : tuple of str
        Complete command lines.
    fixed : tuple of str
        Groups that the command chooses itself; its help is silent about them.
    """

    name: str
    summary: str
    keys: Mapping[str, str]
    examples: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """What a user asked for: the composed settings, not yet a scenario.

    Attributes
    ----------
    command : Command
        The command that was called.
    argv : list of str
        Its arguments.
    choices : dict
        Group → the option that the user chose.
    values : dict
        Dotted key → the value that the user gave.
    print_only : bool
        True: print the settings, do nothing (`--cfg`).
    config_dir : str or None
        Folder of the user's own options (`--config-dir`).
    files : tuple of str
        Python files of the user's own (`--with`).
    """

    command: Command
    argv: list[str]
    choices: dict[str, str]
    values: dict[str, Any]
    print_only: bool
    config_dir: str | None = None
    files: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The command line that does the same again."""
        own = [] if self.config_dir is None else [CONFIG_FLAG, self.config_dir]
        own += [word for file in self.files for word in (FILE_FLAG, file)]
        return shlex.join(["beatlab", self.command.name, *own, *self.argv])

    def own_options(self) -> AbstractContextManager[None]:
        """Add the options of the user's folder to ours in a block."""
        return with_folder(self.config_dir)


class Terminated(KeyboardInterrupt):
    """Somebody has told the command to end, or hung up; like Ctrl-C it passes through the code of authors."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and end with the status of bad input."""
        complain(f"error: {message}")
        raise SystemExit(BAD_INPUT)


def execute(command: Command, argv: Sequence[str] | None, body: Callable[[Request], None]) -> int:
    """Carry out a command and return its exit status.

    Parameters
    ----------
    command : Command
        The command.
    argv : sequence of str, optional
        Its arguments; absent: those of the process.
    body : callable
        Does the work. It may raise `BadInput`, which becomes one line and status 2.

    Returns
    -------
    int
        0 done, 1 a worker died again and again or a figure could not be drawn, 2 bad input, or a strategy or programme
        that failed, 130 interrupted, 128 and its number for another signal. Other exceptions pass with their traceback.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    arguments = _parser(command).parse_intermixed_args(given)
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # under `nohup` it goes on
        signal.signal(signal.SIGHUP, _terminate)
    os.environ["MPLBACKEND"] = "agg"  # a notebook names its own, which need not be there; figures go to files
    gc.set_threshold(*GARBAGE_THRESHOLDS)

    def carry_out() -> None:
        with with_folder(arguments.config_dir), _with_files(arguments.files) as brought:
            if arguments.help:
                print(_parser(command, _help_on_settings(command, brought)).format_help(), end="")
            else:
                choices, values = read_overrides(arguments.overrides)
                own = arguments.config_dir, tuple(arguments.files)
                body(Request(command, arguments.overrides, choices, values, arguments.cfg, *own))

    return status_of(carry_out)


def status_of(body: Callable[[], None]) -> int:
    """Do what a command is for, and return its exit status, which `execute` lists.

    What goes wrong is told in one line, and a reader of our output that goes before its end, such as `head`, is no
    mistake.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show a character gets its number
            stream.reconfigure(errors="backslashreplace")
    try:
        body()
        print(end="", flush=True)
    except Terminated as error:
        return SIGNALLED + int(error.args[0])
    except KeyboardInterrupt:
        complain("interrupted: nothing half-written is left")
        return INTERRUPTED
    except BrokenPipeError:
        _drop(sys.stdout)
    except (Exception, SystemExit) as error:
        return _told(error)
    return 0


def _with_files(files: Sequence[str]) -> AbstractContextManager[Sequence[str]]:
    """Register in a block what Python files of the user's define; without any, the model need not be loaded for it."""
    if not files:
        return nullcontext(())
    from sim.extensions import loaded

    return loaded(files)


def _told(error: Exception | SystemExit) -> int:
    """Print what went wrong in one line and return the exit status; pass on what is nobody's input."""
    from experiments.runs.engine import WorkerDied
    from experiments.runs.places import NotDrawn
    from sim.parameters import AuthorError, BadInput

    match error:
        case BadInput():
            status, line = BAD_INPUT, one_line(str(error))
        case AuthorError():
            status, line = BAD_INPUT, one_line(f"{error}; where: {_kept(error.traceback_text)}")
        case SystemExit():
            status, line = BAD_INPUT, f"what was run has called sys.exit({error.code!r}); nothing is written"
        case WorkerDied() | NotDrawn():
            status, line = FAILED, str(error)
        case OSError() if error.errno in FULL:
            _drop(sys.stdout)
            status, line = FAILED, str(error)
        case _:
            raise error
    complain(f"error: {line}")
    return status


def complain(line: str) -> None:
    """Print a line to the standard error, if anybody reads that."""
    try:
        print(line, file=sys.stderr)
    except BrokenPipeError:
        _drop(sys.stderr)


def _drop(stream: TextIO) -> None:
    """Let what is still to be printed go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _terminate(number: int, _frame: Any) -> NoReturn:
    raise Terminated(number)


def one_line(text: str) -> str:
    """Return a message on one line, as a terminal may show it."""
    from sim.parameters import printable

    return printable(" ".join(text.split()))


def _kept(text: str) -> str:
    """Write a traceback into a new file; return its path, or the text where no file can be written."""
    try:
        with tempfile.NamedTemporaryFile(prefix="beatlab-", suffix=".txt", delete=False) as file:
            file.write(text.encode(errors="backslashreplace"))
    except OSError:
        return " ".join(text.split())
    return file.name


def _parser(command: Command, help_on_settings: str | None = None) -> argparse.ArgumentParser:
    parser = Parser(
        prog=f"beatlab {command.name}",
        usage=f"beatlab {command.name} [--help] [--cfg] [{CONFIG_FLAG} DIR] [{FILE_FLAG} FILE] "
        "[group=option …] [key=value …]",
        description=command.summary,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=help_on_settings,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument(
        "overrides", nargs="*", metavar="key=value", help="settings, as below; a list is written 'key=[a,b]'"
    )
    parser.add_argument(
        "-h", "--help", action="store_true", help="show this, with the user's own options, and do nothing"
    )
    parser.add_argument("--cfg", action="store_true", help="print the resolved settings, do nothing")
    parser.add_argument(
        CONFIG_FLAG, metavar="DIR", help="folder with your own options: DIR/shortage/NAME.yaml for shortage=NAME"
    )
    parser.add_argument(
        FILE_FLAG, metavar="FILE", dest="files", action="append", default=[],
        help="Python file with your own strategy, programme or indicator; may be given several times",
    )  # fmt: skip
    return parser


def _help_on_settings(command: Command, brought: Sequence[str]) -> str:
    """List groups, options and the main keys with their defaults, from the YAML files, and what files brought along."""
    import yaml

    primary = yaml.safe_load((CONFIGS / f"{command.name}.yaml").read_text(encoding="utf-8"))
    chosen = groups_of(command.name)
    listed = {group: key for group, key in LISTS.items() if key in command.keys}
    lines = ["groups (group=option; the default stands first)"]
    for group, default in chosen.items():
        if group not in listed and group not in command.fixed:
            options = [
                option
                for option in yaml_options(group)
                if option != default and not _lists_in(group, option) - set(listed.values())
            ]
            lines.append(f"  {group:<22}{', '.join([default, *options])}")
    lines += ["", "keys (key=value)"]
    for key, text in command.keys.items():
        of = "".join(f" of {', '.join(yaml_options(group))}" for group, name in listed.items() if name == key)
        lines.append(f"  {key:<22}{text}{of} (default: {_plain(primary.get(key))})")
    lines += [f"  {key:<22}{text}" for key, text in SCENARIO_KEYS.items()]
    lines += [
        "  --cfg prints every other key with its value",
        *([f"\nbrought by {FILE_FLAG}: {', '.join(brought)}"] if brought else []),
        "",
        "examples",
        *(f"  {example}" for example in command.examples),
    ]
    return "\n".join(lines)


def _lists_in(group: str, option: str) -> set[str]:
    """Return the lists of names that an option sets, which only some commands have."""
    import yaml

    path = file_of(group, option)
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8")) if path else None
    except (OSError, ValueError, yaml.YAMLError):  # who asks for it is told
        return set()
    return set(LISTS.values()) & set(tree) if isinstance(tree, dict) else set()


def _plain(value: Any) -> str:
    if value is None:
        return "null"
    return f"[{','.join(value)}]" if isinstance(value, list) else str(value)


def shown_path(path: Path) -> str:
    """Return a path as a user likes to read it: relative to the working directory when it lies below that."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def print_files(files: Sequence[FileReport]) -> None:
    """Say how many rows of each real file were used, why the others were not, what was guessed, and its types."""
    for file in files:
        reasons = Counter(reason for _, reason in file.rejected)
        why = "".join(f"; {number:,} rejected: {reason}" for reason, number in reasons.most_common())
        read_as = "" if file.encoding == "UTF-8" else f" as {file.encoding}"
        print(one_line(f"{file.path}: {file.rows_read:,} {file.what} read{read_as}, {file.rows_used:,} used{why}"))
        for notice in file.notices:
            print(f"  {one_line(notice)}")
        for line in types_as_lines(file):
            print(line)
