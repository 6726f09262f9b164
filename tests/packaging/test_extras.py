"""A library that only some work needs may be missing; whoever then needs it learns which extra brings it."""

from __future__ import annotations

import ast
import pickle
import re
import sys
import tomllib
from pathlib import Path

import pytest

from app.needs import APP
from experiments.runs.engines.settings import EXTRAS
from experiments.validate import __main__ as validate
from sim import extras
from sim.city.build import build_city
from sim.city.city import CityParameters
from sim.extras import (
    CALIBRATE,
    CITY_FILES,
    EXCEL,
    OPTIMISE,
    SENSITIVITY,
    TRIAL,
    VALIDATE,
    Extra,
    NotInstalled,
    require,
)

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = ("app", "beatlab", "sim", "scenarios", "experiments", "configs")
IMPORTED_AS = {
    "fonttools": "fontTools",
    "hydra-core": "hydra",
    "markdown-it-py": "markdown_it",
    "pyyaml": "yaml",
    "salib": "SALib",
}
BROUGHT = {
    "omegaconf": "hydra-core",
    "pydantic_core": "pydantic",
    **dict.fromkeys(("fastapi", "starlette", "uvicorn"), "nicegui"),
}  # imported, and declared by the library that it belongs to


def libraries(requirements: list[str]) -> set[str]:
    """Return the names under which requirements are imported."""
    names = {re.split(r"[^\w-]", requirement, maxsplit=1)[0] for requirement in requirements}
    return {IMPORTED_AS.get(name, name) for name in names}


def imported() -> dict[str, set[str]]:
    """Return, for each library that is not Python's own, the modules of ours that import it."""
    found: dict[str, set[str]] = {}
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            for library in {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - set(PACKAGES):
                found.setdefault(library, set()).add(path.relative_to(ROOT).as_posix())
    return found


@pytest.fixture
def without(monkeypatch):
    """Make libraries look as if they were not installed."""

    def hide(*names: str) -> None:
        monkeypatch.setattr(extras, "find_spec", lambda name: None if name in names else object())

    return hide


def test_every_library_that_is_imported_is_declared_and_every_one_declared_is_imported():
    declared = libraries(PROJECT["dependencies"])
    optional = {
        library
        for extra in (APP, CALIBRATE, CITY_FILES, EXCEL, OPTIMISE, SENSITIVITY, TRIAL, VALIDATE, *EXTRAS.values())
        for library in extra.libraries
    }
    assert imported().keys() - set(BROUGHT) == declared | optional


def test_the_extras_of_the_package_bring_what_the_code_asks_for():
    for extra in (APP, CALIBRATE, CITY_FILES, EXCEL, OPTIMISE, SENSITIVITY, TRIAL, VALIDATE, *EXTRAS.values()):
        assert libraries(PROJECT["optional-dependencies"][extra.name]) == set(extra.libraries)


def test_what_is_optional_is_imported_by_the_modules_that_ask_for_it_first_and_by_no_others():
    users = imported()
    readers = ("place_on_earth", "places", "projections", "street_files")
    assert users["pyproj"] == {f"sim/city/{name}.py" for name in readers}
    assert users["osmnx"] == {"sim/city/street_formats.py"}
    assert users["geopandas"] == users["pyogrio"] == {"sim/city/vector_files.py"}
    assert users["fastexcel"] == {"sim/city/workbooks.py"}
    for library, engine in (("ray", "ray"), ("distributed", "dask"), ("dask", "dask"), ("submitit", "slurm")):
        assert users[library] == {f"experiments/runs/engines/{engine}.py"}
    assert users["pointpats"] == {"sim/outcomes/near_repeat.py"}


@pytest.mark.parametrize("library", CITY_FILES.libraries)
def test_a_real_city_without_its_libraries_names_the_extra_in_one_line(without, library):
    without(library)
    with pytest.raises(NotInstalled) as caught:
        build_city(CityParameters(kind="from_data", streets_file="streets.osm"))
    assert caught.value.field == "installation"
    assert caught.value.value == library
    assert library in str(caught.value)
    assert "beatlab[city-files]" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_validation_without_its_library_ends_before_anything_is_computed(without, capsys, tmp_path):
    without("pointpats")
    assert validate.main([f"out={tmp_path / 'out'}"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_made_up_city_needs_no_extra(without):
    without(*CITY_FILES.libraries, *VALIDATE.libraries)
    assert build_city(CityParameters(kind="synthetic", residents=2000)).residents == 2000


def test_what_is_there_is_not_complained_of_and_the_error_crosses_to_another_process():
    require(Extra("any", "this test", ("json",)))
    with pytest.raises(NotInstalled) as caught:
        require(Extra("any", "this test", ("json", "no_such_library")))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), str(copy)) == (NotInstalled, str(caught.value))
