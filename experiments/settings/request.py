"""A command, and what a user asks of it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.settings.folders import CONFIG_FLAG, keys_of
from experiments.settings.situation import SITUATION_FLAG, read_situation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from experiments.settings.situation import Situation
    from experiments.settings.sweeps import Factor
    from sim.city.city import CityParameters


FILE_FLAG = "--with"
SETS_FLAG = "--parameters"  # a command that takes sets of parameters has a key of that name
OF_SITUATIONS = ("compare", "optimise", "validate")  # take a situation, whose file may have the keys of all


LISTS = {
    "strategy": "strategies",
    "shortage": "shortages",
}  # a command with the key on the right takes a list of the group's options


LANGUAGE_KEY = {"language": "of tables, pages, figures and errors: en or zh"}  # of every command


REPLICATED_KEYS = {  # of every command that runs replications
    "warmup_days": "warm-up days, excluded from results",
    "seed": "first seed",
    "workers": "processes; null: one per core",
    "engine": "where runs are carried out; --cfg prints its settings, such as engine.address",
    "store": "folder in which every run is kept, so that no command runs it again; null: none",
    **LANGUAGE_KEY,
    "out": "folder of the results",
}


SCENARIO_KEYS = {
    "city.residents": "people who live in the city",
    "city.cell_m": "side of a cell, m",
    "city.incidents_csv": "recorded incidents, with city=from_data; also city.calls_csv, city.streets_file",
    "city.types_file": "own table of types (columns type, class); city.type=burglary if all incidents are",
    "force.officers": "number of sworn officers",
    "force.patrol_units": "units on duty at full strength; derived from the headcount when absent",
    "strategy.dwell_min": "length of a stop, min, with hotspot",
    "shortage.fraction": "size of the shortage or lever, where it has one; --cfg prints the other parameters",
    "shortage.start_day": "first day of the shortage, after the warm-up; also shortage.days, shortage.ramp_days",
}


@dataclass(frozen=True)
class Command:
    """One command: its name, its primary file in `configs/`, and what its help says.

    Attributes
    ----------
    name : str
        `run` for `beatlab run`, `python -m experiments.run` and `configs/run.yaml`.
    summary : str
        What it does, in one sentence.
    keys : dict
        Name of each key that belongs to the command and not to the scenario → what it means.
    examples : tuple of str
        Complete command lines.
    fixed : tuple of str
        Groups that the command chooses itself; its help is silent about them.
    sweeps : bool
        Whether it takes several values of a key, `strategy=reactive,hotspot`.
    takes_sets : bool
        Whether it takes sets of parameters, `--parameters SET`.
    """

    name: str
    summary: str
    keys: Mapping[str, str]
    examples: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    sweeps: bool = False
    takes_sets: bool = False


@dataclass(frozen=True)
class Request:
    """What a user asked for: the composed settings, not yet a scenario.

    Attributes
    ----------
    command : Command
        The command that was called.
    argv : list of str
        Its arguments.
    choices : dict
        Group → the option that the user chose.
    values : dict
        Dotted key → the value that the user gave.
    print_only : bool
        True: print the settings, do nothing (`--cfg`).
    config_dir : str or None
        Folder of the user's own options (`--config-dir`).
    files : tuple of str
        Python files of the user's own (`--with`).
    situation : Situation or None
        What the file of a situation says (`--situation`); its choices and values are among those above.
    factors : tuple of Factor
        What a sweep varies.
    only_look : bool
        True: report what is there of a sweep, run nothing (`--status`).
    detach : bool
        True: submit the jobs of a sweep, and leave (`--detach`).
    """

    command: Command
    argv: list[str]
    choices: dict[str, str]
    values: dict[str, Any]
    print_only: bool
    config_dir: str | None = None
    files: tuple[str, ...] = ()
    situation: Situation | None = None
    factors: tuple[Factor, ...] = ()
    only_look: bool = False
    detach: bool = False

    @property
    def line(self) -> str:
        """The command line that does the same again, with the files that Python has registered."""
        from sim.extensions import loadable_files

        own = [] if self.config_dir is None else [CONFIG_FLAG, self.config_dir]
        own += [] if self.situation is None else [SITUATION_FLAG, self.situation.path]
        own += [word for file in self.files or loadable_files() for word in (FILE_FLAG, file)]
        return shlex.join(["beatlab", self.command.name, *own, *self.argv])

    def inputs(self, cities: Iterable[CityParameters], *others: str | None) -> list[str]:
        """Return the files that a result follows from, as the user names them.

        Parameters
        ----------
        cities : iterable of CityParameters
            That may be read from files.
        *others : str or None
            Files that keys of the command name.
        """
        from sim.extensions import loadable_files

        own = [] if self.config_dir is None else map(str, sorted(Path(self.config_dir).rglob("*.yaml")))
        situation = [] if self.situation is None else [self.situation.path]
        of_cities = (path for city in cities for path in city.paths.values())
        return [*own, *situation, *(self.files or loadable_files()), *of_cities, *filter(None, others)]


def with_situation(request: Request, path: str | None) -> Request:
    """Return a request in the situation of a file; what the user wrote beside it goes above what the file says.

    Raises
    ------
    BadInput
        For a command that takes none, a file that cannot be, and for a shortage beside it.
    """
    from sim.parameters import BadInput
    from sim.scenario import Scenario

    if path is None:
        return request
    if request.command.name not in OF_SITUATIONS:
        raise BadInput(SITUATION_FLAG, path, f"left out: a situation is for {', '.join(OF_SITUATIONS)}")
    given = {**request.choices, **request.values}
    for field in ("shortage", "shortages", "levers"):
        if field in given:
            raise BadInput(field, given[field], f"left out beside {SITUATION_FLAG}: the file says it")
    own = {*Scenario.model_fields, *keys_of(request.command.name), *request.command.keys}
    of_commands = own.union(*map(keys_of, OF_SITUATIONS))
    situation = read_situation(path, of_commands)
    values = {key: value for key, value in situation.values.items() if key not in of_commands - own}
    return replace(
        request,
        choices={**situation.choices, **request.choices},
        values={**values, **request.values},
        situation=situation,
    )
