"""Imports point down only, in no circle, and the model knows nothing of commands, files of results or screens."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = (  # a module may import those of its own line and of the lines after it
    ("experiments.run", "experiments.compare", "experiments.validate", "experiments.mechanisms"),
    ("experiments.presentation",),
    ("experiments.settings",),
    ("experiments.runs", "experiments.estimates"),
    ("configs",),
    ("scenarios",),
    ("sim.check",),
    ("sim.model",),
    ("sim.day",),
    ("sim.world", "sim.scenario"),
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
    ("sim.kernels", "sim.disk_cache", "sim.parameters", "sim.registry", "sim.authors", "sim.arrays"),
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


class Imports(NamedTuple):
    """What a module imports: when it is loaded, and anywhere, inside functions too.

    What only a type checker reads is in neither.
    """

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


def project() -> dict[str, Imports]:
    paths = {
        path for package in ("sim", "scenarios", "experiments", "configs") for path in (ROOT / package).rglob("*.py")
    }
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in sorted(paths)
    }
    return {
        name: imports_of(path.read_text(encoding="utf-8"), name, path.stem == "__init__", set(modules))
        for name, path in modules.items()
    }


def upward(imports: dict[str, set[str]]) -> list[str]:
    found = []
    for name, others in imports.items():
        for other in sorted(others):
            own, its = layer(name), layer(other)
            if own is not None and its is not None and its < own:
                found.append(f"{name} imports {other}")
    return found


def loaded_with(module: str, imports: dict[str, Imports]) -> set[str]:
    """Return all that is loaded when a module is, itself too."""
    seen: set[str] = set()
    waiting = {module}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting |= (imports[name].eager if name in imports else set()) - seen
    return seen


IMPORTS = project()
ANYWHERE = {name: imports.anywhere for name, imports in IMPORTS.items()}


def test_every_module_has_its_layer() -> None:
    assert [name for name in IMPORTS if layer(name) is None and name not in ("sim", "experiments")] == []
    assert len(IMPORTS) > 20


def test_imports_point_down_only() -> None:
    assert upward(ANYWHERE) == []


def test_no_imports_go_in_a_circle() -> None:
    TopologicalSorter(ANYWHERE).prepare()
    assert ANYWHERE["sim"] == set(), "sim/__init__.py imports, so that every module of sim waits for it"


def test_the_model_knows_no_commands_no_files_of_results_and_no_screen() -> None:
    wrong = {name: others & NOT_FOR_THE_MODEL for name, others in ANYWHERE.items() if name.partition(".")[0] == "sim"}
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
