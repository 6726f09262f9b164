"""What each shortage does: paired differences to the first shortage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from experiments.compare.cells import Cell, cell, mark
from experiments.compare.paired import decimals_for, difference, effect, mean
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.languages.speech import say, sentences
from experiments.presentation.indicators import indicator
from experiments.presentation.names import shortage_name, strategy_name
from experiments.presentation.wording import csv_text

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison
    from experiments.compare.paired import Effect

OUTCOMES = {  # indicator → heading on the terminal, in two lines
    "officers_on_duty_mean": "On duty\nmean",
    "officers_on_duty_night": "On duty\n03 h",
    "officers_on_duty_day": "On duty\n15 h",
    "response_p1_median_min": "P1\nmin",
    "response_p3_median_min": "P3\nmin",
    "calls_waiting_mean": "Calls\nwaiting",
    "calls_unserved_share": "Not\nserved %",
    "clearance_rate": "Cleared\n%",
    "backlog": "Backlog\ncases",
    "overtime_hours": "Overtime\nh",
    "fatigue_mean": "Fatigue\n0–100",
    "attrition": "Attrition\n%/yr",
    "crimes_total": "Crimes per\n1,000 a yr",
    "cost_police": "Police yuan\na resident, yr",
    "cost_others": "Others yuan\na resident, yr",
}
NOTE = (
    "Paired differences on the same seeds. {undecided}. Not adjusted for multiple comparisons: of the numbers that "
    "nothing has changed, one in twenty would stand out. Nothing is called better where more calls are not served, nor "
    "a backlog where more cases are closed unsolved, nor officers where more of them leave. Waits and responses count "
    "who was never served; 'never': too many are not. Money: yuan per resident per year."
)
LIMITS = ("before", "after", "difference", "low", "high")


class ShortageRow(NamedTuple):
    """One shortage under one strategy; `cells` by outcome.

    `levels`: it is the first shortage, which has no differences.
    """

    strategy: str
    shortage: str
    cells: dict[str, Cell]
    levels: bool


class Block(NamedTuple):
    """A table of rows that share a strategy or a shortage; `heads` are the heads of the rows."""

    title: str
    what: str  # what the heads are
    heads: list[str]
    rows: list[ShortageRow]


Effects = Mapping[tuple[str, str, str], "Effect | None"]  # by (strategy, shortage, outcome)


class Shortages(NamedTuple):
    """What the shortages of a comparison do.

    Attributes
    ----------
    outcomes : list of str
        Those that were measured; none where there is one shortage alone.
    effects : mapping
        (strategy, shortage, outcome) → paired difference to the first shortage, which is left out itself.
    rows : list of ShortageRow
        Shortages within strategies.
    blocks : list of Block
        The same rows, a block a table.
    reasons : dict
        Shortage or lever → what it costs, and what was measured of that.
    csv : str
        Every difference, unrounded.
    """

    outcomes: list[str]
    effects: Effects
    rows: list[ShortageRow]
    blocks: list[Block]
    reasons: dict[str, str]
    csv: str


def shortages(comparison: Comparison) -> Shortages:
    """Work out what each shortage does."""
    names = outcomes(comparison)
    effects = {
        (strategy, shortage, name): effect(comparison, "shortage", shortage, strategy, name)
        for strategy in comparison.strategies
        for shortage in comparison.shortages[1:]
        for name in names
    }
    rows = _rows(comparison, names, effects)
    return Shortages(
        names, effects, rows, _blocks(comparison, rows), _reasons(comparison), _csv(comparison, effects, rows)
    )


def outcomes(comparison: Comparison) -> list[str]:
    """Return the outcomes that were measured under the first shortage or any other.

    None where there is one shortage alone.
    """
    if len(comparison.shortages) < 2:
        return []
    points = list(comparison.means_by_point)
    return [name for name in OUTCOMES if any(mean(comparison, *point, name) is not None for point in points)]


def _rows(comparison: Comparison, names: list[str], effects: Effects) -> list[ShortageRow]:
    """Make the rows of the table, shortages within strategies; the first shortage has levels and no differences."""
    decimals = {name: decimals_for([it for key, it in effects.items() if key[2] == name]) for name in names}
    table = []
    for strategy in comparison.strategies:
        for shortage in comparison.shortages:
            cells = {}
            for name in names:
                judged = mark(comparison, "shortage", shortage, strategy, name)
                level = mean(comparison, shortage, strategy, name)
                cells[name] = cell(effects.get((strategy, shortage, name)), level, decimals[name], judged)
            table.append(ShortageRow(strategy, shortage, cells, shortage == comparison.shortages[0]))
    return table


def _blocks(comparison: Comparison, everything: list[ShortageRow]) -> list[Block]:
    """Share the rows out to few tables.

    One per strategy, or one per shortage where there are more strategies than shortages.
    """
    if len(comparison.strategies) <= len(comparison.shortages):
        what = say("Shortage or lever" if comparison.levers else "Shortage")
        parts = {name: [row for row in everything if row.strategy == name] for name in comparison.strategies}
        return [
            Block(strategy_name(name), what, [shortage_name(row.shortage) for row in of_part], of_part)
            for name, of_part in parts.items()
        ]
    parts = {name: [row for row in everything if row.shortage == name] for name in comparison.shortages}
    return [
        Block(shortage_name(name), say("Strategy"), [strategy_name(row.strategy) for row in of_part], of_part)
        for name, of_part in parts.items()
    ]


def note(replications: int, undecided: str) -> str:
    """Say what the numbers are; `undecided` says how those look that no interval decides, where there are intervals."""
    few = replications < FEWEST_FOR_INTERVAL
    none = "Too few replications for intervals, so nothing is decided"
    return say(NOTE, undecided=say(none if few else undecided))


def _csv(comparison: Comparison, effects: Effects, rows: list[ShortageRow]) -> str:
    """Write every difference as CSV, unrounded, a row per shortage, strategy and outcome."""
    first, cells = comparison.shortages[0], {(row.strategy, row.shortage): row.cells for row in rows}
    header = (
        "shortage",
        "against",
        "strategy",
        "outcome",
        "unit",
        "level_against",
        "level",
        *LIMITS[2:],
        "judged",
        "why",
    )
    lines = [
        (
            *(shortage, first, strategy, name, indicator(name).unit),
            *(getattr(it, limit, None) for limit in LIMITS),
            *(cells[strategy, shortage][name].mark, comparison.why.get(shortage, "")),
        )
        for (strategy, shortage, name), it in effects.items()
    ]
    return csv_text([header, *lines])


def _reasons(comparison: Comparison) -> dict[str, str]:
    """Say of each shortage and lever what it costs, and of a lever what was measured of it with the baseline."""
    found = {}
    for shortage in comparison.shortages[1:]:
        text = say(comparison.why.get(shortage, ""))
        name = comparison.price.get(shortage, "")
        it = effect(comparison, "shortage", shortage, comparison.baseline, name) if name else None
        if it is not None:
            shown = indicator(name)
            measured = say(
                "Measured with {baseline}, against {first}: {label} {difference} {unit}.",
                baseline=strategy_name(comparison.baseline), first=shortage_name(comparison.shortages[0]),
                label=f"{shown.label[0].lower()}{shown.label[1:]}", difference=difference(it, decimals_for([it])),
                unit=shown.unit,
            )  # fmt: skip
            text = sentences([text, measured])
        if text:
            found[shortage] = text
    return found
