"""Results as a notebook shows them: a short answer, tables, figures that show themselves, and notes."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, NamedTuple

from experiments.presentation.page import templates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.presentation.pictures import Picture


class NotebookTable(NamedTuple):
    """A table as a notebook shows it.

    Attributes
    ----------
    columns : sequence of (str, str)
        Heading and unit of each column, the first of which has the names of the rows.
    groups : mapping
        Title → rows, each a text for every column.
    """

    columns: Sequence[tuple[str, str]]
    groups: Mapping[str, Sequence[Sequence[str]]]


class Figure(NamedTuple):
    """A figure that shows itself in a notebook.

    Attributes
    ----------
    name, title, caption : str
        Its name, its heading, and how to read it.
    alt : str
        What it shows, in words.
    svg : str
        The drawing.
    """

    name: str
    title: str
    caption: str
    alt: str
    svg: str

    @property
    def link(self) -> str:
        """The drawing as a link that holds it."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg.encode()).decode()

    def __repr__(self) -> str:
        return f"<Figure {self.name}: {self.title}>"

    def _repr_svg_(self) -> str:
        return self.svg


def figure_of(picture: Picture) -> Figure:
    """Read a figure that was drawn into a folder."""
    svg = picture.svg.read_text(encoding="utf-8")
    return Figure(picture.name, picture.title, picture.caption, picture.alt, svg)


def as_html(
    tables: Sequence[NotebookTable],
    answer: Sequence[str] = (),
    figures: Sequence[Figure] = (),
    notes: Sequence[str] = (),
) -> str:
    """Write a result as a piece of HTML: the answer in sentences, tables, figures, and notes to unfold."""
    page = templates().get_template("notebook.html.j2")
    return page.render(tables=tables, answer=answer, figures=figures, notes=notes)
