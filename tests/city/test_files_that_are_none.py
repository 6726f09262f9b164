"""Files of a user are read if they are what they should be.

And refused in one line, soon and in little memory, if they are anything else.
"""

from __future__ import annotations

import bz2
import gzip
import io
import os
import random
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from made_up_city import city_of, made_up, rows_of, save

from sim.city import real_files
from sim.city.placed_streets import place_streets
from sim.city.read_rows import INCIDENTS
from sim.city.street_files import read_streets
from sim.city.street_formats import STREETS
from sim.city.streets import StreetParameters
from sim.city.tables import read_table
from sim.parameters import BadInput

HEAD = '<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
KEYS = "".join(
    f'<key id="{name}" for="{what}" attr.name="{name}" attr.type="{kind}"/>'
    for name, what, kind in (("x", "node", "double"), ("y", "node", "double"), ("geometry", "edge", "string"))
)


def streets(x: str = "120.001", line: str = "") -> str:
    """Return GraphML of two junctions and the street between them, one of which lies at x."""
    nodes = "".join(
        f'<node id="{name}"><data key="x">{at}</data><data key="y">30</data></node>'
        for name, at in (("a", "120"), ("b", x))
    )
    edges = f'<edge source="a" target="b"><data key="geometry">{line}</data></edge><edge source="b" target="a"/>'
    return f'{HEAD}{KEYS}<graph edgedefault="directed">{nodes}{edges}</graph></graphml>'


def table(encoding: str) -> bytes:
    names = {"Date": "时间", "Offense": "类型", "Latitude": "纬度", "Longitude": "经度"}
    kinds = {"BURGLARY": "入室盗窃", "THEFT": "盗窃", "ROBBERY": "抢劫", "ASSAULT": "故意伤害"}
    if encoding == "big5":  # which has the traditional characters only
        names = {"Date": "日期", "Offense": "type", "Latitude": "latitude", "Longitude": "longitude"}
        kinds = {
            "BURGLARY": "BURGLARY 入室竊盜",
            "THEFT": "THEFT 竊盜",
            "ROBBERY": "ROBBERY 搶劫",
            "ASSAULT": "ASSAULT 傷害",
        }
    rows = made_up(types=tuple(kinds))
    columns = {names[name]: [kinds.get(value, value) for value in rows[name]] for name in names}
    lines = [",".join(columns), *(",".join(row) for row in zip(*columns.values(), strict=True))]
    return ("\n".join(lines) + "\n").encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
        ("gb18030", "GB18030"),
        ("big5", "Big5"),
    ],
)
def test_a_table_means_the_same_in_every_encoding_and_it_is_said_which_was_read(
    encoding: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_bytes(table(encoding))
    rows = rows_of(tmp_path / "rows.csv")
    assert (rows.report.rows_used, rows.report.encoding) == (240, said)


@pytest.mark.parametrize(
    ("encoding", "said"), [("latin-1", "Windows-1252"), ("cp1252", "Windows-1252"), ("utf-8", "UTF-8")]
)
@pytest.mark.parametrize("street", ["Rue Montréal", "SÃO PAULO", "Größe, Äpfel", "ÅRHUS ÆBLEVEJ", "½ MÜNCHEN"])
def test_a_western_encoding_is_not_taken_for_chinese(encoding: str, said: str, street: str, tmp_path: Path) -> None:
    save(tmp_path / "utf8.csv", {**made_up(), "Street": [street] * 240})
    (tmp_path / "rows.csv").write_bytes((tmp_path / "utf8.csv").read_text(encoding="utf-8").encode(encoding))
    table = read_table(str(tmp_path / "rows.csv"), INCIDENTS)
    assert table.encoding == said
    assert set(table.frame["Street"]) == {street}


def zipped(content: bytes, *names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("suffix", [".gz", ""])
@pytest.mark.parametrize(
    "pack",
    [
        gzip.compress,
        bz2.compress,
        lambda content: zipped(content, "rows.csv", "__MACOSX/._rows.csv"),
        lambda content: content,
    ],
    ids=["gzip", "bzip2", "zip", "plain"],
)
def test_a_packed_table_is_read_whatever_its_name(suffix: str, pack, tmp_path: Path) -> None:
    save(tmp_path / "rows.csv", made_up())
    (tmp_path / f"given.csv{suffix}").write_bytes(pack((tmp_path / "rows.csv").read_bytes()))
    assert rows_of(tmp_path / f"given.csv{suffix}").report.rows_used == 240


def test_a_zip_with_several_files_names_them(tmp_path: Path) -> None:
    (tmp_path / "rows.zip").write_bytes(zipped(b"a,b\n1,2\n", "2020.csv", "2021.csv"))
    assert "holds 2 (2020.csv, 2021.csv)" in refusal(READERS[0].values[0], str(tmp_path / "rows.zip"))


def refusal(read, path: str) -> str:
    """Return why a file is refused."""
    with pytest.raises(BadInput) as caught:
        read(path)
    said = str(caught.value)
    assert "\n" not in said
    return said


READERS = [
    pytest.param(lambda path: read_table(path, INCIDENTS), id="table"),
    pytest.param(lambda path: read_streets(path, StreetParameters()), id="streets"),
]


@pytest.mark.parametrize("read", READERS)
def test_what_is_no_regular_file_is_refused_at_once(read, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "circle.csv").symlink_to("circle.csv")
    for path in ("pipe.csv", "circle.csv", "circle.csv/in/it", "missing.csv", "."):
        assert refusal(read, str(tmp_path / path)).startswith("city.")
    for path in ("/dev/zero", "/dev/null", "~nobody-at-all/x", "a\0b", "x" * 5000, ""):
        assert refusal(read, path).startswith("city.")


@pytest.mark.parametrize("read", READERS)
def test_a_file_that_unpacks_to_more_than_we_hold_is_refused_in_little_memory(
    read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real_files, "MOST_TABLE_BYTES", 4 << 20)
    monkeypatch.setattr(real_files, "MOST_STREET_BYTES", 4 << 20)
    row, node = b"2020-01-01,30,120,theft\n", b'<node id="1"><data key="x">1</data></node>\n'
    for name, begin, more in (
        ("rows.csv", b"date,lat,lon,type\n", row),
        ("nodes.graphml", HEAD.encode(), node),
        ("text.osm", b"<osm>", b" "),
        ("attribute.osm", b"<osm a='", b"a"),
    ):
        block = more * ((1 << 20) // len(more))
        packs = {
            suffix: pack(begin) + pack(block) * 64 for suffix, pack in ((".gz", gzip.compress), (".bz2", bz2.compress))
        }
        for suffix, packed in (packs | {".zip": zipped(begin + block * 64, "one")}).items():
            (tmp_path / f"{name}{suffix}").write_bytes(packed)
            tracemalloc.start()
            refusal(read, str(tmp_path / f"{name}{suffix}"))
            assert tracemalloc.get_traced_memory()[1] < 24 << 20
            tracemalloc.stop()


def test_streets_have_a_limit_of_nodes_of_elements_and_of_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "streets.graphml"
    file.write_text(streets())
    assert len(read_streets(str(file), StreetParameters()).graph) == 2
    for name in ("MOST_STREET_NODES", "MOST_STREET_ELEMENTS"):
        with monkeypatch.context() as patch:
            patch.setattr(real_files, name, 1)
            assert "streets of one city, of at most" in refusal(READERS[1].values[0], str(file))
    file.write_text(streets(line="LINESTRING (" + ", ".join(f"{-170 + 340 * (i % 2)} 30" for i in range(20)) + ")"))
    net = read_streets(str(file), StreetParameters())
    with pytest.raises(BadInput, match=rf"{STREETS}: .* of at most 200,000 km; these are"):
        place_streets(net, lambda x, y: (x * 96_000, y * 111_000), None, str(file))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('<?xml version="1.0" encoding="klingon"?><graphml/>', "unknown encoding"),
        (f'{HEAD}<graph><node id="{"a" * 10_000_000}"/></graph></graphml>', "a tag or text of over 4 MB"),
        (streets(x="1e308"), "nodes in degrees"),
        (streets(line="LINESTRING (120 30, 1e308 30)"), "streets in degrees"),
        ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><graphml>&b;</graphml>', "defines entities"),
        ("<graphml>" + "<a>" * 1000 + "</a>" * 1000 + "</graphml>", "elements in elements"),
        ('<?xml version="1.0"?><osm><tag k="a" v="b"/><node id="1" lat="1" lon="1"/></osm>', "cannot be read"),
        ('<?xml version="1.0"?><osm><nd ref="1"/></osm>', "cannot be read"),
    ],
    ids=["encoding", "attribute", "place", "course", "entity", "depth", "tag", "nd"],
)
def test_streets_that_are_none_are_refused_in_one_line(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "streets.xml").write_text(content)
    assert says in refusal(READERS[1].values[0], str(tmp_path / "streets.xml"))


@pytest.mark.parametrize("value", ["1e308", "-1e308", "1e999", "9" * 400, "nan"])
def test_a_row_at_no_place_on_earth_is_rejected_and_the_others_are_used(value: str, tmp_path: Path) -> None:
    rows = made_up()
    rows["Latitude"][7] = value
    assert rows_of(save(tmp_path / "rows.csv", rows)).report.rejected[0][0] == 9


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"\0" * 5000,
        b"a" * 3_000_000,
        b"," * 3_000_000 + b"\n1,2\n",
        b"\x1f\x8b\x08",
        b"\x89PNG\r\n\x1a\n\0\0",
    ],
)
def test_a_table_that_is_none_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    for name in ("rows.csv", "rows.csv.gz"):
        (tmp_path / name).write_bytes(content)
        refusal(READERS[0].values[0], str(tmp_path / name))


def test_a_damaged_file_is_read_or_refused_in_one_line(tmp_path: Path) -> None:
    """A hundred mutations of a table and of streets, with a fixed seed."""
    draw = random.Random(13)
    save(tmp_path / "rows.csv", made_up())
    whole = {
        "rows.csv": (tmp_path / "rows.csv").read_bytes(),
        "rows.csv.gz": gzip.compress(table("gb18030")),
        "streets.graphml": streets().encode(),
    }
    for _ in range(100):
        name, content = draw.choice(list(whole.items()))
        damaged = bytearray(content)
        for _ in range(draw.choice([1, 3, 30])):
            at = draw.randrange(len(damaged))
            damaged[at : at + draw.choice([0, 1, 1, 1, 40])] = draw.choice(
                [b"", b"\0", b"\xff", b'"', b",", b"\n", b"<", bytes([draw.randrange(256)])]
            )
        (tmp_path / name).write_bytes(damaged)
        try:
            if name.startswith("rows"):
                city_of(incidents=tmp_path / name)
            else:
                read_streets(str(tmp_path / name), StreetParameters())
        except BadInput as bad:
            said = str(bad)
        else:
            said = "read"
        assert said.isprintable() or "\u3000" in said


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="needs to give up rights")
def test_a_folder_that_must_not_be_entered_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    (tmp_path / "closed" / "rows.csv").write_text("a\n1\n")
    child = os.fork()
    if child == 0:
        os.seteuid(65534)
        try:
            read_table(str(tmp_path / "closed" / "rows.csv"), INCIDENTS)
        except BadInput as bad:
            os._exit(0 if "Permission denied" in str(bad) else 1)
        except BaseException:
            os._exit(2)
        os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("name", ["Latitude", "Offense", "Date"])
def test_two_columns_of_one_name_with_different_content_are_refused_and_the_same_twice_is_read(
    name: str, tmp_path: Path
) -> None:
    save(tmp_path / "once.csv", made_up())
    head, *lines = (tmp_path / "once.csv").read_text().splitlines()
    place = head.split(",").index(name)
    for file, said in (("same", lambda line: line.split(",")[place]), ("other", lambda line: "0")):
        (tmp_path / f"{file}.csv").write_text(
            "\n".join([f"{head},{name}", *(f"{line},{said(line)}" for line in lines)]) + "\n"
        )
    assert rows_of(tmp_path / "same.csv").report.rows_used == 240
    with pytest.raises(BadInput, match=f"a file with one column '{name}'; this one has several with different content"):
        rows_of(tmp_path / "other.csv")


def test_a_file_of_one_place_is_refused_as_such(tmp_path: Path) -> None:
    rows = made_up()
    save(tmp_path / "rows.csv", {**rows, "Latitude": ["30.0"] * 240, "Longitude": ["120.0"] * 240})
    with pytest.raises(
        BadInput, match=r"^city\.incidents_csv: .* rows at several places; all that can be used lie in one cell of"
    ):
        city_of(tmp_path / "rows.csv")
