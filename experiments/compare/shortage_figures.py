"""Figures of shortages: what each does to every outcome, and who is on duty at which hour.

In the style of `figures.py`.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from matplotlib.figure import Figure

from experiments.compare.forest import WITH_INTERVAL, Mark, Panel, better, forest, withheld
from experiments.compare.paired import decimals_for
from experiments.languages.speech import in_words, say, sentences
from experiments.presentation.indicators import indicator
from experiments.presentation.looks import columns, width_in
from experiments.presentation.names import noun, shortage_name, strategy_name
from experiments.presentation.pictures import Picture
from experiments.presentation.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
    Drawn,
    draw_all,
)
from experiments.presentation.wording import number, promise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.compare.findings import Findings

POSTS = {  # colour, and a hatch where another one has the same grey, in the order of the stack: around the clock first
    "patrol": (BLUE, ""), "desk": (SKY, ""), "community": (GREEN, "---"), "detectives": (ORANGE, "\\\\"),
    "anti_fraud": (VERMILLION, "///"),
    "intelligence": (PURPLE, "..."), "headquarters": (YELLOW, ""),
}  # fmt: skip


def write_figures(findings: Findings, folder: Path) -> dict[str, Picture]:
    """Draw the figures of shortages; none where there is one shortage alone.

    Parameters
    ----------
    findings : Findings
        What was found.
    folder : Path
        An existing folder; `<name>.png` and `<name>.svg` are written into it.

    Returns
    -------
    dict
        Pictures by name: `shortages`, `duty`.
    """
    if len(findings.comparison.shortages) < 2:
        return {}
    return draw_all({"shortages": _shortages, "duty": _duty}, findings, folder)


def _shortages(findings: Findings) -> Drawn:
    """Differences to the first shortage with their intervals, a panel an outcome."""
    comparison = findings.comparison
    found = findings.shortages.effects
    names = [
        name
        for name in findings.shortages.outcomes
        if any(it is not None for key, it in found.items() if key[2] == name)
    ]
    others, first = comparison.shortages[1:], shortage_name(comparison.shortages[0])
    strategies = [*comparison.policies, *comparison.bounds]
    if not names:
        return None
    panels = []
    for name in names:
        shown = indicator(name)
        unit = textwrap.fill(shown.unit, 24)
        marks = {
            (shortage, strategy): Mark(it.difference, it.low, it.high, it.decided)
            for shortage in others for strategy in strategies if (it := found[strategy, shortage, name]) is not None
        }  # fmt: skip
        side = better(comparison, "shortage", name, marks)
        panels.append(Panel(shown.label, f"{unit}\n{side}".rstrip(), marks))
    figure = forest(comparison, panels, others, strategies, 4, None)
    told = []
    for strategy, shortage in itertools.product(strategies, others):
        changed = [(name, it) for name in names if (it := found[strategy, shortage, name]) is not None and it.decided]
        texts = [
            f"{indicator(name).label.lower()} {number(it.difference, decimals_for([it]), sign=True)}"
            for name, it in changed
        ]
        told += [
            say("{shortage}, {strategy}: {texts}", shortage=shortage_name(shortage), strategy=strategy_name(strategy),
                texts=in_words(", ").join(texts))
        ] if texts else []  # fmt: skip
    words = (
        "Difference to {first} on the same seeds for each strategy, {lines}; every panel has the same rows in the same "
        "order, and a scale of its own."
    )
    caption = say(words, first=first, lines=promise(comparison.replications, say(WITH_INTERVAL)))
    words = "Interval plots of differences to {first}. Filled markers: {told}."
    alt = say(words, first=first, told=in_words("; ").join(told) or say("nothing"))
    title = say("What each shortage does, against {first}", first=first)
    return figure, title, alt, sentences([caption, withheld(panels, names)])


def _duty(findings: Findings) -> Drawn:
    """Draw the officers on duty with the baseline by hour of day, stacked by assignment, a panel a shortage."""
    comparison = findings.comparison
    duty = comparison.duty.filter(pl.col("strategy") == comparison.baseline)
    if duty.is_empty() or not duty["officers"].sum():
        return None
    by_hour = {shortage: _by_post(duty.filter(pl.col("shortage") == shortage)) for shortage in comparison.shortages}
    posts = [post for post in POSTS if any(post in of_post for of_post in by_hour.values())]
    posts += sorted({post for of_post in by_hour.values() for post in of_post} - set(posts))
    total = {
        shortage: np.sum(list(of_post.values()), axis=0) if of_post else np.zeros(24)
        for shortage, of_post in by_hour.items()
    }
    beside = columns(min(4, len(comparison.shortages)))
    lines = math.ceil(len(comparison.shortages) / beside)
    figure = Figure(figsize=(width_in(), 0.9 + (1.75 if lines > 1 else 2.4) * lines), layout="constrained")
    grid = figure.subplots(lines, beside, sharex=True, sharey=True, squeeze=False)
    first = comparison.shortages[0]
    edges = np.arange(25)
    told = []
    for axes, shortage in zip(grid.flat, comparison.shortages, strict=False):
        below = np.zeros(24)
        for post in posts:
            officers = by_hour[shortage].get(post, np.zeros(24))
            colour, hatch = POSTS.get(post, (GREY, ""))
            axes.stairs(
                below + officers, edges, baseline=below, fill=True, color=colour, hatch=hatch, edgecolor="white",
                linewidth=0,
                label=noun(post) if shortage == first else None,
            )  # fmt: skip
            below = below + officers
        axes.stairs(
            total[first],
            edges,
            color=INK,
            linewidth=1.2,
            label=say("all assignments, {first}", first=shortage_name(first)) if shortage == first else None,
        )
        axes.set_title(shortage_name(shortage), fontsize=9.5)
        axes.grid(axis="y", color=PALE)
        axes.set_axisbelow(True)
        night, day = number(total[shortage][3]), number(total[shortage][15])
        words = "{shortage}: {night} at 03 h, {day} at 15 h"
        told.append(say(words, shortage=shortage_name(shortage), night=night, day=day))
    for axes in grid.flat[len(comparison.shortages) :]:
        axes.set_visible(False)
    for axes in grid.flat[max(0, len(comparison.shortages) - beside) : len(comparison.shortages)]:
        axes.tick_params(labelbottom=True)
    grid[0, 0].set_xlim(0, 24)
    grid[0, 0].set_ylim(0, 1.05 * max(float(of_hour.max()) for of_hour in total.values()))
    grid[0, 0].set_xticks(range(0, 25, 6))
    figure.supxlabel(say("hour of day"), fontsize=9)
    figure.supylabel(say("officers on duty"), fontsize=9)
    figure.legend(
        loc="outside upper left", ncols=columns(5, 1.75), frameon=False, fontsize=9, handlelength=1.2, columnspacing=1.2
    )
    words = (
        "Mean number of officers and auxiliaries on duty by hour of day with {baseline}, stacked by assignment in the "
        "order of the legend; the line is the sum under {first}, in every panel. All panels share one scale."
    )
    caption = say(words, baseline=strategy_name(comparison.baseline), first=shortage_name(first))
    alt = say("Stacked areas of officers on duty by hour of day. {told}.", told=in_words("; ").join(told))
    return figure, say("Officers on duty by hour"), alt, caption


def _by_post(duty: pl.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Officers on duty by hour of day, shape [24], of each post."""
    return {
        str(post): rows.sort("hour_of_day")["officers"].to_numpy()
        for (post,), rows in duty.group_by("post", maintain_order=True)
    }
