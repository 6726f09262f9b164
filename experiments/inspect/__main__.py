"""`beatlab inspect`: what was understood of the files of a city, before anything is run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from experiments.inspect.api import COMMAND, carry_out, design
from experiments.languages.speech import say
from experiments.presentation.result import saved
from experiments.settings.command import execute, shown_path
from experiments.settings.compose import print_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.inspect.kinds import Found
    from experiments.settings.request import Request


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    found: list[Found] = []

    def words_of(words: Sequence[str]) -> list[str]:
        """Return the words with the kinds of files that were found, and keep these."""
        from experiments.inspect.kinds import settled

        settings, kinds = settled(words)
        found.extend(kinds)
        return settings

    return execute(COMMAND, argv, lambda request: _inspect(request, found), words_of)


def _inspect(request: Request, found: Sequence[Found]) -> None:
    plan, parameters = design(request)
    if request.print_only:
        print_settings({**plan, "city": parameters.model_dump(mode="json")})
        return
    from experiments.inspection.page import REPORT

    _, folder = saved(plan["out"], lambda: carry_out(request, plan, parameters, found))
    print(say("page: {path}", path=shown_path(folder / REPORT)))


if __name__ == "__main__":
    sys.exit(main())
