"""The sheet for who decides is printed on one page of A4, in both languages."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from made_up_comparison import nine, reported

from experiments.languages.speech import speaking

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
A4_POINTS = (595, 842)


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no browser that prints")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_brief_is_one_sheet_of_a4(language, tmp_path):
    """With nine strategies, costs and everything that the answer can hold at once."""
    shifts = {
        "calls_unserved_share": (0.2, {"integrated": 0.03, "campaign": 0.05}), "clearance_rate": (0.3, {}),
        "cost_police": (9e6, {"integrated": 5e5}), "cost_others": (1e6, {"integrated": 5e5}),
    }  # fmt: skip
    found = nine(response={"integrated": -2.0, "community": 1.5, "campaign": 3.0}, outcomes=shifts)
    with speaking(language):
        reported(found, tmp_path)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
    printed = f"--print-to-pdf={tmp_path / 'brief.pdf'}"
    page = (tmp_path / "brief.html").as_uri()
    subprocess.run([str(BROWSER), *options, printed, page], check=True, capture_output=True, timeout=120)
    text = (tmp_path / "brief.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", text)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", text)
    assert [round(float(side)) for side in box.groups()] == pytest.approx(A4_POINTS, abs=1)


def test_the_brief_has_the_answer_and_the_strategies_under_the_shortage_that_it_is_about(tmp_path):
    reported(nine(6), tmp_path)
    text = (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert text.count('<th scope="row">') == 9
    assert "30 % fewer officers" in text.replace("\u00a0", " ")
    assert "<details" not in text
