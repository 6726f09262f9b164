"""The figure of a search: all candidates by cost and first outcome, the front, and those judged on fresh seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from matplotlib.figure import Figure

from experiments.languages.speech import say
from experiments.optimise.findings import CHOSEN, SINGLE, TODAY
from experiments.presentation.indicators import indicator
from experiments.presentation.looks import width_in
from experiments.presentation.style import BLUE, GREEN, GREY, INK, ORANGE, PALE, draw_all

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.optimise.findings import Optimum
    from experiments.presentation.pictures import Picture
    from experiments.presentation.style import Drawn

MILLION = 1e6
SHOWN: dict[str, tuple[str, str]] = {
    TODAY: (INK, "o"),
    CHOSEN: (BLUE, "*"),
    SINGLE: (ORANGE, "s"),
}  # role → colour, marker
OTHERS = (GREEN, "D")


def write_figures(found: Optimum, folder: Path) -> dict[str, Picture]:
    """Draw the search into `folder`, as PNG and SVG."""
    return draw_all({"front": _front}, found, folder)


def _front(found: Optimum) -> Drawn:
    """Draw cost against the first outcome."""
    first = found.outcomes[0]
    shown = indicator(first)
    ran = found.tried.filter(pl.col("why_not").is_null() & pl.col(first).is_finite())
    if not ran.height:
        return None
    figure = Figure(figsize=(width_in(), 4.4), layout="constrained")
    axes = figure.subplots()
    on_front = ran.filter(pl.col("on_front")).sort("yuan_per_year")
    axes.scatter(ran["yuan_per_year"] / MILLION, ran[first], s=14, color=PALE, edgecolor=GREY, linewidth=0.5,
                 label=say("candidates, as the search saw them"))  # fmt: skip
    axes.scatter(on_front["yuan_per_year"] / MILLION, on_front[first], s=22, facecolor="none", edgecolor=INK,
                 label=say("not beaten in everything by any other"))  # fmt: skip
    today = found.judged[0].levels[first]
    for one in found.judged:
        colour, marker = SHOWN.get(one.role, OTHERS)
        change = one.changes[first]
        level = one.levels[first]
        if level == float("inf"):
            continue
        limits = None if change.lower is None or change.upper is None else (
            [[max(level - today - change.lower, 0.0)], [max(change.upper - level + today, 0.0)]]
        )  # fmt: skip
        axes.errorbar([one.yuan_per_year / MILLION], [level], limits, color=colour, marker=marker, capsize=3,
                      markersize=12 if one.role == CHOSEN else 7, linestyle="none",
                      label=say("{role}, on fresh seeds", role=say(one.role)))  # fmt: skip
    if found.plan["budget"] is not None:
        axes.axvline(found.plan["budget"] / MILLION, color=GREY, linestyle="--", label=say("budget"))
    axes.set_xlabel(say("million yuan per year, all that the police pay"))
    axes.set_ylabel(f"{shown.label}\n{shown.unit}")
    handles, labels = axes.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    figure.legend(once.values(), once.keys(), loc="outside lower center", ncols=3, frameon=False)
    title = say("Cost and {outcome}", outcome=shown.label)
    caption = say(
        "Each point is a candidate. Intervals are of the paired difference to today on seeds that the search has not "
        "seen (95 %); the small points are the same for all candidates, and look better than they are where they are "
        "best."
    )
    return figure, title, say("{n} candidates by cost and {outcome}.", n=ran.height, outcome=shown.label), caption
