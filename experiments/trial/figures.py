"""The figures of a study of trials: what evaluations find against what is true, and power by size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from experiments.languages.speech import say
from experiments.presentation.looks import width_in
from experiments.presentation.names import strategy_name
from experiments.presentation.style import GREY, INK, LINES, MARKERS, draw_all
from experiments.trial.findings import DESIGN_NAMES, outcome_name
from experiments.trial.operating import WANTED

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.presentation.pictures import Picture
    from experiments.presentation.style import Drawn
    from experiments.trial.findings import Trials

SPREAD = 0.28  # of the points of a row, in rows


def write_figures(found: Trials, folder: Path) -> dict[str, Picture]:
    """Draw a study into `folder`, as PNG and SVG."""
    return draw_all({"estimates": _estimates, "power": _power}, found, folder)


def _estimates(found: Trials) -> Drawn:
    """Draw each evaluation by the first outcome as a point, a row a design, beside the truth."""
    outcome = found.plan["outcomes"][0]
    own = [one for one in found.worths if one.outcome == outcome]
    if not any(one.told for one in own):
        return None
    strategies, designs = found.strategies, list(dict.fromkeys(one.design for one in own))
    figure = Figure(figsize=(width_in(), 1.2 + 0.75 * len(designs)), layout="constrained")
    panels = figure.subplots(1, len(strategies), sharey=True, sharex=True, squeeze=False)[0]
    for axes, strategy in zip(panels, strategies, strict=True):
        for row, design in enumerate(designs):
            one = next((one for one in own if (one.strategy, one.design) == (strategy, design)), None)
            if one is None:
                continue
            points = found.estimates.filter(
                pl.col("strategy") == strategy, pl.col("design") == design, pl.col("outcome") == outcome
            ).drop_nulls("log_ratio")
            height = row + SPREAD * np.linspace(-1, 1, points.height)
            sure = (points["p"] < 0.05).to_numpy()
            values = 100 * points["log_ratio"].to_numpy()
            axes.scatter(values[~sure], height[~sure], s=14, facecolor="none", edgecolor=GREY, linewidth=0.7,
                         label=say("an evaluation"))  # fmt: skip
            axes.scatter(values[sure], height[sure], s=14, color=GREY, label=say("an evaluation with p < 5 %"))
            if one.found.mean is not None:
                axes.plot([100 * one.found.mean], [row], marker="D", color=INK, linestyle="none",
                          label=say("their mean"))  # fmt: skip
            if one.truth.mean is not None:
                axes.plot([100 * one.truth.mean] * 2, [row - 0.42, row + 0.42], color=INK, linewidth=2.2,
                          label=say("the truth"))  # fmt: skip
        axes.axvline(0, color=GREY, linestyle=":", linewidth=1)
        axes.set_title(strategy_name(strategy))
        axes.set_xlabel(say("change in log points"))
    panels[0].set_yticks(range(len(designs)), [say(DESIGN_NAMES[design]) for design in designs])
    panels[0].invert_yaxis()
    values = 100 * found.estimates.filter(pl.col("outcome") == outcome)["log_ratio"].drop_nulls().to_numpy()
    low, high = np.quantile(values, [0.01, 0.99])
    margin = 0.1 * (high - low) + 1.0
    panels[0].set_xlim(min(low, 0) - margin, max(high, 0) + margin)
    _legend(figure)
    caption = say(
        "Each point is an evaluation of one trial from police records; full ones call the effect significant. The "
        "upright line is the truth, from the same seeds with and without the strategy. The 1 % of points farthest out "
        "on either side may lie beyond the edges."
    )
    alt = say("{n} evaluations of {designs} designs beside the truth.", n=len(values), designs=len(designs))
    return figure, say("Evaluations and the truth: {outcome}", outcome=say(outcome_name(outcome))), alt, caption


def _legend(figure: Figure) -> None:
    """Name below the panels what is in any of them, once."""
    named = [axes.get_legend_handles_labels() for axes in figure.axes]
    once = {label: handle for handles, labels in named for handle, label in zip(handles, labels, strict=True)}
    figure.legend(once.values(), once.keys(), loc="outside lower center", ncols=4, frameon=False)


def _power(found: Trials) -> Drawn:
    """Draw the power by the number of districts, over the whole length of the trial."""
    whole = found.powers.filter(pl.col("days") == pl.col("days").max().over("design"))
    if whole["districts"].n_unique() < 2:
        return None
    figure = Figure(figsize=(width_in(), 3.4), layout="constrained")
    panels = figure.subplots(1, len(found.strategies), sharey=True, squeeze=False)[0]
    for axes, strategy in zip(panels, found.strategies, strict=True):
        for at, design in enumerate(whole["design"].unique(maintain_order=True).to_list()):
            part = whole.filter(pl.col("strategy") == strategy, pl.col("design") == design)
            if not part.height:
                continue
            colour, line = LINES[at]
            axes.plot(part["districts"], 100 * part["power"], color=colour, linestyle=line, marker=MARKERS[at],
                      label=say(DESIGN_NAMES[design]))  # fmt: skip
        axes.axhline(100 * WANTED, color=GREY, linestyle=":", linewidth=1)
        axes.set_xscale("log", base=2)
        ticks = whole["districts"].unique().sort().to_list()
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.minorticks_off()
        axes.set_title(strategy_name(strategy))
        axes.set_xlabel(say("districts in a trial"))
    panels[0].set_ylabel(say("power, %"))
    panels[0].set_ylim(-3, 103)
    _legend(figure)
    caption = say(
        "The runs are put together anew into trials in more cities, fewer of them the more cities each takes. A design "
        "that is biased finds something however little there is: power says nothing of it."
    )
    alt = say("Power of {designs} designs by the number of districts.", designs=whole["design"].n_unique())
    return figure, say("Power by the number of districts"), alt, caption
