"""Reads the clock of rows: hours, minutes and halves of the day in whatever form a file writes them."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

DAY_S = 86_400
NOT_ASCII = r"[^\x00-\x7f]"
ZONE = (
    r"(?i)(:\d{2}(?:[.,]\d+)?(?:\s*[AP]\.?M\.?)?|\d{8} \d{4}(?:\d{2})?)"
    r"\s*(Z|UTC|GMT|[ECMP][SD]?T|[+-]\d{2}(?::?\d{2})?)(?:\[.*\])?$"
)
HALF = r"(?i)(?:\s*[AP]\.?\s?M\.?)"
CLOCKS = (
    rf"(?:^| )(\d{{1,2}}:\d{{1,2}}(?::\d{{1,2}}(?:[.,]\d+)?)?{HALF}?|\d{{1,2}}{HALF})$",
    rf" (\d{{1,2}}\.\d{{2}}(?:\.\d{{2}}(?:\.\d+)?)?{HALF}?)$",
    r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} (\d{3,4}|\d{6})$",
    r"^\d{8} ?(\d{4}|\d{6})$",
)
# hour, minute, second, half of the day
CLOCK = r"(?i)^(\d{1,2})(?:[:.H](\d{1,2})?(?:[:.](\d{1,2})(?:[.,]\d+)?)?)?\s*(?:([AP])\.?\s?M\.?)?$"
DIGITS = r"^\d+$"
# Chinese words for the halves of the day, before the clock or after the date.
MORNING, AFTERNOON = r"(?:上午|凌晨|早上|清晨|早晨)", r"(?:下午|晚上|傍晚|中午|晚间|夜间)"


class Written(NamedTuple):
    """The parts of a date and time as text, null where absent."""

    date: pl.Series
    clock: pl.Series
    zone: pl.Series  # `Z`, `UTC`, `+00`, `-05:00`, `EST`, …, in capitals


def split_times(text: pl.Series) -> Written:
    """Part the text of each row into date, clock and zone."""
    text = _western(text.str.strip_chars()).str.replace(r"(\d)[Tt](\d)", "${1} ${2}").str.replace_all(r"\s+", " ")
    zone = text.str.extract(ZONE, 2).str.to_uppercase()
    text = text.str.replace(ZONE, "${1}") if zone.null_count() < len(zone) else text
    text = text.str.replace(r"([ \d]\d{3,})\.0+$", "${1}")  # 1845.0
    clock = text.str.extract(CLOCKS[0], 1)
    for pattern in CLOCKS[1:]:
        if clock.null_count() == text.null_count():
            break
        clock = pl.select(pl.coalesce(clock, text.str.extract(pattern, 1))).to_series()
    length = clock.str.len_chars().fill_null(0)
    table = pl.DataFrame({"text": text, "length": length})
    date = table.select(pl.col("text").str.head(pl.col("text").str.len_chars() - pl.col("length"))).to_series()
    return Written(date.str.strip_chars(" ,"), clock, zone)


def parse_clocks(text: pl.Series) -> pl.Series:
    """Return seconds since midnight, Int64, null where the text is no clock.

    Read are `22:07`, `22:7:30.5`, `10:07 PM`, `10 p.m.`, `22h07`, `2207`, `907.0`, `220730`, `22时7分`, `下午10:07`,
    and these behind a date; whole numbers of at most 24 throughout are hours.
    """
    each = text.unique()
    table = pl.DataFrame({"text": each, "seconds": _seconds(each)})
    return pl.DataFrame({"text": text}).join(table, on="text", how="left", maintain_order="left")["seconds"]


def _seconds(text: pl.Series) -> pl.Series:
    written = split_times(text)
    tidy = pl.select(pl.coalesce(written.clock, written.date)).to_series().str.replace(r"\.0+$", "")
    digits = tidy.str.contains(DIGITS).fill_null(False)
    most = tidy.filter(digits).cast(pl.Int64, strict=False).max()
    if most is not None and most > 24:  # type: ignore[operator]
        padded = tidy.str.zfill(4)
        padded = pl.select(pl.when(tidy.str.len_chars() > 4).then(tidy.str.zfill(6)).otherwise(padded)).to_series()
        spelt = padded.str.replace(r"^(\d\d)(\d\d)(\d\d)?$", "${1}:${2}:${3}").str.strip_suffix(":")
        tidy = pl.select(pl.when(digits).then(spelt).otherwise(tidy)).to_series()
    parts = tidy.str.extract_groups(CLOCK).struct.unnest()
    hour, minute, second = (pl.col(name).cast(pl.Int64, strict=False) for name in parts.columns[:3])
    half = pl.col(parts.columns[3]).str.to_uppercase()
    hour = (
        pl.when((half == "P") & (hour < 12)).then(hour + 12).when((half == "A") & (hour == 12)).then(0).otherwise(hour)
    )
    seconds = hour * 3600 + minute.fill_null(0) * 60 + second.fill_null(0)
    whole = (minute.fill_null(0) < 60) & (second.fill_null(0) <= 60) & (seconds <= DAY_S)
    return parts.select(pl.when(whole).then(seconds).alias("seconds")).to_series()


def zone_seconds(zone: pl.Series) -> pl.Series:
    """Return the seconds east of Greenwich that zones name, Int64; null for none and for names such as EST."""
    table = pl.DataFrame({"zone": zone})
    number = pl.col("zone").str.extract_groups(r"^([+-])(\d{2}):?(\d{2})?$").struct
    size = number[1].cast(pl.Int64) * 3600 + number[2].cast(pl.Int64).fill_null(0) * 60
    return table.select(
        pl.when(pl.col("zone").is_in(["Z", "UTC", "GMT"])).then(0)
        .when(number[0] == "-").then(-size)
        .otherwise(size).cast(pl.Int64).alias("seconds")
    ).to_series()  # fmt: skip


def _western(text: pl.Series) -> pl.Series:
    """Write Chinese clocks and halves of the day as western ones, without days of the week and words for hours."""
    tidy = text.str.replace(r"(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? ", "")
    tidy = tidy.str.replace(r"(?i)(\d)\s*(?:uhr|hrs?|h)\.?$", "${1}")
    if not (tidy.str.contains(NOT_ASCII).any() or False):
        return tidy
    return (
        tidy.str.replace_all(r"[\u00a0\u202f\u3000]", " ")  # AM and PM stand behind such spaces in many browsers
        .str.replace_all("：", ":")
        .str.replace(r"[(（]?(?:星期|周|週|礼拜|禮拜)[一二三四五六日天][)）]?", " ")
        .str.replace(r"[日号號]", " ")
        .str.replace(r"(\d)\s*[时時点點]\s*(\d)", "${1}:${2}")
        .str.replace(r"(\d)\s*[时時点點]整?", "${1}:00")
        .str.replace(r"(\d)\s*分\s*(\d)", "${1}:${2}")
        .str.replace(r"[分秒]", "")
        .str.replace(rf"{MORNING}\s*([\d:.]+)", " ${1} AM")
        .str.replace(rf"{AFTERNOON}\s*([\d:.]+)", " ${1} PM")
        .str.strip_chars()
    )
