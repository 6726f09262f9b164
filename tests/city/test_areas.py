"""A city has the boundary, beats and stations that its files say."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from made_up_city import city_of, made_up, save

from sim.city.areas import BEATS, BOUNDARY, STATIONS
from sim.city.city import CityParameters
from sim.parameters import BadInput

WEST, EAST, SOUTH, NORTH = -87.612, -87.588, 41.791, 41.809  # of the made-up rows, 2 × 2 km


def square(west: float, south: float, east: float, north: float, **properties: object) -> dict[str, object]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def geojson(path: Path, features: list[dict[str, object]]) -> str:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


def quarters(path: Path, district: tuple[str, ...] = ("South", "North", "South", "North")) -> str:
    """Write four beats, west to east and south to north, two a district."""
    middle_x, middle_y = (WEST + EAST) / 2, (SOUTH + NORTH) / 2
    corners = [
        (x, y, x + (EAST - WEST) / 2, y + (NORTH - SOUTH) / 2) for x in (WEST, middle_x) for y in (SOUTH, middle_y)
    ]
    names = "ABCD"
    features = [square(*c, Beat=n, District=d) for c, n, d in zip(corners, names, district, strict=True)]
    return geojson(path, features)


def rows(tmp_path: Path) -> Path:
    return save(tmp_path / "rows.csv", made_up())


def test_a_city_is_what_its_boundary_encloses_and_rows_outside_are_rejected(tmp_path: Path) -> None:
    half = geojson(tmp_path / "half.geojson", [square(WEST, SOUTH, (WEST + EAST) / 2, NORTH)])
    city = city_of(rows(tmp_path), boundary_file=half, cell_m=100.0)
    km2 = city.inside.sum() * 0.1**2
    assert km2 == pytest.approx(0.012 * 82.9 * 0.018 * 111.2, rel=0.03)
    read, boundary = city.files
    assert {reason for _, reason in read.rejected} == {"outside the boundary"}
    assert read.rows_used + len(read.rejected) == 240
    assert 90 < read.rows_used < 150
    assert (boundary.what, boundary.rows_used) == ("shapes", 1)


@pytest.mark.parametrize("form", ["kml", "gpkg", "shp", "zip"])
def test_a_boundary_is_the_same_in_every_form(form: str, tmp_path: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    plain = geojson(tmp_path / "plain.geojson", [square(WEST, SOUTH, EAST, 41.8)])
    frame = geopandas.read_file(plain)
    if form != "kml":
        frame = frame.to_crs("EPSG:26916")
    name = "area.shp" if form == "zip" else f"area.{form}"
    frame.to_file(tmp_path / name, driver={"kml": "KML", "gpkg": "GPKG"}.get(form, "ESRI Shapefile"))
    if form == "zip":
        with zipfile.ZipFile(tmp_path / "area.zip", "w") as archive:
            for part in ("shp", "shx", "dbf", "prj"):
                archive.write(tmp_path / f"area.{part}", f"folder/area.{part}")
    read, expected = (
        city_of(rows(tmp_path), boundary_file=str(tmp_path / file), cell_m=100.0)
        for file in (f"area.{form}", "plain.geojson")
    )
    assert read.inside.sum() == pytest.approx(expected.inside.sum(), rel=0.03)
    assert read.files[0].rows_used == pytest.approx(expected.files[0].rows_used, abs=1)


def test_beats_and_districts_are_those_of_the_map(tmp_path: Path) -> None:
    city = city_of(rows(tmp_path), beats_file=quarters(tmp_path / "beats.geojson"), districts=2, cell_m=100.0)
    plan, grid = city.beats, city.grid
    assert len(plan.centre_cell) == 4
    assert plan.district.tolist() == [0, 0, 1, 1]
    assert (plan.beat >= 0).tolist() == city.inside.tolist()
    y = grid.y_m[plan.station_cell]
    assert y[0] > y[1] + 500  # North is the first by name
    sizes = np.bincount(plan.beat[plan.beat >= 0])
    assert sizes.min() > 0.85 * sizes.max()
    assert {len(set(np.sign(grid.x_m[plan.beat == b] - grid.x_m[city.inside].mean()))) for b in range(4)} == {1}
    with pytest.raises(BadInput, match=r"^city\.districts: 1 is not allowed: the 2 districts of .*city\.districts=2"):
        city_of(rows(tmp_path), beats_file=quarters(tmp_path / "beats.geojson"))


def test_beats_without_districts_are_shared_out_by_place(tmp_path: Path) -> None:
    path = quarters(tmp_path / "beats.geojson")
    text = Path(path).read_text().replace('"District"', '"Colour"')
    Path(path).write_text(text)
    plan = city_of(rows(tmp_path), beats_file=path, districts=2, cell_m=100.0).beats
    assert plan.district.tolist() == [0, 0, 1, 1]


def test_a_station_stands_where_it_stands(tmp_path: Path) -> None:
    stations = tmp_path / "stations.csv"
    south, north = f"south,{SOUTH + 0.001},{WEST + 0.001}", f"north,{NORTH - 0.001},{EAST - 0.001}"
    stations.write_text("\n".join(["name,latitude,longitude", south, north]))
    given = {"stations_csv": str(stations), "districts": 2, "cell_m": 100.0}
    city = city_of(rows(tmp_path), beats_file=quarters(tmp_path / "b.geojson"), **given)
    x, y = city.grid.x_m[city.beats.station_cell], city.grid.y_m[city.beats.station_cell]
    inside_x, inside_y = city.grid.x_m[city.inside], city.grid.y_m[city.inside]
    assert (inside_x.max() - x[0] < 200, inside_y.max() - y[0] < 250) == (True, True)  # North first
    assert (x[1] - inside_x.min() < 200, y[1] - inside_y.min() < 250) == (True, True)
    assert [file.what for file in city.files] == ["rows", "stations", "shapes"]
    made_of_rows = city_of(rows(tmp_path), **given)
    assert np.ptp(made_of_rows.grid.y_m[made_of_rows.beats.station_cell]) > 1500


@pytest.mark.parametrize(
    ("name", "content", "changes", "message"),
    [
        ("boundary_file", '{"type": "FeatureCollection", "features": []}', {}, rf"^{BOUNDARY}: .*areas \(polygons\)"),
        ("boundary_file", "a,b\n1,2\n", {}, rf"^{BOUNDARY}: .*none of them"),
        ("boundary_file", '{"type": "Feat', {}, rf"^{BOUNDARY}: .*cannot be read"),
        ("boundary_file", "<OGRVRTDataSource></OGRVRTDataSource>", {}, rf"^{BOUNDARY}: .*none of them"),
        ("beats_file", "", {}, rf"^{BEATS}: .*none of them"),
        ("stations_csv", "name,street\nA,Elm\n", {}, rf"^{STATIONS}: .*it has name, street"),
        ("stations_csv", "latitude,longitude\n41.8,-87.6\n41.81,-87.6\n", {}, rf"^{STATIONS}: .*, 1; 2 of"),
        ("stations_csv", "latitude,longitude\n42.8,-87.6\n", {}, rf"^{STATIONS}: .*that of line 2 lies 1.. km from it"),
    ],
)  # fmt: skip
def test_a_file_that_says_no_area_or_station_is_refused_in_one_line(
    name: str, content: str, changes: dict[str, object], message: str, tmp_path: Path
) -> None:
    (tmp_path / "given").write_text(content)
    with pytest.raises(BadInput, match=message) as caught:
        city_of(rows(tmp_path), **{name: str(tmp_path / "given")}, **changes)
    assert "\n" not in str(caught.value)


def test_a_beat_that_is_smaller_than_cells_is_named(tmp_path: Path) -> None:
    beats = geojson(
        tmp_path / "beats.geojson",
        [square(WEST, SOUTH, EAST, 41.8, beat="large"), square(WEST, 41.8, WEST + 0.001, 41.8005, beat="small")],
    )
    with pytest.raises(BadInput, match=rf"^{BEATS}: .*'small' has \d: lower city\.cell_m"):
        city_of(rows(tmp_path), beats_file=beats, districts=1)


def test_a_boundary_alone_is_no_city_and_one_of_a_made_up_city_is_refused() -> None:
    with pytest.raises(ValueError, match="needs at least one of incidents_csv"):
        CityParameters(kind="from_data", boundary_file="x.geojson")
    with pytest.raises(ValueError, match="boundary_file goes with city=from_data only"):
        CityParameters(boundary_file="x.geojson")


def test_a_number_of_beats_beside_a_file_of_them_is_refused() -> None:
    with pytest.raises(ValueError, match=r"leave city\.beats out"):
        CityParameters(kind="from_data", incidents_csv="a.csv", beats_file="b.geojson", beats=9)
