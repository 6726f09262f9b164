"""What tells one run from another: its scenario, the content of its files, the code that runs it, and what is kept."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic_core import to_json

from sim.city.city import FILES
from sim.city.file_contents import contents
from sim.own_sources import digest_of, source_of

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

PACKAGES = ("sim",)  # whose sources can change what a run does
PROGRAM_PACKAGES = ("beatlab", "experiments", "scenarios", "configs", *PACKAGES)  # and what is made of runs
_ROOT = Path(__file__).parents[3]


def run_id(settings: Mapping[str, Any]) -> str | None:
    """Return a name for a run, which two runs have if and only if they must come to the same.

    Parameters
    ----------
    settings : mapping
        A scenario as plain values, the seed among them.

    Returns
    -------
    str or None
        32 letters; None: it follows from code of the user's own whose text is not known.
    """
    return run_ids([settings])[0]


def run_ids(runs: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """Return the name of each of some runs, see `run_id`; what replications share is read once."""
    forms: dict[tuple[int, ...], Hash | None] = {}
    names: list[str | None] = []
    for settings in runs:
        if (form := form_of(settings)) not in forms:
            forms[form] = _hash_of_form(settings)
        names.append(None if (shared := forms[form]) is None else _with_seeds(shared, settings))
    return names


def form_of(settings: Mapping[str, Any]) -> tuple[int, ...]:
    """Return a name for a scenario but its seeds, by the identity of its parts: it holds as long as these are held."""
    city = _city_of(settings)
    return (
        "seed" in settings,
        "seed" in city,
        *(id(value) for name, value in settings.items() if name != "seed" and value is not city),
        *(id(value) for name, value in city.items() if name != "seed"),
    )


def without_seeds(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario whose seeds, where it has them, are left open."""
    city, none = _city_of(settings), {"seed": None}
    return {
        **settings,
        **(none if "seed" in settings else {}),
        **({"city": {**city, **none}} if "seed" in city else {}),
    }


def seeds_of(settings: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Return the seeds of a scenario and of its city; None: it has the default."""
    return settings.get("seed"), _city_of(settings).get("seed")


def _city_of(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the city of a scenario; one that a pattern of the user's own has made may name it, or have none."""
    city = settings.get("city")
    return city if isinstance(city, Mapping) else {}


def _hash_of_form(settings: Mapping[str, Any]) -> Hash | None:
    """Begin to hash a run by all but its seeds; None: it follows from code whose text is not known."""
    own = own_digest(settings)
    if own is None:
        return None
    return hashlib.sha256(
        b"\n".join([to_json(_with_contents(without_seeds(settings))), code_digest().encode(), own.encode(), b""])
    )


def _with_seeds(shared: Hash, settings: Mapping[str, Any]) -> str:
    """Hash the seeds of a run, too, and return its name."""
    whole = shared.copy()
    seed, city_seed = seeds_of(settings)
    whole.update(f"{seed} {city_seed}".encode())
    return whole.hexdigest()[:32]


@cache
def code_digest() -> str:
    """Return a name for the content of every source of the model, and for the versions that it computes with."""
    import numba

    digest = hashlib.sha256(f"numba {numba.__version__} numpy {np.__version__}".encode())
    for package in PACKAGES:
        for path in sorted((_ROOT / package).rglob("*.py")):
            digest.update(str(path.relative_to(_ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def source_digests() -> dict[str, str]:
    """Return a name for the content of every file of each package of this project, in a checkout of git or not."""
    found = {}
    for package in PROGRAM_PACKAGES:
        digest = hashlib.sha256()
        for path in sorted((_ROOT / package).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(_ROOT)).encode() + b"\0" + path.read_bytes())
        found[package] = digest.hexdigest()[:16]
    return found


@cache
def method_digest(function: Callable[..., Any]) -> str:
    """Return a name for what is kept of a run: the function that keeps it, and the text of the modules around it."""
    digest = hashlib.sha256()
    for path in sorted(Path(function.__code__.co_filename).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{function.__name__} {digest.hexdigest()[:16]}"


def own_digest(settings: Mapping[str, Any]) -> str | None:
    """Return a name for the user's own code that a run follows from; empty: for none; None: its text is not known."""
    from experiments.runs.trial import own_classes

    told = []
    for kind in own_classes(settings):
        source = source_of(kind)
        if not source.file and not source.text:
            return None
        text = _modules_of(Path(source.file).parent) if source.file else source.text
        told.append(f"{kind.__qualname__} {kind.name} {hashlib.sha256(text.encode()).hexdigest()}")
    return "\n".join(told)


def _modules_of(folder: Path) -> str:
    """Name the content of every module that this process has loaded from a folder: one may import the others."""
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    beside = sorted(file for file in files if file and Path(file).parent == folder)
    return "\n".join(f"{Path(file).name} {digest_of(file)}" for file in beside)


def _with_contents(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario in which each file of the city is named by its content, wherever it lies.

    Its fields come in the order of their classes; programmes in that of their names, whatever order they were given in.
    """
    city = settings["city"]
    files = {name: contents(city[name]) for name in FILES if city[name]}
    return {**settings, "city": {**city, **files}, "programmes": dict(sorted(settings["programmes"].items()))}
