"""What all commands share: reading the command line, composing the settings, one line for an error, the exit status."""

from __future__ import annotations

import argparse
import errno
import gc
import io
import os
import signal
import sys
import tempfile
from collections import Counter
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from experiments.languages.speech import say, speaking
from experiments.settings.folders import CONFIG_FLAG, with_folder
from experiments.settings.help import help_on_settings_of
from experiments.settings.overrides import read_overrides
from experiments.settings.request import FILE_FLAG, OF_SITUATIONS, SETS_FLAG, Command, Request, with_situation
from experiments.settings.situation import SITUATION_FLAG
from experiments.settings.spoken import language_asked
from experiments.settings.types_of_files import types_as_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.city.city import FileReport

FAILED, BAD_INPUT, INTERRUPTED, SIGNALLED = 1, 2, 130, 128
TRACEBACK, KEPT_TRACEBACKS = "beatlab-traceback-", 5  # files with the traceback of an author's code
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
GARBAGE_THRESHOLDS = (
    100_000,
    20,
    20,
)  # imports make many objects that all stay: looking through them again and again took an eighth of a short run


FLAGS: tuple[tuple[tuple[str, ...], str, dict[str, Any]], ...] = (
    (("overrides",), "settings, as below; a list is written 'key=[a,b]'", {"nargs": "*", "metavar": "key=value"}),
    (("-h", "--help"), "show this, with the user's own options, and do nothing", {"action": "store_true"}),
    (("--cfg",), "print the resolved settings, do nothing", {"action": "store_true"}),
    ((CONFIG_FLAG,), "folder with your own options: DIR/shortage/NAME.yaml for shortage=NAME", {"metavar": "DIR"}),
    (
        (FILE_FLAG,), "Python file with your own strategy, programme, indicator or pattern; may be given several times",
        {"metavar": "FILE", "dest": "files", "action": "append", "default": []},
    ),
)  # fmt: skip
FLAGS_OF_SWEEPS: tuple[tuple[tuple[str, ...], str, dict[str, Any]], ...] = (
    (("-m", "--multirun"), "as Hydra has it; a sweep is one anyway", {"action": "store_true"}),
    (("--part",), "run the k-th of n parts alone, such as 3/40", {"metavar": "K/N"}),
    (("--status",), "report what is there, run nothing", {"action": "store_true"}),
    (("--detach",), "submit jobs and leave, with engine=slurm", {"action": "store_true"}),
)


class Terminated(KeyboardInterrupt):
    """Somebody has told the command to end, or hung up; like Ctrl-C it passes through the code of authors."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print the error and end with the status of bad input."""
        from experiments.languages.refusals import told

        complain(say("error: {a}", a=told(message)))
        raise SystemExit(BAD_INPUT)


class Layout(argparse.RawDescriptionHelpFormatter):
    """The layout of a help, in the language that is spoken."""

    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Write how a command is called."""
        super().add_usage(usage, actions, groups, prefix or say("usage: "))


def execute(
    command: Command,
    argv: Sequence[str] | None,
    body: Callable[[Request], None],
    words_of: Callable[[Sequence[str]], list[str]] = list,
) -> int:
    """Carry out a command and return its exit status.

    Parameters
    ----------
    command : Command
        The command.
    argv : sequence of str, optional
        Its arguments; absent: those of the process.
    body : callable
        Does the work. It may raise `BadInput`, which becomes one line and status 2.
    words_of : callable, optional
        Turns the words of the user into `group=option` and `key=value`; absent: they are that already.

    Returns
    -------
    int
        0 done, 1 a worker died again and again or a figure could not be drawn, 2 bad input, or a strategy or programme
        that failed, 130 interrupted, 128 and its number for another signal. Other exceptions pass with their traceback.
    """
    given = list(sys.argv[1:] if argv is None else argv)
    with speaking(language_asked(given)):
        return _executed(command, given, body, words_of)


def _executed(
    command: Command,
    given: Sequence[str],
    body: Callable[[Request], None],
    words_of: Callable[[Sequence[str]], list[str]],
) -> int:
    arguments = _parser(command).parse_intermixed_args(given)
    _answer_signals()
    os.environ["MPLBACKEND"] = "agg"  # a notebook names its own, which need not be there; figures go to files
    gc.set_threshold(*GARBAGE_THRESHOLDS)

    def carry_out() -> None:
        """Show the help, or do what was asked, in the folder of settings that was given."""
        with with_folder(arguments.config_dir), _with_files(arguments.files) as brought:
            if arguments.help:
                print(_parser(command, help_on_settings_of(command, brought)).format_help(), end="")
            else:
                sets = [] if arguments.parameters is None else [f"{SETS_FLAG.lstrip('-')}={arguments.parameters}"]
                given_words = [*arguments.overrides, *sets]
                words = words_of(given_words)
                own = arguments.config_dir, tuple(arguments.files)
                if command.sweeps:
                    from experiments.settings.sweeps import read_sweep

                    words = [*words, *([f"part='{arguments.part}'"] if arguments.part is not None else [])]
                    choices, values, factors = read_sweep(words)
                    more: dict[str, Any] = {
                        "factors": factors,
                        "only_look": arguments.status,
                        "detach": arguments.detach,
                    }
                else:
                    choices, values = read_overrides(words)
                    more = {}
                request = Request(command, given_words, choices, values, arguments.cfg, *own, **more)
                body(with_situation(request, arguments.situation))

    return status_of(carry_out)


def execute_words(
    parser: Callable[[], Parser], argv: Sequence[str] | None, body: Callable[[argparse.Namespace], None]
) -> int:
    """Carry out a command that takes words of its own in place of settings; return its exit status.

    Parameters
    ----------
    parser : callable
        Makes its parser, from `words_parser`, in the language that is spoken.
    argv : sequence of str, optional
        Its arguments; absent: those of the process.
    body : callable
        Does the work, with what was given; see `execute`.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    with speaking(language_asked(words)):
        made = parser()
        if {"-h", "--help"} & {*words}:
            return status_of(lambda: print(made.format_help(), end=""))
        given = made.parse_intermixed_args(words)
        _answer_signals()
        return status_of(lambda: body(given))


def words_parser(command: Command) -> tuple[Parser, Any]:
    """Return the parser of a command that takes words of its own, and the group for them, which has `--help` so far."""
    parser = Parser(
        prog=f"beatlab {command.name}",
        description=say(command.summary),
        formatter_class=Layout,
        epilog="\n".join([say("examples"), *(f"  {example}" for example in command.examples)]),
        allow_abbrev=False,
        add_help=False,
    )
    group = parser.add_argument_group(say("arguments"))
    group.add_argument("-h", "--help", action="store_true", help=say("show this, and do nothing"))
    return parser, group


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
    except KeyboardInterrupt as error:
        terminated = isinstance(error, Terminated)
        notes = getattr(error, "__notes__", [])  # of a store, which says what it keeps
        if notes or not terminated:
            complain("; ".join([say("interrupted: nothing half-written is left"), *notes]))
        return SIGNALLED + int(error.args[0]) if terminated else INTERRUPTED
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
    from experiments.languages.refusals import told
    from experiments.runs.engines.engine import WorkerDied
    from experiments.runs.places import NotDrawn
    from sim.parameters import AuthorError, BadInput

    match error:
        case BadInput():
            status, line = BAD_INPUT, one_line(told(error))
        case AuthorError():
            status, line = BAD_INPUT, one_line(told(f"{error}; where: {_kept(error.traceback_text)}"))
        case SystemExit():
            status, line = BAD_INPUT, told(f"what was run has called sys.exit({error.code!r}); nothing is written")
        case WorkerDied() | NotDrawn():
            status, line = FAILED, told(error)
        case OSError() if error.errno in FULL:
            _drop(sys.stdout)
            status, line = FAILED, told(error)
        case _:
            raise error
    complain(say("error: {a}", a=line))
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


def _answer_signals() -> None:
    """End in good order when somebody tells the command to end, or hangs up."""
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # under `nohup` it goes on
        signal.signal(signal.SIGHUP, _terminate)


def _terminate(number: int, _frame: Any) -> NoReturn:
    raise Terminated(number)


def one_line(text: str) -> str:
    """Return a message on one line, as a terminal may show it."""
    from sim.parameters import printable

    return printable(" ".join(text.split()))


def _kept(text: str) -> str:
    """Write a traceback into a new file; return its path, or the text where no file can be written.

    Of the files of earlier commands of this user the latest are kept.
    """
    try:
        with tempfile.NamedTemporaryFile(prefix=TRACEBACK, suffix=".txt", delete=False) as file:
            file.write(text.encode(errors="backslashreplace"))
    except OSError:
        return " ".join(text.split())
    with suppress(OSError):
        ours = [path for path in Path(file.name).parent.glob(f"{TRACEBACK}*.txt") if path.stat().st_uid == os.getuid()]
        for old in sorted(ours, key=lambda path: path.stat().st_mtime)[:-KEPT_TRACEBACKS]:
            old.unlink(missing_ok=True)
    return file.name


def _parser(command: Command, help_on_settings: str | None = None) -> argparse.ArgumentParser:
    words = say("[group=option …] [key=value …]")
    parser = Parser(
        prog=f"beatlab {command.name}",
        usage=f"beatlab {command.name} [--help] [--cfg] [{CONFIG_FLAG} DIR] [{FILE_FLAG} FILE] {words}",
        description=say(command.summary),
        formatter_class=Layout,
        epilog=help_on_settings,
        allow_abbrev=False,
        add_help=False,
    )
    group = parser.add_argument_group(say("arguments"))
    for flags, text, more in FLAGS:
        group.add_argument(*flags, help=say(text), **more)
    group.add_argument(
        SITUATION_FLAG, metavar="FILE",
        help=say("your own situation; `beatlab new situation NAME` writes one to begin with")
        if command.name in OF_SITUATIONS else argparse.SUPPRESS,
    )  # fmt: skip
    help_on_sets = say("the same as parameters=SET") if command.takes_sets else argparse.SUPPRESS
    group.add_argument(SETS_FLAG, metavar="SET", help=help_on_sets)
    if command.sweeps:
        for flags, text, more in FLAGS_OF_SWEEPS:
            group.add_argument(*flags, help=say(text), **more)
    return parser


def shown_path(path: Path) -> str:
    """Return a path as a user likes to read it: relative to the working directory when it lies below that."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def print_files(files: Sequence[FileReport]) -> None:
    """Say how many rows of each real file were used, why the others were not, what was guessed, and its types."""
    for file in files:
        reasons = Counter(reason for _, reason in file.rejected)
        why = "".join(
            say("; {rows:,} rejected: {why}", rows=number, why=say(reason)) for reason, number in reasons.most_common()
        )
        coded = "" if file.encoding == "UTF-8" else say(" as {encoding}", encoding=file.encoding)
        words = "{file}: {read:,} {what} read{coded}, {used:,} used{why}"
        told_of = {"file": file.path, "what": say(file.what), "coded": coded, "why": why}
        print(one_line(say(words, read=file.rows_read, used=file.rows_used, **told_of)))
        for notice in file.notices:
            print(f"  {one_line(say(notice))}")
        for line in types_as_lines(file):
            print(line)
