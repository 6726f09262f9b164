"""The page of a replay: the player, and “from here, otherwise”, which runs another future of what is shown."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from nicegui import ui

from app.desks.plan_controls import STRATEGIES
from app.replaying import Found, Shown, found, replayed
from experiments.languages.refusals import told
from experiments.presentation.names import strategy_name
from sim.clock import MINUTES_PER_DAY

if TYPE_CHECKING:
    from app.frame import Page

AS_BEFORE = ""  # the strategy that is the one that holds
MOST_MORE = 100  # officers on patrol, more or fewer
PLAYER = """(async () => {{
    const file = await (await fetch({address})).arrayBuffer();
    window.replay = await Beatlab.replay(document.getElementById("replay"), file, {{ language: {language}, at: {at},
        otherwise: (minute) => emitEvent("otherwise", minute) }});
}})()"""


def show(page: Page, name: str, at_min: float) -> None:
    """Draw a replay of the session, its clock at a minute."""
    one = found(page.session, name)
    if one is None:
        ui.label(page.say("There is no such replay of yours; the desk Plan makes one.")).classes("decision soft")
        return
    base = f"/of/{page.session.key}/reports/{name}/pages"
    ui.add_head_html('<link rel="stylesheet" href="/player.css"><script src="/player.js"></script>')
    with ui.row().classes("one bar-of-title"):
        ui.link(page.say("Back to Plan"), f"/{page.language}/plan")
        ui.space()
        ui.link(page.say("As a file that can be sent"), f"{base}/replay.html", new_tab=True).props("download")
    ui.element("div").props("id=replay").classes("wide")
    with ui.expansion(page.say("The command that does the same")).classes("command").props("dense"):
        ui.label(one.command).classes("line").props("data-mark=command")
    dialog = Otherwise(page, one)
    ui.on("otherwise", lambda event: dialog.open(float(event.args)))
    words = {
        "address": json.dumps(f"{base}/replay.bin"),
        "language": json.dumps(page.language),
        "at": at_min if math.isfinite(at_min) else 0,
    }
    ui.run_javascript(PLAYER.format(**words))


class Otherwise:
    """The dialogue in which another future is ordered.

    Parameters
    ----------
    page : Page
        The page.
    one : Found
        The replay that is shown.
    """

    def __init__(self, page: Page, one: Found) -> None:
        self.page, self.one, self.say = page, one, page.say
        self.at_min = 0.0
        self.chosen: dict[str, Any] = {"side": 0, "strategy": AS_BEFORE, "officers": 0, "campaign": False}
        self._dialog = ui.dialog()
        with self._dialog, ui.card().classes("upload").props("data-mark=otherwise"):
            self._draw()

    def open(self, at_min: float) -> None:
        """Show the dialogue for a moment of the clock."""
        self.at_min = at_min
        day, minute = divmod(int(at_min), MINUTES_PER_DAY)
        words = "From day {day}, {hour:02d}:{minute:02d} on, otherwise"
        self._title.set_text(self.say(words, day=day + 1, hour=minute // 60, minute=minute % 60))
        begins = max(math.ceil(at_min / MINUTES_PER_DAY), 1) + 1
        words = "Up to there all stays as it was, to the bit. What is new holds from the briefing of day {day} on."
        self._note.set_text(self.say(words, day=begins))
        self._refused.set_visibility(False)
        self._dialog.open()

    def _draw(self) -> None:
        """Draw who goes on otherwise, and how."""
        say, labels = self.say, [label.get(self.page.language, label["en"]) for label in self.one.labels]
        self._title = ui.label().classes("heading").props("role=heading aria-level=2")
        self._note = ui.label().classes("soft")
        if len(self.one.shown.strategies) > 1:
            shown = {i: f"{'AB'[i]}: {label}" for i, label in enumerate(labels)}
            ui.select(shown, label=say("who goes on otherwise")).bind_value(self.chosen, "side").classes("wide").props(
                "outlined dense data-mark=side"
            )
        with self.page.speaking():
            names = {AS_BEFORE: say("the strategy as before")} | {name: strategy_name(name) for name in STRATEGIES}
        ui.select(names, label=say("strategy")).bind_value(self.chosen, "strategy").classes("wide").props(
            "outlined dense options-dense data-mark=new-strategy"
        )
        words = say("officers on patrol, more (or fewer, below 0)")
        ui.number(words, value=0, min=-MOST_MORE, max=MOST_MORE, step=1, precision=0).bind_value(
            self.chosen, "officers"
        ).classes("wide").props("outlined dense data-mark=more-officers")
        ui.switch(say("a campaign begins")).bind_value(self.chosen, "campaign").props("data-mark=new-campaign")
        self._refused = ui.label().classes("refused").props("data-mark=refused")
        self._refused.set_visibility(False)
        with ui.row():
            self._go = ui.button(say("Run it"), on_click=self._run).props("no-caps unelevated data-mark=run-otherwise")
            ui.button(say("Close"), on_click=self._dialog.close).props("no-caps flat")

    def _ordered(self) -> Shown:
        """Return what is to be shown: one strategy, and its other future."""
        officers = int(self.chosen["officers"] or 0)
        branch: dict[str, Any] = {"at_min": self.at_min}
        if self.chosen["strategy"] != AS_BEFORE:
            branch["strategy"] = self.chosen["strategy"]
        if officers:
            branch["heads"] = [{"post": "patrol", "auxiliaries": False, "heads": officers}]
        if self.chosen["campaign"]:
            branch["programmes"] = ["campaign"]
        side = self.one.shown.strategies[self.chosen["side"] if len(self.one.shown.strategies) > 1 else 0]
        return Shown([side], self.one.shown.days, branch)

    async def _run(self) -> None:
        """Let a worker run the other future, and go to its replay, the clock where it was."""
        self._go.props("loading")
        self._refused.set_visibility(False)
        folder = self.page.session.new_folder("reports") / "pages"
        owner = f"{self.page.session.key} replay"
        try:
            await self.page.jobs.run(owner, replayed, self.one.ask, self._ordered(), folder)
        except Exception as error:  # whatever it is, the page says it
            with self.page.speaking():
                self._refused.set_text(" ".join(told(error).split()))
            self._refused.set_visibility(True)
        else:
            ui.navigate.to(f"/{self.page.language}/replay/{folder.parent.name}?at={self.at_min:g}")
        finally:
            self._go.props(remove="loading")
