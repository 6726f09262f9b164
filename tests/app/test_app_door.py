"""Claims about the door of the app: who is refused, before anything of a request is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest

from app.door import COOKIE, Door

MB = 2**20


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Read all that comes, and answer with its size."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def ask(
    door: Door, headers: dict[str, str], query: str = "", body: Iterable[bytes] = (), kind: str = "http"
) -> tuple[int, str, dict[str, str], int]:
    """Ask at the door; return status, body, headers, and how many bytes were read."""
    read = 0
    sent: list[Any] = []

    async def chunks() -> AsyncIterator[bytes]:
        for part in body:
            yield part

    async def carry_out() -> None:
        parts = chunks()

        async def receive() -> Any:
            nonlocal read
            part = await anext(parts, b"")
            read += len(part)
            return {"type": "http.request", "body": part, "more_body": bool(part)}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": kind, "path": "/zh/plan", "query_string": query.encode(), "method": "POST",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        await door(scope, receive, send)

    asyncio.run(carry_out())
    first = sent[0]
    if first["type"] == "websocket.close":
        return first["code"], "", {}, read
    answered = {name.decode(): value.decode() for name, value in first["headers"]}
    return first["status"], b"".join(one.get("body", b"") for one in sent[1:]).decode(), answered, read


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "localhost"])
def test_this_machine_is_let_in(host: str) -> None:
    assert ask(Door(echo, None), {"host": host}, body=[b"abc"])[:2] == (200, "3")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "192.168.1.5:8080", ""])
def test_a_name_of_elsewhere_that_leads_here_is_refused(host: str) -> None:
    status, told, _, read = ask(Door(echo, None), {"host": host}, body=[b"abc"])
    assert (status, read) == (403, 0)
    assert told.startswith("refused: ")
    assert ask(Door(echo, None), {"host": host}, kind="websocket")[0] == 1008


def test_the_page_of_another_site_cannot_ask_for_its_visitor() -> None:
    here = {"host": "127.0.0.1:8080"}
    assert ask(Door(echo, None), {**here, "origin": "http://127.0.0.1:8080"})[0] == 200
    assert ask(Door(echo, None), {**here, "origin": "http://127.0.0.1:9999"})[0] == 403
    assert ask(Door(echo, None), {**here, "origin": "null"}, kind="websocket")[0] == 1008


def test_without_the_token_nobody_is_let_in_and_with_it_the_browser_remembers() -> None:
    door, host = Door(echo, "secret"), {"host": "192.168.1.5:8080"}
    for query, cookie in (("", ""), ("token=", ""), ("token=secre", ""), ("", f"{COOKIE}=secrets"), ("", "a=b; ;;=")):
        assert ask(door, {**host, "cookie": cookie}, query, [b"abc"])[::3] == (403, 0)
    assert ask(door, host, "token=secret", kind="websocket")[0] == 1008, "a token stands in the address of a page"
    status, _, headers, _ = ask(door, host, "token=secret&from=x")
    assert (status, headers["location"]) == (303, "/zh/plan?from=x")
    assert headers["set-cookie"].startswith(f"{COOKIE}=secret; ")
    assert "HttpOnly; SameSite=Strict" in headers["set-cookie"]
    assert ask(door, {**host, "cookie": f"{COOKIE}=secret"}, body=[b"abc"])[:2] == (200, "3")


def test_two_gigabytes_are_refused_before_anything_is_read() -> None:
    headers = {"host": "localhost", "content-length": str(2**31)}
    status, told, _, read = ask(Door(echo, None), headers, body=(b"x" * MB for _ in range(2**11)))
    assert (status, read) == (413, 0)
    assert "64 MB" in told


def test_more_than_was_said_is_broken_off() -> None:
    for said, least in (({}, 65 * MB), ({"content-length": "10"}, 65 * MB), ({"content-length": "x"}, 0)):
        body = (b"x" * MB for _ in range(2**11))
        status, _, _, read = ask(Door(echo, None), {"host": "localhost", **said}, body=body)
        assert (status, read) == (413, least)
