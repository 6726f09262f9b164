"""Chinese letters of figures need no font of the reader's, and the caption tells of letters that no font has."""

from __future__ import annotations

import logging

from matplotlib import font_manager
from matplotlib.figure import Figure

from experiments.languages.speech import CHINESE, catalogue
from experiments.presentation import style


def caption(folder, title):
    def draw(_subject):
        figure = Figure()
        figure.subplots().set_title(title)
        return figure, "A title", "What it shows", "How to read it."

    return style.draw_all({"one": draw}, None, folder)["one"].caption


def test_characters_that_no_font_has_are_told_in_the_caption_and_nowhere_else(tmp_path, capfd):
    told = caption(tmp_path, "bold 龘 社区热点")
    assert told == "How to read it. Boxes stand for characters of names that no font here has: 龘."
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger(font_manager.__name__).level == logging.NOTSET


def test_chinese_names_need_no_font_that_is_installed(tmp_path, monkeypatch, capfd):
    theirs = [font for font in font_manager.fontManager.ttflist if font.name.startswith("DejaVu")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", theirs)
    assert caption(tmp_path, "bold 社区热点") == "How to read it."
    assert capfd.readouterr() == ("", "")


def test_the_font_has_every_letter_of_the_catalogue():
    known = style._characters_of(style._families())
    assert {
        letter for words in catalogue(CHINESE).values() for letter in words if not letter.isspace()
    } - known == set()
