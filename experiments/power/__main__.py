"""`beatlab power FOLDER`: how many replications an effect takes, by the variance that a finished comparison has."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import check_language, say, spoken
from experiments.settings.command import Parser, execute_words, words_parser
from experiments.settings.request import Command

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from experiments.power.numbers import Measured

COMMAND = Command(
    name="power",
    summary="Say how many replications effects take, by the variance of differences in a finished comparison.",
    keys={},
    examples=("beatlab power out/compare", "beatlab power out/compare indicator=harm_total power=0.9"),
)
GIVEN = {"indicator": "crimes_total", "power": 0.8}


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute_words(_parser, argv, _power)


def _power(given: argparse.Namespace) -> None:
    from experiments.power.numbers import measured

    settings = _settings(given.settings)
    found = measured(given.folder, settings["indicator"])
    _print(found, settings["indicator"], settings["power"])


def _print(found: list[Measured], name: str, wanted: float) -> None:
    """Print a row for each strategy under each shortage and number of days."""
    from rich.console import Console
    from rich.table import Table

    from experiments.estimates.power import MOST, deviation_factors
    from experiments.power.numbers import EFFECTS_PERCENT
    from experiments.presentation.indicators import indicator
    from experiments.presentation.wording import number, per_cent

    shown = indicator(name)
    table = Table(box=None, header_style="bold", title_justify="left")
    title = "{what}, {unit}: replications for a power of {power} %"
    table.title = say(title, what=shown.label, unit=shown.unit, power=f"{100 * wanted:g}")
    for text in (say("shortage"), say("strategy")):
        table.add_column(text)
    sizes = (per_cent(str(p)) for p in EFFECTS_PERCENT)
    for text in (say("days"), say("baseline"), say("SD of a difference"), *sizes, say("pairing")):
        table.add_column(text, justify="right")
    for one in found:
        needed = (f"> {MOST:,}" if n is None else f"{n:,}" for n in one.replications(wanted))
        gain = "–" if one.gain is None else f"× {number(one.gain, 1)}"
        numbers = (f"{one.days}", number(one.baseline, 1), number(one.deviation, 2), *needed, gain)
        table.add_row(one.shortage, one.strategy, *numbers)
    console = Console()
    console.print(table)
    pairs = min(one.pairs for one in found)
    low, high = deviation_factors(pairs)
    words = (
        "An effect is in % of the mean of the baseline; the test is the paired t test, two-sided, at 5 %. Deviations "
        "are measured over {pairs} replications: the true ones may be {low} to {high} times as large (95 %, normal "
        "differences), and replications as the square of that. Pairing: how many times as many replications "
        "independent seeds would take."
    )
    console.print("\n" + say(words, pairs=pairs, low=f"{low:.2f}", high=f"{high:.2f}"), soft_wrap=False)


def _settings(words: Sequence[str]) -> dict[str, Any]:
    """Return the indicator and the power that the user wants."""
    from experiments.settings.overrides import read_overrides
    from sim.parameters import BadInput

    choices, values = read_overrides(words)
    check_language(values.pop("language", spoken()))
    for key, value in (*choices.items(), *((key, value) for key, value in values.items() if key not in GIVEN)):
        raise BadInput(key, value, "indicator=…, power=… or language=en or zh, which is all that this command takes")
    settings = {**GIVEN, **values}
    if not isinstance(settings["power"], int | float) or not 0.05 < settings["power"] < 1:
        raise BadInput("power", settings["power"], "a number above 0.05 and below 1")
    return settings


def _parser() -> Parser:
    parser, group = words_parser(COMMAND)
    group.add_argument("folder", help=say("of a comparison"))
    group.add_argument("settings", nargs="*", metavar="key=value", help="indicator=crimes_total, power=0.8")
    return parser


if __name__ == "__main__":
    sys.exit(main())
