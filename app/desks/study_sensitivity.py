"""A part of the desk Study: which uncertain parameters outcomes hang on, by the sensitivity studies that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from app.charts import draw, interval
from app.desks.plan_answer import table_cell
from app.sensitivities import SOBOL
from experiments.languages.speech import say
from experiments.presentation.indicators import indicator
from experiments.presentation.wording import number
from experiments.sensitivity.findings import NOTE, SCREEN_NOTE, short_name, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.frame import Page
    from app.sensitivities import Kept, Looked, Moved

MOST_BARS = 12
INK, FILL, MARK = "#222", "#8fb8de", "#b5651d"


class Sensitivities:
    """The part of one page.

    Parameters
    ----------
    page : Page
        The page.
    studies : sequence of Kept
        At least one.
    """

    def __init__(self, page: Page, studies: Sequence[Kept]) -> None:
        self.page, self.say, self._studies = page, page.say, studies
        self._study, self._looked = studies[0], next(iter(studies[0].moved))

    def draw(self) -> None:
        """Draw the choices, and what they choose."""
        ui.label(self.say("What outcomes hang on")).classes("group-title").props("role=heading aria-level=2")
        names = {at: f"{one.folder} ({one.written})" for at, one in enumerate(self._studies)}
        with ui.row().classes("choices"):
            study = ui.select(names, value=0, label=self.say("study"), on_change=lambda event: self._take(event.value))
            study.props("outlined dense options-dense data-mark=sensitivity-study").classes("choice")
            self._targets = ui.element("div")
        self._place = ui.element("div").classes("figure").props("data-mark=sensitivity")
        self._take(0)

    def _take(self, at: int) -> None:
        """Show another study."""
        self._study = self._studies[at]
        looked = list(self._study.moved)
        with self.page.speaking():
            names = {at: label(one) for at, one in enumerate(looked)}
        self._targets.clear()
        with self._targets:
            chosen = ui.select(
                names,
                value=0,
                label=self.say("What is looked at"),
                on_change=lambda event: self._show(looked[event.value]),
            )
            chosen.props("outlined dense options-dense data-mark=sensitivity-target").classes("choice")
        self._show(looked[0])

    def _show(self, looked: Looked) -> None:
        """Draw what a target hangs on."""
        moved = self._study.moved[looked]
        self._place.clear()
        with self._place, self.page.speaking():
            shown = moved[:MOST_BARS]
            draw(chart(shown, looked)).style(f"height: {50 + 26 * len(shown)}px").classes("wide")
            ui.label(scale(looked)[0]).classes("axis")
            words = (
                "A bar is filled where its whole 95 % interval (the line) lies above what chance alone shows (the "
                "diamond), and hollow where it does not."
            )
            ui.label(say(words)).classes("soft")
            with ui.expansion(say("All parameters")).props("dense").classes("wide"):
                _table(moved, looked)
                ui.label(say(NOTE if looked.method == SOBOL else SCREEN_NOTE)).classes("soft note")


def label(looked: Looked) -> str:
    """Return what was looked at and how, in words."""
    return f"{say(title(looked.target))} – {_measure(looked)}"


def _measure(looked: Looked) -> str:
    return say("total index") if looked.method == SOBOL else "μ*"


def scale(looked: Looked) -> tuple[str, float]:
    """Return what the numbers of a target are, with their unit, and what turns kept values into them."""
    if looked.method == SOBOL:
        return say("{target}, % of the variance", target=say("total index")), 100.0
    return say(
        "{target}, {unit}", target=say("μ*, over the whole range"), unit=indicator(looked.target.outcome).unit
    ), 1.0


def _table(moved: Sequence[Moved], looked: Looked) -> None:
    """Draw the numbers of all parameters."""
    name, factor = scale(looked)
    decimals = 0 if looked.method == SOBOL else 2
    with ui.element("div").classes("sliding"), ui.element("table").classes("numbers"):
        with ui.element("thead"), ui.element("tr"):
            for head in (say("Parameter"), name, say("Chance"), say("more than chance")):
                table_cell("th", head)
        with ui.element("tbody"):
            for one in moved:
                value, low, high = (number(factor * part, decimals) for part in (one.value, one.low, one.high))
                with ui.element("tr"):
                    table_cell("th", one.parameter)
                    table_cell("td", say("{value} ({low} to {high})", value=value, low=low, high=high))
                    table_cell("td", "–" if one.chance is None else number(factor * one.chance, decimals))
                    table_cell("td", say("yes") if one.matters else say("no"))


def chart(moved: Sequence[Moved], looked: Looked) -> dict[str, Any]:
    """Return the options of a figure: a bar with its interval for each parameter, and a diamond for its chance.

    Parameters
    ----------
    moved : sequence of Moved
        The first is drawn above.
    looked : Looked
        What they move.
    """
    _, factor = scale(looked)
    bars = [
        {"value": factor * one.value, "itemStyle": {
            "color": FILL if one.matters else "#fff", "borderColor": INK,
        }}
        for one in moved
    ]  # fmt: skip
    lines = [interval(factor * one.low, factor * one.high, at, INK, 1.5) for at, one in enumerate(moved)]
    chance = [[factor * one.chance, at] for at, one in enumerate(moved) if one.chance is not None]
    marks = {
        "type": "scatter", "yAxisIndex": 1, "silent": True, "symbol": "diamond", "symbolSize": 11, "z": 4,
        "itemStyle": {"color": MARK, "borderColor": "#fff"}, "data": chance,
    }  # fmt: skip
    return {
        "grid": {"left": 10, "right": 14, "top": 10, "bottom": 10, "containLabel": True},
        "xAxis": {"type": "value", "axisLine": {"onZero": False}, "splitNumber": 4, "axisLabel": {"hideOverlap": True}},
        "yAxis": [
            {"type": "category", "inverse": True, "data": [short_name(one.parameter) for one in moved],
             "axisTick": {"show": False}, "axisLabel": {"fontSize": 11}},
            {"type": "value", "inverse": True, "min": -0.5, "max": len(moved) - 0.5, "show": False},
        ],
        "series": [{"type": "bar", "barWidth": "60%", "data": bars}, *lines, marks],
    }  # fmt: skip
