"""What the commands with a report give back: it is printed, shown in a notebook and saved alike for all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

from experiments.languages.speech import say, sentences, speaking

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from rich.console import Console


class ReportedResult(ABC):
    """A result that becomes tables, figures and a page: the tables first, and never half of it.

    Printing it shows what the command shows; a notebook shows it as a table.
    """

    @property
    @abstractmethod
    def provenance(self) -> dict[str, Any]:
        """Versions, commit, seed, the command that does it again, time."""

    @abstractmethod
    def write_tables(self, folder: Path) -> None:
        """Write everything but the figures and the page into an empty folder."""

    @abstractmethod
    def write_page(self, folder: Path) -> None:
        """Draw the figures into the empty folder `figures` below a folder, and write its page."""

    @abstractmethod
    def print_on(self, console: Console) -> None:
        """Print what the command prints."""

    def _repr_html_(self) -> str:
        """Return what a notebook shows: what is printed, unless there is more to be seen."""
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"

    def __str__(self) -> str:
        """Return what the command prints."""
        from experiments.presentation.terminal import as_text

        return as_text(self.print_on)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write the files that the command writes: tables, figures, a page; return the folder.

        A result of ours that is there is replaced.

        Returns
        -------
        Path
            The folder, absolute.

        Raises
        ------
        BadInput
            When the folder cannot be written, or holds something that is not ours.
        NotDrawn
            When the figures or the page cannot be made; the tables are written.
        """
        from experiments.runs import folder as store

        place = store.check_output(folder)
        store.check_drawing()
        with store.output_folder(place, self.provenance) as temporary:
            self.write_tables(temporary)
            with store.drawing(temporary, place, self.provenance):
                (temporary / "figures").mkdir()
                self.write_page(temporary)
        return place


class AnsweredResult(ReportedResult):
    """A result whose findings are an answer in sentences, said in the language of their plan.

    Attributes
    ----------
    found : object
        All numbers and sentences: it has `sentences`, `plan` with the key `language`, and `provenance`.
    """

    found: Any

    @property
    def answer(self) -> str:
        """The answer in a few sentences, decision first."""
        with self._speaking():
            return sentences([say(one) for one in self.found.sentences])

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, commit, seed, the command that does it again, time."""
        found: dict[str, Any] = self.found.provenance
        return found

    def _speaking(self) -> AbstractContextManager[None]:
        return speaking(self.found.plan["language"])


Made = TypeVar("Made", bound=ReportedResult)


def saved(out: str, carry_out: Callable[[], Made]) -> tuple[Made, Path]:
    """Carry out a command whose folder was looked at before, save and print what it found; return that and the folder.

    Raises
    ------
    BadInput, NotDrawn
        See `ReportedResult.save`.
    """
    from experiments.runs import folder as store

    folder = store.check_output(out)
    store.check_drawing()
    result = carry_out()
    result.save(folder)
    print(result, end="")
    return result, folder
