"""The scoreboard.

Published patterns beside what the model makes, and the tables of rates, calls and pairs behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from experiments.estimates.estimate import estimate
from experiments.patterns.calls import NO_CRIME
from experiments.patterns.pattern import NO_BAND, Experiment, Pattern
from experiments.patterns.portrait import NEAR_M, SOON_DAYS, Kind, Portrait, kinds_in
from experiments.patterns.published import published, rows
from experiments.patterns.reporting import Recorded
from experiments.patterns.studies import MIX_NAMES, MIX_OF, PLACES, STUDIES, VARIANTS
from experiments.presentation.wording import words
from experiments.validate.drivers import drivers_of
from experiments.validate.verdict import OUTSIDE, judge
from sim.city.notices import Notice
from sim.outcomes.near_repeat import DAYS, DISTANCES_M, p_values, pooled
from sim.scenario import Scenario

Portraits = Mapping[str, Sequence[Portrait]]  # study → its replications
Judgements = Mapping[tuple[str, str], Sequence[float | None]]  # name of a field experiment, place → replications


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


def patterns_table(portraits: Portraits, titles: Mapping[str, Notice], experiments: Judgements) -> pl.DataFrame:
    """Score every pattern in every study that was run and for which it has a band.

    Returns
    -------
    polars.DataFrame
        One row a pattern and study, in the order of `published.rows`: `group, pattern, name, study, place, unit`;
        `mean, lower, upper` with its 95 % interval over `n` replications; `published_low, published_high`; `source,
        quality, use`; `verdict` by the interval, see `experiments.validate.verdict`, and `needed`, the replications
        that would decide where these do not; `note`, what was tried where it lies outside.
    """
    found = []
    for it, study in rows():
        if study not in portraits or (isinstance(it, Experiment) and (it.name, study) not in experiments):
            continue
        values = experiments[it.name, study] if isinstance(it, Experiment) else it.values(portraits, study)
        low, high = it.bands[study]
        told = judge(values, it.bands[study], exact=it.use == "specify")
        found.append({
            "group": str(group_of(it, study, titles)), "pattern": it.name, "name": it.title, "study": study,
            "place": STUDIES[study].preset, "unit": it.unit, **told.value._asdict(), "n": told.n,
            "published_low": low, "published_high": high, "source": it.source, "quality": it.quality, "use": it.use,
            "verdict": told.verdict, "needed": told.needed,
            "note": it.notes.get(study, "") if told.verdict == OUTSIDE else "",
        })  # fmt: skip
    numbers = dict.fromkeys(("mean", "lower", "upper", "published_low", "published_high"), pl.Float64)
    return pl.DataFrame(found, schema_overrides={**numbers, "needed": pl.Int64})


def rates_table(portraits: Portraits, scenarios: Mapping[str, Scenario]) -> pl.DataFrame:
    """Give yearly rates per 1,000 residents of every kind of incident, under each mix, with what drives them.

    A type that has subtypes has a row of its own before theirs. `recorded_share` is recorded / true in %, beside the
    band of those kinds that have one.
    """
    patterns = [it for it in published() if isinstance(it, Recorded) and len(it.kinds) == 1]
    found = []
    for study in filter(portraits.__contains__, PLACES):
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
            told = {
                what: judge((_share(kinds, what) for kinds in of_run), bands.get(name, NO_BAND))
                for what in ("reported", "recorded")
            }
            shares = {what: one.value for what, one in told.items()}
            low, high = bands.get(name, NO_BAND)
            drivers = [] if is_whole else drivers_of(name, scenarios[study], mix)
            found.append({
                "study": study, "mix": mix, "kind": name, "whole_type": is_whole,
                **{f"{what}_per_1000_year{end}": value for what in rates for end,
                    value in zip(ENDS, rates[what], strict=True)},
                **{f"{what}_share{end}": value for what in shares for end,
                    value in zip(ENDS, shares[what], strict=True)},
                "published_low": low, "published_high": high,
                "verdict": told["recorded"].verdict, "needed": told["recorded"].needed,
                "drivers": [driver.text for driver in drivers], "sources": [driver.source for driver in drivers],
            })  # fmt: skip
    numbers = (*(f"{what}{end}" for what in RATES for end in ENDS), "published_low", "published_high")
    return pl.DataFrame(
        found,
        schema=_schema(
            {"kind": pl.String, "whole_type": pl.Boolean}, numbers, {"verdict": pl.String, "needed": pl.Int64}
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
    return run.per_1000_a_year(sum(getattr(kind, what) for kind in kinds))


def _share(kinds: Sequence[Kind], what: str) -> float | None:
    true = sum(kind.true for kind in kinds)
    return 100 * sum(getattr(kind, what) for kind in kinds) / true if true else None


def calls_table(portraits: Portraits, scenarios: Mapping[str, Scenario]) -> pl.DataFrame:
    """Count calls per 1,000 residents per year by what they are truly about, with shares in %, under each mix."""
    found = []
    for study in filter(portraits.__contains__, PLACES):
        runs, mix = portraits[study], MIX_OF[study]
        for name in sorted({name for run in runs for name in run.calls}, key=_place):
            counts = [int(run.calls[name].sum()) if name in run.calls else 0 for run in runs]
            every = [sum(int(hours.sum()) for hours in run.calls.values()) for run in runs]
            rate = estimate(run.per_1000_a_year(count) for run, count in zip(runs, counts, strict=True))
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
        if study not in portraits:
            continue
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
    numbers = ("from_m", "to_m", "from_days", "to_days", "observed", "expected", "ratio", "p_value")
    texts = dict.fromkeys(("variant", "band"), pl.String)
    return pl.DataFrame(found, schema={**texts, **dict.fromkeys(numbers, pl.Float64)})
