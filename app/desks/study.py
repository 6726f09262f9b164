"""The desk Study: what has been run, how effects change with settings in which runs differ, what outcomes hang on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nicegui import ui

from app.charts import draw, interval
from app.desks.study_sensitivity import Sensitivities
from app.sensitivities import kept
from app.studying import Contents, Effect, contents, effects
from experiments.languages.speech import say
from experiments.presentation.indicators import indicator
from experiments.presentation.names import strategy_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.frame import Page

SCOREBOARD = Path("out/validate/validate.html")  # where `beatlab validate` writes it
RESULTS = "out"  # where commands write theirs, a folder each
NONE = ""  # the factor that is none
INKS = ("#1d4e79", "#b5651d", "#1f6f54", "#7a3e8c", "#a4402c", "#5b6876", "#0f8a9d", "#8a7a00")
MARKS = ("circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow", "circle")  # apart without colours, too
GRID = {  # what AG Grid says by itself → the words for it
    "page": "page", "pageSizeSelectorLabel": "rows on a page:", "noRowsToShow": "no rows", "filterOoo": "filter …",
    "contains": "contains", "notContains": "does not contain", "equals": "equals", "notEqual": "does not equal",
    "startsWith": "begins with", "endsWith": "ends with", "blank": "is empty", "notBlank": "is not empty",
    "lessThan": "less than", "lessThanOrEqual": "at most", "greaterThan": "more than", "greaterThanOrEqual": "at least",
    "inRange": "between", "inRangeStart": "lower limit", "inRangeEnd": "upper limit", "andCondition": "and also",
    "orCondition": "or else", "to": "–", "of": "/",
}  # fmt: skip


def show(page: Page) -> None:
    """Draw the desk."""
    place = ui.element("div").classes("study")
    with place:
        ui.label(page.say("Looking into the store of runs …")).classes("soft")

    async def fill() -> None:
        """Draw the desk when the store has been looked into."""
        found = await page.jobs.run(page.session.key, contents, page.site.store)
        studies = await page.jobs.run(page.session.key, kept, RESULTS)
        place.clear()
        with place:
            Study(page, found).draw()
            if studies:
                Sensitivities(page, studies).draw()

    ui.timer(0.01, fill, once=True)


class Study:
    """The desk of one page.

    Parameters
    ----------
    page : Page
        The page.
    found : Contents
        What is in the store.
    """

    def __init__(self, page: Page, found: Contents) -> None:
        self.page, self.found, self.say = page, found, page.say
        usual = "crimes_total" if "crimes_total" in found.indicators else next(iter(found.indicators), "")
        baseline = "reactive" if "reactive" in found.strategies else next(iter(found.strategies), "")
        self.chosen = {"indicator": usual, "baseline": baseline, "factor": NONE}

    def draw(self) -> None:
        """Draw the effects, and the runs below them."""
        if SCOREBOARD.is_file():
            ui.link(self.say("Scoreboard: how the model does against published facts"), "/scoreboard", new_tab=True)
        if not self.found.runs:
            ui.label(self.say("Nothing has been run so far: compare something at the desk Plan.")).classes(
                "decision soft"
            )
            return
        with self.page.speaking():
            labels = {name: _label(name) for name in self.found.indicators}
            names = {name: strategy_name(name) for name in self.found.strategies}
        factors = {NONE: self.say("all runs together")} | {name: name for name in self.found.factors}
        ui.label(self.say("Effects across settings")).classes("group-title").props("role=heading aria-level=1")
        with ui.row().classes("choices"):
            self._select("indicator", self.say("outcome"), dict(sorted(labels.items(), key=lambda pair: pair[1])))
            self._select("baseline", self.say("compared with"), names)
            self._select("factor", self.say("by setting"), factors)
        self._figure = ui.element("div").classes("figure")
        with self._figure:
            ui.spinner()
        ui.timer(0.01, self._draw_effects, once=True)
        self._list()

    def _select(self, key: str, label: str, shown: dict[str, str]) -> None:
        async def changed(event: Any) -> None:
            """Draw the effects for another choice."""
            self.chosen[key] = event.value
            await self._draw_effects()

        select = ui.select(shown, value=self.chosen[key], label=label, with_input=len(shown) > 12, on_change=changed)
        select.props(f"outlined dense options-dense data-mark=study-{key}").classes("choice")

    async def _draw_effects(self) -> None:
        """Draw the differences to the baseline by value of the factor."""
        name, baseline, factor = (self.chosen[key] for key in ("indicator", "baseline", "factor"))
        found = await self.page.jobs.run(
            self.page.session.key, effects, self.page.site.store, name, baseline, factor or None
        )
        self._figure.clear()
        with self._figure, self.page.speaking():
            if not found:
                words = "No two runs are alike in all but the strategy: nothing can be compared here."
                ui.label(self.say(words)).classes("soft")
                return
            difference = self.say("difference to {baseline}", baseline=strategy_name(baseline))
            label = self.say("{measure}: {value}", measure=_label(name), value=difference)
            draw(chart(found, label)).classes("chart").props("data-mark=chart")
            fewest = min(one.pairs for one in found)
            words = (
                "Points are means over {low} pairs of runs or more, lines their 95 % intervals; not adjusted for "
                "multiple comparisons."
            )
            ui.label(self.say(words, low=fewest)).classes("soft")

    def _list(self) -> None:
        """List the latest runs."""
        words = "{n} runs of this version; the latest {shown} are listed"
        said = self.say(words, n=self.found.runs, shown=len(self.found.rows))
        ui.label(said).classes("soft").props("data-mark=runs")
        with self.page.speaking():
            columns = [
                {"field": f"c{i}", "headerName": self._heading(name), "sortable": True, "filter": True}
                for i, name in enumerate(self.found.rows[0])
            ]
            rows = [{f"c{i}": _plain(*pair) for i, pair in enumerate(row.items())} for row in self.found.rows]
        spoken = {key: self.say(words) for key, words in GRID.items()}
        options = {
            "columnDefs": columns,
            "rowData": rows,
            "pagination": True,
            "localeText": spoken,
            "defaultColDef": {"wrapHeaderText": True, "autoHeaderHeight": True},
        }
        ui.aggrid(options, auto_size_columns=False).classes("runs")

    def _heading(self, name: str) -> str:
        """Say what a column of the list is."""
        words = {"strategy": "Strategy", "seed": "seed", "seconds": "seconds", "finished_utc": "finished (UTC)"}
        return self.say(words[name]) if name in words else _label(name) if name in self.found.indicators else name


def _label(name: str) -> str:
    shown = indicator(name)
    return say("{name} ({unit})", name=shown.label, unit=shown.unit) if shown.unit else shown.label


def _plain(name: str, value: Any) -> Any:
    """Return a value as the list has it."""
    if name == "strategy":
        return strategy_name(value)
    if name == "finished_utc":
        return str(value)[:16].replace("T", " ")
    return round(value, 3) if isinstance(value, float) else value


def chart(found: Sequence[Effect], title: str) -> dict[str, Any]:
    """Return the options of a figure: a series of points with intervals for each strategy, side by side at each value.

    Parameters
    ----------
    found : sequence of Effect
        In the order of the values.
    title : str
        Of the vertical axis.
    """
    values = list(dict.fromkeys(one.value for one in found))
    names = list(dict.fromkeys(one.strategy for one in found))
    series: list[dict[str, Any]] = []
    width = 0.6 / max(len(names), 1)
    for i, name in enumerate(names):
        of_name = [one for one in found if one.strategy == name]
        ink, shift = INKS[i % len(INKS)], (i - (len(names) - 1) / 2) * width
        at = {one.value: values.index(one.value) + shift for one in of_name}
        series.append({
            "type": "scatter", "xAxisIndex": 1, "name": strategy_name(name),
            "symbol": MARKS[i % len(MARKS)], "symbolSize": 11,
            "itemStyle": {"color": ink}, "data": [[at[one.value], one.mean] for one in of_name],
        })  # fmt: skip
        series += [
            interval(one.low, one.high, at[one.value], ink, 2, upright=True)
            for one in of_name
            if one.low is not None and one.high is not None
        ]
    series[0]["markLine"] = {
        "silent": True, "symbol": "none", "label": {"show": False}, "lineStyle": {"color": "#5b6876", "type": "solid"},
        "data": [{"yAxis": 0}],
    }  # fmt: skip
    shown = [value if len(value) < 40 else f"{value[:37]}…" for value in values]
    return {
        "legend": {"data": [strategy_name(name) for name in names], "top": 0},
        "grid": {"left": 70, "right": 20, "top": 60, "bottom": 40},
        "xAxis": [
            {"type": "category", "data": shown, "axisLine": {"onZero": False}, "axisTick": {"show": False}},
            {"type": "value", "min": -0.5, "max": len(values) - 0.5, "show": False},
        ],
        "yAxis": {
            "type": "value", "axisLine": {"onZero": False, "show": True}, "name": title,
            "nameTextStyle": {"align": "left"},
        },
        "series": series,
    }  # fmt: skip
