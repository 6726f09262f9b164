"""The figures of a calibration: prior against posterior of each parameter, and each pattern before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from experiments.calibrate.judged import short
from experiments.languages.speech import say
from experiments.presentation.looks import columns, width_in
from experiments.presentation.style import BLUE, GREY, INK, PALE, draw_all

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from experiments.calibrate.findings import Calibration
    from experiments.calibrate.judged import Fit, Parameter
    from experiments.presentation.pictures import Picture
    from experiments.presentation.style import Drawn
    from experiments.settings.uncertain import Factor

BINS = 20
BEYOND = 3.0  # half widths of a band from its middle, beyond which a point is drawn at the edge


def write_figures(found: Calibration, folder: Path) -> dict[str, Picture]:
    """Draw posteriors and fits into `folder`, as PNG and SVG."""
    return draw_all({"posteriors": _posteriors, "fits": _fits}, found, folder)


def _posteriors(found: Calibration) -> Drawn:
    """Draw the prior and the posterior of each parameter over its range."""
    parameters, across = found.parameters, columns(4)
    down = -(-len(parameters) // across)
    figure = Figure(figsize=(width_in(), 0.4 + 1.5 * down), layout="constrained")
    grid = figure.subplots(down, across, squeeze=False)
    posterior = found.steps.posterior
    for at, axes in enumerate(grid.flat):
        if at >= len(parameters):
            axes.set_axis_off()
            continue
        _posterior(axes, parameters[at], found.problem.factors[at], (posterior.shares[:, at], posterior.weights))
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    caption = say(
        "Each panel goes over the range of a parameter, the pale block being its prior. Its title says how wide the "
        "95 % interval of the posterior is against that of the prior."
    )
    alt = say("Prior and posterior of {n} parameters.", n=len(parameters))
    return figure, say("Prior and posterior"), alt, caption


def _posterior(axes: Axes, one: Parameter, factor: Factor, weighted: tuple[np.ndarray, np.ndarray]) -> None:
    from experiments.calibrate.design import share_of

    shares, weights = weighted
    heights, edges = np.histogram(shares, BINS, (0.0, 1.0), weights=weights)
    axes.stairs(np.ones(BINS), edges, fill=True, color=PALE, label=say("prior"))
    axes.stairs(heights * BINS, edges, color=INK, linewidth=1.4, label=say("posterior"))
    axes.axvline(share_of(factor, one.default), color=GREY, linestyle="--", label=say("as it is"))
    axes.set_xlim(0, 1)
    axes.set_yticks([])
    axes.set_xticks([0, 1], [short(one.low), short(one.high)])
    axes.set_title(f"{one.name.rpartition('.')[2]}\n{say(one.verdict)}, {one.ratio:.2f}", fontsize=8)


def _fits(found: Calibration) -> Drawn:
    """Draw each pattern before and after, in half widths of its band."""
    fits = found.fits
    figure = Figure(figsize=(width_in(), 1.2 + 0.3 * len(fits)), layout="constrained")
    axes = figure.subplots()
    for row, fit in enumerate(fits):
        _band(axes, row, fit)
        for which, (shift, colour, face) in {"before": (-0.15, GREY, "white"), "after": (0.15, BLUE, BLUE)}.items():
            one = getattr(fit, which).mean
            if one.mean is None:
                continue
            low, mean, high = (
                float(np.clip(_scaled(one.mean if end is None else end, fit), -BEYOND, BEYOND))
                for end in (one.lower, one.mean, one.upper)
            )
            label = {"before": say("parameters as they are"), "after": say("vectors of the set")}[which]
            axes.errorbar([mean], [row + shift], xerr=[[mean - low], [high - mean]], color=colour, capsize=2,
                          marker="o" if which == "before" else "s", markerfacecolor=face, markersize=5,
                          linestyle="none", label=label if row == 0 else None)  # fmt: skip
    axes.set_yticks(range(len(fits)), [say(fit.target.title) for fit in fits])
    axes.invert_yaxis()
    axes.set_xlim(-BEYOND - 0.1, BEYOND + 0.1)
    axes.set_xlabel(say("from the middle of the published band, in halves of its width"))
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    caption = say(
        "Grey: the published band. A band that is open on one side ends at its limit, in tenths of it. Points beyond "
        "three half widths stand at the edge. Means over fresh seeds with 95 % intervals."
    )
    return figure, say("Patterns before and after"), say("{n} patterns before and after.", n=len(fits)), caption


def _band(axes: Axes, row: int, fit: Fit) -> None:
    low, high = fit.target.low, fit.target.high
    left, right = -BEYOND if low is None else _scaled(low, fit), BEYOND if high is None else _scaled(high, fit)
    axes.barh(row, right - left, left=left, height=0.7, color=PALE, zorder=0)


def _scaled(value: float, fit: Fit) -> float:
    return (value - fit.target.aim) / (fit.target.half_width or 0.1 * abs(fit.target.aim) or 1.0)  # tenths of a limit
