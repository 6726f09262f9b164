"""A directive for pages of which a part is written by the program: `{generated} parameters`, `{generated} kinds …`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import glossary
import imports
import odd
import offline
import reference
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

WRITERS: dict[str, Callable[..., str]] = {
    "parameters": reference.parameters,
    "tables": reference.tables,
    "indicators": reference.indicators,
    "commands": reference.commands,
    "glossary": glossary.glossary,
    "state": odd.state,
    "schedule": odd.schedule,
    "streams": odd.streams,
    "submodel": odd.submodel,
    "kinds": odd.kinds_of,
    "bases": odd.bases,
    "data": odd.data_use,
    "ground": odd.ground,
}


class Generated(Directive):
    """Puts what a writer returns in its place, as if it were written there.

    Its first argument names the writer, a second one what it is to write of. What stands between its fences is for
    those who read the page without building the site.
    """

    required_arguments, optional_arguments, has_content = 1, 1, True

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the Markdown that the writer returns."""
        name, *of = self.arguments
        if name == "imports":
            return [nodes.raw("", imports.picture(), format="html")]
        holder = nodes.Element()
        holder.document = self.state.document
        text = WRITERS[name](*of).splitlines()
        self.state.nested_parse(StringList(text, source=f"<{name}>"), self.content_offset, holder, match_titles=True)
        return holder.children


def speak_chinese(_: Sphinx, page: str, __: str, context: dict[str, Any], ___: nodes.document | None) -> None:
    """Say of Chinese pages that they are, so that browsers choose their fonts and rules of line breaks."""
    if page.startswith("zh/"):
        context["language"] = "zh-CN"


def check_offline(app: Sphinx, error: Exception | None) -> None:
    """Look through the pages for anything that a browser would load from elsewhere.

    Raises
    ------
    ExtensionError
        If there is such a thing.
    """
    if error is None and app.builder.format == "html":
        for page in Path(app.outdir).rglob("*.html"):
            if found := offline.loaded(page.read_text(encoding="utf-8")):
                raise ExtensionError(f"{page.relative_to(app.outdir)} loads from the internet: {found}")


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx of the directive, of the language of pages, and of what they may not do."""
    app.add_directive("generated", Generated)
    app.connect("html-page-context", speak_chinese)
    app.connect("build-finished", check_offline)
    return {"parallel_read_safe": True}
