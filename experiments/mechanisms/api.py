"""The look into programmes from the request to its result: what the command and `beatlab.mechanisms` both call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import ENGLISH, check_language, speaking
from experiments.presentation.result import ReportedResult
from experiments.runs.progress import bar, silent
from experiments.settings.keywords import asked
from experiments.settings.request import REPLICATED_KEYS, Command, Request

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from rich.console import Console

    from experiments.mechanisms.findings import Mechanisms
    from experiments.runs.progress import Progress
    from sim.scenario import Scenario

COMMAND = Command(
    name="mechanisms",
    summary=(
        "Look into programmes: campaigns over a year, fraud, disputes, volunteers over two years, networks, what an "
        "hour of each activity does; write tables, figures and a page."
    ),
    keys={
        "replications": "runs of each case; run r has the seed + r in all of them",
        "days": "measured days",
        **REPLICATED_KEYS,
    },
    fixed=("strategy",),
    examples=(
        "beatlab mechanisms",
        "beatlab mechanisms city=town replications=2 days=90 out=out/look",
    ),
)


def mechanisms(
    *,
    city: str | None = None,
    replications: int | None = None,
    days: int | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: bool = False,
    **keywords: Any,
) -> MechanismsResult:
    """Look into programmes; does what `beatlab mechanisms` does, see `compare` for what it takes.

    Raises
    ------
    BadInput
        For a value that is not allowed.
    """
    chosen = {"city": city, "replications": replications, "days": days, **keywords}
    show = bar if progress else silent
    return asked(COMMAND, chosen, settings, lambda request: carry_out(request, *design(request), show))


def design(request: Request) -> tuple[dict[str, Any], dict[str, Scenario]]:
    """Turn what the user asked for into checked cases.

    Returns
    -------
    plan : dict
        replications, workers, out.
    points : dict
        Case → scenario with the first seed.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    from pydantic import Field

    from experiments.mechanisms.design import CASES, scenarios
    from experiments.settings.compose import check_last_seed, compose, plan_of
    from sim.parameters import BadInput

    if "strategy" in request.choices:
        raise BadInput(
            "strategy",
            request.choices["strategy"],
            f"each case has its own ({', '.join(dict.fromkeys(case.strategy for case in CASES.values()))})",
        )
    points = scenarios(COMMAND.name, list(COMMAND.keys), request.choices, request.values)
    tree = compose(COMMAND.name, request.choices, request.values)
    plan = plan_of(tree, replications=(int, Field(ge=1, le=10_000)), language=(str, ENGLISH))
    check_language(plan["language"])
    check_last_seed(points["reactive"], plan["replications"])
    return plan, points


def carry_out(request: Request, plan: dict[str, Any], points: dict[str, Scenario], show: Progress) -> MechanismsResult:
    """Run all cases, and show the progress."""
    from experiments.mechanisms.activity_study import activities_table, activity_scenarios
    from experiments.mechanisms.findings import findings
    from experiments.mechanisms.kept import RECORDS, afterwards, trace
    from experiments.mechanisms.volunteer_study import courses_in
    from experiments.runs.cases import keeping, run_cases, with_seeds
    from experiments.runs.engines.choice import engine_of
    from experiments.runs.folder import provenance

    started = datetime.now(UTC)
    replications = plan["replications"]
    tasks = {case: with_seeds(scenario, replications) for case, scenario in points.items()}
    first = points["reactive"]
    alone = {name: with_seeds(scenario, replications) for name, scenario in activity_scenarios(first).items()}
    with keeping(plan["store"], RECORDS) as kept, engine_of(plan) as engine:
        traces = run_cases(trace, tasks, engine, show, kept=kept)
        activities = activities_table(run_cases(afterwards, alone, engine, show, kept=kept))
    made_by = provenance(request.line, first.seed, started, request.inputs([first.city]))
    with speaking(plan["language"]):
        return MechanismsResult(findings(points, traces, courses_in(first.city, replications), activities, made_by))


@dataclass(frozen=True, repr=False, eq=False)
class MechanismsResult(ReportedResult):
    """What a look into programmes found; printing it shows what the command shows, a notebook shows its tables.

    Attributes
    ----------
    found : Mechanisms
        The cases, what was traced in their runs, and the tables.
    """

    found: Mechanisms

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """The tables by name."""
        return self.found.tables

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, commit, seed, the command that does it again, time."""
        return self.found.provenance

    def write_tables(self, folder: Path) -> None:
        """Write everything but the figures and the page into an empty folder."""
        from experiments.runs import folder as store

        cases = {name: scenario.model_dump(mode="json") for name, scenario in self.found.scenarios.items()}
        resolved = {"mechanisms": {"replications": self.found.replications}, "cases": cases}
        store.write_yaml(folder / "scenarios.yaml", resolved)
        store.write_tables(folder, self.tables)

    def write_page(self, folder: Path) -> None:
        """Draw the figures into a folder and write its page."""
        from experiments.mechanisms.figures import write_figures
        from experiments.mechanisms.page import write_report

        with speaking(self.found.language):
            write_report(self.found, write_figures(self.found, folder / "figures"), folder)

    def print_on(self, console: Console) -> None:
        """Print what the command prints."""
        from experiments.mechanisms.terminal import print_mechanisms

        with speaking(self.found.language):
            print_mechanisms(console, self.found)

    def __repr__(self) -> str:
        return f"<MechanismsResult: {', '.join(self.found.scenarios)}, {self.found.replications} replications>"

    def _repr_html_(self) -> str:
        from experiments.mechanisms.notebook import as_html

        with speaking(self.found.language):
            return as_html(self.found)
