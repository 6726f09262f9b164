"""`beatlab app`: the page in the browser, for whoever would rather look than write commands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.languages.speech import say
from experiments.settings.command import Parser, execute_words, words_parser
from experiments.settings.request import LANGUAGE_KEY, Command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

COMMAND = Command(
    name="app",
    summary="Open the page in the browser: plan, study and teach, without commands and without the internet.",
    keys={
        **LANGUAGE_KEY,
        "store": "folder in which every run is kept, so that no command runs it again; null: none",
        "out": "folder of the results",
        "workers": "processes; null: one per core",
    },
    examples=(
        "beatlab app",
        "beatlab app --port 8000 language=zh",
        "beatlab app --host 0.0.0.0 out=/srv/beatlab",
    ),
)
HERE, PORT = "127.0.0.1", 8080
GIVEN = {"store": "out/store", "out": "out/app", "workers": None, "language": None}


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute_words(_parser, argv, _serve)


def _serve(given: argparse.Namespace) -> None:
    from app.needs import APP
    from experiments.languages.speech import check_language, spoken
    from experiments.settings.overrides import read_overrides
    from sim.extras import require
    from sim.parameters import BadInput

    choices, values = read_overrides(given.settings)
    for key, value in (*choices.items(), *((key, value) for key, value in values.items() if key not in GIVEN)):
        raise BadInput(key, value, f"{', '.join(f'{name}=…' for name in GIVEN)}")
    settings = {**GIVEN, **values}
    workers = settings["workers"]
    if not (workers is None or (isinstance(workers, int) and not isinstance(workers, bool) and workers >= 1)):
        raise BadInput("workers", workers, "a whole number from 1 on, or null: one per core")
    if not 0 <= given.port <= 65535:
        raise BadInput("--port", given.port, "from 0 on, at most 65535; 0 is any that is free")
    for key in ("store", "out"):
        if not isinstance(settings[key], str):
            raise BadInput(key, settings[key], "the name of a folder")
    require(APP)
    from app.server import Settings, serve

    language = check_language(settings["language"] or spoken())
    serve(Settings(given.host, given.port, settings["out"], settings["store"], workers, language))


def _parser() -> Parser:
    parser, group = words_parser(COMMAND)
    told = "address to listen at (default: {here}, this machine alone); at any other, a token is printed and asked for"
    group.add_argument("--host", default=HERE, help=say(told, here=HERE))
    group.add_argument(
        "--port", type=int, default=PORT, help=say("port (default: {port}); 0: any that is free", port=PORT)
    )
    words = [f"{name}=…" for name in GIVEN]
    group.add_argument("settings", nargs="*", metavar="key=value", help=", ".join(words))
    return parser


if __name__ == "__main__":
    sys.exit(main())
