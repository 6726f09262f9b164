"""Files that are damaged, or made to do harm, end in one line, soon and in little memory."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from made_up_city import made_up, save

REPOSITORY = Path(__file__).parents[2]
MOST_SECONDS, MOST_GIGABYTES = 20.0, 2.0
HEADER = b"Date,Offense,Latitude,Longitude\n"
ROW = b"2016-01-01 10:00,THEFT,41.8,-87.6\n"
MUCH = 600 << 20  # bytes, more than is held
LAUGHS = '<!DOCTYPE a [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(12)) + "]>"
FOREIGN = '<!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
SHEET = "xl/worksheets/sheet1.xml"
BOOK = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
    'sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" '
    'r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}


def zipped(members: dict[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def bomb(name: str, begin: bytes, more: bytes, beside: dict[str, str] | None = None) -> bytes:
    """Return a zip of one file that unpacks to more than is held."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for other, content in (beside or {}).items():
            archive.writestr(other, content)
        with archive.open(name, "w", force_zip64=True) as stream:
            stream.write(begin)
            block = more * ((1 << 20) // len(more))
            for _ in range(MUCH >> 20):
                stream.write(block)
    return packed.getvalue()


def locked() -> bytes:
    """Return a zip that says that it needs a password."""
    content = bytearray(zipped({"rows.csv": HEADER + ROW * 60}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    return bytes(content)


def sheet(rows: str, before: str = "") -> dict[str, str | bytes]:
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return {**BOOK, SHEET: f"{before}{start}{rows}</sheetData></worksheet>"}


def noise(n: int) -> bytes:
    return random.Random(7).randbytes(n)


def geojson(geometry: str) -> bytes:
    feature = f'{{"type": "Feature", "properties": {{}}, "geometry": {geometry}}}'
    return f'{{"type": "FeatureCollection", "features": [{feature}]}}'.encode()


def bombed(pack: Callable[[bytes], bytes], begin: bytes, more: bytes) -> bytes:
    block = pack(more * ((8 << 20) // len(more)))
    return pack(begin) + block * (MUCH >> 23)


INCIDENTS = {
    "empty.csv": b"",
    "line.csv": b"\r\n",
    "noise.csv": noise(100_000),
    "nulls.csv": b"\0" * 100_000,
    "nulls_in_rows.csv": HEADER + ROW * 30 + b"\0\0\0" + ROW * 30,
    "header.csv": HEADER,
    "one_row.csv": HEADER + ROW,
    "one_place.csv": HEADER + ROW * 100,
    "infinite.csv": HEADER + b"2016-01-01,THEFT,inf,-inf\n" * 100,
    "empty_rows.csv": HEADER + b",,,\n" * 300_000,
    "huge_field.csv": HEADER + ROW * 60 + b'2016-01-01,"' + b"x" * (100 << 20) + b'",41.8,-87.6\n',
    "open_quote.csv": HEADER + ROW * 60 + b'2016-01-01,"THEFT,41.8,-87.6\n' + ROW * 300_000,
    "huge_header.csv": b"a" * (30 << 20),
    "columns.csv": b",".join(b"c%d" % i for i in range(100_000)) + b"\n" + b"," * 99_999 + b"\n",
    "million_columns.csv": b"," * 1_000_000 + b"\n1\n",
    "cut.gz": gzip.compress(HEADER + ROW * 5000)[:100],
    "flipped.gz": gzip.compress(HEADER + ROW * 5000)[:-8] + b"12345678",
    "noise.gz": b"\x1f\x8b\x08\0" + noise(5000),
    "cut.bz2": bz2.compress(HEADER + noise(50_000))[:3000],
    "cut.zip": zipped({"rows.csv": HEADER + noise(50_000)})[:3000],
    "locked.zip": locked(),
    "two.zip": zipped({"a.csv": HEADER, "b.csv": HEADER}),
    "none.zip": zipped({}),
    "zip_in.zip": zipped({"inner.zip": zipped({"rows.csv": HEADER + ROW * 60})}),
    "half_letter.csv": b"\xff\xfe" + "Date,Offense\n".encode("utf-16-le") + b"\0",
    "utf_32.csv": (HEADER + ROW * 60).decode().encode("utf-32")[:-2],
    "page.csv": b"<!DOCTYPE html><html></html>",
    "pdf.csv": b"%PDF-1.7\n" + noise(1000),
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise(4000),
    "cut.xlsx": zipped(sheet("<row/>"))[:400],
    "no_sheet.xlsx": zipped(BOOK),  # type: ignore[arg-type]
    "laughs.xlsx": zipped(sheet('<row r="1"><c t="str"><v>&a12;</v></c></row>', LAUGHS)),
    "wide.xlsx": zipped(sheet('<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>')),
}
STREETS = {
    "laughs.graphml": f'<?xml version="1.0"?>{LAUGHS}<graphml>&a12;</graphml>'.encode(),
    "foreign.osm": f'<?xml version="1.0"?>{FOREIGN}<osm version="0.6">&secret;</osm>'.encode(),
    "cut.osm": b'<?xml version="1.0"?><osm version="0.6"><node id="1" lat="1" lon="2"/><way id="3"><nd ref=',
    "deep.graphml": b"<graphml>" + b"<a>" * 100_000,
    "places.graphml": b'<graphml><graph edgedefault="directed"><node id="a"/><node id="b"/><edge source="a" '
    b'target="b"/></graph></graphml>',
    "extract.pbf": b"\0\0\0\r\n\tOSMHeader\x18\x7f" + noise(1000),
    "cut.geojson": geojson('{"type":"LineString","coordinates":[[1,2],[3,4]]}')[:90],
    "deep.geojson": geojson("[" * 1_000_000),
    "point.geojson": geojson('{"type":"Point","coordinates":[1,2]}'),
    "noise.gpkg": b"SQLite format 3\0" + noise(100_000),
    "noise.shp": b"\x00\x00\x27\x0a" + noise(10_000),
}
BOUNDARIES = {
    "laughs.kml": f'<?xml version="1.0"?>{LAUGHS}<kml><Placemark><name>&a12;</name></Placemark></kml>'.encode(),
    "foreign.kml": f'<?xml version="1.0"?>{FOREIGN}<kml><Placemark><name>&secret;</name></Placemark></kml>'.encode(),
    "foreign.vrt": b'<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/etc/hostname</SrcDataSource>'
    b"</OGRVRTLayer></OGRVRTDataSource>",
    "nan.geojson": geojson('{"type":"Polygon","coordinates":[[[NaN,1],[2,3],[4,NaN],[NaN,1]]]}'),
    "line.geojson": geojson('{"type":"Polygon","coordinates":[[[1,1],[1,1],[1,1],[1,1]]]}'),
    "elsewhere.geojson": geojson('{"type":"Polygon","coordinates":[[[1,1],[1.1,1],[1.1,1.1],[1,1]]]}'),
}
RUN = """
import json, sys, time
from pathlib import Path
from sim.city.city import CityParameters
from sim.city.from_data import build_from_data
from sim.parameters import BadInput
for given in json.load(sys.stdin):
    begin = time.process_time()
    try:
        build_from_data(CityParameters(kind="from_data", beats=2, districts=1, **given))
        said = ""
    except BadInput as bad:
        said = str(bad)
    status = dict(line.split(':', 1) for line in Path('/proc/self/status').read_text().splitlines())
    gigabytes = int(status['VmHWM'].split()[0]) / (1 << 20)  # ru_maxrss would be that of the process before exec
    print(json.dumps([said, time.process_time() - begin, gigabytes]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux tells it")
def test_every_damaged_file_ends_in_one_line_soon_and_in_little_memory(tmp_path: Path) -> None:
    rows = save(tmp_path / "rows.csv", made_up())
    bombs = {
        "bomb.gz": bombed(gzip.compress, HEADER, ROW),
        "bomb.bz2": bombed(bz2.compress, HEADER, ROW),
        "bomb.zip": bomb("rows.csv", HEADER, ROW),
        "bomb.xlsx": bomb(SHEET, b"", b"<row/>", BOOK),
    }
    given: list[dict[str, str]] = []
    for key, files in (
        ("incidents_csv", INCIDENTS | bombs),
        ("streets_file", STREETS | {"bomb.osm.gz": bombed(gzip.compress, b"<osm>", b" ")}),
        ("boundary_file", BOUNDARIES | {"bomb_of_a_map.zip": bomb("a.geojson", b'{"a": "', b" ")}),
    ):
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
            given.append({key: str(tmp_path / name)} | ({"incidents_csv": str(rows)} if key == "boundary_file" else {}))
    assert len(given) >= 40
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(given), (given[len(answers)], done.stderr[-2000:])
    for settings, (said, seconds, gigabytes) in zip(given, answers, strict=True):
        name = Path(next(iter(settings.values()))).name
        assert said.startswith("city.") or "fastexcel" in said, (name, said)
        assert "\n" not in said, name
        assert len(said) < 700, name
        assert seconds < MOST_SECONDS, (name, seconds)
        assert gigabytes < MOST_GIGABYTES, (name, gigabytes)
