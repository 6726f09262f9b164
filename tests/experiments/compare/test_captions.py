"""Captions promise what is drawn.

No interval where replications are too few, labels that can be read, legends beside the curves.
"""

from __future__ import annotations

import io
import re

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from made_up_comparison import comparison, nine, printed, reported, with_displacement
from matplotlib.figure import Figure
from readable import faults
from rich.console import Console

from experiments.compare import maps, shortage_figures, strategy_figures
from experiments.compare.displacement_figure import draw_displacement
from experiments.compare.findings import findings
from experiments.mechanisms import figures as mechanisms_figures
from experiments.mechanisms.findings import Mechanisms
from experiments.mechanisms.findings import findings as mechanisms_findings
from experiments.mechanisms.kept import Trace
from experiments.mechanisms.tables import TEAMS
from experiments.mechanisms.terminal import print_mechanisms
from experiments.mechanisms.volunteer_study import Course
from experiments.presentation import style
from sim.scenario import Scenario

COMPARED = (
    draw_displacement,
    strategy_figures._effects, strategy_figures._types, strategy_figures._lives, strategy_figures._hours,
    shortage_figures._shortages,
    shortage_figures._duty, maps._maps, maps._calls,
)  # fmt: skip
WEEKS = 6


@pytest.fixture(autouse=True)
def house_style():
    with mpl.rc_context(style.STYLE):
        yield


def year(seed: int, on: bool) -> Trace:
    days, rng = WEEKS * 7, np.random.default_rng(seed)
    series = {
        name: rng.random(days) for name in ("crimes_place", "trust", "fatigue", "overtime_hours", "campaign_checks")
    }
    series["campaign_on"] = np.where(np.arange(days) // 7 == 2, float(on), 0.0)
    tips = {"crime": rng.exponential(50.0, 30), "fraud": np.zeros(0)}
    return Trace(1000, days, {"fraud_loss": 1e6 + seed}, {("desk", "fraud_warning"): 7.0}, series, tips)


def mechanisms(n: int) -> Mechanisms:
    """Make up what the figures and tables of mechanisms read, with n runs of each case."""
    cases = ("reactive", "campaign", "community", "co_governance", "integrated", "without fusion")
    traces = {case: [year(10 * i + k, case == "campaign") for k in range(n)] for i, case in enumerate(cases)}
    month = np.arange(24)
    courses = [
        Course(reward, hours, {team: list(np.minimum(3 * month, 40) * hours) for team in TEAMS}, *[[0.0] * 24] * 5)
        for reward in (0.0, 5.0, 20.0) for hours in (1.0, 2.0, 3.0)
    ]  # fmt: skip
    return mechanisms_findings({"reactive": Scenario()}, traces, courses, pl.DataFrame(), {})


def bands(figure: Figure) -> int:
    return sum(len(axes.collections) for axes in figure.axes)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_year_with_campaigns_has_the_interval_that_its_caption_promises(n):
    figure, _, _, caption = mechanisms_figures._campaigns(mechanisms(n))
    assert bands(figure) == (3 if n >= 3 else 0)
    assert ("95 %" in caption) == (n >= 3)
    assert ("no interval" in caption) == (n < 3)


@pytest.mark.parametrize("n", [2, 3])
def test_tables_of_mechanisms_promise_an_interval_only_where_they_have_one(n):
    found = mechanisms(n)
    buffer = io.StringIO()
    print_mechanisms(Console(file=buffer, width=120), found)
    assert ("(95 % interval)" in buffer.getvalue()) == (n >= 3)


@pytest.mark.parametrize("n", [2, 6])
def test_captions_and_headings_of_a_comparison_promise_intervals_only_where_there_are_any(n, tmp_path):
    found = nine(n)
    captions = [drawn[3] for draw in COMPARED if (drawn := draw(findings(found))) is not None]
    assert any("95 %" in caption for caption in captions) == (n > 2)
    assert any("filled marker" in caption for caption in captions) == (n > 2)
    page = reported(comparison(n), tmp_path).read_text(encoding="utf-8")
    headings = " ".join(
        re.findall(
            r"<th scope=\"col\".*?</th>|<figcaption>.*?</figcaption>|<p class=\"note\">.*?</p>", page, flags=re.DOTALL
        )
    )
    assert ("95 % interval" in headings) == (n > 2)
    assert ("(95 % interval)" in printed(comparison(n), 200)) == (n > 2)


@pytest.mark.parametrize("draw", COMPARED, ids=lambda draw: draw.__name__)
def test_figures_of_a_comparison_can_be_read(draw):
    for plain in (nine(6), nine(6, shortages=("none", *(f"short{i}" for i in range(6))))):
        found = with_displacement(plain, {name: [-9, 3, 1, 0, 0, 0, 1] for name in plain.rivals}, alone=4.0)
        assert faults(draw(findings(found))[0]) == []


@pytest.mark.parametrize(
    "draw",
    [mechanisms_figures._campaigns, mechanisms_figures._volunteers, mechanisms_figures._tips],
    ids=lambda draw: draw.__name__,
)
def test_figures_of_mechanisms_can_be_read(draw):
    assert faults(draw(mechanisms(3))[0]) == []


def test_tips_say_how_many_lie_beyond_the_hours_shown():
    found = mechanisms(2)
    found.traces["without fusion"][0].tip_hours["crime"][:4] = 1000.0
    *_, caption = mechanisms_figures._tips(found)
    assert re.search(r"\b4 .* 336 hours", caption)
