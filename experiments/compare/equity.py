"""Who is policed against who is victimised: neighbourhoods by fifths, and what the police come to know of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from experiments.languages.speech import say
from experiments.presentation.names import strategy_name
from experiments.presentation.wording import number
from sim.city.notices import Notice
from sim.outcomes.equity import FIFTHS

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison

OF_PEOPLE = {  # column of the frame of fifths → what its row is called
    "residents": Notice("residents"),
    "victims": Notice("crimes suffered by residents"),
    "arrests": Notice("arrests of residents"),
    "crimes": Notice("true crimes"),
    "recorded": Notice("recorded crimes"),
}
HEADS = (
    Notice("most crimes"), Notice("second fifth"), Notice("third fifth"), Notice("fourth fifth"),
    Notice("fewest crimes"),
)  # fmt: skip
NOTE = Notice(
    "Neighbourhoods are squares of 500 m; in each run they are put into fifths by their true crimes, frauds left out, "
    "so that chance alone puts some of the crimes into the first. Shares in % of the city, means over the "
    "replications; who was victimised or arrested counts where they live, crimes and patrol where they are. Equity of "
    "contact: the share of patrol's minutes that is where crime is, by neighbourhood."
)


class Line(NamedTuple):
    """A row: its name, and its share of the city in each fifth, in percent, shape [5]."""

    name: str
    shares: list[float]

    @property
    def texts(self) -> list[str]:
        """The shares as a reader sees them."""
        return [number(share, 0) for share in self.shares]


class Equity(NamedTuple):
    """Who is policed and who suffers under the shortage that is told about.

    Attributes
    ----------
    people : list of Line
        Residents, victims, arrests, true and recorded crimes, with the baseline; empty where runs do not tell.
    known : list of float
        Recorded crimes in percent of true ones, by fifth.
    patrol : dict
        Strategy → where its patrol's minutes are, of those that patrol.
    """

    people: list[Line]
    known: list[float]
    patrol: dict[str, Line]

    @property
    def sentence(self) -> Notice:
        """Where crime is and what records know of it with the baseline, and where the first strategy patrols."""
        crimes = next(line.shares[0] for line in self.people if line.name == say(OF_PEOPLE["crimes"]))
        first = next(iter(self.patrol.values()), None)
        values: dict[str, Any] = {"crimes": number(crimes, 0), "known": number(self.known[0], 0)}
        if first is None:
            words = (
                "The fifth of the neighbourhoods with most crimes has {crimes} % of them; police records know of "
                "{known} % of the crimes there."
            )
            return Notice(words, **values)
        words = (
            "The fifth of the neighbourhoods with most crimes has {crimes} % of them and {patrol} % of patrol's "
            "minutes with {strategy}; police records know of {known} % of the crimes there."
        )
        return Notice(words, **values, patrol=number(first.shares[0], 0), strategy=first.name)


def equity(comparison: Comparison, shortage: str) -> Equity:
    """Work out who is policed and who suffers under a shortage; empty where the runs do not tell."""
    rows = comparison.fifths.filter(pl.col("shortage") == shortage)
    of_strategy = {
        str(name): part.sort("fifth") for (name,), part in rows.partition_by("strategy", as_dict=True).items()
    }
    baseline = of_strategy.get(comparison.baseline)
    if baseline is None or not baseline["crimes"].sum():
        return Equity([], [], {})
    known = [
        100 * recorded / crimes if crimes else float("nan")
        for recorded, crimes in baseline.select("recorded", "crimes").iter_rows()
    ]
    return Equity(
        [Line(say(name), _shares(baseline, column)) for column, name in OF_PEOPLE.items()],
        known,
        {
            name: Line(strategy_name(name), _shares(of_strategy[name], "patrol_minutes"))
            for name in (comparison.baseline, *comparison.rivals)
            if name in of_strategy and of_strategy[name]["patrol_minutes"].sum()
        },
    )


def _shares(rows: pl.DataFrame, column: str) -> list[float]:
    """Return the shares of the fifths in percent."""
    total = float(rows[column].sum())
    return [100 * value / total if total else float("nan") for value in rows[column]][:FIFTHS]
