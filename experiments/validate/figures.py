"""Figures of the scoreboard: hours of the week, near repeat, concentration, offenders, distances.

As PNG and SVG files, readable at 900 pixels.

Colours are those of `figures.py`, which colour-blind readers tell apart. This module imports matplotlib: import it only
when figures are made.
"""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import polars as pl
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle

from experiments.languages.speech import in_words, opened, say
from experiments.patterns.calls import NO_CRIME
from experiments.patterns.concentration import LAW_BANDS
from experiments.patterns.portrait import NEAR_M, SOON_DAYS
from experiments.patterns.studies import LARGE_PLACES, MIX_NAMES, VARIANTS
from experiments.presentation.looks import width_in
from experiments.presentation.pictures import Picture
from experiments.presentation.style import BLUE, GREY, INK, ORANGE, PALE, Drawn, draw_all
from experiments.presentation.wording import number
from experiments.validate.findings import kind_name
from experiments.validate.force_figures import series, spiral
from experiments.validate.offender_figures import MIX_LINES, distance, offenders
from experiments.validate.scoreboard import rows_of
from experiments.validate.scoreboard_figure import scoreboard
from sim.outcomes.concentration import concentration_curve, curve_by_luck, share_of_places
from sim.outcomes.near_repeat import DAYS, DISTANCES_M
from sim.outcomes.offending import relative_to_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.validate.findings import Validation

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FEWEST_PAIRS = 2.0  # expected; below, a ratio says nothing
MOST_SHOWN = 5.0  # times the mean; higher peaks of a profile are cut off and named


def write_figures(validation: Validation, folder: Path) -> dict[str, Picture]:
    """Draw all figures for which there is something to show.

    Parameters
    ----------
    validation : Validation
        What was found.
    folder : Path
        An existing folder; `<name>.png` and `<name>.svg` are written into it.

    Returns
    -------
    dict
        Pictures by name: `scoreboard`, `hours`, `near_repeat`, `concentration`, `offenders`, `distance`, `spiral`,
        `series`.
    """
    draws = {
        "scoreboard": scoreboard,
        "hours": _hours, "near_repeat": _near_repeat, "concentration": _concentration, "offenders": offenders,
        "distance": distance, "spiral": spiral,
        "series": series,
    }  # fmt: skip
    return draw_all(draws, validation, folder)


def _hours(validation: Validation) -> Drawn:
    """Draw incidents by hour of the week, a panel a kind, all on one scale."""
    runs = validation.portraits[validation.place]
    kinds = [name for name, is_whole in rows_of({kind for run in runs for kind in run.kinds}) if not is_whole]
    counts = {name: np.sum([run.kinds[name].by_hour for run in runs if name in run.kinds], axis=0) for name in kinds}
    for name in NO_CRIME:
        calls = [run.calls[name] for run in runs if name in run.calls]
        if calls:
            counts[f"calls: {name}"] = np.sum(calls, axis=0)
    counts = {name: of_kind for name, of_kind in counts.items() if of_kind.sum()}
    if not counts:
        return None
    columns = 3
    lines = math.ceil(len(counts) / columns)
    figure = Figure(figsize=(width_in(), 0.55 + 1.35 * lines), layout="constrained")
    grid = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    told = []
    for axes, (name, of_kind) in zip(grid.flat, counts.items(), strict=False):
        profile = relative_to_mean(_smooth(of_kind))
        peak, least = int(np.argmax(profile)), int(np.argmin(profile))
        axes.axhline(1, color=GREY, linewidth=0.8)
        axes.plot(np.arange(168) + 0.5, profile, color=BLUE, linewidth=1.2, clip_on=True)
        axes.fill_between(np.arange(168) + 0.5, 0, profile, color=BLUE, alpha=0.15, linewidth=0)
        axes.set_title(f"{kind_name(name)}  ({number(of_kind.sum() / len(runs), 0)})", fontsize=9, fontweight="normal")
        if profile[peak] > MOST_SHOWN:
            late = peak > 84
            text = say("{times} on {hour}", times=number(profile[peak]), hour=_hour_name(peak))
            axes.text(
                peak + (-5 if late else 6), 0.9 * MOST_SHOWN, f"{text} ▸" if late else f"◂ {text}", fontsize=7.5,
                ha="right" if late else "left", color=INK,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
            )  # fmt: skip
        words = "{kind}: most on {peak} ({times} times the mean), least on {least}"
        hours = {"peak": _hour_name(peak), "least": _hour_name(least)}
        told.append(say(words, kind=kind_name(name), times=number(profile[peak]), **hours))
    for axes in grid.flat[len(counts) :]:
        axes.set_visible(False)
    for axes in grid.flat[max(0, len(counts) - columns) : len(counts)]:
        axes.tick_params(labelbottom=True)
    for axes in grid.flat:
        axes.set_xlim(0, 168)
        axes.set_ylim(0, MOST_SHOWN)
        axes.set_xticks(np.arange(7) * 24, [])
        axes.set_xticks(np.arange(7) * 24 + 12, [say(day) for day in WEEKDAYS], minor=True, fontsize=8)
        axes.tick_params(axis="x", which="minor", length=0)
        axes.grid(axis="x", color=PALE)
        axes.set_axisbelow(True)
        axes.set_yticks([0, 1, 2, 3, 4, 5])
    figure.supylabel(say("times the mean of the week"), fontsize=9)
    caption = say(
        "True incidents by hour of the week, and calls that are no crime, in the {city} (in brackets: their number in "
        "one run); three-hour means around each hour, divided by the mean of the week. Ticks are midnights. All panels "
        "share one scale; higher peaks are cut off and named.", city=say(validation.titles[validation.place]),
    )  # fmt: skip
    alt = say("Small line charts of incidents by hour of the week. {told}.", told=in_words("; ").join(told))
    return figure, say("Hours of the week"), alt, caption


def _smooth(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Means of three hours around each hour of the week, which goes round."""
    return (np.roll(counts, 1) + counts + np.roll(counts, -1)) / 3


def _hour_name(hour: int) -> str:
    return say("{day} {hour:02} h", day=say(WEEKDAYS[hour // 24]), hour=hour % 24)


def _near_repeat(validation: Validation) -> Drawn:
    """Draw the Knox ratios of the four variants, a heat map each, on one diverging scale."""
    knox = validation.tables["knox"]
    bands = knox.filter(pl.col("band") != "window")
    if not validation.portraits.keys() >= VARIANTS.keys() or bands["ratio"].is_null().all():
        return None
    figure = Figure(figsize=(width_in(), 6.0), layout=ConstrainedLayoutEngine(h_pad=0.09))
    grid = figure.subplots(2, 2, sharex=True, sharey=True)
    shape = (len(DISTANCES_M), len(DAYS))
    norm = TwoSlopeNorm(1.0, 0.0, 3.0)
    colours = mpl.colormaps["PuOr_r"]
    told = []
    for axes, variant in zip(grid.flat, VARIANTS.values(), strict=True):
        table = bands.filter(pl.col("variant") == variant)
        enough = table["expected"].to_numpy().reshape(shape) >= FEWEST_PAIRS
        ratios = np.where(enough, table["ratio"].to_numpy().astype(float).reshape(shape), np.nan)
        axes.set_facecolor(PALE)
        chances = table["p_value"].to_numpy().reshape(shape)
        image = axes.pcolormesh(np.ma.masked_invalid(ratios), cmap=colours, norm=norm, edgecolors="white", linewidth=1)
        for place, time in np.ndindex(shape):
            found = ratios[place, time]
            text = say("few") if np.isnan(found) else f"{found:.0f}" if found >= 9.95 else f"{found:.1f}"
            clear = not np.isnan(found) and chances[place, time] <= 0.01
            dark = not np.isnan(found) and (found > 2.4 or found < 0.45)
            axes.text(
                time + 0.5,
                place + 0.5,
                text,
                ha="center",
                va="center",
                fontsize=8.5,
                color="white" if dark else GREY if np.isnan(found) else INK,
                fontweight="bold" if clear else "normal",
            )
        window = knox.filter((pl.col("band") == "window") & (pl.col("variant") == variant)).row(0, named=True)
        ratio = "–" if window["ratio"] is None else f"{window['ratio']:.2f}"
        title = say("{variant}:  {ratio} in the frame", variant=opened(say(variant)), ratio=ratio)
        axes.set_title(title, fontsize=10)
        axes.add_patch(Rectangle((0, 0), 2, 3, fill=False, edgecolor=INK, linewidth=1.6, clip_on=False))
        axes.set_yticks(
            np.arange(shape[0]) + 0.5,
            [
                say("same\ndwelling"),
                *(say("{low:.0f}–{high:.0f} m", low=a, high=b) for a, b in itertools.pairwise(DISTANCES_M)),
            ],
        )
        axes.set_xticks(np.arange(shape[1]) + 0.5, [f"{day:.0f}" for day in DAYS])
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        words = "{variant}: ratio {ratio} (p {chance:.3g})"
        told.append(say(words, variant=say(variant), ratio=ratio, chance=window["p_value"]))
    for axes in grid[1]:
        axes.set_xlabel(say("days apart, at most (bands of a week)"))
    bar = figure.colorbar(
        image, ax=grid.ravel().tolist(), location="right", shrink=0.6, aspect=25, extend="max", ticks=[0, 0.5, 1, 2, 3]
    )
    bar.set_label(say("observed / expected pairs"))
    bar.outline.set_visible(False)
    caption = say(
        "Pairs of true burglaries by distance and time between them, over the pairs expected when times are permuted "
        "among places, added up over {n} replications. White is 1: no more than chance. Bold: p ≤ 0.01 for at least "
        "this many pairs. Grey: fewer than {fewest:.0f} pairs expected. The frame holds pairs within {near:.0f} m and "
        "{soon:.0f} days. Permuting keeps unequal targets as they are: alone, they leave it at 1.",
        n=validation.replications, fewest=FEWEST_PAIRS, near=NEAR_M, soon=SOON_DAYS,
    )  # fmt: skip
    alt = say("Heat maps of Knox ratios. {told}.", told=in_words("; ").join(told))
    return figure, say("Near repeat of burglary, with and without its causes"), alt, caption


def _concentration(validation: Validation) -> Drawn:
    """Draw crime against cells, cells with most crime first, beside luck alone and the law of crime concentration."""
    there = {
        study: validation.portraits[study]
        for study in LARGE_PLACES
        if study in validation.portraits and all(run.crimes.sum() for run in validation.portraits[study])
    }
    if not there:
        return None
    figure = Figure(figsize=(width_in(), 4.2), layout="constrained")
    axes = figure.subplots()
    at = np.geomspace(0.0005, 1, 400)
    for crime, (low, high) in LAW_BANDS.items():
        axes.plot(
            [low, high],
            [crime, crime],
            color=ORANGE,
            linewidth=9,
            alpha=0.8,
            solid_capstyle="butt",
            label=say("law of crime concentration") if crime == 25 else None,
        )
    told = []
    for study, runs in there.items():
        colour, style = MIX_LINES[study]
        mix = say(MIX_NAMES[study])
        curve = np.mean([np.interp(at, *concentration_curve(run.crimes)) for run in runs], axis=0)
        luck = np.mean([np.interp(at, *curve_by_luck(int(run.crimes.sum()), len(run.crimes))) for run in runs], axis=0)
        crimes = number(float(np.mean([run.crimes.sum() for run in runs])), 0)
        axes.plot(
            100 * at,
            100 * curve,
            color=colour,
            linestyle=style,
            linewidth=2.2,
            label=say("{mix} ({n} crimes)", mix=mix, n=crimes),
        )
        axes.plot(
            100 * at, 100 * luck, color=colour, linestyle=":", linewidth=1.4, label=say("{mix}, luck alone", mix=mix)
        )
        quarter, half = (float(np.mean([share_of_places(run.crimes, share) for run in runs])) for share in (0.25, 0.5))
        words = "{mix}: 25 % of crime in {quarter} %, 50 % in {half} % of the cells"
        told.append(say(words, mix=mix, quarter=number(100 * quarter), half=number(100 * half)))
    axes.set_xscale("log")
    axes.set_xlim(0.1, 100)
    axes.set_ylim(0, 100)
    axes.set_xticks([0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.minorticks_off()
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.set_xlabel(say("% of 100 m cells, those with most crime first (logarithmic)"))
    axes.set_ylabel(say("% of the crimes"))
    axes.grid(color=PALE)
    axes.set_axisbelow(True)
    axes.legend(frameon=False, fontsize=9, loc="upper left")
    caption = say(
        "Lorenz curves read from the top. Orange bars: 25 % of crime in 0.4–1.6 % and 50 % in 2.1–6.0 % "
        "of street segments (Weisburd 2015). Dotted: the same number of crimes dropped on cells at random (Chalfin, "
        "Kaplan & Cuellar 2021); with few crimes even luck leaves most cells empty, "
        "so that only the gap between a line and its dots is concentration."
    )
    alt = say("Concentration curves. {told}.", told=in_words("; ").join(told))
    return figure, say("Concentration of crime in places"), alt, caption
