"""With which fonts a browser has drawn a page: no Chinese letter is left to a machine that may have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.presentation.letters import FIRST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page


def drawn_in_others(page: Page) -> list[str]:
    """Wait for the fonts of a page; return its Chinese texts that have a letter in another font than it brings."""
    page.wait_for_function("document.fonts.status === 'loaded'")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument", {"depth": -1, "pierce": True})["root"]
    strange = []
    for node, text in _texts(root):
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        ours = sum(font["glyphCount"] for font in fonts if font["isCustomFont"])
        if fonts and ours < _chinese(text):
            strange.append(text)
    return strange


def _texts(node: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the elements that have Chinese letters of their own, each with its text."""
    children = [*node.get("children", []), *node.get("shadowRoots", [])]
    own = "".join(child["nodeValue"] for child in children if child["nodeName"] == "#text")
    if _chinese(own):
        yield node["nodeId"], own
    for child in children:
        yield from _texts(child)


def _chinese(text: str) -> int:
    return sum(ord(letter) >= FIRST for letter in text)
