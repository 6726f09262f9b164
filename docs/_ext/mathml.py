"""Writes formulas as MathML when the site is built, so that no page loads anything to show them."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx

BARE = re.compile(r"(\\[dt]?frac)\s*(\d)\s*(\d)")


def shown(formula: str) -> str:
    r"""Return a formula as TeX reads it and its translator does not: `\tfrac12` is one half."""
    formula = BARE.sub(r"\1{\2}{\3}", formula)
    if strange := re.search(r"\\[dt]?frac\s*[^{\s].{0,9}|\\sqrt\s*[^{\s\[].{0,9}", formula):
        raise ValueError(f"the translator of formulas would show {strange[0]!r} wrongly: write braces")
    return formula


def inline(writer: Any, node: nodes.Element) -> None:
    """Write a formula within a line."""
    writer.body.append(tex2mathml(shown(node.astext())))
    raise nodes.SkipNode


def block(writer: Any, node: nodes.Element) -> None:
    """Write a formula on lines of its own."""
    writer.body.append(f'<div class="formula">{tex2mathml(shown(node.astext()), as_block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx of the renderer `mathml`."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
