"""What a city is, however it came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import model_validator

from sim.arrays import Array
from sim.city.beats import BeatPlan
from sim.city.file_portrait import FilePortrait
from sim.city.grid import Grid
from sim.city.notices import Notice
from sim.city.place_on_earth import PlaceOnEarth
from sim.city.streets import StreetParameters, TravelTimes
from sim.city.ways import Ways
from sim.parameters import CHOSEN, Parameters, parameter

if TYPE_CHECKING:
    import networkx as nx

SOURCES = ("incidents_csv", "calls_csv", "streets_file")  # a city from files needs one of them
FILES = (*SOURCES, "boundary_file", "beats_file", "stations_csv", "types_file")
FEWEST_RESIDENTS, MOST_RESIDENTS = 200, 20_000_000  # the most: a megacity takes a gigabyte for each million


class ColumnNames(Parameters):
    """Names of columns in real files.

    One that is absent is looked for among the names of the common open-data portals.
    """

    time: str | None = parameter(None, unit="column", source=CHOSEN, doc="Date and time of the incident or call.")
    clock: str | None = parameter(
        None, unit="column", source=CHOSEN, doc="Clock of the incident or call, where the time has a date alone."
    )
    timezone: str | None = parameter(
        None, unit="zone name", source=CHOSEN,
        doc="Zone of the city, such as America/Chicago; times that name a zone are turned into it.",
    )  # fmt: skip
    latitude: str | None = parameter(None, unit="column", source=CHOSEN, doc="Degrees north.")
    longitude: str | None = parameter(None, unit="column", source=CHOSEN, doc="Degrees east.")
    point: str | None = parameter(
        None,
        unit="column",
        source=CHOSEN,
        doc="Both in one, such as `(41.8, -87.6)`, `POINT (-87.6 41.8)` or a point of GeoJSON.",
    )
    district: str | None = parameter(None, unit="column", source=CHOSEN, doc="District of a beat, in `beats_file`.")
    type: str | None = parameter(None, unit="column", source=CHOSEN, doc="Type of the incident, or nature of the call.")
    time_format: str | None = parameter(
        None,
        unit="strptime format",
        source=CHOSEN,
        doc="Such as %d/%m/%Y %H:%M, or %d/%m/%Y with any clock; when absent, common formats are tried.",
    )


class CityParameters(Parameters):
    """A made-up city (`kind=synthetic`) or one read from files (`kind=from_data`)."""

    name: str = parameter(
        "county",
        unit="name",
        source=CHOSEN,
        doc="Name of the city in tables and reports.",
        min_length=1,
        max_length=200,
    )
    kind: Literal["synthetic", "from_data"] = parameter(
        "synthetic", unit="name", source=CHOSEN, doc="Made up, or read from files."
    )
    residents: int | None = parameter(
        None, unit="people", ge=FEWEST_RESIDENTS, le=MOST_RESIDENTS, source=CHOSEN,
        doc=(
            "Residents; absent: 1,562.5 per km² of a made-up city, and for a city from files 3,000 per km² "
            "that its points cover."
        ),
    )  # fmt: skip
    area_km2: float = parameter(
        64.0, unit="km²", ge=0.01, le=10_000, source="assumption: a county-level city", doc="Area of a made-up city."
    )
    cell_m: float = parameter(
        100.0, unit="m", ge=10, le=1000, source="assumption: the scale of a street block", doc="Side of a cell."
    )
    beats: int = parameter(
        12,
        unit="beats",
        ge=1,
        le=2000,
        source="assumption: one a patrol unit at full strength",
        doc="Number of patrol beats.",
    )
    districts: int = parameter(
        4, unit="districts", ge=1, le=200, source="assumption", doc="Number of districts, each with a station."
    )
    centres: int = parameter(
        4, unit="centres", ge=1, le=200, source="assumption", doc="Number of centres of a made-up city."
    )
    seed: int = parameter(
        1,
        unit="1",
        ge=0,
        le=2**32 - 1,
        source=CHOSEN,
        doc="Seed of the made-up layout and of who lives where, in the first replication.",
    )
    layouts: Literal["each", "one"] = parameter(
        "each", unit="name", source=CHOSEN,
        doc=("Made-up cities of replications: `each` has one of its own, with a seed one higher than the one before, "
            "paired over strategies and shortages; or all share `one`."),
    )  # fmt: skip
    streets: StreetParameters = StreetParameters()
    incidents_csv: str | None = parameter(None, unit="path", source=CHOSEN, doc="Recorded incidents.")
    calls_csv: str | None = parameter(None, unit="path", source=CHOSEN, doc="Calls for service.")
    streets_file: str | None = parameter(
        None, unit="path", source=CHOSEN, doc="GraphML, or OpenStreetMap XML, also .bz2 or .gz."
    )
    types_file: str | None = parameter(
        None, unit="path", source=CHOSEN,
        doc="Own table of types: a CSV with columns type and class, or a YAML of class → types.",
    )  # fmt: skip
    type: Literal["burglary", "theft", "robbery", "assault"] | None = parameter(
        None, unit="class", source=CHOSEN, doc="What all rows of incidents_csv are, if it has no column that says so."
    )
    crs: str | None = parameter(
        None, unit="name", source=CHOSEN,
        doc="Coordinate system of incidents and calls whose places are in metres or feet, such as EPSG:26910.",
    )  # fmt: skip
    boundary_file: str | None = parameter(
        None, unit="path", source=CHOSEN,
        doc="Area of the city: GeoJSON, KML, GeoPackage or shapefile; absent: the hull of the rows, or of the streets.",
    )  # fmt: skip
    beats_file: str | None = parameter(
        None, unit="path", source=CHOSEN,
        doc="Areas of the beats, in place of `beats`, with a column of districts; the same kinds of file.",
    )  # fmt: skip
    stations_csv: str | None = parameter(
        None, unit="path", source=CHOSEN, doc="Places of the stations, one a district; absent: in their middles."
    )
    columns: ColumnNames = ColumnNames()
    complete: bool = parameter(
        False, unit="yes/no", source=CHOSEN,
        doc="The files hold all that was recorded: a type that is absent did not happen; else its rate is usual.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _files_only_from_data(self) -> CityParameters:
        given = [*self.paths, *(["type"] if self.type else [])]
        if self.kind == "synthetic" and given:
            raise ValueError(f"{given[0]} goes with city=from_data only")
        if self.type and not self.incidents_csv:
            raise ValueError("city.type says what all rows of city.incidents_csv are: give that file, too")
        if self.beats_file and self.beats != type(self).model_fields["beats"].default:
            raise ValueError("city.beats_file says what the beats are: leave city.beats out")
        if self.kind == "from_data" and not set(given) & set(SOURCES):
            raise ValueError(f"city=from_data needs at least one of {', '.join(SOURCES)}")
        return self

    @property
    def paths(self) -> dict[str, str]:
        """The files that are given: name of the parameter → path."""
        return {name: path for name in FILES if (path := getattr(self, name))}

    @property
    def drawn_anew(self) -> bool:
        """Whether replications have made-up cities of their own."""
        return self.kind == "synthetic" and self.layouts == "each"

    def of_replication(self, number: int) -> CityParameters:
        """Return the city of a replication, counted from 0."""
        return self.model_copy(update={"seed": self.seed + number}) if self.drawn_anew else self


class LandUse(NamedTuple):
    """Intensity of each use by cell, ≥ 0, shape [cells], zero outside the city. Only ratios within one use matter."""

    housing: Array  # dwellings
    commerce: Array  # shops and offices
    nightlife: Array
    school: Array
    transit: Array
    industry: Array
    park: Array


class TypeReport(NamedTuple):
    """What became of the rows of one type of a real file."""

    type: str  # as the file has it; empty: missing
    kind: str  # class that it was read as, see `sim.city.type_tables`
    rows: int
    used: int
    lost: Notice  # why the others were not used, with their numbers
    why: str  # what made it that class


class TakenColumn(NamedTuple):
    """A column of a real file that is read."""

    what: str  # that it is read for: time, clock, latitude, longitude, point, type, origin, number, …
    name: str
    why: Notice


STAGE_QUANTILES = tuple(round(0.05 * i, 2) for i in range(1, 20))


class StageFit(NamedTuple):
    """How long a stage of some calls of a real file took, in minutes."""

    stage: str
    calls_of: str  # all, P1 to P3, or a class
    calls: int
    mean_min: float
    median_min: float
    p90_min: float
    zero_share: float  # of calls for which it took no time
    family: str  # gamma or lognormal, whichever is likelier for the others; empty: neither was fitted
    shape: float
    scale_min: float
    distance: float  # between the distribution functions of the fit and of the calls, 0 to 1
    quantiles_min: tuple[float, ...]  # at `STAGE_QUANTILES`, of calls for which it took any time


class HandlingEvidence(NamedTuple):
    """What a file of calls says about times on scene."""

    mean_min: dict[str, Array]  # class → [priorities], shrunk
    shape: float  # of a gamma distribution round the mean
    cv: float  # standard deviation relative to the mean
    calls: int


class TurnOutEvidence(NamedTuple):
    """What a file of calls says about the time from the order until a unit is on the way."""

    mean_min: float
    cv: float  # standard deviation relative to the mean
    calls: int


@dataclass(frozen=True)
class FileReport:
    """What became of the rows of one real file."""

    path: str
    rows_read: int
    rows_used: int
    rejected: list[tuple[int, str]] = field(default_factory=list)  # (line in the file, reason)
    encoding: str = "UTF-8"
    types: tuple[TypeReport, ...] = ()  # the commonest first
    type_columns: tuple[str, ...] = ()  # that which says the type, and those that do where it says nothing
    notices: tuple[Notice, ...] = ()  # what was guessed or lost, a sentence each
    what: str = "rows"  # that it is made of
    columns: tuple[TakenColumn, ...] = ()  # that are read
    unread: tuple[str, ...] = ()  # columns that are not
    stages: tuple[StageFit, ...] = ()  # of calls
    key: str = ""  # the setting that names it, such as `city.incidents_csv`
    portrait: FilePortrait | None = None  # when and where its rows are, of incidents and calls


CRIME_EVIDENCE = ("burglary", "theft", "robbery", "assault")  # what real files tell apart, in this order


@dataclass(frozen=True)
class CrimeEvidence:
    """What recorded incidents say, for the types of `CRIME_EVIDENCE`."""

    surface: Array  # [types, cells] relative risk, mean 1 over the cells of the city, shrunk
    profile: Array  # [types, 168] relative to the mean of the week, mean 1, shrunk
    recorded_per_1000_year: Array  # [types] recorded, per 1,000 residents a year, shrunk


@dataclass(frozen=True)
class CallEvidence:
    """What calls for service say, for the kinds of `OTHER_CALLS`: calls that nothing in the model causes."""

    surface: Array  # [kinds, cells] relative rate, mean 1 over the cells of the city, shrunk
    profile: Array  # [kinds, 168] mean 1, shrunk
    share: Array  # [kinds] of these calls, shrunk
    per_1000_year: float  # all of them, per 1,000 residents a year


@dataclass(frozen=True, eq=False)
class City:
    """A place, complete and unchanging: replications and strategies share it."""

    name: str
    residents: int
    grid: Grid
    inside: Array  # [cells] False: no part of the city
    land: LandUse
    plots: Grid  # in which land is laid out and people settle; the cells themselves in a city from files
    plot_land: LandUse  # [plots]
    streets: nx.Graph[Any]
    local_speed_kmh: float  # between the centre of a cell and the streets
    beats: BeatPlan
    crime: CrimeEvidence | None = None
    calls: CallEvidence | None = None
    handling: HandlingEvidence | None = None
    turn_out: TurnOutEvidence | None = None
    arising: dict[str, float] = field(default_factory=dict)  # class that the model brings about itself → recorded rate
    files: tuple[FileReport, ...] = ()
    place: PlaceOnEarth | None = None  # where its grid lies on the earth; a made-up city lies nowhere

    @cached_property
    def travel(self) -> TravelTimes:
        """Travel times between cells; worked out when somebody first drives, for it takes longer than all the rest."""
        return TravelTimes.of_graph(self.streets, self.grid, self.local_speed_kmh, self.inside)

    @cached_property
    def _ways(self) -> Ways:
        return Ways(self.streets, self.grid, self.inside, self.travel)

    def way(self, from_cell: int, to_cell: int) -> Array:
        """Return the fastest way along the streets from the centre of a cell to that of another one.

        Those of real streets have their bends; a city that has no file of streets has those of a made-up city.

        Parameters
        ----------
        from_cell, to_cell : int
            Inside the city.

        Returns
        -------
        Array
            Points in metres of the grid, east and north, shape [points, 2], read-only; one point where it is one cell.
        """
        return self._ways.between(int(from_cell), int(to_cell))
