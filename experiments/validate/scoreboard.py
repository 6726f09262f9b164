"""The scoreboard.

Published patterns beside what the model makes, and the tables of rates, calls and pairs behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from experiments.estimates.estimate import Estimate, estimate
from experiments.patterns.calls import NO_CRIME
from experiments.patterns.pattern import Pattern
from experiments.patterns.portrait import NEAR_M, SOON_DAYS, Kind, Portrait, kinds_in
from experiments.patterns.published import published, rows
from experiments.patterns.reporting import Recorded
from experiments.patterns.studies import MIX_NAMES, MIX_OF, PLACES, VARIANTS
from experiments.presentation.indicators import DAYS_A_YEAR
from experiments.presentation.wording import words
from experiments.validate.drivers import drivers_of
from sim.city.notices import Notice
from sim.outcomes.near_repeat import DAYS, DISTANCES_M, p_values, pooled
from sim.scenario import Scenario

Portraits = Mapping[str, Sequence[Portrait]]  # study → its replications
WITHIN, OUTSIDE, NO_BAND, NOT_MEASURED = "within", "outside", "no band", "not measured"


def verdict(mean: float | None, low: float | None, high: float | None) -> str:
    """Say whether a mean lies in a published band, whose limits may be open."""
    if low is None and high is None:
        return NO_BAND
    if mean is None:
        return NOT_MEASURED
    return WITHIN if (low is None or mean >= low) and (high is None or mean <= high) else OUTSIDE


def titles_of(portraits: Portraits, scenarios: Mapping[str, Scenario]) -> dict[str, Notice]:
    """Name the city and the mix of each study: `county of 100,000, Chinese mix`."""
    return {
        study: Notice(
            "{city} of {residents:,}, {mix}", city=Notice(words(scenarios[study].city.name)),
            residents=runs[0].residents, mix=Notice(MIX_NAMES[study]),
        )
        for study, runs in portraits.items()
    }  # fmt: skip


def group_of(pattern: Pattern, study: str, titles: Mapping[str, Notice]) -> Notice:
    """Return under which heading a pattern is shown: what it is about, and where it was measured."""
    return Notice("{about}: {title}", about=Notice(pattern.about), title=titles[study])


def is_sure(found: Estimate, low: float | None, high: float | None) -> bool | None:
    """Whether the whole interval would get the verdict of the mean; None without an interval or a band."""
    if found.lower is None or found.upper is None or (low is None and high is None):
        return None
    return verdict(found.lower, low, high) == verdict(found.upper, low, high) and not any(
        limit is not None and found.lower < limit < found.upper for limit in (low, high)
    )


def patterns_table(portraits: Portraits, titles: Mapping[str, Notice]) -> pl.DataFrame:
    """Score every pattern in every study in which it has a band: one row each, in the order of `published.rows`."""
    found = []
    for it, study in rows():
        low, high = it.bands[study]
        value = estimate(it.values(portraits, study))
        found.append({
            "group": str(group_of(it, study, titles)), "pattern": it.name, "name": it.title, "study": study,
            "unit": it.unit, **value._asdict(), "published_low": low, "published_high": high, "source": it.source,
            "quality": it.quality, "use": it.use, "verdict": verdict(value.mean, low, high),
            "sure": is_sure(value, low, high),
        })  # fmt: skip
    numbers = dict.fromkeys(("mean", "lower", "upper", "published_low", "published_high"), pl.Float64)
    return pl.DataFrame(found, schema_overrides={**numbers, "sure": pl.Boolean})


def rates_table(portraits: Portraits, scenarios: Mapping[str, Scenario]) -> pl.DataFrame:
    """Give yearly rates per 1,000 residents of every kind of incident, under each mix, with what drives them.

    A type that has subtypes has a row of its own before theirs. `recorded_share` is recorded / true in %, beside the
    band of those kinds that have one.
    """
    patterns = [it for it in published() if isinstance(it, Recorded) and len(it.kinds) == 1]
    found = []
    for study in PLACES:
        bands = {it.kinds[0]: it.bands[study] for it in patterns}
        runs, mix = portraits[study], MIX_OF[study]
        for name, is_whole in rows_of({kind for run in runs for kind in run.kinds}):
            of_run = [
                kinds_in(run, name) if is_whole else [run.kinds[name]] if name in run.kinds else [] for run in runs
            ]
            rates = {
                what: estimate(_rate(run, kinds, what) for run, kinds in zip(runs, of_run, strict=True))
                for what in ("true", "recorded")
            }
            shares = {what: estimate(_share(kinds, what) for kinds in of_run) for what in ("reported", "recorded")}
            low, high = bands.get(name, (None, None))
            drivers = [] if is_whole else drivers_of(name, scenarios[study], mix)
            found.append({
                "study": study, "mix": mix, "kind": name, "whole_type": is_whole,
                **{f"{what}_per_1000_year{end}": value for what in rates for end,
                    value in zip(ENDS, rates[what], strict=True)},
                **{f"{what}_share{end}": value for what in shares for end,
                    value in zip(ENDS, shares[what], strict=True)},
                "published_low": low, "published_high": high,
                "verdict": verdict(shares["recorded"].mean, low, high), "sure": is_sure(shares["recorded"], low, high),
                "drivers": [driver.text for driver in drivers], "sources": [driver.source for driver in drivers],
            })  # fmt: skip
    numbers = (*(f"{what}{end}" for what in RATES for end in ENDS), "published_low", "published_high")
    return pl.DataFrame(
        found,
        schema=_schema(
            {"kind": pl.String, "whole_type": pl.Boolean}, numbers, {"verdict": pl.String, "sure": pl.Boolean}
        ),
    )


RATES = ("true_per_1000_year", "recorded_per_1000_year", "reported_share", "recorded_share")
ENDS = ("", "_lower", "_upper")  # of a mean and its interval


def _schema(before: dict[str, Any], numbers: Iterable[str], after: dict[str, Any]) -> dict[str, Any]:
    """Columns of a table that may have no rows."""
    lists = dict.fromkeys(("drivers", "sources"), pl.List(pl.String))
    return {"study": pl.String, "mix": pl.String, **before, **dict.fromkeys(numbers, pl.Float64), **after, **lists}


def rows_of(kinds: Iterable[str]) -> list[tuple[str, bool]]:
    """Order kinds by type; put before each type that has subtypes a row for the whole, marked True."""
    found: list[tuple[str, bool]] = []
    names = sorted(kinds, key=lambda name: (_place(name.partition(":")[0]), name))
    for name in names:
        whole = name.partition(":")[0]
        if whole != name and (whole, True) not in found:
            found.append((whole, True))
        found.append((name, False))
    return found


_TYPES = ("burglary", "theft", "robbery", "assault", "school_violence", "fraud", *NO_CRIME)  # in the order of tables


def _place(name: str) -> tuple[int, str]:
    return (_TYPES.index(name) if name in _TYPES else len(_TYPES), name)


def _rate(run: Portrait, kinds: Sequence[Kind], what: str) -> float:
    count: float = sum(getattr(kind, what) for kind in kinds)
    return count * 1000 / run.residents * DAYS_A_YEAR / run.days


def _share(kinds: Sequence[Kind], what: str) -> float | None:
    true = sum(kind.true for kind in kinds)
    return 100 * sum(getattr(kind, what) for kind in kinds) / true if true else None


def calls_table(portraits: Portraits, scenarios: Mapping[str, Scenario]) -> pl.DataFrame:
    """Count calls per 1,000 residents per year by what they are truly about, with shares in %, under each mix."""
    found = []
    for study in PLACES:
        runs, mix = portraits[study], MIX_OF[study]
        for name in sorted({name for run in runs for name in run.calls}, key=_place):
            counts = [int(run.calls[name].sum()) if name in run.calls else 0 for run in runs]
            every = [sum(int(hours.sum()) for hours in run.calls.values()) for run in runs]
            rate = estimate(
                count * 1000 / run.residents * DAYS_A_YEAR / run.days for run, count in zip(runs, counts, strict=True)
            )
            share = estimate(100 * count / total for count, total in zip(counts, every, strict=True) if total)
            drivers = drivers_of(name, scenarios[study], mix) if name in NO_CRIME else []
            found.append({
                "study": study, "mix": mix, "type": name, "is_crime": name not in NO_CRIME,
                **{f"per_1000_year{end}": value for end, value in zip(ENDS, rate, strict=True)},
                **{f"share{end}": value for end, value in zip(ENDS, share, strict=True)},
                "drivers": [driver.text for driver in drivers], "sources": [driver.source for driver in drivers],
            })  # fmt: skip
    numbers = [f"{what}{end}" for what in ("per_1000_year", "share") for end in ENDS]
    return pl.DataFrame(found, schema=_schema({"type": pl.String, "is_crime": pl.Boolean}, numbers, {}))


def knox_frame(portraits: Portraits) -> pl.DataFrame:
    """Count pairs of burglaries by band, added up over replications.

    Observed, expected, their ratio, and the Monte Carlo p.

    The rows with `from_m` null are the whole window of the near repeat, counted and tested by pointpats.
    """
    found = []
    for study, variant in VARIANTS.items():
        table = pooled([run.knox for run in portraits[study] if run.knox is not None])
        window = pooled([run.knox_window for run in portraits[study] if run.knox_window is not None])
        bands = [
            (lower if place else None, upper, before, after, table, (place, time))
            for place, (lower, upper) in enumerate(zip((0.0, *DISTANCES_M), DISTANCES_M, strict=False))
            for time, (before, after) in enumerate(zip((0.0, *DAYS), DAYS, strict=False))
        ]
        for lower, upper, before, after, source, cell in [*bands, (None, NEAR_M, 0.0, SOON_DAYS, window, (0, 0))]:
            expected = float(source.expected[cell])
            is_window = source is window
            found.append({
                "variant": variant, "band": "window" if is_window else "same place" if cell[0] == 0 else "distance",
                "from_m": lower, "to_m": upper,
                "from_days": before, "to_days": after, "observed": float(source.observed[cell]), "expected": expected,
                "ratio": float(source.observed[cell]) / expected if expected > 0 else None,
                "p_value": float(p_values(source)[cell]),
            })  # fmt: skip
    return pl.DataFrame(found, schema_overrides={"from_m": pl.Float64, "ratio": pl.Float64})
