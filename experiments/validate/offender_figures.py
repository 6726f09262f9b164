"""Figures of offenders and their victims: how offences concentrate, who is hit again, and how far from home."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from experiments.languages.speech import in_words, opened, say
from experiments.patterns.offenders import DISTANCES
from experiments.patterns.portrait import DISTANCE_EDGES_KM, Portrait, kinds_in
from experiments.patterns.studies import MIX_NAMES, PLACES
from experiments.presentation.looks import width_in
from experiments.presentation.names import noun
from experiments.presentation.style import BLUE, GREY, PALE, VERMILLION, Drawn
from experiments.presentation.wording import number, per_cent
from sim.outcomes.concentration import concentration_curve, top_share
from sim.outcomes.offending import median_of_counts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from experiments.validate.findings import Validation

MIX_LINES = {
    "county_china": (VERMILLION, "-"),
    "city_western": (BLUE, "--"),
    "large_china": (VERMILLION, "-"),
    "large_western": (BLUE, "--"),
}


def offenders(validation: Validation) -> Drawn:
    """Draw offences against offenders, most active first, and how often victims were hit."""
    there = {
        study: [run for run in validation.portraits[study] if len(run.offences)]
        for study in PLACES
        if study in validation.portraits
    }
    if not any(there.values()):
        return None
    figure = Figure(figsize=(width_in(), 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(3, 2))
    at = np.linspace(0, 1, 201)
    told = []
    victims: dict[str, tuple[float, float]] = {}
    for study, runs in there.items():
        if not runs:
            continue
        colour, style = MIX_LINES[study]
        mix = say(MIX_NAMES[study])
        curve = np.mean([np.interp(at, *concentration_curve(run.offences)) for run in runs], axis=0)
        tenth = float(np.mean([top_share(run.offences, 0.1) for run in runs]))
        left.plot(
            100 * at,
            100 * curve,
            color=colour,
            linestyle=style,
            linewidth=2.2,
            label=say("{mix}: top 10 % do {percent} %", mix=mix, percent=number(100 * tenth, 0)),
        )
        left.plot([10], [100 * float(np.interp(0.1, at, curve))], "o", color=colour, markersize=6)
        again = [run.victims for run in runs if run.victims.of_victims is not None]
        both = zip(*again, strict=True) if again else ((0.0,), (0.0,))
        of_victims, of_crimes = (100 * float(np.mean(share)) for share in both)
        victims[study] = of_victims, of_crimes
        told.append(
            say(
                "{mix}: top 10 % of offenders commit {tenth} % of offences; {again} % of victims are hit twice or more "
                "and suffer {suffered} % of crimes with a victim", mix=mix, tenth=number(100 * tenth, 0),
                again=number(victims[study][0]), suffered=number(victims[study][1]),
            )
        )  # fmt: skip
    left.set_title(say("Offences by offender"), fontsize=10)
    left.plot([0, 100], [0, 100], color=GREY, linewidth=1)
    left.axvline(10, color=GREY, linewidth=0.8, linestyle=":")
    percent_axes(left, say("% of offenders with an offence, most active first"), say("% of their offences"))
    left.legend(frameon=False, fontsize=9, loc="lower right")
    _victim_bars(right, victims)
    caption = say(
        "Left: offences against known offenders who committed at least one in the time measured; "
        "the grey diagonal would be equal activity. An offence of two offenders counts for each. "
        "Right: people who suffered two crimes or more: their share of victims, and of crimes with a victim."
    )
    alt = say("Curve of offences over offenders and bars of repeat victims. {told}.", told=in_words("; ").join(told))
    return figure, say("Few offenders, and victims hit again"), alt, caption


def _victim_bars(axes: Axes, victims: dict[str, tuple[float, float]]) -> None:
    labels = (say("of\nvictims"), say("of\ncrimes"))
    for i, (study, shares) in enumerate(victims.items()):
        heights = np.arange(2) + (i - 0.5) * 0.36
        bars = axes.barh(
            heights,
            shares,
            height=0.32,
            color=MIX_LINES[study][0],
            hatch="" if i == 0 else "///",
            edgecolor="white",
            label=say(MIX_NAMES[study]),
        )
        axes.bar_label(bars, [per_cent(number(share)) for share in shares], padding=3, fontsize=9)
    axes.set_yticks(range(2), labels)
    axes.set_ylim(2.1, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, max(1.0, 1.3 * max(max(shares) for shares in victims.values())))
    axes.set_xlabel(say("% victims of two or more"))
    axes.set_title(say("Hit twice or more"), fontsize=10)
    axes.legend(frameon=False, fontsize=9, loc="lower right")


def percent_axes(axes: Axes, x: str, y: str) -> None:
    """Dress axes that both run from 0 to 100 %."""
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(color=PALE)
    axes.set_axisbelow(True)


def distance(validation: Validation) -> Drawn:
    """Draw the distance from the offender's home to the crime, a panel a type, with the median of each mix."""
    places = [study for study in PLACES if study in validation.portraits]
    counts = {(study, name): _distances(validation.portraits[study], name) for name in DISTANCES for study in places}
    names = [name for name in DISTANCES if any(counts[study, name].sum() for study in places)]
    if not names:
        return None
    merged = np.sum(list(counts.values()), axis=0)
    farthest = float(DISTANCE_EDGES_KM[1:][np.searchsorted(np.cumsum(merged), 0.98 * merged.sum())])
    step = 4 if farthest > 3 else 2  # bins of 200 or 100 m
    figure = Figure(figsize=(width_in(), 2.7), layout="constrained")
    panels = figure.subplots(1, len(names), sharex=True, sharey=True, squeeze=False)[0]
    edges = DISTANCE_EDGES_KM[::step]
    told = []
    for axes, name in zip(panels, names, strict=True):
        for place, study in enumerate(places):
            of_kind = counts[study, name]
            median = median_of_counts(of_kind, DISTANCE_EDGES_KM)
            if median is None:
                continue
            colour, style = MIX_LINES[study]
            shares = 100 * of_kind.reshape(-1, step).sum(axis=1) / of_kind.sum()
            axes.stairs(shares, edges, color=colour, linestyle=style, linewidth=1.6, fill=False)
            axes.axvline(median, 0, 0.78, color=colour, linestyle=style, linewidth=1)
            text = say("{mix}: median {median:.2f} km", mix=say(MIX_NAMES[study]), median=median)
            axes.text(
                0.97,
                0.98 - 0.1 * place,
                text,
                color=colour,
                fontsize=8.5,
                ha="right",
                va="top",
                transform=axes.transAxes,
            )
            told.append(say("{kind}, {text}", kind=noun(name), text=text))
        axes.set_title(opened(noun(name)), fontsize=10)
        axes.set_xlim(0, farthest)
        axes.grid(axis="y", color=PALE)
        axes.set_axisbelow(True)
    panels[0].set_ylim(0, 1.3 * panels[0].get_ylim()[1])  # room for the medians
    panels[0].set_ylabel(say("% of crimes in {width:.0f} m", width=1000 * edges[1]))
    figure.supxlabel(say("km from the offender's home to the crime"), fontsize=9)
    caption = say(
        "Straight-line distance from home to crime, where the offender lives in the city; vertical lines are "
        "medians; the last 2 % lie beyond the right edge."
    )
    alt = say("Histograms of distance. {told}.", told=in_words("; ").join(told))
    return figure, say("From home to crime"), alt, caption


def _distances(runs: Sequence[Portrait], name: str) -> NDArray[np.int64]:
    kinds = [kind.by_distance for run in runs for kind in kinds_in(run, name)]
    return np.sum(kinds, axis=0) if kinds else np.zeros(len(DISTANCE_EDGES_KM) - 1, dtype=np.int64)
