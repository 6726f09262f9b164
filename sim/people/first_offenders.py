"""Who offends when a run begins: residents drawn by age, with those whom they know, and their groups."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array
from sim.city.grid import Grid
from sim.columns import table
from sim.draws import Draw
from sim.kernels import kernel
from sim.people.groups import ASSOCIATES, NO_GROUPS, GroupParameters, form_groups
from sim.people.offenders import OFFENDER_COLUMNS, BeliefRule, CareerRule, begin_career
from sim.people.residents import Society
from sim.randomness import uniforms


def draw_offenders(
    society: Society,
    share: float,
    rule: CareerRule,
    belief: BeliefRule,
    grid: Grid,
    seed: int,
    groups: GroupParameters = NO_GROUPS,
) -> Array:
    """Draw the offenders of a replication from the residents.

    Residents of 14 to 50 are eligible, with a chance that follows the age-crime curve. Their propensity is gamma, their
    preferences Dirichlet; their associates are among the offenders who live nearest (assumption; co-offenders live near
    each other, Reiss & Farrington 1991).

    Parameters
    ----------
    society : Society
        The people of the city.
    share : float
        Offenders among residents.
    rule, belief : CareerRule, BeliefRule
        How they begin.
    grid : Grid
        The cells of the city.
    seed : int
        Seed of the replication.
    groups : GroupParameters
        How many are in lasting groups; by default none.

    Returns
    -------
    Array
        Table of `OFFENDER_COLUMNS`.
    """
    from scipy.spatial import cKDTree

    n = min(max(1, round(share * len(society.residents))), len(rule.eligible))
    weight = np.diff(rule.age_cumulative, prepend=0.0)
    lot = -np.log(uniforms(seed, Draw.OFFENDER_LOT, len(rule.eligible), 0)) / weight  # Efraimidis & Spirakis 2006
    offenders = table(OFFENDER_COLUMNS, n)
    offenders["resident_id"] = np.sort(rule.eligible[np.argpartition(lot, n - 1)[:n]])
    _begin_all(offenders, seed, society.residents, rule, belief)
    home = offenders["node_cell"][:, 0]
    places = np.column_stack([grid.x_m[home], grid.y_m[home]])
    nearest = cKDTree(places).query(places, k=min(ASSOCIATES + 1, n))[1].reshape(n, -1)
    oneself = nearest == np.arange(n)[:, None]
    oneself[~oneself.any(axis=1), -1] = True  # where many live in one cell, oneself need not be among the nearest
    offenders["associate"] = -1
    offenders["associate"][:, : nearest.shape[1] - 1] = nearest[~oneself].reshape(n, -1)
    if groups.share > 0.0:
        first = np.argsort(uniforms(seed, Draw.GROUP_LOT, n, 0), kind="stable")
        form_groups(offenders, first, places, groups.share, groups.size)
    return offenders


@kernel
def _begin_all(offenders: Array, seed: int, residents: Array, rule: CareerRule, belief: BeliefRule) -> None:
    """Let every offender begin a career, in the middle of it (exponential careers have no memory)."""
    for i in range(len(offenders)):
        begin_career(offenders, i, 0.0, seed, residents, rule, belief)
