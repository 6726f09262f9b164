"""Figures of the force in the scoreboard: headcount under shortages over time, and the delay of news of series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from experiments.estimates.estimate import Estimate, estimate
from experiments.languages.speech import in_words, say
from experiments.patterns.studies import REMEDIED_PERCENT, REMEDIES, SPIRAL_PERCENT, STRUCTURES
from experiments.presentation.looks import width_in
from experiments.presentation.style import BLUE, GREEN, INK, ORANGE, PALE, PURPLE, SKY, VERMILLION, Drawn
from experiments.presentation.wording import number, promise

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from experiments.validate.findings import Validation

Line = tuple[str, str]  # colour, style
SHORT_LINES: tuple[Line, ...] = ((INK, "-"), (SKY, "--"), (GREEN, "-."), (ORANGE, (0, (5, 1))), (VERMILLION, ":"))  # type: ignore[assignment]
REMEDY_LINES: tuple[Line, ...] = ((PURPLE, "--"), (BLUE, "-."), (INK, ":"))
STRUCTURE_LINES: tuple[Line, ...] = ((VERMILLION, "-"), (ORANGE, "--"), (BLUE, "-."))
MOST_DAYS = 30  # shown of a delay


def spiral(validation: Validation) -> Drawn:
    """Draw the headcount relative to the first measured day: each shortage on the left, remedies on the right."""
    heads = {
        study: np.array([run.force.heads for run in runs])
        for study, runs in validation.portraits.items()
        if study.startswith("spiral_")
    }
    if not heads or any(of_study.shape[1] < 2 or not of_study[:, 0].all() for of_study in heads.values()):
        return None
    figure = Figure(figsize=(width_in(), 3.9), layout="constrained")
    left, right = figure.subplots(1, 2, sharex=True, sharey=True)
    told = []
    for percent, line in zip(SPIRAL_PERCENT, SHORT_LINES, strict=True):
        told.append(_headcount(left, heads[f"spiral_{percent}"], line, say("{percent} % missing", percent=percent)))
    unremedied = SPIRAL_PERCENT.index(REMEDIED_PERCENT)
    _headcount(right, heads[f"spiral_{REMEDIED_PERCENT}"], SHORT_LINES[unremedied], say("no remedy"))
    for (study, remedy), line in zip(REMEDIES.items(), REMEDY_LINES, strict=True):
        ends = _headcount(right, heads[study], line, say(remedy))
        told.append(say("{percent} % missing, {remedied}", percent=REMEDIED_PERCENT, remedied=ends))
    left.set_title(say("Shortage in all assignments"), fontsize=10)
    right.set_title(say("{percent} % missing, with a remedy", percent=REMEDIED_PERCENT), fontsize=10)
    for axes in (left, right):
        axes.axhline(100, color=INK, linewidth=0.6)
        axes.set_xlim(0, None)
        axes.set_xlabel(say("days"))
        axes.grid(axis="y", color=PALE)
        axes.set_axisbelow(True)
        axes.legend(frameon=False, fontsize=8.5, loc="lower left")
    left.set_ylabel(say("personnel, % of the first day measured"))
    runs = len(heads["spiral_0"])
    caption = say(
        "Headcount in the {city}, mean over {n} replications, {interval}. Overloaded officers tire, tired officers "
        "leave sooner, and those who stay have more to do; recruits fill vacant places at a limited rate.",
        city=say(validation.titles["spiral_0"]), n=runs, interval=promise(runs, say("with its 95 % interval")),
    )  # fmt: skip
    alt = say("Lines of headcount. {told}.", told=in_words("; ").join(told))
    return figure, say("Does a shortage feed on itself?"), alt, caption


def _headcount(axes: Axes, heads: NDArray[np.float64], line: Line, label: str) -> str:
    """Draw one headcount with its band; return how it ends, in words."""
    share = 100 * heads / heads[:, :1]
    days = np.arange(share.shape[1], dtype=float)
    found = [estimate(of_day) for of_day in share.T]
    mean = np.array([it.mean for it in found])
    axes.plot(
        days,
        mean,
        color=line[0],
        linestyle=line[1],
        linewidth=1.8,
        label=label,
    )
    _band(axes, days, found, line)
    return say("{label}: {percent} % left", label=label, percent=number(mean[-1]))


def _band(axes: Axes, at: NDArray[np.float64], found: list[Estimate], line: Line) -> None:
    """Shade the intervals of a line, where it has any."""
    lower, upper = (np.array([getattr(it, end) for it in found], dtype=float) for end in ("lower", "upper"))
    if not np.isnan(lower).all():
        axes.fill_between(at, lower, upper, color=line[0], alpha=0.15, linewidth=0)


def series(validation: Validation) -> Drawn:
    """Draw the share of cases of series that the detectives know to be one, by days since the case was opened."""
    if not validation.portraits.keys() >= STRUCTURES.keys():
        return None
    delays = {study: [run.force.series_delay_days for run in validation.portraits[study]] for study in STRUCTURES}
    if not all(sum(map(len, of_study)) for of_study in delays.values()):
        return None
    figure = Figure(figsize=(width_in(), 3.6), layout="constrained")
    axes = figure.subplots()
    at = np.linspace(0, MOST_DAYS, 301)
    runs = min(sum(len(delay) > 0 for delay in of_study) for of_study in delays.values())
    told = []
    for (study, structure), line in zip(STRUCTURES.items(), STRUCTURE_LINES, strict=True):
        curves = np.array(
            [
                100 * np.searchsorted(np.sort(delay), at, side="right") / len(delay)
                for delay in delays[study]
                if len(delay)
            ]
        )
        found = [estimate(values) for values in curves.T]
        never = 100 * float(np.mean([np.isinf(delay).mean() for delay in delays[study] if len(delay)]))
        known = np.concatenate(delays[study])
        known = known[np.isfinite(known)]
        half = (
            say("; half of the known ones within {days} days", days=number(float(np.median(known))))
            if len(known)
            else ""
        )
        axes.plot(
            at,
            np.array([it.mean for it in found], dtype=float),
            color=line[0],
            linestyle=line[1],
            linewidth=2,
            label=say("{structure}: {percent} % never known", structure=say(structure), percent=number(never, 0)),
        )
        _band(axes, at, found, line)
        words = "{structure}: {percent} % known{half}"
        told.append(say(words, structure=say(structure), percent=number(100 - never), half=half))
    axes.set_xlim(0, MOST_DAYS)
    axes.set_ylim(0, None)
    axes.set_xlabel(say("days since the case was opened"))
    axes.set_ylabel(say("% of cases of series\nknown to the detectives"))
    axes.grid(color=PALE)
    axes.set_axisbelow(True)
    axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1.01, 1))
    caption = say(
        "Cases of an offender who had an earlier one of the same kind, in the {city}: the share of which the "
        "detectives have learnt that, rightly, by the days since the case was opened; mean over {n} replications, "
        "{interval}. Some links no analyst sees; some news gets lost.",
        city=say(validation.titles["silos"]), n=runs, interval=promise(runs, say("with its 95 % interval")),
    )  # fmt: skip
    alt = say("Distribution of delays. {told}.", told=in_words("; ").join(told))
    return figure, say("When news of a series reaches those who can act"), alt, caption
