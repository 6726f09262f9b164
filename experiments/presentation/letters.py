"""The Chinese letters of a page, within the page: it shows no boxes on a machine that has no Chinese font."""

from __future__ import annotations

import base64
import io
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

FAMILY = "Beatlab Chinese"  # comes first in a style sheet: a browser does not go back from boxes that it has drawn
FONT_FILE = Path(__file__).with_name("fonts") / "NotoSansSC-Subset.ttf"  # that we bring, see `fonts/README.md`
FIRST = 0x2E80  # from here on letters are Chinese, or its signs
RANGE = f"U+{FIRST:X}-10FFFF"  # all others, and the height of lines, are those of the fonts that follow


def face(text: str) -> str:
    """Return the rule of a style sheet that brings the Chinese letters of a text; empty where it has none.

    The font is the one of the figures, see `fonts/README.md`; letters that it lacks are left to the machine.

    Parameters
    ----------
    text : str
        All that is shown, whatever else is in it.
    """
    letters = {ord(letter) for letter in set(text) if ord(letter) >= FIRST}
    if not letters:
        return ""
    font = base64.b64encode(_part_with(letters)).decode()
    source = f'url(data:font/woff;base64,{font}) format("woff")'
    return f'@font-face {{ font-family: "{FAMILY}"; src: {source}; unicode-range: {RANGE}; }}\n'


def with_letters(html: str) -> str:
    """Return a page with the Chinese letters that it shows at the head of its style sheet."""
    return html.replace("<style>\n", f"<style>\n{face(html)}", 1)


def _part_with(letters: Iterable[int]) -> bytes:
    """Return the part of the font that has some letters, as WOFF."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[])
    part = Subsetter(options)
    part.populate(unicodes=letters)
    with TTFont(FONT_FILE, lazy=True) as font:
        part.subset(font)
        font.flavor = "woff"
        written = io.BytesIO()
        font.save(written)
    return written.getvalue()


def strings_of(tree: Any) -> str:
    """Return all texts of a tree of mappings and lists, one after another."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, dict):
        return "".join(strings_of(part) for item in tree.items() for part in item)
    if isinstance(tree, list | tuple):
        return "".join(map(strings_of, tree))
    return ""
