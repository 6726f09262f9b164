"""Names of all letters are drawn where a font has them, and the caption tells of those that none has."""

from __future__ import annotations

import logging

import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure

from experiments.presentation import style

TITLE = "bold 社区热点"


def draw(_subject):
    figure = Figure()
    figure.subplots().set_title(TITLE)
    return figure, "A title", "What it shows", "How to read it."


def caption(folder):
    return style.draw_all({"one": draw}, None, folder)["one"].caption


def test_characters_that_no_font_has_are_told_in_the_caption_and_nowhere_else(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(style, "CHINESE_FONTS", ("No Such Font",))
    told = caption(tmp_path)
    assert told.startswith("How to read it. Boxes stand for")
    assert all(character in told for character in "社区热点")
    assert "No Such Font" in told
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger(font_manager.__name__).level == logging.NOTSET


def test_a_font_that_was_installed_since_matplotlib_last_looked_is_used(tmp_path, monkeypatch, capfd):
    known = font_manager.fontManager.ttflist
    style._families()
    if not {*style.CHINESE_FONTS} & {font.name for font in known}:
        pytest.skip("no Chinese font is installed")
    files = {font.fname for font in known if font.name in style.CHINESE_FONTS}
    older = [font for font in known if font.fname not in files]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", older)
    assert caption(tmp_path) == "How to read it."
    assert capfd.readouterr() == ("", "")
