"""Finds out how the bytes of a table are to be read as text."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

CHUNK = 1 << 20
SAMPLE = 4 * CHUNK  # bytes from the first one beyond ASCII on
ENOUGH = 0.7  # of the letters beyond ASCII have to be common ones; assumption
MOST_DAMAGED = 0.1  # of the letters of a text in UTF-8; assumption
MOST_CONTROL = 0.001  # of the bytes of a text
# The two national standards sort their common characters (3,755 and 5,401) before the rare ones.
COMMON = {
    "GB18030": re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]"),
    "Big5": re.compile(rb"[\xa1-\xa3\xa4-\xc6][\x40-\x7e\xa1-\xfe]"),
}
CODEC = {"GB18030": "gb18030", "Big5": "big5hkscs"}
CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x0c\x1a") + b"\x7f"


class Text(NamedTuple):
    """The text of a file."""

    utf8: bytes
    encoding: str  # that the file has
    damaged: int = 0  # letters that are none, each kept as U+FFFD


def as_text(raw: bytes) -> Text | None:
    """Return bytes as text, or None if they are no text.

    Tried in this order: UTF-16, UTF-32 (by their marks, or by empty bytes); UTF-8, up to a tenth of whose letters may
    be damaged; GB18030 or Big5, whichever makes more of the letters beyond ASCII common Chinese characters, and at
    least seven in ten; Windows-1252; Latin-1.
    """
    head = raw[: 64 * 1024]
    if wide := _wide(head):
        try:
            return Text(raw.decode(wide).encode(), wide)
        except UnicodeError:  # half a letter, or half of one that takes two
            return None
    if b"\0" in raw or len(head) - len(head.translate(None, CONTROLS)) > MOST_CONTROL * len(head):
        return None
    text = _utf_8(raw)
    if text is not None:
        return text
    first = re.search(rb"[\x80-\xff]", raw)
    sample = raw[first.start() :][:SAMPLE] if first else b""
    shares = {name: _share_of_common(sample, name) for name in COMMON}
    for name in sorted((name for name, share in shares.items() if share >= ENOUGH), key=lambda name: -shares[name]):
        text = _read_as(raw, CODEC[name], name)
        if text is not None:
            return text
    return _read_as(raw, "cp1252", "Windows-1252") or _read_as(raw, "latin-1", "Latin-1")


def _wide(head: bytes) -> str | None:
    """Return which UTF-16, or UTF-32, a file is in, if it is."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    empty = [head[start::2].count(0) / max(len(head) // 2, 1) for start in (0, 1)]
    if max(empty) > 0.3 > 0.1 > min(empty):  # the one byte of two that is empty in most western letters and digits
        return "UTF-16-LE" if empty[1] > empty[0] else "UTF-16-BE"
    return None


def _utf_8(raw: bytes) -> Text | None:
    """Return a text in UTF-8; one with some damage, such as the half letter where it was cut, is still one."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(raw), CHUNK):  # the text itself is not needed
            decoder.decode(raw[start : start + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        text = raw.decode("utf-8", errors="replace")
        damaged = text.count("\ufffd") - raw.count("\ufffd".encode())
        letters = sum(len(run) for run in re.findall(r"[^\x00-\x7f]+", text))
        return None if damaged > MOST_DAMAGED * letters else Text(text.encode(), "UTF-8", damaged)
    return Text(raw.removeprefix(codecs.BOM_UTF8), "UTF-8")


def _share_of_common(sample: bytes, name: str) -> float:
    """Return the share of the letters beyond ASCII that are common Chinese ones.

    One whose second byte is ASCII counts in a word of two or more only: western texts have such pairs.
    """
    words = re.findall(r"[^\x00-\x7f]+", sample.decode(CODEC[name], errors="replace"))
    common, alone = set(), set()
    for letter in set("".join(words)) - {"\ufffd"}:
        pair = letter.encode(CODEC[name])
        if COMMON[name].fullmatch(pair):
            common.add(letter)
            if pair[1] < 0x80:
                alone.add(letter)
    found = sum(letter in common and (len(word) > 1 or letter not in alone) for word in words for letter in word)
    return found / max(sum(map(len, words)), 1)


def _read_as(raw: bytes, codec: str, name: str) -> Text | None:
    try:
        return Text(raw.decode(codec).encode(), name)
    except UnicodeError:
        return None
