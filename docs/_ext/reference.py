"""Writes the reference pages as Markdown from what the program declares: parameters, tables, indicators, commands.

Nothing here repeats a number or a name of the program. What a column or an indicator means stands in the data
dictionary, `experiments/presentation/dictionary`; a name that is missing there, or not there any more, is an error.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from identified import known
from pydantic.fields import FieldInfo

from beatlab.__main__ import COMMANDS
from experiments.estimates.areas import DISPLACEMENT_SCHEMA, RINGS_SCHEMA
from experiments.estimates.effects import SCHEMA
from experiments.estimates.paths import PATH_SCHEMA
from experiments.presentation.dictionary import described, type_name
from experiments.presentation.indicators import INDICATORS, indicator
from experiments.runs.folder import frame
from sim.model import CityModel
from sim.outcomes.results import Results
from sim.parameters import Parameters
from sim.programmes.base import programmes
from sim.scenario import Scenario
from sim.strategies.base import StrategyParameters, registered

HERE = Path(__file__).parent
SMALL = {"name": "town", "residents": 3000, "area_km2": 2, "beats": 2, "districts": 1}
DIRECTIONS = {1: "more is better", -1: "less is better", 0: ""}
HOW = {
    "rate": "per 1,000 residents per year",
    "each": "per resident per year",
    "share": "a share, times 100",
    "plain": "",
}
FEATURES = {
    "clearance_": "Clearance of recorded crimes of this type.",
    "officer_hours_": "Of all posts, as booked in the ledger.",
}


def cell(text: str) -> str:
    """Return a text as it may stand in a cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("*", "\\*")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def ours(kinds: Mapping[str, type[Any]]) -> list[str]:
    """Return the names of what comes with the project, in order; a package that is installed may have added others."""
    return sorted(name for name, kind in kinds.items() if kind.__module__.startswith("sim."))


# Parameters ---------------------------------------------------------------------------------------------------------


def parameters() -> str:
    """Return all parameters of a scenario, a heading for each part, then those of strategies and programmes."""
    parts = [
        section(name, field.default, Scenario.model_fields[name].description)
        for name, field in Scenario.model_fields.items()
        if isinstance(field.default, Parameters) and name != "strategy"
    ]
    whole = {
        name: info
        for name, info in Scenario.model_fields.items()
        if not isinstance(info.default, Parameters) and name != "programmes"
    }
    out = [
        "## Of the run",
        of_fields("", whole),
        *parts,
        "## strategy",
        of_fields("strategy.", StrategyParameters.model_fields),
    ]
    for name in ours(registered()):
        own = {
            key: info
            for key, info in registered()[name].Parameters.model_fields.items()
            if key not in StrategyParameters.model_fields
        }
        if own:
            out += [f"### strategy={name}", of_fields("strategy.", own)]
    out.append("## programmes")
    for name in ours(programmes()):
        out += [f"### programmes.{name}", section_of(f"programmes.{name}.", programmes()[name].Parameters())]
    return "\n\n".join(out)


def section(name: str, value: Parameters, described: str | None) -> str:
    """Return the part `name` of a scenario with its heading."""
    about = described or (type(value).__doc__ or "").strip().split("\n")[0]
    return f"## {name}\n\n{cell(about)}\n\n{section_of(f'{name}.', value)}"


def section_of(prefix: str, value: Parameters) -> str:
    """Return the parameters below a prefix: a table of the plain ones, then one for each part."""
    fields = type(value).model_fields
    plain = {name: info for name, info in fields.items() if not isinstance(getattr(value, name), Parameters)}
    out = [of_fields(prefix, plain, value)] if plain else ["It has none."] if not fields else []
    for name, info in fields.items():
        inner, kind = getattr(value, name), element(info)
        if isinstance(inner, Parameters):
            out.append(section_of(f"{prefix}{name}.", inner))
        elif inner is None and kind is not None:
            out += [f"Of `{prefix}{name}`, if it is given:", section_of(f"{prefix}{name}.", kind())]
        elif inner == () and kind is not None:
            out += [f"Of each of `{prefix}{name}`, counted from 0:", section_of(f"{prefix}{name}.0.", kind())]
    return "\n\n".join(out)


def element(info: FieldInfo) -> type[Parameters] | None:
    """Return of which parts a parameter is a list, or which it may be; None: a value, or parts without defaults."""
    kinds = [kind for kind in get_args(info.annotation) if isinstance(kind, type) and issubclass(kind, Parameters)]
    return next((kind for kind in kinds if not any(one.is_required() for one in kind.model_fields.values())), None)


def of_fields(prefix: str, fields: Mapping[str, FieldInfo], value: Parameters | None = None) -> str:
    """Return a table of parameters."""
    rows = []
    for name, info in fields.items():
        extra: Any = info.json_schema_extra or {}
        default = getattr(value, name) if value is not None else info.default
        doc, source = cell(info.description or ""), cell(extra.get("source", ""))
        unit = "" if extra.get("unit") in ("1", "name", "names", None) else cell(extra["unit"])
        rows.append(
            (
                f"`{prefix}{name}`",
                f"absent ({unit})" if default is None and unit else f"{shown(default)} {unit}".strip(),
                bounds(info),
                known(f"{prefix}{name}", source),
                f"{doc} *{source}*" if source else doc,
            )
        )
    return table(("key", "default", "allowed", "value is", "meaning, *source*"), rows)


def shown(value: Any) -> str:
    """Return a default in the words of a command line."""
    if value is None:
        return "absent"
    if isinstance(value, float) and value.is_integer():
        return f"{value:g}"
    if isinstance(value, tuple):
        text = ", ".join(shown(part) for part in value)
        return cell(f"[{text}]" if len(text) < 90 else f"[{text[:80].rpartition(',')[0]}, …]")
    if isinstance(value, Parameters):
        return cell(", ".join(f"{name} {shown(part)}" for name, part in value))
    return cell(str(value).lower() if isinstance(value, bool) else str(value))


def number(value: float) -> str:
    """Return a number as people write it: 5,000,000, not 5e+06."""
    return f"{value:,}" if isinstance(value, int) or abs(value) >= 1e5 else f"{value:g}"


def bounds(info: FieldInfo) -> str:
    """Return what is allowed for a parameter."""
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    found = [
        f"{sign} {number(getattr(limit, key))}"
        for limit in info.metadata
        for key, sign in signs.items()
        if hasattr(limit, key)
    ]
    choices = [str(choice) for choice in get_args(info.annotation) if isinstance(choice, str)]
    return cell(", ".join(found or choices))


# Tables and indicators ----------------------------------------------------------------------------------------------


@cache
def results() -> Results:
    """Return what a small town of three days leaves behind, under the strategy with most programmes, as a course.

    Cases change hands, so that this is counted.
    """
    owners = {"ownership": {"reading_in_min": 60.0}}
    whole = {"strategy": {"name": "integrated"}, "strategy_course": {"phases": [{}]}, "investigation": owners}
    model = CityModel(Scenario.model_validate({"city": SMALL, **whole, "days": 3, "warmup_days": 1}))
    model.keep_tracks()
    model.run(days=4)
    return model.results()


def check_described(names: set[str], described: set[str], what: str) -> None:
    """Compare what the program writes with what is described.

    Raises
    ------
    LookupError
        If they differ.
    """
    if names - described:
        raise LookupError(f"{what}: not described: {', '.join(sorted(names - described))}")
    if described - names:
        raise LookupError(f"{what}: described, but not written: {', '.join(sorted(described - names))}")


def tables() -> str:
    """Return each table of a run and of a comparison with the type, unit and meaning of its columns."""
    columns_of = described("columns")
    schemas = {name: dict(frame(columns).schema) for name, columns in results().tables.items()} | {
        "effects": dict(SCHEMA),
        "paths": dict(PATH_SCHEMA),
        "rings": dict(RINGS_SCHEMA),
        "displacement": dict(DISPLACEMENT_SCHEMA),
    }
    check_described(set(schemas), set(columns_of), "tables")
    out = []
    for name, schema in schemas.items():
        columns = columns_of[name]
        check_described(set(schema), set(columns) - {"_about"}, f"columns of {name}")
        rows = [
            (f"`{column}`", type_name(kind), cell(columns[column][0]), columns[column][1])
            for column, kind in schema.items()
        ]
        out += [f"## {name}.parquet", columns["_about"], table(("column", "type", "unit", "meaning"), rows)]
    return "\n\n".join(out)


def indicators() -> str:
    """Return all indicators with label, unit, direction and meaning: those of every run, then those of programmes."""
    meanings = described("indicators")
    found = list(results().indicators)
    gone = sorted(set(meanings) - set(found))
    if gone:
        raise LookupError(f"indicators: described, but not measured: {', '.join(gone)}")
    noted = tuple(f"{name}_" for name in programmes())
    of_programmes = [
        name for name in found if name.startswith(noted) and name not in INDICATORS and name not in meanings
    ]
    rest = [name for name in found if name not in of_programmes]
    head = ("name", "label", "shown in", "direction", "meaning")
    return "\n\n".join(
        [
            "## Of every run",
            table(head, [indicator_row(name, meanings) for name in rest]),
            "## Of programmes",
            "What a programme notes, added up or averaged over the measured days, is `<programme>_<measure>`.",
            table(
                ("programme", "what it notes"),
                [
                    (f"`{one}`", ", ".join(f"`{name}`" for name in of_programmes if name.startswith(f"{one}_")))
                    for one in ours(programmes())
                    if any(name.startswith(f"{one}_") for name in of_programmes)
                ],
            ),
        ]
    )


def indicator_row(name: str, meanings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the row of an indicator."""
    it = indicator(name)
    meaning = meanings.get(name) or next((text for start, text in FEATURES.items() if name.startswith(start)), "")
    return f"`{name}`", cell(it.label), cell(it.unit), DIRECTIONS[it.good], meaning


# Commands -----------------------------------------------------------------------------------------------------------


def commands() -> str:
    """Return the help of every command, as the command prints it."""
    return "\n\n".join(f"## {name}\n\n```text\n{help_of(name)}\n```" for name in COMMANDS)


def help_of(command: str) -> str:
    """Return what a command says to `--help`."""
    line = [sys.executable, "-m", "beatlab", command, "--help"]
    told = subprocess.run(line, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "100"})
    return told.stdout.rstrip()
