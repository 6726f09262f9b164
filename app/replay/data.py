"""Runs as the player reads them: columns in whole numbers, the city that they share, words in both languages."""

from __future__ import annotations

import re
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from app.replay.columns import Differences
from app.replay.moments import CRIME, RECORD, common, moments
from experiments.languages.speech import ENGLISH, LANGUAGES, listed, say, speaking
from experiments.presentation.names import noun, programme_name, shortage_name, strategy_name
from sim.clock import MINUTES_PER_DAY
from sim.incident_types import TYPE_NAMES
from sim.outcomes.waiting import quantile
from sim.police.patrol.units import ACTIVITY_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.replay.moments import Moment
    from app.replay.recording import Recording
    from sim.city.city import City
    from sim.scenario import Scenario

FORMAT = 1  # rises when a player could not read what is written any more
HUNDREDTHS = 100  # of a minute
NEVER = -1
MOST_UNITS = 32_000  # that a coordinate may have, in `unit_m` of its city
KINDS = tuple(dict.fromkeys(TYPE_NAMES))
OUTCOMES = ("served", "desk", "expired", "diverted", "open")
SAID = re.compile(r'\b(?:say|text)\("((?:[^"\\]|\\.)*)"')  # words of the player
TOTALS = ("crimes_total", "harm_total", "recorded_total", "calls_total", "arrests", "response_p1_median_min")


class Streets(NamedTuple):
    """The ways of a city that are driven: a number for each pair of cells, in the order in which they are met."""

    city: City
    unit_m: float
    numbers: dict[tuple[int, int], int]

    def number(self, origin: int, destination: int) -> int:
        """Return the number of the way between two cells."""
        return self.numbers.setdefault((origin, destination), len(self.numbers))

    def table(self) -> dict[str, Any]:
        """Return the points of all ways, one after the other, those left out at which a way goes straight on."""
        ways = [_bends(self.city.way(*pair)) for pair in self.numbers]
        points = np.vstack([np.zeros((0, 2)), *ways])
        first = np.cumsum([0, *map(len, ways)])
        east, north = (_short(points[:, axis] / self.unit_m) for axis in (0, 1))
        return {"first": Differences(first.astype(np.int32)), "x": Differences(east), "y": Differences(north)}


def tree(recordings: Sequence[Recording]) -> dict[str, Any]:
    """Return recordings as the tree that `app.replay.columns.pack` takes, described in README.md beside this module.

    Parameters
    ----------
    recordings : sequence of Recording
        Of one or two strategies, each in the same replications; A is that of the first one.
    """
    first = recordings[0]
    sides = list(dict.fromkeys(one.name for one in recordings))
    alone = len({one.shortage for one in recordings}) == 1
    replications = sorted({one.replication for one in recordings})
    side_by_side = [
        [one for side in sides for one in recordings if (one.name, one.replication) == (side, replication)]
        for replication in replications
    ]
    return {
        "format": FORMAT,
        "days": first.scenario.days,
        "start_weekday": first.scenario.clock.start_weekday,
        "languages": list(LANGUAGES),
        "words": {language: _words(language) for language in LANGUAGES if language != ENGLISH},
        "title": in_languages(lambda: _title(first, sides)),
        "note": in_languages(lambda: _note(first)),
        "types": [in_languages(partial(noun, name)) for name in KINDS],
        "activities": list(ACTIVITY_NAMES),
        "outcomes": list(OUTCOMES),
        "pairs": [_pair(runs, alone) for runs in side_by_side],
    }


def in_languages(words: Callable[[], str]) -> dict[str, str]:
    """Return what something is called in every language."""
    found = {}
    for language in LANGUAGES:
        with speaking(language):
            found[language] = words()
    return found


@cache
def player_words() -> tuple[str, ...]:
    """Return all words of the player, as it has them in English."""
    script = (files("app.replay") / "player" / "player.js").read_text(encoding="utf-8")
    return tuple(dict.fromkeys(SAID.findall(script)))


def _words(language: str) -> dict[str, str]:
    with speaking(language):
        return {words: say(words) for words in player_words()}


def _title(first: Recording, sides: Sequence[tuple[str, str]]) -> str:
    names = [strategy_name(strategy) for strategy, _ in sides]
    return say("{city}: {strategies}", city=first.city.name, strategies=listed(names))


def _note(first: Recording) -> str:
    return say(
        "{residents:,} residents, {shortage}, seed {seed}, {days} days. Same city, same people, same chance: only the "
        "police differ.",
        residents=first.city.residents, shortage=shortage_name(first.shortage), seed=first.scenario.seed,
        days=first.scenario.days,
    )  # fmt: skip


def _label(one: Recording, alone: bool) -> str:
    name = strategy_name(one.strategy)
    return name if alone else f"{name} ({shortage_name(one.shortage)})"


def _pair(runs: Sequence[Recording], alone: bool) -> dict[str, Any]:
    city = runs[0].city
    streets = Streets(city, _unit_m(city), {})
    tables = [run.results.tables for run in runs]
    crimes = common([each["incidents"] for each in tables], CRIME)
    records = common([each["recorded"] for each in tables], RECORD)
    told = [_run(run, streets, both, known, alone) for run, both, known in zip(runs, crimes, records, strict=True)]
    return {
        "replication": runs[0].replication,
        "runs": told,
        "moments": [_moment(one) for one in moments(runs)],
        "city": _city(city, streets),
    }


def _city(city: City, streets: Streets) -> dict[str, Any]:
    grid, graph, unit = city.grid, city.streets, streets.unit_m
    ends = np.array(
        [[graph.nodes[node][axis] for node in edge for axis in ("x_m", "y_m")] for edge in graph.edges]
    ).reshape(-1, 4)
    uses = np.stack([use / (use.mean() or 1) for use in city.land])
    land = np.where(uses.max(axis=0) > 0, uses.argmax(axis=0) + 1, 0)
    return {
        "rows": grid.n_rows, "columns": grid.n_cols, "cell_m": grid.cell_m, "unit_m": unit,
        "stations": city.beats.station_cell.tolist(),
        "beat": Differences(city.beats.beat.astype(np.int16)),
        "district": Differences(city.beats.district_of_cell.astype(np.int16)),
        "land": np.where(city.inside, land, 0).astype(np.uint8),
        "streets": {name: Differences(_short(ends[:, i] / unit)) for i, name in enumerate(("x0", "y0", "x1", "y1"))},
        "ways": streets.table(),
    }  # fmt: skip


def _run(
    run: Recording, streets: Streets, common_crimes: np.ndarray, common_records: np.ndarray, alone: bool
) -> dict[str, Any]:
    tables = run.results.tables
    calls = tables["calls"]
    unit = streets.unit_m
    tracks, stops = _tracks(tables["tracks"], calls["call_id"], streets)
    return {
        "label": in_languages(lambda: _label(run, alone)),
        "indicators": {name: _finite(run.results.indicators.get(name)) for name in TOTALS},
        "response_p1": _response_so_far(calls, run.scenario),
        "tracks": tracks,
        "stops": stops,
        "incidents": _crimes(tables["incidents"], unit) | {"common": common_crimes.astype(np.uint8)},
        "recorded": {
            "type": _codes(tables["recorded"]["type"], KINDS),
            "time": Differences(_hundredths(tables["recorded"]["recorded_time_min"])),
            "cell": tables["recorded"]["cell"].astype(np.int32),
            "common": common_records.astype(np.uint8),
        },
        "calls": _calls(calls, run.scenario),
        "watches": {
            "cell": np.asarray(tables["watches"]["cell"], dtype=np.int32),
            "start": Differences(_hundredths(tables["watches"]["start_min"])),
            "end": Differences(_hundredths(tables["watches"]["end_min"])),
        },
    }


def _crimes(incidents: Mapping[str, Any], unit_m: float) -> dict[str, Any]:
    return {
        "type": _codes(incidents["type"], KINDS),
        "time": Differences(_hundredths(incidents["time_min"])),
        "x": _short(incidents["x_m"] / unit_m),
        "y": _short(incidents["y_m"] / unit_m),
        "arrest": _hundredths(incidents["arrest_time_min"]),
        "harm": np.asarray(incidents["harm"], dtype=np.float32),
    }


def _given_up(calls: Mapping[str, Any], scenario: Scenario) -> np.ndarray:
    """Return when callers gave up, infinity where they did not, shape [calls]."""
    patience = np.array(scenario.dispatch.patience_min)[np.asarray(calls["priority"], dtype=int) - 1]
    return np.where(calls["outcome"] == "expired", calls["received_min"] + patience, np.inf)


def _response_so_far(calls: Mapping[str, Any], scenario: Scenario) -> np.ndarray:
    """Return the median response to calls of priority 1 at the end of each hour, as far as it is known then.

    Not-a-number where nobody has asked yet, infinity where it falls among those who gave up; shape [hours + 1].
    """
    asked = (calls["priority"] == 1) & (calls["discovered_by"] == "caller")
    asked &= ~np.isin(calls["outcome"], ("desk", "diverted"))
    received = np.asarray(calls["received_min"])[asked]
    arrived = np.ma.filled(calls["arrived_min"], np.inf)[asked]
    given_up = _given_up(calls, scenario)[asked]
    found = np.full(scenario.days * 24 + 1, np.nan, dtype=np.float32)
    for hour in range(1, len(found)):
        now = hour * 60.0
        known = received < now
        reached = np.where(arrived < now, arrived - received, np.nan)[known]
        median = quantile(reached, given_up[known] <= now, now - received[known], 0.5)
        found[hour] = np.nan if median is None else median
    return found


def _calls(calls: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    never = float(scenario.days * MINUTES_PER_DAY + 1)
    gone = np.where(calls["outcome"] == "expired", _given_up(calls, scenario), np.ma.filled(calls["taken_min"], never))
    waits = np.where(np.isin(calls["outcome"], ("served", "open")), never, gone)
    ended = np.where(np.ma.getmaskarray(calls["arrived_min"]), waits, np.ma.filled(calls["arrived_min"], never))
    return {
        "type": _codes(calls["type"], KINDS),
        "priority": np.asarray(calls["priority"], dtype=np.uint8),
        "caller": (calls["discovered_by"] == "caller").astype(np.uint8),
        "received": Differences(_hundredths(calls["received_min"])),
        **{
            name: Differences(_hundredths(calls[f"{name}_min"]))
            for name in ("dispatched", "under_way", "arrived", "cleared")
        },
        "ended": Differences(_hundredths(ended)),
        "unit": np.ma.filled(calls["unit_id"], NEVER).astype(np.int16),
        "cell": np.asarray(calls["cell"], dtype=np.int32),
        "outcome": _codes(calls["outcome"], OUTCOMES),
    }


def _tracks(tracks: Mapping[str, Any], call_ids: np.ndarray, streets: Streets) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what each unit does, unit by unit, and the stops of all in order of time."""
    order = np.lexsort((tracks["start_min"], tracks["unit"]))
    unit, activity, here, there, start_min = (
        np.asarray(tracks[name])[order] for name in ("unit", "activity", "from_cell", "to_cell", "start_min")
    )
    start = _hundredths(start_min)
    way = [
        streets.number(*pair) if pair[0] != pair[1] else NEVER - pair[0]
        for pair in zip(here.tolist(), there.tolist(), strict=True)
    ]
    units = int(unit.max(initial=-1)) + 1
    row_of = {number: row for row, number in enumerate(np.asarray(call_ids).tolist())}
    served = np.ma.filled(tracks["call"], NEVER)[order].tolist()
    on_foot = np.asarray(tracks["on_foot"], dtype=np.uint8)[order]
    stops = activity == "patrol_stop"
    by_time = np.argsort(start[stops], kind="stable")
    return {
        "first": np.searchsorted(unit, np.arange(units + 1)).astype(np.int32),
        "activity": _codes(activity, ACTIVITY_NAMES),
        "start": Differences(start),
        "way": Differences(np.array(way, dtype=np.int32)),
        "call": np.array([row_of.get(number, NEVER) for number in served], dtype=np.int32),
        "on_foot": on_foot,
    }, {"start": Differences(start[stops][by_time]), "cell": here[stops][by_time].astype(np.int32)}


def _moment(one: Moment) -> dict[str, Any]:
    name = programme_name if one.kind == "programme" else noun
    where = {} if one.place_m is None else {"x": one.place_m[0], "y": one.place_m[1]}
    call = {} if one.call is None else {"call": one.call}
    return {
        "kind": one.kind, "at": round(one.at_min, 2), "run": one.run, **where, **call,
        "names": {"programme" if one.kind == "programme" else "what": in_languages(lambda: name(one.what))},
    }  # fmt: skip


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _unit_m(city: City) -> float:
    """Return the length, in metres, of which coordinates are whole numbers: 1 m up to 32 km."""
    return max(1.0, float(np.ceil(max(city.grid.size_m) / MOST_UNITS)))


def _bends(points: np.ndarray) -> np.ndarray:
    """Return the points of a way at which it does not go straight on."""
    if len(points) < 3:
        return points
    step = np.diff(points, axis=0)
    turns = step[:-1, 0] * step[1:, 1] - step[:-1, 1] * step[1:, 0]
    back = (step[:-1] * step[1:]).sum(axis=1) <= 0
    kept: np.ndarray = points[np.concatenate([[True], (np.abs(turns) > 1e-6) | back, [True]])]
    return kept


def _short(values: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.rint(values).astype(np.int16)
    return found


def _hundredths(minutes: Any) -> np.ndarray:
    """Return times in hundredths of minutes, `NEVER` where absent."""
    plain: np.ndarray = np.ma.filled(np.ma.asarray(minutes, dtype=float), np.nan)
    found: np.ndarray = np.where(np.isnan(plain), NEVER, np.rint(plain * HUNDREDTHS)).astype(np.int32)
    return found


def _codes(names: Any, known: Sequence[str]) -> np.ndarray:
    """Return names as their places in a list."""
    place = {name: i for i, name in enumerate(known)}
    return np.array([place[name] for name in np.asarray(names).tolist()], dtype=np.uint8)
