"""The figure of displacement: differences from the treated cells outwards, a small panel a strategy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from experiments.estimates.displacement import RINGS_M
from experiments.languages.speech import in_words, say, sentences
from experiments.presentation.indicators import indicator
from experiments.presentation.looks import columns, width_in
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.style import BLUE, GREY, INK, PALE, Drawn
from experiments.presentation.wording import number, promise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from experiments.compare.findings import Findings
    from experiments.compare.paired import Effect

COLUMNS = 4
PANEL_IN = 1.9
SHORT = ("treated", *(f"{limit:.0f} m" for limit in RINGS_M), "farther")


def draw_displacement(findings: Findings) -> Drawn:
    """Draw the differences by area under the shortage that is told about; nothing where no strategy adds patrol."""
    comparison, told = findings.comparison, findings.told
    effects = findings.displacement.effects
    found = {strategy: effects[told, strategy] for strategy in comparison.rivals if (told, strategy) in effects}
    if not found:
        return None
    beside = columns(min(COLUMNS, len(found)))
    lines = math.ceil(len(found) / beside)
    figure = Figure(figsize=(width_in(), 0.6 + lines * (PANEL_IN + 0.3)), layout="constrained")
    grid = figure.subplots(lines, beside, sharex=True, sharey=True, squeeze=False)
    for axes, (strategy, of_pairs) in zip(grid.flat, found.items(), strict=False):
        name = strategy_name(strategy)
        axes.set_title(say("{name} (bound)", name=name) if strategy in comparison.bounds else name, fontsize=9)
        axes.axhline(0, color=INK, linewidth=0.9, zorder=1)
        if False in of_pairs:
            _intervals(axes, of_pairs[False], GREY, 1.0, None)
        _intervals(axes, of_pairs[True], BLUE, 2.4, "o")
        axes.set_xticks(range(len(SHORT)), map(say, SHORT), rotation=60, fontsize=8)
        axes.tick_params(axis="y", labelsize=8)
        axes.grid(axis="y", color=PALE)
        axes.set_axisbelow(True)
    for axes in list(grid.flat)[len(found) :]:
        axes.set_visible(False)
    figure.supylabel(say("per 1,000 residents per year"), fontsize=9)
    both = any(False in of_pairs for of_pairs in found.values())
    bars = say("thick bars: 95 % intervals on the same seeds, the marker filled where that excludes 0")
    words = (
        "Difference to {baseline} in crimes at places under {shortage}: in the cells to which the strategy adds most "
        "patrol, in rings of 100 m around them and farther off; {bars}."
    )
    caption = sentences([
        say(words, baseline=strategy_name(comparison.baseline), shortage=shortage_name(told),
            bars=promise(comparison.replications, bars)),
        say("Thin bars beside them: the same on independent seeds.") if both else "",
        say("The areas of a panel add up to the difference in the whole city."),
    ])  # fmt: skip
    texts = [
        say("{name}: {text}", name=strategy_name(strategy), text=in_words(", ").join(
            f"{say(name)} {number(one.difference, 2, sign=True)}"
            for name, one in zip(SHORT, pairs[True], strict=True)
        ))
        for strategy, pairs in found.items()
    ]  # fmt: skip
    alt = say("Differences in {crimes} by distance. {texts}.", crimes=indicator("crimes_place").label.lower(),
              texts=in_words("; ").join(texts))  # fmt: skip
    return figure, say("Where crime falls, and where it moves"), alt, caption


def _intervals(axes: Axes, effects: Sequence[Effect], colour: str, width: float, marker: str | None) -> None:
    """Draw the interval of each area, with its marker where there is to be one, else beside those that have one."""
    place = np.arange(len(effects)) + (0.0 if marker else 0.28)
    for x, one in zip(place, effects, strict=True):
        if one.low is not None and one.high is not None:
            axes.plot([x, x], [one.low, one.high], color=colour, linewidth=width, zorder=2)
        if marker:
            filled = colour if one.decided else "white"
            axes.plot([x], [one.difference], marker, color=filled, markeredgecolor=colour, markersize=5, zorder=3)
