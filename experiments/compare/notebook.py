"""A comparison as a notebook shows it: the answer, the table, and figures that show themselves."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.ranking import SIGNS
from experiments.presentation.page import templates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from experiments.compare.findings import Findings
    from experiments.presentation.pictures import Picture

SHOWN = ("effects",)  # figures below the table; the others are asked for by name


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


def as_html(findings: Findings, figures: Mapping[str, Figure]) -> str:
    """Write the answer, the table with its notes and the main figures as a piece of HTML."""
    shown = [figures[name] for name in SHOWN if name in figures]
    return (
        templates().get_template("comparison_in_notebook.html.j2").render(findings=findings, signs=SIGNS, figures=shown)
    )
