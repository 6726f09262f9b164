"""What each strategy costs, in yuan per resident and year: what the police pay, what others pay, and both by item."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.paired import mean
from experiments.presentation.indicators import COST_TOTALS, indicator
from experiments.presentation.wording import number

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison


class CostRow(NamedTuple):
    """A total or an item of the accounts under a shortage.

    Its mean over the replications with each strategy, a dash where it is absent.
    """

    label: str
    total: bool
    texts: list[str]


def accounts(comparison: Comparison) -> list[str]:
    """Return the indicators of what all costs, those that were measured: what is pay alone is no cost."""
    return [
        name
        for name in COST_TOTALS
        if any(mean(comparison, *point, name) is not None for point in comparison.means_by_point)
    ]


def costs(comparison: Comparison) -> dict[str, list[CostRow]]:
    """Make the table of each shortage, the items of each payer below their sum.

    Empty where the runs have no whole accounts.
    """
    if not accounts(comparison):
        return {}
    strategies = [*comparison.policies, *comparison.bounds]
    noted = comparison.summary.columns
    names = [name for total in COST_TOTALS for name in (total, *(one for one in noted if one.startswith(f"{total}_")))]
    tables: dict[str, list[CostRow]] = {}
    for shortage in comparison.shortages:
        rows = [(name, [mean(comparison, shortage, strategy, name) for strategy in strategies]) for name in names]
        tables[shortage] = [
            CostRow(indicator(name).label, name in COST_TOTALS, [number(value) for value in values])
            for name, values in rows if any(values)
        ]  # fmt: skip
    return tables
