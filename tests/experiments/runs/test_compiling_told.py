"""Claims about the first run on a machine: that it compiles is said on the terminal, and in no result."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from small_commands import SMALL_TOWN

from beatlab.__main__ import main

SAID = {"en": "The model is compiled first", "zh": "首先编译模型"}
COMMANDS = {
    "run": ("strategy=reactive",),
    "compare": ("strategies=[reactive,hotspot]", "shortages=[none]", "replications=2", "workers=1"),
}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_said_to_who_waits_and_in_no_result(
    command: str, language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("experiments.runs.progress.compiles_first", lambda: True)
    monkeypatch.setattr(sys, "stderr", Terminal())
    out = tmp_path / "out"
    words = [*SMALL_TOWN, *COMMANDS[command], "days=2", "warmup_days=0", f"language={language}"]
    assert main([command, *words, f"out={out}"]) == 0
    said = SAID[language].encode()
    assert said.decode() in sys.stderr.getvalue()
    assert not any(other in sys.stderr.getvalue() for key, other in SAID.items() if key != language)
    assert said.decode() not in capsys.readouterr().out
    files = [file for file in out.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if said in file.read_bytes()]
