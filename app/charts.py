"""Charts of all desks are drawn here: as texts and shapes of the page, in the letters that the page brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from experiments.presentation.letters import FAMILY

if TYPE_CHECKING:
    from collections.abc import Mapping

LETTERS = {"fontFamily": f"'{FAMILY}', system-ui, 'Segoe UI', Roboto, sans-serif"}
AXIS = {"axisLabel": LETTERS}  # said again: room for labels is measured in the letters of the axis alone
THEME = {"textStyle": LETTERS, "categoryAxis": AXIS, "valueAxis": AXIS}


def draw(options: Mapping[str, Any]) -> ui.echart:
    """Draw a chart of ECharts; its letters are elements of the page, which a canvas would paint before they are there.

    Parameters
    ----------
    options : mapping
        As ECharts has them, without letters and `animation`.
    """
    return ui.echart({"animation": False, **options}, renderer="svg", theme=THEME)


def interval(low: float, high: float, at: float, ink: str, width: float, upright: bool = False) -> dict[str, Any]:
    """Return the series that draws an interval as a line, over all others.

    Parameters
    ----------
    low, high : float
        Its ends.
    at : float
        Where it stands on the second axis of the other direction, which counts places.
    ink : str
        Colour.
    width : float
        Of the line, px.
    upright : bool
        Whether values go up; else they go to the right.
    """
    return {
        "type": "line", "xAxisIndex" if upright else "yAxisIndex": 1, "silent": True, "showSymbol": False, "z": 3,
        "lineStyle": {"color": ink, "width": width},
        "data": [[at, low], [at, high]] if upright else [[low, at], [high, at]],
    }  # fmt: skip
