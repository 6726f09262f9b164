"""A comparison from the request to its result: what the command and `beatlab.compare` both call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.compare.design import COMMAND, check_same_force, design, look_of
from experiments.compare.parameter_sets import file_of
from experiments.languages.speech import sentences, speaking
from experiments.presentation.result import ReportedResult
from experiments.runs.progress import bar, silent
from experiments.settings.keywords import asked

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from rich.console import Console

    from experiments.compare.comparison import Point
    from experiments.compare.findings import Findings
    from experiments.compare.paired import Effect
    from experiments.compare.staffing import Staffed
    from experiments.presentation.notebook import Figure
    from experiments.runs.progress import Progress
    from experiments.runs.simulation import RunResult
    from experiments.settings.request import Request
    from sim.city.city import City
    from sim.scenario import Scenario


def compare(
    *,
    city: str | None = None,
    strategies: Sequence[str] | str | None = None,
    shortages: Sequence[str] | str | None = None,
    replications: int | None = None,
    days: int | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: bool = False,
    **keywords: Any,
) -> ComparisonResult:
    """Compare strategies under shortages over paired replications.

    Does what `beatlab compare` does, and takes all that it takes; writes nothing until `save` is called. What is left
    out has the command's default.

    Parameters
    ----------
    city : str, optional
        `town`, `county`, `metropolis` or `from_data`.
    strategies, shortages : sequence of str, optional
        Names, as the command takes them; `"all"`.
    replications : int, optional
        Runs of each, at least 2, and 3 for an interval; run r has the seed + r for all of them.
    days : int, optional
        Measured days.
    settings : mapping, optional
        Dotted names of settings → values, such as `{"force.officers": 200}`; it may be nested.
    progress : bool
        Show a bar with the time left, on a terminal or in a notebook.
    **keywords
        The other groups and keys of the command: `seed=7`, `workers=1`, `baseline="hotspot"`, `language="zh"`,
        `parameters="declared"` or the path of sets of them; a group may be a mapping of its settings,
        `force={"officers": 200}`; `config_dir` is a folder of your own options, as `--config-dir`, and `experiment`
        chooses one.

    Returns
    -------
    ComparisonResult
        The answer, frames, figures; `save(folder)` writes the command's files.

    Raises
    ------
    BadInput
        For a value that is not allowed; the message names the field, the value and what is allowed.
    AuthorError
        When a strategy or programme of your own has failed.
    WorkerDied
        When a worker process ended again and again.
    """
    chosen = {
        "city": city, "strategies": strategies, "shortages": shortages, "replications": replications, "days": days,
    }  # fmt: skip

    def answer(request: Request) -> ComparisonResult:
        begin_workers(request)
        return carry_out(request, *design(request), bar if progress else silent)

    return asked(COMMAND, {**chosen, **keywords}, settings, answer)


def begin_workers(request: Request) -> None:
    """Start the server of worker processes, which imports the model while this process reads the settings."""
    from experiments.runs.processes import begin_server, processes_for

    if request.values.get("workers") != 1 and processes_for(None) > 1:
        begin_server()


def carry_out(
    request: Request, plan: dict[str, Any], points: Mapping[Point, Scenario], show: Progress
) -> ComparisonResult:
    """Run a design.

    Parameters
    ----------
    request : Request
        What the user asked for.
    plan, points : dict, mapping
        From `design`.
    show : callable
        Shows the progress.

    Raises
    ------
    BadInput, AuthorError, WorkerDied
        See `compare`.
    """
    from experiments.compare.replicated import replicated
    from experiments.compare.turned import around_default

    started = datetime.now(UTC)
    prepared = prepare(plan, points)
    runs, plan["stopped"] = replicated(plan, prepared.variants, list(points), show)
    if plan["sets"] is not None:
        plan["unchanged"], plan["turns"] = around_default(plan, points, runs, show)
    return conclude(request, plan, points, prepared, runs, started)


class Prepared(NamedTuple):
    """What of a design is known before anything is run.

    Attributes
    ----------
    city : City
        The place of the first replication.
    variants : dict
        Point → its scenario with each set of parameters, the further runs among them.
    further : list of Staffed
        Runs of the status quo with other officers, where they were asked for.
    """

    city: City
    variants: dict[Point, list[Scenario]]
    further: list[Staffed]


def prepare(plan: dict[str, Any], points: Mapping[Point, Scenario]) -> Prepared:
    """Check a design against its city, and say which scenarios have to be run.

    Raises
    ------
    BadInput, AuthorError
        See `compare`.
    """
    from experiments.compare.budget import check_budget
    from experiments.compare.staffing import staffed
    from experiments.runs.trial import try_own
    from sim.city.build import build_city
    from sim.police.force.establishment import full_strength

    city = build_city(next(iter(points.values())).city)
    for scenario in chain(*plan["variants"].values()):
        full_strength(scenario.force, city.residents)
    if plan["same_force"]:
        check_same_force(points, city)
    check_budget(plan["budget"], points, city)
    try_own(points.values())
    further = staffed(plan, city)
    return Prepared(city, {**plan["variants"], **{one.point: one.scenarios for one in further}}, further)


def conclude(
    request: Request, plan: dict[str, Any], points: Mapping[Point, Scenario], prepared: Prepared,
    runs: dict[Point, list[RunResult]], started: datetime,
) -> ComparisonResult:  # fmt: skip
    """Find out what the runs of a design say.

    Parameters
    ----------
    request, plan, points
        See `carry_out`; `stopped` is in the plan.
    prepared : Prepared
        From `prepare`.
    runs : dict
        Point → results of its runs, in the order of the seeds, those of the further runs among them.
    started : datetime
        When the first of them began.
    """
    from experiments.compare.findings import findings
    from experiments.compare.kept import gather
    from experiments.runs.folder import provenance

    first = next(iter(points.values()))
    plan["replications"] = len(runs[next(iter(points))])
    made_by = provenance(request.line, first.seed, started, request.inputs([first.city], file_of(plan["parameters"])))
    plan["staffing"] = [(one, runs.pop(one.point)) for one in prepared.further]
    with speaking(plan["language"]):
        found = findings(gather(plan, points, runs, prepared.city, made_by))
        return ComparisonResult(plan, points, prepared.city, found)


@dataclass(frozen=True, repr=False, eq=False)
class ComparisonResult(ReportedResult):
    """What a comparison found; printing it shows what the command shows, a notebook shows it with its figures.

    Attributes
    ----------
    plan : dict
        What was compared: strategies, shortages, baseline, replications.
    scenarios : mapping
        (shortage, strategy) → the scenario of its first run.
    city : City
        The place of the first replication.
    findings : Findings
        Every number, judgement and sentence; `findings.comparison` has all frames.
    """

    plan: dict[str, Any]
    scenarios: Mapping[Point, Scenario]
    city: City
    findings: Findings

    @property
    def answer(self) -> str:
        """The answer in a few sentences, decision first, which claim no more than the intervals allow."""
        with speaking(self.findings.language):
            return sentences([one.text for one in self.findings.answer])

    @property
    def table(self) -> pl.DataFrame:
        """The numbers of the table, a row for each strategy under each shortage."""
        import io

        import polars as pl

        text = self.findings.table.csv
        names = text.partition("\n")[0].split(",")
        types = {name: pl.String if name in ("shortage", "strategy") else pl.Float64 for name in names}
        return pl.read_csv(io.StringIO(text), schema=types)

    @property
    def summary(self) -> pl.DataFrame:
        """A row for each run (shortage, strategy, replication, seed), the indicators as columns with nulls."""
        return self.findings.comparison.runs

    @property
    def effects(self) -> pl.DataFrame:
        """A row for each paired difference, with its intervals: the file `effects.parquet`."""
        return self.findings.comparison.effects

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, commit, seed, the command that does it again, time."""
        return self.findings.comparison.provenance

    def effect(self, strategy: str, indicator: str = "crimes_total", shortage: str | None = None) -> Effect:
        """Return the paired difference of a strategy to the baseline.

        Parameters
        ----------
        strategy : str
            One of those compared, not the baseline.
        indicator : str
            A column of `summary`.
        shortage : str, optional
            One of those compared; by default the one that the answer speaks about.

        Returns
        -------
        Effect
            `difference`, `low`, `high` (95 % interval, None where there is none) in the unit of the indicator,
            `decided` (the interval excludes 0), `verdict`, `relative_percent`, and more.

        Raises
        ------
        BadInput
            For a name that was not compared, or an indicator that was not measured.
        """
        from experiments.compare.paired import effect
        from sim.parameters import BadInput

        compared = self.findings.comparison
        where = self.findings.told if shortage is None else shortage
        known = {"strategy": compared.rivals, "shortage": compared.shortages}
        for field, name in {"strategy": strategy, "shortage": where}.items():
            if name not in known[field]:
                raise BadInput(field, name, f"one of {', '.join(known[field]) or 'none, nothing else was compared'}")
        if indicator not in (measured := compared.runs.columns):
            near = get_close_matches(str(indicator), measured, n=1)
            did_you_mean = f"; did you mean {near[0]}?" if near else ""
            raise BadInput("indicator", indicator, f"a column of .summary, such as crimes_total{did_you_mean}")
        found = effect(compared, "strategy", where, strategy, indicator)
        if found is None:
            both = f"{strategy} and of {compared.baseline} in one replication under {where}"
            raise BadInput("indicator", indicator, f"one that `summary` holds of {both}; this one was absent")
        return found

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """The figures by name, drawn when first asked for, which takes some seconds."""
        import tempfile
        from pathlib import Path

        from experiments.compare.figures import draw_findings
        from experiments.presentation.notebook import figure_of

        with tempfile.TemporaryDirectory(prefix="beatlab-") as folder:
            drawn = draw_findings(self.findings, Path(folder), self.plan["workers"], look_of(self.plan))
            return {name: figure_of(picture) for name, picture in drawn.items()}

    def write_tables(self, folder: Path) -> None:
        """Write everything but the figures and the report into an empty folder."""
        from experiments.compare.files import write_files

        with speaking(self.findings.language):
            write_files(folder, self.plan, self.scenarios, self.findings, self.city)

    def write_page(self, folder: Path) -> None:
        """Draw the figures into a folder and write its pages, and of a city from files what was understood of them."""
        from experiments.compare.figures import draw_findings
        from experiments.compare.page import write_pages

        with speaking(self.findings.language):
            look, workers = look_of(self.plan), self.plan["workers"]
            write_pages(self.findings, draw_findings(self.findings, folder / "figures", workers, look), folder)
        if self.city.files:
            from experiments.inspection.files import write_page
            from experiments.inspection.findings import Inspection

            parameters = next(iter(self.scenarios.values())).city
            inspection = Inspection(parameters, self.city.files, self.city, provenance=self.provenance)
            with speaking(self.findings.language):
                write_page(inspection, folder)

    def print_on(self, console: Console) -> None:
        """Print what the command prints."""
        from experiments.compare.terminal import print_findings

        with speaking(self.findings.language):
            print_findings(console, self.findings)

    def __repr__(self) -> str:
        strategies, shortages, replications = (self.plan[key] for key in ("strategies", "shortages", "replications"))
        return f"<ComparisonResult: {', '.join(strategies)} under {', '.join(shortages)}, {replications} replications>"

    def _repr_html_(self) -> str:
        from experiments.compare.notebook import as_html

        with speaking(self.findings.language):
            return as_html(self.findings, self.figures)
