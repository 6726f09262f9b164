"""Displacement in words and numbers: what a strategy prevents where it adds patrol, around it and farther off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.compare.paired import Effect, decimals_for, difference, from_row
from experiments.estimates.areas import ALL
from experiments.estimates.displacement import AREAS, RINGS_M
from experiments.estimates.intervals import CLEAR, FEWEST_FOR_INTERVAL
from experiments.languages.speech import say, sentences
from experiments.presentation.names import noun, strategy_name
from experiments.presentation.wording import NO_INTERVAL, number, promise, too_few

if TYPE_CHECKING:
    from experiments.compare.comparison import Comparison, Point

OUTCOME = "crimes_place"  # patrol meets crimes at places alone
KEY = ("shortage", "strategy", "paired", "type")
FARTHEST_M = f"{RINGS_M[-1]:.0f} m"
NAMES = (
    "treated cells",
    *(f"{inner:.0f}–{outer:.0f} m" for inner, outer in zip((0.0, *RINGS_M[:-1]), RINGS_M, strict=True)),
    "farther",
)  # of `AREAS`


NOTE = (
    "Crimes at places per 1,000 residents of the whole city per year, {limits} (†: may be too narrow). Treated cells: "
    "the fewest that hold half of the preventive patrol that a run adds to that of {baseline} on the same seed. Rings "
    "are measured from the nearest treated cell, centre to centre; one that is narrower than a cell may hold none. "
    "Moves: more crimes outside the treated cells, in % of those fewer inside; below 0 there are fewer outside, too. "
    "WDQ: weighted displacement quotient (Bowers & Johnson 2003) of the treated cells, the {farthest} around, and the "
    "rest: above 0 the benefit spreads, from −1 to 0 part of it is lost to displacement, below −1 more than all. Both "
    "are ratios of sums over replications with jackknife intervals, given where crimes in treated cells fall by at "
    "least {clear} standard errors. Where stops follow the records of the run itself, cells in which chance brought "
    "more crimes are more likely to be treated: what is prevented is then understated, if anything."
)


class Ratio(NamedTuple):
    """A ratio with its 95 % interval; limits None where there is none."""

    value: float
    low: float | None
    high: float | None
    decimals: int = 2

    def times(self, by: float, decimals: int) -> Ratio:
        """Return it in another unit, limits in ascending order whatever the sign of that."""
        low, high = (None if limit is None else by * limit for limit in (self.low, self.high)[:: 1 if by > 0 else -1])
        return Ratio(by * self.value, low, high, decimals)

    @property
    def sign(self) -> int:
        """1 or −1 where the interval lies on that side of 0, else 0."""
        if self.low is None or self.high is None:
            return 0
        return int(self.low > 0) - int(self.high < 0)

    @property
    def percent(self) -> str:
        """`25 % (15 to 35 %)`, of a ratio that is in percent."""
        return self._written(say(" %"))

    def __str__(self) -> str:
        return self._written("")

    def _written(self, unit: str) -> str:
        value, low, high = (number(one, self.decimals) for one in (self.value, self.low, self.high))
        limits = say(NO_INTERVAL) if self.low is None else say("{low} to {high}", low=low, high=high) + unit
        return f"{value}{unit} ({limits})"


class Line(NamedTuple):
    """A line of the table: crimes of a type, the differences by area as texts, the share that moves, and the WDQ."""

    strategy: str
    label: str
    texts: list[str]
    moved: str
    wdq: str


class Displacement(NamedTuple):
    """What moves, per strategy that adds patrol somewhere.

    Attributes
    ----------
    areas : tuple of str
        As they are shown, from the treated cells outwards.
    effects : mapping
        (shortage, strategy) → differences of all types by area, on the same seeds and, where runs share a city, on
        independent ones: `paired` → list.
    sentences : list of str
        One a strategy, under the shortage that is told about.
    lines : mapping
        Shortage → lines of the table.
    note : str
        What the numbers are.
    """

    areas: tuple[str, ...]
    effects: dict[Point, dict[bool, list[Effect]]]
    sentences: list[str]
    lines: dict[str, list[Line]]
    note: str


def displacement(comparison: Comparison, told: str) -> Displacement:
    """Work out what moves; `told` is the shortage that sentences are about."""
    found = _by_area(comparison)
    effects: dict[Point, dict[bool, list[Effect]]] = {}
    told_of: list[str] = []
    lines: dict[str, list[Line]] = {}
    for row in _in_order(comparison):
        shortage, strategy, paired, kind = key = tuple(row[name] for name in KEY)
        if kind == ALL:
            effects.setdefault((shortage, strategy), {})[paired] = found[key]
        if kind == ALL and paired and shortage == told:
            told_of.append(_sentence(row, found[key][0]))
        if kind == ALL or paired:
            lines.setdefault(shortage, []).append(_line(row, found[key]))
    return Displacement(tuple(map(say, NAMES)), effects, told_of, lines, _note(comparison) if lines else "")


def _by_area(comparison: Comparison) -> dict[tuple[Any, ...], list[Effect]]:
    """Return the differences of each shortage, strategy, kind of pairs and type, from the treated cells outwards."""
    found: dict[tuple[Any, ...], list[Effect]] = {}
    for row in sorted(comparison.rings.iter_rows(named=True), key=lambda row: AREAS.index(row["area"])):
        found.setdefault(tuple(row[name] for name in KEY), []).append(from_row(comparison, OUTCOME, row))
    return found


def _in_order(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the ratios strategy by strategy in the order of the table, all types before each."""
    rows = comparison.displacement.iter_rows(named=True)
    return sorted(rows, key=lambda row: (comparison.rivals.index(row["strategy"]), row["type"] != ALL))


def _line(row: dict[str, Any], found: list[Effect]) -> Line:
    """Return the line of a type."""
    label = say("all types") if row["type"] == ALL else noun(row["type"])
    label = label if row["paired"] else say("{types}, independent seeds", types=label)
    decimals = decimals_for(found)
    share, quotient = _ratios(row)
    texts = [difference(one, decimals) for one in found]
    return Line(row["strategy"], label, texts, *("–" if one is None else str(one) for one in (share, quotient)))


def _ratios(row: dict[str, Any]) -> tuple[Ratio | None, Ratio | None]:
    """Return the share that moves in percent and the quotient, None where there is none."""
    share, quotient = (
        None if row[value] is None else Ratio(row[value], row[low], row[high])
        for value, low, high in (("moved_share", "moved_low", "moved_high"), ("wdq", "wdq_low", "wdq_high"))
    )
    return None if share is None else share.times(100.0, 0), quotient


def _sentence(row: dict[str, Any], treated: Effect) -> str:
    """Say what a strategy prevents where it adds patrol, and what moves from there."""
    cells = number(row["treated_cells"], 0)
    start = say(
        "{strategy}: crimes at places differ by {difference} per 1,000 residents per year in the cells to which it "
        "adds most patrol ({cells} on average).", strategy=strategy_name(row["strategy"]), cells=cells,
        difference=difference(treated, decimals_for([treated])),
    )  # fmt: skip
    share, quotient = _ratios(row)
    if row["n"] < FEWEST_FOR_INTERVAL:
        return sentences([start, say("{too_few} to tell what moves.", too_few=too_few(row["n"]))])
    if share is None:
        words = "What moves cannot be told: that takes a fall of at least {clear} standard errors."
        return sentences([start, say(words, clear=number(CLEAR, 0))])
    return sentences([start, _moved(share), _diffused(quotient)])


def _moved(share: Ratio) -> str:
    """Say how much of what is prevented moves elsewhere."""
    match share.sign:
        case 1:
            return say("Of what is prevented there, {share} moves elsewhere.", share=share.percent)
        case -1:
            words = "Nothing moves on balance: elsewhere crimes fall, too, by {share} of that."
            return say(words, share=share.times(-1.0, 0).percent)
    words = "The share of it that moves elsewhere is statistically indistinguishable from none: {share}."
    return say(words, share=share.percent)


def _diffused(quotient: Ratio | None) -> str:
    """Say whether crime falls or rises around."""
    if quotient is None:
        words = "There is no weighted displacement quotient: no crime beyond {farthest}, or no fall against it."
        return say(words, farthest=FARTHEST_M)
    match quotient.sign:
        case 1:
            words = (
                "Weighted displacement quotient {quotient}: diffusion of benefits, crimes fall in the {farthest} "
                "around, too."
            )
        case -1 if quotient.high is not None and quotient.high < -1:
            words = (
                "Weighted displacement quotient {quotient}: displacement, the {farthest} around get more crimes than "
                "are prevented."
            )
        case -1:
            words = (
                "Weighted displacement quotient {quotient}: displacement, the {farthest} around get part of the crimes "
                "that are prevented."
            )
        case _:
            words = (
                "Weighted displacement quotient {quotient}: neither diffusion to the {farthest} around nor "
                "displacement to them is shown."
            )
    return say(words, quotient=quotient, farthest=FARTHEST_M)


def _note(comparison: Comparison) -> str:
    """Say what the numbers are."""
    baseline = strategy_name(comparison.baseline)
    limits = say("in brackets 95 % intervals, not adjusted for multiple comparisons")
    one_city = (
        "Independent seeds: the same areas against the run of {baseline} with the next seed in the same city. A cell "
        "that is hot in one run is less so in another, which hides part of what is prevented there."
    )
    own = "Each run has a city of its own, so that there are no independent seeds in one city to compare with."
    own_cities = comparison.displacement["paired"].all()
    seeds = say(own) if own_cities else say(one_city, baseline=baseline)
    note = say(
        NOTE, limits=promise(comparison.replications, limits), baseline=baseline, farthest=FARTHEST_M,
        clear=number(CLEAR, 0),
    )  # fmt: skip
    return sentences([note, seeds])
