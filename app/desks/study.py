"""The desk Study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

if TYPE_CHECKING:
    from app.frame import Page


def show(page: Page) -> None:
    """Draw the desk."""
    ui.label(page.say("Nothing is here yet."))
