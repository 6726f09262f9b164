"""Which factors paired differences hang on, alone and two by two: an analysis of variance in which seeds are blocks."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from experiments.sweep.numbers import DIFFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

STRATEGY = "strategy"
TIMES = " × "
MOST_DEGREES = 200  # of freedom of a source: one with more is left out
SCHEMA = {
    STRATEGY: pl.String,
    "source": pl.String,
    **dict.fromkeys(
        (
            "sum_of_squares", "error_sum_of_squares", "degrees_of_freedom", "error_degrees_of_freedom", "epsilon",
            "f", "p", "partial_eta_squared",
        ),
        pl.Float64,
    ),
}  # fmt: skip


def analysis_of_variance(differences: pl.DataFrame, factors: Sequence[str]) -> pl.DataFrame:
    """Say which factors the paired differences hang on, alone and two by two: over all strategies, then for each.

    The differences of one seed share its city, and those to one run of the baseline share what chance did there: only
    seeds are independent. So each source is held against its own interaction with the seeds. With an orthonormal basis
    of the k dimensions that a source adds to all sources that do not contain it (type II), and c(s) the differences of
    seed s in that basis, the sum of squares is n · |mean c|² and its error Σ |c(s) − mean c|², with k and k · (n − 1)
    degrees of freedom, both times the ε of Greenhouse & Geisser (1959, recalled, not read), which allows for unequal
    variances and correlations among the k. Seeds that lack a point are left out.

    Parameters
    ----------
    differences : DataFrame
        From `experiments.sweep.numbers.differences_of`.
    factors : sequence of str
        What varied. Each is taken by its levels; numbers of which most points of a sample have their own, by their
        slope.

    Returns
    -------
    DataFrame
        strategy (null: over all, where strategies are a factor; else the only one), source (a factor or `a × b`),
        sum_of_squares, error_sum_of_squares, degrees_of_freedom, error_degrees_of_freedom, epsilon, f, p, and
        partial_eta_squared: the share of the two sums of squares that the first one is.
    """
    parts = [(None, differences)]
    if STRATEGY in factors and differences[STRATEGY].n_unique() > 1:
        parts += [(name, part) for (name,), part in differences.group_by(STRATEGY, maintain_order=True)]
    elif STRATEGY in factors and differences.height:
        parts = [(differences[STRATEGY][0], differences)]
    rows = [{STRATEGY: name, **row} for name, part in parts for row in _sources(part, factors)]
    return pl.DataFrame(rows, schema=SCHEMA)


def _sources(part: pl.DataFrame, factors: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Return the rows of one analysis; none where nothing varies, or fewer than two seeds have all points."""
    wide = part.select("point", "seed", DIFFERENCE).pivot("seed", index="point", values=DIFFERENCE)
    points = wide.select("point").join(part.unique("point"), on="point", maintain_order="left")
    table = wide.drop("point").to_numpy().astype(float)  # [points, seeds]
    table = table[:, np.isfinite(table).all(axis=0)]
    terms = _terms(points, [name for name in factors if points[name].n_unique() > 1 and not points[name].null_count()])
    if table.shape[1] < 2 or not table.size or np.ptp(table) == 0:
        return
    for name in terms:
        others = [matrix for other, matrix in terms.items() if name not in (other, *other.split(TIMES))]
        basis = _added(terms[name], others)
        if basis.shape[1]:
            yield {"source": name, **_test(basis.T @ table)}


def _terms(points: pl.DataFrame, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the columns of each factor and of each two of them, shape [points, degrees of freedom]."""
    coded = {name: matrix for name in names if (matrix := _coded(points[name], len(names) == 1)) is not None}
    products = {
        f"{one}{TIMES}{two}": (coded[one][:, :, None] * coded[two][:, None, :]).reshape(len(points), -1)
        for one, two in combinations(coded, 2)
        if coded[one].shape[1] * coded[two].shape[1] <= MOST_DEGREES
    }
    return {**coded, **products}


def _coded(levels: pl.Series, alone: bool) -> np.ndarray | None:
    """Return the columns of a factor; None: it has none that mean anything, or too many."""
    number = levels.n_unique()
    if not alone and number > len(levels) / 2:  # drawn from an interval
        values = levels.cast(pl.Float64, strict=False)
        numbers: np.ndarray = values.to_numpy().reshape(-1, 1)
        return None if values.null_count() else numbers - numbers.mean()
    if number - 1 > MOST_DEGREES:
        return None
    codes = levels.cast(pl.String).rank("dense").to_numpy().astype(int) - 1
    columns: np.ndarray = np.vstack([np.eye(number - 1), -np.ones(number - 1)])[codes]
    return columns


def _added(matrix: np.ndarray, others: Iterable[np.ndarray]) -> np.ndarray:
    """Return an orthonormal basis of what the columns of a matrix add to a constant and other columns."""
    rest = _basis(np.column_stack([np.ones(len(matrix)), *others]), 1.0)
    return _basis(matrix - rest @ (rest.T @ matrix), float(np.linalg.norm(matrix, 2)))


def _basis(matrix: np.ndarray, scale: float) -> np.ndarray:
    """Return an orthonormal basis of the columns of a matrix whose columns were about as long as `scale`."""
    left, lengths, _ = np.linalg.svd(matrix, full_matrices=False)
    basis: np.ndarray = left[:, lengths > 1e-9 * max(scale, float(lengths.max(initial=0.0)))]
    return basis


def _test(contrasts: np.ndarray) -> dict[str, float | None]:
    """Test that the mean of contrasts, shape [k, seeds], is 0."""
    from scipy.special import fdtrc

    k, n = contrasts.shape
    mean = contrasts.mean(axis=1, keepdims=True)
    left = contrasts - mean
    squares, error = float(n * (mean**2).sum()), float((left**2).sum())
    around = left.T @ left if n < k else left @ left.T  # both have the same traces, and those of their squares
    spread = float((around**2).sum())
    epsilon = error**2 / (k * spread) if spread > 0 else 1.0
    f = None if error <= 0 else squares / error * (n - 1)
    return {
        "sum_of_squares": squares,
        "error_sum_of_squares": error,
        "degrees_of_freedom": float(k),
        "error_degrees_of_freedom": float(k * (n - 1)),
        "epsilon": epsilon,
        "f": f,
        "p": None if f is None else float(fdtrc(epsilon * k, epsilon * k * (n - 1), f)),
        "partial_eta_squared": squares / (squares + error) if squares + error > 0 else None,
    }
