"""A release has one version: the package's, the newest of the changelog, and that of the citation, with its date."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

import beatlab

ROOT = Path(__file__).parents[2]


def test_package_changelog_and_citation_name_one_version_and_one_day():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\] – (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert newest is not None
    assert newest.groups() == (citation["version"], citation["date-released"].isoformat())
    assert beatlab.__version__ == citation["version"]


def test_no_locked_package_comes_from_a_place_of_its_own():
    for lock in (ROOT / "requirements.lock", ROOT / "docs" / "requirements.lock"):
        pins = [line for line in lock.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        assert len(pins) > 50
        assert [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; .*)?", pin)] == []
