"""Figures of a comparison: where crime and patrol are, and calls by hour.

This module imports matplotlib, which takes long: import it only when figures are made.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from matplotlib.colors import Normalize, PowerNorm
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle

from experiments.languages.speech import in_words, say, sentences
from experiments.presentation.indicators import DAYS_A_YEAR
from experiments.presentation.looks import columns, width_in
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.pictures import Picture
from experiments.presentation.style import INK, LINES, PALE, Drawn, draw_all
from experiments.presentation.wording import number, per_cent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from experiments.compare.comparison import Comparison
    from experiments.compare.findings import Findings

MAPS_OF_CRIME = 3  # of more strategies, crime is shown with the baseline alone
MAP_IN = 1.6  # least width of a map
MAP_BLOCKS = 60  # a map with more cells across than this shows blocks of cells


class Block(NamedTuple):
    """Maps of one quantity, on one scale.

    Attributes
    ----------
    title, words : str
        Of the scale, and above each map, with `{strategy}`.
    rasters : mapping
        Strategy → values, shape [rows, cols], NaN outside the city.
    is_difference : bool
        Whether the scale runs to both sides of 0.
    """

    title: str
    words: str
    rasters: Mapping[str, NDArray[np.float64]]
    is_difference: bool = False


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
    base, rivals = comparison.baseline, [name for name in names if name != comparison.baseline]
    blocks = [
        Block(
            say("Crimes per year in a square of {side}", side=side), "{strategy}: crime",
            {name: rasters[name]["crimes"] for name in (names if len(names) <= MAPS_OF_CRIME else [base])},
        ),
        Block(
            say("Crimes per year more or fewer than with {baseline}, in a square of {side}", side=side,
                baseline=strategy_name(base)),
            "{strategy}: difference",
            {name: rasters[name]["crimes"] - rasters[base]["crimes"] for name in rivals if base in rasters}, True,
        ),
        Block(
            say("Minutes of patrol per day in a square of {side}", side=side), "{strategy}: patrol",
            {name: rasters[name]["patrol_minutes"] for name in names},
        ),
    ]  # fmt: skip
    figure = _drawn([one for one in blocks if one.rasters], extent)
    _scale_bar(figure.axes[0], extent, block, cell_m)
    shares = [f"{strategy_name(strategy)} {_top_share(raster)}" for strategy, raster in rasters.items()]
    where, baseline = shortage_name(shortage), strategy_name(comparison.baseline)
    caption = sentences([
        say("Under {shortage}, {means}; north is up.", shortage=where, means=_whose_means(comparison)),
        say("Colour grows with the square root, so that quiet places can be distinguished; all maps of one quantity "
            "share one scale. Outside the city is blank."),
        say("Crime is shown with {baseline} alone, and how the others differ from it.", baseline=baseline)
        if len(names) > MAPS_OF_CRIME else "",
        say("Of differences dark is fewer and light is more; what a single square shows is mostly chance.")
        if rivals else "",
    ])  # fmt: skip
    words = (
        "Maps of crime and of patrol by strategy under {shortage}. Patrol minutes in the tenth of the squares with "
        "most crime: {shares}."
    )
    alt = say(words, shortage=where, shares=in_words("; ").join(shares))
    return figure, say("Where crime and patrol are, under {shortage}", shortage=where), alt, caption


def _drawn(blocks: Sequence[Block], extent: tuple[int, int]) -> Figure:
    """Draw blocks of maps one below the other."""
    most = max(len(one.rasters) for one in blocks)
    beside = columns(min(3, most), MAP_IN)
    lines = [math.ceil(len(one.rasters) / beside) for one in blocks]
    panel_in = min((width_in() - 0.6) / beside, 4.2) * min(1.0, 0.8 * max(0.5, extent[1] / extent[0]))
    height_in = max(1.6, panel_in * extent[0] / extent[1])
    block_in = [0.75 + (height_in + 0.3) * n for n in lines]
    figure = Figure(figsize=(width_in(), sum(block_in)), layout="constrained")
    parts = figure.subfigures(len(blocks), 1, squeeze=False, height_ratios=block_in)[:, 0]
    for part, one, n in zip(parts, blocks, lines, strict=True):
        _draw_block(part, one, (n, beside))
    return figure


def _draw_block(part: SubFigure, block: Block, shape: tuple[int, int]) -> None:
    """Draw the maps of one quantity on one scale, in lines and columns, and the bar of that above them."""
    grid = part.subplots(*shape, squeeze=False)
    values = np.concatenate([raster[~np.isnan(raster)] for raster in block.rasters.values()])
    if block.is_difference:
        most = float(np.quantile(np.abs(values), 0.99)) or 1.0
        norm: Normalize = Normalize(-most, most)
    else:
        most = float(values.max()) or 1.0
        norm = PowerNorm(0.5, vmin=0, vmax=most)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, (strategy, raster) in zip(grid.flat, block.rasters.items(), strict=False):
        axes.imshow(raster, origin="lower", cmap="cividis", norm=norm, interpolation="none")
        axes.set_title(say(block.words, strategy=strategy_name(strategy)), fontweight="normal", fontsize=10)
        if not np.nanmax(np.abs(raster)):
            axes.text(0.5, 0.5, say("nothing"), transform=axes.transAxes, ha="center", va="center", color="white",
                      fontsize=12)  # fmt: skip
    bar = part.colorbar(
        grid[0, 0].images[0], ax=list(grid.flat), location="top", shrink=0.9 if shape[1] > 1 else 0.6, aspect=40,
        pad=0.01, extend="both" if block.is_difference else "neither",
    )  # fmt: skip
    bar.set_label(block.title)
    bar.set_ticks([-most, 0.0, most] if block.is_difference else _ticks(most))
    bar.ax.xaxis.set_major_formatter(lambda value, _: _of_bar(value, block.is_difference))
    bar.outline.set_visible(False)


def _of_bar(value: float, signed: bool) -> str:
    """Write a number of a bar."""
    if signed:
        return number(value, 2 if abs(value) < 1 else 1 if abs(value) < 10 else 0, sign=True) if value else "0"
    return f"{value:g}" if value < 1000 else number(value, 0)


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
    return per_cent(number(100 * patrol[top].sum() / patrol.sum(), 0))


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
    figure = Figure(figsize=(width_in(), 2.9), layout="constrained")
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
    figure.legend(loc="outside upper left", ncols=columns(5, 1.75), frameon=False, fontsize=9)
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
