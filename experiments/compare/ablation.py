"""What each programme of a strategy is worth.

The strategy with all of them against itself with one left out, on the same seeds.

A point of the design that is named `integrated without visits` is read as the strategy `integrated` of the same
comparison, its programme `visits` left out. Differences are those of leaving it out: where a programme helps against
crime, there are more crimes without it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
from rich import box
from rich.table import Table
from rich.text import Text

from experiments.compare.composition import left_out
from experiments.compare.shortages import DROPPED, HIDING, STYLES, WHY_UNDECIDED, Cell, cell, mark
from experiments.compare.table import speller
from experiments.estimates.effects import FEWEST_FOR_INTERVAL, KEYS, effects
from experiments.presentation.indicators import decimals_for, effect, factor, indicator, mean, too_few

if TYPE_CHECKING:
    from rich.console import Console

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


def variants(comparison: Comparison) -> dict[str, dict[str, str]]:
    """Return strategy →.

    Its variant with a programme left out → that programme for all strategies that have such variants.
    """
    found: dict[str, dict[str, str]] = {}
    for name in comparison.strategies:
        if (parts := left_out(name, comparison.strategies)) is not None:
            found.setdefault(parts[0], {})[name] = parts[1]
    return found


def against_the_whole(comparison: Comparison, whole: str) -> Comparison:
    """Return the part of a comparison that holds a strategy and its variants, with the strategy as the baseline.

    The family of the simultaneous intervals is that of the variants alone.

    Raises
    ------
    ValueError
        When the comparison has no variant of the strategy.
    """
    if whole not in variants(comparison):
        raise ValueError(f"the comparison has no variant of {whole}, such as '{whole} without visits'")
    chosen = [whole, *variants(comparison)[whole]]
    kept = [name for name in comparison.summary.columns if name in (*KEYS, *OUTCOMES, DROPPED, *HIDING.values())]
    summary = comparison.summary.filter(pl.col("strategy").is_in(chosen)).select(kept)
    return replace(comparison, strategies=chosen, baseline=whole, summary=summary, effects=effects(summary, whole))


def ablation(comparison: Comparison, whole: str) -> pl.DataFrame:
    """Return the paired differences of leaving each programme out of a strategy.

    Parameters
    ----------
    comparison : Comparison
        With the strategy and variants of it, `<strategy> without <programme>`; other strategies do not matter.
    whole : str
        The strategy.

    Returns
    -------
    polars.DataFrame
        One row a shortage, programme and outcome: `shortage, strategy, programme, outcome, unit, level` (of the whole
        strategy), then `difference, low, high, low_simultaneous, high_simultaneous, p_adjusted` in that unit, and
        `without`: better, worse, or empty where the 95 % interval decides nothing.
    """
    part = against_the_whole(comparison, whole)
    found = part.effects.filter(pl.col("kind") == "strategy")
    rows = []
    for row in found.filter(pl.col("indicator").is_in(list(OUTCOMES))).iter_rows(named=True):
        name, by = row["indicator"], factor(row["indicator"], part.residents, part.days)
        numbers = {
            limit: None if row[limit] is None else row[limit] * (1 if limit == "p_adjusted" else by) for limit in LIMITS
        }
        rows.append({
            "shortage": row["shortage"], "strategy": whole, "programme": variants(comparison)[whole][row["strategy"]],
            "outcome": name,
            "unit": indicator(name, part.currency).unit,
            "level": None if row["mean_baseline"] is None else row["mean_baseline"] * by, **numbers,
            "without": mark(part, "strategy", row["shortage"], row["strategy"], name),
        })  # fmt: skip
    words = dict.fromkeys(("shortage", "strategy", "programme", "outcome", "unit"), pl.String)
    return pl.DataFrame(rows, schema={**words, **dict.fromkeys(("level", *LIMITS), pl.Float64), "without": pl.String})


def removals(comparison: Comparison) -> dict[tuple[str, str], list[Removal]]:
    """Make the tables of every strategy with variants: (strategy, shortage) → a row a programme."""
    tables, names = {}, outcomes(comparison)
    for whole, of_whole in variants(comparison).items():
        part = against_the_whole(comparison, whole)
        found = {
            (shortage, variant, name): effect(part, "strategy", shortage, variant, name)
            for shortage in part.shortages for variant in of_whole for name in names
        }  # fmt: skip
        decimals = {name: decimals_for([it for key, it in found.items() if key[2] == name]) for name in names}
        for shortage in part.shortages:
            rows = []
            for variant, programme in of_whole.items():
                cells = {}
                for name in names:
                    judged = mark(part, "strategy", shortage, variant, name)
                    cells[name] = cell(
                        found[shortage, variant, name], mean(part, shortage, variant, name), decimals[name], judged
                    )
                rows.append(Removal(programme, cells))
            tables[whole, shortage] = rows
    return tables


def outcomes(comparison: Comparison) -> list[str]:
    """Return the outcomes that were measured."""
    return [
        name
        for name in OUTCOMES
        if any(mean(comparison, *point, name) is not None for point in comparison.means_by_point)
    ]


def ablation_csv(comparison: Comparison) -> str:
    """Write `ablation` of every strategy with variants as CSV, unrounded, empty when absent."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    tables = [ablation(comparison, whole) for whole in variants(comparison)]
    for i, table in enumerate(tables):
        if i == 0:
            out.writerow(table.columns)
        out.writerows(
            [
                ["" if value is None else f"{value:.6g}" if isinstance(value, float) else value for value in row]
                for row in table.iter_rows()
            ]
        )
    return text.getvalue()


def print_ablation(console: Console, comparison: Comparison) -> None:
    """Print what leaving each programme out changes, a block a strategy and shortage.

    Nothing where no strategy has variants.
    """
    spell, names = speller(console), outcomes(comparison)
    everything = removals(comparison)
    for (whole, shortage), rows in everything.items():
        console.print()
        console.print(Text(spell(f"What leaving a programme out of {whole} changes, under {shortage}"), style="bold"))
        room = max(1, (console.width - 24) // 11)  # outcomes beside each other
        for part in (names[i : i + room] for i in range(0, len(names), room)):
            table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
            table.add_column("without", overflow="fold")
            for name in part:
                table.add_column(Text(spell(OUTCOMES[name])), justify="right", overflow="fold")
            for row in rows:
                cells = [row.cells[name] for name in part]
                texts = [Text(spell(one.short), style=STYLES[one.mark]) for one in cells]
                table.add_row(Text(row.programme), *texts)
            console.print()
            console.print(table)
    if everything:
        console.print()
        n = comparison.replications
        undecided = (
            f"{too_few(n)} for intervals"
            if n < FEWEST_FOR_INTERVAL
            else f"{WHY_UNDECIDED}; not adjusted for multiple comparisons"
        )
        by_unit: dict[str, list[str]] = {}
        for name in names:
            by_unit.setdefault(indicator(name, comparison.currency).unit, []).append(OUTCOMES[name].lower())
        units = "; ".join(f"{', '.join(of_unit)}: {unit}" for unit, of_unit in by_unit.items())
        console.print(Text(spell(f"Paired differences; {undecided}. {units[0].upper()}{units[1:]}."), style="dim"))
