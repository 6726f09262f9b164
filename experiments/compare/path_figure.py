"""The figure of effects quarter by quarter: a small panel a strategy, all of one outcome on one scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.compare.forest import MARKERS, SERIES
from experiments.languages.speech import in_words, say, sentences
from experiments.presentation.indicators import indicator
from experiments.presentation.looks import columns, width_in
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.style import GREY, INK, LINES, PALE, Drawn
from experiments.presentation.wording import number, promise

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.compare.comparison import Point
    from experiments.compare.findings import Findings
    from experiments.compare.paths import Quarter, Step

COLUMNS = 4
PANEL_IN = 1.45


def draw_paths(findings: Findings) -> Drawn:
    """Draw the differences to the baseline by quarter; nothing where there is one quarter alone."""
    comparison, found = findings.comparison, findings.paths
    outcomes = [name for name, steps in found.steps.items() if steps]
    if len(found.quarters) < 2 or not outcomes:
        return None
    beside = columns(min(COLUMNS, len(comparison.rivals)))
    lines = math.ceil(len(comparison.rivals) / beside)
    height_in = 0.55 + len(outcomes) * (lines * (PANEL_IN + 0.35) + 0.35)
    figure = Figure(figsize=(width_in(), height_in), layout="constrained")
    blocks = figure.subfigures(len(outcomes), 1, squeeze=False)[:, 0]
    for name, block in zip(outcomes, blocks, strict=True):
        shown = indicator(name)
        block.suptitle(
            say("{label}, {unit}", label=shown.label, unit=shown.unit),
            x=0.01,
            ha="left",
            fontsize=10,
            fontweight="bold",
        )
        grid = block.subplots(lines, beside, sharex=True, sharey=True, squeeze=False)
        for axes, strategy in zip(grid.flat, comparison.rivals, strict=False):
            title = strategy_name(strategy)
            axes.set_title(say("{name} (bound)", name=title) if strategy in comparison.bounds else title, fontsize=9)
            for i, shortage in enumerate(comparison.shortages):
                steps = found.steps[name].get((shortage, strategy))
                if steps:
                    _draw(axes, found.quarters, steps, i, shortage, shortage == findings.told)
            _frame(axes, found.quarters)
        low, high = _limits(found.steps[name], findings.told)
        grid[0, 0].set_ylim(low, high)
        for axes in list(grid.flat)[len(comparison.rivals) :]:
            axes.set_visible(False)
    handles, labels = blocks[0].axes[0].get_legend_handles_labels()
    if len(labels) > 1:
        figure.legend(
            handles,
            labels,
            loc="outside lower center",
            ncols=columns(min(len(labels), 5), 1.75),
            frameon=False,
            fontsize=9,
        )
    told = [
        say("{name}: {text}", name=strategy_name(strategy),
            text=in_words(", ").join(number(step.difference, 1, sign=True) for step in steps))
        for (shortage, strategy), steps in found.steps[outcomes[0]].items() if shortage == findings.told
    ]  # fmt: skip
    band = say(
        "grey band: 95 % interval; thin lines: the wider interval that holds for all comparisons of all quarters, "
        "which may leave the panel"
    )
    baseline, where = strategy_name(comparison.baseline), shortage_name(findings.told)
    words = (
        "Difference to {baseline} by quarter (of 91 days) on the same seeds; below 0 there is less. Under {shortage} "
        "with intervals ({band}); under other shortages the means alone. All panels of an outcome share one scale."
    )
    ended = any(one.ended for one in found.quarters)
    caption = sentences([
        say(words, baseline=baseline, shortage=where, band=promise(comparison.replications, band)),
        say("After the dotted line the strategy had ended.") if ended else "",
    ])  # fmt: skip
    title = say("Effects by quarter, against {baseline}", baseline=baseline)
    alt = say(
        "Lines by quarter, under {shortage}, in {label}. {told}.", shortage=where, told=in_words("; ").join(told),
        label=indicator(outcomes[0]).label.lower(),
    )  # fmt: skip
    return figure, title, alt, caption


def _limits(steps: Mapping[Point, Sequence[Step]], told: str) -> tuple[float, float]:
    """Return a scale that holds 0, every mean, and the 95 % intervals under the shortage that is told about."""
    ends = [0.0]
    for (shortage, _), path in steps.items():
        ends += [step.difference for step in path]
        if shortage == told:
            ends += [end for step in path for end in (step.low, step.high) if end is not None]
    room = 0.08 * (max(ends) - min(ends)) or 1.0
    return min(ends) - room, max(ends) + room


def _draw(
    axes: Axes, quarters: Sequence[Quarter], steps: Sequence[Step], i: int, shortage: str, with_band: bool
) -> None:
    """Draw the path of a strategy under a shortage."""
    place = [quarter.number for quarter in quarters][: len(steps)]
    means = [step.difference for step in steps]
    if with_band and all(step.low is not None for step in steps):
        lows, highs = ([getattr(step, end) for step in steps] for end in ("low", "high"))
        axes.fill_between(place, lows, highs, color=PALE, linewidth=0, zorder=1)
        for end in ("low_simultaneous", "high_simultaneous"):
            wide = [getattr(step, end) for step in steps]
            if None not in wide:
                axes.plot(place, wide, color=GREY, linewidth=0.6, zorder=2)
    colour, style = SERIES[i % len(SERIES)], LINES[i % len(LINES)][1]
    width = 1.8 if with_band else 1.0
    axes.plot(
        place, means, color=colour, linestyle=style, linewidth=width, marker=MARKERS[i % len(MARKERS)], markersize=3.5,
        label=shortage_name(shortage), zorder=3,
    )  # fmt: skip


def _frame(axes: Axes, quarters: Sequence[Quarter]) -> None:
    """Draw what all panels have: the line of no difference, whole quarters, and the end of the strategy."""
    axes.axhline(0, color=INK, linewidth=0.9, zorder=1)
    axes.set_xlabel(say("quarter"), fontsize=8)
    axes.label_outer()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=min(len(quarters), 8)))
    axes.set_xlim(quarters[0].number - 0.3, quarters[-1].number + 0.3)
    axes.tick_params(labelsize=8)
    if end := next((quarter.number for quarter in quarters if quarter.ended), None):
        axes.axvline(end - 0.5, color=INK, linewidth=0.9, linestyle=":")
