"""Reads the stages of calls from a file: received, dispatched, on the way, arrived, cleared, and their urgency."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
import polars as pl

from sim.arrays import Array
from sim.city.city import ColumnNames, TakenColumn
from sim.city.clocks import parse_clocks
from sim.city.file_columns import plain
from sim.city.notices import Notice, Weight
from sim.city.tables import Table
from sim.city.times import parse_times
from sim.parameters import BadInput

# Words in the names of the columns of each stage, as dispatch systems and open-data portals have them.
STAGES = {
    "received": ("received", "timecreate", "createtime", "addts", "entrydttm", "entrytime", "calltime", "calldatetime",
                 "timequeued", "报警时间", "接警时间", "報案時間"),
    "dispatched": ("dispatch", "dispts", "timeassigned", "派警时间", "派单时间", "派警時間"),
    "on the way": ("enroute", "responsedttm", "出警时间", "出发时间", "出警時間"),
    "arrived": ("arriv", "onscene", "atscene", "到达时间", "到场时间", "抵达时间", "到達時間"),
    "cleared": ("clear", "closed", "closng", "closing", "timeclose", "closetime", "available", "completed", "endtime",
                "结束时间", "处置完毕", "處理完畢"),
}  # fmt: skip
NO_TIMES = ("lat", "lon", "minutes", "seconds", "interval", "elapsed", "code", "type", "desc", "district", "unit", "by")
PRIORITY = ("priority", "prioritylevel", "callpriority", "finalpriority", "prioritydesc", "prioritycode",
            "priorityfinal", "警情级别", "优先级", "警情等級")  # fmt: skip
ON_SCENE, TURN_OUT = "on scene", "turn-out"
INTERVALS = {  # of two stages each, in this order; those of which a stage is absent are unknown
    "call-taking and waiting": ("received", "dispatched"),
    TURN_OUT: ("dispatched", "on the way"),
    "travel": ("on the way", "arrived"),
    "turn-out and travel": ("dispatched", "arrived"),
    "from receipt to arrival": ("received", "arrived"),
    ON_SCENE: ("arrived", "cleared"),
}
LONGEST_MIN, DAY_MIN = 1440.0, 1440.0
SAMPLE = 400
HALF = 0.5
WORDS = {  # for priorities, in the order in which they are looked for
    3: r"low|routine|non.?emergen|deferred|三级|一般",
    1: r"emergen|urgent|critical|immediate|high|hot|紧急|特急|一级|緊急",
    2: r"medium|prompt|moderate|normal|二级",
}
MOST_PRIORITIES = 12
UNKNOWN_PRIORITY = 0


class CallStages(NamedTuple):
    """How long the stages of each call took."""

    minutes: dict[str, Array]  # interval → [rows] minutes, NaN where unknown
    priority: Array  # [rows] 1, 2 or 3; 0 where unknown
    columns: tuple[TakenColumn, ...]
    notices: tuple[Notice, ...]

    def of(self, rows: Array) -> CallStages:
        """Return the stages of some rows."""
        minutes = {name: of_all[rows] for name, of_all in self.minutes.items()}
        return self._replace(minutes=minutes, priority=self.priority[rows])


def read_stages(table: Table, field: str, time_name: str, names: ColumnNames) -> CallStages | None:
    """Return how long the stages of each row took, None if no two stages are in the file.

    Parameters
    ----------
    table : Table
        The file.
    field, time_name : str
        `city.calls_csv`, for errors, and the column of the time, which is that of the receipt unless its name says
        another stage.
    names : ColumnNames
        What the user said about times.
    """
    frame = table.frame
    columns, read = _moments(frame, field, time_name, names)
    intervals = {name: _between(read[a], read[b]) for name, (a, b) in INTERVALS.items() if a in read and b in read}
    if not intervals:
        return None
    wrong = {name: int((values < 0).sum() + (values > LONGEST_MIN).sum()) for name, values in intervals.items()}
    notices = [
        Notice(
            "{rows:,} calls have a stage ({stage}) that ends before it begins, or lasts over a day: not counted for it",
            Weight.LOST, rows=n, stage=Notice(name),
        )
        for name, n in wrong.items()
        if n
    ]  # fmt: skip
    kept = {
        name: np.where((values >= 0) & (values <= LONGEST_MIN), values, np.nan) for name, values in intervals.items()
    }
    priority, column, said = _priority(frame, _served(read))
    taken = [TakenColumn(stage, name, Notice("its name is one of those that such columns have"))
             for stage, name in columns.items()]  # fmt: skip
    taken += [TakenColumn("priority", column, Notice("its name is one of those that such columns have"))] * bool(column)
    return CallStages(kept, priority, tuple(taken), (*notices, *said))


def _moments(
    frame: pl.DataFrame, field: str, time_name: str, names: ColumnNames
) -> tuple[dict[str, str], dict[str, _Moments]]:
    """Return the column of each stage that the file has, and its moments."""
    columns: dict[str, str] = {}
    read: dict[str, _Moments] = {}

    def take(stage: str, name: str) -> None:
        moments = None if name in columns.values() else _minutes(frame[name], field, name, names)
        if moments is not None:
            columns[stage], read[stage] = name, moments

    for stage, words in STAGES.items():
        for name in frame.columns:
            if stage not in read and _is_of(name, words):
                take(stage, name)
    if "received" not in read:
        take("received", time_name)
    return columns, read


def _is_of(name: str, words: tuple[str, ...]) -> bool:
    text = plain(name)
    return any(word in text for word in words) and not any(text.endswith(word) for word in NO_TIMES)


class _Moments(NamedTuple):
    """Moments in minutes: since 1970, or since midnight where a column has clocks alone."""

    value: Array
    clock_only: bool


def _minutes(text: pl.Series, field: str, name: str, names: ColumnNames) -> _Moments | None:
    """Return the moments of a column, None if most of what it has are none with a clock."""
    there = text.drop_nulls()
    some = there.gather_every(max(1, len(there) // SAMPLE)) if len(there) else there
    if _are_times(some, field, name, names):
        try:
            parsed = parse_times(text, field, name, names.time_format)
        except BadInput:  # the whole column fits in two ways, or hardly at all
            return None
        return _Moments(np.where(parsed.has_clock, parsed.stamp.astype(np.int64) / 60, np.nan), False)
    if len(some) and parse_clocks(some).count() >= HALF * len(some):
        return _Moments(parse_clocks(text).cast(pl.Float64).fill_null(np.nan).to_numpy() / 60, True)
    return None


def _are_times(text: pl.Series, field: str, name: str, names: ColumnNames) -> bool:
    try:
        return len(text) > 0 and bool(parse_times(text, field, name, names.time_format).has_clock.mean() >= HALF)
    except BadInput:
        return False


def _between(first: _Moments, second: _Moments) -> Array:
    """Return the minutes between moments [rows]; of clocks alone those to the next time that the clock shows so."""
    apart: Array = second.value - first.value
    if not (first.clock_only or second.clock_only):
        return apart
    apart = apart % DAY_MIN
    return np.where(apart > DAY_MIN / 2, np.nan, apart)


def _served(read: dict[str, _Moments]) -> Array | None:
    """Return the minutes until somebody came, or until somebody was sent [rows]; None if the file has neither."""
    for first, second in (("received", "arrived"), ("dispatched", "arrived"), ("received", "dispatched")):
        if first in read and second in read:
            minutes = _between(read[first], read[second])
            return np.where((minutes >= 0) & (minutes <= LONGEST_MIN), minutes, np.nan)
    return None


def _priority(frame: pl.DataFrame, served: Array | None) -> tuple[Array, str, tuple[Notice, ...]]:
    """Return how urgent each row is, 1 to 3 or 0 where unknown, its column, and what to say about it.

    Numbers count upwards from the most urgent, unless calls with higher ones are served sooner; from the third on all
    are 3.
    """
    by_plain = {plain(name): name for name in reversed(frame.columns)}
    name = next((by_plain[wanted] for wanted in PRIORITY if wanted in by_plain), "")
    unknown = np.zeros(frame.height, dtype=np.int8)
    if not name or frame[name].n_unique() > MOST_PRIORITIES:
        return unknown, "", ()
    text = frame[name].str.strip_chars()
    number = text.str.extract(r"(\d)", 1).cast(pl.Int8)
    levels = sorted(number.unique().drop_nulls().to_list())
    if number.count() >= HALF * text.count() and len(levels) > 1:
        if served is not None and _later(number, levels[-1], served) < _later(number, levels[0], served):
            levels.reverse()
        rank = {level: min(place + 1, 3) for place, level in enumerate(levels)}
        out = number.replace_strict(rank, default=UNKNOWN_PRIORITY, return_dtype=pl.Int8)
    else:
        rank = {value: _urgency(value) for value in text.unique().drop_nulls().to_list()}
        if len({level for level in rank.values() if level}) < 2:
            return unknown, "", ()
        out = text.replace_strict(rank, default=UNKNOWN_PRIORITY, return_dtype=pl.Int8)
    told = tuple(f"{value} = P{level}" for value, level in sorted(rank.items(), key=lambda item: item[1]) if level)
    said = Notice("priorities of column {column!r} are read as {levels}", Weight.ASSUMED, column=name, levels=told)
    return out.to_numpy(), name, (said,)


def _urgency(words: str) -> int:
    """Return the priority that words such as `Urgent` or `Routine` mean, 0 if they mean none."""
    return next((level for level, pattern in WORDS.items() if re.search(pattern, words, re.IGNORECASE)), 0)


def _later(number: pl.Series, level: int, served: Array) -> float:
    """Return the median minutes until calls of a level are served; endless if none was."""
    of_level = served[(number == level).fill_null(False).to_numpy()]
    return float(np.nanmedian(of_level)) if np.isfinite(of_level).any() else np.inf
