"""The console and the import work in any folder, also one that holds packages with the names of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from slow_machines import without_progress

import beatlab
from beatlab.__main__ import COMMANDS, main

REPOSITORY = Path(__file__).parents[2]
COMPARISON = """
import beatlab as bl
small = {"city.residents": 2000, "city.area_km2": 2, "city.beats": 1, "city.districts": 1}
found = bl.compare(
    city="town", strategies=["reactive", "hotspot"], shortages=["none"], replications=2, days=1, warmup_days=0,
    workers=2, settings=small,
)
print(found.summary["seed"].to_list())
"""
WORDS = (
    "city=town", "city.residents=2000", "city.area_km2=2", "city.beats=1", "city.districts=1",
    "strategies=[reactive,hotspot]", "shortages=[none]", "replications=2", "days=1", "warmup_days=0", "workers=2",
)  # fmt: skip


@pytest.fixture
def others_folder(tmp_path):
    """Make a folder that holds somebody else's packages, which fail when they are imported."""
    for name in ("experiments", "sim", "scenarios"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise RuntimeError('the {name} of the working directory')\n")
    (tmp_path / "configs").mkdir()
    return tmp_path


def python(folder, *words, given=None):
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    words = [sys.executable, *words]
    ran = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, input=given, check=False
    )
    return ran.returncode, ran.stdout, without_progress(ran.stderr)


@pytest.mark.parametrize("how", ["script", "-c", "stdin"])
def test_a_comparison_without_a_guard_beside_others_packages(others_folder, how):
    (others_folder / "script.py").write_text(COMPARISON)
    words = {"script": ("script.py",), "-c": ("-c", COMPARISON), "stdin": ("-",)}[how]
    assert python(others_folder, *words, given=COMPARISON) == (0, "[1, 2, 1, 2]\n", "")


def test_the_module_as_a_command_beside_others_packages(others_folder):
    status, told, errors = python(others_folder, "-m", "beatlab", "compare", *WORDS, "out=made")
    assert (status, errors) == (0, "")
    assert told.endswith("report: made/report.html\n")
    assert (others_folder / "made" / "summary.parquet").exists()


def test_another_package_that_is_imported_already_is_named(tmp_path):
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "__init__.py").touch()
    status, _, errors = python(
        tmp_path, "-c", "import sys; sys.path.insert(0, '.')\nimport experiments, beatlab; beatlab.run()"
    )
    assert status == 1
    assert "package 'experiments'" in errors.splitlines()[-1]


def test_the_help_lists_every_command_and_loads_nothing_that_takes_time(tmp_path, capsys):
    assert main(["--help"]) == main([]) == 0
    told = capsys.readouterr().out
    assert all(f"  {name} " in told and f"beatlab {name} " in told for name in COMMANDS)
    code = (
        "import sys; from beatlab.__main__ import main; main(['--help'])\n"
        "print({'numba', 'numpy', 'polars', 'matplotlib', 'hydra', 'pydantic'} & {*sys.modules})"
    )
    assert python(tmp_path, "-c", code)[1].endswith("set()\n")


def test_the_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"beatlab {beatlab.__version__}\n"


def test_an_unknown_command_is_one_line_with_the_nearest(capsys):
    assert main(["comprae", "city=town"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: command: 'comprae'")
    assert "did you mean compare?" in err
    assert err.count("\n") == 1


def test_a_command_has_its_own_help_and_refuses_bad_input(capsys):
    assert main(["run", "seed=x", "--cfg"]) == 2
    assert capsys.readouterr().err.startswith("error: seed: ")
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        assert capsys.readouterr().out.startswith(f"usage: beatlab {name} ")


@pytest.mark.parametrize(
    "words",
    [
        ("-m", "beatlab", "--help"),
        ("-m", "beatlab", "--version"),
        *(("-m", "beatlab", name, "--help") for name in COMMANDS),
        *(("-m", module.removesuffix(".__main__"), "--help") for module in COMMANDS.values()),
    ],
    ids=" ".join,
)
def test_a_reader_that_goes_before_the_end_is_no_mistake(words):
    """Print into a pipe that nobody reads any more, as the one to `head` soon is."""
    reads, writes = os.pipe()
    os.close(reads)
    ran = subprocess.run([sys.executable, *words], cwd=REPOSITORY, stdout=writes, stderr=subprocess.PIPE, check=False)
    os.close(writes)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("new", "strategy", "mine"), ("run", "--help")])
def test_a_full_disk_is_told_in_one_line(words, tmp_path):
    with Path("/dev/full").open("w") as full:
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
        ran = subprocess.run(
            [sys.executable, "-m", "beatlab", *words],
            cwd=tmp_path, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (1, "error: [Errno 28] No space left on device\n")
