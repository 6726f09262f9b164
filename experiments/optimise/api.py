"""A search from the request to its result: what the command and `beatlab.optimise` both call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import speaking
from experiments.optimise.design import COMMAND, Candidate, design
from experiments.presentation.result import AnsweredResult
from experiments.runs.progress import bar, silent
from experiments.settings.keywords import asked

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from rich.console import Console

    from experiments.optimise.design import Space
    from experiments.optimise.findings import Optimum
    from experiments.runs.progress import Progress
    from experiments.settings.request import Request
    from sim.scenario import Scenario


def optimise(
    *,
    levers: Sequence[str | Mapping[str, Any]] | None = None,
    strategies: Sequence[str] | str | None = None,
    outcomes: Sequence[str] | str | None = None,
    budget: float | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: bool = False,
    **keywords: Any,
) -> OptimiseResult:
    """Search for the best use of levers and strategies within a budget, and try what was found on fresh seeds.

    Does what `beatlab optimise` does, and takes all that it takes; writes nothing until `save` is called. It needs
    Optuna: `pip install 'beatlab[optimise]'`.

    Parameters
    ----------
    levers : sequence, optional
        Names, or settings such as `{"kind": "auxiliaries", "heads": 40}`; each is tried in quarters of its size.
    strategies : sequence of str, optional
        Those that may be chosen; the first is what is done today.
    outcomes : sequence of str, optional
        One to three indicators; the first one decides.
    budget : float, optional
        Yuan per year that the police have.
    settings : mapping, optional
        Dotted names of settings → values; it may be nested.
    progress : bool
        Show a bar with the time left, on a terminal or in a notebook.
    **keywords
        The other groups and keys of the command: `city="town"`, `shortage="uniform30"`, `combinations=20`,
        `situation="mine.yaml"`, `store="out/store"`, which lets a search that was ended go on.

    Returns
    -------
    OptimiseResult
        `answer`, `tried`, `judged`; `save(folder)` writes the command's files.

    Raises
    ------
    BadInput
        For a value that is not allowed; the message names the field, the value and what is allowed.
    """
    chosen = {"levers": levers, "strategies": strategies, "outcomes": outcomes, "budget": budget}

    def answer(request: Request) -> OptimiseResult:
        return carry_out(request, *design(request), bar if progress else silent)

    return asked(COMMAND, {**chosen, **keywords}, settings, answer)


def carry_out(request: Request, plan: dict[str, Any], space: Space, show: Progress) -> OptimiseResult:
    """Search, then try what was found on fresh seeds.

    Parameters
    ----------
    request : Request
        What the user asked for.
    plan, space
        What `experiments.optimise.design.design` has made of it.
    show : callable
        Shows the progress.

    Raises
    ------
    BadInput
        For a budget or people below those of today, and when Optuna is not installed.
    """
    from experiments.optimise.candidates import Tried, check_within, choose, known
    from experiments.optimise.findings import Results, findings
    from experiments.optimise.kept import Values, run_candidates
    from experiments.optimise.search import Search
    from experiments.runs.cases import running
    from experiments.runs.folder import provenance
    from experiments.runs.simulation import RECORDS
    from experiments.runs.trial import try_own
    from sim.city.build import build_city
    from sim.extras import OPTIMISE, require

    started = datetime.now(UTC)
    require(OPTIMISE)
    first = space.scenario(space.status_quo)
    city = build_city(first.city)
    plan |= {"days": first.days, "seed": first.seed}
    check_within(known(space, space.status_quo, plan, city), plan)
    try_own(space.scenario(Candidate(name, space.status_quo.sizes)) for name in space.trees)
    seen = range(plan["replications"])
    unseen = range(seen.stop, seen.stop + plan["fresh"])
    with running(plan, RECORDS, show) as runner:

        def evaluate(scenarios: Mapping[Candidate, Scenario], shown: Progress) -> Mapping[Candidate, Values]:
            return run_candidates(scenarios, seen, plan, runner._replace(show=shown))

        searched = Search(space, plan, city, evaluate).run(show)
        choice = choose(searched.tried, space, plan)
        again = {one: space.scenario(one) for one in choice.wanted}
        found = run_candidates(again, unseen, plan, runner)
    people = {one.candidate: one.personnel for one in searched.tried}
    fresh = [Tried(one, people[one], values) for one, values in found.items()]
    made_by = provenance(request.line, first.seed, started, request.inputs([first.city]))
    with speaking(plan["language"]):
        return OptimiseResult(request, findings(plan, space, Results(searched, choice, fresh), city.residents, made_by))


@dataclass(frozen=True, repr=False, eq=False)
class OptimiseResult(AnsweredResult):
    """What a search found; printing it shows what the command shows.

    Attributes
    ----------
    request : Request
        What was asked for.
    found : Optimum
        All numbers and sentences.
    """

    request: Request
    found: Optimum

    @property
    def tried(self) -> pl.DataFrame:
        """A row a candidate of the search: its strategy and sizes, people, yuan, outcomes: the file `tried.parquet`."""
        return self.found.tried

    @property
    def judged(self) -> pl.DataFrame:
        """A row a candidate and outcome on fresh seeds: level, paired difference to today: the file `fresh.parquet`."""
        return self.found.fresh

    @property
    def situation(self) -> str:
        """The situation in which what was found can be compared: the file `best.yaml`."""
        from experiments.optimise.files import situation_of

        return situation_of(self.found, self.request)

    def write_tables(self, folder: Path) -> None:
        """Write the tables and the situation into an empty folder."""
        from experiments.optimise.files import write_files

        write_files(folder, self.found, self.request)

    def write_page(self, folder: Path) -> None:
        """Draw the figure into a folder and write its page."""
        from experiments.optimise.figures import write_figures
        from experiments.optimise.page import write_report

        with self._speaking():
            write_report(self.found, write_figures(self.found, folder / "figures"), folder)

    def print_on(self, console: Console) -> None:
        """Print what the command prints."""
        from experiments.optimise.terminal import print_optimum

        with self._speaking():
            print_optimum(console, self.found)

    def __repr__(self) -> str:
        return f"<OptimiseResult: {self.found.space.name(self.found.chosen)} of {self.found.tried.height} candidates>"
