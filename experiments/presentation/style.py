"""The style of all figures, and drawing them: PNG and SVG files, readable at 900 pixels.

Colours are Okabe & Ito's and cividis, which colour-blind readers tell apart; nothing is said by colour alone (labels,
markers and hatches repeat it). This module imports matplotlib, which takes long: import it only when figures are made.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text

from experiments.languages.speech import say, sentences
from experiments.presentation.letters import FONT_FILE
from experiments.presentation.looks import MM_PER_IN, PAPER_MM, PDF, SVG, look, looking
from experiments.presentation.pictures import Picture

ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE = (
    "#E69F00",
    "#56B4E9",
    "#009E73",
    "#F0E442",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)


INK, GREY, PALE = "#222222", "#666666", "#E4E4E4"


LINES = (
    (INK, "-"), (ORANGE, "--"), (BLUE, "-."), (GREEN, ":"), (PURPLE, (0, (1, 1))), (VERMILLION, (0, (5, 1))),
    (SKY, (0, (3, 1, 1, 1, 1, 1))),
    ("#882255", (0, (8, 2))), ("#777777", (0, (2, 2))),
)  # fmt: skip
MARKERS = "osD^vP*Xh"  # of lines, one after the other


FONT = "Noto Sans SC Subset"  # as the file calls it


BOXES = "Boxes stand for characters of names that no font here has: {characters}."


STYLE: dict[Any, Any] = {
    "font.size": 10, "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": GREY, "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK,
    "svg.hashsalt": "beatlab", "pdf.fonttype": 42,
}  # fmt: skip


Drawn = tuple[Figure, str, str, str] | None


Subject = TypeVar("Subject")


def draw_all(draws: Mapping[str, Callable[[Subject], Drawn]], subject: Subject, folder: Path) -> dict[str, Picture]:
    """Draw figures of one subject in the style of the house and write each as PNG and SVG, and what the look asks for.

    Those without anything to show are left out.

    Parameters
    ----------
    draws : mapping
        Name → function of the subject that returns (figure, title, description, caption), or None.
    subject : object
        What is drawn.
    folder : Path
        An existing folder; `<name>.png` and `<name>.svg` are written into it. In further formats: `<name>_text.svg`,
        whose letters are text, for a program that draws, and `<name>_89mm.pdf`, `<name>_183mm.pdf`.
    """
    pictures, families = {}, _families()
    known = _characters_of(families)
    with mpl.rc_context(), _no_word_about_fonts():
        mpl.rcdefaults()  # a `matplotlibrc` of the user's is for the user's own figures
        mpl.rcParams.update(STYLE)
        mpl.rcParams["font.family"] = families
        for name, draw in draws.items():
            drawn = draw(subject)
            if drawn is None:
                continue
            figure, title, alt, caption = drawn
            if boxes := _characters_in(figure) - known:
                caption = sentences([caption, say(BOXES, characters="".join(sorted(boxes)))])
            figure.set_dpi(look().png_dpi)
            if figure.get_layout_engine() is not None:
                figure.draw_without_rendering()
                figure.set_layout_engine("none")  # laid out once is enough; `savefig` would do it again for each file
            FigureCanvasAgg(figure).print_png(folder / f"{name}.png", pil_kwargs={"compress_level": 3})
            FigureCanvasSVG(figure).print_svg(folder / f"{name}.svg", metadata={"Date": None})
            if SVG in look().formats:
                with mpl.rc_context({"svg.fonttype": "none"}):
                    FigureCanvasSVG(figure).print_svg(folder / f"{name}_text.svg", metadata={"Date": None})
            if PDF in look().formats:
                _print_pdfs(draw, subject, folder, name)
            pictures[name] = Picture(name, title, alt, caption, folder / f"{name}.svg")
    return pictures


def _print_pdfs(draw: Callable[[Subject], Drawn], subject: Subject, folder: Path, name: str) -> None:
    """Draw a figure anew for each width of paper, so that its letters have the same size on all of them."""
    for width_mm in PAPER_MM:
        with looking(look()._replace(width_in=width_mm / MM_PER_IN)):
            drawn = draw(subject)
        assert drawn is not None, "it was drawn before"
        FigureCanvasPdf(drawn[0]).print_pdf(folder / f"{name}_{width_mm}mm.pdf", metadata={"CreationDate": None})


def _families() -> list[str]:
    """Return the fonts of all texts: the first has Latin letters and signs, the second, which we bring, Chinese."""
    manager = font_manager.fontManager
    if FONT not in {font.name for font in manager.ttflist}:
        manager.addfont(str(FONT_FILE))
    return ["DejaVu Sans", FONT]


@contextmanager
def _no_word_about_fonts() -> Iterator[None]:
    """Keep matplotlib from telling of a Chinese font without a bold weight, and of boxes, which the caption names."""
    log = logging.getLogger(font_manager.__name__)
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing from font")
            yield
    finally:
        log.setLevel(level)


def _characters_of(families: list[str]) -> set[str]:
    """Return the characters that some of these fonts can show."""
    fonts = [font_manager.get_font(font_manager.findfont(family)) for family in families]
    return {chr(code) for font in fonts for code in font.get_charmap()}


def _characters_in(figure: Figure) -> set[str]:
    """Return the characters of all texts of a figure, but for spaces and ends of lines."""
    texts: list[Any] = figure.findobj(Text)
    return {character for text in texts for character in text.get_text() if not character.isspace()}
