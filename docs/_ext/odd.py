"""Writes the parts of `docs/odd.md` that follow from the program.

These are phases, state variables, parameters and what they rest on, draws, data, and the rules as the code tells them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import submodels
from reference import bounds, cell, of_fields, ours, table
from submodels import GROUND, NO_RULE, RUN, SUBMODELS, Group, groups, plain

from experiments.patterns.published import published
from sim.draws import Draw, Stream
from sim.model import CityModel
from sim.parameters import CHOSEN
from sim.programmes.base import programmes
from sim.strategies.base import registered

YEAR = re.compile(r"\b(1[89]|20)\d\d\b")
BASES = {
    "source": "a source bounds it",
    "datum": "set by hand, with an eye on a datum",
    "mix": "a rate of a mix",
    "near": "assumption, with a source in view",
    "assumption": "assumption",
    "user": "set by the user",
}


def basis(source: str) -> str:
    """Return what a parameter rests on, a key of `BASES`, as its source says."""
    if source == CHOSEN or source.startswith("absent"):
        return "user"
    if source.startswith(("calibrated", "set for")):
        return "datum"
    if source.startswith("of the mix"):
        return "mix"
    if source.startswith("assumption"):
        return "near" if YEAR.search(source) else "assumption"
    return "source"


def dropdown(title: str, text: str) -> str:
    """Return a text that opens with a click."""
    return f":::{{dropdown}} {title}\n{text}\n:::"


def said(text: str) -> str:
    """Return a docstring as Markdown: what is no code must not be taken for emphasis."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([*|\[\]<>])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


# Elements 2 and 3 ---------------------------------------------------------------------------------------------------


def state() -> str:
    """Return the state variables of each table with type, unit and meaning."""
    out = []
    for name in SUBMODELS:
        for constant, columns in submodels.tables(name).items():
            rows = [(f"`{one.name}`", one.dtype, cell(one.unit), cell(one.meaning)) for one in columns]
            title = constant.removesuffix("_COLUMNS").replace("_", " ").lower()
            many = f"{len(rows)} state variables"
            out.append(
                dropdown(f"{title} ({name}): {many}", table(("state variable", "type", "unit", "meaning"), rows))
            )
    return "\n\n".join(out)


def schedule() -> str:
    """Return the phases of a day in order, with the submodel of each."""
    acts = {phase: name for name in SUBMODELS for phase in submodels.phases(name)}
    rows = [
        (str(n), one.when, f"`{one.name}`", cell(one.what), link(acts[one.name]) if one.name not in NO_RULE else "")
        for n, one in enumerate(CityModel.phases(), 1)
    ]
    return table(("", "when", "phase", "what", "submodel"), rows)


def link(name: str) -> str:
    """Return a link to the section of a submodel."""
    return f"[{name}](#submodel-{name})"


# Element 7 ----------------------------------------------------------------------------------------------------------


def submodel(name: str) -> str:
    """Return what follows from the program of one submodel: order, chance, parameters, and the rules in full."""
    acts = [one for one in CityModel.phases() if one.name in submodels.phases(name)]
    order = "; ".join(f"`{one.name}` ({one.when}): {said(one.what)}" for one in acts)
    out = [f"**Order.** {order or 'It has no phase of its own: others look it up or call it when they need it.'}"]
    out.append(f"**Chance.** {drawn(submodels.draws(name))}")
    found = [group for group in groups() if group.submodel == name and plain(group)]
    if name in ("programmes", "strategies"):
        found = [group for group in found if group.prefix == "strategy."]
    out.append(parameters(found) if found else "**Parameters.** None of its own.")
    told = [(module, function, text) for module, function, text in submodels.rules(name) if text]
    if told and name != "programmes":
        lines = [f"- `{function}` ({module}): {said(text)}" for module, function, text in told]
        out.append(dropdown(f"The rules as the code tells them: {len(lines)} functions", "\n".join(lines)))
    return "\n\n".join(out)


def drawn(names: Iterable[Draw]) -> str:
    """Return a sentence, or a table of draws with stream, number and key."""
    about = submodels.drawn_for()
    rows = [
        (
            f"`{one.name}`",
            f"`{one.stream.name}` {int(one.stream)}, {one.first}" + (f", keys of kind {one.kind}" if one.kind else ""),
            cell(about[one.name]),
        )
        for one in names
    ]
    if not rows:
        return "Nothing is drawn."
    return f"{len(rows)} draws of their own.\n\n" + dropdown(
        "What is drawn, and by what it is keyed", table(("draw", "stream, first number", "by, for"), rows)
    )


def parameters(found: Iterable[Group]) -> str:
    """Return tables of parameters, how many rest on what in the sentence before."""
    found, counts = list(found), dict.fromkeys(BASES, 0)
    text = []
    for group in found:
        fields = {name: type(group.value).model_fields[name] for name in plain(group)}
        for info in fields.values():
            counts[basis(_source(info))] += 1
        text.append(of_fields(group.prefix, fields, group.value))
    some = ", ".join(f"{n} {BASES[key]}" for key, n in counts.items() if n)
    return f"**Parameters.** {sum(counts.values())}: {some}.\n\n" + dropdown("Parameters", "\n\n".join(text))


def _source(info: object) -> str:
    extra = getattr(info, "json_schema_extra", None) or {}
    return str(extra.get("source", CHOSEN))


def bases() -> str:
    """Return how many parameters of each submodel rest on what, and those that a source bounds or a datum set."""
    counts = {name: dict.fromkeys(BASES, 0) for name in (*SUBMODELS, RUN)}
    bounded = []
    for group in groups():
        for name in plain(group):
            info = type(group.value).model_fields[name]
            kind = basis(_source(info))
            counts[group.submodel][kind] += 1
            if kind in ("source", "datum"):
                key = f"{group.prefix}{name}"
                bounded.append((f"`{key}`", bounds(info), BASES[kind], cell(_source(info))))
    rows = [
        (link(name) if name in SUBMODELS else name, *(str(n) for n in of.values()), str(sum(of.values())))
        for name, of in counts.items()
        if sum(of.values())
    ]
    total = [sum(of[key] for of in counts.values()) for key in BASES]
    rows.append(("all", *(str(n) for n in total), str(sum(total))))
    every = table(("parameter", "allowed", "rests on", "source"), bounded)
    return (
        table(("submodel", *BASES.values(), "all"), rows)
        + "\n\n"
        + dropdown(f"The {len(bounded)} that are more than an assumption", every)
    )


def kinds_of(name: str) -> str:
    """Return programmes or strategies one by one: what each does, draws, and its parameters."""
    kinds = programmes() if name == "programmes" else registered()
    out = []
    for one in ours(kinds):
        kind = kinds[one]
        package = kind.__module__ if kind.__module__.count(".") == 2 else kind.__module__.rpartition(".")[0]
        own = [module for module in submodels.files() if module == package or module.startswith(f"{package}.")]
        asked = "".join(submodels.files()[module].read_text(encoding="utf-8") for module in own)
        text = [said(" ".join((kind.__doc__ or "").split("\n\n", 1)[0].split()))]
        text.append(f"**Chance.** {drawn_names(asked)}")
        found = [g for g in groups() if g.prefix.startswith((f"{name}.{one}.", f"strategy={one} ")) and plain(g)]
        tables = [
            of_fields(g.prefix.rpartition(" ")[2], {n: type(g.value).model_fields[n] for n in plain(g)}, g.value)
            for g in found
        ]
        told = [
            f"- `{function}`: {said(line)}"
            for module, function, line in submodels.rules("programmes" if name == "programmes" else "strategies")
            if module in own and line
        ]
        text += [part for part in ("\n".join(told), "\n\n".join(tables)) if part]
        out.append(dropdown(f"{one}", "\n\n".join(text)))
    return "\n\n".join(out)


def drawn_names(asked: str) -> str:
    """Return the draws that a text of code asks for, in a sentence."""
    found = [f"`{draw.name}`" for draw in Draw if re.search(rf"\bDraw\.{draw.name}\b", asked)]
    return ", ".join(found) + "." if found else "Nothing is drawn here."


# Design concepts and data -------------------------------------------------------------------------------------------


def streams() -> str:
    """Return the streams with their numbers and the submodels that draw from them."""
    rows = [
        (f"`{stream.name}`", str(int(stream)), ", ".join(link(one) for one in submodels.who_draws_from(stream)))
        for stream in Stream
    ]
    return table(("stream", "number", "submodels that draw from it"), rows)


def data_use() -> str:
    """Return the rows of RAT-RS: which published data were used for what, and which parameters are data."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for it in published():
        names = found.setdefault((it.about, it.source, it.use), [])
        if it.title not in names:
            names.append(it.title)
    rows = [(use, cell(about), cell("; ".join(names)), cell(source)) for (about, source, use), names in found.items()]
    rows.sort(key=lambda one: ("calibrate", "validate", "specify").index(one[0]))
    return table(("use", "about", "what", "data"), rows)


def ground() -> str:
    """Return the modules that decide nothing in the model."""
    return ", ".join(f"`sim/{name}`" for name in GROUND) + "."
