"""Writes the pages of a comparison, which open from disk with no network.

`brief.html` is one sheet for who decides, `report.html` has the numbers and figures behind it, and `appendix.html` all
indicators and assumptions for who checks them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.compare.equity import HEADS as EQUITY_HEADS
from experiments.compare.equity import NOTE as EQUITY_NOTE
from experiments.compare.equivalents_table import NOTE as EQUIVALENTS_NOTE
from experiments.compare.equivalents_table import officers_tables
from experiments.compare.ranking import SIGNS
from experiments.compare.robustness_table import NOTE as ROBUSTNESS_NOTE
from experiments.compare.robustness_table import SOURCES
from experiments.compare.shortages import note
from experiments.compare.turning import NOTE as TURNING_NOTE
from experiments.compare.unit_costs import NOTE
from experiments.languages.speech import say
from experiments.presentation.indicators import indicator
from experiments.presentation.letters import with_letters
from experiments.presentation.names import noun
from experiments.presentation.page import image_links, provenance_lines, templates
from experiments.presentation.wording import number, promise

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.compare.findings import Findings
    from experiments.presentation.pictures import Picture

REPORT = "report.html"
PAGES = ("brief.html", REPORT, "appendix.html")
SIGNED = (
    "Colour and sign (✓ better, ✗ worse) only where the 95 % interval excludes 0 and has no †, which says that it may "
    "be too narrow"
)


def write_pages(findings: Findings, pictures: Mapping[str, Picture], folder: Path) -> None:
    """Write the pages in the language that is spoken; each appears whole or not at all.

    Parameters
    ----------
    findings : Findings
        What was found.
    pictures : mapping
        The figures that were drawn, by name.
    folder : Path
        An existing folder.
    """
    comparison = findings.comparison
    environment = templates()
    environment.filters |= {"nowrap": _nowrap, "in_brackets": _in_brackets}
    environment.filters["indicator"] = lambda name: indicator(name, comparison.currency)
    environment.globals |= {
        "findings": findings,
        "comparison": comparison,
        "title": _title(comparison),
        "facts": _facts(comparison),
        "pictures": pictures,
        "equity_heads": EQUITY_HEADS,
        "equity_note": EQUITY_NOTE,
        "images": image_links(pictures),
        "promise": lambda text: promise(comparison.replications, text),
        "signs": SIGNS,
        "unit_cost_note": say(NOTE),
        "robustness_note": say(ROBUSTNESS_NOTE),
        "turning_note": say(TURNING_NOTE),
        "sources": {name: say(text) for name, text in SOURCES.items()},
        "equivalents_note": say(EQUIVALENTS_NOTE),
        "officers_tables": officers_tables(findings.equivalents),
        "shortage_note": note(comparison.replications, SIGNED),
        "shortages_told_first": sorted(comparison.shortages, key=lambda name: name != findings.told),
        "files": [{**file, "rejected": _reasons(file.get("rejected"))} for file in comparison.files],
        "provenance": provenance_lines(comparison.provenance),
    }
    for page in PAGES:
        html = environment.get_template(f"{page}.j2").render()
        temporary = folder / f".{page}.{os.getpid()}"
        try:
            temporary.write_text(with_letters(html.lstrip()), encoding="utf-8")
            temporary.replace(folder / page)
        finally:
            temporary.unlink(missing_ok=True)


def _title(comparison: Comparison) -> str:
    if comparison.situation is not None:
        return comparison.situation
    city = str(comparison.scenario.get("city", {}).get("name", "city"))
    return say("Policing strategies compared: {city}", city=noun(city))


def _facts(comparison: Comparison) -> str:
    """Say what was simulated."""
    facts = {
        "residents": number(comparison.residents, 0),
        "days": comparison.days,
        "warmup": comparison.scenario.get("warmup_days") or 0,
        "n": comparison.replications,
        "combinations": len(comparison.strategies) * len(comparison.shortages),
    }
    words = (
        "{residents} residents · {days} days measured after {warmup} warm-up days, which are excluded · {n} paired "
        "replications of each of {combinations} combinations"
    )
    return say(words, **facts)


def _nowrap(text: str) -> str:
    """Keep a number and its unit on one line."""
    return re.sub(r"(?<=\d) (?=%|min)|(?<=priority) (?=\d)", "\u00a0", text)


def _in_brackets(text: str) -> str:
    """Keep what stands in brackets on one line."""
    return re.sub(r"\([^)]*\)", lambda found: found[0].replace(" ", "\u00a0"), text)


def _reasons(rejected: Any) -> list[tuple[str, int]]:
    """Reasons why rows were not used, the most frequent first."""
    return sorted((rejected or {}).items(), key=lambda item: -item[1])
