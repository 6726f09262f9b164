"""The figures of a sensitivity study: Sobol indices, how they settle, and Morris's screen; a panel a target."""

from __future__ import annotations

from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from experiments.languages.speech import say
from experiments.presentation.looks import width_in
from experiments.presentation.style import GREY, INK, LINES, MARKERS, ORANGE, PALE, SKY, draw_all
from experiments.sensitivity.findings import short_name, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from experiments.presentation.pictures import Picture
    from experiments.presentation.style import Drawn
    from experiments.sensitivity.design import Target
    from experiments.sensitivity.findings import Sensitivity
    from experiments.settings.uncertain import Factor

MOST_BARS, MOST_PANELS, MOST_LINES = 12, 8, 6
COLUMNS = 2
ROW_IN, HEAD_IN = 0.24, 0.75
BAR: dict[str, Any] = {"facecolor": SKY, "edgecolor": INK, "linewidth": 0.6}
HATCHED = {**BAR, "hatch": "////"}
DOTTED: dict[str, Any] = {"color": INK, "linestyle": ":", "linewidth": 1.4}
WRAP = 36  # letters of a panel's title on a line


def write_figures(found: Sensitivity, folder: Path) -> dict[str, Picture]:
    """Draw the figures into `folder`, as PNG and SVG."""
    return draw_all({"shares": _shares, "growing": _growing, "screen": _screen}, found, folder)


def _panels(targets: Sequence[Target], bars: int) -> tuple[Figure, list[Axes]]:
    """Return a figure with a panel a target, all on one scale."""
    lines = -(-len(targets) // COLUMNS)
    columns = min(COLUMNS, len(targets))
    figure = Figure(figsize=(width_in(), 0.7 + lines * (HEAD_IN + ROW_IN * bars)), layout="constrained")
    axes = figure.subplots(lines, columns, sharex=True, squeeze=False)
    every = list(axes.flat)
    for axis, target in zip(every, targets, strict=False):
        axis.set_title(_wrapped(say(title(target))), fontsize=9)
    for axis in every[len(targets) :]:
        axis.set_visible(False)
    return figure, every[: len(targets)]


def _wrapped(text: str) -> str:
    return "\n".join(wrap(text, WRAP)) or text


def _named(axis: Axes, factors: Sequence[Factor], order: Iterable[int]) -> None:
    """Write the names of parameters beside their bars, the first above."""
    names = [short_name(factors[at].name) for at in order]
    axis.set_yticks(range(len(names)), names, fontsize=8)
    axis.set_ylim(len(names) - 0.4, -0.6)


def _explain(figure: Figure, axes: Sequence[Axes], scale: str, signs: Mapping[str, Mapping[str, Any]]) -> None:
    """Write below what the scale is, and what the signs mean."""
    for axis in axes[-COLUMNS:]:
        axis.set_xlabel(scale, fontsize=9)
    handles = [
        (Patch if "facecolor" in sign else partial(Line2D, [], []))(label=label, **sign)
        for label, sign in signs.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False, fontsize=9)


def _shares(found: Sensitivity) -> Drawn:
    """Draw total and first indices with their intervals, and the part of the total that is chance."""
    targets = [one for one in found.study.targets if one in found.steps][:MOST_PANELS]
    batch = found.results.sampled
    if not targets or batch is None:
        return None
    bars = min(MOST_BARS, len(batch.factors))
    figure, axes = _panels(targets, bars)
    for axis, target in zip(axes, targets, strict=True):
        shares = found.shares(target)
        assert shares is not None
        order = np.argsort(-shares.total, kind="stable")[:bars]
        _named(axis, batch.factors, order)
        for y, at in enumerate(order):
            axis.barh(y, shares.total[at], 0.62, **(BAR if shares.matter[at] else HATCHED))
            axis.errorbar(shares.total[at], y, xerr=shares.total_half[at], color=INK, capsize=2, linewidth=1)
            axis.errorbar(shares.first[at], y + 0.18, xerr=shares.first_half[at], color=ORANGE, marker="o",
                          markersize=4, markeredgecolor=INK, markeredgewidth=0.5, linewidth=1)  # fmt: skip
            if shares.chance is not None:
                axis.plot([shares.chance[at]] * 2, [y - 0.4, y + 0.4], **DOTTED)
        axis.axvline(0, color=GREY, linewidth=0.6)
    axes[0].set_xlim(-0.25, min(1.5, max(1.0, _widest(found, targets))))
    _explain(figure, axes, say("share of the variance between points"), {
        say("total index"): BAR, say("total index, not more than chance"): HATCHED,
        say("first index"): {"color": ORANGE, "marker": "o", "markeredgecolor": INK},
        say("part of the total that is chance"): DOTTED,
    })  # fmt: skip
    caption = say(
        "Sobol indices with 95 % intervals; a panel a target, all on one scale, the largest total index above. A bar "
        "that is hatched reaches no further than chance may."
    )
    alt = say("Sobol indices of {n} parameters for {targets} targets.", n=len(batch.factors), targets=len(targets))
    return figure, say("Sobol indices"), alt, caption


def _widest(found: Sensitivity, targets: Sequence[Target]) -> float:
    every = [one for target in targets if (one := found.shares(target)) is not None]
    return max(float((one.total + one.total_half).max()) for one in every)


def _growing(found: Sensitivity) -> Drawn:
    """Draw the total indices of the parameters that matter most by number of samples."""
    targets = [one for one in found.study.targets if len(found.steps.get(one, {})) > 1][:MOST_PANELS]
    batch = found.results.sampled
    if not targets or batch is None:
        return None
    figure, axes = _panels(targets, 6)
    signs: dict[str, Any] = {}
    for axis, target in zip(axes, targets, strict=True):
        steps = found.steps[target]
        sizes = list(steps)
        last = steps[sizes[-1]]
        for place, at in enumerate(np.argsort(-last.total, kind="stable")[:MOST_LINES]):
            values = np.array([steps[size].total[at] for size in sizes])
            half = np.array([steps[size].total_half[at] for size in sizes])
            name, (colour, dashes) = short_name(batch.factors[at].name), LINES[at % len(LINES)]
            marker = MARKERS[at % len(MARKERS)]
            (signs[name],) = axis.plot(sizes, values, color=colour, linestyle=dashes, marker=marker, markersize=4)
            if not place:
                axis.fill_between(sizes, values - half, values + half, color=PALE, zorder=0)
        axis.set_xscale("log", base=2)
        axis.set_xticks(sizes, [str(size) for size in sizes])
        axis.minorticks_off()
        axis.set_ylim(0, min(1.5, max(1.0, _widest(found, targets))))
    for axis in axes[-COLUMNS:]:
        axis.set_xlabel(say("base samples"), fontsize=9)
    figure.legend(signs.values(), signs.keys(), loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    figure.supylabel(say("total index"), fontsize=9)
    caption = say(
        "Total indices from the first samples alone, up to all of them; the band is the 95 % interval of the largest. "
        "What has settled is level."
    )
    return figure, say("How the indices settle"), say("Total indices by number of samples."), caption


def _screen(found: Sensitivity) -> Drawn:
    """Draw μ* with its interval and σ, in standard deviations of each target over the points."""
    targets = [one for one in found.study.targets if one in found.screens and found.screens[one].sd > 0][:MOST_PANELS]
    batch = found.results.screened
    if not targets or batch is None:
        return None
    bars = min(MOST_BARS, len(batch.factors))
    figure, axes = _panels(targets, bars)
    for axis, target in zip(axes, targets, strict=True):
        screen = found.screens[target]
        order = np.argsort(-screen.size, kind="stable")[:bars]
        _named(axis, batch.factors, order)
        for y, at in enumerate(order):
            floor = 0.0 if screen.chance is None else screen.chance[at]
            axis.barh(y, screen.size[at] / screen.sd, 0.62, **(BAR if screen.size_low[at] > floor else HATCHED))
            limits = [[screen.size[at] - screen.size_low[at]], [screen.size_high[at] - screen.size[at]]]
            axis.errorbar(screen.size[at] / screen.sd, y, xerr=np.array(limits) / screen.sd, color=INK, capsize=2,
                          linewidth=1)  # fmt: skip
            axis.plot(screen.spread[at] / screen.sd, y, marker="D", markersize=4, color=ORANGE, markeredgecolor=INK,
                      markeredgewidth=0.5)  # fmt: skip
            if screen.chance is not None:
                axis.plot([floor / screen.sd] * 2, [y - 0.4, y + 0.4], **DOTTED)
    axes[0].set_xlim(left=0)
    _explain(figure, axes, say("standard deviations between points"), {
        say("μ*, over the whole range"): BAR, say("μ*, not more than chance"): HATCHED,
        say("σ"): {"color": ORANGE, "marker": "D", "linestyle": "none", "markeredgecolor": INK},
        say("μ* of a parameter without effect"): DOTTED,
    })  # fmt: skip
    caption = say(
        "Morris's screen with 95 % intervals; the {n} largest of {all} parameters in each panel, all on one scale.",
        n=bars, all=len(batch.factors),
    )  # fmt: skip
    alt = say("Elementary effects of {n} parameters on {targets} targets.", n=len(batch.factors), targets=len(targets))
    return figure, say("Morris's screen"), alt, caption
