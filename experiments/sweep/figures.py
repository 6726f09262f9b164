"""The figures of a sweep: the points with their intervals, and what the differences hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from matplotlib.figure import Figure

from experiments.languages.speech import say
from experiments.presentation.looks import width_in
from experiments.presentation.style import LINES, MARKERS, PALE, draw_all
from experiments.sweep.findings import level_name, source_name

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from experiments.presentation.pictures import Picture
    from experiments.presentation.style import Drawn
    from experiments.sweep.findings import Sweep

MOST_LINES, MOST_PANELS, MOST_SOURCES = 9, 6, 16
SURE = 0.05  # p below which a marker is filled


def write_figures(sweep: Sweep, folder: Path) -> dict[str, Picture]:
    """Draw the points, and the analysis of variance, into `folder`, as PNG and SVG."""
    return draw_all({"points": _points, "variance": _variance}, sweep, folder)


def _points(sweep: Sweep) -> Drawn:
    """Draw a line a level of the second factor, a panel a level of the third, all on one scale."""
    rows = sweep.shown
    varied = sorted(
        (name for name in sweep.factors if rows[name].n_unique() > 1), key=lambda name: -rows[name].n_unique()
    )
    if not varied or not rows.height:
        return None
    across = varied[0]
    lines, panels = (*varied[1:3], None, None)[:2]
    shown = rows[panels].unique(maintain_order=True).to_list()[:MOST_PANELS] if panels else [None]
    figure = Figure(figsize=(width_in(), 3.6), layout="constrained")
    axes = figure.subplots(1, len(shown), sharex=True, sharey=True, squeeze=False)[0]
    for axis, level in zip(axes, shown, strict=True):
        part = rows if panels is None else rows.filter(rows[panels].eq_missing(level))
        _panel(axis, part, across, lines)
        axis.axhline(0 if sweep.effects.height else rows["mean"].mean(), color=PALE, zorder=0)
        axis.set_xlabel(say(across))
        if panels:
            axis.set_title(f"{say(panels)} = {level_name(panels, level)}")
    axes[0].set_ylabel(say("difference" if sweep.effects.height else "mean"))
    if lines:
        axes[-1].legend(title=say(lines), frameon=False)
    caption = say("{title}. {state}.", title=sweep.title, state=sweep.state)
    alt = say("{title}, {n} points.", title=sweep.title, n=rows.height)
    return figure, say("Points of the sweep"), alt, caption


def _panel(axis: Axes, part: pl.DataFrame, across: str, lines: str | None) -> None:
    """Draw the points of a panel; those of a further factor that is not shown lie side by side."""
    levels = _in_order([value for value in part[across].unique().to_list() if value is not None])
    for i, level in enumerate((part[lines].unique(maintain_order=True).to_list() if lines else [None])[:MOST_LINES]):
        of_line = part if lines is None else part.filter(part[lines].eq_missing(level))
        of_line = of_line.filter(of_line[across].is_not_null())
        x = [levels.index(value) + 0.06 * i for value in of_line[across]]
        mean = of_line["mean"].to_list()
        spread = [
            [0.0 if low is None else m - low for m, low in zip(mean, of_line["low"], strict=True)],
            [0.0 if high is None else high - m for m, high in zip(mean, of_line["high"], strict=True)],
        ]
        colour, dashes = LINES[i % len(LINES)]
        axis.errorbar(
            x, mean, spread, color=colour, linestyle="none" if len(set(x)) < len(x) else dashes,
            marker=MARKERS[i % len(MARKERS)], capsize=2, label=level_name(lines or "", level),
        )  # fmt: skip
    axis.set_xticks(range(len(levels)), [level_name(across, level) for level in levels])


def _variance(sweep: Sweep) -> Drawn:
    """Draw a line a source of the analysis of variance, the largest above, with a marker a strategy."""
    rows = sweep.variance.filter(sweep.variance["p"].is_not_null())
    if not rows.height:
        return None
    sizes = rows.group_by("source").agg(size=pl.col("partial_eta_squared").max())
    sources = sizes.sort("size", "source", descending=[True, False])["source"].head(MOST_SOURCES).to_list()
    strategies = rows["strategy"].unique(maintain_order=True).to_list()[:MOST_LINES]
    figure = Figure(figsize=(width_in(), 1.2 + 0.3 * len(sources)), layout="constrained")
    axis = figure.subplots()
    for i, strategy in enumerate(strategies):
        part = rows.filter(rows["strategy"].eq_missing(strategy), rows["source"].is_in(sources))
        colour, marker = LINES[i % len(LINES)][0], MARKERS[i % len(MARKERS)]
        for share, source, p in part.select("partial_eta_squared", "source", "p").iter_rows():
            y = sources.index(source) + 0.5 * (i + 0.5) / len(strategies) - 0.25
            axis.plot(100 * share, y, marker, color=colour, markerfacecolor=colour if p < SURE else "none")
        axis.plot([], [], marker, color=colour, label=sweep.analysed(strategy))
    axis.set_yticks(range(len(sources)), [source_name(source) for source in sources])
    axis.set_ylim(len(sources) - 0.5, -0.5)
    axis.set_xlim(-2, 102)
    axis.set_xlabel(say("partial η², %"))
    if strategies != [None]:
        axis.legend(frameon=False, fontsize="small")
    caption = say("{title}. Filled markers: p < {p}.", title=say("What the differences hang on"), p=SURE)
    alt = say("Shares that factors explain of the paired differences, {n} sources.", n=len(sources))
    return figure, say("Analysis of variance"), alt, caption


def _in_order(levels: list[str]) -> list[str]:
    """Return levels by size where all are numbers, else as they come."""
    try:
        return sorted(levels, key=float)
    except ValueError:
        return levels
