"""The table of a comparison (one set of numbers for terminal, report and CSV), and the indicators of a single run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rich import box
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from experiments.compare.answer import sentences
from experiments.compare.notices import given_notes, notices
from experiments.compare.ranking import SIGNS, Mark, marks
from experiments.estimates.effects import FEWEST_FOR_INTERVAL, PRIMARY
from experiments.presentation.indicators import (
    COST_TOTALS,
    DAGGER,
    MINUS,
    NEVER,
    Effect,
    decimals_for,
    difference,
    effect,
    factor,
    indicator,
    mean,
    number,
    promise,
    same_hours,
    titled,
    told_shortage,
    too_few,
)

if TYPE_CHECKING:
    from rich.console import Console

    from experiments.compare.comparison import Comparison
    from sim.outcomes.results import Results
    from sim.scenario import Scenario


class Column(NamedTuple):
    """A column of the table.

    Heading and unit, short for the terminal and in full for the page, and the part it goes with when the table is
    split.
    """

    key: str
    heading: str
    unit: str
    name: str
    full_unit: str
    part: Literal["crimes", "harm", "operations"]


class Row(NamedTuple):
    """One strategy under one shortage; `texts` and `marks` by the key of the column; a bound is no policy."""

    shortage: str
    strategy: str
    texts: dict[str, str]
    marks: dict[str, Mark]
    bound: bool


def columns(comparison: Comparison) -> list[Column]:
    """Columns after the strategy's name."""
    against, interval = f"against {comparison.baseline}", promise(comparison.replications, "(95 % interval)")
    found = [
        Column("crimes", "Crimes", "/1,000 yr", "Crimes", _RATE, "crimes"),
        Column("crimes_effect", against, interval, f"Crimes {against}", f"difference {interval}", "crimes"),
        Column("harm", "Harm days", "/1,000 yr", "Harm", f"days {_RATE}", "harm"),
        Column("harm_effect", against, interval, f"Harm {against}", f"difference {interval}", "harm"),
        Column("p1", "P1 median", "/ P90 min", "P1 response", "median / P90, min", "operations"),
        Column("p23", "P2 / P3", "median min", "P2 / P3 response", "medians, min", "operations"),
        Column("unserved", "% not", "served", "Not served", "% of calls for a unit", "operations"),
        Column("cleared", "Clear", "%", "Cleared", "% of recorded crimes", "operations"),
        Column("busy", "Busy", "%", "Patrol busy", "% of its time on duty, overtime included", "operations"),
    ]
    if accounts(comparison):
        found.append(
            Column(
                "cost",
                "Cost police",
                "/ others",
                "Cost to the police / to others",
                "yuan per resident a year",
                "operations",
            )
        )
    return found


def accounts(comparison: Comparison) -> list[str]:
    """Return the indicators of what all costs, those that were measured: what is pay alone is no cost."""
    return [
        name
        for name in COST_TOTALS
        if any(mean(comparison, *point, name) is not None for point in comparison.means_by_point)
    ]


def rows(comparison: Comparison) -> list[Row]:
    """Make the rows of the table, strategies within shortages, in the order of the comparison but for bounds.

    Which come last.
    """
    found = {
        (shortage, strategy, name): effect(comparison, "strategy", shortage, strategy, name)
        for shortage in comparison.shortages for strategy in comparison.strategies for name in PRIMARY[:2] if strategy != comparison.baseline
    }  # fmt: skip
    decimals = {name: decimals_for([it for key, it in found.items() if key[2] == name]) for name in PRIMARY[:2]}
    table = []
    for shortage in comparison.shortages:
        marked = marks(comparison, shortage)
        for strategy in (*comparison.policies, *comparison.bounds):
            values = {
                name: mean(comparison, shortage, strategy, name) for name in (*PRIMARY, *_OPERATIONS, *COST_TOTALS)
            }
            texts = {
                "crimes": number(values["crimes_total"], decimals["crimes_total"]),
                "harm": number(values["harm_total"], decimals["harm_total"]),
                "p1": f"{number(values['response_p1_median_min'])} / {number(values['response_p1_p90_min'])}",
                "p23": f"{number(values['response_p2_median_min'])} / {number(values['response_p3_median_min'])}",
                "cleared": number(values["clearance_rate"]),
                "busy": number(values["utilisation"]),
                "unserved": number(values[UNSERVED]),
                "cost": " / ".join(number(values[name]) for name in COST_TOTALS),
            }
            texts = {column.key: texts.get(column.key, "") for column in columns(comparison)}
            for key, name in (("crimes_effect", "crimes_total"), ("harm_effect", "harm_total")):
                is_baseline = strategy == comparison.baseline
                texts[key] = "baseline" if is_baseline else difference(found[shortage, strategy, name], decimals[name])
            of_strategy = {
                key: marked.get((strategy, name), "")
                for key, name in (("crimes", "crimes_total"), ("harm", "harm_total"))
            }
            dropped = effect(comparison, "strategy", shortage, strategy, UNSERVED)
            of_strategy["unserved"] = (
                "worse"
                if dropped is not None
                and dropped.decided
                and dropped.difference > 0
                and strategy in comparison.policies
                else ""
            )
            table.append(Row(shortage, strategy, texts, of_strategy, strategy in comparison.bounds))
    return table


UNSERVED = "calls_unserved_share"
_OPERATIONS = (
    "response_p1_p90_min",
    "response_p2_median_min",
    "response_p3_median_min",
    UNSERVED,
    "clearance_rate",
    "utilisation",
)


def as_csv(comparison: Comparison) -> str:
    """Write the same numbers as CSV, unrounded, a column a number, empty when absent."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    limits = ("difference", "low", "high", "low_simultaneous", "high_simultaneous")
    out.writerow([
        "shortage", "strategy", "crimes_per_1000_year", *(f"crimes_{limit}" for limit in limits),
        "harm_days_per_1000_year", *(f"harm_{limit}" for limit in limits),
        "response_p1_median_min", "response_p1_p90_min", "response_p2_median_min", "response_p3_median_min",
        "unserved_percent",
        "clearance_percent", "utilisation_percent",
        *(f"{name}_yuan_per_resident_year" for name in accounts(comparison)),
    ])  # fmt: skip
    for shortage in comparison.shortages:
        for strategy in comparison.strategies:
            line: list[Any] = [shortage, strategy]
            for name in PRIMARY[:2]:
                it = effect(comparison, "strategy", shortage, strategy, name)
                line += [mean(comparison, shortage, strategy, name), *(getattr(it, limit, None) for limit in limits)]
            line += [
                mean(comparison, shortage, strategy, name) for name in (PRIMARY[2], *_OPERATIONS, *accounts(comparison))
            ]
            out.writerow(
                ["" if value is None else f"{value:.6g}" if isinstance(value, float) else value for value in line]
            )
    return text.getvalue()


def duty(comparison: Comparison, shortage: str) -> str:
    """Write the hours on duty of the baseline strategy under a shortage.

    And how many fewer that is than under the first.
    """
    hours = mean(comparison, shortage, comparison.baseline, "on_duty_hours")
    if hours is None:
        return ""
    text = f" · {number(hours, 0)} officer-hours on duty in {comparison.days} days"
    against = effect(comparison, "shortage", shortage, comparison.baseline, "on_duty_hours")
    if against is None or against.relative_percent is None:
        return text
    if same_hours(against):
        return f"{text}, as many as under {comparison.shortages[0]}"
    return (
        f"{text}, {number(abs(against.relative_percent), 0)} % {'fewer' if against.relative_percent < 0 else 'more'} "
        f"than under {comparison.shortages[0]}"
    )


def shortage_line(comparison: Comparison, shortage: str) -> str:
    """Say what the shortage does to the baseline strategy: hours on duty, crimes and response.

    Empty for the first shortage.
    """
    found = [
        ((label, unit), effect(comparison, "shortage", shortage, comparison.baseline, name))
        for label, unit, name in _SHORTAGE_EFFECTS
    ]
    parts = [f"{label} {difference(it, decimals_for([it]))} {unit}" for (label, unit), it in found if it is not None]
    return f"{shortage} against {comparison.shortages[0]}, {comparison.baseline}: {'; '.join(parts)}" if parts else ""


BESIDES = (  # residents first, then officers
    "crimes_fraud", "disputes_escalated", "crimes_school_violence", "repeat_victim_share", "trust", "perceived_safety",
    "fatigue_mean", "attrition",
    "overtime_hours",
)  # fmt: skip


def besides(comparison: Comparison, shortage: str) -> dict[str, str]:
    """Say what else each strategy changes against the baseline, of what the table does not show.

    Those differences whose 95 % interval excludes 0.
    """
    told = {}
    for strategy in comparison.rivals:
        found = {name: effect(comparison, "strategy", shortage, strategy, name) for name in BESIDES}
        if texts := [text for name, it in found.items() if it and it.decided and (text := _besides(name, it))]:
            told[strategy] = ", ".join(texts)
    return told


def _besides(name: str, found: Effect) -> str:
    """`frauds −37 %`; in points when it is a share or a mean of 0 to 100, in its unit when the baseline has none.

    Nothing when it rounds to nothing.
    """
    in_points = indicator(name).how == "share" or found.relative_percent is None
    if in_points:
        shown = indicator(name)
        value, decimals, unit = (
            found.difference,
            max(1, decimals_for([found])),
            "" if shown.how == "share" else f" {shown.unit}",
        )
    else:
        value, decimals, unit = found.relative_percent, 0 if abs(found.relative_percent) >= 10 else 1, " %"
    return (
        f"{indicator(name).label.lower()} {number(value, decimals, sign=True)}{unit}" if round(value, decimals) else ""
    )


FEW_CRIMES = 50  # in a run: a strategy that prevents one in twenty may not change a single one
_RATE = "per 1,000 residents a year"
_SHORTAGE_EFFECTS = (
    ("crimes", _RATE, "crimes_total"),
    ("harm", f"days {_RATE}", "harm_total"),
    ("median P1 response", "min", "response_p1_median_min"),
)


def footnotes(comparison: Comparison) -> list[str]:
    """Say what the numbers are: the interval, the star, the replications, the gain of pairing, the abbreviations."""
    n = comparison.replications
    if n < FEWEST_FOR_INTERVAL:
        interval = f"{too_few(n)} for an interval (at least {FEWEST_FOR_INTERVAL})."
    else:
        interval = (
            f"95 % interval of the mean paired difference over {n} replications with common random numbers "
            "(Student's t)."
        )
    gains = [it.pairing_gain for it in _crime_effects(comparison) if it.pairing_gain is not None]
    notes = [interval] if comparison.rivals or len(comparison.shortages) > 1 else []
    shown = [
        *(text for row in rows(comparison) for text in row.texts.values()),
        *(shortage_line(comparison, one) for one in comparison.shortages),
    ]
    if any("*" in text for text in shown):
        notes.append(
            "* 0 lies outside the wider interval that holds for all comparisons of crimes, harm and P1 response "
            "together (Bonferroni)."
        )
    if any(DAGGER in text for text in shown):
        notes.append(
            f"{DAGGER} The interval may be too narrow: the largest step between two runs, in one more pair, would "
            "move the difference out of it."
        )
    if n >= FEWEST_FOR_INTERVAL and any("(no interval)" in text for text in shown):
        notes.append("No interval: all pairs differ by the same, which does not show how large chance is.")
    notes += marks_notes(rows(comparison))
    if gains:
        low, high = number(min(gains)), number(max(gains))
        times = f"{low} times" if low == high else f"{low} to {high} times"
        notes.append(
            f"Pairing: the variance of a difference in crimes with independent seeds would be {times} as large."
        )
    fewest = min(
        (
            found["crimes_total"]
            for found in comparison.means_by_point.values()
            if found.get("crimes_total") is not None
        ),
        default=None,
    )
    if fewest is not None and fewest < FEW_CRIMES:
        notes.append(
            f"A run has as few as {number(fewest, 0)} crimes: most differences stay hidden; measure more days, or a "
            "larger city."
        )
    notes.append(
        "Crimes and harm: true ones, per 1,000 residents a year; harm is days of sentence. P1, P2, P3: response time "
        "by "
        "priority, from call to arrival, of all who asked for a unit, those included who were never served. % not "
        "served: of "
        "these calls. Clear: cleared, % of recorded crimes. Busy: % of patrol's time on duty, overtime included, "
        "spent on calls; "
        "where patrol is on duty for longer, the same calls make a smaller share."
    )
    if any(NEVER in text for text in shown):
        notes.append(
            f"{NEVER.capitalize()}: in some replication too many calls were not served for the median or the 90th "
            "percentile to be reached."
        )
    if accounts(comparison):
        notes.append("Cost: yuan per resident a year, all that the police pay / what others pay for what is done.")
    notes += given_notes(comparison)
    return notes


def marks_notes(everything: list[Row]) -> list[str]:
    """Say what the marks of a table mean, those that it has, and what a bound is."""
    present = {mark for row in everything for mark in row.marks.values()}
    told = {
        "best": "the best: every other policy is worse",
        "may be best": "may be the best; policies without the mark are worse",
        "worse": "worse than the baseline by the wider interval (not served: by the 95 % interval)",
    }  # fmt: skip
    shown = [f"{SIGNS[mark]} {text}" for mark, text in told.items() if mark in present]
    notes = []
    if {"best", "may be best"} & present:
        notes.append(f"{'; '.join(shown)} (paired t tests, adjusted for all comparisons under all shortages).")
    elif shown:
        notes.append(f"{'; '.join(shown)}.")
    if any(row.bound for row in everything):
        notes.append(
            "Bound: no policy, since its patrol is placed with a knowledge of true risk that no police have; it is "
            "not ranked."
        )
    return notes


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print the answer, a block a shortage with a row a strategy, and the footnotes.

    In two narrower tables when one does not fit.
    """
    spell = speller(console)
    blocks = _layout(console, comparison, spell)
    console.print()
    console.print(Text(spell(" ".join(sentences(comparison))), style="bold"))
    for shortage, block in zip(comparison.shortages, blocks, strict=True):
        console.print()
        console.print(Text(spell(f"{titled(comparison, shortage)}{duty(comparison, shortage)}"), style="bold"))
        for part in block:
            console.print(part)
            if part is not block[-1]:
                console.print()
        if line := shortage_line(comparison, shortage):
            console.print(Text(spell(line)))
        for line in notices(comparison, shortage):
            console.print(Text(spell(line)))
    shortage = told_shortage(comparison)
    if others := besides(comparison, shortage):
        console.print()
        why = "95 % intervals exclude 0, not adjusted for multiple comparisons"
        heading = (
            f"Other effects, under {shortage}, against {comparison.baseline} ({why}; shares and what runs from 0 to "
            "100 in points)"
        )
        console.print(Text(spell(heading), style="bold"))
        for strategy, text in others.items():
            console.print(Text(spell(f"{strategy}: {text}")))
    console.print()
    for note in footnotes(comparison):
        console.print(Text(spell(note), style="dim"))


def print_run(console: Console, results: Results, scenario: Scenario) -> None:
    """Print the indicators of one run that were measured, each with its unit."""
    values = results.indicators
    residents, days = values.get("residents") or 1, values.get("days") or scenario.days
    spell = speller(console)
    title = spell(
        f"{scenario.strategy.name} · shortage {scenario.shortage_name} · {scenario.days} days · seed {scenario.seed}"
    )
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=Text(title, style="bold"), title_justify="left"
    )
    table.add_column("Indicator", overflow="fold")
    table.add_column("Value", justify="right", no_wrap=True)
    table.add_column("Unit", overflow="fold")
    for name, value in values.items():
        if value is None:
            continue
        shown = indicator(name, scenario.demand.fraud.currency)
        scaled = value * factor(name, residents, days)
        decimals = 0 if scaled.is_integer() or abs(scaled) >= 1000 else 2
        table.add_row(Text(shown.label), spell(number(scaled, decimals)), Text(shown.unit))
    console.print(table)


def _layout(console: Console, comparison: Comparison, spell: Callable[[str], str]) -> list[list[Table]]:
    """Tables of each shortage.

    One wide table, or one of outcomes and one of operations, or one a part, or those with folded cells, as the width
    allows.
    """
    every = columns(comparison)
    thirds = [[column for column in every if column.part == part] for part in ("crimes", "harm", "operations")]
    whole, halves = [every], [[*thirds[0], *thirds[1]], thirds[2]]
    everything = rows(comparison)
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
            [_block(shortage, everything, part, spell, gap, fixed) for part in parts]
            for shortage in comparison.shortages
        ]
        if all(
            Measurement.get(console, unlimited, table).maximum <= console.width for block in blocks for table in block
        ):
            break
    return blocks


def _block(
    shortage: str, everything: list[Row], chosen: list[Column], spell: Callable[[str], str], gap: int, fixed: bool
) -> Table:
    """Table of one shortage.

    With `fixed`, column widths are the same in every block, so that blocks can be read down.
    """
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap, 0, 0))
    width = max(len(_shown_name(row)) for row in everything) if fixed else None
    table.add_column("Strategy", overflow="fold", min_width=width)
    starred = {
        column.key for column in chosen if any(row.texts[column.key].endswith("*") for row in everything)
    }  # digits stay aligned
    room = {column.key: max(len(SIGNS[row.marks.get(column.key, "")]) for row in everything) for column in chosen}
    for column in chosen:
        width = (
            max(len(row.texts[column.key]) for row in everything) + (room[column.key] and room[column.key] + 1)
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
            cells.append(Text(spell(f"{SIGNS[mark]} {text}{space}" if mark else text + space), style=_STYLES[mark]))
        table.add_row(Text(_shown_name(row), style="dim" if row.bound else ""), *cells)
    return table


_STYLES: dict[Mark, str] = {"best": "bold cyan", "may be best": "cyan", "worse": "bold red", "": ""}


def _shown_name(row: Row) -> str:
    return f"{row.strategy} (bound)" if row.bound else row.strategy


def speller(console: Console) -> Callable[[str], str]:
    """Spell minus signs and dashes in ASCII where the terminal has no others."""
    if console.encoding.lower().startswith("utf"):
        return str
    return lambda text: text.translate(str.maketrans(f"{MINUS}–·✓✗{DAGGER}", "---+!?"))


def _crime_effects(comparison: Comparison) -> list[Effect]:
    found = [
        effect(comparison, "strategy", shortage, strategy, "crimes_total")
        for shortage in comparison.shortages for strategy in comparison.strategies if strategy != comparison.baseline
    ]  # fmt: skip
    return [it for it in found if it is not None]
