"""The scoreboard as a figure: every interval beside its band, each row on a scale of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from experiments.languages.speech import in_words, say
from experiments.presentation.looks import width_in
from experiments.presentation.style import GREY, INK, VERMILLION, Drawn
from experiments.validate.verdict import OUTSIDE, UNDECIDED, WITHIN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.validate.findings import Validation

BEYOND = 1.2  # of the width of the band, shown on either side of it; what lies farther is drawn at the edge
OPEN_SHARE = 0.25  # of the limit that there is: half of the width that is drawn of a band with an open limit
BAND_COLOUR = "#D5DADF"
MARKERS: dict[str, dict[str, Any]] = {  # by shape and filling, too, for those who print in grey
    WITHIN: {"marker": "o", "color": INK, "markerfacecolor": INK},
    UNDECIDED: {"marker": "o", "color": GREY, "markerfacecolor": "white"},
    OUTSIDE: {"marker": "X", "color": VERMILLION, "markerfacecolor": VERMILLION},
}
ROW_IN, HEAD_IN = 0.2, 0.35  # height of a row, and of the title of a place


def scoreboard(validation: Validation) -> Drawn:
    """Draw a panel a place, a row a pattern that has a band and was measured."""
    rows = [row for row in validation.tables["patterns"].iter_rows(named=True) if row["verdict"] in MARKERS]
    places = list(dict.fromkeys(row["place"] for row in rows))
    if not places:
        return None
    of_place = {place: [row for row in rows if row["place"] == place] for place in places}
    heights = [HEAD_IN + ROW_IN * len(some) for some in of_place.values()]
    figure = Figure(figsize=(width_in(), 0.5 + sum(heights)), layout="constrained")
    panels = figure.subplots(len(places), 1, height_ratios=heights, squeeze=False)[:, 0]
    told = []
    for axes, (place, some) in zip(panels, of_place.items(), strict=True):
        for y, row in enumerate(some):
            _draw(axes, y, row)
        names = [say("{label}, {unit}", label=say(row["name"]), unit=say(row["unit"])) for row in some]
        axes.set_yticks(range(len(some)), names, fontsize=7.5)
        axes.set_ylim(len(some) - 0.4, -0.6)
        axes.set_xlim(-BEYOND - 0.1, 1 + BEYOND + 0.1)
        axes.set_xticks([0, 1], [say("lower limit"), say("upper limit")], fontsize=8)
        axes.tick_params(length=0)
        axes.set_title(say(validation.titles[place]), fontsize=10)
        n = {word: sum(row["verdict"] == word for row in some) for word in MARKERS}
        words = "{place}: {within} within, {outside} outside, {undecided} not decided"
        found = {"within": n[WITHIN], "outside": n[OUTSIDE], "undecided": n[UNDECIDED]}
        told.append(say(words, place=say(validation.titles[place]), **found))
    caption = say(
        "Each row is scaled so that its published band, grey, has the same width; of a band that is open on one side, "
        "a quarter of its limit is drawn. Filled circle: the 95 % interval lies within; cross: it lies outside; hollow "
        "circle: not decided. Arrow: farther away than is drawn."
    )
    alt = say("Intervals beside published bands. {told}.", told=in_words("; ").join(told))
    return figure, say("Scoreboard"), alt, caption


def _draw(axes: Axes, y: int, row: dict[str, Any]) -> None:
    """Draw the band of a row, its mean and its interval."""
    low, high = row["published_low"], row["published_high"]
    start, width = _scale(low, high)
    left = 0.0 if low is not None else -BEYOND
    right = 1.0 if high is not None else 1 + BEYOND
    axes.add_patch(Rectangle((left, y - 0.38), right - left, 0.76, color=BAND_COLOUR, linewidth=0))
    mean, lower, upper = ((None if row[name] is None else (row[name] - start) / width)
                          for name in ("mean", "lower", "upper"))  # fmt: skip
    assert mean is not None
    style = MARKERS[row["verdict"]]
    at = min(max(mean, -BEYOND), 1 + BEYOND)
    if lower is not None and upper is not None and at == mean:
        reach = [min(max(end, -BEYOND - 0.1), 1 + BEYOND + 0.1) for end in (lower, upper)]
        axes.plot(reach, [y, y], color=style["color"], linewidth=1.4)
    axes.plot([at], [y], linestyle="", markersize=5.5, **style)
    if at != mean:
        axes.annotate("", (at + (0.1 if mean > at else -0.1), y), (at, y),
                      arrowprops={"arrowstyle": "->", "color": style["color"]})  # fmt: skip


def _scale(low: float | None, high: float | None) -> tuple[float, float]:
    """Return which number is drawn at the lower limit, and how much is the width of the band."""
    if low is not None and high is not None:
        return low, high - low
    limit = low if low is not None else high
    assert limit is not None
    width = 2 * OPEN_SHARE * abs(limit) or 1.0
    return (limit, width) if low is not None else (limit - width, width)
