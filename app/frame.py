"""The frame of every page: title, desks, language; and what a desk is given to draw itself."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from nicegui import ui

from experiments.languages.speech import CHINESE, ENGLISH, say, speaking

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from app.jobs import Jobs
    from app.keep import Keep, Session
    from app.pace import Pace

DESKS = {"plan": "Plan", "study": "Study", "teach": "Teach"}  # address → what stands on the tab
NATIVE = {ENGLISH: "English", CHINESE: "中文"}  # each language by its own name


@dataclass(frozen=True)
class Site:
    """What all pages of a server share.

    Attributes
    ----------
    keep : Keep
        What is on disk.
    jobs : Jobs
        Worker processes.
    store : str
        Folder of the store of runs.
    pace : Pace
        How long runs take.
    """

    keep: Keep
    jobs: Jobs
    store: str
    pace: Pace


@dataclass(frozen=True)
class Page:
    """A page that one browser sees in one language.

    Attributes
    ----------
    site : Site
        What it shares with all others.
    session : Session
        The browser's own.
    language : str
        `en` or `zh`.
    """

    site: Site
    session: Session
    language: str

    @property
    def jobs(self) -> Jobs:
        """Worker processes."""
        return self.site.jobs

    def say(self, words: str, /, **values: Any) -> str:
        """Return a sentence in the language of the page, see `experiments.languages.speech.say`."""
        with speaking(self.language):
            return say(words, **values)

    def speaking(self) -> AbstractContextManager[None]:
        """Say everything in the language of the page within a block: what answers an event has to ask for it."""
        return speaking(self.language)


def framed(page: Page, desk: str) -> ui.column:
    """Draw the frame of a desk and return the column that the desk fills."""
    ui.add_head_html(f"<style>{look()}</style>")
    ui.colors(primary="#1d4e79")
    with ui.header().classes("frame"):
        ui.link("Beatlab", f"/{page.language}/plan").classes("title")
        with ui.element("nav").props(f'aria-label="{page.say("Desks")}"'):
            for name, words in DESKS.items():
                here = " here" if name == desk else ""
                link = ui.link(page.say(words), f"/{page.language}/{name}").classes(f"desk{here}")
                if here:
                    link.props("aria-current=page")
        ui.space()
        for language, name in NATIVE.items():
            if language != page.language:
                ui.link(name, f"/{language}/{desk}").classes("language").props(f"lang={language}")
    return ui.column().classes("desk-body")


def look() -> str:
    """Return the style of all pages."""
    return (files("app") / "look.css").read_text(encoding="utf-8")
