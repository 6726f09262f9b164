"""What the parts of the desk Plan share: its situation, the comparison under way, and what a change leads to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nicegui import ui

from app.comparing import Comparing
from app.situations import Tree, asked, check, check_amount, options, usual
from experiments.compare.staffing import GRID
from sim.parameters import BadInput

if TYPE_CHECKING:
    from app.frame import Page
    from app.jobs import Job
    from app.situations import Ask

PAUSE_S = 0.4  # after the last change, before it is answered
DRAFT, ANSWERED = "draft", "answered"  # what a session keeps: its situation, and whether it has been compared
OFFERED = "offered"  # what somebody has shared with who had begun something else


@dataclass
class Plan:
    """The desk of one page.

    Attributes
    ----------
    page : Page
        The page.
    tree : dict
        The situation, as its file has it.
    """

    page: Page
    tree: Tree
    at_once: bool = True
    _pause: ui.timer | None = None
    parts: dict[str, Any] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """Whose turn it is at the workers: that of the desk, apart from what else its session does."""
        return f"{self.page.session.key} plan"

    @property
    def job(self) -> Job | None:
        """The comparison that was begun last, on this page or another of the session."""
        return self.page.jobs.of(self.owner)

    @property
    def work(self) -> Comparing | None:
        """What that comparison does."""
        return self.job.work if self.job is not None and isinstance(self.job.work, Comparing) else None

    @property
    def ask(self) -> Ask:
        """What the page asks for now."""
        return self.ask_of(self.tree)

    def ask_of(self, tree: Tree) -> Ask:
        """Return what is asked with a situation."""
        return asked(tree, self.page.session, self.page.language)

    def changed(self) -> None:
        """Keep the situation, say what it takes, and answer it at once where that is wished."""
        self.page.session.write(DRAFT, self.tree)
        self.parts["answer"].say_what_it_takes()
        if self._pause is not None:
            self._pause.cancel()
        if self.at_once and self.page.session.read(ANSWERED):
            with self.parts["column"]:
                self._pause = ui.timer(PAUSE_S, self.compare, once=True)

    def replaced(self, tree: Tree) -> None:
        """Go on with another situation."""
        self.tree = tree
        self.parts["controls"].draw.refresh()
        self.changed()

    def compare(self) -> None:
        """Begin a comparison."""
        try:
            check(self.tree, self.page.session.folder)
            check_amount(self.tree)
        except BadInput as error:
            self.parts["answer"].refuse(error)
            return
        self.page.session.write(ANSWERED, True)
        site = self.page.site
        self.page.jobs.start(self.owner, Comparing(self.ask, site.store, site.pace, self.work), total=1)
        self.parts["answer"].begun()

    def takes(self) -> tuple[int, int, float]:
        """Return how many options and runs there are, and about how many seconds they take if none is kept."""
        number = options(self.tree)
        each = int(usual(self.tree, "replications"))
        runs = number * each + (each * len(GRID) if self.tree.get("equivalents") else 0)
        return number, runs, self.page.site.pace.seconds(self.tree, runs, each, self.page.jobs.workers)


class Part:
    """A part of the desk: it knows the desk and its page, and says things in the language of the page.

    Parameters
    ----------
    plan : Plan
        The desk.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan, self.page, self.say = plan, plan.page, plan.page.say
