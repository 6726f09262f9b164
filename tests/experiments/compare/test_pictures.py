"""Figures are of our own style, and drawing leaves nothing behind but them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from experiments.presentation.style import draw_all

REPOSITORY = Path(__file__).parents[3]
WORKERS = """
from pathlib import Path

from made_up_comparison import comparison

from experiments.compare.figures import draw_findings
from experiments.compare.findings import findings
from experiments.runs.folder import check_drawing

check_drawing()
Path("figures").mkdir()
print(*draw_findings(findings(comparison()), Path("figures"), 2))
"""


def line(_subject):
    figure = Figure()
    figure.subplots().plot([1, 2])
    return figure, "", "", ""


def test_a_style_of_the_users_own_does_not_reach_the_figures(tmp_path):
    def drawn():
        draw_all({"line": line}, None, tmp_path)
        return (tmp_path / "line.png").read_bytes(), (tmp_path / "line.svg").read_bytes()

    usual = drawn()
    with mpl.rc_context({"lines.linewidth": 9, "text.usetex": True, "savefig.format": "exe"}):
        assert drawn() == usual
        assert mpl.rcParams["lines.linewidth"] == 9


def test_workers_that_draw_leave_no_folder_behind(tmp_path):
    (tmp_path / "script.py").write_text(WORKERS)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(REPOSITORY / folder) for folder in (".", "tests/support")),
        "TMPDIR": str(tmp_path),
        "XDG_CACHE_HOME": "/proc/nowhere",
    }
    environment.pop("MPLCONFIGDIR", None)
    environment["XDG_CONFIG_HOME"] = environment["XDG_CACHE_HOME"]
    ran = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "effects" in ran.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figures", "script.py"]
