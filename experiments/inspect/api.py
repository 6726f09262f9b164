"""The inspection from the request to its result: what the command and `beatlab.inspect` both call."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from experiments.languages.speech import speaking
from experiments.presentation.result import ReportedResult
from experiments.settings.keywords import asked
from experiments.settings.request import LANGUAGE_KEY, Command, Request

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from rich.console import Console

    from experiments.inspect.kinds import Found
    from experiments.inspection.findings import Inspection
    from sim.city.city import CityParameters

COMMAND = Command(
    name="inspect",
    summary="Read the files of a city, run nothing, and say what was understood: beatlab inspect FILE… [key=value].",
    keys={
        **LANGUAGE_KEY,
        "out": "folder of the page and its tables",
    },
    fixed=("demand", "force", "calls", "shortage", "strategy"),
    examples=(
        "beatlab inspect crimes.csv calls.csv streets.osm.bz2",
        "beatlab inspect crimes.csv city.residents=120000 language=zh out=out/look",
        "beatlab inspect city.calls_csv=log.csv city.columns.time=RECEIVED",
    ),
)


def inspect(
    *files: str | os.PathLike[str],
    settings: Mapping[str, Any] | None = None,
    language: str = "en",
    **keywords: Any,
) -> InspectionResult:
    """Read the files of a city and say what was understood; nothing is run and nothing is written.

    Does what `beatlab inspect` does.

    Parameters
    ----------
    *files : str or path
        Tables of incidents, calls or stations, streets, a boundary, beats; what each is shows by what it holds.
    settings : mapping, optional
        Dotted names of settings → values, such as `{"city.columns.time": "RECEIVED"}`.
    language : str
        Of the page that `save` writes: `en` or `zh`.
    **keywords
        Groups: `city={"residents": 120_000}`; `config_dir`, as for `compare`.

    Returns
    -------
    InspectionResult
        Frames by name, warnings, the city; `save(folder)` writes the command's files.

    Raises
    ------
    BadInput
        For a file that cannot be read, or a value that is not allowed.
    """
    from experiments.inspect.kinds import settled

    words, found = settled([os.fspath(file) for file in files])
    given = {key: value for key, _, value in (word.partition("=") for word in words)}
    chosen = {"language": language, **keywords}
    return asked(
        COMMAND, chosen, {**given, **(settings or {})}, lambda request: carry_out(request, *design(request), found)
    )


def design(request: Request) -> tuple[dict[str, Any], CityParameters]:
    """Turn what the user asked for into the checked parameters of a city from files.

    Returns
    -------
    plan : dict
        language, out.
    parameters : CityParameters
        The files and how to read them.

    Raises
    ------
    BadInput
        For anything that is not allowed.
    """
    from experiments.languages.speech import check_language
    from experiments.settings.compose import compose, scenario_of
    from sim.parameters import BadInput

    tree = compose(COMMAND.name, request.choices, request.values)
    if tree["city"]["kind"] != "from_data":
        raise BadInput("city", request.choices.get("city"), "a city that is read from files")
    parameters = scenario_of(tree, list(COMMAND.keys)).city
    return {"language": check_language(tree["language"]), "out": tree["out"]}, parameters


def carry_out(
    request: Request, plan: dict[str, Any], parameters: CityParameters, found: Sequence[Found] = ()
) -> InspectionResult:
    """Read the files, and make a city of them if one can be made."""
    from experiments.inspection.findings import Inspection
    from experiments.runs.folder import provenance
    from sim.extras import CITY_FILES, require
    from sim.parameters import BadInput

    require(CITY_FILES)
    from sim.city.from_data import city_of, read_given

    started = datetime.now(UTC)
    given = read_given(parameters)
    city, refusal = None, None
    try:
        city = city_of(given)
    except BadInput as error:
        refusal = error
    files = tuple(given.read) if city is None else city.files
    reasons = {one.path: one.why for one in found}
    made_by = provenance(request.line, parameters.seed, started, request.inputs([parameters]))
    return InspectionResult(Inspection(parameters, files, city, refusal, reasons, made_by), plan["language"])


@dataclass(frozen=True, repr=False, eq=False)
class InspectionResult(ReportedResult):
    """What was understood of some files; printing it shows what the command shows, a notebook what weighs most.

    Attributes
    ----------
    inspection : Inspection
        What was found.
    language : str
        Of the page.
    """

    inspection: Inspection
    language: str

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables by name: `columns`, `notices`, `rejected`, `stages`, `hours`, `weekdays`, `days`."""
        return self.inspection.tables

    @property
    def warnings(self) -> list[str]:
        """What may be otherwise than it was read, or does not count, the heaviest first."""
        return [str(one.notice) for one in self.inspection.warnings]

    @property
    def provenance(self) -> dict[str, Any]:
        """Versions, commit, the command that does it again, time."""
        return self.inspection.provenance

    def in_language(self, language: str) -> InspectionResult:
        """Return the same with a page in another language."""
        from experiments.languages.speech import check_language

        return replace(self, language=check_language(language))

    def write_tables(self, folder: Path) -> None:
        """Write everything but the figures and the page into an empty folder."""
        from experiments.runs import folder as store

        store.write_tables(folder, {name: table for name, table in self.tables.items() if name != "rejected"})
        store.write_rejected(folder / "rejected.csv", self.inspection.files)
        store.write_types(folder / "types.csv", self.inspection.files)

    def write_page(self, folder: Path) -> None:
        """Draw the figures into a folder and write its page."""
        from experiments.inspection.files import write_page

        with speaking(self.language):
            write_page(self.inspection, folder)

    def print_on(self, console: Console) -> None:
        """Print what the command prints."""
        from experiments.inspect.terminal import print_inspection

        with speaking(self.language):
            print_inspection(console, self.inspection)

    def __repr__(self) -> str:
        return f"<InspectionResult: {len(self.inspection.files)} files, {len(self.warnings)} warnings>"

    def _repr_html_(self) -> str:
        from experiments.inspect.notebook import as_html

        with speaking(self.language):
            return as_html(self.inspection)
