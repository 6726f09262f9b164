"""Writes `report.html`.

One file that opens from disk with no network, with the answer, the table, the figures and all assumptions.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.compare.ablation import ablation_csv, removals
from experiments.compare.ablation import outcomes as ablation_outcomes
from experiments.compare.answer import sentences
from experiments.compare.attainable import attained
from experiments.compare.composition import Composition, anchors, left_out
from experiments.compare.costs import costs
from experiments.compare.hours import hours_csv, hours_rows
from experiments.compare.notices import notices
from experiments.compare.pictures import draw_comparison
from experiments.compare.programmes import measures, owners
from experiments.compare.ranking import SIGNS
from experiments.compare.shortages import blocks, note, outcomes, reasons, shortages_csv
from experiments.compare.table import as_csv, columns, duty, footnotes, rows, shortage_line
from experiments.estimates.effects import FEWEST_FOR_INTERVAL, KEYS, PRIMARY
from experiments.presentation.indicators import (
    CHINESE,
    DAGGER,
    decimals_for,
    difference,
    effect,
    indicator,
    mean,
    number,
    promise,
    titled,
    too_few,
    words,
)
from experiments.presentation.page import csv_link, image_links, provenance_lines, shown_value, templates

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

REPORT = "report.html"
RESPONSES = (
    (PRIMARY[2], "response_p1_p90_min"), ("response_p2_median_min", "response_p2_p90_min"),
    ("response_p3_median_min", "response_p3_p90_min"),
    ("calls_waiting_p90_min",), ("calls_unserved_share",),
)  # fmt: skip
SIGNED = (
    f"Colour and sign (✓ better, ✗ worse) only where the 95 % interval excludes 0 and has no {DAGGER}, which says "
    "that it may be too narrow"
)
NO_INDICATORS = ("residents", "days")  # the same in every run


class Kit(NamedTuple):
    """A strategy as the page tells it.

    The fragment of its place, its class's sentence, what it is made of, and the programme that was left out.
    """

    anchor: str
    sentence: str
    made_of: Composition | None
    without: str


class Programme(NamedTuple):
    """A programme as the page tells it: the fragment of its place, its sentence, and the strategies that have it."""

    anchor: str
    sentence: str
    strategies: list[str]


class IndicatorRow(NamedTuple):
    """One indicator under one shortage: its mean with the baseline, and the difference of each other strategy."""

    label: str
    unit: str
    baseline: str
    differences: list[str]


class Assumption(NamedTuple):
    """One parameter as the report shows it; `default` is None when it is not known or not different."""

    parameter: str
    value: str
    unit: str
    source: str
    doc: str
    default: str | None


def write_report(comparison: Comparison, folder: Path | str, workers: int | None = 1) -> Path:
    """Draw the figures into `folder/figures` and write `folder/report.html`.

    Parameters
    ----------
    comparison : Comparison
        What was found.
    folder : Path or str
        An existing folder.
    workers : int or None
        Number of processes that draw; None: one a core.

    Returns
    -------
    Path
        The report; it appears whole or not at all.
    """
    folder = Path(folder)
    (folder / "figures").mkdir(exist_ok=True)
    pictures = draw_comparison(comparison, folder / "figures", workers)
    environment = templates()
    environment.filters |= {"nowrap": _nowrap, "in_brackets": _in_brackets, "words": words}
    csv = as_csv(comparison)
    html = environment.get_template("report.html.j2").render(
        comparison=comparison,
        city=comparison.scenario.get("city", {}),
        others=comparison.rivals,
        chinese=CHINESE,
        kits=_kits(comparison),
        programmes=_programmes(comparison),
        measures=measures(comparison),
        owners=owners(comparison),
        signs=SIGNS,
        answer=sentences(comparison),
        columns=columns(comparison),
        rows=rows(comparison),
        shortage_lines={shortage: shortage_line(comparison, shortage) for shortage in comparison.shortages},
        duty={shortage: duty(comparison, shortage) for shortage in comparison.shortages},
        footnotes=footnotes(comparison),
        notices={shortage: notices(comparison, shortage) for shortage in comparison.shortages},
        costs=costs(comparison),
        outcomes=[indicator(name) for name in outcomes(comparison)],
        shortage_blocks=blocks(comparison),
        reasons=reasons(comparison),
        shortage_note=note(comparison, SIGNED),
        shortages_link=csv_link(shortages_csv(comparison)),
        hours=hours_rows(comparison),
        hours_link=csv_link(hours_csv(comparison)),
        attained={shortage: attained(comparison, shortage) for shortage in comparison.shortages},
        removals=removals(comparison),
        removed_outcomes=[indicator(name, comparison.currency) for name in ablation_outcomes(comparison)],
        ablation_link=csv_link(ablation_csv(comparison)),
        csv=csv,
        csv_link=csv_link(csv),
        pictures=pictures,
        images=image_links(pictures),
        responses=_responses(comparison),
        indicators={shortage: _indicators(comparison, shortage) for shortage in comparison.shortages},
        method=_method(comparison.replications),
        assumptions=_assumptions(comparison.assumptions),
        files=[{**file, "rejected": _reasons(file.get("rejected"))} for file in comparison.files],
        provenance=provenance_lines(comparison.provenance),
        number=number,
        promise=promise,
        titled=titled,
    )
    temporary = folder / f".{REPORT}.{os.getpid()}"
    try:
        temporary.write_text(html, encoding="utf-8")
        temporary.replace(folder / REPORT)
    finally:
        temporary.unlink(missing_ok=True)
    return folder / REPORT


def _kits(comparison: Comparison) -> dict[str, Kit]:
    places = anchors("strategy", comparison.strategies)
    kits = {}
    for name in (*comparison.policies, *comparison.bounds):
        made_of, parts = comparison.compositions.get(name), left_out(name, comparison.strategies)
        kits[name] = Kit(places[name], made_of.sentence if made_of else "", made_of, parts[1] if parts else "")
    return kits


def _programmes(comparison: Comparison) -> dict[str, Programme]:
    sentences_of = {
        name: text for made_of in comparison.compositions.values() for name, text in made_of.programmes.items()
    }
    places = anchors("programme", list(sentences_of))
    owners = {
        name: [
            one for one in comparison.strategies if name in getattr(comparison.compositions.get(one), "programmes", {})
        ]
        for name in sentences_of
    }
    return {name: Programme(places[name], text, owners[name]) for name, text in sentences_of.items()}


def _responses(comparison: Comparison) -> list[tuple[str, str, list[str], str]]:
    """Response times of each strategy under each shortage, and the difference of the median for priority 1."""
    found = []
    for shortage in comparison.shortages:
        for strategy in (*comparison.policies, *comparison.bounds):
            values = [
                " / ".join(number(mean(comparison, shortage, strategy, name)) for name in names) for names in RESPONSES
            ]
            it = effect(comparison, "strategy", shortage, strategy, PRIMARY[2])
            found.append(
                (
                    shortage,
                    strategy,
                    values,
                    "baseline" if strategy == comparison.baseline else difference(it, decimals_for([it])),
                )
            )
    return found


def _indicators(comparison: Comparison, shortage: str) -> list[IndicatorRow]:
    """Every indicator that was measured under a shortage."""
    others = comparison.rivals
    shown = []
    for name in comparison.summary.columns:
        value = mean(comparison, shortage, comparison.baseline, name) if name not in (*KEYS, *NO_INDICATORS) else None
        if value is None:
            continue
        found = [effect(comparison, "strategy", shortage, other, name) for other in others]
        decimals = decimals_for(found)
        it = indicator(name, comparison.currency)
        shown.append(
            IndicatorRow(it.label, it.unit, number(value, decimals), [difference(one, decimals) for one in found])
        )
    return shown


def _method(replications: int) -> str:
    """Say how the 95 % intervals were computed."""
    if replications < FEWEST_FOR_INTERVAL:
        return (
            f"{too_few(replications)} for an interval; at least {FEWEST_FOR_INTERVAL} are needed, and 20 or more are "
            "better."
        )
    return (
        "It is Student's t interval of the mean paired difference; that of a count reaches at least as far as events "
        "may that are so rare that no pair of "
        "runs shows one (rule of three). Where all pairs differ by the same there is no interval, since they do not "
        "show chance. "
        f"A dagger ({DAGGER}) means that it may be too narrow: were the largest step between two runs of one strategy "
        "to happen in one more pair, the "
        "difference would move out of it. More replications, more days or a larger city are needed there."
    )


def _assumptions(items: Sequence[dict[str, Any]]) -> dict[str, list[Assumption]]:
    """Group parameters by the part of the model they belong to; those known to differ from their default come first."""
    groups: dict[str, list[Assumption]] = {}
    changed = []
    for item in items:
        differs = "default" in item and item["default"] != item["value"]
        shown = Assumption(
            item["parameter"],
            shown_value(item["value"]),
            item["unit"] or "",
            item["source"] or "",
            item["doc"] or "",
            shown_value(item["default"]) if differs else None,
        )
        part, _, rest = shown.parameter.partition(".")
        groups.setdefault(words(part) if rest else "the run", []).append(shown)
        if differs:
            changed.append(shown)
    return {"changed from the default": changed, **groups} if changed else groups


def _nowrap(text: str) -> str:
    """Keep a number and its unit on one line."""
    return re.sub(r"(?<=\d) (?=%|min)|(?<=priority) (?=\d)", "\u00a0", text)


def _in_brackets(text: str) -> str:
    """Keep what stands in brackets on one line."""
    return re.sub(r"\([^)]*\)", lambda found: found[0].replace(" ", "\u00a0"), text)


def _reasons(rejected: Any) -> list[tuple[str, int]]:
    """Reasons why rows were not used, the most frequent first."""
    return sorted((rejected or {}).items(), key=lambda item: -item[1])
