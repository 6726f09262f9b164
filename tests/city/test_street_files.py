"""Claims about streets that are read from GraphML and from OpenStreetMap XML."""

from __future__ import annotations

import bz2
import csv
import re
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from sim.city.city import City, CityParameters
from sim.city.from_data import build_from_data
from sim.city.placed_streets import place_streets
from sim.city.street_files import StreetNet, read_streets
from sim.city.streets import StreetParameters, drive_minutes
from sim.parameters import BadInput

OAKLAND = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "west_oakland.osm.bz2"
LATITUDE, LONGITUDE = 41.8, -87.6
STEP = 0.001  # degrees: about 111 m north, 83 m east


def flat(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return metres east and north of the place where the made-up streets begin."""
    return (np.asarray(longitude) - LONGITUDE) * 82_900, (np.asarray(latitude) - LATITUDE) * 111_200


def osm(ways: list[tuple[list[int], dict[str, str]]], side: int = 4) -> str:
    """Return OpenStreetMap XML of a square of nodes 1, 2, … row by row from the south-west, with ways along them."""
    nodes = [
        f'<node id="{i + 1}" lat="{LATITUDE + STEP * (i // side)}" lon="{LONGITUDE + STEP * (i % side)}"/>'
        for i in range(side * side)
    ]
    texts = []
    for number, (refs, tags) in enumerate(ways):
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs) + "".join(
            f'<tag k="{k}" v="{v}"/>' for k, v in tags.items()
        )
        texts.append(f'<way id="{100 + number}">{inner}</way>')
    return f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{"".join(nodes)}{"".join(texts)}</osm>'


BLOCK = [
    ([6, 7], {"highway": "residential"}),
    ([7, 11], {"highway": "primary"}),
    ([11, 10], {"highway": "residential"}),
    ([10, 6], {"highway": "residential"}),
]
DEAD_ENDS = [([end, corner], {"highway": "residential"}) for end, corner in ((2, 6), (8, 7), (15, 11), (9, 10))]
SQUARE = BLOCK + DEAD_ENDS


def read(tmp_path: Path, ways: list[tuple[list[int], dict[str, str]]]) -> StreetNet:
    path = tmp_path / "streets.osm"
    path.write_text(osm(ways))
    return read_streets(str(path), StreetParameters())


def graph_of(net: StreetNet) -> nx.DiGraph:
    return place_streets(net, flat, None, "streets").graph


def graphml(path: Path, side: int = 12) -> Path:
    """Write a square lattice of streets as OSMnx would."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for i in range(side):
        for j in range(side):
            graph.add_node(i * side + j, x=LONGITUDE + STEP * j, y=LATITUDE + STEP * i)
            for other in ([(i - 1) * side + j] if i else []) + ([i * side + j - 1] if j else []):
                tags = {"osmid": 1, "highway": "secondary" if i == 5 else "residential", "length": 100.0}
                graph.add_edge(i * side + j, other, **tags)
                graph.add_edge(other, i * side + j, **tags)
    nx.write_graphml(graph, path)
    return path


def incidents(path: Path, longitude: float = LONGITUDE) -> Path:
    rng = np.random.default_rng(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Date", "Offense", "Latitude", "Longitude"])
        for i in range(200):
            lat, lon = LATITUDE + STEP * 11 * rng.random(), longitude + STEP * 11 * rng.random()
            writer.writerow(
                [f"2016-{1 + i % 12:02d}-{1 + i % 28:02d} {i % 24:02d}:17", "THEFT", f"{lat:.5f}", f"{lon:.5f}"]
            )
    return path


def city_of(streets: Path, **changes: object) -> City:
    given = {"streets_file": str(streets), "cell_m": 100.0, "beats": 2, "districts": 1, "residents": 2000}
    return build_from_data(CityParameters(kind="from_data", **(given | changes)))


def test_only_what_a_car_may_drive_is_kept(tmp_path: Path) -> None:
    closed = [([11, 12], {"highway": tag}) for tag in ("footway", "cycleway", "service", "steps")]
    private = [([11, 16], {"highway": "residential", "access": "private"}), ([11, 16], {"building": "yes"})]
    graph = graph_of(read(tmp_path, SQUARE + closed + private))
    assert len(graph) == 8
    assert graph.number_of_edges() == 16


def test_a_one_way_street_can_be_driven_one_way(tmp_path: Path) -> None:
    ways = [*BLOCK[:3], ([10, 6], {"highway": "residential", "oneway": "yes"}), *DEAD_ENDS]
    graph = graph_of(read(tmp_path, ways))
    assert graph.is_directed()
    assert graph.number_of_edges() == 15


def test_a_street_with_no_way_back_is_left_out(tmp_path: Path) -> None:
    graph = graph_of(read(tmp_path, [*SQUARE, ([11, 12], {"highway": "residential", "oneway": "yes"})]))
    assert len(graph) == 8
    assert nx.is_strongly_connected(graph)


def test_speed_is_the_limit_or_else_follows_the_class(tmp_path: Path) -> None:
    slow = {"highway": "residential", "maxspeed": "30 mph"}
    ways = [*BLOCK[:2], ([11, 10], slow), ([10, 6], {"highway": "tertiary", "maxspeed": "signals"}), *DEAD_ENDS]
    graph = graph_of(read(tmp_path, ways))
    speeds = sorted({(edge["kind"], round(edge["speed_kmh"], 1)) for *_, edge in graph.edges(data=True)})
    assert speeds == [("arterial", 45.0), ("local", 25.0), ("local", 48.3)]


def test_lengths_are_those_of_the_ground(tmp_path: Path) -> None:
    graph = graph_of(read(tmp_path, SQUARE))
    lengths = sorted(edge["length_m"] for *_, edge in graph.edges(data=True))
    assert lengths == pytest.approx([82.9] * 8 + [111.2] * 8, rel=0.01)


def test_of_two_streets_between_the_same_junctions_the_faster_is_driven(tmp_path: Path) -> None:
    graph = graph_of(read(tmp_path, [*SQUARE, ([6, 7], {"highway": "primary", "maxspeed": "70"})]))
    assert {edge["speed_kmh"] for a, b, edge in graph.edges(data=True) if edge["length_m"] < 90} == {25.0, 70.0}
    assert graph.number_of_edges() == 16


def test_packed_files_give_the_same_streets(tmp_path: Path) -> None:
    text = osm(SQUARE).encode()
    (tmp_path / "a.osm").write_bytes(text)
    (tmp_path / "a.osm.bz2").write_bytes(bz2.compress(text))
    plain, packed = (
        graph_of(read_streets(str(tmp_path / name), StreetParameters())) for name in ("a.osm", "a.osm.bz2")
    )
    assert nx.utils.graphs_equal(plain, packed)


def test_graphml_gives_a_city_whose_police_can_drive_everywhere(tmp_path: Path) -> None:
    city = city_of(graphml(tmp_path / "streets.graphml"))
    assert len(city.streets) == 144
    assert np.isfinite(city.travel.minutes).all()
    assert {edge["kind"] for *_, edge in city.streets.edges(data=True)} == {"arterial", "local"}
    far = drive_minutes(city.travel, 0, city.grid.n_cells - 1)
    assert 22 * 0.1 / 45 * 60 < far < 30 * 0.1 / 25 * 60
    assert city.crime is None
    assert city.calls is None
    assert [(file.what, file.rows_read, file.rows_used) for file in city.files] == [("streets, each way", 528, 528)]
    for use in (city.land.housing, city.land.commerce, city.land.nightlife):
        assert use.sum() > 0
        assert (use[~city.inside] == 0).all()


def test_commerce_lies_along_arterials_where_only_streets_are_known(tmp_path: Path) -> None:
    city = city_of(graphml(tmp_path / "streets.graphml"))
    arterial_y = city.streets.nodes[5 * 12]["y_m"]
    on, off = (
        city.land.commerce[city.inside & near].mean()
        for near in (np.abs(city.grid.y_m - arterial_y) < 100, np.abs(city.grid.y_m - arterial_y) > 400)
    )
    assert on > 5 * off


def test_projected_graphml_is_brought_back_to_degrees(tmp_path: Path) -> None:
    path = tmp_path / "metres.graphml"
    graph = nx.read_graphml(graphml(tmp_path / "streets.graphml"))
    graph.graph["crs"] = "epsg:3857"
    for _, node in graph.nodes(data=True):
        node["x"], node["y"] = (
            np.radians(node["x"]) * 6378137,
            np.log(np.tan(np.pi / 4 + np.radians(node["y"]) / 2)) * 6378137,
        )
    nx.write_graphml(graph, path)
    net = read_streets(str(path), StreetParameters())
    assert net.latitude == pytest.approx(LATITUDE + 5.5 * STEP, abs=1e-5)
    assert net.longitude == pytest.approx(LONGITUDE + 5.5 * STEP, abs=1e-5)


def test_streets_are_cropped_to_the_incidents(tmp_path: Path) -> None:
    streets, crimes = graphml(tmp_path / "streets.graphml", side=40), incidents(tmp_path / "rows.csv")
    city = city_of(streets, incidents_csv=str(crimes))
    assert len(city.streets) < 20 * 20 + 1
    assert city.crime is not None
    xy = np.array([(node["x_m"], node["y_m"]) for _, node in city.streets.nodes(data=True)])
    assert (xy.max(axis=0) <= np.array([city.grid.n_cols, city.grid.n_rows]) * 100 + 500).all()


@pytest.mark.parametrize(
    ("longitude", "message"),
    [
        (-LONGITUDE, "longitude of one of them looks to be in the wrong hemisphere"),
        (-80.0, "give files of one city"),
        (-87.0, "where the incidents or calls lie"),
    ],
)
def test_streets_of_another_place_than_the_incidents_are_refused(
    tmp_path: Path, longitude: float, message: str
) -> None:
    streets, crimes = graphml(tmp_path / "streets.graphml"), incidents(tmp_path / "rows.csv", longitude)
    with pytest.raises(BadInput, match=message):
        city_of(streets, incidents_csv=str(crimes))


def test_files_that_hold_no_streets_are_refused_in_one_line(tmp_path: Path) -> None:
    bad = {
        "table.csv": (b"a,b\n1,2\n", "neither"),
        "broken.osm": (osm(SQUARE).encode()[:-40], "cannot be read"),
        "broken.osm.bz2": (b"BZh9nonsense", "cannot be read"),
        "paths.osm": (osm([([1, 2, 3], {"highway": "footway"})]).encode(), "streets for cars"),
        "places.graphml": (
            b'<?xml version="1.0"?><graphml><graph edgedefault="directed"><node id="a"/><node id="b"/><edge '
            b'source="a" target="b"/></graph></graphml>',
            "x and y",
        ),
    }
    for name, (content, message) in bad.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadInput, match=rf"^city\.streets_file: .*{message}") as caught:
            city_of(tmp_path / name)
        assert "\n" not in str(caught.value)
    with pytest.raises(BadInput, match="not found"):
        city_of(tmp_path / "nothing.osm")


def test_a_city_too_small_for_its_beats_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"city\.beats: 400"):
        city_of(graphml(tmp_path / "streets.graphml"), beats=400)


@pytest.mark.skipif(not OAKLAND.exists(), reason="the real file is not here")
def test_west_oakland_gives_a_small_city() -> None:
    city = city_of(OAKLAND, cell_m=50.0)
    assert len(city.streets) == 22
    assert nx.is_strongly_connected(city.streets)
    assert 0.5 < city.inside.sum() * 0.05**2 < 2
    assert set(city.beats.beat[city.inside]) == {0, 1}


@pytest.mark.parametrize("given", ["1e308", "1e-308", "-5", "0", "nan"])
def test_a_length_that_cannot_be_is_that_of_the_line(given: str, tmp_path: Path) -> None:
    file = graphml(tmp_path / "streets.graphml", side=3)
    text = file.read_text()
    key = '<key id="length" for="edge" attr.name="length" attr.type="double"/>'
    wrong = re.sub(
        r"<edge ([^>]*?)/?>(</edge>)?",
        rf'<edge \1><data key="length">{given}</data></edge>',
        re.sub(r"(<edge [^>]*>).*?</edge>", r"\1</edge>", text, flags=re.DOTALL),
    )
    (tmp_path / "wrong.graphml").write_text(wrong.replace("<graph ", f"{key}<graph ", 1))
    lengths = [
        length
        for _, _, length in graph_of(read_streets(str(tmp_path / "wrong.graphml"), StreetParameters())).edges(
            data="length_m"
        )
    ]
    assert lengths
    assert 10 < min(lengths) <= max(lengths) < 2000


# --- what a file leaves out, and other kinds of file
# ---------------------------------------------------------------------------------------------------------------------


def notices(city: City) -> str:
    return "\n".join(notice for file in city.files for notice in file.notices)


def test_junctions_that_cannot_be_come_back_from_are_counted(tmp_path: Path) -> None:
    file = graphml(tmp_path / "streets.graphml")
    graph = nx.read_graphml(file, node_type=int)
    for i in range(20):  # one way, from the last junction on eastwards
        graph.add_node(1000 + i, x=LONGITUDE + STEP * (12 + i), y=LATITUDE + STEP * 11)
        graph.add_edge(1000 + i - 1 if i else 143, 1000 + i, osmid=1, highway="residential")
    nx.write_graphml(graph, file)
    city = city_of(file)
    assert len(city.streets) == 144
    lost, of, km = re.findall(r"(\d+) of (\d+) junctions and (\S+) km", notices(city))[0]
    assert (int(lost), int(of), float(km)) == (20, 164, pytest.approx(20 * 0.083, abs=0.1))


def test_streets_of_a_corner_are_refused_and_those_of_most_of_the_city_are_read_and_said(tmp_path: Path) -> None:
    crimes = incidents(tmp_path / "rows.csv")  # on 11 × 11 blocks, 0.9 × 1.2 km
    with pytest.raises(BadInput, match=r"^city\.streets_file: .*at least 50% of its places .* of these, \d+%"):
        city_of(graphml(tmp_path / "streets.graphml", side=3), incidents_csv=str(crimes))
    city = city_of(graphml(tmp_path / "streets.graphml", side=6), incidents_csv=str(crimes))
    assert 50 < int(re.findall(r"(\d+)% of the places lie within 500 m", notices(city))[0]) < 95
    whole = city_of(graphml(tmp_path / "streets.graphml", side=12), incidents_csv=str(crimes))
    assert "of the places lie within" not in notices(whole)


def test_a_way_is_cut_where_the_file_ends(tmp_path: Path) -> None:
    along = [([999, 1, 2, 3, 4, 998], {"highway": "residential"}), ([3, 997, 7], {"highway": "residential"})]
    net = read(tmp_path, SQUARE + along)
    assert len(graph_of(net)) == len(graph_of(read(tmp_path, [*SQUARE, ([1, 2, 3, 4], {"highway": "residential"})])))
    assert "2 ways lead to nodes" in net.notices[0]


@pytest.mark.parametrize("system", ["{'init': 'epsg:4326'}", "EPSG:4326", "epsg:4326", "+proj=longlat +datum=WGS84"])
def test_a_coordinate_system_is_known_by_its_old_names_too(system: str, tmp_path: Path) -> None:
    graph = nx.read_graphml(graphml(tmp_path / "streets.graphml"))
    graph.graph["crs"] = system
    nx.write_graphml(graph, tmp_path / "old.graphml")
    assert len(city_of(tmp_path / "old.graphml").streets) == 144


def test_a_coordinate_system_that_nobody_knows_is_named(tmp_path: Path) -> None:
    graph = nx.read_graphml(graphml(tmp_path / "streets.graphml"))
    graph.graph["crs"] = "{'init': 'klingon:1'}"
    nx.write_graphml(graph, tmp_path / "odd.graphml")
    with pytest.raises(BadInput, match=r"this one says .*klingon:1"):
        city_of(tmp_path / "odd.graphml")


@pytest.mark.parametrize("form", ["geojson", "gpkg", "shp"])
def test_lines_of_a_map_are_streets_that_meet_at_their_ends(form: str, tmp_path: Path) -> None:
    import geopandas
    from shapely.geometry import LineString

    graph = nx.read_graphml(graphml(tmp_path / "streets.graphml"), node_type=int)
    at = {name: (node["x"], node["y"]) for name, node in graph.nodes(data=True)}
    pairs = sorted({tuple(sorted(edge[:2])) for edge in graph.edges})
    one_way = [pair == (0, 1) for pair in pairs]
    lines = geopandas.GeoDataFrame(
        {
            "fclass": ["residential"] * (len(pairs) - 1) + ["footway"],
            "oneway": ["F" if one else "B" for one in one_way],
        },
        geometry=[LineString([at[a], at[b]]) for a, b in pairs],
        crs="EPSG:4326",
    )
    driver = {"geojson": "GeoJSON", "gpkg": "GPKG", "shp": "ESRI Shapefile"}[form]
    (lines if form == "geojson" else lines.to_crs("EPSG:26916")).to_file(tmp_path / f"lines.{form}", driver=driver)
    city = city_of(tmp_path / f"lines.{form}")
    assert len(city.streets) == 144
    assert city.streets.number_of_edges() == 2 * (len(pairs) - 1) - 1
    assert "streets meet where lines end" in notices(city)


def test_a_pbf_comes_with_the_way_to_convert_it(tmp_path: Path) -> None:
    (tmp_path / "city.osm.pbf").write_bytes(b"\0\0\0\r\n\tOSMHeader\x18\x7f" + bytes(range(256)))
    with pytest.raises(BadInput, match="osmium extract"):
        city_of(tmp_path / "city.osm.pbf")
