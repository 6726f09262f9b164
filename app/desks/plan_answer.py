"""The right side of the desk Plan: the decision first, how far it is, the table, the command that does the same."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from nicegui import ui

from app.comparing import Comparing, reported
from app.desks.plan_state import Part
from app.jobs import CANCELLED, FAILED, RUNNING, Job
from app.replaying import DAYS, Shown, replayed
from app.situations import usual
from experiments.languages.refusals import told
from experiments.languages.speech import say
from experiments.runs.progress import on_compiling

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.answers import Answer
    from app.desks.plan_state import Plan

LOOK_S = 0.25  # how often the page looks how far a job is


class AnswerPanel(Part):
    """The answer of a desk, and what it takes to get it."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._seen: object = None

    def draw(self) -> None:
        """Draw the panel, and look from time to time how far the job is."""
        with ui.element("section").classes("start"):
            with ui.element("div").classes("grow"):
                self._takes = ui.label().classes("soft").props("data-mark=takes")
                self._far = ui.linear_progress(value=0, show_value=False, size="6px").props("instant-feedback")
                self._how = ui.label().classes("soft").props("data-mark=progress")
            self._go = (
                ui.button(self.say("Compare"), on_click=self.plan.compare)
                .props("no-caps unelevated")
                .props("data-mark=compare")
            )
            self._stop = ui.button(self.say("Stop"), on_click=self._cancel).props("no-caps outline data-mark=stop")
        self._refused = ui.label().classes("refused").props("data-mark=refused")
        self._refused.set_visibility(False)
        self._place = ui.element("div").classes("result")
        self.say_what_it_takes()
        self._look()
        ui.timer(LOOK_S, self._look)

    def say_what_it_takes(self) -> None:
        """Say how many runs there are, and how long they take."""
        options, runs, seconds = self.plan.takes()
        words = "{options} options, {runs} runs: about {time}; what has been run before is kept"
        self._takes.set_text(self.say(words, options=options, runs=runs, time=self._time(seconds)))

    def begun(self) -> None:
        """Show that a job has begun."""
        self._refused.set_visibility(False)
        self._look()

    def refuse(self, error: Exception) -> None:
        """Say what is not allowed."""
        with self.page.speaking():
            self._refused.set_text(" ".join(told(error).split()))
        self._refused.set_visibility(True)

    def _cancel(self) -> None:
        if (job := self.plan.job) is not None:
            job.cancel()
            self._look()

    def _look(self) -> None:
        """Show how far the job is; draw the answer where there is another one."""
        job = self.plan.job
        running = job is not None and job.state == RUNNING
        self._far.set_visibility(running)
        self._stop.set_visibility(running)
        self._go.set_visibility(not running)
        self._takes.set_visibility(not running or self.page.jobs.compiling_since is None)  # it is of runs alone
        self._how.set_text("" if job is None else self._how_far(job))
        if job is None:
            self._empty()
            return
        self._far.set_value(job.done / max(job.total, 1))
        if job.state == FAILED and job.error is not None and self._seen != (job, FAILED):
            self.refuse(job.error)
            self._seen = job, FAILED
        answer: Answer | None = job.result
        self._place.classes(**{"add" if running and answer is None else "remove": "old"})
        if answer is not None and self._seen not in ((job, id(answer)), (job, FAILED)):
            self._seen = job, id(answer)
            self._place.clear()
            with self._place, self.page.speaking():
                self._draw(answer, job)

    def _empty(self) -> None:
        if self._seen is None:
            self._seen = "empty"
            with self._place:
                words = "Choose a situation and what could be done, and press Compare: the first answer is soon there."
                ui.label(self.say(words)).classes("decision soft")

    def _how_far(self, job: Job) -> str:
        """Say how far a job is, in words."""
        if job.state == CANCELLED:
            return self.say("Stopped; what has been run is kept.")
        if job.state != RUNNING:
            return ""
        if self.page.jobs.warming:
            return self._loading()
        left = "" if job.left_s is None else self.say(" · about {time} left", time=self._time(job.left_s))
        ahead = self.page.jobs.waiting
        queue = self.say(" · {n} others wait, too", n=ahead) if ahead else ""
        return self.say("{done} of {total} steps", done=job.done, total=job.total) + left + queue

    def _loading(self) -> str:
        """Say that the model is loaded, or compiled, and then how long that takes and has taken."""
        since = self.page.jobs.compiling_since
        if since is None:
            return self.say("The model is being loaded.")
        with self.page.speaking():
            return on_compiling() + self.say(" So far: {time}.", time=self._time(monotonic() - since))

    def _time(self, seconds: float) -> str:
        """Say a time as people do."""
        if seconds < 90:
            return self.say("{n} s", n=max(1, round(seconds)))
        if seconds < 5400:
            return self.say("{n} min", n=round(seconds / 60))
        return self.say("{n} h", n=round(seconds / 3600))

    def _draw(self, answer: Answer, job: Job) -> None:
        """Draw an answer, which a job has given."""
        (_, decision), *others = answer.statements
        ui.label(decision).classes("decision").props("data-mark=decision").props("role=heading aria-level=1")
        wanted = int(usual(self.plan.tree, "replications"))
        so_far = (
            "{n} of {wanted} runs of each option, {days} days each"
            if answer.replications < wanted
            else ("{n} runs of each option, {days} days each")
        )
        ui.label(say(so_far, n=answer.replications, wanted=wanted, days=answer.days)).classes("soft").props(
            "data-mark=so-far"
        )
        for warning in answer.warnings:
            ui.label(warning).classes("warning")
        with ui.element("dl").classes("statements"):
            for heading, text in others:
                with ui.element("dt"):
                    ui.label(heading)
                with ui.element("dd"):
                    ui.label(text)
        self._table(answer)
        self._further(say("In officers"), answer.equivalents)
        self._further(say("Yuan for each …"), answer.unit_costs)
        if isinstance(job.work, Comparing):
            self._files(answer, job.work)
        with ui.expansion(say("The command that does the same")).classes("command").props("dense"):
            with ui.row().classes("one"):
                ui.label(answer.command).classes("line grow").props("data-mark=command")
                ui.button(on_click=lambda: ui.clipboard.write(answer.command)).props(
                    f'flat dense icon=content_copy aria-label="{say("copy")}"'
                )
            for note in answer.footnotes:
                ui.label(note).classes("soft note")

    def _table(self, answer: Answer) -> None:
        """Draw the table, one block a shortage or lever."""
        with ui.element("div").classes("sliding"), ui.element("table").classes("numbers").props("data-mark=table"):
            with ui.element("thead"), ui.element("tr"):
                table_cell("th", say("Strategy"))
                for name, unit in answer.columns:
                    with ui.element("th"):
                        ui.label(name)
                        ui.label(unit).classes("unit")
            with ui.element("tbody"):
                above = ""
                for shortage, strategy, cells in answer.rows:
                    if shortage != above and len({row[0] for row in answer.rows}) > 1:
                        with ui.element("tr").classes("part"):
                            table_cell("th", shortage).props(f"colspan={1 + len(answer.columns)}")
                    above = shortage
                    with ui.element("tr"):
                        table_cell("th", strategy)
                        for cell in cells:
                            sign = {"best": "✓ ", "worse": "✗ "}.get(cell.mark, "")
                            table_cell("td", sign + cell.text).classes(cell.mark)

    def _further(self, title: str, rows: list[list[str]]) -> None:
        """Draw a further table, folded; none without rows."""
        if not rows:
            return
        head, *others = rows
        with ui.expansion(title).props("dense"), ui.element("table").classes("numbers sliding"):
            with ui.element("tr"):
                for text in head:
                    table_cell("th", text)
            for name, *texts in others:
                with ui.element("tr"):
                    table_cell("th", name)
                    for text in texts:
                        table_cell("td", text)

    def _files(self, answer: Answer, work: Comparing) -> None:
        """Draw the buttons that write pages of the answer, and then the links to these."""
        ask, runs = work.ask.with_replications(answer.replications), work.runs(answer.replications)
        strategies = list(dict.fromkeys(strategy for _, strategy in work.points))
        place = ui.element("div").classes("files")

        async def write() -> None:
            """Write the pages, and link to them."""
            if (base := await self._made(button, reported, ask, runs)) is not None:
                with place:
                    for name, words in (("brief", "Brief"), ("report", "Report"), ("appendix", "Appendix")):
                        ui.link(self.say(words), f"{base}/{name}.html", new_tab=True)
                    ui.image(f"{base}/figures/maps.png").classes("map").props(f'alt="{self.say("Maps")}"')

        async def replay() -> None:
            """Write the replay, and go to it."""
            shown = Shown(list(strategies[:2]), int(days.value))
            if (base := await self._made(second, replayed, work.ask, shown)) is not None:
                name = base.split("/")[-2]
                with place:
                    ui.link(self.say("Replay"), f"/{self.page.language}/replay/{name}", new_tab=True).props(
                        "data-mark=to-replay"
                    )

        with place:
            button = ui.button(say("Brief, report and maps"), on_click=write).props("no-caps outline icon=description")
            button.props("data-mark=report")
            lengths = {n: say("{n} days", n=n) for n in sorted({min(n, answer.days) for n in (DAYS, 91, answer.days)})}
            days = ui.select(lengths, value=min(DAYS, answer.days)).props("dense outlined options-dense")
            days.props(f'aria-label="{say("days of the replay")}"')
            second = ui.button(say("Replay"), on_click=replay).props("no-caps outline icon=smart_display")
            second.props("data-mark=replay")

    async def _made(self, button: ui.button, function: Callable[..., None], *arguments: Any) -> str | None:
        """Let a worker write files into a new folder in place of a button; return its address, None if that failed."""
        button.props("loading")
        folder = self.page.session.new_folder("reports") / "pages"
        try:
            await self.page.jobs.run(self.plan.owner, function, *arguments, folder)
        except Exception as error:  # whatever it is, the page says it
            self.refuse(error)
            button.props(remove="loading")
            return None
        button.delete()
        return f"/of/{self.page.session.key}/reports/{folder.parent.name}/pages"


def table_cell(tag: str, text: str) -> ui.element:
    """Draw a cell of a table."""
    cell = ui.element(tag)
    with cell:
        ui.label(text)
    return cell
