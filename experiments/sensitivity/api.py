"""A sensitivity study from the request to its result: what the command and `beatlab.sensitivity` both call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import speaking
from experiments.presentation.result import AnsweredResult
from experiments.runs.progress import bar, silent
from experiments.sensitivity.design import COMMAND, design
from experiments.settings.keywords import asked

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from rich.console import Console

    from experiments.runs.progress import Progress
    from experiments.sensitivity.design import Study
    from experiments.sensitivity.findings import Sensitivity
    from experiments.settings.request import Request


def sensitivity(
    *,
    parameters: Sequence[str] | str | None = None,
    strategies: Sequence[str] | str | None = None,
    outcomes: Sequence[str] | str | None = None,
    trajectories: int | None = None,
    samples: int | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: bool = False,
    **keywords: Any,
) -> SensitivityResult:
    """Find the uncertain parameters on which outcomes, and differences between strategies, hang.

    Does what `beatlab sensitivity` does, and takes all that it takes; writes nothing until `save` is called. It needs
    SALib: `pip install 'beatlab[sensitivity]'`.

    Parameters
    ----------
    parameters : sequence of str, optional
        Names, patterns such as `people.search.*`, or `name=low..high`; absent: a list of assumptions.
    strategies : sequence of str, optional
        Of the first, outcomes are looked at; of the others, their paired differences to the first.
    outcomes : sequence of str, optional
        Indicators.
    trajectories : int, optional
        Of Morris's screen; 0: none.
    samples : int, optional
        Base samples of the Sobol indices, a power of two; 0: the screen alone.
    settings : mapping, optional
        Dotted names of settings → values; it may be nested.
    progress : bool
        Show a bar with the time left, on a terminal or in a notebook.
    **keywords
        The other groups and keys of the command: `city="town"`, `replications=3`, `screened_to=6`,
        `store="out/store"`, by which a larger study runs only what is new.

    Returns
    -------
    SensitivityResult
        `answer`, `indices`, `convergence`, `parameters`; `save(folder)` writes the command's files.

    Raises
    ------
    BadInput
        For a value that is not allowed; the message names the field, the value and what is allowed.
    """
    chosen = {
        "parameters": parameters, "strategies": strategies, "outcomes": outcomes, "trajectories": trajectories,
        "samples": samples,
    }  # fmt: skip

    def answer(request: Request) -> SensitivityResult:
        return carry_out(request, *design(request), bar if progress else silent)

    return asked(COMMAND, {**chosen, **keywords}, settings, answer)


def carry_out(request: Request, plan: dict[str, Any], study: Study, show: Progress) -> SensitivityResult:
    """Screen, pass on what matters, and estimate its Sobol indices.

    Parameters
    ----------
    request : Request
        What the user asked for.
    plan, study
        What `experiments.sensitivity.design.design` has made of it.
    show : callable
        Shows the progress.

    Raises
    ------
    BadInput
        For an outcome that no run has, and when SALib is not installed.
    """
    from experiments.runs.cases import running
    from experiments.runs.folder import provenance
    from experiments.runs.store.records import Run
    from experiments.runs.trial import try_own
    from experiments.sensitivity.findings import findings
    from experiments.sensitivity.kept import run_points
    from experiments.sensitivity.results import Batch, Results, passed, points_of, screens_of
    from experiments.sensitivity.sampling import sobol_blocks, trajectories
    from sim.city.build import build_city
    from sim.extras import SENSITIVITY, require

    started = datetime.now(UTC)
    require(SENSITIVITY)
    usual = {name: study.scenario(name, {}) for name in study.trees}
    first = usual[study.baseline]
    plan |= {"days": first.days, "seed": first.seed}
    try_own(usual.values())
    with running(plan, (Run,), show) as runner:
        today = run_points(study, [{}], plan, runner)
        screened, sampled, varied = None, None, study.factors
        if plan["trajectories"]:
            points = trajectories(plan["trajectories"], len(varied), first.seed)
            screened = Batch(varied, points, run_points(study, points_of(varied, points), plan, runner))
            varied = passed(study, screens_of(study, screened), plan["screened_to"])
        if plan["samples"]:
            points = sobol_blocks(plan["samples"], len(varied), first.seed)
            sampled = Batch(varied, points, run_points(study, points_of(varied, points), plan, runner))
    made_by = provenance(request.line, first.seed, started, request.inputs([first.city]))
    residents = build_city(first.city).residents
    with speaking(plan["language"]):
        return SensitivityResult(findings(plan, study, Results(today, screened, sampled), residents, made_by))


@dataclass(frozen=True, repr=False, eq=False)
class SensitivityResult(AnsweredResult):
    """What a sensitivity study found; printing it shows what the command shows.

    Attributes
    ----------
    found : Sensitivity
        All numbers and sentences.
    """

    found: Sensitivity

    @property
    def indices(self) -> pl.DataFrame:
        """A row a method, target and parameter: the file `sensitivity.parquet`."""
        from experiments.sensitivity.tables import indices

        return indices(self.found)

    @property
    def convergence(self) -> pl.DataFrame:
        """The Sobol indices by number of samples: the file `convergence.parquet`."""
        from experiments.sensitivity.tables import convergence

        return convergence(self.found)

    @property
    def parameters(self) -> pl.DataFrame:
        """A row a parameter: bounds, source, rank: the file `parameters.csv`."""
        from experiments.sensitivity.tables import parameters

        return parameters(self.found)

    def write_tables(self, folder: Path) -> None:
        """Write the tables and the design into an empty folder."""
        from experiments.sensitivity.files import write_files

        write_files(folder, self.found)

    def write_page(self, folder: Path) -> None:
        """Draw the figures into a folder and write its page."""
        from experiments.sensitivity.figures import write_figures
        from experiments.sensitivity.page import write_report

        with self._speaking():
            write_report(self.found, write_figures(self.found, folder / "figures"), folder)

    def print_on(self, console: Console) -> None:
        """Print what the command prints."""
        from experiments.sensitivity.terminal import print_sensitivity

        with self._speaking():
            print_sensitivity(console, self.found)

    def __repr__(self) -> str:
        return (
            f"<SensitivityResult: {len(self.found.study.factors)} parameters, {len(self.found.study.targets)} targets>"
        )
