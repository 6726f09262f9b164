"""Figures of a comparison: effects with intervals, maps, officer hours, calls by hour; as PNG and SVG files, readable at 900 pixels.

Colours are Okabe & Ito's and cividis, which colour-blind readers tell apart; nothing is said by colour alone (labels, markers and hatches repeat it).
This module imports matplotlib, which takes long: import it only when figures are made.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.reading import DAYS_A_YEAR, Effect, decimals_for, difference, effect, indicator, number, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from experiments.comparison import Comparison

ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE = "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
INK, GREY, PALE = "#222222", "#666666", "#E4E4E4"
LINES = ((INK, "-"), (ORANGE, "--"), (BLUE, "-."), (GREEN, ":"), (PURPLE, (0, (1, 1))), (VERMILLION, (0, (5, 1))), (SKY, (0, (3, 1, 1, 1, 1, 1))))
ACTIVITIES = {  # colour and hatch; calls first, then prevention, then the rest
    "response_drive": (ORANGE, ""), "on_scene": (VERMILLION, ""), "arrest_processing": (PURPLE, ""), "paperwork": (YELLOW, ""),
    "patrol_stop": (BLUE, ""), "patrol_drive": (SKY, ""),
    "standby": ("#BBBBBB", ""), "return_drive": ("#BBBBBB", "///"), "break": ("#F2F2F2", ""),
}  # fmt: skip
OTHER_HATCHES = ("", "//", "\\\\", "xx", "..", "oo")
EFFECTS_SHOWN = ("crimes_total", "harm_total", "response_p1_median_min")
WIDTH_IN = 9.0
PNG_DPI = 160
MAP_BLOCKS = 60  # a map with more cells across than this shows blocks of cells
STYLE: dict[Any, Any] = {
    "font.size": 10, "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": GREY, "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK, "svg.hashsalt": "beatlab",
}  # fmt: skip


class Picture(NamedTuple):
    """A figure that was written: the files' stem, a heading, what it shows in words, and how to read it."""

    name: str
    title: str
    alt: str
    caption: str
    svg: Path


def write_figures(comparison: Comparison, folder: Path) -> dict[str, Picture]:
    """Draw all figures for which there is something to show.

    Parameters
    ----------
    comparison : Comparison
        What was found.
    folder : Path
        An existing folder; `<name>.png` and `<name>.svg` are written into it.

    Returns
    -------
    dict
        Pictures by name: `effects`, `maps`, `hours`, `calls`.
    """
    return draw_all({"effects": _effects, "maps": _maps, "hours": _hours, "calls": _calls}, comparison, folder)


Drawn = tuple[Figure, str, str, str] | None
Subject = TypeVar("Subject")


def draw_all(draws: Mapping[str, Callable[[Subject], Drawn]], subject: Subject, folder: Path) -> dict[str, Picture]:
    """Draw figures of one subject in the style of the house and write each as PNG and SVG; those without anything to show are left out.

    Parameters
    ----------
    draws : mapping
        Name → function of the subject that returns (figure, title, description, caption), or None.
    subject : object
        What is drawn.
    folder : Path
        An existing folder; `<name>.png` and `<name>.svg` are written into it.
    """
    pictures = {}
    with mpl.rc_context(STYLE):
        for name, draw in draws.items():
            drawn = draw(subject)
            if drawn is None:
                continue
            figure, title, alt, caption = drawn
            figure.savefig(folder / f"{name}.png", dpi=PNG_DPI)
            figure.set_layout_engine("none")  # laid out once is enough
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
            pictures[name] = Picture(name, title, alt, caption, folder / f"{name}.svg")
    return pictures


def _effects(comparison: Comparison) -> Drawn:
    """Differences to the baseline with their intervals, a panel an indicator, a row a strategy under a shortage."""
    others = [name for name in comparison.strategies if name != comparison.baseline]
    lines = [(shortage, strategy) for shortage in comparison.shortages for strategy in others]
    found = {(*line, name): effect(comparison, "strategy", *line, name) for line in lines for name in EFFECTS_SHOWN}
    names = [name for name in EFFECTS_SHOWN if any(found[(*line, name)] for line in lines)]
    if not lines or not names:
        return None
    gaps = len(comparison.shortages) - 1
    figure = Figure(figsize=(WIDTH_IN, 1.75 + 0.34 * (len(lines) + gaps * 0.6)), layout="constrained")
    panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    height = {line: -(i + 0.6 * comparison.shortages.index(line[0])) for i, line in enumerate(lines)}
    for axes, name in zip(panels, names, strict=True):
        shown = indicator(name)
        axes.axvline(0, color=INK, linewidth=1)
        limits = []
        for line in lines:
            it = found[(*line, name)]
            if it is not None:
                _interval(axes, it, height[line])
                limits += [value for value in (it.difference, it.low_simultaneous, it.high_simultaneous, it.low, it.high) if value is not None]
        left, right = min([0.0, *limits]), max([0.0, *limits])
        margin = 0.15 * (right - left) or 1.0
        axes.set_xlim(left - margin, right + margin)
        axes.set_ylim(min(height.values()) - 0.7, 0.7)
        axes.set_title(shown.label)
        unit = shown.unit.replace(" per ", "\nper ", 1) if len(shown.unit) > 30 else shown.unit
        axes.set_xlabel(f"← better      worse →\n{unit}")
        axes.grid(axis="x", color=PALE)
        axes.set_axisbelow(True)
        axes.locator_params(axis="x", nbins=5)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    panels[0].set_yticks([height[line] for line in lines], [f"{shortage} · {strategy}" for shortage, strategy in lines])
    told = []
    for line in lines:
        texts = [f"{indicator(name).label.lower()} {difference(it, decimals_for([it]))}" for name in names if (it := found[(*line, name)])]
        told.append(f"{line[1]} under {line[0]}: {', '.join(texts)}")
    title = f"Differences to {comparison.baseline}"
    caption = (
        f"Each row compares a strategy with {comparison.baseline} under the same shortage, on the same seeds. Thick bar: 95 % interval; thin line: the wider "
        "interval that holds for all comparisons together. A filled circle means that the wider one excludes 0, a hollow circle that it does not. "
        "Less is better in each panel."
    )
    return figure, title, f"Interval plot of differences to {comparison.baseline}. " + "; ".join(told) + ".", caption


def _interval(axes: Axes, it: Effect, y: float) -> None:
    """One difference: thin simultaneous interval, thick 95 % interval, and a circle, filled when 0 is excluded."""
    if it.low_simultaneous is not None and it.high_simultaneous is not None:
        axes.plot([it.low_simultaneous, it.high_simultaneous], [y, y], color=BLUE, linewidth=1.2, solid_capstyle="butt")
    if it.low is not None and it.high is not None:
        axes.plot([it.low, it.high], [y, y], color=BLUE, linewidth=4, alpha=0.75, solid_capstyle="butt")
    axes.plot([it.difference], [y], marker="o", markersize=7, color=BLUE, markerfacecolor=BLUE if it.starred else "white", markeredgewidth=1.6)


def _maps(comparison: Comparison) -> Drawn:
    """Crime and patrol of each strategy side by side under the last shortage, one colour scale a quantity."""
    shortage = comparison.shortages[-1]
    under = comparison.cells.filter((pl.col("shortage") == shortage) & pl.col("inside"))
    if under.is_empty():
        return None
    whole = comparison.cells.filter(pl.col("shortage") == shortage)
    extent = (int(whole["row"].max()) + 1, int(whole["col"].max()) + 1)  # type: ignore[arg-type]
    cell_m = float(comparison.scenario.get("city", {}).get("cell_m", 100))
    block = math.ceil(max(extent) / MAP_BLOCKS)
    rasters = {
        strategy: {
            "crimes": _raster(cells, "crimes", extent, block) * DAYS_A_YEAR / comparison.days,
            "patrol_minutes": _raster(cells, "patrol_minutes", extent, block) / comparison.days,
        }
        for strategy in comparison.strategies
        for cells in [under.filter(pl.col("strategy") == strategy)]
    }
    side = f"{number(block * cell_m, 0)} m"
    titles = {"crimes": f"Crimes a year in a square of {side}", "patrol_minutes": f"Minutes of patrol a day in a square of {side}"}
    panel_in = (WIDTH_IN - 0.6) / 2 * min(1.0, 0.8 * max(0.5, extent[1] / extent[0]))
    height_in = max(2.0, panel_in * extent[0] / extent[1])
    figure = Figure(figsize=(WIDTH_IN, 0.9 + (height_in + 0.35) * len(rasters)), layout="constrained")
    grid = figure.subplots(len(rasters), 2, squeeze=False)
    for column, (quantity, title) in enumerate(titles.items()):
        most = max(float(np.nanmax(raster[quantity])) for raster in rasters.values())
        norm = PowerNorm(0.5, vmin=0, vmax=most or 1)
        for axes, (strategy, raster) in zip(grid[:, column], rasters.items(), strict=True):
            axes.imshow(raster[quantity], origin="lower", cmap="cividis", norm=norm, interpolation="none")
            axes.set_title(f"{strategy}: {'crime' if column == 0 else 'patrol'}", fontweight="normal")
            axes.set_xticks([])
            axes.set_yticks([])
            for spine in axes.spines.values():
                spine.set_visible(False)
            if not np.nanmax(raster[quantity]):
                axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", va="center", color="white", fontsize=12)
        bar = figure.colorbar(grid[0, column].images[0], ax=list(grid[:, column]), location="top", shrink=0.9, aspect=30, pad=0.01)
        bar.set_label(title)
        bar.set_ticks(_ticks(most))
        bar.ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}" if value < 1000 else number(value, 0))
        bar.outline.set_visible(False)
    _scale_bar(grid[-1, 0], extent, block, cell_m)
    shares = [f"{strategy} {_top_share(raster)}" for strategy, raster in rasters.items()]
    caption = (
        f"Under {shortage}, means over {comparison.replications} replications; north is up. Colour grows with the square root, so that quiet places can be "
        "told apart; all maps of one quantity share one scale. Outside the city is blank."
    )
    alt = f"Maps of crime and of patrol under {shortage}, a row a strategy. Patrol minutes in the tenth of the squares with most crime: {'; '.join(shares)}."
    return figure, f"Where crime and patrol are, under {shortage}", alt, caption


def _raster(cells: pl.DataFrame, quantity: str, extent: tuple[int, int], block: int) -> NDArray[np.float64]:
    """Sum a quantity over blocks of cells, NaN where no cell of a block is inside the city; shape [rows, cols] of blocks."""
    shape = (math.ceil(extent[0] / block), math.ceil(extent[1] / block))
    place = (cells["row"].to_numpy() // block, cells["col"].to_numpy() // block)
    total, number_inside = np.zeros(shape), np.zeros(shape)
    np.add.at(total, place, cells[quantity].to_numpy())
    np.add.at(number_inside, place, 1)
    total[number_inside == 0] = np.nan
    return total


def _ticks(most: float) -> list[float]:
    """Round numbers from 0 to `most` for a square-root scale."""
    if most <= 0:
        return [0.0]
    ticks = [0.0]
    for wanted in (most / 16, most / 4, most * 9 / 16, most):
        size = 10.0 ** math.floor(math.log10(wanted))
        tick = math.floor(wanted / size * 2) / 2 * size
        if math.sqrt(tick / most) - math.sqrt(ticks[-1] / most) > 0.12:
            ticks.append(tick)
    return ticks


def _top_share(raster: dict[str, NDArray[np.float64]]) -> str:
    """Share of the patrol minutes that fall in the tenth of the squares with most crime."""
    crimes, patrol = (raster[key][~np.isnan(raster[key])] for key in ("crimes", "patrol_minutes"))
    if not patrol.sum():
        return "no patrol"
    top = np.argsort(-crimes, kind="stable")[: max(1, crimes.size // 10)]
    return f"{number(100 * patrol[top].sum() / patrol.sum(), 0)} %"


def _scale_bar(axes: Axes, extent: tuple[int, int], block: int, cell_m: float) -> None:
    """Draw a bar of a round number of kilometres below a map."""
    across_km = extent[1] * cell_m / 1000
    power = 10 ** math.floor(math.log10(across_km / 4))
    length_km = max(step * power for step in (1, 2, 5) if step * power <= across_km / 4)
    length = length_km * 1000 / (cell_m * block)
    rows = extent[0] / block
    axes.add_patch(Rectangle((-0.5, -0.5 - 0.035 * rows), length, 0.012 * rows, color=INK, clip_on=False))
    axes.text(length + 0.01 * rows, -0.5 - 0.03 * rows, f"{length_km:g} km", va="center", fontsize=9)


def _hours(comparison: Comparison) -> Drawn:
    """Officer hours a day by activity, a stacked bar a strategy under a shortage."""
    totals = comparison.ledger.group_by("shortage", "strategy", "activity").agg(pl.col("officer_hours").sum() / comparison.days)
    present = totals.filter(pl.col("officer_hours") > 0)["activity"].unique().to_list()
    if not present:
        return None
    activities = [name for name in ACTIVITIES if name in present] + sorted(set(present) - set(ACTIVITIES))
    hours = {(row["shortage"], row["strategy"], row["activity"]): row["officer_hours"] for row in totals.iter_rows(named=True)}
    lines = [(shortage, strategy) for shortage in comparison.shortages for strategy in comparison.strategies]
    figure = Figure(figsize=(WIDTH_IN, 1.5 + 0.38 * len(lines)), layout="constrained")
    axes = figure.subplots()
    height = {line: -(i + 0.5 * comparison.shortages.index(line[0])) for i, line in enumerate(lines)}
    longest = max(sum(hours.get((*line, name), 0.0) for name in activities) for line in lines)
    start = dict.fromkeys(lines, 0.0)
    for activity in activities:
        colour, hatch = ACTIVITIES.get(activity) or (GREEN, OTHER_HATCHES[activities.index(activity) % len(OTHER_HATCHES)])
        widths = [hours.get((*line, activity), 0.0) for line in lines]
        axes.barh(
            [height[line] for line in lines], widths, left=[start[line] for line in lines], height=0.74, color=colour, hatch=hatch,
            edgecolor=GREY if hatch or colour == ACTIVITIES["break"][0] else "white", linewidth=0.6, label=words(activity),
        )  # fmt: skip
        for line, width in zip(lines, widths, strict=True):
            if width > 0.045 * longest:
                light = activity in ("patrol_stop", "on_scene")
                axes.text(start[line] + width / 2, height[line], number(width, 0), ha="center", va="center", fontsize=9, color="white" if light else INK)
            start[line] += width
    axes.set_yticks([height[line] for line in lines], [f"{shortage} · {strategy}" for shortage, strategy in lines])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("officer-hours a day")
    axes.set_xlim(0, longest * 1.01)
    axes.spines["left"].set_visible(False)
    figure.legend(loc="outside upper left", ncols=5, frameon=False, fontsize=9, handlelength=1.2, columnspacing=1.2)
    told = [f"{line[1]} under {line[0]}: " + ", ".join(f"{words(a)} {number(hours.get((*line, a), 0.0), 0)}" for a in activities) for line in lines]
    caption = "Every minute on duty is booked to one activity; the bars of one shortage are equally long when its strategies have the same officers."
    return figure, "Officer hours by activity", "Stacked bars of officer-hours a day. " + "; ".join(told) + ".", caption


def _calls(comparison: Comparison) -> Drawn:
    """Draw calls by hour of day under the last shortage, a line a strategy."""
    shortage = comparison.shortages[-1]
    profiles = comparison.profiles.filter(pl.col("shortage") == shortage)
    if profiles.is_empty() or not profiles["calls"].sum():
        return None
    figure = Figure(figsize=(WIDTH_IN, 2.9), layout="constrained")
    axes = figure.subplots()
    by_strategy = {strategy: profiles.filter(pl.col("strategy") == strategy).sort("hour_of_day")["calls"].to_numpy() for strategy in comparison.strategies}
    for i, (strategy, calls) in enumerate(by_strategy.items()):
        colour, style = LINES[i % len(LINES)]
        axes.plot(np.arange(calls.size) + 0.5, calls, color=colour, linestyle=style, linewidth=2, label=strategy)
    axes.set_xlim(0, 24)
    axes.set_ylim(0)
    axes.set_xticks(range(0, 25, 3))
    axes.set_xlabel("hour of day")
    axes.set_ylabel("calls an hour")
    axes.grid(axis="y", color=PALE)
    axes.set_axisbelow(True)
    figure.legend(loc="outside upper left", ncols=5, frameon=False, fontsize=9)
    first = by_strategy[comparison.baseline]
    busiest, quietest = int(np.argmax(first)), int(np.argmin(first))
    alt = (
        f"Calls by hour of day under {shortage}. With {comparison.baseline} most in the hour from {busiest}:00 ({number(first[busiest])} calls), "
        f"fewest from {quietest}:00 ({number(first[quietest])})."
    )
    caption = "Most calls do not depend on the strategy (the seeds are shared), so the lines lie close together."
    return figure, f"Calls by hour of day, under {shortage}", alt, caption
