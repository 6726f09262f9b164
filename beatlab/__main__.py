"""The console: `beatlab compare …`, or `python -m beatlab compare …`, from any folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from beatlab import __version__, load

COMMANDS = {  # name → module with `COMMAND` and `main`
    "compare": "experiments.compare.__main__",
    "run": "experiments.run",
    "validate": "experiments.validate.__main__",
    "mechanisms": "experiments.mechanisms.__main__",
    "new": "experiments.new.__main__",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command; return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The name of the command and its arguments; absent: those of the process.
    """
    name, *rest = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if name in ("-h", "--help"):
        print(_help())
        return 0
    if name == "--version":
        print(f"beatlab {__version__}")
        return 0
    if name not in COMMANDS:
        print(f"error: {_unknown(name)}", file=sys.stderr)
        return 2
    return int(load(COMMANDS[name]).main(rest))


def _help() -> str:
    """List the commands, each with what it does and an example."""
    lines = ["usage: beatlab COMMAND [--help] [--cfg] [group=option …] [key=value …]", "", "commands"]
    for name, module in COMMANDS.items():
        command = load(module).COMMAND
        example = next((text for text in command.examples if "=" in text), f"beatlab {name}")
        lines += [f"  {name:<12}{command.summary}", f"  {'':<12}{example}"]
    lines += [
        "",
        "beatlab COMMAND --help   lists what a command takes",
        "beatlab --version        prints the version",
    ]
    return "\n".join(lines)


def _unknown(name: str) -> str:
    """Say that there is no such command, and which is the nearest."""
    from difflib import get_close_matches

    parameters = load("sim.parameters")
    near = get_close_matches(name, COMMANDS, n=1)
    did_you_mean = f"; did you mean {near[0]}?" if near else ""
    return str(parameters.BadInput("command", name, f"one of {', '.join(COMMANDS)}{did_you_mean}"))


if __name__ == "__main__":
    sys.exit(main())
