"""Figures of strategies.

Differences to the baseline, by type of incident, for residents and officers, and where the officer-hours went.
"""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from rich.cells import cell_len

from experiments.compare.displacement_figure import draw_displacement
from experiments.compare.equity_figure import draw_equity
from experiments.compare.forest import NAME_CHARACTERS, WITH_INTERVAL, Mark, Panel, better, forest, withheld
from experiments.compare.hours import OTHER
from experiments.compare.options import options
from experiments.compare.paired import decimals_for, difference, effect, excludes_0, mean
from experiments.compare.path_figure import draw_paths
from experiments.compare.robustness_figure import draw_robustness, draw_turning
from experiments.estimates.effects import PRIMARY
from experiments.languages.speech import in_words, say, sentences
from experiments.presentation.indicators import INDICATORS, indicator
from experiments.presentation.looks import columns, width_in
from experiments.presentation.names import option_name, shortage_name, strategy_name
from experiments.presentation.pictures import Picture
from experiments.presentation.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
    Drawn,
    draw_all,
)
from experiments.presentation.wording import number, per_cent, promise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.compare.comparison import Comparison
    from experiments.compare.findings import Findings
    from experiments.compare.paired import Effect

ONE_LINE = 34  # characters of a name that goes on in no other line: a sheet is wide and low
TYPES = {  # indicator → heading
    "crimes_burglary": "Burglary", "crimes_theft": "Theft", "crimes_robbery": "Robbery", "crimes_assault": "Assault",
    "crimes_school_violence": "School violence", "crimes_fraud": "Fraud", "disputes_escalated": "Dispute assaults",
    "fraud_loss": "Fraud losses",
}  # fmt: skip
LIVES = (  # residents first, then officers
    "trust", "perceived_safety", "victims", "repeat_victim_share",
    "disputes_resolved_at_source_share", "volunteers_active",
    "fatigue_mean", "overtime_hours", "attrition", "utilisation",
)  # fmt: skip
SHORT_UNITS = {
    "per 1,000 residents per year": "per 1,000 per year",
    "% of patrol's time on duty, overtime included, spent on calls": "% of patrol's time on duty",
}
COLOURS = {  # of groups of activities: colour, a hatch where another one has the same grey, and its colour
    "calls": (VERMILLION, "", "white"), "cases": (PURPLE, "|||", GREY), "fraud work": (ORANGE, "///", GREY),
    "patrol": (BLUE, "", "white"), "visits and education": (GREEN, "---", "white"),
    "mediation and governance": (SKY, "", "white"), "analysis and video": (YELLOW, "...", GREY),
    "desk and administration": ("#BBBBBB", "", "white"), "training": ("#BBBBBB", "xxx", GREY),
    "standby and breaks": ("#F2F2F2", "", GREY), OTHER: ("white", "\\\\\\", GREY),
}  # fmt: skip
ON_DARK = {"calls", "patrol"}  # groups with white numbers
SCALE_STEPS = (5, 10, 20, 30, 50, 75, 100)  # percent at which the common scale of the types may end


def write_figures(findings: Findings, folder: Path) -> dict[str, Picture]:
    """Draw the figures of strategies for which there is something to show.

    Parameters
    ----------
    findings : Findings
        What was found.
    folder : Path
        An existing folder; `<name>.png` and `<name>.svg` are written into it.

    Returns
    -------
    dict
        Pictures by name: `brief`, `effects`, `paths`, `types`, `displacement`, `equity`, `lives`, `hours`,
        `robustness`, `turning`.
    """
    draws = {
        "brief": _brief, "effects": _effects, "paths": draw_paths, "types": _types, "displacement": draw_displacement,
        "equity": draw_equity, "lives": _lives, "hours": _hours, "robustness": draw_robustness, "turning": draw_turning,
    }  # fmt: skip
    return draw_all(draws, findings, folder)


def _found(comparison: Comparison, names: tuple[str, ...]) -> dict[str, dict[tuple[str, str], Effect]]:
    """Return the differences to the baseline by outcome, then by shortage and strategy, those that were measured."""
    found = {
        name: {
            (shortage, strategy): it
            for shortage in comparison.shortages for strategy in comparison.rivals if (it := effect(comparison,
                "strategy", shortage, strategy, name))
        }
        for name in names
    }  # fmt: skip
    return {name: of_name for name, of_name in found.items() if of_name}


def _brief(findings: Findings) -> Drawn:
    """Differences in the outcomes of the family under the shortage that is told about, of levers too, for one sheet."""
    chosen = options(findings.comparison, findings.told)
    levers = [one.name for one in chosen if one.point[0] == one.name]
    return _primary(findings, [findings.told], levers, name_characters=ONE_LINE)


def _effects(findings: Findings) -> Drawn:
    """Differences to the baseline in the outcomes of the family, with both intervals."""
    return _primary(findings, findings.comparison.shortages)


def _primary(
    findings: Findings, shortages: list[str], levers: Sequence[str] = (), name_characters: int = NAME_CHARACTERS
) -> Drawn:
    """Differences to the baseline in the outcomes of the family under some shortages, and those of levers to the first.

    A lever stands among the strategies under the first shortage: it is judged with the baseline.
    """
    comparison = findings.comparison
    found = _found(comparison, PRIMARY)
    if not found:
        return None
    sides = {name: better(comparison, "strategy", name, of_name) for name, of_name in found.items()}
    for name, of_name in found.items():
        against = {lever: effect(comparison, "shortage", lever, comparison.baseline, name) for lever in levers}
        of_name |= {(shortages[0], lever): it for lever, it in against.items() if it}
    panels = []
    for name, of_name in found.items():
        shown = indicator(name)
        unit = textwrap.fill(shown.unit, 34)
        marks = {
            key: Mark(it.difference, it.low, it.high, it.starred, it.low_simultaneous, it.high_simultaneous)
            for key, it in of_name.items()
        }
        panels.append(Panel(shown.label, f"{sides[name]}\n{unit}".strip(), marks))
    figure = forest(comparison, panels, shortages, [*comparison.rivals, *levers], 3, None, name_characters)
    told = []
    for shortage in shortages:
        for strategy in (*comparison.rivals, *levers):
            texts = [
                f"{indicator(name).label.lower()} {difference(it, decimals_for([it]))}"
                for name in found
                if (it := found[name].get((shortage, strategy)))
            ]
            told.append(_told(strategy, shortage, texts))
    lines = say(
        "thick line: 95 % interval; thin line: the wider interval that holds for all comparisons together; a filled "
        "marker means that the wider one excludes 0, a hollow one that it does not"
    )
    baseline = strategy_name(comparison.baseline)
    words = "Each row compares a strategy with {baseline} under the same shortage, on the same seeds; {lines}."
    caption = say(words, baseline=baseline, lines=promise(comparison.replications, lines))
    alt = say("Interval plot of differences to {baseline}. {told}.", baseline=baseline, told=in_words("; ").join(told))
    title = say("Differences to {baseline}", baseline=baseline)
    return figure, title, alt, sentences([caption, withheld(panels, found)])


def _told(strategy: str, shortage: str, texts: list[str]) -> str:
    """`hot-spot patrol under night gap: crimes −3.0 (…), …`."""
    return say(
        "{strategy} under {shortage}: {texts}", strategy=option_name(strategy), shortage=shortage_name(shortage),
        texts=in_words(", ").join(texts),
    )  # fmt: skip


def _types(findings: Findings) -> Drawn:
    """Differences in percent of the baseline by type of incident, all on one scale."""
    comparison = findings.comparison
    found = _found(comparison, tuple(TYPES))
    marks = {
        name: {
            key: Mark(it.relative_percent, it.relative_low, it.relative_high,
                it.decided and excludes_0(it.relative_low, it.relative_high))
            for key, it in of_name.items() if it.relative_percent is not None
        }
        for name, of_name in found.items()
    }  # fmt: skip
    panels = [Panel(say(TYPES[name]), say("% of the baseline"), of_name) for name, of_name in marks.items() if of_name]
    if not panels:
        return None
    limit = _limit([mark for panel in panels for mark in panel.marks.values()])
    figure = forest(comparison, panels, comparison.shortages, comparison.rivals, 4, limit)
    told = [
        _told(strategy, shortage, [f"{panel.title.lower()} {per_cent(number(mark.point, 0, sign=True))}"])
        for panel in panels for (shortage, strategy), mark in panel.marks.items() if mark.sure
    ]  # fmt: skip
    baseline = strategy_name(comparison.baseline)
    caption = sentences([
        say("Difference to {baseline} in percent of its level, left is less; {lines}.", baseline=baseline,
            lines=promise(comparison.replications, say(WITH_INTERVAL))),
        say("An arrow at the edge says that an interval goes on; a marker without a line has none, because some "
            "replication has no such incident at all, or because all pairs differ by the same."),
        say("All panels share one scale."),
    ])  # fmt: skip
    words = "Interval plots by type of incident, in percent of {baseline}. Filled markers: {told}."
    alt = say(words, baseline=baseline, told=in_words("; ").join(told) or say("nothing"))
    return figure, say("What each strategy did to each type of incident"), alt, caption


def _limit(marks: list[Mark]) -> float:
    """End of a common scale.

    It holds every difference that its interval decides and most intervals, but no more than the doubling of a level.
    """
    ends = [max(abs(end) for end in (mark.point, mark.low, mark.high) if end is not None) for mark in marks]
    wanted = max([float(np.quantile(ends, 0.8)), *(1.1 * abs(mark.point) for mark in marks if mark.sure)])
    return next((step for step in SCALE_STEPS if step >= wanted), SCALE_STEPS[-1])


def _lives(findings: Findings) -> Drawn:
    """Differences in what residents and officers live through, a small panel an outcome."""
    comparison = findings.comparison
    found = _found(comparison, LIVES)
    panels, shortest = [], findings.told
    for name, of_name in found.items():
        shown = indicator(name)
        level = mean(comparison, shortest, comparison.baseline, name)
        marks = {key: Mark(it.difference, it.low, it.high, it.decided) for key, it in of_name.items()}
        unit = say(SHORT_UNITS.get(INDICATORS[name].unit, INDICATORS[name].unit))
        side = better(comparison, "strategy", name, of_name)
        of_baseline = say("(baseline: {level})", level=number(level))
        panels.append(Panel(shown.label, f"{side}\n{unit}\n{of_baseline}".strip(), marks))
    if not panels:
        return None
    figure = forest(comparison, panels, comparison.shortages, comparison.rivals, 4, None)
    told = [
        _told(
            strategy, shortage,
            [f"{indicator(name).label.lower()} {number(it.difference, decimals_for([it]), sign=True)}"],
        )
        for name, of_name in found.items() for (shortage, strategy), it in of_name.items() if it.decided
    ]  # fmt: skip
    baseline = strategy_name(comparison.baseline)
    words = (
        "Difference to {baseline} under the same shortage, {lines}; in brackets the level of {baseline} under "
        "{shortage}. Each panel has a scale of its own."
    )
    caption = say(
        words, baseline=baseline, lines=promise(comparison.replications, say(WITH_INTERVAL)),
        shortage=shortage_name(shortest),
    )  # fmt: skip
    words = "Interval plots of trust, safety, victims, fatigue and overtime against {baseline}. Filled markers: {told}."
    alt = say(words, baseline=baseline, told=in_words("; ").join(told) or say("nothing"))
    title = say("What each strategy did to residents and officers")
    return figure, title, alt, sentences([caption, withheld(panels, found)])


def _hours(findings: Findings) -> Drawn:
    """Officer-hours per day by group of activities, a stacked bar per strategy under a shortage."""
    comparison = findings.comparison
    hours, groups = findings.hours.a_day, findings.hours.groups
    if not groups:
        return None
    several = len(comparison.shortages) > 1
    bar_in = 0.38 if len(hours) <= 10 else 0.26
    lines = len(hours) + 1.4 * len(comparison.shortages)
    shown = {
        name: say("{name} (bound)", name=strategy_name(name)) if name in comparison.bounds else strategy_name(name)
        for _, name in hours
    }
    left_in = 0.2 + 0.083 * max(map(cell_len, shown.values()))
    in_legend = columns(4)
    top_in, below_in = 0.15 + 0.2 * math.ceil(len(groups) / in_legend), 0.55
    height_in = top_in + bar_in * lines + below_in
    margins = {
        "left": left_in / width_in(),
        "right": 1 - 0.1 / width_in(),
        "top": 1 - top_in / height_in,
        "bottom": below_in / height_in,
    }
    figure = Figure(figsize=(width_in(), height_in))  # margins are known, and no engine has to look for them
    axes = figure.subplots(gridspec_kw=margins)
    places, names = [], []
    gap = 1.4 if comparison.bounds else 0.9
    for i, (shortage, strategy) in enumerate(hours):
        block = comparison.shortages.index(shortage)
        places.append(-(i + gap * block + 0.4 * (strategy in comparison.bounds)))
        names.append(shown[strategy])
        if several and i % len(comparison.strategies) == 0:
            axes.text(0, places[-1] + 0.55, shortage_name(shortage), fontweight="bold", fontsize=9.5, va="bottom")
    start = np.zeros(len(hours))
    longest = max(sum(of_line.values()) for of_line in hours.values())
    for group in groups:
        colour, hatch, edge = COLOURS[group]
        widths = np.array([of_line[group] for of_line in hours.values()])
        axes.barh(
            places,
            widths,
            left=start,
            height=0.78,
            color=colour,
            hatch=hatch,
            edgecolor=edge,
            linewidth=0.5,
            label=say(group),
        )
        for y, left, width in zip(places, start, widths, strict=True):
            if width > 0.045 * longest:
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if hatch else None
                axes.text(
                    left + width / 2,
                    y,
                    number(width, 0),
                    ha="center",
                    va="center",
                    fontsize=8.5,
                    color="white" if group in ON_DARK else INK,
                    bbox=box,
                )
        start += widths
    axes.set_yticks(places, names)
    axes.set_ylim(min(places) - 0.6, 1.4 if several else 0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(say("officer-hours per day"))
    axes.set_xlim(0, longest * 1.01)
    axes.spines["left"].set_visible(False)
    figure.legend(
        loc="upper left",
        ncols=in_legend,
        frameon=False,
        fontsize=9,
        handlelength=1.2,
        columnspacing=1.2,
        borderaxespad=0.2,
    )
    told = [
        _told(line[1], line[0], [f"{say(group)} {number(value, 0)}" for group, value in of_line.items()])
        for line, of_line in hours.items()
    ]
    caption = say(
        "Every minute on duty, of patrol and of all other assignments, is booked to one activity; the bars of one "
        "shortage are equally long when its strategies have the same officers, so that what one does more of, it does "
        "at the price of something else."
    )
    alt = say("Stacked bars of officer-hours per day. {told}.", told=in_words("; ").join(told))
    return figure, say("Where the officer-hours went"), alt, caption
