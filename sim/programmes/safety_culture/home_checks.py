"""Checks of homes by community officers, with rewards for safe homes and penalties for neglect (奖罚并举)."""

from __future__ import annotations

import math
from typing import NamedTuple

from sim.arrays import Array
from sim.city.state import faded
from sim.draws import Draw
from sim.incidents.offence import update_target_hardening
from sim.incidents.profiles import DemandRule
from sim.kernels import inner_kernel, kernel, row
from sim.people.feelings import felt_awareness, shift_feelings
from sim.people.residents import Society
from sim.programmes.public import Public
from sim.randomness import uniform4

CHECKED, SAFE_ALREADY, HARDENED, FINED = 0, 1, 2, 3  # positions in the counts of a day


class CheckRule(NamedTuple):
    """What a checked household does."""

    logit: float  # to harden the home, without awareness, reward and penalty
    awareness: float  # rise of it at full awareness
    incentive: float  # rise of it by reward and penalty together
    fined: bool
    trust_loss: float  # of each member of a household that is fined


@kernel
def check_homes(
    seed: int,
    day: int,
    homes: int,
    public: Public,
    demand: DemandRule,
    rule: CheckRule,
    counts: Array,
) -> None:
    """Check so many homes on a day, each drawn among all dwellings, because officers do not know which are safe.

    A household that has not hardened its home does so, for good, with probability `logistic(logit + awareness · a +
    incentive)`, where a is the awareness of its first member, or else pays the penalty if there is one, which costs the
    trust of all its members. What is hardened counts for burglars at once (`update_target_hardening`). Counts of the
    day are added to `counts`, shape [4].
    """
    society, feelings, ground = public.society, public.feelings, public.ground
    now_min = day * 1440.0
    for k in range(homes):
        u_home, u_harden, _, _ = uniform4(seed, Draw.HOME_CHECK, k, day)
        home = society.dwellings[int(u_home * len(society.dwellings))]
        counts[CHECKED] += 1
        if home.hardened:
            counts[SAFE_ALREADY] += 1
        elif home.residents > 0:
            aware = felt_awareness(society.residents, row(home.first_resident), now_min, feelings.rule)
            if u_harden < 1.0 / (1.0 + math.exp(-(rule.logit + rule.awareness * aware + rule.incentive))):
                home.hardened = True
                counts[HARDENED] += 1
                _count_hardened(row(home.cell), now_min, public, demand)
            elif rule.fined:
                counts[FINED] += 1
                for member in range(home.residents):
                    r = row(home.first_resident + member)
                    shift_feelings(society.residents, r, now_min, -rule.trust_loss, 0.0, 0.0, feelings, ground)


@inner_kernel
def _count_hardened(cell: int, now_min: float, public: Public, demand: DemandRule) -> None:
    """Bring what a cell offers to burglars up to date, and before it the boost by burglaries around.

    Both have the same clock.
    """
    here = public.ground.cells[cell]
    here.boost = faded(here.boost, here.boost_min, now_min, demand.boost_min)
    here.boost_min = now_min
    update_target_hardening(cell, now_min, public.society, public.ground, demand, public.feelings.rule.harden_effect)


def share_hardened(society: Society) -> float:
    """Return the share of homes that are hardened."""
    return float(society.dwellings["hardened"].mean())
