"""`beatlab run`, and `beatlab.run` of Python: one strategy in one city, once."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import ENGLISH, check_language, say, speaking
from experiments.runs.progress import bar, silent
from experiments.settings.command import execute, print_files, shown_path
from experiments.settings.compose import compose, print_settings, scenario_of
from experiments.settings.keywords import asked
from experiments.settings.request import LANGUAGE_KEY, Command, Request

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    import polars as pl

    from experiments.runs.progress import Progress
    from sim.city.city import City
    from sim.outcomes.results import Results
    from sim.scenario import Scenario

COMMAND = Command(
    name="run",
    summary="Run one strategy in one city, once, and write what happened.",
    keys={
        "days": "measured days",
        "warmup_days": "warm-up days, excluded from results",
        "seed": "seed of all chance",
        "tracks": "whether to note what each unit does where, minute by minute: true or false",
        **LANGUAGE_KEY,
        "out": "folder of the results",
    },
    examples=(
        "beatlab run city=town strategy=hotspot strategy.dwell_min=12 days=14",
        "beatlab run shortage=uniform shortage.fraction=0.25 out=out/quarter",
        "beatlab run shortage=secondment shortage.start_day=35 shortage.days=21 out=out/away",
        "beatlab run city=town tracks=true days=7",
        "beatlab run city=from_data city.incidents_csv=incidents.csv",
    ),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the command; return its exit status."""
    return execute(COMMAND, argv, _run)


def _run(request: Request) -> None:
    tree = compose(COMMAND.name, request.choices, request.values)
    wanted = scenario_of(tree, COMMAND.keys)
    if request.print_only:
        print_settings({"out": tree["out"], "shortage": tree["shortage"], **wanted.model_dump(mode="json")})
        return
    from experiments.runs import folder as store

    folder, plan = store.check_output(tree["out"]), _plan(tree)
    done = carry_out(request, wanted, plan, bar)
    done.save(folder)
    print(done, end="")
    with speaking(done.language):
        print_files(done.city.files)
        print(say("results: {path}", path=shown_path(folder)))


def run(
    *,
    city: str | None = None,
    strategy: str | None = None,
    shortage: str | None = None,
    days: int | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: bool = False,
    **keywords: Any,
) -> RunResult:
    """Run one strategy in one city, once.

    Does what `beatlab run` does, and takes all that it takes; writes nothing until `save` is called.

    Parameters
    ----------
    city, strategy, shortage : str, optional
        Options of the groups, such as `town`, `hotspot`, `uniform30`.
    days : int, optional
        Measured days.
    settings : mapping, optional
        Dotted names of settings → values, such as `{"force.officers": 200}`; it may be nested.
    progress : bool
        Show a bar with the time left, on a terminal or in a notebook.
    **keywords
        The other groups and keys of the command, see `compare`.

    Raises
    ------
    BadInput
        For a value that is not allowed; the message names the field, the value and what is allowed.
    AuthorError
        When a strategy or programme of your own has failed.
    """
    chosen = {"city": city, "strategy": strategy, "shortage": shortage, "days": days, **keywords}
    show = bar if progress else silent

    def answer(request: Request) -> RunResult:
        tree = compose(COMMAND.name, request.choices, request.values)
        return carry_out(request, scenario_of(tree, COMMAND.keys), _plan(tree), show)

    return asked(COMMAND, chosen, settings, answer)


def scenario(
    *,
    city: str | None = None,
    strategy: str | None = None,
    shortage: str | None = None,
    settings: Mapping[str, Any] | None = None,
    **keywords: Any,
) -> Scenario:
    """Return the checked settings of a run, for `CityModel(scenario)`; see `run` for what it takes."""
    chosen = {"city": city, "strategy": strategy, "shortage": shortage, **keywords}
    return asked(COMMAND, chosen, settings, _scenario)


def _scenario(request: Request) -> Scenario:
    return scenario_of(compose(COMMAND.name, request.choices, request.values), COMMAND.keys)


def _plan(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Check the keys that belong to the command itself."""
    from sim.parameters import BadInput

    plan = {"language": check_language(tree["language"]), "tracks": tree["tracks"]}
    if not isinstance(plan["tracks"], bool):
        raise BadInput("tracks", plan["tracks"], "true or false")
    return plan


def carry_out(request: Request, scenario: Scenario, plan: Mapping[str, Any], show: Progress) -> RunResult:
    """Run a scenario day by day, and show the progress."""
    from experiments.runs.folder import provenance
    from experiments.runs.progress import remark_on_compiling
    from experiments.runs.simulation import run_through
    from experiments.runs.trial import try_own
    from sim.model import CityModel

    started = datetime.now(UTC)
    try_own([scenario])
    with speaking(plan["language"]):
        remark_on_compiling()
    model = CityModel(scenario)
    if plan["tracks"]:
        model.keep_tracks()
    with speaking(plan["language"]), show(scenario.days + scenario.fade_out_days, say("days")) as done:
        results = run_through(model, done)
    made_by = provenance(request.line, scenario.seed, started, request.inputs([scenario.city]))
    return RunResult(scenario, model.city, results, made_by, plan["language"])


@dataclass(frozen=True, repr=False, eq=False)
class RunResult:
    """What happened in a run; printing it shows what the command shows, a notebook shows the same table.

    Attributes
    ----------
    scenario : Scenario
        All settings.
    city : City
        The place.
    results : Results
        The indicators and tables as the model gives them.
    provenance : dict
        Versions, commit, seed, the command that does it again, time.
    language : str
        In which it is shown.
    """

    scenario: Scenario
    city: City
    results: Results
    provenance: dict[str, Any]
    language: str = ENGLISH

    @property
    def indicators(self) -> dict[str, float | None]:
        """The indicators by name, None where absent."""
        return dict(self.results.indicators)

    @cached_property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables by name (`incidents`, `calls`, `ledger`, …), absent values null."""
        from experiments.runs.folder import frame

        return {name: frame(columns) for name, columns in self.results.tables.items()}

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write the files that the command writes; return the folder.

        Raises
        ------
        BadInput
            When the folder cannot be written, or holds something that is not ours.
        """
        from experiments.runs import folder as store

        place = store.check_output(folder)
        with store.output_folder(place, self.provenance) as temporary:
            self._write(temporary)
        return place

    def _write(self, folder: Path) -> None:
        from experiments.runs import folder as store

        store.write_yaml(folder / "scenario.yaml", self.scenario.model_dump(mode="json"))
        never = {name: None for name, value in self.indicators.items() if value == float("inf")}  # no infinity in JSON
        store.write_json(folder / "indicators.json", {**self.indicators, **never})
        store.write_tables(folder, self.tables)
        store.write_rejected(folder / "rejected.csv", self.city.files)
        store.write_types(folder / "types.csv", self.city.files)

    def __str__(self) -> str:
        """Return what the command prints."""
        from experiments.presentation.run_table import print_run
        from experiments.presentation.terminal import as_text

        with speaking(self.language):
            return as_text(lambda console: print_run(console, self.results, self.scenario))

    def __repr__(self) -> str:
        told = self.scenario
        return f"<RunResult: {told.strategy.name} under {told.shortage_name}, {told.days} days, seed {told.seed}>"

    def _repr_html_(self) -> str:
        from experiments.presentation.run_table import as_html

        with speaking(self.language):
            return as_html(self.results, self.scenario)


if __name__ == "__main__":
    sys.exit(main())
