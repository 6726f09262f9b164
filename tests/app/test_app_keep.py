"""Claims about what the app keeps: it is there after a restart, for its user alone, and stays in its folder."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.keep import Keep

MARKUP = "<script>alert(1)</script>../../etc/passwd"


def test_the_secret_stays_the_same_and_only_its_user_can_read_it(tmp_path: Path) -> None:
    first = Keep(tmp_path / "kept")
    secret = first.secret
    assert len(secret) > 30
    assert Keep(tmp_path / "kept").secret == secret
    assert stat.S_IMODE((tmp_path / "kept" / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700


def test_a_session_finds_again_what_it_wrote_and_no_other_does(tmp_path: Path) -> None:
    keep = Keep(tmp_path)
    keep.session("a").write("draft", {"name": MARKUP})
    keep.session("a").write("language", "zh")
    again = Keep(tmp_path).session("a")
    assert (again.read("draft"), again.read("language")) == ({"name": MARKUP}, "zh")
    assert keep.session("b").read("draft") is None
    assert "a" not in again.key.split("-"), "the key tells nothing of the cookie"


def test_a_damaged_file_is_a_session_that_begins_anew(tmp_path: Path) -> None:
    session = Keep(tmp_path).session("a")
    session.write("draft", 1)
    (session.folder / "session.json").write_text("{")
    assert session.read("draft", 7) == 7
    session.write("draft", 2)
    assert session.read("draft") == 2


@pytest.mark.parametrize(
    "names",
    [
        (), ("..",), ("..", "secret"), ("reports", "..", "..", "secret"), ("/etc/passwd",), ("reports", ""),
        (".hidden",), ("reports/a.html",), ("REPORTS",), (MARKUP,), ("a\0",), ("link.html",), ("reports",),
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_no_files_of_a_session(tmp_path: Path, names: tuple[str, ...]) -> None:
    keep = Keep(tmp_path)
    _ = keep.secret
    folder = keep.session("a").new_folder("reports")
    (folder / "report.html").write_text("mine")
    (keep.session("a").folder / "link.html").symlink_to(tmp_path / "secret")
    assert keep.session("a").file(*names) is None
    assert keep.session("a").file("reports", folder.name, "report.html") == folder / "report.html"
    assert keep.session("b").file("reports", folder.name, "report.html") is None


def test_what_is_shared_is_found_by_its_whole_name_alone(tmp_path: Path) -> None:
    keep = Keep(tmp_path)
    path = keep.share("name: mine\n")
    name = path.removeprefix("/shared/")
    assert len(name) == 32
    found = Keep(tmp_path).shared(name)
    assert found is not None
    assert found.read_text() == "name: mine\n"
    assert [keep.shared(other) for other in (name[:-1], "../secret", "../shared/" + name, name.upper() + "g")] == [
        None
    ] * 4
