"""All words that commands, pages and figures surely say, as they stand in the source; each has to be Chinese, too.

`PYTHONPATH=.:tests/support python tests/support/spoken_words.py` counts them, and names those that are not translated.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from refusals import refusals_in

from app.replay.data import player_words
from experiments.compare.composition import first_paragraph
from experiments.inspection.page import _otherwise
from experiments.languages.speech import CHINESE, catalogue
from experiments.mechanisms.activity_study import ACTIVITIES, MEASURES, STOPS
from experiments.mechanisms.figures import CAMPAIGN_PANELS
from experiments.mechanisms.network_figure import LINES
from experiments.mechanisms.tables import DISPUTE_ROWS, FRAUD_ROWS
from experiments.patterns.left_out import EXACT, LEFT_OUT
from experiments.patterns.published import published
from experiments.patterns.studies import MIX_NAMES, REMEDIES, STRUCTURES, VARIANTS
from experiments.validate.figures import WEEKDAYS
from experiments.validate.findings import VERDICTS as OF_PATTERNS
from experiments.validate.force_tables import HOLDS, SHRINKS, SPIRALS, UNKNOWN
from scenarios.parts import cost
from scenarios.shortages import LEVERS, SHORTAGES
from sim.city.call_stages import INTERVALS, STAGES
from sim.city.recorded_types import KINDS
from sim.city.tables import OTHERS
from sim.incident_types import SUBTYPE_NAMES, TYPE_NAMES
from sim.programmes.base import programmes
from sim.strategies.base import registered, strategy_class
from sim.strategies.organisations import ORGANISATIONS

ROOT = Path(__file__).parents[2]
SOURCES = [
    path for folder in ("sim/city", "experiments", "beatlab", "app") for path in sorted((ROOT / folder).rglob("*.py"))
]
RAISING = [
    path for folder in ("sim", "scenarios", "experiments", "beatlab", "app") for path in (ROOT / folder).rglob("*.py")
]
OF_PROGRAMS = (  # errors of code that calls ours wrongly, which no user of a command meets
    "sim/columns.py", "sim/population.py", "sim/police/post_ledger.py",
    "experiments/estimates/components.py", "experiments/estimates/effects.py",
)  # fmt: skip
TEMPLATES = (
    "inspect.html.j2", "parts.html.j2", "brief.html.j2", "report.html.j2", "appendix.html.j2", "sweep.html.j2",
    "mechanisms.html.j2", "optimise.html.j2", "sensitivity.html.j2", "trial.html.j2", "validate.html.j2",
    "calibrate.html.j2", "mechanisms.html.j2", "optimise.html.j2", "sensitivity.html.j2", "validate.html.j2",
    "lesson.html.j2",
)  # fmt: skip
SPOKEN = {"Notice", "say", "in_words", "_found", "reject"}  # whose words are sentences
NAMED = {"said", "words", "unit", "ARISING", "MANY", "URGENT_ALONE"}  # names of sentences before they are spoken
VERDICTS = {*OF_PATTERNS, HOLDS, SHRINKS, SPIRALS, UNKNOWN}
NOT_SPOKEN = {"D", "Y", "M", "field", "value"}


def literals(node: ast.AST | None) -> Iterator[str]:
    """Yield the texts that an expression may be: a constant, one of two, or one of several."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from literals(one)
            yield from literals(other)


def spoken_in(source: str) -> set[str]:
    """Return the words that a module speaks, as far as they stand in it."""
    out: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[*args]) if name in SPOKEN:
                at = {"reject": 1, "_found": 2}.get(name, 0)
                out.update(literals(args[at] if len(args) > at else None))
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMED:
                out.update(literals(value))
    return {text for text in out if is_words(text) and text not in NOT_SPOKEN}


def is_words(text: str) -> bool:
    """Whether a text has letters beside the names of its values."""
    return bool(re.search(r"[^\W\d_]", re.sub(r"{.*?}", "", text)))


def every_word() -> set[str]:
    """Return all words that are surely said."""
    out = {doc for _, doc in _otherwise()} | set(KINDS) | {*STAGES, *INTERVALS}
    out |= {words for _, *said in OTHERS for words in said}
    for template in TEMPLATES:
        text = (ROOT / "experiments/presentation/templates" / template).read_text(encoding="utf-8")
        found = re.findall(r'\bt\("([^"]*)"(?: if [^}]*? else "([^"]*)")?', text)
        out |= {words for both in found for words in both if is_words(words)}
    for path in SOURCES:
        out |= spoken_in(path.read_text(encoding="utf-8"))
    classes = (*map(strategy_class, registered()), *programmes().values())  # those of other tests may be among them
    out |= {first_paragraph(one) for one in classes if one.__module__.startswith("sim.")} | {
        one.doc for one in ORGANISATIONS.values()
    }
    out |= {text for row in (*FRAUD_ROWS, *DISPUTE_ROWS) for text in row[:2] if is_words(text)} | {
        *ACTIVITIES,
        STOPS,
        *MEASURES.values(),
    }
    out |= {text for _, text in CAMPAIGN_PANELS} | {text for *_, text in LINES.values()} | set(WEEKDAYS)
    for it in published():
        texts = (it.about, it.title, it.unit, it.source, it.use, it.quality, *it.notes.values())
        out |= set(filter(is_words, texts))
    out |= {text for one in LEFT_OUT for text in one if is_words(text)} | {what for what, _ in EXACT}
    out |= {*MIX_NAMES.values(), *VARIANTS.values(), *REMEDIES.values(), *STRUCTURES.values()} | VERDICTS
    out |= {words.replace("_", " ") for words in (*TYPE_NAMES, *SUBTYPE_NAMES) if words}
    out |= {words for words in player_words() if is_words(words)}
    return out | {text for name in (*SHORTAGES, *LEVERS) if (text := cost({"kind": name}))}


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def errors() -> dict[str, set[str]]:
    """Return the sentences of all errors, each with the modules that have it."""
    out: dict[str, set[str]] = {}
    for path in RAISING:
        name = str(path.relative_to(ROOT))
        for one in refusals_in(path.read_text(encoding="utf-8"))[0] if name not in OF_PROGRAMS else ():
            out.setdefault(one, set()).add(name)
    return out


def untranslated(words: set[str]) -> list[str]:
    """Return those of some words for which there are no Chinese ones."""
    known = catalogue(CHINESE)
    return sorted(one for one in words if one not in known and one.replace("{{", "{").replace("}}", "}") not in known)


if __name__ == "__main__":
    lacking = {what: untranslated(said) for what, said in (("said", every_word()), ("refused", set(errors())))}
    sys.stdout.write("".join(f"{what}: {one}\n" for what, words in lacking.items() for one in words))
    counts = f"{len(every_word())} texts, {len(errors())} errors"
    sys.stdout.write(f"{counts}; untranslated: {sum(map(len, lacking.values()))}\n")
    sys.exit(any(lacking.values()))
