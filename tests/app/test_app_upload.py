"""Claims about files that are brought to the desk Plan: what is unpacked is bounded, and every refusal is one line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from app.desks.plan_upload import MOST_UNPACKED, looked_at
from sim.parameters import BadInput

MB = 2**20


def test_a_small_file_that_unpacks_to_more_than_is_allowed_is_refused_in_one_line(tmp_path: Path) -> None:
    head, row = b"time,crime,latitude,longitude\n", b"2023-01-01 10:00,theft,31.0,117.0\n"
    part = gzip.compress(row * (MB // len(row) + 1))
    packed = tmp_path / "file.gz"
    packed.write_bytes(gzip.compress(head) + part * (MOST_UNPACKED // MB))
    assert packed.stat().st_size < 2 * MB
    with pytest.raises(BadInput, match="a file of at most 256 MB, unpacked") as refused:
        looked_at([str(packed)], "en", tmp_path / "page")
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "page").exists()
