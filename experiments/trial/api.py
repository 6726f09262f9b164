"""A study of trials from the request to its result: what the command and `beatlab.trial` both call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import speaking
from experiments.presentation.result import AnsweredResult
from experiments.runs.progress import bar, silent
from experiments.settings.keywords import asked
from experiments.trial.design import COMMAND, WAITING, design

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from rich.console import Console

    from experiments.runs.progress import Progress
    from experiments.settings.request import Request
    from experiments.trial.findings import Trials
    from sim.scenario import Scenario


def trial(
    *,
    strategies: Sequence[str] | str | None = None,
    designs: Sequence[str] | str | None = None,
    outcomes: Sequence[str] | str | None = None,
    replications: int | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: bool = False,
    **keywords: Any,
) -> TrialResult:
    """Roll strategies out in some districts and evaluate them from police records, beside what is true of them.

    Does what `beatlab trial` does, and takes all that it takes; writes nothing until `save` is called. It needs
    statsmodels: `pip install 'beatlab[trial]'`.

    Parameters
    ----------
    strategies : sequence of str, optional
        What is rolled out; where it is not, the status quo goes on.
    designs : sequence of str, optional
        `before_after`, `matched`, `differences`, `stepped_wedge`; `hot_spots` for places drawn by lot.
    outcomes : sequence of str, optional
        `crimes_at_places`, `calls`, or types of crime; the first one decides.
    replications : int, optional
        Trials, each in cities of its own.
    settings : mapping, optional
        Dotted names of settings → values; it may be nested.
    progress : bool
        Show a bar with the time left, on a terminal or in a notebook.
    **keywords
        The other groups and keys of the command: `city="town"`, `cities=4`, `begin="after_bad_month"`,
        `store="out/store"`, which lets a study that was ended go on.

    Returns
    -------
    TrialResult
        `answer`, `worth`, `estimates`, `powers`; `save(folder)` writes the command's files.

    Raises
    ------
    BadInput
        For a value that is not allowed; the message names the field, the value and what is allowed.
    """
    given = {"strategies": strategies, "designs": designs, "outcomes": outcomes, "replications": replications}

    def answer(request: Request) -> TrialResult:
        return carry_out(request, *design(request), bar if progress else silent)

    return asked(COMMAND, {**given, **keywords}, settings, answer)


def carry_out(request: Request, plan: dict[str, Any], scenarios: Mapping[str, Scenario], show: Progress) -> TrialResult:
    """Run all cities as they go on today, then with each strategy rolled out as their records say, and evaluate it.

    Parameters
    ----------
    request : Request
        What the user asked for.
    plan, scenarios
        What `experiments.trial.design.design` has made of it.
    show : callable
        Shows the progress.

    Raises
    ------
    BadInput
        When statsmodels is not installed.
    """
    from experiments.runs.cases import running, with_seeds
    from experiments.runs.folder import provenance
    from experiments.runs.trial import try_own
    from experiments.trial.choice import carried_out, planned
    from experiments.trial.findings import findings
    from experiments.trial.kept import KEPT, run_arms
    from experiments.trial.numbers import Runs
    from sim.extras import TRIAL, require

    started = datetime.now(UTC)
    require(TRIAL)
    today, runs = scenarios[WAITING], plan["replications"] * plan["cities"]
    try_own(scenarios.values())
    with running(plan, KEPT, show) as runner:
        waiting = run_arms({WAITING: with_seeds(today, runs)}, runner)[WAITING]
        rollouts = planned(scenarios, waiting, plan)
        arms = {
            arm: [
                {**settings, "strategy_course": one.course(plan["fidelity"], plan["fidelity_later"])}
                for settings, one in zip(with_seeds(scenarios[arm[0]], runs), of_arm, strict=True)
            ]
            for arm, of_arm in rollouts.items()
        }
        treated = run_arms(arms, runner)
    made_by = provenance(request.line, today.seed, started, request.inputs([today.city]))
    with speaking(plan["language"]):
        return TrialResult(findings(plan, Runs(waiting, carried_out(rollouts, treated), treated, today.seed), made_by))


@dataclass(frozen=True, repr=False, eq=False)
class TrialResult(AnsweredResult):
    """What a study of trials found; printing it shows what the command shows.

    Attributes
    ----------
    found : Trials
        All numbers and sentences.
    """

    found: Trials

    @property
    def worth(self) -> pl.DataFrame:
        """A row a design, strategy and outcome: truth, estimate, bias, coverage, power: the file `trial.parquet`."""
        return self.found.table

    @property
    def estimates(self) -> pl.DataFrame:
        """A row an evaluation: what its analyst finds, and what is true: the file `estimates.parquet`."""
        return self.found.estimates

    @property
    def powers(self) -> pl.DataFrame:
        """A row a design, strategy, length and number of districts: the power: the file `powers.parquet`."""
        return self.found.powers

    @property
    def days_needed(self) -> pl.DataFrame:
        """A row a design and strategy: the fewest districts, then days, with a power of 80 %."""
        return self.found.needed

    def write_tables(self, folder: Path) -> None:
        """Write the tables into an empty folder."""
        from experiments.trial.files import write_files

        write_files(folder, self.found)

    def write_page(self, folder: Path) -> None:
        """Draw the figures into a folder and write its page."""
        from experiments.trial.figures import write_figures
        from experiments.trial.page import write_report

        with self._speaking():
            write_report(self.found, write_figures(self.found, folder / "figures"), folder)

    def print_on(self, console: Console) -> None:
        """Print what the command prints."""
        from experiments.trial.terminal import print_trials

        with self._speaking():
            print_trials(console, self.found)

    def __repr__(self) -> str:
        return f"<TrialResult: {self.found.plan['replications']} trials of {', '.join(self.found.strategies)}>"
