"""The server of the page: its addresses, its door, its start and its end."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import nicegui
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from nicegui import ui
from nicegui.language import Language

from app.desks import plan, replay, study, teach
from app.desks.plan_state import DRAFT, OFFERED
from app.door import LOCAL_NAMES, TOKEN, Door
from app.frame import DESKS, NATIVE, Page, Site, framed
from app.jobs import Jobs
from app.keep import Keep
from app.pace import Pace
from app.replay.scripts import part, script
from app.situations import read
from app.warming import warmed
from experiments.languages.speech import CHINESE, ENGLISH, say, speaking
from experiments.presentation.letters import FONT_FILE
from sim.parameters import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

SHOW: dict[str, Callable[[Page], None]] = {"plan": plan.show, "study": study.show, "teach": teach.show}
QUASAR: dict[str, Language] = {ENGLISH: "en-US", CHINESE: "zh-CN"}  # names of its packs of words
COOKIE_DAYS = 365
ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path fill='#1d4e79' d='M2 2h5v5H2zM9 9h5v5H9z'/>"
    "<path fill='#9db8cf' d='M9 2h5v5H9zM2 9h5v5H2z'/></svg>"
)
PASSIVE = {  # what a file of results may do in the browser: be looked at
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; "
    "script-src 'unsafe-inline'; sandbox allow-scripts allow-downloads allow-popups",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Settings:
    """What a server is told.

    Attributes
    ----------
    host, port : str, int
        Where it listens; port 0: any that is free.
    out, store : str
        Folder of the page, and of the store of runs.
    workers : int or None
        Processes; None: one a core.
    language : str
        For who asks for none.
    """

    host: str
    port: int
    out: str
    store: str
    workers: int | None
    language: str


def serve(settings: Settings) -> None:
    """Serve the page until somebody ends it.

    Raises
    ------
    BadInput
        When it cannot listen there, or the folder cannot be written.
    """
    keep = _keep_in(settings.out)
    listening = _listening(settings.host, settings.port)
    token = None if settings.host in LOCAL_NAMES else secrets.token_urlsafe(24)
    with Jobs(settings.workers) as jobs:
        site = Site(keep, jobs, settings.store, Pace(keep.folder / "pace.json"))
        _set_addresses(site, settings.language)
        nicegui.app.on_startup(lambda: nicegui.background_tasks.create(jobs.warm(warmed), name="warming"))
        outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        cookie = {"same_site": "lax", "max_age": COOKIE_DAYS * 86400, "session_cookie": "beatlab-session"}
        nicegui.run.process_pool_start_method = "spawn"  # of a pool that we never use
        ui.run_with(
            outer, title="Beatlab", favicon=ICON, tailwind=False, show_welcome_message=False,
            storage_secret=keep.secret, session_middleware_kwargs=cookie, reconnect_timeout=30.0,
        )  # fmt: skip
        _say_where(settings.host, listening.getsockname()[1], token)
        config = uvicorn.Config(
            Door(outer, token), log_level="warning", ws_max_size=2**20, timeout_graceful_shutdown=1, server_header=False
        )
        uvicorn.Server(config).run(sockets=[listening])


def _keep_in(folder: str) -> Keep:
    try:
        return Keep(Path(folder))
    except OSError as error:
        raise BadInput("out", folder, f"a folder that can be written ({error.strerror or error})") from None


def _listening(host: str, port: int) -> socket.socket:
    """Listen at an address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        where = f"{host}:{port}"
        raise BadInput("--host, --port", where, f"an address where this machine can listen ({why})") from None


def _say_where(host: str, port: int, token: str | None) -> None:
    """Print the address to open; with a token, also from other machines."""
    shown = f"[{host}]" if ":" in host else socket.gethostname() if host in ("0.0.0.0", "::") else host
    more = "" if token is None else f"?{TOKEN}={token}"
    print(say("the page: {address}   (Ctrl-C ends it)", address=f"http://{shown}:{port}/{more}"), flush=True)


def _set_addresses(site: Site, language: str) -> None:
    """Say what is found at which address."""
    for spoken in NATIVE:
        for desk in DESKS:
            ui.page(f"/{spoken}/{desk}", title="Beatlab", language=QUASAR[spoken])(partial(_page, site, spoken, desk))
        ui.page(f"/{spoken}/replay/{{name}}", title="Beatlab", language=QUASAR[spoken])(_replay_page(site, spoken))

    @nicegui.app.get("/")
    async def _home(request: Request) -> RedirectResponse:
        session = site.keep.session(request.session["id"])
        return RedirectResponse(f"/{session.read('language', language)}/plan")

    @nicegui.app.get("/shared/{name}")
    async def _shared(request: Request, name: str) -> Response:
        """Open a copy of a situation that another session has shared; offer it to who has begun another one."""
        session, path = site.keep.session(request.session["id"]), site.keep.shared(name)
        if path is None:
            return PlainTextResponse("refused: there is no such situation\n", 404)
        try:
            session.write(OFFERED if session.read(DRAFT) else DRAFT, read(path, session.folder))
        except BadInput as error:
            return PlainTextResponse(f"refused: {error}\n", 403)
        return RedirectResponse(f"/{session.read('language', language)}/plan")

    @nicegui.app.get("/player.js")
    async def _player() -> Response:
        return Response(script(), media_type="text/javascript")

    @nicegui.app.get("/player.css")
    async def _player_style() -> Response:
        return Response(part("player.css"), media_type="text/css")

    @nicegui.app.get("/font/chinese.ttf")
    async def _font() -> FileResponse:
        return FileResponse(FONT_FILE, media_type="font/ttf")

    @nicegui.app.get("/scoreboard")
    async def _scoreboard() -> Response:
        """Give the page that `beatlab validate` has written last."""
        if not study.SCOREBOARD.is_file():
            return PlainTextResponse("refused: `beatlab validate` has written no page so far\n", 404)
        return FileResponse(study.SCOREBOARD, headers=PASSIVE)

    @nicegui.app.get("/of/{owner}/{path:path}")
    async def _file(request: Request, owner: str, path: str) -> Response:
        """Give a browser a file of its own session."""
        session = site.keep.session(request.session["id"])
        found = session.file(*path.split("/")) if owner == session.key else None
        if found is None:
            return PlainTextResponse("refused: there is no such file of yours\n", 404)
        return FileResponse(found, headers=PASSIVE)


def _page(site: Site, language: str, desk: str) -> None:
    """Draw a desk for a browser."""
    page = _seen_by(site, language)
    with speaking(language), framed(page, desk):
        SHOW[desk](page)


def _replay_page(site: Site, language: str) -> Callable[[str, float], None]:
    """Return what draws a replay for a browser, its clock at a minute."""

    def draw(name: str, at: float = 0.0) -> None:
        """Draw it."""
        page = _seen_by(site, language)
        with speaking(language), framed(page, f"replay/{name}"):
            replay.show(page, name, at)

    return draw


def _seen_by(site: Site, language: str) -> Page:
    """Return the page of the browser that asks, and remember its language."""
    session = site.keep.session(nicegui.app.storage.browser["id"])
    if session.read("language") != language:
        session.write("language", language)
    return Page(site, session, language)
