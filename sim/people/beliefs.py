"""What offenders believe about the risk of arrest: a personal prior, and what they know of that happened of late.

A belief is the mean of a beta distribution: an arrest is one observation among the crimes that went unpunished, and
all of them fade (after Anwar & Loughran 2011, who find that offenders update as Bayes would have them).
"""

from __future__ import annotations

import math

from sim.arrays import Array
from sim.kernels import kernel, row
from sim.people.groups import ASSOCIATES
from sim.people.offenders import NODES, BeliefRule, cell_distance


@kernel
def believed_risk(offenders: Array, i: int, cell: int, now_min: float, n_cols: int, rule: BeliefRule) -> float:
    """Return the believed risk of arrest at a cell.

    The mean over activity nodes, weighted by exp(−distance / reach), of (n₀ · prior + arrests) / (n₀ + crimes), where
    n₀ is the weight of the prior: the mean of a beta after what is known of around the node, which fades.
    """
    me = offenders[i]
    left = math.exp(-(now_min - me.known_min) / rule.evidence_min)
    total, weight = 0.0, 1e-9
    for j in range(NODES):
        w = math.exp(-cell_distance(me.node_cell[j], cell, n_cols) / rule.reach_cells)
        total += (
            w
            * (rule.prior_weight * me.prior + left * me.arrests_known[j])
            / (rule.prior_weight + left * me.crimes_known[j])
        )
        weight += w
    return total / weight


@kernel
def learn(
    offenders: Array, i: int, cell: int, now_min: float, crimes: float, arrests: float, n_cols: int, rule: BeliefRule
) -> None:
    """Add evidence to what is known of around each node, less for nodes far from what happened.

    So many crimes, of which so many ended in an arrest; what was known has faded. Nobody knows of more arrests than
    crimes.
    """
    me = offenders[i]
    left = math.exp(-(now_min - me.known_min) / rule.evidence_min)
    me.known_min = now_min
    for j in range(NODES):
        w = math.exp(-cell_distance(me.node_cell[j], cell, n_cols) / rule.reach_cells)
        me.arrests_known[j] = left * me.arrests_known[j] + w * arrests
        me.crimes_known[j] = max(left * me.crimes_known[j] + w * crimes, me.arrests_known[j])


@kernel
def learn_together(
    offenders: Array, i: int, cell: int, now_min: float, crimes: float, arrests: float, n_cols: int, rule: BeliefRule
) -> None:
    """Let an offender learn from what he did or suffered, and his associates from hearing of it, see `learn`."""
    learn(offenders, i, cell, now_min, crimes, arrests, n_cols, rule)
    for a in range(ASSOCIATES):
        if offenders[i].associate[a] >= 0:
            known, of_them = rule.heard * crimes, rule.heard * arrests
            learn(offenders, row(offenders[i].associate[a]), cell, now_min, known, of_them, n_cols, rule)
