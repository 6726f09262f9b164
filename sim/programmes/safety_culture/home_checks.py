"""Checks of homes by community officers, with rewards for safe homes and penalties for neglect (奖罚并举)."""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

import numpy as np

from sim.arrays import Array
from sim.draws import Draw
from sim.incidents.hardening import harden, protection
from sim.incidents.profiles import DemandRule
from sim.kernels import kernel, row
from sim.people.feelings import felt_awareness, shift_feelings
from sim.programmes.public import Public
from sim.randomness import uniform4

CHECKED, SAFE_ALREADY, HARDENED, WARNED, FINED = 0, 1, 2, 3, 4  # positions in the counts of a day
OUTCOMES = 5
SAFE = 0.5  # protection from which on officers find nothing to object to (assumption: half of it is left)
NEVER = -(1 << 20)  # day of the last check of a home that had none


class CheckRule(NamedTuple):
    """What a checked household does."""

    logit: float  # to harden the home, without awareness, reward and penalty
    awareness: float  # rise of it at full awareness
    reward: float  # rise of it by the reward
    penalty: float  # rise of it by the penalty, of those who have been warned of it
    fined: float  # probability that a household that was warned and has done nothing is fined
    trust_loss: float  # of each member of a household that is fined


class Turns:
    """Whose home is checked next: those that were warned after a while, then all others in a random order.

    Parameters
    ----------
    homes : array of int [homes]
        Dwellings in the order in which they are checked.
    every_days, again_days : int
        Days between two checks of a home, and from a warning to the check of what came of it.

    Attributes
    ----------
    warned : array of bool [homes]
        Whether the household was warned at its last check.
    """

    def __init__(self, homes: Array, every_days: int, again_days: int) -> None:
        self.every_days, self.again_days = every_days, again_days
        self.warned = np.zeros(len(homes), dtype=bool)
        self._homes = homes
        self._checked_day = np.full(len(homes), NEVER)
        self._next = 0
        self._to_see_again: deque[int] = deque()  # in the order of their warnings
        self._passed_over: list[int] = []  # whose turn it was while they were out of reach

    def take(self, day: int, most: int, there: Array) -> Array:
        """Return the dwellings that are checked today, at most so many, and note that they are.

        Parameters
        ----------
        day : int
            Of the run.
        most : int
            How many.
        there : array of bool [homes]
            Which dwellings are in reach; others are checked once they are.
        """
        chosen = [home for home in self._passed_over if there[home]][:most]
        self._passed_over = [home for home in self._passed_over if home not in {*chosen}]
        while len(chosen) < most and self._to_see_again:
            if day - self._checked_day[self._to_see_again[0]] < self.again_days:
                break
            chosen.append(self._to_see_again.popleft())
        while len(chosen) < most:
            home = int(self._homes[self._next])
            if day - self._checked_day[home] < self.every_days:
                break
            (chosen if there[home] else self._passed_over).append(home)
            self._checked_day[home] = day
            self._next = (self._next + 1) % len(self._homes)
        found = np.array(chosen, dtype=np.int64)
        self._checked_day[found] = day
        return found

    def see_again(self, homes: Array) -> None:
        """Note which of the homes that were checked today are to be seen again: those warned."""
        self._to_see_again.extend(homes[self.warned[homes]].tolist())


@kernel
def check_homes(
    seed: int, day: int, homes: Array, warned: Array, public: Public, demand: DemandRule, rule: CheckRule, counts: Array
) -> None:
    """Check these homes on a day; officers do not know which are safe.

    A household whose home is not safe hardens it with probability `logistic(logit + awareness · a + reward)`, where a
    is the awareness of its first member, or else is warned. At the check after a warning the penalty adds to that; who
    has still done nothing is fined with probability `fined`, which costs the trust of all members, or else let off.
    What is hardened counts for burglars at once.

    Parameters
    ----------
    seed, day : int
        Of the replication; of the run.
    homes : array of int
        Dwellings.
    warned : array of bool [dwellings]
        Whether the household was warned at its last check; is written.
    public, demand, rule : Public, DemandRule, CheckRule
        Residents, their homes and the cells; the rules.
    counts : array of int [OUTCOMES]
        The outcomes of the day are added.
    """
    society, feelings, ground = public.society, public.feelings, public.ground
    now_min, hardening = day * 1440.0, feelings.rule.hardening
    for k in range(len(homes)):
        d = row(homes[k])
        home, again = society.dwellings[d], warned[d]
        u_harden, u_fined, _, _ = uniform4(seed, Draw.HOME_CHECK, d, day)
        warned[d] = False
        counts[CHECKED] += 1
        if protection(society.dwellings, d, now_min, hardening) >= SAFE:
            counts[SAFE_ALREADY] += 1
        elif home.residents > 0:
            aware = felt_awareness(society.residents, row(home.first_resident), now_min, feelings.rule)
            logit = rule.logit + rule.awareness * aware + rule.reward + (rule.penalty if again else 0.0)
            if u_harden < 1.0 / (1.0 + math.exp(-logit)):
                counts[HARDENED] += 1
                harden(d, 1.0, now_min, society, ground, demand, hardening)
            elif not again:
                counts[WARNED] += 1
                warned[d] = True
            elif u_fined < rule.fined:
                counts[FINED] += 1
                for member in range(home.residents):
                    r = row(home.first_resident + member)
                    shift_feelings(society.residents, r, now_min, -rule.trust_loss, 0.0, 0.0, feelings, ground)


def share_hardened(public: Public, now_min: float) -> float:
    """Return the share of homes that are hardened, each by what is left of it."""
    since_min = now_min - public.society.dwellings["hardened_min"]
    return float(np.exp(-since_min / public.feelings.rule.hardening.decay_min).mean())
