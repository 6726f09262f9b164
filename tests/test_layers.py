"""Imports point down only, in no circle, and the model knows nothing of commands, files of results or screens."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = (  # a module may import those of its own line and of the lines after it
    ("app",),
    ("beatlab",),
    (
        "experiments.run",
        "experiments.calibrate",
        "experiments.compare",
        "experiments.validate",
        "experiments.mechanisms",
        "experiments.inspect",
        "experiments.store",
        "experiments.rerun",
        "experiments.power",
        "experiments.sweep",
        "experiments.optimise",
        "experiments.sensitivity",
        "experiments.trial",
        "experiments.new",
        "experiments.lesson",
    ),
    ("experiments.inspection", "experiments.patterns"),
    ("experiments.presentation",),
    ("experiments.settings",),
    ("experiments.runs", "experiments.estimates"),
    ("experiments.languages",),
    ("configs",),
    ("scenarios",),
    ("sim.branch",),
    ("sim.check", "sim.check_indicator", "sim.snapshot"),
    ("sim.model",),
    ("sim.settling",),
    ("sim.state_bytes",),
    ("sim.day",),
    ("sim.world", "sim.orders", "sim.scenario", "sim.extensions"),
    ("sim.course",),
    ("sim.strategies", "sim.programmes", "sim.outcomes"),
    ("sim.police",),
    ("sim.incidents",),
    ("sim.people",),
    ("sim.city",),
    (
        "sim.clock",
        "sim.periods",
        "sim.randomness",
        "sim.draws",
        "sim.population",
        "sim.population_model",
        "sim.row_agent",
        "sim.columns",
        "sim.agenda",
        "sim.incident_types",
    ),
    (
        "sim.kernels",
        "sim.disk_cache",
        "sim.lock_files",
        "sim.mapped",
        "sim.parameters",
        "sim.registry",
        "sim.authors",
        "sim.own_sources",
        "sim.arrays",
        "sim.extras",
        "sim.mesa_core",
    ),
)
NOT_FOR_THE_MODEL = {
    "hydra",
    "omegaconf",
    "pandas",
    "pyarrow",
    "rich",
    "matplotlib",
    "jinja2",
    "experiments",
    "scenarios",
    "configs",
}


WINGS = tuple(
    f"experiments.{name}"
    for name in (
        "compare",
        "validate",
        "mechanisms",
        "inspect",
        "sweep",
        "optimise",
        "sensitivity",
        "calibrate",
        "trial",
    )
)  # know no other
COMMANDS = (
    *WINGS,
    "experiments.run",
    "experiments.store",
    "experiments.new",
    "experiments.lesson",
)  # none of which imports another
LOADERS = {"import_module", "__import__", "run_module", "run_path"}  # what imports by a name in a string
RENDERERS = ("page", "notebook", "terminal", "files", "figures")  # of a wing: they read its findings, not each other
FIGURES = re.compile(r"(figures?|forest|maps|style)$")  # how the names of modules end that draw
FLOORS = (  # of a wing; a module that is named on none stands on that of the numbers
    ("__main__", "api"),
    RENDERERS,
    ("findings", "tables"),
    ("numbers",),
    (  # what is asked, and what is kept
        "kept",
        "design",
        "listed",
        "comparison",
        "treated",
        "composition",
        "assumptions",
        "points",
        "parameter_sets",
        "turns",
        "staffing",
        "own_file",
        "posterior",
        "records",
        "simulated",
        "targets",
    ),
)
BY_NAME = {
    "beatlab",
    "sim.registry",
    "experiments.runs.folder",
}  # registries; the last only tries whether matplotlib is there
ONLY_IN = {  # library or module → the modules that may import it
    "matplotlib": re.compile(r"experiments\.(\w+\.)?\w*(figures?|forest|maps|style)"),
    "optuna": re.compile(r"experiments\.(optimise|calibrate)\.search"),
    "SALib": re.compile(r"experiments\.(sensitivity\.(sampling|numbers)|calibrate\.screen)"),
    "statsmodels": re.compile(r"experiments\.trial\.estimators"),
    "jinja2": re.compile(r"experiments\.presentation\.page"),
    "sim.model": re.compile(
        r"experiments\.(run|runs\.(simulation|cities|measured)|\w+\.kept|patterns\.(portrait(\.load)?|trials\.kept))"
    ),
}


class Imports(NamedTuple):
    """What a module imports: when it is loaded, and anywhere, inside functions and for a type checker too."""

    eager: set[str]
    anywhere: set[str]


def layer(module: str) -> int | None:
    for floor, packages in enumerate(LAYERS):
        if any(module == package or module.startswith(package + ".") for package in packages):
            return floor
    return None


def statements(node: ast.AST, eager: bool = True) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Yield the import statements below a node, and whether each runs when the module is loaded."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, eager
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            yield from statements(child, False)
        else:
            yield from statements(
                child, eager and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            )


def named(statement: ast.Import | ast.ImportFrom, module: str, is_package: bool, known: set[str]) -> set[str]:
    """Return our modules in full, other libraries by their first name."""
    if isinstance(statement, ast.Import):
        found = {alias.name for alias in statement.names}
    else:
        parts = module.split(".")
        above = parts[: len(parts) - statement.level + is_package] if statement.level else []
        base = ".".join([*above, *([statement.module] if statement.module else [])])
        members = {f"{base}.{alias.name}" for alias in statement.names}
        found = (members & known) | ({base} if members - known else set())
    return {name if name in known else name.partition(".")[0] for name in found} - {module}


def imports_of(source: str, module: str, is_package: bool, known: set[str]) -> Imports:
    found = Imports(set(), set())
    for statement, eager in statements(ast.parse(source)):
        names = named(statement, module, is_package, known)
        found.anywhere.update(names)
        found.eager.update(names if eager else ())
    return found


def modules() -> dict[str, Path]:
    paths = {
        path
        for package in ("app", "beatlab", "sim", "scenarios", "experiments", "configs")
        for path in (ROOT / package).rglob("*.py")
    }
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in sorted(paths)
    }


def project() -> dict[str, Imports]:
    return {
        name: imports_of(path.read_text(encoding="utf-8"), name, path.stem == "__init__", set(MODULES))
        for name, path in MODULES.items()
    }


def upward(imports: dict[str, set[str]]) -> list[str]:
    found = []
    for name, others in imports.items():
        for other in sorted(others):
            own, its = layer(name), layer(other)
            if own is not None and its is not None and its < own:
                found.append(f"{name} imports {other}")
    return found


def room(module: str) -> tuple[str, str] | None:
    """Return the wing of a module, and the room of that wing in which it is; all modules that draw are one room."""
    wing, _, name = module.rpartition(".")
    if wing not in WINGS:
        return None
    return wing, "figures" if FIGURES.search(name) else name


def floor_of(name: str) -> int:
    return next((floor for floor, names in enumerate(FLOORS) if name in names), 3)


def wrong_rooms(imports: dict[str, set[str]]) -> list[str]:
    """List imports between wings, between renderers, and up the floors of a wing."""
    found = []
    for name, others in imports.items():
        for other in sorted(others):
            own, its = room(name), room(other)
            if own is None or its is None or own == its:
                continue
            upward_or_across = floor_of(its[1]) < floor_of(own[1]) or {own[1], its[1]} <= set(RENDERERS)
            if own[0] != its[0] or upward_or_across:
                found.append(f"{name} imports {other}")
    return found


def command_of(module: str) -> str | None:
    return next((name for name in COMMANDS if module == name or module.startswith(name + ".")), None)


def between_commands(imports: dict[str, set[str]]) -> list[str]:
    return [
        f"{name} imports {other}"
        for name, others in imports.items()
        for other in sorted(others)
        if None not in (command_of(name), command_of(other)) and command_of(name) != command_of(other)
    ]


def imports_by_name(source: str) -> bool:
    """Whether a module speaks of a function that imports by a name in a string, under whatever name."""
    spoken: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                spoken.add(name)
    return bool(spoken & LOADERS)


def out_of_place(imports: dict[str, set[str]]) -> list[str]:
    """List imports of what only some modules of `experiments` may import."""
    return [
        f"{name} imports {what}"
        for name, others in imports.items()
        for what, allowed in ONLY_IN.items()
        if what in others and name.startswith("experiments.") and not allowed.fullmatch(name)
    ]


def loaded_with(module: str, imports: dict[str, Imports]) -> set[str]:
    """Return all that is loaded when a module is, itself too."""
    seen: set[str] = set()
    waiting = {module}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= (imports[name].eager if name in imports else set()) - seen
    return seen


MODULES = modules()
IMPORTS = project()
ANYWHERE = {name: imports.anywhere for name, imports in IMPORTS.items()}


def test_every_module_has_its_layer() -> None:
    assert [name for name in IMPORTS if layer(name) is None and name not in ("sim", "experiments")] == []
    assert len(IMPORTS) > 20


def test_imports_point_down_only() -> None:
    assert upward(ANYWHERE) == []


def test_wings_know_no_other_wing_and_renderers_no_other_renderer() -> None:
    assert wrong_rooms(ANYWHERE) == []
    assert {wing for wing, _ in filter(None, map(room, ANYWHERE))} == set(WINGS)


def test_drawing_pages_and_the_model_are_imported_only_where_they_belong() -> None:
    assert out_of_place(ANYWHERE) == []
    for what in ONLY_IN:
        assert any(what in others for others in ANYWHERE.values()), f"nobody imports {what}: the rule says nothing"


def test_no_module_is_imported_by_a_name_in_a_string_but_in_registries() -> None:
    assert {name for name, path in MODULES.items() if imports_by_name(path.read_text(encoding="utf-8"))} == BY_NAME


def test_an_import_by_a_name_in_a_string_would_be_found() -> None:
    assert imports_by_name("from importlib import import_module as load\nload('x')")
    assert imports_by_name("import runpy\nrunpy.run_module('x')")
    assert imports_by_name("__import__('x')")
    assert not imports_by_name("import importlib.metadata")


def test_no_command_imports_another() -> None:
    assert between_commands(ANYWHERE) == []
    assert between_commands({"experiments.run": {"experiments.compare.api", "experiments.runs"}}) == [
        "experiments.run imports experiments.compare.api"
    ]
    assert {command_of(name) for name in MODULES} == {*COMMANDS, None}


def test_a_broken_rule_of_rooms_would_be_found() -> None:
    broken = {
        "experiments.compare.page": {"experiments.compare.terminal", "experiments.compare.findings"},
        "experiments.compare.maps": {"experiments.compare.forest", "experiments.compare.page"},
        "experiments.compare.table": {"experiments.compare.findings", "experiments.compare.kept"},
        "experiments.compare.kept": {"experiments.compare.table"},
        "experiments.validate.page": {"experiments.compare.table"},
        "experiments.mechanisms.__main__": {"experiments.mechanisms.page"},
    }
    assert wrong_rooms(broken) == [
        "experiments.compare.page imports experiments.compare.terminal",
        "experiments.compare.maps imports experiments.compare.page",
        "experiments.compare.table imports experiments.compare.findings",
        "experiments.compare.kept imports experiments.compare.table",
        "experiments.validate.page imports experiments.compare.table",
    ]
    misplaced = {
        "experiments.compare.table": {"matplotlib", "jinja2"},
        "experiments.compare.page": {"sim.model"},
        "experiments.compare.maps": {"matplotlib"},
        "experiments.compare.kept": {"sim.model"},
        "sim.people.residents": {"matplotlib"},
    }
    assert out_of_place(misplaced) == [
        "experiments.compare.table imports matplotlib",
        "experiments.compare.table imports jinja2",
        "experiments.compare.page imports sim.model",
    ]


def test_no_imports_go_in_a_circle() -> None:
    TopologicalSorter(ANYWHERE).prepare()
    assert ANYWHERE["sim"] == set(), "sim/__init__.py imports, so that every module of sim waits for it"


def test_the_model_knows_no_commands_no_files_of_results_and_no_screen() -> None:
    above = {"sim": NOT_FOR_THE_MODEL, "scenarios": NOT_FOR_THE_MODEL - {"scenarios"}}
    wrong = {name: others & above.get(name.partition(".")[0], set()) for name, others in ANYWHERE.items()}
    assert {name: others for name, others in wrong.items() if others} == {}


def test_only_the_readers_of_a_real_city_use_frames_and_a_made_up_city_does_not_load_them() -> None:
    users = {name for name, others in ANYWHERE.items() if "polars" in others and name.partition(".")[0] == "sim"}
    assert all(name.startswith("sim.city.") for name in users)
    assert users & loaded_with("sim.model", IMPORTS) == set()


def test_an_upward_import_a_circle_and_a_late_import_would_be_found() -> None:
    known = {"sim", "sim.model", "sim.city.grid", "sim.city.build", "sim.clock"}
    source = (
        "from sim import clock\nif TYPE_CHECKING:\n    import rich\ndef late():\n    from ..model import CityModel\n "
        "   import polars.io"
    )
    found = imports_of(source, "sim.city.grid", False, known)
    assert found == Imports({"sim.clock"}, {"sim.clock", "sim.model", "polars", "rich"})
    assert upward({"sim.city.grid": found.anywhere}) == ["sim.city.grid imports sim.model"]
    assert named(ast.parse("from .build import x").body[0], "sim.city", True, known) == {"sim.city.build"}
    circle = {
        "sim.city.grid": named(ast.parse("from .build import x").body[0], "sim.city.grid", False, known),
        "sim.city.build": {"sim.city.grid"},
    }
    with pytest.raises(CycleError):
        TopologicalSorter(circle).prepare()
