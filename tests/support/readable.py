"""Looks at a drawn figure as a reader does.

Is every tick label whole and apart from its neighbours, and does no legend lie on a curve?
"""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

SLACK_PX = 1.0
FEWEST_LABELS = 2  # of an axis with a name: one number is no scale


def faults(figure: Figure) -> list[str]:
    """Return what cannot be read.

    Labels that leave the figure or meet, axes with a name and no scale, legends that hold a point of a curve.
    """
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    whole = figure.bbox
    found, labels = [], []
    for axes in figure.axes:
        if not axes.get_visible() or not axes.axison:
            continue
        for axis in (axes.xaxis, axes.yaxis):
            before = len(labels)
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                text = tick.label1 if tick.label1.get_visible() else tick.label2
                inside = low - 1e-9 * (high - low) <= tick.get_loc() <= high + 1e-9 * (high - low)
                if text.get_text() and text.get_visible() and inside and tick.get_visible():
                    labels.append(
                        (
                            f"{axes.get_title() or axes.get_ylabel()}: {text.get_text()}",
                            text.get_window_extent(renderer),
                        )
                    )
            if axis.get_label_text() and len(labels) - before < FEWEST_LABELS:
                found.append(f"no scale: {axes.get_title()} {axis.get_label_text()!r}")
    for name, box in labels:
        if (
            box.x0 < whole.x0 - SLACK_PX
            or box.x1 > whole.x1 + SLACK_PX
            or box.y0 < whole.y0 - SLACK_PX
            or box.y1 > whole.y1 + SLACK_PX
        ):
            found.append(f"clipped: {name}")
    for (one, box), (other, beside) in combinations(labels, 2):
        if overlap(box, beside):
            found.append(f"on each other: {one} and {other}")
    for axes in figure.axes:
        legend = axes.get_legend()
        if legend is None or not axes.get_visible():
            continue
        box = legend.get_window_extent(renderer)
        for line in axes.lines:
            at = [np.asarray(values, dtype=float) for values in (line.get_xdata(), line.get_ydata())]
            points = axes.transData.transform(np.column_stack(at))
            if len(points) > 1 and line.get_transform() == axes.transData:
                dense = np.concatenate([np.linspace(a, b, 20) for a, b in pairwise(points)])
                if any(box.contains(*point) for point in dense):
                    found.append(f"legend on a curve: {axes.get_title() or axes.get_ylabel()}: {line.get_label()}")
    return found


def overlap(one: Bbox, other: Bbox) -> bool:
    """Whether two boxes share more than a rounding."""
    both = Bbox.intersection(one, other)
    return both is not None and both.width > SLACK_PX and both.height > SLACK_PX
