"""What a sensitivity study found: all numbers and sentences, worked out once, for terminal, page, figures and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import say
from experiments.presentation.indicators import factor, indicator
from experiments.presentation.names import strategy_name
from experiments.presentation.wording import number
from experiments.sensitivity.numbers import SETTLED, moved
from experiments.sensitivity.results import ranked, screens_of, steps_of
from sim.city.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from experiments.sensitivity.design import Study, Target
    from experiments.sensitivity.numbers import Screen, Shares
    from experiments.sensitivity.results import Batch, Results
    from experiments.settings.uncertain import Factor

MOST_NAMED = 3  # parameters in the sentence about a target
TOP = 5  # that the answer begins with
NOISY = 0.5  # share of chance from which a target is too noisy to say that nothing matters
NOTE = Notice(
    "A total index is the share of the variance between points that would go if the parameter were known, together "
    "with all others that it acts with; a first index is what it does alone. Intervals are of 95 %. All points and "
    "strategies have the same seeds; what the seeds do differently from point to point is chance, and a parameter "
    "matters where the interval of its total index lies above its chance."
)
SCREEN_NOTE = Notice(
    "Elementary effects: by how much the outcome changes if a parameter goes through its whole range, the others "
    "staying somewhere in theirs. μ is their mean, μ* the mean of their absolute values, σ their standard deviation: "
    "large where the effect depends on the others, or is not linear. Chance is the μ* of a parameter without effect."
)


@dataclass(frozen=True)
class Sensitivity:
    """A study and what came of it.

    Attributes
    ----------
    plan : mapping
        See `experiments.sensitivity.design.design`.
    study : Study
        What was varied, and what was looked at.
    results : Results
        All runs.
    screens : mapping
        Target → what Morris's screen says.
    steps : mapping
        Target → Sobol indices by number of samples, the last ones being those of all.
    scale : mapping
        Outcome → what turns it into the unit of tables.
    top : list of Factor
        The parameters by what they do to all targets, most first.
    sentences : tuple of Notice
        The answer, decision first.
    provenance : dict
        Versions, commit, seed, command, time.
    """

    plan: Mapping[str, Any]
    study: Study
    results: Results
    screens: Mapping[Target, Screen]
    steps: Mapping[Target, Mapping[int, Shares]]
    scale: Mapping[str, float]
    top: list[Factor]
    sentences: tuple[Notice, ...]
    provenance: dict[str, Any]

    def shares(self, target: Target) -> Shares | None:
        """Return the Sobol indices of a target from all samples."""
        return list(self.steps[target].values())[-1] if target in self.steps else None


def findings(
    plan: Mapping[str, Any], study: Study, results: Results, residents: int, provenance: dict[str, Any]
) -> Sensitivity:
    """Work out what a study found."""
    screens, steps = screens_of(study, results.screened), steps_of(study, results.sampled)
    last = {target: list(of_target.values())[-1] for target, of_target in steps.items()}
    ranks = ranked(results.sampled, list(last.values())) or ranked(results.screened, list(screens.values()))
    scale = {name: factor(name, residents, plan["days"]) for name in plan["outcomes"]}
    top = [one for one, weight in ranks if weight > 0]
    sentences = [_decision(study, top)]
    for target in study.targets:
        if target in last and results.sampled is not None:
            sentences.append(_of_shares(target, last[target], results.sampled, plan))
        elif target in screens and results.screened is not None:
            sentences.append(_of_screen(target, screens[target], results.screened, scale[target.outcome]))
        else:
            sentences.append(Notice("{target}: nothing can be said.", target=title(target)))
    sentences += [*_settled(steps), *_runs(plan, study, results)]
    return Sensitivity(plan, study, results, screens, steps, scale, top, tuple(sentences), provenance)


def title(target: Target) -> Notice:
    """Return what is looked at, in words."""
    label = indicator(target.outcome).label
    if target.baseline is None:
        return Notice("{outcome} ({strategy})", outcome=label, strategy=strategy_name(target.strategy))
    return Notice(
        "{outcome}: {strategy} minus {baseline}",
        outcome=label, strategy=strategy_name(target.strategy), baseline=strategy_name(target.baseline),
    )  # fmt: skip


def short_name(name: str) -> str:
    """`people.search.risk` → `search.risk`."""
    return ".".join(name.split(".")[-2:])


def _decision(study: Study, top: Sequence[Factor]) -> Notice:
    """Name the parameters that matter most."""
    if not top:
        return Notice("None of the {n} parameters does more than chance.", n=len(study.factors))
    return Notice(
        "Of {n} uncertain parameters these matter most, taking all that was looked at together: {names}.",
        n=len(study.factors), names=", ".join(one.name for one in top[:TOP]),
    )  # fmt: skip


def _of_shares(target: Target, found: Shares, batch: Batch, plan: Mapping[str, Any]) -> Notice:
    """Say on what a target hangs, by its Sobol indices."""
    matter = [at for at in found.total.argsort()[::-1] if found.matter[at]]
    chance = "–" if found.chance_share is None else number(100 * found.chance_share, 0)
    if matter:
        names = "; ".join(
            say(
                "{name} ({total} %, {low} to {high})",
                name=batch.factors[at].name, total=number(100 * found.total[at], 0),
                low=number(100 * max(found.total[at] - found.total_half[at], 0.0), 0),
                high=number(100 * (found.total[at] + found.total_half[at]), 0),
            )
            for at in matter[:MOST_NAMED]
        )  # fmt: skip
        words = "{target} hangs on {names}, in shares of the variance; {chance} % of it is chance."
        return Notice(words, target=title(target), names=names, chance=chance)
    if (found.chance_share or 0.0) >= NOISY:
        words = (
            "{target}: too noisy to tell what it hangs on. {chance} % of the variance between points is chance of "
            "{seeds} seeds; take more replications."
        )
        return Notice(words, target=title(target), chance=chance, seeds=plan["replications"])
    words = "{target}: no parameter stands out from chance ({chance} %) with {samples} samples; take more of them."
    return Notice(words, target=title(target), chance=chance, samples=found.blocks)


def _of_screen(target: Target, found: Screen, batch: Batch, scale: float) -> Notice:
    """Say on what a target hangs, by the screen alone."""
    floor = [0.0] * len(found.size) if found.chance is None else found.chance
    clear = [at for at in found.size.argsort()[::-1] if found.size_low[at] > floor[at]]
    if not clear:
        return Notice("{target}: the screen shows no parameter that does more than chance.", target=title(target))
    names = "; ".join(
        f"{batch.factors[at].name} {number(scale * found.mean[at], 2, sign=True)}" for at in clear[:MOST_NAMED]
    )
    words = "{target} moves most with {names} ({unit} over the whole range)."
    return Notice(words, target=title(target), names=names, unit=indicator(target.outcome).unit)


def _settled(steps: Mapping[Target, Mapping[int, Shares]]) -> list[Notice]:
    """Say whether the Sobol indices have settled."""
    if not steps:
        return []
    changes = [change for of_target in steps.values() if (change := moved(dict(of_target))) is not None]
    widest = max(float(list(of_target.values())[-1].total_half.max()) for of_target in steps.values())
    samples = max(max(of_target) for of_target in steps.values())
    told: dict[str, Any] = {
        "samples": samples, "moved": number(max(changes), 2) if changes else "–", "widest": number(widest, 2),
        "limit": number(SETTLED, 2),
    }  # fmt: skip
    if changes and max(*changes, widest) <= SETTLED:
        words = (
            "The indices have settled: with the last doubling to {samples} samples none moved by more than {moved}, "
            "and no interval reaches further than ±{widest}."
        )
        return [Notice(words, **told)]
    words = (
        "The indices have not settled ({limit} is wanted): with the last doubling to {samples} samples one moved by "
        "{moved}, and the widest interval is ±{widest}. samples={more} runs only what is new."
    )
    return [Notice(words, **told, more=2 * samples)]


def _runs(plan: Mapping[str, Any], study: Study, results: Results) -> list[Notice]:
    """Say how many runs there were, which failed, and what that cost."""
    parts = results.parts
    failed = [why for part in parts for why in part.failed]
    runs = Notice(
        "{runs} runs: {points} points, {strategies} strategies, {seeds} seeds; {failed} failed.",
        runs=number(sum(part.runs for part in parts), 0),
        points=number(sum(part.runs for part in parts) / len(study.trees) / plan["replications"], 0),
        strategies=len(study.trees), seeds=plan["replications"], failed=len(failed),
    )  # fmt: skip
    first = [Notice("The first to fail said: {why}", why=failed[0])] if failed else []
    lost = [
        Notice(words, lost=number_lost, blocks=len(batch.points), target=title(target))
        for batch, words in (
            (
                results.screened,
                "{target}: {lost} of {blocks} trajectories were left out, since a run failed or has no such outcome.",
            ),
            (
                results.sampled,
                "{target}: {lost} of {blocks} blocks of samples were left out, since a run failed or has no such "
                "outcome.",
            ),
        )
        if batch is not None
        for target in study.targets
        if (number_lost := batch.lost(target))
    ]
    return [runs, *first, *lost]
