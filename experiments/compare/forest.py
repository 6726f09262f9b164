"""One plain form for differences with intervals.

Panels side by side, a row per strategy (or a shortage), a colour and marker for the other of the two.

The longer of the two lists makes the rows, which carry their names, so that nine strategies need no nine colours; the
shorter makes the markers.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.figure import Figure
from rich.cells import cell_len

from experiments.compare.cells import mark
from experiments.compare.paired import effect
from experiments.languages.speech import in_words, say
from experiments.presentation.indicators import indicator
from experiments.presentation.looks import columns, width_in
from experiments.presentation.names import option_name, programme_name, shortage_name
from experiments.presentation.style import BLUE, GREEN, INK, ORANGE, PALE, PURPLE, SKY, VERMILLION
from experiments.settings.compose import WITHOUT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.compare.comparison import Comparison, Point
    from experiments.compare.serving import Kind

SERIES = (
    INK,
    VERMILLION,
    BLUE,
    GREEN,
    PURPLE,
    ORANGE,
    SKY,
    "#882255",
    "#777777",
)  # of markers; each has a shape of its own too
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "p", "*")
WITH_INTERVAL = (
    "with its 95 % interval (not adjusted for multiple comparisons), a filled marker where that excludes 0, unless it "
    "may be too narrow († in tables)"
)  # for a caption
HIDDEN = (
    "No side is called better for {panels}: what looks better may be so because more calls are not served, more cases "
    "are closed unsolved, or more officers leave."
)
BAND = "#F4F6F8"  # behind every second row
LEGEND_COLUMNS, LEGEND_IN = 5, 1.75
NAME_CHARACTERS = 18


class Mark(NamedTuple):
    """A difference and its intervals; `sure` fills the marker."""

    point: float
    low: float | None
    high: float | None
    sure: bool
    wide_low: float | None = None
    wide_high: float | None = None


class Panel(NamedTuple):
    """One outcome: heading, what stands below its axis, and a mark a (shortage, strategy)."""

    title: str
    below: str
    marks: Mapping[Point, Mark]


def forest(
    comparison: Comparison,
    panels: Sequence[Panel],
    shortages: Sequence[str],
    strategies: Sequence[str],
    most_columns: int,
    limit: float | None,
    name_characters: int = NAME_CHARACTERS,
) -> Figure:
    """Draw differences with their intervals.

    Parameters
    ----------
    panels : sequence of Panel
        In the order of reading.
    shortages, strategies : sequences of str
        Whose marks are drawn; among the strategies there may be levers.
    most_columns : int
        Panels beside each other, at most.
    limit : float or None
        All panels run from −limit to limit, and what lies outside ends in an arrow at the edge; None: each has a scale
        that holds all of its intervals.
    name_characters : int
        Of a row's name, before it goes on in the next line.
    """
    by_strategy = len(strategies) >= len(shortages)
    rows, series = (strategies, shortages) if by_strategy else (shortages, strategies)
    beside = columns(min(most_columns, len(panels)))
    in_legend = columns(LEGEND_COLUMNS, LEGEND_IN)
    lines = math.ceil(len(panels) / beside)
    height = {row: -(i + 0.4 * (row in comparison.bounds)) for i, row in enumerate(rows)}
    name_of, name_of_series = (option_name, shortage_name) if by_strategy else (shortage_name, option_name)
    common = _common_start(rows)
    names = {
        row: textwrap.fill(
            say("without {programme}", programme=programme_name(row.removeprefix(common))) if common
            else f"{name_of(row)} {say('(bound)')}" if row in comparison.bounds else name_of(row),
            name_characters, break_long_words=False, break_on_hyphens=False,
        )
        for row in rows
    }  # fmt: skip
    row_in = max(0.13 + 0.075 * len(series), 0.26, 0.18 * max(name.count("\n") + 1 for name in names.values()))
    left_in = 0.15 + 0.083 * max(cell_len(line) for name in names.values() for line in name.split("\n"))
    below_in = 0.3 + 0.15 * max(panel.below.count("\n") + 1 for panel in panels)
    top_in = 0.3 + 0.24 * math.ceil(len(series) / in_legend) * (len(series) > 1)
    panel_in = row_in * (0.2 + max(height.values()) - min(height.values()) + 1)
    height_in = top_in + lines * (panel_in + below_in) + (lines - 1) * 0.3
    figure = Figure(figsize=(width_in(), height_in))  # margins are known, and no engine has to look for them
    grid = figure.subplots(lines, beside, sharex=limit is not None, sharey=True, squeeze=False, gridspec_kw={
        "left": left_in / width_in(), "right": 1 - 0.3 / width_in(), "top": 1 - top_in / height_in,
        "bottom": below_in / height_in,
        "wspace": 0.12, "hspace": (below_in + 0.3) / panel_in,
    })  # fmt: skip
    for axes, panel in zip(grid.flat, panels, strict=False):
        axes.axvline(0, color=INK, linewidth=0.9)
        for row in rows[::2]:
            axes.axhspan(height[row] - 0.5, height[row] + 0.5, color=BAND, linewidth=0)
        for i, one in enumerate(series):
            shift = 0.6 * ((len(series) - 1) / 2 - i) / max(len(series), 2)
            marks = {height[row] + shift: panel.marks.get((one, row) if by_strategy else (row, one)) for row in rows}
            known = {y: mark for y, mark in marks.items() if mark is not None}
            _draw(axes, known, i, name_of_series(one), limit)
        _dress(axes, panel, limit)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for axes in grid.flat[: len(panels)]:
        axes.tick_params(labelbottom=True)
    for axes in grid[:, 0]:
        axes.set_yticks(list(height.values()), list(names.values()))
    grid[0, 0].set_ylim(min(height.values()) - 0.6, 0.6)
    if len(series) > 1:
        handles, labels = grid[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="upper left", ncols=in_legend, frameon=False, fontsize=9, borderaxespad=0)
    return figure


def _draw(axes: Axes, marks: Mapping[float, Mark], place: int, label: str, limit: float | None) -> None:
    """Draw the marks of one series, by their height: thin wide interval, thick interval, a marker, filled when sure."""
    colour, marker = SERIES[place % len(SERIES)], MARKERS[place % len(MARKERS)]
    for wide, linewidth in ((True, 0.8), (False, 1.9)):
        ends = {y: (mark.wide_low, mark.wide_high) if wide else (mark.low, mark.high) for y, mark in marks.items()}
        known = {y: (low, high) for y, (low, high) in ends.items() if low is not None and high is not None}
        low, high = (np.array([end[side] for end in known.values()], dtype=float) for side in (0, 1))
        axes.hlines(list(known), low, high, color=colour, linewidth=linewidth)
    if limit is not None:
        for side, arrow in ((-1, "<"), (1, ">")):
            beyond = [
                y
                for y, mark in marks.items()
                if max(side * end for end in (mark.point, mark.low, mark.high) if end is not None) > limit
            ]
            if beyond:
                axes.plot(
                    [side * limit] * len(beyond),
                    beyond,
                    linestyle="none",
                    marker=arrow,
                    markersize=3.5,
                    color=colour,
                    clip_on=False,
                )
    for sure in (True, False):
        at = [
            (mark.point, y)
            for y, mark in marks.items()
            if mark.sure == sure and (limit is None or abs(mark.point) <= limit)
        ]
        if at:
            x, y = zip(*at, strict=True)
            axes.plot(
                x,
                y,
                linestyle="none",
                marker=marker,
                markersize=4.8,
                color=colour,
                markerfacecolor=colour if sure else "white",
            )
    axes.plot([], [], marker=marker, markersize=4.8, color=colour, linewidth=1.9, label=label)


def _dress(axes: Axes, panel: Panel, limit: float | None) -> None:
    axes.set_title(panel.title, fontsize=9.5)
    axes.set_xlabel(panel.below, fontsize=8.5)
    axes.grid(axis="x", color=PALE)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8.5)
    axes.spines["left"].set_visible(False)
    if limit is not None:
        axes.set_xlim(-limit, limit)
        axes.set_xticks([-limit / 2, 0, limit / 2])
        return
    axes.locator_params(axis="x", nbins=4, prune="both")
    left, right = axes.get_xlim()
    if left == right:
        axes.set_xlim(-1, 1)


def _common_start(rows: Sequence[str]) -> str:
    """Return what all rows begin with when they are one strategy without this and that: `integrated without `."""
    start, without, _ = rows[0].partition(WITHOUT)
    every = without and all(row.startswith(start + WITHOUT) for row in rows)
    return start + WITHOUT if every and len(rows) > 1 else ""


def better(comparison: Comparison, kind: Kind, name: str, points: Iterable[Point]) -> str:
    """Say which side of 0 is better.

    Nothing where neither is, or where a table calls some decided difference on that side not better.
    """
    good = indicator(name).good
    for shortage, strategy in points:
        it = effect(comparison, kind, shortage, strategy, name)
        if it and it.decided and good * it.difference > 0 and not mark(comparison, kind, shortage, strategy, name):
            return ""
    return {1: say("worse ← → better"), -1: say("better ← → worse"), 0: ""}[good]


def withheld(panels: Sequence[Panel], names: Iterable[str]) -> str:
    """Say for a caption why panels, in the order of these indicators, do not say which side is better.

    Nothing where each does that could.
    """
    silent = [
        panel.title
        for panel, name in zip(panels, names, strict=True)
        if indicator(name).good and "←" not in panel.below
    ]
    return say(HIDDEN, panels=in_words(", ").join(silent)) if silent else ""
