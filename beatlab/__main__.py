"""The console: `beatlab compare …`, or `python -m beatlab compare …`, from any folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from beatlab import __version__, load

COMMANDS = {  # name → module with `COMMAND` and `main`
    "compare": "experiments.compare.__main__",
    "sweep": "experiments.sweep.__main__",
    "optimise": "experiments.optimise.__main__",
    "sensitivity": "experiments.sensitivity.__main__",
    "trial": "experiments.trial.__main__",
    "run": "experiments.run",
    "validate": "experiments.validate.__main__",
    "calibrate": "experiments.calibrate.__main__",
    "mechanisms": "experiments.mechanisms.__main__",
    "inspect": "experiments.inspect.__main__",
    "store": "experiments.store.__main__",
    "rerun": "experiments.rerun.__main__",
    "power": "experiments.power.__main__",
    "new": "experiments.new.__main__",
    "lesson": "experiments.lesson.__main__",
    "app": "app.__main__",
    "replay": "app.replay.__main__",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out a command; return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The name of the command and its arguments; absent: those of the process.
    """
    name, *rest = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if name == "run" and not {"-m", "--multirun"}.isdisjoint(rest):  # as Hydra has it
        name = "sweep"
    if name in COMMANDS:
        return int(load(COMMANDS[name]).main(rest))
    with load("experiments.languages.speech").speaking(load("experiments.settings.spoken").language_asked(rest)):
        return int(load("experiments.settings.command").status_of(lambda: _tell(name)))


def _tell(name: str) -> None:
    """Print the commands or the version, or refuse the name of a command that there is not."""
    if name in ("-h", "--help"):
        print(_help())
    elif name == "--version":
        print(f"beatlab {__version__}")
    else:
        raise _unknown(name)


def _help() -> str:
    """List the commands, each with what it does and an example."""
    say = load("experiments.languages.speech").say
    usage = say("usage: ") + "beatlab COMMAND [--help] [--cfg] " + say("[group=option …] [key=value …]")
    lines = [usage, "", say("commands")]
    for name, module in COMMANDS.items():
        command = load(module).COMMAND
        example = next((text for text in command.examples if "=" in text), f"beatlab {name}")
        lines += [f"  {name:<12}{say(command.summary)}", f"  {'':<12}{example}"]
    lines += [
        "",
        f"beatlab COMMAND --help   {say('lists what a command takes')}",
        f"beatlab --version        {say('prints the version')}",
    ]
    return "\n".join(lines)


def _unknown(name: str) -> Exception:
    """Return the error that there is no such command, which names the nearest."""
    from difflib import get_close_matches

    parameters = load("sim.parameters")
    near = get_close_matches(name, COMMANDS, n=1)
    did_you_mean = f"; did you mean {near[0]}?" if near else ""
    error: Exception = parameters.BadInput("command", name, f"one of {', '.join(COMMANDS)}{did_you_mean}")
    return error


if __name__ == "__main__":
    sys.exit(main())
