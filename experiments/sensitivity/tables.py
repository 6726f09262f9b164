"""The tables of a sensitivity study: as texts for readers, and as frames for files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from experiments.languages.speech import say
from experiments.presentation.indicators import indicator
from experiments.presentation.wording import number
from experiments.sensitivity.findings import TOP, title
from experiments.sensitivity.results import of_target, points_of
from sim.city.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from experiments.sensitivity.design import Target
    from experiments.sensitivity.findings import Sensitivity
    from experiments.sensitivity.numbers import Shares
    from experiments.settings.uncertain import Factor


class Table(NamedTuple):
    """A table as texts in the language that is spoken.

    Attributes
    ----------
    title : str
        What it shows, with its unit.
    heads : list of str
        Of the columns.
    rows : list of list of str
        The largest first.
    """

    title: str
    heads: list[str]
    rows: list[list[str]]


def top_table(found: Sensitivity) -> Table:
    """Return what the parameters are that matter most."""
    heads = [
        say(head)
        for head in (
            Notice("Parameter"), Notice("Value"), Notice("from"), Notice("to"), Notice("Unit"), Notice("Bounds"),
            Notice("Source"),
        )
    ]  # fmt: skip
    rows = [
        [one.name, f"{one.default:g}", f"{one.low:g}", f"{one.high:g}", one.unit, say(one.basis), one.source]
        for one in found.top[:TOP]
    ]
    return Table(say("The parameters that matter most"), heads, rows)


def share_tables(found: Sensitivity) -> list[Table]:
    """Return the Sobol indices of each target, in percent."""
    heads = [say(head) for head in (Notice("Parameter"), Notice("First"), Notice("Total"), Notice("Chance"))]
    tables = []
    for target in found.steps:
        shares, batch = found.shares(target), found.results.sampled
        assert shares is not None
        assert batch is not None
        rows = [
            [
                batch.factors[at].name, _between(shares.first[at], shares.first_half[at]),
                _between(shares.total[at], shares.total_half[at]),
                "–" if shares.chance is None else number(100 * shares.chance[at], 0),
            ]
            for at in np.argsort(-shares.total, kind="stable")
        ]  # fmt: skip
        tables.append(Table(say("{target}, % of the variance", target=say(title(target))), heads, rows))
    return tables


def screen_tables(found: Sensitivity) -> list[Table]:
    """Return the elementary effects of each target, in its unit."""
    heads = [say("Parameter"), "μ", "μ*", "σ", say("Chance")]
    tables = []
    for target, screen in found.screens.items():
        batch, scale = found.results.screened, found.scale[target.outcome]
        assert batch is not None
        rows = [
            [
                batch.factors[at].name, number(scale * screen.mean[at], 2, sign=True),
                _from_to(scale * screen.size[at], scale * screen.size_low[at], scale * screen.size_high[at]),
                _from_to(scale * screen.spread[at], scale * screen.spread_low[at], scale * screen.spread_high[at]),
                "–" if screen.chance is None else number(scale * screen.chance[at], 2),
            ]
            for at in np.argsort(-screen.size, kind="stable")
        ]  # fmt: skip
        told = say("{target}, {unit}", target=say(title(target)), unit=indicator(target.outcome).unit)
        tables.append(Table(told, heads, rows))
    return tables


def _between(value: float, half: float) -> str:
    return _from_to(100 * value, 100 * (value - half), 100 * (value + half), 0)


def _from_to(value: float, low: float, high: float, decimals: int = 2) -> str:
    return say(
        "{value} ({low} to {high})",
        value=number(value, decimals), low=number(low, decimals), high=number(high, decimals),
    )  # fmt: skip


# Frames -------------------------------------------------------------------------------------------------------------


def indices(found: Sensitivity) -> pl.DataFrame:
    """Return a row a method, target and parameter: effects in the unit of tables, indices as shares of the variance."""
    rows = [*_screen_rows(found), *(row for row in _share_rows(found) if row.pop("last"))]
    return pl.DataFrame(rows, schema=INDICES, orient="row")


def convergence(found: Sensitivity) -> pl.DataFrame:
    """Return a row a target, number of samples and parameter."""
    columns = [name for name in INDICES if name not in SCREENED]
    rows = [{name: row[name] for name in columns} for row in _share_rows(found)]
    return pl.DataFrame(rows, schema={name: INDICES[name] for name in columns}, orient="row")


SCREENED = ("mean", "size", "size_low", "size_high", "spread", "spread_low", "spread_high")
INDICES: dict[str, Any] = {
    **dict.fromkeys(("method", "outcome", "strategy", "baseline", "parameter"), pl.String), "blocks": pl.Int64,
    **dict.fromkeys(
        (*SCREENED, "first", "first_low", "first_high", "total", "total_low", "total_high", "chance", "chance_share"),
        pl.Float64,
    ),
    "matters": pl.Boolean,
}  # fmt: skip


def _head(method: str, target: Target, parameter: Factor, blocks: int) -> dict[str, Any]:
    return {
        **dict.fromkeys(INDICES), "method": method, "outcome": target.outcome, "strategy": target.strategy,
        "baseline": target.baseline, "parameter": parameter.name, "blocks": blocks,
    }  # fmt: skip


def _screen_rows(found: Sensitivity) -> Iterator[dict[str, Any]]:
    for target, screen in found.screens.items():
        scale, batch = found.scale[target.outcome], found.results.screened
        for at, one in enumerate(batch.factors if batch is not None else ()):
            effects = {name: scale * float(getattr(screen, name)[at]) for name in SCREENED}
            chance = None if screen.chance is None else scale * float(screen.chance[at])
            floor = 0.0 if chance is None else chance
            yield {
                **_head("morris", target, one, screen.blocks), **effects, "chance": chance,
                "chance_share": screen.chance_share, "matters": effects["size_low"] > floor,
            }  # fmt: skip


def _share_rows(found: Sensitivity) -> Iterator[dict[str, Any]]:
    for target, steps in found.steps.items():
        for shares in steps.values():
            for row in _rows_of(found, target, shares):
                yield {**row, "last": shares is found.shares(target)}


def _rows_of(found: Sensitivity, target: Target, shares: Shares) -> Iterator[dict[str, Any]]:
    batch = found.results.sampled
    for at, one in enumerate(batch.factors if batch is not None else ()):
        yield {
            **_head("sobol", target, one, shares.blocks),
            "first": float(shares.first[at]), "first_low": float(shares.first[at] - shares.first_half[at]),
            "first_high": float(shares.first[at] + shares.first_half[at]),
            "total": float(shares.total[at]), "total_low": float(shares.total[at] - shares.total_half[at]),
            "total_high": float(shares.total[at] + shares.total_half[at]),
            "chance": None if shares.chance is None else float(shares.chance[at]),
            "chance_share": shares.chance_share, "matters": bool(shares.matter[at]),
        }  # fmt: skip


def largest(found: Sensitivity) -> dict[str, float]:
    """Return how much a parameter may move anything that was looked at, as a share of the outcome's level today.

    That is the upper end of the interval of μ*, over the whole range; the largest of all targets. It is not known where
    the screen says nothing of a target, or an outcome is 0 today.
    """
    batch, reach = found.results.screened, []
    for target in found.study.targets:
        level = abs(float(found.results.usual.values[found.study.baseline, target.outcome].mean()))
        if target not in found.screens or not level > 0:
            return {}
        reach.append(found.screens[target].size_high / level)
    assert batch is not None
    most = np.max(reach, axis=0)
    return {one.name: float(most[at]) for at, one in enumerate(batch.factors)}


def parameters(found: Sensitivity) -> pl.DataFrame:
    """Return a row a parameter: its value, its bounds and what they are, its source, and what it may move at most."""
    most = largest(found)
    sampled = {one.name for one in found.results.sampled.factors} if found.results.sampled is not None else set()
    rank = {one.name: place for place, one in enumerate(found.top, start=1)}
    return pl.DataFrame(
        [
            {
                "parameter": one.name, "value": one.default, "low": one.low, "high": one.high, "log": one.log,
                "unit": one.unit, "bounds": str(one.basis), "reason": one.reason, "source": one.source,
                "sobol": one.name in sampled, "rank": rank.get(one.name), "largest_effect": most.get(one.name),
            }
            for one in found.study.factors
        ],
        infer_schema_length=None,
    )  # fmt: skip


def experiments(found: Sensitivity) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what was run as EMA workbench has it: experiments and their outcomes, row for row.

    A row a point and strategy; outcomes are means over the seeds in the unit of tables, absent where one of them has
    none.
    """
    points: list[Mapping[str, float]] = [{one.name: one.default for one in found.study.factors}]
    usual = dict(points[0])
    for batch in (found.results.screened, found.results.sampled):
        if batch is not None:
            points += [{**usual, **values} for values in points_of(batch.factors, batch.points)]
    designs, outcomes = [], []
    for strategy in found.study.trees:
        columns = {
            outcome: found.scale[outcome]
            * np.concatenate([part.values[strategy, outcome].mean(axis=1) for part in found.results.parts])
            for outcome in found.plan["outcomes"]
        }
        designs.append(
            pl.DataFrame(points, infer_schema_length=None).with_columns(
                pl.int_range(pl.len()).alias("scenario"),
                pl.lit(strategy).alias("policy"),
                pl.lit("beatlab").alias("model"),
            )
        )
        outcomes.append(pl.DataFrame(columns, nan_to_null=True))
    return pl.concat(designs, how="vertical_relaxed"), pl.concat(outcomes)


def levels(found: Sensitivity) -> Table:
    """Return the targets at the values of the settings, seed by seed averaged."""
    rows = []
    for target in found.study.targets:
        values = of_target(found.results.usual, target)
        mean = float(values.mean()) * found.scale[target.outcome]
        rows.append([say(title(target)), number(mean, 2), indicator(target.outcome).unit])
    heads = [say(head) for head in (Notice("What is looked at"), Notice("At today's values"), Notice("Unit"))]
    return Table(say("Today's values"), heads, rows)
