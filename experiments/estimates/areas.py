"""What strategies do to crimes by distance from the cells they treat, and the share that moves, over replications."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from experiments.estimates.components import over_cities
from experiments.estimates.displacement import AREAS, between_areas
from experiments.estimates.effects import KEYS, SCHEMA, effects
from experiments.estimates.intervals import CLEAR, FEWEST_FOR_INTERVAL, Floats, jackknife
from sim.arrays import Array

ALL = "all"  # types of crime together
TESTS = ("p_value", "p_adjusted", "low_simultaneous", "high_simultaneous", "family")  # nothing of it is primary
RINGS_SCHEMA = pl.Schema(
    [("shortage", pl.String), ("strategy", pl.String), ("reference", pl.String), ("paired", pl.Boolean)]
    + [("type", pl.String), ("area", pl.String)]
    + [(name, kind) for name, kind in list(SCHEMA.items())[5:] if name not in TESTS]
)
DISPLACEMENT_SCHEMA = pl.Schema({
    "shortage": pl.String, "strategy": pl.String, "reference": pl.String, "paired": pl.Boolean, "type": pl.String,
    "n": pl.Int64,
    **dict.fromkeys(("treated_cells", "prevented", "prevented_error"), pl.Float64),
    **dict.fromkeys(("moved_share", "moved_low", "moved_high", "wdq", "wdq_low", "wdq_high"), pl.Float64),
})  # fmt: skip


class Pairs(NamedTuple):
    """Crimes by area of the runs of a strategy, and of runs of the baseline in the same areas.

    Attributes
    ----------
    shortage, strategy : str
        Which runs they are.
    paired : bool
        Whether the baseline has the seed of the strategy, or that of another replication in the same city.
    types : tuple of str
        Types of crime, `ALL` among them.
    treated_cells : Array
        Their number, shape [replications].
    with_it, without : Array
        Crimes with the strategy and with the baseline, shape [replications, types, areas], in the order of `AREAS`.
    """

    shortage: str
    strategy: str
    paired: bool
    types: tuple[str, ...]
    treated_cells: Array
    with_it: Array
    without: Array


def ring_effects(pairs: list[Pairs], baseline: str, seeds_per_city: int) -> pl.DataFrame:
    """Estimate the difference in crimes by type and area.

    Parameters
    ----------
    pairs : list of Pairs
        A strategy under a shortage each.
    baseline : str
        The strategy that the others are compared with.
    seeds_per_city : int
        Replications that share a city, and count once with their mean.

    Returns
    -------
    polars.DataFrame
        One row a shortage, strategy, `paired`, type and area, as `experiments.estimates.effects.effects` gives it,
        not adjusted for multiple comparisons. Crimes are those of a run.
    """
    if not pairs:
        return pl.DataFrame(schema=RINGS_SCHEMA)
    wide = pl.concat(
        _wide(str(place), strategy, one.types, counts)
        for place, one in enumerate(pairs)
        for strategy, counts in ((one.strategy, one.with_it), (baseline, one.without))
    )
    found = effects(over_cities(wide, seeds_per_city), baseline).filter(pl.col("kind") == "strategy")
    places = pl.DataFrame({"place": [str(place) for place in range(len(pairs))]}).with_columns(
        pl.Series("of", [one.shortage for one in pairs]), pl.Series("paired", [one.paired for one in pairs])
    )
    named = found.join(places, left_on="shortage", right_on="place", how="left", maintain_order="left")
    type_and_area = pl.col("indicator").str.split_exact("|", 1).struct.rename_fields(["type", "area"])
    named = named.drop("shortage").rename({"of": "shortage"}).with_columns(type_and_area.alias("name"))
    return named.unnest("name").select(*RINGS_SCHEMA).cast(RINGS_SCHEMA)


def _wide(place: str, strategy: str, types: tuple[str, ...], counts: Array) -> pl.DataFrame:
    """Return a row a replication with the crimes of each type and area."""
    names = [f"{kind}|{area}" for kind in types for area in AREAS]
    table = pl.DataFrame(counts.reshape(len(counts), -1), schema=dict.fromkeys(names, pl.Float64), orient="row")
    replication = pl.int_range(pl.len()).alias("replication")
    keys = (pl.lit(place).alias("shortage"), pl.lit(strategy).alias("strategy"), replication)
    return table.select(*keys, replication.alias("seed"), pl.all()).select(*KEYS, *names)


def displaced(pairs: list[Pairs], baseline: str, seeds_per_city: int) -> pl.DataFrame:
    """Estimate the share that moves and the weighted displacement quotient of crimes added up over replications.

    The arguments are those of `ring_effects`.

    Returns
    -------
    polars.DataFrame
        One row a shortage, strategy, `paired` and type: `treated_cells` (mean number), `prevented` (crimes in them,
        mean a run) with its standard error, then share and quotient with their 95 % intervals (`jackknife`), null
        where fewer than `CLEAR` standard errors of crimes are prevented, or where they are not defined.
    """
    rows = []
    for one in pairs:
        shape = (-1, seeds_per_city, len(one.types), len(AREAS))
        with_it, without = (counts.reshape(shape).mean(axis=1) for counts in (one.with_it, one.without))
        prevented = (without - with_it)[:, :, 0]
        n = len(prevented)
        mean, error = prevented.mean(axis=0), prevented.std(axis=0, ddof=1) / np.sqrt(n)
        clear = (mean > 0) & (mean >= CLEAR * error) & (n >= FEWEST_FOR_INTERVAL)
        ratios = [np.where(clear, found, np.nan) for found in jackknife(_ratios, np.stack([with_it, without], axis=1))]
        for i, kind in enumerate(one.types):
            share, quotient = ([float(found[k, i]) for found in ratios] for k in range(2))
            rows.append((
                one.shortage, one.strategy, baseline, one.paired, kind, n, float(one.treated_cells.mean()),
                float(mean[i]), float(error[i]), *share, *quotient,
            ))  # fmt: skip
    frame = pl.DataFrame(rows, schema=DISPLACEMENT_SCHEMA, orient="row")
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def _ratios(crimes: Floats) -> Floats:
    """Return share that moves and quotient by type, shape [2, types], of crimes [with it and without, types, areas]."""
    of_types = [between_areas(with_it[None], without[None]) for with_it, without in zip(*crimes, strict=True)]
    quotients = [np.nan if one.wdq is None else one.wdq for one in of_types]
    return np.array([[one.moved_share[0] for one in of_types], quotients])
