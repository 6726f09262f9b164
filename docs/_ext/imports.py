"""Draws the rooms of the program and who imports whom, from the source: no arrow is drawn by hand."""

from __future__ import annotations

import ast
from collections import Counter
from html import escape
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).parents[2]
PACKAGES = ("beatlab", "experiments", "configs", "scenarios", "sim")
DEEP = ("experiments", "sim")  # whose packages are rooms of their own
GROUND = "sim.ground floor"
WIDTH, TOP, STEP, WIDE, HIGH = 1000, 40, 84, 116, 46


def module_of(path: Path) -> str:
    """Return the dotted name of a file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str, ground: set[str]) -> str:
    """Return the room of a module: its package, the ground floor of the model, or itself where it stands alone."""
    head, *rest = module.split(".")
    if module in ground:
        return GROUND
    return f"{head}.{rest[0]}" if head in DEEP and rest else head


def ground_floor(uses: dict[str, set[str]]) -> set[str]:
    """Return the modules directly in `sim` that lead to no package of it."""
    alone = {module for module in uses if module.count(".") == 1 and module.startswith("sim.")} & {
        m for m in uses if not (ROOT / m.replace(".", "/")).is_dir()
    }
    while high := {
        module for module in alone if any(one.startswith("sim.") and one not in alone for one in uses[module])
    }:
        alone -= high
    return alone


def imported(tree: ast.AST) -> set[str]:
    """Return the modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def rooms() -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Return how many modules each room has, and how many modules of one room import from another."""
    files = {
        module_of(path): path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.stat().st_size
    }
    uses = {
        module: imported(ast.parse(path.read_text(encoding="utf-8"))) & files.keys() for module, path in files.items()
    }
    ground = ground_floor(uses)
    size = Counter(room_of(module, ground) for module in files if "." in module or module not in DEEP)
    arrows = Counter(
        (room_of(module, ground), target)
        for module, targets in uses.items()
        for target in {room_of(one, ground) for one in targets if "." in one or one not in DEEP}
        if target != room_of(module, ground)
    )
    return dict(size), dict(arrows)


def floors(size: dict[str, int], arrows: dict[tuple[str, str], int]) -> list[list[str]]:
    """Return the rooms by floor, the highest first: each stands above all that it imports.

    Raises
    ------
    networkx.NetworkXUnfeasible
        If rooms import each other in a circle.
    """
    graph = nx.DiGraph((target, source) for source, target in arrows)
    graph.add_nodes_from(size)
    return [sorted(row) for row in nx.topological_generations(graph)][::-1]


def picture() -> str:
    """Return the picture as SVG that takes the colours of the page."""
    size, arrows = rooms()
    rows = floors(size, arrows)
    place = {
        room: (WIDTH * (x + 1) / (len(row) + 1), TOP + y * STEP)
        for y, row in enumerate(rows)
        for x, room in enumerate(row)
    }
    direct = nx.transitive_reduction(nx.DiGraph(list(arrows))).edges
    lines = "".join(
        line(place[source], place[target], f"{source} → {target}: {modules}", modules, (source, target) in direct)
        for (source, target), modules in arrows.items()
    )
    boxes = "".join(box(room, x, y, size[room]) for room, (x, y) in place.items())
    return (
        f'<div class="rooms"><svg viewBox="0 0 {WIDTH} {TOP + len(rows) * STEP}" role="img" '
        'aria-label="Rooms of the program and their imports">'
        f"<g>{lines}</g><g>{boxes}</g></svg></div>"
    )


def line(source: tuple[float, float], target: tuple[float, float], said: str, modules: int, direct: bool) -> str:
    """Return a line between two boxes, from above to below; paler where rooms between lead there too."""
    (x1, y1), (x2, y2) = source, target
    y1, y2 = y1 + HIGH / 2, y2 - HIGH / 2
    middle = (y1 + y2) / 2
    path = f"M{x1:.0f},{y1:.0f} C{x1:.0f},{middle:.0f} {x2:.0f},{middle:.0f} {x2:.0f},{y2:.0f}"
    look = f'class="{"direct" if direct else "also"}" stroke-width="{min(0.6 + modules / 6, 4):.1f}"'
    return f'<path d="{path}" {look}><title>{escape(said)}</title></path>'


def box(room: str, x: float, y: float, modules: int) -> str:
    """Return the box of a room round a point."""
    package, _, name = room.partition(".")
    below = f"{package}, {modules} module{'s' if modules > 1 else ''}"
    return (
        f'<g transform="translate({x - WIDE / 2:.0f},{y - HIGH / 2:.0f})"><rect width="{WIDE}" height="{HIGH}" rx="6"/>'
        f'<text x="{WIDE / 2}" y="20">{escape(name or room)}</text>'
        f'<text x="{WIDE / 2}" y="37" class="count">{escape(below)}</text></g>'
    )
