"""How much is done: a bar on a terminal, a line in a notebook, nothing anywhere else."""

from __future__ import annotations

import io
import sys

import pytest

from experiments.runs.progress import bar, silent


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(monkeypatch, stream, show=bar):
    monkeypatch.setattr(sys, "stderr", stream)
    with show(2, "runs") as done:
        done()
        done()
    return stream.getvalue()


def test_a_terminal_shows_a_bar(monkeypatch):
    told = shown(monkeypatch, Terminal())
    assert "runs" in told
    assert "2/2" in told


def test_a_notebook_shows_a_line_that_is_written_over(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    told = shown(monkeypatch, io.StringIO())
    assert told.startswith("\rruns: 1 of 2\rruns: 2 of 2\r")
    assert told.split("\r")[3].strip() == ""
    assert "\n" not in told


def test_a_file_and_who_has_not_asked_are_shown_nothing(monkeypatch):
    assert shown(monkeypatch, io.StringIO()) == ""
    assert shown(monkeypatch, Terminal(), silent) == ""


@pytest.mark.parametrize("closed", [False, True])
def test_a_process_without_an_error_stream_shows_nothing(monkeypatch, closed):
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream if closed else None)
    with bar(2, "runs") as done:
        done()
