"""A sweep from the request to its result: what the command and `beatlab.sweep` both call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import ENGLISH, say, speaking
from experiments.presentation.result import ReportedResult
from experiments.runs.progress import bar, silent
from experiments.settings.keywords import asked
from experiments.sweep.design import COMMAND, design

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from rich.console import Console

    from experiments.runs.progress import Progress
    from experiments.settings.request import Request
    from experiments.sweep.design import Placed
    from experiments.sweep.findings import Sweep


def sweep(
    *varied: str, settings: Mapping[str, Any] | None = None, progress: bool = False, **keywords: Any
) -> SweepResult:
    """Run every combination of settings, paired over seeds; what the store has is read.

    Does what `beatlab sweep` does, and takes all that it takes.

    Parameters
    ----------
    *varied : str
        What varies, as the command takes it: `"strategy=reactive,hotspot"`, `"strategy.dwell_min=range(5,25,5)"`.
    settings : mapping, optional
        Dotted names of settings → values, the same everywhere.
    progress : bool
        Show a bar with the time left, on a terminal or in a notebook.
    **keywords
        Groups and keys of the command: `city="town"`, `replications=20`, `store="out/store"`.

    Returns
    -------
    SweepResult
        `runs`, `effects`; `save(folder)` writes the command's files.

    Raises
    ------
    BadInput
        For a value that is not allowed; the message names the field, the value and what is allowed.
    """
    from experiments.settings.sweeps import read_sweep

    choices, values, factors = read_sweep(varied)

    def answer(request: Request) -> SweepResult:
        """Carry out the sweep that was asked for."""
        asked_for = replace(
            request,
            argv=[*varied, *request.argv],
            choices={**choices, **request.choices},
            values={**values, **request.values},
            factors=factors,
        )
        return carry_out(asked_for, *design(asked_for), bar if progress else silent)

    return asked(COMMAND, keywords, settings, answer)


def carry_out(
    request: Request, plan: dict[str, Any], points: list[Placed], twins: list[Placed], show: Progress
) -> SweepResult:
    """Run what the store lacks of a sweep, and work out what all of it says.

    Parameters
    ----------
    request : Request
        What the user asked for.
    plan, points, twins
        What `experiments.sweep.design.design` has made of it.
    show : callable
        Shows the progress.

    Raises
    ------
    BadInput
        For a sweep of which nothing is there to report.
    """
    from experiments.runs.cases import opened
    from experiments.runs.folder import provenance
    from experiments.runs.trial import try_own
    from experiments.sweep.findings import findings
    from experiments.sweep.replicated import replicated
    from sim.parameters import Unusable

    started = datetime.now(UTC)
    try_own(placed.scenario for placed in (*points, *twins))
    with opened(plan["store"]) as store:
        runs, base, plan["stopped"] = replicated(plan, points, twins, store, None if request.only_look else show)
    if not runs.height:
        raise Unusable("store", plan["store"], "{} holds no run of this sweep yet")
    inputs = request.inputs((placed.scenario.city for placed in points), plan["points_csv"])
    made_by = provenance(request.line, points[0].scenario.seed, started, inputs)
    return SweepResult(findings(plan, runs, base, len(points) * plan["replications"], made_by))


def carry_out_silently(
    request: Request, plan: dict[str, Any], points: list[Placed], twins: list[Placed], show: Progress
) -> str:
    """Do one part of a sweep, or submit its jobs and leave; say how far it is, and report nothing.

    Parameters
    ----------
    request, plan, points, twins, show
        See `carry_out`.

    Raises
    ------
    BadInput
        When jobs are asked for of another engine than SLURM.
    """
    from experiments.runs.cases import opened
    from experiments.runs.engines.settings import SLURM
    from experiments.runs.trial import try_own
    from experiments.sweep.runs import carry_out as run
    from experiments.sweep.runs import lacking_of, submit, wanted
    from sim.parameters import BadInput

    if request.detach and plan["engine"]["name"] != SLURM:
        raise BadInput("--detach", plan["engine"]["name"], f"left out, or with engine={SLURM}")
    try_own(placed.scenario for placed in (*points, *twins))
    runs = [*wanted(points, plan), *wanted(twins, plan)]
    with opened(plan["store"]) as store:
        if request.detach:
            under_way = submit(runs, plan, store)
            return say("{runs} runs are with jobs; --status tells how far they are", runs=under_way)
        run(runs, plan, store, show)
        lacking = len(lacking_of(runs, {**plan, "part": None}, store))
    number, of = plan["part"]
    rest = (
        say("{n} are still to be run", n=lacking) if lacking else say("the same command without --part reports it")
    )  # fmt: skip
    return say("part {number} of {of} is done; of the whole sweep {rest}", number=number, of=of, rest=rest)


def with_jobs(plan: Mapping[str, Any]) -> int:
    """Return how many runs are with jobs that wait or run.

    Parameters
    ----------
    plan : mapping
        See `experiments.sweep.design.design`.
    """
    from experiments.runs.store.store import open_store
    from experiments.sweep.runs import jobs_of

    return len(jobs_of(plan, open_store(plan["store"])).under_way())


@dataclass(frozen=True, repr=False, eq=False)
class SweepResult(ReportedResult):
    """What a sweep found; printing it shows what the command shows.

    Attributes
    ----------
    found : Sweep
        The runs, points, effects and the analysis of variance.
    """

    found: Sweep

    @property
    def language(self) -> str:
        """In which it is shown."""
        return str(self.found.plan["language"])

    @property
    def runs(self) -> pl.DataFrame:
        """A row a run: its point, each factor as a column, seed, seconds, error, then every indicator."""
        return self.found.runs

    @property
    def effects(self) -> pl.DataFrame:
        """A row a point: each factor, the mean paired difference to the baseline with its interval."""
        return self.found.effects

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, commit, seed, the command that does it again, time; `partial`, where runs are lacking."""
        return {**self.found.provenance, **({"partial": self.found.state} if self.found.partial else {})}

    def write_tables(self, folder: Path) -> None:
        """Write everything but the figure and the page into an empty folder."""
        for name, table in {
            "runs": self.found.runs.drop("seconds"),  # a result done again is the same to the bit
            "points": self.found.points,
            "effects": self.found.effects,
            "variance": self.found.variance,
        }.items():
            table.write_parquet(folder / f"{name}.parquet")
            table.write_csv(folder / f"{name}.csv")

    def write_page(self, folder: Path) -> None:
        """Draw the figure into a folder and write its page."""
        from experiments.sweep.figures import write_figures
        from experiments.sweep.page import write_report

        with speaking(self.language):
            write_report(self.found, write_figures(self.found, folder / "figures"), folder)

    def print_on(self, console: Console) -> None:
        """Print what the command prints."""
        from experiments.sweep.terminal import print_sweep

        with speaking(self.language):
            print_sweep(console, self.found)

    def __repr__(self) -> str:
        with speaking(ENGLISH):
            return f"<SweepResult: {self.found.state}>"
