"""The portrait of one run: the few small arrays that the scoreboard of patterns, its tables and its figures need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from experiments.patterns.portrait.force import ForcePortrait, force_portrait_of
from experiments.patterns.portrait.load import LoadPortrait, load_portrait_of
from experiments.presentation.indicators import DAYS_A_YEAR
from sim.incident_types import CRIME_NAMES
from sim.outcomes.near_repeat import Knox, knox_table, knox_test
from sim.outcomes.offending import RepeatVictims, by_hour_of_week, offences_by_offender, repeat_victims
from sim.outcomes.victims import burglary_hours

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sim.model import CityModel

NEAR_M, SOON_DAYS = 200.0, 14.0  # the window of the near repeat (Johnson et al. 2007)
PERMUTATIONS = 99
AGES = 120  # years, one more than the highest age
DISTANCE_EDGES_KM = np.linspace(0, 40, 801)  # bins of 50 m


class Kind(NamedTuple):
    """Incidents of one kind in one run."""

    true: int
    reported: int
    recorded: int
    by_hour: NDArray[np.int64]  # [168]
    by_distance: NDArray[np.int64]  # bins of DISTANCE_EDGES_KM, home of the offender to the place; 0 where unknown


@dataclass(frozen=True)
class Portrait:
    """What is kept of one run.

    Attributes
    ----------
    residents : int
        People of the city.
    days : float
        Measured days.
    kinds : dict
        `type`, or `type: subtype` where a type has subtypes → its incidents.
    calls : dict
        True type → calls by hour of the week, shape [168].
    offences : array
        Offences of each known offender with at least one, most first.
    victims : RepeatVictims
        Repeat victimisation.
    burglaries : dict
        Target of burglary (`empty_home`, `sleeping_home`, `shop`) → burglaries by hour of the week, shape [168].
    by_day : dict
        Type of crime → true crimes by measured day, shape [days].
    fraud_ages : array
        Victims of fraud by age in years, shape [`AGES`].
    crimes : array
        Crimes by cell of the city, but for fraud, which comes from elsewhere; shape [cells].
    knox : Knox or None
        Pairs of true burglaries by band; None where it was not asked for.
    knox_window : Knox or None
        Pairs within `NEAR_M` and `SOON_DAYS`, from pointpats.
    found_disputes : (int, int)
        Disputes that ended of which mediators had heard, and of these those that mediation ended.
    force : ForcePortrait
        Personnel by day, clearance, news of series.
    load : LoadPortrait
        What patrol has to do, and how calls fare.
    indicators : dict
        All indicators of the run, the user's own among them.
    """

    residents: int
    days: float
    kinds: dict[str, Kind]
    calls: dict[str, NDArray[np.int64]]
    offences: NDArray[np.int64]
    victims: RepeatVictims
    burglaries: dict[str, NDArray[np.int64]]
    by_day: dict[str, NDArray[np.int64]]
    fraud_ages: NDArray[np.int64]
    crimes: NDArray[np.int64]
    knox: Knox | None
    knox_window: Knox | None
    found_disputes: tuple[int, int]
    force: ForcePortrait
    load: LoadPortrait
    indicators: dict[str, float | None]

    def per_1000_a_year(self, count: float) -> float:
        """Return a count as a yearly rate per 1,000 residents."""
        return count * 1000 / self.residents * DAYS_A_YEAR / self.days


RECORDS = Portrait, Kind, RepeatVictims, Knox, ForcePortrait, LoadPortrait  # of which a portrait is made, for the store


def portray(task: Mapping[str, Any]) -> Portrait:
    """Run one scenario and keep its portrait.

    Parameters
    ----------
    task : mapping
        `scenario`: the scenario as plain values; `knox`: whether pairs of burglaries are wanted, which takes a second.
    """
    from sim.model import CityModel
    from sim.scenario import Scenario

    model = CityModel(Scenario.model_validate(task["scenario"]))
    model.run()
    results = model.results()
    return portrait_of(results.tables, results.indicators, model, task["knox"])


def portrait_of(
    tables: Mapping[str, Mapping[str, Any]], indicators: Mapping[str, float | None], model: CityModel, knox: bool
) -> Portrait:
    """Make the portrait of a finished run from its tables and indicators."""
    scenario, city = model.scenario, model.city
    incidents, calls = tables["incidents"], tables["calls"]
    weekday = (scenario.clock.start_weekday + scenario.warmup_days) % 7  # of the first measured day
    names, true_types = kinds_of(incidents), np.asarray(calls.get("true_type", calls["type"]))
    types = np.asarray(incidents["type"])
    x_m, y_m, time_min = (np.asarray(incidents[name])[types == "burglary"] for name in ("x_m", "y_m", "time_min"))
    return Portrait(
        residents=city.residents,
        days=float(scenario.days),
        kinds={str(name): _kind(incidents, names == name, weekday) for name in np.unique(names)},
        calls={
            str(name): by_hour_of_week(np.asarray(calls["received_min"])[true_types == name], weekday)
            for name in np.unique(true_types)
        },
        offences=offences_by_offender(incidents["offender_id"], incidents.get("co_offender_id")),
        victims=repeat_victims(incidents["victim_id"]),
        burglaries=burglary_hours(incidents, weekday),
        by_day={name: np.asarray(tables["daily"][f"crimes_{name}"], dtype=np.int64) for name in CRIME_NAMES},
        fraud_ages=np.bincount(
            np.ma.compressed(np.ma.asarray(incidents["victim_age"])[types == "fraud"]), minlength=AGES
        )[:AGES],
        crimes=np.bincount(np.asarray(incidents["cell"])[types != "fraud"], minlength=city.grid.n_cells)[city.inside],
        knox=knox_table(x_m, y_m, time_min, PERMUTATIONS, scenario.seed) if knox else None,
        knox_window=(knox_test(x_m, y_m, time_min, NEAR_M, SOON_DAYS, PERMUTATIONS, scenario.seed) if knox else None),
        found_disputes=_found_disputes(tables["disputes"]),
        force=force_portrait_of(tables, indicators, city.residents, scenario.force.crew),
        load=load_portrait_of(tables, indicators, model),
        indicators=dict(indicators),
    )


def kinds_in(portrait: Portrait, *names: str) -> list[Kind]:
    """Return the kinds of these names, or of these types."""
    return [kind for name, kind in portrait.kinds.items() if name in names or name.partition(":")[0] in names]


def kinds_of(incidents: Mapping[str, Any]) -> NDArray[np.str_]:
    """Name the kind of each incident: `theft: shoplifting`, or `burglary` where the type has no subtypes.

    Parameters
    ----------
    incidents : mapping
        Columns of the table of incidents; `subtype` is masked where a type has none.
    """
    types = np.asarray(incidents["type"]).astype(str)
    if "subtype" not in incidents:
        return types
    subtypes = np.ma.asarray(incidents["subtype"])
    named = np.ma.getdata(subtypes).astype(str)
    plain = np.ma.getmaskarray(subtypes) | (named == "")
    return np.where(plain, types, np.char.add(np.char.add(types, ": "), named))


def _found_disputes(disputes: Mapping[str, Any]) -> tuple[int, int]:
    outcome = np.asarray(disputes["outcome"])
    ended = ~np.ma.getmaskarray(np.ma.asarray(disputes["found_min"])) & (outcome != "open")
    return int(ended.sum()), int((outcome[ended] == "mediated").sum())


def _kind(incidents: Mapping[str, Any], rows: NDArray[np.bool_], weekday: int) -> Kind:
    distance = (
        np.ma.compressed(np.ma.masked_invalid(np.ma.asarray(incidents["home_distance_km"])[rows]))
        if "home_distance_km" in incidents
        else np.zeros(0)
    )
    return Kind(
        true=int(rows.sum()),
        reported=int(np.asarray(incidents["reported"])[rows].sum()),
        recorded=int(np.ma.asarray(incidents["recorded_time_min"])[rows].count()),
        by_hour=by_hour_of_week(np.asarray(incidents["time_min"])[rows], weekday),
        by_distance=np.histogram(np.minimum(distance, DISTANCE_EDGES_KM[-1]), DISTANCE_EDGES_KM)[0],
    )
