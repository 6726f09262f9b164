"""The desk Plan: what is the situation, what could be done, which of it is best, and how sure is that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from app.desks.plan_answer import AnswerPanel
from app.desks.plan_controls import Controls
from app.desks.plan_kept import KeptPanel
from app.desks.plan_offer import Offer
from app.desks.plan_state import ANSWERED, DRAFT, Plan
from app.situations import READY, named_in, ready

if TYPE_CHECKING:
    from app.frame import Page


def show(page: Page) -> None:
    """Draw the desk."""
    plan = Plan(page, named_in(page.session.read(DRAFT) or ready(next(iter(READY))), page.language))
    offered = ui.element("div")
    with ui.element("div").classes("plan") as column:
        plan.parts["column"] = column
        with ui.element("aside").classes("controls"):
            plan.parts["controls"] = controls = Controls(plan)
            controls.draw()
        with ui.element("main").classes("answer"):
            plan.parts["answer"] = answer = AnswerPanel(plan)
            answer.draw()
            plan.parts["kept"] = kept = KeptPanel(plan)
            kept.draw()
    with offered:
        Offer(plan, offered).draw()
    here = plan.work is not None and plan.work.ask.language == page.language
    if page.session.read(ANSWERED) and not here:
        plan.compare()  # after a restart, or in another language: what has been run is kept, the answer soon there
