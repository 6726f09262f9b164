"""What the programmes did: every measure that they note, by strategy.

A strategy without the programme has none, so there is no difference to show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.paired import mean
from experiments.languages.speech import say
from experiments.presentation.indicators import SPENT, measure_name
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison


class Measure(NamedTuple):
    """One measure of a programme under a shortage.

    Its mean over the replications with each strategy, a dash where it is absent.
    """

    label: str
    texts: list[str]


def owners(comparison: Comparison) -> list[str]:
    """Return the strategies that have programmes, policies first."""
    return [
        name
        for name in (*comparison.policies, *comparison.bounds)
        if name in comparison.compositions and comparison.compositions[name].programmes
    ]


def measures(comparison: Comparison) -> dict[str, list[Measure]]:
    """Make the table of each shortage: totals or daily means over the measured days, as the programmes keep them.

    Empty without programmes.
    """
    strategies = owners(comparison)
    programmes = dict.fromkeys(name for strategy in strategies for name in comparison.compositions[strategy].programmes)
    columns: dict[str, list[str]] = {name: [] for name in programmes}
    for column in comparison.summary.columns:
        fitting = [name for name in programmes if column.startswith(f"{name}_")]
        if fitting:
            columns[max(fitting, key=len)].append(column)
    tables = {}
    for shortage in comparison.shortages:
        rows = []
        for programme, noted in columns.items():
            for column in noted:
                values = [mean(comparison, shortage, strategy, column) for strategy in strategies]
                largest = max((abs(value) for value in values if value is not None), default=None)
                if largest is not None:
                    decimals = 2 if largest < 10 else 1 if largest < 1000 else 0
                    label = measure_name(programme, column)
                    label = say("{measure}, yuan", measure=label) if column.endswith(SPENT) else label
                    rows.append(Measure(label, [number(value, decimals) for value in values]))
        if rows:
            tables[shortage] = rows
    return tables
