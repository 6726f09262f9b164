"""Carries field experiments out again and holds what their analysts would have published beside what they did.

    nice python -m tests.field_experiments.study [--seeds 12] [--only NAME …] [--set NAME=VALUE …] [--figure FILE.png]

For each experiment and seed the same western city runs twice, with the treatment and without it. Printed are the
published band; the same estimate from police records, with its 95 % interval over the seeds, and how far a single
experiment strays; the estimate where nothing was done, which ought to be 0; minutes a day of stops at treated places;
and what no analyst has: true crimes with the treatment less those without it, in treated units, in the cells around
them, in control units and in the city. Runs are kept in the store, so that a study goes on where it ended.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from experiments.estimates.displacement import weighted_displacement_quotient
from experiments.estimates.estimate import Estimate, estimate
from experiments.patterns.studies import WESTERN
from experiments.patterns.trials.enacted import EXPERIMENTS
from experiments.patterns.trials.experiment import FieldExperiment, parts
from experiments.patterns.trials.kept import Enacted
from experiments.patterns.trials.records import relative_change, totals
from experiments.runs.cases import keeping, run_cases
from experiments.runs.engines.local import Local
from experiments.settings.compose import compose
from tests.support.studies import table

HEAD = ("experiment", "published", "from police records", "one experiment", "nothing done", "stops, min a day",
        "true: treated", "true: around", "true: controls", "true: city")  # fmt: skip


def enacted(experiment: FieldExperiment, seeds: int, settings: dict[str, Any], store: str) -> list[Enacted]:
    """Carry out an experiment on seeds 1, 2, …, or read it from the store."""
    tree = compose("validate", {"preset": WESTERN}, settings)
    with keeping(store, experiment.records) as kept:
        found: list[Enacted] = run_cases(
            experiment.run, {"": experiment.tasks(tree, seeds)}, Local(1), kept=kept
        )[""]  # fmt: skip
    return found


def row(experiment: FieldExperiment, results: Sequence[Enacted]) -> tuple[str, ...]:
    """Return the row of an experiment in the table."""
    low, high = experiment.bands[WESTERN]
    alone = [experiment.judge([result])[0] for result in results]
    nothing = experiment.of_records([result.without for result in results])
    treated = [result.treatment.treated == max(result.treatment.treated) for result in results]
    stops = [one.treatment.stopped_min[of].mean() for one, of in zip(results, treated, strict=True)]
    changes = (
        parts([np.array([where(one.truth, of), where(one.truth_without, of)], dtype=float)
               for one, of in zip(results, treated, strict=True)], _change)
        for where in (
            lambda truth, of: truth.inside[of].sum(), lambda truth, of: truth.around[of].sum(),
            lambda truth, of: truth.inside[~of].sum(), lambda truth, _of: truth.city,
        )
    )  # fmt: skip
    return (
        experiment.title, f"{low:g} to {high:g} {experiment.unit}", said(estimate(experiment.judge(results))),
        f"{np.percentile([v for v in alone if v is not None], 2.5):+.0f} to "
        f"{np.percentile([v for v in alone if v is not None], 97.5):+.0f}",
        said(estimate(nothing)), f"{np.mean(stops):.0f}", *(said(estimate(values)) for values in changes),
    )  # fmt: skip


def further(experiment: FieldExperiment, results: Sequence[Enacted]) -> list[str]:
    """Return what the records say of the other outcomes, and of displacement to the cells around."""
    if experiment.unit != FieldExperiment.unit:
        return []
    told = [result.treatment for result in results]
    lines = []
    for k in range(1, len(told[0].counts)):
        both = [np.stack(totals(one.counts[k], one.treated)) for one in told]
        found = said(estimate(parts(both, lambda added: relative_change(*added))))
        lines.append(f"{experiment.title}, outcome {k + 1}: {found} {experiment.unit}")
    treated, control = np.sum([np.stack(totals(one.counts[0], one.treated)) for one in told], axis=0)
    around = np.sum([totals(one.around[0], one.treated)[0] for one in told], axis=0)
    quotient = weighted_displacement_quotient(tuple(treated), tuple(around), tuple(control))
    of_quotient = "no fall to displace" if quotient is None else f"{quotient:+.2f}"
    return [*lines, f"{experiment.title}, weighted displacement quotient of the records: {of_quotient}"]


def _change(both: np.ndarray) -> float | None:
    """Return the change from the second count to the first, in per cent."""
    return float(100 * (both[0] / both[1] - 1)) if both[1] else None


def said(found: Estimate) -> str:
    """Return an estimate with its interval."""
    if found.mean is None:
        return "–"
    if found.lower is None or found.upper is None:
        return f"{found.mean:+.1f}"
    return f"{found.mean:+.1f} ({found.lower:+.1f} to {found.upper:+.1f})"


def draw(found: Sequence[tuple[FieldExperiment, list[Enacted]]], file: Path) -> None:
    """Draw published bands, estimates from records, and true changes of treated units one above the other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, 1.0 + 0.95 * len(found)), layout="constrained")
    axes = figure.subplots()
    for k, (experiment, results) in enumerate(reversed(found)):
        low, high = experiment.bands[WESTERN]
        axes.barh(k, high - low, left=low, height=0.6, color="0.85", label="published" if k == 0 else None)
        rows = (
            ("from police records", experiment.judge(results), "o", 0.12),
            ("the same where nothing was done", experiment.of_records([one.without for one in results]), "s", -0.12),
        )
        for label, values, marker, up in rows:
            it = estimate(values)
            if it.mean is None:
                continue
            error = None if it.lower is None or it.upper is None else [[it.mean - it.lower], [it.upper - it.mean]]
            axes.errorbar(it.mean, k + up, xerr=error, fmt=marker, color="k", mfc="k" if marker == "o" else "w",
                          capsize=3, label=label if k == 0 else None)  # fmt: skip
    names = [f"{experiment.title}\n{experiment.unit}, n = {len(results)}" for experiment, results in reversed(found)]
    axes.set(yticks=range(len(found)), yticklabels=names, xlabel="%")
    axes.axvline(0, color="0.4", lw=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    figure.savefig(file, dpi=110)


def main() -> None:
    """Print the table, and draw the figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--only", nargs="*", default=[kind.name for kind in EXPERIMENTS])
    parser.add_argument("--set", nargs="*", default=[], help="settings of the city, NAME=NUMBER")
    parser.add_argument("--store", default="out/store")
    parser.add_argument("--figure", type=Path)
    given = parser.parse_args()
    settings = {name: float(value) for name, _, value in (one.partition("=") for one in given.set)}
    chosen = [kind() for kind in EXPERIMENTS if kind.name in given.only]
    found = [(one, enacted(one, given.seeds, settings, given.store)) for one in chosen]
    print(table(HEAD, [row(*one) for one in found]))
    print("\n".join(line for one in found for line in further(*one)))
    print(f"seeds 1 to {given.seeds}, each a western city of its own, twice")
    if given.figure is not None:
        draw(found, given.figure)


if __name__ == "__main__":
    main()
