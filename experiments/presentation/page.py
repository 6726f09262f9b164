"""What all pages share: their templates, links to pictures and tables that lie within the page, lines of provenance."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from experiments.languages.speech import in_words, opened, say, spoken
from experiments.presentation.letters import with_letters
from experiments.presentation.names import noun, option_name, programme_name, shortage_name, strategy_name
from experiments.presentation.pictures import Picture
from experiments.presentation.wording import number, shown_value

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment


def templates() -> Environment:
    """Return the environment of all pages: everything is escaped, and a name that a page does not get is an error.

    A page says its words with `t`, in the language that is spoken when it is written.
    """
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("experiments.presentation"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"t": _said, "language": spoken, "number": number}
    made.filters |= {
        "noun": noun, "programme": programme_name, "shortage": shortage_name, "option": option_name,
        "strategy": strategy_name, "said": in_words, "opened": opened,
        "csv_link": csv_link,
    }  # fmt: skip
    return made


def write_page(file: Path, pictures: Mapping[str, Picture], provenance: dict[str, Any], **values: Any) -> Path:
    """Write a page that needs no other file by the template of its name, and return it.

    Parameters
    ----------
    file : Path
        `folder/trial.html`, by the template `trial.html.j2`.
    pictures : mapping
        The figures that were drawn, by name.
    provenance : dict
        Of the result; the page has it in lines.
    **values
        What else the template asks for.
    """
    html = (
        templates()
        .get_template(f"{file.name}.j2")
        .render(pictures=pictures, images=image_links(pictures), provenance=provenance_lines(provenance), **values)
    )
    file.write_text(with_letters(html), encoding="utf-8")
    return file


def _said(words: str, **values: Any) -> str:
    """Say words of a page; a value that is HTML stays so, everything else is escaped."""
    from markupsafe import Markup

    if any(isinstance(value, Markup) for value in values.values()):
        return Markup(say(words)).format(**values)
    return say(words, **values)


def csv_link(text: str) -> str:
    """Return a CSV text as a link that holds it."""
    return "data:text/csv;charset=utf-8," + quote(text)


def image_links(pictures: Mapping[str, Picture]) -> dict[str, str]:
    """Return pictures as links that hold them, so that a page needs no other file."""
    return {
        name: "data:image/svg+xml;base64," + base64.b64encode(picture.svg.read_bytes()).decode()
        for name, picture in pictures.items()
    }


def provenance_lines(provenance: dict[str, Any]) -> list[tuple[str, str]]:
    """Make lines of the provenance, the command left out (it has a place of its own)."""
    known = {
        key: {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value
        for key, value in provenance.items()
    }
    return [
        (opened(noun(key)).replace(" utc", " (UTC)"), shown_value(value))
        for key, value in known.items()
        if key != "command" and value is not None
    ]
