"""Prints what a comparison found: the answer, the table, what programmes are worth, and what shortages do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from experiments.compare.ablation import OUTCOMES as ABLATION_OUTCOMES
from experiments.compare.cells import WHY_UNDECIDED
from experiments.compare.equivalents_table import NOTE as EQUIVALENTS_NOTE
from experiments.compare.equivalents_table import officers_tables
from experiments.compare.ranking import SIGNS, Mark
from experiments.compare.shortages import OUTCOMES as SHORTAGE_OUTCOMES
from experiments.compare.shortages import Block, note
from experiments.compare.unit_costs import NOTE
from experiments.estimates.intervals import FEWEST_FOR_INTERVAL
from experiments.languages.speech import in_words, opened, say
from experiments.presentation.indicators import indicator
from experiments.presentation.names import option_name, programme_name, shortage_name, strategy_name
from experiments.presentation.terminal import speller
from experiments.presentation.wording import too_few

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.compare.findings import Findings
    from experiments.compare.table import Column, Row

MARKED: dict[Mark, str] = {"best": "bold cyan", "may be best": "cyan", "worse": "bold red", "": ""}  # styles
JUDGED = {"better": "cyan", "worse": "bold red", "": ""}


def print_findings(console: Console, findings: Findings) -> None:
    """Print all that a comparison found, in tables that fit the terminal."""
    print_table(console, findings)
    print_best(console, findings)
    print_robustness(console, findings)
    print_unit_costs(console, findings)
    print_equivalents(console, findings)
    print_ablation(console, findings)
    print_shortages(console, findings)


def print_table(console: Console, findings: Findings) -> None:
    """Print the answer, a block a shortage with a row per strategy, and the footnotes."""
    spell = speller(console)
    console.print()
    decision, *others = findings.answer
    console.print(Text(spell(decision.text), style="bold"))
    for one in others:
        shown = Text(spell(say("{name}: {text}", name=one.heading, text="")), style="bold")
        console.print(shown.append(spell(one.text), style="not bold"))
    for warning in findings.warnings:
        console.print()
        console.print(Text(spell(say("Warning: {sentence}", sentence=say(warning))), style="bold red"))
    if findings.settled.verdict == "drifts":
        console.print()
        words = say("Warning: {sentence}", sentence=findings.settled.sentence)
        console.print(Text(spell(words), style="bold red"))
    if findings.paths.sentence:
        console.print(Text(spell(findings.paths.sentence)))
    for under, block in zip(findings.under.values(), _layout(console, findings, spell), strict=True):
        console.print()
        console.print(Text(spell(f"{under.title}{under.duty}"), style="bold"))
        for part in block:
            console.print(part)
            if part is not block[-1]:
                console.print()
        if under.line:
            console.print(Text(spell(under.line)))
        for line in under.notices:
            console.print(Text(spell(line)))
    if findings.other_effects:
        console.print()
        title = say(
            "Other effects, under {shortage}, against {baseline} (95 % intervals exclude 0, not adjusted for multiple "
            "comparisons; shares and what runs from 0 to 100 in points)", shortage=shortage_name(findings.told),
            baseline=strategy_name(findings.comparison.baseline),
        )  # fmt: skip
        console.print(Text(spell(title), style="bold"))
        for strategy, text in findings.other_effects.items():
            console.print(Text(spell(say("{name}: {text}", name=strategy_name(strategy), text=text))))
    console.print()
    for line in findings.footnotes:
        console.print(Text(spell(line), style="dim"))


def print_best(console: Console, findings: Findings) -> None:
    """Print the probabilities of being the best, a column a shortage; nothing where there are none."""
    spell, best = speller(console), findings.best
    if not best.rows:
        return
    outcomes = " / ".join(indicator(name).label.lower() for name in best.outcomes)
    console.print()
    console.print(Text(spell(say("Probability of being the best: by {outcomes}", outcomes=outcomes)), style="bold"))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(say("Strategy"), overflow="fold")
    for shortage in best.rows:
        table.add_column(Text(spell(shortage_name(shortage))), justify="right", overflow="fold")
    for rows in zip(*best.rows.values(), strict=True):
        cells = [" / ".join(row.cells[name].best for name in best.outcomes) for row in rows]
        table.add_row(strategy_name(rows[0].strategy), *(Text(spell(text)) for text in cells))
    console.print(table)


def print_robustness(console: Console, findings: Findings) -> None:
    """Print how often each strategy is first over the sets of parameters, a column a shortage; nothing without sets."""
    spell, found = speller(console), findings.robustness
    if not found.rows:
        return
    outcomes = " / ".join(indicator(name).label.lower() for name in found.outcomes)
    console.print()
    words = "First over {n} sets of parameters, % of them: by {outcomes}"
    title = say(words, n=findings.comparison.replications, outcomes=outcomes)
    console.print(Text(spell(title), style="bold"))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(say("Strategy"), overflow="fold")
    for shortage in found.rows:
        table.add_column(Text(spell(shortage_name(shortage))), justify="right", overflow="fold")
    for rows in zip(*found.rows.values(), strict=True):
        cells = [" / ".join(row.cells[name].first for name in found.outcomes) for row in rows]
        table.add_row(strategy_name(rows[0].strategy), *(Text(spell(text)) for text in cells))
    console.print(table)


def print_unit_costs(console: Console, findings: Findings) -> None:
    """Print what effects cost under the shortage that is told about, a column an effect; nothing without accounts."""
    spell, found = speller(console), findings.unit_costs
    rows = found.rows.get(findings.told)
    if not rows:
        return
    console.print()
    title = say("Yuan for each …, under {shortage}", shortage=shortage_name(findings.told))
    console.print(Text(spell(title), style="bold"))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(say("Option"), overflow="fold")
    for per in found.per:
        table.add_column(Text(spell(say(per))), justify="right", overflow="fold")
    for option, prices in rows.items():
        table.add_row(option_name(option), *(Text(spell(str(price))) for price in prices))
    console.print(table)
    console.print(Text(spell(say(NOTE)), style="dim"))


def print_equivalents(console: Console, findings: Findings) -> None:
    """Print what options are worth in officers, and what some more or fewer change by post; nothing without runs."""
    spell, found = speller(console), findings.equivalents
    for block in officers_tables(found):
        console.print()
        console.print(Text(spell(block.title), style="bold"))
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column(block.head, overflow="fold")
        for name in found.outcomes:
            unit = f"\n{indicator(name).unit}" if block.in_units else ""
            table.add_column(Text(spell(f"{indicator(name).label}{unit}")), justify="right", overflow="fold")
        for label, cells in block.rows.items():
            table.add_row(label, *(Text(spell(str(cell))) for cell in cells))
        console.print(table)
    if found.worths:
        told = say("Under {shortage}.", shortage=shortage_name(findings.told))
        console.print(Text(spell(f"{told} {say(EQUIVALENTS_NOTE)}"), style="dim"))


def _layout(console: Console, findings: Findings, spell: Callable[[str], str]) -> list[list[Table]]:
    """Make the tables of each shortage, as wide as the terminal allows.

    One wide table, or one of outcomes and one of operations, or one a part, or those with folded cells.
    """
    every = findings.table.columns
    thirds = [[column for column in every if column.part == part] for part in ("crimes", "harm", "operations")]
    whole, halves = [every], [[*thirds[0], *thirds[1]], thirds[2]]
    everything = findings.table.rows
    unlimited = console.options.update(max_width=10_000)
    for parts, gap, fixed in (
        (whole, 1, True),
        (whole, 0, True),
        (halves, 1, True),
        (halves, 0, True),
        (thirds, 1, True),
        (thirds, 0, False),
    ):
        blocks = [
            [_block(shortage, everything, part, spell, gap, fixed) for part in parts] for shortage in findings.under
        ]
        if all(
            Measurement.get(console, unlimited, table).maximum <= console.width for block in blocks for table in block
        ):
            break
    return blocks


def _block(
    shortage: str, everything: list[Row], chosen: list[Column], spell: Callable[[str], str], gap: int, fixed: bool
) -> Table:
    """Make the table of one shortage; with `fixed`, columns are as wide in every block, which can be read down."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap, 0, 0))
    width = max(cell_len(_shown_name(row)) for row in everything) if fixed else None
    table.add_column(say("Strategy"), overflow="fold", min_width=width)
    starred = {
        column.key for column in chosen if any(row.texts[column.key].endswith("*") for row in everything)
    }  # digits stay aligned
    room = {column.key: max(len(SIGNS[row.marks.get(column.key, "")]) for row in everything) for column in chosen}
    for column in chosen:
        width = (
            max(cell_len(row.texts[column.key]) for row in everything) + (room[column.key] and room[column.key] + 1)
            if fixed
            else None
        )
        table.add_column(
            Text(spell(f"{column.heading}\n{column.unit}")), justify="right", overflow="fold", min_width=width
        )
    of_shortage = [row for row in everything if row.shortage == shortage]
    for i, row in enumerate(of_shortage):
        if row.bound and i and not of_shortage[i - 1].bound:
            table.add_section()
        cells = []
        for column in chosen:
            mark, text = row.marks.get(column.key, ""), row.texts[column.key]
            space = " " if column.key in starred and not text.endswith("*") else ""
            cells.append(Text(spell(f"{SIGNS[mark]} {text}{space}" if mark else text + space), style=MARKED[mark]))
        table.add_row(Text(_shown_name(row), style="dim" if row.bound else ""), *cells)
    return table


def _shown_name(row: Row) -> str:
    name = strategy_name(row.strategy)
    return say("{name} (bound)", name=name) if row.bound else name


def print_ablation(console: Console, findings: Findings) -> None:
    """Print what leaving each programme out changes, a block a strategy and shortage; nothing without variants."""
    spell = speller(console)
    names, replications = findings.ablation.outcomes, findings.comparison.replications
    for (whole, shortage), rows in findings.ablation.rows.items():
        console.print()
        words = "What leaving a programme out of {strategy} changes, under {shortage}"
        title = say(words, strategy=strategy_name(whole), shortage=shortage_name(shortage))
        console.print(Text(spell(title), style="bold"))
        room = max(1, (console.width - 24) // 11)  # outcomes beside each other
        for part in (names[i : i + room] for i in range(0, len(names), room)):
            table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
            table.add_column(say("without"), overflow="fold")
            for name in part:
                table.add_column(Text(spell(say(ABLATION_OUTCOMES[name]))), justify="right", overflow="fold")
            for row in rows:
                cells = [row.cells[name] for name in part]
                texts = [Text(spell(one.short), style=JUDGED[one.mark]) for one in cells]
                table.add_row(Text(programme_name(row.programme)), *texts)
            console.print()
            console.print(table)
    if findings.ablation.rows:
        console.print()
        undecided = (
            say("{too_few} for an interval", too_few=too_few(replications))
            if replications < FEWEST_FOR_INTERVAL
            else say("{undecided}; not adjusted for multiple comparisons", undecided=say(WHY_UNDECIDED))
        )
        by_unit: dict[str, list[str]] = {}
        for name in names:
            unit = indicator(name, findings.comparison.currency).unit
            by_unit.setdefault(unit, []).append(say(ABLATION_OUTCOMES[name]).lower())
        units = in_words("; ").join(
            say("{name}: {text}", name=in_words(", ").join(of_unit), text=unit) for unit, of_unit in by_unit.items()
        )
        line = say("Paired differences; {undecided}. {units}.", undecided=undecided, units=opened(units))
        console.print(Text(spell(line), style="dim"))


def print_shortages(console: Console, findings: Findings) -> None:
    """Print what each shortage does, in blocks, and why; nothing where there is one shortage alone."""
    spell, found = speller(console), findings.shortages
    if not found.outcomes:
        return
    console.print()
    title = say("What each shortage does, against {first}", first=shortage_name(findings.comparison.shortages[0]))
    console.print(Text(spell(title), style="bold"))
    for block in found.blocks:
        for part in _parts(console, block, found.outcomes, spell):
            console.print()
            console.print(_shortage_block(block, part, spell))
    console.print()
    for shortage, why in found.reasons.items():
        console.print(Text(spell(say("{name}: {text}", name=shortage_name(shortage), text=why))))
    console.print(Text(spell(note(findings.comparison.replications, WHY_UNDECIDED)), style="dim"))


def _parts(console: Console, block: Block, names: Sequence[str], spell: Callable[[str], str]) -> list[list[str]]:
    """Share the outcomes out to as few tables as the width of the terminal allows."""
    unlimited = console.options.update(max_width=10_000)
    parts: list[list[str]] = [[]]
    for name in names:
        if (
            parts[-1]
            and Measurement.get(console, unlimited, _shortage_block(block, [*parts[-1], name], spell)).maximum
            > console.width
        ):
            parts.append([])
        parts[-1].append(name)
    return parts


def _shortage_block(block: Block, part: Sequence[str], spell: Callable[[str], str]) -> Table:
    """Make a table of levels of the first shortage, of differences to it, or of both."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(Text(block.title), overflow="fold")
    for name in part:
        table.add_column(Text(spell(say(SHORTAGE_OUTCOMES[name]))), justify="right", no_wrap=True)
    for head, row in zip(block.heads, block.rows, strict=True):
        cells = [row.cells[name] for name in part]
        texts = [cell.level if row.levels else cell.short for cell in cells]
        styled = [Text(spell(text), style=JUDGED[cell.mark]) for text, cell in zip(texts, cells, strict=True)]
        table.add_row(Text(head), *styled)
    return table
