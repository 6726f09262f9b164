"""How much is done: a bar on a terminal, a line in a notebook, a line a minute in a file."""

from __future__ import annotations

import io
import sys
import time

import pytest

from experiments.runs.progress import bar, lines, remark_on_compiling, silent, told


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


def test_a_file_of_short_work_and_who_has_not_asked_are_shown_nothing(monkeypatch):
    assert shown(monkeypatch, io.StringIO()) == ""
    assert shown(monkeypatch, Terminal(), silent) == ""


def test_a_file_has_a_line_every_so_often_even_while_nothing_is_finished_and_a_last_one(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with lines(2, "runs", first_s=0.01, every_s=0.01) as done:
        while stream.getvalue().count("\n") < 2:
            time.sleep(0.001)
        done()
        done()
    first, *_, last = stream.getvalue().splitlines()
    assert first == "runs: 0 of 2 done in 0 s"
    assert last == "runs: 2 of 2 done in 0 s"


def test_a_line_tells_the_time_left():
    assert told(30, 120, "runs", 60.0) == "runs: 30 of 120 done in 60 s, about 3 min left"
    assert told(1, 100, "runs", 600.0) == "runs: 1 of 100 done in 10 min, about 16 h left"
    assert told(0, 100, "runs", 600.0) == "runs: 0 of 100 done in 10 min"


@pytest.mark.parametrize("closed", [False, True])
def test_a_process_without_an_error_stream_shows_nothing(monkeypatch, closed):
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream if closed else None)
    with bar(2, "runs") as done:
        done()


def test_it_is_said_that_the_model_is_compiled_first_and_only_then(monkeypatch, tmp_path):
    monkeypatch.setattr("sim.disk_cache.disk_cache", lambda kind, module: tmp_path)
    for compiled in (False, True):
        monkeypatch.setattr(sys, "stderr", Terminal())
        if compiled:
            (tmp_path / "advance-1.pickle").touch()
        remark_on_compiling()
        assert ("compiled first" in sys.stderr.getvalue()) is not compiled
