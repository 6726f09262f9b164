"""The trials, each with what its analyst finds and what is true: a row a trial, design, strategy and outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from experiments.estimates.intervals import LEVEL
from experiments.trial.choice import redrawn
from experiments.trial.design import AFTER_BAD_MONTH, DIFFERENCES, STEPPED_WEDGE, WEEK
from experiments.trial.estimators import ESTIMATORS, MANY, Found
from experiments.trial.kept import RECORDED, TRUE
from experiments.trial.panel import panel_of, together, untouched_elsewhere
from experiments.trial.randomisation import randomisation_p
from experiments.trial.rollout import AT_ONCE, IN_STEPS, kind_of

if TYPE_CHECKING:
    from experiments.trial.kept import Seen
    from experiments.trial.panel import Panel
    from experiments.trial.rollout import Rollout

PARTS = ("recording", "displacement", "time", "selection", "rest")  # of a bias: they add up to it
ALPHA = 1 - LEVEL
FEWEST_TRIALS = 8  # by which a power is judged
Arm = tuple[str, str]  # strategy, kind of roll-out
STEPS = ("true", "apart", "nothing", "waiting", "drawn")  # what the same estimator makes of other counts


class Runs(NamedTuple):
    """All runs of a study.

    Attributes
    ----------
    waiting : list of Seen
        Run by run, in the order of the seeds.
    rollouts : dict
        Arm, which is a strategy and a kind of roll-out → that of each run.
    treated : dict
        Arm → run by run.
    first_seed : int
        Of the first run.
    """

    waiting: Sequence[Seen]
    rollouts: Mapping[Arm, Sequence[Rollout]]
    treated: Mapping[Arm, Sequence[Seen]]
    first_seed: int

    @property
    def strategies(self) -> list[str]:
        """Those that are rolled out."""
        return list(dict.fromkeys(strategy for strategy, _ in self.treated))

    def with_it(self, which: Sequence[int], arm: Arm, counted: tuple[str, str], weeks: tuple[int, int]) -> Panel:
        """Return the panel of a trial in some of the cities, in which the strategy is rolled out.

        Parameters
        ----------
        which : sequence of int
            The runs.
        arm : (str, str)
            Strategy and kind of roll-out.
        counted : (str, str)
            Source and outcome.
        weeks : (int, int)
            Before and after.
        """
        return together([panel_of(self.treated[arm][r], *counted, self.rollouts[arm][r], weeks) for r in which])

    def without(
        self, which: Sequence[int], arm: Arm, counted: tuple[str, str], weeks: tuple[int, int], anew: bool = False
    ) -> Panel:
        """Return the same panel where nothing is rolled out; `anew`: as if its districts had been drawn."""
        rollouts = [redrawn(self.rollouts[arm][r], self.first_seed + r) if anew else self.rollouts[arm][r]
                    for r in which]  # fmt: skip
        return together(
            [panel_of(self.waiting[r], *counted, one, weeks) for r, one in zip(which, rollouts, strict=True)]
        )


def weeks_of(plan: Mapping[str, Any]) -> tuple[int, int]:
    """Return the weeks of a trial before and after the first day of its roll-out."""
    return plan["before_days"] // WEEK, plan["after_days"] // WEEK


def trials(runs: Runs, plan: Mapping[str, Any]) -> pl.DataFrame:
    """Return a row a trial, design, strategy and outcome.

    Columns: `log_ratio`, `low`, `high`, `p` as the analyst finds them in the records, null where nothing can be
    estimated; `p_drawn`, that of randomisation inference, where few districts were drawn; `p_waiting`, that of the same
    evaluation where nothing was rolled out; `with`, `without`: true counts where and when the strategy is ordered, with
    it and without, and `elsewhere_with`, `elsewhere_without` in the same days in areas without it.

    Then what the same estimator makes of other counts: of the `true` crimes; of these, had the strategy changed nothing
    where it was not ordered (`apart`); of the true crimes without it (`nothing`); of the records without it
    (`waiting`); and of these in districts that are drawn, whatever records say of them (`drawn`).
    """
    rows: list[dict[str, Any]] = []
    for trial in range(plan["replications"]):
        which = range(trial * plan["cities"], (trial + 1) * plan["cities"])
        rows += [*_rows(runs, plan, trial, which)]
    return pl.DataFrame(rows, infer_schema_length=None)


def _rows(runs: Runs, plan: Mapping[str, Any], trial: int, which: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Yield the rows of one trial."""
    for design, (strategy, kind), outcome in product(plan["designs"], runs.treated, plan["outcomes"]):
        if kind_of(design) != kind:
            continue
        arm, estimator = (strategy, kind), ESTIMATORS[design]
        panel = partial(runs.with_it, which, arm, weeks=weeks_of(plan))
        quiet_panel = partial(runs.without, which, arm, weeks=weeks_of(plan))
        records, true = panel((RECORDED, outcome)), panel((TRUE, outcome))
        quiet_records, quiet = quiet_panel((RECORDED, outcome)), quiet_panel((TRUE, outcome))
        found, alarm, nothing = estimator(records), estimator(quiet_records), estimator(quiet)
        few = design in (DIFFERENCES, STEPPED_WEDGE) and len(records.counts) < MANY
        chosen_by_records = plan["begin"] == AFTER_BAD_MONTH and kind == AT_ONCE
        drawn = estimator(quiet_panel((RECORDED, outcome), anew=True)) if chosen_by_records else alarm
        steps = (estimator(true), estimator(untouched_elsewhere(true, quiet)), nothing, alarm, drawn)
        yield {
            "trial": trial, "design": design, "strategy": strategy, "outcome": outcome,
            "begin": min(runs.rollouts[arm][r].begin for r in which), **_analyst(found),
            "p_drawn": randomisation_p(records, estimator) if few else None,
            "p_waiting": None if alarm is None else alarm.p, **_truth(true, quiet),
            **{name: None if one is None else one.log_ratio for name, one in zip(STEPS, steps, strict=True)},
        }  # fmt: skip


def _analyst(found: Found | None) -> dict[str, float | None]:
    return dict.fromkeys(Found._fields) if found is None else found._asdict()


def _truth(with_: Panel, without: Panel) -> dict[str, float]:
    """Return true counts where and when the strategy is ordered, and in other districts since it began anywhere."""
    there = with_.treated
    elsewhere = ~there & with_.after
    return {
        "with": float(with_.counts[there].sum()), "without": float(without.counts[there].sum()),
        "elsewhere_with": float(with_.counts[elsewhere].sum()),
        "elsewhere_without": float(without.counts[elsewhere].sum()),
    }  # fmt: skip


def powers(runs: Runs, plan: Mapping[str, Any]) -> pl.DataFrame:
    """Return the power of trials of other lengths and in more cities, by the first outcome.

    The runs are put together anew: of n of them, n / k make a trial in k cities each, as often as there are whole ones.
    A row a design, strategy, number of days after the begin and of districts: trials, and those in which p < 5 %.
    """
    before, after = weeks_of(plan)
    counted = RECORDED, str(plan["outcomes"][0])
    rows: list[dict[str, Any]] = []
    for design, (strategy, kind), cities in product(plan["designs"], runs.treated, _pools(len(runs.waiting))):
        if kind_of(design) != kind:
            continue
        groups = [range(first, first + cities) for first in range(0, len(runs.waiting) - cities + 1, cities)]
        panels = [runs.with_it(which, (strategy, kind), counted, (before, after)) for which in groups]
        quarters = sorted({after * quarter // 4 for quarter in range(1, 5)} - {0})
        for weeks in [after] if kind == IN_STEPS else quarters:
            found = [ESTIMATORS[design](panel.first_weeks(weeks)) for panel in panels]
            rows.append(
                {
                    "design": design, "strategy": strategy, "outcome": counted[1], "days": weeks * WEEK,
                    "districts": cities * len(runs.waiting[0].residents), "trials": len(found),
                    "detected": sum(one is not None and one.p < ALPHA for one in found),
                }
            )  # fmt: skip
    return pl.DataFrame(rows).with_columns(power=pl.col("detected") / pl.col("trials"))


def _pools(runs: int) -> list[int]:
    """Return the numbers of cities in which trials are put together: 1, 2, 4, … as long as there are enough trials."""
    return [2**i for i in range(20) if runs // 2**i >= FEWEST_TRIALS] or [1]
