"""The figure of equity: where crime is, where patrol is, and what of it the police come to know, by fifths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from experiments.compare.equity import HEADS, OF_PEOPLE
from experiments.languages.speech import in_words, say
from experiments.presentation.looks import width_in
from experiments.presentation.names import shortage_name
from experiments.presentation.style import GREY, INK, LINES, MARKERS, PALE, Drawn
from experiments.presentation.wording import number, per_cent

if TYPE_CHECKING:
    from experiments.compare.findings import Findings


def draw_equity(findings: Findings) -> Drawn:
    """Draw the shares of the fifths under the shortage that is told about; nothing where the runs do not tell."""
    found = findings.equity
    if not found.people:
        return None
    figure = Figure(figsize=(width_in(), 3.4), layout="constrained")
    axes, beside = figure.subplots(1, 2, width_ratios=(3, 1))
    at = range(len(HEADS))
    crimes = next(line for line in found.people if line.name == say(OF_PEOPLE["crimes"]))
    axes.bar(at, crimes.shares, color=PALE, edgecolor=GREY, label=crimes.name)
    for i, line in enumerate(found.patrol.values()):
        colour, dashes = LINES[i % len(LINES)]
        axes.plot(at, line.shares, color=colour, linestyle=dashes, marker=MARKERS[i % len(MARKERS)], markersize=4,
                  label=line.name)  # fmt: skip
    axes.set_ylabel(say("% of the city"))
    beside.bar(at, found.known, color=PALE, edgecolor=INK, hatch="//")
    beside.set_ylabel(say("recorded, % of true crimes"))
    for one in (axes, beside):
        one.set_xticks(at, [say(head) for head in HEADS], rotation=40, ha="right", fontsize=8)
    axes.legend(frameon=False, fontsize=8, title=say("patrol's minutes, and"))
    title = say("Who is policed and who suffers")
    alt = say(
        "Shares of the fifths: {crimes}: {shares}.", crimes=crimes.name,
        shares=in_words(", ").join(per_cent(number(share, 0)) for share in crimes.shares),
    )  # fmt: skip
    caption = say(
        "Neighbourhoods in fifths by their true crimes under {shortage}. Left: bars are true crimes, lines patrol's "
        "minutes by strategy. Right: what police records know of.",
        shortage=shortage_name(findings.told),
    )
    return figure, title, alt, caption
