"""What a target for the clearance rate does to a force: it writes less down, and picks what is quickly solved."""

from __future__ import annotations

import math

from sim.draws import Draw
from sim.incidents.log import NEVER
from sim.kernels import inner_kernel, row
from sim.people.feelings import shift_feelings
from sim.police.cases.case_log import Bureau, Cases, Situation, log_odds
from sim.police.cases.target_parameters import TargetRule
from sim.randomness import uniform

LEAST_WORK_MIN = 1.0  # a case that takes less is not easier still


@inner_kernel
def turned_away(seed: int, n: int, now_min: float, bureau: Bureau, cases: Cases, city: Situation) -> bool:
    """Decide whether the new case of crime n is opened, or its victim turned away and the crime in no records.

    `P = pressure · (1 − chance / target) · exp(−harm of the type / grave_days)`, where the chance is that of clearance
    as it seems by the leads; nobody is turned away whose case would not bring the rate down. It is decided when the
    report is reviewed, on the morning after (立案审查), so that no plan has seen it.
    """
    targets, crime = bureau.rule.targets, city.logs.incidents[n]
    seems = 1.0 / (1.0 + math.exp(-log_odds(cases, row(cases.case_of[n] - 1), now_min, 0, bureau.rule)))
    trifle = math.exp(-bureau.demand.harm_days[row(crime.recorded_type)] / targets.grave_days)
    p = targets.pressure * max(0.0, 1.0 - seems / targets.clearance_target) * trifle
    call = city.logs.calls[crime.call_id]
    if uniform(seed, Draw.TURNED_AWAY, row(call.key_entity), row(call.key_time)) >= p:
        return False
    crime.recorded_time_min = NEVER
    if crime.victim_id >= 0:
        loss = -targets.turned_away_trust_loss
        shift_feelings(city.residents, row(crime.victim_id), now_min, loss, 0.0, 0.0, city.feelings, city.ground)
    return True


@inner_kernel
def ease(log_odds_now: float, needed_min: float, targets: TargetRule) -> float:
    """Return the rank of a case among those that wait: its log-odds, and under pressure those per hour of its work."""
    return log_odds_now - targets.pressure * math.log(max(needed_min, LEAST_WORK_MIN) / 60.0)
