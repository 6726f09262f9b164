"""The door of the page: who may come in, and how much may be brought along, before anything of a request is read.

On this machine alone, requests must be for this machine, so that no page of elsewhere can reach us by a name of its
own (DNS rebinding). At any other address, a token has to be shown once; a cookie remembers it.
"""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
MOST_BYTES = 64 * 2**20  # of what a request brings along
TOKEN, COOKIE = "token", "beatlab-token"
COOKIE_DAYS = 30


class TooLarge(Exception):
    """More comes than may be brought along."""


class Door:
    """Lets requests in, or answers them with one line.

    Parameters
    ----------
    app : ASGI application
        What is behind the door.
    token : str or None
        What has to be shown; None: nothing, and requests must be for this machine.
    most_bytes : int
        How much a request may bring along.
    """

    def __init__(self, app: ASGIApp, token: str | None, most_bytes: int = MOST_BYTES) -> None:
        self.app, self.token, self.most_bytes = app, token, most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, of HTTP or to open a WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._for_us(headers) or _from_elsewhere(headers):
            await _refuse(scope, send, 403, "this address is not the one that the page is served at")
        elif self.token is not None and self._shown(scope):
            await _remember(scope, send, self.token)
        elif self.token is not None and not self._remembered(headers):
            await _refuse(scope, send, 403, "a token is needed: open the whole address that `beatlab app` has printed")
        elif not (length := headers.get("content-length", "0")).isdecimal() or int(length) > self.most_bytes:
            await self._refuse_size(scope, send)
        else:
            await self._let_in(scope, receive, send)

    def _for_us(self, headers: Headers) -> bool:
        """Whether a request names this machine; with a token any name will do."""
        return self.token is not None or urlsplit(f"//{headers.get('host', '')}").hostname in LOCAL_NAMES

    def _shown(self, scope: Scope) -> bool:
        """Whether the address of a request has the token in it."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get(TOKEN, [""])[0]
        return scope["type"] == "http" and _same(given, self.token)

    def _remembered(self, headers: Headers) -> bool:
        """Whether the browser remembers the token."""
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        return COOKIE in cookies and _same(cookies[COOKIE].value, self.token)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and break it off where more comes than was said."""
        come, begun = 0, False

        async def counted() -> Message:
            """Count what comes, and stop when it is too much."""
            nonlocal come
            message = await receive()
            come += len(message.get("body", b"")) if scope["type"] == "http" else 0
            if come > self.most_bytes:
                raise TooLarge
            return message

        async def noted(message: Message) -> None:
            """Note that an answer has begun."""
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except TooLarge:
            if not begun:
                await self._refuse_size(scope, send)

    async def _refuse_size(self, scope: Scope, send: Send) -> None:
        await _refuse(scope, send, 413, f"at most {self.most_bytes // 2**20} MB can be brought along")


def _same(given: str, token: str | None) -> bool:
    """Whether a text is the token, in a time that does not tell how much of it is right."""
    return hmac.compare_digest(given.encode(), (token or "").encode())


def _from_elsewhere(headers: Headers) -> bool:
    """Whether the page of another site makes a browser ask us."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


async def _remember(scope: Scope, send: Send, token: str) -> None:
    """Let the browser remember the token, and take it out of the address."""
    rest = {key: value for key, value in parse_qs(scope["query_string"].decode("latin-1")).items() if key != TOKEN}
    where = "/" + scope["path"].lstrip("/") + (f"?{urlencode(rest, doseq=True)}" if rest else "")
    cookie = f"{COOKIE}={token}; Path=/; Max-Age={COOKIE_DAYS * 86400}; HttpOnly; SameSite=Strict"
    headers = [(b"location", where.encode("latin-1", "replace")), (b"set-cookie", cookie.encode())]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body"})


async def _refuse(scope: Scope, send: Send, status: int, why: str) -> None:
    """Answer with one line, and read no more."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"refused: {why}\n".encode()})
