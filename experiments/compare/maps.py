"""Figures of a comparison: where crime and patrol are, and calls by hour.

This module imports matplotlib, which takes long: import it only when figures are made.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.languages.speech import in_words, say, sentences
from experiments.presentation.indicators import DAYS_A_YEAR
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.pictures import Picture
from experiments.presentation.style import INK, LINES, PALE, WIDTH_IN, Drawn, draw_all
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from experiments.compare.comparison import Comparison
    from experiments.compare.findings import Findings

MAPS_OF_CRIME = 3  # of more strategies, crime is shown with the baseline alone
MAP_BLOCKS = 60  # a map with more cells across than this shows blocks of cells


def write_figures(findings: Findings, folder: Path) -> dict[str, Picture]:
    """Draw all figures for which there is something to show.

    Parameters
    ----------
    findings : Findings
        What was found.
    folder : Path
        An existing folder; `<name>.png` and `<name>.svg` are written into it.

    Returns
    -------
    dict
        Pictures by name: `maps`, `calls`.
    """
    return draw_all({"maps": _maps, "calls": _calls}, findings, folder)


def _maps(findings: Findings) -> Drawn:
    """Draw crime and patrol under the shortage that the answer is about, two blocks of maps, each with its scale."""
    comparison, shortage = findings.comparison, findings.told
    under = comparison.cells.filter((pl.col("shortage") == shortage) & pl.col("inside"))
    if under.is_empty():
        return None
    whole = comparison.cells.filter(pl.col("shortage") == shortage)
    extent = (int(whole["row"].max()) + 1, int(whole["col"].max()) + 1)  # type: ignore[arg-type]
    cell_m = float(comparison.scenario.get("city", {}).get("cell_m", 100))
    block = math.ceil(max(extent) / MAP_BLOCKS)
    names = [*comparison.policies, *comparison.bounds]
    rasters = {
        strategy: {
            "crimes": _raster(cells, "crimes", extent, block) * DAYS_A_YEAR / comparison.days,
            "patrol_minutes": _raster(cells, "patrol_minutes", extent, block) / comparison.days,
        }
        for strategy in names
        for cells in [under.filter(pl.col("strategy") == strategy)]
    }
    side = f"{number(block * cell_m, 0)} m"
    titles = {
        "crimes": say("Crimes per year in a square of {side}", side=side),
        "patrol_minutes": say("Minutes of patrol per day in a square of {side}", side=side),
    }
    shown = {"crimes": names if len(names) <= MAPS_OF_CRIME else [comparison.baseline], "patrol_minutes": names}
    columns = min(3, len(names))
    lines = {quantity: math.ceil(len(strategies) / columns) for quantity, strategies in shown.items()}
    panel_in = min((WIDTH_IN - 0.6) / columns, 4.2) * min(1.0, 0.8 * max(0.5, extent[1] / extent[0]))
    height_in = max(1.6, panel_in * extent[0] / extent[1])
    block_in = {quantity: 0.75 + (height_in + 0.3) * lines[quantity] for quantity in shown}
    figure = Figure(figsize=(WIDTH_IN, sum(block_in.values())), layout="constrained")
    parts = figure.subfigures(len(shown), 1, squeeze=False, height_ratios=list(block_in.values()))[:, 0]
    for part, (quantity, strategies) in zip(parts, shown.items(), strict=True):
        grid = part.subplots(lines[quantity], columns, squeeze=False)
        most = max(float(np.nanmax(rasters[strategy][quantity])) for strategy in strategies)
        norm = PowerNorm(0.5, vmin=0, vmax=most or 1)
        for axes in grid.flat:
            axes.set_axis_off()
        for axes, strategy in zip(grid.flat, strategies, strict=False):
            raster = rasters[strategy][quantity]
            axes.imshow(raster, origin="lower", cmap="cividis", norm=norm, interpolation="none")
            words = "{strategy}: crime" if quantity == "crimes" else "{strategy}: patrol"
            axes.set_title(say(words, strategy=strategy_name(strategy)), fontweight="normal", fontsize=10)
            if not np.nanmax(raster):
                axes.text(
                    0.5,
                    0.5,
                    say("nothing"),
                    transform=axes.transAxes,
                    ha="center",
                    va="center",
                    color="white",
                    fontsize=12,
                )
        bar = part.colorbar(
            grid[0, 0].images[0],
            ax=list(grid.flat),
            location="top",
            shrink=0.9 if columns > 1 else 0.6,
            aspect=40,
            pad=0.01,
        )
        bar.set_label(titles[quantity])
        bar.set_ticks(_ticks(most))
        bar.ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}" if value < 1000 else number(value, 0))
        bar.outline.set_visible(False)
        if quantity == "crimes":
            _scale_bar(grid[-1, 0], extent, block, cell_m)
    shares = [f"{strategy_name(strategy)} {_top_share(raster)}" for strategy, raster in rasters.items()]
    where, baseline = shortage_name(shortage), strategy_name(comparison.baseline)
    caption = sentences([
        say("Under {shortage}, {means}; north is up.", shortage=where, means=_whose_means(comparison)),
        say("Colour grows with the square root, so that quiet places can be distinguished; all maps of one quantity "
            "share one scale. Outside the city is blank."),
        say("Crime is shown with {baseline} alone.", baseline=baseline) if len(names) > MAPS_OF_CRIME else "",
    ])  # fmt: skip
    words = (
        "Maps of crime and of patrol by strategy under {shortage}. Patrol minutes in the tenth of the squares with "
        "most crime: {shares}."
    )
    alt = say(words, shortage=where, shares=in_words("; ").join(shares))
    return figure, say("Where crime and patrol are, under {shortage}", shortage=where), alt, caption


def _whose_means(comparison: Comparison) -> str:
    """Say of which runs the maps are means."""
    if not comparison.city.drawn_anew:
        return say("means over {n} replications", n=comparison.replications)
    runs = comparison.seeds_per_city
    return say(
        "the first city alone, one run" if runs == 1 else "the first city alone, means over its {n} runs", n=runs
    )


def _raster(cells: pl.DataFrame, quantity: str, extent: tuple[int, int], block: int) -> NDArray[np.float64]:
    """Return sums over blocks of cells, shape [rows, cols]; NaN where no cell of a block is inside the city."""
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
        return say("no patrol")
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


def _calls(findings: Findings) -> Drawn:
    """Draw calls by hour of day under the shortage that the answer is about, a line per strategy."""
    comparison, shortage = findings.comparison, findings.told
    profiles = comparison.profiles.filter(pl.col("shortage") == shortage)
    if profiles.is_empty() or not profiles["calls"].sum():
        return None
    figure = Figure(figsize=(WIDTH_IN, 2.9), layout="constrained")
    axes = figure.subplots()
    by_strategy = {
        strategy: profiles.filter(pl.col("strategy") == strategy).sort("hour_of_day")["calls"].to_numpy()
        for strategy in comparison.strategies
    }
    for i, (strategy, calls) in enumerate(by_strategy.items()):
        colour, style = LINES[i % len(LINES)]
        axes.plot(
            np.arange(calls.size) + 0.5,
            calls,
            color=colour,
            linestyle=style,
            linewidth=2 if len(by_strategy) < 5 else 1.4,
            label=strategy_name(strategy),
        )
    axes.set_xlim(0, 24)
    axes.set_ylim(0)
    axes.set_xticks(range(0, 25, 3))
    axes.set_xlabel(say("hour of day"))
    axes.set_ylabel(say("calls per hour"))
    axes.grid(axis="y", color=PALE)
    axes.set_axisbelow(True)
    figure.legend(loc="outside upper left", ncols=5, frameon=False, fontsize=9)
    first = by_strategy[comparison.baseline]
    busiest, quietest = int(np.argmax(first)), int(np.argmin(first))
    alt = say(
        "Calls by hour of day under {shortage}. With {baseline} most in the hour from {busiest}:00 ({most} calls), "
        "fewest from {quietest}:00 ({fewest}).",
        shortage=shortage_name(shortage), baseline=strategy_name(comparison.baseline),
        busiest=busiest, most=number(first[busiest]), quietest=quietest, fewest=number(first[quietest]),
    )  # fmt: skip
    caption = say("Most calls do not depend on the strategy (the seeds are shared), so the lines lie close together.")
    return figure, say("Calls by hour of day, under {shortage}", shortage=shortage_name(shortage)), alt, caption
