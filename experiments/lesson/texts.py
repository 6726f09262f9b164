"""The text of a lesson: front matter in YAML, then Markdown in sections; nothing in it is ever markup of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.languages.speech import say, speaking

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from markupsafe import Markup

AIMS, TOWN, TASK, QUESTIONS, TO_SEE, INSTRUCTOR = SECTIONS = (
    "Aims", "The town", "What you do", "Questions", "What to see", "For the instructor",
)  # fmt: skip
AT_FIRST = (AIMS, TOWN, TASK)  # what a class reads before it predicts
_FRONT = re.compile(r"---\n(.*?)\n---\n(.*)", re.DOTALL)
_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)


class Text(NamedTuple):
    """What a lesson says in a language.

    Attributes
    ----------
    title, summary, question : str
        A line each.
    choices : tuple of str
        Predictions to choose from.
    knobs, arms, measures : mapping
        Name in the code → words.
    sections : mapping
        One of `SECTIONS` → Markdown.
    """

    title: str
    summary: str
    question: str
    choices: tuple[str, ...]
    knobs: Mapping[str, str]
    arms: Mapping[str, str]
    measures: Mapping[str, str]
    sections: Mapping[str, str]


def text_of(file: Path, language: str) -> Text:
    """Read a text of a lesson.

    Parameters
    ----------
    file : Path
        `en.md` or `zh.md`.
    language : str
        In which its headings are.

    Raises
    ------
    BadInput
        If something is missing; the message names it.
    """
    from sim.parameters import BadInput

    try:
        front, body = _parts(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(file.name, str(file), f"a text in UTF-8 that begins with front matter ({error})") from None
    for name in ("title", "summary", "question"):
        if not isinstance(front.get(name), str) or not front[name].strip():
            raise BadInput(f"{file.name}: {name}", front.get(name), "a line of text in the front matter")
    if not isinstance(front.get("choices"), list) or len(front["choices"]) < 2:
        raise BadInput(f"{file.name}: choices", front.get("choices"), "a list of two predictions or more")
    for name in ("knobs", "arms", "measures"):
        if not isinstance(front.get(name), dict):
            raise BadInput(f"{file.name}: {name}", front.get(name), "the words for each name of lesson.py")
    return Text(
        title=front["title"].strip(),
        summary=front["summary"].strip(),
        question=front["question"].strip(),
        choices=tuple(map(str, front["choices"])),
        knobs=_words(front["knobs"]),
        arms=_words(front["arms"]),
        measures=_words(front["measures"]),
        sections=_sections(body, language, file),
    )


def _words(front: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): str(words) for name, words in front.items()}


def html(markdown: str) -> Markup:
    """Return Markdown as HTML: markup in it is shown as text, and it has no links and no pictures."""
    from markdown_it import MarkdownIt
    from markupsafe import Markup

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.disable(["link", "image", "autolink", "reference", "html_block", "html_inline", "entity"])
    return Markup(reader.render(markdown))  # escaped by the reader


def _parts(text: str) -> tuple[dict[str, Any], str]:
    """Return front matter and body."""
    import yaml

    found = _FRONT.fullmatch(text)
    if found is None:
        raise ValueError("it begins with a line of ---, and a second one ends the front matter")
    try:
        front = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    if not isinstance(front, dict):
        raise ValueError("its front matter is no `name: value`")
    return front, found[2]


def _sections(body: str, language: str, file: Path) -> dict[str, str]:
    """Return the Markdown below each heading, all of which are there, in their order."""
    from sim.parameters import BadInput

    _, *pieces = _HEADING.split(body)
    with speaking(language):
        wanted = [say(section) for section in SECTIONS]
    if pieces[::2] != wanted:
        raise BadInput(f"{file.name}: headings", ", ".join(pieces[::2]), f"## {', ## '.join(wanted)}, in this order")
    return {section: piece.strip() for section, piece in zip(SECTIONS, pieces[1::2], strict=True)}
