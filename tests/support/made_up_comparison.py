"""A made-up comparison whose differences are what a test says."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console

from experiments.compare.comparison import Comparison
from experiments.compare.composition import Composition
from experiments.compare.figures import draw_findings
from experiments.compare.findings import Findings, findings
from experiments.compare.page import REPORT, write_pages
from experiments.compare.parameter_sets import Sets
from experiments.compare.table import Row
from experiments.compare.terminal import print_table
from experiments.compare.turns import Turn, turns_frame
from experiments.estimates.areas import (
    ALL,
    DISPLACEMENT_SCHEMA,
    RINGS_SCHEMA,
    Pairs,
    displaced,
    ring_effects,
)
from experiments.estimates.components import over_cities, variance_shares
from experiments.estimates.displacement import AREAS
from experiments.estimates.effects import effects
from experiments.estimates.paths import PATH_SCHEMA, quarter_effects
from experiments.presentation.looks import LOOKS, SCREEN, Look


def noise(n: int, size: float, seed: int) -> np.ndarray:
    """Values with mean exactly 0, so that differences are what a test says."""
    values = np.random.default_rng(seed).standard_normal(n) * size
    return values - values.mean()


MEASURED = {
    "residents": 36_500.0, "days": 10.0, "response_p1_p90_min": 14.0, "response_p2_median_min": 9.0,
    "response_p2_p90_min": 20.0,
    "response_p3_median_min": None, "response_p3_p90_min": None, "calls_waiting_p90_min": 3.0,
    "calls_unserved_share": 0.0, "clearance_rate": 0.125,
    "utilisation": 0.4321, "fraud_loss": None,
}  # fmt: skip
ASSUMPTIONS = [
    {"parameter": "city.cell_m", "value": 100.0, "unit": "m", "source": "assumption", "doc": "Side of a cell."},
    {"parameter": "demand.note", "value": None, "unit": "1", "source": "<script>alert(1)</script>", "doc": "a & b"},
]
NUMBERS = (-20, -10, 10, 25, 50, 100)  # of officers more, in `staffed`
HOURS = {"activity": ["on_scene", "patrol_stop", "standby", "juggling"], "officer_hours": [400.0, 100.0, 450.0, 50.0]}
NINE = (
    "reactive",
    "random_patrol",
    "hotspot",
    "intelligence_led",
    "campaign",
    "community",
    "co_governance",
    "integrated",
    "oracle",
)
THREE = ("none", "uniform30", "specialists")
TYPES = ("burglary", "theft", "robbery", "assault", "school_violence", "fraud")


QUARTERS = {
    "shortage": pl.String, "strategy": pl.String, "replication": pl.Int64, "seed": pl.Int64, "quarter": pl.Int64,
    "first_day": pl.Int64, "days": pl.Int64, "ended": pl.Boolean,
}  # fmt: skip
STAFFING = {
    "shortage": pl.String, "strategy": pl.String, "officers": pl.Int64, "post": pl.String, "replication": pl.Int64,
    "seed": pl.Int64,
}  # fmt: skip
FIFTHS = {
    "fifth": [1, 2, 3, 4, 5], "residents": [30.0, 25.0, 20.0, 15.0, 10.0], "crimes": [60.0, 20.0, 10.0, 8.0, 2.0],
    "recorded": [30.0, 8.0, 3.0, 2.0, 0.5], "victims": [40.0, 25.0, 15.0, 12.0, 8.0],
    "arrests": [4.0, 3.0, 2.0, 1.0, 0.0],
}  # fmt: skip
WARMUP = {"replication": pl.Int64, "seed": pl.Int64, "week": pl.Int64}


def composition(name: str) -> Composition:
    """Make up what a strategy is made of: programmes where it has some, and a bound when it is the oracle."""
    programmes = {
        "community": ("visits",),
        "co_governance": ("visits", "mediation"),
        "integrated": ("visits", "mediation", "anti_fraud"),
    }
    whole = name.partition(" without ")[0]
    sentences = {
        one: f"What {one} does & costs." for one in programmes.get(whole, ()) if not name.endswith(f" without {one}")
    }
    deployment = "hotspot" if sentences else whole
    return Composition(
        whole, f"What {whole} is.", deployment, f"Where {deployment} goes.", sentences,
        "neighbourhoods" if sentences else "usual", "It is set so.",
        name == "oracle",
    )  # fmt: skip


COMMAND = "python -m experiments.compare 'strategies=[reactive]'"


def comparison(
    n: int = 12,
    crimes: dict[str, float] | None = None,
    harm: dict[str, float] | None = None,
    response: dict[str, float] | None = None,
    shortages: tuple[str, ...] = ("none", "uniform30"),
    strategies: tuple[str, ...] = ("reactive", "random_patrol", "hotspot"),
    place: dict[str, float] | None = None,
    outcomes: dict[str, tuple[float, dict[str, float]]] | None = None,
    **more: object,
) -> Comparison:
    """Make a comparison of 36,500 residents over 10 days, so that one crime is one per 1,000 residents a year.

    Shifts are against reactive.

    `place` shifts crimes at places, which are there when it is given; `outcomes` adds indicators: name → (level,
    strategy → shift).
    """
    crimes, harm, response = crimes or {}, harm or {}, response or {}
    summary, cells, fifths, ledger, profiles, duty = [], [], [], [], [], []
    cell, shared = np.arange(30 * 40), noise(n, 4.0, 99)
    for s, shortage in enumerate(shortages):
        for p, strategy in enumerate(strategies):
            key, own = {"shortage": shortage, "strategy": strategy}, noise(n, 1.0, 10 * s + p)
            measured = {
                "on_duty_hours": np.full(n, 1000 * (1 - 0.3 * s)),
                "crimes_total": 100 + shared + own * (p > 0) + crimes.get(strategy, 0.0),
                "harm_total": 2000 + 10 * shared + own + harm.get(strategy, 0.0),
                "response_p1_median_min": 6 + 2 * s + 0.1 * (shared + own) + response.get(strategy, 0.0),
            }
            if place is not None:
                measured["crimes_place"] = 60 + shared + 0.5 * own * (p > 0) + place.get(strategy, 0.0)
            for i, (name, (level, shifts)) in enumerate((outcomes or {}).items()):
                measured[name] = level * (1 + 0.02 * noise(n, 1.0, 1000 + 100 * s + 10 * p + i)) + shifts.get(
                    strategy, 0.0
                )
            measured |= {name: pl.lit(value) for name, value in MEASURED.items() if name not in measured}  # type: ignore[misc]
            summary.append(pl.DataFrame({**key, "replication": range(n), "seed": range(n)}).with_columns(**measured))
            patrol = cell % 7 * (strategy != "reactive")
            places = {"cell": cell, "row": cell // 40, "col": cell % 40, "inside": cell % 40 > 3}
            cells.append(
                pl.DataFrame(
                    {
                        **key,
                        **places,
                        "crimes": (cell % 11 == 0) * 1.5,
                        "harm": cell * 0.0,
                        "patrol_minutes": patrol * 1.0,
                    }
                )
            )
            fifths.append(pl.DataFrame({**key, **FIFTHS, "patrol_minutes": [30.0 + 10 * p, 25.0, 20.0, 15.0, 10.0]}))
            ledger.append(pl.DataFrame({**key, "post": "patrol", **HOURS}))
            profiles.append(pl.DataFrame({**key, "hour_of_day": range(24), "calls": [2 + k % 5 for k in range(24)]}))
            for post, heads in (("patrol", [9.0] * 24), ("detectives", [4.0 * (9 <= hour < 17) for hour in range(24)])):
                duty.append(
                    pl.DataFrame(
                        {
                            **key,
                            "post": post,
                            "hour_of_day": range(24),
                            "officers": [(1 - 0.3 * (s > 0)) * one for one in heads],
                        }
                    )
                )
    table = pl.concat(summary)
    fields = {
        "scenario": {"city": {"name": "county", "cell_m": 100.0}, "warmup_days": 7, "days": 10, "seed": 1},
        "assumptions": ASSUMPTIONS, "files": [],
        "strategies": list(strategies), "shortages": list(shortages), "baseline": "reactive",
        "situation": None, "budget": None, "target": None, "staffing": pl.DataFrame(schema=STAFFING),
        "replications": n, "residents": 36_500, "days": 10,
        "seeds_per_city": 1, "stopped": None, "precision_of": "crimes_total",
        "runs": table, "variance_shares": variance_shares(table, "reactive", 1),
        "seeds_per_set": 1, "unchanged": table.clear(), "turns": turns_frame([]),
        "summary": table, "effects": effects(table, "reactive"), "cells": pl.concat(cells),
        "fifths": pl.concat(fifths), "ledger": pl.concat(ledger),
        "profiles": pl.concat(profiles),
        "quarters": pl.DataFrame(schema=QUARTERS), "paths": pl.DataFrame(schema=PATH_SCHEMA),
        "warmup": pl.DataFrame(schema=WARMUP),
        "rings": pl.DataFrame(schema=RINGS_SCHEMA), "displacement": pl.DataFrame(schema=DISPLACEMENT_SCHEMA),
        "duty": pl.concat(duty), "price": {}, "levers": [], "given": {}, "sets": None,
        "compositions": {strategy: composition(strategy) for strategy in strategies},
        "why": {shortage: "" if shortage == "none" else f"It costs what {shortage} costs." for shortage in shortages},
        "provenance": {"command": COMMAND, "seed": 1, "versions": {"python": "3.11"}, "git_commit": None},
    }  # fmt: skip
    return Comparison(**{**fields, **more})


def staffed(
    found: Comparison, per_officer: float = -0.2, in_post: dict[tuple[int, str], float] | None = None
) -> Comparison:
    """Add runs with other officers, each of whom changes crimes by so much; in one post they do what `in_post` says."""
    rows, in_post = [], in_post or {}
    for number, post in [*((n, None) for n in NUMBERS), *in_post]:
        base = found.summary.filter((pl.col("shortage") == "uniform30") & (pl.col("strategy") == "reactive"))
        change = per_officer * number if post is None else in_post[number, post]
        own = pl.Series(noise(base.height, 0.2, 77 + number))
        rows.append(
            base.with_columns(
                officers=pl.lit(number, pl.Int64),
                post=pl.lit(post, pl.String),
                crimes_total=pl.col("crimes_total") + change + own,
            )
        )
    return replace(found, staffing=pl.concat(rows))


def nine(n: int = 12, **more: object) -> Comparison:
    """Make a comparison of nine strategies under three shortages with the indicators of programmes.

    Integrated is the best, then co_governance.
    """
    crimes = {
        "hotspot": -4.0,
        "intelligence_led": -6.0,
        "campaign": 3.0,
        "community": -5.0,
        "co_governance": -11.6,
        "integrated": -12.0,
        "oracle": -20.0,
    }
    outcomes: dict[str, tuple[float, dict[str, float]]] = {
        f"crimes_{name}": (20.0, {"integrated": -2.0, "campaign": 1.0}) for name in TYPES
    }
    outcomes |= {
        "disputes_escalated": (9.0, {"co_governance": -3.0}), "fraud_loss": (9e5, {"integrated": -2e5}),
        "trust": (0.55, {"community": 0.04}),
        "perceived_safety": (0.6, {"campaign": 0.02}), "victims": (80.0, {"integrated": -9.0}),
        "repeat_victim_share": (0.1, {}),
        "fatigue_mean": (0.3, {"campaign": 0.1}), "overtime_hours": (50.0, {"campaign": 40.0}),
        "attrition": (0.05, {"campaign": 0.01}),
    }  # fmt: skip
    outcomes |= {
        "visits_made": (120.0, {}),
        "anti_fraud_warnings": (31.0, {}),
        "anti_fraud_alerts_accepted_share": (0.5, {}),
    }
    given = {"crimes": crimes, "place": crimes, "outcomes": outcomes, "shortages": THREE, "strategies": NINE, **more}
    return comparison(n, **given)  # type: ignore[arg-type]


def with_sets(found: Comparison, turns: Sequence[Turn] = ()) -> Comparison:
    """Return a comparison whose runs are two seeds each of made-up sets of one parameter, with what was tried."""
    n = found.replications // 2
    summary = over_cities(found.runs, 2)
    sets = Sets([{"people.search.risk": float(i)} for i in range(n)], list(range(1, n + 1)), n, False, True)
    return replace(
        found, replications=n, seeds_per_set=2, sets=sets, summary=summary, effects=effects(summary, found.baseline),
        variance_shares=variance_shares(found.runs, found.baseline, 1, 2),
        unchanged=summary.filter(pl.col("replication") < n // 2), turns=turns_frame(turns),
    )  # fmt: skip


def numbers(text: str) -> list[str]:
    """Return the numbers of a text as they are written, those in names left out."""
    return re.findall(r"(?<![\w.])[−+]?\d[\d,]*(?:\.\d+)?", text)


def with_runs(found: Comparison, name: str, values: dict[tuple[str, str], object]) -> Comparison:
    """Return a comparison with another indicator by (shortage, strategy): a number, or one a run; absent elsewhere."""
    of_run = {
        point: np.broadcast_to(np.asarray(value, dtype=float), found.replications) for point, value in values.items()
    }
    nothing = np.full(found.replications, np.nan)
    column = [
        float(of_run.get((row["shortage"], row["strategy"]), nothing)[row["replication"]])
        for row in found.summary.iter_rows(named=True)
    ]  # fmt: skip
    summary = found.summary.with_columns(pl.Series(name, column, dtype=pl.Float64).fill_nan(None))
    return replace(found, summary=summary, effects=effects(summary, found.baseline))


def sentences(found: Comparison) -> tuple[str, ...]:
    """Return the sentences of the answer, decision first."""
    made = findings(found)
    return tuple(one.text for one in made.answer)


def rows(found: Comparison) -> list[Row]:
    """Return the rows of the table."""
    return findings(found).table.rows


def printed(
    found: Comparison, width: int, encoding: str = "utf-8", show: Callable[[Console, Findings], None] = print_table
) -> str:
    """Return what a terminal shows."""
    buffer = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    show(Console(file=buffer, width=width), findings(found))
    buffer.seek(0)
    return buffer.read()


def reported(found: Comparison, folder: Path, look: Look = LOOKS[SCREEN]) -> Path:
    """Draw the figures and write the page."""
    (folder / "figures").mkdir(exist_ok=True)
    made = findings(found)
    write_pages(made, draw_findings(made, folder / "figures", 1, look), folder)
    return folder / REPORT


def with_quarters(
    found: Comparison, levels: dict[str, dict[str, Sequence[float]]], size: float = 1.0, ended: int = 0
) -> Comparison:
    """Return a comparison with quarters of ten days under every shortage.

    Parameters
    ----------
    levels : dict
        Indicator → strategy → level by quarter; each run has noise of `size` round it, with mean 0.
    ended : int
        So many of the last quarters are after the end of the strategy.
    """
    rows = []
    for s, shortage in enumerate(found.shortages):
        for p, strategy in enumerate(found.strategies):
            n = max(len(of_strategy[strategy]) for of_strategy in levels.values())
            for q in range(n):
                values = {
                    name: of_strategy[strategy][q] + noise(found.replications, size, 1000 * s + 100 * p + 10 * q + i)
                    for i, (name, of_strategy) in enumerate(levels.items())
                }
                rows += [
                    {
                        "shortage": shortage, "strategy": strategy, "replication": r, "seed": r, "quarter": q + 1,
                        "first_day": 10 * q, "days": 10, "ended": q >= n - ended,
                        **{name: float(of_runs[r]) for name, of_runs in values.items()},
                    }
                    for r in range(found.replications)
                ]  # fmt: skip
    quarters = pl.DataFrame(rows)
    return replace(found, quarters=quarters, paths=quarter_effects(quarters, found.baseline))


def with_displacement(
    found: Comparison, changes: dict[str, Sequence[float]], alone: float | None = None, size: float = 1.0
) -> Comparison:
    """Return a comparison with crimes by area, under every shortage 40 a run in each area with the baseline.

    Parameters
    ----------
    changes : dict
        Strategy → change in each area, from the treated cells outwards; each run has noise of `size` round it, with
        mean 0. A quarter of the crimes are robberies, the others thefts.
    alone : float, optional
        Noise of pairs of independent seeds; without it there are none.
    """
    n, areas = found.replications, len(AREAS)
    pairs = []
    for s, shortage in enumerate(found.shortages):
        for p, (strategy, change) in enumerate(changes.items()):
            for paired, noisy in ((True, size), (False, alone)):
                if noisy is None:
                    continue
                chance = np.array([noise(n, noisy, 1000 * s + 100 * p + 10 * a + paired) for a in range(areas)]).T
                shares = np.array([1.0, 0.75, 0.25])[None, :, None]
                with_it = (40 + np.asarray(change) + chance)[:, None, :] * shares
                without = np.broadcast_to(40 * shares, with_it.shape)
                types = (ALL, "theft", "robbery")
                pairs.append(Pairs(shortage, strategy, paired, types, np.full(n, 25), with_it, without))
    rings, ratios = (work_out(pairs, found.baseline, 1) for work_out in (ring_effects, displaced))
    return replace(found, rings=rings, displacement=ratios)
