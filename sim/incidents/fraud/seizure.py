"""What an arrest takes from fraud: the accounts and cards of a helper, and with them the campaigns that used them."""

from __future__ import annotations

import math

from sim.arrays import Array
from sim.incidents.fraud.campaigns import CAMPAIGNS, ROWS, RUNNING, Frauds, Stage
from sim.incidents.fraud.persuasion import stop
from sim.incidents.fraud.supply import NOBODY
from sim.kernels import inner_kernel, kernel, row


@kernel
def arrest_helpers(frauds: Frauds, crimes: Array, now_min: float) -> int:
    """Arrest the helpers through whose accounts these frauds were paid; return how many there were.

    Their accounts are frozen at the next midnight (assumption: it takes banks and operators the day). From then on
    their campaigns reach nobody, and who is still being persuaded cannot pay. A fraud that was paid elsewhere leads to
    nobody here.

    Parameters
    ----------
    frauds : Frauds
        The frauds, of which campaigns, helpers and persuasions change.
    crimes : array of int
        Rows of crimes that were solved by an arrest; others than frauds are passed over.
    now_min : float
        Minutes since the start.
    """
    frozen_min = (math.floor(now_min / 1440.0) + 1.0) * 1440.0
    arrested = 0
    for k in range(len(crimes)):
        h = _helper_of(row(crimes[k]), frauds)
        if h == NOBODY or frauds.supply.helpers[h].arrested_min >= 0.0:
            continue
        arrested += 1
        helper = frauds.supply.helpers[h]
        helper.arrested_min = now_min
        helper.until_min = min(helper.until_min, frozen_min)
        for c in range(frauds.used[CAMPAIGNS]):
            if frauds.campaigns[c].helper_id == h:
                frauds.campaigns[c].cut_min = min(frauds.campaigns[c].cut_min, frozen_min)
        for r in range(frauds.used[RUNNING]):
            f = row(frauds.running[r])
            if frauds.campaigns[frauds.rows[f].campaign_id].helper_id == h:
                stop(frauds, f, frozen_min, Stage.CUT_OFF)
    return arrested


@inner_kernel
def _helper_of(crime: int, frauds: Frauds) -> int:
    """Return the helper through whose accounts a crime was paid, −1 if it is no fraud or none of the city helped."""
    for f in range(frauds.used[ROWS] - 1, -1, -1):
        if frauds.rows[f].incident_id == crime:
            return row(frauds.campaigns[frauds.rows[f].campaign_id].helper_id)
    return NOBODY
