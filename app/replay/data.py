"""Runs as the player reads them: columns in whole numbers, the city that they share, words in both languages."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from app.replay.columns import Differences
from app.replay.moments import CRIME, RECORD, common, moments
from app.replay.past import past_of, said_of
from app.replay.scripts import script
from app.replay.tables import CASE_STATES, DISPUTE_OUTCOMES, KINDS, NOTED, OUTCOMES, SUBJECTS, run_tables, short
from experiments.languages.speech import ENGLISH, LANGUAGES, listed, opened, say, speaking
from experiments.presentation.indicators import indicator
from experiments.presentation.names import noun, programme_name, shortage_name, strategy_name
from sim.police.patrol.units import ACTIVITY_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.replay.moments import Moment
    from app.replay.past import Past
    from app.replay.recording import Recording
    from sim.city.city import City

FORMAT = 1  # rises when a player could not read what is written any more
MOST_UNITS = 32_000  # that a coordinate may have, in `unit_m` of its city
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
        east, north = (short(points[:, axis] / self.unit_m) for axis in (0, 1))
        return {"first": Differences(first.astype(np.int32)), "x": Differences(east), "y": Differences(north)}


def tree(recordings: Sequence[Recording]) -> dict[str, Any]:
    """Return recordings as the tree that `app.replay.columns.pack` takes, described in README.md beside this module.

    Parameters
    ----------
    recordings : sequence of Recording
        Of one or two strategies, each in the same replications; A is that of the first one.
    """
    first = recordings[0]
    sides = list({one.name: one for one in recordings}.values())
    alone = len({one.shortage for one in recordings}) == 1
    replications = sorted({one.replication for one in recordings})
    side_by_side = [
        [one for side in sides for one in recordings if (one.name, one.replication) == (side.name, replication)]
        for replication in replications
    ]
    past = past_of(side_by_side)
    return {
        "format": FORMAT,
        "days": first.scenario.days,
        "start_weekday": first.scenario.clock.start_weekday,
        "languages": list(LANGUAGES),
        "words": {language: _words(language) for language in LANGUAGES if language != ENGLISH},
        "title": in_languages(lambda: _title(sides)),
        "note": in_languages(lambda: _note(first, past)),
        "types": [in_languages(partial(noun, name)) for name in KINDS],
        "activities": list(ACTIVITY_NAMES),
        "outcomes": list(OUTCOMES),
        "case_states": list(CASE_STATES),
        "subjects": [in_languages(partial(_subject, name)) for name in SUBJECTS],
        "dispute_outcomes": list(DISPUTE_OUTCOMES),
        "noted": [in_languages(partial(_noted, *one)) for one in NOTED],
        "branch": None if past is None else {"at": past.at, "begins": past.begins},
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
    return tuple(dict.fromkeys(SAID.findall(script())))


def _words(language: str) -> dict[str, str]:
    with speaking(language):
        return {words: say(words) for words in player_words()}


def _title(sides: Sequence[Recording]) -> str:
    names, city = [strategy_name(one.strategy) for one in sides if one.branch is None], noun(sides[0].city.name)
    if (branch := sides[-1].branch) is not None:
        words = "{city}: {strategy}, and otherwise from day {day} on"
        return say(words, city=city, strategy=names[0], day=branch.first_day + 1)
    return say("{city}: {strategies}", city=city, strategies=listed(names))


def _note(first: Recording, past: Past | None) -> str:
    words = say(
        "{residents:,} residents, {shortage}, seed {seed}, {days} days. Same city, same people, same chance: only the "
        "police differ.",
        residents=first.city.residents, shortage=shortage_name(first.shortage), seed=first.scenario.seed,
        days=first.scenario.days,
    )  # fmt: skip
    return words if past is None else f"{words} {said_of(past)}"


def _subject(name: str) -> str:
    return opened(noun(f"{name}_dispute"))


def _noted(programme: str, measure: str) -> str:
    return indicator(f"{programme}_{measure}").label


def _label(one: Recording, alone: bool) -> str:
    name = strategy_name(one.strategy) if one.branch is None else one.branch.words
    return name if alone else f"{name} ({shortage_name(one.shortage)})"


def _pair(runs: Sequence[Recording], alone: bool) -> dict[str, Any]:
    city = runs[0].city
    streets = Streets(city, _unit_m(city), {})
    tables = [run.results.tables for run in runs]
    crimes = common([each["incidents"] for each in tables], CRIME)
    records = common([each["recorded"] for each in tables], RECORD)
    told = [
        {
            "label": in_languages(partial(_label, run, alone)),
            "command": run.command,
            "indicators": {name: _finite(run.results.indicators.get(name)) for name in TOTALS},
            **run_tables(run, streets.number, streets.unit_m, both, known),
        }
        for run, both, known in zip(runs, crimes, records, strict=True)
    ]
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
        "streets": {name: Differences(short(ends[:, i] / unit)) for i, name in enumerate(("x0", "y0", "x1", "y1"))},
        "ways": streets.table(),
    }  # fmt: skip


def _moment(one: Moment) -> dict[str, Any]:
    name = programme_name if one.kind == "programme" else noun
    where = {} if one.place_m is None else {"x": one.place_m[0], "y": one.place_m[1]}
    call = {} if one.call is None else {"call": one.call}
    names = {} if one.kind == "branch" else {
        "programme" if one.kind == "programme" else "what": in_languages(lambda: name(one.what))
    }  # fmt: skip
    return {
        "kind": one.kind, "at": round(one.at_min, 2), "run": one.run, **where, **call,
        "names": names,
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
