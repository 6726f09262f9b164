"""What each programme of a strategy is worth.

The strategy with all of them against itself with one left out, on the same seeds.

A point of the design that is named `integrated without visits` is read as the strategy `integrated` of the same
comparison, its programme `visits` left out. Differences are those of leaving it out: where a programme helps against
crime, there are more crimes without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from experiments.compare.cells import HIDING, Cell, cell, mark
from experiments.compare.composition import left_out
from experiments.compare.paired import decimals_for, effect, mean
from experiments.estimates.effects import KEYS, effects
from experiments.presentation.indicators import UNSERVED, factor, indicator
from experiments.presentation.wording import csv_text

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

OUTCOMES = {  # indicator → heading on the terminal
    "crimes_total": "Crimes", "crimes_place": "At places", "crimes_fraud": "Frauds", "fraud_loss": "Fraud loss",
    "harm_total": "Harm",
    "disputes_escalated": "Dispute assaults", "trust": "Trust", "perceived_safety": "Safety",
    "response_p1_median_min": "P1",
    "calls_unserved_share": "Not served", "clearance_rate": "Cleared", "fatigue_mean": "Fatigue",
}  # fmt: skip
LIMITS = ("difference", "low", "high", "low_simultaneous", "high_simultaneous", "p_adjusted")


class Removal(NamedTuple):
    """One programme left out; `cells` by outcome, of which the differences tell."""

    programme: str
    cells: dict[str, Cell]


class Ablation(NamedTuple):
    """What leaving programmes out changes; everything is empty where no strategy has variants.

    Attributes
    ----------
    outcomes : list of str
        Those that were measured.
    tables : mapping
        Strategy → its differences as a frame, see `differences_without`.
    rows : mapping
        (strategy, shortage) → a row a programme.
    csv : str
        The tables of all strategies, unrounded.
    """

    outcomes: list[str]
    tables: Mapping[str, pl.DataFrame]
    rows: Mapping[tuple[str, str], list[Removal]]
    csv: str


def ablation(comparison: Comparison) -> Ablation:
    """Work out what each programme is worth, for every strategy that has variants; each is estimated once."""
    wholes = variants(comparison)
    parts = {whole: _against_the_whole(comparison, whole, of_whole) for whole, of_whole in wholes.items()}
    outcomes = _outcomes(comparison)
    tables = {whole: _differences(part, wholes[whole]) for whole, part in parts.items()}
    rows = {
        key: of_key for whole, part in parts.items() for key, of_key in _rows(part, wholes[whole], outcomes).items()
    }
    header = [table.columns for table in tables.values()][:1]
    return Ablation(
        outcomes, tables, rows, csv_text([*header, *(row for table in tables.values() for row in table.iter_rows())])
    )


def variants(comparison: Comparison) -> dict[str, dict[str, str]]:
    """Return strategy → its variant with a programme left out → that programme, for all strategies with variants."""
    found: dict[str, dict[str, str]] = {}
    for name in comparison.strategies:
        if (parts := left_out(name, comparison.strategies)) is not None:
            found.setdefault(parts[0], {})[name] = parts[1]
    return found


def _against_the_whole(comparison: Comparison, whole: str, of_whole: Mapping[str, str]) -> Comparison:
    """Return the part of a comparison that holds a strategy and its variants, with the strategy as the baseline.

    The family of the simultaneous intervals is that of the variants alone.
    """
    chosen = [whole, *of_whole]
    kept = [name for name in comparison.summary.columns if name in (*KEYS, *OUTCOMES, UNSERVED, *HIDING.values())]
    summary = comparison.summary.filter(pl.col("strategy").is_in(chosen)).select(kept)
    return replace(comparison, strategies=chosen, baseline=whole, summary=summary, effects=effects(summary, whole))


def _differences(part: Comparison, of_whole: Mapping[str, str]) -> pl.DataFrame:
    """Return the paired differences of leaving each programme out of a strategy.

    Returns
    -------
    polars.DataFrame
        One row per shortage, programme and outcome: `shortage, strategy, programme, outcome, unit, level` (of the whole
        strategy), then `difference, low, high, low_simultaneous, high_simultaneous, p_adjusted` in that unit, and
        `without`: better, worse, or empty where the 95 % interval decides nothing.
    """
    found = part.effects.filter(pl.col("kind") == "strategy")
    rows = []
    for row in found.filter(pl.col("indicator").is_in(list(OUTCOMES))).iter_rows(named=True):
        name, by = row["indicator"], factor(row["indicator"], part.residents, part.days)
        numbers = {
            limit: None if row[limit] is None else row[limit] * (1 if limit == "p_adjusted" else by) for limit in LIMITS
        }
        rows.append({
            "shortage": row["shortage"], "strategy": part.baseline, "programme": of_whole[row["strategy"]],
            "outcome": name,
            "unit": indicator(name, part.currency).unit,
            "level": None if row["mean_baseline"] is None else row["mean_baseline"] * by, **numbers,
            "without": mark(part, "strategy", row["shortage"], row["strategy"], name),
        })  # fmt: skip
    words = dict.fromkeys(("shortage", "strategy", "programme", "outcome", "unit"), pl.String)
    return pl.DataFrame(rows, schema={**words, **dict.fromkeys(("level", *LIMITS), pl.Float64), "without": pl.String})


def _rows(part: Comparison, of_whole: Mapping[str, str], names: list[str]) -> dict[tuple[str, str], list[Removal]]:
    """Make a row a programme, by (strategy, shortage)."""
    found = {
        (shortage, variant, name): effect(part, "strategy", shortage, variant, name)
        for shortage in part.shortages for variant in of_whole for name in names
    }  # fmt: skip
    decimals = {name: decimals_for([it for key, it in found.items() if key[2] == name]) for name in names}
    tables: dict[tuple[str, str], list[Removal]] = {}
    for shortage in part.shortages:
        rows = tables[part.baseline, shortage] = []
        for variant, programme in of_whole.items():
            cells = {}
            for name in names:
                judged, level = mark(part, "strategy", shortage, variant, name), mean(part, shortage, variant, name)
                cells[name] = cell(found[shortage, variant, name], level, decimals[name], judged)
            rows.append(Removal(programme, cells))
    return tables


def _outcomes(comparison: Comparison) -> list[str]:
    """Return the outcomes that were measured."""
    return [
        name
        for name in OUTCOMES
        if any(mean(comparison, *point, name) is not None for point in comparison.means_by_point)
    ]
