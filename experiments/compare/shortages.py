"""What each shortage does: paired differences to the first shortage, for the terminal, the page and a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rich import box
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from experiments.compare.table import speller
from experiments.estimates.effects import FEWEST_FOR_INTERVAL
from experiments.presentation.indicators import (
    NEVER,
    NO_INTERVAL,
    Effect,
    decimals_for,
    difference,
    effect,
    indicator,
    mean,
    number,
)

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.compare.comparison import Comparison

Mark = Literal["better", "worse", ""]
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
DROPPED = "calls_unserved_share"  # a force that serves fewer calls has more time for everything else
HIDING = {  # outcome → another one in whose rise its fall may lie: it counts only who is still there
    "backlog": "cases_filed", "backlog_age_days": "cases_filed", "fatigue_mean": "attrition", "sick_share": "attrition",
    "buy_in_mean": "attrition",
}  # fmt: skip
STYLES = {"better": "cyan", "worse": "bold red", "": ""}
NOTE = (
    "Paired differences on the same seeds. {undecided}. Not adjusted for multiple comparisons: of the numbers that "
    "nothing has changed, "
    "one in twenty would stand out. Nothing is called better where more calls are not served, nor a backlog where "
    "more cases are filed unsolved, nor "
    "officers where more of them leave. Waits and responses count who was never served; 'never': too many are not. "
    "Money: yuan per resident a year."
)
UNDECIDED = "?"  # behind a difference that its interval does not decide
WHY_UNDECIDED = f"{UNDECIDED}: the 95 % interval holds 0, may be too narrow, or does not exist"


class Cell(NamedTuple):
    """One outcome of one shortage.

    The level of it, the difference to the first shortage, and what that is for whom it concerns.
    """

    level: str
    difference: str
    interval: str
    decided: bool  # the 95 % interval excludes 0 and is wide enough
    mark: Mark

    @property
    def short(self) -> str:
        """The difference, with a question mark where its interval does not decide it."""
        return self.difference + UNDECIDED if self.interval and not self.decided else self.difference


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


def outcomes(comparison: Comparison) -> list[str]:
    """Return the outcomes that were measured under the first shortage or any other.

    None where there is one shortage alone.
    """
    if len(comparison.shortages) < 2:
        return []
    points = list(comparison.means_by_point)
    return [name for name in OUTCOMES if any(mean(comparison, *point, name) is not None for point in points)]


def mark(comparison: Comparison, kind: str, shortage: str, strategy: str, name: str) -> Mark:
    """Say whether a difference is better or worse, the arguments as those of `effect`.

    Nothing when its 95 % interval holds 0, the outcome is good for nobody as such, or what looks better may be so
    because calls were dropped, cases filed unsolved, or the tired have left.
    """
    good = indicator(name).good
    found = effect(comparison, kind, shortage, strategy, name)
    if found is None or not found.decided or not good:
        return ""
    if (found.difference > 0) != (good > 0):
        return "worse"
    others = [effect(comparison, kind, shortage, strategy, other) for other in (DROPPED, HIDING.get(name, DROPPED))]
    return "" if any(it is not None and it.decided and it.difference > 0 for it in others) else "better"


def found_effects(comparison: Comparison) -> dict[tuple[str, str, str], Effect | None]:
    """Return the paired difference to the first shortage by.

    Strategy, shortage, outcome, the first shortage left out.
    """
    return {
        (strategy, shortage, name): effect(comparison, "shortage", shortage, strategy, name)
        for strategy in comparison.strategies for shortage in comparison.shortages[1:] for name in outcomes(comparison)
    }  # fmt: skip


def shortage_rows(comparison: Comparison) -> list[ShortageRow]:
    """Make the rows of the table, shortages within strategies; the first shortage has levels and no differences."""
    found = found_effects(comparison)
    names = outcomes(comparison)
    decimals = {name: decimals_for([it for key, it in found.items() if key[2] == name]) for name in names}
    table = []
    for strategy in comparison.strategies:
        for shortage in comparison.shortages:
            cells = {}
            for name in names:
                judged = mark(comparison, "shortage", shortage, strategy, name)
                cells[name] = cell(
                    found.get((strategy, shortage, name)),
                    mean(comparison, shortage, strategy, name),
                    decimals[name],
                    judged,
                )
            table.append(ShortageRow(strategy, shortage, cells, shortage == comparison.shortages[0]))
    return table


def blocks(comparison: Comparison) -> list[Block]:
    """Share the rows out to few tables.

    One a strategy, or one a shortage where there are more strategies than shortages.
    """
    everything = shortage_rows(comparison)
    if len(comparison.strategies) <= len(comparison.shortages):
        what = "Shortage or lever" if comparison.levers else "Shortage"
        parts = [(name, what, [row for row in everything if row.strategy == name]) for name in comparison.strategies]
        return [Block(title, what, [row.shortage for row in of_part], of_part) for title, what, of_part in parts]
    parts = [(name, "Strategy", [row for row in everything if row.shortage == name]) for name in comparison.shortages]
    return [Block(title, what, [row.strategy for row in of_part], of_part) for title, what, of_part in parts]


def cell(found: Effect | None, level: float | None, decimals: int, judged: Mark) -> Cell:
    """Make the cell of an outcome from its difference, if it has one, its level, and its mark."""
    text = number(level, decimals)
    if found is None:
        return Cell(text, text if text == NEVER else "–", "", False, "")
    limits = [number(limit, decimals, sign=True) for limit in (found.low, found.high)]
    interval = NO_INTERVAL if found.low is None else f"{limits[0]} to {limits[1]}{found.dagger}"
    return Cell(text, number(found.difference, decimals, sign=True), interval, found.decided, judged)


def note(comparison: Comparison, undecided: str) -> str:
    """Say what the numbers are; `undecided` says how those look that no interval decides, where there are intervals."""
    few = comparison.replications < FEWEST_FOR_INTERVAL
    return NOTE.format(undecided="Too few replications for intervals, so nothing is decided" if few else undecided)


def shortages_csv(comparison: Comparison) -> str:
    """Write every difference as CSV, unrounded, a row a shortage, strategy and outcome, empty when absent."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    limits = ("before", "after", "difference", "low", "high")
    out.writerow(
        ["shortage", "against", "strategy", "outcome", "unit", "level_against", "level", *limits[2:], "judged", "why"]
    )
    for (strategy, shortage, name), it in found_effects(comparison).items():
        numbers: list[Any] = [getattr(it, limit, None) for limit in limits]
        judged = mark(comparison, "shortage", shortage, strategy, name)
        line = [
            shortage,
            comparison.shortages[0],
            strategy,
            name,
            indicator(name).unit,
            *numbers,
            judged,
            comparison.why.get(shortage, ""),
        ]
        out.writerow(["" if value is None else f"{value:.6g}" if isinstance(value, float) else value for value in line])
    return text.getvalue()


def print_shortages(console: Console, comparison: Comparison) -> None:
    """Print what each shortage does, in the blocks of `blocks`, and why; nothing where there is one shortage alone."""
    names = outcomes(comparison)
    if not names:
        return
    spell = speller(console)
    first = comparison.shortages[0]
    console.print()
    console.print(Text(spell(f"What each shortage does, against {first}"), style="bold"))
    for block in blocks(comparison):
        for part in _parts(console, block, names, spell):
            console.print()
            console.print(_block(block, part, spell))
    console.print()
    for shortage, why in reasons(comparison).items():
        console.print(Text(spell(f"{shortage}: {why}")))
    console.print(Text(spell(note(comparison, WHY_UNDECIDED)), style="dim"))


def reasons(comparison: Comparison) -> dict[str, str]:
    """Say of each shortage and lever what it costs, and of a lever what was measured of it with the baseline."""
    found = {}
    for shortage in comparison.shortages[1:]:
        text = comparison.why.get(shortage, "")
        name = comparison.price.get(shortage, "")
        it = effect(comparison, "shortage", shortage, comparison.baseline, name) if name else None
        if it is not None:
            shown = indicator(name)
            measured = f"{shown.label[0].lower()}{shown.label[1:]} {difference(it, decimals_for([it]))} {shown.unit}"
            text += f" Measured with {comparison.baseline}, against {comparison.shortages[0]}: {measured}."
        if text:
            found[shortage] = text.strip()
    return found


def _parts(console: Console, block: Block, names: Sequence[str], spell: Callable[[str], str]) -> list[list[str]]:
    """Share the outcomes out to as few tables as the width of the terminal allows."""
    unlimited = console.options.update(max_width=10_000)
    parts: list[list[str]] = [[]]
    for name in names:
        if (
            parts[-1]
            and Measurement.get(console, unlimited, _block(block, [*parts[-1], name], spell)).maximum > console.width
        ):
            parts.append([])
        parts[-1].append(name)
    return parts


def _block(block: Block, part: Sequence[str], spell: Callable[[str], str]) -> Table:
    """Make a table of levels of the first shortage, of differences to it, or of both."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(Text(block.title), overflow="fold")
    for name in part:
        table.add_column(Text(spell(OUTCOMES[name])), justify="right", no_wrap=True)
    for head, row in zip(block.heads, block.rows, strict=True):
        cells = [row.cells[name] for name in part]
        texts = [cell.level if row.levels else cell.short for cell in cells]
        styled = [Text(spell(text), style=STYLES[cell.mark]) for text, cell in zip(texts, cells, strict=True)]
        table.add_row(Text(head), *styled)
    return table
