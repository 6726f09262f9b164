"""Figures of what the ranking hangs on: how often each strategy has each rank, and which changes would turn it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.compare.turning import VERDICTS
from experiments.compare.turns import share_between
from experiments.languages.speech import in_words, say
from experiments.presentation.indicators import indicator
from experiments.presentation.looks import columns, width_in
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.style import GREY, INK, PALE, Drawn
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.compare.findings import Findings
    from experiments.estimates.intervals import Floats

SHADES = ("#1A1A1A", "#6E6E6E", "#B4B4B4", "#F2F2F2")  # first, second, third, and all that follow
RANKS = ("first", "second", "third", "lower")
SIGNS = {"confirmed": ("o", INK), "refuted": ("x", GREY), "undecided": ("o", "white")}  # marker, and what fills it


def draw_robustness(findings: Findings) -> Drawn:
    """Draw the shares of the ranks of each policy, a panel per outcome and shortage; nothing without sets."""
    comparison, found = findings.comparison, findings.robust
    if not found:
        return None
    outcomes, policies = findings.robustness.outcomes, comparison.policies
    places = [(name, shortage) for name in outcomes for shortage in comparison.shortages]
    across = columns(min(3, len(comparison.shortages)))
    rows = math.ceil(len(places) / across)
    figure = Figure(figsize=(width_in(), rows * (0.7 + 0.26 * len(policies)) + 0.4), layout="constrained")
    panels = figure.subplots(rows, across, sharex=True, sharey=True, squeeze=False)
    for axes in panels.flat[len(places) :]:
        axes.set_visible(False)
    for (name, shortage), axes in zip(places, panels.flat, strict=False):
        axes.set_title(f"{indicator(name).label}: {shortage_name(shortage)}", fontsize=8)
        axes.set_yticks(range(len(policies)), [strategy_name(policy) for policy in policies], fontsize=8)
        axes.tick_params(axis="x", labelsize=8)
        if (shortage, name) in found:
            _stack(axes, [found[shortage, name].ranks.get(policy, np.zeros(0)) for policy in policies])
    panels[0][0].set_xlim(0, 100)
    panels[0][0].invert_yaxis()
    for axes in panels[-1]:
        axes.set_xlabel(say("% of the sets"), fontsize=8)
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(RANKS), frameon=False, fontsize=8)
    told = findings.robustness.rows[findings.told]
    alt = in_words("; ").join(
        f"{strategy_name(row.strategy)} {row.cells[outcomes[0]].first}" for row in told if row.cells
    )
    caption = say(
        "Share of {n} sets of parameters in which each strategy has the best, second-best, third-best or a lower rank "
        "by its mean over the runs of the set. The same scale everywhere.", n=comparison.replications,
    )  # fmt: skip
    return figure, say("How often each strategy is first over the parameters"), alt, caption


def _stack(axes: Axes, shares: Sequence[Floats]) -> None:
    """Stack the shares of the ranks of each policy, those below the third together."""
    parts = np.zeros((len(shares), len(RANKS)))
    for part, one in zip(parts, shares, strict=True):
        part[: min(len(one), 3)] = one[:3]
        part[3] = one[3:].sum()
    left = np.zeros(len(parts))
    for shade, rank, part in zip(SHADES, RANKS, 100 * parts.T, strict=True):
        axes.barh(range(len(parts)), part, left=left, color=shade, edgecolor=GREY, linewidth=0.5, height=0.7,
                  label=say(rank))  # fmt: skip
        left += part


def draw_turning(findings: Findings) -> Drawn:
    """Draw where in its range each parameter that was tried would turn the ranking; nothing where none was."""
    comparison = findings.comparison
    rows = [row for row in comparison.turns.iter_rows(named=True) if row["rival"] is not None]
    if not rows:
        return None
    figure = Figure(figsize=(width_in(), 0.9 + 0.42 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for i, row in enumerate(rows):
        begin = 100 * share_between(row["default"], row["range_low"], row["range_high"], row["log"])
        change = row["change"] if row["measured_change"] is None else row["measured_change"]
        low, high = (begin + 100 * end if end is not None else edge
                     for end, edge in ((row["change_low"], 0.0), (row["change_high"], 100.0)))  # fmt: skip
        axes.plot([0, 100], [i, i], color=PALE, linewidth=5, solid_capstyle="butt")
        axes.plot([max(min(low, high), 0), min(max(low, high), 100)], [i, i], color=GREY, linewidth=1.5)
        axes.plot(begin, i, marker="|", color=INK, markersize=12, linestyle="none")
        marker, fill = SIGNS[row["verdict"]]
        axes.plot(begin + 100 * change, i, marker=marker, color=INK, markerfacecolor=fill, linestyle="none")
    labels = [
        f"{row['parameter']}\n"
        f"{say('{rival} before {leader}', rival=strategy_name(row['rival']), leader=strategy_name(row['leader']))}, "
        f"{indicator(row['indicator']).label}, {shortage_name(row['shortage'])}"
        for row in rows
    ]
    axes.set_yticks(range(len(rows)), labels, fontsize=7)
    axes.invert_yaxis()
    axes.set_xlim(-2, 102)
    axes.set_xlabel(say("% of the range of the parameter"))
    for verdict, (marker, fill) in SIGNS.items():
        axes.plot(
            [], [], marker=marker, color=INK, markerfacecolor=fill, linestyle="none", label=say(VERDICTS[verdict])
        )
    axes.plot([], [], marker="|", color=INK, markersize=10, linestyle="none", label=say("default"))
    figure.legend(loc="outside upper center", ncols=4, frameon=False, fontsize=8)
    alt = in_words("; ").join(
        f"{row['parameter']} {number(100 * row['change'], 0, sign=True)} %: {say(VERDICTS[row['verdict']])}"
        for row in rows
    )
    caption = say(
        "Bars are the ranges of parameters, ticks their defaults; marks show where the two strategies are level, by "
        "the runs where they confirm it, else by the linear fit; lines are 95 % intervals of the fit."
    )
    return figure, say("What would turn the ranking"), alt, caption
