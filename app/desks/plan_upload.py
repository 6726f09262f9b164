"""A dialogue for files of the user's own: a situation, or the tables of a city, looked at before they are used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from nicegui import ui

from app.desks.plan_state import Part
from app.door import MOST_BYTES
from app.situations import read
from sim.parameters import BadInput

if TYPE_CHECKING:
    from nicegui.events import UploadEventArguments

    from app.desks.plan_state import Plan

MOST_UNPACKED = 4 * MOST_BYTES  # of a packed file that comes from a browser: workers are shared by all sessions
SITUATION = (".yaml", ".yml")
TABLES = (".csv", ".xlsx", ".txt", ".json", ".geojson", ".gpkg", ".graphml", ".osm", ".bz2", ".gz", ".parquet")


class Looked(NamedTuple):
    """What was understood of the files of a city.

    Attributes
    ----------
    city : dict
        The part `city` of a situation that is made of them.
    warnings : list of str
        What may be otherwise than it was read, the heaviest first.
    refusal : str
        Why no city can be made of them; empty: one can.
    """

    city: dict[str, Any]
    warnings: list[str]
    refusal: str


def looked_at(paths: list[str], language: str, folder: Path) -> Looked:
    """Read the files of a city, write the page of what was understood into an empty folder.

    Raises
    ------
    BadInput
        For a file that cannot be read, and for one of more than `MOST_UNPACKED` bytes, which are not held in memory.
    """
    from experiments.inspect.api import inspect
    from experiments.inspect.kinds import FIELD, settled
    from experiments.languages.refusals import told
    from experiments.languages.speech import say, speaking
    from sim.city.real_files import chunks

    for path in paths:
        for _ in chunks(path, FIELD, MOST_UNPACKED):
            pass
    result = inspect(*paths, language=language)
    result.save(folder)
    words, _ = settled(paths)
    city = {"kind": "from_data"} | {
        key.removeprefix("city."): value for key, _, value in (word.partition("=") for word in words)
    }
    found = result.inspection
    with speaking(language):
        warnings = [say(one.notice) for one in found.warnings]
        return Looked(city, warnings, told(found.refusal) if found.refusal else "")


class UploadDialog(Part):
    """The dialogue, after which the desk goes on with what was brought."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self._names: dict[str, str] = {}  # path of a file → its name where it came from
        self._dialog = ui.dialog()

    def open(self) -> None:
        """Show the dialogue."""
        words = (
            "A situation (.yaml), or tables of incidents, calls, streets, stations; at most {size} MB each, unpacked "
            "{unpacked} MB."
        )
        with self._dialog, ui.card().classes("upload"):
            ui.label(self.say(words, size=MOST_BYTES // 2**20, unpacked=MOST_UNPACKED // 2**20))
            ui.upload(
                multiple=True, auto_upload=True, max_file_size=MOST_BYTES, on_upload=self._come,
                on_rejected=lambda: self._say(self.say("too large")),
            ).props("flat bordered").classes("wide").props("data-mark=upload")  # fmt: skip
            self._said = ui.column()
            with ui.row():
                ui.button(self.say("Look at the tables"), on_click=self._look).props("no-caps outline").props(
                    "data-mark=look"
                )
                ui.button(self.say("Close"), on_click=self._dialog.close).props("no-caps flat")
        self._dialog.open()

    def _say(self, text: str) -> None:
        """Show a text, files by the names that they had where they came from."""
        for path, name in self._names.items():
            text = text.replace(path, name)
        with self._said:
            ui.label(text)

    async def _come(self, event: UploadEventArguments) -> None:
        """Take in a file, under a name of ours."""
        ending = Path(event.file.name).suffix.lower()
        if ending not in (*SITUATION, *TABLES):
            self._say(self.say("{name} is neither a situation nor a table", name=event.file.name))
            return
        path = self.page.session.new_folder("files") / f"file{ending}"
        await event.file.save(path)
        if ending in TABLES:
            self._names[str(path)] = event.file.name
            self._say(event.file.name)
            return
        try:
            tree = read(path, self.page.session.folder)
        except BadInput as error:
            self._say(self._refusal(error))
            return
        tree.setdefault("name", Path(event.file.name).stem[:60])
        self._dialog.close()
        self.plan.replaced(tree)

    async def _look(self) -> None:
        """Say what was understood of the tables, and offer the city that they make."""
        folder = self.page.session.new_folder("inspections") / "page"
        self._said.clear()
        try:
            looked = await self.page.jobs.run(self.plan.owner, looked_at, list(self._names), self.page.language, folder)
        except Exception as error:  # whatever it is, the page says it
            self._say(self._refusal(error))
            return
        for text in (looked.refusal, *looked.warnings):
            self._say(text)
        base = f"/of/{self.page.session.key}/inspections/{folder.parent.name}/page"
        with self._said:
            ui.link(self.say("What was understood"), f"{base}/inspect.html", new_tab=True)
            if not looked.refusal:
                ui.button(self.say("Use this city"), on_click=lambda: self._use(looked.city)).props(
                    "no-caps unelevated"
                )

    def _use(self, city: dict[str, Any]) -> None:
        self._dialog.close()
        self.plan.replaced({**self.plan.tree, "name": self.say("own city"), "city": city})

    def _refusal(self, error: Exception) -> str:
        from experiments.languages.refusals import told

        with self.page.speaking():
            return " ".join(told(error).split())
