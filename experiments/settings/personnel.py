"""Who is on the payroll of a scenario on a day of it, and what that costs, before anything is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from sim.city.city import City
    from sim.scenario import Scenario

MONTHS_A_YEAR = 12


class Personnel(NamedTuple):
    """The people of a force on one day.

    Attributes
    ----------
    groups : structured array
        Assignments, sworn officers and auxiliaries apart, see `sim.police.force.establishment.establishment`.
    heads : array [groups]
        How many people are in each.
    yuan_per_year : float
        Their pay.
    """

    groups: Any
    heads: np.ndarray
    yuan_per_year: float

    @property
    def officers(self) -> float:
        """Sworn officers."""
        return float(self.heads[~self.groups["auxiliary"]].sum())

    @property
    def auxiliaries(self) -> float:
        """Auxiliaries."""
        return float(self.heads[self.groups["auxiliary"]].sum())


def personnel(scenario: Scenario, city: City, measured_day: int = 0) -> Personnel:
    """Return the people of a scenario on a measured day.

    Raises
    ------
    BadInput
        If some assignment would have fewer than nobody, or more than the model allows.
    """
    import numpy as np

    from sim.police.force.establishment import establishment
    from sim.police.force.head_changes import heads_on
    from sim.scenario import prepared

    force = prepared(scenario).force
    groups = establishment(force, city.residents, city.beats.district)
    heads = heads_on(force.changes, groups, scenario.warmup_days + measured_day)
    rate = np.where(groups["auxiliary"], force.pay.auxiliary_per_month, force.pay.officer_per_month)
    return Personnel(groups, heads, MONTHS_A_YEAR * float(heads @ rate))
