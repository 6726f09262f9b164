"""Opens files of streets: GraphML, OpenStreetMap XML, or lines in GeoJSON, GeoPackage or a shapefile."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import networkx as nx
import numpy as np

from sim.city.file_columns import plain
from sim.city.notices import Notice, Weight
from sim.city.real_files import MOST_STREET_BYTES, check_xml, first_bytes, is_streets, packing, told_by, unpacked
from sim.city.street_classes import street_kind
from sim.city.vector_files import holds_map, is_map, read_map
from sim.parameters import BadInput

STREETS = "city.streets_file"
FORMS = Notice("GraphML, OpenStreetMap XML, GeoJSON, GeoPackage or a shapefile, plain or packed")
CLASS_OF_LINE = ("highway", "fclass", "roadclass", "class")
ONE_WAY = {"yes": 1, "true": 1, "1": 1, "f": 1, "-1": -1, "t": -1, "reverse": -1}  # else both ways
DECIMALS = 6  # of degrees, about 0.1 m: ends of lines this near to each other are one junction


class RawStreets(NamedTuple):
    """A graph of networkx as the file has it, and what a user should know about it."""

    graph: Any
    notices: tuple[Notice, ...] = ()


def raw_streets(path: str, crs: str | None) -> RawStreets:
    """Return the streets of a file as a directed graph with parallel edges, whose attributes are the tags.

    Raises
    ------
    BadInput
        If the file cannot be read or is of no kind that is known here.
    """
    kind = packing(path, STREETS)
    if (kind in ("zip", "workbook") and holds_map(path)) or (kind is None and is_map(first_bytes(path, STREETS))):
        return _of_lines(path, crs)
    head = check_xml(path, STREETS)
    if not is_streets(head):
        return _unknown(path, head)
    try:
        with unpacked(path, STREETS, MOST_STREET_BYTES) as file:
            if b"<graphml" in head:
                graph = nx.read_graphml(file, force_multigraph=True)
                return RawStreets(graph if graph.is_directed() else graph.to_directed())
            return _of_osm(file)
    except BadInput:
        raise
    except Exception as error:  # whatever the libraries make of a file that is not as it should be
        said = "{forms}; this one cannot be read ({why})"
        raise BadInput(STREETS, path, Notice(said, forms=FORMS, why=told_by(error))) from None


def _unknown(path: str, head: bytes) -> RawStreets:
    """Raise `BadInput` for a file that is none of the kinds."""
    if b"OSMHeader" in head[:4096]:
        said = (
            "OpenStreetMap XML; this one is a .pbf: cut it to the city and convert it, such as with 'osmium extract -b "
            "WEST,SOUTH,EAST,NORTH FILE.osm.pbf -o city.osm'"
        )
        raise BadInput(STREETS, path, Notice(said))
    said = "{forms}; this one is neither (a .pbf has to be converted, such as with osmium)"
    raise BadInput(STREETS, path, Notice(said, forms=FORMS))


def _of_osm(file: Path) -> RawStreets:
    """Return the driven ways of an OpenStreetMap file, nodes between junctions merged."""
    with tempfile.TemporaryDirectory() as folder:
        cut, ways = _clipped(file, Path(folder) / "clipped.osm")
        import osmnx  # takes two seconds, and only this kind of file needs it

        graph = osmnx.graph_from_xml(cut, simplify=False, retain_all=True)
    graph.remove_edges_from(
        [(a, b, key) for a, b, key, edge in graph.edges(keys=True, data=True) if street_kind(edge) is None]
    )
    graph.remove_nodes_from(list(nx.isolates(graph)))
    if graph.number_of_edges():
        graph = osmnx.simplify_graph(graph, edge_attrs_differ=["highway", "maxspeed"])
    said = Notice("{ways:,} ways lead to nodes that the file does not have: they are cut there", Weight.LOST, ways=ways)
    return RawStreets(graph, (said,) if ways else ())


def _clipped(file: Path, to: Path) -> tuple[Path, int]:
    """Return a file whose ways have all their nodes, and how many ways were cut for that; none: the file itself."""
    nodes: set[str] = set()
    missing = 0
    for _, element in ElementTree.iterparse(file):
        if element.tag == "node":
            nodes.add(element.get("id", ""))
            element.clear()
        elif element.tag == "way":
            missing += any(part.get("ref") not in nodes for part in element.iter("nd"))
            element.clear()
    if not missing:
        return file, 0
    tree = ElementTree.parse(file)
    root = tree.getroot()
    for way in root.findall("way"):
        runs: list[list[Any]] = [[]]
        for part in way.findall("nd"):
            if part.get("ref") in nodes:
                runs[-1].append(part)
            elif runs[-1]:
                runs.append([])
        runs = [run for run in runs if len(run) > 1]
        if sum(map(len, runs)) == len(way.findall("nd")):
            continue
        root.remove(way)
        for i, run in enumerate(runs):
            piece = ElementTree.SubElement(root, "way", way.attrib | {"id": f"{way.get('id')}{i:03d}"})
            piece.extend([*run, *way.findall("tag")])
    tree.write(to)
    return to, missing


def _of_lines(path: str, crs: str | None) -> RawStreets:
    """Return the lines of a map as streets that meet where their ends do, in degrees."""
    layers = read_map(path, STREETS, crs)
    lines = {name: layer[layer.geom_type.isin(("LineString", "MultiLineString"))] for name, layer in layers.items()}
    name = "edges" if "edges" in lines else max(lines, key=lambda name: len(lines[name]), default="")
    if not name or lines[name].empty:
        raise BadInput(STREETS, path, Notice("a map with streets (lines); this one has none"))
    layer = lines[name].explode(index_parts=False)
    columns = {plain(column): column for column in layer.columns if column != layer.geometry.name}
    by_class = next((columns[wanted] for wanted in CLASS_OF_LINE if wanted in columns), None)
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(crs="EPSG:4326")
    kinds = [None] * len(layer) if by_class is None else layer[by_class].tolist()
    one_way = layer[columns["oneway"]].tolist() if "oneway" in columns else [None] * len(layer)
    limits = layer[columns["maxspeed"]].tolist() if "maxspeed" in columns else [None] * len(layer)
    for line, kind, way, limit in zip(layer.geometry, kinds, one_way, limits, strict=True):
        course = np.array(line.coords)[:, :2]
        ends = [tuple(end.round(DECIMALS).tolist()) for end in (course[0], course[-1])]
        for x, y in ends:
            graph.add_node((x, y), x=x, y=y)
        tags = {"maxspeed": limit} | ({} if by_class is None else {"highway": kind})
        direction = ONE_WAY.get(str(way).lower(), 0)
        if direction >= 0:
            graph.add_edge(*ends, geometry=line, **tags)
        if direction <= 0:
            graph.add_edge(*ends[::-1], geometry=line.reverse(), **tags)
    said = [Notice("streets meet where lines end (layer {layer!r})", layer=name)]
    if not by_class:
        said.append(Notice("no column of classes of streets, such as highway: all are local", Weight.ASSUMED))
    return RawStreets(graph, tuple(said))
