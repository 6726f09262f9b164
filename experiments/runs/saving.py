"""Writes a result into its folder: the tables first, then the figures and the page, and never half of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from experiments.runs import folder as store

if TYPE_CHECKING:
    import os
    from pathlib import Path


class Written(Protocol):
    """A result that knows how to write its parts."""

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, commit, seed, command, time."""

    def write_tables(self, folder: Path) -> None:
        """Write everything but the figures and the page."""

    def write_page(self, folder: Path) -> None:
        """Draw the figures and write the page."""


def save(result: Written, folder: str | os.PathLike[str]) -> Path:
    """Write a result, in the place of one of ours if there is one.

    Returns
    -------
    Path
        The folder, absolute.

    Raises
    ------
    BadInput
        When it cannot be written, or holds something that is not ours.
    NotDrawn
        When the figures or the page cannot be made; the tables are written.
    """
    place = store.check_output(folder)
    store.check_drawing()
    with store.output_folder(place, result.provenance) as temporary:
        result.write_tables(temporary)
        with store.drawing(temporary, place, result.provenance):
            result.write_page(temporary)
    return place
