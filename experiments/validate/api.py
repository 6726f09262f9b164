"""The validation from the request to its result: what the command and `beatlab.validate` both call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from experiments.languages.speech import ENGLISH, check_language, speaking
from experiments.presentation.result import ReportedResult
from experiments.runs.progress import bar, silent
from experiments.settings.keywords import asked
from experiments.settings.request import REPLICATED_KEYS, Command, Request

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from rich.console import Console

    from experiments.runs.engines.engine import Engine
    from experiments.runs.progress import Progress
    from experiments.validate.findings import Validation
    from sim.scenario import Scenario

QUICK, FULL = "quick", "full"
COMMAND = Command(
    name="validate",
    summary=(
        "Hold the model against published patterns; write a scoreboard, the tables and figures behind it, and a page."
    ),
    keys={
        "replications": (
            "runs of each study, twice that for studies of headcount; run r has the seed + r in all of them"
        ),
        "scope": "quick: each place as it is; full: all studies, field experiments among them",
        "bands": "place whose bands hold: county_china, city_western; null: that of the preset, or both",
        "days": "measured days",
        **REPLICATED_KEYS,
    },
    fixed=("demand",),
    examples=(
        "beatlab validate",
        "beatlab validate scope=full",
        "beatlab validate preset=county_china replications=20 out=out/twenty",
        "beatlab validate preset=city_western city=from_data city.incidents_csv=incidents.csv",
        "beatlab validate city=town replications=3 days=28",
        "beatlab validate strategy=hotspot people.offenders.propensity_shape=0.3",
    ),
)


def validate(
    *,
    city: str | None = None,
    scope: str | None = None,
    replications: int | None = None,
    days: int | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: bool = False,
    **keywords: Any,
) -> ValidationResult:
    """Hold the model against published patterns; does what `beatlab validate` does, see `compare` for what it takes.

    Raises
    ------
    BadInput
        For a value that is not allowed.
    """
    chosen = {"city": city, "scope": scope, "replications": replications, "days": days, **keywords}
    show = bar if progress else silent
    return asked(COMMAND, chosen, settings, lambda request: carry_out(request, *design(request), show))


def design(request: Request) -> tuple[dict[str, Any], dict[str, Scenario]]:
    """Turn what the user asked for into checked studies.

    Returns
    -------
    plan : dict
        places, scope, replications, workers, store, out.
    points : dict
        Study → scenario with the first seed.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    from pydantic import Field

    from experiments.patterns.studies import replications_of, scenarios, studies_of
    from experiments.settings.compose import check_last_seed, compose, plan_of
    from sim.parameters import BadInput

    for group in set(COMMAND.fixed) & request.choices.keys():
        raise BadInput(group, request.choices[group], "left out: each place has its own mix of incidents")
    tree = compose(COMMAND.name, request.choices, request.values)
    plan = plan_of(
        tree,
        scope=(Literal["quick", "full"], QUICK),
        bands=(Literal["county_china", "city_western"] | None, None),
        replications=(int, Field(ge=1, le=10_000)),
        language=(str, ENGLISH),
    )
    check_language(plan["language"])
    plan["places"] = _places(plan.pop("bands"), request.choices.get("preset"))
    studies = studies_of(plan["places"], plan["scope"] == FULL)
    situation = request.situation
    missing = None if situation is None else situation.shortages[situation.name]
    points = scenarios(COMMAND.name, list(COMMAND.keys), request.choices, request.values, studies, missing)
    last = max(replications_of(study, plan["replications"]) for study in studies)
    check_last_seed(points[plan["places"][0]], last)
    return plan, points


def _places(bands: str | None, preset: str | None) -> tuple[str, ...]:
    """Return the places whose bands hold: the one that the user named, that of the preset, or all."""
    from experiments.patterns.studies import PLACES
    from sim.parameters import BadInput

    if bands is not None:
        return (bands,)
    if preset is None:
        return PLACES
    if preset not in PLACES:
        allowed = f"{' or '.join(PLACES)}, or any beside bands={'|'.join(PLACES)}, which says whose bands hold for it"
        raise BadInput("preset", preset, allowed)
    return (preset,)


def carry_out(request: Request, plan: dict[str, Any], points: dict[str, Scenario], show: Progress) -> ValidationResult:
    """Run all studies, show the progress, and make the tables."""
    from experiments.patterns.check import try_patterns
    from experiments.patterns.portrait import RECORDS, portray
    from experiments.runs.cases import keeping, run_cases
    from experiments.runs.engines.choice import engine_of
    from experiments.runs.folder import provenance
    from experiments.validate.findings import findings
    from sim.city.build import build_city
    from sim.police.force.establishment import full_strength

    started = datetime.now(UTC)
    try_patterns()
    for scenario in points.values():
        full_strength(scenario.force, build_city(scenario.city).residents)
    tasks = _tasks(points, plan["replications"])
    with engine_of(plan) as engine:
        with keeping(plan["store"], RECORDS) as kept:
            portraits = run_cases(portray, tasks, engine, show, kept=kept)
        experiments = _experiments(request, plan, engine, show) if plan["scope"] == FULL else {}
    first = points[plan["places"][0]]
    made_by = provenance(request.line, first.seed, started, request.inputs([first.city]))
    with speaking(plan["language"]):
        return ValidationResult(findings(points, portraits, experiments, plan["replications"], made_by))


def _tasks(points: Mapping[str, Scenario], replications: int) -> dict[str, list[dict[str, Any]]]:
    """Return the tasks of every study, a replication each."""
    from experiments.patterns.studies import STUDIES, replications_of
    from experiments.runs.cases import with_seeds

    return {
        name: [
            {"scenario": settings, "knox": STUDIES[name].knox}
            for settings in with_seeds(scenario, replications_of(name, replications))
        ]
        for name, scenario in points.items()
    }


def _experiments(
    request: Request, plan: dict[str, Any], engine: Engine, show: Progress
) -> dict[tuple[str, str], list[float | None]]:
    """Carry out the field experiments of the places; return their number in each replication, by name and place."""
    from experiments.patterns.pattern import Experiment
    from experiments.patterns.published import published
    from experiments.runs.cases import keeping, run_cases
    from experiments.settings.compose import compose

    found: dict[tuple[str, str], list[float | None]] = {}
    trees = {
        place: compose(COMMAND.name, {"preset": place, **request.choices}, request.values) for place in plan["places"]
    }
    for it in published():
        if isinstance(it, Experiment):
            tasks = {place: it.tasks(trees[place], plan["replications"]) for place in it.bands if place in trees}
            with keeping(plan["store"], it.records) as kept:
                results = run_cases(it.run, tasks, engine, show, kept=kept)
            found |= {(it.name, place): it.judge(of_place) for place, of_place in results.items()}
    return found


@dataclass(frozen=True, repr=False, eq=False)
class ValidationResult(ReportedResult):
    """What a validation found; printing it shows what the command shows, a notebook shows the scoreboard.

    Attributes
    ----------
    found : Validation
        The studies and their tables.
    """

    found: Validation

    @property
    def tables(self) -> Mapping[str, pl.DataFrame]:
        """The tables by name; `patterns` is the scoreboard."""
        return self.found.tables

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, commit, seed, the command that does it again, time."""
        return self.found.provenance

    def write_tables(self, folder: Path) -> None:
        """Write everything but the figures and the page into an empty folder."""
        from experiments.runs import folder as store
        from experiments.validate.files import SCOREBOARD, as_json

        studies = {name: scenario.model_dump(mode="json") for name, scenario in self.found.scenarios.items()}
        resolved = {"validate": {"replications": self.found.replications, "confidence": 0.95}, "studies": studies}
        store.write_yaml(folder / "scenarios.yaml", resolved)
        store.write_json(folder / SCOREBOARD, as_json(self.found))
        store.write_tables(folder, self.tables)

    def write_page(self, folder: Path) -> None:
        """Draw the figures into a folder and write its page."""
        from experiments.validate.figures import write_figures
        from experiments.validate.page import write_report

        with speaking(self.found.language):
            write_report(self.found, write_figures(self.found, folder / "figures"), folder)

    def print_on(self, console: Console) -> None:
        """Print what the command prints."""
        from experiments.validate.terminal import print_validation

        with speaking(self.found.language):
            print_validation(console, self.found)

    def __repr__(self) -> str:
        return f"<ValidationResult: {len(self.found.scenarios)} studies, {self.found.replications} replications>"

    def _repr_html_(self) -> str:
        from experiments.validate.notebook import as_html

        with speaking(self.found.language):
            return as_html(self.found)
