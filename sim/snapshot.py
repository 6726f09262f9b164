"""A run in its middle as bytes, to go on from there later, or twice: exact to the bit, and never with other code."""

from __future__ import annotations

import hashlib
import json
import pickle
import zlib
from pathlib import Path
from typing import Any

from sim.disk_cache import code_version
from sim.model import CityModel
from sim.own_sources import digest_of, source_of
from sim.parameters import BadInput
from sim.programmes import base as programmes
from sim.registry import shipped
from sim.state_bytes import read, written
from sim.strategies import base as strategies
from sim.world import setting_of

BEGINS = b"beatlab snapshot\n"
QUICK = 1  # level of compression
FIELD = "snapshot"


def snapshot(model: CityModel) -> bytes:
    """Return a run as it stands now, from which `resume` goes on as if nothing had been.

    Some megabytes for a town; write them into a file to keep them. What all runs of a city share is built anew.

    Parameters
    ----------
    model : CityModel
        At any moment. A strategy and programmes of your own are found again by their names: they are registered.

    Raises
    ------
    BadInput
        When the model has agents or a data collector of your own, which only you can bring back, or a strategy or
        programme holds something that cannot be written.
    """
    if len(model.agents) or model.datacollector is not None:
        raise BadInput(
            FIELD, "agents or a data collector of your own", "a model without: remove them, and add them anew"
        )
    own = _own_classes()
    try:
        begun = written(model.scenario, None, own)
        state = written(model, setting_of(model.scenario), own)
    except BadInput as error:
        raise BadInput(FIELD, error.value, error.allowed) from error
    content = zlib.compress(len(begun).to_bytes(8, "little") + begun + state, QUICK)
    head = {
        "code": code_version("sim.model"),
        "own": {name: _digest(kind) for name, kind in own.items() if kind in _classes_in(model)},
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return BEGINS + json.dumps(head).encode() + b"\n" + content


def resume(kept: bytes | str | Path) -> CityModel:
    """Return a model that goes on where `snapshot` was taken, to the bit as the undisturbed run does.

    Each call returns a model of its own: from one moment several futures can be tried.

    Parameters
    ----------
    kept : bytes, str or Path
        From `snapshot`, or the file that it was written into.

    Raises
    ------
    BadInput
        For a file that is none, is damaged, or was written by other code; and where a strategy or programme of your own
        is not registered here, or has changed.
    """
    head, content = _opened(kept)
    if head["code"] != code_version("sim.model"):
        raise BadInput(FIELD, head["code"], f"one of this version of the model, {code_version('sim.model')}")
    own = _own_classes()
    for name, digest in head["own"].items():
        if name not in own:
            raise BadInput(FIELD, name, "a run whose own strategies and programmes are registered here (bl.register)")
        if _digest(own[name]) != digest:
            raise BadInput(FIELD, name, "a run whose own strategies and programmes have not changed since")
    try:
        told = zlib.decompress(content)
        end = 8 + int.from_bytes(told[:8], "little")
        scenario = read(told[8:end], None, own)
        model: CityModel = read(told[end:], setting_of(scenario), own)
    except (zlib.error, pickle.UnpicklingError, EOFError, KeyError, AttributeError) as error:
        raise BadInput(FIELD, f"{type(error).__name__}: {error}", "what snapshot has written") from error
    return model


def _opened(kept: bytes | str | Path) -> tuple[dict[str, Any], bytes]:
    """Return the head of a snapshot and what follows it, whole."""
    shown = f"{len(kept)} bytes" if isinstance(kept, bytes) else str(kept)
    try:
        given = kept if isinstance(kept, bytes) else Path(kept).expanduser().read_bytes()
    except OSError as error:
        raise BadInput(FIELD, shown, f"a file that can be read ({error.strerror or error})") from None
    line, _, content = given.removeprefix(BEGINS).partition(b"\n")
    if not given.startswith(BEGINS):
        raise BadInput(FIELD, shown, "what snapshot has written")
    head: dict[str, Any] = json.loads(line)
    if hashlib.sha256(content).hexdigest() != head["sha256"]:
        raise BadInput(FIELD, shown, "what snapshot has written, whole and unchanged")
    return head, content


def _own_classes() -> dict[str, type[Any]]:
    """Return the strategies and programmes that are registered here and are not shipped, by kind and name."""
    found = {"strategy": strategies.registry(), "programme": programmes.registry()}
    return {
        f"{what} {name}": kind
        for what, registry in found.items()
        for name, kind in registry.kinds.items()
        if not shipped(kind)
    }


def _classes_in(model: CityModel) -> set[type[Any]]:
    """Return the classes of the strategies and programmes of a run."""
    return {type(one) for one in (*model.plans.strategies, *model.programmes)}


def _digest(kind: type[Any]) -> str | None:
    """Return a name for the text that a class of a user's own was written in."""
    source = source_of(kind)
    return digest_of(source.file) if source.file else hashlib.sha256(source.text.encode()).hexdigest()
