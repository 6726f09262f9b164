"""Beatlab, a laboratory for policing strategies when officers are short: `import beatlab as bl`.

    result = bl.compare(city="town", strategies=["reactive", "hotspot"], shortages=["none"], replications=5)
    print(result.answer)

Each name is loaded when it is first used, so that the import itself takes no time.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.calibrate.api import calibrate
    from experiments.compare.api import compare
    from experiments.inspect.api import inspect
    from experiments.lesson.check import check_lesson
    from experiments.mechanisms.api import mechanisms
    from experiments.optimise.api import optimise
    from experiments.patterns.check import check_pattern
    from experiments.patterns.pattern import Pattern
    from experiments.run import run, scenario
    from experiments.sensitivity.api import sensitivity
    from experiments.sweep.api import sweep
    from experiments.trial.api import trial
    from experiments.validate.api import validate
    from sim.branch import branch
    from sim.check import check_programme
    from sim.check_indicator import check_indicator
    from sim.extensions import register, register_file
    from sim.incident_types import IncidentType
    from sim.incidents.log import Discoverer
    from sim.model import CityModel
    from sim.outcomes.own_indicators import Indicator
    from sim.parameters import AuthorError, BadInput, parameter
    from sim.police.post_ledger import Work
    from sim.police.posts import Post
    from sim.programmes.base import Programme
    from sim.scenario import Scenario
    from sim.settling import clear_caches
    from sim.snapshot import resume, snapshot
    from sim.strategies.base import Briefing, Strategy
    from sim.strategies.check import check_strategy
    from sim.strategies.plan import PatrolPlan, hours_of_week

__version__ = "0.2.0"

__all__ = [
    "AuthorError",
    "BadInput",
    "Briefing",
    "CityModel",
    "Discoverer",
    "IncidentType",
    "Indicator",
    "PatrolPlan",
    "Pattern",
    "Post",
    "Programme",
    "Scenario",
    "Strategy",
    "Work",
    "branch",
    "calibrate",
    "check_indicator",
    "check_lesson",
    "check_pattern",
    "check_programme",
    "check_strategy",
    "clear_caches",
    "compare",
    "hours_of_week",
    "inspect",
    "mechanisms",
    "optimise",
    "parameter",
    "register",
    "register_file",
    "resume",
    "run",
    "scenario",
    "sensitivity",
    "snapshot",
    "sweep",
    "trial",
    "validate",
]
_PLACES = {
    "experiments.calibrate.api": ("calibrate",),
    "experiments.compare.api": ("compare",),
    "experiments.sweep.api": ("sweep",),
    "experiments.inspect.api": ("inspect",),
    "experiments.lesson.check": ("check_lesson",),
    "experiments.mechanisms.api": ("mechanisms",),
    "experiments.optimise.api": ("optimise",),
    "experiments.patterns.check": ("check_pattern",),
    "experiments.patterns.pattern": ("Pattern",),
    "experiments.run": ("run", "scenario"),
    "experiments.sensitivity.api": ("sensitivity",),
    "experiments.trial.api": ("trial",),
    "experiments.validate.api": ("validate",),
    "sim.branch": ("branch",),
    "sim.check": ("check_programme",),
    "sim.check_indicator": ("check_indicator",),
    "sim.extensions": ("register", "register_file"),
    "sim.incident_types": ("IncidentType",),
    "sim.incidents.log": ("Discoverer",),
    "sim.model": ("CityModel",),
    "sim.outcomes.own_indicators": ("Indicator",),
    "sim.parameters": ("AuthorError", "BadInput", "parameter"),
    "sim.police.post_ledger": ("Work",),
    "sim.police.posts": ("Post",),
    "sim.programmes.base": ("Programme",),
    "sim.scenario": ("Scenario",),
    "sim.snapshot": ("resume", "snapshot"),
    "sim.strategies.base": ("Briefing", "Strategy"),
    "sim.strategies.check": ("check_strategy",),
    "sim.strategies.plan": ("PatrolPlan", "hours_of_week"),
    "sim.settling": ("clear_caches",),
}
_PLACE_OF = {name: module for module, names in _PLACES.items() for name in names}
_ROOT = Path(__file__).resolve().parents[1]
_BESIDE = ("sim", "scenarios", "experiments", "app")


def load(module: str) -> Any:
    """Import a module of this project.

    The working directory, or the folder of a script, may hold packages of the same names, which Python would find
    first: ours are loaded from beside this one.

    Raises
    ------
    ImportError
        When a package of such a name is already imported.
    """
    for name in _BESIDE:
        known = sys.modules.get(name)
        if known is None:
            spec = PathFinder.find_spec(name, [str(_ROOT)])
            assert spec is not None
            assert spec.loader is not None
            sys.modules[name] = package = module_from_spec(spec)
            spec.loader.exec_module(package)
        elif Path(next(iter(known.__path__), "")).resolve() != _ROOT / name:
            raise ImportError(
                f"another package {name!r} is imported already ({', '.join(known.__path__)}), and beatlab has one of "
                "this name: rename that one, or use beatlab before it"
            )
    if "ipykernel" in sys.modules:  # where Mesa's bar of progress would warn of missing widgets, which nobody asked for
        with warnings.catch_warnings(action="ignore"):
            import_module("tqdm.auto")
    return import_module(module)


def __getattr__(name: str) -> Any:
    if name not in _PLACE_OF:
        raise AttributeError(f"module 'beatlab' has no attribute {name!r}")
    found = globals()[name] = getattr(load(_PLACE_OF[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
