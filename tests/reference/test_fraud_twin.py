"""Fraud as built anew from `docs/odd.md` leaves what the model leaves, in distribution.

Twenty-seven comparisons of shares, times, losses and ages, within schemes: a few large campaigns decide how many
frauds are of each. The two agree if none differs at 0.001 / 27, so that the test fails by chance in one of 1,000
seeds. A twin with one number grossly wrong is told from the model.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
import pytest
from fraud_twin import BAND_FROM_AGE, DAY, Twins, twins
from made_up_frauds import BUSY, CHANCE, busy_town
from scipy.stats import chi2, chi2_contingency, ks_2samp

from sim.incidents.demand import DemandParameters
from sim.incidents.fraud.campaigns import Stage
from sim.incidents.fraud.parameters import FraudParameters

DAYS = 40  # in which contacts are made; twenty days later all but a few have come to their end
NAMES = ("brushing", "investment", "loan", "customer service", "authority")


@cache
def ours() -> Twins:
    """Return the frauds of the model as the twin says them."""
    met = busy_town()
    rows = met.rows[met.rows["contact_min"] < DAYS * DAY]
    paid = rows["stage"] == Stage.PAID
    engaged = rows["stage"] != Stage.REFUSED
    crime = met.incidents[rows["incident_id"]]
    reported = paid & (crime["call_id"] >= 0)
    told = met.calls[crime["call_id"]]["received_min"] - crime["time_min"]
    return Twins(
        rows["contact_min"], rows["channel"], rows["scheme"], rows["victim_id"], engaged, paid,
        np.where(engaged, rows["ended_min"], np.nan), np.where(paid, rows["loss"], np.nan),
        np.where(paid, crime["harm"], np.nan), reported, np.where(reported, told, np.nan),
        reported & (rows["recovered"] > 0),
    )  # fmt: skip


def anew(**changed: Any) -> Twins:
    """Return the frauds of the twin, with parameters that differ from those of the model."""
    return twins(busy_town().society, DAYS, 11, DemandParameters(), FraudParameters(**{**BUSY, **changed}))


def differences(a: Twins, b: Twins) -> dict[str, float]:
    """Return p-values by what is compared."""
    found = {
        "engaged": shares(a, b, lambda t: t.engaged, lambda t: t.engaged | True),
        "paid, of those engaged": shares(a, b, lambda t: t.paid, lambda t: t.engaged),
        "reported, of those paid": shares(a, b, lambda t: t.reported, lambda t: t.paid),
        "recovered, of those reported": shares(a, b, lambda t: t.recovered, lambda t: t.reported),
        "minutes to the report": ks_2samp(a.report_min[a.reported], b.report_min[b.reported]).pvalue,
        "minute of the day of contacts": ks_2samp(a.contact_min % DAY, b.contact_min % DAY).pvalue,
        "ages by channel and scheme": ages(a, b),
    }
    for scheme, name in enumerate(NAMES):
        mine, theirs = a.scheme == scheme, b.scheme == scheme
        for what, one, other in (
            ("minutes to the payment", a.paid & mine, b.paid & theirs),
            ("minutes to breaking off", a.engaged & ~a.paid & mine, b.engaged & ~b.paid & theirs),
        ):
            took, takes = (a.ended_min - a.contact_min)[one], (b.ended_min - b.contact_min)[other]
            found[f"{what}: {name}"] = ks_2samp(took, takes).pvalue
        found[f"loss of those reported: {name}"] = ks_2samp(
            a.loss[a.reported & mine], b.loss[b.reported & theirs]
        ).pvalue
        found[f"harm: {name}"] = ks_2samp(a.harm_days[a.paid & mine], b.harm_days[b.paid & theirs]).pvalue
    return found


def shares(a: Twins, b: Twins, what: Callable[[Twins], Any], among: Callable[[Twins], Any]) -> float:
    """Return the p-value of how many there are among others, compared within each scheme."""
    tables = []
    for scheme in range(len(NAMES)):
        of = [what(t)[among(t) & (t.scheme == scheme)] for t in (a, b)]
        table = np.array([[one.sum(), (~one).sum()] for one in of])
        if table.sum(axis=0).min() >= 10:
            tables.append(table)
    return together(tables)


def ages(a: Twins, b: Twins) -> float:
    """Return the p-value of the ages of those contacted, compared within each channel and scheme."""
    tables = []
    people = busy_town().society.residents["age"]
    for channel in range(4):
        for scheme in range(5):
            of = [t.victim[(t.channel == channel) & (t.scheme == scheme)] for t in (a, b)]
            table = np.array([np.bincount(np.searchsorted(BAND_FROM_AGE, people[w], side="right"), minlength=6)
                              for w in of])  # fmt: skip
            table = table[:, table.sum(axis=0) >= 20]
            if table.shape[1] > 1 and table.sum(axis=1).min() > 0:
                tables.append(table)
    return together(tables)


def together(tables: Iterable[Any]) -> float:
    """Return the p-value of tables of counts that have nothing to do with one another."""
    found = [chi2_contingency(table, correction=False) for table in tables]
    return float(chi2.sf(sum(one.statistic for one in found), sum(one.dof for one in found)))


def test_fraud_built_anew_from_the_description_leaves_the_same_distributions():
    found = differences(ours(), anew())
    assert len(found) == 27
    assert ours().paid.sum() > 1000
    assert not {what: p for what, p in found.items() if p < CHANCE / len(found)}


@pytest.mark.parametrize(
    "changed",
    [{"advice": 0.5}, {"persuasion_shape": 1.0}, {"waking_hours": (0.0, 24.0)}, {"freeze_half_life_hours": 4.0},
     {"report_loss_slope": 2.0}, {"awareness_effect": 1.5}],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_a_twin_with_one_number_wrong_is_told_from_the_model(changed):
    found = differences(ours(), anew(**changed))
    assert min(found.values()) < CHANCE / len(found)
