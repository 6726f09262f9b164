"""Situations as the page has them: the tree of a file, ready ones, and what one that comes from afar may say.

The file is the one that `beatlab compare --situation` reads, so that all that the page asks can be asked by a command.
"""

from __future__ import annotations

import hashlib
import shlex
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from app.keep import write_whole
from experiments.languages.speech import LANGUAGES, say, speaking
from experiments.settings.command import shown_path
from experiments.settings.option_files import plain_yaml
from experiments.settings.situation import in_shares, read_situation
from sim.parameters import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.keep import Session

Tree = dict[str, Any]
READY: dict[str, Tree] = {  # what stands on the list → its place
    "A county in China, 100,000 residents": {"preset": "county_china"},
    "A small town, 10,000 residents (quick)": {"preset": "county_china", "city": "town", "days": 182},
    "A district of a big Chinese city, 150,000 residents": {"preset": "city_china"},
    "A western city, 100,000 residents": {"preset": "city_western"},
}
AS_IS = "the situation as it is"  # what ready ones are called, in tables and sentences
USUAL: Tree = {
    "missing": [{"kind": "uniform", "fraction": 0.3}],
    "strategies": ["reactive", "hotspot"],
    "days": 364,
    "replications": 8,
}
MOST_REPLICATIONS, MOST_RUNS, MOST_BYTES = 40, 2_000, 256 * 2**10  # that the page carries out, and reads of a file
OWN_PARTS = (  # that a situation has beside those of a scenario
    "name", "preset", "missing", "levers", "strategies", "replications", "baseline", "budget", "equivalents",
    "next_officers", "target",
)  # fmt: skip


class Size(NamedTuple):
    """How much there is of a shortage or lever: its parameter, bounds, step, and what the page begins with."""

    key: str
    low: float
    high: float
    step: float
    usual: float
    unit: str = "%"


_SHARE = Size("fraction", 0.05, 0.6, 0.05, 0.3)
SHORTAGE_SIZES: dict[str, Size | None] = {
    "uniform": _SHARE,
    "headquarters_heavy": _SHARE._replace(usual=0.2),
    "uneven_districts": _SHARE,
    "specialists": _SHARE._replace(usual=0.4),
    "night_gap": _SHARE._replace(usual=0.5),
    "attrition": Size("per_year", 0.04, 0.5, 0.02, 0.12, "% a year"),
    "surge": Size("factor", 1.1, 4, 0.1, 1.5, "times"),
    "non_police_calls": Size("share", 0.1, 0.8, 0.05, 0.6),
    "secondment": _SHARE._replace(usual=0.25),
}
LEVER_SIZES: dict[str, Size | None] = {
    "to_the_street": Size("fraction", 0.05, 0.6, 0.05, 0.25),
    "auxiliaries": Size("heads", 1, 100, 1, 10, "people"),
    "diversion": Size("fraction", 0.1, 0.9, 0.05, 0.5),
    "overtime": Size("share", 0.05, 0.5, 0.05, 0.15),
    "pooling": None,
    "roster": None,
    "training": Size("fraction", 0.01, 0.3, 0.01, 0.05),
    "incentives": Size("per_month", 100, 2000, 100, 500, "yuan"),
}


@dataclass(frozen=True)
class Ask:
    """What a page asks for: a comparison in a situation.

    Attributes
    ----------
    path : str
        Of the situation's file.
    language : str
        Of the answer.
    replications : int
        Runs of each option.
    """

    path: str
    language: str
    replications: int

    @property
    def words(self) -> list[str]:
        """The settings beside the situation, as the command takes them."""
        return [f"replications={self.replications}", f"language={self.language}"]

    @property
    def line(self) -> str:
        """The command that asks the same."""
        return shlex.join(["beatlab", "compare", "--situation", shown_path(Path(self.path)), *self.words])

    def with_replications(self, replications: int) -> Ask:
        """Return the same with another number of replications."""
        return replace(self, replications=replications)


def ready(place: str, name: str = AS_IS) -> Tree:
    """Return a tree of its own of a ready situation, by what stands on the list, under a name."""
    return {"name": name, **deepcopy({**USUAL, **READY[place]})}


def named_in(tree: Tree, language: str) -> Tree:
    """Return a situation under the name that a ready one has in a language, if it has that of any language."""
    names = {}
    for one in LANGUAGES:
        with speaking(one):
            names[one] = say(AS_IS)
    return {**tree, "name": names[language]} if tree.get("name") in names.values() else tree


def place_of(tree: Mapping[str, Any]) -> str | None:
    """Return what stands on the list for the place of a situation; None: it is another one."""
    places = {(one["preset"], one.get("city")): words for words, one in READY.items()}
    city = tree.get("city")
    return None if not isinstance(city, str | None) else places.get((tree.get("preset", "county_china"), city))


def usual(tree: Mapping[str, Any], key: str) -> Any:
    """Return what a situation says of a key of `USUAL`, or else what is usual."""
    return tree.get(key, USUAL[key])


def options(tree: Mapping[str, Any]) -> int:
    """Return how many options are compared: each strategy in the situation as it is, and with each lever."""
    return len(tree.get("strategies") or [0]) * (1 + len(tree.get("levers") or ()))


def text_of(tree: Mapping[str, Any]) -> str:
    """Return the file of a situation."""
    return yaml.safe_dump(dict(tree), allow_unicode=True, sort_keys=False, width=100)


def asked(tree: Mapping[str, Any], session: Session, language: str) -> Ask:
    """Write the file of a situation, named by its content, into the folder of a session; return what is asked."""
    text = text_of(tree)
    path = session.folder / "situations" / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.yaml"
    if not path.exists():
        write_whole(path, text)
    return Ask(str(path), language, int(usual(tree, "replications")))


def read(path: Path, folder: Path) -> Tree:
    """Read the file of a situation that comes from afar.

    Parameters
    ----------
    path : Path
        Of the file.
    folder : Path
        Of the session: files of a city have to be in it.

    Raises
    ------
    BadInput
        For what is none, and for one that names a file of elsewhere, a folder, an engine or code.
    """
    if path.stat().st_size > MOST_BYTES:
        raise BadInput("situation", f"{path.stat().st_size} bytes", f"at most {MOST_BYTES} bytes")
    try:
        tree = plain_yaml(path)
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput("situation", "it", f"a file of YAML: {error}") from None
    if not isinstance(tree, dict) or not all(isinstance(key, str) for key in tree):
        raise BadInput("situation", "it", "`key: value`; `beatlab new situation NAME` writes one")
    check(tree, folder)
    read_situation(str(path), parts())
    return _shaped(in_shares(tree))


def check(tree: Mapping[str, Any], folder: Path) -> None:
    """Refuse a situation that reaches beyond the folder of its session.

    Raises
    ------
    BadInput
        Naming the key.
    """
    from sim.city.city import FILES

    known = parts()
    for key, value in _leaves(tree):
        if key.partition(".")[0] not in known:
            raise BadInput(key, value, "left out here: the page says where and how runs are carried out")
        if key.rpartition(".")[2] in FILES and value is not None:
            path = Path(str(value))
            if not (path.is_absolute() and path.resolve().is_relative_to(folder.resolve())):
                raise BadInput(key, path.name, "a file that was uploaded in this session")


def parts() -> set[str]:
    """Return the keys that a situation of the page may have, or the first parts of dotted ones."""
    from sim.scenario import Scenario

    return {*OWN_PARTS, *Scenario.model_fields}


def _shaped(tree: Tree) -> Tree:
    """Return a situation in the form in which the page changes it.

    Raises
    ------
    BadInput
        For a value of another kind, and for more than the page carries out.
    """
    strategies, replications = usual(tree, "strategies"), usual(tree, "replications")
    strategies = [strategies] if isinstance(strategies, str) else strategies
    if not isinstance(strategies, list) or not all(isinstance(name, str) for name in strategies) or not strategies:
        raise BadInput("strategies", strategies, "a list of names")
    for key, value, most in (("days", usual(tree, "days"), 7300), ("replications", replications, MOST_REPLICATIONS)):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise BadInput(key, value, f"a whole number from 1 on, at most {most}")
    lists = {key: tree.get(key) or [] for key in ("missing", "levers")}
    return {**tree, **lists, "strategies": strategies, "replications": max(replications, 2)}


def check_amount(tree: Mapping[str, Any]) -> None:
    """Refuse more runs than the page carries out."""
    replications = usual(tree, "replications")
    if (runs := options(tree) * replications) > MOST_RUNS:
        raise BadInput("replications", replications, f"at most {MOST_RUNS} runs; these are {runs}")


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted key and the value of every leaf."""
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
