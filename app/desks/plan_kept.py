"""Situations that a session keeps: named, opened again, compared side by side, given away as a file or a link."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from nicegui import ui

from app.desks.plan_answer import table_cell
from app.desks.plan_state import Part
from app.situations import Tree, text_of

if TYPE_CHECKING:
    from app.answers import Answer
    from app.desks.plan_state import Plan

KEPT, MOST, LONGEST = "kept", 100, 120  # under which name, how many, and how long the name of one may be


class KeptPanel(Part):
    """The list of what is kept."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._chosen: set[str] = set()

    @property
    def entries(self) -> list[dict[str, Any]]:
        """What is kept, the latest first."""
        found: list[dict[str, Any]] = self.page.session.read(KEPT, [])
        return found

    @ui.refreshable_method
    def draw(self) -> None:
        """Draw the list, and the answers of those that are chosen side by side."""
        with ui.element("section").classes("kept"):
            with ui.row().classes("one"):
                name = ui.input(self.say("Name of the situation"), value=str(self.plan.tree.get("name", ""))).props(
                    "dense outlined"
                )
                name.props("data-mark=keep-name")
                ui.button(self.say("Keep this situation"), on_click=lambda: self.keep(name.value)).props(
                    "no-caps outline icon=bookmark_add"
                ).props("data-mark=keep")
            for entry in self.entries:
                self._one(entry)
            chosen = [entry for entry in self.entries if entry["id"] in self._chosen and entry.get("rows")]
            if len(chosen) > 1:
                self._side_by_side(chosen)

    def keep(self, name: str) -> None:
        """Keep the situation of the desk, with its answer if there is one."""
        job = self.plan.job
        answer: Answer | None = None if job is None else job.result
        entry = self._entry(name, self.plan.tree)
        if answer is not None and self.plan.work is not None and self.plan.work.ask.path == self.plan.ask.path:
            entry |= {
                "decision": answer.statements[0][1],
                "columns": [list(column) for column in answer.columns],
                "rows": [
                    [shortage, strategy, [one.text for one in cells]] for shortage, strategy, cells in answer.rows
                ],
            }
        self._write([entry, *self.entries][:MOST])

    def put(self, tree: Tree) -> None:
        """Keep a situation that is not on the desk."""
        self._write([self._entry(str(tree.get("name", "")), tree), *self.entries][:MOST])

    def _entry(self, name: str, tree: Tree) -> dict[str, Any]:
        """Return what is kept of a situation."""
        return {
            "id": secrets.token_hex(8), "name": name.strip()[:LONGEST] or self.say("without a name"), "tree": tree,
        }  # fmt: skip

    def _write(self, entries: list[dict[str, Any]]) -> None:
        self.page.session.write(KEPT, entries)
        self.draw.refresh()

    def _one(self, entry: dict[str, Any]) -> None:
        """Draw one that is kept, with all that can be done with it."""
        with ui.element("div").classes("entry"):
            if entry.get("rows"):
                chosen = ui.checkbox(value=entry["id"] in self._chosen)
                chosen.on_value_change(lambda event: self._choose(entry["id"], event.value))
                chosen.props(f'dense aria-label="{self.say("compare")}"')
            with ui.element("div").classes("grow"):
                ui.label(entry["name"]).classes("entry-name")
                ui.label(entry.get("decision", "")).classes("soft")
            for icon, words, act in (
                ("folder_open", "open", lambda: self.plan.replaced({**entry["tree"]})),
                ("download", "download", lambda: self._download(entry)),
                ("link", "link", lambda: self._link(entry)),
                ("delete", "delete", lambda: self._write([one for one in self.entries if one["id"] != entry["id"]])),
            ):
                ui.button(on_click=act).props(f'flat dense round icon={icon} aria-label="{self.say(words)}"').tooltip(
                    self.say(words)
                )

    def _choose(self, name: str, chosen: bool) -> None:
        (self._chosen.add if chosen else self._chosen.discard)(name)
        self.draw.refresh()

    def _download(self, entry: dict[str, Any]) -> None:
        ui.download.content(text_of(entry["tree"]), "situation.yaml")

    def _link(self, entry: dict[str, Any]) -> None:
        """Show a link under which others who can reach this server find the situation."""
        path = self.page.site.keep.share(text_of(entry["tree"]))
        with ui.dialog() as dialog, ui.card():
            ui.label(self.say("Whoever can reach this server opens the situation with this link:"))
            address = ui.label(path).classes("line").props("data-mark=shared")
            ui.button(self.say("Close"), on_click=dialog.close).props("flat no-caps")
        ui.run_javascript(f"getHtmlElement({address.id}).innerText = location.origin + '{path}'")
        dialog.open()

    def _side_by_side(self, chosen: list[dict[str, Any]]) -> None:
        """Draw the answers of some that are kept below each other, column by column."""
        columns = chosen[0]["columns"]
        with (
            ui.element("div").classes("sliding"),
            ui.element("table").classes("numbers").props("data-mark=side-by-side"),
        ):
            with ui.element("tr"):
                for text in (self.say("Situation"), self.say("Strategy"), *(name for name, _ in columns)):
                    table_cell("th", text)
            for entry in chosen:
                for shortage, strategy, texts in entry["rows"]:
                    with ui.element("tr"):
                        for text in (f"{entry['name']} · {shortage}", strategy, *texts):
                            table_cell("td", text)
