"""What people call the strategies, shortages, programmes and other named things of a study."""

from __future__ import annotations

import re

from experiments.languages.glossary import LEVERS, PROGRAMMES, SHORTAGES, STRATEGIES
from experiments.languages.speech import CHINESE, say, spoken
from experiments.presentation.wording import words
from experiments.settings.compose import WITH, WITHOUT
from experiments.settings.situation import TOGETHER

SIZED = re.compile(r"(\w+) (\d[\d.]*)( %| yuan)?")  # a lever with its size, as a situation names it
SIZES = {None: "{size} people", " %": "{size} %", " yuan": "{size} yuan"}
TENTHS = "一二三四五六七八九"  # 三成: three tenths
_TERMS = {group: {term.identifier: term for term in terms} for group, terms in (
    ("strategy", STRATEGIES), ("shortage", (*SHORTAGES, *LEVERS)), ("programme", PROGRAMMES)
)}  # fmt: skip


def strategy_name(name: str) -> str:
    """`hotspot` → `hot-spot patrol`, `integrated without visits` → `integrated policing without visits`."""
    whole, without, left_out = name.partition(WITHOUT)
    package, with_, added = whole.partition(WITH)
    shown = _term("strategy", package)
    if with_:
        shown = say("{strategy} with {programme}", strategy=shown, programme=programme_name(added))
    if without:
        shown = say("{strategy} without {programme}", strategy=shown, programme=programme_name(left_out))
    return shown


def shortage_name(name: str) -> str:
    """`uniform30` → `30 % fewer officers`, 三成缺编; `surge` → `surge of calls`; `auxiliaries 40` → its words, 40."""
    if (sized := SIZED.fullmatch(name)) and sized[1] in _TERMS["shortage"] and sized[1] != "uniform":
        size = say(SIZES[sized[3]], size=sized[2])
        return say("{lever} ({size})", lever=_term("shortage", sized[1]), size=size)
    percent = re.fullmatch(r"uniform ?(\d+)(?: %)?", name)  # as it is chosen, or as a scenario calls it
    if not percent:
        return _term("shortage", name)
    tenths, rest = divmod(int(percent[1]), 10)
    if spoken() == CHINESE and not rest and 0 < tenths < 10:
        return f"{TENTHS[tenths - 1]}成缺编"
    return say("{percent} % fewer officers", percent=int(percent[1]))


def option_name(name: str) -> str:
    """Return the name of a strategy, or of a lever; of several at once all of them."""
    if TOGETHER in name:
        return TOGETHER.join(map(option_name, name.split(TOGETHER)))
    return strategy_name(name) if name != strategy_name(name) else shortage_name(name)


def programme_name(name: str) -> str:
    """`base_data` → `base data`."""
    return _term("programme", name, plain=True)


def noun(identifier: str) -> str:
    """`patrol_stop` → `patrol stop`: the words of an identifier, in the language that is spoken."""
    return say(words(identifier))


def _term(group: str, name: str, plain: bool = False) -> str:
    """Return the words for an identifier; what has no term, such as a user's own, is called as it is written."""
    term = _TERMS[group].get(name)
    if term is None:
        return name
    return term.chinese if spoken() == CHINESE else words(name) if plain else term.english
