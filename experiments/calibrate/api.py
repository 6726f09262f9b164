"""A calibration from the request to its result: what the command and `beatlab.calibrate` both call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from experiments.calibrate.design import COMMAND, design
from experiments.presentation.result import AnsweredResult
from experiments.runs.progress import bar, silent
from experiments.settings.keywords import asked

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import polars as pl
    from rich.console import Console

    from experiments.calibrate.design import Problem
    from experiments.calibrate.findings import Calibration
    from experiments.calibrate.simulated import Simulated
    from experiments.calibrate.targets import Values
    from experiments.runs.progress import Progress
    from experiments.settings.request import Request
    from sim.city.notices import Notice


def calibrate(
    *,
    parameters: Sequence[str] | str | None = None,
    patterns: Sequence[str] | str | None = None,
    place: str | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: bool = False,
    **keywords: Any,
) -> CalibrationResult:
    """Find the values of parameters that go with published patterns.

    Does what `beatlab calibrate` does, and takes all that it takes; writes nothing until `save` is called. It needs
    SALib and Optuna: `pip install 'beatlab[calibrate]'`.

    Parameters
    ----------
    parameters : sequence of str, optional
        Dotted names, patterns of them with `*`, or `name=low..high`.
    patterns : sequence of str, optional
        Names of patterns whose use is calibrate.
    place : str, optional
        Whose bands count: `county_china`, `city_western`, `large_china` or `large_western`.
    settings : mapping, optional
        Dotted names of settings → values; it may be nested.
    progress : bool
        Show a bar with the time left, on a terminal or in a notebook.
    **keywords
        The other groups and keys of the command: `city="town"`, `points=40`, `replications=2`, `store="out/store"`,
        which lets a calibration that was ended go on.

    Returns
    -------
    CalibrationResult
        `answer`, `parameters`, `patterns`, `screen`, `sets`; `save(folder)` writes the command's files.

    Raises
    ------
    BadInput
        For a value that is not allowed; the message names the field, the value and what is allowed.
    """
    chosen = {"parameters": parameters, "patterns": patterns, "place": place}

    def answer(request: Request) -> CalibrationResult:
        return carry_out(request, *design(request), bar if progress else silent)

    return asked(COMMAND, {**chosen, **keywords}, settings, answer)


def carry_out(request: Request, plan: dict[str, Any], asked_of: Problem, show: Progress) -> CalibrationResult:
    """Calibrate, then try the set on fresh seeds.

    Parameters
    ----------
    request : Request
        What the user asked for.
    plan, asked_of
        What `experiments.calibrate.design.design` has made of it.
    show : callable
        Shows the progress.

    Raises
    ------
    BadInput
        For a pattern that was asked for and that the city does not show; when Optuna or SALib is not installed.
    """
    import numpy as np

    from experiments.calibrate.findings import Calibration, Cost
    from experiments.calibrate.judged import Fresh
    from experiments.calibrate.kept import run_each, run_usual, run_vectors
    from experiments.calibrate.numbers import Ask, calibrated
    from experiments.calibrate.own_file import laid_out
    from experiments.calibrate.records import Records
    from experiments.patterns.portrait import RECORDS
    from experiments.runs.cases import running
    from experiments.runs.folder import provenance
    from sim.extras import CALIBRATE, require

    started, begun = datetime.now(UTC), monotonic()
    require(CALIBRATE)
    seeds = range(plan["replications"])
    unseen = range(seeds.stop, seeds.stop + plan["fresh"])
    with (
        running(plan, (*RECORDS, Records), show) as runner,
        laid_out(asked_of.own, asked_of.tree) as tree,
    ):
        problem = replace(asked_of, tree=tree)
        before = run_usual(problem, unseen, plan, runner)
        shown, before, left_out = _shown(problem, before, plan)
        ran = [plan["fresh"]]

        def evaluate(shares: Values) -> Simulated:
            ran.append(len(shares) * len(seeds))
            return run_vectors(shown, shares, seeds, plan, runner)

        journal = _journal(shown, plan) if plan["search"] and plan["store"] else None
        steps = calibrated(Ask(shown.names, shown.targets, shown.usual, before, journal), plan, evaluate)
        draws = np.random.default_rng(plan["seed"])
        chosen = steps.posterior.drawn(plan["vectors"], draws)
        after = run_each(shown, chosen.drawn(plan["fresh"], draws).each(plan["fresh"]), unseen, plan, runner)
    cost = Cost(sum(ran) + plan["fresh"], (monotonic() - begun) / 60)
    first = asked_of.scenario()
    made_by = provenance(request.line, first.seed, started, request.inputs([first.city]))
    found = Calibration(plan, shown, steps, chosen, Fresh(before, after), left_out, cost, made_by)
    return CalibrationResult(request, found)


def _shown(
    problem: Problem, before: np.ndarray, plan: Mapping[str, Any]
) -> tuple[Problem, np.ndarray, tuple[str | Notice, ...]]:
    """Leave out patterns that some run of the city does not show; refuse it of those that were asked for."""
    import numpy as np

    from sim.parameters import BadInput

    there = np.isfinite(before).all(axis=0)
    for at in np.flatnonzero(~there):
        if plan["patterns"] is not None or not there.any():
            why = "a pattern that every run of this city shows; give more days, or a larger city"
            raise BadInput("patterns", problem.targets[at].name, why)
    names = tuple(problem.targets[at].title for at in np.flatnonzero(~there))
    return problem.showing(list(np.flatnonzero(there))), before[:, there], names


def _journal(problem: Problem, plan: Mapping[str, Any]) -> str | None:
    """Return the file in which the search of this problem is kept; None where its runs cannot be kept either."""
    import hashlib
    from pathlib import Path

    from experiments.calibrate.kept import keeper_of, tasks_of
    from experiments.runs.cases import store_keys

    (key,) = store_keys(keeper_of(problem), tasks_of(problem, None, range(1), plan["place"]))
    if key is None:
        return None
    told = repr((key, problem.factors, problem.targets, plan["replications"], plan["fresh"], plan["screen"]))
    return str(Path(plan["store"]) / "searches" / f"{hashlib.sha256(told.encode()).hexdigest()[:24]}.journal")


@dataclass(frozen=True, repr=False, eq=False)
class CalibrationResult(AnsweredResult):
    """What a calibration found; printing it shows what the command shows.

    Attributes
    ----------
    request : Request
        What was asked for.
    found : Calibration
        All numbers and sentences.
    """

    request: Request
    found: Calibration

    @property
    def parameters(self) -> pl.DataFrame:
        """A row a parameter: range, posterior quantiles, width against the prior: the file `parameters.parquet`."""
        return self.found.tables["parameters"]

    @property
    def patterns(self) -> pl.DataFrame:
        """A row a pattern: band, before and after on fresh seeds: the file `patterns.parquet`."""
        return self.found.tables["patterns"]

    @property
    def screen(self) -> pl.DataFrame:
        """A row a parameter and pattern: elementary effects: the file `screen.parquet`."""
        return self.found.tables["screen"]

    @property
    def sets(self) -> pl.DataFrame:
        """A row a vector of parameters, with its weight: the file `sets.csv`, for `compare`."""
        return self.found.vectors

    def write_tables(self, folder: Path) -> None:
        """Write the set and the tables into an empty folder."""
        from experiments.calibrate.files import write_files

        write_files(folder, self.found)

    def write_page(self, folder: Path) -> None:
        """Draw the figures into a folder and write its page."""
        from experiments.calibrate.figures import write_figures
        from experiments.calibrate.page import write_report

        with self._speaking():
            write_report(self.found, write_figures(self.found, folder / "figures"), folder)

    def print_on(self, console: Console) -> None:
        """Print what the command prints."""
        from experiments.calibrate.terminal import print_calibration

        with self._speaking():
            print_calibration(console, self.found)

    def __repr__(self) -> str:
        problem = self.found.problem
        return f"<CalibrationResult: {len(problem.names)} parameters, {len(problem.targets)} patterns>"
