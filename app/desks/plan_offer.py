"""A situation that somebody has shared, offered to who has begun another one: to be opened, kept, or left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from app.desks.plan_state import OFFERED, Part

if TYPE_CHECKING:
    from app.desks.plan_state import Plan
    from app.situations import Tree


class Offer(Part):
    """What was shared.

    Parameters
    ----------
    plan : Plan
        The desk.
    place : ui.element
        Where it is drawn; emptied when the visitor has decided.
    """

    def __init__(self, plan: Plan, place: ui.element) -> None:
        super().__init__(plan)
        self._place = place

    def draw(self) -> None:
        """Draw what can be done with it; nothing where nothing was shared."""
        tree: Tree | None = self.page.session.read(OFFERED)
        if tree is None:
            return
        words = "Somebody has shared “{name}” with you. Your own situation is still on the desk."
        name = str(tree.get("name") or self.say("without a name"))
        with ui.element("section").classes("offer").props("data-mark=offer"):
            ui.label(self.say(words, name=name)).classes("grow")
            ui.button(self.say("Open it, and keep mine below"), on_click=lambda: self._open(tree)).props(
                "no-caps unelevated data-mark=offer-open"
            )
            ui.button(self.say("Keep it below"), on_click=lambda: self._keep(tree)).props("no-caps outline")
            ui.button(self.say("Leave it"), on_click=self._decided).props("no-caps flat")

    def _open(self, tree: Tree) -> None:
        self.plan.parts["kept"].keep(str(self.plan.tree.get("name", "")))
        self._decided()
        self.plan.replaced(tree)

    def _keep(self, tree: Tree) -> None:
        self.plan.parts["kept"].put(tree)
        self._decided()

    def _decided(self) -> None:
        self.page.session.write(OFFERED, None)
        self._place.clear()
