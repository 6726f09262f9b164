"""Figures of an inspection: the days that files cover, their hours and weekdays, and where their rows are.

This module imports matplotlib, which takes long: import it only when figures are made.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.languages.speech import say
from experiments.presentation.looks import width_in
from experiments.presentation.pictures import Picture
from experiments.presentation.style import BLUE, GREY, INK, LINES, PALE, VERMILLION, Drawn, draw_all
from sim.city.city import STAGE_QUANTILES
from sim.city.stage_fits import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from experiments.inspection.findings import Inspection
    from sim.city.city import City, StageFit
    from sim.city.file_portrait import FilePortrait

MOST_KINDS = 7  # in one figure; the others are drawn together
MOST_DAYS = 500  # beyond, rows are shown by week
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LARGEST_POINT, SMALLEST_POINT = 60.0, 2.0  # areas in points²
PRIORITIES = ("P1", "P2", "P3")
MOST_STREETS = 20_000  # drawn as an even sample of them


def write_figures(inspection: Inspection, folder: Path) -> dict[str, Picture]:
    """Draw all figures for which there is something to show.

    Parameters
    ----------
    inspection : Inspection
        What was understood.
    folder : Path
        An existing folder; `<name>.png` and `<name>.svg` are written into it.

    Returns
    -------
    dict
        Pictures by name: `inspect_map`, and `inspect_days_<n>`, `inspect_hours_<n>` and
        `inspect_stages_<n>` of the nth file.
    """
    draws: dict[str, Callable[[Inspection], Drawn]] = {"inspect_map": _map}
    for number, file in enumerate(inspection.files):
        if file.portrait is not None:
            draws[f"inspect_days_{number}"] = partial(_days, seen=file.portrait)
            draws[f"inspect_hours_{number}"] = partial(_hours, seen=file.portrait)
        if file.stages:
            draws[f"inspect_stages_{number}"] = partial(_stages, fits=file.stages)
    return draw_all(draws, inspection, folder)


def _days(_: Inspection, seen: FilePortrait) -> Drawn:
    """Draw rows a day, a week or a month, with what the file does not cover shaded."""
    every = seen.first + np.arange(len(seen.a_day))
    covered = seen.coverage.day
    if seen.coverage.unit != "D":
        unit, start = say("Rows a month"), np.unique(every.astype("datetime64[M]")).astype("datetime64[D]")
    elif len(every) > MOST_DAYS:
        unit, start = say("Rows a week"), every[::7]
    else:
        unit, start = say("Rows a day"), every
    rows = np.add.reduceat(seen.a_day, np.searchsorted(every, start))
    ends = np.append(start, max(every[-1], *covered[-1:]) + 1)
    figure = Figure(figsize=(width_in(), 1.9), layout="constrained")
    axes = figure.subplots()
    axes.stairs(rows, ends, color=BLUE, linewidth=1.0, fill=False)
    axes.stairs(rows, ends, color=BLUE, alpha=0.2, linewidth=0, fill=True)
    for first, last in _stretches(~np.isin(every, covered)):
        axes.axvspan(every[first], every[last - 1] + 1, color=VERMILLION, alpha=0.18, linewidth=0)
    axes.set_xlim(ends[0], ends[-1])
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    locator = AutoDateLocator(maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    caption = say("{unit}, whatever became of them. Shaded: not covered, so that its silence is not taken for quiet.")
    alt = say("{unit} from {first} to {last}, at most {most:,}.").format(
        unit=unit, first=seen.first, last=every[-1], most=int(rows.max())
    )
    return figure, say("The time covered"), alt, caption.format(unit=unit)


def _hours(_: Inspection, seen: FilePortrait) -> Drawn:
    """Draw rows by hour of the day and by day of the week, a line a kind, each relative to its mean."""
    if not seen.hours.any() and not seen.weekdays.any():
        return None
    order = np.argsort(-seen.weekdays.sum(axis=1), kind="stable")[:MOST_KINDS]
    figure = Figure(figsize=(width_in(), 2.9), layout="constrained")
    by_hour, by_day = figure.subplots(1, 2, width_ratios=(2.2, 1), sharey=True)
    for place, i in enumerate(order):
        colour, dashes = LINES[place]
        total = int(max(seen.hours[i].sum(), seen.weekdays[i].sum()))
        name = f"{say(seen.kinds[i])} ({total:,})"
        for axes, counts in ((by_hour, seen.hours[i]), (by_day, seen.weekdays[i])):
            if counts.any():
                even = counts / counts.mean()
                ends = np.arange(len(even) + 1)
                axes.stairs(even, ends, color=colour, linestyle=dashes, linewidth=1.3, label=name)
    for axes, unit, last in ((by_hour, say("hour of the day"), 24), (by_day, say("day of the week"), 7)):
        axes.axhline(1, color=GREY, linewidth=0.8)
        axes.set_xlim(0, last)
        axes.set_ylim(bottom=0)
        axes.set_xlabel(unit)
    by_hour.set_xticks(range(0, 25, 3))
    by_day.set_xticks(np.arange(7) + 0.5, [say(day) for day in WEEKDAYS])
    handles, labels = max((axes.get_legend_handles_labels() for axes in (by_hour, by_day)), key=lambda of: len(of[0]))
    figure.legend(handles, labels, loc="outside upper center", ncols=4, frameon=False, fontsize=8.5)
    caption = say(
        "Usable rows of each kind over their mean (1); in brackets their number. A file without a clock has no hours."
    )
    peaks = ", ".join(
        f"{say(seen.kinds[i])} {int(seen.hours[i].argmax()):02d}:00" for i in order if seen.hours[i].any()
    )
    return figure, say("Hours and weekdays"), say("The busiest hours: {peaks}.").format(peaks=peaks or "–"), caption


def _stages(_: Inspection, fits: Sequence[StageFit]) -> Drawn:
    """Draw the distribution of each stage by priority, with the curve that fits it best."""
    stages = list(dict.fromkeys(fit.stage for fit in fits))
    figure = Figure(figsize=(width_in(), 2.7), layout="constrained")
    for axes, stage in zip(figure.subplots(1, len(stages), sharey=True, squeeze=False)[0], stages, strict=True):
        shown = [fit for fit in fits if fit.stage == stage and fit.calls_of in PRIORITIES and fit.family]
        shown = shown or [fit for fit in fits if fit.stage == stage and fit.calls_of == "all" and fit.family]
        most = max((fit.quantiles_min[-1] for fit in shown), default=1.0)
        for place, fit in enumerate(shown):
            colour, dashes = LINES[place]
            minutes = np.linspace(0, most, 200)
            axes.plot(minutes, FAMILIES[fit.family].cdf(minutes, fit.shape, scale=fit.scale_min), dashes, color=colour,
                      linewidth=1.2, label=say(fit.calls_of))  # fmt: skip
            axes.plot(fit.quantiles_min, STAGE_QUANTILES, "o", color=colour, markersize=3)
        axes.set_title(say(stage), fontsize=9.5, fontweight="normal")
        axes.set_xlabel(say("minutes"))
        axes.set_ylim(0, 1)
    axes.legend(frameon=False, fontsize=8.5, loc="lower right")
    caption = say(
        "Share of calls whose stage took at most so many minutes, of those for which it took any: points are the "
        "file's, lines the gamma or lognormal distribution that fits best."
    )
    alt = ", ".join(f"{say(fit.stage)} {fit.median_min:.0f} min" for fit in fits if fit.calls_of == "all")
    return figure, say("Stages of calls"), say("The medians: {medians}.").format(medians=alt), caption


def _map(inspection: Inspection) -> Drawn:
    """Draw where rows are, with the outline of the city, its beats, its stations and its streets."""
    seen = [file.portrait for file in inspection.files if file.portrait is not None and len(file.portrait.rows)]
    city = inspection.city
    if not seen and city is None:
        return None
    figure = Figure(figsize=(width_in(), 6.4), layout="constrained")
    axes = figure.subplots()
    if city is not None:
        _draw_city(axes, city)
    most = max((int(portrait.rows.max()) for portrait in seen), default=1)
    for portrait, (colour, marker) in zip(seen, ((BLUE, "o"), (VERMILLION, "s")), strict=False):
        area = np.maximum(LARGEST_POINT * portrait.rows / most, SMALLEST_POINT)
        axes.scatter(
            portrait.longitude,
            portrait.latitude,
            s=area,
            c=colour,
            marker=marker,
            alpha=0.45,
            linewidths=0,
            zorder=3,
            rasterized=True,
        )
    latitude = np.concatenate([portrait.latitude for portrait in seen]) if seen else np.array(axes.get_ylim())
    axes.set_aspect(1 / np.cos(np.radians(float(np.median(latitude)))))
    axes.ticklabel_format(useOffset=False)
    axes.tick_params(labelsize=8)
    caption = say(
        "Each point stands for the usable rows around it, its area for their number (at most {most:,}). Grey: "
        "streets; thin lines: beats; thick line: the city; diamonds: stations. Degrees east and north."
    ).format(most=most)
    alt = say("A map of {points:,} places.").format(points=sum(len(portrait.rows) for portrait in seen))
    return figure, say("Places"), alt, caption


def _draw_city(axes: Axes, city: City) -> None:
    """Draw streets, the borders of beats and of the city, and stations, in degrees."""
    place = city.place
    if place is None:
        return

    def lines(x: NDArray[Any], y: NDArray[Any], **style: Any) -> None:
        longitude, latitude = place.to_degrees(x.ravel(), y.ravel())
        ends = np.stack([longitude.reshape(x.shape), latitude.reshape(y.shape)], axis=-1)
        axes.add_collection(LineCollection(list(ends), **style), autolim=True)

    edges = list(city.streets.edges)
    edges = edges[:: max(1, len(edges) // MOST_STREETS)]
    at = city.streets.nodes
    ends = np.array([[(at[node]["x_m"], at[node]["y_m"]) for node in edge] for edge in edges])
    lines(ends[..., 0], ends[..., 1], colors=PALE, linewidths=0.5, zorder=1, rasterized=True)
    beat = city.beats.beat.reshape(city.grid.n_rows, city.grid.n_cols).astype(int)
    for outer, style in ((False, {"linewidths": 0.8, "colors": GREY}), (True, {"linewidths": 1.6, "colors": INK})):
        x, y = _borders(beat, city.grid.cell_m, outer)
        lines(x, y, zorder=2, **style)
    station = city.beats.station_cell
    longitude, latitude = place.to_degrees(city.grid.x_m[station], city.grid.y_m[station])
    axes.scatter(longitude, latitude, s=46, marker="D", facecolors="white", edgecolors=INK, zorder=4)
    axes.autoscale_view()


def _borders(beat: NDArray[np.int64], side: float, outer: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return x and y [borders, 2] in metres of the sides between cells of two beats, or of the city and outside."""
    around = np.pad(beat, 1, constant_values=-1)
    beside = (around[1:-1, :-1], around[1:-1, 1:], True)
    above = (around[:-1, 1:-1], around[1:, 1:-1], False)
    out = []
    for one, other, upright in (beside, above):
        edge = (one != other) & (((one < 0) | (other < 0)) == outer)
        row, column = np.nonzero(edge)
        x = np.column_stack([column, column + (not upright)]) * side
        y = np.column_stack([row, row + upright]) * side
        out.append((x, y))
    return np.vstack([x for x, _ in out]), np.vstack([y for _, y in out])


def _stretches(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return (first, end) of each stretch of marked places."""
    turns = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]).astype(int)))
    return [(int(first), int(end)) for first, end in turns.reshape(-1, 2)]
